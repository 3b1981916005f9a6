package split

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/metrics"
)

// CrossValidation measures a model on the folds of a splitter.
type CrossValidation struct {
	Splitter   Splitter // nil: KFold{}
	Concurrent bool     // run folds on all cores; score must allow that
}

// Scores holds the score of every fold, with the sizes of its parts.
type Scores struct {
	Values      []float64
	Train, Test []int
}

// Run calls score for every fold, which fits on the train rows and measures on
// the test rows; fold counts from 0. The scores come in the order of the folds,
// whatever the number of cores.
//
// Errors: those of the splitter; the first error of score, by fold;
// ErrNotFinite if a score is not finite.
func (c CrossValidation) Run(rows Rows, score func(fold int, train, test []int) (float64, error)) (Scores, error) {
	const fn = "CrossValidation.Run"
	s := c.Splitter
	if s == nil {
		s = KFold{}
	}
	folds, err := s.Split(rows)
	if err != nil {
		return Scores{}, fmt.Errorf("%s: %w", fn, err)
	}
	var out Scores
	var errs []error
	one := func(i int, train, test []int) (v float64, err error) {
		if v, err = score(i, train, test); err != nil {
			return v, fmt.Errorf("%s: fold %d: %w", fn, i, err)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return v, fmt.Errorf("%s: score: need a finite score, have %v in fold %d: %w", fn, v, i, mlgauge.ErrNotFinite)
		}
		return v, nil
	}
	if c.Concurrent {
		all := Collect(folds)
		out.Values, errs = make([]float64, len(all)), make([]error, len(all))
		parallel.Each(len(all), func(i int) { out.Values[i], errs[i] = one(i, all[i].Train, all[i].Test) })
		for i, f := range all {
			if errs[i] != nil {
				return Scores{}, errs[i]
			}
			out.Train, out.Test = append(out.Train, len(f.Train)), append(out.Test, len(f.Test))
		}
		return out, nil
	}
	for train, test := range folds {
		nTrain, nTest := len(train), len(test)
		v, err := one(len(out.Values), train, test)
		if err != nil {
			return Scores{}, err
		}
		out.Values = append(out.Values, v)
		out.Train, out.Test = append(out.Train, nTrain), append(out.Test, nTest)
	}
	return out, nil
}

// Mean returns the mean of the scores, NaN without any.
func (s Scores) Mean() float64 {
	if len(s.Values) == 0 {
		return math.NaN()
	}
	var m moments.Moments
	moments.Add(&m, s.Values)
	return m.Mean()
}

// Std returns the sample standard deviation of the scores (over k-1), NaN with
// fewer than two.
func (s Scores) Std() float64 {
	if len(s.Values) < 2 {
		return math.NaN()
	}
	var m moments.Moments
	moments.Add(&m, s.Values)
	return math.Sqrt(m.Variance(1))
}

// Interval returns the mean of the scores with a confidence interval that
// allows for the overlap of the training parts (Nadeau and Bengio): with the
// sample standard deviation s of k scores and the mean sizes of the parts
//
//	mean +/- t(k-1) s sqrt(1/k + test/train)
//
// Scores that are all equal give an interval of width 0.
//
// Errors: ErrUndefined with fewer than two scores, ErrRange for a level outside
// (0, 1), ErrLength if Train or Test are not as long as Values, ErrNotFinite if
// a score is not finite.
//
// Source: C. Nadeau, Y. Bengio, Inference for the generalization error (2003);
// see [metrics.CorrectedResampledT].
func (s Scores) Interval(level float64) (metrics.Interval, error) {
	const fn = "Scores.Interval"
	train, test, err := s.sizes(fn)
	if err != nil {
		return metrics.Interval{}, err
	}
	return s.interval(fn, level, 1+float64(len(s.Values))*float64(test)/float64(train))
}

// NaiveInterval returns the mean of the scores with the interval of Student's t,
// which takes the folds for independent:
//
//	mean +/- t(k-1) s sqrt(1/k)
//
// They are not, so it is too narrow; [Scores.Interval] corrects it.
//
// Errors: ErrUndefined with fewer than two scores, ErrRange for a level outside
// (0, 1), ErrNotFinite if a score is not finite.
func (s Scores) NaiveInterval(level float64) (metrics.Interval, error) {
	return s.interval("Scores.NaiveInterval", level, 1)
}

// interval multiplies the variance of the mean by the given factor.
func (s Scores) interval(fn string, level, factor float64) (metrics.Interval, error) {
	k := float64(len(s.Values))
	if k < 2 {
		return metrics.Interval{}, fmt.Errorf("%s: Values: need at least two scores, have %v: %w", fn, k, mlgauge.ErrUndefined)
	}
	if err := check.Finite(fn, "Values", s.Values); err != nil {
		return metrics.Interval{}, err
	}
	t := metrics.ResampledT{Mean: s.Mean(), StdErr: s.Std() * math.Sqrt(factor/k), DF: k - 1}
	i, err := t.Interval(level)
	if err != nil {
		return metrics.Interval{}, fmt.Errorf("%s: %w", fn, err)
	}
	return i, nil
}

// sizes returns the rows of all train parts and of all test parts together.
func (s Scores) sizes(fn string) (train, test int, err error) {
	if err := check.Length(fn, "Train", len(s.Values), len(s.Train)); err != nil {
		return 0, 0, err
	}
	if err := check.Length(fn, "Test", len(s.Values), len(s.Test)); err != nil {
		return 0, 0, err
	}
	for i, n := range s.Train {
		if n < 1 || s.Test[i] < 1 {
			return 0, 0, fmt.Errorf("%s: Train: need parts of at least one row, have %d and %d in fold %d: %w", fn, n, s.Test[i], i, mlgauge.ErrRange)
		}
		train += n
		test += s.Test[i]
	}
	return train, test, nil
}

// Compare tests whether two models, measured on the same folds, differ: the
// corrected resampled t test on s less other, fold by fold.
//
// Special case: scores that are equal in every fold give T 0 and P 1.
//
// Errors: ErrLength if the numbers of folds or their sizes differ, ErrEmpty
// without folds, ErrUndefined with one fold or if all differences are equal and
// not 0, ErrNotFinite if a score is not finite.
//
// Source: C. Nadeau, Y. Bengio, Inference for the generalization error (2003);
// see [metrics.CorrectedResampledT].
func (s Scores) Compare(other Scores) (metrics.ResampledT, error) {
	const fn = "Scores.Compare"
	if err := check.Pair(fn, "s", len(s.Values), "other", len(other.Values)); err != nil {
		return metrics.ResampledT{}, err
	}
	train, test, err := s.sizes(fn)
	if err != nil {
		return metrics.ResampledT{}, err
	}
	if !slices.Equal(s.Train, other.Train) || !slices.Equal(s.Test, other.Test) {
		return metrics.ResampledT{}, fmt.Errorf("%s: other: need scores of the same folds, have parts of other sizes: %w", fn, mlgauge.ErrLength)
	}
	d := make([]float64, len(s.Values))
	for i, v := range s.Values {
		d[i] = v - other.Values[i]
	}
	t, err := metrics.CorrectedResampledT(d, train, test)
	if err != nil {
		return metrics.ResampledT{}, fmt.Errorf("%s: %w", fn, err)
	}
	return t, nil
}
