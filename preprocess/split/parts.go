package split

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Parts cuts the rows once into any number of disjoint parts, which together
// hold every row: train, validation and test by default. The sizes are
//
//	size of part i = ceil(Shares[i] n)  for i > 0
//	size of part 0 = all the others
//
// which for two parts is what scikit-learn's train_test_split gives; with
// LargestRemainder every part gets floor(Shares[i] n) and the rows left over go
// to the largest remainders, equal ones to the earlier part.
//
// What the rows carry decides how they are dealt out:
//   - nothing: at random, or with Ordered in the order of Time (else of the
//     rows), the first part being the earliest
//   - Strata: at random within each class, each part in the proportions of the
//     whole (as [StratifiedShuffleSplit])
//   - Groups: whole groups at random; the sizes are of groups (as
//     [GroupShuffleSplit]); with BalanceRows the shares are of rows, and the
//     groups go one by one, the largest first, where rows are wanting most
//   - Strata and Groups: whole groups, those with the most uneven class counts
//     first, each where it keeps the classes nearest to their shares (as
//     [StratifiedGroupKFold]); shares are of rows
//
// Rows of a part come in the order drawn; with Ordered, and where there are
// groups, they ascend (in time order if Time is set).
type Parts struct {
	Shares           []float64 // nil: 0.70, 0.15, 0.15; must sum to 1
	Counts           []int     // numbers of rows (or groups) instead of shares
	LargestRemainder bool
	Ordered          bool
	BalanceRows      bool
	Seed             uint64
}

// Split returns the row numbers of each part.
//
// Errors: ErrRange for fewer than two parts, a share outside (0, 1), shares
// that do not sum to 1 (to 1e-9), counts below 1 or that do not sum to the
// number of rows, a part that would be empty, a class with fewer rows than
// there are parts, a part with fewer rows than there are classes, fewer groups
// than parts, Ordered with Strata, Counts or LargestRemainder where shares are
// of rows in whole groups; ErrUndefined if the groups are so uneven that a part
// gets none; ErrEmpty without rows.
func (p Parts) Split(rows Rows) ([][]int, error) {
	const fn = "Parts.Split"
	n, err := rows.check(fn, 0)
	if err != nil {
		return nil, err
	}
	shares := p.Shares
	if shares == nil && p.Counts == nil {
		shares = []float64{0.70, 0.15, 0.15}
	}
	strata, groups := rows.Strata.Len() > 0, rows.Groups.Len() > 0
	if p.Ordered && strata {
		return nil, fmt.Errorf("%s: Ordered: need rows without Strata to keep their order: %w", fn, mlgauge.ErrRange)
	}
	if groups && (strata || p.BalanceRows) {
		return p.greedy(fn, rows, shares)
	}
	units := n
	if groups {
		units = rows.Groups.classes
	}
	sizes, err := p.sizes(fn, shares, units)
	if err != nil {
		return nil, err
	}
	switch {
	case groups:
		return p.byGroup(rows, n, sizes), nil
	case strata:
		if err := checkStrata(fn, rows.Strata, sizes); err != nil {
			return nil, err
		}
		return stratifiedParts(rows.Strata.members(), sizes, stream(p.Seed, 0)), nil
	case p.Ordered:
		return cut(rows.order(n), sizes), nil
	}
	perm := stream(p.Seed, 0).Perm(n)
	return cut(perm, sizes), nil
}

func cut(x []int, sizes []int) [][]int {
	out := make([][]int, len(sizes))
	for i, s := range sizes {
		out[i], x = x[:s:s], x[s:]
	}
	return out
}

func checkShares(fn string, shares []float64) error {
	if err := check.AtLeast(fn, "number of parts", len(shares), 2); err != nil {
		return err
	}
	var sum float64
	for i, s := range shares {
		if !(s > 0 && s < 1) {
			return fmt.Errorf("%s: Shares: need shares inside (0, 1), have %v at index %d: %w", fn, s, i, mlgauge.ErrRange)
		}
		sum += s
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("%s: Shares: need a sum of 1, have %v: %w", fn, sum, mlgauge.ErrRange)
	}
	return nil
}

