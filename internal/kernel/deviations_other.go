//go:build !amd64 || purego

package kernel

func deviationsVector[F Float](x []F, c float64) (done int, s, q float64) { return 0, 0, 0 }

func deviations4Vector[F Float](x []F, c, low float64) (done int, q, t, f float64) {
	return 0, 0, 0, 0
}

func weightedDeviationsVector[F Float](x []F, w []float64, c, low float64) (done int, s DeviationSums) {
	return 0, s
}
