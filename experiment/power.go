package experiment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Design says what an experiment is to detect, and how surely. The zero value
// is a two-sided test at 0.05 with power 0.8 and arms of equal size. Sizes are
// those of the control arm, not rounded: round them up.
type Design struct {
	Alpha       float64     // significance level; 0 means 0.05
	Power       float64     // chance to detect the effect; 0 means 0.8
	Ratio       float64     // size of treatment over control; 0 means 1
	Alternative Alternative // what the test looks for
}

// powerOf is the power of a test for an effect in standard deviations.
type powerOf func(d Design, effect, n float64) float64

func (d Design) options(fn string) (Design, error) {
	if d.Alpha == 0 {
		d.Alpha = 0.05
	}
	if d.Power == 0 {
		d.Power = 0.8
	}
	if d.Ratio == 0 {
		d.Ratio = 1
	}
	for _, v := range [...]struct {
		name string
		v    float64
	}{{"Alpha", d.Alpha}, {"Power", d.Power}} {
		if !(v.v > 0 && v.v < 1) {
			return d, fmt.Errorf("%s: %s: need a number inside (0, 1), have %v: %w", fn, v.name, v.v, mlgauge.ErrRange)
		}
	}
	if !(d.Ratio > 0) || math.IsInf(d.Ratio, 0) {
		return d, fmt.Errorf("%s: Ratio: need a number above 0, have %v: %w", fn, d.Ratio, mlgauge.ErrRange)
	}
	return d, d.Alternative.check(fn)
}

// MeansPower returns the power of the t test of two means: the chance to find an
// effect, in standard deviations (treatment minus control, Cohen's d), with n
// units in control and Ratio n in treatment,
//
//	T ~ noncentral t(n (1 + Ratio) - 2, effect sqrt(n Ratio / (1 + Ratio)))
//
// beyond the critical values of the central one.
//
// Errors: mlgauge.ErrNotFinite for an effect that is not finite, mlgauge.ErrRange
// for fewer than three units altogether or bad options. Source: statsmodels 0.15
// TTestIndPower.power.
func (d Design) MeansPower(effect, n float64) (float64, error) {
	return d.power("experiment.Design.MeansPower", effect, n, tPower, 3)
}

// MeansSize returns the units in control that MeansPower needs to reach Power.
//
// Errors: mlgauge.ErrUndefined for an effect of 0 or against the alternative,
// mlgauge.ErrNotFinite, mlgauge.ErrRange for bad options. Source: statsmodels 0.15
// TTestIndPower.solve_power.
func (d Design) MeansSize(effect float64) (float64, error) {
	return d.size("experiment.Design.MeansSize", effect, tPower, 3)
}

// MeansEffect returns the smallest effect, in standard deviations, that n units in
// control detect with Power; it is negative for the alternative Less.
//
// Errors: mlgauge.ErrRange for fewer than three units altogether, bad options or
// a power not above Alpha.
func (d Design) MeansEffect(n float64) (float64, error) {
	return d.effect("experiment.Design.MeansEffect", n, tPower, 3)
}

// NormalPower is MeansPower for a z test, with known deviation:
//
//	Phi(e - z) + Phi(-e - z),   e = effect sqrt(n Ratio / (1 + Ratio)),   z = z(1 - Alpha/2)
//
// and Phi(e - z(1 - Alpha)) for one side. Source: statsmodels 0.15 NormalIndPower.
func (d Design) NormalPower(effect, n float64) (float64, error) {
	return d.power("experiment.Design.NormalPower", effect, n, zPower, 0)
}

// NormalSize is MeansSize for a z test.
func (d Design) NormalSize(effect float64) (float64, error) {
	return d.size("experiment.Design.NormalSize", effect, zPower, 0)
}

// NormalEffect is MeansEffect for a z test.
func (d Design) NormalEffect(n float64) (float64, error) {
	return d.effect("experiment.Design.NormalEffect", n, zPower, 0)
}

