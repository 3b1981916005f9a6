package kernel

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// Wasserstein1 returns the integral of |F(t) - G(t)|, where F and G are the
// empirical distribution functions of x and y, which must not be empty. ok is false if x
// or y holds NaN or an infinity.
//
// It counts both samples into buckets and sums the distance of each value from
// the edge of its bucket. Where F - G has one sign all over a bucket, these give its
// part of the integral exactly; only the other buckets are sorted, or cut again where
// they hold many values.
func Wasserstein1(x, y []float64) (d float64, ok bool) {
	low, high, ok := pairRange(x, y)
	if !ok {
		return 0, false
	}
	if walked(len(x)+len(y), low, high) {
		var done func()
		x, y, done = copied(x, y)
		defer done()
	}
	w := wasserstein{nx: float64(len(x)), ny: float64(len(y))}
	return w.run(x, y, 0, 0, low, high, 0), true
}

// walked tells whether n values are sorted at once: they are few, or so near to each
// other that distances within a bucket would leave the normal numbers.
func walked(n int, low, high float64) bool { return n < smallPair || high-low < 0x1p-960 }

// wasserstein has the sizes of both samples.
type wasserstein struct{ nx, ny float64 }

// difference returns F - G after cx values of x and cy of y.
func (w *wasserstein) difference(cx, cy int) float64 {
	return float64(cx)/w.nx - float64(cy)/w.ny
}

// A bin counts values and adds their distances from an edge.
type bin struct {
	sum float64
	n   int
}

var bins pool[bin]

// binSample adds sample 0 or 1 to the bins of its codes; edges are those of the
// buckets.
func binSample(m *ladder, b *[1 << 16]bin, edges *[1<<15 + 1]float64, sample int, x []float64) {
	var codes [codeBlock]uint16
	low, scale := m.low, m.scale
	for lo := 0; lo < len(x); lo += codeBlock {
		block := x[lo:min(lo+codeBlock, len(x))]
		done := firstCodes(m, &codes, sample, block)
		for i, v := range block[:done] {
			c := codes[i&(codeBlock-1)]
			p := &b[c]
			p.n++
			p.sum += v - edges[c>>1]
		}
		for _, v := range block[done:] {
			k := uint32(int64((v-low)*scale)) >> subBits & (1<<15 - 1)
			p := &b[2*k+uint32(sample&1)]
			p.n++
			p.sum += v - edges[k]
		}
	}
}

// run integrates from the smallest value to the largest, low to high, with cx and cy
// values below. It may reorder few values.
func (w *wasserstein) run(x, y []float64, cx, cy int, low, high float64, depth int) float64 {
	n := len(x) + len(y)
	switch {
	case low == high:
		return 0
	case walked(n, low, high):
		return w.sorted(x, y, cx, cy)
	}
	top := pairTop(n)
	m := pairMap(x, y, low, high, top, depth)
	c := cut{len(x), len(y), sumParts(n)}
	binsLent, edgesLent := bins.get(c.parts<<16), float64s.get(1<<15+1)
	defer bins.put(binsLent)
	defer float64s.put(edgesLent)
	at := func(p int) *[1 << 16]bin { return (*[1 << 16]bin)((*binsLent)[p<<16:]) }
	edges := (*[1<<15 + 1]float64)(*edgesLent)
	for k := range 1<<top + 1 {
		edges[k] = m.edge(k, high)
	}
	edges[1<<top] = max(edges[1<<top], high)
	parallel.Each(c.parts, func(p int) {
		x, y := c.of(p, x, y)
		clear(at(p)[:2<<top])
		binSample(&m, at(p), edges, 0, x)
		binSample(&m, at(p), edges, 1, y)
	})
	for p := 1; p < c.parts; p++ { // each part has those before it as well
		for k, b := range at(p - 1)[:2<<top] {
			at(p)[k].n += b.n
			at(p)[k].sum += b.sum
		}
	}
	all := at(c.parts - 1)
	var open parts
	var total float64
	fx, fy := cx, cy
	for k := range 1 << top {
		a, b := all[2*k], all[2*k+1]
		d := w.difference(fx, fy)
		da, db := float64(a.n)/w.nx, float64(b.n)/w.ny
		if d-db >= 0 || d+da <= 0 {
			// One sign: the integral of F - G over the bucket. A value at v adds
			// edge[k+1] - v to the integral of its function.
			wide := edges[k+1] - edges[k]
			total += math.Abs(d*wide + (da*wide - a.sum/w.nx) - (db*wide - b.sum/w.ny))
		} else {
			open.add(k, fx, fy, a.n, b.n, 0)
		}
		fx += a.n
		fy += b.n
	}
	if len(open.list) == 0 {
		return total
	}
	done := open.fetch(&m, c, func(p, code int) int { return at(p)[code].n }, x, y)
	defer done()
	inside := make([]float64, len(open.list))
	open.each(func(i int) {
		p := open.list[i]
		px, py := open.of(p)
		low, high := partRange(px, py)
		inside[i] = math.Abs(w.difference(p.cx, p.cy))*(low-edges[p.bucket]) +
			w.run(px, py, p.cx, p.cy, low, high, depth+1) +
			math.Abs(w.difference(p.cx+p.nx, p.cy+p.ny))*(edges[p.bucket+1]-high)
	})
	for _, v := range inside {
		total += v
	}
	return total
}

// sumParts tells into how many parts n values are cut. It does not depend on the cores,
// so that sums are the same bits for any number of them.
func sumParts(n int) int {
	switch {
	case n >= 1<<24:
		return 8
	case n >= 1<<22:
		return 4
	case n >= 1<<20:
		return 2
	}
	return 1
}

// partRange is pairRange where one sample may be empty.
func partRange(x, y []float64) (low, high float64) {
	switch {
	case len(x) == 0:
		low, high, _ = Range(y)
	case len(y) == 0:
		low, high, _ = Range(x)
	default:
		low, high, _ = pairRange(x, y)
	}
	return low, high
}

// sorted sorts both and integrates from the first value to the last. A tie is a step
// of no width.
func (w *wasserstein) sorted(x, y []float64, cx, cy int) float64 {
	SortFloat64s(x)
	SortFloat64s(y)
	var total float64 // of |F - G| nx ny
	i, j := 0, 0
	var at float64
	switch {
	case len(x) == 0:
		at = y[0]
	case len(y) == 0:
		at = x[0]
	default:
		at = min(x[0], y[0])
	}
	for i < len(x) && j < len(y) {
		t, first := Earlier(x[i], y[j])
		total += w.height(cx+i, cy+j) * (t - at)
		at = t
		i += first
		j += 1 - first
	}
	for ; i < len(x); i++ {
		total += w.height(cx+i, cy+j) * (x[i] - at)
		at = x[i]
	}
	for ; j < len(y); j++ {
		total += w.height(cx+i, cy+j) * (y[j] - at)
		at = y[j]
	}
	return total / (w.nx * w.ny)
}

// height returns |F - G| nx ny after cx values of x and cy of y.
func (w *wasserstein) height(cx, cy int) float64 {
	return math.Abs(float64(float64(cx)*w.ny) - float64(float64(cy)*w.nx))
}
