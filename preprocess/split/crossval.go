package split

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

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
// (0, 1), ErrLength if Train or Test are not as long as Values.
//
// Source: C. Nadeau, Y. Bengio, Inference for the generalization error (2003).
func (s Scores) Interval(level float64) (metrics.Interval, error) {
	ratio, err := s.ratio("Scores.Interval")
	if err != nil {
		return metrics.Interval{}, err
	}
	return s.interval("Scores.Interval", level, ratio)
}

// NaiveInterval returns the mean of the scores with the interval of Student's t,
// which takes the folds for independent:
//
//	mean +/- t(k-1) s sqrt(1/k)
//
// They are not, so it is too narrow; [Scores.Interval] corrects it.
//
// Errors: ErrUndefined with fewer than two scores, ErrRange for a level outside
// (0, 1).
func (s Scores) NaiveInterval(level float64) (metrics.Interval, error) {
	return s.interval("Scores.NaiveInterval", level, 0)
}

func (s Scores) interval(fn string, level, ratio float64) (metrics.Interval, error) {
	if err := check.Level(fn, level); err != nil {
		return metrics.Interval{}, err
	}
	k := float64(len(s.Values))
	if k < 2 {
		return metrics.Interval{}, fmt.Errorf("%s: need at least two scores, have %v: %w", fn, k, mlgauge.ErrUndefined)
	}
	mean := s.Mean()
	t := distuv.StudentsT{Sigma: 1, Nu: k - 1}.Quantile(0.5 + level/2)
	half := t * s.Std() * math.Sqrt(1/k+ratio)
	return metrics.Interval{Value: mean, Low: mean - half, High: mean + half, Level: level}, nil
}

// ratio returns the mean size of the test parts over that of the train parts.
func (s Scores) ratio(fn string) (float64, error) {
	if err := check.Length(fn, "Train", len(s.Values), len(s.Train)); err != nil {
		return 0, err
	}
	if err := check.Length(fn, "Test", len(s.Values), len(s.Test)); err != nil {
		return 0, err
	}
	train, test := 0, 0
	for i, n := range s.Train {
		if n < 1 || s.Test[i] < 0 {
			return 0, fmt.Errorf("%s: Train: need parts of at least one row, have %d in fold %d: %w", fn, n, i, mlgauge.ErrRange)
		}
		train += n
		test += s.Test[i]
	}
	if train == 0 {
		return 0, nil
	}
	return float64(test) / float64(train), nil
}

// A Comparison is the difference of two models' scores on the same folds.
type Comparison struct {
	Difference metrics.Interval // first less second
	T          float64          // the difference over its corrected standard error
	P          float64          // two-sided p-value of no difference
}

// Compare tests whether two models, measured on the same folds, differ: the
// corrected resampled t test on the differences of their scores,
//
//	t = mean / (s sqrt(1/k + test/train)), with k-1 degrees of freedom
//
// Special case: scores that are equal in every fold give T 0 and P 1.
//
// Errors: ErrLength if the numbers of folds or their sizes differ, ErrUndefined
// with fewer than two folds or if all differences are equal and not 0, ErrRange
// for a level outside (0, 1).
//
// Source: C. Nadeau, Y. Bengio, Inference for the generalization error (2003).
func (s Scores) Compare(other Scores, level float64) (Comparison, error) {
	const fn = "Scores.Compare"
	if err := check.Length(fn, "other", len(s.Values), len(other.Values)); err != nil {
		return Comparison{}, err
	}
	ratio, err := s.ratio(fn)
	if err != nil {
		return Comparison{}, err
	}
	again, err := other.ratio(fn)
	if err != nil {
		return Comparison{}, err
	}
	if ratio != again {
		return Comparison{}, fmt.Errorf("%s: other: need scores of the same folds, have parts of other sizes: %w", fn, mlgauge.ErrLength)
	}
	d := Scores{Values: make([]float64, len(s.Values))}
	for i, v := range s.Values {
		d.Values[i] = v - other.Values[i]
	}
	var c Comparison
	if c.Difference, err = d.interval(fn, level, ratio); err != nil {
		return Comparison{}, err
	}
	se := d.Std() * math.Sqrt(1/float64(len(d.Values))+ratio)
	switch {
	case se > 0:
		c.T = d.Mean() / se
		c.P = 2 * distuv.StudentsT{Sigma: 1, Nu: float64(len(d.Values) - 1)}.Survival(math.Abs(c.T))
	case d.Mean() == 0:
		c.P = 1
	default:
		return Comparison{}, fmt.Errorf("%s: need differences that vary, have %v throughout: %w", fn, d.Mean(), mlgauge.ErrUndefined)
	}
	return c, nil
}
