//go:build !purego

package kernel

// affineVector maps a run whose length, not 0, and period are multiples of step.
func affineVector[F Float](m *affine[F], dst, x []F, center, scale []float64, period int, stream bool) (finite bool) {
	n, c, s := len(x), as64(center), as64(scale)
	switch formOf[F]() {
	case float64AVX512:
		switch d, x := as64(dst), as64(x); m.op {
		case opStandardise:
			return standardise64AVX512(d, x, n, c, s, period, stream)
		case opUnstandardise:
			return unstandardise64AVX512(d, x, n, c, s, period, stream)
		case opRescale:
			return rescale64AVX512(d, x, n, c, s, period, m.width, m.low, stream)
		case opUnrescale:
			return unrescale64AVX512(d, x, n, c, s, period, m.width, m.low, stream)
		case opDivide:
			return divide64AVX512(d, x, n, s, period, stream)
		case opMultiply:
			return multiply64AVX512(d, x, n, s, period, stream)
		}
	case float32AVX512:
		switch d, x := as32(dst), as32(x); m.op {
		case opStandardise:
			return standardise32AVX512(d, x, n, c, s, period, stream)
		case opUnstandardise:
			return unstandardise32AVX512(d, x, n, c, s, period, stream)
		case opRescale:
			return rescale32AVX512(d, x, n, c, s, period, m.width, m.low, stream)
		case opUnrescale:
			return unrescale32AVX512(d, x, n, c, s, period, m.width, m.low, stream)
		case opDivide:
			return divide32AVX512(d, x, n, s, period, stream)
		case opMultiply:
			return multiply32AVX512(d, x, n, s, period, stream)
		}
	case float64AVX2:
		switch d, x := as64(dst), as64(x); m.op {
		case opStandardise:
			return standardise64AVX2(d, x, n, c, s, period, stream)
		case opUnstandardise:
			return unstandardise64AVX2(d, x, n, c, s, period, stream)
		case opRescale:
			return rescale64AVX2(d, x, n, c, s, period, m.width, m.low, stream)
		case opUnrescale:
			return unrescale64AVX2(d, x, n, c, s, period, m.width, m.low, stream)
		case opDivide:
			return divide64AVX2(d, x, n, s, period, stream)
		case opMultiply:
			return multiply64AVX2(d, x, n, s, period, stream)
		}
	case float32AVX2:
		switch d, x := as32(dst), as32(x); m.op {
		case opStandardise:
			return standardise32AVX2(d, x, n, c, s, period, stream)
		case opUnstandardise:
			return unstandardise32AVX2(d, x, n, c, s, period, stream)
		case opRescale:
			return rescale32AVX2(d, x, n, c, s, period, m.width, m.low, stream)
		case opUnrescale:
			return unrescale32AVX2(d, x, n, c, s, period, m.width, m.low, stream)
		case opDivide:
			return divide32AVX2(d, x, n, s, period, stream)
		case opMultiply:
			return multiply32AVX2(d, x, n, s, period, stream)
		}
	}
	panic("no vector loops")
}
