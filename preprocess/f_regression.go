package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// FRegression tests columns one by one in a linear regression on the target.
// The zero value is scikit-learn's default.
type FRegression struct {
	// Uncentred leaves the means in: the regression goes through the origin.
	Uncentred bool
	// KeepNonFinite returns NaN for a constant column or target and +Inf for a
	// perfect fit, where the default returns 0 and the largest float.
	KeepNonFinite bool
}

// R returns the correlation of every column of src with y, in [-1, 1]:
//
//	sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 sum (y - mean y)^2)
//
// It reports an empty matrix, lengths that differ, NaN and infinities.
//
// Source: scikit-learn 1.9 r_regression.
func (f FRegression) R(src mat.Matrix, y []float64) ([]float64, error) {
	return f.r("FRegression.R", src, y)
}

func (f FRegression) r(fn string, src mat.Matrix, y []float64) ([]float64, error) {
	g, err := finiteView(fn, "src", src)
	if err != nil {
		return nil, err
	}
	rows, cols := g.Rows, g.Cols
	if err := check.Length(fn, "y", rows, len(y)); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return nil, err
	}
	out := fill(cols, 0)
	zy := f.unit(y)
	if zy == nil {
		if f.KeepNonFinite {
			out = fill(cols, nan)
		}
		return out, nil
	}
	mean, norm, err := f.sizes(fn, g)
	if err != nil {
		return nil, err
	}
	products(out, g, mean, zy)
	for j, q := range norm {
		out[j] /= math.Sqrt(q)
		if !(q > 1e-200 && q < 1e200) || math.Abs(mean[j]) > 1e100 {
			out[j] = f.column(g, j, zy)
		}
		if out[j] != out[j] && !f.KeepNonFinite {
			out[j] = 0
		}
		out[j] = min(max(out[j], -1), 1)
	}
	return out, nil
}

// sizes returns the means to subtract from the columns and the squared norms of
// what is left.
func (f FRegression) sizes(fn string, g blas64.General) (mean, norm []float64, err error) {
	m := make(columnMoments, g.Cols)
	if f.Uncentred {
		norm = make([]float64, g.Cols)
		for i := range g.Rows {
			for j, v := range rowOf(g, i) {
				norm[j] += float64(v * v)
			}
		}
		return make([]float64, g.Cols), norm, nil
	}
	if addMoments(fn, m, g.Data, g.Stride, g.Rows, nil) != nil { // squares overflow
		return make([]float64, g.Cols), make([]float64, g.Cols), nil
	}
	for _, c := range m {
		q := c.M2
		if constant(c.W, c.Mean(), c.Variance(0)) {
			q = 0 // or rounding only: its column decides
		}
		norm = append(norm, q)
	}
	return m.means(), norm, nil
}

// products adds, for every column, the sum of (x - mean) z.
func products(sum []float64, g blas64.General, mean, z []float64) {
	part := make([]float64, g.Cols)
	size := kernel.BlockRows(g.Cols)
	for lo := 0; lo < g.Rows; lo += size {
		clear(part)
		for i := lo; i < min(g.Rows, lo+size); i++ {
			row, w := rowOf(g, i), z[i]
			part, mean := part[:len(row)], mean[:len(row)]
			for j, v := range row {
				part[j] += float64((v - mean[j]) * w)
			}
		}
		for j, v := range part {
			sum[j] += v
		}
	}
}

// column is the correlation of one column, of whatever magnitude; NaN where it
// is constant.
func (f FRegression) column(g blas64.General, j int, zy []float64) float64 {
	x := make([]float64, g.Rows)
	columnInto(x, g, j)
	z := f.unit(x)
	if z == nil {
		return nan
	}
	var r float64
	for i, v := range z {
		r += float64(v * zy[i])
	}
	return r
}

func (f FRegression) unit(x []float64) []float64 {
	if !f.Uncentred {
		return unit(x)
	}
	var top, q float64
	for _, v := range x {
		top = math.Max(top, math.Abs(v))
	}
	if top == 0 {
		return nil
	}
	z := make([]float64, len(x))
	s := powerScale(top)
	for i, v := range x {
		z[i] = v * s
		q += float64(z[i] * z[i])
	}
	q = math.Sqrt(q)
	for i := range z {
		z[i] /= q
	}
	return z
}

// Test returns the F statistic of every column and its p-value:
//
//	F = r^2 / (1 - r^2) (n - 2)
//
// with 1 and n - 2 degrees of freedom (n - 1 if Uncentred).
//
// Special cases are: a constant column or target has score 0 and P 1; a perfect
// fit has the largest float and P 0; see KeepNonFinite. It reports what R does
// and too few rows (ErrUndefined).
//
// Source: scikit-learn 1.9 f_regression.
func (f FRegression) Test(src mat.Matrix, y []float64) (Scores, error) {
	const fn = "FRegression.Test"
	r, err := f.r(fn, src, y)
	if err != nil {
		return Scores{}, err
	}
	df := float64(len(y) - 2)
	if f.Uncentred {
		df++
	}
	if df <= 0 {
		return Scores{}, fmt.Errorf("%s: y: need more rows for a degree of freedom, have %d: %w", fn, len(y), mlgauge.ErrUndefined)
	}
	s := Scores{Scores: make(Floats, len(r)), P: make(Floats, len(r))}
	for j, v := range r {
		v *= v
		s.Scores[j] = v / (1 - v) * df
		s.P[j] = fTail(s.Scores[j], 1, df)
		if f.KeepNonFinite {
			continue
		}
		switch {
		case math.IsInf(s.Scores[j], 1):
			s.Scores[j] = math.MaxFloat64
		case v != v:
			s.Scores[j], s.P[j] = 0, 1
		}
	}
	return s, nil
}
