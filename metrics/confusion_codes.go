package metrics

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// codeBlock is the number of rows that are coded at a time.
const codeBlock = 1024

// add counts rows whose labels and weights have been checked.
func (c *Confusion[L]) add(yTrue, yPred []L, w []float64) {
	kind, size, signed := kindOf[L]()
	if kind == intLabels && c.index == nil {
		n := c.addIntegers(yTrue, yPred, w, size, signed)
		if n == len(yTrue) {
			return
		}
		yTrue, yPred = yTrue[n:], yPred[n:]
		if w != nil {
			w = w[n:]
		}
		c.leaveRun()
	}
	if w == nil && c.addShares(yTrue, yPred) {
		return
	}
	c.addCoded(yTrue, yPred, w)
}

// addCoded counts rows whose labels are looked up.
func (c *Confusion[L]) addCoded(yTrue, yPred []L, w []float64) {
	kind, _, _ := kindOf[L]()
	if c.index == nil {
		c.index = make(map[L]int32)
	}
	known := len(c.labels)
	var a, b [codeBlock]int32
	var memo stringMemo
	if kind == stringLabels {
		memo = memoFor(len(yTrue))
	}
	for lo := 0; lo < len(yTrue); lo += codeBlock {
		hi := min(lo+codeBlock, len(yTrue))
		t, p := a[:hi-lo], b[:hi-lo]
		if kind == stringLabels {
			encodeStrings(c, memo, as[string](yTrue[lo:hi]), t)
			encodeStrings(c, memo, as[string](yPred[lo:hi]), p)
		} else {
			c.encode(yTrue[lo:hi], t)
			c.encode(yPred[lo:hi], p)
		}
		c.room(len(c.labels))
		if w == nil {
			c.table.count(t, p, nil)
		} else {
			c.table.count(t, p, w[lo:hi])
		}
	}
	if len(c.labels) > known {
		c.sortCodes()
	}
}

// addShares counts rows whose labels are looked up on several cores, each in a table
// of its own, and adds those up. It returns false, and has counted nothing, where there
// are few rows, or so many classes among the first that tables of them cost too much.
func (c *Confusion[L]) addShares(yTrue, yPred []L) bool {
	const few = 64 * codeBlock
	parts := parallel.Parts(len(yTrue), shareRows/8)
	if parts == 1 || len(yTrue) < few {
		return false
	}
	first := Confusion[L]{total: tally{rows: few}}
	first.addCoded(yTrue[:few], yPred[:few], nil)
	if len(first.labels) > sharedWords {
		return false
	}
	shares := make([]Confusion[L], parts)
	yTrue, yPred = yTrue[few:], yPred[few:]
	size := parallel.Blocks(parallel.Blocks(len(yTrue), codeBlock), parts) * codeBlock
	parallel.Each(parts, func(k int) {
		lo, hi := min(k*size, len(yTrue)), min((k+1)*size, len(yTrue))
		shares[k].total.rows = uint64(hi - lo)
		shares[k].addCoded(yTrue[lo:hi], yPred[lo:hi], nil)
	})
	c.plus(&first)
	for k := range shares {
		c.plus(&shares[k])
	}
	return true
}

// plus adds the table of another statistic, whose rows are counted already. Labels get
// their codes in the order in which the rows would have given them.
func (c *Confusion[L]) plus(o *Confusion[L]) {
	c.addCoded(o.labels, o.labels, make([]float64, len(o.labels))) // at weight 0: codes only
	to := make([]int, len(o.labels))
	for k, v := range o.labels {
		to[k], _ = c.code(v)
	}
	o.table.each(func(i, j int, v tally) { c.table.add(to[i], to[j], v) })
}

// room makes room for n codes, and for as many again if it must grow.
func (c *Confusion[L]) room(n int) {
	side := c.table.side
	if n > side {
		side = max(n, min(2*side, denseSide))
	}
	c.table.grow(side, c.Rows())
}

func (c *Confusion[L]) sortCodes() {
	c.order = make([]int32, len(c.labels))
	for i := range c.order {
		c.order[i] = int32(i)
	}
	slices.SortFunc(c.order, func(i, j int32) int { return cmp.Compare(c.labels[i], c.labels[j]) })
}

// intern returns the code of a label, new or not.
func (c *Confusion[L]) intern(v L) int32 {
	k, ok := c.index[v]
	if !ok {
		kind, _, _ := kindOf[L]()
		v = cloneLabel(v, kind)
		k = int32(len(c.labels))
		c.labels = append(c.labels, v)
		c.index[v] = k
	}
	return k
}

