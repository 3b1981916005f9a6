package preprocess

import (
	"math"
	"slices"

	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/blas/blas64"
)

// buckets is how finely a column is counted before the buckets that hold a
// wanted rank are looked into.
const buckets = kernel.Buckets

// group is the number of columns that are counted at a time: their counts stay
// in the second-level cache. Below manyRows the counts cost more than the rows
// do, and cores take columns instead of rows.
const (
	group     = 32
	fewRows   = 8
	manyRows  = 1 << 16
	partRows  = 8192 // rows for which a core has counts of its own, at least
	countRows = 512  // below that many rows nothing is counted
)

// columnQuantiles returns the p-quantiles of every column by linear
// interpolation, without what is missing; NaN for a column without a value.
//
// A column is counted into buckets of equal width; the few buckets that hold a
// wanted order statistic are collected in a second pass, and the statistic is
// selected from them. Nothing is sorted, and data so skewed that one bucket
// holds it all costs one selection more.
func columnQuantiles(fn string, g blas64.General, p []float64) ([][]float64, error) {
	r, err := rangeOf(fn, g.Data, g.Stride, g.Rows, g.Cols)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, g.Cols)
	size := group
	if g.Rows < manyRows {
		size = fewRows
	}
	groups := parallel.Blocks(g.Cols, size)
	one := func(b int) {
		j := b * size
		n := min(size, g.Cols-j)
		quantileGroup(g, j, n, columnRange{r.lo[j : j+n], r.hi[j : j+n]}, p, out[j:j+n])
	}
	if g.Rows*g.Cols < parallel.MinElements {
		for b := range groups {
			one(b)
		}
	} else {
		parallel.Each(groups, one)
	}
	return out, nil
}

func quantileGroup(g blas64.General, first, cols int, r columnRange, p []float64, out [][]float64) {
	small := g.Rows < countRows || len(p) > 64
	f := fill(cols, -1)
	counted := false
	for j := range cols {
		width := r.hi[j] - r.lo[j]
		if w := (buckets - 1) / width; !small && width > 0 && !math.IsInf(width, 0) && !math.IsInf(w, 0) && w > 0x1p-1000 {
			f[j] = w
			counted = true
		}
	}
	x := g.Data[first:]
	// Counts are integers, so the parts that are counted on their own, and how
	// many there are, leave no trace.
	parts := 1
	if g.Rows*cols >= parallel.MinElements {
		parts = max(1, min(8, g.Rows/partRows))
	}
	step := (g.Rows + parts - 1) / parts
	size := kernel.BlockRows(cols)
	each := func(do func(part, lo, rows int)) {
		parallel.Each(parts, func(p int) {
			for lo, hi := p*step, min(g.Rows, (p+1)*step); lo < hi; lo += size {
				do(p, lo, min(size, hi-lo))
			}
		})
	}
	var h []uint32
	if counted {
		hs := make([][]uint32, parts)
		each(func(p, lo, rows int) {
			if hs[p] == nil {
				hs[p] = make([]uint32, cols*buckets)
			}
			kernel.ColumnHistogram(x[lo*g.Stride:], g.Stride, rows, cols, r.lo, f, hs[p])
		})
		h = hs[0]
		for _, o := range hs[1:] {
			for k, n := range o {
				h[k] += n
			}
		}
	}
	var want []uint8
	bins := make([][][]float64, cols)
	ranks := make([][]int, cols) // the order statistics wanted, ascending
	if counted {
		want = make([]uint8, cols*buckets)
	}
	for j := range cols {
		if f[j] < 0 {
			continue
		}
		c := h[j*buckets : (j+1)*buckets]
		n := 0
		for _, k := range c {
			n += int(k)
		}
		ranks[j] = orderRanks(n, p)
		b, below := 0, 0
		for _, k := range ranks[j] {
			for below+int(c[b]) <= k {
				below += int(c[b])
				b++
			}
			if want[j*buckets+b] == 0 {
				bins[j] = append(bins[j], nil)
				want[j*buckets+b] = uint8(len(bins[j]))
			}
		}
	}
	if counted {
		found := make([][][][]float64, parts)
		each(func(p, lo, rows int) {
			if found[p] == nil {
				found[p] = make([][][]float64, cols)
				for j := range bins {
					found[p][j] = make([][]float64, len(bins[j]))
				}
			}
			kernel.ColumnCollect(x[lo*g.Stride:], g.Stride, rows, cols, r.lo, f, want, found[p])
		})
		for j := range bins {
			for k := range bins[j] {
				for _, o := range found {
					if o != nil {
						bins[j][k] = append(bins[j][k], o[j][k]...)
					}
				}
			}
		}
	}
	one := func(j int) {
		if f[j] < 0 {
			lent := getRow(g.Rows)
			buf := column(*lent, g, first+j)
			if len(p) > 64 {
				kernel.SortFloat64s(buf)
			} else {
				kernel.SelectAll(buf, orderRanks(len(buf), p))
			}
			out[j] = quantilesOf(len(buf), p, func(k int) float64 { return buf[k] })
			rowPool.Put(lent)
			return
		}
		c := h[j*buckets : (j+1)*buckets]
		n := 0
		for _, k := range c {
			n += int(k)
		}
		at := make(map[int]float64, len(ranks[j]))
		b, below := 0, 0
		for _, k := range ranks[j] {
			for below+int(c[b]) <= k {
				below += int(c[b])
				b++
			}
			at[k] = kernel.Select(bins[j][want[j*buckets+b]-1], k-below)
		}
		out[j] = quantilesOf(n, p, func(k int) float64 { return at[k] })
	}
	if g.Rows*cols < parallel.MinElements {
		for j := range cols {
			one(j)
		}
	} else {
		parallel.Each(cols, one)
	}
}

// orderRanks returns the 0-based ranks that the p-quantiles of n values need,
// ascending and once each.
func orderRanks(n int, p []float64) []int {
	if n == 0 {
		return nil
	}
	ranks := make([]int, 0, 2*len(p))
	for _, q := range p {
		k, _ := position(n, q)
		ranks = append(ranks, k, min(k+1, n-1))
	}
	slices.Sort(ranks)
	return slices.Compact(ranks)
}

// position returns the place of the p-quantile among n sorted values: an index
// and the share of the way to the next.
func position(n int, p float64) (int, float64) {
	v := p * float64(n-1)
	k := math.Floor(v)
	return int(k), v - k
}

// quantilesOf interpolates as numpy does, towards the nearer neighbour, so that
// the result never leaves the two.
func quantilesOf(n int, p []float64, at func(int) float64) []float64 {
	if n == 0 {
		return fill(len(p), nan)
	}
	out := make([]float64, len(p))
	for i, q := range p {
		k, t := position(n, q)
		out[i] = between(at(k), at(min(k+1, n-1)), t)
	}
	return out
}

func between(a, b, t float64) float64 {
	d := b - a
	if math.IsInf(d, 0) {
		return a*(1-t) + b*t
	}
	if t >= 0.5 {
		return b - d*(1-t)
	}
	return a + d*t
}

// quantiles returns the p-quantiles of sorted values.
func quantiles(sorted, p []float64) []float64 {
	return quantilesOf(len(sorted), p, func(k int) float64 { return sorted[k] })
}

// median returns the median of sorted values: numpy's mean of the middle two.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n == 0 {
		return nan
	}
	if n%2 == 1 {
		return sorted[n/2]
	}
	return sorted[n/2-1]/2 + sorted[n/2]/2
}
