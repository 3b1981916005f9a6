package explain

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// An Explanation holds the Shapley values of a number of rows. They are
// efficient: for every row
//
//	Base + sum_j Values[i][j] = Predictions[i]
//
// to within rounding, of which Gap is the largest seen.
type Explanation struct {
	// Values has one row per row explained and one column per feature, or per
	// group of features where groups were given.
	Values *mat.Dense
	// StdErr holds the standard error of each value, where values were sampled
	// in a way that gives one (PermutationSHAP), or is nil.
	StdErr *mat.Dense
	// Base is the mean prediction over the background, on the scale of the link.
	Base float64
	// Predictions are those for the rows explained, on the scale of the link.
	Predictions []float64
	// Gap is the largest |Base + sum of values - prediction| over the rows.
	Gap float64
	// Exact tells whether no coalition was left out, for any row.
	Exact bool
	// Evaluations counts the rows given to the model.
	Evaluations int
}

// Global returns the mean |value| of every feature over the rows, the global
// importance that SHAP summary plots and SageMaker Clarify show.
//
// Errors: ErrEmpty for an Explanation without values.
func (e *Explanation) Global() ([]float64, error) {
	return e.average("Explanation.Global", math.Abs)
}

// Mean returns the mean value of every feature over the rows, with its sign.
//
// Errors: ErrEmpty for an Explanation without values.
func (e *Explanation) Mean() ([]float64, error) {
	return e.average("Explanation.Mean", func(v float64) float64 { return v })
}

func (e *Explanation) average(fn string, of func(float64) float64) ([]float64, error) {
	if e.Values == nil || e.Values.IsEmpty() {
		return nil, fmt.Errorf("%s: Values: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	n, d := e.Values.Dims()
	mean := make([]float64, d)
	for i := range n {
		for j, v := range e.Values.RawRowView(i) {
			mean[j] += of(v)
		}
	}
	for j := range mean {
		mean[j] /= float64(n)
	}
	return mean, check.Finite(fn, "Values", mean)
}

// measure sets Gap, and reports values that do not add up to within rounding
// (ErrUndefined): they would not be Shapley values.
func (e *Explanation) measure(fn string) error {
	for i, p := range e.Predictions {
		sum, scale := e.Base, math.Abs(e.Base)+math.Abs(p)
		for _, v := range e.Values.RawRowView(i) {
			sum += v
			scale += math.Abs(v)
		}
		gap := math.Abs(sum - p)
		e.Gap = max(e.Gap, gap)
		if !(gap <= 1e-9*scale) {
			return fmt.Errorf("%s: values: need some that add up to %v, have %v for row %d: %w", fn, p, sum, i, mlgauge.ErrUndefined)
		}
	}
	return nil
}
