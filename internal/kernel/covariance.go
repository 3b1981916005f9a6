package kernel

// Covariance returns sums of deviations of two slices of one length from the
// shifts cy and cx, and of their products:
//
//	sum (y - cy), sum (x - cx), sum (y - cy)^2, sum (x - cx)(y - cy), sum (x - cx)^2
func Covariance(y, x []float64, cy, cx float64) (sy, sx, yy, xy, xx float64) {
	x = x[:len(y)]
	var sy1, sx1, yy1, xy1, xx1 float64
	for len(y) >= 2 && len(x) >= 2 {
		a, b := y[0]-cy, x[0]-cx
		c, d := y[1]-cy, x[1]-cx
		sy += a
		sx += b
		sy1 += c
		sx1 += d
		yy += float64(a * a)
		xy += float64(a * b)
		xx += float64(b * b)
		yy1 += float64(c * c)
		xy1 += float64(c * d)
		xx1 += float64(d * d)
		y, x = y[2:], x[2:]
	}
	if len(y) == 1 {
		a, b := y[0]-cy, x[0]-cx
		sy += a
		sx += b
		yy += float64(a * a)
		xy += float64(a * b)
		xx += float64(b * b)
	}
	return sy + sy1, sx + sx1, yy + yy1, xy + xy1, xx + xx1
}
