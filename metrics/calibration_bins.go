package metrics

import "github.com/mlgauge/mlgauge/internal/check"

// addBins adds checked rows of weight 1 to uniform bins. It holds the edges of the
// bins, so that a row costs two comparisons, and picks the cell by the label
// without a branch, which would be taken at random.
func addBins[F check.Float](c *Calibration, yTrue []bool, p []F) {
	n := c.bins()
	if len(p) < n { // the edges would cost more than the rows
		for i, v := range p {
			b := &c.cells[c.bin(float64(v), n)]
			b.of(yTrue[i]).add(1, float64(v)-b.mid)
		}
		c.rows += len(p)
		return
	}
	edges := make([]float64, n+1)
	for k := range edges {
		edges[k] = c.edge(k, n)
	}
	left := c.Edges == LeftClosed
	yTrue = yTrue[:len(p)]
	for i, v := range p {
		x := float64(v)
		k := min(int(x*float64(n)), n-1)
		// The product is off by one bin where rounding meets an edge.
		lo, hi := edges[k], edges[k+1]
		if left && (x < lo || x >= hi) || !left && (x <= lo || x > hi) {
			k = c.bin(x, n)
		}
		b := &c.cells[k]
		b.of(yTrue[i]).add(1, x-b.mid)
	}
	c.rows += len(p)
}
