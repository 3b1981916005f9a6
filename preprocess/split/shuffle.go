package split

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// ShuffleSplit draws train and test parts at random, anew for each fold:
//
//	test rows  = ceil(TestShare n)
//	train rows = floor(TrainShare n), or all the others
//
// The rows of a part come in the order drawn. Shares may sum to less than 1;
// the rest is then left out.
//
// Split's errors: ErrRange for a share outside (0, 1), shares that sum to more
// than 1, a count outside [1, n), counts of more than n together, a share
// together with a count of the same part, an empty train part, Splits < 1;
// ErrEmpty without rows.
//
// Source: scikit-learn 1.9.1, ShuffleSplit.
type ShuffleSplit struct {
	Splits     int     // number of folds; 0: 10
	TestShare  float64 // 0 with no other size given: 0.1
	TrainShare float64 // 0: what the test part leaves
	TestCount  int     // rows instead of a share
	TrainCount int     // rows instead of a share
	Seed       uint64
}

// Count returns the number of folds.
func (s ShuffleSplit) Count(rows Rows) (int, error) {
	const fn = "ShuffleSplit.Split"
	n, err := rows.check(fn, 0)
	if err != nil {
		return 0, err
	}
	_, _, err = s.sizes(fn, n, 0.1)
	k := orDefault(s.Splits, 10)
	if err == nil {
		err = check.AtLeast(fn, "Splits", k, 1)
	}
	return k, err
}

// Split returns the folds; see [ShuffleSplit].
func (s ShuffleSplit) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, err := s.Count(rows)
	if err != nil {
		return nil, err
	}
	n, _ := rows.check("ShuffleSplit.Split", 0)
	train, test, _ := s.sizes("ShuffleSplit.Split", n, 0.1)
	return func(yield func([]int, []int) bool) {
		for i := range k {
			p := stream(s.Seed, uint64(i)).Perm(n)
			if !yield(p[test:test+train:test+train], p[:test:test]) {
				return
			}
		}
	}, nil
}

// sizes returns the number of training and of test rows.
func (s ShuffleSplit) sizes(fn string, n int, defaultTest float64) (train, test int, err error) {
	bad := func(arg, need string, have any) (int, int, error) {
		return 0, 0, fmt.Errorf("%s: %s: need %s, have %v: %w", fn, arg, need, have, mlgauge.ErrRange)
	}
	if s.TestShare == 0 && s.TrainShare == 0 && s.TestCount == 0 && s.TrainCount == 0 {
		s.TestShare = defaultTest
	}
	for _, a := range []struct {
		name  string
		share float64
		count int
	}{{"Test", s.TestShare, s.TestCount}, {"Train", s.TrainShare, s.TrainCount}} {
		switch {
		case a.share != 0 && a.count != 0:
			return bad(a.name+"Count", "a share or a count, not both", a.count)
		case a.share != 0 && !(a.share > 0 && a.share < 1):
			return bad(a.name+"Share", "a share inside (0, 1)", a.share)
		case a.count != 0 && (a.count < 1 || a.count >= n):
			return bad(a.name+"Count", fmt.Sprintf("a count in [1, %d)", n), a.count)
		}
	}
	if s.TestShare+s.TrainShare > 1 {
		return bad("TrainShare", "shares that sum to at most 1", s.TestShare+s.TrainShare)
	}
	train, test = s.TrainCount, s.TestCount
	if s.TestShare != 0 {
		test = int(math.Ceil(s.TestShare * float64(n)))
	}
	if s.TrainShare != 0 {
		train = int(math.Floor(s.TrainShare * float64(n)))
	}
	switch {
	case s.TrainShare == 0 && s.TrainCount == 0:
		train = n - test
	case s.TestShare == 0 && s.TestCount == 0:
		test = n - train
	}
	if train+test > n {
		return bad("TrainCount", fmt.Sprintf("parts of at most %d together", n), train+test)
	}
	if train == 0 {
		return bad("TrainShare", "a train part that is not empty", fmt.Sprintf("0 of %d", n))
	}
	return train, test, nil
}

