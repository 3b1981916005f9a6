//go:build !purego

package kernel

import (
	"math"
	"unsafe"
)

// truthBytes is the address of the first truth value.
func truthBytes(y []bool) *bool { return unsafe.SliceData(y) }

// logLossSumVector takes as many rows as it can; it takes none where all is so well
// predicted that the rounding of products would show.
func logLossSumVector[F Float](y []bool, p []F, eps float64) (done int, sum float64, ok bool) {
	const (
		step = 128
		most = 1 << 20 // exponents add up to less than 2^63
	)
	if done = min(len(y), most) &^ (step - 1); done == 0 {
		return 0, 0, true
	}
	var m [16]float64
	var e [16]int64
	top := 1 - eps
	switch formOf[F]() {
	case float64AVX512:
		ok = logProducts64AVX512(truthBytes(y), as64(p), done, eps, top, &m[0], &e[0])
	case float32AVX512:
		ok = logProducts32AVX512(truthBytes(y), as32(p), done, eps, top, &m[0], &e[0])
	case float64AVX2:
		ok = logProducts64AVX2(truthBytes(y), as64(p), done, eps, top, &m[0], &e[0])
	case float32AVX2:
		ok = logProducts32AVX2(truthBytes(y), as32(p), done, eps, top, &m[0], &e[0])
	default:
		return 0, 0, true
	}
	if !ok {
		return done, 0, false
	}
	var exponent int64
	for i, v := range m {
		exponent += e[i] - 1023*int64(done/step)
		sum -= math.Log(v)
	}
	sum -= float64(exponent) * math.Ln2
	// A product of 256 rows and more is off by 2^-53 a row, which must be little of
	// the loss of the row.
	if sum < float64(done)/64 {
		return 0, 0, true
	}
	return done, sum, true
}

func brierSumVector[F Float](y []bool, p []F) (done int, sum float64, ok bool) {
	if done = len(y) &^ 31; done == 0 {
		return 0, 0, true
	}
	switch formOf[F]() {
	case float64AVX512:
		sum, ok = brierSum64AVX512(truthBytes(y), as64(p), done)
	case float32AVX512:
		sum, ok = brierSum32AVX512(truthBytes(y), as32(p), done)
	case float64AVX2:
		sum, ok = brierSum64AVX2(truthBytes(y), as64(p), done)
	case float32AVX2:
		sum, ok = brierSum32AVX2(truthBytes(y), as32(p), done)
	default:
		return 0, 0, true
	}
	return done, sum, ok
}

func truthLogsVector[F Float](loss, brier []float64, y []bool, p []F, eps float64) (done int, ok bool) {
	if done = len(y) &^ 7; done == 0 {
		return 0, true
	}
	top := 1 - eps
	l, b := &loss[0], &brier[0]
	switch formOf[F]() {
	case float64AVX512:
		ok = truthLogs64AVX512(l, b, truthBytes(y), as64(p), done, eps, top)
	case float32AVX512:
		ok = truthLogs32AVX512(l, b, truthBytes(y), as32(p), done, eps, top)
	case float64AVX2:
		ok = truthLogs64AVX2(l, b, truthBytes(y), as64(p), done, eps, top)
	case float32AVX2:
		ok = truthLogs32AVX2(l, b, truthBytes(y), as32(p), done, eps, top)
	default:
		return 0, true
	}
	return done, ok
}
