package kernel

import (
	"math"
	"math/bits"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// Wins compares every positive score with every negative one. It returns
//
//	2 * #(positive > negative) + #(positive = negative)
//
// as a 128-bit integer, and the number of positives. The area under the ROC
// curve is wins / (2 * positives * negatives). ok is false, and the count
// meaningless, if x holds NaN or an infinity. It panics if the lengths differ;
// label and x are not changed.
//
// It does not sort. A sample tells whether there are few distinct values (then
// their counts go into a hash table); otherwise a monotone map, fitted to the sample,
// scatters the rows into runs by (bucket, label), each bucket is split again inside the
// cache, and pairs are compared within runs of a few rows. Time is linear on
// any distribution: where the map in value leaves a run too long, the next one
// is in the order of the bit patterns, which strips 8 of 64 bits each time.
func Wins(label []bool, x []float64) (hi, lo uint64, positives int, ok bool) {
	n := len(x)
	if n == 0 {
		return 0, 0, 0, true
	}
	y := unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(label[:n:n]))), n)
	if n >= 2048 && n <= math.MaxInt32 && !few(x) {
		lo, positives, ok = bucketWins(y, x)
		return 0, lo, positives, ok
	}
	low, high, pos, ok := survey(y, x)
	switch {
	case !ok || pos == 0 || pos == n:
		return 0, 0, pos, ok
	case low == high:
		hi, lo = bits.Mul64(uint64(pos), uint64(n-pos))
		return hi, lo, pos, true
	case n > math.MaxInt32:
		hi, lo = sortedWins(y, x, pos)
		return hi, lo, pos, true
	case n < 2048:
		return 0, smallWins(y, x, pos), pos, true
	}
	if u, ok := tableWins(y, x); ok {
		return 0, u, pos, true
	}
	lo, positives, ok = bucketWins(y, x)
	return 0, lo, positives, ok
}

// survey returns the extremes of x and the number of set labels.
func survey(y []uint8, x []float64) (low, high float64, pos int, ok bool) {
	done, low, high, pos, ok := surveyVector(y, x)
	switch {
	case done == 0:
		return surveyLoop(y, x)
	case done < len(x):
		l, h, p, fine := surveyLoop(y[done:], x[done:])
		return min(low, l), max(high, h), pos + p, ok && fine
	}
	return low, high, pos, ok
}

func surveyLoop(y []uint8, x []float64) (low, high float64, pos int, ok bool) {
	low, high = x[0], x[0]
	l2, h2 := low, high
	var s0, s1 float64
	var c0, c1 int
	y = y[:len(x)]
	i := 0
	for ; i+2 <= len(x); i += 2 {
		a, b := x[i], x[i+1]
		s0 += a * 0
		s1 += b * 0
		c0 += int(y[i])
		c1 += int(y[i+1])
		if a < low {
			low = a
		}
		if a > high {
			high = a
		}
		if b < l2 {
			l2 = b
		}
		if b > h2 {
			h2 = b
		}
	}
	if i < len(x) {
		a := x[i]
		s0 += a * 0
		c0 += int(y[i])
		low, high = min(low, a), max(high, a)
	}
	return min(low, l2), max(high, h2), c0 + c1, s0+s1 == 0
}

const (
	subBits   = 8
	sweepMost = 256 // rows whose pairs are compared by keys
	maxRuns   = 2 << maxTop
)

// topBits tells how many buckets n rows are first scattered to: so many that runs are
// short, while the cache holds the ends of all runs. Up to a million rows they are so
// short that their pairs are compared at once, where that is done by keys: BenchmarkWins
// takes as long as with a second scatter, or a little less.
func topBits(n int) uint {
	if canSweep() && n <= 1<<20 {
		return uint(min(max(bits.Len(uint(2*n)), subBits+4)-subBits, maxTop))
	}
	return uint(min(max(bits.Len(uint(n/8)), subBits+4)-subBits, maxTop))
}

// winsOnCores is the number of rows from which several cores share the work.
const winsOnCores = 1 << 19

// scatterParts returns into how many parts n rows are cut, to be scattered at a time.
func scatterParts(n int) int {
	if n < winsOnCores {
		return 1
	}
	return min(runtime.GOMAXPROCS(0), 16)
}

