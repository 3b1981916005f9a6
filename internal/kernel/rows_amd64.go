//go:build !purego

package kernel

import "unsafe"

func rowNormsVector[F Float](norms []float64, x []F, stride, cols int, kind NormKind) bool {
	if level == levelPortable || cols == 0 {
		return false
	}
	_ = x[(len(norms)-1)*stride+cols-1]
	n, rows := as64(norms), len(norms)
	switch wide := unsafe.Sizeof(F(0)) == 8; {
	case wide && kind == SumAbs:
		rowSumAbs64AVX2(n, as64(x), stride, rows, cols)
	case wide && kind == SumSquares:
		rowSumSquares64AVX2(n, as64(x), stride, rows, cols)
	case wide:
		rowMaxAbs64AVX2(n, as64(x), stride, rows, cols)
	case kind == SumAbs:
		rowSumAbs32AVX2(n, as32(x), stride, rows, cols)
	case kind == SumSquares:
		rowSumSquares32AVX2(n, as32(x), stride, rows, cols)
	default:
		rowMaxAbs32AVX2(n, as32(x), stride, rows, cols)
	}
	return true
}

func divideRowsVector[F Float](dst []F, dstStride int, x []F, stride, cols int, norms []float64, stream bool) bool {
	if level == levelPortable || cols == 0 {
		return false
	}
	rows := len(norms)
	_, _ = x[(rows-1)*stride+cols-1], dst[(rows-1)*dstStride+cols-1]
	register := 4 * unsafe.Sizeof(F(0))
	at := uintptr(unsafe.Pointer(unsafe.SliceData(dst)))
	stream = stream && cols%4 == 0 && dstStride%4 == 0 && at%register == 0
	if register == 32 {
		divideRows64AVX2(as64(dst), dstStride, as64(x), stride, rows, cols, &norms[0], stream)
	} else {
		divideRows32AVX2(as32(dst), dstStride, as32(x), stride, rows, cols, &norms[0], stream)
	}
	return true
}
