package split

import (
	"cmp"
	"iter"
	"slices"
)

// GroupKFold makes folds in which no group is both in train and in test. The
// largest group goes to the fold with the fewest rows, then the next largest
// and so on (of groups of equal size the one whose label is last goes first,
// of equal folds the first takes it), so the folds are of similar size.
//
// With Shuffle the groups are permuted and cut into Folds blocks of equal
// numbers of groups, the first ones one group longer; the sizes in rows are
// then as they come.
//
// Split's errors: ErrEmpty without Groups; ErrRange if Folds < 2 or there are
// fewer groups than folds.
//
// Source: scikit-learn 1.9.1, GroupKFold.
type GroupKFold struct {
	Folds   int // 0: 5
	Shuffle bool
	Seed    uint64
}

// Count returns the number of folds.
func (g GroupKFold) Count(rows Rows) (int, error) {
	const fn = "GroupKFold.Split"
	if _, err := rows.check(fn, needGroups); err != nil {
		return 0, err
	}
	k := orDefault(g.Folds, 5)
	return k, checkFolds(fn, k, "groups", rows.Groups.classes)
}

// Split returns the folds; see [GroupKFold].
func (g GroupKFold) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, err := g.Count(rows)
	if err != nil {
		return nil, err
	}
	groups := rows.Groups.classes
	order := make([]int, groups)
	for i := range order {
		order[i] = i
	}
	foldOf := make([]int, groups)
	if g.Shuffle {
		shuffle(stream(g.Seed, 0), order)
		for i, lo := 0, 0; i < k; i++ {
			hi := lo + groups/k
			if i < groups%k {
				hi++
			}
			for _, c := range order[lo:hi] {
				foldOf[c] = i
			}
			lo = hi
		}
	} else {
		counts := rows.Groups.counts()
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(b, a))
		})
		filled := make([]int, k)
		for _, c := range order {
			lightest := 0
			for f, n := range filled {
				if n < filled[lightest] {
					lightest = f
				}
			}
			filled[lightest] += counts[c]
			foldOf[c] = lightest
		}
	}
	return assigned(throughGroups(rows.Groups, foldOf), k), nil
}

func (g GroupKFold) reseeded(seed uint64) Splitter {
	g.Shuffle, g.Seed = true, seed
	return g
}

// throughGroups returns the fold of each row from the fold of its group.
func throughGroups(groups Labels, foldOf []int) []int {
	assign := make([]int, len(groups.codes))
	for i, c := range groups.codes {
		assign[i] = foldOf[c]
	}
	return assign
}
