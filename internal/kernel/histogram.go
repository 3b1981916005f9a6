package kernel

// ColumnHistogram counts the values of cols columns of a row-major block into
// buckets of equal width: h[j*buckets + int((x - lo[j]) * f[j])]. NaN is passed
// over. The caller has chosen lo and f so that the bucket of every value exists;
// a column with f[j] < 0 is passed over.
func ColumnHistogram(x []float64, stride, rows, cols, buckets int, lo, f []float64, h []uint32) {
	lo, f = lo[:cols], f[:cols]
	for i := range rows {
		o := 0
		for j, v := range x[i*stride : i*stride+cols] {
			// Neither NaN nor a column passed over is at least 0.
			if d := (v - lo[j]) * f[j]; d >= 0 {
				h[o+int(d)]++
			}
			o += buckets
		}
	}
}

// ColumnCollect appends each value whose bucket (as in ColumnHistogram) has a
// slot s = want[bucket] > 0 to bins[j][s-1].
func ColumnCollect(x []float64, stride, rows, cols, buckets int, lo, f []float64, want []uint8, bins [][][]float64) {
	lo, f = lo[:cols], f[:cols]
	for i := range rows {
		o := 0
		for j, v := range x[i*stride : i*stride+cols] {
			if d := (v - lo[j]) * f[j]; d >= 0 {
				if s := want[o+int(d)]; s != 0 {
					bins[j][s-1] = append(bins[j][s-1], v)
				}
			}
			o += buckets
		}
	}
}

// Select returns the value that would be at index k of x if x were sorted, and
// reorders x. x holds no NaN.
func Select(x []float64, k int) float64 {
	lo, hi := 0, len(x)-1
	for hi > lo {
		// Median of three as the pivot; Hoare's partition keeps equal values apart,
		// so runs of ties do not turn it quadratic.
		m := int(uint(lo+hi) >> 1)
		if x[m] < x[lo] {
			x[m], x[lo] = x[lo], x[m]
		}
		if x[hi] < x[lo] {
			x[hi], x[lo] = x[lo], x[hi]
		}
		if x[hi] < x[m] {
			x[hi], x[m] = x[m], x[hi]
		}
		p := x[m]
		i, j := lo, hi
		for i <= j {
			for x[i] < p {
				i++
			}
			for p < x[j] {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return x[k]
		}
	}
	return x[k]
}
