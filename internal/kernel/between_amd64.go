//go:build !purego

package kernel

func collectBetweenVector(dst, x []float64, lo, hi float64) (done, below, taken int) {
	if done = len(x) &^ 7; done == 0 || level != levelAVX512 {
		return 0, 0, 0
	}
	_ = dst[done+7]
	b, t := collectBetweenAVX512(&dst[0], &x[0], done, lo, hi)
	return done, int(b), int(t)
}
