package split

import (
	"fmt"
	"iter"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Bootstrap draws rows with replacement: the train part of each fold is the
// resample, in the order drawn, and the test part the rows that were not drawn
// (out of bag), about
//
//	(1 - 1/n)^Size = exp(-Size/n)
//
// of them, which may be none when n is small. With Stratified the draw is made
// within each class, as many rows as the class has; with Grouped whole groups
// are drawn, as many as there are.
//
// Split's errors: ErrRange if Splits or Size < 1, if Size is set together with
// Stratified or Grouped, or both of them; ErrEmpty without rows, or without the
// Strata or Groups asked for.
//
// Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993).
type Bootstrap struct {
	Splits     int // number of resamples; 0: 100
	Size       int // rows per resample; 0: n
	Stratified bool
	Grouped    bool
	Seed       uint64
}

// Count returns the number of resamples.
func (b Bootstrap) Count(rows Rows) (int, error) {
	const fn = "Bootstrap.Split"
	var need needs
	if b.Stratified {
		need |= needStrata
	}
	if b.Grouped {
		need |= needGroups
	}
	if _, err := rows.check(fn, need); err != nil {
		return 0, err
	}
	if b.Stratified && b.Grouped || b.Size != 0 && (b.Stratified || b.Grouped) {
		return 0, fmt.Errorf("%s: need one of Stratified, Grouped and Size, have more: %w", fn, mlgauge.ErrRange)
	}
	if err := check.AtLeast(fn, "Size", b.Size, 0); err != nil {
		return 0, err
	}
	k := orDefault(b.Splits, 100)
	return k, check.AtLeast(fn, "Splits", k, 1)
}

// Split returns the resamples; see [Bootstrap].
func (b Bootstrap) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, err := b.Count(rows)
	if err != nil {
		return nil, err
	}
	n, _ := rows.check("Bootstrap.Split", 0)
	var members [][]int
	switch {
	case b.Stratified:
		members = rows.Strata.members()
	case b.Grouped:
		members = rows.Groups.members()
	}
	return func(yield func([]int, []int) bool) {
		drawn := make([]bool, n)
		for i := range k {
			rng := stream(b.Seed, uint64(i))
			train := make([]int, 0, orDefault(b.Size, n))
			switch {
			case b.Stratified:
				for _, m := range members {
					for range m {
						train = append(train, m[rng.IntN(len(m))])
					}
				}
			case b.Grouped:
				for range members {
					train = append(train, members[rng.IntN(len(members))]...)
				}
			default:
				for range orDefault(b.Size, n) {
					train = append(train, rng.IntN(n))
				}
			}
			if !yield(train, outOfBag(drawn, train)) {
				return
			}
		}
	}, nil
}

// outOfBag returns the rows that were not drawn; drawn is scratch.
func outOfBag(drawn []bool, train []int) []int {
	clear(drawn)
	distinct := 0
	for _, r := range train {
		if !drawn[r] {
			drawn[r] = true
			distinct++
		}
	}
	return complement(drawn, len(drawn)-distinct)
}

// BlockBootstrap resamples a series by blocks of consecutive rows, which keeps
// the dependence within a block. Blocks start anywhere and wrap around the end
// (circular), so that every row is drawn equally often; with Stationary their
// lengths are geometric with mean Block, else fixed. Rows are in the order of
// Time, or as they come. The train part is the resample of n rows, in the order
// drawn, the test part the rows that were not drawn.
//
// Split's errors: ErrRange if Splits < 1, Block < 1 or Block > n; ErrEmpty
// without rows.
//
// Source: D. Politis, J. Romano, A circular block-resampling procedure (1992);
// The stationary bootstrap (1994).
type BlockBootstrap struct {
	Splits     int // number of resamples; 0: 100
	Block      int // rows per block; 0: the cube root of n, rounded up
	Stationary bool
	Seed       uint64
}

func (b BlockBootstrap) plan(rows Rows) (k, block, n int, err error) {
	const fn = "BlockBootstrap.Split"
	if n, err = rows.check(fn, 0); err != nil {
		return 0, 0, 0, err
	}
	k = orDefault(b.Splits, 100)
	if err = check.AtLeast(fn, "Splits", k, 1); err != nil {
		return 0, 0, 0, err
	}
	block = orDefault(b.Block, int(math.Ceil(math.Cbrt(float64(n)))))
	if block < 1 || block > n {
		return 0, 0, 0, fmt.Errorf("%s: Block: need a length in [1, %d], have %d: %w", fn, n, block, mlgauge.ErrRange)
	}
	return k, block, n, nil
}

// Count returns the number of resamples.
func (b BlockBootstrap) Count(rows Rows) (int, error) {
	k, _, _, err := b.plan(rows)
	return k, err
}

// Split returns the resamples; see [BlockBootstrap].
func (b BlockBootstrap) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, block, n, err := b.plan(rows)
	if err != nil {
		return nil, err
	}
	order := rows.order(n)
	return func(yield func([]int, []int) bool) {
		drawn := make([]bool, n)
		for i := range k {
			rng := stream(b.Seed, uint64(i))
			train := make([]int, 0, n)
			at, left := 0, 0
			for len(train) < n {
				if left == 0 {
					at, left = rng.IntN(n), block
					if b.Stationary {
						left = 1
						for rng.IntN(block) != 0 {
							left++
						}
					}
				}
				train = append(train, order[at])
				at = (at + 1) % n
				left--
			}
			if !yield(train, outOfBag(drawn, train)) {
				return
			}
		}
	}, nil
}
