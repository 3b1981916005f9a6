package metrics

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestRankingGolden(t *testing.T) {
	g := loadRanking(t).Ranking
	all, three, weighted := Ranking{}, Ranking{Options: RankingOptions{K: 3}}, Ranking{}
	for i, q := range g.Queries {
		rel, score := g.Relevance[i].Values(), g.Score[i].Values()
		for _, k := range []int{0, 1, 3, 9, 20} {
			key := strconv.Itoa(k)
			for _, c := range []struct {
				name string
				f    func([]float64, []float64, RankingOptions) (float64, error)
				o    RankingOptions
			}{
				{"dcg", DCG, RankingOptions{K: k}},
				{"dcg_e", DCG, RankingOptions{K: k, LogBase: math.E}},
				{"ndcg", NDCG, RankingOptions{K: k}},
				{"ndcg_t", NDCG, RankingOptions{K: k, IgnoreTies: true}},
			} {
				if c.o.IgnoreTies && (i%2 == 0 || i == 5) {
					continue // tied scores: scikit-learn's order is that of an unstable sort
				}
				got, err := c.f(rel, score, c.o)
				require.NoError(t, err)
				golden.Equal(t, c.name+key+" of query "+strconv.Itoa(i), q[c.name+key], got, 1e-12)
			}
		}
		require.NoError(t, all.Add(rel, score))
		require.NoError(t, three.Add(rel, score))
		require.NoError(t, weighted.AddWeighted(rel, score, float64(g.Weight[i])))
	}
	for name, f := range map[string]func() (float64, error){"ndcg": all.NDCG, "ndcg3": three.NDCG, "ndcg_w": weighted.NDCG, "dcg_w": weighted.DCG} {
		got, err := f()
		require.NoError(t, err)
		golden.Equal(t, "mean "+name, g.Mean[name], got, 1e-12)
	}
}

// Worked by hand: order d c a b e by score; relevant a, b, f (last).
func TestListScoresByHand(t *testing.T) {
	rel := []float64{1, 2, 0, 0, 0, 1}
	score := []float64{3, 2, 4, 5, 1, 0}
	s, err := ListScores(rel, score, RankingOptions{})
	require.NoError(t, err)
	golden.Equal(t, "ap", (1.0/3+2.0/4+3.0/6)/3, s.AveragePrecision, 1e-15)
	require.Equal(t, ListScore{0.5, 1, 1, 1.0 / 3, s.AveragePrecision}, s)
	s, err = ListScores(rel, score, RankingOptions{K: 4})
	require.NoError(t, err)
	golden.Equal(t, "ap at 4", (1.0/3+2.0/4)/3, s.AveragePrecision, 1e-15)
	require.Equal(t, ListScore{0.5, 2.0 / 3, 1, 1.0 / 3, s.AveragePrecision}, s)
	s, err = ListScores(rel, score, RankingOptions{K: 2})
	require.NoError(t, err)
	require.Equal(t, ListScore{}, s)
	s, err = ListScores(rel, score, RankingOptions{K: 12})
	require.NoError(t, err)
	require.Equal(t, 0.25, s.Precision)
	s, err = ListScores([]float64{0, 1}, []float64{7, 7}, RankingOptions{}) // a tie: the order given
	require.NoError(t, err)
	require.Equal(t, 0.5, s.ReciprocalRank)
	s, err = ListScores([]float64{0, 0}, []float64{7, 7}, RankingOptions{})
	require.NoError(t, err)
	require.Equal(t, ListScore{}, s)
}

func TestRankingMergeAndRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	o := RankingOptions{K: 4}
	whole, a, b := Ranking{Options: o}, Ranking{Options: o}, Ranking{Options: o}
	for i := range 40 {
		rel, score := make([]float64, 8), make([]float64, 8)
		for j := range rel {
			rel[j], score[j] = float64(r.IntN(3)), float64(r.IntN(5))
		}
		require.NoError(t, whole.Add(rel, score))
		if i%3 == 0 {
			require.NoError(t, a.Add(rel, score))
		} else {
			require.NoError(t, b.AddWeighted(rel, score, 1))
		}
	}
	require.NoError(t, a.Merge(&b))
	data, err := a.MarshalBinary()
	require.NoError(t, err)
	var back Ranking
	require.NoError(t, back.UnmarshalBinary(data))
	require.Equal(t, a, back)
	require.Equal(t, 40, back.Queries())
	for i, f := range []func(*Ranking) (float64, error){(*Ranking).DCG, (*Ranking).NDCG, (*Ranking).MAP, (*Ranking).MRR, (*Ranking).Precision, (*Ranking).Recall, (*Ranking).HitRate} {
		want, err := f(&whole)
		require.NoError(t, err)
		got, err := f(&back)
		require.NoError(t, err)
		golden.Equal(t, strconv.Itoa(i), want, got, 1e-13)
	}
}

func TestMulticlassGolden(t *testing.T) {
	for _, c := range loadRanking(t).Multiclass {
		m := matrix(c.Score)
		var plain, weighted MulticlassROC
		require.NoError(t, plain.Add(c.Y, m))
		require.NoError(t, weighted.AddWeighted(c.Y, m, c.Weight.Values()))
		for _, v := range []struct {
			name string
			want float64
			f    func(Average) (float64, error)
			a    Average
		}{
			{"ovr macro", c.OvrMacro, plain.OneVsRest, Macro},
			{"ovr weighted", c.OvrWeighted, plain.OneVsRest, Weighted},
			{"ovr micro", c.OvrMicro, plain.OneVsRest, Micro},
			{"ovr macro, weights", c.OvrMacroW, weighted.OneVsRest, Macro},
			{"ovr weighted, weights", c.OvrWeightedW, weighted.OneVsRest, Weighted},
			{"ovr micro, weights", c.OvrMicroW, weighted.OneVsRest, Micro},
			{"ap macro", c.APMacro, plain.AveragePrecision, Macro},
			{"ap weighted", c.APWeighted, plain.AveragePrecision, Weighted},
			{"ap micro", c.APMicro, plain.AveragePrecision, Micro},
			{"ap macro, weights", c.APMacroW, weighted.AveragePrecision, Macro},
			{"ap weighted, weights", c.APWeightedW, weighted.AveragePrecision, Weighted},
			{"ap micro, weights", c.APMicroW, weighted.AveragePrecision, Micro},
			{"ovo macro", c.OvoMacro, plain.OneVsOne, Macro},
			{"ovo weighted", c.OvoWeighted, plain.OneVsOne, Weighted},
		} {
			got, err := v.f(v.a)
			require.NoError(t, err)
			golden.Equal(t, c.Name+" "+v.name, v.want, got, 1e-12)
		}
		per, err := plain.PerClass()
		require.NoError(t, err)
		golden.EqualSlice(t, "per class", c.OvrNone.Values(), per, 1e-12)
		one, err := OneVsRestAUC(c.Y, m, Macro)
		require.NoError(t, err)
		golden.Equal(t, "one shot", c.OvrMacro, one, 1e-12)
		one, err = OneVsOneAUC(c.Y, m, Weighted)
		require.NoError(t, err)
		golden.Equal(t, "one shot", c.OvoWeighted, one, 1e-12)

		// Two shards, one of them through bytes, are the whole.
		n, k := m.Dims()
		var a, b MulticlassROC
		require.NoError(t, a.Add(c.Y[:n/3], m.Slice(0, n/3, 0, k)))
		require.NoError(t, b.Add(c.Y[n/3:], m.Slice(n/3, n, 0, k)))
		data, err := b.MarshalBinary()
		require.NoError(t, err)
		var back MulticlassROC
		require.NoError(t, back.UnmarshalBinary(data))
		require.NoError(t, a.Merge(&back))
		got, err := a.OneVsOne(Macro)
		require.NoError(t, err)
		golden.Equal(t, "merged", c.OvoMacro, got, 1e-15)
		require.NoError(t, weighted.Merge(&a))
		require.Equal(t, 2*n, weighted.Rows())
	}
}