// ProportionEffect returns the distance of two proportions in units in which
// their standard deviation is 1 everywhere (Cohen's h),
//
//	h = 2 (arcsin sqrt(pt) - arcsin sqrt(pc))
//
// Errors: mlgauge.ErrRange for proportions outside [0, 1], mlgauge.ErrNotFinite
// for NaN. Source: statsmodels 0.15 proportion_effectsize.
func ProportionEffect(control, treatment float64) (float64, error) {
	const fn = "experiment.ProportionEffect"
	if err := first(check.In(fn, "control", control, 0, 1), check.In(fn, "treatment", treatment, 0, 1)); err != nil {
		return math.NaN(), err
	}
	return 2 * (math.Asin(math.Sqrt(treatment)) - math.Asin(math.Sqrt(control))), nil
}

// ProportionsPower returns the power of a test of two proportions with n units in
// control: NormalPower of ProportionEffect.
//
// Errors: those of both.
func (d Design) ProportionsPower(control, treatment, n float64) (float64, error) {
	h, err := ProportionEffect(control, treatment)
	if err != nil {
		return math.NaN(), err
	}
	return d.power("experiment.Design.ProportionsPower", h, n, zPower, 0)
}

// ProportionsSize returns the units in control that ProportionsPower needs to
// reach Power.
//
// Errors: those of ProportionEffect and NormalSize.
func (d Design) ProportionsSize(control, treatment float64) (float64, error) {
	h, err := ProportionEffect(control, treatment)
	if err != nil {
		return math.NaN(), err
	}
	return d.size("experiment.Design.ProportionsSize", h, zPower, 0)
}

// ProportionsEffect returns the smallest change of a proportion (treatment minus
// control) that n units in control detect with Power: upwards, or downwards for
// the alternative Less.
//
// Errors: those of NormalEffect; mlgauge.ErrUndefined where even a proportion of 1
// (or 0) would not be detected.
func (d Design) ProportionsEffect(control, n float64) (float64, error) {
	const fn = "experiment.Design.ProportionsEffect"
	if err := check.In(fn, "control", control, 0, 1); err != nil {
		return math.NaN(), err
	}
	h, err := d.effect(fn, n, zPower, 0)
	if err != nil {
		return math.NaN(), err
	}
	angle := math.Asin(math.Sqrt(control)) + h/2
	if angle > math.Pi/2 || angle < 0 {
		return math.NaN(), fmt.Errorf("%s: n: need more units to detect any change from %v, have %v: %w", fn, control, n, mlgauge.ErrUndefined)
	}
	// sin^2(a + h/2) - sin^2(a) without cancellation.
	return math.Sin(2*angle-h/2) * math.Sin(h/2), nil
}

func (d Design) power(fn string, effect, n float64, f powerOf, least float64) (float64, error) {
	d, err := d.options(fn)
	if err != nil {
		return math.NaN(), err
	}
	if err := check.Finite(fn, "effect", []float64{effect}); err != nil {
		return math.NaN(), err
	}
	if err := d.enough(fn, n, least); err != nil {
		return math.NaN(), err
	}
	return f(d, effect, n), nil
}

func (d Design) enough(fn string, n, least float64) error {
	if !(n > 0) || math.IsInf(n, 0) || n*(1+d.Ratio) < least {
		return fmt.Errorf("%s: n: need a finite number above 0, and at least %v units in both arms, have %v in control: %w", fn, least, n, mlgauge.ErrRange)
	}
	return nil
}

func (d Design) size(fn string, effect float64, f powerOf, least float64) (float64, error) {
	d, err := d.options(fn)
	if err != nil {
		return math.NaN(), err
	}
	if err := check.Finite(fn, "effect", []float64{effect}); err != nil {
		return math.NaN(), err
	}
	if effect == 0 || (d.Alternative == Less && effect > 0) || (d.Alternative == Greater && effect < 0) {
		return math.NaN(), fmt.Errorf("%s: effect: need one that the %v test looks for, have %v: %w", fn, d.Alternative, effect, mlgauge.ErrUndefined)
	}
	low := math.Max(least/(1+d.Ratio), 1e-12)
	high := low
	for f(d, effect, high) < d.Power {
		low, high = high, 2*high
		if high > 1e300 {
			return math.NaN(), fmt.Errorf("%s: effect: need one that a finite size detects, have %v: %w", fn, effect, mlgauge.ErrUndefined)
		}
	}
	if low == high {
		return low, nil // the smallest size is enough
	}
	return bisect(high, low, func(n float64) bool { return f(d, effect, n) < d.Power }), nil
}

