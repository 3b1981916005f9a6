package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// An Importance fits a model on the given columns (ascending indices) and
// returns how important each of them was to it, in the same order: a squared
// coefficient, the gain of a tree. Higher is better.
type Importance func(columns []int) ([]float64, error)

// A Scorer fits a model on the given columns (ascending indices) and returns
// how well it did: one score per fold, or a single one. Higher is better.
type Scorer func(columns []int) ([]float64, error)

// Eliminate is recursive feature elimination: it fits on all columns, drops the
// least important, fits on the rest, and so on. The zero value drops one column at
// a time until half of them are left.
//
// Source: Guyon and others (2002); scikit-learn 1.9 RFE and RFECV.
type Eliminate struct {
	Keep  int     `json:"keep,omitempty"`  // columns that stay; 0 means half of them, rounded down
	Share float64 `json:"share,omitempty"` // instead of Keep: their share in (0, 1)
	// Step is how many columns go at a time; below 1 it is their share of all
	// columns, at least one; 0 means 1.
	Step float64 `json:"step,omitempty"`

	Selection
	// Ranking is 1 for the columns that stay, and the higher the earlier a
	// column went.
	Ranking []int `json:"ranking,omitempty"`
	// Rounds holds, after Search, the scores by number of columns, fewest first.
	Rounds []EliminationRound `json:"rounds,omitempty"`
}

// An EliminationRound is how a number of columns scored.
type EliminationRound struct {
	Columns int     `json:"columns,omitempty"` // how many
	Mean    float64 `json:"mean,omitempty"`    // over the folds
	Std     float64 `json:"std,omitempty"`     // over the folds, population
	Folds   Floats  `json:"folds,omitempty"`
}

// Fit eliminates among n columns. Among columns of equal importance the earlier
// go first.
//
// It reports what importance reports, importances of another number than the
// columns (ErrLength) or that are NaN (ErrNotFinite), fewer than 2 columns, and
// options out of range (ErrRange).
func (e *Eliminate) Fit(n int, importance Importance) error {
	const fn = "Eliminate.Fit"
	target, err := e.target(fn, n)
	if err != nil {
		return err
	}
	s, ranking, err := e.run(fn, n, target, importance, nil)
	if err != nil {
		return err
	}
	e.Selection, e.Ranking, e.Rounds = s, ranking, nil
	return nil
}

// Search eliminates down to least columns, scores every round, and keeps as many
// columns as scored best; among ties the fewest. One elimination on all rows
// serves both the scores and the choice when importance and score see the same
// rows; to score each fold by an elimination of its own, see SearchFolds.
func (e *Eliminate) Search(n, least int, importance Importance, score Scorer) error {
	return e.search("Eliminate.Search", n, least, importance, []Importance{importance}, []Scorer{score})
}

// SearchFolds runs an elimination per fold, each with its own importances and
// scores, adds up the scores of the folds for every number of columns, and then
// eliminates by importance, which sees all rows, down to the best number.
//
// Source: scikit-learn 1.9 RFECV.
func (e *Eliminate) SearchFolds(n, least int, importance Importance, folds []Importance, scores []Scorer) error {
	return e.search("Eliminate.SearchFolds", n, least, importance, folds, scores)
}

func (e *Eliminate) search(fn string, n, least int, importance Importance, folds []Importance, scores []Scorer) error {
	if _, err := e.target(fn, n); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "least", least, 1); err != nil {
		return err
	}
	if least > n {
		return fmt.Errorf("%s: least: need at most %d, have %d: %w", fn, n, least, mlgauge.ErrRange)
	}
	if err := check.Pair(fn, "folds", len(folds), "scores", len(scores)); err != nil {
		return err
	}
	var rounds []EliminationRound
	for f, imp := range folds {
		if scores[f] == nil {
			return check.Option(fn, "scores", "nil")
		}
		k := 0
		_, _, err := e.run(fn, n, least, imp, func(columns []int) error {
			v, err := scores[f](slices.Clone(columns))
			if err != nil {
				return fmt.Errorf("%s: score of %d columns: %w", fn, len(columns), err)
			}
			if err := check.NotEmpty(fn, "scores", len(v)); err != nil {
				return err
			}
			if err := check.Finite(fn, "scores", v); err != nil {
				return err
			}
			if f == 0 {
				rounds = append(rounds, EliminationRound{Columns: len(columns)})
			}
			rounds[k].Folds = append(rounds[k].Folds, v...)
			k++
			return nil
		})
		if err != nil {
			return err
		}
	}
	slices.Reverse(rounds)
	best, sum := 0, math.Inf(-1)
	for k := range rounds {
		r := &rounds[k]
		r.Mean, r.Std = meanStd(r.Folds)
		var s float64
		for _, v := range r.Folds {
			s += v
		}
		if s > sum {
			best, sum = k, s
		}
	}
	s, ranking, err := e.run(fn, n, rounds[best].Columns, importance, nil)
	if err != nil {
		return err
	}
	e.Selection, e.Ranking, e.Rounds = s, ranking, rounds
	return nil
}

