package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

type ratesGolden struct {
	Rates []struct {
		X, N, Level float64
		Limits      [4][2]float64
	}
	McNemar []struct {
		Table                  [4]uint64
		Exact, Chi2, Corrected *[2]float64
	}
	Kappa []struct {
		Table      [][]uint64
		Kappa, Std [3]float64
	}
}

func TestRateGolden(t *testing.T) {
	var g ratesGolden
	golden.Load(t, "metrics/rates.json", &g)
	require.NotEmpty(t, g.Rates)
	for _, c := range g.Rates {
		for m, want := range c.Limits {
			iv, err := Rate{c.X, c.N}.Interval(RateMethod(m), c.Level)
			require.NoError(t, err)
			require.Equal(t, c.X/c.N, iv.Value)
			require.Equal(t, c.Level, iv.Level)
			what := RateMethod(m).String()
			// Wilson's and Agresti and Coull's limits are differences of numbers
			// of order 1, by the peer too; the inverted incomplete beta function
			// iterates, and takes powers of 1-x.
			if math.Abs(want[0]-iv.Low) > 5e-15 {
				golden.Equal(t, what+" low", want[0], iv.Low, 1e-11)
			}
			if math.Abs(want[1]-iv.High) > 5e-15 {
				golden.Equal(t, what+" high", want[1], iv.High, 1e-11)
			}
		}
	}
}

func TestBetaQuantileInverts(t *testing.T) {
	for _, a := range []float64{0.5, 1, 2.5, 40, 1e4, 1e8} {
		for _, b := range []float64{0.5, 1, 3, 700, 1e6} {
			for _, p := range []float64{1e-6, 0.025, 0.5, 0.975} {
				x := betaQuantile(p, a, b)
				golden.Equal(t, "cdf", p, distuv.Beta{Alpha: a, Beta: b}.CDF(x), 1e-6)
			}
		}
	}
}

// The nominal coverage must hold on average over p, and Clopper-Pearson's for
// every p.
func TestRateCoverage(t *testing.T) {
	const n, level = 30, 0.9
	for m := Wilson; m <= Jeffreys; m++ {
		var sum float64
		const grid = 200
		for k := 1; k < grid; k++ {
			p := float64(k) / grid
			var cover float64
			for x := 0.0; x <= n; x++ {
				iv, err := Rate{x, n}.Interval(m, level)
				require.NoError(t, err)
				if iv.Low <= p && p <= iv.High {
					cover += distuv.Binomial{N: n, P: p}.Prob(x)
				}
			}
			sum += cover
			if m == ClopperPearson {
				require.GreaterOrEqual(t, cover, level-1e-12)
			}
		}
		mean := sum / (grid - 1)
		require.Greater(t, mean, level-0.015, m.String())
		if m != ClopperPearson {
			require.Less(t, mean, level+0.025, m.String())
		}
	}
}

func TestRateBadInput(t *testing.T) {
	for name, c := range map[string]struct {
		r     Rate
		m     RateMethod
		level float64
		want  error
	}{
		"no trials":      {Rate{0, 0}, Wilson, 0.95, mlgauge.ErrUndefined},
		"more hits":      {Rate{3, 2}, Wilson, 0.95, mlgauge.ErrRange},
		"negative":       {Rate{-1, 2}, Wilson, 0.95, mlgauge.ErrRange},
		"NaN":            {Rate{math.NaN(), 2}, Wilson, 0.95, mlgauge.ErrNotFinite},
		"Inf":            {Rate{1, math.Inf(1)}, Wilson, 0.95, mlgauge.ErrNotFinite},
		"level 0":        {Rate{1, 2}, Wilson, 0, mlgauge.ErrRange},
		"level 1":        {Rate{1, 2}, Wilson, 1, mlgauge.ErrRange},
		"level NaN":      {Rate{1, 2}, Wilson, math.NaN(), mlgauge.ErrRange},
		"unknown method": {Rate{1, 2}, 9, 0.95, mlgauge.ErrRange},
	} {
		_, err := c.r.Interval(c.m, c.level)
		require.ErrorIs(t, err, c.want, name)
	}
	_, err := Rate{}.Value()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
}

func TestMcNemarGolden(t *testing.T) {
	var g ratesGolden
	golden.Load(t, "metrics/rates.json", &g)
	for _, c := range g.McNemar {
		m := McNemar{c.Table[0], c.Table[1], c.Table[2], c.Table[3]}
		for method, want := range map[McNemarMethod]*[2]float64{McNemarExact: c.Exact, McNemarChi2: c.Chi2, McNemarCorrected: c.Corrected} {
			r, err := m.Test(method)
			if want == nil {
				require.ErrorIs(t, err, mlgauge.ErrUndefined)
				continue
			}
			require.NoError(t, err)
			golden.Equal(t, "statistic", want[0], r.Statistic, tol)
			golden.Equal(t, "p", want[1], r.P, tol)
		}
		mid, err := m.Test(McNemarMidP)
		require.NoError(t, err)
		exact, _ := m.Test(McNemarExact)
		require.LessOrEqual(t, mid.P, exact.P)
		// Slowly: the two tails of the binomial, half of what was seen.
		b, n := float64(min(m.OnlyA, m.OnlyB)), float64(m.OnlyA+m.OnlyB)
		if n > 0 && n < 1000 {
			x := distuv.Binomial{N: n, P: 0.5}
			sum := x.Prob(b) / 2
			for k := range int(b) {
				sum += x.Prob(float64(k))
			}
			golden.Equal(t, "mid-p", 2*sum, mid.P, 1e-11)
		}
	}
}

func TestMcNemarCounts(t *testing.T) {
	truth := []string{"a", "b", "a", "b", "c"}
	m, err := McNemarOf(truth, []string{"a", "b", "b", "b", "a"}, []string{"a", "a", "a", "a", "a"})
	require.NoError(t, err)
	require.Equal(t, McNemar{Both: 1, OnlyA: 2, OnlyB: 1, Neither: 1}, m)
	var n McNemar
	require.NoError(t, n.Add([]bool{true, true, false, true, false}, []bool{true, false, true, false, false}))
	require.Equal(t, m, n)
	require.NoError(t, n.Merge(&m))
	require.Equal(t, McNemar{2, 4, 2, 2}, n)
	b, err := n.MarshalBinary()
	require.NoError(t, err)
	var back McNemar
	require.NoError(t, back.UnmarshalBinary(b))
	require.Equal(t, n, back)
	require.ErrorIs(t, back.UnmarshalBinary(b[1:]), mlgauge.ErrCorrupt)
	require.Equal(t, n, back)
	iv, err := n.DifferenceInterval(0.95)
	require.NoError(t, err)
	golden.Equal(t, "difference", 0.2, iv.Value, tol)
	require.True(t, iv.Low < 0.2 && iv.High > 0.2)
	n.Reset()
	_, err = n.Test(McNemarExact)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = n.DifferenceInterval(0.95)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = m.Test(7)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = m.DifferenceInterval(0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.ErrorIs(t, n.Add([]bool{true}, nil), mlgauge.ErrLength)
	require.ErrorIs(t, n.Add(nil, nil), mlgauge.ErrEmpty)
	_, err = McNemarOf(truth, truth, truth[:2])
	require.ErrorIs(t, err, mlgauge.ErrLength)
	require.ErrorIs(t, (&McNemar{Both: math.MaxUint64}).Merge(&McNemar{Both: 1}), mlgauge.ErrRange)
}