// bucketWins is the two-level scatter. Cores count and scatter a part of the rows
// each, and then take buckets; the count is an integer, and so the same for any number
// of them.
func bucketWins(y []uint8, x []float64) (u uint64, positives int, ok bool) {
	n := len(x)
	mapLent := equalizers.get(1)
	defer equalizers.put(mapLent)
	s := &(*mapLent)[0]
	if !s.fitTo(x, topBits(n)) {
		return 0, 0, false
	}
	parts := scatterParts(n)
	size := (n + parts - 1) / parts
	headsLent, codesLent := uint32s.get(parts*maxRuns), uint16s.get(n)
	defer uint32s.put(headsLent)
	defer uint16s.put(codesLent)
	head := func(p int) *[maxRuns]uint32 { return (*[maxRuns]uint32)((*headsLent)[p*maxRuns:]) }
	codes, runCount := *codesLent, 2*s.count
	var odd atomic.Bool
	parallel.Each(parts, func(p int) {
		lo, hi := p*size, min(n, (p+1)*size)
		clear(head(p)[:runCount])
		if !countCodes(s, head(p), codes[lo:hi], y[lo:hi], x[lo:hi]) {
			odd.Store(true)
		}
	})
	longest, positives := startRuns(head, parts, runCount)
	if odd.Load() || positives == 0 || positives == n {
		return 0, positives, !odd.Load()
	}
	runsLent := float64s.get(n)
	defer float64s.put(runsLent)
	runs := *runsLent
	parallel.Each(parts, func(p int) {
		lo, hi := p*size, min(n, (p+1)*size)
		scatterCodes(runs, head(p), codes[lo:hi], x[lo:hi])
	})
	ends := head(parts - 1) // the last part leaves the ends of the runs
	if parts == 1 {
		return winsOfBuckets(s, runs, ends, 0, s.count, longest), positives, true
	}
	groups := min(s.count, 64)
	wins := make([]uint64, groups)
	parallel.Each(groups, func(g int) {
		wins[g] = winsOfBuckets(s, runs, ends, g*s.count/groups, (g+1)*s.count/groups, longest)
	})
	for _, w := range wins {
		u += w
	}
	return u, positives, true
}

// codeBlock is the number of codes that are computed at a time.
const codeBlock = 2048

// countCodes writes the code of each row and counts them. It tells whether all scores are
// finite.
func countCodes(s *equalizer, head *[maxRuns]uint32, codes []uint16, y []uint8, x []float64) bool {
	for lo := 0; lo < len(x); lo += codeBlock {
		hi := min(lo+codeBlock, len(x))
		if !s.codes(codes[lo:hi], y[lo:hi], x[lo:hi]) {
			return false
		}
		for _, c := range codes[lo:hi] {
			head[c&(maxRuns-1)]++
		}
	}
	return true
}

// startRuns turns the counts of the parts into the places where each part starts in
// each run, and returns the number of rows of the fullest bucket and that of positives.
func startRuns(head func(p int) *[maxRuns]uint32, parts, runCount int) (longest, positives int) {
	var at, from uint32
	for r := range runCount {
		start := at
		for p := range parts {
			h := head(p)
			h[r], at = at, at+h[r]
		}
		if r&1 == 1 {
			positives += int(at - start)
			longest = max(longest, int(at-from))
			from = at
		}
	}
	return longest, positives
}

func scatterCodes(runs []float64, head *[maxRuns]uint32, codes []uint16, x []float64) {
	done := scatterScoresVector(runs, head, codes, x)
	codes = codes[:len(x)]
	for i, v := range x[done:] {
		c := codes[done+i] & (maxRuns - 1)
		j := head[c]
		head[c] = j + 1
		runs[j] = v
	}
}

// winsOfBuckets counts the wins of the positives of buckets first to last-1.
func winsOfBuckets(s *equalizer, runs []float64, ends *[maxRuns]uint32, first, last, longest int) (u uint64) {
	spareLent, bytesLent := float64s.get(longest), uint8s.get(longest)
	defer float64s.put(spareLent)
	defer uint8s.put(bytesLent)
	spare, tally := *spareLent, tally{codes: *bytesLent}
	var from uint32
	var below uint64
	for b := range first {
		below += uint64(ends[2*b] - from)
		from = ends[2*b+1]
	}
	for b := uint32(first); b < uint32(last); b++ {
		q, p := ends[2*b], ends[2*b+1]
		run := runs[from:p:p]
		negatives := int(q - from)
		from = p
		u += uint64(len(run)-negatives) * (2 * below)
		below += uint64(negatives)
		if negatives == 0 || negatives == len(run) {
			continue
		}
		if len(run) <= 24 {
			u += compare(run[negatives:], run[:negatives])
			continue
		}
		m, ok := s.within(b)
		switch {
		case !ok || len(run) > 16<<subBits: // the map is not fit for these rows
			u += tally.count(run, negatives, spare)
		case len(run) <= sweepMost && tally.sweep(&u, run[negatives:], run[:negatives], &m, m.base, subBits):
		default:
			u += tally.split(run, negatives, spare, &m)
		}
	}
	return u
}

// fitRows is the number of rows that one bucket may hold in any case: their pairs are
// compared.
func fitRows() int {
	if canSweep() {
		return sweepMost
	}
	return 32
}

// smallWins parts the rows by label and counts.
func smallWins(y []uint8, x []float64, pos int) uint64 {
	n := len(x)
	lent := float64s.get(2 * n)
	defer float64s.put(lent)
	run, spare := (*lent)[:n:n], (*lent)[n:2*n]
	partByLabel(run, y, x)
	var codes [2048]uint8
	t := tally{codes: codes[:]}
	return t.count(run, n-pos, spare)
}

// A tally counts the wins of runs: negatives first, then positives.
type tally struct { // scratch
	codes    []uint8
	positive [sweepMost + 8]uint32 // keys
	negative [sweepMost + 40]uint16
}

