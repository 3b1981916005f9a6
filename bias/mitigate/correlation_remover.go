package mitigate

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// A CorrelationRemover takes out of every other column what the sensitive columns
// S explain of it by least squares, and drops the sensitive columns,
//
//	Z' = (1 - Keep) (Z - (S - Mean) Beta) + Keep Z
//
// so that with Keep 0 no column left is correlated with a sensitive one on the data
// it was fitted on. Sensitive columns that are constant, or combinations of others,
// are allowed: Beta is then the solution of least norm. Source: Fairlearn 0.15,
// whose alpha is 1 - Keep.
type CorrelationRemover struct {
	Sensitive []int   // columns of x; none leaves x as it is
	Keep      float64 // share of the correlation that stays, in [0, 1]

	// Fitted.
	Columns int         // of x
	Mean    []float64   // of each sensitive column
	Beta    [][]float64 // [sensitive][other column]
}

// others returns the columns that stay.
func (c *CorrelationRemover) others(columns int) []int {
	var out []int
	for j := range columns {
		if !slices.Contains(c.Sensitive, j) {
			out = append(out, j)
		}
	}
	return out
}

// options checks the options against the number of columns.
func (c *CorrelationRemover) options(fn string, columns int) error {
	if err := check.In(fn, "Keep", c.Keep, 0, 1); err != nil {
		return err
	}
	for i, j := range c.Sensitive {
		if j < 0 || j >= columns || slices.Contains(c.Sensitive[:i], j) {
			return fmt.Errorf("%s: Sensitive: need distinct columns from 0 to %d, have %v: %w", fn, columns-1, c.Sensitive, mlgauge.ErrRange)
		}
	}
	if len(c.Sensitive) == columns {
		return fmt.Errorf("%s: Sensitive: need at least one other column, have none: %w", fn, mlgauge.ErrEmpty)
	}
	return nil
}

// Fit learns the coefficients. It returns ErrEmpty for no data or no column that is
// not sensitive, ErrNotFinite for NaN or an infinity, and ErrRange for bad options.
func (c *CorrelationRemover) Fit(x mat.Matrix) error {
	const fn = "mitigate.CorrelationRemover.Fit"
	r, columns := x.Dims()
	d, err := dense(fn, x, r, false)
	if err != nil {
		return err
	}
	if err := c.options(fn, columns); err != nil {
		return err
	}
	others := c.others(columns)
	k := len(c.Sensitive)
	mean := make([]float64, k)
	beta := make([][]float64, k)
	if k > 0 {
		s := mat.NewDense(r, k, nil)
		for a, j := range c.Sensitive {
			col := mat.Col(nil, j, d)
			mean[a] = columnMean(col)
			for i, v := range col {
				s.Set(i, a, v-mean[a])
			}
			beta[a] = make([]float64, len(others))
		}
		z := mat.NewDense(r, len(others), nil)
		for b, j := range others {
			z.SetCol(b, mat.Col(nil, j, d))
		}
		var svd mat.SVD
		if !svd.Factorize(s, mat.SVDThin) {
			return fmt.Errorf("%s: x: need sensitive columns whose singular values converge: %w", fn, mlgauge.ErrNotConverged)
		}
		// The cut of numpy's lstsq: singular values below eps max(rows, cols) of the
		// largest count as 0.
		values := svd.Values(nil)
		rank := 0
		for _, v := range values {
			if v > values[0]*math.Max(float64(r), float64(k))*0x1p-52 {
				rank++
			}
		}
		if rank > 0 {
			var solved mat.Dense
			svd.SolveTo(&solved, z, rank)
			for a := range beta {
				copy(beta[a], solved.RawRowView(a))
			}
		}
	}
	c.Columns, c.Mean, c.Beta = columns, mean, beta
	return nil
}

// columnMean is the mean, corrected by the mean of the residuals so that a constant
// column has exactly its value.
func columnMean(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v / float64(len(x))
	}
	var e float64
	for _, v := range x {
		e += v - s
	}
	return s + e/float64(len(x))
}

// Transform returns the other columns of x without what the sensitive ones explain.
// dst may be nil. It returns ErrNotFitted before Fit, ErrLength for an x or dst of
// another shape, and ErrNotFinite for NaN or an infinity.
func (c *CorrelationRemover) Transform(dst *mat.Dense, x mat.Matrix) (*mat.Dense, error) {
	const fn = "mitigate.CorrelationRemover.Transform"
	if c.Columns == 0 {
		return nil, check.NotFitted(fn)
	}
	r, columns := x.Dims()
	if err := check.Length(fn, "x, columns", c.Columns, columns); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "x", r); err != nil {
		return nil, err
	}
	if err := c.options(fn, columns); err != nil {
		return nil, err
	}
	if len(c.Mean) != len(c.Sensitive) || len(c.Beta) != len(c.Sensitive) {
		return nil, fmt.Errorf("%s: Sensitive: need the %d columns that were fitted, have %d: %w", fn, len(c.Mean), len(c.Sensitive), mlgauge.ErrLength)
	}
	others := c.others(columns)
	for i := range r {
		for j := range columns {
			if v := x.At(i, j); v*0 != 0 {
				return nil, fmt.Errorf("%s: x: need finite values, have %v in row %d, column %d: %w", fn, v, i, j, mlgauge.ErrNotFinite)
			}
		}
	}
	dst, err := destination(fn, dst, r, len(others))
	if err != nil {
		return nil, err
	}
	for i := range r {
		for b, j := range others {
			v := x.At(i, j)
			f := v
			for a, s := range c.Sensitive {
				f -= float64((x.At(i, s) - c.Mean[a]) * c.Beta[a][b])
			}
			dst.Set(i, b, float64((1-c.Keep)*f)+float64(c.Keep*v))
		}
	}
	return dst, nil
}

// FeatureNames returns the names of the columns that stay. It returns ErrNotFitted
// before Fit and ErrLength unless there is a name for every column.
func (c *CorrelationRemover) FeatureNames(in []string) ([]string, error) {
	const fn = "mitigate.CorrelationRemover.FeatureNames"
	if c.Columns == 0 {
		return nil, check.NotFitted(fn)
	}
	if err := check.Length(fn, "in", c.Columns, len(in)); err != nil {
		return nil, err
	}
	var out []string
	for _, j := range c.others(c.Columns) {
		out = append(out, in[j])
	}
	return out, nil
}

// UnmarshalJSON reads what json.Marshal wrote. It returns ErrCorrupt for anything
// else, and then leaves the receiver as it was.
func (c *CorrelationRemover) UnmarshalJSON(data []byte) error {
	const fn = "mitigate.CorrelationRemover.UnmarshalJSON"
	type plain CorrelationRemover
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	o := CorrelationRemover(p)
	if o.Columns < 0 || o.Columns == 0 && (len(o.Mean) > 0 || len(o.Beta) > 0) {
		return jsonfloat.Corrupt(fn, "need a number of columns above 0 with the fitted parameters, have %d", o.Columns)
	}
	if o.Columns > 0 {
		if err := o.options(fn, o.Columns); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
		if len(o.Mean) != len(o.Sensitive) || len(o.Beta) != len(o.Sensitive) {
			return jsonfloat.Corrupt(fn, "need a mean and coefficients for each of %d sensitive columns, have %d and %d", len(o.Sensitive), len(o.Mean), len(o.Beta))
		}
		for _, b := range o.Beta {
			if len(b) != o.Columns-len(o.Sensitive) {
				return jsonfloat.Corrupt(fn, "need %d coefficients, have %d", o.Columns-len(o.Sensitive), len(b))
			}
		}
	}
	*c = o
	return nil
}
