//go:build !purego

package kernel

func columnSumsVector[F Float](x []F, stride, rows, cols int, shift, n, s, q []float64) bool {
	if rows == 0 || cols == 0 {
		return false
	}
	_, _, _, _, _ = x[(rows-1)*stride+cols-1], shift[cols-1], n[cols-1], s[cols-1], q[cols-1]
	switch formOf[F]() {
	case float64AVX512:
		columnSums64AVX512(as64(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	case float32AVX512:
		columnSums32AVX512(as32(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	case float64AVX2:
		columnSums64AVX2(as64(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	case float32AVX2:
		columnSums32AVX2(as32(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	default:
		return false
	}
	return true
}

func columnSumsWeightedVector[F Float](x []F, stride, cols int, w, shift, n, s, q []float64) bool {
	if len(w) == 0 || cols == 0 {
		return false
	}
	_, _, _, _, _ = x[(len(w)-1)*stride+cols-1], shift[cols-1], n[cols-1], s[cols-1], q[cols-1]
	switch formOf[F]() {
	case float64AVX512:
		columnSumsWeighted64AVX512(as64(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	case float32AVX512:
		columnSumsWeighted32AVX512(as32(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	case float64AVX2:
		columnSumsWeighted64AVX2(as64(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	case float32AVX2:
		columnSumsWeighted32AVX2(as32(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	default:
		return false
	}
	return true
}

func columnMinMaxVector[F Float](x []F, stride, rows, cols int, lo, hi []F) bool {
	if rows == 0 || cols == 0 {
		return false
	}
	_, _, _ = x[(rows-1)*stride+cols-1], lo[cols-1], hi[cols-1]
	switch formOf[F]() {
	case float64AVX512:
		columnMinMax64AVX512(as64(x), stride, rows, cols, as64(lo), as64(hi))
	case float32AVX512:
		columnMinMax32AVX512(as32(x), stride, rows, cols, as32(lo), as32(hi))
	case float64AVX2:
		columnMinMax64AVX2(as64(x), stride, rows, cols, as64(lo), as64(hi))
	case float32AVX2:
		columnMinMax32AVX2(as32(x), stride, rows, cols, as32(lo), as32(hi))
	default:
		return false
	}
	return true
}
