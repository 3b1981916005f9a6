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
		if done == 0 && n == block { // no vector loop
			countEdges(counts, x, edges)
			return
		}
		for _, v := range x[done:n] {
			counts[Rank(edges, float64(v))]++
		}
		x = x[n:]
	}
}

func countEdges[F Float](counts []uint64, x []F, edges []float64) {
	index := NewEdgeIndex(edges)
	for _, v := range x {
		counts[index.Rank(float64(v))]++
	}
}

// edgeCells is the number of cells of an EdgeIndex.
const edgeCells = 1024

// An EdgeIndex finds the rank of many values among the same edges: cells of equal
// width lead to the first rank that a value in them can have.
type EdgeIndex struct {
	edges     []float64
	lo, scale float64
	first     [edgeCells + 1]int32
}

// NewEdgeIndex returns the index of ascending edges, which it keeps.
func NewEdgeIndex(edges []float64) *EdgeIndex {
	e := &EdgeIndex{edges: edges}
	if len(edges) < 2 {
		return e
	}
	width := edges[len(edges)-1] - edges[0]
	scale := edgeCells / width
	if !(scale > 0 && scale <= math.MaxFloat64 && width <= math.MaxFloat64) {
		return e
	}
	e.lo, e.scale = edges[0], scale
	for c := 1; c <= edgeCells; c++ {
		// One cell lower, for rounding.
		at := e.lo + float64(c-1)/edgeCells*width
		k := e.first[c-1]
		for int(k) < len(edges) && at > edges[k] {
			k++
		}
		e.first[c] = k
	}
	return e
}

// Rank is the function Rank.
func (e *EdgeIndex) Rank(v float64) int {
	k := 0
	if d := (v - e.lo) * e.scale; d >= edgeCells {
		k = int(e.first[edgeCells])
	} else if d > 0 {
		k = int(e.first[int(d)])
	}
	for k < len(e.edges) && v >= e.edges[k] {
		k++
	}
	return k
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
