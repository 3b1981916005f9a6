package split

import (
	"fmt"
	"iter"

	"github.com/mlgauge/mlgauge"
)

// KFold cuts the rows into Folds blocks of consecutive rows, each of which is
// the test part once. The first n mod Folds blocks have one row more:
//
//	size of block i = floor(n / Folds) + (1 if i < n mod Folds)
//
// With Shuffle the rows are permuted first; the row numbers of a part ascend
// either way.
//
// Split's errors: ErrRange if Folds < 2 or Folds > n; ErrEmpty without rows.
//
// Source: scikit-learn 1.9.1, KFold.
type KFold struct {
	Folds   int // 0: 5
	Shuffle bool
	Seed    uint64
}

// Count returns the number of folds.
func (k KFold) Count(rows Rows) (int, error) {
	const fn = "KFold.Split"
	n, err := rows.check(fn, 0)
	if err != nil {
		return 0, err
	}
	f := orDefault(k.Folds, 5)
	return f, checkFolds(fn, f, "rows", n)
}

// Split returns the folds; see [KFold].
func (k KFold) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	f, err := k.Count(rows)
	if err != nil {
		return nil, err
	}
	n, _ := rows.check("KFold.Split", 0)
	assign := make([]int, n)
	lo := 0
	for i := range f {
		hi := lo + n/f
		if i < n%f {
			hi++
		}
		for j := lo; j < hi; j++ {
			assign[j] = i
		}
		lo = hi
	}
	if k.Shuffle {
		shuffle(stream(k.Seed, 0), assign)
	}
	return assigned(assign, f), nil
}

func (k KFold) reseeded(seed uint64) Splitter {
	k.Shuffle, k.Seed = true, seed
	return k
}

// StratifiedKFold makes folds that each hold the classes in the proportions of
// the whole. Within a class, rows keep their order: the first ones are tested
// in the first fold. With the rows sorted by class (classes in order of first
// appearance), the number of rows of class c tested in fold i is
//
//	#{ p : row p of the sorted rows has class c, p mod Folds = i }
//
// With Shuffle the rows of each class are permuted first.
//
// Split's errors: ErrEmpty without Strata; ErrRange if Folds < 2, if every
// class has fewer than Folds rows, or if one has and AllowSmall is not set.
// With AllowSmall such a class is missing from some of the test parts.
//
// Source: scikit-learn 1.9.1, StratifiedKFold, which warns about a small class.
type StratifiedKFold struct {
	Folds      int // 0: 5
	Shuffle    bool
	Seed       uint64
	AllowSmall bool // accept classes with fewer rows than folds
}

// Count returns the number of folds.
func (s StratifiedKFold) Count(rows Rows) (int, error) {
	const fn = "StratifiedKFold.Split"
	n, err := rows.check(fn, needStrata)
	if err != nil {
		return 0, err
	}
	f := orDefault(s.Folds, 5)
	if err := checkFolds(fn, f, "rows", n); err != nil {
		return 0, err
	}
	return f, checkClasses(fn, rows.Strata.counts(), f, s.AllowSmall)
}

func checkClasses(fn string, counts []int, folds int, allowSmall bool) error {
	least, most := counts[0], counts[0]
	for _, c := range counts {
		least, most = min(least, c), max(most, c)
	}
	if folds > most {
		return fmt.Errorf("%s: Folds: need at most as many folds as the largest class has rows (%d), have %d: %w", fn, most, folds, mlgauge.ErrRange)
	}
	if folds > least && !allowSmall {
		return fmt.Errorf("%s: rows.Strata: need at least Folds (%d) rows of each class, have a class of %d (AllowSmall accepts it): %w", fn, folds, least, mlgauge.ErrRange)
	}
	return nil
}

// Split returns the folds; see [StratifiedKFold].
func (s StratifiedKFold) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, err := s.Count(rows)
	if err != nil {
		return nil, err
	}
	members := byAppearance(rows.Strata)
	assign := make([]int, rows.Strata.Len())
	rng := stream(s.Seed, 0)
	lo := 0
	var folds []int
	for _, rowsOfClass := range members {
		hi := lo + len(rowsOfClass)
		folds = folds[:0]
		for i := range k {
			for range residues(hi, k, i) - residues(lo, k, i) {
				folds = append(folds, i)
			}
		}
		if s.Shuffle {
			shuffle(rng, folds)
		}
		for j, r := range rowsOfClass {
			assign[r] = folds[j]
		}
		lo = hi
	}
	return assigned(assign, k), nil
}

func (s StratifiedKFold) reseeded(seed uint64) Splitter {
	s.Shuffle, s.Seed = true, seed
	return s
}

// residues returns the number of p in [0, x) with p mod k = i.
func residues(x, k, i int) int {
	if x <= i {
		return 0
	}
	return (x-i-1)/k + 1
}

// byAppearance returns the rows of each label, labels in the order in which
// they first occur.
func byAppearance(l Labels) [][]int {
	var out [][]int
	place := make([]int, l.classes)
	for i := range place {
		place[i] = -1
	}
	for i, c := range l.codes {
		if place[c] < 0 {
			place[c] = len(out)
			out = append(out, nil)
		}
		out[place[c]] = append(out[place[c]], i)
	}
	return out
}
