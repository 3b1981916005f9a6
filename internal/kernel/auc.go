package kernel

import (
	"math"
	"math/bits"
	"slices"
	"unsafe"
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
// their counts go into a hash table); otherwise a monotone map scatters the
// rows into runs by (bucket, label), each bucket is split again inside the
// cache, and pairs are compared within runs of a few rows. Time is linear on
// any distribution: where the map in value leaves a run too long, the next one
// is in the order of the bit patterns, which strips 8 of 64 bits each time.
func Wins(label []bool, x []float64) (hi, lo uint64, positives int, ok bool) {
	n := len(x)
	if n == 0 {
		return 0, 0, 0, true
	}
	y := unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(label[:n:n]))), n)
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
	if few(x) {
		if u, ok := tableWins(y, x); ok {
			return 0, u, pos, true
		}
	}
	return 0, bucketWins(y, x, low, high), pos, true
}

// survey returns the extremes of x and the number of set labels.
func survey(y []uint8, x []float64) (low, high float64, pos int, ok bool) {
	low, high = x[0], x[0]
	l2, h2 := low, high
	var s0, s1 float64
	var c0, c1 int
	y = y[:len(x)]
	i := 0
	for ; i+2 <= len(x); i += 2 {
		a, b := x[i], x[i+1]
		s0 += a - a
		s1 += b - b
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
		s0 += a - a
		c0 += int(y[i])
		low, high = min(low, a), max(high, a)
	}
	return min(low, l2), max(high, h2), c0 + c1, s0+s1 == 0
}

const (
	tableBits  = 13
	tableSlots = 1 << tableBits
	tableLimit = tableSlots * 5 / 8
	sampleSize = 4096
)

func slot(k uint64) uint64 { return k * 0x9e3779b97f4a7c15 >> (64 - tableBits) }

type cell struct {
	key    uint64
	counts uint64 // positives << 32 | negatives
}

var cells pool[cell]

// few tells whether a sample of x suggests at most a few thousand values.
func few(x []float64) bool {
	lent := cells.get(tableSlots)
	defer cells.put(lent)
	t := (*[tableSlots]cell)(*lent)
	clear(t[:])
	size := min(sampleSize, len(x)/8)
	distinct := 0
	step := len(x) / size
	for i := range size {
		k := math.Float64bits(x[i*step+i%step] + 0)
		j := slot(k)
		for t[j].counts != 0 && t[j].key != k {
			j = (j + 1) & (tableSlots - 1)
		}
		if t[j].counts == 0 {
			t[j] = cell{k, 1}
			distinct++
		}
	}
	return distinct <= size*5/8
}

