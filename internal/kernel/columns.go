package kernel

import (
	"math"
	"math/bits"
)

// Float is either floating-point type.
type Float interface{ ~float32 | ~float64 }

// BlockRows is the number of rows of a row-major matrix of that many columns
// that stay in the first-level cache while their columns are read in groups.
func BlockRows(cols int) int { return max(8, min(2048, 4096/max(cols, 1))) }

// ColumnSums computes, for every column j of a row-major block that starts at
// x[0], over the values that are not NaN,
//
//	n[j] = how many, s[j] = sum x - shift[j], q[j] = sum (x - shift[j])^2
//
// missing[j] tells that column j may hold NaN; it is set when one is found and
// never reset, so that a caller who keeps it pays for the discovery once.
func ColumnSums[F Float](x []F, stride, rows, cols int, shift, n, s, q []float64, missing []bool) {
	if stride == cols && cols <= narrow && rows*cols >= 4*lanes {
		narrowSums(x, rows, cols, shift, n, s, q, missing)
		return
	}
	if !columnSumsVector(x, stride, rows, cols, shift, n, s, q) {
		columnSums(x, stride, rows, cols, shift, n, s, q, missing)
		return
	}
	for j := range cols {
		missing[j] = missing[j] || n[j] < float64(rows)
	}
}

func columnSums[F Float](x []F, stride, rows, cols int, shift, n, s, q []float64, missing []bool) {
	j := 0
	for ; j+4 <= cols; j += 4 {
		if !(missing[j] || missing[j+1] || missing[j+2] || missing[j+3]) {
			sums4(x[j:], stride, rows, shift[j:j+4], n[j:j+4], s[j:j+4], q[j:j+4])
			if e := s[j] + s[j+1] + s[j+2] + s[j+3]; e*0 == 0 {
				continue
			}
		}
		sums4Missing(x[j:], stride, rows, shift[j:j+4], n[j:j+4], s[j:j+4], q[j:j+4])
		for k := j; k < j+4; k++ {
			missing[k] = missing[k] || n[k] < float64(rows)
		}
	}
	for ; j < cols; j++ {
		sums1(x[j:], stride, rows, shift[j], &n[j], &s[j], &q[j])
		missing[j] = missing[j] || n[j] < float64(rows)
	}
}

func sums4[F Float](x []F, stride, rows int, shift, n, s, q []float64) {
	c0, c1, c2, c3 := shift[0], shift[1], shift[2], shift[3]
	var s0, s1, s2, s3, q0, q1, q2, q3 float64
	for i, o := 0, 0; i < rows; i, o = i+1, o+stride {
		r := x[o : o+4 : o+4]
		d0, d1 := float64(r[0])-c0, float64(r[1])-c1
		d2, d3 := float64(r[2])-c2, float64(r[3])-c3
		s0 += d0
		s1 += d1
		s2 += d2
		s3 += d3
		q0 += float64(d0 * d0)
		q1 += float64(d1 * d1)
		q2 += float64(d2 * d2)
		q3 += float64(d3 * d3)
	}
	m := float64(rows)
	n[0], n[1], n[2], n[3] = m, m, m, m
	s[0], s[1], s[2], s[3] = s0, s1, s2, s3
	q[0], q[1], q[2], q[3] = q0, q1, q2, q3
}

// sums4Missing turns a NaN difference into 0 by masking its bits: a branch
// would be mispredicted at every missing value.
func sums4Missing[F Float](x []F, stride, rows int, shift, n, s, q []float64) {
	c0, c1, c2, c3 := shift[0], shift[1], shift[2], shift[3]
	var s0, s1, s2, s3, q0, q1, q2, q3 float64
	var n0, n1, n2, n3 uint64
	for i, o := 0, 0; i < rows; i, o = i+1, o+stride {
		r := x[o : o+4 : o+4]
		d0, k0 := present(float64(r[0]) - c0)
		d1, k1 := present(float64(r[1]) - c1)
		d2, k2 := present(float64(r[2]) - c2)
		d3, k3 := present(float64(r[3]) - c3)
		n0 += k0
		n1 += k1
		n2 += k2
		n3 += k3
		s0 += d0
		s1 += d1
		s2 += d2
		s3 += d3
		q0 += float64(d0 * d0)
		q1 += float64(d1 * d1)
		q2 += float64(d2 * d2)
		q3 += float64(d3 * d3)
	}
	n[0], n[1], n[2], n[3] = float64(n0), float64(n1), float64(n2), float64(n3)
	s[0], s[1], s[2], s[3] = s0, s1, s2, s3
	q[0], q[1], q[2], q[3] = q0, q1, q2, q3
}

