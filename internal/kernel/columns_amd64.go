//go:build !purego

package kernel

func columnSumsVector[F Float](x []F, stride, rows, cols int, shift, n, s, q []float64) bool {
	if rows == 0 || cols == 0 {
		return false
	}
	if stride == cols && cols <= narrow && rows*cols >= 4*lanes && level != levelPortable {
		narrowSums(x, rows, cols, shift, n, s, q)
		return true
	}
	switch formOf[F]() {
	case float64AVX512:
		columnSums64AVX512(as64(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	case float32AVX512:
		columnSums32AVX512(as32(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	case float64AVX2:
		columnSums64AVX2(as64(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	case float32AVX2:
		columnSums32AVX2(as32(x), stride, rows, cols, &shift[0], &n[0], &s[0], &q[0])
	default:
		return false
	}
	return true
}

const (
	lanes  = 32 // columns that fill the registers
	narrow = lanes / 2
)

// narrowSums reads several rows of a narrow matrix as one, so that the registers are
// full, and then adds what belongs to the same column.
func narrowSums[F Float](x []F, rows, cols int, shift, n, s, q []float64) {
	var c, wn, ws, wq [lanes]float64
	k := lanes / cols
	wide := k * cols
	for i := range wide {
		c[i] = shift[i%cols]
	}
	whole := rows / k
	columnSumsVector(x, wide, whole, wide, c[:wide], wn[:wide], ws[:wide], wq[:wide])
	clear(n[:cols])
	clear(s[:cols])
	clear(q[:cols])
	add := func(width int) {
		for i := range width {
			j := i % cols
			n[j] += wn[i]
			s[j] += ws[i]
			q[j] += wq[i]
		}
	}
	add(wide)
	if rest := rows - whole*k; rest > 0 {
		for j := range cols {
			sums1(x[whole*wide+j:], cols, rest, shift[j], &wn[j], &ws[j], &wq[j])
		}
		add(cols)
	}
}

func columnSumsWeightedVector[F Float](x []F, stride, cols int, w, shift, n, s, q []float64) bool {
	if len(w) == 0 || cols == 0 {
		return false
	}
	switch formOf[F]() {
	case float64AVX512:
		columnSumsWeighted64AVX512(as64(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	case float32AVX512:
		columnSumsWeighted32AVX512(as32(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	case float64AVX2:
		columnSumsWeighted64AVX2(as64(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	case float32AVX2:
		columnSumsWeighted32AVX2(as32(x), stride, len(w), cols, &w[0], &shift[0], &n[0], &s[0], &q[0])
	default:
		return false
	}
	return true
}

func columnMinMaxVector[F Float](x []F, stride, rows, cols int, lo, hi []F) bool {
	if rows == 0 || cols == 0 {
		return false
	}
	if stride == cols && cols <= narrow && rows*cols >= 4*lanes && level != levelPortable {
		narrowMinMax(x, rows, cols, lo, hi)
		return true
	}
	switch formOf[F]() {
	case float64AVX512:
		columnMinMax64AVX512(as64(x), stride, rows, cols, as64(lo), as64(hi))
	case float32AVX512:
		columnMinMax32AVX512(as32(x), stride, rows, cols, as32(lo), as32(hi))
	case float64AVX2:
		columnMinMax64AVX2(as64(x), stride, rows, cols, as64(lo), as64(hi))
	case float32AVX2:
		columnMinMax32AVX2(as32(x), stride, rows, cols, as32(lo), as32(hi))
	default:
		return false
	}
	return true
}

// narrowMinMax is to ColumnMinMax what narrowSums is to ColumnSums.
func narrowMinMax[F Float](x []F, rows, cols int, lo, hi []F) {
	var l, h [lanes]F
	k := lanes / cols
	wide := k * cols
	for i := range wide {
		l[i], h[i] = lo[i%cols], hi[i%cols]
	}
	whole := rows / k
	columnMinMaxVector(x, wide, whole, wide, l[:wide], h[:wide])
	for i := range wide {
		j := i % cols
		if l[i] < lo[j] {
			lo[j] = l[i]
		}
		if h[i] > hi[j] {
			hi[j] = h[i]
		}
	}
	if rest := rows - whole*k; rest > 0 {
		columnMinMax(x[whole*wide:], cols, rest, cols, lo, hi)
	}
}