// tableWins counts by distinct value; it gives up if there are too many.
func tableWins(y []uint8, x []float64) (u uint64, ok bool) {
	lent := cells.get(tableSlots)
	defer cells.put(lent)
	t := (*[tableSlots]cell)(*lent)
	clear(t[:])
	distinct := 0
	y = y[:len(x)]
	for i, v := range x {
		k := math.Float64bits(v + 0)
		j := slot(k)
		for t[j].key != k || t[j].counts == 0 {
			if t[j].counts == 0 {
				if distinct++; distinct > tableLimit {
					return 0, false
				}
				t[j].key = k
				break
			}
			j = (j + 1) & (tableSlots - 1)
		}
		t[j].counts += 1 << (uint(y[i]) << 5 & 63)
	}
	used := t[:0]
	for _, c := range t {
		if c.counts != 0 {
			used = append(used, cell{Order(math.Float64frombits(c.key)), c.counts})
		}
	}
	slices.SortFunc(used, func(a, b cell) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	var below uint64
	for _, c := range used {
		p, q := c.counts>>32, c.counts&math.MaxUint32
		u += p * (2*below + q)
		below += q
	}
	return u, true
}

// A ladder is a monotone map from scores to the integers [0, 2^bits).
type ladder struct {
	ordinal bool
	low     float64 // by value: (v-low)*scale
	scale   float64
	origin  uint64 // by order of the bit pattern: (Order(v)-origin)<<shift, top bits
	shift   uint
	bits    uint
	base    uint32 // subtracted from the result
}

// byValue returns the map that is linear in the value; ok is false where it
// would overflow.
func byValue(low, high float64, width uint) (ladder, bool) {
	// The factor keeps (high-low)*scale below 2^bits after rounding.
	scale := math.Ldexp(1-0x1p-50, int(width)) / (high - low)
	l := ladder{low: low, scale: scale, bits: width}
	return l, high-low <= math.MaxFloat64 && scale <= math.MaxFloat64
}

// byOrder returns the map that is linear in the order of the bit patterns.
func byOrder(low, high float64, width uint) ladder {
	origin := Order(low)
	return ladder{ordinal: true, origin: origin, shift: uint(bits.LeadingZeros64(Order(high) - origin)), bits: width}
}

func (l *ladder) at(v float64) uint32 {
	if l.ordinal {
		return uint32((Order(v)-l.origin)<<(l.shift&63)>>((64-l.bits)&63)) - l.base
	}
	return uint32(int64((v-l.low)*l.scale)) - l.base
}

// fill writes the bucket of each score, below 256.
func (l *ladder) fill(codes []uint8, x []float64) {
	codes = codes[:len(x)]
	if l.ordinal {
		for i, v := range x {
			codes[i] = uint8(l.at(v))
		}
		return
	}
	low, scale, base := l.low, l.scale, l.base
	for i, v := range x {
		codes[i] = uint8(uint32(int64((v-low)*scale)) - base)
	}
}

// crowd returns the sum of squares of the occupancy of the buckets by a sample.
func (l *ladder) crowd(x []float64) (s int) {
	var h [1 << 9]uint16
	step := len(x) / 1024
	drop := l.bits - min(l.bits, 9)
	for i := range 1024 {
		h[l.at(x[i*step+i%step])>>drop&511]++
	}
	for _, c := range h {
		s += int(c) * int(c)
	}
	return s
}

const subBits = 8

// bucketWins is the two-level scatter.
func bucketWins(y []uint8, x []float64, low, high float64) uint64 {
	n := len(x)
	topBits := min(max(bits.Len(uint(n/8)), subBits+4)-subBits, 13)
	width := uint(topBits + subBits)
	m, ok := byValue(low, high, width)
	if o := byOrder(low, high, width); !ok || o.crowd(x)*2 < m.crowd(x) {
		m = o
	}

	codesLent := uint32s.get(n)
	defer uint32s.put(codesLent)
	codes := (*codesLent)[:n]
	headLent := uint32s.get(2<<topBits + 1)
	defer uint32s.put(headLent)
	head := *headLent
	clear(head)
	y = y[:n]
	if m.ordinal {
		for i, v := range x {
			c := m.at(v)>>subBits<<1 | uint32(y[i])
			codes[i] = c
			head[c]++
		}
	} else {
		low, scale := m.low, m.scale
		for i, v := range x {
			c := uint32(int64((v-low)*scale))>>subBits<<1 | uint32(y[i])
			codes[i] = c
			head[c]++
		}
	}
	var at, longest uint32
	for i := 0; i+1 < len(head); i += 2 {
		p, q := head[i+1], head[i]
		longest = max(longest, p+q)
		head[i] = at
		head[i+1] = at + q
		at += p + q
	}
	runsLent, spareLent := float64s.get(n), float64s.get(int(longest))
	defer float64s.put(runsLent)
	defer float64s.put(spareLent)
	runs, spare := *runsLent, *spareLent
	for i, v := range x {
		c := codes[i]
		j := head[c]
		head[c] = j + 1
		runs[j] = v
	}
	tally := tally{codes: unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(codes))), n)}
	var u, below uint64
	var from uint32
	for b := range uint32(1) << topBits {
		q, p := head[2*b], head[2*b+1]
		run := runs[from:p:p]
		negatives := int(q - from)
		from = p
		u += uint64(len(run)-negatives) * (2 * below)
		below += uint64(negatives)
		switch {
		case negatives == 0 || negatives == len(run):
		case len(run) <= 24:
			u += compare(run[negatives:], run[:negatives])
		case len(run) > 16<<subBits: // the map is not fit for these rows
			u += tally.count(run, negatives, spare)
		default:
			m.base = b << subBits
			u += tally.split(run, negatives, spare, &m)
		}
	}
	return u
}

// smallWins parts the rows by label and counts.
func smallWins(y []uint8, x []float64, pos int) uint64 {
	n := len(x)
	lent := float64s.get(2 * n)
	defer float64s.put(lent)
	run, spare := (*lent)[:n:n], (*lent)[n:2*n]
	at := [2]int{0, n - pos}
	for i, v := range x {
		c := y[i] & 1
		run[at[c]] = v
		at[c]++
	}
	var codes [2048]uint8
	t := tally{codes: codes[:]}
	return t.count(run, n-pos, spare)
}

// A tally counts the wins of runs: negatives first, then positives.
type tally struct {
	codes []uint8 // scratch
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
	return t.split(run, negatives, spare, &m)
}

// split counts the wins in a run by way of up to 256 buckets.
func (t *tally) split(run []float64, negatives int, spare []float64, m *ladder) uint64 {
	n := len(run)
	spare = spare[:n]
	neg, pos := run[:negatives], run[negatives:]
	codes := t.codes[:n]
	var head [2 << subBits]uint32
	m.fill(codes, run)
	for _, c := range codes[:len(neg)] {
		head[int(c)<<1]++
	}
	for _, c := range codes[len(neg):] {
		head[int(c)<<1+1]++
	}
	buckets := 2 << min(m.bits, subBits)
	var at, longest uint32
	for i := 0; i < buckets; i += 2 {
		q, p := head[i&511], head[(i+1)&511]
		longest = max(longest, p+q)
		head[i&511] = at
		head[(i+1)&511] = at + q
		at += p + q
	}
	if longest > uint32(n)/2 && n > 64 && !m.ordinal {
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
			if p-from <= 24 {
				u += compare(spare[q:p], spare[from:q])
			} else {
				u += t.count(spare[from:p], int(negatives), run[from:p])
			}
		}
		from = p
	}
	return u
}

// compare is the definition: all pairs.
func compare(pos, neg []float64) (u uint64) {
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
	at := [2]int{0, len(x) - pos}
	for i, v := range x {
		c := y[i] & 1
		run[at[c]] = v
		at[c]++
	}
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
