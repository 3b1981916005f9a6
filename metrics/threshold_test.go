package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// Every criterion against a scan of all thresholds by the plain formula.
func TestBest(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		y, x, _, _ := drawBinary(r, 60, 1)
		var roc ROC
		require.NoError(t, roc.Add(y, x))
		for name, c := range map[string]struct {
			criterion Criterion
			plain     func(tp, fp, tn, fn float64) float64
		}{
			"youden": {Youden(), func(tp, fp, tn, fn float64) float64 { return tp/(tp+fn) + tn/(tn+fp) - 1 }},
			"corner": {ClosestToCorner(), func(tp, fp, tn, fn float64) float64 {
				return -math.Sqrt(math.Pow(1-tp/(tp+fn), 2) + math.Pow(fp/(fp+tn), 2))
			}},
			"accuracy": {BestAccuracy(), func(tp, fp, tn, fn float64) float64 { return (tp + tn) / (tp + fp + tn + fn) }},
			"f2":       {BestFBeta(2), func(tp, fp, tn, fn float64) float64 { return 5 * tp / (5*tp + 4*fn + fp) }},
			"mcc": {BestMCC(), func(tp, fp, tn, fn float64) float64 {
				d := math.Sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
				if d == 0 {
					return 0
				}
				return (tp*tn - fp*fn) / d
			}},
			"precision": {TargetPrecision(0.7), func(tp, fp, tn, fn float64) float64 {
				if tp+fp == 0 || tp/(tp+fp) < 0.7 {
					return math.Inf(-1)
				}
				return tp / (tp + fn)
			}},
			"recall": {TargetRecall(0.8), func(tp, fp, tn, fn float64) float64 {
				if tp/(tp+fn) < 0.8 {
					return math.Inf(-1)
				}
				return tp / (tp + fp)
			}},
		} {
			best := math.Inf(-1)
			for _, cut := range append(slices.Clone(x), math.Inf(1)) {
				best = max(best, c.plain(outcomes(y, x, cut)))
			}
			got, err := roc.Best(c.criterion)
			if math.IsInf(best, -1) {
				require.ErrorIs(t, err, mlgauge.ErrUndefined, name)
				continue
			}
			require.NoError(t, err, name)
			require.InDelta(t, best, got.Value, 1e-12, name)
			tp, fp, tn, fn := outcomes(y, x, got.Threshold)
			require.Equal(t, Choice{got.Threshold, got.Value, tp, fp, tn, fn}, got, name)
		}
		costs := Costs{TP: -3, FP: 1, FN: 8}
		least := math.Inf(1)
		for _, cut := range append(slices.Clone(x), math.Inf(1)) {
			tp, fp, _, fn := outcomes(y, x, cut)
			least = min(least, (-3*tp+fp+8*fn)/60)
		}
		got, err := roc.BestCost(costs)
		require.NoError(t, err)
		require.InDelta(t, least, got.Value, 1e-12)
	}
	p, err := Costs{FP: 1, FN: 4}.Threshold()
	require.NoError(t, err)
	require.Equal(t, 0.2, p)
	_, err = Costs{}.Threshold()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
}

func outcomes(y []bool, x []float64, cut float64) (tp, fp, tn, fn float64) {
	for i, v := range x {
		switch {
		case v >= cut && y[i]:
			tp++
		case v >= cut:
			fp++
		case y[i]:
			fn++
		default:
			tn++
		}
	}
	return tp, fp, tn, fn
}

// Ten rows, four positives: of the best two both are positive, and so on.
func TestLift(t *testing.T) {
	y := []bool{true, true, false, true, false, false, true, false, false, false}
	x := []float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	var r ROC
	require.NoError(t, r.Add(y, x))
	g, err := r.Gain()
	require.NoError(t, err)
	require.Len(t, g.Gain, 11)
	require.InDeltaSlice(t, []float64{0, .25, .5, .5, .75, .75, .75, 1, 1, 1, 1}, g.Gain, 1e-15)
	require.InDelta(t, 2.5, g.Lift[2], 1e-15)
	th, err := r.Thresholds()
	require.NoError(t, err)
	l, err := th.LiftAt(0.2)
	require.NoError(t, err)
	require.InDelta(t, 2.5, l, 1e-15)
	rows, err := r.LiftTable(5)
	require.NoError(t, err)
	require.InDelta(t, 2, rows[0].Positives, 1e-12)
	require.InDelta(t, 2.5, rows[0].Lift, 1e-12)
	require.InDelta(t, 0.75, rows[1].Gain, 1e-12)
	require.InDelta(t, 0.75/0.4, rows[1].CumulativeLift, 1e-12)
	require.InDelta(t, 0.75-1.0/6, rows[1].KS, 1e-12)
	require.InDelta(t, 1, rows[4].Gain, 1e-12)
	// All tied: every group has the base rate.
	var tied ROC
	require.NoError(t, tied.Add(y, make([]float64, 10)))
	rows, err = tied.LiftTable(4)
	require.NoError(t, err)
	for _, row := range rows {
		require.InDelta(t, 1, row.Lift, 1e-12)
		require.InDelta(t, 2.5, row.Rows, 1e-12)
	}
}
