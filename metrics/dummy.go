package metrics

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// ClassBaseline says what a DummyClassifier predicts.
type ClassBaseline uint8

const (
	// Prior predicts the most frequent class, with the frequencies as
	// probabilities.
	Prior ClassBaseline = iota
	// MostFrequent predicts the most frequent class with probability 1.
	MostFrequent
	// Stratified draws classes by their frequencies.
	Stratified
	// UniformClass draws classes with equal probability.
	UniformClass
	// ConstantClass predicts the class in Constant.
	ConstantClass
)

// DummyClassifier predicts without looking at features: the score to beat. The
// zero value is ready to Fit.
type DummyClassifier[L cmp.Ordered] struct {
	Strategy ClassBaseline // options
	Constant L             // for ConstantClass
	Seed     uint64        // for Stratified and UniformClass

	Classes []L       // fitted: in order
	Priors  []float64 // fitted: their shares
}

// Fit counts the classes.
//
// Errors: ErrEmpty, ErrRange for an unknown strategy, ErrUnknownCategory where
// Constant is not among the labels; the receiver is then unchanged. Source:
// scikit-learn 1.9 DummyClassifier.
func (d *DummyClassifier[L]) Fit(y []L) error { return d.fit("metrics.DummyClassifier.Fit", y, nil) }

// FitWeighted counts the classes by weight.
//
// Errors: as Fit, ErrLength, ErrNotFinite and ErrRange for bad weights,
// ErrUndefined if all are 0.
func (d *DummyClassifier[L]) FitWeighted(y []L, weights []float64) error {
	const fn = "metrics.DummyClassifier.FitWeighted"
	if err := check.Weights(fn, "weights", len(y), weights); err != nil {
		return err
	}
	if len(y) > 0 {
		if _, err := check.Sum(fn, "weights", weights); err != nil {
			return err
		}
	}
	return d.fit(fn, y, weights)
}

func (d *DummyClassifier[L]) fit(fn string, y []L, w []float64) error {
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return err
	}
	if d.Strategy > ConstantClass {
		return check.Option(fn, "Strategy", d.Strategy)
	}
	counts := map[L]float64{}
	var total float64
	for i, v := range y {
		if v != v {
			return fmt.Errorf("%s: y: need labels, have NaN at index %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		counts[v] += wi
		total += wi
	}
	classes := make([]L, 0, len(counts))
	for v := range counts {
		classes = append(classes, v)
	}
	slices.Sort(classes)
	if d.Strategy == ConstantClass && !slices.Contains(classes, d.Constant) {
		return fmt.Errorf("%s: Constant: need a label of the data, have %v: %w", fn, d.Constant, mlgauge.ErrUnknownCategory)
	}
	d.Classes = classes
	d.Priors = make([]float64, len(classes))
	for k, v := range classes {
		d.Priors[k] = counts[v] / total
	}
	return nil
}

func (d *DummyClassifier[L]) ready(fn string, n int) error {
	switch {
	case len(d.Classes) == 0:
		return check.NotFitted(fn)
	case len(d.Priors) != len(d.Classes):
		return check.Length(fn, "Priors", len(d.Classes), len(d.Priors))
	case d.Strategy > ConstantClass:
		return check.Option(fn, "Strategy", d.Strategy)
	}
	return check.AtLeast(fn, "n", n, 1)
}

// pick returns a function that gives the class of the next row.
func (d *DummyClassifier[L]) pick() func() int {
	k := 0
	switch d.Strategy {
	case ConstantClass:
		k = max(0, slices.Index(d.Classes, d.Constant))
	case Prior, MostFrequent:
		for j, v := range d.Priors {
			if v > d.Priors[k] {
				k = j
			}
		}
	case UniformClass:
		r := rand.New(rand.NewPCG(d.Seed, 0))
		return func() int { return r.IntN(len(d.Classes)) }
	case Stratified:
		r := rand.New(rand.NewPCG(d.Seed, 0))
		return func() int {
			u := r.Float64()
			for j, v := range d.Priors {
				if u -= v; u < 0 {
					return j
				}
			}
			return len(d.Priors) - 1
		}
	}
	return func() int { return k }
}

// Predict returns the baseline's labels for n rows. The most frequent class is
// the first in order among equals. Random strategies give the same labels for the
// same seed; they are not numpy's.
//
// Errors: ErrNotFitted, ErrRange for n below 1.
func (d *DummyClassifier[L]) Predict(n int) ([]L, error) {
	if err := d.ready("metrics.DummyClassifier.Predict", n); err != nil {
		return nil, err
	}
	next := d.pick()
	y := make([]L, n)
	for i := range y {
		y[i] = d.Classes[next()]
	}
	return y, nil
}

// PredictProba returns the baseline's probabilities, one row per case and one
// column per class: the frequencies for Prior, equal ones for UniformClass, else
// 1 for the class that Predict gives.
//
// Errors: as Predict.
func (d *DummyClassifier[L]) PredictProba(n int) (*mat.Dense, error) {
	if err := d.ready("metrics.DummyClassifier.PredictProba", n); err != nil {
		return nil, err
	}
	k := len(d.Classes)
	p := mat.NewDense(n, k, nil)
	next := d.pick()
	for i := range n {
		row := p.RawRowView(i)
		switch d.Strategy {
		case Prior:
			copy(row, d.Priors)
		case UniformClass:
			for j := range row {
				row[j] = 1 / float64(k)
			}
		default:
			row[next()] = 1
		}
	}
	return p, nil
}

// ValueBaseline says what a DummyRegressor predicts.
type ValueBaseline uint8

const (
	// MeanValue predicts the mean.
	MeanValue ValueBaseline = iota
	// MedianValue predicts the median.
	MedianValue
	// QuantileValue predicts the quantile in Q.
	QuantileValue
	// ConstantValue predicts the number in Constant.
	ConstantValue
)

// DummyRegressor predicts one number without looking at features: the score to
// beat. The zero value is ready to Fit and predicts the mean, which has R2 = 0 on
// the data it was fitted on.
type DummyRegressor struct {
	Strategy ValueBaseline // options
	Q        float64       // for QuantileValue, in [0, 1]
	Constant float64       // for ConstantValue

	Value  float64 // fitted
	Fitted bool
}

// Fit finds the number. Quantiles are linearly interpolated.
//
// Errors: ErrEmpty, ErrNotFinite, ErrRange for an unknown strategy or Q outside
// [0, 1]; the receiver is then unchanged. Source: scikit-learn 1.9
// DummyRegressor.
func (d *DummyRegressor) Fit(y []float64) error { return d.fit("metrics.DummyRegressor.Fit", y, nil) }

// FitWeighted finds the number with weights; median and quantile are then the
// inverted distribution function (a value of the data), as scikit-learn has it.
//
// Errors: as Fit, ErrLength, ErrRange for a negative weight, ErrUndefined if all
// are 0.
func (d *DummyRegressor) FitWeighted(y, weights []float64) error {
	const fn = "metrics.DummyRegressor.FitWeighted"
	if err := check.Weights(fn, "weights", len(y), weights); err != nil {
		return err
	}
	if len(y) > 0 {
		if _, err := check.Sum(fn, "weights", weights); err != nil {
			return err
		}
	}
	return d.fit(fn, y, weights)
}

func (d *DummyRegressor) fit(fn string, y, w []float64) error {
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return err
	}
	var v float64
	switch d.Strategy {
	case MeanValue:
		var m moments.Moments
		if w == nil {
			moments.Add(&m, y)
		} else {
			moments.AddWeighted(&m, y, w)
		}
		var err error
		if v, err = finite(fn, m.Mean()); err != nil {
			return err
		}
	case MedianValue, QuantileValue:
		q := 0.5
		if d.Strategy == QuantileValue {
			q = d.Q
		}
		if err := check.In(fn, "Q", q, 0, 1); err != nil {
			return err
		}
		if w == nil {
			s := slices.Clone(y)
			kernel.SortFloat64s(s)
			v = quantileSorted(s, q)
		} else {
			v = weightedQuantile(y, w, q, false)
		}
	case ConstantValue:
		if err := check.Finite(fn, "Constant", []float64{d.Constant}); err != nil {
			return err
		}
		v = d.Constant
	default:
		return check.Option(fn, "Strategy", d.Strategy)
	}
	d.Value, d.Fitted = v, true
	return nil
}

