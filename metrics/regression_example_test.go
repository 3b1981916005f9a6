package metrics_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/metrics"
)

func ExampleRegression() {
	var r metrics.Regression
	// As many batches as there are.
	if err := r.Add([]float64{3, -0.5}, []float64{2.5, 0}); err != nil {
		fmt.Println(err)
	}
	if err := r.Add([]float64{2, 7}, []float64{2, 8}); err != nil {
		fmt.Println(err)
	}
	mse, _ := r.MSE()
	mae, _ := r.MAE()
	r2, _ := r.R2()
	fmt.Printf("MSE %.3f, MAE %.3f, R2 %.3f\n", mse, mae, r2)
	// Output: MSE 0.375, MAE 0.500, R2 0.949
}

func ExampleRegression_Merge() {
	var total metrics.Regression
	for _, shard := range [][2][]float64{{{3, -0.5}, {2.5, 0}}, {{2, 7}, {2, 8}}} {
		r := metrics.Regression{Collect: metrics.CollectPercent}
		if err := r.Add(shard[0], shard[1]); err != nil {
			fmt.Println(err)
		}
		if err := total.Merge(&r); err != nil {
			fmt.Println(err)
		}
	}
	mape, _ := total.MAPE()
	fmt.Printf("%d rows, MAPE %.4f\n", total.Rows(), mape)
	// Output: 4 rows, MAPE 0.3274
}

func ExampleR2() {
	r2, err := metrics.R2([]float64{1, 2, 3}, []float64{3, 2, 1})
	fmt.Println(r2, err)
	// Output: -3 <nil>
}

func ExampleMAEInterval() {
	y := []float64{3, -0.5, 2, 7, 4, 5}
	p := []float64{2.5, 0, 2, 8, 4.5, 4.5}
	i, err := metrics.MAEInterval(y, p, 0.95)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("MAE %.2f, 95%% [%.2f, %.2f]\n", i.Value, i.Low, i.High)
	// Output: MAE 0.50, 95% [0.17, 0.83]
}

func ExampleMultiRegression() {
	y := mat.NewDense(3, 2, []float64{0.5, 1, -1, 1, 7, -6})
	p := mat.NewDense(3, 2, []float64{0, 2, -1, 2, 8, -5})
	var m metrics.MultiRegression
	if err := m.Add(y, p); err != nil {
		fmt.Println(err)
	}
	raw, _ := m.Raw((*metrics.Regression).MSE)
	mean, _ := m.Uniform((*metrics.Regression).RMSE)
	weighted, _ := m.Weighted((*metrics.Regression).R2, []float64{0.3, 0.7})
	fmt.Printf("MSE %.4f, mean RMSE %.4f, weighted R2 %.4f\n", raw, mean, weighted)
	// Output: MSE [0.4167 1.0000], mean RMSE 0.8227, weighted R2 0.9253
}

func ExampleMeanLoss() {
	s := metrics.MeanLoss{Loss: metrics.PinballLoss(0.9)}
	if err := s.Add([]float64{10, 20, 30}, []float64{12, 18, 30}); err != nil {
		fmt.Println(err)
	}
	v, _ := s.Mean()
	fmt.Printf("%.4f\n", v)
	// Output: 0.6667
}

func ExampleMASE() {
	train := []float64{1, 3, 6, 4, 5}
	v, _ := metrics.MASE([]float64{6, 7}, []float64{5, 9}, train, 1)
	fmt.Println(v)
	// Output: 0.75
}

func ExampleProbability() {
	var s metrics.Probability
	if err := s.Add([]bool{true, false, true, true}, []float64{0.9, 0.2, 0.6, 0.4}); err != nil {
		fmt.Println(err)
	}
	loss, _ := s.LogLoss()
	brier, _ := s.Brier()
	skill, _ := s.D2Brier()
	fmt.Printf("log loss %.4f, Brier %.4f, skill %.4f\n", loss, brier, skill)
	// Output: log loss 0.4389, Brier 0.1425, skill 0.2400
}

