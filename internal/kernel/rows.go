package kernel

import "math"

// A NormKind is what RowNorms computes of a row.
type NormKind int

const (
	SumAbs     NormKind = iota // sum of |x|
	SumSquares                 // sum of x^2
	MaxAbs                     // greatest |x|, NaN if there is one
)

// RowNorms writes a number per row of a row-major matrix to norms; it has as many rows
// as norms is long. Element j is added to the sum j mod 8, in every form.
func RowNorms[F Float](norms []float64, x []F, stride, cols int, kind NormKind) {
	if len(norms) == 0 || rowNormsVector(norms, x, stride, cols, kind) {
		return
	}
	for i := range norms {
		row := x[i*stride : i*stride+cols]
		switch kind {
		case SumAbs:
			norms[i] = sumAbs(row)
		case SumSquares:
			norms[i] = sumSquares(row)
		default:
			norms[i] = maxAbs(row)
		}
	}
}

// DivideRows writes every row of a row-major matrix divided by its number; dst may be
// x. With stream, results go to memory past the cache where the shape of dst allows.
func DivideRows[F Float](dst []F, dstStride int, x []F, stride, cols int, norms []float64, stream bool) {
	if len(norms) == 0 || overlap(dst, x, dstStride, stride, len(norms), cols) ||
		!divideRowsVector(dst, dstStride, x, stride, cols, norms, stream) {
		for i, c := range norms {
			divideBy(dst[i*dstStride:], x[i*stride:i*stride+cols], c)
		}
	}
}

func sumAbs[F Float](x []F) float64 {
	var s [8]float64
	for ; len(x) >= 8; x = x[8:] {
		s[0] += math.Abs(float64(x[0]))
		s[1] += math.Abs(float64(x[1]))
		s[2] += math.Abs(float64(x[2]))
		s[3] += math.Abs(float64(x[3]))
		s[4] += math.Abs(float64(x[4]))
		s[5] += math.Abs(float64(x[5]))
		s[6] += math.Abs(float64(x[6]))
		s[7] += math.Abs(float64(x[7]))
	}
	for i, v := range x {
		s[i] += math.Abs(float64(v))
	}
	return fold(&s)
}

func sumSquares[F Float](x []F) float64 {
	var s [8]float64
	for ; len(x) >= 8; x = x[8:] {
		a, b, c, d := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		s[0] += float64(a * a)
		s[1] += float64(b * b)
		s[2] += float64(c * c)
		s[3] += float64(d * d)
		a, b, c, d = float64(x[4]), float64(x[5]), float64(x[6]), float64(x[7])
		s[4] += float64(a * a)
		s[5] += float64(b * b)
		s[6] += float64(c * c)
		s[7] += float64(d * d)
	}
	for i, v := range x {
		a := float64(v)
		s[i] += float64(a * a)
	}
	return fold(&s)
}

// fold adds eight sums in the order of the vector loops.
func fold(s *[8]float64) float64 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

func maxAbs[F Float](x []F) float64 {
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

func divideBy[F Float](dst, x []F, c float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = F(float64(v) / c)
	}
}
