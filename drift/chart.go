package drift

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Chart is a control chart: points in their order, each with its own center and
// limits. Limits three standard deviations away are the usual ones.
type Chart struct {
	Name   string
	Points []Point
}

// A Point is one plotted statistic. Sigma is the standard deviation of the
// statistic, (Upper - Center)/3 for three-sigma limits.
type Point struct {
	Value, Center, Lower, Upper, Sigma float64
}

// Out tells whether the point is outside its limits.
func (p Point) Out() bool { return p.Value > p.Upper || p.Value < p.Lower }

// OutOfControl returns the indices of the points outside their limits.
func (c Chart) OutOfControl() []int {
	var out []int
	for i, p := range c.Points {
		if p.Out() {
			out = append(out, i)
		}
	}
	return out
}

// samples checks a chart's samples: all of the same size n >= 2, finite.
func samples(fn string, x [][]float64) (n int, err error) {
	if err := check.NotEmpty(fn, "samples", len(x)); err != nil {
		return 0, err
	}
	n = len(x[0])
	for i, s := range x {
		if err := check.Length(fn, fmt.Sprintf("samples[%d]", i), n, len(s)); err != nil {
			return 0, err
		}
		if err := check.Finite(fn, fmt.Sprintf("samples[%d]", i), s); err != nil {
			return 0, err
		}
	}
	return n, check.AtLeast(fn, "sample size", n, 2)
}

func mean(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += (v - x[0]) / float64(len(x))
	}
	return x[0] + s
}

func line(name string, values []float64, center, lower, upper, sigma float64) Chart {
	c := Chart{Name: name, Points: make([]Point, len(values))}
	for i, v := range values {
		c.Points[i] = Point{v, center, lower, upper, sigma}
	}
	return c
}

// XbarR returns the chart of means and the chart of ranges of samples of equal
// size,
//
//	mean +- A2 Rbar,   D3 Rbar to D4 Rbar
//
// with the constants of ChartConstants. It returns ErrEmpty without samples,
// ErrLength where sizes differ, ErrRange for size 1, ErrNotFinite for NaN. Source:
// Montgomery, Introduction to Statistical Quality Control.
func XbarR(x [][]float64) (means, ranges Chart, err error) {
	const fn = "drift.XbarR"
	n, err := samples(fn, x)
	if err != nil {
		return Chart{}, Chart{}, err
	}
	k, err := ChartConstants(n)
	if err != nil {
		return Chart{}, Chart{}, err
	}
	m, r := make([]float64, len(x)), make([]float64, len(x))
	for i, s := range x {
		lo, hi := s[0], s[0]
		for _, v := range s {
			lo, hi = min(lo, v), max(hi, v)
		}
		m[i], r[i] = mean(s), hi-lo
	}
	mbar, rbar := mean(m), mean(r)
	means = line("X-bar", m, mbar, mbar-k.A2*rbar, mbar+k.A2*rbar, k.A2*rbar/3)
	ranges = line("R", r, rbar, k.LowD*rbar, k.UpD*rbar, k.D3/k.D2*rbar)
	return means, ranges, nil
}

// XbarS returns the chart of means and the chart of standard deviations (n-1) of
// samples of equal size,
//
//	mean +- A3 Sbar,   B3 Sbar to B4 Sbar
//
// Errors are those of XbarR.
func XbarS(x [][]float64) (means, deviations Chart, err error) {
	const fn = "drift.XbarS"
	n, err := samples(fn, x)
	if err != nil {
		return Chart{}, Chart{}, err
	}
	k, err := ChartConstants(n)
	if err != nil {
		return Chart{}, Chart{}, err
	}
	m, sd := make([]float64, len(x)), make([]float64, len(x))
	for i, s := range x {
		m[i] = mean(s)
		var q float64
		for _, v := range s {
			q += (v - m[i]) * (v - m[i])
		}
		sd[i] = math.Sqrt(q / float64(n-1))
	}
	mbar, sbar := mean(m), mean(sd)
	means = line("X-bar", m, mbar, mbar-k.A3*sbar, mbar+k.A3*sbar, k.A3*sbar/3)
	deviations = line("S", sd, sbar, k.LowB*sbar, k.UpB*sbar, (k.UpB-1)*sbar/3)
	return means, deviations, nil
}

