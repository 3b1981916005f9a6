package metrics

import (
	"encoding"
	"fmt"
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

func TestRankingBadInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tf := []bool{true, false}
	ok := []float64{1, 2}
	one := func() *ROC { r := &ROC{}; _ = r.Add([]bool{true, true}, ok); return r }
	neg := func() *ROC { r := &ROC{}; _ = r.Add([]bool{false, false}, ok); return r }
	two := func() *ROC { r := &ROC{}; _ = r.Add(tf, ok); return r }
	zero := func() *ROC { r := &ROC{}; _ = r.AddWeighted(tf, ok, []float64{0, 0}); return r }
	huge := func() *ROC { r := &ROC{}; _ = r.AddWeighted(tf, ok, []float64{1e308, 1}); return r }
	binned := func(y []bool) *BinnedROC { b := &BinnedROC{}; _ = b.Add(y, ok); return b }
	e := func(_ any, err error) error { return err }
	e3 := func(_, _ float64, err error) error { return err }
	m := func(v ...float64) *mat.Dense { return mat.NewDense(len(v)/2, 2, v) }
	var multi MulticlassROC
	require.NoError(t, multi.Add([]int{0, 0}, m(.1, .9, .2, .8)))
	for name, c := range map[string]struct{ err, want error }{
		"auc lengths":        {e(AUC(tf, []float64{1})), mlgauge.ErrLength},
		"auc empty":          {e(AUC(nil, []float64{})), mlgauge.ErrEmpty},
		"auc NaN":            {e(AUC(tf, []float64{1, nan})), mlgauge.ErrNotFinite},
		"auc Inf":            {e(AUC(tf, []float64{1, inf})), mlgauge.ErrNotFinite},
		"auc one class":      {e(AUC([]bool{true, true}, ok)), mlgauge.ErrUndefined},
		"ap NaN":             {e(AveragePrecision(tf, []float64{1, nan})), mlgauge.ErrNotFinite},
		"ap no positive":     {e(AveragePrecision([]bool{false, false}, ok)), mlgauge.ErrUndefined},
		"add lengths":        {two().Add(tf, []float64{1}), mlgauge.ErrLength},
		"add empty":          {two().Add(nil, nil), mlgauge.ErrEmpty},
		"add NaN":            {two().Add(tf, []float64{1, nan}), mlgauge.ErrNotFinite},
		"add32 Inf":          {two().AddFloat32(tf, []float32{1, float32(inf)}), mlgauge.ErrNotFinite},
		"weights length":     {two().AddWeighted(tf, ok, []float64{1}), mlgauge.ErrLength},
		"weights sign":       {two().AddWeighted(tf, ok, []float64{1, -1}), mlgauge.ErrRange},
		"weights NaN":        {two().AddWeighted(tf, ok, []float64{1, nan}), mlgauge.ErrNotFinite},
		"weights overflow":   {two().AddWeighted(tf, ok, []float64{1e308, 1e308}), mlgauge.ErrNotFinite},
		"merge overflow":     {huge().Merge(huge()), mlgauge.ErrNotFinite},
		"nothing":            {e((&ROC{}).AUC()), mlgauge.ErrEmpty},
		"nothing, curve":     {e((&ROC{}).Curve(AllPoints)), mlgauge.ErrEmpty},
		"all weights zero":   {e(zero().AUC()), mlgauge.ErrUndefined},
		"zero, thresholds":   {e(zero().Thresholds()), mlgauge.ErrUndefined},
		"one class, auc":     {e(one().AUC()), mlgauge.ErrUndefined},
		"one class, curve":   {e(one().Curve(AllPoints)), mlgauge.ErrUndefined},
		"one class, det":     {e(neg().DET(AllPoints)), mlgauge.ErrUndefined},
		"one class, ks":      {e(one().KS()), mlgauge.ErrUndefined},
		"one class, best":    {e(one().Best(Youden())), mlgauge.ErrUndefined},
		"one class, lift":    {e(one().LiftTable(2)), mlgauge.ErrUndefined},
		"no positive, pr":    {e(neg().PR().Curve(AllPoints)), mlgauge.ErrUndefined},
		"no positive, gain":  {e(neg().Gain()), mlgauge.ErrUndefined},
		"points":             {e(two().Curve(9)), mlgauge.ErrRange},
		"points, pr":         {e(two().PR().Curve(9)), mlgauge.ErrRange},
		"points, det":        {e(two().DET(9)), mlgauge.ErrRange},
		"max fpr 0":          {e(two().PartialAUC(0)), mlgauge.ErrRange},
		"max fpr 2":          {e(two().PartialAUC(2)), mlgauge.ErrRange},
		"max fpr NaN":        {e(two().PartialAUC(nan)), mlgauge.ErrNotFinite},
		"groups":             {e(two().LiftTable(0)), mlgauge.ErrRange},
		"beta":               {e(two().Best(BestFBeta(-1))), mlgauge.ErrRange},
		"target":             {e(two().Best(TargetRecall(1.5))), mlgauge.ErrRange},
		"no criterion":       {e(two().Best(Criterion{})), mlgauge.ErrRange},
		"costs NaN":          {e(two().BestCost(Costs{FP: nan})), mlgauge.ErrNotFinite},
		"level":              {e(two().Interval(1)), mlgauge.ErrRange},
		"delong one row":     {e(two().Interval(0.9)), mlgauge.ErrUndefined},
		"delong weights":     {e(huge().DeLong()), mlgauge.ErrUndefined},
		"paired lengths":     {e(DeLongPaired(tf, ok, nil)), mlgauge.ErrLength},
		"paired empty":       {e(DeLongPaired(nil, nil, nil)), mlgauge.ErrEmpty},
		"paired NaN":         {e(DeLongPaired(tf, ok, []float64{1, nan})), mlgauge.ErrNotFinite},
		"paired few":         {e(DeLongPaired(tf, ok, ok)), mlgauge.ErrUndefined},
		"unpaired few":       {e(DeLongUnpaired(two(), two())), mlgauge.ErrUndefined},
		"ap interval of 1":   {e(one().PR().Interval(0.9)), mlgauge.ErrUndefined},
		"binned lengths":     {binned(tf).Add(tf, nil), mlgauge.ErrLength},
		"binned NaN":         {binned(tf).Add(tf, []float64{1, nan}), mlgauge.ErrNotFinite},
		"binned weights":     {binned(tf).AddWeighted(tf, ok, []float64{-1, 1}), mlgauge.ErrRange},
		"binned empty":       {e3((&BinnedROC{}).AUC()), mlgauge.ErrEmpty},
		"binned one class":   {e3(binned([]bool{true, true}).AUC()), mlgauge.ErrUndefined},
		"multi class":        {multi.Add([]int{2}, m(.5, .5)), mlgauge.ErrUnknownCategory},
		"multi sum":          {multi.Add([]int{1}, m(.5, .6)), mlgauge.ErrRange},
		"multi NaN":          {multi.Add([]int{1}, m(.5, nan)), mlgauge.ErrNotFinite},
		"multi lengths":      {multi.Add([]int{1, 0}, m(.5, .5)), mlgauge.ErrLength},
		"multi nil":          {multi.Add([]int{1}, nil), mlgauge.ErrEmpty},
		"multi width":        {multi.Add([]int{1}, mat.NewDense(1, 3, []float64{1, 0, 0})), mlgauge.ErrIncompatible},
		"multi one column":   {(&MulticlassROC{}).Add([]int{0}, mat.NewDense(1, 1, []float64{1})), mlgauge.ErrRange},
		"multi weights":      {multi.AddWeighted([]int{1}, m(.5, .5), nil), mlgauge.ErrLength},
		"multi one class":    {e(multi.OneVsRest(Macro)), mlgauge.ErrUndefined},
		"multi one class, o": {e(multi.OneVsOne(Macro)), mlgauge.ErrUndefined},
		"multi average":      {e(multi.OneVsOne(Micro)), mlgauge.ErrRange},
		"multi empty":        {e((&MulticlassROC{}).PerClass()), mlgauge.ErrEmpty},
		"dcg lengths":        {e(DCG(ok, nil, RankingOptions{})), mlgauge.ErrLength},
		"dcg empty":          {e(DCG(nil, nil, RankingOptions{})), mlgauge.ErrEmpty},
		"dcg NaN":            {e(DCG(ok, []float64{1, nan}, RankingOptions{})), mlgauge.ErrNotFinite},
		"dcg k":              {e(DCG(ok, ok, RankingOptions{K: -1})), mlgauge.ErrRange},
		"dcg base":           {e(DCG(ok, ok, RankingOptions{LogBase: 1})), mlgauge.ErrRange},
		"ndcg negative":      {e(NDCG([]float64{-1, 2}, ok, RankingOptions{})), mlgauge.ErrRange},
		"ndcg one":           {e(NDCG([]float64{1}, []float64{1}, RankingOptions{})), mlgauge.ErrUndefined},
		"list negative":      {e(ListScores([]float64{-1, 2}, ok, RankingOptions{})), mlgauge.ErrRange},
		"ranking empty":      {e((&Ranking{}).MAP()), mlgauge.ErrEmpty},
		"ranking weight":     {(&Ranking{}).AddWeighted(ok, ok, -1), mlgauge.ErrRange},
		"ranking merge":      {(&Ranking{}).Merge(&Ranking{Options: RankingOptions{K: 1}}), mlgauge.ErrIncompatible},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
	r := two()
	before := fmt.Sprint(r.s)
	_ = r.Add(tf, []float64{1, nan})
	_ = r.AddWeighted(tf, ok, []float64{1, -1})
	require.Equal(t, before, fmt.Sprint(r.s), "a failed call leaves the receiver as it was")
	require.Equal(t, 2, multi.Rows())
}

// statistics that are stored, and their tests' fresh receivers.
func FuzzRankingUnmarshal(f *testing.F) {
	y, x, w := []bool{true, false, true}, []float64{.3, .2, .2}, []float64{1, 2, 0}
	var roc, weighted ROC
	var pr PR
	b := BinnedROC{Bins: 4}
	var multi MulticlassROC
	var rank Ranking
	for _, err := range []error{
		roc.Add(y, x), weighted.AddWeighted(y, x, w), pr.Add(y, x), b.AddWeighted(y, x, w),
		multi.Add([]int{0, 1}, mat.NewDense(2, 2, []float64{.1, .9, .2, .8})), rank.Add(x, x),
	} {
		require.NoError(f, err)
	}
	for _, v := range []encoding.BinaryMarshaler{&roc, &weighted, &pr, &b, &multi, &rank} {
		data, err := v.MarshalBinary()
		require.NoError(f, err)
		f.Add(data)
		f.Add(data[:len(data)-5])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range []interface {
			encoding.BinaryMarshaler
			encoding.BinaryUnmarshaler
		}{&ROC{}, &PR{}, &BinnedROC{}, &MulticlassROC{}, &Ranking{}} {
			if err := v.UnmarshalBinary(data); err != nil {
				require.ErrorIs(t, err, mlgauge.ErrCorrupt)
				continue
			}
			again, err := v.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, again)
		}
	})
}

func BenchmarkRanking(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{100, 1_000_000} {
		y, x, _, w := drawBinary(r, n, 17)
		var plain, weighted ROC
		_ = plain.Add(y, x)
		_ = weighted.AddWeighted(y, x, w)
		run := func(name string, f func() error) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
			})
		}
		run("AUC", func() error { _, err := AUC(y, x); return err })
		run("WeightedAUC", func() error { _, err := weighted.AUC(); return err })
		run("AveragePrecision", func() error { _, err := AveragePrecision(y, x); return err })
		run("Curve", func() error { _, err := plain.Curve(DropIntermediate); return err })
		run("DeLong", func() error { _, err := plain.DeLong(); return err })
		run("DeLongPaired", func() error { _, err := DeLongPaired(y, x, w); return err })
	}
}
