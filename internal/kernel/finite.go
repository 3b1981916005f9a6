package kernel

// AllFinite tells whether x holds neither NaN nor an infinity.
func AllFinite[F Float](x []F) bool {
	done, ok := allFiniteVector(x)
	return ok && allFinite(x[done:])
}

// allFinite adds differences of values to themselves, which are 0, and NaN for an
// infinity and for NaN; four sums keep the adder busy.
func allFinite[F Float](x []F) bool {
	var s0, s1, s2, s3 F
	i := 0
	for ; i+4 <= len(x); i += 4 {
		r := x[i : i+4 : i+4]
		s0 += r[0] * 0
		s1 += r[1] * 0
		s2 += r[2] * 0
		s3 += r[3] * 0
	}
	for ; i < len(x); i++ {
		s0 += x[i] * 0
	}
	return s0+s1+s2+s3 == 0
}

// FirstInf returns the index of the first infinity of x, or -1.
func FirstInf[F Float](x []F) int {
	if AllFinite(x) { // the usual case: neither an infinity nor NaN
		return -1
	}
	for i, v := range x {
		if v*0 != 0 && v == v {
			return i
		}
	}
	return -1
}

// Clip moves what is outside [lo, hi] to the nearer end; NaN stays.
func Clip[F Float](x []F, lo, hi F) {
	for i, v := range x {
		if v < lo {
			x[i] = lo
		} else if v > hi {
			x[i] = hi
		}
	}
}
