//go:build !amd64 || purego

package kernel

func columnSumsVector[F Float](x []F, stride, rows, cols int, shift, n, s, q []float64) bool {
	return false
}

func columnSumsWeightedVector[F Float](x []F, stride, cols int, w, shift, n, s, q []float64) bool {
	return false
}

func columnMinMaxVector[F Float](x []F, stride, rows, cols int, lo, hi []F) bool { return false }