// GroupShuffleSplit draws groups at random, anew for each fold, and puts all
// rows of a group into the same part. Shares and counts are of groups:
//
//	test groups  = ceil(TestShare groups)
//	train groups = floor(TrainShare groups), or all the others
//
// The rows of a part ascend.
//
// Split's errors: those of [ShuffleSplit], with groups for rows; ErrEmpty
// without Groups.
//
// Source: scikit-learn 1.9.1, GroupShuffleSplit.
type GroupShuffleSplit struct {
	Splits     int     // number of folds; 0: 5
	TestShare  float64 // 0 with no other size given: 0.2
	TrainShare float64 // 0: what the test part leaves
	TestCount  int     // groups instead of a share
	TrainCount int     // groups instead of a share
	Seed       uint64
}

func (s GroupShuffleSplit) plan(rows Rows) (k, train, test int, err error) {
	const fn = "GroupShuffleSplit.Split"
	if _, err := rows.check(fn, needGroups); err != nil {
		return 0, 0, 0, err
	}
	k = orDefault(s.Splits, 5)
	if err := check.AtLeast(fn, "Splits", k, 1); err != nil {
		return 0, 0, 0, err
	}
	if rows.Groups.classes < 2 {
		return 0, 0, 0, fmt.Errorf("%s: rows.Groups: need at least 2 groups, have %d: %w", fn, rows.Groups.classes, mlgauge.ErrRange)
	}
	of := ShuffleSplit{TestShare: s.TestShare, TrainShare: s.TrainShare, TestCount: s.TestCount, TrainCount: s.TrainCount}
	train, test, err = of.sizes(fn, rows.Groups.classes, 0.2)
	return k, train, test, err
}

// Count returns the number of folds.
func (s GroupShuffleSplit) Count(rows Rows) (int, error) {
	k, _, _, err := s.plan(rows)
	return k, err
}

// Split returns the folds; see [GroupShuffleSplit].
func (s GroupShuffleSplit) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, train, test, err := s.plan(rows)
	if err != nil {
		return nil, err
	}
	return func(yield func([]int, []int) bool) {
		part := make([]int, rows.Groups.classes)
		for i := range k {
			p := stream(s.Seed, uint64(i)).Perm(rows.Groups.classes)
			for j, g := range p {
				switch {
				case j < test:
					part[g] = 1
				case j < test+train:
					part[g] = 0
				default:
					part[g] = 2
				}
			}
			parts := partition(throughGroups(rows.Groups, part), 3)
			if !yield(parts[0], parts[1]) {
				return
			}
		}
	}, nil
}

// partition returns the rows of each of k parts, ascending.
func partition(part []int, k int) [][]int {
	return Labels{codes: part, classes: k}.members()
}

// StratifiedShuffleSplit draws train and test parts at random, anew for each
// fold, with the classes in the proportions of the whole: of the train rows
// class c gets
//
//	floor(q_c), and one more for those with the largest q_c - floor(q_c)
//	q_c = train (rows of c) / n
//
// until the rows are given out, ties drawn at random; then the test rows
// likewise from what remains. The rows of a part come in random order.
//
// Split's errors: those of [ShuffleSplit]; ErrEmpty without Strata; ErrRange
// for a class with one row, and for a part with fewer rows than there are
// classes.
//
// Source: scikit-learn 1.9.1, StratifiedShuffleSplit.
type StratifiedShuffleSplit struct {
	Splits     int     // number of folds; 0: 10
	TestShare  float64 // 0 with no other size given: 0.1
	TrainShare float64 // 0: what the test part leaves
	TestCount  int     // rows instead of a share
	TrainCount int     // rows instead of a share
	Seed       uint64
}

