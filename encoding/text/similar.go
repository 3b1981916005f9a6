package text

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A Weighted is a term with its weight.
type Weighted struct {
	Term   string
	Weight float64
}

// TopTerms returns the k terms of the largest weight in one row of x, the
// largest first; of equals, the earlier column. Columns that are not stored or
// 0 are left out, so there may be fewer.
//
// Errors: ErrLength if names are not as many as the columns; ErrRange for a row
// that is not there or k below 1; ErrNotFinite for a NaN weight.
func TopTerms(x *encoding.CSR, names []string, row, k int) ([]Weighted, error) {
	const fn = "TopTerms"
	if err := checkMatrix(fn, x, len(names)); err != nil {
		return nil, err
	}
	if row < 0 || row >= x.NRows {
		return nil, fmt.Errorf("%s: row: need one in [0, %d), have %d: %w", fn, x.NRows, row, mlgauge.ErrRange)
	}
	if err := check.AtLeast(fn, "k", k, 1); err != nil {
		return nil, err
	}
	columns, values := x.Row(row)
	if err := check.NoNaN(fn, "x", values); err != nil {
		return nil, err
	}
	best := newTop(k)
	for i, j := range columns {
		if values[i] != 0 {
			best.push(values[i], int(j))
		}
	}
	return best.terms(names), nil
}

// TopMeanTerms returns the k terms of the largest mean weight over all rows of
// x, the largest first; of equals, the earlier column. Terms that are 0
// everywhere are left out.
//
// Errors: ErrEmpty without rows; ErrLength if names are not as many as the
// columns; ErrRange for k below 1; ErrNotFinite for a NaN weight.
func TopMeanTerms(x *encoding.CSR, names []string, k int) ([]Weighted, error) {
	const fn = "TopMeanTerms"
	if err := checkMatrix(fn, x, len(names)); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "rows of x", x.NRows); err != nil {
		return nil, err
	}
	if err := check.AtLeast(fn, "k", k, 1); err != nil {
		return nil, err
	}
	if err := check.NoNaN(fn, "x", x.Data); err != nil {
		return nil, err
	}
	sums := make([]float64, x.NCols)
	for i, j := range x.Indices {
		sums[j] += x.Data[i]
	}
	best := newTop(k)
	for j, s := range sums {
		if s != 0 {
			best.push(s/float64(x.NRows), j)
		}
	}
	return best.terms(names), nil
}

// CosineSimilarity writes into dst, which may be nil, the cosine of the angle
// between each row of a and each row of b:
//
//	dst_ij = a_i b_j / (|a_i| |b_j|)
//
// A row of zeros has the similarity 0 to every row.
//
// Errors: ErrEmpty without rows or columns; ErrLength if the columns differ or
// dst has other dimensions; ErrNotFinite for a value that is not finite.
//
// Source: scikit-learn 1.9, metrics.pairwise.cosine_similarity.
func CosineSimilarity(dst *mat.Dense, a, b *encoding.CSR) (*mat.Dense, error) {
	const fn = "CosineSimilarity"
	if a == nil || b == nil {
		return nil, check.NotEmpty(fn, "a, b", 0)
	}
	if err := checkMatrix(fn, a, a.NCols); err != nil {
		return nil, err
	}
	if err := checkMatrix(fn, b, a.NCols); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		name string
		n    int
	}{{"rows of a", a.NRows}, {"rows of b", b.NRows}, {"columns of a", a.NCols}} {
		if err := check.NotEmpty(fn, c.name, c.n); err != nil {
			return nil, err
		}
	}
	if err := check.Finite(fn, "a", a.Data); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "b", b.Data); err != nil {
		return nil, err
	}
	if dst == nil {
		dst = mat.NewDense(a.NRows, b.NRows, nil)
	} else if dst.IsEmpty() {
		dst.ReuseAs(a.NRows, b.NRows)
	}
	r, c := dst.Dims()
	if err := check.Length(fn, "rows of dst", a.NRows, r); err != nil {
		return nil, err
	}
	if err := check.Length(fn, "columns of dst", b.NRows, c); err != nil {
		return nil, err
	}
	lengths := make([]float64, b.NRows)
	for j := range lengths {
		_, values := b.Row(j)
		lengths[j] = length(values)
	}
	do := func(_, lo, hi int) {
		spread := make([]float64, a.NCols)
		for i := lo; i < hi; i++ {
			columns, values := a.Row(i)
			out := dst.RawRowView(i)
			clear(out)
			la := length(values)
			if la == 0 {
				continue
			}
			for k, j := range columns {
				spread[j] = values[k] / la
			}
			for j := range out {
				if lengths[j] == 0 {
					continue
				}
				var s float64
				columns, values := b.Row(j)
				for k, col := range columns {
					s += spread[col] * (values[k] / lengths[j])
				}
				out[j] = s
			}
			for _, j := range columns {
				spread[j] = 0
			}
		}
	}
	if (len(a.Data)+a.NRows)*b.NRows < parallel.MinElements {
		do(0, 0, a.NRows)
		return dst, nil
	}
	const rows = 64
	parallel.Each(parallel.Blocks(a.NRows, rows), func(i int) { do(i, i*rows, min(a.NRows, (i+1)*rows)) })
	return dst, nil
}

// length returns the L2 norm without overflow.
func length(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v * v
	}
	if s > 1e-280 && s < 1e280 {
		return math.Sqrt(s)
	}
	var top float64
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	if top == 0 {
		return 0
	}
	s = 0
	for _, v := range x {
		s += v / top * (v / top)
	}
	return top * math.Sqrt(s)
}
