//go:build !amd64 || purego

package kernel

func logLossSumVector[F Float](y []bool, p []F, eps float64) (done int, sum float64, ok bool) {
	return 0, 0, true
}

func brierSumVector[F Float](y []bool, p []F) (done int, sum float64, ok bool) { return 0, 0, true }

func truthLogsVector[F Float](loss, brier []float64, y []bool, p []F, eps float64) (done int, ok bool) {
	return 0, true
}
