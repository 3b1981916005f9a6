package experiment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/twosample"
	"github.com/mlgauge/mlgauge/metrics"
)

// TwoProportionZ returns the z test of two proportions with pooled variance,
//
//	z = (pt - pc) / sqrt(p (1-p) (1/nt + 1/nc)),   p = (xt + xc)/(nt + nc)
//
// Greater is the alternative that the treatment's proportion is larger.
//
// Errors: those of metrics.Rate.Value for an arm (mlgauge.ErrRange for negative
// counts or hits above trials, mlgauge.ErrUndefined for no trials);
// mlgauge.ErrUndefined where both proportions are 0 or both 1; mlgauge.ErrRange
// for an unknown alternative. Source: statsmodels 0.15 proportions_ztest.
func TwoProportionZ(control, treatment metrics.Rate, alt Alternative) (Test, error) {
	const fn = "experiment.TwoProportionZ"
	pc, pt, err := rates(fn, control, treatment)
	if err != nil {
		return Test{}, err
	}
	if err := alt.check(fn); err != nil {
		return Test{}, err
	}
	n := control.Trials + treatment.Trials
	p := (control.Hits + treatment.Hits) / n
	q := ((control.Trials - control.Hits) + (treatment.Trials - treatment.Hits)) / n
	se := math.Sqrt(p * q * (1/control.Trials + 1/treatment.Trials))
	if !(se > 0) {
		return Test{}, fmt.Errorf("%s: need a pooled proportion inside (0, 1), have %v: %w", fn, p, mlgauge.ErrUndefined)
	}
	z := (pt - pc) / se
	return Test{Name: "two-proportion z", Statistic: z, PValue: tails(z, alt, distuv.UnitNormal.CDF)}, nil
}

// Fisher returns Fisher's exact test of two proportions. Statistic is the odds
// ratio of treatment to control, NaN for 0/0. For two sides the p-value is the
// chance of all tables no more probable than this one.
//
// Errors: those of metrics.Rate.Value for an arm; mlgauge.ErrRange for counts
// that are not whole or above 2^31, or an unknown alternative. Source:
// scipy.stats.fisher_exact 1.17.
func Fisher(control, treatment metrics.Rate, alt Alternative) (Test, error) {
	const fn = "experiment.Fisher"
	if _, _, err := rates(fn, control, treatment); err != nil {
		return Test{}, err
	}
	if err := alt.check(fn); err != nil {
		return Test{}, err
	}
	for _, v := range [...]float64{control.Hits, control.Trials, treatment.Hits, treatment.Trials} {
		if v != math.Trunc(v) || v > math.MaxInt32 {
			return Test{}, fmt.Errorf("%s: need whole counts of at most 2^31-1, have %v: %w", fn, v, mlgauge.ErrRange)
		}
	}
	a, b := int64(treatment.Hits), int64(treatment.Trials-treatment.Hits)
	c, d := int64(control.Hits), int64(control.Trials-control.Hits)
	less, greater, both := twosample.Fisher(a, b, c, d)
	odds := float64(a) * float64(d) / (float64(b) * float64(c))
	if a+c == 0 || b+d == 0 {
		odds = math.NaN()
	}
	return Test{Name: "fisher", Statistic: odds, PValue: [...]float64{both, less, greater}[alt]}, nil
}

// rates returns the two proportions.
func rates(fn string, control, treatment metrics.Rate) (pc, pt float64, err error) {
	if pc, err = control.Value(); err != nil {
		return 0, 0, fmt.Errorf("%s: control: %w", fn, err)
	}
	if pt, err = treatment.Value(); err != nil {
		return 0, 0, fmt.Errorf("%s: treatment: %w", fn, err)
	}
	if n := control.Trials + treatment.Trials; n <= 1 {
		return 0, 0, fmt.Errorf("%s: need more than one trial, have %v: %w", fn, n, mlgauge.ErrUndefined)
	}
	return pc, pt, nil
}

// A DifferenceMethod is a way to put an interval around a difference of two
// proportions.
type DifferenceMethod int

