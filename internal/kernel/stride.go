package kernel

import "unsafe"

// SameBits tells whether a and b, as long as each other, hold the same bits.
func SameBits(a, b []float64) bool {
	return characters(a) == characters(b[:len(a)])
}

func characters(x []float64) string {
	return unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 8*len(x))
}

// TakeColumn copies column j of a row-major matrix of stride columns:
//
//	for i := range dst {
//		dst[i] = src[i*stride+j]
//	}
func TakeColumn(dst, src []float64, j, stride int) {
	i, s := uint(j), uint(stride)
	for len(dst) >= 4 {
		a, b, c, d := src[i], src[i+s], src[i+2*s], src[i+3*s]
		dst[0], dst[1], dst[2], dst[3] = a, b, c, d
		dst = dst[4:]
		i += 4 * s
	}
	for k := range dst {
		dst[k] = src[i]
		i += s
	}
}

// FillColumn sets column j of a row-major matrix of stride columns to v:
//
//	for i := j; i < len(dst); i += stride {
//		dst[i] = v
//	}
func FillColumn(dst []float64, j, stride int, v float64) {
	i := uint(j)
	n, s := uint(len(dst)), uint(stride)
	for n >= 4*s && i < n-3*s {
		dst[i] = v
		dst[i+s] = v
		dst[i+2*s] = v
		dst[i+3*s] = v
		i += 4 * s
	}
	for ; i < n; i += s {
		dst[i] = v
	}
}

// PutColumn sets column j of a row-major matrix of stride columns to v:
//
//	for i, x := range v {
//		dst[i*stride+j] = x
//	}
func PutColumn(dst []float64, j, stride int, v []float64) {
	i, s := uint(j), uint(stride)
	for len(v) >= 4 {
		dst[i] = v[0]
		dst[i+s] = v[1]
		dst[i+2*s] = v[2]
		dst[i+3*s] = v[3]
		v = v[4:]
		i += 4 * s
	}
	for _, x := range v {
		dst[i] = x
		i += s
	}
}

// ScatterColumn sets column j of a row-major matrix of stride columns to chosen
// ones of a list:
//
//	for i, k := range from {
//		dst[i*stride+j] = value[k]
//	}
func ScatterColumn(dst []float64, j, stride int, value []float64, from []int32) {
	i, s := uint(j), uint(stride)
	for len(from) >= 4 {
		a, b, c, d := value[from[0]], value[from[1]], value[from[2]], value[from[3]]
		from = from[4:]
		dst[i] = a
		dst[i+s] = b
		dst[i+2*s] = c
		dst[i+3*s] = d
		i += 4 * s
	}
	for _, k := range from {
		dst[i] = value[k]
		i += s
	}
}
