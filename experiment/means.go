package experiment

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// Welch returns Welch's t test of two means, without the assumption of equal
// variances:
//
//	t = (mt - mc) / sqrt(st^2/nt + sc^2/nc)
//	df = (st^2/nt + sc^2/nc)^2 / ((st^2/nt)^2/(nt-1) + (sc^2/nc)^2/(nc-1))
//
// Errors: mlgauge.ErrEmpty for an empty arm, mlgauge.ErrUndefined for one value in
// an arm or two constant arms, mlgauge.ErrRange for an unknown alternative.
// Source: scipy.stats.ttest_ind(equal_var=False) 1.17.
func Welch(control, treatment *Sample, alt Alternative) (Test, error) {
	return tTest("experiment.Welch", "welch", control, treatment, alt, both, welch)
}

// TTest returns Student's t test of two means with pooled variance:
//
//	t = (mt - mc) / sqrt(s^2 (1/nt + 1/nc)),   df = nt + nc - 2
//
// One of the arms may have a single value.
//
// Errors: as Welch, but mlgauge.ErrUndefined for fewer than three values
// altogether. Source: scipy.stats.ttest_ind 1.17.
func TTest(control, treatment *Sample, alt Alternative) (Test, error) {
	return tTest("experiment.TTest", "t", control, treatment, alt, together, pooled)
}

// WelchInterval returns the difference of the means, treatment minus control, with
// Welch's interval,
//
//	mt - mc +- t(df) sqrt(st^2/nt + sc^2/nc)
//
// Two constant arms give an interval of width 0.
//
// Errors: mlgauge.ErrEmpty, mlgauge.ErrUndefined for one value in an arm,
// mlgauge.ErrRange for a level outside (0, 1). Source: statsmodels 0.15
// CompareMeans.tconfint_diff(usevar="unequal").
func WelchInterval(control, treatment *Sample, level float64) (metrics.Interval, error) {
	return tInterval("experiment.WelchInterval", control, treatment, level, both, welch)
}

// TTestInterval is WelchInterval with pooled variance; one of the arms may have a
// single value.
func TTestInterval(control, treatment *Sample, level float64) (metrics.Interval, error) {
	return tInterval("experiment.TTestInterval", control, treatment, level, together, pooled)
}

// welch returns the standard error of a difference of means and its degrees of
// freedom.
func welch(c, t *Sample) (se, df float64) {
	vc, vt := c.m.Variance(1)/c.m.W, t.m.Variance(1)/t.m.W
	se = math.Sqrt(vc + vt)
	if vc+vt == 0 {
		return 0, c.m.W + t.m.W - 2
	}
	// Shares of the variance, so that tiny and huge ones do not leave the range.
	sc, st := vc/(vc+vt), vt/(vc+vt)
	return se, 1 / (sc*sc/(c.m.W-1) + st*st/(t.m.W-1))
}

func pooled(c, t *Sample) (se, df float64) {
	df = c.m.W + t.m.W - 2
	return math.Sqrt((c.m.M2 + t.m.M2) / df * (1/c.m.W + 1/t.m.W)), df
}

// both reports an arm without a variance.
func both(fn string, c, t *Sample) error {
	return first(c.least(fn, "control"), t.least(fn, "treatment"))
}

// together reports an empty arm, or two that have no variance together.
func together(fn string, c, t *Sample) error {
	for _, a := range [2]struct {
		name string
		s    *Sample
	}{{"control", c}, {"treatment", t}} {
		if a.s == nil || a.s.m.W == 0 {
			return fmt.Errorf("%s: %s: need at least one value, have none: %w", fn, a.name, mlgauge.ErrEmpty)
		}
	}
	if n := c.m.W + t.m.W; n <= 2 {
		return fmt.Errorf("%s: need more than two values in both arms, have %v: %w", fn, n, mlgauge.ErrUndefined)
	}
	return nil
}

func tTest(fn, name string, c, t *Sample, alt Alternative, enough func(fn string, c, t *Sample) error, spread func(c, t *Sample) (se, df float64)) (Test, error) {
	if err := first(alt.check(fn), enough(fn, c, t)); err != nil {
		return Test{}, err
	}
	se, df := spread(c, t)
	if se == 0 {
		return Test{}, fmt.Errorf("%s: need an arm that varies, have two constant ones: %w", fn, mlgauge.ErrUndefined)
	}
	x := (t.m.Mean() - c.m.Mean()) / se
	return Test{Name: name, Statistic: x, DF: df, PValue: tails(x, alt, tCDF(df))}, nil
}

func tInterval(fn string, c, t *Sample, level float64, enough func(fn string, c, t *Sample) error, spread func(c, t *Sample) (se, df float64)) (metrics.Interval, error) {
	if err := first(check.Level(fn, level), enough(fn, c, t)); err != nil {
		return metrics.Interval{}, err
	}
	se, df := spread(c, t)
	h := tQuantile((1+level)/2, df) * se
	v := t.m.Mean() - c.m.Mean()
	return metrics.Interval{Value: v, Low: v - h, High: v + h, Level: level}, nil
}

// sound reports an interval that has left the range of the numbers (ErrNotFinite).
func sound(fn string, v metrics.Interval) (metrics.Interval, error) {
	if !(v.Low <= v.High) {
		return metrics.Interval{}, fmt.Errorf("%s: need limits within the range of numbers, have %v and %v: %w", fn, v.Low, v.High, mlgauge.ErrNotFinite)
	}
	return v, nil
}

// LiftInterval returns the relative change of the mean, treatment over control
// minus 1, with Fieller's interval: all ratios r at which mt - r mc is within
// t(df) standard errors of 0, df being Welch's.
//
//	lift = mt/mc - 1
//
// Errors: as WelchInterval, and mlgauge.ErrUndefined where the control's mean does
// not differ from 0 at that level, so that the set of ratios is not an interval.
// Source: Fieller (1954).
func LiftInterval(control, treatment *Sample, level float64) (metrics.Interval, error) {
	const fn = "experiment.LiftInterval"
	if err := first(check.Level(fn, level), control.least(fn, "control"), treatment.least(fn, "treatment")); err != nil {
		return metrics.Interval{}, err
	}
	mc, mt := control.m.Mean(), treatment.m.Mean()
	_, df := welch(control, treatment)
	q := tQuantile((1+level)/2, df)
	sc := q * math.Sqrt(control.m.Variance(1)/control.m.W) / math.Abs(mc)
	if !(sc < 1) {
		return metrics.Interval{}, fmt.Errorf("%s: control: need a mean that differs from 0 at level %v, have %v: %w", fn, level, mc, mlgauge.ErrUndefined)
	}
	// With the control's mean as the unit: (r - ratio)^2 = st^2 + r^2 sc^2.
	ratio := mt / mc
	st := q * math.Sqrt(treatment.m.Variance(1)/treatment.m.W) / math.Abs(mc)
	d := (1 - sc) * (1 + sc)
	root := math.Hypot(ratio*sc, math.Sqrt(d)*st)
	return sound(fn, metrics.Interval{Value: ratio - 1, Low: (ratio-root)/d - 1, High: (ratio+root)/d - 1, Level: level})
}
