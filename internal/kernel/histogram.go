package kernel

// Buckets is the number of buckets of a column in ColumnHistogram.
const Buckets = 2048

// ColumnHistogram counts the values of cols columns of a row-major block into
// buckets of equal width: h[j*Buckets + int((x - lo[j]) * f[j])]. NaN is passed
// over, and so is a column with f[j] < 0. The caller has chosen lo and f so that
// the bucket of every value exists.
func ColumnHistogram(x []float64, stride, rows, cols int, lo, f []float64, h []uint32) {
	j := 0
	for ; j+4 <= cols; j += 4 {
		c0, c1, c2, c3 := lo[j], lo[j+1], lo[j+2], lo[j+3]
		f0, f1, f2, f3 := f[j], f[j+1], f[j+2], f[j+3]
		g := h[j*Buckets : (j+4)*Buckets]
		h0, h1 := (*[Buckets]uint32)(g), (*[Buckets]uint32)(g[Buckets:])
		h2, h3 := (*[Buckets]uint32)(g[2*Buckets:]), (*[Buckets]uint32)(g[3*Buckets:])
		for i, o := 0, j; i < rows; i, o = i+1, o+stride {
			r := x[o : o+4 : o+4]
			// Neither NaN nor a column passed over is at least 0.
			if d := (r[0] - c0) * f0; d >= 0 {
				h0[int(d)&(Buckets-1)]++
			}
			if d := (r[1] - c1) * f1; d >= 0 {
				h1[int(d)&(Buckets-1)]++
			}
			if d := (r[2] - c2) * f2; d >= 0 {
				h2[int(d)&(Buckets-1)]++
			}
			if d := (r[3] - c3) * f3; d >= 0 {
				h3[int(d)&(Buckets-1)]++
			}
		}
	}
	for ; j < cols; j++ {
		c, s, g := lo[j], f[j], (*[Buckets]uint32)(h[j*Buckets:])
		for i, o := 0, j; i < rows; i, o = i+1, o+stride {
			if d := (x[o] - c) * s; d >= 0 {
				g[int(d)&(Buckets-1)]++
			}
		}
	}
}

// ColumnCollect appends each value whose bucket (as in ColumnHistogram) has a
// slot s = want[bucket] > 0 to bins[j][s-1].
func ColumnCollect(x []float64, stride, rows, cols int, lo, f []float64, want []uint8, bins [][][]float64) {
	for j := range cols {
		c, s, g := lo[j], f[j], (*[Buckets]uint8)(want[j*Buckets:])
		if s < 0 {
			continue
		}
		for i, o := 0, j; i < rows; i, o = i+1, o+stride {
			if d := (x[o] - c) * s; d >= 0 {
				if k := g[int(d)&(Buckets-1)]; k != 0 {
					bins[j][k-1] = append(bins[j][k-1], x[o])
				}
			}
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

// SelectAll reorders x so that every x[k] is what it would be if x were sorted,
// for the ascending ranks k. x holds no NaN.
func SelectAll(x []float64, ranks []int) { selectAll(x, ranks, 0) }

// selectAll takes ranks that count from base. The middle one parts the values,
// so each half has a half of the ranks.
func selectAll(x []float64, ranks []int, base int) {
	if len(ranks) == 0 {
		return
	}
	m := len(ranks) / 2
	k := ranks[m] - base
	if k == 0 { // the next of a pair of neighbours: the least of what is left
		least := 0
		for i, v := range x {
			if v < x[least] {
				least = i
			}
		}
		x[0], x[least] = x[least], x[0]
	} else {
		Select(x, k)
	}
	selectAll(x[:k], ranks[:m], base)
	selectAll(x[k+1:], ranks[m+1:], base+k+1)
}
