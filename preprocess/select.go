package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// A SelectMode says how scores or p-values choose columns.
type SelectMode int

const (
	// KBest keeps the K highest scores; among ties the later columns stay.
	KBest SelectMode = iota
	// Percentile keeps the highest scores, Percent of the columns.
	Percentile
	// FPR keeps p-values below Alpha: the rate of false positives.
	FPR
	// FDR keeps p-values by the procedure of Benjamini and Hochberg: the expected
	// share of false columns among those that stay is at most Alpha.
	FDR
	// FWE keeps p-values below Alpha / columns (Bonferroni): the chance of any
	// false column.
	FWE
	// ScoreAbove keeps scores above Threshold.
	ScoreAbove
)

// Select keeps columns by a score of each alone. The zero value keeps the 10
// best.
type Select struct {
	Mode      SelectMode `json:"mode,omitempty"`
	K         int        `json:"k,omitempty"`         // for KBest; 0 means 10
	Percent   float64    `json:"percent,omitempty"`   // for Percentile, in [0, 100]; 0 means 10
	Alpha     float64    `json:"alpha,omitempty"`     // for FPR, FDR and FWE, in [0, 1]; 0 means 0.05
	Threshold float64    `json:"threshold,omitempty"` // for ScoreAbove

	Selection
	Scores Floats `json:"scores,omitempty"` // of all columns
	P      Floats `json:"p,omitempty"`      // of all columns, where the score has p-values
}

// Fit scores the columns of src and chooses. score is any function of this
// package around its target, such as
//
//	func(x mat.Matrix) (Scores, error) { return FClassif(x, classes) }
//
// It reports what score reports, a number of scores that is not the number of
// columns (ErrLength), p-values that are missing though the mode needs them
// (ErrLength), and options out of range (ErrRange).
func (s *Select) Fit(src mat.Matrix, score func(mat.Matrix) (Scores, error)) error {
	const fn = "Select.Fit"
	g, err := view(fn, "src", src)
	if err != nil {
		return err
	}
	if score == nil {
		return check.Option(fn, "score", "nil")
	}
	sc, err := score(src)
	if err != nil {
		return fmt.Errorf("%s: score: %w", fn, err)
	}
	if err := check.Length(fn, "scores", g.Cols, len(sc.Scores)); err != nil {
		return err
	}
	return s.fit(fn, sc)
}

// FitScores chooses from scores that were computed elsewhere. A NaN score is
// below every other one; a NaN p-value never passes.
func (s *Select) FitScores(scores Scores) error { return s.fit("Select.FitScores", scores) }

func (s *Select) fit(fn string, sc Scores) error {
	n := len(sc.Scores)
	byP := s.Mode == FPR || s.Mode == FDR || s.Mode == FWE
	if byP && sc.Scores == nil {
		n = len(sc.P)
	}
	if err := check.NotEmpty(fn, "scores", n); err != nil {
		return err
	}
	if byP || sc.P != nil {
		if err := check.Length(fn, "p-values", n, len(sc.P)); err != nil {
			return err
		}
	}
	if err := s.options(fn); err != nil {
		return err
	}
	yes := make([]bool, n)
	alpha := s.Alpha
	if alpha == 0 {
		alpha = 0.05
	}
	switch s.Mode {
	case KBest:
		k := s.K
		if k == 0 {
			k = 10
		}
		for _, j := range ranked(sc.Scores)[max(n-k, 0):] {
			yes[j] = true
		}
	case Percentile:
		s.percentile(yes, sc.Scores)
	case ScoreAbove:
		for j, v := range sc.Scores {
			yes[j] = v > s.Threshold
		}
	case FPR:
		for j, p := range sc.P {
			yes[j] = p < alpha
		}
	case FWE:
		for j, p := range sc.P {
			yes[j] = p < alpha/float64(n)
		}
	case FDR:
		p := slices.DeleteFunc(slices.Clone([]float64(sc.P)), math.IsNaN)
		slices.Sort(p)
		cut := math.Inf(-1)
		for i, v := range p {
			if v <= alpha/float64(n)*float64(i+1) {
				cut = v
			}
		}
		for j, v := range sc.P {
			yes[j] = v <= cut
		}
	}
	s.Selection = keep(yes)
	s.Scores, s.P = slices.Clone(sc.Scores), slices.Clone(sc.P)
	return nil
}

func (s *Select) options(fn string) error {
	if s.Mode < KBest || s.Mode > ScoreAbove {
		return check.Option(fn, "Mode", s.Mode)
	}
	if err := check.AtLeast(fn, "K", s.K, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Percent", s.Percent, 0, 100); err != nil {
		return err
	}
	if err := check.In(fn, "Alpha", s.Alpha, 0, 1); err != nil {
		return err
	}
	return check.In(fn, "Threshold", s.Threshold, math.Inf(-1), math.Inf(1))
}

// ranked returns the columns by ascending score, NaN first; ties keep their
// order.
func ranked(scores []float64) []int {
	at := make([]int, len(scores))
	for j := range at {
		at[j] = j
	}
	slices.SortStableFunc(at, func(a, b int) int {
		x, y := clean(scores[a]), clean(scores[b])
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return at
}

// clean puts NaN below every number.
func clean(v float64) float64 {
	if v != v {
		return -math.MaxFloat64
	}
	return v
}

// percentile keeps the scores above the percentile of the scores, then as many
// of those equal to it, first columns first, as the share leaves room for.
func (s *Select) percentile(yes []bool, scores []float64) {
	percent := s.Percent
	if percent == 0 {
		percent = 10
	}
	sorted := make([]float64, len(scores))
	for j, v := range scores {
		sorted[j] = clean(v)
	}
	slices.Sort(sorted)
	at := (100 - percent) / 100 * float64(len(sorted)-1)
	lo := int(at)
	cut := sorted[lo]
	if lo+1 < len(sorted) && at > float64(lo) {
		cut = lerp(sorted[lo], sorted[lo+1], at-float64(lo))
	}
	room := int(float64(len(scores)) * percent / 100)
	for j, v := range scores {
		if clean(v) > cut {
			yes[j] = true
			room--
		}
	}
	for j, v := range scores {
		if percent == 100 {
			yes[j] = true
		} else if clean(v) == cut && room > 0 {
			yes[j] = true
			room--
		}
	}
}

// lerp interpolates as numpy does: from the nearer end, so that it is monotone.
func lerp(a, b, t float64) float64 {
	if a == b {
		return a
	}
	d := b - a
	if t >= 0.5 {
		return b - float64(d*(1-t))
	}
	return a + float64(d*t)
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves s as it was.
func (s *Select) UnmarshalJSON(data []byte) error {
	const fn = "Select.UnmarshalJSON"
	type plain Select
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	n := Select(p)
	if err := n.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := n.Selection.valid(fn); err != nil {
		return err
	}
	for _, v := range []Floats{n.Scores, n.P} {
		if len(v) != 0 && len(v) != n.Features {
			return jsonfloat.Corrupt(fn, "need %d scores, have %d", n.Features, len(v))
		}
	}
	*s = n
	return nil
}
