package encoding

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// fold is the type of a row's fold: the user's is int; those made here are
// small, so that shuffling them stays in the cache.
type fold interface{ int | uint16 | uint8 }

func checkFoldCount(fn string, k int) error {
	if k > math.MaxUint16 {
		return check.In(fn, "Folds", float64(k), 2, math.MaxUint16)
	}
	return check.AtLeast(fn, "Folds", k, 2)
}

// kFolds assigns n rows to k folds at random; the sizes differ by at most one,
// the larger folds first.
func kFolds(fn string, n, k int, seed uint64) ([]uint16, error) {
	folds, err := foldsInTurn[uint16](fn, n, k)
	if err == nil {
		kernel.Shuffle(rand.NewPCG(seed, 0), folds)
	}
	return folds, err
}

// foldsInTurn is kFolds before the rows are shuffled.
func foldsInTurn[F fold](fn string, n, k int) ([]F, error) {
	if err := checkFoldCount(fn, k); err != nil {
		return nil, err
	}
	if err := check.AtLeast(fn, "rows of x", n, k); err != nil {
		return nil, err
	}
	folds := make([]F, n)
	kernel.WantHugePages(folds)
	at := 0
	for f := range k {
		size := n / k
		if f < n%k {
			size++
		}
		for range size {
			folds[at] = F(f)
			at++
		}
	}
	return folds, nil
}

// stratifiedFolds is kFolds within every class. Fold i gets of each class what
// every k-th row from i of the rows sorted by class holds, as in scikit-learn,
// so that the folds stay of equal size.
func stratifiedFolds(fn string, class []int32, classes, k int, seed uint64) ([]uint16, error) {
	if err := checkFoldCount(fn, k); err != nil {
		return nil, err
	}
	count := make([]int, classes)
	for _, c := range class {
		count[c]++
	}
	largest := 0
	for _, c := range count {
		largest = max(largest, c)
	}
	if largest < k {
		return nil, fmt.Errorf("%s: y: need a class with at least %d rows, have at most %d: %w", fn, k, largest, mlgauge.ErrRange)
	}
	source := rand.NewPCG(seed, 0)
	own := make([][]uint16, classes) // the folds of the rows of each class
	start := 0
	for c, n := range count {
		own[c] = make([]uint16, 0, n)
		for f := range k {
			// Rows start..start+n of the sorted rows belong to c; count those that
			// are f modulo k.
			first := start + ((f-start)%k+k)%k
			for i := first; i < start+n; i += k {
				own[c] = append(own[c], uint16(f))
			}
		}
		kernel.Shuffle(source, own[c])
		start += n
	}
	folds := make([]uint16, len(class))
	next := make([]int, classes)
	for i, c := range class {
		folds[i] = own[c][next[c]]
		next[c]++
	}
	return folds, nil
}

// checkFolds reports folds of the wrong length (ErrLength), negative ones
// (ErrRange), fewer than two different (ErrUndefined); it returns the largest
// plus one.
func checkFolds[F fold](fn string, n int, folds []F) (int, error) {
	if err := check.Length(fn, "folds", n, len(folds)); err != nil {
		return 0, err
	}
	k := 0
	same := true
	for i, v := range folds {
		f := int(v)
		if f < 0 || f >= max(n, 2) {
			return 0, fmt.Errorf("%s: folds: need folds in [0, %d), have %d at index %d: %w", fn, max(n, 2), f, i, mlgauge.ErrRange)
		}
		same = same && v == folds[0]
		k = max(k, f+1)
	}
	if same {
		return 0, fmt.Errorf("%s: folds: need at least two folds, have one: %w", fn, mlgauge.ErrUndefined)
	}
	return k, nil
}
