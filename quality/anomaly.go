package quality

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// An Anomaly is a point of a history of metrics that is not what the points before
// it made likely.
type Anomaly struct {
	Index     int
	Value     float64
	Low, High float64 // what was expected
}

// A Detector finds the anomalies of a history of metrics.
type Detector interface {
	// Detect returns the anomalies of x[from:].
	Detect(x []float64, from int) ([]Anomaly, error)
}

// Thresholds finds the points of a history outside [Low, High]; either may be
// infinite. Source: Deequ's SimpleThresholdStrategy.
type Thresholds struct{ Low, High float64 }

// Detect returns the anomalies of x[from:]. The error wraps ErrNotFinite for a point
// that is not finite, ErrRange for from outside x and for bounds out of order.
func (t Thresholds) Detect(x []float64, from int) ([]Anomaly, error) {
	const fn = "Thresholds.Detect"
	if err := checkHistory(fn, x, from); err != nil {
		return nil, err
	}
	if !(t.Low <= t.High) {
		return nil, fmt.Errorf("%s: need Low <= High, have %v and %v: %w", fn, t.Low, t.High, mlgauge.ErrRange)
	}
	var out []Anomaly
	for i := from; i < len(x); i++ {
		if x[i] < t.Low || x[i] > t.High {
			out = append(out, Anomaly{i, x[i], t.Low, t.High})
		}
	}
	return out, nil
}

// AbsoluteChange finds the points of a history whose difference of some order is
// outside [MaxDecrease, MaxIncrease]: for order 1
//
//	x[i] - x[i-1],
//
// for order k the difference of two differences of order k-1. Either bound may be
// infinite; a decrease is negative. The first Order points are never found. Source:
// Deequ's AbsoluteChangeStrategy.
type AbsoluteChange struct {
	MaxDecrease, MaxIncrease float64
	Order                    int // 0 means 1
}

// Detect returns the anomalies of x[from:]. The error wraps ErrNotFinite for a point
// that is not finite, ErrRange for from outside x, bounds out of order and an order
// that is negative or above 30.
func (a AbsoluteChange) Detect(x []float64, from int) ([]Anomaly, error) {
	const fn = "AbsoluteChange.Detect"
	if err := checkHistory(fn, x, from); err != nil {
		return nil, err
	}
	if !(a.MaxDecrease <= a.MaxIncrease) || a.Order < 0 || a.Order > 30 {
		return nil, fmt.Errorf("%s: need MaxDecrease <= MaxIncrease and an order in [0, 30], have %v, %v and %d: %w", fn, a.MaxDecrease, a.MaxIncrease, a.Order, mlgauge.ErrRange)
	}
	order := max(1, a.Order)
	var out []Anomaly
	d := make([]float64, order+1)
	for i := max(from, order); i < len(x); i++ {
		copy(d, x[i-order:i+1])
		for k := order; k > 0; k-- {
			for j := range k {
				d[j] = d[j+1] - d[j]
			}
		}
		if change := d[0]; change < a.MaxDecrease || change > a.MaxIncrease {
			expected := x[i] - change
			out = append(out, Anomaly{i, x[i], expected + a.MaxDecrease, expected + a.MaxIncrease})
		}
	}
	return out, nil
}

// BatchNormal finds the points further from the mean than some standard deviations,
//
//	|x[i] - mean| > LowerFactor or UpperFactor * std
//
// where mean and std (that of a sample, by n-1) are those of the points before from,
// or with Include of all. Source: Deequ's BatchNormalStrategy.
type BatchNormal struct {
	LowerFactor, UpperFactor float64 // 0 means 3
	Include                  bool    // the points looked at are in the mean and the deviation
}

// Detect returns the anomalies of x[from:]. The error wraps ErrLength if the mean is
// of fewer than two points, otherwise as in RateOfChange.Detect.
func (b BatchNormal) Detect(x []float64, from int) ([]Anomaly, error) {
	const fn = "BatchNormal.Detect"
	if err := checkHistory(fn, x, from); err != nil {
		return nil, err
	}
	lower, upper := orElse(b.LowerFactor, 3), orElse(b.UpperFactor, 3)
	for _, f := range []float64{lower, upper} {
		if err := check.In(fn, "factor", f, 0, math.MaxFloat64); err != nil {
			return nil, err
		}
	}
	base := x[:from]
	if b.Include {
		base = x
	}
	if len(base) < 2 {
		return nil, fmt.Errorf("%s: from: need two points before it, have %d: %w", fn, len(base), mlgauge.ErrLength)
	}
	var m moments.Moments
	moments.Add(&m, base)
	std := math.Sqrt(m.Variance(1))
	t := Thresholds{m.Mean() - lower*std, m.Mean() + upper*std}
	return t.Detect(x, from)
}

