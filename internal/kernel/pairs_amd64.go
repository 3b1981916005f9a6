//go:build !purego

package kernel

// The vector forms return how many rows they took, from the first; the portable
// loop takes the rest.

func squaredErrorVector[F Float](a, b []F) (done int, sum float64) {
	if done = len(a) &^ 31; done == 0 {
		return 0, 0
	}
	switch formOf[F]() {
	case float64AVX512:
		return done, squaredError64AVX512(as64(a), as64(b), done)
	case float32AVX512:
		return done, squaredError32AVX512(as32(a), as32(b), done)
	case float64AVX2:
		return done, squaredError64AVX2(as64(a), as64(b), done)
	case float32AVX2:
		return done, squaredError32AVX2(as32(a), as32(b), done)
	}
	return 0, 0
}

func absoluteErrorVector[F Float](a, b []F) (done int, sum float64) {
	if done = len(a) &^ 31; done == 0 {
		return 0, 0
	}
	switch formOf[F]() {
	case float64AVX512:
		return done, absoluteError64AVX512(as64(a), as64(b), done)
	case float32AVX512:
		return done, absoluteError32AVX512(as32(a), as32(b), done)
	case float64AVX2:
		return done, absoluteError64AVX2(as64(a), as64(b), done)
	case float32AVX2:
		return done, absoluteError32AVX2(as32(a), as32(b), done)
	}
	return 0, 0
}

func r2SumsVector[F Float](a, b []F, c float64) (done int, sse, y, yy float64) {
	if done = len(a) &^ 15; done == 0 {
		return 0, 0, 0, 0
	}
	switch formOf[F]() {
	case float64AVX512:
		sse, y, yy = r2Sums64AVX512(as64(a), as64(b), done, c)
	case float32AVX512:
		sse, y, yy = r2Sums32AVX512(as32(a), as32(b), done, c)
	case float64AVX2:
		sse, y, yy = r2Sums64AVX2(as64(a), as64(b), done, c)
	case float32AVX2:
		sse, y, yy = r2Sums32AVX2(as32(a), as32(b), done, c)
	default:
		return 0, 0, 0, 0
	}
	return done, sse, y, yy
}

func pairsVector[F Float](a, b []F, cy, ce float64) (done int, s PairSums) {
	if done = len(a) &^ 7; done == 0 {
		return 0, s
	}
	switch formOf[F]() {
	case float64AVX512:
		s.Y, s.YY, s.E, s.EE, s.Abs, s.Max = pairSums64AVX512(as64(a), as64(b), done, cy, ce)
	case float32AVX512:
		s.Y, s.YY, s.E, s.EE, s.Abs, s.Max = pairSums32AVX512(as32(a), as32(b), done, cy, ce)
	case float64AVX2:
		s.Y, s.YY, s.E, s.EE, s.Abs, s.Max = pairSums64AVX2(as64(a), as64(b), done, cy, ce)
	case float32AVX2:
		s.Y, s.YY, s.E, s.EE, s.Abs, s.Max = pairSums32AVX2(as32(a), as32(b), done, cy, ce)
	default:
		return 0, s
	}
	return done, s
}

func weightedPairsVector[F Float](a, b []F, w []float64, cy, ce float64) (done int, s WeightedPairSums) {
	if done = len(a) &^ 7; done == 0 {
		return 0, s
	}
	var rows float64
	switch formOf[F]() {
	case float64AVX512:
		s.W, s.Y, s.YY, s.E, s.EE, s.Abs, s.Max, rows = weightedPairs64AVX512(as64(a), as64(b), as64(w), done, cy, ce)
	case float32AVX512:
		s.W, s.Y, s.YY, s.E, s.EE, s.Abs, s.Max, rows = weightedPairs32AVX512(as32(a), as32(b), as64(w), done, cy, ce)
	case float64AVX2:
		s.W, s.Y, s.YY, s.E, s.EE, s.Abs, s.Max, rows = weightedPairs64AVX2(as64(a), as64(b), as64(w), done, cy, ce)
	case float32AVX2:
		s.W, s.Y, s.YY, s.E, s.EE, s.Abs, s.Max, rows = weightedPairs32AVX2(as32(a), as32(b), as64(w), done, cy, ce)
	default:
		return 0, s
	}
	s.Rows = int(rows)
	return done, s
}
