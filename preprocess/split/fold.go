package split

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Splitter parts rows into folds.
type Splitter interface {
	// Split returns the folds, as row numbers: train, test. The slices of a
	// fold are the caller's to keep. Errors come before the first fold.
	Split(rows Rows) (iter.Seq2[[]int, []int], error)

	// Count returns the number of folds that Split gives.
	Count(rows Rows) (int, error)
}

// A Fold is one way to part the rows.
type Fold struct{ Train, Test []int }

// Collect returns the folds of a splitter as a slice.
func Collect(folds iter.Seq2[[]int, []int]) []Fold {
	var out []Fold
	for train, test := range folds {
		out = append(out, Fold{train, test})
	}
	return out
}

// assigned yields one fold per number: the rows of that number against all
// others, both ascending.
func assigned(assign []int, k int) iter.Seq2[[]int, []int] {
	counts := make([]int, k)
	for _, f := range assign {
		if f >= 0 {
			counts[f]++
		}
	}
	return func(yield func([]int, []int) bool) {
		for f := range k {
			train := make([]int, 0, len(assign)-counts[f])
			test := make([]int, 0, counts[f])
			for i, a := range assign {
				if a == f {
					test = append(test, i)
				} else {
					train = append(train, i)
				}
			}
			if !yield(train, test) {
				return
			}
		}
	}
}

// complement returns the rows of [0, n) for which in is false.
func complement(in []bool, size int) []int {
	out := make([]int, 0, size)
	for i, v := range in {
		if !v {
			out = append(out, i)
		}
	}
	return out
}

// stream returns the generator of one task: tasks with different numbers draw
// independently, in whatever order they run.
func stream(seed, task uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, task)) }

func shuffle(r *rand.Rand, x []int) { r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] }) }

// orDefault reads the zero value of an option as its default.
func orDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}

// checkFolds checks a number of folds against what there is to share out.
func checkFolds(fn string, k int, what string, have int) error {
	if err := check.AtLeast(fn, "Folds", k, 2); err != nil {
		return err
	}
	if k > have {
		return fmt.Errorf("%s: Folds: need at most as many folds as %s (%d), have %d: %w", fn, what, have, k, mlgauge.ErrRange)
	}
	return nil
}

// binomial returns n choose k, or ErrRange if it does not fit an int.
func binomial(fn string, n, k int) (int, error) {
	k = min(k, n-k)
	c := 1
	for i := 1; i <= k; i++ {
		f := n - k + i
		// c*f is divisible by i, but may overflow before the division
		g := gcd(c, i)
		q := i / g
		c /= g
		if c > math.MaxInt/(f/q) {
			return 0, fmt.Errorf("%s: need a number of folds that fits an int, have %d choose %d: %w", fn, n, k, mlgauge.ErrRange)
		}
		c *= f / q
	}
	return c, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// combinations yields the k-subsets of [0, n) in lexicographic order; the
// slice is reused.
func combinations(n, k int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		c := make([]int, k)
		for i := range c {
			c[i] = i
		}
		for {
			if !yield(c) {
				return
			}
			i := k - 1
			for i >= 0 && c[i] == n-k+i {
				i--
			}
			if i < 0 {
				return
			}
			c[i]++
			for j := i + 1; j < k; j++ {
				c[j] = c[j-1] + 1
			}
		}
	}
}
