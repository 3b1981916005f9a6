package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Covariance is the statistic of the rows of a matrix from which covariances,
// correlations, variance inflation and principal components are derived: the
// total weight, the means, and the sums of products of the deviations. The zero
// value is ready; its size is the square of the number of columns, whatever the
// number of rows.
//
// Blocks of rows are centred by their own means and merged by the formula of
// Chan, Golub and LeVeque (1983), with means held as double-doubles.
type Covariance struct {
	rows      int // rows of positive weight
	w         float64
	weighted  bool
	mean, low []float64
	c         []float64 // sums of products of deviations, row-major, upper triangle
}

const (
	covarianceBlock = 512     // rows that stay in the second-level cache
	covariancePart  = 1 << 14 // rows that are worth sums of their own
	covarianceParts = 16      // sums of their own, at most: each is the square of the columns
)

// Add adds the rows of src, each with weight 1. It reports a matrix that is
// empty (ErrEmpty), of another width than those before (ErrLength), or holds NaN
// or an infinity (ErrNotFinite).
func (c *Covariance) Add(src mat.Matrix) error { return c.add("Covariance.Add", src, nil) }

// AddWeighted is Add with a weight of at least 0 per row. Rows of weight 0 are
// skipped.
func (c *Covariance) AddWeighted(src mat.Matrix, weights []float64) error {
	const fn = "Covariance.AddWeighted"
	g, err := view(fn, "src", src)
	if err != nil {
		return err
	}
	if err := check.Weights(fn, "weights", g.Rows, weights); err != nil {
		return err
	}
	if _, err := check.Sum(fn, "weights", weights); err != nil {
		return err
	}
	return c.add(fn, src, weights)
}

func (c *Covariance) add(fn string, src mat.Matrix, weights []float64) error {
	g, err := finiteView(fn, "src", src)
	if err != nil {
		return err
	}
	rows, cols := g.Rows, g.Cols
	if c.mean != nil {
		if err := check.Length(fn, "columns of src", len(c.mean), cols); err != nil {
			return err
		}
	}
	// A copy takes the blocks, so that an overflow leaves c as it was. How many
	// parts are summed on their own depends on the number of rows only.
	next := c.clone(cols)
	parts := min(covarianceParts, parallel.Blocks(rows, covariancePart))
	step := covarianceBlock * parallel.Blocks(rows, covarianceBlock*parts)
	if rows*cols < parallel.MinElements || parts == 1 {
		next.addRows(g, weights, 0, rows)
	} else {
		sums := make([]*Covariance, parts)
		parallel.Each(parts, func(k int) {
			sums[k] = (&Covariance{}).clone(cols)
			sums[k].addRows(g, weights, min(rows, k*step), min(rows, (k+1)*step))
		})
		for _, part := range sums {
			if part.w > 0 {
				next.merge(part.rows, part.w, part.mean, part.low, part.c, cols)
			}
		}
	}
	if err := check.Finite(fn, "src (its squares)", next.c); err != nil {
		return err
	}
	next.weighted = next.weighted || weights != nil
	*c = *next
	return nil
}

// addRows adds the rows from lo to hi, block by block.
func (c *Covariance) addRows(g blas64.General, weights []float64, lo, hi int) {
	cols := g.Cols
	n := min(covarianceBlock, hi-lo)
	width := (cols + kernel.GramWidth - 1) / kernel.GramWidth * kernel.GramWidth
	block := blockSums{cols: cols, width: width, buf: make([]float64, n*width), w: make([]float64, n), mean: make([]float64, cols), low: make([]float64, cols), dev: make([]float64, cols), c: make([]float64, width*width)}
	for ; lo < hi; lo += covarianceBlock {
		k := 0
		for i := lo; i < min(lo+covarianceBlock, hi); i++ {
			if weights != nil && weights[i] == 0 {
				continue
			}
			copy(block.buf[k*width:], rowOf(g, i))
			block.w[k] = 1
			if weights != nil {
				block.w[k] = weights[i]
			}
			k++
		}
		if k == 0 {
			continue
		}
		w := block.sums(k, weights != nil)
		c.merge(k, w, block.mean, block.low, block.c, width)
	}
}

// blockSums is the scratch of addRows: rows of cols values, width apart.
type blockSums struct {
	cols, width            int
	buf, w, mean, low, dev []float64
	c                      []float64
}

