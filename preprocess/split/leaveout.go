package split

import (
	"fmt"
	"iter"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// LeaveOneOut tests each row once, on all others: n folds, in row order.
//
// Split's errors: ErrRange with one row, ErrEmpty without rows.
//
// Source: scikit-learn 1.9.1, LeaveOneOut.
type LeaveOneOut struct{}

// Count returns the number of folds: n.
func (LeaveOneOut) Count(rows Rows) (int, error) {
	const fn = "LeaveOneOut.Split"
	n, err := rows.check(fn, 0)
	if err != nil {
		return 0, err
	}
	return n, check.AtLeast(fn, "rows", n, 2)
}

// Split returns the folds; see [LeaveOneOut].
func (l LeaveOneOut) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	n, err := l.Count(rows)
	if err != nil {
		return nil, err
	}
	return leaveOut(n, 1), nil
}

// LeavePOut tests every set of P rows once, on all others, in lexicographic
// order:
//
//	folds = n! / (P! (n - P)!)
//
// Split's errors: ErrRange if P < 1 or P >= n, or if the number of folds does
// not fit an int; ErrEmpty without rows.
//
// Source: scikit-learn 1.9.1, LeavePOut.
type LeavePOut struct{ P int }

// Count returns the number of folds.
func (l LeavePOut) Count(rows Rows) (int, error) {
	const fn = "LeavePOut.Split"
	n, err := rows.check(fn, 0)
	if err != nil {
		return 0, err
	}
	if l.P < 1 || l.P >= n {
		return 0, fmt.Errorf("%s: P: need at least 1 and less than the number of rows (%d), have %d: %w", fn, n, l.P, mlgauge.ErrRange)
	}
	return binomial(fn, n, l.P)
}

// Split returns the folds; see [LeavePOut].
func (l LeavePOut) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	if _, err := l.Count(rows); err != nil {
		return nil, err
	}
	n, _ := rows.check("LeavePOut.Split", 0)
	return leaveOut(n, l.P), nil
}

func leaveOut(n, p int) iter.Seq2[[]int, []int] {
	return func(yield func([]int, []int) bool) {
		for c := range combinations(n, p) {
			train := make([]int, 0, n-p)
			test := make([]int, p)
			copy(test, c)
			next := 0
			for _, v := range c {
				for ; next < v; next++ {
					train = append(train, next)
				}
				next = v + 1
			}
			for ; next < n; next++ {
				train = append(train, next)
			}
			if !yield(train, test) {
				return
			}
		}
	}
}

// LeaveOneGroupOut tests each group once, on all others, groups in the order of
// their labels.
//
// Split's errors: ErrEmpty without Groups, ErrRange with one group.
//
// Source: scikit-learn 1.9.1, LeaveOneGroupOut.
type LeaveOneGroupOut struct{}

// Count returns the number of folds: one per group.
func (LeaveOneGroupOut) Count(rows Rows) (int, error) {
	return leaveGroups("LeaveOneGroupOut.Split", rows, 1)
}

// Split returns the folds; see [LeaveOneGroupOut].
func (LeaveOneGroupOut) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, err := leaveGroups("LeaveOneGroupOut.Split", rows, 1)
	if err != nil {
		return nil, err
	}
	return assigned(rows.Groups.codes, k), nil
}

// LeavePGroupsOut tests every set of P groups once, on all others, in
// lexicographic order of the groups' labels.
//
// Split's errors: ErrEmpty without Groups; ErrRange if P < 1 or there are no
// more than P groups, or if the number of folds does not fit an int.
//
// Source: scikit-learn 1.9.1, LeavePGroupsOut.
type LeavePGroupsOut struct{ P int }

// Count returns the number of folds.
func (l LeavePGroupsOut) Count(rows Rows) (int, error) {
	return leaveGroups("LeavePGroupsOut.Split", rows, l.P)
}

// Split returns the folds; see [LeavePGroupsOut].
func (l LeavePGroupsOut) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	if _, err := l.Count(rows); err != nil {
		return nil, err
	}
	codes, groups := rows.Groups.codes, rows.Groups.classes
	return func(yield func([]int, []int) bool) {
		out := make([]bool, groups)
		for c := range combinations(groups, l.P) {
			clear(out)
			for _, g := range c {
				out[g] = true
			}
			var train, test []int
			for i, g := range codes {
				if out[g] {
					test = append(test, i)
				} else {
					train = append(train, i)
				}
			}
			if !yield(train, test) {
				return
			}
		}
	}, nil
}

func leaveGroups(fn string, rows Rows, p int) (int, error) {
	if _, err := rows.check(fn, needGroups); err != nil {
		return 0, err
	}
	if err := check.AtLeast(fn, "P", p, 1); err != nil {
		return 0, err
	}
	if rows.Groups.classes <= p {
		return 0, fmt.Errorf("%s: rows.Groups: need at least %d groups, have %d: %w", fn, p+1, rows.Groups.classes, mlgauge.ErrRange)
	}
	return binomial(fn, rows.Groups.classes, p)
}

// Predefined gives the folds that Fold describes: row i is tested in fold
// Fold[i], and never if that is -1. Folds come in the order of their numbers,
// which need not be consecutive.
//
// Split's errors: ErrEmpty if Fold is empty, ErrLength if the rows are more or
// fewer, ErrRange for a number below -1, ErrUndefined if no row is ever tested
// or a train part would be empty.
//
// Source: scikit-learn 1.9.1, PredefinedSplit.
type Predefined struct{ Fold []int }

// Count returns the number of folds.
func (p Predefined) Count(rows Rows) (int, error) {
	l, err := p.labels(rows)
	return l.classes, err
}

func (p Predefined) labels(rows Rows) (Labels, error) {
	const fn = "Predefined.Split"
	if err := check.NotEmpty(fn, "Fold", len(p.Fold)); err != nil {
		return Labels{}, err
	}
	if rows.N == 0 {
		rows.N = len(p.Fold)
	}
	n, err := rows.check(fn, 0)
	if err != nil {
		return Labels{}, err
	}
	if err := check.Length(fn, "Fold", n, len(p.Fold)); err != nil {
		return Labels{}, err
	}
	for i, f := range p.Fold {
		if f < -1 {
			return Labels{}, fmt.Errorf("%s: Fold: need numbers of at least -1, have %d at index %d: %w", fn, f, i, mlgauge.ErrRange)
		}
	}
	l := By(p.Fold)
	if slices.Contains(p.Fold, -1) {
		// -1 is the smallest label: every code moves down by one
		for i := range l.codes {
			l.codes[i]--
		}
		l.classes--
	}
	if l.classes == 0 {
		return Labels{}, fmt.Errorf("%s: Fold: need a row that is tested, have -1 only: %w", fn, mlgauge.ErrUndefined)
	}
	if l.classes == 1 && l.codes[0] == 0 && allSame(l.codes) {
		return Labels{}, fmt.Errorf("%s: Fold: need a row to train on, have one fold with every row: %w", fn, mlgauge.ErrUndefined)
	}
	return l, nil
}

func allSame(x []int) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}

// Split returns the folds; see [Predefined].
func (p Predefined) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	l, err := p.labels(rows)
	if err != nil {
		return nil, err
	}
	return assigned(l.codes, l.classes), nil
}
