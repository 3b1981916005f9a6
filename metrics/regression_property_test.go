package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func pairsOf(n int, offset float64, seed uint64) (y, p []float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	y, p = make([]float64, n), make([]float64, n)
	for i := range y {
		y[i] = offset + r.NormFloat64()
		p[i] = y[i] + 0.1 + 0.5*r.NormFloat64()
	}
	return y, p
}

func bigSums(y, p []float64) (sse, sst, ev float64) {
	my, me := bigMean(y, nil), bigMean(y, p)
	s, q, e := newBig(0), newBig(0), newBig(0)
	for i := range y {
		d := newBig(y[i] - p[i]) // the error itself is a float64
		s.Add(s, newBig(0).Mul(d, d))
		d.Sub(d, me)
		e.Add(e, newBig(0).Mul(d, d))
		c := newBig(y[i])
		c.Sub(c, my)
		q.Add(q, newBig(0).Mul(c, c))
	}
	sse, _ = s.Float64()
	sst, _ = q.Float64()
	ev, _ = e.Float64()
	return sse, sst, ev
}

func TestRegressionAgainstBigFloats(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	data := map[string]func(i int) (y, p float64){
		"offset 1e9":    func(int) (float64, float64) { y := 1e9 + r.NormFloat64(); return y, y + r.NormFloat64() },
		"biased by 1e9": func(int) (float64, float64) { y := r.NormFloat64(); return y, y + 1e9 + r.NormFloat64() },
		"outlier first": func(i int) (float64, float64) { y := r.NormFloat64(); return y + 1e12*b2f(i == 0), y + r.NormFloat64() },
		"steps": func(i int) (float64, float64) {
			y := 1e6*float64(i/1500) + r.NormFloat64()
			return y, y + r.NormFloat64()
		},
		"sorted":           func(i int) (float64, float64) { y := float64(i) * 1e3; return y, y + 1 },
		"many magnitudes":  func(int) (float64, float64) { y := math.Exp(20 * r.NormFloat64()); return y, y * r.Float64() },
		"large":            func(int) (float64, float64) { y := 1e150 * r.NormFloat64(); return y, y * r.Float64() },
		"small":            func(int) (float64, float64) { y := 1e-150 * r.NormFloat64(); return y, y * r.Float64() },
		"errors of a sign": func(int) (float64, float64) { y := r.NormFloat64(); return y, y + 5 + 1e-6*r.NormFloat64() },
	}
	for name, f := range data {
		for _, n := range []int{2, 3, 10, 2048, 5000} {
			y, p := make([]float64, n), make([]float64, n)
			for i := range y {
				y[i], p[i] = f(i)
			}
			sse, sst, ev := bigSums(y, p)
			var s Regression
			require.NoError(t, s.Add(y, p))
			what := fmt.Sprint(name, " ", n)
			mse, err := s.MSE()
			require.NoError(t, err)
			golden.Equal(t, what+" MSE", sse/float64(n), mse, 1e-12)
			near := func(kind string, num, den, got float64) {
				t.Helper()
				want := explained(num, den)
				// 1 - ratio is held to the digits of the ratio.
				if tol := 1e-12 * math.Max(1, num/den); !(math.Abs(got-want) <= tol) {
					t.Errorf("%s %s: want %v, got %v", what, kind, want, got)
				}
			}
			r2, err := s.R2()
			require.NoError(t, err)
			near("R2", sse, sst, r2)
			one, err := R2(y, p)
			require.NoError(t, err)
			near("R2 one shot", sse, sst, one)
			v, err := s.ExplainedVariance()
			require.NoError(t, err)
			near("EV", ev, sst, v)
			w := ones(n)
			var sw Regression
			require.NoError(t, sw.AddWeighted(y, p, w))
			v, err = sw.R2()
			require.NoError(t, err)
			near("R2 weighted", sse, sst, v)
		}
	}
}

func TestR2OnlineSmall(t *testing.T) {
	y, p := []float64{3, -0.5, 2, 7}, []float64{2.5, 0, 2, 8}
	var r Regression
	for i := range y {
		require.NoError(t, r.Add(y[i:i+1], p[i:i+1]))
	}
	got, err := r.R2()
	require.NoError(t, err)
	golden.Equal(t, "R2", 1-1.5/29.1875, got, 1e-15)
}

