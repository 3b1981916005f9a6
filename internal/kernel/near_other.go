//go:build !amd64 || purego

package kernel

func nearVector[F Float](masks []uint32, points, panels, half, limit []F, cols int) bool {
	return false
}
