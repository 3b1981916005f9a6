package guide

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/explain"
)

func explainRows() []Row {
	return []Row{
		{Section: "Interpretability", Name: "SHAP values", States: "model-agnostic explanations", Check: checkSHAP},
		{Section: "Interpretability", Name: "LIME", States: "local interpretable explanations", Check: checkLIME},
		{Section: "Interpretability", Name: "Permutation importance", States: "how much worse a metric becomes as a feature is shuffled", Check: checkPermutationImportance},
		{Section: "Distribution comparison metrics", Name: "Partial dependence", States: "the average prediction as one feature moves", Check: checkPartialDependence},
		{Section: "Distribution comparison metrics", Name: "Shapley values", States: "baseline 50%; income \"increases\" the prediction to 35% (-15%)", Check: checkShapley},
		{Section: "Drift detection", Name: "Attribution drift", States: "nDCG of the live ranking of features against the baseline's; alert below 0.90", Check: checkAttributionDrift},
	}
}

// scorer makes a model of a function of one row.
func scorer(f func(x []float64) float64) explain.Model {
	return func(dst []float64, x *mat.Dense) error {
		for i := range dst {
			dst[i] = f(x.RawRowView(i))
		}
		return nil
	}
}

// checkShapley is the guide's example: the probability of default is 50% over the
// background, and a high income, the only feature, brings it to 35%.
func checkShapley() (Result, error) {
	f := scorer(func(x []float64) float64 { return 0.65 - 0.15*x[0] })
	low := mat.NewDense(2, 1, []float64{0, 2}) // 65% and 35%: 50% on average
	e, err := explain.ExactShapley{}.Explain(context.Background(), f, low, mat.NewDense(1, 1, []float64{2}))
	if err != nil {
		return Result{}, err
	}
	phi := e.Values.At(0, 0)
	v := Erratum
	if !near(0.5, e.Base, 1e-12) || !near(-0.15, phi, 1e-12) || !near(0.35, e.Predictions[0], 1e-12) {
		v = Failed
	}
	return Result{
		Got:     fmt.Sprintf("base %.2f, contribution of income %+.2f, prediction %.2f", e.Base, phi, e.Predictions[0]),
		Verdict: v,
		Note:    "0.50 - 0.15 = 0.35: the contribution is -15 percentage points, so income decreases the prediction",
	}, nil
}

// checkSHAP takes f = 2a + bc at (1, 1, 1) against zeros: a contributes 2, and the
// interaction's 1 is shared by b and c.
func checkSHAP() (Result, error) {
	f := scorer(func(x []float64) float64 { return 2*x[0] + x[1]*x[2] })
	zeros, ones := mat.NewDense(1, 3, nil), mat.NewDense(1, 3, []float64{1, 1, 1})
	e, err := explain.KernelSHAP{}.Explain(context.Background(), f, zeros, ones)
	if err != nil {
		return Result{}, err
	}
	phi := e.Values.RawRowView(0)
	return Result{
		Got:     fmt.Sprintf("2a + bc at ones against zeros: %.2f, %.2f, %.2f, which add up to %.0f - %.0f", phi[0], phi[1], phi[2], e.Predictions[0], e.Base),
		Verdict: verdict(near(2, phi[0], 1e-12) && near(0.5, phi[1], 1e-12) && near(0.5, phi[2], 1e-12) && e.Gap < 1e-12),
	}, nil
}

// checkLIME explains a model that is linear already.
func checkLIME() (Result, error) {
	f := scorer(func(x []float64) float64 { return 3*x[0] - 2*x[1] })
	data := mat.NewDense(4, 2, []float64{-1, -1, -1, 1, 1, -1, 1, 1}) // standard deviations of 1
	m, err := explain.LIME{Cut: explain.Whole, Alpha: 1e-9}.Explain(context.Background(), f, data, []float64{1, 0})
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("3a - 2b: local coefficients %.3f and %.3f, R2 %.3f", m.Coef[0], m.Coef[1], m.R2),
		Verdict: verdict(near(3, m.Coef[0], 1e-6) && near(-2, m.Coef[1], 1e-6) && near(1, m.R2, 1e-9)),
	}, nil
}

// checkPermutationImportance shuffles the values -1 and 1 of a model f = 3a that
// ignores b: half of a's values change sign on average, for a mean squared error
// of 36/2.
func checkPermutationImportance() (Result, error) {
	const n = 2000
	x, y := mat.NewDense(n, 2, nil), make([]float64, n)
	for i := range n {
		x.Set(i, 0, float64(i%2*2-1))
		x.Set(i, 1, float64(i))
		y[i] = 3 * x.At(i, 0)
	}
	mse := func(truth, pred []float64) (float64, error) {
		s := 0.0
		for i, v := range truth {
			s += (v - pred[i]) * (v - pred[i])
		}
		return s / float64(len(truth)), nil
	}
	p, err := explain.Permute(context.Background(), scorer(func(x []float64) float64 { return 3 * x[0] }), x, y, mse, explain.PermutationOptions{Loss: true})
	if err != nil {
		return Result{}, err
	}
	a, b := p.Importance[0], p.Importance[1]
	return Result{
		Got:     fmt.Sprintf("model 3a: MSE rises by %.1f [%.1f, %.1f] without a, by %.0f without b", a.Value, a.Low, a.High, b.Value),
		Verdict: verdict(near(18, a.Value, 0.9) && b.Value == 0),
	}, nil
}

// checkPartialDependence: with b at -1, 0 and 4, the average of a b over the rows
// is a.
func checkPartialDependence() (Result, error) {
	x := mat.NewDense(3, 2, []float64{0, -1, 1, 0, 2, 4})
	d, err := explain.PartialDependence{}.Explain(context.Background(), scorer(func(x []float64) float64 { return x[0] * x[1] }), x, 0)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("a b with b = -1, 0, 4: %.2f at a = %v", d.Average, d.Grid[0]),
		Verdict: verdict(d.Points() == 3 && near(0, d.Average[0], 1e-12) && near(1, d.Average[1], 1e-12) && near(2, d.Average[2], 1e-12)),
	}, nil
}

func checkAttributionDrift() (Result, error) {
	base := map[string]float64{"income": 0.5, "age": 0.3, "zip": 0.01}
	d, err := explain.NewAttributionDrift(base, map[string]float64{"income": 0.1, "age": 0.2, "zip": 0.3}, 0)
	if err != nil {
		return Result{}, err
	}
	// (0.01 + 0.3/log2(3) + 0.5/2) / (0.5 + 0.3/log2(3) + 0.01/2)
	return Result{
		Got:     fmt.Sprintf("importances 0.5, 0.3, 0.01 ranked the other way round: nDCG %.3f, alert %t", d.NDCG, d.Alert),
		Verdict: verdict(near(0.6471, d.NDCG, 5e-5) && d.Alert),
	}, nil
}