const (
	// Newcombe joins the Wilson intervals of the two arms. The default.
	Newcombe DifferenceMethod = iota
	// MiettinenNurminen inverts the score test, with the factor n/(n-1).
	MiettinenNurminen
	// AgrestiCaffo adds one hit and one miss to each arm.
	AgrestiCaffo
	// Wald is the textbook interval: too narrow for small counts.
	Wald
	// ScoreStatsmodels is MiettinenNurminen as statsmodels 0.15 computes it, with
	// the control's hits where its trials belong in one coefficient of the cubic:
	// for comparison with that package only. It misses the published limits in
	// the third decimal.
	ScoreStatsmodels
)

// DifferenceInterval returns the difference of two proportions, treatment minus
// control, with its interval; z is the normal quantile of (1+level)/2, and l, u
// Wilson's limits of each arm:
//
//	Newcombe           d - sqrt((pt-lt)^2 + (uc-pc)^2), d + sqrt((ut-pt)^2 + (pc-lc)^2)
//	MiettinenNurminen  all d with |score(d)| <= z, variance under pt - pc = d times n/(n-1)
//	AgrestiCaffo       d' +- z sqrt(pt'(1-pt')/nt' + pc'(1-pc')/nc'), x' = x+1, n' = n+2
//	Wald               d +- z sqrt(pt(1-pt)/nt + pc(1-pc)/nc)
//
// Value is always pt - pc. Limits are not clipped for AgrestiCaffo and Wald.
//
// Errors: those of metrics.Rate.Value for an arm; mlgauge.ErrRange for a level
// outside (0, 1) or an unknown method. Source: statsmodels 0.15
// confint_proportions_2indep(compare="diff"); Newcombe, Statistics in Medicine 17
// (1998) 873; Miettinen and Nurminen, ibid. 4 (1985) 213.
func DifferenceInterval(control, treatment metrics.Rate, method DifferenceMethod, level float64) (metrics.Interval, error) {
	const fn = "experiment.DifferenceInterval"
	pc, pt, err := rates(fn, control, treatment)
	if err != nil {
		return metrics.Interval{}, err
	}
	if err := check.Level(fn, level); err != nil {
		return metrics.Interval{}, err
	}
	v := metrics.Interval{Value: pt - pc, Level: level}
	z := normalQuantile(level)
	switch method {
	case Newcombe:
		wc, err := control.Interval(metrics.Wilson, level)
		if err != nil {
			return metrics.Interval{}, err
		}
		wt, err := treatment.Interval(metrics.Wilson, level)
		if err != nil {
			return metrics.Interval{}, err
		}
		v.Low = v.Value - math.Hypot(pt-wt.Low, wc.High-pc)
		v.High = v.Value + math.Hypot(wt.High-pt, pc-wc.Low)
	case MiettinenNurminen, ScoreStatsmodels:
		n := control.Trials
		if method == ScoreStatsmodels {
			n = control.Hits
		}
		score := func(d float64) float64 { return scoreDifference(control, treatment, d, n) }
		v.Low = bisect(-1, v.Value, func(d float64) bool { return score(d) <= z })
		v.High = bisect(1, v.Value, func(d float64) bool { return score(d) >= -z })
	case AgrestiCaffo, Wald:
		add := 1.0
		if method == Wald {
			add = 0
		}
		nc, nt := control.Trials+2*add, treatment.Trials+2*add
		ac, at := (control.Hits+add)/nc, (treatment.Hits+add)/nt
		h := z * math.Sqrt(at*(1-at)/nt+ac*(1-ac)/nc)
		v.Low, v.High = at-ac-h, at-ac+h
	default:
		return metrics.Interval{}, check.Option(fn, "method", int(method))
	}
	return sound(fn, v)
}

// A RatioMethod is a way to put an interval around a ratio of two proportions.
type RatioMethod int

const (
	// KatzAdjusted is Katz' interval with 1/2 added to hits and trials (Walter),
	// which makes it defined without hits. The default.
	KatzAdjusted RatioMethod = iota
	// Katz is the normal interval of the log of the ratio.
	Katz
	// RatioScore inverts the score test of the ratio, with the factor n/(n-1)
	// (Miettinen and Nurminen; Koopman's is the same without it).
	RatioScore
	// Koopman inverts the score test of the ratio.
	Koopman
)

