package preprocess

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// basis is what the transforms of the decompositions share: z = (x - mean) R',
// divided by sqrt(variance) if that is given. A nil mean is zero.
type basis struct {
	mean     []float64
	rows     [][]float64
	variance []float64
}

func (b *basis) ready(fn string, cols, variances int) error {
	if len(b.rows) == 0 || cols == 0 {
		return check.NotFitted(fn)
	}
	if err := check.Length(fn, "ExplainedVariance", len(b.rows), variances); err != nil {
		return err
	}
	if err := check.Finite(fn, "Mean", b.mean); err != nil {
		return err
	}
	for _, r := range b.rows {
		if err := check.Length(fn, "Components", cols, len(r)); err != nil {
			return err
		}
		if err := check.Finite(fn, "Components", r); err != nil {
			return err
		}
	}
	return nil
}

func (b *basis) transform(fn string, dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	cols := len(b.rows[0])
	g, err := source(fn, src, cols)
	if err != nil {
		return nil, err
	}
	if err := finite(fn, "src", g); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, len(b.rows)); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	_ = chunks(g.Rows, cols*len(b.rows), func(lo, hi int) error {
		buf := getRow(cols)
		defer rowPool.Put(buf)
		for i := lo; i < hi; i++ {
			b.project(d.Data[i*d.Stride:i*d.Stride+len(b.rows)], rowOf(g, i), (*buf)[:cols])
		}
		return nil
	})
	return dst, nil
}

func (b *basis) transformRow(fn string, dst, row []float64) error {
	cols := len(b.rows[0])
	if err := rowWidths(fn, cols, len(b.rows), len(row), len(dst)); err != nil {
		return err
	}
	if err := check.Finite(fn, "row", row); err != nil {
		return err
	}
	buf := getRow(cols)
	b.project(dst, row, (*buf)[:cols])
	rowPool.Put(buf)
	return nil
}

// project may write over its source, since buf holds the row.
func (b *basis) project(dst, row, buf []float64) {
	if b.mean == nil {
		copy(buf, row)
	} else {
		floats.SubTo(buf, row, b.mean)
	}
	for k, r := range b.rows {
		dst[k] = floats.Dot(buf, r)
	}
	for k, v := range b.variance {
		// A component without variance is rounding: the peer's guard.
		s := math.Sqrt(v)
		if s < eps {
			s = eps
		}
		dst[k] /= s
	}
}

func (b *basis) inverse(fn string, dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	cols := len(b.rows[0])
	g, err := source(fn, src, len(b.rows))
	if err != nil {
		return nil, err
	}
	if err := finite(fn, "src", g); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	_ = chunks(g.Rows, cols*len(b.rows), func(lo, hi int) error {
		buf := getRow(len(b.rows))
		defer rowPool.Put(buf)
		z := (*buf)[:len(b.rows)]
		for i := lo; i < hi; i++ {
			copy(z, rowOf(g, i))
			for k, v := range b.variance {
				z[k] *= math.Max(math.Sqrt(v), eps)
			}
			out := d.Data[i*d.Stride : i*d.Stride+cols]
			clear(out)
			for k, r := range b.rows {
				floats.AddScaled(out, z[k], r)
			}
			if b.mean != nil {
				floats.Add(out, b.mean)
			}
		}
		return nil
	})
	return dst, nil
}

// rowPool lends rows, so that serving one allocates nothing.
var rowPool = sync.Pool{New: func() any { return new([]float64) }}

func getRow(n int) *[]float64 {
	b := rowPool.Get().(*[]float64)
	if cap(*b) < n {
		*b = make([]float64, n)
	}
	*b = (*b)[:n]
	return b
}

func componentNames(fn, prefix string, in []string, from, to int) ([]string, error) {
	if _, err := names(fn, in, from); err != nil {
		return nil, err
	}
	out := make([]string, to)
	for k := range out {
		out[k] = fmt.Sprintf("%s%d", prefix, k)
	}
	return out, nil
}

// centreInto writes the column means and the rows less them.
func centreInto(dst *mat.Dense, mean []float64, g blas64.General) {
	n := float64(g.Rows)
	low := make([]float64, g.Cols)
	first := rowOf(g, 0)
	for i := range g.Rows {
		for j, v := range rowOf(g, i) {
			low[j] += v - first[j]
		}
	}
	for j := range mean {
		mean[j], low[j] = twoSum(first[j], low[j]/n)
	}
	for i := range g.Rows {
		out := dst.RawRowView(i)
		for j, v := range rowOf(g, i) {
			out[j] = (v - mean[j]) - low[j]
		}
	}
}

// rightVectors returns the right singular vectors of x as rows, and the
// singular values, falling.
func rightVectors(fn string, x mat.Matrix) (FloatRows, []float64, error) {
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThinV) {
		return nil, nil, fmt.Errorf("%s: need singular values, have none: %w", fn, mlgauge.ErrNotConverged)
	}
	singular := svd.Values(nil)
	var v mat.Dense
	svd.VTo(&v)
	components := make(FloatRows, len(singular))
	for k := range components {
		components[k] = mat.Col(nil, k, &v)
	}
	return components, singular, nil
}

// flipSign makes the entry of largest magnitude positive, the first of equals.
func flipSign(v []float64) {
	top := 0
	for j := range v {
		if math.Abs(v[j]) > math.Abs(v[top]) {
			top = j
		}
	}
	if v[top] < 0 {
		floats.Scale(-1, v)
	}
}

// componentsJSON checks what the decompositions have in common.
func componentsJSON(fn string, mean Floats, components FloatRows, variance Floats, others ...Floats) error {
	if (mean == nil) != (components == nil) {
		return jsonfloat.Corrupt(fn, "need a mean and components, or neither")
	}
	if components == nil {
		return nil
	}
	b := basis{mean: mean, rows: components}
	if err := b.ready(fn, len(mean), len(variance)); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	for _, x := range append(others, variance) {
		if len(x) != 0 && len(x) != len(components) {
			return jsonfloat.Corrupt(fn, "need %d values, have %d", len(components), len(x))
		}
		for _, v := range x {
			if !(v >= 0) {
				return jsonfloat.Corrupt(fn, "need values of at least 0, have %v", v)
			}
		}
	}
	return nil
}