// sums centres the k rows in buf and sums their products; it returns the weight.
func (b *blockSums) sums(k int, weighted bool) float64 {
	cols, width := b.cols, b.width
	first := b.dev
	copy(first, b.buf[:cols])
	clear(b.mean)
	var w float64
	for i := range k {
		row := b.buf[i*width : i*width+cols]
		wi := b.w[i]
		w += wi
		mean, first := b.mean[:len(row)], first[:len(row)]
		if weighted {
			for j, v := range row {
				mean[j] += float64(wi * (v - first[j]))
			}
		} else {
			for j, v := range row {
				mean[j] += v - first[j]
			}
		}
	}
	for j := range b.mean {
		b.mean[j], b.low[j] = twoSum(first[j], b.mean[j]/w)
	}
	clear(b.c)
	clear(b.dev)
	for i := range k {
		row := b.buf[i*width : i*width+cols]
		mean, dev := b.mean[:len(row)], b.dev[:len(row)]
		if !weighted {
			for j, v := range row {
				v -= mean[j]
				row[j] = v
				dev[j] += v
			}
			continue
		}
		// The square root on both sides keeps the sum symmetric.
		wi := b.w[i]
		r := math.Sqrt(wi)
		for j, v := range row {
			v -= mean[j]
			dev[j] += float64(wi * v)
			row[j] = v * r
		}
	}
	kernel.Gram(b.c, b.buf[:k*width], width)
	// The deviations were taken from the rounded mean; dev corrects for it.
	for i := range cols {
		for j := i; j < cols; j++ {
			b.c[i*width+j] -= b.dev[i] / w * b.dev[j]
		}
	}
	return w
}

func (c *Covariance) clone(cols int) *Covariance {
	n := &Covariance{rows: c.rows, w: c.w, weighted: c.weighted, mean: make([]float64, cols), low: make([]float64, cols), c: make([]float64, cols*cols)}
	copy(n.mean, c.mean)
	copy(n.low, c.low)
	copy(n.c, c.c)
	return n
}

// Merge adds what o holds; o stays as it was. It reports statistics of
// different width (ErrIncompatible).
func (c *Covariance) Merge(o *Covariance) error {
	const fn = "Covariance.Merge"
	if o == nil || o.w == 0 {
		return nil
	}
	if c.w == 0 {
		*c = *o.clone(len(o.mean))
		return nil
	}
	if len(o.mean) != len(c.mean) {
		return fmt.Errorf("%s: o: need %d columns, have %d: %w", fn, len(c.mean), len(o.mean), mlgauge.ErrIncompatible)
	}
	next := c.clone(len(c.mean))
	next.merge(o.rows, o.w, o.mean, o.low, o.c, len(o.mean))
	next.weighted = c.weighted || o.weighted
	if err := check.Finite(fn, "o (the merged sums)", next.c); err != nil {
		return err
	}
	*c = *next
	return nil
}

// merge adds sums whose rows are stride apart.
func (c *Covariance) merge(rows int, ow float64, mean, low, oc []float64, stride int) {
	p := len(mean)
	if c.w == 0 {
		c.rows, c.w = rows, ow
		copy(c.mean, mean)
		copy(c.low, low)
		for i := range p {
			copy(c.c[i*p+i:(i+1)*p], oc[i*stride+i:])
		}
		return
	}
	w := c.w + ow
	f := c.w * (ow / w)
	d := make([]float64, p)
	for j := range d {
		d[j] = (mean[j] - c.mean[j]) + (low[j] - c.low[j])
	}
	for i := range p {
		fd := f * d[i]
		for j := i; j < p; j++ {
			c.c[i*p+j] += oc[i*stride+j] + float64(fd*d[j])
		}
	}
	for j := range d {
		s, e := twoSum(c.mean[j], d[j]*(ow/w))
		c.mean[j], c.low[j] = twoSum(s, e+c.low[j])
	}
	c.w = w
	c.rows += rows
}

// twoSum returns a + b and its rounding error (Knuth).
func twoSum(a, b float64) (sum, err float64) {
	sum = a + b
	bb := sum - a
	return sum, (a - (sum - bb)) + (b - bb)
}

// Reset empties the statistic.
func (c *Covariance) Reset() { *c = Covariance{} }

// Rows returns the number of rows of positive weight that were added.
func (c *Covariance) Rows() int { return c.rows }

// Weight returns the sum of the weights; the number of rows where none were
// given.
func (c *Covariance) Weight() float64 { return c.w }

// Columns returns the number of columns, 0 before the first Add.
func (c *Covariance) Columns() int { return len(c.mean) }

// Means returns the mean of every column. It reports an empty statistic
// (ErrEmpty).
func (c *Covariance) Means() ([]float64, error) {
	if c.w == 0 {
		return nil, check.NotEmpty("Covariance.Means", "rows", 0)
	}
	m := make([]float64, len(c.mean))
	for j := range m {
		m[j] = c.mean[j] + c.low[j]
	}
	return m, nil
}

