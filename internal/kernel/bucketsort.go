package kernel

import (
	"math/bits"
	"unsafe"
)

const (
	fewSort  = 2048 // most values that are sorted inside the cache: half of it slows BenchmarkSort by half
	sortDeep = 3    // scatters after which the radix sort takes over
	fewTop   = 11   // logarithm of the most buckets of fewSort values
)

// bucketSort sorts x by scattering it into buckets and those again inside the cache,
// until insertion ends it. Values that do not spread over the buckets of three maps,
// each fit for what the last one left together, are left to sortKeys.
func bucketSort(x []float64, depth int) {
	n := len(x)
	low, high, _ := Extremes(x)
	switch {
	case low == high:
		for i := range x {
			x[i] += 0
		}
		return
	case n <= fewSort:
		lent, spare := sorters.get(1), float64s.get(n)
		(*lent)[0].sort(x, x, *spare, 0)
		sorters.put(lent)
		float64s.put(spare)
		return
	case depth == sortDeep:
		sortKeys(x)
		return
	}
	top := uint(min(max(bits.Len(uint(n/4)), subBits+4)-subBits, maxTop))
	m := pairMap(x, nil, low, high, top, depth)
	headLent, runsLent, sorter := uint32s.get(maxRuns), float64s.get(n), sorters.get(1)
	defer uint32s.put(headLent)
	defer float64s.put(runsLent)
	defer sorters.put(sorter)
	head, runs := (*[maxRuns]uint32)(*headLent), *runsLent
	clear(head[:2<<top])
	for lo := 0; lo < n; lo += codeBlock {
		b := x[lo:min(lo+codeBlock, n)]
		countRuns(&m, head, sampleLabels[0][:len(b)], b)
	}
	var at uint32
	for k := 0; k < 2<<top; k += 2 {
		head[k], at = at, at+head[k]
	}
	for lo := 0; lo < n; lo += codeBlock {
		b := x[lo:min(lo+codeBlock, n)]
		scatterRuns(&m, runs, head, sampleLabels[0][:len(b)], b)
	}
	from := 0
	for k := 0; k < 2<<top; k += 2 {
		to := int(head[k])
		run, part := runs[from:to:to], x[from:to:to]
		from = to
		if len(run) <= fewSort {
			(*sorter)[0].sort(part, run, part, 0)
			continue
		}
		copy(part, run)
		bucketSort(part, depth+1)
	}
}

// countRuns counts the rows of each run, by bucket and label.
func countRuns(m *ladder, head *[maxRuns]uint32, y []uint8, x []float64) {
	var codes [codeBlock]uint16
	for lo := 0; lo < len(x); lo += codeBlock {
		hi := min(lo+codeBlock, len(x))
		m.codes(codes[:], y[lo:hi], x[lo:hi])
		for _, c := range codes[:hi-lo] {
			head[c&(maxRuns-1)]++
		}
	}
}

// scatterRuns writes the rows to their runs, from where head says.
func scatterRuns(m *ladder, runs []float64, head *[maxRuns]uint32, y []uint8, x []float64) {
	var codes [codeBlock]uint16
	for lo := 0; lo < len(x); lo += codeBlock {
		hi := min(lo+codeBlock, len(x))
		m.codes(codes[:], y[lo:hi], x[lo:hi])
		done := scatterScoresVector(runs, head, codes[:], x[lo:hi])
		for i, v := range x[lo+done : hi] {
			c := codes[(done+i)&(codeBlock-1)] & (maxRuns - 1)
			j := head[c]
			head[c] = j + 1
			runs[j] = v
		}
	}
}

// A fewSorter sorts up to fewSort values.
type fewSorter struct { // scratch
	codes [fewSort]uint16
	head  [2 << fewTop]uint16
}

var sorters pool[fewSorter]

// sort writes the values of run to x in their order, by way of spare. One of x and run
// may be spare or the other, but not both.
func (s *fewSorter) sort(x, run, spare []float64, depth int) {
	n := len(run)
	if n < 24 {
		insert(x, run)
		return
	}
	low, high, _ := Extremes(run)
	if low == high {
		for i, v := range run {
			x[i] = v + 0
		}
		return
	}
	top := uint(min(bits.Len(uint(n)), fewTop))
	m, ok := byValue(low, high, top+subBits)
	if !ok || depth > 0 {
		m = byOrder(low, high, top+subBits)
	}
	codes, head := s.codes[:n], s.head[:2<<top]
	m.codes(codes, sampleLabels[0][:n], run)
	clear(head)
	for _, c := range codes {
		head[c]++
	}
	var at uint16
	var crowd int // sum of the squares of the counts
	for k := 0; k < len(head); k += 2 {
		c := head[k]
		head[k] = at
		at += c
		crowd += int(c) * int(c)
	}
	spare = spare[:n]
	for i, c := range codes {
		j := head[c]
		head[c] = j + 1
		spare[j] = run[i]
	}
	if crowd <= 16*n {
		insert(x, spare)
		return
	}
	if depth > 0 {
		copy(x, spare)
		sortKeys(x[:n])
		return
	}
	// The values stand in order of their buckets in spare; those of full buckets are
	// spread by maps of their own, in the order of the bit patterns.
	free := x
	if &x[0] == &spare[0] {
		free = run
	}
	from := 0
	for from < n {
		to := from + 1
		k := m.at(spare[from]) >> subBits
		for to < n && m.at(spare[to])>>subBits == k {
			to++
		}
		s.sort(x[from:to], spare[from:to], free[from:to], depth+1)
		from = to
	}
}

// insert writes the values of run to x, which may be run, in their order.
func insert(x, run []float64) {
	x = x[:len(run)]
	for i, v := range run {
		v += 0
		j := i
		for ; j > 0 && x[j-1] > v; j-- {
			x[j] = x[j-1]
		}
		x[j] = v
	}
}

// SortedClasses returns sorted copies of the values whose label is set and of the
// others. They are lent: done takes them back. It panics if the lengths differ; x must
// not hold NaN.
func SortedClasses(label []bool, x []float64) (pos, neg []float64, done func()) {
	n := len(x)
	y := unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(label[:n:n]))), n)
	set := 0
	if n > 0 {
		_, _, set, _ = survey(y, x)
	}
	// Written to both, kept in one: no branch on the label. One more place for
	// the last write of the class that is full.
	lent := float64s.get(n + 2)
	pos, neg = (*lent)[:set+1], (*lent)[set+1:]
	i, j := 0, 0
	for k, v := range x {
		pos[i], neg[j] = v, v
		c := int(y[k] & 1)
		i += c
		j += 1 - c
	}
	pos, neg = pos[:i:i], neg[:j:j]
	SortFloat64s(pos)
	SortFloat64s(neg)
	return pos, neg, func() { float64s.put(lent) }
}
