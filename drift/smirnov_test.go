package drift

import (
	"math"
	"testing"
)

// Every s-th term of a long sum stands for all. The terms themselves are right to about
// n d^2 roundings, 300 * 1e-16 here, and adding 500,000 of them one by one rounds as much.
func TestSmirnovSurvivalOfLongSums(t *testing.T) {
	for _, n := range []int{2*smirnovTerms - 1, 2 * smirnovTerms, 100_003, 500_000} {
		for _, square := range []float64{2, 2.2, 3, 5, 18, 100, 300} {
			d := math.Sqrt(square / float64(n))
			var want float64
			for j := 0; float64(j) <= float64(n)*(1-d); j++ {
				p := d + float64(j)/float64(n)
				want += binomialTerm(n, j, p) * (d / p)
			}
			got := smirnovSurvival(n, d)
			if math.Abs(got-want) > 1e-12*want {
				t.Errorf("n = %d, n d^2 = %v: want %v, got %v (%.2g)", n, square, want, got, got/want-1)
			}
		}
	}
}
