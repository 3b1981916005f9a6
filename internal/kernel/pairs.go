package kernel

import "math"

// PairSums is what one pass over a block of (true, predicted) pairs yields.
// Sums of y are taken about the shift cy, sums of the error e = true -
// predicted about the shift ce.
type PairSums struct {
	Y, YY float64 // sums of (y - cy) and (y - cy)^2
	E, EE float64 // sums of (e - ce) and (e - ce)^2
	Abs   float64 // sum of |e|
	Max   float64 // largest |e|
}

// Pairs returns the sums over a block. a and b have the same length. A value
// that is not finite makes Abs not finite, so the caller needs no second look
// at the data; finite values near the limit can do so too.
func Pairs[F Float](a, b []F, cy, ce float64) PairSums {
	b = b[:len(a)]
	done, s := pairsVector(a, b, cy, ce)
	if done == 0 {
		return pairs(a, b, cy, ce)
	}
	if done < len(a) {
		t := pairs(a[done:], b[done:], cy, ce)
		s.add(&t)
	}
	return s
}

func (s *PairSums) add(t *PairSums) {
	s.Y += t.Y
	s.YY += t.YY
	s.E += t.E
	s.EE += t.EE
	s.Abs += t.Abs
	s.Max = max(s.Max, t.Max)
}

func pairs[F Float](a, b []F, cy, ce float64) PairSums {
	var y0, y1, q0, q1, e0, e1, f0, f1, s0, s1 float64
	var m0, m1 int64
	const mask = math.MaxInt64
	for len(a) >= 4 && len(b) >= 4 {
		ya, yb := float64(a[0]), float64(a[1])
		ea, eb := ya-float64(b[0]), yb-float64(b[1])
		ya -= cy
		yb -= cy
		y0 += ya
		y1 += yb
		q0 += float64(ya * ya)
		q1 += float64(yb * yb)
		// The bits of nonnegative floats are ordered as the floats are.
		ba, bb := int64(math.Float64bits(ea)&mask), int64(math.Float64bits(eb)&mask)
		m0 = max(m0, ba)
		m1 = max(m1, bb)
		s0 += math.Float64frombits(uint64(ba))
		s1 += math.Float64frombits(uint64(bb))
		ea -= ce
		eb -= ce
		e0 += ea
		e1 += eb
		f0 += float64(ea * ea)
		f1 += float64(eb * eb)
		yc, yd := float64(a[2]), float64(a[3])
		ec, ed := yc-float64(b[2]), yd-float64(b[3])
		yc -= cy
		yd -= cy
		y0 += yc
		y1 += yd
		q0 += float64(yc * yc)
		q1 += float64(yd * yd)
		bc, bd := int64(math.Float64bits(ec)&mask), int64(math.Float64bits(ed)&mask)
		m0 = max(m0, bc)
		m1 = max(m1, bd)
		s0 += math.Float64frombits(uint64(bc))
		s1 += math.Float64frombits(uint64(bd))
		ec -= ce
		ed -= ce
		e0 += ec
		e1 += ed
		f0 += float64(ec * ec)
		f1 += float64(ed * ed)
		a, b = a[4:], b[4:]
	}
	for i := range a {
		y := float64(a[i])
		e := y - float64(b[i])
		y -= cy
		y0 += y
		q0 += float64(y * y)
		abs := math.Abs(e)
		s0 += abs
		m0 = max(m0, int64(math.Float64bits(abs)))
		e -= ce
		e0 += e
		f0 += float64(e * e)
	}
	return PairSums{
		Y: y0 + y1, YY: q0 + q1, E: e0 + e1, EE: f0 + f1, Abs: s0 + s1,
		Max: math.Float64frombits(uint64(max(m0, m1))),
	}
}

// SquaredError returns the sum of (a - b)^2 over a block.
func SquaredError[F Float](a, b []F) float64 {
	b = b[:len(a)]
	done, s := squaredErrorVector(a, b)
	if done == len(a) {
		return s
	}
	return s + squaredError(a[done:], b[done:])
}

func squaredError[F Float](a, b []F) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 8 && len(b) >= 8 {
		d0, d1 := float64(a[0])-float64(b[0]), float64(a[1])-float64(b[1])
		d2, d3 := float64(a[2])-float64(b[2]), float64(a[3])-float64(b[3])
		s0 += float64(d0 * d0)
		s1 += float64(d1 * d1)
		s2 += float64(d2 * d2)
		s3 += float64(d3 * d3)
		d4, d5 := float64(a[4])-float64(b[4]), float64(a[5])-float64(b[5])
		d6, d7 := float64(a[6])-float64(b[6]), float64(a[7])-float64(b[7])
		s0 += float64(d4 * d4)
		s1 += float64(d5 * d5)
		s2 += float64(d6 * d6)
		s3 += float64(d7 * d7)
		a, b = a[8:], b[8:]
	}
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		s0 += float64(d * d)
	}
	return (s0 + s1) + (s2 + s3)
}

