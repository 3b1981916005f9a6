package encoding

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// learnCounts returns the counts of have (nil: none) and x together. have is not
// changed, so that a Fit that fails later leaves its encoder as it was.
func learnCounts(fn string, have []Tally, x []Column) ([]Tally, error) {
	if _, err := checkColumns(fn, x); err != nil {
		return nil, err
	}
	counts, err := cloneCounts(fn, have, len(x))
	if err != nil {
		return nil, err
	}
	for j := range x {
		if err := counts[j].add(fn, &x[j]); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// learnCodes is learnCounts from nothing that keeps the codes of x; buf is used for
// those of the first column if it has the capacity.
func learnCodes(fn string, x []Column, buf []int32) ([]Tally, [][]int32, error) {
	if _, err := checkColumns(fn, x); err != nil {
		return nil, nil, err
	}
	counts, codes := make([]Tally, len(x)), make([][]int32, len(x))
	for j := range x {
		var err error
		if codes[j], err = counts[j].count(fn, &x[j], buf); err != nil {
			return nil, nil, err
		}
		buf = nil
	}
	return counts, codes, nil
}

func cloneCounts(fn string, have []Tally, n int) ([]Tally, error) {
	if len(have) == 0 {
		return make([]Tally, n), nil
	}
	if err := check.Length(fn, "columns", len(have), n); err != nil {
		return nil, err
	}
	counts := make([]Tally, n)
	for j := range counts {
		counts[j] = have[j].clone()
	}
	return counts, nil
}

// mergeCounts returns the counts of a and b together.
func mergeCounts(fn string, a, b []Tally) ([]Tally, error) {
	if len(b) == 0 {
		return nil, check.NotFitted(fn + ": o")
	}
	counts, err := cloneCounts(fn, a, len(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, mlgauge.ErrIncompatible)
	}
	for j := range counts {
		if err := counts[j].Merge(&b[j]); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// learnTargets is learnCounts for statistics of a continuous target.
func learnTargets(fn string, have []TargetStats, x []Column, y, w []float64) ([]TargetStats, [][]int32, error) {
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, nil, err
	}
	if err := check.Length(fn, "y", n, len(y)); err != nil {
		return nil, nil, err
	}
	if w != nil {
		if err := checkTarget(fn, n, y); err != nil {
			return nil, nil, err
		}
		if err := check.Weights(fn, "w", n, w); err != nil {
			return nil, nil, err
		}
		if _, err := check.Sum(fn, "w", w); err != nil {
			return nil, nil, err
		}
		x, y, w = positive(x, y, w)
	}
	stats, err := cloneTargets(fn, have, len(x))
	if err != nil {
		return nil, nil, err
	}
	codes := make([][]int32, len(x))
	for j := range x {
		if stats[j].outputs > 1 {
			return nil, nil, fmt.Errorf("%s: need a target of classes as before, have numbers: %w", fn, mlgauge.ErrIncompatible)
		}
		if codes[j], err = stats[j].add(fn, &x[j], y, w); err != nil {
			return nil, nil, err
		}
		// A target that is not finite leaves a sum that is not, which saves a pass.
		if j == 0 && w == nil && !kernel.AllFinite(stats[j].sum) {
			if err := checkTarget(fn, n, y); err != nil {
				return nil, nil, err
			}
		}
	}
	return stats, codes, nil
}

func cloneTargets(fn string, have []TargetStats, n int) ([]TargetStats, error) {
	if len(have) == 0 {
		return make([]TargetStats, n), nil
	}
	if err := check.Length(fn, "columns", len(have), n); err != nil {
		return nil, err
	}
	stats := make([]TargetStats, n)
	for j := range stats {
		stats[j] = have[j].clone()
	}
	return stats, nil
}

// mergeTargets returns the statistics of a and b together.
func mergeTargets(fn string, a, b []TargetStats) ([]TargetStats, error) {
	if len(b) == 0 {
		return nil, check.NotFitted(fn + ": o")
	}
	stats, err := cloneTargets(fn, a, len(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, mlgauge.ErrIncompatible)
	}
	for j := range stats {
		if err := stats[j].Merge(&b[j]); err != nil {
			return nil, err
		}
	}
	return stats, nil
}

func incompatible(fn string, same bool) error {
	if same {
		return nil
	}
	return fmt.Errorf("%s: o: need an encoder with the same options: %w", fn, mlgauge.ErrIncompatible)
}

// equal compares two optional numbers.
func equal[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// or returns *p, or the default if p is nil.
func or[T any](p *T, def T) T {
	if p == nil {
		return def
	}
	return *p
}

// categoriesOf returns the categories of column j in the order asked for:
// those given by the user, or those seen, and for each its slot among the
// statistics (0 for a given category that was not seen).
func categoriesOf(fn string, dict *Dictionary, by Order, given [][]string, j int, strict bool) ([]string, []int, error) {
	if given == nil || given[j] == nil {
		perm := order(dict.labels, by)
		cats, slots := make([]string, len(perm)), make([]int, len(perm))
		for i, k := range perm {
			cats[i], slots[i] = dict.labels[k], int(k)+1
		}
		return cats, slots, nil
	}
	cats := slices.Clone(given[j])
	slots := make([]int, len(cats))
	at, err := NewDictionary(cats, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: Categories[%d]: %w", fn, j, err)
	}
	for i, s := range cats {
		k := dict.Code(s)
		if k == Missing {
			return nil, nil, fmt.Errorf("%s: Categories[%d]: need labels that do not mean missing, have %.80q: %w", fn, j, s, mlgauge.ErrRange)
		}
		if k >= 0 {
			slots[i] = int(k) + 1
		}
	}
	if strict {
		for _, s := range dict.labels {
			if at.Code(s) < 0 {
				return nil, nil, fmt.Errorf("%s: x: need categories that are in Categories[%d], have %.80q: %w", fn, j, s, mlgauge.ErrUnknownCategory)
			}
		}
	}
	return cats, slots, nil
}

func checkGiven(fn string, given [][]string, n int) error {
	if given == nil {
		return nil
	}
	return check.Length(fn, "Categories", n, len(given))
}

// grouping marks the infrequent among counts, as scikit-learn does: count <
// minFrequency, or count < minFraction total; and all but the maxCategories-1
// most frequent if there would be more columns than maxCategories (among ties
// the later stays). It returns nil if none is infrequent.
func grouping(counts []int, total, minFrequency int, minFraction float64, maxCategories int) []bool {
	mask := make([]bool, len(counts))
	few := 0
	for i, n := range counts {
		if minFrequency > 0 && n < minFrequency || minFraction > 0 && float64(n) < float64(total)*minFraction {
			mask[i] = true
			few++
		}
	}
	if maxCategories > 0 && maxCategories < len(counts)-few+1 {
		idx := make([]int, len(counts))
		for i := range idx {
			idx[i] = i
		}
		slices.SortStableFunc(idx, func(a, b int) int { return counts[a] - counts[b] })
		for _, i := range idx[:len(idx)-(maxCategories-1)] {
			mask[i] = true
		}
	}
	if !slices.Contains(mask, true) {
		return nil
	}
	return mask
}

func checkGrouping(fn string, minFrequency int, minFraction float64, maxCategories int) error {
	if minFrequency != 0 {
		if err := check.AtLeast(fn, "MinFrequency", minFrequency, 1); err != nil {
			return err
		}
		if minFraction != 0 {
			return fmt.Errorf("%s: need MinFrequency or MinFraction, have both: %w", fn, mlgauge.ErrRange)
		}
	}
	if minFraction != 0 && !(minFraction > 0 && minFraction < 1) {
		return fmt.Errorf("%s: MinFraction: need a fraction inside (0, 1), have %v: %w", fn, minFraction, mlgauge.ErrRange)
	}
	if maxCategories != 0 {
		return check.AtLeast(fn, "MaxCategories", maxCategories, 1)
	}
	return nil
}

// fill returns n copies of v.
func fill(n int, v float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// newDense returns dst, checked or made, with its data and stride.
func newDense(fn string, dst *mat.Dense, rows, cols int) (*mat.Dense, []float64, int, error) {
	dst, err := dense(fn, dst, rows, cols)
	if err != nil {
		return nil, nil, 0, err
	}
	raw := dst.RawMatrix()
	return dst, raw.Data, raw.Stride, nil
}
