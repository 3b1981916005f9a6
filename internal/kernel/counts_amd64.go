//go:build !purego

package kernel

import "unsafe"

// firstLabel is the address of the first label, as the unsigned integer of its size.
func firstLabel[U uint8 | uint32 | uint64, I Integer](x []I) *U {
	return (*U)(unsafe.Pointer(unsafe.SliceData(x)))
}

func countEqualVector[I Integer](t, p []I) (done int, equal uint64) {
	const most = 1 << 30 // the counters of 32-bit labels have 32 bits
	if done = min(len(t), most) &^ 63; done == 0 || level == levelPortable {
		return 0, 0
	}
	switch unsafe.Sizeof(t[0]) {
	case 8:
		return done, equal64AVX2(firstLabel[uint64](t), firstLabel[uint64](p), done)
	case 4:
		return done, equal32AVX2(firstLabel[uint32](t), firstLabel[uint32](p), done)
	case 1:
		return done, equal8AVX2(firstLabel[uint8](t), firstLabel[uint8](p), done)
	}
	return 0, 0
}

// twoVector takes a block of at most 4096 rows.
func twoVector[I Integer](t, p []I, base uint64) (done int, both, truth, pred, seen uint64) {
	if done = len(t) &^ 15; done == 0 || level == levelPortable {
		return 0, 0, 0, 0, 0
	}
	if low := I(base); low+1 < low { // differences would wrap in fewer than 64 bits
		return 0, 0, 0, 0, 0
	}
	switch unsafe.Sizeof(t[0]) {
	case 8:
		both, truth, pred, seen = two64AVX2(firstLabel[uint64](t), firstLabel[uint64](p), done, base)
	case 4:
		both, truth, pred, seen = two32AVX2(firstLabel[uint32](t), firstLabel[uint32](p), done, base)
		seen |= seen >> 32
		seen &= 1<<32 - 1
	default:
		return 0, 0, 0, 0, 0
	}
	return done, both, truth, pred, seen
}

func countBitsVector(t, p []byte) (done int, both, truth, pred, seen uint64) {
	if done = len(t) &^ 63; done == 0 || level == levelPortable {
		return 0, 0, 0, 0, 0
	}
	if level == levelAVX512 {
		both, truth, pred, seen = countBitsAVX512(&t[0], &p[0], done)
	} else {
		both, truth, pred, seen = countBitsAVX2(&t[0], &p[0], done)
	}
	return done, both, truth, pred, seen
}
