package kernel

// Several rows of a narrow matrix are read as one row of lanes columns, which fill
// the registers; then what belongs to the same column is put together. A long column
// is so added in several parts, which keeps the rounding small.
const (
	lanes  = 32
	narrow = lanes / 2 // columns of a matrix that is narrow
)

func narrowSums[F Float](x []F, rows, cols int, shift, n, s, q []float64, missing []bool) {
	var c, wn, ws, wq [lanes]float64
	var wm [lanes]bool
	k := lanes / cols
	wide := k * cols
	for i := range wide {
		c[i], wm[i] = shift[i%cols], missing[i%cols]
	}
	whole := rows / k
	ColumnSums(x, wide, whole, wide, c[:wide], wn[:wide], ws[:wide], wq[:wide], wm[:wide])
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
	for j := range cols {
		missing[j] = missing[j] || n[j] < float64(rows)
	}
}

func narrowMinMax[F Float](x []F, rows, cols int, lo, hi []F) {
	var l, h [lanes]F
	k := lanes / cols
	wide := k * cols
	for i := range wide {
		l[i], h[i] = lo[i%cols], hi[i%cols]
	}
	whole := rows / k
	ColumnMinMax(x, wide, whole, wide, l[:wide], h[:wide])
	for i := range wide {
		j := i % cols
		lo[j], hi[j] = min(lo[j], l[i]), max(hi[j], h[i])
	}
	if rest := rows - whole*k; rest > 0 {
		columnMinMax(x[whole*wide:], cols, rest, cols, lo, hi)
	}
}
