package guide

import (
	"fmt"

	"github.com/mlgauge/mlgauge/metrics"
)

func metricsRankingRows() []Row {
	return []Row{{
		Section: "Classification metrics",
		Name:    "AUC-ROC",
		States:  "area under the ROC curve; 0.5 (random) to 1 (perfect)",
		Check:   checkAUC,
	}}
}

// checkAUC takes six rows, three positive. Of the nine pairs the score orders
// eight rightly, so the area is 8/9; turned round it is 1/9, which is below the
// guide's range.
func checkAUC() (Result, error) {
	y := []bool{false, false, true, false, true, true}
	score := []float64{0.1, 0.3, 0.35, 0.4, 0.7, 0.9}
	auc, err := metrics.AUC(y, score)
	if err != nil {
		return Result{}, err
	}
	turned := make([]float64, len(score))
	for i, v := range score {
		turned[i] = 1 - v
	}
	worse, err := metrics.AUC(y, turned)
	if err != nil {
		return Result{}, err
	}
	tied, err := metrics.AUC(y, make([]float64, len(y)))
	if err != nil {
		return Result{}, err
	}
	r := Result{
		Got:     fmt.Sprintf("8 of 9 pairs in order: %.4f; the same score turned round: %.4f; all tied: %.1f", auc, worse, tied),
		Verdict: Failed,
	}
	if near(8.0/9, auc, 1e-15) && near(1.0/9, worse, 1e-15) && tied == 0.5 {
		r.Verdict = Erratum
		r.Note = "the range is 0 to 1: 0.5 is a score without information, below it one that ranks the wrong way"
	}
	return r, nil
}