// RateOfChange finds the points of a history whose ratio to the point before is
// out of bounds,
//
//	x[i] / x[i-1]  outside  [MaxDecrease, MaxIncrease]
//
// Order takes ratios of Order points apart, x[i] / x[i-Order]. A point before that
// is 0 makes the ratio 1 if the point is 0 too, else infinite, with the sign of the
// point. Source: Deequ's RelativeRateOfChangeStrategy, which takes a point behind
// a zero for an anomaly where there is no MaxIncrease.
type RateOfChange struct {
	MaxDecrease float64 // least ratio; 0 means no bound
	MaxIncrease float64 // greatest ratio; 0 means no bound
	Order       int     // 0 means 1
}

// Detect returns the anomalies of x[from:]. The error wraps ErrNotFinite for a point
// that is not finite, ErrRange for from outside x and for bounds that are negative
// or both absent.
func (r RateOfChange) Detect(x []float64, from int) ([]Anomaly, error) {
	const fn = "RateOfChange.Detect"
	if err := checkHistory(fn, x, from); err != nil {
		return nil, err
	}
	order := max(1, r.Order)
	hi := r.MaxIncrease
	if hi == 0 {
		hi = math.Inf(1)
	}
	if !(r.MaxDecrease >= 0) || !(hi >= r.MaxDecrease) || r.Order < 0 || r.MaxDecrease == 0 && r.MaxIncrease == 0 {
		return nil, fmt.Errorf("%s: need 0 <= MaxDecrease <= MaxIncrease, one of them set, have %v and %v: %w", fn, r.MaxDecrease, r.MaxIncrease, mlgauge.ErrRange)
	}
	var out []Anomaly
	for i := max(from, order); i < len(x); i++ {
		before := x[i-order]
		ratio := x[i] / before
		if before == 0 {
			ratio = math.Inf(1)
			if x[i] < 0 {
				ratio = math.Inf(-1)
			} else if x[i] == 0 {
				ratio = 1
			}
		}
		if ratio < r.MaxDecrease || ratio > hi {
			low, high := before*r.MaxDecrease, math.Inf(1)
			if r.MaxIncrease != 0 {
				high = before * hi
			}
			out = append(out, Anomaly{i, x[i], math.Min(low, high), math.Max(low, high)})
		}
	}
	return out, nil
}

// OnlineNormal finds the points further from the running mean than some running
// standard deviations,
//
//	|x[i] - mean| > LowerFactor or UpperFactor * std
//
// where mean and std (of the population) are those of the points before and, as in
// Deequ, of x[i] itself: a point among n is never further than (n-1)/sqrt(n) of
// them. Anomalies of x[from:] are then taken out of them, unless Keep. The first
// tenth of the history, or Skip, only fills the mean. Source: Deequ's
// OnlineNormalStrategy; Welford (1962).
type OnlineNormal struct {
	LowerFactor, UpperFactor float64 // 0 means 3
	Skip                     float64 // share of the history, in [0, 1]; 0 means 0.1
	Keep                     bool    // let anomalies into the mean

	// CountAnomalies still counts anomalies that were taken out, as Deequ does: from
	// there on its mean moves by 1/i of a difference and not by 1/n, and its
	// deviation is too small.
	CountAnomalies bool
}

// Detect returns the anomalies of x[from:]. Errors are those of RateOfChange.Detect.
func (o OnlineNormal) Detect(x []float64, from int) ([]Anomaly, error) {
	const fn = "OnlineNormal.Detect"
	if err := checkHistory(fn, x, from); err != nil {
		return nil, err
	}
	lower, upper, skip := orElse(o.LowerFactor, 3), orElse(o.UpperFactor, 3), orElse(o.Skip, 0.1)
	for _, f := range []float64{lower, upper} {
		if err := check.In(fn, "factor", f, 0, math.MaxFloat64); err != nil {
			return nil, err
		}
	}
	if err := check.In(fn, "Skip", skip, 0, 1); err != nil {
		return nil, err
	}
	var out []Anomaly
	var n, mean, s float64
	for i, v := range x {
		bn, bm, bs := n, mean, s
		n++
		d := v - mean
		mean += d / n
		s += d * (v - mean)
		std := math.Sqrt(s / n)
		low, high := mean-lower*std, mean+upper*std
		if i < from || float64(i) < skip*float64(len(x)) || v >= low && v <= high {
			continue
		}
		out = append(out, Anomaly{i, v, low, high})
		if !o.Keep {
			mean, s = bm, bs
			if !o.CountAnomalies {
				n = bn
			}
		}
	}
	return out, nil
}

func orElse(v, otherwise float64) float64 {
	if v == 0 {
		return otherwise
	}
	return v
}

func checkHistory(fn string, x []float64, from int) error {
	if err := check.Finite(fn, "x", x); err != nil {
		return err
	}
	if from < 0 || from > len(x) {
		return fmt.Errorf("%s: from: need an index in [0, %d], have %d: %w", fn, len(x), from, mlgauge.ErrRange)
	}
	return nil
}
