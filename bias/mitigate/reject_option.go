package mitigate

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// A FairnessGap is the difference, unprivileged less privileged, that a RejectOption
// keeps inside its bounds.
type FairnessGap int

const (
	// StatisticalParity is the difference of the shares of positive decisions.
	StatisticalParity FairnessGap = iota
	// AverageOdds is the mean of the differences of the false and the true positive
	// rates.
	AverageOdds
	// EqualOpportunity is the difference of the true positive rates.
	EqualOpportunity
)

// A RejectOption decides by a threshold, but inside a margin around it in favour of
// the unprivileged group and against the privileged,
//
//	unprivileged: positive if score > Threshold - Margin
//	privileged:   positive if score > Threshold + Margin
//
// Fit searches a grid for the threshold and margin with the best balanced accuracy
// among those whose gap is inside [Lower, Upper]. The zero value is AIF360's: statistical
// parity within 0.05, thresholds 0.01 to 0.99 in 100 steps, 50 margins. Source:
// Kamiran, Karim and Zhang (2012); AIF360 0.6.1.
type RejectOption struct {
	Gap           FairnessGap
	Lower, Upper  float64 // both 0 mean -0.05 and 0.05
	Low, High     float64 // thresholds tried; both 0 mean 0.01 and 0.99
	Steps, Margin int     // thresholds and margins tried; 0 means 100 and 50

	// Fitted.
	Fitted          bool
	Threshold       float64
	ThresholdMargin float64
	// Satisfied tells that the gap is inside the bounds. If no choice is, the one
	// nearest to them was taken (AIF360 takes the smallest, most negative gap).
	Satisfied bool
}

func (r *RejectOption) resolve(fn string) (o RejectOption, err error) {
	o = *r
	if o.Lower == 0 && o.Upper == 0 {
		o.Lower, o.Upper = -0.05, 0.05
	}
	if o.Low == 0 && o.High == 0 {
		o.Low, o.High = 0.01, 0.99
	}
	if o.Steps == 0 {
		o.Steps = 100
	}
	if o.Margin == 0 {
		o.Margin = 50
	}
	switch {
	case o.Gap < StatisticalParity || o.Gap > EqualOpportunity:
		return o, check.Option(fn, "Gap", int(o.Gap))
	case !(o.Lower <= o.Upper):
		return o, fmt.Errorf("%s: Lower, Upper: need Lower <= Upper, have %v and %v: %w", fn, o.Lower, o.Upper, mlgauge.ErrRange)
	case !(o.Low >= 0 && o.Low < o.High && o.High <= 1):
		return o, fmt.Errorf("%s: Low, High: need 0 <= Low < High <= 1, have %v and %v: %w", fn, o.Low, o.High, mlgauge.ErrRange)
	}
	if err := check.AtLeast(fn, "Steps", o.Steps, 1); err != nil {
		return o, err
	}
	return o, check.AtLeast(fn, "Margin", o.Margin, 1)
}

// linspace is the i-th of n points on [lo, hi], with numpy's rounding.
func linspace(lo, hi float64, i, n int) float64 {
	switch {
	case i == 0:
		return lo
	case i == n-1:
		return hi
	}
	return float64(float64(i)*((hi-lo)/float64(n-1))) + lo
}

// ranked holds the scores of one group and label, ascending.
type ranked []float64

