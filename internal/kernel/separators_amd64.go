//go:build !purego

package kernel

func separatorsVector(dst []int32, b []byte, base int32, sep byte) (done, taken, lines, quotes int) {
	if done = len(b) &^ 63; done == 0 {
		return 0, 0, 0, 0
	}
	switch {
	case !hasBMI:
	case level == levelAVX512:
		taken, lines, quotes = separatorsAVX512(&dst[0], &b[0], done, base, sep)
		return done, taken, lines, quotes
	case level == levelAVX2:
		taken, lines, quotes = separatorsAVX2(&dst[0], &b[0], done, base, sep)
		return done, taken, lines, quotes
	}
	return 0, 0, 0, 0
}