func TestRegressionProperties(t *testing.T) {
	y, p := pairsOf(150_000, 10, 3)
	w := make([]float64, len(y))
	r := rand.New(rand.NewPCG(1, 9))
	for i := range w {
		w[i] = float64(r.IntN(4))
	}
	all := func(s *Regression) map[string]float64 {
		v := map[string]float64{"rows": float64(s.Rows()), "weight": s.Weight()}
		for name, f := range map[string]func() (float64, error){
			"mse": s.MSE, "rmse": s.RMSE, "mae": s.MAE, "r2": s.R2, "ev": s.ExplainedVariance, "max": s.MaxError, "bias": s.MeanBias,
			"std": s.ErrorStd, "mape": s.MAPE, "smape": s.SMAPE, "msle": s.MSLE,
		} {
			x, err := f()
			require.NoError(t, err, name)
			v[name] = x
		}
		for name, f := range map[string]func(float64) (Interval, error){
			"mse": s.MSEInterval, "rmse": s.RMSEInterval, "mae": s.MAEInterval, "r2": s.R2Interval, "bias": s.MeanBiasInterval,
		} {
			x, err := f(0.9)
			require.NoError(t, err, name)
			v[name+" low"], v[name+" high"] = x.Low, x.High
		}
		return v
	}
	same := func(t *testing.T, want, got map[string]float64, tol float64) {
		t.Helper()
		for k := range want {
			golden.Equal(t, k, want[k], got[k], tol)
		}
	}
	whole := Regression{Collect: CollectAll}
	yc, pc, wc := slices.Clone(y), slices.Clone(p), slices.Clone(w)
	require.NoError(t, whole.AddWeighted(y, p, w))
	require.Equal(t, yc, y, "inputs unmutated")
	require.Equal(t, pc, p)
	require.Equal(t, wc, w)
	want := all(&whole)

	t.Run("batches and merges", func(t *testing.T) {
		var m Regression
		for lo := 0; lo < len(y); {
			hi := min(len(y), lo+1+r.IntN(30_000))
			part := Regression{Collect: CollectAll}
			mid := (lo + hi) / 2
			if mid > lo {
				require.NoError(t, part.AddWeighted(y[lo:mid], p[lo:mid], w[lo:mid]))
			}
			require.NoError(t, part.AddWeighted(y[mid:hi], p[mid:hi], w[mid:hi]))
			require.NoError(t, m.Merge(&part))
			lo = hi
		}
		same(t, want, all(&m), 1e-11)
	})
	t.Run("weights repeat rows", func(t *testing.T) {
		var yr, pr []float64
		for i, k := range w {
			for range int(k) {
				yr, pr = append(yr, y[i]), append(pr, p[i])
			}
		}
		rep := Regression{Collect: CollectAll}
		require.NoError(t, rep.Add(yr, pr))
		got := all(&rep)
		delete(want, "rows")
		same(t, want, got, 1e-11)
	})
	t.Run("permutation", func(t *testing.T) {
		a, b, c := slices.Clone(y), slices.Clone(p), slices.Clone(w)
		r.Shuffle(len(a), func(i, j int) {
			a[i], a[j] = a[j], a[i]
			b[i], b[j] = b[j], b[i]
			c[i], c[j] = c[j], c[i]
		})
		s := Regression{Collect: CollectAll}
		require.NoError(t, s.AddWeighted(a, b, c))
		same(t, want, all(&s), 1e-10)
	})
	t.Run("same bits on any number of cores", func(t *testing.T) {
		before := runtime.GOMAXPROCS(1)
		defer runtime.GOMAXPROCS(before)
		one := Regression{Collect: CollectAll}
		require.NoError(t, one.AddWeighted(y, p, w))
		mse1, _ := MSE(y, p)
		r21, _ := R2(y, p)
		runtime.GOMAXPROCS(4)
		four := Regression{Collect: CollectAll}
		require.NoError(t, four.AddWeighted(y, p, w))
		assert.Equal(t, one, four)
		mse4, _ := MSE(y, p)
		r24, _ := R2(y, p)
		assert.Equal(t, mse1, mse4)
		assert.Equal(t, r21, r24)
	})
	t.Run("round trip", func(t *testing.T) {
		b, err := whole.MarshalBinary()
		require.NoError(t, err)
		var s Regression
		require.NoError(t, s.UnmarshalBinary(b))
		require.Equal(t, whole, s)
		for i := range b {
			c := slices.Clone(b)
			c[i] ^= 1
			require.ErrorIs(t, s.UnmarshalBinary(c), mlgauge.ErrCorrupt)
			require.ErrorIs(t, s.UnmarshalBinary(b[:i]), mlgauge.ErrCorrupt)
		}
		require.Equal(t, whole, s)
		s.Reset()
		require.Equal(t, Regression{Collect: CollectAll}, s)
	})
	t.Run("float32", func(t *testing.T) {
		a, b := make([]float32, len(y)), make([]float32, len(y))
		for i := range y {
			a[i], b[i] = float32(y[i]), float32(p[i])
		}
		var s, d Regression
		require.NoError(t, s.AddFloat32(a, b))
		require.NoError(t, d.Add(y, p))
		x, err := s.MSE()
		require.NoError(t, err)
		z, err := d.MSE()
		require.NoError(t, err)
		golden.Equal(t, "float32", z, x, 1e-5)
		one, err := MSE(a, b)
		require.NoError(t, err)
		golden.Equal(t, "one shot", x, one, 1e-12)
	})
}

func TestRegressionSelfMerge(t *testing.T) {
	var r Regression
	require.NoError(t, r.Add([]float64{1, 2}, []float64{2, 2}))
	require.NoError(t, r.Merge(&r))
	require.Equal(t, 4, r.Rows())
	v, err := r.MSE()
	require.NoError(t, err)
	require.Equal(t, 0.5, v)
}

func TestRegressionIntervalCovers(t *testing.T) {
	// The share of intervals that hold the true value, over simulated samples,
	// lies within four standard errors of the level.
	rng := rand.New(rand.NewPCG(4, 4))
	const runs, n, level = 600, 200, 0.9
	hits := map[string]int{}
	for range runs {
		r := Regression{Collect: CollectSpread}
		y, p := make([]float64, n), make([]float64, n)
		for i := range y {
			y[i] = rng.NormFloat64() + 5
			p[i] = y[i] + 0.5*rng.NormFloat64()
		}
		require.NoError(t, r.Add(y, p))
		for name, c := range map[string]struct {
			f    func(float64) (Interval, error)
			true float64
		}{
			"mse": {r.MSEInterval, 0.25}, "rmse": {r.RMSEInterval, 0.5}, "mae": {r.MAEInterval, 0.5 * math.Sqrt(2/math.Pi)},
			"r2": {r.R2Interval, 0.75}, "bias": {r.MeanBiasInterval, 0},
		} {
			v, err := c.f(level)
			require.NoError(t, err)
			if v.Low <= c.true && c.true <= v.High {
				hits[name]++
			}
		}
	}
	for name, h := range hits {
		assert.InDelta(t, level, float64(h)/runs, 4*math.Sqrt(level*(1-level)/runs), name)
	}
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