// RatioInterval returns the ratio of two proportions, treatment over control,
// with its interval; z is the normal quantile of (1+level)/2:
//
//	Katz          r exp(+-z sqrt(1/xt - 1/nt + 1/xc - 1/nc))
//	KatzAdjusted  the same from x + 1/2, n + 1/2
//	RatioScore    all r with |score(r)| <= z, variance under pt = r pc times n/(n-1)
//	Koopman       the same without that factor
//
// Value is pt/pc, +Inf where the control has no hits and NaN where neither arm has
// any, of which only KatzAdjusted has an interval. The score intervals have High
// +Inf where the control has no hits; where the treatment has none, Low 0.
//
// Errors: those of metrics.Rate.Value for an arm; mlgauge.ErrUndefined where
// neither arm has hits but for KatzAdjusted, or one has none and the method is
// Katz; mlgauge.ErrRange for a level outside (0, 1) or an unknown method. Source: statsmodels 0.15
// confint_proportions_2indep(compare="ratio").
func RatioInterval(control, treatment metrics.Rate, method RatioMethod, level float64) (metrics.Interval, error) {
	const fn = "experiment.RatioInterval"
	pc, pt, err := rates(fn, control, treatment)
	if err != nil {
		return metrics.Interval{}, err
	}
	if err := check.Level(fn, level); err != nil {
		return metrics.Interval{}, err
	}
	if (method != KatzAdjusted && control.Hits+treatment.Hits == 0) || (method == Katz && control.Hits*treatment.Hits == 0) {
		return metrics.Interval{}, fmt.Errorf("%s: need hits, have %v in control and %v in treatment: %w", fn, control.Hits, treatment.Hits, mlgauge.ErrUndefined)
	}
	v := metrics.Interval{Value: pt / pc, Level: level}
	z := normalQuantile(level)
	switch method {
	case Katz, KatzAdjusted:
		var add float64
		if method == KatzAdjusted {
			add = 0.5
		}
		xc, nc, xt, nt := control.Hits+add, control.Trials+add, treatment.Hits+add, treatment.Trials+add
		h := z * math.Sqrt(1/xt-1/nt+1/xc-1/nc)
		r := (xt / nt) / (xc / nc)
		v.Low, v.High = r*math.Exp(-h), r*math.Exp(h)
	case RatioScore, Koopman:
		factor := 1.0
		if method == RatioScore {
			n := control.Trials + treatment.Trials
			factor = math.Sqrt((n - 1) / n)
		}
		score := func(r float64) float64 { return factor * scoreRatio(control, treatment, r) }
		// In logs of the ratio; beyond e^+-700 lie 0 and infinity.
		v.High = math.Inf(1)
		if control.Hits > 0 {
			v.High = math.Exp(bisect(700, math.Log(math.Max(v.Value, 1e-300)), func(l float64) bool { return score(math.Exp(l)) >= -z }))
		}
		if treatment.Hits > 0 {
			v.Low = math.Exp(bisect(-700, math.Log(math.Min(v.Value, 1e300)), func(l float64) bool { return score(math.Exp(l)) <= z }))
		}
	default:
		return metrics.Interval{}, check.Option(fn, "method", int(method))
	}
	return sound(fn, v)
}

// OddsRatioInterval returns the odds ratio, treatment over control, with Woolf's
// interval on the log scale,
//
//	or exp(+-z sqrt(1/xt + 1/(nt-xt) + 1/xc + 1/(nc-xc)))
//
// adjusted (Gart) adds 1/2 to all four counts for the interval. Value is +Inf
// where only the denominator is 0, and NaN for 0/0.
//
// Errors: those of metrics.Rate.Value for an arm; mlgauge.ErrUndefined for a
// count of 0 without adjustment; mlgauge.ErrRange for a level outside (0, 1).
// Source: statsmodels 0.15
// confint_proportions_2indep(compare="odds-ratio", method="logit" and
// "logit-adjusted").
func OddsRatioInterval(control, treatment metrics.Rate, adjusted bool, level float64) (metrics.Interval, error) {
	const fn = "experiment.OddsRatioInterval"
	if _, _, err := rates(fn, control, treatment); err != nil {
		return metrics.Interval{}, err
	}
	if err := check.Level(fn, level); err != nil {
		return metrics.Interval{}, err
	}
	a, b := treatment.Hits, treatment.Trials-treatment.Hits
	c, d := control.Hits, control.Trials-control.Hits
	v := metrics.Interval{Value: a / b / c * d, Level: level}
	switch zero := c == 0 || b == 0; {
	case zero && (a == 0 || d == 0):
		v.Value = math.NaN()
	case zero:
		v.Value = math.Inf(1)
	}
	if !adjusted && (a == 0 || b == 0 || c == 0 || d == 0) {
		return metrics.Interval{}, fmt.Errorf("%s: need hits and misses, have %v and %v in treatment, %v and %v in control: %w", fn, a, b, c, d, mlgauge.ErrUndefined)
	}
	if adjusted {
		a, b, c, d = a+0.5, b+0.5, c+0.5, d+0.5
	}
	h := normalQuantile(level) * math.Sqrt(1/a+1/b+1/c+1/d)
	or := a / b / c * d
	v.Low, v.High = or*math.Exp(-h), or*math.Exp(h)
	return sound(fn, v)
}

