package neighbors

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// Where a k-d tree does not help, the neighbours of all rows among themselves are
// found by looking at each pair once. Rows are turned to their principal axes, so that
// few coordinates tell most of a distance, and put in tiles of near rows. A pair
// whose distance over the first axes already exceeds what both rows need is left;
// the others are measured exactly, on the rows as they were given, so that the result
// is that of the plain scan.

const (
	tileRows = 128
	// head is the number of axes looked at first.
	head = 12
	// maxTurned is the number of columns beyond which turning the rows costs more
	// than it saves, and columns are ordered by variance instead.
	maxTurned = 64
	// maxMagnitude bounds values whose squares neither overflow nor, as its inverse,
	// vanish.
	maxMagnitude = 1e140
)

// A join is such a search under way. All slices are in the order of the tiles.
type join struct {
	ix    *Index
	ids   []int     // position -> row
	axes  []float64 // rows x cols, turned
	half  []float64 // half the squared norm over the head
	rest  []float64 // half the squared norm over the other axes
	need  []float64 // half the squared distance below which a pair counts, with slack
	best  []search
	tiles [][2]int
	low   [][head]float64 // bounds of each tile over the head
	high  [][head]float64
	slack float64 // what rounding may add to a distance
	error float64 // what rounding may add to half a squared distance
}

// pairs returns, for every row, its k nearest other rows, or false if the values do
// not allow it.
func (ix *Index) pairs(k int) ([][]Neighbor, bool) {
	j := join{ix: ix}
	if !j.turn() {
		return nil, false
	}
	j.arrange()
	block := make([]Neighbor, ix.rows*k)
	j.best = make([]search, ix.rows)
	j.need = make([]float64, ix.rows)
	for p := range j.best {
		j.best[p] = search{skip: -1, k: k, heap: block[p*k : p*k : (p+1)*k]}
		j.need[p] = math.Inf(1)
	}
	n := len(j.tiles)
	parallel.Each(n, func(t int) { j.meet(t, t) })
	// A tournament: in each round every tile meets one other, so the pairs of a
	// round share nothing and may run on several cores.
	even := n + n&1
	for round := range even - 1 {
		parallel.Each(even/2, func(i int) {
			a, b := (round+i)%(even-1), (round+even-1-i)%(even-1)
			if i == 0 {
				b = even - 1
			}
			if a < n && b < n {
				j.meet(min(a, b), max(a, b))
			}
		})
	}
	out := make([][]Neighbor, ix.rows)
	for p := range j.best {
		h := j.best[p].heap
		slices.SortFunc(h, func(a, b Neighbor) int {
			if a.before(b) {
				return -1
			}
			return 1
		})
		out[j.ids[p]] = h
	}
	return out, true
}

// turn fills axes, in the order of the index.
func (j *join) turn() bool {
	n, c := j.ix.rows, j.ix.cols
	mean := make([]float64, c)
	for p := range n {
		for a, v := range j.ix.data[p*c : (p+1)*c] {
			if !(math.Abs(v) < maxMagnitude) {
				return false
			}
			mean[a] += v / float64(n)
		}
	}
	centred := make([]float64, n*c)
	for p := range n {
		for a := range c {
			centred[p*c+a] = j.ix.data[p*c+a] - mean[a]
		}
	}
	step := max(1, n/2000) // a sample shows the axes well enough
	cov := mat.NewSymDense(c, nil)
	var most float64
	for p := range n {
		var s float64
		for _, v := range centred[p*c : (p+1)*c] {
			s += v * v
		}
		most = math.Max(most, s)
	}
	if !(most > 1/maxMagnitude && most < maxMagnitude) {
		return false
	}
	scale := 1 / most
	for p := 0; p < n; p += step {
		row := centred[p*c : (p+1)*c]
		for a, v := range row {
			cov.SetSym(a, a, cov.At(a, a)+scale*v*v)
			if c > maxTurned {
				continue
			}
			for b := range a {
				cov.SetSym(a, b, cov.At(a, b)+scale*v*row[b])
			}
		}
	}
	if c <= maxTurned {
		var e mat.EigenSym
		if !e.Factorize(cov, true) {
			return false
		}
		var v mat.Dense
		e.VectorsTo(&v)
		// Eigenvalues ascend: the last column is the longest axis.
		by := mat.NewDense(c, c, nil)
		for a := range c {
			by.SetCol(a, mat.Col(nil, c-1-a, &v))
		}
		var turned mat.Dense
		turned.Mul(mat.NewDense(n, c, centred), by)
		j.axes = turned.RawMatrix().Data
	} else {
		order := make([]int, c)
		for a := range order {
			order[a] = a
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch x, y := cov.At(a, a), cov.At(b, b); {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return 0
		})
		j.axes = make([]float64, n*c)
		for p := range n {
			for a, from := range order {
				j.axes[p*c+a] = centred[p*c+from]
			}
		}
	}
	// Bounds of the rounding: each coordinate is off by a few c eps of the largest
	// norm, half a squared distance made of norms and products by as much of its square.
	const eps = 0x1p-52
	j.slack = 32 * float64(c) * math.Sqrt(float64(c)) * eps * math.Sqrt(most)
	j.error = 32 * float64(c) * eps * most
	return true
}

