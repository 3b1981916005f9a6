package metrics

import (
	"encoding"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

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
