package guide

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/metrics"
)

// The four predictions behind the rows: errors 0.5, -0.5, 0, -1, so the sums are
// easy to check by hand: squares 1.5, absolute values 2, mean of the truth 2.875,
// squares about it 29.1875.
var (
	regressionTruth = []float64{3, -0.5, 2, 7}
	regressionGuess = []float64{2.5, 0, 2, 8}
)

func regressionRow(name, states, shown string, want float64, f func(y, p []float64) (float64, error)) Row {
	return Row{
		Section: "Regression metrics", Name: name, States: states,
		Check: func() (Result, error) {
			v, err := f(regressionTruth, regressionGuess)
			if err != nil {
				return Result{}, err
			}
			return Result{
				Got:     fmt.Sprintf("y = 3, -0.5, 2, 7 against 2.5, 0, 2, 8: %s = %.6g", shown, v),
				Verdict: verdict(near(want, v, 1e-12)),
			}, nil
		},
	}
}

func metricsRegressionRows() []Row {
	return []Row{
		regressionRow("MSE", "sum (y - p)^2 / n", "1.5 / 4", 0.375, metrics.MSE[float64]),
		regressionRow("RMSE", "sqrt(MSE), in the units of the target", "sqrt(0.375)", 0.6123724356957945, metrics.RMSE[float64]),
		regressionRow("MAE", "sum |y - p| / n", "2 / 4", 0.5, metrics.MAE[float64]),
		regressionRow("R2", "1 - SSres / SStot, at most 1", "1 - 1.5 / 29.1875", 0.9486081370449679, metrics.R2[float64]),
		{
			Section: "Regression metrics", Name: "R2, range",
			States: "1 is perfect, 0 no better than the mean, negative worse",
			Check: func() (Result, error) {
				y := []float64{1, 2, 3}
				var got [3]float64
				for i, p := range [][]float64{{1, 2, 3}, {2, 2, 2}, {3, 2, 1}} {
					v, err := metrics.R2(y, p)
					if err != nil {
						return Result{}, err
					}
					got[i] = v
				}
				return Result{
					Got:     fmt.Sprintf("y = 1, 2, 3: itself %g, its mean %g, reversed %g", got[0], got[1], got[2]),
					Verdict: verdict(got == [3]float64{1, 0, -3}),
				}, nil
			},
		},
		{
			Section: "Regression metrics", Name: "MAE and outliers",
			States: "MAE is less sensitive to outliers than MSE and RMSE",
			Check: func() (Result, error) {
				// One error grows from 1 to 10 among four of size 1: the mean of the
				// absolute values is 2.8, the root of the mean square sqrt(20.8).
				y := make([]float64, 5)
				p := []float64{1, 1, 1, 1, 10}
				mae, err := metrics.MAE(y, p)
				if err != nil {
					return Result{}, err
				}
				rmse, err := metrics.RMSE(y, p)
				if err != nil {
					return Result{}, err
				}
				return Result{
					Got:     fmt.Sprintf("errors 1, 1, 1, 1 and 10 for 1: MAE 1 -> %.3g, RMSE 1 -> %.3g", mae, rmse),
					Verdict: verdict(near(2.8, mae, 1e-12) && near(math.Sqrt(20.8), rmse, 1e-12)),
				}, nil
			},
		},
		{
			Section: "Model evaluation and analysis", Name: "Baseline models",
			States: "compare with simple heuristics",
			Check: func() (Result, error) {
				var r metrics.DummyRegressor
				if err := r.Fit(regressionTruth); err != nil {
					return Result{}, err
				}
				p, err := r.Predict(nil, len(regressionTruth))
				if err != nil {
					return Result{}, err
				}
				r2, err := metrics.R2(regressionTruth, p)
				if err != nil {
					return Result{}, err
				}
				var c metrics.DummyClassifier[string]
				if err := c.Fit([]string{"no", "yes", "no", "no"}); err != nil {
					return Result{}, err
				}
				l, err := c.Predict(1)
				if err != nil {
					return Result{}, err
				}
				return Result{
					Got:     fmt.Sprintf("the mean, %.4g, has R2 = %g; the most frequent of no, yes, no, no is %q, right in %g of 1", p[0], r2, l[0], c.Priors[0]),
					Verdict: verdict(p[0] == 2.875 && r2 == 0 && l[0] == "no" && c.Priors[0] == 0.75),
				}, nil
			},
		},
		{
			Section: "Model evaluation and analysis", Name: "Learning curves",
			States: "training against validation performance",
			Check: func() (Result, error) {
				// A model that memorises scores 1 on what it saw; on new rows it is
				// right as often as it has seen the row's kind: n / (n + 4).
				curve, err := metrics.LearningCurve(guideFolds(), []int{4, 12, 36}, 0.95, func(_ float64, train, _ []int) (float64, float64, error) {
					n := float64(len(train))
					return 1, n / (n + 4), nil
				})
				if err != nil {
					return Result{}, err
				}
				return Result{
					Got: fmt.Sprintf("test score at 4, 12, 36 rows: %.3g, %.3g, %.3g; gap %.3g, %.3g, %.3g", curve[0].Test.Value, curve[1].Test.Value,
						curve[2].Test.Value, curve[0].Gap.Value, curve[1].Gap.Value, curve[2].Gap.Value),
					Verdict: verdict(near(0.5, curve[0].Test.Value, 1e-12) && near(0.75, curve[1].Test.Value, 1e-12) && near(0.1, curve[2].Gap.Value, 1e-12)),
				}, nil
			},
		},
		fitRow("Overfitting", "high training accuracy, low validation accuracy", 0.99, 0.70, metrics.Overfit),
		fitRow("Underfitting", "low training and validation accuracy", 0.61, 0.60, metrics.Underfit),
	}
}

// fitRow diagnoses scores against a wanted 0.9 and a gap of at most 0.1.
func fitRow(name, states string, train, test float64, want metrics.Fit) Row {
	return Row{
		Section: "Model evaluation and analysis", Name: name, States: states,
		Check: func() (Result, error) {
			curve, err := metrics.LearningCurve(guideFolds(), []int{36}, 0.95, func(_ float64, _, rows []int) (float64, float64, error) {
				d := float64(rows[0]%5-2) / 100 // folds differ a little
				return train + d/4, test + d, nil
			})
			if err != nil {
				return Result{}, err
			}
			d, err := metrics.Diagnose(curve, 0.9, 0.1)
			if err != nil {
				return Result{}, err
			}
			return Result{Got: d.Reason, Verdict: verdict(d.Fit == want)}, nil
		},
	}
}

// guideFolds are five folds of 45 rows.
func guideFolds() []metrics.Fold {
	folds := make([]metrics.Fold, 5)
	for k := range folds {
		for i := range 45 {
			if i%5 == k {
				folds[k].Test = append(folds[k].Test, i)
			} else {
				folds[k].Train = append(folds[k].Train, i)
			}
		}
	}
	return folds
}
