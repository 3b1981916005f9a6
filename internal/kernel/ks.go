package kernel

import "math"

// KSDifferences returns the largest and the smallest value of F(t) - G(t) over all
// t, where F and G are the empirical distribution functions of x and y, as exact
// counts: the largest is hi/(n m) and the smallest lo/(n m), with n = len(x) and
// m = len(y). x and y must be finite and not empty.
//
// It counts both samples into buckets, and sorts only those buckets inside which
// a difference beyond the best at the bucket edges is possible. Where that is most
// of the data (a heavy tail in one bucket), the bucket is cut again.
func KSDifferences(x, y []float64) (hi, lo float64) {
	s := ks{n: float64(len(x)), m: float64(len(y))}
	s.run(x, y, 0, 0, 0)
	return s.hi, s.lo
}

// ks holds the best differences so far, in units of 1/(n m).
type ks struct{ n, m, hi, lo float64 }

// at takes the difference after cx values of x and cy of y.
func (s *ks) at(cx, cy int) {
	d := float64(cx)*s.m - float64(cy)*s.n
	s.hi, s.lo = max(s.hi, d), min(s.lo, d)
}

// smallKS is the size below which sorting is faster than counting.
const smallKS = 4096

// run handles the values of one range, with cx and cy values below it.
func (s *ks) run(x, y []float64, cx, cy, depth int) {
	n := len(x) + len(y)
	if n < smallKS || depth == 4 {
		s.sorted(x, y, cx, cy)
		return
	}
	low, high := rangeOf(x, y)
	width := high - low
	buckets := bucketCount(n)
	scale := float64(buckets-1) / width
	if !(width > 0) || math.IsInf(width, 0) || math.IsInf(scale, 0) {
		s.sorted(x, y, cx, cy)
		return
	}
	a, b := make([]int32, buckets), make([]int32, buckets)
	for _, v := range x {
		a[int((v-low)*scale)]++
	}
	for _, v := range y {
		b[int((v-low)*scale)]++
	}
	// The differences at the edges are exact; they bound what hides between.
	fx, fy := cx, cy
	for k := range a {
		fx += int(a[k])
		fy += int(b[k])
		s.at(fx, fy)
	}
	// open[k] is 1 + the place of bucket k among those that must be looked into.
	open := make([]int32, buckets)
	type span struct{ cx, cy, nx, ny int }
	var spans []span
	var needX, needY int
	fx, fy = cx, cy
	for k := range a {
		if a[k] > 0 && b[k] > 0 {
			up := float64(fx+int(a[k]))*s.m - float64(fy)*s.n
			down := float64(fx)*s.m - float64(fy+int(b[k]))*s.n
			if up > s.hi || down < s.lo {
				spans = append(spans, span{fx, fy, needX, needY})
				open[k] = int32(len(spans))
				needX += int(a[k])
				needY += int(b[k])
			}
		}
		fx += int(a[k])
		fy += int(b[k])
	}
	if len(spans) == 0 {
		return
	}
	px, py := collect(x, open, len(spans), low, scale, needX), collect(y, open, len(spans), low, scale, needY)
	for i, sp := range spans {
		endX, endY := needX, needY
		if i+1 < len(spans) {
			endX, endY = spans[i+1].nx, spans[i+1].ny
		}
		up := float64(sp.cx+endX-sp.nx)*s.m - float64(sp.cy)*s.n
		down := float64(sp.cx)*s.m - float64(sp.cy+endY-sp.ny)*s.n
		if up > s.hi || down < s.lo {
			s.run(px[sp.nx:endX], py[sp.ny:endY], sp.cx, sp.cy, depth+1)
		}
	}
}

// collect gathers the values of the open buckets, bucket after bucket.
func collect(x []float64, open []int32, spans int, low, scale float64, need int) []float64 {
	start := make([]int, spans+1)
	for _, v := range x {
		if k := open[int((v-low)*scale)]; k > 0 {
			start[k]++
		}
	}
	for i := 1; i <= spans; i++ {
		start[i] += start[i-1]
	}
	out := make([]float64, need)
	for _, v := range x {
		if k := open[int((v-low)*scale)]; k > 0 {
			out[start[k-1]] = v
			start[k-1]++
		}
	}
	return out
}

// sorted walks the merged order, stepping over ties as one.
func (s *ks) sorted(x, y []float64, cx, cy int) {
	x, y = sortedCopy(x), sortedCopy(y)
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		t := min(x[i], y[j])
		for i < len(x) && x[i] == t {
			i++
		}
		for j < len(y) && y[j] == t {
			j++
		}
		s.at(cx+i, cy+j)
	}
	s.at(cx+len(x), cy+j) // the rest of one side is monotone: its end is enough
	s.at(cx+len(x), cy+len(y))
}

func sortedCopy(x []float64) []float64 {
	x = append([]float64(nil), x...)
	SortFloat64s(x)
	return x
}

// rangeOf returns the smallest and the largest of two samples.
func rangeOf(x, y []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range [2][]float64{x, y} {
		l0, l1, h0, h1 := low, low, high, high
		i := 0
		for ; i+1 < len(s); i += 2 {
			if s[i] < l0 {
				l0 = s[i]
			}
			if s[i] > h0 {
				h0 = s[i]
			}
			if s[i+1] < l1 {
				l1 = s[i+1]
			}
			if s[i+1] > h1 {
				h1 = s[i+1]
			}
		}
		for ; i < len(s); i++ {
			l0, h0 = min(l0, s[i]), max(h0, s[i])
		}
		low, high = min(l0, l1), max(h0, h1)
	}
	return low, high
}

// bucketCount returns the number of buckets for n values: few enough to stay in
// the second-level cache.
func bucketCount(n int) int {
	switch {
	case n < 1<<16:
		return 1 << 11
	case n < 1<<22:
		return 1 << 14
	}
	return 1 << 16
}