// count counts the wins in a run of any kind; it may overwrite run and spare.
func (t *tally) count(run []float64, negatives int, spare []float64) uint64 {
	neg, pos := run[:negatives], run[negatives:]
	p, q := uint64(len(pos)), uint64(len(neg))
	if p == 0 || q == 0 {
		return 0
	}
	if len(run) <= 24 {
		return compare(pos, neg)
	}
	lowP, highP := extremes(pos)
	lowQ, highQ := extremes(neg)
	switch {
	case lowP > highQ:
		return 2 * p * q
	case highP < lowQ:
		return 0
	}
	low, high := min(lowP, lowQ), max(highP, highQ)
	if low == high {
		return p * q
	}
	width := uint(min(bits.Len(uint(len(run)/4)), subBits))
	m, ok := byValue(low, high, width)
	if !ok {
		m = byOrder(low, high, width)
	}
	if u := uint64(0); len(run) <= 2*sweepRows() && t.sweep(&u, pos, neg, &m, 0, width) {
		return u
	}
	return t.split(run, negatives, spare, &m)
}

// split counts the wins in a run by way of up to 256 buckets.
func (t *tally) split(run []float64, negatives int, spare []float64, m *ladder) uint64 {
	n := len(run)
	spare = spare[:n]
	neg, pos := run[:negatives], run[negatives:]
	codes := t.codes[:n]
	var head [2 << subBits]uint32
	width := min(m.bits, subBits)
	var drop uint // of the bits of a bucket, where sweep takes longer runs
	coarse := *m
	if canSweep() && !m.ordinal && m.scale > 0x1p-1000 {
		if enough := uint(bits.Len(uint(n / sweepRows()))); enough < width {
			drop = width - enough
			coarse.scale, coarse.base = math.Ldexp(m.scale, -int(drop)), m.base>>drop
		}
	}
	coarse.fill(codes, run)
	for _, c := range codes[:len(neg)] {
		head[int(c)<<1]++
	}
	for _, c := range codes[len(neg):] {
		head[int(c)<<1+1]++
	}
	buckets := 2 << (width - drop)
	var at, longest uint32
	for i := 0; i < buckets; i += 2 {
		q, p := head[i&511], head[(i+1)&511]
		longest = max(longest, p+q)
		head[i&511] = at
		head[(i+1)&511] = at + q
		at += p + q
	}
	if int(longest) > max(n/2, fitRows()) && !m.ordinal {
		// Most rows are in one bucket of many decades: halving in the order
		// of the bit patterns ends after 64 bits at the latest.
		low, high := extremes(run)
		if low == high {
			return uint64(len(pos)) * uint64(len(neg))
		}
		o := byOrder(low, high, subBits)
		return t.split(run, negatives, spare, &o)
	}
	for i, c := range codes[:len(neg)] {
		j := head[int(c)<<1]
		head[int(c)<<1] = j + 1
		spare[j] = neg[i]
	}
	for i, c := range codes[len(neg):] {
		j := head[int(c)<<1+1]
		head[int(c)<<1+1] = j + 1
		spare[j] = pos[i]
	}
	var u, below uint64
	var from uint32
	for i := 0; i < buckets; i += 2 {
		q, p := head[i&511], head[(i+1)&511]
		if p == from {
			continue
		}
		negatives, positives := uint64(q-from), uint64(p-q)
		u += positives * (2 * below)
		below += negatives
		if negatives != 0 && positives != 0 {
			switch {
			case p-from <= 24:
				u += compare(spare[q:p], spare[from:q])
			case p-from <= sweepMost && t.sweep(&u, spare[q:p], spare[from:q], m, m.base+uint32(i/2)<<drop, drop):
			default:
				u += t.count(spare[from:p], int(negatives), run[from:p])
			}
		}
		from = p
	}
	return u
}

// compare is the definition: all pairs.
func compare(pos, neg []float64) uint64 {
	if len(pos)*len(neg) < 24 {
		return compareLoop(pos, neg)
	}
	return compareVector(pos, neg)
}

func compareLoop(pos, neg []float64) (u uint64) {
	for _, a := range pos {
		for _, b := range neg {
			var gt, ge uint64
			if a > b {
				gt = 1
			}
			if a >= b {
				ge = 1
			}
			u += gt + ge
		}
	}
	return u
}

func extremes(x []float64) (low, high float64) {
	low, high = x[0], x[0]
	for _, v := range x[1:] {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return low, high
}

// sortedWins sorts each class and merges. It is for sizes whose counts leave 64
// bits.
func sortedWins(y []uint8, x []float64, pos int) (hi, lo uint64) {
	run := make([]float64, len(x))
	partByLabel(run, y, x)
	neg, positive := run[:len(x)-pos], run[len(x)-pos:]
	SortFloat64s(neg)
	SortFloat64s(positive)
	below, upTo := 0, 0
	for _, v := range positive {
		for below < len(neg) && neg[below] < v {
			below++
		}
		upTo = max(upTo, below)
		for upTo < len(neg) && neg[upTo] == v {
			upTo++
		}
		var carry uint64
		lo, carry = bits.Add64(lo, uint64(below)+uint64(upTo), 0)
		hi += carry
	}
	return hi, lo
}