// Matrix returns the covariance matrix
//
//	sum w (x_i - mean x_i)(x_j - mean x_j) / (W - ddof)
//
// ddof is 1 for the sample covariance, 0 for the population one. It reports an
// empty statistic (ErrEmpty) and a denominator that is not positive
// (ErrUndefined).
//
// Source: numpy.cov 2.4.
func (c *Covariance) Matrix(ddof float64) (*mat.SymDense, error) {
	const fn = "Covariance.Matrix"
	if c.w == 0 {
		return nil, check.NotEmpty(fn, "rows", 0)
	}
	if err := check.In(fn, "ddof", ddof, 0, math.MaxFloat64); err != nil {
		return nil, err
	}
	if c.w <= ddof {
		return nil, fmt.Errorf("%s: ddof: need a weight above %v, have %v: %w", fn, ddof, c.w, mlgauge.ErrUndefined)
	}
	p := len(c.mean)
	s := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			s.SetSym(i, j, c.c[i*p+j]/(c.w-ddof))
		}
	}
	return s, nil
}

// Correlation returns the matrix of Pearson correlations
//
//	C_ij / sqrt(C_ii C_jj)
//
// The diagonal is 1. The entries of a constant column are NaN, its diagonal
// included, as in pandas. It reports fewer than two rows (ErrUndefined).
//
// Source: pandas 3.1 DataFrame.corr.
func (c *Covariance) Correlation() (*mat.SymDense, error) {
	const fn = "Covariance.Correlation"
	if c.w == 0 {
		return nil, check.NotEmpty(fn, "rows", 0)
	}
	if c.rows < 2 {
		return nil, fmt.Errorf("%s: rows: need at least 2, have %d: %w", fn, c.rows, mlgauge.ErrUndefined)
	}
	p := len(c.mean)
	s := mat.NewSymDense(p, nil)
	for i := range p {
		vi := c.c[i*p+i]
		for j := i; j < p; j++ {
			vj := c.c[j*p+j]
			switch {
			case vi == 0 || vj == 0:
				s.SetSym(i, j, math.NaN())
			case i == j:
				s.SetSym(i, j, 1)
			default:
				r := c.c[i*p+j] / math.Sqrt(vi) / math.Sqrt(vj)
				s.SetSym(i, j, math.Min(math.Max(r, -1), 1))
			}
		}
	}
	return s, nil
}

const covarianceTag = "preprocess.Covariance/1"

// MarshalBinary returns the statistic as bytes.
func (c *Covariance) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(covarianceTag)
	w.Int(c.rows)
	w.Float64(c.w)
	w.Bool(c.weighted)
	w.Float64s(c.mean)
	w.Float64s(c.low)
	p := len(c.mean)
	for i := range p {
		w.Float64s(c.c[i*p+i : (i+1)*p])
	}
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by the one that MarshalBinary wrote.
// It reports damaged bytes (ErrCorrupt) and then leaves the statistic as it was.
func (c *Covariance) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("Covariance.UnmarshalBinary", covarianceTag, data)
	n := Covariance{rows: r.Int(), w: r.Float64(), weighted: r.Bool(), mean: r.Float64s(), low: r.Float64s()}
	p := len(n.mean)
	if r.Err() == nil {
		switch {
		case len(n.low) != p:
			r.Fail("need %d low parts of means, have %d", p, len(n.low))
		case n.rows < 0 || !(n.w >= 0) || math.IsInf(n.w, 0) || (n.w == 0) != (p == 0) || (n.rows == 0) != (p == 0):
			r.Fail("need rows and weight that fit %d columns, have %d and %v", p, n.rows, n.w)
		}
	}
	var rows [][]float64
	for i := 0; i < p && r.Err() == nil; i++ {
		row := r.Float64s()
		if r.Err() == nil && len(row) != p-i {
			r.Fail("need %d sums, have %d", p-i, len(row))
		}
		if r.Err() == nil && !(row[0] >= 0) {
			r.Fail("need sums of squares of at least 0, have %v", row[0])
		}
		rows = append(rows, row)
	}
	if err := r.Close(); err != nil {
		return err
	}
	if p > 0 {
		n.c = make([]float64, p*p)
		for i, row := range rows {
			copy(n.c[i*p+i:], row)
			for _, v := range row {
				if v*0 != 0 {
					return jsonfloat.Corrupt("Covariance.UnmarshalBinary", "need finite sums, have %v", v)
				}
			}
		}
		for j := range p {
			if m := n.mean[j] + n.low[j]; m*0 != 0 {
				return jsonfloat.Corrupt("Covariance.UnmarshalBinary", "need finite means, have %v", m)
			}
		}
	}
	*c = n
	return nil
}
