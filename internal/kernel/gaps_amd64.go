//go:build !purego

package kernel

func gapDistancesVector(d, point, panels []float64) bool {
	switch formOf[float64]() {
	case float64AVX512:
		gapDistancesAVX512(&d[0], &point[0], &panels[0], len(point), float64(len(point)), len(d)/PanelRows)
	case float64AVX2:
		gapDistancesAVX2(&d[0], &point[0], &panels[0], len(point), float64(len(point)), len(d)/PanelRows)
	default:
		return false
	}
	return true
}
