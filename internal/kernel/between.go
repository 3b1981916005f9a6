package kernel

import (
	"math"
	"slices"
)

// Ranks appends to dst, for each of the ascending ranks, the value that would stand
// there if x were sorted. x holds no NaN and is not changed. The values are those of
// a full sort, whatever their distribution; time is linear.
//
// A sorted sample tells between which two values a rank almost surely is; one pass
// counts what is below and keeps what is between, where the rank is then selected.
func Ranks(dst []float64, x []float64, ranks []int) []float64 {
	n := len(x)
	const (
		least = 1 << 13 // below, all is selected at once
		most  = 64      // more ranks are not worth a pass each
	)
	for i := 1; i < len(ranks); i++ {
		if ranks[i] == ranks[i-1] { // each once, and then as often as asked
			once := Ranks(nil, x, slices.Compact(slices.Clone(ranks)))
			at := 0
			for i, k := range ranks {
				if i > 0 && k != ranks[i-1] {
					at++
				}
				dst = append(dst, once[at])
			}
			return dst
		}
	}
	if n < least || len(ranks) > most {
		return selectCopy(dst, x, ranks)
	}
	sampleLent := float64s.get(min(max(2048, n/256), 1<<14))
	defer float64s.put(sampleLent)
	sample := *sampleLent
	step := n / len(sample)
	for i := range sample {
		sample[i] = x[i*step+i%step]
	}
	SortFloat64s(sample)
	for len(ranks) > 0 {
		s, k := spanOf(sample, n, ranks)
		dst = s.ranks(dst, x, ranks[:k])
		ranks = ranks[k:]
	}
	return dst
}

func selectCopy(dst, x []float64, ranks []int) []float64 {
	lent := float64s.get(len(x))
	defer float64s.put(lent)
	all := *lent
	copy(all, x)
	SelectAll(all, ranks)
	for _, k := range ranks {
		dst = append(dst, all[k])
	}
	return dst
}

// A span is a range of values that some ranks are almost surely in.
type span struct{ lo, hi float64 }

// spanOf returns the span of the first ranks, and how many of them it is for: those
// whose own spans touch.
func spanOf(sample []float64, n int, ranks []int) (s span, k int) {
	m := len(sample)
	// Four standard deviations of the rank of a value in the sample.
	at := func(rank int) (from, to int) {
		p := float64(rank) / float64(n)
		wide := 2 + int(4*math.Sqrt(float64(m)*p*(1-p)))
		mid := int(p * float64(m))
		return mid - wide, mid + wide + 1
	}
	from, to := at(ranks[0])
	for k = 1; k < len(ranks); k++ {
		a, b := at(ranks[k])
		if a > to {
			break
		}
		to = b
	}
	s = span{math.Inf(-1), math.Inf(1)}
	if from >= 0 {
		s.lo = sample[from]
	}
	if to < m {
		s.hi = sample[to]
	}
	return s, k
}

func (s span) ranks(dst, x []float64, ranks []int) []float64 {
	const block = 4096
	lent := float64s.get(0)
	defer float64s.put(lent)
	kept, below := (*lent)[:0], 0
	for lo := 0; lo < len(x); lo += block {
		kept = slices.Grow(kept, block+8)
		b, t := collectBetween(kept[len(kept):cap(kept)], x[lo:min(len(x), lo+block)], s.lo, s.hi)
		below += b
		kept = kept[:len(kept)+t]
	}
	*lent = kept
	first, last := ranks[0]-below, ranks[len(ranks)-1]-below
	if first < 0 || last >= len(kept) { // a sample that misled
		return selectCopy(dst, x, ranks)
	}
	if s.lo == s.hi {
		for range ranks {
			dst = append(dst, s.lo)
		}
		return dst
	}
	inside := make([]int, len(ranks))
	for i, k := range ranks {
		inside[i] = k - below
	}
	SelectAll(kept, inside)
	for _, k := range inside {
		dst = append(dst, kept[k])
	}
	return dst
}

// collectBetween writes the values of x that are in [lo, hi] to dst, in their order,
// and returns the number of values below lo and of those written. dst is at least 8
// values longer than x.
func collectBetween(dst, x []float64, lo, hi float64) (below, taken int) {
	done, below, taken := collectBetweenVector(dst, x, lo, hi)
	for _, v := range x[done:] {
		dst[taken] = v // stays only if counted
		var less, in int
		if v < lo {
			less = 1
		}
		if v <= hi {
			in = 1
		}
		below += less
		taken += in &^ less
	}
	return below, taken
}
