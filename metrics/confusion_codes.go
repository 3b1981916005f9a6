package metrics

import (
	"cmp"
	"slices"
	"sync"
	"unsafe"

	"github.com/mlgauge/mlgauge/internal/kernel"
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
	if c.index == nil {
		c.index = make(map[L]int32)
	}
	known := len(c.labels)
	var a, b [codeBlock]int32
	var memo stringMemo
	for lo := 0; lo < len(yTrue); lo += codeBlock {
		hi := min(lo+codeBlock, len(yTrue))
		t, p := a[:hi-lo], b[:hi-lo]
		if kind == stringLabels {
			encodeStrings(c, &memo, as[string](yTrue[lo:hi]), t)
			encodeStrings(c, &memo, as[string](yPred[lo:hi]), p)
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

// room makes room for n codes, and for as many again if it must grow.
func (c *Confusion[L]) room(n int) {
	if n > c.table.side {
		c.table.grow(max(n, min(2*c.table.side, denseSide)))
	}
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

// stringMemo remembers the code of strings by a few of their bytes, so that
// most rows hash nothing: the string found there is compared in full.
type stringMemo [256]struct {
	s    string
	code int32 // code + 1; 0 is empty
}

func encodeStrings[L cmp.Ordered](c *Confusion[L], memo *stringMemo, y []string, dst []int32) {
	for i, s := range y {
		h := uint(len(s))
		if n := len(s); n > 0 {
			h += uint(s[0])*31 + uint(s[n-1])*7 + uint(s[n/2])*3
		}
		e := &memo[h&255]
		if e.code == 0 || e.s != s {
			e.s, e.code = s, c.intern(*(*L)(unsafe.Pointer(&s)))+1
		}
		dst[i] = e.code - 1
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

// runFits reports whether labels that span side codes get a table of their own:
// it may be small, or its cells no more than 16 per row.
func (c *Confusion[L]) runFits(side uint64) bool {
	return side <= 64 || side <= denseSide && side*side/16 <= c.Rows()
}

// wideBytes is the number of rows from which byte labels below 16 are counted
// two rows at a time.
const wideBytes = 1 << 16

var nibbleScratch = sync.Pool{New: func() any { return new([65536]uint32) }}

func addRun[L cmp.Ordered, I kernel.Integer](c *Confusion[L], t, p []I, w []float64) int {
	done := 0
	for done < len(t) {
		lo, hi := I(c.base), I(c.base+uint64(c.table.side)-1)
		if c.run {
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

// countRun counts rows until one has a label outside the table, and returns
// their number.
func countRun[L cmp.Ordered, I kernel.Integer](c *Confusion[L], t, p []I, w []float64) int {
	side := uint64(c.table.side)
	if w != nil {
		return countRunWeighted(c, t, p, w)
	}
	if unsafe.Sizeof(t[0]) == 1 && c.base == 0 {
		a, b := as[byte](t), as[byte](p)
		switch {
		case side == 2:
			if both, truth, pred, ok := kernel.CountBits(a, b); ok {
				n := uint64(len(t))
				c.table.rows[3] += both
				c.table.rows[2] += truth - both
				c.table.rows[1] += pred - both
				c.table.rows[0] += n - truth - pred + both
				return len(t)
			}
		case side == 16 && len(t) >= wideBytes:
			scratch := nibbleScratch.Get().(*[65536]uint32)
			ok := kernel.CountNibbles(a, b, (*[256]uint64)(c.table.rows), scratch)
			nibbleScratch.Put(scratch)
			if ok {
				return len(t)
			}
		}
	}
	if side == 2 {
		return kernel.CountTwo(t, p, c.base, (*[4]uint64)(c.table.rows))
	}
	return kernel.CountTable(t, p, c.base, side, c.table.rows)
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
	c.table.move(side, shift)
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
