package guide

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/metrics"
)

func metricsProbabilityRows() []Row {
	return []Row{
		{Section: "Classification metrics", Name: "Log loss and Brier score", States: "how good the probabilities are", Check: checkProbabilities},
		{Section: "Classification metrics", Name: "Calibration", States: "predicted probabilities against observed frequencies", Check: checkCalibration},
		{Section: "Quality monitoring", Name: "Prediction quality", States: "accuracy, precision, recall over time", Check: checkOverTime},
	}
}

// checkProbabilities takes four rows, right by 0.2, 0.2, 0.4 and 0.5.
func checkProbabilities() (Result, error) {
	y := []bool{true, false, true, false}
	p := []float64{0.8, 0.2, 0.6, 0.5}
	loss, err := metrics.LogLoss(y, p)
	if err != nil {
		return Result{}, err
	}
	brier, err := metrics.Brier(y, p)
	want := -(2*math.Log(0.8) + math.Log(0.6) + math.Log(0.5)) / 4
	return Result{
		Got:     fmt.Sprintf("-mean ln p(truth) = %.4f; mean (p - y)^2 = %.4f", loss, brier),
		Verdict: verdict(near(want, loss, 1e-12) && near((0.04+0.04+0.16+0.25)/4, brier, 1e-12)),
	}, err
}

// checkCalibration takes ten rows said to be 0.2, of which two are positive, and
// ten said to be 0.7, of which nine are: the gaps are 0 and 0.2, half the rows each.
func checkCalibration() (Result, error) {
	var y []bool
	var p []float64
	for i := range 10 {
		y, p = append(y, i < 2, i < 9), append(p, 0.2, 0.7)
	}
	ece, err := metrics.ECE(y, p, 10)
	if err != nil {
		return Result{}, err
	}
	mce, err := metrics.MCE(y, p, 10)
	return Result{
		Got:     fmt.Sprintf("said 0.2, seen 0.2; said 0.7, seen 0.9: ECE %.2f, MCE %.2f", ece, mce),
		Verdict: verdict(near(0.1, ece, 1e-12) && near(0.2, mce, 1e-12)),
	}, err
}

// checkOverTime takes five chunks of 20 predictions, the last of which has 10 wrong
// where the others have 2.
func checkOverTime() (Result, error) {
	truth, pred := make([]bool, 100), make([]bool, 100)
	for i := range pred {
		pred[i] = i%10 == 0 || i >= 80 && i%2 == 0
	}
	chunks, err := drift.ChunksBySize(len(truth), 20)
	if err != nil {
		return Result{}, err
	}
	acc, err := drift.ChunkValues(chunks, func(lo, hi int) (float64, error) { return metrics.Accuracy(truth[lo:hi], pred[lo:hi]) })
	return Result{
		Got:     fmt.Sprintf("accuracy by chunk of 20: %.2f", acc),
		Verdict: verdict(len(acc) == 5 && near(0.9, acc[0], 1e-12) && near(0.9, acc[3], 1e-12) && near(0.5, acc[4], 1e-12)),
	}, err
}
