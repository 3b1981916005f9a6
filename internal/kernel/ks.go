package kernel

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// KSDifferences returns the largest and the smallest value of F(t) - G(t) over all
// t, where F and G are the empirical distribution functions of x and y, as exact
// counts: the largest is hi/(n m) and the smallest lo/(n m), with n = len(x) and
// m = len(y). x and y must not be empty, nor hold NaN.
//
// It counts both samples into buckets, and sorts only those buckets inside which
// a difference beyond the best at the bucket edges is possible, the most promising
// first. A bucket of many values (a heavy tail) is cut again.
func KSDifferences(x, y []float64) (hi, lo float64) {
	s := ks{n: float64(len(x)), m: float64(len(y))}
	s.start(x, y)
	return s.hi, s.lo
}

// KSDistance returns the largest |F(t) - G(t)|, in the same units. It is faster: a
// side that is far from the largest needs no looking into. ok is false if x or y holds
// NaN.
func KSDistance(x, y []float64) (d float64, ok bool) {
	s := ks{n: float64(len(x)), m: float64(len(y)), either: true}
	ok = s.start(x, y)
	return s.hi, ok
}

// ks holds the best differences so far, in units of 1/(n m).
type ks struct {
	n, m, hi, lo float64
	either       bool // hi = -lo is the larger of both
}

// at takes the difference after cx values of x and cy of y.
func (s *ks) at(cx, cy int) {
	d := float64(cx)*s.m - float64(cy)*s.n
	s.hi, s.lo = max(s.hi, d), min(s.lo, d)
	if s.either {
		s.hi = max(s.hi, -s.lo)
		s.lo = -s.hi
	}
}

// gain returns by how much a range of nx and ny values, with cx and cy below it, could
// pass the best.
func (s *ks) gain(cx, cy, nx, ny int) float64 {
	up := float64(cx+nx)*s.m - float64(cy)*s.n
	down := float64(cx)*s.m - float64(cy+ny)*s.n
	return max(up-s.hi, s.lo-down)
}

func (s *ks) start(x, y []float64) bool {
	low, high, ok := pairRange(x, y)
	if !ok && (holdsNaN(x) || holdsNaN(y)) {
		return false
	}
	if len(x)+len(y) < smallPair {
		var done func()
		x, y, done = copied(x, y)
		defer done()
	}
	s.run(x, y, 0, 0, low, high, 0)
	return true
}

func holdsNaN(x []float64) bool {
	for _, v := range x {
		if v != v {
			return true
		}
	}
	return false
}

// run handles the values of one range, with cx and cy values below it. It may reorder
// few values.
func (s *ks) run(x, y []float64, cx, cy int, low, high float64, depth int) {
	n := len(x) + len(y)
	switch {
	case n < smallPair:
		s.sorted(x, y, cx, cy)
		return
	case low == high:
		s.at(cx+len(x), cy+len(y))
		return
	}
	top := pairTop(n)
	m := pairMap(x, y, low, high, top, depth)
	c := cut{len(x), len(y), parallel.Parts(n, 1<<18)}
	lent := uint32s.get(c.parts * len(codeCounts{}))
	defer uint32s.put(lent)
	at := func(p int) *codeCounts { return (*codeCounts)((*lent)[p*len(codeCounts{}):]) }
	parallel.Each(c.parts, func(p int) {
		x, y := c.of(p, x, y)
		clear(at(p)[:2<<top])
		countSample(&m, at(p), 0, x)
		countSample(&m, at(p), 1, y)
	})
	for p := 1; p < c.parts; p++ { // each part counts those before it as well
		for k, n := range at(p - 1)[:2<<top] {
			at(p)[k] += n
		}
	}
	counts := at(c.parts - 1)
	// The differences at the edges are exact; they bound what hides between.
	fx, fy := cx, cy
	for k := range 1 << top {
		fx += int(counts[2*k])
		fy += int(counts[2*k+1])
		s.at(fx, fy)
	}
	var open parts
	fx, fy = cx, cy
	for k := range 1 << top {
		nx, ny := int(counts[2*k]), int(counts[2*k+1])
		if nx > 0 && ny > 0 {
			if g := s.gain(fx, fy, nx, ny); g > 0 {
				open.add(k, fx, fy, nx, ny, g)
			}
		}
		fx += nx
		fy += ny
	}
	if len(open.list) == 0 {
		return
	}
	done := open.fetch(&m, c, func(p, code int) int { return int(at(p)[code]) }, x, y)
	defer done()
	slices.SortFunc(open.list, func(a, b part) int { return cmp.Compare(b.bound, a.bound) })
	var mu sync.Mutex
	open.each(func(i int) {
		p := open.list[i]
		mu.Lock()
		best := *s
		mu.Unlock()
		if best.gain(p.cx, p.cy, p.nx, p.ny) > 0 {
			px, py := open.of(p)
			low, high, _ := pairRange(px, py)
			best.run(px, py, p.cx, p.cy, low, high, depth+1)
			mu.Lock()
			s.hi, s.lo = max(s.hi, best.hi), min(s.lo, best.lo)
			mu.Unlock()
		}
	})
}

// sorted sorts both and walks the merged order, stepping over ties as one.
func (s *ks) sorted(x, y []float64, cx, cy int) {
	SortFloat64s(x)
	SortFloat64s(y)
	s.at(cx, cy)
	hi, lo := int64(math.MinInt64), int64(math.MaxInt64)
	n, m := int64(s.n), int64(s.m)
	d := int64(cx)*m - int64(cy)*n
	last := math.Inf(-1)
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		t, first := Earlier(x[i], y[j])
		if t != last { // all that is equal to the last has been counted
			hi, lo = max(hi, d), min(lo, d)
			last = t
		}
		i += first
		j += 1 - first
		step := -n
		if first == 1 {
			step = m
		}
		d += step
	}
	for i < len(x) && x[i] == last {
		i++
	}
	for j < len(y) && y[j] == last {
		j++
	}
	if hi >= lo {
		s.hi, s.lo = max(s.hi, float64(hi)), min(s.lo, float64(lo))
	}
	s.at(cx+i, cy+j)
	s.at(cx+len(x), cy+j) // the rest of one side is monotone: its end is enough
	s.at(cx+len(x), cy+len(y))
}
