package metrics

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A sum is a total held as an unevaluated pair of floats, so that the number
// and the order of the batches leave no trace beyond the last digit.
type sum struct{ hi, lo float64 }

// add adds v (Knuth's two-sum; an overflow stays infinite).
func (s *sum) add(v float64) {
	t := s.hi + v
	if math.IsInf(t, 0) {
		s.hi, s.lo = t, 0
		return
	}
	bb := t - s.hi
	s.lo += (s.hi - (t - bb)) + (v - bb)
	s.hi = t
}

func (s *sum) merge(o sum) {
	s.add(o.hi)
	s.lo += o.lo
}

func (s *sum) value() float64 { return s.hi + s.lo }

func (s *sum) append(w *codec.Writer) {
	w.Float64(s.hi)
	w.Float64(s.lo)
}

func readSum(r *codec.Reader) sum { return sum{r.Float64(), r.Float64()} }

const (
	innerBlock = 4096    // stays in the first-level cache
	outerBlock = 1 << 16 // one unit of parallel work
)

// blockSum adds f over fixed blocks of [0, n) in their order, in parallel when n
// is large; the result does not depend on the number of cores.
func blockSum(n int, f func(lo, hi int) float64) float64 {
	if n <= outerBlock {
		s := innerSum(0, n, f)
		return s.value()
	}
	parts := make([]sum, parallel.Blocks(n, outerBlock))
	parallel.For(n, outerBlock, func(b, lo, hi int) { parts[b] = innerSum(lo, hi, f) })
	var s sum
	for _, p := range parts {
		s.merge(p)
	}
	return s.value()
}

func innerSum(lo, hi int, f func(lo, hi int) float64) sum {
	var s sum
	for ; lo < hi; lo += innerBlock {
		s.add(f(lo, min(hi, lo+innerBlock)))
	}
	return s
}
