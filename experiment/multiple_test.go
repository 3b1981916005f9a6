package experiment

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// closed is Hommel's procedure over all sizes (Wright 1992), on ascending p-values.
func closed(p []float64) []float64 {
	n := len(p)
	s := slices.Clone(p)
	for m := n; m > 1; m-- {
		c := math.Inf(1)
		for i := range m {
			c = math.Min(c, float64(m)*p[n-m+i]/float64(i+1))
		}
		for k := n - m; k < n; k++ {
			s[k] = math.Max(s[k], c)
		}
		for k := range n - m {
			s[k] = math.Max(s[k], math.Min(c, float64(m)*p[k]))
		}
	}
	return s
}

func TestHommelAgainstAllSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		p := make([]float64, 1+r.IntN(40))
		for i := range p {
			p[i] = math.Pow(r.Float64(), float64(1+r.IntN(8)))
			switch r.IntN(12) {
			case 0:
				p[i] = math.Round(p[i]*10) / 10
			case 1:
				p[i] = p[0]
			case 2:
				p[i] *= 1e-300
			}
		}
		slices.Sort(p)
		s := slices.Clone(p)
		hommel(s)
		for i, v := range closed(p) {
			require.InDelta(t, v, s[i], 1e-14*v, "%v", p)
		}
	}
	p := make([]float64, 300_000)
	for i := range p {
		p[i] = r.Float64()
	}
	start := time.Now()
	_, err := Adjust(p, Hommel)
	require.NoError(t, err)
	require.Less(t, time.Since(start), 30*time.Second, "time grows with n log n, not with its square")
}
