package kernel

import "math"

// CountEdges adds to counts[k] the number of values of x that have exactly k of the
// ascending edges at or below them: bin k of the len(edges)+1 bins that the edges cut
// the line into. NaN is at or above no edge, and so in bin 0.
func CountEdges[F Float](counts []uint64, x []F, edges []float64) {
	counts = counts[:len(edges)+1]
	const block = 2048 // stays in the first-level cache while groups of edges pass
	for len(x) > 0 {
		n := min(block, len(x))
		done := countEdgesVector(counts, x[:n], edges)
		countEdges(counts, x[done:n], edges)
		x = x[n:]
	}
}

func countEdges[F Float](counts []uint64, x []F, edges []float64) {
	for _, v := range x {
		counts[Rank(edges, float64(v))]++
	}
}

// Rank returns the number of ascending edges at or below v, 0 for NaN.
func Rank(edges []float64, v float64) int {
	if len(edges) <= 16 {
		n := 0
		for _, e := range edges {
			if v >= e {
				n++
			}
		}
		return n
	}
	lo, n := 0, len(edges)
	for n > 0 { // edges before lo are at or below v, those from lo+n on are not
		half := n >> 1
		if v >= edges[lo+half] {
			lo += half + 1
			n -= half + 1
		} else {
			n = half
		}
	}
	return lo
}

// ColumnRanks writes for every value of a row-major block the number of edges of its
// column at or below it, 0 for NaN: edges has count rows, ascending down each column,
// and cols columns. An edge that is NaN counts for nothing.
func ColumnRanks[F Float](dst []float64, dstStride int, x []F, stride, rows, cols int, edges []float64, count int) {
	if rows == 0 || cols == 0 || columnRanksVector(dst, dstStride, x, stride, rows, cols, edges, count) {
		return
	}
	for i := range rows {
		for j, v := range x[i*stride : i*stride+cols] {
			n := 0
			for k := j; k < count*cols; k += cols {
				if float64(v) >= edges[k] {
					n++
				}
			}
			dst[i*dstStride+j] = float64(n)
		}
	}
}

// PackEdges arranges the edges of several columns as ColumnRanks wants them, those of
// columns with fewer than the others filled up with NaN.
func PackEdges(columns [][]float64) (edges []float64, count int) {
	for _, e := range columns {
		count = max(count, len(e))
	}
	edges = make([]float64, count*len(columns))
	for j, e := range columns {
		for k := range count {
			v := math.NaN()
			if k < len(e) {
				v = e[k]
			}
			edges[k*len(columns)+j] = v
		}
	}
	return edges, count
}
