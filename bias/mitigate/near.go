package mitigate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/neighbors"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A Missing says what becomes of NaN in the features.
type Missing int

const (
	// Refuse makes NaN an error, as imbalanced-learn does.
	Refuse Missing = iota
	// Keep measures distances over the columns that both rows have, scaled up to all
	// (nan-euclidean); a new row takes the value that one parent lacks from the
	// other, and NaN where both lack it. Memory stays linear in the rows.
	Keep
)

// nearest returns the k nearest rows of x for every row of q. With self, q is part
// of x, and rows[i] is the row of x that q's row i is: a row is not its own
// neighbour. If q is x itself, rows are its rows in order.
func nearest(x, q *mat.Dense, rows []int, k int, missing Missing) [][]neighbors.Neighbor {
	if missing == Refuse {
		ix := neighbors.New(x)
		if x == q {
			return ix.All(q, k, true)
		}
		// One more, and without the row itself, is the same as leaving it out.
		out := ix.All(q, k+1, false)
		for i, near := range out {
			own := slices.IndexFunc(near, func(n neighbors.Neighbor) bool { return n.Row == rows[i] })
			if own >= 0 {
				copy(near[own:], near[own+1:])
			}
			out[i] = near[:min(k, len(near)-1)]
		}
		return out
	}
	n, _ := q.Dims()
	m, _ := x.Dims()
	out := make([][]neighbors.Neighbor, n)
	scan(n, m, k, rows, out, func(i, j int) float64 { return nanDistance(q.RawRowView(i), x.RawRowView(j)) })
	return out
}

// scan finds neighbours by brute force under any squared distance.
func scan(n, m, k int, rows []int, out [][]neighbors.Neighbor, distance func(i, j int) float64) {
	const block = 64
	parallel.Each(parallel.Blocks(n, block), func(b int) {
		for i := b * block; i < min(n, (b+1)*block); i++ {
			best := make([]neighbors.Neighbor, 0, k+1)
			for j := range m {
				if rows != nil && rows[i] == j {
					continue
				}
				d := distance(i, j)
				if len(best) == k && d >= best[k-1].Distance {
					continue
				}
				at, _ := slices.BinarySearchFunc(best, d, func(a neighbors.Neighbor, d float64) int {
					if a.Distance <= d {
						return -1
					}
					return 1
				})
				best = slices.Insert(best, at, neighbors.Neighbor{Row: j, Distance: d})
				if len(best) > k {
					best = best[:k]
				}
			}
			out[i] = best
		}
	})
}

// nanDistance is the squared distance over common columns, scaled up to all; +Inf
// where none is common.
func nanDistance(a, b []float64) float64 {
	var s float64
	n := 0
	for i, v := range a {
		if d := v - b[i]; d == d {
			s += d * d
			n++
		}
	}
	if n == 0 {
		return math.Inf(1)
	}
	return s * float64(len(a)) / float64(n)
}

// between sets dst to a + u (b - a), with missing values taken from the other.
func between(dst, a, b []float64, u float64) {
	for i, v := range a {
		w := b[i]
		switch {
		case v != v:
			dst[i] = w
		case w != w:
			dst[i] = v
		default:
			dst[i] = v + u*(w-v)
		}
	}
}

// maxBlocks keeps the streams of two classes apart.
const maxBlocks = 1 << 20

// generated fills the new rows of a class.
func generated[L cmp.Ordered](out *Resampled[L], at, count int, label L, seed uint64, stream int, one maker) {
	for range count {
		out.Y = append(out.Y, label)
		out.Source = append(out.Source, 0)
	}
	inBlocks(count, seed, stream, func(i int, u rng) {
		out.Source[at+i] = one(out.X.RawRowView(at+i), i, u)
	})
}

// inBlocks calls do for 0 to n-1 on several cores, in blocks with generators of their own.
func inBlocks(n int, seed uint64, stream int, do func(i int, u rng)) {
	const block = 1024
	parallel.Each(parallel.Blocks(n, block), func(b int) {
		u := generator(seed, stream*maxBlocks+b)
		for i := b * block; i < min(n, (b+1)*block); i++ {
			do(i, u)
		}
	})
}

// rng is what the generators draw from.
type rng interface {
	IntN(n int) int
	Float64() float64
}
