package encoding

import "sync"

// codeBuffers lend room for codes that no one sees after the call, so that calls in
// a row do not pay for fresh memory and its collection.
var codeBuffers codePool

type codePool struct{ pool sync.Pool }

// A codeBuffer has undefined contents.
type codeBuffer []int32

func (p *codePool) borrow() *codeBuffer {
	if b, ok := p.pool.Get().(*codeBuffer); ok {
		return b
	}
	return new(codeBuffer)
}

func (p *codePool) giveBack(b *codeBuffer) { p.pool.Put(b) }

// keep makes b the codes of a column that were written with b as the room for them,
// unless they may be the column's own.
func (b *codeBuffer) keep(codes []int32, c *Column) {
	if c.Labels != nil && cap(codes) > cap(*b) {
		*b = codes
	}
}
