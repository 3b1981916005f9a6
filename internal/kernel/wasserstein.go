package kernel

import "math"

// Wasserstein1 returns the integral of |F(t) - G(t)|, where F and G are the
// empirical distribution functions of x and y, which must be finite and not empty.
//
// It counts both samples into buckets and sums the distance of each value from
// the edge of its bucket. Where F - G has one sign all over a bucket, these give its
// part of the integral exactly; only the other buckets are sorted.
func Wasserstein1(x, y []float64) float64 {
	n := len(x) + len(y)
	low, high := rangeOf(x, y)
	width := high - low
	if !(width > 0) {
		return 0
	}
	buckets := bucketCount(n)
	scale := float64(buckets-1) / width
	if n < smallKS || math.IsInf(width, 0) || math.IsInf(scale, 0) || scale == 0 {
		return wassersteinSorted(x, y, 0, 0, float64(len(x)), float64(len(y)), low, high)
	}
	type bin struct {
		n   int
		sum float64 // of v - low of the bucket
	}
	a, b := make([]bin, buckets), make([]bin, buckets)
	step := width / float64(buckets-1)
	edge := make([]float64, buckets+1)
	for k := range edge {
		edge[k] = low + float64(k)*step
	}
	edge[buckets] = max(edge[buckets], high)
	for _, v := range x {
		p := &a[int((v-low)*scale)]
		p.n++
		p.sum += v - edge[int((v-low)*scale)]
	}
	for _, v := range y {
		p := &b[int((v-low)*scale)]
		p.n++
		p.sum += v - edge[int((v-low)*scale)]
	}
	nx, ny := float64(len(x)), float64(len(y))
	open := make([]int32, buckets)
	type span struct{ cx, cy, nx, ny, k int }
	var spans []span
	var needX, needY, cx, cy int
	var total float64
	for k := range a {
		d := float64(cx)/nx - float64(cy)/ny
		da, db := float64(a[k].n)/nx, float64(b[k].n)/ny
		if d-db >= 0 || d+da <= 0 {
			// One sign: the integral of F - G over the bucket. A value at v adds
			// edge[k+1] - v to the integral of its function.
			w := edge[k+1] - edge[k]
			total += math.Abs(d*w + (da*w - a[k].sum/nx) - (db*w - b[k].sum/ny))
		} else {
			spans = append(spans, span{cx, cy, needX, needY, k})
			open[k] = int32(len(spans))
			needX += a[k].n
			needY += b[k].n
		}
		cx += a[k].n
		cy += b[k].n
	}
	if len(spans) == 0 {
		return total
	}
	px, py := collect(x, open, len(spans), low, scale, needX), collect(y, open, len(spans), low, scale, needY)
	for i, sp := range spans {
		endX, endY := needX, needY
		if i+1 < len(spans) {
			endX, endY = spans[i+1].nx, spans[i+1].ny
		}
		total += wassersteinSorted(px[sp.nx:endX], py[sp.ny:endY], float64(sp.cx), float64(sp.cy), nx, ny, edge[sp.k], edge[sp.k+1])
	}
	return total
}

// wassersteinSorted integrates over [from, to], with cx and cy values below it. A
// value that rounding put just outside counts as on the edge.
func wassersteinSorted(x, y []float64, cx, cy, nx, ny, from, to float64) float64 {
	x, y = sortedCopy(x), sortedCopy(y)
	var total float64
	at := from
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		t := math.Inf(1)
		if i < len(x) {
			t = x[i]
		}
		if j < len(y) && y[j] < t {
			t = y[j]
		}
		total += math.Abs((cx+float64(i))/nx-(cy+float64(j))/ny) * (t - at)
		at = t
		for i < len(x) && x[i] == t {
			i++
		}
		for j < len(y) && y[j] == t {
			j++
		}
	}
	return total + math.Abs((cx+float64(i))/nx-(cy+float64(j))/ny)*(to-at)
}
