package kernel

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// SortedRows returns the values of x in increasing order and the label of each, 1 where
// it is set; equal values have theirs in any order. A negative zero becomes a positive
// one. Both are lent: done takes them back. It panics if the lengths differ; x must not
// hold NaN.
//
// It is SortFloat64s with a label that goes along: cores count and scatter a part of
// the rows each into runs by (bucket, label), and then take buckets.
func SortedRows(label []bool, x []float64) (score []float64, y []uint8, done func()) {
	n := len(x)
	from := unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(label[:n:n]))), n)
	scoreLent, labelLent := float64s.get(n), uint8s.get(n)
	score, y = *scoreLent, *labelLent
	done = func() {
		float64s.put(scoreLent)
		uint8s.put(labelLent)
	}
	if n == 0 {
		return score, y, done
	}
	low, high, _ := Range(x)
	switch {
	case low == high:
		copy(y, from)
		for i := range score {
			score[i] = low + 0
		}
	case n <= fewSort || n > math.MaxInt32:
		classesLent := float64s.get(n)
		defer float64s.put(classesLent)
		run := *classesLent
		negatives := partByLabel(run, from, x)
		sorter := sorters.get(1)
		defer sorters.put(sorter)
		(*sorter)[0].bucket(score, y, run, negatives)
	default:
		rowSort(score, y, from, x, low, high)
	}
	return score, y, done
}

// partByLabel writes the values whose label is not set, and behind them the others.
func partByLabel(run []float64, y []uint8, x []float64) (negatives int) {
	n := len(x)
	i, j := 0, n-1 // the second class from the end
	for k, v := range x {
		c := int(y[k] & 1)
		run[i], run[j] = v, v
		i += 1 - c
		j -= c
	}
	return i
}

// rowSort sorts rows by way of runs.
func rowSort(score []float64, y, from []uint8, x []float64, low, high float64) {
	n := len(x)
	top := uint(min(max(bits.Len(uint(n/4)), subBits+4)-subBits, maxTop))
	m := pairMap(x, nil, low, high, top, 0)
	parts := scatterParts(n)
	size := (n + parts - 1) / parts
	headsLent, runsLent := uint32s.get(parts*maxRuns), float64s.get(n)
	defer uint32s.put(headsLent)
	defer float64s.put(runsLent)
	head := func(p int) *[maxRuns]uint32 { return (*[maxRuns]uint32)((*headsLent)[p*maxRuns:]) }
	runs, runCount := *runsLent, 2<<top
	parallel.Each(parts, func(p int) {
		lo, hi := p*size, min(n, (p+1)*size)
		clear(head(p)[:runCount])
		countRuns(&m, head(p), from[lo:hi], x[lo:hi])
	})
	startRuns(head, parts, runCount)
	parallel.Each(parts, func(p int) {
		lo, hi := p*size, min(n, (p+1)*size)
		scatterRuns(&m, runs, head(p), from[lo:hi], x[lo:hi])
	})
	ends := head(parts - 1) // the last part leaves the ends of the runs
	groups := 1
	if parts > 1 {
		groups = 1 << min(top, 8)
	}
	each := 1 << top / groups
	parallel.Each(groups, func(g int) {
		sorter := sorters.get(1)
		defer sorters.put(sorter)
		var at int
		if g > 0 {
			at = int(ends[2*g*each-1])
		}
		for b := g * each; b < (g+1)*each; b++ {
			q, p := int(ends[2*b]), int(ends[2*b+1])
			(*sorter)[0].bucket(score[at:p], y[at:p], runs[at:p:p], q-at)
			at = p
		}
	})
}

// bucket sorts the rows of a run, negatives first, into score and y. It may overwrite
// the run.
func (s *fewSorter) bucket(score []float64, y []uint8, run []float64, negatives int) {
	if len(run) <= fewSort && s.rows(score, y, run, negatives) {
		return
	}
	neg, pos := run[:negatives:negatives], run[negatives:]
	SortFloat64s(neg)
	SortFloat64s(pos)
	mergeRows(score, y, neg, pos)
}

// rows sorts up to fewSort rows, and returns false where they do not spread over the
// buckets; the run is then as it was.
func (s *fewSorter) rows(score []float64, y []uint8, run []float64, negatives int) bool {
	n := len(run)
	score, y = score[:n], y[:n]
	if n < 24 {
		clear(y[:negatives])
		for i := negatives; i < n; i++ {
			y[i] = 1
		}
		insertRows(score, y, run)
		return true
	}
	low, high, _ := Extremes(run)
	if low == high {
		return false
	}
	top := uint(min(bits.Len(uint(n)), fewTop))
	m, ok := byValue(low, high, top+subBits)
	if !ok {
		m = byOrder(low, high, top+subBits)
	}
	codes, head := s.codes[:n], s.head[:1<<top]
	m.codes(codes, sampleLabels[0][:negatives], run[:negatives])
	m.codes(codes[negatives:], sampleLabels[1][:n-negatives], run[negatives:])
	clear(head)
	for _, c := range codes {
		head[c>>1]++
	}
	var at uint16
	var crowd int // sum of the squares of the counts
	for k, c := range head {
		head[k] = at
		at += c
		crowd += int(c) * int(c)
	}
	if crowd > 16*n {
		return false
	}
	for i, c := range codes {
		j := head[c>>1]
		head[c>>1] = j + 1
		score[j] = run[i]
		y[j] = uint8(c & 1)
	}
	insertRows(score, y, score)
	return true
}

// insertRows writes the values of run to score, which may be run, in their order, and
// moves the labels along.
func insertRows(score []float64, y []uint8, run []float64) {
	score, y = score[:len(run)], y[:len(run)]
	for i, v := range run {
		v += 0
		j := i
		if j > 0 && score[j-1] > v {
			c := y[i]
			for ; j > 0 && score[j-1] > v; j-- {
				score[j], y[j] = score[j-1], y[j-1]
			}
			y[j] = c
		}
		score[j] = v
	}
}

// mergeRows merges two classes, each in increasing order.
func mergeRows(score []float64, y []uint8, neg, pos []float64) {
	n := len(neg) + len(pos)
	score, y = score[:n], y[:n]
	i, j := 0, 0
	for i < len(neg) && j < len(pos) {
		a, b := neg[i], pos[j]
		v, second := a, 0
		if b < a {
			v = b
		}
		if b < a {
			second = 1
		}
		score[i+j], y[i+j] = v, uint8(second)
		i += 1 - second
		j += second
	}
	copy(score[i+j:], neg[i:])
	for k := range neg[i:] {
		y[i+j+k] = 0
	}
	i = len(neg)
	copy(score[i+j:], pos[j:])
	for k := range pos[j:] {
		y[i+j+k] = 1
	}
}