func (s StratifiedShuffleSplit) plan(rows Rows) (k, train, test int, err error) {
	const fn = "StratifiedShuffleSplit.Split"
	n, err := rows.check(fn, needStrata)
	if err != nil {
		return 0, 0, 0, err
	}
	k = orDefault(s.Splits, 10)
	if err := check.AtLeast(fn, "Splits", k, 1); err != nil {
		return 0, 0, 0, err
	}
	train, test, err = ShuffleSplit{TestShare: s.TestShare, TrainShare: s.TrainShare, TestCount: s.TestCount, TrainCount: s.TrainCount}.sizes(fn, n, 0.1)
	if err != nil {
		return 0, 0, 0, err
	}
	return k, train, test, checkStrata(fn, rows.Strata, []int{train, test})
}

// checkStrata reports a class with fewer rows than there are parts, and a part
// with fewer rows than there are classes.
func checkStrata(fn string, strata Labels, sizes []int) error {
	for c, n := range strata.counts() {
		if n < len(sizes) {
			return fmt.Errorf("%s: rows.Strata: need at least %d rows of each class, have %d of class number %d: %w", fn, len(sizes), n, c, mlgauge.ErrRange)
		}
	}
	for p, n := range sizes {
		if n < strata.classes {
			return fmt.Errorf("%s: rows.Strata: need at least as many rows in part %d as classes (%d), have %d: %w", fn, p, strata.classes, n, mlgauge.ErrRange)
		}
	}
	return nil
}

// Count returns the number of folds.
func (s StratifiedShuffleSplit) Count(rows Rows) (int, error) {
	k, _, _, err := s.plan(rows)
	return k, err
}

// Split returns the folds; see [StratifiedShuffleSplit].
func (s StratifiedShuffleSplit) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, train, test, err := s.plan(rows)
	if err != nil {
		return nil, err
	}
	members := rows.Strata.members()
	return func(yield func([]int, []int) bool) {
		for i := range k {
			parts := stratifiedParts(members, []int{train, test}, stream(s.Seed, uint64(i)))
			if !yield(parts[0], parts[1]) {
				return
			}
		}
	}, nil
}

// stratifiedParts deals each class out to parts of the given sizes.
func stratifiedParts(members [][]int, sizes []int, rng *rand.Rand) [][]int {
	left := make([]int, len(members))
	for c, m := range members {
		left[c] = len(m)
	}
	take := make([][]int, len(sizes))
	for p, size := range sizes {
		take[p] = allocate(left, size, rng)
		for c, t := range take[p] {
			left[c] -= t
		}
	}
	parts := make([][]int, len(sizes))
	for p, size := range sizes {
		parts[p] = make([]int, 0, size)
	}
	for c, m := range members {
		drawn := slices.Clone(m)
		shuffle(rng, drawn)
		for p := range parts {
			parts[p] = append(parts[p], drawn[:take[p][c]]...)
			drawn = drawn[take[p][c]:]
		}
	}
	for _, p := range parts {
		shuffle(rng, p)
	}
	return parts
}

// allocate shares draws out over classes in proportion to their counts: floors
// first, then the largest remainders, ties at random.
func allocate(counts []int, draws int, rng *rand.Rand) []int {
	total := 0
	for _, c := range counts {
		total += c
	}
	out := make([]int, len(counts))
	rest := make([]float64, len(counts))
	given := 0
	for c, n := range counts {
		q := float64(n) / float64(total) * float64(draws)
		out[c] = int(math.Floor(q))
		rest[c] = q - math.Floor(q)
		given += out[c]
	}
	// a random order, then stably by remainder: ties come out at random
	order := rng.Perm(len(counts))
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case rest[a] > rest[b]:
			return -1
		case rest[a] < rest[b]:
			return 1
		}
		return 0
	})
	for _, c := range order {
		if given >= draws {
			break
		}
		if out[c] < counts[c] {
			out[c]++
			given++
		}
	}
	return out
}
