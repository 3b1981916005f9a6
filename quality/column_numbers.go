package quality

import (
	"math"
	"slices"

	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// numberBlock is the number of values that are sorted at a time: few enough for
// them and the room to sort them to stay in the second-level cache.
const numberBlock = 1 << 14

// addFloats adds a batch of numbers.
func (c *Column) addFloats(x []float64) {
	c.rows += len(x)
	if need := min(len(x), numberBlock); cap(c.finite) < need {
		c.finite = make([]float64, 0, need)
	}
	for len(x) > 0 {
		n := min(len(x), numberBlock)
		c.finite = c.keepFinite(c.finite[:0], x[:n])
		c.addFinite(c.finite)
		x = x[n:]
	}
}

// keepFinite appends the finite values of x to f, and counts the others.
func (c *Column) keepFinite(f, x []float64) []float64 {
	var s float64
	for _, v := range x {
		s += v * 0 // 0, or NaN
	}
	if s == 0 {
		return append(f, x...)
	}
	for _, v := range x {
		switch {
		case v*0 == 0:
			f = append(f, v)
		case v != v:
			c.missing++
		default:
			c.infinite++
			c.types.Fractional++
			c.distinct.add(mix(math.Float64bits(v)))
		}
	}
	return f
}

// addFinite adds a block of finite numbers, and reorders it. The block is sorted
// once: then equal numbers stand together, so that each is looked at, hashed and
// counted once, and the sketch takes the block as a whole.
func (c *Column) addFinite(f []float64) {
	if len(f) == 0 {
		return
	}
	c.extremes(f)
	moments.Add4(&c.m, f)
	kernel.SortFloat64s(f)
	zero, _ := slices.BinarySearch(f, 0)
	c.negatives += zero
	for _, v := range f[zero:] {
		if v != 0 {
			break
		}
		c.zeros++
	}
	c.addRuns(f)
	c.kll.AddSorted(f)
}

// addRuns counts the types, the distinct values and the frequent ones of an
// ascending block.
func (c *Column) addRuns(f []float64) {
	var runs, repeated, fractional int
	for i := 0; i < len(f); {
		v, from := f[i], i
		for i++; i < len(f) && f[i] == v; i++ {
		}
		runs++
		if i-from > 1 {
			repeated++
		}
		if v != math.Trunc(v) {
			fractional += i - from
		}
		if h := mix(math.Float64bits(v)); c.distinct.regs != nil {
			c.distinct.register(h)
		} else {
			c.distinct.add(h)
		}
	}
	c.types.Fractional += fractional
	c.types.Integral += len(f) - fractional

	off := c.top.excess(runs, repeated, f)
	if off == 1 && repeated == 0 {
		return // as many different numbers as values: none is frequent
	}
	for i := 0; i < len(f); {
		v, from := f[i], i
		for i++; i < len(f) && f[i] == v; i++ {
		}
		if n := uint64(i - from); n > off {
			b := math.Float64bits(v)
			c.top.add(b, mix(b), n-off)
		}
	}
}

// excess returns what to take off the counts of the runs of an ascending block so
// that at most the limit of them is left, and adds it to the error of the counts:
// the count that stands in place limit + 1, so that it is taken off more than limit
// counts. repeated is the number of runs of two or more.
func (c *counter) excess(runs, repeated int, f []float64) uint64 {
	if runs <= c.most() {
		return 0
	}
	off := uint64(1)
	if repeated > c.most() {
		c.scratch = c.scratch[:0]
		for i := 0; i < len(f); {
			v, from := f[i], i
			for i++; i < len(f) && f[i] == v; i++ {
			}
			c.scratch = append(c.scratch, uint64(i-from))
		}
		slices.Sort(c.scratch)
		off = c.scratch[len(c.scratch)-1-c.most()]
	}
	c.offset += off
	return off
}

// sketchRepeated adds c.values, each c.weights times, to the sketch.
func (c *Column) sketchRepeated() {
	kernel.SortWeighted(c.values, c.weights)
	f := c.finite[:0]
	for i, v := range c.values {
		for n := int(c.weights[i]); n > 0; n-- {
			if len(f) == numberBlock {
				c.kll.AddSorted(f)
				f = f[:0]
			}
			f = append(f, v)
		}
	}
	c.kll.AddSorted(f)
	c.finite = f[:0]
}

func (c *Column) extremes(f []float64) {
	if c.m.W == 0 {
		c.lo, c.hi = f[0], f[0]
	}
	lo, hi := c.lo, c.hi
	for _, v := range f {
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	c.lo, c.hi = lo+0, hi+0
}
