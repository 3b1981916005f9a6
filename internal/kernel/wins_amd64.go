//go:build !purego

package kernel

import (
	"math"
	"unsafe"
)

// The vector forms return how many rows they took, from the first; the portable
// loop takes the rest.

func surveyVector(y []uint8, x []float64) (done int, low, high float64, pos int, ok bool) {
	if done = len(x) &^ 63; done == 0 || level == levelPortable {
		return 0, 0, 0, 0, false
	}
	var odd float64
	if level == levelAVX512 {
		low, high, odd, pos = surveyAVX512(&y[0], &x[0], done)
	} else {
		low, high, odd, pos = surveyAVX2(&y[0], &x[0], done)
	}
	return done, low, high, pos, odd == odd
}

func extremesVector(x []float64) (done int, low, high float64, ok bool) {
	if done = len(x) &^ 63; done == 0 || level == levelPortable {
		return 0, 0, 0, false
	}
	var odd float64
	if level == levelAVX512 {
		low, high, odd = extremesAVX512(&x[0], done)
	} else {
		low, high, odd = extremesAVX2(&x[0], done)
	}
	return done, low, high, odd == odd
}

func scoreCodesVector(codes []uint16, y []uint8, x []float64, low, scale float64) (done int) {
	if done = len(x) &^ 15; done == 0 || level == levelPortable {
		return 0
	}
	if level == levelAVX512 {
		scoreCodesAVX512(&codes[0], &y[0], &x[0], done, low, scale)
	} else {
		scoreCodesAVX2(&codes[0], &y[0], &x[0], done, low, scale)
	}
	return done
}

// scoreStepsVector is of AVX2 at every level: it is short beside what follows it.
func scoreStepsVector(dst []uint32, x []float64, low, scale, most float64) (done int, ok bool) {
	if done = len(x) &^ 15; done == 0 || level == levelPortable {
		return 0, false
	}
	odd := scoreStepsAVX2(&dst[0], &x[0], done, low, scale, most)
	return done, odd == odd
}

func scoreBucketsVector(codes []uint8, x []float64, low, scale float64, base uint32) (done int) {
	if done = len(x) &^ 15; done == 0 || level == levelPortable {
		return 0
	}
	if level == levelAVX512 {
		scoreBucketsAVX512(&codes[0], &x[0], done, low, scale, base)
	} else {
		scoreBucketsAVX2(&codes[0], &x[0], done, low, scale, base)
	}
	return done
}

// compareVector is compare; neither slice is empty.
func compareVector(pos, neg []float64) uint64 {
	p, q := unsafe.SliceData(pos), unsafe.SliceData(neg)
	if level == levelAVX512 {
		return compareAVX512(p, len(pos), q, len(neg))
	}
	return compareAVX2(p, len(pos), q, len(neg))
}

func scatterScoresVector(runs []float64, head *[maxRuns]uint32, codes []uint16, x []float64) (done int) {
	if done = len(x) &^ 1; done == 0 || level == levelPortable {
		return 0
	}
	scatterScores(unsafe.SliceData(runs), &head[0], &codes[0], &x[0], done)
	return done
}

// canSweep tells whether sweep may do something.
func canSweep() bool { return level != levelPortable }

// sweepRows is the number of rows that sweep is best called with.
func sweepRows() int {
	if level == levelAVX512 {
		return 128
	}
	return 64
}

// sweep adds compare to u, by way of keys that tell 2^16 steps of a bucket apart: the
// bucket of 2^width steps of the map from first on. Where keys cannot be had it returns
// false. Where rows of different labels share a key, it compares the scores.
func (t *tally) sweep(u *uint64, pos, neg []float64, m *ladder, first uint32, width uint) bool {
	finer := float64(uint32(1) << (16 - width))
	if level == levelPortable || m.ordinal || !(m.scale <= math.MaxFloat64/finer) {
		return false
	}
	p, q, keys := unsafe.SliceData(pos), unsafe.SliceData(neg), float64(first)*finer
	var less, atMost int
	if level == levelAVX512 {
		less, atMost = sweepAVX512(p, len(pos), q, len(neg), m.low, m.scale*finer, keys, &t.positive[0], &t.negative[0])
	} else {
		less, atMost = sweepAVX2(p, len(pos), q, len(neg), m.low, m.scale*finer, keys+1<<15, &t.positive[0], &t.negative[0])
	}
	if less == atMost {
		*u += uint64(less + atMost)
	} else {
		*u += compare(pos, neg)
	}
	return true
}
