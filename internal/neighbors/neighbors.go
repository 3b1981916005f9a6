// Package neighbors finds the k nearest rows of a matrix in Euclidean distance,
// exactly: with a k-d tree where the rows have few columns, by blocked brute
// force otherwise. Among equal distances the lower row index wins, so results do
// not depend on the method or on the number of cores.
package neighbors

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// leafSize is the number of rows below which a node is searched by brute force.
const leafSize = 24

// maxTreeColumns is the number of columns beyond which a k-d tree visits most of
// its leaves, so that brute force is faster.
const maxTreeColumns = 16

// An Index answers queries about the rows that it was made of. It is safe for
// use by several goroutines.
type Index struct {
	rows, cols int
	data       []float64 // row-major, rows in the order of ids
	ids        []int     // position -> row of the source
	nodes      []node    // nil: brute force
}

type node struct {
	lo, hi      int // positions
	axis        int // -1 for a leaf
	split       float64
	left, right int
}

// New makes an index of the rows of x, which must hold finite numbers.
func New(x mat.Matrix) *Index {
	r, c := x.Dims()
	ix := &Index{rows: r, cols: c, data: make([]float64, r*c), ids: make([]int, r)}
	for i := range r {
		ix.ids[i] = i
		mat.Row(ix.data[i*c:(i+1)*c], i, x)
	}
	if c > 0 && c <= maxTreeColumns && r > leafSize {
		ix.build()
	}
	return ix
}

// Len returns the number of rows.
func (ix *Index) Len() int { return ix.rows }

func (ix *Index) build() {
	source := slices.Clone(ix.data)
	at := func(id, axis int) float64 { return source[id*ix.cols+axis] }
	var grow func(lo, hi int) int
	grow = func(lo, hi int) int {
		me := len(ix.nodes)
		ix.nodes = append(ix.nodes, node{lo: lo, hi: hi, axis: -1})
		if hi-lo <= leafSize {
			return me
		}
		axis, width := 0, -1.0
		for a := range ix.cols {
			low, high := at(ix.ids[lo], a), at(ix.ids[lo], a)
			for _, id := range ix.ids[lo+1 : hi] {
				low, high = min(low, at(id, a)), max(high, at(id, a))
			}
			if high-low > width {
				axis, width = a, high-low
			}
		}
		if width == 0 {
			return me // all rows are equal
		}
		part := ix.ids[lo:hi]
		mid := len(part) / 2
		selectNth(part, mid, func(id int) float64 { return at(id, axis) })
		split := at(part[mid], axis)
		left := grow(lo, lo+mid)
		right := grow(lo+mid, hi)
		n := &ix.nodes[me]
		n.axis, n.split, n.left, n.right = axis, split, left, right
		return me
	}
	grow(0, ix.rows)
	for p, id := range ix.ids {
		copy(ix.data[p*ix.cols:(p+1)*ix.cols], source[id*ix.cols:(id+1)*ix.cols])
	}
}

