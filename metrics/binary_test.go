package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func randomRows(n int, seed uint64) (t, p []bool, s, w []float64) {
	r := rand.New(rand.NewPCG(seed, 2))
	t, p, s, w = make([]bool, n), make([]bool, n), make([]float64, n), make([]float64, n)
	for i := range t {
		t[i] = r.IntN(3) == 0
		s[i] = math.Round(r.Float64()*10) / 10
		p[i] = s[i] >= 0.5
		w[i] = float64(r.IntN(4)) / 2
	}
	return t, p, s, w
}

// By hand: TP 40, FP 10, TN 45, FN 5.
func TestBinaryByHand(t *testing.T) {
	b := Binary{TP: 40, FP: 10, TN: 45, FN: 5}
	for name, c := range map[string]struct {
		want float64
		of   func() (float64, error)
	}{
		"accuracy":     {0.85, b.Accuracy},
		"precision":    {0.8, b.Precision},
		"recall":       {40.0 / 45, b.Recall},
		"specificity":  {45.0 / 55, b.Specificity},
		"npv":          {0.9, b.NPV},
		"fpr":          {10.0 / 55, b.FPR},
		"fnr":          {5.0 / 45, b.FNR},
		"fdr":          {0.2, b.FDR},
		"for":          {0.1, b.FOR},
		"prevalence":   {0.45, b.Prevalence},
		"selection":    {0.5, b.PredictedPositiveRate},
		"f1":           {80.0 / 95, b.F1},
		"f2":           {200.0 / 230, func() (float64, error) { return b.FBeta(2) }},
		"f half":       {50.0 / 61.25, func() (float64, error) { return b.FBeta(0.5) }},
		"f 0":          {0.8, func() (float64, error) { return b.FBeta(0) }},
		"f inf":        {40.0 / 45, func() (float64, error) { return b.FBeta(math.Inf(1)) }},
		"f huge":       {40.0 / 45, func() (float64, error) { return b.FBeta(1e200) }},
		"f tiny":       {0.8, func() (float64, error) { return b.FBeta(1e-200) }},
		"jaccard":      {40.0 / 55, b.Jaccard},
		"balanced":     {(40.0/45 + 45.0/55) / 2, b.BalancedAccuracy},
		"informedness": {40.0/45 + 45.0/55 - 1, b.Informedness},
		"markedness":   {0.7, b.Markedness},
		"LR+":          {(40.0 / 45) / (10.0 / 55), b.PositiveLikelihoodRatio},
		"LR-":          {(5.0 / 45) / (45.0 / 55), b.NegativeLikelihoodRatio},
		"DOR":          {36, b.DiagnosticOddsRatio},
		"mcc":          {1750 / math.Sqrt(50*45*55*50), b.MCC},
		"kappa":        {0.7, b.Kappa},
		"fm":           {math.Sqrt(0.8 * 40.0 / 45), b.FowlkesMallows},
	} {
		got, err := c.of()
		require.NoError(t, err, name)
		golden.Equal(t, name, c.want, got, 1e-14)
	}
}

func TestBinaryCounts(t *testing.T) {
	for _, n := range []int{1, 7, 100, 3000} {
		yt, yp, s, w := randomRows(n, uint64(n))
		var want, got, scored, parts, weighted Binary
		for i := range yt {
			switch {
			case yt[i] && yp[i]:
				want.TP++
			case yt[i]:
				want.FN++
			case yp[i]:
				want.FP++
			default:
				want.TN++
			}
		}
		require.NoError(t, got.Add(yt, yp))
		require.Equal(t, want, got)
		require.NoError(t, scored.AddScores(yt, s, 0.5, nil))
		require.Equal(t, want, scored)
		require.NoError(t, parts.Add(yt[:n/2+1], yp[:n/2+1]))
		if n/2+1 < n {
			var other Binary
			require.NoError(t, other.Add(yt[n/2+1:], yp[n/2+1:]))
			require.NoError(t, parts.Merge(&other))
		}
		require.Equal(t, want, parts)
		require.NoError(t, weighted.AddWeighted(yt, yp, w))
		scored.Reset()
		require.NoError(t, scored.AddScores(yt, s, 0.5, w))
		require.Equal(t, weighted, scored)
		require.EqualValues(t, n, weighted.Rows())
		data, err := weighted.MarshalBinary()
		require.NoError(t, err)
		var back Binary
		require.NoError(t, back.UnmarshalBinary(data))
		require.Equal(t, weighted, back)
	}
}