// above counts the scores above t.
func (s ranked) above(t float64) float64 {
	lo, hi := 0, len(s)
	for lo < hi {
		mid := (lo + hi) / 2
		if s[mid] > t {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return float64(len(s) - lo)
}

// Fit searches threshold and margin. score holds probabilities of the positive
// label, y the truth, unprivileged marks the rows of that group; all others are
// privileged. It returns ErrEmpty, ErrLength, ErrNotFinite and ErrRange for bad
// input or options and ErrUndefined where there is one class or one group only, or
// a group lacks the label that the gap needs.
func (r *RejectOption) Fit(score []float64, y, unprivileged []bool) error {
	const fn = "mitigate.RejectOption.Fit"
	o, err := r.resolve(fn)
	if err != nil {
		return err
	}
	if err := check.NotEmpty(fn, "score", len(score)); err != nil {
		return err
	}
	if err := check.Length(fn, "y", len(score), len(y)); err != nil {
		return err
	}
	if err := check.Length(fn, "unprivileged", len(score), len(unprivileged)); err != nil {
		return err
	}
	if err := check.Probabilities(fn, "score", score); err != nil {
		return err
	}
	var s [2][2]ranked // [unprivileged][label]
	for i, v := range score {
		u, l := 0, 0
		if unprivileged[i] {
			u = 1
		}
		if y[i] {
			l = 1
		}
		s[u][l] = append(s[u][l], v)
	}
	var n [2][2]float64
	for u := range 2 {
		for l := range 2 {
			slices.Sort(s[u][l])
			n[u][l] = float64(len(s[u][l]))
		}
	}
	switch {
	case n[0][0]+n[0][1] == 0 || n[1][0]+n[1][1] == 0:
		return fmt.Errorf("%s: unprivileged: need rows in both groups, have one group: %w", fn, mlgauge.ErrUndefined)
	case n[0][0]+n[1][0] == 0 || n[0][1]+n[1][1] == 0:
		return fmt.Errorf("%s: y: need both labels, have one: %w", fn, mlgauge.ErrUndefined)
	case o.Gap != StatisticalParity && (n[0][1] == 0 || n[1][1] == 0), o.Gap == AverageOdds && (n[0][0] == 0 || n[1][0] == 0):
		return fmt.Errorf("%s: y: need both labels in both groups for this gap: %w", fn, mlgauge.ErrUndefined)
	}
	best, nearest := math.Inf(-1), math.Inf(1)
	for i := range o.Steps {
		t := linspace(o.Low, o.High, i, o.Steps)
		widest := t
		if t > 0.5 {
			widest = 1 - t
		}
		for k := range o.Margin {
			m := linspace(0, widest, k, o.Margin)
			var p [2][2]float64
			for u, cut := range [2]float64{t + m, t - m} {
				for l := range 2 {
					p[u][l] = s[u][l].above(cut)
				}
			}
			tpr := (p[0][1] + p[1][1]) / (n[0][1] + n[1][1])
			tnr := (n[0][0] + n[1][0] - p[0][0] - p[1][0]) / (n[0][0] + n[1][0])
			accuracy := 0.5 * (tpr + tnr)
			var gap float64
			switch o.Gap {
			case StatisticalParity:
				gap = (p[1][0]+p[1][1])/(n[1][0]+n[1][1]) - (p[0][0]+p[0][1])/(n[0][0]+n[0][1])
			case AverageOdds:
				gap = 0.5 * (p[1][0]/n[1][0] - p[0][0]/n[0][0] + (p[1][1]/n[1][1] - p[0][1]/n[0][1]))
			default:
				gap = p[1][1]/n[1][1] - p[0][1]/n[0][1]
			}
			// How far the gap is outside the bounds; 0 inside.
			outside := math.Max(0, math.Max(gap-o.Upper, o.Lower-gap))
			if outside < nearest || outside == nearest && accuracy > best {
				nearest, best = outside, accuracy
				o.Threshold, o.ThresholdMargin = t, m
			}
		}
	}
	r.Fitted, r.Threshold, r.ThresholdMargin, r.Satisfied = true, o.Threshold, o.ThresholdMargin, nearest == 0
	return nil
}

// Predict returns the decision for every row. It returns ErrNotFitted before Fit, and
// the errors of Fit for bad input.
func (r *RejectOption) Predict(score []float64, unprivileged []bool) ([]bool, error) {
	const fn = "mitigate.RejectOption.Predict"
	if !r.Fitted {
		return nil, check.NotFitted(fn)
	}
	if err := check.Length(fn, "unprivileged", len(score), len(unprivileged)); err != nil {
		return nil, err
	}
	if err := check.Probabilities(fn, "score", score); err != nil {
		return nil, err
	}
	out := make([]bool, len(score))
	for i, s := range score {
		if unprivileged[i] {
			out[i] = s > r.Threshold-r.ThresholdMargin
		} else {
			out[i] = s > r.Threshold+r.ThresholdMargin
		}
	}
	return out, nil
}

// UnmarshalJSON reads what json.Marshal wrote. It returns ErrCorrupt for anything
// else, and then leaves the receiver as it was.
func (r *RejectOption) UnmarshalJSON(data []byte) error {
	const fn = "mitigate.RejectOption.UnmarshalJSON"
	type plain RejectOption
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	o := RejectOption(p)
	if _, err := o.resolve(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if o.Fitted && !(o.Threshold >= 0 && o.Threshold <= 1 && o.ThresholdMargin >= 0 && o.ThresholdMargin <= 1) {
		return jsonfloat.Corrupt(fn, "need a threshold and a margin in [0, 1], have %v and %v", o.Threshold, o.ThresholdMargin)
	}
	*r = o
	return nil
}
