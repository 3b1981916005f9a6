package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// Sequential adds the column that improves the score most, again and again, or
// (Backward) removes the one whose loss costs least. The zero value adds until
// half of the columns are in.
//
// Source: scikit-learn 1.9 SequentialFeatureSelector.
type Sequential struct {
	Backward bool    `json:"backward,omitempty"`
	Keep     int     `json:"keep,omitempty"`  // columns that stay, fewer than all; 0 means half of them, rounded down
	Share    float64 `json:"share,omitempty"` // instead of Keep: their share in (0, 1)
	// Tolerance, with UntilTolerance set, is the least improvement: the search
	// ends before the step whose gain is below it. It may be negative when
	// columns are removed.
	UntilTolerance bool    `json:"until_tolerance,omitempty"`
	Tolerance      float64 `json:"tolerance,omitempty"`

	Selection
	// Steps holds the columns in the order in which they were added or removed,
	// and the score after each.
	Steps []SequentialStep `json:"steps,omitempty"`
}

// A SequentialStep is one column that was added or removed.
type SequentialStep struct {
	Column int     `json:"column,omitempty"`
	Score  float64 `json:"score,omitempty"` // mean over the folds
}

// Fit searches among n columns. Among columns of equal score the first wins. It
// calls score O(n^2) times.
//
// It reports what score reports, scores that are NaN (ErrNotFinite), fewer than 2
// columns, Keep that is not below n, and options out of range (ErrRange).
func (s *Sequential) Fit(n int, score Scorer) error {
	const fn = "Sequential.Fit"
	if err := check.AtLeast(fn, "n", n, 2); err != nil {
		return err
	}
	if err := s.options(fn); err != nil {
		return err
	}
	if score == nil {
		return check.Option(fn, "score", "nil")
	}
	if s.Keep >= n {
		return fmt.Errorf("%s: Keep: need fewer than the %d columns, have %d: %w", fn, n, s.Keep, mlgauge.ErrRange)
	}
	target := n / 2
	free := s.UntilTolerance && s.Keep == 0 && s.Share == 0
	switch {
	case free:
		target = n - 1
	case s.Share > 0:
		target = int(float64(n) * s.Share)
	case s.Keep > 0:
		target = s.Keep
	}
	rounds := target
	if s.Backward {
		rounds = n - target
		if free {
			rounds = n - 1
		}
	}
	moved := make([]bool, n) // added, or removed
	var steps []SequentialStep
	last := math.Inf(-1)
	for range rounds {
		best := SequentialStep{Column: -1}
		for j := range n {
			if moved[j] {
				continue
			}
			moved[j] = true
			var columns []int
			for k, m := range moved {
				if m != s.Backward {
					columns = append(columns, k)
				}
			}
			moved[j] = false
			v, err := score(columns)
			if err != nil {
				return fmt.Errorf("%s: score of columns %v: %w", fn, columns, err)
			}
			if err := check.NotEmpty(fn, "scores", len(v)); err != nil {
				return err
			}
			if err := check.NoNaN(fn, "scores", v); err != nil {
				return err
			}
			if m, _ := meanStd(v); best.Column < 0 || m > best.Score {
				best = SequentialStep{j, m}
			}
		}
		if free && best.Score-last < s.Tolerance {
			break
		}
		last = best.Score
		moved[best.Column] = true
		steps = append(steps, best)
	}
	yes := slices.Clone(moved)
	if s.Backward {
		for j := range yes {
			yes[j] = !yes[j]
		}
	}
	s.Selection, s.Steps = keep(yes), steps
	return nil
}

func (s *Sequential) options(fn string) error {
	if err := check.AtLeast(fn, "Keep", s.Keep, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Share", s.Share, 0, math.Nextafter(1, 0)); err != nil {
		return err
	}
	if !s.UntilTolerance {
		return nil
	}
	if s.Backward {
		return check.In(fn, "Tolerance", s.Tolerance, -math.MaxFloat64, math.MaxFloat64)
	}
	return check.In(fn, "Tolerance", s.Tolerance, 0, math.MaxFloat64)
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves s as it was.
func (s *Sequential) UnmarshalJSON(data []byte) error {
	const fn = "Sequential.UnmarshalJSON"
	type plain Sequential
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	n := Sequential(p)
	if err := n.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := n.Selection.valid(fn); err != nil {
		return err
	}
	for _, st := range n.Steps {
		if st.Column < 0 || st.Column >= n.Features {
			return jsonfloat.Corrupt(fn, "need steps of columns below %d, have %d", n.Features, st.Column)
		}
	}
	*s = n
	return nil
}
