package twosample

import (
	"math"
	"testing"
)

// Far from the most probable table the chances are below every number: they must
// not linger at the smallest one.
func TestFisherOfHugeCounts(t *testing.T) {
	less, greater, both := Fisher(1_002_000_000, 998_000_000, 1_000_000_000, 1_000_000_000)
	if less != 1 || greater != 0 || both != 0 {
		t.Errorf("63 standard deviations away: %v %v %v", less, greater, both)
	}
	lg := func(n int64) float64 { v, _ := math.Lgamma(float64(n) + 1); return v }
	for _, more := range []int64{1_000, 10_000, 20_000} { // 1.4, 14 and 28 standard deviations
		const n int64 = 1_000_000
		a, b, c, d := n/2+more, n/2-more, n/2, n/2
		_, greater, both = Fisher(a, b, c, d)
		// The tail lies between its first term and a geometric series.
		k := a + c
		p := math.Exp(lg(n) + lg(n) + lg(k) + lg(2*n-k) - lg(2*n) - lg(a) - lg(b) - lg(c) - lg(d))
		ratio := float64(b) / float64(a+1) * (float64(c) / float64(d+1))
		if greater < p*(1-1e-6) || greater > p/(1-ratio)*(1+1e-6) {
			t.Errorf("%d more: greater %v, need between %v and %v", more, greater, p, p/(1-ratio))
		}
		if math.Abs(both-2*greater) > 1e-2*both {
			t.Errorf("%d more: both %v, greater %v", more, both, greater)
		}
	}
}