// scoreDifference returns Miettinen and Nurminen's score for pt - pc = d; nc is
// the control's trials, but for ScoreStatsmodels.
func scoreDifference(c, t metrics.Rate, d, nc float64) float64 {
	// The proportions that are most likely under the hypothesis, from the cubic's
	// trigonometric root (Farrington and Manning 1990), r being the control's.
	n := t.Trials + c.Trials
	l3 := n
	l2 := (t.Trials+2*c.Trials)*d - n - c.Hits - t.Hits
	l1 := (nc*d-n-2*c.Hits)*d + c.Hits + t.Hits
	l0 := c.Hits * d * (1 - d)
	q := cube(l2)/cube(3*l3) - l1*l2/(6*l3*l3) + l0/(2*l3)
	p := math.Copysign(math.Sqrt(math.Max(0, l2*l2/(9*l3*l3)-l1/(3*l3))), q)
	var w float64
	if p != 0 {
		w = (math.Pi + math.Acos(math.Max(-1, math.Min(1, q/cube(p))))) / 3
	}
	pc := 2*p*math.Cos(w) - l2/(3*l3)
	pt := pc + d
	if nc == c.Trials { // only rounding leads out of [0, 1]; statsmodels' coefficient leads further
		pc, pt = math.Max(0, math.Min(1, pc)), math.Max(0, math.Min(1, pt))
	}
	diff := t.Hits/t.Trials - c.Hits/c.Trials - d
	return score(diff, (pt*(1-pt)/t.Trials+pc*(1-pc)/c.Trials)*(n/(n-1)))
}

// scoreRatio returns the score for pt = r pc, without the factor n/(n-1).
func scoreRatio(c, t metrics.Rate, r float64) float64 {
	n := t.Trials + c.Trials
	a := n * r
	b := t.Trials*r + t.Hits + c.Trials + c.Hits*r
	k := t.Hits + c.Hits
	// The smaller root of a p^2 - b p + k, without cancellation.
	pc := math.Min(1, 2*k/(b+math.Sqrt(math.Max(0, b*b-4*a*k))))
	pt := math.Min(1, r*pc)
	diff := t.Hits/t.Trials - r*(c.Hits/c.Trials)
	return score(diff, pt*(1-pt)/t.Trials+r*r*(pc*(1-pc)/c.Trials))
}

func score(diff, variance float64) float64 {
	if diff == 0 {
		return 0
	}
	return diff / math.Sqrt(variance)
}

func cube(x float64) float64 { return x * x * x }

// bisect returns the last point of [in, out] at which ok holds, given that it
// holds at in and, once lost, stays lost towards out. It goes on until neighbours.
func bisect(out, in float64, ok func(float64) bool) float64 {
	if ok(out) {
		return out
	}
	for range 200 {
		mid := in + (out-in)/2
		if mid == in || mid == out {
			break
		}
		if ok(mid) {
			in = mid
		} else {
			out = mid
		}
	}
	return in
}

// normalQuantile returns z such that a standard normal lies in [-z, z] with
// probability level.
func normalQuantile(level float64) float64 {
	// The lower tail keeps its digits when level is close to 1.
	return -distuv.UnitNormal.Quantile((1 - level) / 2)
}
