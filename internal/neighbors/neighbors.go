// Package neighbors finds the k nearest rows of a matrix in Euclidean distance,
// exactly. Rows stand in the leaves of a tree of boxes; the queries of a group visit
// the leaves that may hold a near row, nearest box first, and compare all rows of a
// leaf at once by their products (kernel.Near), which is exact up to a rounding that is
// allowed for; rows that pass are measured in full. Among equal distances the lower row
// index wins, so results depend neither on the order of the search nor on the number of
// cores.
package neighbors

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// An Index answers queries about the rows that it was made of. It is safe for
// use by several goroutines.
type Index struct {
	rows, cols int
	data       []float64 // row-major, in the order of the leaves
	ids        []int     // position -> row of the source
	nodes      []node
	centre     []float64 // subtracted from a row, then multiplied by scale:
	scale      float64   // no row is longer than 1 then; 0 if that cannot be had
	narrow     panels[float32]
	wide       func() *panels[float64] // made when first needed
	groups     sync.Pool
}

// New makes an index of the rows of x, which must hold finite numbers.
func New(x mat.Matrix) *Index {
	r, c := x.Dims()
	source := make([]float64, r*c)
	for i := range r {
		mat.Row(source[i*c:(i+1)*c], i, x)
	}
	ix := &Index{rows: r, cols: c, ids: make([]int, r)}
	for i := range ix.ids {
		ix.ids[i] = i
	}
	if r > 0 {
		ix.grow(source, 0, r)
	}
	ix.data = make([]float64, r*c)
	for p, id := range ix.ids {
		copy(ix.data[p*c:(p+1)*c], source[id*c:(id+1)*c])
	}
	ix.fit()
	if ix.scale != 0 {
		ix.narrow = newPanels[float32](ix)
		ix.wide = sync.OnceValue(func() *panels[float64] {
			p := newPanels[float64](ix)
			return &p
		})
	}
	ix.groups.New = func() any { return newGroup(ix) }
	return ix
}

// Len returns the number of rows.
func (ix *Index) Len() int { return ix.rows }

// fit chooses centre and scale.
func (ix *Index) fit() {
	n, c := ix.rows, ix.cols
	ix.centre = make([]float64, c)
	for p := range n {
		for a, v := range ix.data[p*c : (p+1)*c] {
			ix.centre[a] += v / float64(n)
		}
	}
	var most float64
	for p := range n {
		for a, v := range ix.data[p*c : (p+1)*c] {
			most = max(most, math.Abs(v-ix.centre[a]))
		}
	}
	switch {
	case c == 0:
	case most == 0:
		ix.scale = 1
	case most > 1e-140 && most < 1e140: // squares neither overflow nor vanish
		_, exponent := math.Frexp(most * math.Sqrt(float64(c)))
		ix.scale = math.Ldexp(1, -exponent-1)
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

// worst is the distance that a row must not exceed to count.
func (s *search) worst() float64 {
	if len(s.heap) < s.k {
		return math.Inf(1)
	}
	return s.heap[0].Distance
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

func (s *search) sort() {
	slices.SortFunc(s.heap, func(a, b Neighbor) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
}

// measure is the squared distance of two rows.
func measure(x, y []float64) float64 {
	y = y[:len(x)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a, b, c, d := x[i]-y[i], x[i+1]-y[i+1], x[i+2]-y[i+2], x[i+3]-y[i+3]
		s0 += float64(a * a)
		s1 += float64(b * b)
		s2 += float64(c * c)
		s3 += float64(d * d)
	}
	for ; i < len(x); i++ {
		a := x[i] - y[i]
		s0 += float64(a * a)
	}
	return (s0 + s1) + (s2 + s3)
}

// scan measures every row.
func (ix *Index) scan(s *search) {
	c := ix.cols
	for p, id := range ix.ids {
		s.offer(Neighbor{id, measure(s.q, ix.data[p*c:(p+1)*c])})
	}
}

// Nearest appends to dst the k rows nearest to q, nearest first. Row skip is left
// out; pass -1 to leave out none. If fewer than k rows remain, all are given.
func (ix *Index) Nearest(dst []Neighbor, q []float64, k, skip int) []Neighbor {
	k = min(k, ix.rows)
	if k <= 0 {
		return dst
	}
	g := ix.groups.Get().(*group)
	g.n = 1
	g.searches[0] = search{q: q, skip: skip, k: k, heap: dst[len(dst):]}
	g.run()
	near := g.searches[0].heap
	g.searches[0] = search{}
	ix.groups.Put(g)
	return append(dst, near...)
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
	out := make([][]Neighbor, r)
	block := make([]Neighbor, r*k)
	for i := range out {
		out[i] = block[i*k : i*k : (i+1)*k]
	}
	if k == 0 {
		return out
	}
	// Queries that are near each other go together.
	data, order := ix.data, ix.ids
	if !self {
		data = make([]float64, r*c)
		for i := range r {
			mat.Row(data[i*c:(i+1)*c], i, q)
		}
		order = ix.byLeaf(data, r)
	}
	parallel.Each(parallel.Blocks(r, groupSize), func(b int) {
		g := ix.groups.Get().(*group)
		lo, hi := b*groupSize, min(r, (b+1)*groupSize)
		g.n = hi - lo
		for i, row := range order[lo:hi] {
			at, skip := row, -1
			if self {
				at, skip = lo+i, row
			}
			g.searches[i] = search{q: data[at*c : (at+1)*c], skip: skip, k: k, heap: out[row]}
		}
		g.run()
		for i, row := range order[lo:hi] {
			out[row] = g.searches[i].heap
		}
		clear(g.searches[:])
		ix.groups.Put(g)
	})
	return out
}

// byLeaf returns the numbers of the n queries in the order of the leaves that they
// fall into.
func (ix *Index) byLeaf(data []float64, n int) []int {
	leaf, order := make([]int, n), make([]int, n)
	for i := range n {
		order[i] = i
		at := 0
		for ix.nodes[at].right != 0 {
			m := &ix.nodes[at]
			if data[i*ix.cols+m.axis] < m.split {
				at++
			} else {
				at = m.right
			}
		}
		leaf[i] = at
	}
	slices.SortStableFunc(order, func(a, b int) int { return leaf[a] - leaf[b] })
	return order
}
