package kernel

import (
	"math"
	"slices"
)

// Strips answers what Plane does for some ten thousand points spread over x, in a
// third of the time: points by strips of x, about equally full; those of a strip ascend by
// y, so that a cursor per strip replaces the search for the height of a query.
type Strips struct {
	p     []stripPoint
	start []int32   // strip s holds p[start[s]:start[s+1]]
	low   []float64 // x of strip s is in [low[s], low[s+1]]
}

type stripPoint struct {
	x, y float64
	i    int32
}

func stripCount(n, k int) int { return max(1, int(math.Sqrt(float64(n)/float64(k)))) }

// StripsSuit tells whether Strips rather than Plane is to be used for the k-th neighbours
// of points whose x are these, ascending, with a standard deviation of about 1.
//
// A query may have to look into every one of the about sqrt(n/k) strips, so there is a
// limit to n. It looks into many where strips are narrow, as with repeated values and
// long tails: with x of five sixths zeros, Strips takes 1.8 times as long as Plane at 10,000
// points and 3.0 times at 50,000 (BenchmarkKthDistances), where a normal x takes a third.
// One in sixteen may be narrower than a twentieth of its share of a range of 1.
func StripsSuit(sorted []float64, k int) bool {
	const (
		most   = 50_000
		narrow = 0.05
		share  = 16
	)
	n := len(sorted)
	if n > most {
		return false
	}
	strips := stripCount(n, k)
	found := 0
	for s := range strips {
		w := sorted[min((s+1)*n/strips, n-1)] - sorted[s*n/strips]
		if w*float64(strips) < narrow {
			found++
		}
	}
	return found <= strips/share
}

// NewStrips takes the points (x[i], y[i]), at least one, which hold no NaN; sorted is x in
// ascending order and order the Argsort of y. k is that of the queries to come.
func NewStrips(x, y, sorted []float64, order []int, k int) *Strips {
	n := len(x)
	strips := stripCount(n, k)
	t := &Strips{p: make([]stripPoint, n), start: make([]int32, strips+1), low: make([]float64, strips+1)}
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
		t.p[at[s]] = stripPoint{x[i], y[i], int32(i)}
		at[s]++
	}
	return t
}

// Len returns the number of strips.
func (t *Strips) Len() int { return len(t.low) - 1 }

// KthDistances writes, for the points of the strips lo to hi, the distance to the k-th
// nearest other point under max(|dx|, |dy|) into dst at the index that the point has in the
// input. k is below the number of points.
func (t *Strips) KthDistances(dst []float64, k, lo, hi int) {
	strips := t.Len()
	q := stripQuery{best: make([]float64, k)}
	at := make([]int32, strips) // the first point of a strip that is not below y
	for s := lo; s < hi; s++ {
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
}

// look offers the points of another strip, outward from the height of the query.
func (t *Strips) look(q *stripQuery, at []int32, s int) {
	c, end := at[s], t.start[s+1]
	for c < end && t.p[c].y < q.y {
		c++
	}
	at[s] = c
	q.up(t.p[c:end])
	q.down(t.p[t.start[s]:c])
}

// stripQuery keeps the k least distances from a point.
type stripQuery struct {
	x, y, bound float64
	best        []float64 // ascending; bound is the last
}

func (q *stripQuery) begin(x, y float64) {
	q.x, q.y, q.bound = x, y, math.Inf(1)
	for i := range q.best {
		q.best[i] = q.bound
	}
}

// up offers points not below the query, ascending.
func (q *stripQuery) up(p []stripPoint) {
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
func (q *stripQuery) down(p []stripPoint) {
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
func (q *stripQuery) offer(d float64) float64 {
	best := q.best
	j := len(best) - 1
	for ; j > 0 && best[j-1] > d; j-- {
		best[j] = best[j-1]
	}
	best[j] = d
	q.bound = best[len(best)-1]
	return q.bound
}
