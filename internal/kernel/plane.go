package kernel

import "math"

// Plane answers nearest-neighbour queries among points of the plane under the
// Chebyshev distance max(|dx|, |dy|). It is a balanced k-d tree in two arrays:
// the points of a node are a run, halved along its wider side.
type Plane struct {
	p     []planePoint
	split []planeSplit // by node, root at 1
	leaf  int          // depth of the leaves
}

type planePoint struct {
	x, y float64
	i    int32
}

type planeSplit struct {
	at  float64
	onY bool
}

// planeLeaf is the number of points below which scanning beats descending.
const planeLeaf = 8

// NewPlane builds the tree of the points (x[i], y[i]), which hold no NaN.
func NewPlane(x, y []float64) *Plane {
	t := &Plane{p: make([]planePoint, len(x))}
	for i := range x {
		t.p[i] = planePoint{x[i], y[i], int32(i)}
	}
	for n := len(x); n > planeLeaf; n = (n + 1) / 2 {
		t.leaf++
	}
	t.split = make([]planeSplit, 1<<t.leaf)
	t.build(1, 0, 0, len(x))
	return t
}

func (t *Plane) build(node, depth, lo, hi int) {
	if depth == t.leaf {
		return
	}
	p := t.p[lo:hi]
	x0, x1, y0, y1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for i := range p {
		x0, x1 = min(x0, p[i].x), max(x1, p[i].x)
		y0, y1 = min(y0, p[i].y), max(y1, p[i].y)
	}
	s := &t.split[node]
	s.onY = y1-y0 > x1-x0
	mid := len(p) / 2
	if s.onY {
		s.at = selectY(p, mid)
	} else {
		s.at = selectX(p, mid)
	}
	t.build(2*node, depth+1, lo, lo+mid)
	t.build(2*node+1, depth+1, lo+mid, hi)
}

