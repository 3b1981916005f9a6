package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// A ResampledT is the corrected resampled t test of a mean over folds or repeated
// splits.
type ResampledT struct {
	Mean   float64 // mean of the values
	StdErr float64 // corrected standard error
	T      float64 // Mean / StdErr
	DF     float64 // number of values minus 1
	P      float64 // two-sided p-value of a mean of 0
}

// CorrectedResampledT tests whether the mean of values over k resampled splits,
// usually the differences of two models' scores, is 0. The plain t test takes the
// splits for independent, though their training sets overlap, and finds far too
// many differences; the correction widens the standard error.
//
//	StdErr = sqrt((1/k + nTest/nTrain) s^2),  s the sample standard deviation
//	T      = Mean / StdErr, Student's t with k-1 degrees of freedom
//
// nTrain and nTest are the sizes of the parts of one split.
//
// Special cases: values that are all 0 give T 0 and P 1.
//
// Errors: ErrEmpty, ErrNotFinite, ErrRange for sizes below 1, ErrUndefined for one
// value or for equal values other than 0. Source: Nadeau and Bengio (2003).
func CorrectedResampledT(values []float64, nTrain, nTest int) (ResampledT, error) {
	const fn = "metrics.CorrectedResampledT"
	if err := check.NotEmpty(fn, "values", len(values)); err != nil {
		return ResampledT{}, err
	}
	if err := check.Finite(fn, "values", values); err != nil {
		return ResampledT{}, err
	}
	for _, err := range []error{check.AtLeast(fn, "nTrain", nTrain, 1), check.AtLeast(fn, "nTest", nTest, 1)} {
		if err != nil {
			return ResampledT{}, err
		}
	}
	k := float64(len(values))
	if k < 2 {
		return ResampledT{}, fmt.Errorf("%s: values: need at least two, have one: %w", fn, mlgauge.ErrUndefined)
	}
	var m moments.Moments
	moments.Add(&m, values)
	r := ResampledT{Mean: m.Mean(), DF: k - 1}
	if _, err := finite(fn, m.M2); err != nil {
		return ResampledT{}, err
	}
	r.StdErr = math.Sqrt((1/k + float64(nTest)/float64(nTrain)) * m.Variance(1))
	switch {
	case r.StdErr > 0:
		r.T = r.Mean / r.StdErr
		r.P = 2 * distuv.StudentsT{Sigma: 1, Nu: r.DF}.Survival(math.Abs(r.T))
	case r.Mean == 0:
		r.P = 1
	default:
		return ResampledT{}, fmt.Errorf("%s: values: need values that differ, have %v throughout: %w", fn, r.Mean, mlgauge.ErrUndefined)
	}
	return r, nil
}

// Interval returns the mean with its corrected confidence interval.
//
// Errors: ErrRange for a level outside (0, 1), ErrEmpty for the zero value.
func (r ResampledT) Interval(level float64) (Interval, error) {
	const fn = "metrics.ResampledT.Interval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	if !(r.DF > 0) {
		return Interval{}, fmt.Errorf("%s: need the result of CorrectedResampledT, have the zero value: %w", fn, mlgauge.ErrEmpty)
	}
	h := distuv.StudentsT{Sigma: 1, Nu: r.DF}.Quantile(0.5+level/2) * r.StdErr
	return Interval{Value: r.Mean, Low: r.Mean - h, High: r.Mean + h, Level: level}, nil
}
