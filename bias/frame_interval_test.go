package bias

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

func TestHypergeometric(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range [][3]float64{{5, 5, 4}, {3, 40, 20}, {40, 3, 20}, {300, 200, 250}, {1, 1, 1}, {7, 0, 3}, {0, 7, 3}, {4, 4, 8}, {4, 4, 0}} {
		good, bad, draws := c[0], c[1], c[2]
		const n = 20000
		seen := make(map[float64]float64)
		for range n {
			seen[hypergeometric(good, bad, draws, rng)]++
		}
		choose := func(a, b float64) float64 { return distuv.Binomial{N: a, P: 0.5}.Prob(b) * math.Exp2(a) }
		var chi, df, total float64
		for k := math.Max(0, draws-bad); k <= math.Min(good, draws); k++ {
			e := n * choose(good, k) * choose(bad, draws-k) / choose(good+bad, draws)
			total += seen[k]
			if e > 5 {
				chi += (seen[k] - e) * (seen[k] - e) / e
				df++
			}
		}
		require.Equal(t, float64(n), total, "%v: outside the support", c)
		if df > 1 {
			require.Greater(t, distuv.ChiSquared{K: df - 1}.Survival(chi), 1e-4, "%v", c)
		}
	}
}

// grouped makes rows of three groups under two controls, with scores whose rate of
// positives grows by effect from group to group.
func grouped(n int, effect float64, seed uint64) Batch {
	rng := rand.New(rand.NewPCG(seed, seed))
	b := Batch{
		Facet: Column{Values: []string{"a", "b", "c"}}, Stratum: Column{Values: []string{"u", "v"}},
		Label: Column{Values: []string{"0", "1"}}, Prediction: Column{Values: []string{"0", "1"}},
	}
	for range n {
		g := rng.Int32N(3)
		b.Facet.Codes = append(b.Facet.Codes, g)
		b.Stratum.Codes = append(b.Stratum.Codes, rng.Int32N(2))
		b.Label.Codes = append(b.Label.Codes, rng.Int32N(2))
		p := int32(0)
		if rng.Float64() < 0.4+effect*float64(g) {
			p = 1
		}
		b.Prediction.Codes = append(b.Prediction.Codes, p)
	}
	return b
}

// The rows and the table are two ways to the same numbers.
func TestMeasureAgainstRows(t *testing.T) {
	b := grouped(600, 0.1, 4)
	var c Counts
	require.NoError(t, c.Add(b))
	g, err := c.Groups("1")
	require.NoError(t, err)
	table, err := g.Measure(metrics.Binary.Accuracy, Bootstrap{Resamples: 2000})
	require.NoError(t, err)
	accuracy := func(rows []int) (float64, error) {
		right := 0.0
		for _, r := range rows {
			if b.Label.Codes[r] == b.Prediction.Codes[r] {
				right++
			}
		}
		return right / float64(len(rows)), nil
	}
	// The table has groups and controls in order of appearance.
	place := func(names []string, name string) int {
		for i, n := range names {
			if n == name {
				return i
			}
		}
		return -1
	}
	rows, err := MeasureRows(b.Facet, b.Stratum, accuracy, Bootstrap{Resamples: 2000})
	require.NoError(t, err)
	f := g.By(metrics.Binary.Accuracy)
	same := func(want, got metrics.Interval) {
		t.Helper()
		require.InDelta(t, want.Value, got.Value, 1e-12)
		// Quantiles of 2000 resamples: a few percent of the width.
		width := want.High - want.Low
		require.Greater(t, width, 0.0)
		require.InDelta(t, want.Low, got.Low, 0.15*width)
		require.InDelta(t, want.High, got.High, 0.15*width)
	}
	for ci, control := range table.Controls {
		k := place(rows.Controls, control)
		for gi, group := range table.Groups {
			same(rows.Values[k][place(rows.Groups, group)], table.Values[ci][gi])
			require.Equal(t, f.Values[ci][gi], table.Values[ci][gi].Value)
		}
		same(rows.Overall[k], table.Overall[ci])
		for to := range 2 {
			same(rows.Difference[to][k], table.Difference[to][ci])
			same(rows.Ratio[to][k], table.Ratio[to][ci])
			require.Equal(t, f.Difference(Comparison(to))[ci], table.Difference[to][ci].Value)
			require.Equal(t, f.Ratio(Comparison(to))[ci], table.Ratio[to][ci].Value)
		}
		require.InDelta(t, rows.PValue[k], table.PValue[ci], 0.05)
	}
	old := runtime.GOMAXPROCS(1)
	again, err := g.Measure(metrics.Binary.Accuracy, Bootstrap{Resamples: 2000})
	runtime.GOMAXPROCS(old)
	require.NoError(t, err)
	require.Equal(t, table, again, "the same on one core")
}