// selectX puts the point of rank k by x into its place, smaller ones before it,
// and returns its x.
func selectX(p []planePoint, k int) float64 {
	lo, hi := 0, len(p)-1
	for lo < hi {
		v := median3(p[lo].x, p[(lo+hi)/2].x, p[hi].x)
		i, j := lo, hi
		for i <= j {
			for p[i].x < v {
				i++
			}
			for p[j].x > v {
				j--
			}
			if i <= j {
				p[i], p[j] = p[j], p[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return p[k].x
		}
	}
	return p[k].x
}

func selectY(p []planePoint, k int) float64 {
	lo, hi := 0, len(p)-1
	for lo < hi {
		v := median3(p[lo].y, p[(lo+hi)/2].y, p[hi].y)
		i, j := lo, hi
		for i <= j {
			for p[i].y < v {
				i++
			}
			for p[j].y > v {
				j--
			}
			if i <= j {
				p[i], p[j] = p[j], p[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return p[k].y
		}
	}
	return p[k].y
}

func median3(a, b, c float64) float64 {
	return max(min(a, b), min(max(a, b), c))
}

// Len returns the number of points.
func (t *Plane) Len() int { return len(t.p) }

// KthDistances writes, for the points lo to hi in the order of the tree, the
// distance to the k-th nearest other point into dst at the index that the point
// has in the input. k is below the number of points.
func (t *Plane) KthDistances(dst []float64, k, lo, hi int) {
	q := planeQuery{t: t, best: make([]float64, k)}
	for i := lo; i < hi; i++ {
		dst[t.p[i].i] = q.kth(i)
	}
}

type planeQuery struct {
	t     *Plane
	best  []float64 // ascending
	stack [64]planeVisit
}

type planeVisit struct {
	node, depth, lo, hi int32
	dx, dy, far         float64
}

// kth returns the distance to the k-th nearest other point.
func (q *planeQuery) kth(self int) float64 {
	t := q.t
	best := q.best
	for i := range best {
		best[i] = math.Inf(1)
	}
	k := len(best) - 1
	bound := math.Inf(1)
	x, y := t.p[self].x, t.p[self].y
	leaf := int32(t.leaf)
	q.stack[0] = planeVisit{node: 1, hi: int32(len(t.p))}
	for n := 1; n > 0; {
		n--
		if q.stack[n].far >= bound {
			continue
		}
		v := q.stack[n]
		for v.depth < leaf {
			s := t.split[v.node]
			mid := v.lo + (v.hi-v.lo)/2
			dx, dy := v.dx, v.dy
			var d float64
			if s.onY {
				d = y - s.at
				dy = math.Abs(d)
			} else {
				d = x - s.at
				dx = math.Abs(d)
			}
			v.depth++
			if dx < bound && dy < bound {
				f := &q.stack[n]
				n++
				f.depth, f.dx, f.dy, f.far = v.depth, dx, dy, dx
				if dy > dx {
					f.far = dy
				}
				if d < 0 {
					f.node, f.lo, f.hi = 2*v.node+1, mid, v.hi
				} else {
					f.node, f.lo, f.hi = 2*v.node, v.lo, mid
				}
			}
			if d < 0 {
				v.node, v.hi = 2*v.node, mid
			} else {
				v.node, v.lo = 2*v.node+1, mid
			}
		}
		p := t.p[v.lo:v.hi]
		for i := range p {
			dx, dy := math.Abs(p[i].x-x), math.Abs(p[i].y-y)
			if dx < bound && dy < bound && int(v.lo)+i != self {
				if dy > dx {
					dx = dy
				}
				j := k
				for ; j > 0 && best[j-1] > dx; j-- {
					best[j] = best[j-1]
				}
				best[j] = dx
				bound = best[k]
			}
		}
	}
	return bound
}

// Sorted answers how many of its values lie near a number, by an ascending
// slice with an index of equal buckets over its range.
type Sorted struct {
	v          []float64
	start      []int32 // start[b] is the first value of bucket b or later
	min, scale float64
}

// NewSorted takes an ascending slice of finite values, which it keeps.
func NewSorted(v []float64) *Sorted {
	s := &Sorted{v: v}
	buckets := len(v)
	if len(v) > 0 {
		s.min = v[0]
		if w := v[len(v)-1] - v[0]; w > 0 && !math.IsInf(w, 0) {
			s.scale = float64(buckets) / w
		}
	}
	if math.IsInf(s.scale, 0) {
		s.scale = 0
	}
	s.start = make([]int32, buckets+3)
	b := 0
	for i, x := range v {
		for at := s.bucket(x); b <= at; b++ {
			s.start[b] = int32(i)
		}
	}
	for ; b < len(s.start); b++ {
		s.start[b] = int32(len(v))
	}
	return s
}

// bucket never decreases with x.
func (s *Sorted) bucket(x float64) int {
	b := (x - s.min) * s.scale
	if !(b > 0) {
		return 0
	}
	return int(min(b, float64(len(s.start)-2)))
}

// lower returns the index of the first value that is not below x.
func (s *Sorted) lower(x float64) int {
	b := s.bucket(x)
	lo, hi := int(s.start[b]), int(s.start[b+1])
	for hi-lo > 8 {
		mid := int(uint(lo+hi) / 2)
		if s.v[mid] < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for lo < hi && s.v[lo] < x {
		lo++
	}
	return lo
}

// CountNearer returns how many values s lie nearer to x than d, x itself
// included if it is one: |s - x| < d, or s = x where d is 0.
func (s *Sorted) CountNearer(x, d float64) int {
	if d == 0 {
		d = math.SmallestNonzeroFloat64
	}
	v := s.v
	lo := s.lower(x - d)
	for lo > 0 && x-v[lo-1] < d {
		lo--
	}
	for lo < len(v) && x-v[lo] >= d {
		lo++
	}
	hi := s.lower(x + d)
	for hi < len(v) && v[hi]-x < d {
		hi++
	}
	for hi > lo && v[hi-1]-x >= d {
		hi--
	}
	return hi - lo
}
