package metrics

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestBootstrapGolden(t *testing.T) {
	g := loadProbability(t)
	methods := map[string]BootstrapMethod{"BCa": BCa, "percentile": Percentile, "basic": Basic}
	// The replicates stand at the last row of each statistic.
	for i, c := range g.Bootstrap {
		j := i
		for len(g.Bootstrap[j].Values) == 0 {
			j++
		}
		v := g.Bootstrap[j]
		got, err := BootstrapInterval(float64(v.Theta), v.Values.Values(), v.Jack.Values(), methods[c.Method], float64(c.Level))
		require.NoError(t, err)
		what := c.Stat + " " + c.Method
		golden.Equal(t, what, float64(c.Low), got.Low, 1e-12)
		golden.Equal(t, what, float64(c.High), got.High, 1e-12)
	}
	// Own replicates: the same interval to within the noise of the draw.
	data := g.Data.Values()
	mean := func(rows []int) (float64, error) {
		var s float64
		for _, i := range rows {
			s += data[i]
		}
		return s / float64(len(rows)), nil
	}
	for _, c := range g.Bootstrap[:6] {
		b := Bootstrap{Level: float64(c.Level), Method: methods[c.Method], Replicas: 4000}
		r, err := b.Run(len(data), mean)
		require.NoError(t, err)
		assert.InDelta(t, float64(c.Low), r.Low, 0.06)
		assert.InDelta(t, float64(c.High), r.High, 0.06)
		assert.InDelta(t, float64(g.Bootstrap[5].StdErr), r.StdErr, 0.02)
		assert.InDelta(t, 0, r.Bias, 0.01)
	}
}

func TestBootstrapRun(t *testing.T) {
	y, p := pairsOf(60, 0, 8)
	b := Bootstrap{Seed: 3, Replicas: 300}
	stat := Pairs(y, p, R2[float64])
	before := runtime.GOMAXPROCS(1)
	one, err := b.Run(len(y), stat)
	require.NoError(t, err)
	runtime.GOMAXPROCS(4)
	four, err := b.Run(len(y), stat)
	runtime.GOMAXPROCS(before)
	require.NoError(t, err)
	require.Equal(t, one, four)
	b.Seed = 4
	other, err := b.Run(len(y), stat)
	require.NoError(t, err)
	require.NotEqual(t, one.Replicates, other.Replicates)

	t.Run("difference", func(t *testing.T) {
		d, err := b.Difference(len(y), stat, stat)
		require.NoError(t, err)
		require.Equal(t, Interval{Level: 0.95}, d.Interval)
		noisy := slices.Clone(p)
		for i := range noisy {
			noisy[i] += float64(i%2)*2 - 1
		}
		d, err = b.Difference(len(y), stat, Pairs(y, noisy, R2[float64]))
		require.NoError(t, err)
		require.Less(t, d.High, 0.0)
	})
	t.Run("undefined replicates are counted", func(t *testing.T) {
		truth := []bool{true, false, false, false, false, false, true, false, false, false}
		score := []float64{0.4, 0.2, 0.3, 0.1, 0.6, 0.1, 0.7, 0.2, 0.3, 0.2}
		m := Bootstrap{Method: Percentile, Replicas: 500}
		r, err := m.Run(10, Pairs(truth, score, D2Brier[float64]))
		require.NoError(t, err)
		require.Positive(t, r.Undefined)
		m.Strata = []int{1, 0, 0, 0, 0, 0, 1, 0, 0, 0}
		r, err = m.Run(10, Pairs(truth, score, D2Brier[float64]))
		require.NoError(t, err)
		require.Zero(t, r.Undefined)
		_, err = m.Run(10, func(rows []int) (float64, error) {
			if slices.IsSorted(rows) {
				return 1, nil
			}
			return math.NaN(), nil
		})
		require.ErrorIs(t, err, mlgauge.ErrUndefined)
	})
	t.Run("groups in the jackknife", func(t *testing.T) {
		j, err := Jackknife(10, 3, func(rows []int) (float64, error) { return float64(len(rows)), nil })
		require.NoError(t, err)
		require.Equal(t, []float64{7, 7, 7, 9}, j)
	})
}

func TestDummyGolden(t *testing.T) {
	g := loadProbability(t).Dummy
	names := map[string]ClassBaseline{"prior": Prior, "most_frequent": MostFrequent, "uniform": UniformClass, "constant": ConstantClass}
	for _, c := range g.Want {
		d := DummyClassifier[string]{Strategy: names[c.Strategy], Constant: "c"}
		if c.Weighted {
			require.NoError(t, d.FitWeighted(g.Y, g.W.Values()))
		} else {
			require.NoError(t, d.Fit(g.Y))
		}
		require.Equal(t, c.Classes, d.Classes)
		p, err := d.PredictProba(2)
		require.NoError(t, err)
		golden.EqualSlice(t, c.Strategy, c.Proba.Values(), p.RawRowView(1), 1e-15)
		l, err := d.Predict(2)
		require.NoError(t, err)
		if c.Predict != "" {
			require.Equal(t, []string{c.Predict, c.Predict}, l)
		}
	}
	d := DummyClassifier[string]{Strategy: Stratified, Seed: 5}
	require.NoError(t, d.Fit(g.Y))
	l, err := d.Predict(6000)
	require.NoError(t, err)
	n := map[string]int{}
	for _, v := range l {
		n[v]++
	}
	require.InDelta(t, 2000, n["a"], 150)
	require.InDelta(t, 1000, n["d"], 120)

	r := loadRegression(t).Dummy
	values := map[string]ValueBaseline{"mean": MeanValue, "median": MedianValue, "quantile": QuantileValue}
	for _, c := range r.Want {
		d := DummyRegressor{Strategy: values[c.Strategy], Q: math.Max(0, float64(c.Q))}
		require.NoError(t, d.Fit(r.Y.Values()))
		golden.Equal(t, c.Strategy, float64(c.Plain), d.Value, 1e-15)
		require.NoError(t, d.FitWeighted(r.Y.Values(), r.W.Values()))
		golden.Equal(t, c.Strategy+" weighted", float64(c.Weighted), d.Value, 1e-15)
	}
}

// Values near the ends of the range neither panic nor lose the acceleration.
func TestAccelerationAtTheEndsOfTheRange(t *testing.T) {
	jack := []float64{1, 2, 4, 9, 11}
	want := acceleration(jack)
	require.NotZero(t, want)
	for _, scale := range []float64{0x1p1000, 0x1p-1000} {
		scaled := make([]float64, len(jack))
		for i, v := range jack {
			scaled[i] = v * scale
		}
		require.Equal(t, want, acceleration(scaled))
	}
	require.Zero(t, acceleration([]float64{3, 3}))
	s := []float64{-1, 0, 1, 2}
	_, err := BootstrapInterval(0.5, s, []float64{-math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, BCa, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
}