// AbsoluteError returns the sum of |a - b| over a block.
func AbsoluteError[F Float](a, b []F) float64 {
	b = b[:len(a)]
	done, s := absoluteErrorVector(a, b)
	if done == len(a) {
		return s
	}
	return s + absoluteError(a[done:], b[done:])
}

func absoluteError[F Float](a, b []F) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 8 && len(b) >= 8 {
		s0 += math.Abs(float64(a[0]) - float64(b[0]))
		s1 += math.Abs(float64(a[1]) - float64(b[1]))
		s2 += math.Abs(float64(a[2]) - float64(b[2]))
		s3 += math.Abs(float64(a[3]) - float64(b[3]))
		s0 += math.Abs(float64(a[4]) - float64(b[4]))
		s1 += math.Abs(float64(a[5]) - float64(b[5]))
		s2 += math.Abs(float64(a[6]) - float64(b[6]))
		s3 += math.Abs(float64(a[7]) - float64(b[7]))
		a, b = a[8:], b[8:]
	}
	for i := range a {
		s0 += math.Abs(float64(a[i]) - float64(b[i]))
	}
	return (s0 + s1) + (s2 + s3)
}

// R2Sums returns the sum of (a - b)^2 and the sums of (a - c) and (a - c)^2
// over a block.
func R2Sums[F Float](a, b []F, c float64) (sse, y, yy float64) {
	b = b[:len(a)]
	done, sse, y, yy := r2SumsVector(a, b, c)
	if done < len(a) {
		s, t, u := r2Sums(a[done:], b[done:], c)
		return sse + s, y + t, yy + u
	}
	return sse, y, yy
}

func r2Sums[F Float](a, b []F, c float64) (sse, y, yy float64) {
	var s0, s1, y0, y1, q0, q1 float64
	for len(a) >= 4 && len(b) >= 4 {
		a0, a1, a2, a3 := float64(a[0]), float64(a[1]), float64(a[2]), float64(a[3])
		d0, d1, d2, d3 := a0-float64(b[0]), a1-float64(b[1]), a2-float64(b[2]), a3-float64(b[3])
		s0 += float64(d0 * d0)
		s1 += float64(d1 * d1)
		a0 -= c
		a1 -= c
		y0 += a0
		y1 += a1
		q0 += float64(a0 * a0)
		q1 += float64(a1 * a1)
		s0 += float64(d2 * d2)
		s1 += float64(d3 * d3)
		a2 -= c
		a3 -= c
		y0 += a2
		y1 += a3
		q0 += float64(a2 * a2)
		q1 += float64(a3 * a3)
		a, b = a[4:], b[4:]
	}
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		s0 += float64(d * d)
		v := float64(a[i]) - c
		y0 += v
		q0 += float64(v * v)
	}
	return s0 + s1, y0 + y1, q0 + q1
}

// WeightedPairSums is PairSums with weights: sums are of w times the term.
type WeightedPairSums struct {
	PairSums
	W    float64 // sum of the weights
	Rows int     // rows of positive weight
}

// WeightedPairs returns the weighted sums over a block; rows of weight 0 are
// skipped.
func WeightedPairs[F Float](a, b []F, w []float64, cy, ce float64) WeightedPairSums {
	b, w = b[:len(a)], w[:len(a)]
	done, s := weightedPairsVector(a, b, w, cy, ce)
	if done < len(a) {
		t := weightedPairs(a[done:], b[done:], w[done:], cy, ce)
		s.add(&t.PairSums)
		s.W += t.W
		s.Rows += t.Rows
	}
	return s
}

func weightedPairs[F Float](a, b []F, w []float64, cy, ce float64) WeightedPairSums {
	var s WeightedPairSums
	for i, v := range w {
		if v == 0 {
			continue
		}
		y := float64(a[i])
		e := y - float64(b[i])
		abs := math.Abs(e)
		s.W += v
		s.Rows++
		s.Abs += float64(v * abs)
		s.Max = max(s.Max, abs)
		y -= cy
		e -= ce
		s.Y += float64(v * y)
		s.YY += float64(v * y * y)
		s.E += float64(v * e)
		s.EE += float64(v * e * e)
	}
	return s
}

// LogErrors returns the sum of w (log(1+a) - log(1+b))^2 and the number of rows
// with a value of -1 or less, which are left out. A nil w means weights 1.
func LogErrors[F Float](a, b []F, w []float64) (sum float64, bad int) {
	b = b[:len(a)]
	for i, v := range a {
		wi := 1.0
		if w != nil {
			if wi = w[i]; wi == 0 {
				continue
			}
		}
		y, p := float64(v), float64(b[i])
		if y <= -1 || p <= -1 {
			bad++
			continue
		}
		d := math.Log1p(y) - math.Log1p(p)
		sum += float64(wi * float64(d*d))
	}
	return sum, bad
}
