package kernel

import "math"

// LogLoss writes to loss the negative logarithm of the probability given to the
// truth, clipped to [eps, 1-eps], and to brier the square of the rest of it. It
// returns the number of rows whose truth is positive. All slices are as long as
// y. A p outside [0, 1] or NaN makes ok false; the rest is then meaningless.
func LogLoss[F Float](loss, brier []float64, y []bool, p []F, eps float64) (positive int, ok bool) {
	p, loss, brier = p[:len(y)], loss[:len(y)], brier[:len(y)]
	top := 1 - eps
	ok = true
	for i, t := range y {
		v := float64(p[i])
		ok = ok && v >= 0 && v <= 1
		q := 1 - v
		if t {
			positive++
			q, v = v, q
		}
		brier[i] = v * v
		if q < eps {
			q = eps
		}
		if q > top {
			q = top
		}
		loss[i] = q
	}
	for i, q := range loss {
		loss[i] = -math.Log(q)
	}
	return positive, ok
}
