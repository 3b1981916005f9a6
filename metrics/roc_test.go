package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func matrix(rows []golden.Floats) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r.Values())
	}
	return m
}

// slowAUC is the definition, with weights.
func slowAUC(y []bool, x, w []float64) float64 {
	var wins, all float64
	for i := range x {
		for j := range x {
			if y[i] && !y[j] {
				all += w[i] * w[j]
				if x[i] > x[j] {
					wins += w[i] * w[j]
				} else if x[i] == x[j] {
					wins += w[i] * w[j] / 2
				}
			}
		}
	}
	return wins / all
}

func TestROCProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, decimals := range []int{0, 1, 9} {
		y, x, _, w := drawBinary(r, 150, decimals)
		w[0], w[149] = 1, 2
		y0, x0, w0 := slices.Clone(y), slices.Clone(x), slices.Clone(w)
		var whole, batches, weighted, repeated, left, right ROC
		require.NoError(t, whole.Add(y, x))
		require.NoError(t, weighted.AddWeighted(y, x, w))
		for i := range x {
			require.NoError(t, batches.Add(y[i:i+1], x[i:i+1]))
			for range int(w[i]) {
				require.NoError(t, repeated.Add(y[i:i+1], x[i:i+1]))
			}
			part := &left
			if i%3 == 0 {
				part = &right
			}
			require.NoError(t, part.AddWeighted(y[i:i+1], x[i:i+1], w[i:i+1]))
		}
		require.NoError(t, left.Merge(&right))
		ones := make([]float64, len(x))
		for i := range ones {
			ones[i] = 1
		}
		same := func(want, got *ROC) {
			t.Helper()
			for _, f := range []func(*ROC) (float64, error){
				(*ROC).AUC,
				(*ROC).Gini,
				func(r *ROC) (float64, error) { return r.PartialAUC(0.2) },
				func(r *ROC) (float64, error) { return r.PR().AveragePrecision() },
				func(r *ROC) (float64, error) { k, err := r.KS(); return k.Value, err },
				func(r *ROC) (float64, error) { c, err := r.Best(Youden()); return c.Value, err },
			} {
				a, err := f(want)
				require.NoError(t, err)
				b, err := f(got)
				require.NoError(t, err)
				require.InDelta(t, a, b, 1e-13)
			}
		}
		same(&whole, &batches)
		same(&weighted, &repeated)
		same(&weighted, &left)
		a, err := whole.AUC()
		require.NoError(t, err)
		golden.Equal(t, "pairs", slowAUC(y, x, ones), a, 1e-13)
		a, err = weighted.AUC()
		require.NoError(t, err)
		golden.Equal(t, "weighted pairs", slowAUC(y, x, w), a, 1e-13)

		// Turning the score round turns the area round.
		neg := make([]float64, len(x))
		for i, v := range x {
			neg[i] = -v
		}
		turned, err := AUC(y, neg)
		require.NoError(t, err)
		plain, err := AUC(y, x)
		require.NoError(t, err)
		golden.Equal(t, "turned round", 1-plain, turned, 1e-15)

		for _, v := range []*ROC{&whole, &weighted, {}} {
			data, err := v.MarshalBinary()
			require.NoError(t, err)
			back := ROC{s: scores{rows: 77}}
			require.NoError(t, back.UnmarshalBinary(data))
			require.Equal(t, v.Rows(), back.Rows())
			if v.Rows() > 0 {
				same(v, &back)
			}
			var pr PR
			require.ErrorIs(t, pr.UnmarshalBinary(data), mlgauge.ErrCorrupt)
		}
		mixed := ROC{}
		require.NoError(t, mixed.AddWeighted(y, x, ones))
		require.NoError(t, mixed.Merge(&whole))
		require.NoError(t, mixed.Add(y, x))
		require.NoError(t, mixed.Merge(&mixed))
		require.Equal(t, 6*len(x), mixed.Rows())
		same(&whole, &mixed)
		mixed.Reset()
		require.Zero(t, mixed.Rows())
		require.NoError(t, mixed.Add(y, x))
		same(&whole, &mixed)
		require.Equal(t, [3]any{y0, x0, w0}, [3]any{y, x, w})
	}
}

func TestFloat32(t *testing.T) {
	y := []bool{true, false, true, false, true}
	s := []float32{0.1, 0.1, 0.7, 0.30000001, 0.3}
	wide := make([]float64, len(s))
	for i, v := range s {
		wide[i] = float64(v)
	}
	want, err := AUC(y, wide)
	require.NoError(t, err)
	got, err := AUC(y, s)
	require.NoError(t, err)
	require.Equal(t, want, got)
	var r ROC
	var p PR
	require.NoError(t, r.AddFloat32(y, s))
	require.NoError(t, p.AddFloat32(y, s))
	got, err = r.AUC()
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, r.s, p.s)
}

