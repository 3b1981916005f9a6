package kernel

import "math"

// AbsoluteErrors writes |a - b|.
func AbsoluteErrors[F Float](dst []float64, a, b []F) {
	dst, b = dst[:len(a)], b[:len(a)]
	done := absoluteErrorsVector(dst, a, b)
	absoluteErrors(dst[done:], a[done:], b[done:])
}

func absoluteErrors[F Float](dst []float64, a, b []F) {
	for i, v := range a {
		dst[i] = math.Abs(float64(v) - float64(b[i]))
	}
}

// Pinball writes alpha (a - b) where a is above b, and (alpha - 1) (a - b) elsewhere.
func Pinball[F Float](dst []float64, a, b []F, alpha float64) {
	dst, b = dst[:len(a)], b[:len(a)]
	done := pinballVector(dst, a, b, alpha)
	pinball(dst[done:], a[done:], b[done:], alpha)
}

func pinball[F Float](dst []float64, a, b []F, alpha float64) {
	for i, v := range a {
		d := float64(v) - float64(b[i])
		if d >= 0 {
			dst[i] = alpha * d
		} else {
			dst[i] = (alpha - 1) * d
		}
	}
}

// Huber writes (a - b)^2 / 2 where |a - b| is at most delta, and
// delta (|a - b| - delta/2) elsewhere.
func Huber[F Float](dst []float64, a, b []F, delta float64) {
	dst, b = dst[:len(a)], b[:len(a)]
	done := huberVector(dst, a, b, delta)
	huber(dst[done:], a[done:], b[done:], delta)
}

func huber[F Float](dst []float64, a, b []F, delta float64) {
	for i, v := range a {
		d := math.Abs(float64(v) - float64(b[i]))
		if d <= delta {
			dst[i] = d * d / 2
		} else {
			dst[i] = delta * (d - delta/2)
		}
	}
}

// Ratios returns the sum of w |a - b| / max(|a|, eps) and the sum of
// 2 w |a - b| / (|a| + |b|), the latter 0 where both are 0. A nil w means
// weights 1.
func Ratios[F Float](a, b []F, w []float64, eps float64) (mape, smape float64) {
	b = b[:len(a)]
	if w != nil {
		return ratios(a, b, w, eps)
	}
	done, mape, smape := ratiosVector(a, b, eps)
	if done < len(a) {
		m, s := ratios(a[done:], b[done:], nil, eps)
		return mape + m, smape + s
	}
	return mape, smape
}

func ratios[F Float](a, b []F, w []float64, eps float64) (mape, smape float64) {
	for i, v := range a {
		wi := 1.0
		if w != nil {
			if wi = w[i]; wi == 0 {
				continue
			}
		}
		y, p := float64(v), float64(b[i])
		e := math.Abs(y - p)
		y, p = math.Abs(y), math.Abs(p)
		m := y
		if m < eps {
			m = eps
		}
		mape += wi * (e / m)
		if d := y + p; d > 0 {
			smape += wi * (2 * e / d)
		}
	}
	return mape, smape
}
