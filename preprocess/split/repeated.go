package split

import (
	"fmt"
	"iter"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Repeated runs a shuffled k-fold splitter several times, with a different
// permutation each time: all folds of the first round, then of the second.
// Of may be a [KFold], [StratifiedKFold], [GroupKFold] or
// [StratifiedGroupKFold]; its Shuffle and Seed are not looked at.
//
// Split's errors: those of Of; ErrRange if Repeats < 1 or if Of is another
// splitter.
//
// Source: scikit-learn 1.9.1, RepeatedKFold and RepeatedStratifiedKFold.
type Repeated struct {
	Of      Splitter // nil: KFold{}
	Repeats int      // 0: 10
	Seed    uint64
}

type reseeder interface{ reseeded(seed uint64) Splitter }

func (r Repeated) plan(rows Rows) (reseeder, int, error) {
	const fn = "Repeated.Split"
	of := r.Of
	if of == nil {
		of = KFold{}
	}
	again, ok := of.(reseeder)
	if !ok {
		return nil, 0, fmt.Errorf("%s: Of: need a k-fold splitter that can shuffle, have %T: %w", fn, of, mlgauge.ErrRange)
	}
	times := orDefault(r.Repeats, 10)
	if err := check.AtLeast(fn, "Repeats", times, 1); err != nil {
		return nil, 0, err
	}
	_, err := of.Count(rows)
	return again, times, err
}

// Count returns the number of folds of all rounds together.
func (r Repeated) Count(rows Rows) (int, error) {
	again, times, err := r.plan(rows)
	if err != nil {
		return 0, err
	}
	k, err := again.reseeded(0).Count(rows)
	return k * times, err
}

// Split returns the folds; see [Repeated].
func (r Repeated) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	again, times, err := r.plan(rows)
	if err != nil {
		return nil, err
	}
	seeds := make([]uint64, times)
	rng := stream(r.Seed, 0)
	for i := range seeds {
		seeds[i] = rng.Uint64()
	}
	return func(yield func([]int, []int) bool) {
		for _, seed := range seeds {
			// plan has made every check that Split makes
			folds, err := again.reseeded(seed).Split(rows)
			if err != nil {
				return
			}
			for train, test := range folds {
				if !yield(train, test) {
					return
				}
			}
		}
	}, nil
}

// Nested splits the rows by Outer and the training rows of every outer fold by
// Inner: choose a model on the inner folds, measure it on the outer test part,
// which had no say in the choice.
type Nested struct {
	Outer Splitter // nil: KFold{}
	Inner Splitter // nil: KFold{}
}

// Split returns the outer folds, each with the inner folds of its training
// rows. All row numbers are those of the whole.
//
// Errors: those of the two splitters, before the first fold.
func (n Nested) Split(rows Rows) (iter.Seq2[Fold, iter.Seq2[[]int, []int]], error) {
	outer, inner := n.Outer, n.Inner
	if outer == nil {
		outer = KFold{}
	}
	if inner == nil {
		inner = KFold{}
	}
	folds, err := outer.Split(rows)
	if err != nil {
		return nil, fmt.Errorf("Nested.Split: outer: %w", err)
	}
	i := 0
	for train := range folds {
		if _, err := inner.Split(rows.subset(train)); err != nil {
			return nil, fmt.Errorf("Nested.Split: inner folds of outer fold %d: %w", i, err)
		}
		i++
	}
	return func(yield func(Fold, iter.Seq2[[]int, []int]) bool) {
		for train, test := range folds {
			within, err := inner.Split(rows.subset(train))
			if err != nil {
				return
			}
			if !yield(Fold{train, test}, through(within, train)) {
				return
			}
		}
	}, nil
}

// through turns row numbers of a subset into those of the whole.
func through(folds iter.Seq2[[]int, []int], rows []int) iter.Seq2[[]int, []int] {
	back := func(x []int) {
		for i, v := range x {
			x[i] = rows[v]
		}
	}
	return func(yield func([]int, []int) bool) {
		for train, test := range folds {
			back(train)
			back(test)
			if !yield(train, test) {
				return
			}
		}
	}
}
