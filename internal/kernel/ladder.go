package kernel

import (
	"math"
	"math/bits"
)

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
	done := scoreBucketsVector(codes, x, low, scale, base)
	codes = codes[done:]
	for i, v := range x[done:] {
		codes[i] = uint8(uint32(int64((v-low)*scale)) - base)
	}
}

// codes writes twice the upper bits of the bucket of each score, plus its label.
func (l *ladder) codes(codes []uint16, y []uint8, x []float64) {
	codes, y = codes[:len(x)], y[:len(x)]
	if l.ordinal {
		for i, v := range x {
			codes[i] = uint16(l.at(v)>>subBits<<1) | uint16(y[i])
		}
		return
	}
	low, scale := l.low, l.scale
	done := scoreCodesVector(codes, y, x, low, scale)
	codes, y = codes[done:], y[done:]
	for i, v := range x[done:] {
		codes[i] = uint16(uint32(int64((v-low)*scale))>>subBits<<1) | uint16(y[i])
	}
}

// crowdSample is the size of the sample that crowd takes.
const crowdSample = 1024

// crowd returns the sum of squares of the occupancy of the buckets by a sample of x,
// which has at least crowdSample values.
func (l *ladder) crowd(x []float64) (s int) {
	var h [1 << 9]uint16
	step := len(x) / crowdSample
	drop := l.bits - min(l.bits, 9)
	for i := range crowdSample {
		h[l.at(x[i*step+i%step])>>drop&511]++
	}
	for _, c := range h {
		s += int(c) * int(c)
	}
	return s
}
