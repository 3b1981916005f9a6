package experiment

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Verdict is what to do about a treatment.
type Verdict int

const (
	// Continue: there is no answer yet.
	Continue Verdict = iota
	// Ship: the treatment is better, and nothing speaks against it.
	Ship
	// KeepControl: the treatment is worse, does harm, or is not worth it.
	KeepControl
	// Invalid: the data are not to be trusted.
	Invalid
)

// String returns "continue", "ship", "keep control" or "invalid".
func (v Verdict) String() string {
	switch v {
	case Continue:
		return "continue"
	case Ship:
		return "ship"
	case KeepControl:
		return "keep control"
	case Invalid:
		return "invalid"
	}
	return "unknown verdict"
}

// A Guardrail is a metric that the treatment must not harm.
type Guardrail struct {
	Name   string
	Goal   Goal
	Effect metrics.Interval // treatment minus control
	Limit  float64          // largest harm that is acceptable, at least 0, in units of the effect
}

// Evidence is what a decision rests on.
type Evidence struct {
	Metric  string           // name of the metric that decides
	Goal    Goal             // which end of it is good
	Effect  metrics.Interval // treatment minus control
	PValue  float64          // two-sided, of no effect
	Alpha   float64          // significance level; 0 means 0.05
	Minimum float64          // smallest effect worth having, at least 0

	Counts  []int     // units per arm, control first; none skips the sample-ratio test
	Weights []float64 // planned shares; none means equal

	Planned     int  // units planned altogether; 0 if the size was not fixed
	Looks       int  // times the results were looked at, this one included; 0 means 1
	Sequential  bool // PValue and Effect are always valid (Sequential)
	Comparisons int  // tests that PValue is one of, if it is not yet adjusted; 0 means 1

	Guardrails []Guardrail
}

// A Decision is a verdict and the reasons for it, in words.
type Decision struct {
	Verdict     Verdict
	Significant bool     // the p-value, corrected for looks and comparisons, is at most alpha
	PValue      float64  // so corrected
	Peeking     bool     // looked at more than once, or before the planned size, without a sequential test
	SampleRatio float64  // p-value of the sample-ratio test; NaN if there was none
	Reasons     []string // the first is the one that decided
}

// ratioAlpha is the level of the sample-ratio test, which is made in every
// experiment and must not cry wolf.
const ratioAlpha = 0.001

// Decide weighs the evidence in this order:
//
//  1. A sample-ratio p-value below 0.001 makes the experiment Invalid.
//  2. A guardrail whose interval lies beyond its limit is KeepControl.
//  3. The p-value is multiplied by the comparisons, and without a sequential test
//     by the looks (Bonferroni). Looking more than once or before the planned size
//     without a sequential test is reported as peeking.
//  4. A significant effect in the wrong direction is KeepControl; so is an
//     interval that excludes any effect of Minimum (futility).
//  5. A significant effect in the right direction is Ship, if its size has been
//     reached or was not fixed, and every guardrail's interval is within its limit.
//  6. All else is Continue, or KeepControl where the planned size has been reached.
//
// Errors: mlgauge.ErrRange for a p-value or level outside its range, negative
// counts, minimum or limit; mlgauge.ErrNotFinite for NaN; mlgauge.ErrLength;
// mlgauge.ErrUndefined for zero traffic.
func Decide(e Evidence) (Decision, error) {
	const fn = "experiment.Decide"
	if e.Alpha == 0 {
		e.Alpha = 0.05
	}
	e.Looks, e.Comparisons = max(e.Looks, 1), max(e.Comparisons, 1)
	if err := e.check(fn); err != nil {
		return Decision{}, err
	}
	d := Decision{SampleRatio: math.NaN()}
	units := 0
	if e.Counts != nil {
		w := e.Weights
		if w == nil {
			w = make([]float64, len(e.Counts))
			for i := range w {
				w[i] = 1
			}
		}
		r, err := SampleRatio(e.Counts, w)
		if err != nil {
			return Decision{}, fmt.Errorf("%s: %w", fn, err)
		}
		d.SampleRatio = r.PValue
		for _, c := range e.Counts {
			units += c
		}
	}
	early := e.Planned > 0 && e.Counts != nil && units < e.Planned
	d.Peeking = !e.Sequential && (e.Looks > 1 || early)
	d.PValue = e.PValue * float64(e.Comparisons)
	if !e.Sequential {
		d.PValue *= float64(e.Looks)
	}
	d.PValue = math.Min(1, d.PValue)
	d.Significant = d.PValue <= e.Alpha
	d.Verdict, d.Reasons = e.weigh(d, early, units)
	return d, nil
}

