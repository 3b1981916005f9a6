package mitigate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// NearMissOptions choose the rule of NearMiss. The zero value is version 1 with 3
// neighbours.
type NearMissOptions struct {
	Version int // 1, 2 or 3; 0 means 1
	K       int // minority rows whose mean distance counts; 0 means 3
	First   int // rows that version 3 keeps first for each minority row; 0 means 3
}

// NearMiss returns the rows that remain when each class is cut to its target by its
// distance from the minority (Mani and Zhang 2003): version 1 keeps the rows whose K
// nearest minority rows are nearest on average, version 2 those whose K farthest are,
// version 3 first keeps, for each minority row, its nearest rows of the class, and
// of these the ones whose K nearest minority rows are farthest. Rows come class by
// class, in order of selection. Nil targets bring every class to the minority's size.
// It returns the errors of Undersample, ErrNotFinite for x, ErrRange for another
// version, K above the minority, or First above a class. Source: imbalanced-learn
// 0.14.
func NearMiss[L cmp.Ordered](x mat.Matrix, y []L, targets Targets[L], o NearMissOptions) ([]int, error) {
	const fn = "mitigate.NearMiss"
	o.Version, o.K, o.First = cmp.Or(o.Version, 1), cmp.Or(o.K, 3), cmp.Or(o.First, 3)
	if o.Version < 1 || o.Version > 3 {
		return nil, check.Option(fn, "Version", o.Version)
	}
	classes, err := targets.resolve(fn, y, false)
	if err != nil {
		return nil, err
	}
	d, err := dense(fn, x, len(y), false)
	if err != nil {
		return nil, err
	}
	// Of equal classes the first to appear is the one that distances are taken from, and the
	// one with the lowest label the one that stays, as in the original.
	from, stays := 0, 0
	for i, c := range classes {
		if n, least := len(c.rows), len(classes[from].rows); n < least || n == least && c.rows[0] < classes[from].rows[0] {
			from = i
		}
		if len(c.rows) < len(classes[stays].rows) {
			stays = i
		}
	}
	small := classes[from]
	if o.K < 1 || o.K > len(small.rows) {
		return nil, fmt.Errorf("%s: K: need from 1 to the %d rows of the minority, have %d: %w", fn, len(small.rows), o.K, mlgauge.ErrRange)
	}
	index := neighbors.New(rowsOf(d, small.rows))
	var out []int
	for i, c := range classes {
		if targets == nil && i == stays || targets != nil && !has(targets, c.label) {
			out = append(out, c.rows...)
			continue
		}
		rows := c.rows
		if o.Version == 3 {
			if o.First < 1 || o.First > len(rows) {
				return nil, fmt.Errorf("%s: First: need from 1 to the %d rows of class %v, have %d: %w", fn, len(rows), c.label, o.First, mlgauge.ErrRange)
			}
			rows = nearRows(d, small.rows, c.rows, o.First)
		}
		ask := o.K
		if o.Version == 2 {
			ask = len(small.rows)
		}
		score := make([]float64, len(rows))
		for r, ns := range index.All(rowsOf(d, rows), ask, false) {
			for _, n := range ns[len(ns)-o.K:] {
				score[r] += math.Sqrt(n.Distance)
			}
			if o.Version == 3 {
				score[r] = -score[r]
			}
		}
		order := sequence(len(rows))
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
		for _, r := range order[:min(c.want, len(order))] {
			out = append(out, rows[r])
		}
	}
	return out, nil
}

func has[L cmp.Ordered](t Targets[L], label L) bool { _, ok := t[label]; return ok }

// nearRows returns the rows of a class that are among the k nearest of a minority
// row, ascending.
func nearRows(d *mat.Dense, minority, rows []int, k int) []int {
	seen := make(map[int]bool)
	var out []int
	for _, ns := range neighbors.New(rowsOf(d, rows)).All(rowsOf(d, minority), k, false) {
		for _, n := range ns {
			if !seen[n.Row] {
				seen[n.Row] = true
				out = append(out, rows[n.Row])
			}
		}
	}
	slices.Sort(out)
	return out
}
