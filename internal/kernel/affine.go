package kernel

// Standardise writes (x - center[j]) / scale[j] for every column j of a
// row-major block; dst may be x.
func Standardise[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64) {
	cols := len(center)
	scale = scale[:cols]
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		d = d[:len(s)]
		for j, c := range center[:len(s)] {
			d[j] = F((float64(s[j]) - c) / scale[j])
		}
	}
}

// Unstandardise writes x * scale[j] + center[j], which undoes Standardise.
func Unstandardise[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64) {
	cols := len(center)
	scale = scale[:cols]
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		d = d[:len(s)]
		for j, c := range center[:len(s)] {
			d[j] = F(float64(float64(s[j])*scale[j]) + c)
		}
	}
}

// FirstInf returns the index of the first infinity of x, or -1.
func FirstInf[F Float](x []F) int {
	// x-x is NaN for an infinity and for NaN, and 0 otherwise, so one sum tells
	// the usual case, a run without either, from the rest.
	var s0, s1, s2, s3 F
	i := 0
	for ; i+4 <= len(x); i += 4 {
		r := x[i : i+4 : i+4]
		s0 += r[0] - r[0]
		s1 += r[1] - r[1]
		s2 += r[2] - r[2]
		s3 += r[3] - r[3]
	}
	for ; i < len(x); i++ {
		s0 += x[i] - x[i]
	}
	if s0+s1+s2+s3 == 0 {
		return -1
	}
	for i, v := range x {
		if v-v != 0 && v == v {
			return i
		}
	}
	return -1
}

// Rescale writes (x - center[j]) / scale[j] * width + low for every column j of
// a row-major block; dst may be x.
func Rescale[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, width, low float64) {
	cols := len(center)
	scale = scale[:cols]
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		d = d[:len(s)]
		for j, c := range center[:len(s)] {
			d[j] = F(float64((float64(s[j])-c)/scale[j]*width) + low)
		}
	}
}

// Unrescale undoes Rescale.
func Unrescale[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, width, low float64) {
	cols := len(center)
	scale = scale[:cols]
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		d = d[:len(s)]
		for j, c := range center[:len(s)] {
			d[j] = F(float64((float64(s[j])-low)/width*scale[j]) + c)
		}
	}
}

// Clip moves what is outside [lo, hi] to the nearer end; NaN stays.
func Clip[F Float](x []F, lo, hi F) {
	for i, v := range x {
		if v < lo {
			x[i] = lo
		} else if v > hi {
			x[i] = hi
		}
	}
}

// Divide writes x / scale[j] for every column j of a row-major block; dst may
// be x.
func Divide[F Float](dst []F, dstStride int, x []F, stride, rows int, scale []float64) {
	cols := len(scale)
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		d = d[:len(s)]
		for j, c := range scale[:len(s)] {
			d[j] = F(float64(s[j]) / c)
		}
	}
}

// Multiply writes x * scale[j].
func Multiply[F Float](dst []F, dstStride int, x []F, stride, rows int, scale []float64) {
	cols := len(scale)
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		d = d[:len(s)]
		for j, c := range scale[:len(s)] {
			d[j] = F(float64(s[j]) * c)
		}
	}
}
