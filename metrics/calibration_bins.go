package metrics

import (
	"math"
	"sync/atomic"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// manyBins is the number of bins above which rows are added on one core: the bins of
// every block would cost too much beside its rows.
const manyBins = outerBlock / 64

// addBins adds rows of weight 1 to uniform bins, or none and returns false where a
// probability is outside [0, 1]. It holds the edges of the bins, so that a row costs
// two comparisons, and picks the cell by the label without a branch, which would be
// taken at random.
func addBins[F check.Float](c *Calibration, yTrue []bool, p []F) bool {
	n := c.bins()
	if len(p) < n { // the edges would cost more than the rows
		for _, v := range p {
			if !(v >= 0 && v <= 1) {
				return false
			}
		}
		c.allocate()
		for i, v := range p {
			b := &c.cells[c.bin(float64(v), n)]
			b.of(yTrue[i]).add(1, float64(v)-b.mid)
		}
		c.rows += len(p)
		return true
	}
	bins := c.uniform(n)
	side := 2 * (n + 1)
	size := outerBlock
	if n > manyBins {
		size = len(p)
	}
	sums := make([]cell, side*parallel.Blocks(len(p), size))
	var bad atomic.Bool
	parallel.For(len(p), size, func(b, lo, hi int) {
		if !binRows(c, bins, sums[b*side:(b+1)*side], yTrue[lo:hi], p[lo:hi]) {
			bad.Store(true)
		}
	})
	if bad.Load() {
		return false
	}
	c.allocate()
	for i, s := range sums {
		c.cells[i%side/2].of(i&1 == 1).merge(s)
	}
	c.rows += len(p)
	return true
}

// A uniformBin holds the probabilities above low up to high.
type uniformBin struct{ low, high, mid float64 }

// uniform returns the n bins and one for 1 of LeftClosed.
func (c *Calibration) uniform(n int) []uniformBin {
	bins := make([]uniformBin, n+1)
	for k := range n {
		lo, hi := c.edge(k, n), c.edge(k+1, n)
		bins[k] = uniformBin{lo, hi, (lo + hi) / 2}
		if c.Edges == LeftClosed { // up to the last float below the edge
			bins[k].low, bins[k].high = math.Nextafter(lo, -1), math.Nextafter(hi, -1)
		}
	}
	bins[0].low = -1
	bins[n].mid = 1
	return bins
}

// binRows adds rows to two sums a bin, of the negatives and of the positives.
func binRows[F check.Float](c *Calibration, bins []uniformBin, sums []cell, yTrue []bool, p []F) bool {
	n := len(bins) - 1
	scale := float64(n)
	yTrue = yTrue[:len(p)]
	for i, v := range p {
		x := float64(v)
		if !(x >= 0 && x <= 1) {
			return false
		}
		k := min(int(x*scale), n-1)
		b := &bins[k]
		// The product is off by one bin where rounding meets an edge.
		if x <= b.low || x > b.high {
			k = c.bin(x, n)
			b = &bins[k]
		}
		k *= 2
		if yTrue[i] {
			k++
		}
		sums[k].add(1, x-b.mid)
	}
	return true
}
