package metrics

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

type rankingGolden struct {
	Binary []struct {
		Name    string
		Y       []int
		Score   golden.Floats
		Weight  golden.Floats
		ROCAll  []golden.Floats `json:"roc_all"`
		ROCDrop []golden.Floats `json:"roc_drop"`
		PRAll   []golden.Floats `json:"pr_all"`
		PRDrop  []golden.Floats `json:"pr_drop"`
		DETAll  []golden.Floats `json:"det_all"`
		DETDrop []golden.Floats `json:"det_drop"`
		Table   []golden.Floats
		AUC     golden.Float
		MaxFPR  golden.Floats `json:"max_fpr"`
		Partial golden.Floats
		AP      golden.Float
		PRAUC   golden.Float `json:"pr_auc"`
		KS      golden.Float
	}
	Multiclass []struct {
		Name         string
		K            int
		Y            []int
		Score        []golden.Floats
		Weight       golden.Floats
		OvrMacro     float64       `json:"ovr_macro"`
		OvrWeighted  float64       `json:"ovr_weighted"`
		OvrMicro     float64       `json:"ovr_micro"`
		OvrMacroW    float64       `json:"ovr_macro_w"`
		OvrWeightedW float64       `json:"ovr_weighted_w"`
		OvrMicroW    float64       `json:"ovr_micro_w"`
		OvrNone      golden.Floats `json:"ovr_none"`
		APMacro      float64       `json:"ap_macro"`
		APWeighted   float64       `json:"ap_weighted"`
		APMicro      float64       `json:"ap_micro"`
		APMacroW     float64       `json:"ap_macro_w"`
		APWeightedW  float64       `json:"ap_weighted_w"`
		APMicroW     float64       `json:"ap_micro_w"`
		OvoMacro     float64       `json:"ovo_macro"`
		OvoWeighted  float64       `json:"ovo_weighted"`
	}
	Multilabel struct {
		Y, Score    []golden.Floats
		AUCMicro    float64 `json:"auc_micro"`
		AUCMacro    float64 `json:"auc_macro"`
		AUCWeighted float64 `json:"auc_weighted"`
		AUCSamples  float64 `json:"auc_samples"`
		APMicro     float64 `json:"ap_micro"`
		APMacro     float64 `json:"ap_macro"`
		APWeighted  float64 `json:"ap_weighted"`
		APSamples   float64 `json:"ap_samples"`
	}
	Ranking struct {
		Relevance, Score []golden.Floats
		Weight           golden.Floats
		Queries          []map[string]float64
		Mean             map[string]float64
	}
}

func loadRanking(t testing.TB) *rankingGolden {
	t.Helper()
	g := &rankingGolden{}
	golden.Load(t, "metrics/ranking.json", g)
	return g
}

func truth(y []int) []bool {
	b := make([]bool, len(y))
	for i, v := range y {
		b[i] = v == 1
	}
	return b
}

func sameCurve(t *testing.T, what string, want []golden.Floats, got ...[]float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		golden.EqualSlice(t, what+" "+strconv.Itoa(i), want[i].Values(), got[i], 1e-12)
	}
}

func TestCurvesGolden(t *testing.T) {
	for _, c := range loadRanking(t).Binary {
		t.Run(c.Name, func(t *testing.T) {
			y := truth(c.Y)
			var r ROC
			var p PR
			if len(c.Weight) > 0 {
				require.NoError(t, r.AddWeighted(y, c.Score.Values(), c.Weight.Values()))
				require.NoError(t, p.AddWeighted(y, c.Score.Values(), c.Weight.Values()))
			} else {
				require.NoError(t, r.Add(y, c.Score.Values()))
				require.NoError(t, p.Add(y, c.Score.Values()))
				a, err := AUC(y, c.Score.Values())
				require.NoError(t, err)
				golden.Equal(t, "one-shot auc", float64(c.AUC), a, 1e-12)
				a, err = AveragePrecision(y, c.Score.Values())
				require.NoError(t, err)
				golden.Equal(t, "one-shot ap", float64(c.AP), a, 1e-12)
			}
			require.Equal(t, len(y), r.Rows())
			for _, pt := range []struct {
				points       Points
				roc, pr, det []golden.Floats
			}{{AllPoints, c.ROCAll, c.PRAll, c.DETAll}, {DropIntermediate, c.ROCDrop, c.PRDrop, c.DETDrop}} {
				roc, err := r.Curve(pt.points)
				require.NoError(t, err)
				sameCurve(t, "roc", pt.roc, roc.FPR, roc.TPR, roc.Threshold)
				pr, err := p.Curve(pt.points)
				require.NoError(t, err)
				sameCurve(t, "pr", pt.pr, pr.Precision, pr.Recall, pr.Threshold)
				det, err := r.DET(pt.points)
				require.NoError(t, err)
				sameCurve(t, "det", pt.det, det.FPR, det.FNR, det.Threshold)
			}
			th, err := r.Thresholds()
			require.NoError(t, err)
			sameCurve(t, "table", c.Table, th.TN, th.FP, th.FN, th.TP, th.Threshold)
			value := func(what string, want golden.Float, f func() (float64, error)) {
				t.Helper()
				got, err := f()
				require.NoError(t, err, what)
				golden.Equal(t, what, float64(want), got, 1e-12)
			}
			value("auc", c.AUC, r.AUC)
			value("auc of table", c.AUC, th.AUC)
			value("ap", c.AP, p.AveragePrecision)
			value("pr auc", c.PRAUC, p.AUC)
			value("gini", 2*c.AUC-1, r.Gini)
			for i, f := range c.MaxFPR {
				value("partial", c.Partial[i], func() (float64, error) { return r.PartialAUC(float64(f)) })
			}
			ks, err := r.KS()
			require.NoError(t, err)
			if !math.IsNaN(float64(c.KS)) {
				golden.Equal(t, "ks", float64(c.KS), ks.Value, 1e-12)
			}
		})
	}
}