// Without a difference the permutation test rejects at its level, with one it rejects
// nearly always; weights of one kind change nothing.
func TestMeasureLevelAndPower(t *testing.T) {
	for _, c := range []struct {
		effect    float64
		low, high int
	}{{0, 2, 24}, {0.25, 195, 200}} { // Binomial(200, 0.05): above 24 has probability under 1e-4
		rejected := 0
		for i := range 200 {
			b := grouped(150, c.effect, uint64(i)+1)
			b.Stratum = Column{}
			var counts Counts
			require.NoError(t, counts.Add(b))
			g, err := counts.Groups("1")
			require.NoError(t, err)
			m, err := g.Measure(SelectionRate, Bootstrap{Resamples: 199})
			require.NoError(t, err)
			if m.PValue[0] <= 0.05 {
				rejected++
			}
		}
		require.GreaterOrEqual(t, rejected, c.low)
		require.LessOrEqual(t, rejected, c.high)
	}
	b := grouped(150, 0.1, 9)
	b.Weights = make([]float64, 150)
	for i := range b.Weights {
		b.Weights[i] = 0.5
	}
	plain := b
	plain.Weights = nil
	var w, p Counts
	require.NoError(t, w.Add(b))
	require.NoError(t, p.Add(plain))
	gw, err := w.Groups("1")
	require.NoError(t, err)
	gp, err := p.Groups("1")
	require.NoError(t, err)
	mw, err := gw.Measure(SelectionRate, Bootstrap{})
	require.NoError(t, err)
	mp, err := gp.Measure(SelectionRate, Bootstrap{})
	require.NoError(t, err)
	require.Equal(t, mp, mw)
}

func TestMeasureWithoutValues(t *testing.T) {
	group := Column{Codes: []int32{0, 0, 1, Missing}, Values: []string{"a", "b"}}
	metric := func(rows []int) (float64, error) {
		if len(rows) == 1 {
			return 0, errors.New("too few")
		}
		return float64(len(rows)), nil
	}
	m, err := MeasureRows(group, Column{}, metric, Bootstrap{Resamples: 50})
	require.NoError(t, err)
	require.Equal(t, 2.0, m.Values[0][0].Value)
	require.True(t, math.IsNaN(m.Values[0][1].Value) && math.IsNaN(m.Values[0][1].Low))
	require.True(t, math.IsNaN(m.PValue[0]), "one group with a value")
	require.Equal(t, 3.0, m.Overall[0].Value)

	var c Counts
	require.NoError(t, c.Add(small()))
	g, err := c.Groups("1")
	require.NoError(t, err)
	_, err = g.Measure(TPR, Bootstrap{Level: 2})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = MeasureRows(group, Column{}, metric, Bootstrap{Resamples: 1})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = MeasureRows(Column{}, Column{}, metric, Bootstrap{})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = MeasureRows(Column{Codes: []int32{-1}}, Column{}, metric, Bootstrap{})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}

// A ratio of 0 to 0 is left out wherever it stands.
func TestRatioToOverallLeavesOutZeroOverZero(t *testing.T) {
	for _, v := range [][]float64{{0, 2}, {2, 0}} {
		f := Frame{Groups: []string{"a", "b"}, Controls: []string{""}, Values: [][]float64{v}, Overall: []float64{0}}
		require.Equal(t, []float64{0}, f.Ratio(ToOverall))
	}
}

func BenchmarkMeasure(b *testing.B) {
	var c Counts
	require.NoError(b, c.Add(grouped(1_000_000, 0.1, 1)))
	g, err := c.Groups("1")
	require.NoError(b, err)
	for b.Loop() {
		if _, err := g.Measure(TPR, Bootstrap{}); err != nil {
			b.Fatal(err)
		}
	}
}
