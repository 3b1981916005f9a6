// Package divergence holds the distances between two probability vectors that
// several rooms share: drift between samples, bias between groups, stability
// between parts. The functions take vectors that the caller has checked and
// normalised (see Smoothing.Apply) and return plain numbers: +Inf where the
// formula has that value, never NaN for valid vectors.
//
// Logarithms are natural: the unit is the nat.
package divergence

import "math"

// TVD returns the total variation distance, in [0, 1]:
//
//	1/2 sum |p - q|
func TVD(p, q []float64) float64 {
	var s float64
	for i, a := range p {
		s += math.Abs(a - q[i])
	}
	return s / 2
}

// KL returns the Kullback-Leibler divergence of p from q, in [0, +Inf]:
//
//	sum p ln(p / q)
//
// A term with p = 0 is 0; one with p > 0 and q = 0 makes the result +Inf.
func KL(p, q []float64) float64 {
	var s float64
	for i, a := range p {
		if a == 0 {
			continue
		}
		if q[i] == 0 {
			return math.Inf(1)
		}
		s += a * logRatio(a, q[i])
	}
	return math.Max(s, 0)
}

// JS returns the Jensen-Shannon divergence, in [0, ln 2]:
//
//	1/2 KL(p, m) + 1/2 KL(q, m),  m = (p + q) / 2
func JS(p, q []float64) float64 {
	var s float64
	for i, a := range p {
		b := q[i]
		m := a/2 + b/2
		if a > 0 {
			s += a * logRatio(a, m)
		}
		if b > 0 {
			s += b * logRatio(b, m)
		}
	}
	return math.Min(math.Max(s/2, 0), math.Ln2)
}

// JSDistance returns the Jensen-Shannon distance, the square root of JS in nats,
// as scipy.spatial.distance.jensenshannon does.
func JSDistance(p, q []float64) float64 { return math.Sqrt(JS(p, q)) }

// Hellinger returns the Hellinger distance, in [0, 1]:
//
//	sqrt(1/2 sum (sqrt p - sqrt q)^2)
func Hellinger(p, q []float64) float64 {
	var s float64
	for i, a := range p {
		d := math.Sqrt(a) - math.Sqrt(q[i])
		s += float64(d * d)
	}
	return math.Min(math.Sqrt(s/2), 1)
}

// Lp returns the distance of order ord >= 1; +Inf is the largest difference:
//
//	(sum |p - q|^ord)^(1/ord)
func Lp(p, q []float64, ord float64) float64 {
	var s, top float64
	for i, a := range p {
		top = math.Max(top, math.Abs(a-q[i]))
	}
	if math.IsInf(ord, 1) || top == 0 {
		return top
	}
	// Scaled by the largest term, so that a high order does not underflow.
	for i, a := range p {
		switch d := math.Abs(a-q[i]) / top; ord {
		case 1:
			s += d
		case 2:
			s += float64(d * d)
		default:
			s += math.Pow(d, ord)
		}
	}
	switch ord {
	case 1:
		return top * s
	case 2:
		return top * math.Sqrt(s)
	}
	return top * math.Pow(s, 1/ord)
}

// PSI returns the population stability index, in [0, +Inf]; it is the sum of
// both Kullback-Leibler divergences (Jeffreys):
//
//	sum (p - q) ln(p / q)
//
// A bin that is empty on both sides adds 0, one that is empty on one side makes
// the result +Inf.
func PSI(p, q []float64) float64 {
	var s float64
	for i, a := range p {
		s += PSITerm(a, q[i])
	}
	return s
}

// PSITerm returns the part of one bin in PSI.
func PSITerm(p, q float64) float64 {
	switch {
	case p == q:
		return 0
	case p == 0 || q == 0:
		return math.Inf(1)
	}
	return (p - q) * logRatio(p, q)
}

// logRatio returns ln(a / b) for positive a and b, also where the quotient
// overflows or underflows.
func logRatio(a, b float64) float64 {
	r := a / b
	switch {
	case r > 0.5 && r < 2:
		return math.Log1p((a - b) / b)
	case r == 0 || math.IsInf(r, 0):
		return math.Log(a) - math.Log(b)
	}
	return math.Log(r)
}
