package kernel

// Deviations returns the sums of x - c and of (x - c)^2.
func Deviations[F Float](x []F, c float64) (s, q float64) {
	done, s, q := deviationsVector(x, c)
	if done < len(x) {
		t, u := deviations(x[done:], c)
		return s + t, q + u
	}
	return s, q
}

func deviations[F Float](x []F, c float64) (s, q float64) {
	var s0, s1, s2, s3, q0, q1, q2, q3 float64
	for ; len(x) >= 4; x = x[4:] {
		d0, d1, d2, d3 := float64(x[0])-c, float64(x[1])-c, float64(x[2])-c, float64(x[3])-c
		s0 += d0
		s1 += d1
		s2 += d2
		s3 += d3
		q0 += float64(d0 * d0)
		q1 += float64(d1 * d1)
		q2 += float64(d2 * d2)
		q3 += float64(d3 * d3)
	}
	for _, v := range x {
		d := float64(v) - c
		s0 += d
		q0 += float64(d * d)
	}
	return (s0 + s1) + (s2 + s3), (q0 + q1) + (q2 + q3)
}

// Deviations4 returns the sums of the second, third and fourth powers of
// x - c - low.
func Deviations4[F Float](x []F, c, low float64) (q, t, f float64) {
	done, q, t, f := deviations4Vector(x, c, low)
	if done < len(x) {
		a, b, d := deviations4(x[done:], c, low)
		return q + a, t + b, f + d
	}
	return q, t, f
}

func deviations4[F Float](x []F, c, low float64) (q, t, f float64) {
	for _, v := range x {
		d := float64(v) - c - low
		dd := d * d
		q += dd
		t += float64(dd * d)
		f += float64(dd * dd)
	}
	return q, t, f
}

// A DeviationSums holds the sums of w (x - c - low)^k for k from 0 to 4.
type DeviationSums [5]float64

// WeightedDeviations returns the sums with weights; values of weight 0 count for
// nothing, whatever they are.
func WeightedDeviations[F Float](x []F, w []float64, c, low float64) DeviationSums {
	w = w[:len(x)]
	done, s := weightedDeviationsVector(x, w, c, low)
	if done < len(x) {
		for k, v := range weightedDeviations(x[done:], w[done:], c, low) {
			s[k] += v
		}
	}
	return s
}

func weightedDeviations[F Float](x []F, w []float64, c, low float64) (s DeviationSums) {
	for i, v := range x {
		wi := w[i]
		if wi == 0 {
			continue
		}
		d := float64(v) - c - low
		dd := d * d
		s[0] += wi
		s[1] += float64(wi * d)
		s[2] += float64(wi * dd)
		s[3] += float64(wi * float64(dd*d))
		s[4] += float64(wi * float64(dd*dd))
	}
	return s
}