func (d Design) effect(fn string, n float64, f powerOf, least float64) (float64, error) {
	d, err := d.options(fn)
	if err != nil {
		return math.NaN(), err
	}
	if err := d.enough(fn, n, least); err != nil {
		return math.NaN(), err
	}
	if d.Power <= d.Alpha {
		return math.NaN(), fmt.Errorf("%s: Power: need more than Alpha %v, have %v: %w", fn, d.Alpha, d.Power, mlgauge.ErrRange)
	}
	sign := 1.0
	if d.Alternative == Less {
		sign = -1
	}
	high := 1 / math.Sqrt(n)
	for f(d, sign*high, n) < d.Power {
		high *= 2
		if math.IsInf(high, 0) {
			return math.NaN(), fmt.Errorf("%s: need an effect that is finite: %w", fn, mlgauge.ErrUndefined)
		}
	}
	return sign * bisect(high, 0, func(e float64) bool { return f(d, sign*e, n) < d.Power }), nil
}

func zPower(d Design, effect, n float64) float64 {
	e := effect * math.Sqrt(n*(d.Ratio/(1+d.Ratio)))
	cdf := distuv.UnitNormal.CDF
	switch d.Alternative {
	case Greater:
		return cdf(e + distuv.UnitNormal.Quantile(d.Alpha))
	case Less:
		return cdf(-e + distuv.UnitNormal.Quantile(d.Alpha))
	}
	z := distuv.UnitNormal.Quantile(d.Alpha / 2)
	return cdf(e+z) + cdf(-e+z)
}

func tPower(d Design, effect, n float64) float64 {
	e := effect * math.Sqrt(n*(d.Ratio/(1+d.Ratio)))
	df := n*(1+d.Ratio) - 2
	if df > normalDegrees || math.Abs(e) > normalDegrees {
		return zPower(d, effect, n)
	}
	switch d.Alternative {
	case Greater:
		return noncentralT(-tQuantile(d.Alpha, df), df, e)
	case Less:
		return noncentralT(-tQuantile(d.Alpha, df), df, -e)
	}
	t := -tQuantile(d.Alpha/2, df)
	return noncentralT(t, df, e) + noncentralT(t, df, -e)
}

// noncentralT returns P(T > t) of the noncentral t distribution: the mean
// of Phi(delta - t S) over S, the root of a chi-squared over its degrees of
// freedom. In w = log S the density is smooth and log-concave,
//
//	exp(df (w - (e^2w - 1)/2)) up to a constant, which is integrated along
func noncentralT(t, df, delta float64) float64 {
	sd := 1 / math.Sqrt(2*df)
	edges := make([]float64, 0, 80)
	for _, k := range [...]float64{0, 0.5, 1, 1.5, 2, 3, 4, 5, 6.5, 8, 10} {
		edges = append(edges, -k*sd, math.Min(k*sd, 4))
	}
	// Far in the tail, the mass of the product lies further down.
	down := -math.Log1p(t*t/df) / 2
	for _, k := range [...]float64{0, 1, 2, 3, 4, 5, 6.5, 8, 10} {
		edges = append(edges, down-k*sd, math.Min(down+k*sd, 4))
	}
	for w := 20 * sd; w < 40/df+20*sd; w *= 1.5 {
		edges = append(edges, -w)
	}
	// Where Phi falls from 1 to 0.
	if delta > 0 && t > 0 {
		at, width := math.Log(delta/t), 1/math.Max(delta, 1)
		for _, k := range [...]float64{0, 1, 2, 4, 8} {
			edges = append(edges, within(at-k*width, edges), within(at+k*width, edges))
		}
	}
	var above, total float64
	overPanels(edges, func(w, weight float64) {
		f := weight * math.Exp(df*(w-math.Expm1(2*w)/2))
		total += f
		above += f * distuv.UnitNormal.CDF(delta-t*math.Exp(w))
	})
	return above / total
}

// within returns v clipped to the range that the edges span.
func within(v float64, edges []float64) float64 {
	lo, hi := edges[0], edges[0]
	for _, e := range edges {
		lo, hi = math.Min(lo, e), math.Max(hi, e)
	}
	return math.Max(lo, math.Min(hi, v))
}
