package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Fold is one split of the rows: indices to train on and to test on.
type Fold struct{ Train, Test []int }

// A FitScore fits a model on the rows train and returns its score on them and on
// the rows test; larger is better (negate losses). param is the value of a
// validation curve, 0 for a learning curve. The slices must not be kept or
// changed.
type FitScore func(param float64, train, test []int) (trainScore, testScore float64, err error)

// A CurvePoint is the scores at one training size or one parameter value.
type CurvePoint struct {
	X           float64   // number of training rows, or the parameter
	TrainScores []float64 // one per fold
	TestScores  []float64
	Train, Test Interval // means over the folds, with corrected intervals
	Gap         Interval // mean of train minus test, with its interval
}

// LearningCurve scores a model at growing numbers of training rows: the first
// sizes[i] rows of each fold's Train, all of its Test. Shuffle Train beforehand if
// the rows are ordered.
//
// Intervals are those of CorrectedResampledT, since folds share their rows; with
// one fold, or equal scores, they are the point itself.
//
// Errors: ErrEmpty for no sizes or folds or an empty part, ErrRange for sizes that
// are not ascending from 1 or exceed a fold's Train, ErrNotFinite for a score that
// is not, the callback's own error. Source: scikit-learn 1.9 learning_curve.
func LearningCurve(folds []Fold, sizes []int, level float64, fitScore FitScore) ([]CurvePoint, error) {
	const fn = "metrics.LearningCurve"
	if err := curveInput(fn, folds, level, fitScore); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "sizes", len(sizes)); err != nil {
		return nil, err
	}
	for i, n := range sizes {
		if n < 1 || (i > 0 && n <= sizes[i-1]) {
			return nil, fmt.Errorf("%s: sizes: need ascending numbers from 1, have %d at index %d: %w", fn, n, i, mlgauge.ErrRange)
		}
		for k, f := range folds {
			if n > len(f.Train) {
				return nil, fmt.Errorf("%s: sizes: need at most the %d training rows of fold %d, have %d: %w", fn, len(f.Train), k, n, mlgauge.ErrRange)
			}
		}
	}
	curve := make([]CurvePoint, len(sizes))
	for i, n := range sizes {
		p, err := curvePoint(fn, float64(n), level, folds, func(f Fold) (float64, float64, error) {
			return fitScore(0, f.Train[:n:n], f.Test)
		}, n)
		if err != nil {
			return nil, err
		}
		curve[i] = p
	}
	return curve, nil
}

// ValidationCurve scores a model at each value of a parameter, on all rows of
// each fold.
//
// Errors: as LearningCurve, ErrNotFinite for a parameter that is NaN. Source:
// scikit-learn 1.9 validation_curve.
func ValidationCurve(folds []Fold, params []float64, level float64, fitScore FitScore) ([]CurvePoint, error) {
	const fn = "metrics.ValidationCurve"
	if err := curveInput(fn, folds, level, fitScore); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "params", len(params)); err != nil {
		return nil, err
	}
	if err := check.NoNaN(fn, "params", params); err != nil {
		return nil, err
	}
	curve := make([]CurvePoint, len(params))
	for i, v := range params {
		p, err := curvePoint(fn, v, level, folds, func(f Fold) (float64, float64, error) {
			return fitScore(v, f.Train, f.Test)
		}, len(folds[0].Train))
		if err != nil {
			return nil, err
		}
		curve[i] = p
	}
	return curve, nil
}

