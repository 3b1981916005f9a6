package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestIsotonicGolden(t *testing.T) {
	g := loadProbability(t)
	for _, c := range g.Isotonic {
		t.Run(c.Name, func(t *testing.T) {
			f := Isotonic{Direction: c.Direction}
			if v := float64(c.Min); v == v {
				f.Min = &v
			}
			if v := float64(c.Max); v == v {
				f.Max = &v
			}
			if len(c.W) == 0 {
				require.NoError(t, f.Fit(c.X.Values(), c.Y.Values()))
			} else {
				require.NoError(t, f.FitWeighted(c.X.Values(), c.Y.Values(), c.W.Values()))
			}
			// Which equal neighbours are dropped hangs on the last bit of a block's
			// mean, so the functions are compared, and the ends.
			require.Equal(t, float64(c.XT[0]), f.X[0])
			require.Equal(t, float64(c.XT[len(c.XT)-1]), f.X[len(f.X)-1])
			got, err := f.Predict(nil, g.Grid.Values())
			require.NoError(t, err)
			for i, v := range c.NaN.Values() {
				require.Equal(t, math.IsNaN(v), math.IsNaN(got[i]))
			}
			f.Beyond = BeyondClip
			got, err = f.Predict(nil, g.Grid.Values())
			require.NoError(t, err)
			golden.EqualSlice(t, "predict", c.Clip.Values(), got, 1e-12)
			at, err := f.Predict(nil, c.XT.Values())
			require.NoError(t, err)
			golden.EqualSlice(t, "thresholds", c.YT.Values(), at, 1e-12)
			f.Beyond = BeyondError
			_, err = f.Predict(nil, g.Grid.Values())
			require.ErrorIs(t, err, mlgauge.ErrRange)
			b, err := f.MarshalJSON()
			require.NoError(t, err)
			var u Isotonic
			require.NoError(t, u.UnmarshalJSON(b))
			require.Equal(t, f, u)
		})
	}
	for _, c := range g.Pava {
		up, err := IsotonicRegression(c.Y.Values(), c.W.Values(), true)
		require.NoError(t, err)
		golden.EqualSlice(t, "up", c.Up.Values(), up, 1e-12)
		down, err := IsotonicRegression(c.Y.Values(), c.W.Values(), false)
		require.NoError(t, err)
		golden.EqualSlice(t, "down", c.Down.Values(), down, 1e-12)
	}
}

func TestPavaIsOptimal(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		n := 1 + r.IntN(12)
		y, w := make([]float64, n), make([]float64, n)
		for i := range y {
			y[i], w[i] = float64(r.IntN(5)), float64(1+r.IntN(3))
		}
		z, err := IsotonicRegression(y, w, true)
		require.NoError(t, err)
		for i := range z {
			best := math.Inf(-1)
			for lo := range i + 1 {
				least := math.Inf(1)
				for hi := i; hi < n; hi++ {
					var s, t float64
					for k := lo; k <= hi; k++ {
						s += w[k] * y[k]
						t += w[k]
					}
					least = math.Min(least, s/t)
				}
				best = math.Max(best, least)
			}
			require.InDelta(t, best, z[i], 1e-12)
		}
	}
}

func TestPlattGolden(t *testing.T) {
	for _, c := range loadProbability(t).Platt {
		var f Platt
		if len(c.W) == 0 {
			require.NoError(t, f.Fit(c.S.Values(), truths(c.Y)))
		} else {
			require.NoError(t, f.FitWeighted(c.S.Values(), truths(c.Y), c.W.Values()))
		}
		// The peer's search stops at a gradient of 1e-6.
		golden.Equal(t, c.Name+" A", float64(c.A), f.A, 2e-4)
		got, err := f.Transform(nil, c.S.Values())
		require.NoError(t, err)
		for i, v := range c.P.Values() {
			assert.InDelta(t, v, got[i], 2e-5, c.Name)
		}
		b, err := f.MarshalJSON()
		require.NoError(t, err)
		var u Platt
		require.NoError(t, u.UnmarshalJSON(b))
		require.Equal(t, f, u)
	}
}

func TestTemperatureGolden(t *testing.T) {
	g := loadProbability(t).Temperature
	var f Temperature
	require.NoError(t, f.Fit(denseOf(g.Logits), g.Y))
	// Minimising the loss itself finds its place to the root of eps only.
	golden.Equal(t, "beta", float64(g.Beta), f.Inverse, 1e-6)
	p, err := f.Transform(nil, denseOf(g.Logits))
	require.NoError(t, err)
	for i := range g.Y {
		require.InDelta(t, 1, mat.Sum(p.Slice(i, i+1, 0, 3)), 1e-12)
	}
	h := Temperature{FromProba: true}
	require.NoError(t, h.Fit(denseOf(g.Proba), g.Y))
	golden.Equal(t, "beta of probabilities", float64(g.BetaProba), h.Inverse, 1e-6)
}
