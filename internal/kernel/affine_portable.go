package kernel

// The portable loops of affine.go. Each tells whether every result is finite: a
// difference to itself is 0, and NaN for an infinity and for NaN, so that one sum per
// lane finds out in the shadow of the divisions.

func standardise[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64) (finite bool) {
	cols := len(scale)
	center = center[:cols]
	var e0, e1, e2, e3 F
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		c, w := center, scale
		for len(s) >= 4 && len(d) >= 4 && len(w) >= 4 && len(c) >= 4 {
			y0 := F((float64(s[0]) - c[0]) / w[0])
			y1 := F((float64(s[1]) - c[1]) / w[1])
			y2 := F((float64(s[2]) - c[2]) / w[2])
			y3 := F((float64(s[3]) - c[3]) / w[3])
			d[0], d[1], d[2], d[3] = y0, y1, y2, y3
			e0 += y0 * 0
			e1 += y1 * 0
			e2 += y2 * 0
			e3 += y3 * 0
			s, d, w = s[4:], d[4:], w[4:]
			c = c[4:]
		}
		for j := range s {
			y := F((float64(s[j]) - c[j]) / w[j])
			d[j] = y
			e0 += y * 0
		}
	}
	return e0+e1+e2+e3 == 0
}

func unstandardise[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64) (finite bool) {
	cols := len(scale)
	center = center[:cols]
	var e0, e1, e2, e3 F
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		c, w := center, scale
		for len(s) >= 4 && len(d) >= 4 && len(w) >= 4 && len(c) >= 4 {
			y0 := F(float64(float64(s[0])*w[0]) + c[0])
			y1 := F(float64(float64(s[1])*w[1]) + c[1])
			y2 := F(float64(float64(s[2])*w[2]) + c[2])
			y3 := F(float64(float64(s[3])*w[3]) + c[3])
			d[0], d[1], d[2], d[3] = y0, y1, y2, y3
			e0 += y0 * 0
			e1 += y1 * 0
			e2 += y2 * 0
			e3 += y3 * 0
			s, d, w = s[4:], d[4:], w[4:]
			c = c[4:]
		}
		for j := range s {
			y := F(float64(float64(s[j])*w[j]) + c[j])
			d[j] = y
			e0 += y * 0
		}
	}
	return e0+e1+e2+e3 == 0
}

func rescale[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, width, low float64) (finite bool) {
	cols := len(scale)
	center = center[:cols]
	var e0, e1, e2, e3 F
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		c, w := center, scale
		for len(s) >= 4 && len(d) >= 4 && len(w) >= 4 && len(c) >= 4 {
			y0 := F(float64((float64(s[0])-c[0])/w[0]*width) + low)
			y1 := F(float64((float64(s[1])-c[1])/w[1]*width) + low)
			y2 := F(float64((float64(s[2])-c[2])/w[2]*width) + low)
			y3 := F(float64((float64(s[3])-c[3])/w[3]*width) + low)
			d[0], d[1], d[2], d[3] = y0, y1, y2, y3
			e0 += y0 * 0
			e1 += y1 * 0
			e2 += y2 * 0
			e3 += y3 * 0
			s, d, w = s[4:], d[4:], w[4:]
			c = c[4:]
		}
		for j := range s {
			y := F(float64((float64(s[j])-c[j])/w[j]*width) + low)
			d[j] = y
			e0 += y * 0
		}
	}
	return e0+e1+e2+e3 == 0
}

func unrescale[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, width, low float64) (finite bool) {
	cols := len(scale)
	center = center[:cols]
	var e0, e1, e2, e3 F
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		c, w := center, scale
		for len(s) >= 4 && len(d) >= 4 && len(w) >= 4 && len(c) >= 4 {
			y0 := F(float64((float64(s[0])-low)/width*w[0]) + c[0])
			y1 := F(float64((float64(s[1])-low)/width*w[1]) + c[1])
			y2 := F(float64((float64(s[2])-low)/width*w[2]) + c[2])
			y3 := F(float64((float64(s[3])-low)/width*w[3]) + c[3])
			d[0], d[1], d[2], d[3] = y0, y1, y2, y3
			e0 += y0 * 0
			e1 += y1 * 0
			e2 += y2 * 0
			e3 += y3 * 0
			s, d, w = s[4:], d[4:], w[4:]
			c = c[4:]
		}
		for j := range s {
			y := F(float64((float64(s[j])-low)/width*w[j]) + c[j])
			d[j] = y
			e0 += y * 0
		}
	}
	return e0+e1+e2+e3 == 0
}

func divide[F Float](dst []F, dstStride int, x []F, stride, rows int, scale []float64) (finite bool) {
	cols := len(scale)
	var e0, e1, e2, e3 F
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		w := scale
		for len(s) >= 4 && len(d) >= 4 && len(w) >= 4 {
			y0 := F(float64(s[0]) / w[0])
			y1 := F(float64(s[1]) / w[1])
			y2 := F(float64(s[2]) / w[2])
			y3 := F(float64(s[3]) / w[3])
			d[0], d[1], d[2], d[3] = y0, y1, y2, y3
			e0 += y0 * 0
			e1 += y1 * 0
			e2 += y2 * 0
			e3 += y3 * 0
			s, d, w = s[4:], d[4:], w[4:]
		}
		for j := range s {
			y := F(float64(s[j]) / w[j])
			d[j] = y
			e0 += y * 0
		}
	}
	return e0+e1+e2+e3 == 0
}

func multiply[F Float](dst []F, dstStride int, x []F, stride, rows int, scale []float64) (finite bool) {
	cols := len(scale)
	var e0, e1, e2, e3 F
	for i := range rows {
		s := x[i*stride : i*stride+cols]
		d := dst[i*dstStride : i*dstStride+cols]
		w := scale
		for len(s) >= 4 && len(d) >= 4 && len(w) >= 4 {
			y0 := F(float64(s[0]) * w[0])
			y1 := F(float64(s[1]) * w[1])
			y2 := F(float64(s[2]) * w[2])
			y3 := F(float64(s[3]) * w[3])
			d[0], d[1], d[2], d[3] = y0, y1, y2, y3
			e0 += y0 * 0
			e1 += y1 * 0
			e2 += y2 * 0
			e3 += y3 * 0
			s, d, w = s[4:], d[4:], w[4:]
		}
		for j := range s {
			y := F(float64(s[j]) * w[j])
			d[j] = y
			e0 += y * 0
		}
	}
	return e0+e1+e2+e3 == 0
}
