//go:build !amd64 || purego

package kernel

func gapDistancesVector(d, point, panels []float64) bool { return false }
