package drift_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/drift"
)

// Samples large enough to be cut: the same bits for any number of cores, and, where two
// ways lead to a distance, the same distance.
func TestTwoSamplesOnCores(t *testing.T) {
	cores := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cores)
	r := rand.New(rand.NewPCG(5, 6))
	for _, digits := range []float64{0, 1, 1e6} { // many ties, and none
		x, y := make([]float64, 230_000), make([]float64, 310_000)
		for _, s := range [][]float64{x, y} {
			for i := range s {
				s[i] = r.NormFloat64()*3 + 0.01
				if digits > 0 {
					s[i] = math.Round(s[i]*digits) / digits
				}
			}
		}
		ones := make([]float64, len(y))
		for i := range ones {
			ones[i] = 1
		}
		var want []float64
		for _, p := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(p)
			ks, err := drift.KS(x, y, drift.TwoSided, drift.Asymptotic)
			require.NoError(t, err)
			mw, err := drift.MannWhitney(x, y, drift.TwoSided, drift.Asymptotic)
			require.NoError(t, err)
			cvm, err := drift.CramerVonMises(x, y, drift.Asymptotic)
			require.NoError(t, err)
			welch, err := drift.Welch(x, y, drift.TwoSided)
			require.NoError(t, err)
			w, err := drift.Wasserstein(x, y)
			require.NoError(t, err)
			ww, err := drift.WassersteinWeighted(x, nil, y, nil)
			require.NoError(t, err)
			energy, err := drift.Energy(x, nil, y, nil)
			require.NoError(t, err)
			weighted, err := drift.Energy(x, nil, y, ones)
			require.NoError(t, err)
			ksw, err := drift.KSWeighted(x, nil, y, ones)
			require.NoError(t, err)
			got := []float64{ks.Statistic, mw.Statistic, mw.PValue, cvm.Statistic, cvm.PValue, welch.Statistic, w, ww, energy, weighted, ksw.Statistic}
			if p == 1 {
				want = got
			}
			require.Equal(t, want, got, "%d cores", p)
			require.InEpsilon(t, w, ww, 1e-11)
			require.InEpsilon(t, energy, weighted, 1e-12)
			require.InEpsilon(t, ks.Statistic, ksw.Statistic, 1e-10)
		}
	}
}