func (e *Evidence) check(fn string) error {
	if err := first(check.In(fn, "PValue", e.PValue, 0, 1), check.Level(fn, 1-e.Alpha), e.Goal.check(fn), effect(fn, "Effect", e.Effect),
		check.In(fn, "Minimum", e.Minimum, 0, math.MaxFloat64), check.AtLeast(fn, "Planned", e.Planned, 0)); err != nil {
		return err
	}
	for _, g := range e.Guardrails {
		if err := first(g.Goal.check(fn), effect(fn, "Guardrails: "+g.Name, g.Effect), check.In(fn, "Guardrails: "+g.Name+": Limit", g.Limit, 0, math.MaxFloat64)); err != nil {
			return err
		}
	}
	return nil
}

func effect(fn, arg string, v metrics.Interval) error {
	if err := check.NoNaN(fn, arg, []float64{v.Value, v.Low, v.High}); err != nil {
		return err
	}
	if v.Low > v.High {
		return fmt.Errorf("%s: %s: need an interval with Low <= High, have [%v, %v]: %w", fn, arg, v.Low, v.High, mlgauge.ErrRange)
	}
	return nil
}

// gain turns an interval so that more is better.
func gain(g Goal, v metrics.Interval) metrics.Interval {
	if g == Minimize {
		v.Value, v.Low, v.High = -v.Value, -v.High, -v.Low
	}
	return v
}

func (e *Evidence) weigh(d Decision, early bool, units int) (Verdict, []string) {
	name := e.Metric
	if name == "" {
		name = "the metric"
	}
	if d.SampleRatio < ratioAlpha {
		return Invalid, []string{fmt.Sprintf("sample ratio mismatch: units per arm %v are not in the planned ratio (p = %.2g); find out where units are lost before reading any result", e.Counts, d.SampleRatio)}
	}
	v := gain(e.Goal, e.Effect)
	said := fmt.Sprintf("%s changed by %.4g [%.4g, %.4g]", name, e.Effect.Value, e.Effect.Low, e.Effect.High)
	var notes []string
	if d.Peeking && e.Looks > 1 {
		notes = append(notes, fmt.Sprintf("peeking: %d looks without a sequential test; the p-value %.3g was multiplied by the looks, the interval is too narrow", e.Looks, e.PValue))
	}
	if d.Peeking && early {
		notes = append(notes, fmt.Sprintf("peeking: %d of %d planned units without a sequential test", units, e.Planned))
	}
	if e.Comparisons > 1 {
		notes = append(notes, fmt.Sprintf("the p-value was multiplied by %d comparisons", e.Comparisons))
	}
	var harmed, unsure []string
	for _, g := range e.Guardrails {
		w := gain(g.Goal, g.Effect)
		s := fmt.Sprintf("guardrail %s changed by %.4g [%.4g, %.4g]", g.Name, g.Effect.Value, g.Effect.Low, g.Effect.High)
		switch {
		case w.High < -g.Limit:
			harmed = append(harmed, s+fmt.Sprintf(": worse than its limit %.4g", g.Limit))
		case w.Low < -g.Limit:
			unsure = append(unsure, s+fmt.Sprintf(": harm beyond its limit %.4g is not excluded", g.Limit))
		default:
			notes = append(notes, s+": within its limit")
		}
	}
	because := func(verdict Verdict, reasons ...string) (Verdict, []string) {
		return verdict, append(append(append(reasons, harmed...), unsure...), notes...)
	}
	p := fmt.Sprintf(" (p = %.3g, alpha = %.3g)", d.PValue, e.Alpha)
	switch {
	case len(harmed) > 0:
		return because(KeepControl)
	case d.Significant && v.Value < 0:
		return because(KeepControl, said+", significantly for the worse"+p)
	case e.Minimum > 0 && v.High < e.Minimum && !d.Peeking:
		return because(KeepControl, said+fmt.Sprintf(": an effect of the minimum %.4g is excluded", e.Minimum))
	case !d.Significant && e.Planned > 0 && !early:
		return because(KeepControl, said+", not significant at the planned size"+p)
	case !d.Significant:
		return because(Continue, said+", not significant"+p)
	case early && !e.Sequential:
		return because(Continue, said+", significant but before the planned size"+p)
	case len(unsure) > 0:
		return because(Continue, said+", significantly for the better"+p)
	case e.Minimum > 0 && v.Low < e.Minimum:
		return because(Ship, said+", significantly for the better"+p, fmt.Sprintf("an effect below the minimum %.4g is not excluded", e.Minimum))
	}
	return because(Ship, said+", significantly for the better"+p)
}
