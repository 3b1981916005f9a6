package kernel

import "math"

// ofTruth returns p where t, else 1 - p, without a branch on t: labels cannot be
// predicted.
func ofTruth(p float64, t bool) (q float64, positive uint64) {
	if t {
		positive = 1
	}
	m := -positive
	return math.Float64frombits(math.Float64bits(p)&m | math.Float64bits(1-p)&^m), positive
}

// LogLoss writes to loss the negative logarithm of the probability given to the
// truth, clipped to [eps, 1-eps], and to brier the square of the rest of it. It
// returns the number of rows whose truth is positive. All slices are as long as
// y. A p outside [0, 1] or NaN makes ok false; the rest is then meaningless.
func LogLoss[F Float](loss, brier []float64, y []bool, p []F, eps float64) (positive int, ok bool) {
	p, loss, brier = p[:len(y)], loss[:len(y)], brier[:len(y)]
	done, ok := truthLogsVector(loss, brier, y, p, eps)
	if !ok {
		return 0, false
	}
	return countTrue(y), truthLogs(loss[done:], brier[done:], y[done:], p[done:], eps)
}

func truthLogs[F Float](loss, brier []float64, y []bool, p []F, eps float64) (ok bool) {
	top := 1 - eps
	ok = true
	for i, t := range y {
		v := float64(p[i])
		if !(v >= 0 && v <= 1) {
			ok = false
		}
		q, _ := ofTruth(v, t)
		r, _ := ofTruth(v, !t)
		brier[i] = r * r
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
	return ok
}

// countTrue returns how many are true.
func countTrue(y []bool) int {
	_, n, _ := CountBools(y, y)
	return int(n)
}

// LogLossSum returns the sum of the losses that LogLoss writes.
//
// Eight probabilities are multiplied before one logarithm is taken: the product
// is at least 2^-416. Where it is near 1, and rounding would drown its logarithm,
// the product of 1-d is kept as 1-s instead, whose s loses nothing.
//
// The vector loops keep products of more rows as a mantissa and an exponent, and
// leave what is predicted that well to the portable loop.
func LogLossSum[F Float](y []bool, p []F, eps float64) (sum float64, ok bool) {
	p = p[:len(y)]
	for {
		done, s, ok := logLossSumVector(y, p, eps)
		if !ok {
			return 0, false
		}
		if done == 0 {
			s, ok = logLossSum(y, p, eps)
			return sum + s, ok
		}
		sum += s
		y, p = y[done:], p[done:]
	}
}

func logLossSum[F Float](y []bool, p []F, eps float64) (sum float64, ok bool) {
	top := 1 - eps
	ok = true
	for len(y) >= 8 && len(p) >= 8 {
		prod := 1.0
		for i := range 8 {
			v := float64(p[i])
			if !(v >= 0 && v <= 1) {
				ok = false
			}
			q, _ := ofTruth(v, y[i])
			if q < eps {
				q = eps
			}
			prod *= q
		}
		if prod < 0.9 {
			sum -= math.Log(prod)
		} else {
			var s float64
			for i := range 8 {
				q, _ := ofTruth(float64(p[i]), y[i])
				d := 1 - math.Min(q, top)
				s += d - float64(s*d)
			}
			sum -= math.Log1p(-s)
		}
		y, p = y[8:], p[8:]
	}
	for i, t := range y {
		v := float64(p[i])
		if !(v >= 0 && v <= 1) {
			ok = false
		}
		q, _ := ofTruth(v, t)
		sum -= math.Log(math.Min(math.Max(q, eps), top))
	}
	return sum, ok
}

// BrierSum returns the sum of (p - y)^2. A p outside [0, 1] or NaN makes ok
// false.
func BrierSum[F Float](y []bool, p []F) (sum float64, ok bool) {
	p = p[:len(y)]
	done, sum, ok := brierSumVector(y, p)
	if done == len(y) || !ok {
		return sum, ok
	}
	s, ok := brierSum(y[done:], p[done:])
	return sum + s, ok
}

func brierSum[F Float](y []bool, p []F) (sum float64, ok bool) {
	ok = true
	var s0, s1 float64
	i := 0
	for ; i+2 <= len(y); i += 2 {
		v, w := float64(p[i]), float64(p[i+1])
		if !(v >= 0 && v <= 1 && w >= 0 && w <= 1) {
			ok = false
		}
		a, _ := ofTruth(v, !y[i])
		b, _ := ofTruth(w, !y[i+1])
		s0 += float64(a * a)
		s1 += float64(b * b)
	}
	if i < len(y) {
		v := float64(p[i])
		ok = ok && v >= 0 && v <= 1
		a, _ := ofTruth(v, !y[i])
		s0 += float64(a * a)
	}
	return s0 + s1, ok
}