// encode writes the codes of y. Labels come in runs, so the last one is tried
// first.
func (c *Confusion[L]) encode(y []L, dst []int32) {
	last := y[0]
	code := c.intern(last)
	for i, v := range y {
		if v != last {
			last, code = v, c.intern(v)
		}
		dst[i] = code
	}
}

// stringMemo remembers the code of strings by a hash of a few of their bytes,
// so that most rows look nothing up in the map: the string found there is
// compared in full. Its size is a power of two.
type stringMemo []struct {
	s    string
	code int32  // code + 1; 0 is empty
	tag  uint32 // part of the hash
}

// memoFor returns a memo for n rows: a large one pays only for many rows.
func memoFor(n int) stringMemo {
	if n < 1<<14 {
		return make(stringMemo, 64)
	}
	return make(stringMemo, 4096)
}

// hashEnds hashes the length and up to 8 bytes at either end of a string.
func hashEnds(s string) uint64 {
	var a, b uint64
	p := unsafe.Slice(unsafe.StringData(s), len(s))
	switch n := len(p); {
	case n >= 8:
		a, b = binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(p)), uint64(binary.LittleEndian.Uint32(p[n-4:]))
	case n > 0:
		a = uint64(p[0])<<16 | uint64(p[n/2])<<8 | uint64(p[n-1])
	}
	// The folded product spreads every byte over the whole hash.
	hi, lo := bits.Mul64(a^0x9E3779B97F4A7C15, b^0xD6E8FEB86659FD93^uint64(len(s)))
	return hi ^ lo
}

// memoSteps is how many places a string may be at.
const memoSteps = 4

func encodeStrings[L cmp.Ordered](c *Confusion[L], memo stringMemo, y []string, dst []int32) {
	mask := uint64(len(memo) - 1)
rows:
	for i, s := range y {
		h := hashEnds(s)
		at, tag := h>>32, uint32(h)
		for step := range uint64(memoSteps) {
			e := &memo[(at+step)&mask]
			if e.code == 0 {
				at += step
				break
			}
			if e.tag == tag && e.s == s {
				dst[i] = e.code - 1
				continue rows
			}
		}
		code := c.intern(*(*L)(unsafe.Pointer(&s)))
		e := &memo[at&mask]
		e.s, e.code, e.tag = s, code+1, tag
		dst[i] = code
	}
}

// addIntegers counts rows of integer labels as long as they lie close together,
// and returns how many it counted.
func (c *Confusion[L]) addIntegers(t, p []L, w []float64, size int, signed bool) int {
	switch {
	case size == 8 && signed:
		return addRun(c, as[int64](t), as[int64](p), w)
	case size == 8:
		return addRun(c, as[uint64](t), as[uint64](p), w)
	case size == 4 && signed:
		return addRun(c, as[int32](t), as[int32](p), w)
	case size == 4:
		return addRun(c, as[uint32](t), as[uint32](p), w)
	case size == 2 && signed:
		return addRun(c, as[int16](t), as[int16](p), w)
	case size == 2:
		return addRun(c, as[uint16](t), as[uint16](p), w)
	case signed:
		return addRun(c, as[int8](t), as[int8](p), w)
	default:
		return addRun(c, as[uint8](t), as[uint8](p), w)
	}
}

// runFits reports whether labels that span side codes are their own codes: there
// are few of them, or no more than 16 per row.
func (c *Confusion[L]) runFits(side uint64) bool {
	return side <= smallSide || side <= denseSide && side/16 <= c.Rows()
}

func addRun[L cmp.Ordered, I kernel.Integer](c *Confusion[L], t, p []I, w []float64) int {
	done := 0
	for done < len(t) {
		lo, hi := I(c.base), I(c.base+uint64(c.table.side)-1)
		if c.run {
			c.table.grow(c.table.side, c.Rows())
			done += countRun(c, t[done:], p[done:], tail(w, done))
			if done == len(t) {
				break
			}
			l, h := kernel.Span(t[done:], p[done:])
			lo, hi = min(lo, l), max(hi, h)
		} else {
			// Look at a few rows first: they show the range, nearly always.
			n := min(len(t), codeBlock)
			lo, hi = kernel.Span(t[:n], p[:n])
			if unsafe.Sizeof(lo) == 1 && lo >= 0 && hi < 16 {
				lo = 0
				if hi > 1 && len(t) >= wideBytes {
					hi = 15
				}
			}
		}
		if hi == lo && hi+1 > hi {
			hi++ // two classes at least: the fastest loop
		}
		side := uint64(hi) - uint64(lo) + 1
		if side == 0 || !c.runFits(side) {
			return done
		}
		c.moveRun(uint64(lo), int(side))
	}
	return done
}

