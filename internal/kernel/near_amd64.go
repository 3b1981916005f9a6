//go:build !purego

package kernel

import "unsafe"

func nearVector[F Float](masks []uint32, points, panels, half, limit []F, cols int) bool {
	m, n := unsafe.SliceData(masks), len(half)/PanelRows
	switch formOf[F]() {
	case float64AVX512:
		near64AVX512(m, as64(points), as64(panels), as64(half), as64(limit), cols, n)
	case float32AVX512:
		near32AVX512(m, as32(points), as32(panels), as32(half), as32(limit), cols, n)
	case float64AVX2:
		near64AVX2(m, as64(points), as64(panels), as64(half), as64(limit), cols, n)
	case float32AVX2:
		near32AVX2(m, as32(points), as32(panels), as32(half), as32(limit), cols, n)
	default:
		return false
	}
	return true
}