// arrange puts near rows in tiles.
func (j *join) arrange() {
	n, c := j.ix.rows, j.ix.cols
	order := make([]int, n)
	for p := range order {
		order[p] = p
	}
	var split func(lo, hi int)
	split = func(lo, hi int) {
		if hi-lo <= tileRows {
			j.tiles = append(j.tiles, [2]int{lo, hi})
			return
		}
		axis, width := 0, -1.0
		for a := range head {
			low, high := math.Inf(1), math.Inf(-1)
			for _, p := range order[lo:hi] {
				v := j.axes[p*c+a]
				low, high = min(low, v), max(high, v)
			}
			if high-low > width {
				axis, width = a, high-low
			}
		}
		mid := (hi - lo) / 2
		selectNth(order[lo:hi], mid, func(p int) float64 { return j.axes[p*c+axis] })
		split(lo, lo+mid)
		split(lo+mid, hi)
	}
	split(0, n)
	axes := make([]float64, n*c)
	j.ids, j.half, j.rest = order, make([]float64, n), make([]float64, n)
	for p, from := range order {
		row := axes[p*c : (p+1)*c]
		copy(row, j.axes[from*c:])
		for a, v := range row {
			if a < head {
				j.half[p] += v * v / 2
			} else {
				j.rest[p] += v * v / 2
			}
		}
	}
	j.axes = axes
	j.low, j.high = make([][head]float64, len(j.tiles)), make([][head]float64, len(j.tiles))
	for t, tile := range j.tiles {
		for a := range head {
			low, high := math.Inf(1), math.Inf(-1)
			for p := tile[0]; p < tile[1]; p++ {
				v := axes[p*c+a]
				low, high = min(low, v), max(high, v)
			}
			j.low[t][a], j.high[t][a] = low, high
		}
	}
}

// meet looks at the pairs of two tiles, or of one with itself.
func (j *join) meet(s, t int) {
	c := j.ix.cols
	a0, a1, b0, b1 := j.tiles[s][0], j.tiles[s][1], j.tiles[t][0], j.tiles[t][1]
	if s != t {
		var gap float64
		for a := range head {
			if d := max(j.low[t][a]-j.high[s][a], j.low[s][a]-j.high[t][a]); d > 0 {
				gap += d * d
			}
		}
		if most := max(slices.Max(j.need[a0:a1]), slices.Max(j.need[b0:b1])); gap/2 > most {
			return
		}
	}
	half, need := j.half[b0:b1], j.need[b0:b1]
	for p := a0; p < a1; p++ {
		q := j.axes[p*c : (p+1)*c : (p+1)*c]
		x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, xa, xb := q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7], q[8], q[9], q[10], q[11]
		tail, rest := q[head:], j.rest[p]
		ha, na := j.half[p], j.need[p]
		first := 0
		if s == t {
			first = p - a0 + 1
		}
		rows := j.axes[b0*c:]
		for i := first; i < len(half); i++ {
			r := (*[head]float64)(rows[i*c:])
			// Half the squared distance is |a|^2/2 + |b|^2/2 - ab.
			d := ha + half[i] - ((x0*r[0] + x1*r[1] + x2*r[2]) + (x3*r[3] + x4*r[4] + x5*r[5]) + ((x6*r[6] + x7*r[7] + x8*r[8]) + (x9*r[9] + xa*r[10] + xb*r[11])))
			if d > na && d > need[i] {
				continue
			}
			o := rows[i*c+head : (i+1)*c]
			o = o[:len(tail)]
			d += rest + j.rest[b0+i]
			var s0, s1, s2, s3 float64
			a := 0
			for ; a+4 <= len(tail); a += 4 {
				s0 += tail[a] * o[a]
				s1 += tail[a+1] * o[a+1]
				s2 += tail[a+2] * o[a+2]
				s3 += tail[a+3] * o[a+3]
			}
			for ; a < len(tail); a++ {
				s0 += tail[a] * o[a]
			}
			d -= (s0 + s1) + (s2 + s3)
			if d > na && d > need[i] {
				continue
			}
			j.offer(p, b0+i)
			na = j.need[p]
		}
	}
}

// offer measures a pair exactly and tells both rows.
func (j *join) offer(p, q int) {
	c := j.ix.cols
	a, b := j.ids[p], j.ids[q]
	x, y := j.ix.data[a*c:(a+1)*c], j.ix.data[b*c:(b+1)*c]
	var d float64
	for i, v := range x {
		e := v - y[i]
		d += float64(e * e)
	}
	for _, to := range [2][2]int{{p, b}, {q, a}} {
		s := &j.best[to[0]]
		s.offer(Neighbor{to[1], d})
		if len(s.heap) == s.k {
			r := math.Sqrt(s.heap[0].Distance) + j.slack
			j.need[to[0]] = r*r/2*(1+1e-9) + j.error
		}
	}
}
