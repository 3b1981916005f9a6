package kernel

import (
	"sync"
	"unsafe"
)

// A pool lends buffers, so that calls in a row do not pay for fresh pages each
// time. The contents of a lent buffer are undefined.
type pool[T any] struct{ p sync.Pool }

func (p *pool[T]) get(n int) *[]T {
	b, _ := p.p.Get().(*[]T)
	if b == nil {
		b = new([]T)
	}
	if cap(*b) < n {
		*b = make([]T, n)
		WantHugePages(*b)
	}
	*b = (*b)[:n]
	return b
}

// WantHugePages asks for large pages in a slice that is large enough for them and that
// no one has written to.
func WantHugePages[T any](x []T) {
	var t T
	if size := len(x) * int(unsafe.Sizeof(t)); size >= 2*hugePage {
		wantHugePages(unsafe.Pointer(unsafe.SliceData(x)), size)
	}
}

func (p *pool[T]) put(b *[]T) { p.p.Put(b) }

var (
	float64s pool[float64]
	uint64s  pool[uint64]
	uint32s  pool[uint32]
	uint16s  pool[uint16]
	uint8s   pool[uint8]
	counters pool[int]
)
