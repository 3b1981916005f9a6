package kernel

import "math"

// SumAbs returns the sum of |x|.
func SumAbs[F Float](x []F) float64 {
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		r := x[i : i+4 : i+4]
		s0 += math.Abs(float64(r[0]))
		s1 += math.Abs(float64(r[1]))
		s2 += math.Abs(float64(r[2]))
		s3 += math.Abs(float64(r[3]))
	}
	for ; i < len(x); i++ {
		s0 += math.Abs(float64(x[i]))
	}
	return (s0 + s1) + (s2 + s3)
}

// SumSquares returns the sum of x^2.
func SumSquares[F Float](x []F) float64 {
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		r := x[i : i+4 : i+4]
		a, b, c, d := float64(r[0]), float64(r[1]), float64(r[2]), float64(r[3])
		s0 += float64(a * a)
		s1 += float64(b * b)
		s2 += float64(c * c)
		s3 += float64(d * d)
	}
	for ; i < len(x); i++ {
		a := float64(x[i])
		s0 += float64(a * a)
	}
	return (s0 + s1) + (s2 + s3)
}

// MaxAbs returns the greatest |x|, or NaN if there is one.
func MaxAbs[F Float](x []F) float64 {
	var m float64
	for _, v := range x {
		if a := math.Abs(float64(v)); !(a <= m) {
			m = a
			if a != a {
				return a
			}
		}
	}
	return m
}

// DivideBy writes x / c; dst may be x.
func DivideBy[F Float](dst, x []F, c float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = F(float64(v) / c)
	}
}
