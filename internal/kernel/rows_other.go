//go:build !amd64 || purego

package kernel

func rowNormsVector[F Float](norms []float64, x []F, stride, cols int, kind NormKind) bool {
	return false
}

func divideRowsVector[F Float](dst []F, dstStride int, x []F, stride, cols int, norms []float64, stream bool) bool {
	return false
}
