package quality

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// HoltWinters finds the points further than Factor times the root of the mean
// squared one-step error from the forecast of additive exponential smoothing with a
// season of Period points,
//
//	level  l[t+1] = Alpha (x[t] - s[t]) + (1 - Alpha)(l[t] + b[t])
//	trend  b[t+1] = Beta (l[t+1] - l[t]) + (1 - Beta) b[t]
//	season s[t+Period] = Gamma (x[t] - l[t] - b[t]) + (1 - Gamma) s[t]
//	forecast of x[t]: l[t] + b[t] + s[t]
//
// started from the mean of the first period, the difference of the means of the
// first two over Period, and the first period less its mean. The errors are those of
// the points before from; the points behind it are forecast from those before it
// alone, a forecast standing in for each. Source: Deequ's HoltWinters; Winters
// (1960); Hyndman and Athanasopoulos, Forecasting (2nd edition), 7.3.
type HoltWinters struct {
	Period             int
	Alpha, Beta, Gamma float64 // in [0, 1]; 0 means 0.3, 0.1 and 0.1
	Factor             float64 // 0 means 1.96

	// Fit takes the rates of least squared error instead, on a grid of [0, 1] refined
	// to 1e-4, as Deequ does by L-BFGS-B.
	Fit bool

	// AbsoluteErrors takes the standard deviation of the absolute errors (that of a
	// sample) for the width, as Deequ does; it is too narrow, by two fifths where
	// errors are normal.
	AbsoluteErrors bool
}

// Detect returns the anomalies of x[from:]. The error wraps ErrLength if there are
// fewer than two periods before from, otherwise as in RateOfChange.Detect.
func (h HoltWinters) Detect(x []float64, from int) ([]Anomaly, error) {
	const fn = "HoltWinters.Detect"
	if err := checkHistory(fn, x, from); err != nil {
		return nil, err
	}
	if err := check.AtLeast(fn, "Period", h.Period, 2); err != nil {
		return nil, err
	}
	if h.Period > len(x) || from < 2*h.Period {
		return nil, fmt.Errorf("%s: from: need two periods of %d points before it, have %d: %w", fn, h.Period, from, mlgauge.ErrLength)
	}
	rates := [3]float64{orElse(h.Alpha, 0.3), orElse(h.Beta, 0.1), orElse(h.Gamma, 0.1)}
	for _, v := range rates {
		if err := check.In(fn, "rate", v, 0, 1); err != nil {
			return nil, err
		}
	}
	factor := orElse(h.Factor, 1.96)
	if err := check.In(fn, "Factor", factor, 0, math.MaxFloat64); err != nil {
		return nil, err
	}
	s := newSmoothing(h.Period, len(x))
	if h.Fit {
		rates = s.fit(x[:from])
	}
	var sum, abs, squares float64
	s.run(x[:from], len(x), rates)
	for t, f := range s.forecasts[:from] {
		e := math.Abs(x[t] - f)
		sum += e * e
		abs += e
	}
	n := float64(from)
	width := math.Sqrt(sum / n)
	if h.AbsoluteErrors {
		for t, f := range s.forecasts[:from] {
			d := math.Abs(x[t]-f) - abs/n
			squares += d * d
		}
		width = math.Sqrt(squares / (n - 1))
	}
	width *= factor
	var out []Anomaly
	for t := from; t < len(x); t++ {
		if f := s.forecasts[t]; math.Abs(x[t]-f) > width {
			out = append(out, Anomaly{t, x[t], f - width, f + width})
		}
	}
	return out, nil
}

// smoothing holds the forecasts and the seasons of additive exponential smoothing.
type smoothing struct {
	forecasts, season []float64
	period            int
}

func newSmoothing(period, n int) *smoothing {
	return &smoothing{make([]float64, n), make([]float64, n+period), period}
}

// run forecasts n points from x and returns the sum of the squared errors on x.
func (s *smoothing) run(x []float64, n int, rates [3]float64) float64 {
	p := s.period
	var first, second float64
	for i := range p {
		first += x[i]
		second += x[p+i]
	}
	level := first / float64(p)
	trend := (second - first) / (float64(p) * float64(p))
	for i := range p {
		s.season[i] = x[i] - level
	}
	alpha, beta, gamma := rates[0], rates[1], rates[2]
	var squares float64
	for t := range n {
		f := level + trend + s.season[t]
		s.forecasts[t] = f
		v := f
		if t < len(x) {
			v = x[t]
			squares += (v - f) * (v - f)
		}
		next := alpha*(v-s.season[t]) + (1-alpha)*(level+trend)
		s.season[t+p] = gamma*(v-level-trend) + (1-gamma)*s.season[t]
		trend = beta*(next-level) + (1-beta)*trend
		level = next
	}
	return squares
}

// fit returns the rates of the least squared error on x.
func (s *smoothing) fit(x []float64) [3]float64 {
	best, least := [3]float64{}, math.Inf(1)
	centre, step := [3]float64{0.5, 0.5, 0.5}, 0.1
	for reach := 5; step > 5e-5; reach = 3 {
		for a := -reach; a <= reach; a++ {
			for b := -reach; b <= reach; b++ {
				for g := -reach; g <= reach; g++ {
					r := centre
					for i, k := range []int{a, b, g} {
						r[i] = min(1, max(0, r[i]+float64(k)*step))
					}
					if e := s.run(x, len(x), r); e < least {
						best, least = r, e
					}
				}
			}
		}
		centre = best
		step /= 2
	}
	return best
}
