//go:build !amd64 || purego

package kernel

func countEdgesVector[F Float](counts []uint64, x []F, edges []float64) (done int) { return 0 }

func columnRanksVector[F Float](dst []float64, dstStride int, x []F, stride, rows, cols int, edges []float64, count int) bool {
	return false
}