func TestBinnedROC(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	y, x, _, w := drawBinary(r, 4000, 9)
	w[0], w[3999] = 1, 1
	var exact, exactW ROC
	require.NoError(t, exact.Add(y, x))
	require.NoError(t, exactW.AddWeighted(y, x, w))
	for _, bins := range []int{2, 10, 1000, 1 << 18} {
		o := BinnedROC{Low: -3, High: 4, Bins: bins}
		whole, a, b, weighted := o, o, o, o
		require.NoError(t, whole.Add(y, x))
		require.NoError(t, a.Add(y[:1500], x[:1500]))
		require.NoError(t, b.Add(y[1500:], x[1500:]))
		require.NoError(t, weighted.AddWeighted(y, x, w))
		data, err := b.MarshalBinary()
		require.NoError(t, err)
		var back BinnedROC
		require.NoError(t, back.UnmarshalBinary(data))
		require.Equal(t, b, back)
		require.NoError(t, a.Merge(&back))
		require.Equal(t, whole, a, "merging is exact")
		for _, c := range []struct {
			binned *BinnedROC
			exact  *ROC
		}{{&whole, &exact}, {&weighted, &exactW}} {
			want, err := c.exact.AUC()
			require.NoError(t, err)
			got, bound, err := c.binned.AUC()
			require.NoError(t, err)
			require.LessOrEqual(t, math.Abs(want-got), bound+1e-12)
			th, err := c.binned.Thresholds()
			require.NoError(t, err)
			area, err := th.AUC()
			require.NoError(t, err)
			golden.Equal(t, "area of table", got, area, 1e-12)
			// Each row of the table is exact.
			full, err := c.exact.Thresholds()
			require.NoError(t, err)
			for i, edge := range th.Threshold[:len(th.Threshold)-1] {
				j, _ := slices.BinarySearchFunc(full.Threshold, edge, func(v, e float64) int {
					if v >= e {
						return -1
					}
					return 1
				})
				if j > 0 {
					require.InDelta(t, full.TP[j-1], th.TP[i], 1e-9)
					require.InDelta(t, full.FP[j-1], th.FP[i], 1e-9)
				}
			}
		}
	}
	perfect := BinnedROC{}
	require.NoError(t, perfect.Add([]bool{true, false}, []float64{0.9, 0.1}))
	auc, bound, err := perfect.AUC()
	require.NoError(t, err)
	require.Equal(t, [2]float64{1, 0}, [2]float64{auc, bound})
	perfect.Low = -1
	require.ErrorIs(t, perfect.Add([]bool{true}, []float64{0.5}), mlgauge.ErrIncompatible)
	perfect.Reset()
	require.NoError(t, perfect.Add([]bool{true}, []float64{0.5}))
	other := BinnedROC{}
	require.ErrorIs(t, perfect.Merge(&other), mlgauge.ErrIncompatible)
	require.ErrorIs(t, (&BinnedROC{Low: 1}).Add([]bool{true}, []float64{0.5}), mlgauge.ErrRange)
	require.ErrorIs(t, (&BinnedROC{Bins: 1}).Add([]bool{true}, []float64{0.5}), mlgauge.ErrRange)
	require.ErrorIs(t, (&BinnedROC{Low: -1e308, High: 1e308}).Add([]bool{true}, []float64{0.5}), mlgauge.ErrNotFinite)
}

func TestTPRAt(t *testing.T) {
	var r ROC
	require.NoError(t, r.Add([]bool{true, false, true, false}, []float64{4, 3, 2, 1}))
	c, err := r.Curve(AllPoints)
	require.NoError(t, err)
	for fpr, want := range map[float64]float64{0: 0.5, 0.25: 0.5, 0.5: 1, 1: 1} {
		got, err := c.TPRAt(fpr)
		require.NoError(t, err)
		require.Equal(t, want, got, "at %v", fpr)
	}
}

func TestPRInterval(t *testing.T) {
	var p PR
	y, x := []bool{true, false, true, true, false}, []float64{5, 4, 3, 2, 1}
	require.NoError(t, p.Add(y, x))
	ap := (1 + 2.0/3 + 3.0/4) / 3
	i, err := p.Interval(0.95)
	require.NoError(t, err)
	eta, half := math.Log(ap/(1-ap)), 1.959963984540054/math.Sqrt(3*ap*(1-ap))
	golden.Equal(t, "value", ap, i.Value, 1e-12)
	golden.Equal(t, "low", 1/(1+math.Exp(half-eta)), i.Low, 1e-12)
	golden.Equal(t, "high", 1/(1+math.Exp(-half-eta)), i.High, 1e-12)
	var w PR
	require.NoError(t, w.AddWeighted(y, x, []float64{2, 2, 2, 2, 2}))
	j, err := w.Interval(0.95)
	require.NoError(t, err)
	golden.Equal(t, "weights that are all 2 add no rows", i.Low, j.Low, 1e-12)
}

func TestPositive(t *testing.T) {
	y, err := Positive([]string{"no", "yes", "no"}, "yes")
	require.NoError(t, err)
	require.Equal(t, []bool{false, true, false}, y)
	_, err = Positive([]string{"no"}, "Yes")
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = Positive[int](nil, 1)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}