// Predict writes the number to dst, or to a fresh slice of n values if dst is
// nil, and returns it.
//
// Errors: ErrNotFitted, ErrRange for n below 1, ErrLength for a dst of another
// length.
func (d *DummyRegressor) Predict(dst []float64, n int) ([]float64, error) {
	const fn = "metrics.DummyRegressor.Predict"
	if !d.Fitted {
		return nil, check.NotFitted(fn)
	}
	if err := check.AtLeast(fn, "n", n, 1); err != nil {
		return nil, err
	}
	if dst == nil {
		dst = make([]float64, n)
	}
	if err := check.Length(fn, "dst", n, len(dst)); err != nil {
		return nil, err
	}
	for i := range dst {
		dst[i] = d.Value
	}
	return dst, nil
}

// UnmarshalJSON restores what json.Marshal wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (d *DummyClassifier[L]) UnmarshalJSON(data []byte) error {
	const fn = "metrics.DummyClassifier.UnmarshalJSON"
	type plain DummyClassifier[L]
	var v plain
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%s: %v: %w", fn, err, mlgauge.ErrCorrupt)
	}
	var s float64
	for k, p := range v.Priors {
		if !(p >= 0 && p <= 1) || k >= len(v.Classes) || (k > 0 && !(v.Classes[k] > v.Classes[k-1])) {
			return fmt.Errorf("%s: need ascending classes and shares in [0, 1]: %w", fn, mlgauge.ErrCorrupt)
		}
		s += p
	}
	if v.Strategy > ConstantClass || len(v.Priors) != len(v.Classes) || (len(v.Priors) > 0 && math.Abs(s-1) > 1e-9) ||
		(v.Strategy == ConstantClass && len(v.Classes) > 0 && !slices.Contains(v.Classes, v.Constant)) {
		return fmt.Errorf("%s: need a consistent state: %w", fn, mlgauge.ErrCorrupt)
	}
	*d = DummyClassifier[L](v)
	return nil
}

// UnmarshalJSON restores what json.Marshal wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (d *DummyRegressor) UnmarshalJSON(data []byte) error {
	type plain DummyRegressor
	var v plain
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("metrics.DummyRegressor.UnmarshalJSON: %v: %w", err, mlgauge.ErrCorrupt)
	}
	if v.Strategy > ConstantValue || !(v.Q >= 0 && v.Q <= 1) {
		return fmt.Errorf("metrics.DummyRegressor.UnmarshalJSON: need options that exist: %w", mlgauge.ErrCorrupt)
	}
	*d = DummyRegressor(v)
	return nil
}
