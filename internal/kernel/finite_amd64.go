//go:build !purego

package kernel

func allFiniteVector[F Float](x []F) (done int, ok bool) {
	if done = len(x) &^ 63; done == 0 {
		return 0, true
	}
	switch formOf[F]() {
	case float64AVX512:
		return done, allFinite64AVX512(as64(x), done)
	case float32AVX512:
		return done, allFinite32AVX512(as32(x), done)
	case float64AVX2:
		return done, allFinite64AVX2(as64(x), done)
	case float32AVX2:
		return done, allFinite32AVX2(as32(x), done)
	}
	return 0, true
}