// Individuals returns the chart of single values and the chart of their moving
// ranges of two,
//
//	mean +- E2 MRbar,   0 to D4 MRbar       (E2 = 2.6587, D4 = 3.2665)
//
// The moving-range chart has one point less. It returns ErrEmpty for fewer than
// two values, ErrNotFinite for NaN.
func Individuals(x []float64) (values, ranges Chart, err error) {
	const fn = "drift.Individuals"
	if len(x) < 2 {
		return Chart{}, Chart{}, fmt.Errorf("%s: x: need at least 2 values, have %d: %w", fn, len(x), mlgauge.ErrEmpty)
	}
	if err := check.Finite(fn, "x", x); err != nil {
		return Chart{}, Chart{}, err
	}
	k, err := ChartConstants(2)
	if err != nil {
		return Chart{}, Chart{}, err
	}
	r := make([]float64, len(x)-1)
	for i := range r {
		r[i] = math.Abs(x[i+1] - x[i])
	}
	m, rbar := mean(x), mean(r)
	values = line("I", x, m, m-k.E2*rbar, m+k.E2*rbar, rbar/k.D2)
	ranges = line("MR", r, rbar, k.LowD*rbar, k.UpD*rbar, k.D3/k.D2*rbar)
	return values, ranges, nil
}

// counts checks the arguments of the attribute charts.
func counts(fn, what string, x []float64, size []float64, atMost bool) error {
	if err := check.Pair(fn, what, len(x), "sizes", len(size)); err != nil {
		return err
	}
	if err := check.Weights(fn, what, len(x), x); err != nil {
		return err
	}
	if err := check.Weights(fn, "sizes", len(size), size); err != nil {
		return err
	}
	for i, n := range size {
		if n == 0 {
			return fmt.Errorf("%s: sizes: need sizes above 0, have 0 at index %d: %w", fn, i, mlgauge.ErrRange)
		}
		if atMost && x[i] > n {
			return fmt.Errorf("%s: %s: need at most the size %v, have %v at index %d: %w", fn, what, n, x[i], i, mlgauge.ErrRange)
		}
	}
	return nil
}

// P returns the chart of the share of defective items,
//
//	pbar +- 3 sqrt(pbar (1 - pbar)/n_i),   pbar = sum defective / sum n
//
// limits cut to [0, 1]. Sizes may differ. It returns ErrLength, ErrEmpty,
// ErrNotFinite, and ErrRange for a negative count, one above its size, or size 0.
func P(defective, sizes []float64) (Chart, error) {
	if err := counts("drift.P", "defective", defective, sizes, true); err != nil {
		return Chart{}, err
	}
	var d, n float64
	for i := range sizes {
		d += defective[i]
		n += sizes[i]
	}
	p := d / n
	c := Chart{Name: "p", Points: make([]Point, len(sizes))}
	for i, n := range sizes {
		s := math.Sqrt(p * (1 - p) / n)
		c.Points[i] = Point{defective[i] / n, p, math.Max(0, p-3*s), math.Min(1, p+3*s), s}
	}
	return c, nil
}

// NP returns the chart of the number of defective items in samples of one size n,
//
//	n pbar +- 3 sqrt(n pbar (1 - pbar))
//
// limits cut to [0, n]. Errors are those of P.
func NP(defective []float64, n float64) (Chart, error) {
	sizes := make([]float64, len(defective))
	for i := range sizes {
		sizes[i] = n
	}
	if err := counts("drift.NP", "defective", defective, sizes, true); err != nil {
		return Chart{}, err
	}
	np := mean(defective)
	s := math.Sqrt(np * (1 - np/n))
	return line("np", defective, np, math.Max(0, np-3*s), math.Min(n, np+3*s), s), nil
}

// C returns the chart of the number of defects per unit,
//
//	cbar +- 3 sqrt(cbar)
//
// the lower limit cut to 0. It returns ErrEmpty, ErrNotFinite, and ErrRange for a
// negative count.
func C(defects []float64) (Chart, error) {
	const fn = "drift.C"
	if err := check.NotEmpty(fn, "defects", len(defects)); err != nil {
		return Chart{}, err
	}
	if err := check.Weights(fn, "defects", len(defects), defects); err != nil {
		return Chart{}, err
	}
	c := mean(defects)
	s := math.Sqrt(c)
	return line("c", defects, c, math.Max(0, c-3*s), c+3*s, s), nil
}

