package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCovariance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 40 {
		y, x := make([]float64, n), make([]float64, n, n+1)
		for i := range n {
			y[i], x[i] = r.NormFloat64(), r.NormFloat64()
		}
		var want [5]float64
		for i := range n {
			a, b := y[i]-0.3, x[i]+2
			for k, v := range [5]float64{a, b, a * a, a * b, b * b} {
				want[k] += v
			}
		}
		var have [5]float64
		have[0], have[1], have[2], have[3], have[4] = Covariance(y, x[:n:n], 0.3, -2)
		for k := range want {
			require.InDelta(t, want[k], have[k], 1e-12, "%d values, sum %d", n, k)
		}
	}
}
