//go:build !purego

package kernel

func absoluteErrorsVector[F Float](dst []float64, a, b []F) (done int) {
	if done = len(a) &^ 7; done == 0 {
		return 0
	}
	switch formOf[F]() {
	case float64AVX2, float64AVX512:
		absoluteErrors64AVX2(&dst[0], as64(a), as64(b), done)
	case float32AVX2, float32AVX512:
		absoluteErrors32AVX2(&dst[0], as32(a), as32(b), done)
	default:
		return 0
	}
	return done
}

func pinballVector[F Float](dst []float64, a, b []F, alpha float64) (done int) {
	if done = len(a) &^ 7; done == 0 {
		return 0
	}
	switch formOf[F]() {
	case float64AVX512:
		pinball64AVX512(&dst[0], as64(a), as64(b), done, alpha)
	case float32AVX512:
		pinball32AVX512(&dst[0], as32(a), as32(b), done, alpha)
	case float64AVX2:
		pinball64AVX2(&dst[0], as64(a), as64(b), done, alpha)
	case float32AVX2:
		pinball32AVX2(&dst[0], as32(a), as32(b), done, alpha)
	default:
		return 0
	}
	return done
}

func huberVector[F Float](dst []float64, a, b []F, delta float64) (done int) {
	if done = len(a) &^ 7; done == 0 {
		return 0
	}
	switch formOf[F]() {
	case float64AVX512:
		huber64AVX512(&dst[0], as64(a), as64(b), done, delta)
	case float32AVX512:
		huber32AVX512(&dst[0], as32(a), as32(b), done, delta)
	case float64AVX2:
		huber64AVX2(&dst[0], as64(a), as64(b), done, delta)
	case float32AVX2:
		huber32AVX2(&dst[0], as32(a), as32(b), done, delta)
	default:
		return 0
	}
	return done
}

func ratiosVector[F Float](a, b []F, eps float64) (done int, mape, smape float64) {
	if done = len(a) &^ 7; done == 0 {
		return 0, 0, 0
	}
	switch formOf[F]() {
	case float64AVX512:
		mape, smape = ratios64AVX512(as64(a), as64(b), done, eps)
	case float32AVX512:
		mape, smape = ratios32AVX512(as32(a), as32(b), done, eps)
	case float64AVX2:
		mape, smape = ratios64AVX2(as64(a), as64(b), done, eps)
	case float32AVX2:
		mape, smape = ratios32AVX2(as32(a), as32(b), done, eps)
	default:
		return 0, 0, 0
	}
	return done, mape, smape
}
