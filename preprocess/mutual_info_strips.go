package preprocess

import (
	"cmp"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// miStripRows is the most rows for strips: a query may have to look into every
// strip, of which there are about sqrt(n/k), so beyond that a tree is safer.
const miStripRows = 50_000

// miStrips holds points of the plane by strips of x, about equally full; those of a
// strip ascend by y.
type miStrips struct {
	p     []miPoint
	start []int32   // strip s holds p[start[s]:start[s+1]]
	low   []float64 // x of strip s is in [low[s], low[s+1]]
}

type miPoint struct {
	x, y float64
	i    int32
}

func miStripCount(n, k int) int { return max(1, int(math.Sqrt(float64(n)/float64(k)))) }

// miClumped tells whether many strips of x, whose standard deviation is about 1, would
// be so narrow (repeated values, long tails) that queries had to look into many of them.
func miClumped(sorted []float64, k int) bool {
	n := len(sorted)
	strips := miStripCount(n, k)
	narrow := 0
	for s := range strips {
		w := sorted[min((s+1)*n/strips, n-1)] - sorted[s*n/strips]
		if w*float64(strips) < 0.05 {
			narrow++
		}
	}
	return narrow > strips/16
}

// ascendingOrder returns the indices of y in ascending order of its values.
func ascendingOrder(y []float64) []int32 {
	order := make([]int32, len(y))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(y[a], y[b]) })
	return order
}

// newMIStrips takes the points (x[i], y[i]); sorted is x in ascending order, order that
// of y.
func newMIStrips(x, y, sorted []float64, order []int32, k int) *miStrips {
	n := len(x)
	strips := miStripCount(n, k)
	t := &miStrips{p: make([]miPoint, n), start: make([]int32, strips+1), low: make([]float64, strips+1)}
	for s := range strips {
		t.low[s] = sorted[s*n/strips]
	}
	t.low[strips] = sorted[n-1]
	of := make([]int32, n)
	for i, v := range x {
		lo, hi := 0, strips // low[lo] <= v, and v < low[hi] or hi is past the last
		for hi-lo > 1 {
			mid := int(uint(lo+hi) / 2)
			if t.low[mid] <= v {
				lo = mid
			} else {
				hi = mid
			}
		}
		of[i] = int32(lo)
		t.start[lo+1]++
	}
	for s := range strips {
		t.start[s+1] += t.start[s]
	}
	at := slices.Clone(t.start)
	for _, i := range order {
		s := of[i]
		t.p[at[s]] = miPoint{x[i], y[i], i}
		at[s]++
	}
	return t
}

// kthDistances writes the distance of every point to the k-th nearest other one under
// max(|dx|, |dy|) into dst.
func (t *miStrips) kthDistances(dst []float64, k int) {
	strips := len(t.low) - 1
	parallel.For(strips, 8, func(_, from, to int) {
		q := miQuery{best: make([]float64, k)}
		at := make([]int32, strips) // the first point of a strip that is not below y
		for s := from; s < to; s++ {
			copy(at, t.start)
			for j := t.start[s]; j < t.start[s+1]; j++ {
				p := &t.p[j]
				q.begin(p.x, p.y)
				q.up(t.p[j+1 : t.start[s+1]])
				q.down(t.p[t.start[s]:j])
				for o := s - 1; o >= 0 && p.x-t.low[o+1] < q.bound; o-- {
					t.look(&q, at, o)
				}
				for o := s + 1; o < strips && t.low[o]-p.x < q.bound; o++ {
					t.look(&q, at, o)
				}
				dst[p.i] = q.bound
			}
		}
	})
}

// look offers the points of another strip, outward from the height of the query.
func (t *miStrips) look(q *miQuery, at []int32, s int) {
	c, end := at[s], t.start[s+1]
	for c < end && t.p[c].y < q.y {
		c++
	}
	at[s] = c
	q.up(t.p[c:end])
	q.down(t.p[t.start[s]:c])
}

// miQuery keeps the k least distances from a point.
type miQuery struct {
	x, y, bound float64
	best        []float64 // ascending; bound is the last
}

func (q *miQuery) begin(x, y float64) {
	q.x, q.y, q.bound = x, y, math.Inf(1)
	for i := range q.best {
		q.best[i] = q.bound
	}
}

// up offers points not below the query, ascending.
func (q *miQuery) up(p []miPoint) {
	x, y, bound := q.x, q.y, q.bound
	for i := range p {
		dy := p[i].y - y
		if dy >= bound {
			return
		}
		if dx := math.Abs(p[i].x - x); dx < bound {
			bound = q.offer(max(dx, dy))
		}
	}
}

// down offers points not above the query, ascending, from the last.
func (q *miQuery) down(p []miPoint) {
	x, y, bound := q.x, q.y, q.bound
	for i := len(p) - 1; i >= 0; i-- {
		dy := y - p[i].y
		if dy >= bound {
			return
		}
		if dx := math.Abs(p[i].x - x); dx < bound {
			bound = q.offer(max(dx, dy))
		}
	}
}

// offer takes a distance below the bound and returns the bound that results.
func (q *miQuery) offer(d float64) float64 {
	best := q.best
	j := len(best) - 1
	for ; j > 0 && best[j-1] > d; j-- {
		best[j] = best[j-1]
	}
	best[j] = d
	q.bound = best[len(best)-1]
	return q.bound
}

// kthDistances returns the distance of every point (x[i], y[i]) to the k-th nearest
// other one; sorted is x in ascending order, order that of y.
func kthDistances(x, y, sorted []float64, order []int32, k int) []float64 {
	n := len(x)
	dist := make([]float64, n)
	if n <= miStripRows && !miClumped(sorted, k) {
		newMIStrips(x, y, sorted, order, k).kthDistances(dist, k)
		return dist
	}
	tree := kernel.NewPlane(x, y)
	parallel.For(n, miBlock, func(_, lo, hi int) { tree.KthDistances(dist, k, lo, hi) })
	return dist
}
