//go:build !purego

package kernel

func collectBetweenVector(dst, x []float64, lo, hi float64) (done, below, taken int) {
	if done = len(x) &^ 7; done == 0 || level < levelAVX2 {
		return 0, 0, 0
	}
	_ = dst[done+7]
	var b, t uint64
	if level == levelAVX512 {
		b, t = collectBetweenAVX512(&dst[0], &x[0], done, lo, hi)
	} else {
		b, t = collectBetweenAVX2(&dst[0], &x[0], done, lo, hi)
	}
	return done, int(b), int(t)
}

func collectMarkedVector(dst []float64, buckets []uint32, marks *bucketMark, x []float64, low, scale float64) (done, taken int) {
	if done = len(x) &^ 7; done == 0 || level != levelAVX512 {
		return 0, 0
	}
	_, _ = dst[done+7], buckets[done+7]
	return done, int(collectMarkedAVX512(&dst[0], &buckets[0], &marks[0], &x[0], done, low, scale))
}
