package kernel

import (
	"math"
	"math/bits"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// smallPair is the size of two samples below which they are sorted and not counted: the
// longer has values enough for crowd. Four times as much changes BenchmarkKS at 10,000
// values by less than a tenth.
const smallPair = 2 * crowdSample

// pairTop returns the logarithm of the number of buckets that n values are counted
// into: few enough for the second-level cache.
func pairTop(n int) uint { return uint(min(max(bits.Len(uint(n))-4, 6), 15)) }

// pairMap returns the map of two samples, from low to high, to 2^top buckets. Where
// the values of the larger sample crowd in few buckets of equal width, it is the order
// of the bit patterns, and always so from depth 3 on: that ends after 64 bits.
func pairMap(x, y []float64, low, high float64, top uint, depth int) ladder {
	width := top + subBits
	m, ok := byValue(low, high, width)
	if o := byOrder(low, high, width); !ok || depth > 2 || o.crowd(longer(x, y))*2 < m.crowd(longer(x, y)) {
		return o
	}
	return m
}

// copied returns copies of both samples that may be reordered. They are lent: done
// takes them back.
func copied(x, y []float64) (_, _ []float64, done func()) {
	lent := float64s.get(len(x) + len(y))
	both := *lent
	copy(both, x)
	copy(both[len(x):], y)
	return both[:len(x):len(x)], both[len(x):], func() { float64s.put(lent) }
}

// SortedPair returns sorted copies of two samples without NaN, sorted at the same time
// if they are large. They are lent: done takes them back.
func SortedPair(x, y []float64) (sx, sy []float64, done func()) {
	lent := float64s.get(len(x) + len(y))
	sx, sy = (*lent)[:len(x):len(x)], (*lent)[len(x):]
	one := func(i int) {
		if i == 0 {
			copy(sx, x)
			SortFloat64s(sx)
		} else {
			copy(sy, y)
			SortFloat64s(sy)
		}
	}
	if len(x)+len(y) < parallel.MinElements {
		one(0)
		one(1)
	} else {
		parallel.Each(2, one)
	}
	return sx, sy, func() { float64s.put(lent) }
}

func longer(x, y []float64) []float64 {
	if len(y) > len(x) {
		return y
	}
	return x
}

// edge returns a lower edge of bucket k of 2^(bits - subBits), high that of the map.
func (l *ladder) edge(k int, high float64) float64 {
	if !l.ordinal {
		return l.low + float64(k)*(float64(1<<subBits)/l.scale)
	}
	top := l.bits - subBits
	most := Order(high) - l.origin
	if k >= 1<<top {
		return high
	}
	// The least integer that the map takes to k.
	u := uint64(k) << (64 - top)
	least := u >> l.shift
	if least<<l.shift != u {
		least++
	}
	return Unorder(l.origin + min(least, most))
}

// A cut parts two samples evenly, for several cores.
type cut struct{ nx, ny, parts int }

// of returns one part of both samples.
func (c cut) of(p int, x, y []float64) (px, py []float64) {
	return x[p*c.nx/c.parts : (p+1)*c.nx/c.parts], y[p*c.ny/c.parts : (p+1)*c.ny/c.parts]
}

// The codes of a map are twice the bucket, plus 0 for the first sample and 1 for the
// second.
type (
	codeCounts [1 << 16]uint32
	bucketMark [1<<15 + 3]uint8 // the vectors read four at a time
)

var sampleLabels = [2][codeBlock]uint8{1: filled(1)}

func filled(v uint8) (b [codeBlock]uint8) {
	for i := range b {
		b[i] = v
	}
	return b
}

// firstCodes writes the codes of the first values of a block, of sample 0 or 1, as many
// as vectors take, and returns how many; for the others the caller has the code at hand
// without a detour by memory.
func firstCodes(m *ladder, codes *[codeBlock]uint16, sample int, x []float64) (done int) {
	if m.ordinal {
		m.codes(codes[:], sampleLabels[sample][:], x)
		return len(x)
	}
	return scoreCodesVector(codes[:], sampleLabels[sample][:], x, m.low, m.scale)
}

// countSample counts the codes of sample 0 or 1.
func countSample(m *ladder, counts *codeCounts, sample int, x []float64) {
	var codes [codeBlock]uint16
	low, scale := m.low, m.scale
	for lo := 0; lo < len(x); lo += codeBlock {
		b := x[lo:min(lo+codeBlock, len(x))]
		done := firstCodes(m, &codes, sample, b)
		for _, c := range codes[:done] {
			counts[c]++
		}
		for _, v := range b[done:] {
			counts[uint16(uint32(int64((v-low)*scale))>>subBits<<1)|uint16(sample)]++
		}
	}
}

// gather writes the values of sample 0 or 1 in marked buckets to out, each at the place
// of its code, which it steps on.
func gather(m *ladder, out []float64, places *codeCounts, marked *bucketMark, sample int, x []float64) {
	var kept [codeBlock + 8]float64
	var buckets [codeBlock + 8]uint32
	for lo := 0; lo < len(x); lo += codeBlock {
		n := collectMarked(m, &kept, &buckets, marked, x[lo:min(lo+codeBlock, len(x))])
		for i, v := range kept[:n] {
			p := &places[(2*int(buckets[i])+sample)&(len(places)-1)]
			out[*p] = v
			*p++
		}
	}
}

// collectMarked keeps the values of a block that are in buckets marked 1, in their
// order, and the buckets. It takes no branch on whether a value is kept.
func collectMarked(m *ladder, kept *[codeBlock + 8]float64, buckets *[codeBlock + 8]uint32, marked *bucketMark, x []float64) (n int) {
	done := 0
	if !m.ordinal {
		done, n = collectMarkedVector(kept[:], buckets[:], marked, x, m.low, m.scale)
	}
	x = x[done:]
	if m.ordinal {
		for _, v := range x {
			k := m.at(v) >> subBits
			kept[n&(codeBlock-1)], buckets[n&(codeBlock-1)] = v, k
			n += int(marked[k])
		}
		return n
	}
	low, scale := m.low, m.scale
	for _, v := range x {
		k := uint32(int64((v-low)*scale)) >> subBits & (1<<15 - 1)
		kept[n&(codeBlock-1)], buckets[n&(codeBlock-1)] = v, k
		n += int(marked[k])
	}
	return n
}

// A part is a bucket that has to be looked into, with the numbers of values of both
// samples below it and in it, and where those in it stand among all that were
// gathered.
type part struct {
	bucket, cx, cy, nx, ny, x, y int
	bound                        float64
}

// parts are the buckets of a map that have to be looked into, and their values.
type parts struct {
	list   []part
	nx, ny int
	px, py []float64
}

func (p *parts) add(bucket, cx, cy, nx, ny int, bound float64) {
	p.list = append(p.list, part{bucket, cx, cy, nx, ny, p.nx, p.ny, bound})
	p.nx += nx
	p.ny += ny
}

// fetch gathers the values; done takes back the memory. before tells how many values of
// a code the parts of the cut up to p have, so that values stand in the order of the
// samples for any cut.
func (p *parts) fetch(m *ladder, c cut, before func(p, code int) int, x, y []float64) (done func()) {
	marksLent, placesLent := uint8s.get(len(bucketMark{})), uint32s.get(c.parts*len(codeCounts{}))
	defer uint8s.put(marksLent)
	defer uint32s.put(placesLent)
	marked := (*bucketMark)(*marksLent)
	places := func(k int) *codeCounts { return (*codeCounts)((*placesLent)[k*len(codeCounts{}):]) }
	clear(marked[:1<<(m.bits-subBits)])
	for _, s := range p.list {
		marked[s.bucket] = 1
		i, j := 2*s.bucket, 2*s.bucket+1
		places(0)[i], places(0)[j] = uint32(s.x), uint32(s.y)
		for k := 1; k < c.parts; k++ {
			places(k)[i], places(k)[j] = uint32(s.x+before(k-1, i)), uint32(s.y+before(k-1, j))
		}
	}
	lent := float64s.get(p.nx + p.ny)
	p.px, p.py = (*lent)[:p.nx:p.nx], (*lent)[p.nx:]
	parallel.Each(c.parts, func(k int) {
		x, y := c.of(k, x, y)
		gather(m, p.px, places(k), marked, 0, x)
		gather(m, p.py, places(k), marked, 1, y)
	})
	return func() { float64s.put(lent) }
}

// each calls do for every bucket, on several cores if they hold many values.
func (p *parts) each(do func(i int)) {
	if p.nx+p.ny >= parallel.MinElements {
		parallel.Each(len(p.list), do)
		return
	}
	for i := range p.list {
		do(i)
	}
}

// of returns the values of a part.
func (p *parts) of(s part) (x, y []float64) { return p.px[s.x : s.x+s.nx], p.py[s.y : s.y+s.ny] }

// Extremes returns the smallest and the largest value of x, which is not empty. ok is
// false if x holds NaN, when they are meaningless, or an infinity.
func Extremes(x []float64) (low, high float64, ok bool) {
	done, low, high, ok := extremesVector(x)
	switch {
	case done == 0:
		return extremesLoop(x)
	case done < len(x):
		l, h, fine := extremesLoop(x[done:])
		return min(low, l), max(high, h), ok && fine
	}
	return low, high, ok
}

func extremesLoop(x []float64) (low, high float64, ok bool) {
	low, high = x[0], x[0]
	l1, h1 := low, high
	var s0, s1 float64
	i := 0
	for ; i+2 <= len(x); i += 2 {
		a, b := x[i], x[i+1]
		s0 += a * 0
		s1 += b * 0
		if a < low {
			low = a
		}
		if a > high {
			high = a
		}
		if b < l1 {
			l1 = b
		}
		if b > h1 {
			h1 = b
		}
	}
	if i < len(x) {
		a := x[i]
		s0 += a * 0
		low, high = min(low, a), max(high, a)
	}
	return min(low, l1), max(high, h1), s0+s1 == 0
}

// Range is Extremes on all cores.
func Range(x []float64) (low, high float64, ok bool) {
	const block = 1 << 16
	if len(x) < max(parallel.MinElements, block+1) {
		return Extremes(x)
	}
	type extremes struct {
		low, high float64
		ok        bool
	}
	parts := make([]extremes, parallel.Blocks(len(x), block))
	parallel.For(len(x), block, func(b, lo, hi int) {
		e := &parts[b]
		e.low, e.high, e.ok = Extremes(x[lo:hi])
	})
	low, high, ok = parts[0].low, parts[0].high, true
	for _, e := range parts {
		low, high, ok = min(low, e.low), max(high, e.high), ok && e.ok
	}
	return low, high, ok
}

// pairRange returns the extremes of two samples.
func pairRange(x, y []float64) (low, high float64, ok bool) {
	l0, h0, fine := Range(x)
	l1, h1, ok := Range(y)
	return math.Min(l0, l1), math.Max(h0, h1), ok && fine
}

// Earlier returns the lesser of two values, and 1 if that is a. It takes no branch.
func Earlier(a, b float64) (least float64, first int) {
	if a <= b {
		first = 1
	}
	u, v := math.Float64bits(a), math.Float64bits(b)
	if first == 1 {
		v = u
	}
	return math.Float64frombits(v), first
}
