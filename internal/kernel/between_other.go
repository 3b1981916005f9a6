//go:build !amd64 || purego

package kernel

func collectBetweenVector(dst, x []float64, lo, hi float64) (done, below, taken int) {
	return 0, 0, 0
}

func collectMarkedVector(dst []float64, buckets []uint32, marks *bucketMark, x []float64, low, scale float64) (done, taken int) {
	return
}