func ExampleCalibration() {
	c := metrics.Calibration{Bins: 2}
	if err := c.Add([]bool{false, false, true, true, false, true}, []float64{0.1, 0.2, 0.4, 0.6, 0.7, 0.9}); err != nil {
		fmt.Println(err)
	}
	curve, _ := c.Curve()
	for _, b := range curve {
		fmt.Printf("(%.1f, %.1f] predicted %.3f, observed %.3f\n", b.Low, b.High, b.MeanPredicted, b.Positive)
	}
	ece, _ := c.ECE()
	d, _ := c.BrierParts()
	fmt.Printf("ECE %.3f\n", ece)
	fmt.Printf("Brier %.4f = %.4f - %.4f + %.4f + %.4f - 2 * %.4f\n",
		d.Brier, d.Reliability, d.Resolution, d.Uncertainty, d.WithinVariance, d.WithinCovariance)
	// Output:
	// (0.0, 0.5] predicted 0.233, observed 0.333
	// (0.5, 1.0] predicted 0.733, observed 0.667
	// ECE 0.083
	// Brier 0.1783 = 0.0072 - 0.0278 + 0.2500 + 0.0156 - 2 * 0.0333
}

func ExampleIsotonic() {
	f := metrics.Isotonic{Beyond: metrics.BeyondClip}
	if err := f.Fit([]float64{0.1, 0.2, 0.3, 0.4}, []float64{0, 1, 0, 1}); err != nil {
		fmt.Println(err)
	}
	p, _ := f.Predict(nil, []float64{0, 0.15, 0.25, 0.9})
	fmt.Printf("%.2f\n", p)
	// Output: [0.00 0.25 0.50 1.00]
}

func ExamplePlatt() {
	var c metrics.Platt
	if err := c.Fit([]float64{-2, -1, 0, 1, 2}, []bool{false, false, true, false, true}); err != nil {
		fmt.Println(err)
	}
	p, _ := c.Transform(nil, []float64{-2, 0, 2})
	fmt.Printf("%.2f\n", p)
	// Output: [0.21 0.41 0.65]
}

func ExampleBootstrap() {
	y := []float64{3, -0.5, 2, 7, 4, 5, 1, 6}
	p := []float64{2.5, 0, 2, 8, 4.5, 4.5, 1.5, 5}
	b := metrics.Bootstrap{Method: metrics.Percentile, Replicas: 2000, Seed: 1}
	r, err := b.Run(len(y), metrics.Pairs(y, p, metrics.MAE[float64]))
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("MAE %.3f, width below 0.5: %t\n", r.Value, r.High-r.Low < 0.5)
	// Output: MAE 0.562, width below 0.5: true
}

func ExampleCorrectedResampledT() {
	// Ten folds: the second model's score minus the first's.
	d := []float64{0.02, 0.01, 0.03, 0, 0.02, 0.01, 0.02, 0.03, 0.01, 0.02}
	r, _ := metrics.CorrectedResampledT(d, 900, 100)
	i, _ := r.Interval(0.95)
	fmt.Printf("difference %.3f [%.3f, %.3f], p = %.3f\n", i.Value, i.Low, i.High, r.P)
	// Output: difference 0.017 [0.007, 0.027], p = 0.004
}

func ExampleDummyClassifier() {
	var d metrics.DummyClassifier[string]
	if err := d.Fit([]string{"no", "yes", "no", "no"}); err != nil {
		fmt.Println(err)
	}
	y, _ := d.Predict(2)
	fmt.Println(y, d.Priors)
	// Output: [no no] [0.75 0.25]
}

func ExampleLearningCurve() {
	folds := []metrics.Fold{
		{Train: []int{0, 1, 2, 3, 4, 5}, Test: []int{6, 7, 8}},
		{Train: []int{3, 4, 5, 6, 7, 8}, Test: []int{0, 1, 2}},
		{Train: []int{6, 7, 8, 0, 1, 2}, Test: []int{3, 4, 5}},
	}
	// The callback fits a model on train; this one learns as 1 - 1/sqrt(n).
	curve, err := metrics.LearningCurve(folds, []int{1, 4, 6}, 0.95, func(_ float64, train, _ []int) (float64, float64, error) {
		return 0.98, 1 - 1/math.Sqrt(float64(len(train))), nil
	})
	if err != nil {
		fmt.Println(err)
	}
	d, _ := metrics.Diagnose(curve, 0.9, 0.1)
	fmt.Println(d.Fit, d.MoreData)
	// Output: overfitting true
}
