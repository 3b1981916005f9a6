package experiment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mlgauge/mlgauge"
)

// Halving tries many random points with a small budget (rows, epochs, trees),
// keeps the best 1/Factor of them, multiplies the budget by Factor, and so on up
// to MaxBudget. The objective asks for its budget with Run.Budget. Trials that
// failed are not kept.
//
// Source: Jamieson and Talwalkar, AISTATS 2016.
type Halving struct {
	Points    int     // tried with the smallest budget
	Factor    float64 // above 1; 0 means 3
	MinBudget float64 // of the first rung, above 0
	MaxBudget float64 // no rung exceeds it
}

// Propose implements Search; mlgauge.ErrRange for bad options.
func (h Halving) Propose(_ context.Context, s *Study, history []Trial, n int, r *rand.Rand) ([]Proposal, error) {
	const fn = "experiment.Halving"
	if h.Factor == 0 {
		h.Factor = 3
	}
	if !(h.Factor > 1) || h.Points < 1 || !(h.MinBudget > 0) || !(h.MaxBudget >= h.MinBudget) || math.IsInf(h.MaxBudget, 0) || math.IsInf(h.Factor, 0) {
		return nil, fmt.Errorf("%s: need Points >= 1, Factor > 1 and 0 < MinBudget <= MaxBudget, have %+v: %w", fn, h, mlgauge.ErrRange)
	}
	// Walk over the rungs that history has finished.
	size, budget := h.Points, h.MinBudget
	var kept [][]float64 // points of the present rung; nil on the first
	for len(history) >= size {
		rung := history[:size]
		history = history[size:]
		budget *= h.Factor
		if budget > h.MaxBudget*(1+1e-9) {
			return nil, nil
		}
		kept = best(rung, s.Goal, int(float64(size)/h.Factor))
		if size = len(kept); size == 0 {
			return nil, nil
		}
	}
	var out []Proposal
	for k := len(history); k < size && len(out) < n; k++ {
		p := Proposal{Budget: budget}
		if kept == nil {
			p.Point = s.Space.draw(r)
		} else {
			p.Point = kept[k]
		}
		out = append(out, p)
	}
	return out, nil
}

// best returns the points of the n best trials that did not fail, the best first;
// ties go to the earlier trial.
func best(trials []Trial, goal Goal, n int) [][]float64 {
	ok := slices.DeleteFunc(slices.Clone(trials), func(t Trial) bool { return t.Err != "" })
	slices.SortStableFunc(ok, func(a, b Trial) int {
		if goal == Minimize {
			return cmp.Compare(a.Value, b.Value)
		}
		return cmp.Compare(b.Value, a.Value)
	})
	var points [][]float64
	for _, t := range ok[:min(n, len(ok))] {
		points = append(points, t.Point)
	}
	return points
}