func curveInput(fn string, folds []Fold, level float64, fitScore FitScore) error {
	if err := check.Level(fn, level); err != nil {
		return err
	}
	if err := check.NotEmpty(fn, "folds", len(folds)); err != nil {
		return err
	}
	if fitScore == nil {
		return fmt.Errorf("%s: fitScore: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	for k, f := range folds {
		if len(f.Train) == 0 || len(f.Test) == 0 {
			return fmt.Errorf("%s: folds: need rows to train and to test on, have %d and %d in fold %d: %w", fn, len(f.Train), len(f.Test), k, mlgauge.ErrEmpty)
		}
	}
	return nil
}

func curvePoint(fn string, x, level float64, folds []Fold, score func(Fold) (float64, float64, error), nTrain int) (CurvePoint, error) {
	p := CurvePoint{X: x}
	gap := make([]float64, len(folds))
	for k, f := range folds {
		train, test, err := score(f)
		if err != nil {
			return CurvePoint{}, fmt.Errorf("%s: at %v, fold %d: %w", fn, x, k, err)
		}
		if train*0 != 0 || test*0 != 0 {
			return CurvePoint{}, fmt.Errorf("%s: need finite scores, have %v and %v at %v, fold %d: %w", fn, train, test, x, k, mlgauge.ErrNotFinite)
		}
		p.TrainScores = append(p.TrainScores, train)
		p.TestScores = append(p.TestScores, test)
		gap[k] = train - test
	}
	nTest := len(folds[0].Test)
	p.Train = foldInterval(p.TrainScores, nTrain, nTest, level)
	p.Test = foldInterval(p.TestScores, nTrain, nTest, level)
	p.Gap = foldInterval(gap, nTrain, nTest, level)
	return p, nil
}

// foldInterval returns the corrected interval of a mean over folds; the point
// itself where there is none.
func foldInterval(v []float64, nTrain, nTest int, level float64) Interval {
	if r, err := CorrectedResampledT(v, nTrain, nTest); err == nil {
		if i, err := r.Interval(level); err == nil {
			return i
		}
	}
	var s sum
	for _, x := range v {
		s.add(x)
	}
	m := s.value() / float64(len(v))
	return Interval{Value: m, Low: m, High: m, Level: level}
}

// TrainSizes returns the training sizes at fractions of n rows, rounded down,
// without repeats: 0.1, 0.325, 0.55, 0.775, 1 is scikit-learn's default.
//
// Errors: ErrEmpty, ErrRange for fractions outside (0, 1], not ascending, or so
// small that no row is left.
func TrainSizes(n int, fractions []float64) ([]int, error) {
	const fn = "metrics.TrainSizes"
	if err := check.NotEmpty(fn, "fractions", len(fractions)); err != nil {
		return nil, err
	}
	var sizes []int
	for i, f := range fractions {
		if !(f > 0 && f <= 1) || (i > 0 && f < fractions[i-1]) {
			return nil, fmt.Errorf("%s: fractions: need ascending numbers in (0, 1], have %v at index %d: %w", fn, f, i, mlgauge.ErrRange)
		}
		k := int(f * float64(n))
		if k < 1 {
			return nil, fmt.Errorf("%s: fractions: need at least one row, have %v of %d: %w", fn, f, n, mlgauge.ErrRange)
		}
		if len(sizes) == 0 || k > sizes[len(sizes)-1] {
			sizes = append(sizes, k)
		}
	}
	return sizes, nil
}

// A Fit is how well a model fits, as Diagnose judges it.
type Fit uint8

const (
	// GoodFit is neither of the others.
	GoodFit Fit = iota
	// Overfit is a training score clearly above the test score.
	Overfit
	// Underfit is a training score below what is wanted.
	Underfit
	// OverAndUnderfit is both at once.
	OverAndUnderfit
)

// String returns the verdict in words.
func (f Fit) String() string {
	switch f {
	case GoodFit:
		return "good fit"
	case Overfit:
		return "overfitting"
	case Underfit:
		return "underfitting"
	case OverAndUnderfit:
		return "overfitting and underfitting"
	}
	return fmt.Sprintf("Fit(%d)", uint8(f))
}

// A Diagnosis is what a curve says about over- and underfitting.
type Diagnosis struct {
	Fit      Fit
	Gap      Interval // train minus test at the judged point
	Train    Interval
	Test     Interval
	MoreData bool   // the test score still rises with the last step of the curve
	Reason   string // the numbers behind the verdict, in a sentence
}

// Diagnose judges the last point of a learning curve, or any point given alone.
//
// The rules, for scores of which larger is better:
//
//	overfitting    the lower limit of the interval of train - test exceeds maxGap
//	underfitting   the upper limit of the interval of train is below wanted
//	more data      the test score rose from the point before by more than half of
//	               the width of its interval there
//
// wanted is the training score below which the model is too simple: a
// DummyClassifier's or an earlier model's, or what the task needs.
//
// Errors: ErrEmpty for no point, ErrNotFinite for NaN, ErrRange for maxGap below
// 0.
func Diagnose(curve []CurvePoint, wanted, maxGap float64) (Diagnosis, error) {
	const fn = "metrics.Diagnose"
	if err := check.NotEmpty(fn, "curve", len(curve)); err != nil {
		return Diagnosis{}, err
	}
	if err := check.NoNaN(fn, "wanted", []float64{wanted}); err != nil {
		return Diagnosis{}, err
	}
	if err := check.In(fn, "maxGap", maxGap, 0, math.MaxFloat64); err != nil {
		return Diagnosis{}, err
	}
	p := curve[len(curve)-1]
	d := Diagnosis{Gap: p.Gap, Train: p.Train, Test: p.Test}
	over, under := p.Gap.Low > maxGap, p.Train.High < wanted
	switch {
	case over && under:
		d.Fit = OverAndUnderfit
	case over:
		d.Fit = Overfit
	case under:
		d.Fit = Underfit
	}
	if len(curve) > 1 {
		before := curve[len(curve)-2].Test
		rise := p.Test.Value - before.Value
		d.MoreData = rise > 0 && rise > (before.High-before.Low)/2
	}
	d.Reason = fmt.Sprintf("%s: train %.4g [%.4g, %.4g] (wanted %.4g), test %.4g [%.4g, %.4g], gap %.4g [%.4g, %.4g] (at most %.4g)",
		d.Fit, p.Train.Value, p.Train.Low, p.Train.High, wanted, p.Test.Value, p.Test.Low, p.Test.High, p.Gap.Value, p.Gap.Low, p.Gap.High, maxGap)
	return d, nil
}