// meanStd returns the mean and the population standard deviation.
func meanStd(x []float64) (mean, std float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		std += (v - mean) / n * (v - mean)
	}
	return mean, math.Sqrt(std)
}

func (e *Eliminate) target(fn string, n int) (int, error) {
	if err := check.AtLeast(fn, "n", n, 2); err != nil {
		return 0, err
	}
	if err := e.options(fn); err != nil {
		return 0, err
	}
	switch {
	case e.Share > 0:
		return int(float64(n) * e.Share), nil
	case e.Keep == 0:
		return n / 2, nil
	case e.Keep > n:
		return 0, fmt.Errorf("%s: Keep: need at most the %d columns, have %d: %w", fn, n, e.Keep, mlgauge.ErrRange)
	}
	return e.Keep, nil
}

func (e *Eliminate) options(fn string) error {
	if err := check.AtLeast(fn, "Keep", e.Keep, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Step", e.Step, 0, math.MaxInt32); err != nil {
		return err
	}
	return check.In(fn, "Share", e.Share, 0, math.Nextafter(1, 0))
}

func (e *Eliminate) run(fn string, n, target int, importance Importance, each func([]int) error) (Selection, []int, error) {
	if importance == nil {
		return Selection{}, nil, check.Option(fn, "importance", "nil")
	}
	step := 1
	switch {
	case e.Step >= 1:
		step = int(e.Step)
	case e.Step > 0:
		step = max(1, int(e.Step*float64(n)))
	}
	ranking := make([]int, n)
	left := make([]int, n)
	for j := range left {
		left[j], ranking[j] = j, 1
	}
	for len(left) > target {
		imp, err := importance(slices.Clone(left))
		if err != nil {
			return Selection{}, nil, fmt.Errorf("%s: importance of %d columns: %w", fn, len(left), err)
		}
		if err := check.Length(fn, "importances", len(left), len(imp)); err != nil {
			return Selection{}, nil, err
		}
		if err := check.NoNaN(fn, "importances", imp); err != nil {
			return Selection{}, nil, err
		}
		if each != nil {
			if err := each(left); err != nil {
				return Selection{}, nil, err
			}
		}
		gone := make([]bool, n)
		for _, k := range ranked(imp)[:min(step, len(left)-target)] {
			gone[left[k]] = true
		}
		left = slices.DeleteFunc(left, func(j int) bool { return gone[j] })
		stay := make([]bool, n)
		for _, j := range left {
			stay[j] = true
		}
		for j := range ranking {
			if !stay[j] {
				ranking[j]++
			}
		}
	}
	if each != nil {
		if err := each(left); err != nil {
			return Selection{}, nil, err
		}
	}
	return Selection{Features: n, Columns: left}, ranking, nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves e as it was.
func (e *Eliminate) UnmarshalJSON(data []byte) error {
	const fn = "Eliminate.UnmarshalJSON"
	type plain Eliminate
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	n := Eliminate(p)
	if err := n.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := n.Selection.valid(fn); err != nil {
		return err
	}
	if len(n.Ranking) != 0 && len(n.Ranking) != n.Features {
		return jsonfloat.Corrupt(fn, "need %d ranks, have %d", n.Features, len(n.Ranking))
	}
	*e = n
	return nil
}
