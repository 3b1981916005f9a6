package kernel

import (
	"math"
	"sync/atomic"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// ErrorRanks returns the values that would stand at ranks k and k+1 if all |a - b| were
// sorted; the second is the first again if k is the last. ok is false, and the values
// meaningless, if one of them is NaN or infinite. a and b are as long as each other,
// and not empty.
//
// It is Ranks on errors that are held nowhere: what is between two values of a sorted
// sample is kept, and selected from. Cores take blocks of rows each; the values do not
// depend on how many there are.
func ErrorRanks[F Float](a, b []F, k int) (at, next float64, ok bool) {
	n := len(a)
	b = b[:n]
	if n < 1<<13 {
		return errorRanksOfAll(a, b, k)
	}
	sampleLent := float64s.get(min(max(2048, n/256), 1<<14))
	defer float64s.put(sampleLent)
	sample := *sampleLent
	step := n / len(sample)
	for i := range sample {
		j := i*step + i%step
		sample[i] = math.Abs(float64(a[j]) - float64(b[j]))
	}
	if !AllFinite(sample) {
		return 0, 0, false
	}
	SortFloat64s(sample)
	ranks := []int{k, min(k+1, n-1)}
	s, _ := spanOf(sample, n, ranks)
	const rows, room = 1 << 16, 1 << 13 // of a block, and of what is kept of it, as a rule
	kept := make([][]float64, parallel.Blocks(n, rows))
	keptLent := float64s.get(len(kept) * room)
	defer float64s.put(keptLent)
	var below atomic.Int64
	var bad atomic.Bool
	parallel.For(n, rows, func(block, lo, hi int) {
		var less int
		var fine bool
		space := (*keptLent)[block*room : block*room : (block+1)*room]
		if kept[block], less, fine = errorsBetween(space, a[lo:hi], b[lo:hi], s); !fine {
			bad.Store(true)
		}
		below.Add(int64(less))
	})
	if bad.Load() {
		return 0, 0, false
	}
	between := 0
	for _, x := range kept {
		between += len(x)
	}
	for i := range ranks {
		ranks[i] -= int(below.Load())
	}
	if ranks[0] < 0 || ranks[1] >= between { // a sample that misled
		return errorRanksOfAll(a, b, k)
	}
	if s.lo == s.hi {
		return s.lo, s.lo, true
	}
	lent := float64s.get(between)
	defer float64s.put(lent)
	all := (*lent)[:0]
	for _, x := range kept {
		all = append(all, x...)
	}
	pair := Ranks(nil, all, ranks)
	return pair[0], pair[1], true
}

// errorRanksOfAll is ErrorRanks by selection from all errors.
func errorRanksOfAll[F Float](a, b []F, k int) (at, next float64, ok bool) {
	lent := float64s.get(len(a))
	defer float64s.put(lent)
	AbsoluteErrors(*lent, a, b)
	if !AllFinite(*lent) {
		return 0, 0, false
	}
	pair := Ranks(nil, *lent, []int{k, min(k+1, len(a)-1)})
	return pair[0], pair[1], true
}

// errorsBetween appends the errors in a span to kept, and returns the number of those
// below it; ok is false if one is not finite.
func errorsBetween[F Float](kept []float64, a, b []F, s span) (_ []float64, below int, ok bool) {
	var errs [2048]float64
	ok = true
	for lo := 0; lo < len(a); lo += len(errs) {
		e := errs[:min(len(errs), len(a)-lo)]
		AbsoluteErrors(e, a[lo:lo+len(e)], b[lo:lo+len(e)])
		ok = ok && AllFinite(e)
		if room := len(kept) + len(errs) + 8; cap(kept) < room {
			kept = append(make([]float64, 0, 2*room), kept...)
		}
		less, taken := collectBetween(kept[len(kept):cap(kept)], e, s.lo, s.hi)
		below += less
		kept = kept[:len(kept)+taken]
	}
	return kept, below, ok
}
