package explain

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// LinearSHAP computes the Shapley values of a linear model, in closed form.
type LinearSHAP struct {
	Coef      []float64 // one per feature
	Intercept float64
	Weights   []float64 // of the background's rows; nil means equal
}

// Explain returns the Shapley values of each of the rows.
//
//	phi_j = Coef_j (x_j - mean_j)
//	Base  = Intercept + sum_j Coef_j mean_j
//
// with the means of the background. They are the interventional values of
// ExactShapley for the model Intercept + Coef.x; for a logistic model they add up
// to its log-odds.
//
// Errors: ErrLength where the columns are not as many as Coef, ErrEmpty for no
// rows, ErrNotFinite for a coefficient or value that is not finite, ErrRange for
// a negative weight. Source: Lundberg and Lee (2017), corollary 1; shap 0.51
// LinearExplainer.
func (l LinearSHAP) Explain(background, rows *mat.Dense) (*Explanation, error) {
	const fn = "LinearSHAP.Explain"
	d := len(l.Coef)
	if err := check.NotEmpty(fn, "Coef", d); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "Coef", append([]float64{l.Intercept}, l.Coef...)); err != nil {
		return nil, err
	}
	for _, m := range []struct {
		name string
		x    *mat.Dense
	}{{"background", background}, {"rows", rows}} {
		n, have, err := matrix(fn, m.name, m.x)
		if err != nil {
			return nil, err
		}
		if err := check.Length(fn, m.name+" (columns)", d, have); err != nil {
			return nil, err
		}
		for i := range n {
			if err := check.Finite(fn, m.name, m.x.RawRowView(i)); err != nil {
				return nil, err
			}
		}
	}
	n, _ := background.Dims()
	w, err := weights(fn, l.Weights, n)
	if err != nil {
		return nil, err
	}
	// Deviations from the first row keep the mean of a column far from 0 exact.
	first := background.RawRowView(0)
	mean := make([]float64, d)
	for i := range n {
		for j, v := range background.RawRowView(i) {
			mean[j] += w[i] * (v - first[j])
		}
	}
	floats.Add(mean, first)
	n, _ = rows.Dims()
	e := &Explanation{
		Values:      mat.NewDense(n, d, nil),
		Base:        l.Intercept + floats.Dot(l.Coef, mean),
		Predictions: make([]float64, n),
		Exact:       true,
	}
	for i := range n {
		x, phi := rows.RawRowView(i), e.Values.RawRowView(i)
		for j, c := range l.Coef {
			phi[j] = c * (x[j] - mean[j])
		}
		if err := check.Finite(fn, "values", phi); err != nil {
			return nil, err
		}
		e.Predictions[i] = l.Intercept + floats.Dot(l.Coef, x)
	}
	if err := check.Finite(fn, "Base", []float64{e.Base}); err != nil {
		return nil, err
	}
	return e, e.measure(fn)
}