// present returns d and 1, or 0 and 0 if d is NaN, without a branch: shifted
// left by one, the bits of NaN, and of nothing else, exceed those of infinity.
func present(d float64) (float64, uint64) {
	const inf = 0x7ff << 53
	b := math.Float64bits(d)
	_, k := bits.Sub64(inf, b<<1, 0)
	return math.Float64frombits(b &^ -k), 1 - k
}

func sums1[F Float](x []F, stride, rows int, c float64, n, s, q *float64) {
	var s0, q0 float64
	var n0 uint64
	for i, o := 0, 0; i < rows; i, o = i+1, o+stride {
		d, k := present(float64(x[o]) - c)
		n0 += k
		s0 += d
		q0 += float64(d * d)
	}
	*n, *s, *q = float64(n0), s0, q0
}

// ColumnSumsWeighted is ColumnSums with row i counted w[i] >= 0 times. Rows of
// weight 0 are skipped.
func ColumnSumsWeighted[F Float](x []F, stride, cols int, w, shift, n, s, q []float64) {
	n, s, q, shift = n[:cols], s[:cols], q[:cols], shift[:cols]
	if !columnSumsWeightedVector(x, stride, cols, w, shift, n, s, q) {
		columnSumsWeighted(x, stride, cols, w, shift, n, s, q)
	}
}

func columnSumsWeighted[F Float](x []F, stride, cols int, w, shift, n, s, q []float64) {
	clear(n)
	clear(s)
	clear(q)
	for i, wi := range w {
		if wi == 0 {
			continue
		}
		for j, v := range x[i*stride : i*stride+cols] {
			if d := float64(v) - shift[j]; d == d {
				n[j] += wi
				s[j] += float64(wi * d)
				q[j] += float64(wi * float64(d*d))
			}
		}
	}
}

// ColumnMinMax lowers lo[j] and raises hi[j] to the extremes of column j of a
// row-major block; NaN is passed over.
func ColumnMinMax[F Float](x []F, stride, rows, cols int, lo, hi []F) {
	if stride == cols && cols <= narrow && rows*cols >= 4*lanes {
		narrowMinMax(x, rows, cols, lo, hi)
		return
	}
	if !columnMinMaxVector(x, stride, rows, cols, lo, hi) {
		columnMinMax(x, stride, rows, cols, lo, hi)
	}
}

func columnMinMax[F Float](x []F, stride, rows, cols int, lo, hi []F) {
	j := 0
	for ; j+4 <= cols; j += 4 {
		minMax4(x[j:], stride, rows, lo[j:j+4], hi[j:j+4])
	}
	for ; j < cols; j++ {
		l, h := lo[j], hi[j]
		for i, o := 0, j; i < rows; i, o = i+1, o+stride {
			v := x[o]
			if v < l {
				l = v
			}
			if v > h {
				h = v
			}
		}
		lo[j], hi[j] = l, h
	}
}

func minMax4[F Float](x []F, stride, rows int, lo, hi []F) {
	l0, l1, l2, l3 := lo[0], lo[1], lo[2], lo[3]
	h0, h1, h2, h3 := hi[0], hi[1], hi[2], hi[3]
	for i, o := 0, 0; i < rows; i, o = i+1, o+stride {
		r := x[o : o+4 : o+4]
		v0, v1, v2, v3 := r[0], r[1], r[2], r[3]
		if v0 < l0 {
			l0 = v0
		}
		if v0 > h0 {
			h0 = v0
		}
		if v1 < l1 {
			l1 = v1
		}
		if v1 > h1 {
			h1 = v1
		}
		if v2 < l2 {
			l2 = v2
		}
		if v2 > h2 {
			h2 = v2
		}
		if v3 < l3 {
			l3 = v3
		}
		if v3 > h3 {
			h3 = v3
		}
	}
	lo[0], lo[1], lo[2], lo[3] = l0, l1, l2, l3
	hi[0], hi[1], hi[2], hi[3] = h0, h1, h2, h3
}
