package kernel

import (
	"math"
	"math/bits"
)

const (
	maxTop   = 13 // log2 of the greatest number of buckets
	maxCells = 10 // log2 of that of cells
	fineBits = 12 // log2 of the number of steps of a cell
)

// An equalizer is a monotone map from scores to buckets of about as many rows each, as far
// as a sample tells. A ladder takes a score to its step, and scores beyond the sample to
// its end; a cell is so many steps, and is divided into 1, 2, 4, ... buckets.
type equalizer struct {
	ladder
	span   uint64  // of an ordinal ladder: the greatest difference from its origin
	most   float64 // of another: the last step
	even   bool    // a step is a bucket
	count  int     // of buckets
	cells  [1 << maxCells]division
	cellOf [1 << maxTop]uint16 // of a bucket
	seen   [1 << maxTop]uint16 // rows of the sample
}

// A division says how a cell is divided: the bucket of a step is step>>shift + add.
type division struct{ add, shift uint32 }

var equalizers pool[equalizer]

// fitTo fits the map to rows by a sample of them. ok is false where that holds a value
// that is not finite.
func (s *equalizer) fitTo(x []float64, top uint) (ok bool) {
	lent := float64s.get(min(sampleSize, len(x)/8))
	defer float64s.put(lent)
	sample := *lent
	step := len(x) / len(sample)
	for i := range sample {
		sample[i] = x[i*step+i%step]
	}
	low, high, ok := Extremes(sample)
	if ok {
		s.fit(sample, low, high, top)
	}
	return ok
}

// fit chooses the map for rows of which sample is a part: to 2^top buckets of equal width in
// value, if that spreads them well, else to about twice as many. It may sort sample.
func (s *equalizer) fit(sample []float64, low, high float64, top uint) {
	m, ok := byValue(low, high, top)
	if ok && m.scale >= leastScale {
		s.ladder, s.even, s.count, s.most = m, true, 1<<top, float64(uint32(1)<<top-1)
		if s.crowd(sample) <= crowded(len(sample), s.count) {
			return
		}
	}
	s.even = false
	cells := min(top, maxCells)
	top = min(top+1, maxTop)
	enough, least, last := crowded(len(sample), 1<<top), math.MaxInt, -1
	ways := [...]func() bool{
		func() bool { return s.divideByValue(sample, low, high, cells, top) },
		func() bool { return s.divideByOrder(sample, low, high, cells, top) },
		func() bool { // without a few outliers, 1 in 256 at each end
			SortFloat64s(sample)
			cut := len(sample) / 256
			return s.divideByValue(sample, sample[cut], sample[len(sample)-1-cut], cells, top)
		},
	}
	best := 0
	for i, way := range ways {
		if !way() {
			continue
		}
		last = i
		if crowd := s.crowd(sample); crowd < least {
			least, best = crowd, i
		}
		if least <= enough {
			break
		}
	}
	if best != last {
		ways[best]()
	}
}

// leastScale is that of a ladder by value whose steps can be divided without a loss.
const leastScale = 0x1p-900

// crowded is twice the crowd to be expected of a sample of n rows of any distribution
// that the buckets are made for.
func crowded(n, buckets int) int { return 2 * (n*n/buckets + n) }

// crowd returns the sum of the squares of the occupancy of the buckets.
func (s *equalizer) crowd(sample []float64) (sum int) {
	seen := s.seen[:s.count]
	clear(seen)
	for _, v := range sample {
		seen[s.bucket(v)]++
	}
	for _, c := range seen {
		sum += int(c) * int(c)
	}
	return sum
}

func (s *equalizer) divideByValue(sample []float64, low, high float64, cells, top uint) (ok bool) {
	m, ok := byValue(low, high, cells+fineBits)
	if !ok || m.scale < leastScale {
		return false
	}
	s.most = float64(uint32(1)<<m.bits - 1)
	s.divide(sample, m, cells, top)
	return true
}

func (s *equalizer) divideByOrder(sample []float64, low, high float64, cells, top uint) (ok bool) {
	m := byOrder(low, high, cells+fineBits)
	s.span = Order(high) - m.origin
	s.divide(sample, m, cells, top)
	return true
}

