package experiment

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/metrics"
)

// Sequential tests two arms at every look, as often as one likes, with one error
// rate over all looks: its p-values are always valid, its intervals form a
// confidence sequence. Call one of its methods with all the data so far; it keeps
// the smallest p-value and the intersection of the intervals. The zero value is
// ready: level 0.95, effects expected around a tenth of a standard deviation.
//
// The test is the mixture sequential probability ratio test: the likelihood of
// the data averaged over effects drawn from a normal distribution with deviation
// Scale standard deviations, over the likelihood without effect. That ratio
// exceeds 1/alpha with a chance of at most alpha, ever.
type Sequential struct {
	Level float64 // of the confidence sequence, in (0, 1); 0 means 0.95
	Scale float64 // size of the effects expected, in standard deviations; 0 means 0.1

	looks     int
	units     float64 // at the last look
	p         float64
	low, high float64
}

// A Look is what a sequential test says at one look.
type Look struct {
	metrics.Interval         // difference, treatment minus control, valid at all looks at once
	PValue           float64 // always valid: smallest so far
	Looks            int     // number of looks so far, this one included
	Significant      bool    // PValue <= 1 - Level; once true it stays so
}

// Means looks at two means. With u = t^2/df of the difference minus d, Welch's
// standard error, df = nt + nc - 2 and k = Scale^2 nt nc/(nt + nc):
//
//	ratio(d) = (1+k)^(-1/2) ((1 + u) / (1 + u/(1+k)))^((df+1)/2)
//	PValue = min over looks of 1/ratio(0);   interval: all d with ratio(d) < 1/alpha
//
// The error rate is exact for normal outcomes of equal variance in arms of equal
// size, and holds in the limit for others with a finite variance: for outcomes
// with heavy tails, take the first look after some hundreds of units. An arm with
// fewer than two units, or two arms without variance, say nothing yet: p = 1 and
// an infinite interval.
//
// Errors: mlgauge.ErrRange for bad options or fewer units than at the last look;
// mlgauge.ErrEmpty for nil. s is then as it was. Source: Robbins (1970); Johari,
// Koomen, Pekelis and Walsh, Operations Research 70 (2022) 1806; Lindon, Ham,
// Tingley and Bojinov, arXiv 2210.08589.
func (s *Sequential) Means(control, treatment *Sample) (Look, error) {
	const fn = "experiment.Sequential.Means"
	if control == nil || treatment == nil {
		return Look{}, fmt.Errorf("%s: need two samples, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	level, scale, err := s.options(fn)
	if err != nil {
		return Look{}, err
	}
	v := metrics.Interval{Low: math.Inf(-1), High: math.Inf(1), Level: level}
	p, n, m := 1.0, control.m.W, treatment.m.W
	if n > 1 && m > 1 {
		v.Value = treatment.m.Mean() - control.m.Mean()
		if se, _ := welch(control, treatment); se > 0 {
			df, k := n+m-2, scale*scale*n*(m/(n+m))
			p = mixtureP(v.Value/se, df, k)
			h := mixtureWidth(df, k, level) * se
			v.Low, v.High = v.Value-h, v.Value+h
		}
	}
	return s.look(fn, n+m, p, v)
}

// Proportions looks at two proportions, by the normal limit of Means:
//
//	ratio(d) = (1+k)^(-1/2) exp(z^2/2 k/(1+k)),   k = Scale^2 nt nc/(nt + nc)
//
// The p-value takes the pooled variance; the interval that of each arm with one
// hit and one miss added. It holds in the limit; DifferenceSequence is exact, and
// wider.
//
// Errors: those of metrics.Rate.Value but for arms without trials, which say
// nothing yet; mlgauge.ErrRange as for Means.
func (s *Sequential) Proportions(control, treatment metrics.Rate) (Look, error) {
	const fn = "experiment.Sequential.Proportions"
	level, scale, err := s.options(fn)
	if err != nil {
		return Look{}, err
	}
	v := metrics.Interval{Low: -1, High: 1, Level: level}
	p, n, m := 1.0, control.Trials, treatment.Trials
	if n == 0 || m == 0 {
		for _, r := range [2]metrics.Rate{control, treatment} {
			if err := first(check.In(fn, "trials", r.Trials, 0, math.MaxFloat64), check.In(fn, "hits", r.Hits, 0, r.Trials)); err != nil {
				return Look{}, err
			}
		}
		return s.look(fn, n+m, p, v)
	}
	if n+m <= 1 {
		return s.look(fn, n+m, p, v)
	}
	pc, pt, err := rates(fn, control, treatment)
	if err != nil {
		return Look{}, err
	}
	v.Value = pt - pc
	k := scale * scale * n * (m / (n + m))
	if z, err := TwoProportionZ(control, treatment, TwoSided); err == nil {
		if p = mixtureP(z.Statistic, math.Inf(1), k); math.IsNaN(p) {
			return Look{}, fmt.Errorf("%s: need counts within the range of numbers, have %v and %v: %w", fn, control, treatment, mlgauge.ErrNotFinite)
		}
	}
	ac, at := (control.Hits+1)/(n+2), (treatment.Hits+1)/(m+2)
	h := mixtureWidth(math.Inf(1), k, level) * math.Sqrt(at*(1-at)/m+ac*(1-ac)/n)
	v.Low, v.High = math.Max(-1, v.Value-h), math.Min(1, v.Value+h)
	if v, err = sound(fn, v); err != nil {
		return Look{}, err
	}
	return s.look(fn, n+m, p, v)
}

func (s *Sequential) options(fn string) (level, scale float64, err error) {
	level, scale = s.Level, s.Scale
	if level == 0 {
		level = 0.95
	}
	if scale == 0 {
		scale = 0.1
	}
	if !(scale > 0 && scale <= 1e100) { // its square is a number
		return 0, 0, fmt.Errorf("%s: Scale: need a number above 0 and at most 1e100, have %v: %w", fn, scale, mlgauge.ErrRange)
	}
	return level, scale, check.Level(fn, level)
}

// look joins one look to those before.
func (s *Sequential) look(fn string, units, p float64, v metrics.Interval) (Look, error) {
	if units < s.units {
		return Look{}, fmt.Errorf("%s: need all the data so far, at least %v units, have %v: %w", fn, s.units, units, mlgauge.ErrRange)
	}
	if s.looks > 0 {
		p = math.Min(p, s.p)
		// Sequences that miss the truth may become disjoint; the later end is kept.
		v.Low, v.High = math.Max(v.Low, s.low), math.Min(v.High, s.high)
		if v.Low > v.High {
			v.Low, v.High = s.low, s.high
		}
	}
	s.looks++
	s.units, s.p, s.low, s.high = units, p, v.Low, v.High
	return Look{Interval: v, PValue: p, Looks: s.looks, Significant: p <= 1-v.Level}, nil
}

// Reset forgets all looks and keeps the options.
func (s *Sequential) Reset() { *s = Sequential{Level: s.Level, Scale: s.Scale} }

// mixtureP returns 1/ratio, at most 1; an infinite df is the normal limit.
func mixtureP(t, df, k float64) float64 {
	if math.IsInf(df, 1) {
		return math.Min(1, math.Exp(math.Log1p(k)/2-t*t/2*(k/(1+k))))
	}
	u := t * t / df
	if math.IsInf(u, 0) {
		u = math.MaxFloat64
	}
	return math.Min(1, math.Exp(math.Log1p(k)/2-(df+1)/2*(math.Log1p(u)-math.Log1p(u/(1+k)))))
}

// mixtureWidth returns the |t| at which ratio is 1/alpha, which may be infinite.
func mixtureWidth(df, k, level float64) float64 {
	l := math.Log1p(k)/2 - math.Log(1-level)
	if math.IsInf(df, 1) {
		return math.Sqrt(2 * l * (1 + k) / k)
	}
	// (1 + u)/(1 + u/(1+k)) = c, so u = (c - 1)/(1 - c/(1+k)).
	c1 := math.Expm1(2 * l / (df + 1))
	d := (k - c1) / (1 + k)
	if d <= 0 {
		return math.Inf(1)
	}
	return math.Sqrt(df * c1 / d)
}

// MeanSequence returns the mean of one sample with a confidence sequence: the
// interval of Sequential.Means for one arm, with df = n-1 and k = scale^2 n. It
// covers the true mean at all sizes at once with the level's chance; exactly so
// for normal data. Below the size at which the mixture can exclude anything it is
// infinite. scale is the distance from the mean, in standard deviations, at which
// it is tightest; 0 means 0.1.
//
// Errors: as Sample.Interval, and mlgauge.ErrRange for a negative scale.
func MeanSequence(s *Sample, scale, level float64) (metrics.Interval, error) {
	const fn = "experiment.MeanSequence"
	level, scale, err := (&Sequential{Level: level, Scale: scale}).options(fn)
	if err != nil {
		return metrics.Interval{}, err
	}
	if err := s.least(fn, "s"); err != nil {
		return metrics.Interval{}, err
	}
	n := s.m.W
	v := s.m.Mean()
	h := 0.0
	if sd := math.Sqrt(s.m.Variance(1) / n); sd > 0 {
		h = mixtureWidth(n-1, scale*scale*n, level) * sd
	}
	return metrics.Interval{Value: v, Low: v - h, High: v + h, Level: level}, nil
}

// RateSequence returns a proportion with a confidence sequence that is exact for
// every size: all q at which
//
//	B(x + 1, n - x + 1) / (q^x (1-q)^(n-x)) < 1/alpha
//
// the mixture of the binomial likelihood over uniform proportions.
//
// Errors: those of metrics.Rate.Value; mlgauge.ErrRange for a level outside
// (0, 1). Source: Robbins (1970).
func RateSequence(r metrics.Rate, level float64) (metrics.Interval, error) {
	const fn = "experiment.RateSequence"
	p, err := r.Value()
	if err != nil {
		return metrics.Interval{}, fmt.Errorf("%s: %w", fn, err)
	}
	if err := check.Level(fn, level); err != nil {
		return metrics.Interval{}, err
	}
	x, y := r.Hits, r.Trials-r.Hits
	lx, _ := math.Lgamma(x + 1)
	ly, _ := math.Lgamma(y + 1)
	ln, _ := math.Lgamma(x + y + 2)
	bound := lx + ly - ln + math.Log(1-level)
	inside := func(q float64) bool { return xlogy(x, q)+xlogy(y, 1-q) > bound }
	v := metrics.Interval{Value: p, Low: bisect(0, p, inside), High: bisect(1, p, inside), Level: level}
	return v, nil
}

func xlogy(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(y)
}

// DifferenceSequence returns the difference of two proportions, treatment minus
// control, with a confidence sequence that is exact for every size and any rule of
// assignment: the two arms' RateSequence, each at half the error.
//
// Errors: as RateSequence.
func DifferenceSequence(control, treatment metrics.Rate, level float64) (metrics.Interval, error) {
	const fn = "experiment.DifferenceSequence"
	if err := check.Level(fn, level); err != nil {
		return metrics.Interval{}, err
	}
	c, err := RateSequence(control, (1+level)/2)
	if err != nil {
		return metrics.Interval{}, fmt.Errorf("%s: control: %w", fn, err)
	}
	t, err := RateSequence(treatment, (1+level)/2)
	if err != nil {
		return metrics.Interval{}, fmt.Errorf("%s: treatment: %w", fn, err)
	}
	return metrics.Interval{Value: t.Value - c.Value, Low: t.Low - c.High, High: t.High - c.Low, Level: level}, nil
}

type sequentialJSON struct {
	Level float64         `json:"level"`
	Scale float64         `json:"scale"`
	Looks int             `json:"looks"`
	Units float64         `json:"units"`
	P     float64         `json:"p"`
	Low   jsonfloat.Float `json:"low"`
	High  jsonfloat.Float `json:"high"`
}

// MarshalJSON writes options and state.
func (s *Sequential) MarshalJSON() ([]byte, error) {
	return json.Marshal(sequentialJSON{s.Level, s.Scale, s.looks, s.units, s.p, jsonfloat.Float(s.low), jsonfloat.Float(s.high)})
}

// UnmarshalJSON reads what MarshalJSON wrote. What cannot be is mlgauge.ErrCorrupt
// and leaves s as it was.
func (s *Sequential) UnmarshalJSON(data []byte) error {
	const fn = "experiment.Sequential.UnmarshalJSON"
	var j sequentialJSON
	if err := jsonfloat.Decode(fn, data, &j); err != nil {
		return err
	}
	o := Sequential{Level: j.Level, Scale: j.Scale, looks: j.Looks, units: j.Units, p: j.P, low: float64(j.Low), high: float64(j.High)}
	if _, _, err := o.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if o.looks < 0 || !(o.units >= 0) || !(o.p >= 0 && o.p <= 1) || !(o.low <= o.high) {
		return jsonfloat.Corrupt(fn, "need a p-value in [0, 1], counts of at least 0 and an interval")
	}
	*s = o
	return nil
}