// U returns the chart of defects per unit in samples of n_i units,
//
//	ubar +- 3 sqrt(ubar/n_i),   ubar = sum defects / sum n
//
// the lower limit cut to 0. It returns ErrLength, ErrEmpty, ErrNotFinite, and
// ErrRange for a negative count or size 0.
func U(defects, sizes []float64) (Chart, error) {
	if err := counts("drift.U", "defects", defects, sizes, false); err != nil {
		return Chart{}, err
	}
	var d, n float64
	for i := range sizes {
		d += defects[i]
		n += sizes[i]
	}
	u := d / n
	c := Chart{Name: "u", Points: make([]Point, len(sizes))}
	for i, n := range sizes {
		s := math.Sqrt(u / n)
		c.Points[i] = Point{defects[i] / n, u, math.Max(0, u-3*s), u + 3*s, s}
	}
	return c, nil
}

// EWMAChart returns the chart of the exponentially weighted moving average,
//
//	z_i = lambda x_i + (1 - lambda) z_(i-1),   z_0 = mean
//	mean +- L sigma sqrt(lambda/(2 - lambda) (1 - (1 - lambda)^(2i)))
//
// lambda 0.2 and L 2.962 (or 0.1 and 2.814) raise a false alarm about every 500
// values and find a shift of one sigma after about 10. It returns ErrEmpty,
// ErrNotFinite, and ErrRange for sigma or L not above 0 or lambda not in (0, 1].
func EWMAChart(x []float64, mean, sigma, lambda, l float64) (Chart, error) {
	const fn = "drift.EWMAChart"
	if err := chartArgs(fn, x, mean, sigma); err != nil {
		return Chart{}, err
	}
	if lambda != 1 {
		if err := option(fn, "lambda", lambda, 0, 1); err != nil {
			return Chart{}, err
		}
	}
	if err := option(fn, "L", l, 0, math.Inf(1)); err != nil {
		return Chart{}, err
	}
	c := Chart{Name: "EWMA", Points: make([]Point, len(x))}
	z, fade := mean, 1.0
	for i, v := range x {
		z = lambda*v + (1-lambda)*z
		fade *= (1 - lambda) * (1 - lambda)
		s := sigma * math.Sqrt(lambda/(2-lambda)*(1-fade))
		c.Points[i] = Point{z, mean, mean - l*s, mean + l*s, s}
	}
	return c, nil
}

// CUSUMChart returns the charts of the upper and the lower cumulative sum,
//
//	C+_i = max(0, C+_(i-1) + (x_i - mean)/sigma - k)
//	C-_i = max(0, C-_(i-1) - (x_i - mean)/sigma - k)
//
// in sigmas, each out of control above h. k 0.5 and h 5 raise a false alarm about
// every 465 values and find a shift of one sigma after 10.4. It returns ErrEmpty,
// ErrNotFinite, and ErrRange for sigma, k or h not above 0. CUSUM is the same for
// a stream.
func CUSUMChart(x []float64, mean, sigma, k, h float64) (upper, lower Chart, err error) {
	const fn = "drift.CUSUMChart"
	if err := chartArgs(fn, x, mean, sigma); err != nil {
		return Chart{}, Chart{}, err
	}
	if err := option(fn, "k", k, 0, math.Inf(1)); err != nil {
		return Chart{}, Chart{}, err
	}
	if err := option(fn, "h", h, 0, math.Inf(1)); err != nil {
		return Chart{}, Chart{}, err
	}
	up, down := make([]float64, len(x)), make([]float64, len(x))
	var hi, lo float64
	for i, v := range x {
		z := (v - mean) / sigma
		hi, lo = math.Max(0, hi+z-k), math.Max(0, lo-z-k)
		up[i], down[i] = hi, lo
	}
	return line("CUSUM+", up, 0, 0, h, h/3), line("CUSUM-", down, 0, 0, h, h/3), nil
}

func chartArgs(fn string, x []float64, mean, sigma float64) error {
	if err := check.NotEmpty(fn, "x", len(x)); err != nil {
		return err
	}
	if err := check.Finite(fn, "x", x); err != nil {
		return err
	}
	if err := finite(fn, mean); err != nil {
		return err
	}
	return option(fn, "sigma", sigma, 0, math.Inf(1))
}
