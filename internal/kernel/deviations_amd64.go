//go:build !purego

package kernel

func deviationsVector[F Float](x []F, c float64) (done int, s, q float64) {
	if done = len(x) &^ 15; done == 0 {
		return 0, 0, 0
	}
	switch formOf[F]() {
	case float64AVX512:
		s, q = deviations64AVX512(as64(x), done, c)
	case float32AVX512:
		s, q = deviations32AVX512(as32(x), done, c)
	case float64AVX2:
		s, q = deviations64AVX2(as64(x), done, c)
	case float32AVX2:
		s, q = deviations32AVX2(as32(x), done, c)
	default:
		return 0, 0, 0
	}
	return done, s, q
}

func deviations4Vector[F Float](x []F, c, low float64) (done int, q, t, f float64) {
	if done = len(x) &^ 7; done == 0 {
		return 0, 0, 0, 0
	}
	switch formOf[F]() {
	case float64AVX512:
		q, t, f = deviations464AVX512(as64(x), done, c, low)
	case float32AVX512:
		q, t, f = deviations432AVX512(as32(x), done, c, low)
	case float64AVX2:
		q, t, f = deviations464AVX2(as64(x), done, c, low)
	case float32AVX2:
		q, t, f = deviations432AVX2(as32(x), done, c, low)
	default:
		return 0, 0, 0, 0
	}
	return done, q, t, f
}

func weightedDeviationsVector[F Float](x []F, w []float64, c, low float64) (done int, s DeviationSums) {
	if done = len(x) &^ 7; done == 0 {
		return 0, s
	}
	switch formOf[F]() {
	case float64AVX512:
		s[0], s[1], s[2], s[3], s[4] = weightedDeviations64AVX512(as64(x), done, &w[0], c, low)
	case float32AVX512:
		s[0], s[1], s[2], s[3], s[4] = weightedDeviations32AVX512(as32(x), done, &w[0], c, low)
	case float64AVX2:
		s[0], s[1], s[2], s[3], s[4] = weightedDeviations64AVX2(as64(x), done, &w[0], c, low)
	case float32AVX2:
		s[0], s[1], s[2], s[3], s[4] = weightedDeviations32AVX2(as32(x), done, &w[0], c, low)
	default:
		return 0, s
	}
	return done, s
}