// selectNth partitions ids so that position n holds the n-th smallest value, no
// larger value stands before it and no smaller one after it.
func selectNth(ids []int, n int, value func(int) float64) {
	lo, hi := 0, len(ids)-1
	for lo < hi {
		a, b, c := value(ids[lo]), value(ids[(lo+hi)/2]), value(ids[hi])
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for value(ids[i]) < pivot {
				i++
			}
			for value(ids[j]) > pivot {
				j--
			}
			if i <= j {
				ids[i], ids[j] = ids[j], ids[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			hi = j
		case n >= i:
			lo = i
		default:
			return
		}
	}
}

// A Neighbor is a row and its squared distance from the query.
type Neighbor struct {
	Row      int
	Distance float64
}

func (a Neighbor) before(b Neighbor) bool {
	return a.Distance < b.Distance || a.Distance == b.Distance && a.Row < b.Row
}

// search is a query under way: the k best so far, worst first (a heap).
type search struct {
	q    []float64
	skip int // this row is not its own neighbour; -1 for none
	k    int
	heap []Neighbor
}

func (s *search) offer(n Neighbor) {
	if n.Row == s.skip {
		return
	}
	if len(s.heap) < s.k {
		s.heap = append(s.heap, n)
		for i := len(s.heap) - 1; i > 0; {
			up := (i - 1) / 2
			if !s.heap[up].before(s.heap[i]) {
				return
			}
			s.heap[up], s.heap[i] = s.heap[i], s.heap[up]
			i = up
		}
		return
	}
	if !n.before(s.heap[0]) {
		return
	}
	s.heap[0] = n
	for i := 0; ; {
		worst, l := i, 2*i+1
		if l < s.k && s.heap[worst].before(s.heap[l]) {
			worst = l
		}
		if l+1 < s.k && s.heap[worst].before(s.heap[l+1]) {
			worst = l + 1
		}
		if worst == i {
			return
		}
		s.heap[i], s.heap[worst] = s.heap[worst], s.heap[i]
		i = worst
	}
}

// Nearest appends to dst the k rows nearest to q, nearest first. Row skip is left
// out; pass -1 to leave out none. If fewer than k rows remain, all are given.
func (ix *Index) Nearest(dst []Neighbor, q []float64, k, skip int) []Neighbor {
	s := search{q: q, skip: skip, k: min(k, ix.rows), heap: dst[len(dst):]}
	if s.k <= 0 {
		return dst
	}
	if ix.nodes == nil {
		ix.scan(&s, 0, ix.rows)
	} else {
		ix.walk(&s, 0)
	}
	slices.SortFunc(s.heap, func(a, b Neighbor) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return append(dst, s.heap...)
}

func (ix *Index) scan(s *search, lo, hi int) {
	c := ix.cols
	for p := lo; p < hi; p++ {
		row := ix.data[p*c : (p+1)*c]
		limit := -1.0
		if len(s.heap) == s.k {
			limit = s.heap[0].Distance
		}
		var d float64
		for j, v := range row {
			e := v - s.q[j]
			d += float64(e * e)
			if j&7 == 7 && limit >= 0 && d > limit {
				break
			}
		}
		if limit < 0 || d <= limit {
			s.offer(Neighbor{ix.ids[p], d})
		}
	}
}

func (ix *Index) walk(s *search, at int) {
	n := &ix.nodes[at]
	if n.axis < 0 {
		ix.scan(s, n.lo, n.hi)
		return
	}
	near, far := n.left, n.right
	gap := s.q[n.axis] - n.split
	if gap >= 0 {
		near, far = far, near
	}
	ix.walk(s, near)
	// An equal distance may hide a lower row index, so only a larger gap ends it.
	if len(s.heap) < s.k || float64(gap*gap) <= s.heap[0].Distance {
		ix.walk(s, far)
	}
}

// All returns, for every row of q, its k nearest rows, nearest first, on several
// cores. If self is set, q holds the rows of the index in their order, and a row is
// not its own neighbour. The inner slices share one block of memory.
func (ix *Index) All(q mat.Matrix, k int, self bool) [][]Neighbor {
	r, c := q.Dims()
	have := ix.rows
	if self {
		have--
	}
	k = max(0, min(k, have))
	// Without a tree the data stand in the order of the rows.
	if self && ix.nodes == nil && ix.cols >= head && ix.rows >= 4*tileRows && k > 0 && k <= tileRows/2 {
		if out, ok := ix.pairs(k); ok {
			return out
		}
	}
	out := make([][]Neighbor, r)
	block := make([]Neighbor, r*k)
	const rows = 256
	parallel.Each(parallel.Blocks(r, rows), func(b int) {
		row := make([]float64, c)
		for i := b * rows; i < min(r, (b+1)*rows); i++ {
			mat.Row(row, i, q)
			skip := -1
			if self {
				skip = i
			}
			out[i] = ix.Nearest(block[i*k:i*k:(i+1)*k], row, k, skip)
		}
	})
	return out
}