// divide divides 2^cells cells into at most 2^top buckets, by their occupancy.
func (s *equalizer) divide(sample []float64, m ladder, cells, top uint) {
	s.ladder = m
	seen := s.seen[:1<<cells]
	clear(seen)
	for _, v := range sample {
		seen[s.step(v)>>fineBits]++
	}
	room := float64(uint(1)<<top-uint(1)<<cells) / float64(len(sample))
	var bucket uint32
	for c, n := range seen {
		w := min(max(bits.Len(uint(float64(n)*room)), 1)-1, fineBits)
		s.cells[c] = division{add: bucket - uint32(c)<<w, shift: uint32(fineBits - w)}
		for range 1 << w {
			s.cellOf[bucket] = uint16(c)
			bucket++
		}
	}
	s.count = int(s.bucket(math.MaxFloat64)) + 1 // by order, the last cells may be beyond the sample
}

// step returns the step of a score; that of NaN is one of them.
func (s *equalizer) step(v float64) uint32 {
	if s.ordinal {
		o := Order(v)
		o = min(max(o, s.origin)-s.origin, s.span)
		return uint32(o << (s.shift & 63) >> ((64 - s.bits) & 63))
	}
	t := (v - s.low) * s.scale
	if !(t < s.most) {
		t = s.most
	}
	if t < 0 {
		t = 0
	}
	return uint32(t)
}

// steps writes the step of each score, and tells whether all are finite.
func (s *equalizer) steps(dst []uint32, x []float64) (ok bool) {
	dst = dst[:len(x)]
	var odd float64
	done := 0
	if !s.ordinal {
		done, ok = scoreStepsVector(dst, x, s.low, s.scale, s.most)
		if done > 0 && !ok {
			return false
		}
	}
	for i, v := range x[done:] {
		dst[done+i] = s.step(v)
		odd += v * 0
	}
	return odd == 0
}

func (s *equalizer) bucket(v float64) uint32 {
	k := s.step(v)
	if s.even {
		return k
	}
	d := &s.cells[k>>fineBits&(1<<maxCells-1)]
	return k>>(d.shift&31) + d.add
}

// codes writes twice the bucket of each score, plus its label, and tells whether all
// scores are finite.
func (s *equalizer) codes(codes []uint16, y []uint8, x []float64) (ok bool) {
	var steps [codeBlock]uint32
	ok = s.steps(steps[:], x)
	codes, y = codes[:len(x)], y[:len(x)]
	if s.even {
		for i, k := range steps[:len(x)] {
			codes[i] = uint16(k<<1) | uint16(y[i])
		}
		return ok
	}
	for i, k := range steps[:len(x)] {
		d := &s.cells[k>>fineBits&(1<<maxCells-1)]
		codes[i] = uint16((k>>(d.shift&31)+d.add)<<1) | uint16(y[i])
	}
	return ok
}

// within returns the map that divides a bucket into 256. ok is false where there is none
// that fits all its rows: in the buckets that take what is beyond the sample, and where
// the values of one are too close together or too far apart.
func (s *equalizer) within(bucket uint32) (m ladder, ok bool) {
	if bucket == 0 || int(bucket) == s.count-1 {
		return m, false
	}
	if s.even {
		m = s.ladder
		m.scale, m.bits, m.base = s.scale*(1<<subBits), subBits, bucket<<subBits
		return m, true
	}
	d := &s.cells[s.cellOf[bucket]]
	step := bucket - d.add
	if s.ordinal {
		width := 64 - s.bits + uint(d.shift)
		from := s.origin + uint64(step)<<(width&63)>>(s.shift&63)
		to := s.origin + uint64(step+1)<<(width&63)>>(s.shift&63)
		return byValue(Unorder(from), Unorder(to), subBits)
	}
	m = s.ladder
	m.scale, m.bits, m.base = math.Ldexp(s.scale, subBits-int(d.shift)), subBits, step<<subBits
	return m, true
}
