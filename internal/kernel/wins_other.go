//go:build !amd64 || purego

package kernel

func surveyVector(y []uint8, x []float64) (done int, low, high float64, pos int, ok bool) { return }

func extremesVector(x []float64) (done int, low, high float64, ok bool) { return }

func scoreCodesVector(codes []uint16, y []uint8, x []float64, low, scale float64) (done int) {
	return
}

func scoreStepsVector(dst []uint32, x []float64, low, scale, most float64) (done int, ok bool) {
	return
}

func scoreBucketsVector(codes []uint8, x []float64, low, scale float64, base uint32) (done int) {
	return
}

func compareVector(pos, neg []float64) uint64 { return compareLoop(pos, neg) }

func scatterScoresVector(runs []float64, head *[maxRuns]uint32, codes []uint16, x []float64) (done int) {
	return
}

func canSweep() bool { return false }

func sweepRows() int { return 0 }

func (t *tally) sweep(u *uint64, pos, neg []float64, m *ladder, first uint32, width uint) bool {
	return false
}