func TestBinaryZeroDivision(t *testing.T) {
	none := Binary{TN: 5} // nothing positive, nothing predicted so
	for name, of := range map[string]func(Binary) (float64, error){
		"precision": Binary.Precision, "recall": Binary.Recall, "fnr": Binary.FNR, "fdr": Binary.FDR,
		"f1": Binary.F1, "jaccard": Binary.Jaccard, "fm": Binary.FowlkesMallows,
	} {
		for z, want := range map[ZeroDivision]float64{ZeroDivisionZero: 0, ZeroDivisionOne: 1, ZeroDivisionNaN: math.NaN()} {
			none.ZeroDivision = z
			got, err := of(none)
			require.NoError(t, err, name)
			golden.Equal(t, name, want, got, 0)
		}
		none.ZeroDivision = ZeroDivisionError
		_, err := of(none)
		require.ErrorIs(t, err, mlgauge.ErrUndefined, name)
		none.ZeroDivision = 9
		_, err = of(none)
		require.ErrorIs(t, err, mlgauge.ErrRange, name)
	}
	// F is 0, not 0/0, when one side exists, however large beta is.
	for _, beta := range []float64{0.5, 1, 3, 1e200} {
		f, err := Binary{FP: 3, TN: 1, ZeroDivision: ZeroDivisionOne}.FBeta(beta)
		require.NoError(t, err)
		require.Zero(t, f)
	}
	for name, c := range map[string]struct {
		b  Binary
		of func(Binary) (float64, error)
	}{
		"LR+": {Binary{TP: 1, TN: 1}, Binary.PositiveLikelihoodRatio},
		"LR-": {Binary{TP: 1, FP: 1}, Binary.NegativeLikelihoodRatio},
		"DOR": {Binary{TP: 1, TN: 1}, Binary.DiagnosticOddsRatio},
		"J":   {Binary{TP: 1}, Binary.Informedness},
		"M":   {Binary{TP: 1}, Binary.Markedness},
		"k":   {Binary{TP: 1}, Binary.Kappa},
	} {
		x, err := c.of(c.b)
		require.ErrorIs(t, err, mlgauge.ErrUndefined, name)
		require.True(t, math.IsNaN(x), name)
	}
	m, err := Binary{TP: 4, FP: 2}.MCC()
	require.NoError(t, err)
	require.Zero(t, m)
	a, err := Binary{TP: 3, FN: 1}.BalancedAccuracy()
	require.NoError(t, err)
	require.Equal(t, 0.75, a)
}

func TestBinaryBadInput(t *testing.T) {
	nan := math.NaN()
	yes := []bool{true}
	for name, c := range map[string]struct {
		do   func(b *Binary) error
		want error
	}{
		"empty":           {func(b *Binary) error { return b.Add(nil, nil) }, mlgauge.ErrEmpty},
		"lengths":         {func(b *Binary) error { return b.Add(yes, nil) }, mlgauge.ErrLength},
		"weights length":  {func(b *Binary) error { return b.AddWeighted(yes, yes, nil) }, mlgauge.ErrLength},
		"weight NaN":      {func(b *Binary) error { return b.AddWeighted(yes, yes, []float64{nan}) }, mlgauge.ErrNotFinite},
		"weight negative": {func(b *Binary) error { return b.AddWeighted(yes, yes, []float64{-1}) }, mlgauge.ErrRange},
		"weight overflow": {func(b *Binary) error {
			return b.AddWeighted([]bool{true, false}, []bool{true, false}, []float64{1e308, 1.7e308})
		}, mlgauge.ErrNotFinite},
		"score NaN":     {func(b *Binary) error { return b.AddScores(yes, []float64{nan}, 0, nil) }, mlgauge.ErrNotFinite},
		"threshold NaN": {func(b *Binary) error { return b.AddScores(yes, []float64{1}, nan, nil) }, mlgauge.ErrNotFinite},
		"score length":  {func(b *Binary) error { return b.AddScores(yes, nil, 0, nil) }, mlgauge.ErrLength},
		"score weight":  {func(b *Binary) error { return b.AddScores(yes, []float64{1}, 0, []float64{-1}) }, mlgauge.ErrRange},
		"merge count":   {func(b *Binary) error { return b.Merge(&Binary{TP: math.MaxUint64}) }, mlgauge.ErrRange},
		"merge weight":  {func(b *Binary) error { return b.Merge(&Binary{WeightTP: math.Inf(1)}) }, mlgauge.ErrNotFinite},
		"corrupt":       {func(b *Binary) error { return b.UnmarshalBinary([]byte("nonsense, surely")) }, mlgauge.ErrCorrupt},
	} {
		b := Binary{TP: 1, WeightFP: 2, WeightedRows: 1}
		require.ErrorIs(t, c.do(&b), c.want, name)
		require.Equal(t, Binary{TP: 1, WeightFP: 2, WeightedRows: 1}, b, name)
	}
	_, err := Binary{}.F1()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = Binary{WeightedRows: 2}.F1()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = Binary{WeightTP: -1, TP: 3}.F1()
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Binary{WeightTP: nan}.F1()
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = Binary{TP: 1}.FBeta(-1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

func FuzzClassStatisticsUnmarshal(f *testing.F) {
	b := Binary{TP: 3, WeightFP: 0.5, WeightedRows: 1}
	data, _ := b.MarshalBinary()
	f.Add(data)
	var m Multilabel
	one := denseRows([][]float64{{0, 1}})
	_ = m.Add(one, one)
	data, _ = m.MarshalBinary()
	f.Add(data)
	k := TopK{K: 2}
	_ = k.Add([]int{1}, one)
	data, _ = k.MarshalBinary()
	f.Add(data)
	var h Hinge
	_ = h.Add([]bool{true}, []float64{0.5})
	data, _ = h.MarshalBinary()
	f.Add(data)
	var l LabelRanking
	_ = l.Add(one, one)
	data, _ = l.MarshalBinary()
	f.Add(data)
	data, _ = McNemar{OnlyA: 1}.MarshalBinary()
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range []interface {
			UnmarshalBinary([]byte) error
			MarshalBinary() ([]byte, error)
		}{new(Binary), new(Multilabel), new(TopK), new(Hinge), new(LabelRanking), new(McNemar)} {
			before, _ := s.MarshalBinary()
			if err := s.UnmarshalBinary(data); err != nil {
				require.ErrorIs(t, err, mlgauge.ErrCorrupt)
				after, _ := s.MarshalBinary()
				require.Equal(t, before, after)
				continue
			}
			again, err := s.MarshalBinary()
			require.NoError(t, err)
			require.NoError(t, s.UnmarshalBinary(again))
		}
	})
}
