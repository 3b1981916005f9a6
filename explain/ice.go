package explain

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Curves are the predictions of single rows as one feature, or two, move over a
// grid: individual conditional expectation.
type Curves struct {
	Features []int
	Grid     [][]float64 // values per feature
	Rows     []int       // the row of x of each curve
	// Values has a row per curve and a column per point of the grid; of two
	// features, the last moves fastest.
	Values *mat.Dense
}

// Individual returns one curve per row of x:
//
//	f(x_i with the features set to v)
//
// over the grid of Explain; their weighted mean is its Average. Rows of weight 0
// have no curve; intervals do not apply.
//
// Errors: those of Explain. Source: Goldstein, Kapelner, Bleich and Pitkin (2015);
// scikit-learn 1.9.1 partial_dependence(kind="individual").
func (p PartialDependence) Individual(ctx context.Context, model Model, x *mat.Dense, features ...int) (*Curves, error) {
	const fn = "PartialDependence.Individual"
	s, err := p.sweep(ctx, fn, model, x, features)
	if err != nil {
		return nil, err
	}
	c := &Curves{Features: append([]int(nil), features...), Grid: s.grid, Rows: s.rows, Values: mat.NewDense(len(s.rows), s.points(), nil)}
	if err := s.run(func(point, row int, pred []float64) {
		for i, v := range pred {
			c.Values.Set(row+i, point, v)
		}
	}); err != nil {
		return nil, err
	}
	return c, nil
}

// Centered returns the curves less their value at a point of the grid (0, the
// first, as a rule), which shows how they differ in shape.
//
//	c_i(v) = f_i(v) - f_i(v_point)
//
// Errors: ErrRange for a point that the grid does not have.
func (c *Curves) Centered(point int) (*Curves, error) {
	const fn = "Curves.Centered"
	n, points := c.Values.Dims()
	if point < 0 || point >= points {
		return nil, fmt.Errorf("%s: point: need one of 0 to %d, have %d: %w", fn, points-1, point, mlgauge.ErrRange)
	}
	out := *c
	out.Values = mat.DenseCopyOf(c.Values)
	for i := range n {
		row := out.Values.RawRowView(i)
		at := row[point]
		for k := range row {
			row[k] -= at
		}
	}
	return &out, nil
}

// Derivative returns the slopes of the curves of one feature: inside the grid the
// second-order difference for unequal steps h before and k after the point,
//
//	(h^2 f(v+k) + (k^2 - h^2) f(v) - k^2 f(v-h)) / (h k (h+k))
//
// and the difference to the neighbour at its ends. A model without interactions
// has the same slopes in every row.
//
// Errors: ErrLength for curves of two features, ErrUndefined for a grid of one
// point or with two equal neighbours. Source: NumPy 2.4 gradient.
func (c *Curves) Derivative() (*Curves, error) {
	const fn = "Curves.Derivative"
	if err := check.Length(fn, "Features", 1, len(c.Features)); err != nil {
		return nil, err
	}
	v := c.Grid[0]
	if len(v) < 2 {
		return nil, fmt.Errorf("%s: Grid: need at least two points, have %d: %w", fn, len(v), mlgauge.ErrUndefined)
	}
	for k := 1; k < len(v); k++ {
		if v[k] == v[k-1] {
			return nil, fmt.Errorf("%s: Grid: need neighbours that differ, have %v twice: %w", fn, v[k], mlgauge.ErrUndefined)
		}
	}
	out := *c
	n, points := c.Values.Dims()
	out.Values = mat.NewDense(n, points, nil)
	for i := range n {
		f, d := c.Values.RawRowView(i), out.Values.RawRowView(i)
		d[0] = (f[1] - f[0]) / (v[1] - v[0])
		for k := 1; k < points-1; k++ {
			// The same as above, by the slopes on either side: no squares that
			// would underflow for a feature in tiny units.
			before, after := v[k]-v[k-1], v[k+1]-v[k]
			left, right := (f[k]-f[k-1])/before, (f[k+1]-f[k])/after
			d[k] = left*(after/(before+after)) + right*(before/(before+after))
		}
		d[points-1] = (f[points-1] - f[points-2]) / (v[points-1] - v[points-2])
	}
	return &out, nil
}

// Average returns the mean over the curves at every point.
func (c *Curves) Average() []float64 {
	n, points := c.Values.Dims()
	mean := make([]float64, points)
	for i := range n {
		for k, v := range c.Values.RawRowView(i) {
			mean[k] += v
		}
	}
	for k := range mean {
		mean[k] /= float64(n)
	}
	return mean
}