func (p Parts) sizes(fn string, shares []float64, n int) ([]int, error) {
	if p.Counts != nil {
		if p.Shares != nil {
			return nil, fmt.Errorf("%s: Counts: need shares or counts, have both: %w", fn, mlgauge.ErrRange)
		}
		if err := check.AtLeast(fn, "number of parts", len(p.Counts), 2); err != nil {
			return nil, err
		}
		left := n
		for i, c := range p.Counts {
			if c < 1 || c > left {
				return nil, fmt.Errorf("%s: Counts: need counts of at least 1 that sum to %d, have %d at index %d: %w", fn, n, c, i, mlgauge.ErrRange)
			}
			left -= c
		}
		if left != 0 {
			return nil, fmt.Errorf("%s: Counts: need a sum of %d, have %d: %w", fn, n, n-left, mlgauge.ErrRange)
		}
		return p.Counts, nil
	}
	if err := checkShares(fn, shares); err != nil {
		return nil, err
	}
	sizes := make([]int, len(shares))
	if p.LargestRemainder {
		left := n
		order := make([]int, len(shares))
		rest := make([]float64, len(shares))
		for i, s := range shares {
			q := s * float64(n)
			sizes[i] = int(math.Floor(q))
			rest[i] = q - math.Floor(q)
			order[i] = i
			left -= sizes[i]
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
		for i := 0; left > 0; i++ {
			sizes[order[i%len(order)]]++
			left--
		}
	} else {
		sizes[0] = n
		for i, s := range shares[1:] {
			sizes[i+1] = int(math.Ceil(s * float64(n)))
			sizes[0] -= sizes[i+1]
		}
	}
	for i, s := range sizes {
		if s < 1 {
			return nil, fmt.Errorf("%s: Shares: need parts that are not empty, have %d of %d in part %d: %w", fn, s, n, i, mlgauge.ErrRange)
		}
	}
	return sizes, nil
}

func (p Parts) byGroup(rows Rows, n int, sizes []int) [][]int {
	order := rows.order(n)
	groups := make([]int, 0, rows.Groups.classes)
	if p.Ordered {
		seen := make([]bool, rows.Groups.classes)
		for _, r := range order {
			if g := rows.Groups.codes[r]; !seen[g] {
				seen[g] = true
				groups = append(groups, g)
			}
		}
	} else {
		groups = stream(p.Seed, 0).Perm(rows.Groups.classes)
	}
	partOf := make([]int, rows.Groups.classes)
	for part, gs := range cut(groups, sizes) {
		for _, g := range gs {
			partOf[g] = part
		}
	}
	return gather(order, rows.Groups, partOf, len(sizes))
}

// gather returns the rows of each part in the given order.
func gather(order []int, groups Labels, partOf []int, parts int) [][]int {
	out := make([][]int, parts)
	for _, r := range order {
		part := partOf[groups.codes[r]]
		out[part] = append(out[part], r)
	}
	return out
}

// greedy deals groups to the part that is furthest behind its share.
func (p Parts) greedy(fn string, rows Rows, shares []float64) ([][]int, error) {
	if p.Counts != nil || p.LargestRemainder || p.Ordered {
		return nil, fmt.Errorf("%s: Shares: need plain shares where whole groups are balanced by rows: %w", fn, mlgauge.ErrRange)
	}
	if err := checkShares(fn, shares); err != nil {
		return nil, err
	}
	groups, parts := rows.Groups.classes, len(shares)
	if groups < parts {
		return nil, fmt.Errorf("%s: rows.Groups: need at least one group per part (%d), have %d: %w", fn, parts, groups, mlgauge.ErrRange)
	}
	order := stream(p.Seed, 0).Perm(groups)
	if rows.Strata.Len() == 0 {
		rows.Strata = Labels{codes: make([]int, len(rows.Groups.codes)), classes: 1}
		size := rows.Groups.counts()
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	}
	perGroup := classCounts(rows)
	if rows.Strata.classes > 1 {
		sortByUnevenness(order, perGroup)
	}
	total := make([]float64, rows.Strata.classes)
	for c, n := range rows.Strata.counts() {
		total[c] = float64(n)
	}
	d := newDealer(parts, total)
	d.want = shares
	partOf := make([]int, groups)
	for _, g := range order {
		partOf[g] = d.best(perGroup[g])
		d.put(partOf[g], perGroup[g])
	}
	out := gather(rows.order(len(rows.Groups.codes)), rows.Groups, partOf, parts)
	for i, part := range out {
		if len(part) == 0 {
			return nil, fmt.Errorf("%s: rows.Groups: need groups small enough to fill every part, have none for part %d: %w", fn, i, mlgauge.ErrUndefined)
		}
	}
	return out, nil
}