func tail(w []float64, n int) []float64 {
	if w == nil {
		return nil
	}
	return w[n:]
}

// within returns w[lo:hi], or nil.
func within(w []float64, lo, hi int) []float64 {
	if w == nil {
		return nil
	}
	return w[lo:hi]
}

// countRun counts rows until one has a label outside the table, and returns
// their number.
func countRun[L cmp.Ordered, I kernel.Integer](c *Confusion[L], t, p []I, w []float64) int {
	if w != nil {
		return countRunWeighted(c, t, p, w)
	}
	if parts := countingParts(len(t), c.table.side, int(unsafe.Sizeof(t[0]))); parts > 1 {
		done := 0
		for _, s := range countShares(c.table.side, t, p, c.base, parts) {
			if s.lo > done {
				break // the share before stopped early
			}
			c.table.plus(&s.table)
			done += s.done
		}
		return done
	}
	return countRows(&c.table, t, p, c.base)
}

func countRunWeighted[L cmp.Ordered, I kernel.Integer](c *Confusion[L], t, p []I, w []float64) int {
	side := uint64(c.table.side)
	if c.zero == nil {
		c.zero = make([]bool, side)
	}
	var a, b [codeBlock]int32
	for lo := 0; lo < len(t); lo += codeBlock {
		hi := min(lo+codeBlock, len(t))
		n := 0
		for ; n < hi-lo; n++ {
			i, j := uint64(t[lo+n])-c.base, uint64(p[lo+n])-c.base
			if i >= side || j >= side {
				break
			}
			a[n], b[n] = int32(i), int32(j)
			c.zero[i], c.zero[j] = true, true
		}
		c.table.count(a[:n], b[:n], w[lo:lo+n])
		if n < hi-lo {
			return lo + n
		}
	}
	return len(t)
}

// moveRun makes the table hold the labels [base, base+side), which include
// those that it holds already.
func (c *Confusion[L]) moveRun(base uint64, side int) {
	shift := 0
	if c.run {
		shift = int(c.base - base)
	}
	c.table.move(side, shift, c.Rows())
	if c.zero != nil {
		zero := make([]bool, side)
		copy(zero[shift:], c.zero)
		c.zero = zero
	}
	c.run, c.base = true, base
}

// leaveRun gives up on labels as their own codes.
func (c *Confusion[L]) leaveRun() {
	c.index = make(map[L]int32)
	if !c.run {
		return
	}
	codes := c.seen()
	to := make([]int, c.table.side)
	for i, k := range codes {
		to[k] = i
		c.intern(c.label(k))
	}
	old := c.table
	c.table = celltable{}
	c.run, c.zero, c.base = false, nil, 0
	c.room(max(len(codes), 2))
	old.each(func(i, j int, v tally) { c.table.add(to[i], to[j], v) })
	c.sortCodes()
}

// code returns the code of a label that the table has room for.
func (c *Confusion[L]) code(v L) (int, bool) {
	if c.run {
		_, size, signed := kindOf[L]()
		k := bitsOf(v, size, signed) - c.base
		return int(k), k < uint64(c.table.side)
	}
	k, ok := c.index[v]
	return int(k), ok
}

// label returns the label of a code.
func (c *Confusion[L]) label(k int) L {
	if c.run {
		_, size, _ := kindOf[L]()
		return fromBits[L](c.base+uint64(k), size)
	}
	return c.labels[k]
}

// seen returns the codes of the labels that occur, by ascending label.
func (c *Confusion[L]) seen() []int {
	if c.run {
		return c.seenIn(c.table.margins())
	}
	return c.seenIn(margins{})
}

func (c *Confusion[L]) seenIn(m margins) []int {
	var codes []int
	if !c.run {
		codes = make([]int, len(c.order))
		for i, k := range c.order {
			codes[i] = int(k)
		}
		return codes
	}
	n := 0
	for k := range m.truth {
		if c.seenCode(m, k) {
			n++
		}
	}
	codes = make([]int, 0, n)
	for k := range m.truth {
		if c.seenCode(m, k) {
			codes = append(codes, k)
		}
	}
	return codes
}

func (c *Confusion[L]) seenCode(m margins, k int) bool {
	if !c.run {
		return true
	}
	return m.truth[k].rows != 0 || m.pred[k].rows != 0 || c.zero != nil && c.zero[k]
}
