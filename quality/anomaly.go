package quality

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// An Anomaly is a point of a history of metrics that is not what the points before
// it made likely.
type Anomaly struct {
	Index     int
	Value     float64
	Low, High float64 // what was expected
}

// RateOfChange finds the points of a history whose ratio to the point before is
// out of bounds,
//
//	x[i] / x[i-1]  outside  [MaxDecrease, MaxIncrease]
//
// Order takes ratios of Order points apart, x[i] / x[i-Order]. A point before that
// is 0 makes the ratio 1 if the point is 0 too, else infinite. Source: Deequ's
// RelativeRateOfChangeStrategy.
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
			if x[i] == 0 {
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
// where mean and std are those of the points before and, as in Deequ, of x[i]
// itself; points found to be anomalies are then taken out of them, unless Keep. The
// first tenth of the history, or Skip, only fills the mean. Source: Deequ's
// OnlineNormalStrategy; Welford (1962).
type OnlineNormal struct {
	LowerFactor, UpperFactor float64 // 0 means 3
	Skip                     float64 // share of the history, in [0, 1]; 0 means 0.1
	Keep                     bool    // let anomalies into the mean
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
		if float64(i) < skip*float64(len(x)) || v >= low && v <= high {
			continue
		}
		if i >= from {
			out = append(out, Anomaly{i, v, low, high})
		}
		if !o.Keep {
			n, mean, s = bn, bm, bs
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

// HoltWinters finds the points further than Factor standard deviations of the
// one-step errors from the forecast of additive exponential smoothing with a
// season of Period points,
//
//	level  l = Alpha (x - s') + (1 - Alpha)(l' + b')
//	trend  b = Beta (l - l') + (1 - Beta) b'
//	season s = Gamma (x - l) + (1 - Gamma) s'
//	forecast of the next point: l + b + its season
//
// started from the means of the first two periods. The errors are those of the
// points before from; the points behind it are forecast one step ahead, an anomaly
// standing in as its forecast. Source: Winters (1960); Deequ fits the three rates,
// here they are given.
type HoltWinters struct {
	Period             int
	Alpha, Beta, Gamma float64 // in [0, 1]; 0 means 0.3, 0.05 and 0.1
	Factor             float64 // 0 means 1.96
}

// Detect returns the anomalies of x[from:]. The error wraps ErrLength if there are
// fewer than two periods and two points before from, otherwise as in
// RateOfChange.Detect.
func (h HoltWinters) Detect(x []float64, from int) ([]Anomaly, error) {
	const fn = "HoltWinters.Detect"
	if err := checkHistory(fn, x, from); err != nil {
		return nil, err
	}
	if err := check.AtLeast(fn, "Period", h.Period, 2); err != nil {
		return nil, err
	}
	p := h.Period
	if p > len(x) || from < 2*p+2 {
		return nil, fmt.Errorf("%s: from: need two periods of %d and two points before it, have %d: %w", fn, p, from, mlgauge.ErrLength)
	}
	alpha, beta, gamma, factor := orElse(h.Alpha, 0.3), orElse(h.Beta, 0.05), orElse(h.Gamma, 0.1), orElse(h.Factor, 1.96)
	for _, v := range []float64{alpha, beta, gamma} {
		if err := check.In(fn, "rate", v, 0, 1); err != nil {
			return nil, err
		}
	}
	if err := check.In(fn, "Factor", factor, 0, math.MaxFloat64); err != nil {
		return nil, err
	}
	var m1, m2 float64
	for i := range p {
		m1 += x[i] / float64(p)
		m2 += x[p+i] / float64(p)
	}
	trend := (m2 - m1) / float64(p)
	season := make([]float64, p)
	mid := float64(p-1) / 2
	for i := range season {
		season[i] = (x[i] - m1 - (float64(i)-mid)*trend + x[p+i] - m2 - (float64(i)-mid)*trend) / 2
	}
	level := m2 + trend*mid
	var out []Anomaly
	var n, errs float64
	for i := 2 * p; i < len(x); i++ {
		s := season[i%p]
		f := level + trend + s
		v := x[i]
		if i < from {
			n++
			errs += (v - f) * (v - f)
		} else if width := factor * math.Sqrt(errs/n); math.Abs(v-f) > width {
			out = append(out, Anomaly{i, v, f - width, f + width})
			v = f
		}
		before := level
		level = alpha*(v-s) + (1-alpha)*(level+trend)
		trend = beta*(level-before) + (1-beta)*trend
		season[i%p] = gamma*(v-level) + (1-gamma)*s
	}
	return out, nil
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
