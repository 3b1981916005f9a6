//go:build !amd64 || purego

package kernel

func affineVector[F Float](m *affine[F], dst, x []F, center, scale []float64, period int, stream bool) (finite bool) {
	panic("no vector loops")
}
