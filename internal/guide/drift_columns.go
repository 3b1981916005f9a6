package guide

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/metrics"
)

func driftColumnRows() []Row {
	return []Row{
		{Section: "Drift detection", Name: "Data drift", States: "input feature distributions change", Check: checkDataDrift},
		{Section: "Drift detection", Name: "Covariate shift", States: "a classifier tells old rows from new ones", Check: checkCovariateShift},
		{Section: "Drift detection", Name: "Model drift", States: "model performance degrades", Check: checkModelDrift},
	}
}

// checkDataDrift counts by hand: (70, 30) against (50, 50) has
// z = (0.3 - 0.5) / sqrt(0.4 0.6 2/100) = -2.88675, p = 0.003892.
func checkDataDrift() (Result, error) {
	column := func(a, b int) drift.Column {
		c := drift.Column{Name: "colour", Dict: []string{"red", "white"}, Codes: make([]int32, a+b)}
		for i := a; i < a+b; i++ {
			c.Codes[i] = 1
		}
		return c
	}
	r, err := drift.CompareColumns(column(70, 30), column(50, 50), drift.ColumnOptions{})
	if err != nil {
		return Result{}, err
	}
	same, err := drift.CompareColumns(column(70, 30), column(140, 60), drift.ColumnOptions{})
	return Result{
		Got:     fmt.Sprintf("70:30 then 50:50: %s test, p = %.6f, drifted; 140:60: p = %.0f, stable", r.Test, r.PValue, same.PValue),
		Verdict: verdict(near(0.003892, r.PValue, 5e-7) && r.Drifted && same.PValue == 1 && !same.Drifted),
	}, err
}

// checkCovariateShift: two normals one deviation apart are told apart with an AUC of
// Phi(1/sqrt 2) = 0.76025; in 4000 rows of each, to within 0.02.
func checkCovariateShift() (Result, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	side := func(mean float64) []drift.Column {
		x := make([]float64, 4000)
		for i := range x {
			x[i] = mean + rng.NormFloat64()
		}
		return []drift.Column{{Name: "x", Floats: x}}
	}
	r, err := drift.DomainClassifier(side(0), side(1), drift.DomainOptions{})
	return Result{
		Got:     fmt.Sprintf("a mean moved by one deviation: AUC %.3f [%.3f, %.3f]; in theory 0.760", r.AUC.Value, r.AUC.Low, r.AUC.High),
		Verdict: verdict(r.Drifted && math.Abs(r.AUC.Value-0.76025) < 0.02),
	}, err
}

// checkModelDrift: the accuracies of six chunks are 0.9 on average, with squared
// deviations of 4, 4, 0, 1, 1 and 0 (in 1e-4), so a standard deviation of 0.0129099
// and a lower limit of 0.8612702.
func checkModelDrift() (Result, error) {
	wrong := []int{12, 8, 10, 11, 9, 10, 10, 25} // of 100 rows; the last two are new
	var truth, pred []int
	for _, k := range wrong {
		for i := range 100 {
			truth, pred = append(truth, 1), append(pred, 1)
			if i < k {
				pred[len(pred)-1] = 0
			}
		}
	}
	chunks, err := drift.ChunksBySize(len(truth), 100)
	if err != nil {
		return Result{}, err
	}
	v, err := drift.ChunkValues(chunks, func(lo, hi int) (float64, error) { return metrics.Accuracy(truth[lo:hi], pred[lo:hi]) })
	if err != nil {
		return Result{}, err
	}
	l, err := drift.ChunkLimits(v[:6], drift.LimitOptions{})
	if err != nil {
		return Result{}, err
	}
	alerts := l.Alerts(v[6:])
	return Result{
		Got:     fmt.Sprintf("accuracy by chunk: limit %.4f; new chunks %.2f and %.2f: alert in the second", l.Lower, v[6], v[7]),
		Verdict: verdict(near(0.8612702, l.Lower, 5e-8) && len(alerts) == 1 && alerts[0] == 1),
	}, err
}
