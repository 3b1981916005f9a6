package experiment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Sample is what the tests of means need of one arm: count, mean and variance.
// The zero value is ready. Copying it copies the state.
type Sample struct{ m moments.Moments }

// NewSample returns the sample with the given count, mean and standard deviation
// (n-1), as read from a report.
//
// Errors: mlgauge.ErrRange for n < 1 or a negative deviation, mlgauge.ErrNotFinite.
func NewSample(n int, mean, std float64) (Sample, error) {
	const fn = "experiment.NewSample"
	if err := first(check.AtLeast(fn, "n", n, 1), check.Finite(fn, "mean", []float64{mean}), check.In(fn, "std", std, 0, math.MaxFloat64)); err != nil {
		return Sample{}, err
	}
	w := float64(n)
	return Sample{m: moments.Of(w, mean, 0, std*std*(w-1))}, nil
}

// Add adds the values of x.
//
// Errors: mlgauge.ErrNotFinite for NaN and infinities, and where the variance
// would overflow; s is then as it was.
func (s *Sample) Add(x []float64) error {
	const fn = "experiment.Sample.Add"
	m := s.m
	moments.Add(&m, x)
	if m.M2*0 != 0 { // NaN and infinities show in the variance
		if err := check.Finite(fn, "x", x); err != nil {
			return err
		}
	}
	return s.set(fn, m)
}

// AddWeighted adds the values of x as if each stood w times; weights are numbers
// of repeated rows, which need not be whole.
//
// Errors: as Add; mlgauge.ErrLength; mlgauge.ErrRange for a negative weight.
func (s *Sample) AddWeighted(x, w []float64) error {
	const fn = "experiment.Sample.AddWeighted"
	if err := first(check.Weights(fn, "w", len(x), w), check.Finite(fn, "x", x)); err != nil {
		return err
	}
	m := s.m
	moments.AddWeighted(&m, x, w)
	return s.set(fn, m)
}

// Merge adds what o holds.
//
// Errors: mlgauge.ErrNotFinite where the variance would overflow; s is then as it
// was.
func (s *Sample) Merge(o *Sample) error {
	m := s.m
	m.Merge(&o.m)
	return s.set("experiment.Sample.Merge", m)
}

func (s *Sample) set(fn string, m moments.Moments) error {
	if math.IsInf(m.M2, 0) || math.IsNaN(m.M2) || math.IsInf(m.W, 0) {
		return fmt.Errorf("%s: need values whose squared deviations have a finite sum: %w", fn, mlgauge.ErrNotFinite)
	}
	// Third and fourth moments are not kept by Add: a state must not depend on
	// which way it came.
	m.M3, m.M4 = 0, 0
	s.m = m
	return nil
}

// Reset empties s.
func (s *Sample) Reset() { *s = Sample{} }

// N returns the number of values, or the sum of the weights.
func (s *Sample) N() float64 { return s.m.W }

// Mean returns the mean; mlgauge.ErrEmpty for an empty sample.
func (s *Sample) Mean() (float64, error) {
	if s.m.W == 0 {
		return math.NaN(), fmt.Errorf("experiment.Sample.Mean: need at least one value, have none: %w", mlgauge.ErrEmpty)
	}
	return s.m.Mean(), nil
}

// Variance returns the variance with n-1; mlgauge.ErrEmpty for an empty sample,
// mlgauge.ErrUndefined for a weight of at most 1.
func (s *Sample) Variance() (float64, error) {
	if err := s.least("experiment.Sample.Variance", "s"); err != nil {
		return math.NaN(), err
	}
	return s.m.Variance(1), nil
}

// least reports a sample without a variance.
func (s *Sample) least(fn, arg string) error {
	if s == nil || s.m.W == 0 {
		return fmt.Errorf("%s: %s: need at least two values, have none: %w", fn, arg, mlgauge.ErrEmpty)
	}
	if s.m.W <= 1 {
		return fmt.Errorf("%s: %s: need at least two values, have %v: %w", fn, arg, s.m.W, mlgauge.ErrUndefined)
	}
	return nil
}

// Interval returns the mean with Student's interval,
//
//	mean +- t(n-1) s / sqrt(n)
//
// Errors: those of Variance; mlgauge.ErrRange for a level outside (0, 1).
func (s *Sample) Interval(level float64) (metrics.Interval, error) {
	const fn = "experiment.Sample.Interval"
	if err := first(check.Level(fn, level), s.least(fn, "s")); err != nil {
		return metrics.Interval{}, err
	}
	h := tQuantile((1+level)/2, s.m.W-1) * math.Sqrt(s.m.Variance(1)/s.m.W)
	v := s.m.Mean()
	return metrics.Interval{Value: v, Low: v - h, High: v + h, Level: level}, nil
}

const sampleTag = "experiment.sample/1"

// MarshalBinary writes the state; it never fails.
func (s *Sample) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(sampleTag)
	s.m.Append(w)
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. Damaged bytes are
// mlgauge.ErrCorrupt and leave s as it was.
func (s *Sample) UnmarshalBinary(data []byte) error {
	const fn = "experiment.Sample.UnmarshalBinary"
	r := codec.NewReader(fn, sampleTag, data)
	m := moments.Read(r)
	if r.Err() == nil && (math.IsInf(m.W, 0) || math.IsInf(m.M2, 0) || m.M3 != 0 || m.M4 != 0 || (m.W > 0 && m.Mean()-m.Mean() != 0)) {
		r.Fail("need finite moments")
	}
	if err := r.Close(); err != nil {
		return err
	}
	s.m = m
	return nil
}

// manyDegrees is where gonum's incomplete beta function, and with it Student's
// distribution, begins to lose digits: 1e-13 at 1e3, 1e-10 at 1e6.
const manyDegrees = 200

// normalDegrees is where Student's distribution is the normal one to all digits.
const normalDegrees = 1e17

func tQuantile(p, df float64) float64 {
	if df > normalDegrees {
		return distuv.UnitNormal.Quantile(p)
	}
	d := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	q := d.Quantile(p)
	if df > manyDegrees && q != 0 {
		q -= (tCDF(df)(q) - p) / d.Prob(q)
	}
	return q
}

func tCDF(df float64) func(float64) float64 {
	if df <= manyDegrees {
		return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF
	}
	if df > normalDegrees {
		return distuv.UnitNormal.CDF
	}
	return func(t float64) float64 {
		switch {
		case t < 0:
			return noncentralT(-t, df, 0)
		case t > 0:
			return 1 - noncentralT(t, df, 0)
		}
		return 0.5
	}
}

func chiSquaredSurvival(x, df float64) float64 {
	return distuv.ChiSquared{K: df}.Survival(x)
}
