package preprocess

import (
	"math"
	"math/bits"
	"sort"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// An Interpolation says what a quantile between two values is.
type Interpolation int

const (
	Linear   Interpolation = iota // in proportion
	Lower                         // the smaller value
	Higher                        // the larger value
	Midpoint                      // their mean
	Nearest                       // the nearer one; halfway, the one of even rank
)

// pick returns the quantile from the values of rank k and k + 1, t of the way.
func (how Interpolation) pick(lo, hi, t float64, k int) float64 {
	switch how {
	case Lower:
		return lo
	case Higher:
		return hi
	case Midpoint:
		return lo/2 + hi/2
	case Nearest:
		if t < 0.5 || (t == 0.5 && k%2 == 0) {
			return lo
		}
		return hi
	}
	return lo + float64((hi-lo)*t)
}

// smallWindow is the length up to which moving a run of memory is faster than
// walking a tree.
const smallWindow = 256

func (s *spans) quantiles(q float64, how Interpolation) []float64 {
	switch {
	case q == 0:
		return s.extremes(1)
	case q == 1:
		return s.extremes(-1)
	case !s.grow && s.length <= smallWindow:
		s.sortedWindow(q, how)
		return s.dst
	}
	n := len(s.x)
	if s.grow {
		// Row i sees [0, i + 1): windows of n places that end with the row.
		s.from, s.length, s.grow = 1-n, n, false
	}
	// Chunks of as many rows as a window is long see twice as many values, so that
	// sorting them is O(log length) per row.
	var c chunkRanks
	for lo := 0; lo < n; lo += max(s.length, smallWindow) {
		c.run(s, lo, min(n, lo+max(s.length, smallWindow)), q, how)
	}
	return s.dst
}

// write puts the quantile of the n values behind nth into row i.
func (s *spans) write(i, n int, q float64, how Interpolation, nth func(k int) float64) {
	if n < max(s.least, 1) {
		s.dst[i] = nan
		return
	}
	at := q * float64(n-1)
	k := int(at)
	t := at - float64(k)
	lo := nth(k)
	if t == 0 || k+1 >= n {
		s.dst[i] = lo
		return
	}
	s.dst[i] = how.pick(lo, nth(k+1), t, k)
}

// sortedWindow keeps the values of the window in order.
func (s *spans) sortedWindow(q float64, how Interpolation) {
	w := make([]float64, 0, s.length+1)
	nth := func(k int) float64 { return w[k] }
	for k := s.from; k < s.from+s.length-1; k++ {
		if v, ok := s.at(k); ok {
			w = insert(w, v)
		}
	}
	for i := range s.x {
		if s.length > 0 {
			if v, ok := s.at(i + s.from + s.length - 1); ok {
				w = insert(w, v)
			}
		}
		s.write(i, len(w), q, how, nth)
		if s.length > 0 {
			if v, ok := s.at(i + s.from); ok {
				k := sort.SearchFloat64s(w, v)
				w = append(w[:k], w[k+1:]...)
			}
		}
	}
}

func insert(w []float64, v float64) []float64 {
	k := sort.SearchFloat64s(w, v)
	w = append(w, v)
	copy(w[k+1:], w[k:])
	w[k] = v
	return w
}

// chunkRanks ranks the values that the windows of some rows can see, and counts
// which of them a window holds in a Fenwick tree.
type chunkRanks struct {
	v, sorted []float64
	ord       []int
	rank      []int32 // by place, -1 where missing
	tree      []int32
}

func (c *chunkRanks) run(s *spans, lo, hi int, q float64, how Interpolation) {
	first := max(lo+s.from, 0)
	last := min(hi-1+s.from+s.length, len(s.x)) // exclusive
	c.v, c.rank = c.v[:0], c.rank[:0]
	for k := first; k < last; k++ {
		if v, ok := s.at(k); ok {
			c.rank = append(c.rank, int32(len(c.v)))
			c.v = append(c.v, v)
		} else {
			c.rank = append(c.rank, -1)
		}
	}
	c.ord = kernel.Argsort(c.ord, c.v)
	m := len(c.v)
	if cap(c.sorted) < m {
		c.sorted = make([]float64, m)
	}
	c.sorted = c.sorted[:m]
	pos := make([]int32, m)
	for r, o := range c.ord[:m] {
		pos[o] = int32(r)
		c.sorted[r] = c.v[o]
	}
	for k, o := range c.rank {
		if o >= 0 {
			c.rank[k] = pos[o]
		}
	}
	if cap(c.tree) < m+1 {
		c.tree = make([]int32, m+1)
	}
	c.tree = c.tree[:m+1]
	clear(c.tree)
	n := 0
	move := func(k int, by int32) {
		if k < first || k >= last {
			return
		}
		r := c.rank[k-first]
		if r < 0 {
			return
		}
		n += int(by)
		for p := int(r) + 1; p <= m; p += p & -p {
			c.tree[p] += by
		}
	}
	top := 0
	if m > 0 {
		top = 1 << (bits.Len(uint(m)) - 1)
	}
	nth := func(k int) float64 {
		p := 0
		left := int32(k)
		for b := top; b > 0; b >>= 1 {
			if p+b <= m && c.tree[p+b] <= left {
				p += b
				left -= c.tree[p]
			}
		}
		if p >= m {
			return math.NaN()
		}
		return c.sorted[p]
	}
	for k := lo + s.from; k < lo+s.from+s.length-1; k++ {
		move(k, 1)
	}
	for i := lo; i < hi; i++ {
		if s.length > 0 {
			move(i+s.from+s.length-1, 1)
		}
		s.write(i, n, q, how, nth)
		if s.length > 0 {
			move(i+s.from, -1)
		}
	}
}