func TestListScoresGolden(t *testing.T) {
	var g struct {
		Lists []struct {
			Relevance, Score       []float64
			AP, RR                 float64
			K                      []int
			Precision, Recall, Hit []float64
		}
	}
	golden.Load(t, "metrics/retrieval.json", &g)
	for i, q := range g.Lists {
		what := strconv.Itoa(i)
		s, err := ListScores(q.Relevance, q.Score, RankingOptions{})
		require.NoError(t, err)
		golden.Equal(t, "ap "+what, q.AP, s.AveragePrecision, 1e-6) // torchmetrics computes in float32
		golden.Equal(t, "rr "+what, q.RR, s.ReciprocalRank, 1e-6)
		for j, k := range q.K {
			s, err := ListScores(q.Relevance, q.Score, RankingOptions{K: k})
			require.NoError(t, err)
			golden.Equal(t, "precision "+what, q.Precision[j], s.Precision, 1e-6)
			golden.Equal(t, "recall "+what, q.Recall[j], s.Recall, 1e-6)
			golden.Equal(t, "hit "+what, q.Hit[j], s.Hit, 1e-6)
		}
	}
}

func TestMultilabelGolden(t *testing.T) {
	g := loadRanking(t).Multilabel
	y, x := matrix(g.Y), matrix(g.Score)
	for a, want := range map[Average][2]float64{
		Micro: {g.AUCMicro, g.APMicro}, Macro: {g.AUCMacro, g.APMacro},
		Weighted: {g.AUCWeighted, g.APWeighted}, Samples: {g.AUCSamples, g.APSamples},
	} {
		got, err := MultilabelAUC(y, x, a)
		require.NoError(t, err)
		golden.Equal(t, "auc "+a.String(), want[0], got, 1e-12)
		got, err = MultilabelAveragePrecision(y, x, a)
		require.NoError(t, err)
		golden.Equal(t, "ap "+a.String(), want[1], got, 1e-12)
	}
	for name, c := range map[string]struct {
		y, x mat.Matrix
		a    Average
		want error
	}{
		"average": {y, x, 0, mlgauge.ErrRange},
		"nil":     {nil, x, Macro, mlgauge.ErrEmpty},
		"rows":    {y.Slice(0, 2, 0, 4), x, Macro, mlgauge.ErrLength},
		"columns": {y.Slice(0, 14, 0, 2), x, Macro, mlgauge.ErrLength},
		"truth":   {x, x, Macro, mlgauge.ErrRange},
		"NaN":     {mat.NewDense(1, 2, []float64{0, 1}), mat.NewDense(1, 2, []float64{0, math.NaN()}), Samples, mlgauge.ErrNotFinite},
		"one":     {mat.NewDense(1, 2, []float64{0, 1}), mat.NewDense(1, 2, []float64{0, 1}), Macro, mlgauge.ErrUndefined},
		"none":    {mat.NewDense(1, 2, nil), mat.NewDense(1, 2, []float64{0, 1}), Weighted, mlgauge.ErrUndefined},
	} {
		_, err := MultilabelAUC(c.y, c.x, c.a)
		require.ErrorIs(t, err, c.want, name)
	}
}

// scikit-learn 1.9.1: roc_auc_score(y, p, multi_class="ovr", average=None,
// labels=[0, 1, 2]) is [1, 1, nan].
func TestPerClassAbsent(t *testing.T) {
	var r MulticlassROC
	p := mat.NewDense(4, 3, []float64{.6, .3, .1, .2, .5, .3, .3, .4, .3, .1, .7, .2})
	require.NoError(t, r.Add([]int{0, 1, 0, 1}, p))
	per, err := r.PerClass()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	require.ErrorContains(t, err, "class 2")
	require.Len(t, per, 3)
	require.Equal(t, []float64{1, 1}, per[:2])
	require.True(t, math.IsNaN(per[2]))
}
