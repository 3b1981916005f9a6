//go:build !amd64 || purego

package kernel

func squaredErrorVector[F Float](a, b []F) (done int, sum float64)  { return }
func absoluteErrorVector[F Float](a, b []F) (done int, sum float64) { return }

func r2SumsVector[F Float](a, b []F, c float64) (done int, sse, y, yy float64) { return }

func pairsVector[F Float](a, b []F, cy, ce float64) (done int, s PairSums) { return }

func weightedPairsVector[F Float](a, b []F, w []float64, cy, ce float64) (done int, s WeightedPairSums) {
	return
}
