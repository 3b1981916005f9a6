package preprocess

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// Cyclic turns columns that run in circles (hours, weekdays, angles) into two
// each, so that the end is near to the beginning:
//
//	sin(2 pi x / period), cos(2 pi x / period)
//
// The new columns come after the others, in pairs; the ones they replace are
// dropped unless Keep is set. NaN stays NaN. The zero value takes every column,
// with the largest value seen as its period.
//
// Source: feature_engine 1.9 CyclicalFeatures.
type Cyclic struct {
	Columns []int  `json:"columns,omitempty"` // nil means all
	Given   Floats `json:"given,omitempty"`   // periods of Columns; nil means their largest values
	Keep    bool   `json:"keep,omitempty"`    // keep the columns themselves

	Features int    `json:"features,omitempty"` // columns that Transform reads
	Periods  Floats `json:"periods,omitempty"`  // of Columns
}

// Fit learns the periods, forgetting what was fitted before. It reports an empty
// matrix, infinities, columns out of range, given or seen periods that are not
// positive (ErrRange), and a column without values (ErrEmpty).
func (c *Cyclic) Fit(x mat.Matrix) error { return c.fit("Cyclic.Fit", x, nil) }

// PartialFit raises the periods to the largest values of x.
func (c *Cyclic) PartialFit(x mat.Matrix) error { return c.fit("Cyclic.PartialFit", x, c.Periods) }

func (c *Cyclic) fit(fn string, x mat.Matrix, before []float64) error {
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if before != nil {
		if err := width(fn, "x", c.Features, g.Cols); err != nil {
			return err
		}
	}
	if err := c.options(fn, g.Cols); err != nil {
		return err
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return err
	}
	columns := every(c.Columns, g.Cols)
	periods := slices.Clone([]float64(c.Given))
	if periods == nil {
		for k, j := range columns {
			top := math.Inf(-1)
			if before != nil {
				top = before[k]
			}
			for i := range g.Rows {
				if v := g.Data[i*g.Stride+j]; v > top {
					top = v
				}
			}
			if math.IsInf(top, -1) {
				return fmt.Errorf("%s: x: need a value in column %d, have none: %w", fn, j, mlgauge.ErrEmpty)
			}
			if top <= 0 {
				return fmt.Errorf("%s: x: need a positive maximum as the period of column %d, have %v: %w", fn, j, top, mlgauge.ErrRange)
			}
			periods = append(periods, top)
		}
	}
	c.Features, c.Periods = g.Cols, periods
	return nil
}

// Merge raises the periods to those of o, which was fitted on other rows.
func (c *Cyclic) Merge(o *Cyclic) error {
	const fn = "Cyclic.Merge"
	if o == nil || o.Features == 0 {
		return check.NotFitted(fn)
	}
	if c.Features != 0 && (c.Features != o.Features || !slices.Equal(c.Columns, o.Columns) || len(c.Periods) != len(o.Periods) || !slices.Equal(c.Given, o.Given)) {
		return fmt.Errorf("%s: o: need the same columns and given periods, have others: %w", fn, mlgauge.ErrIncompatible)
	}
	p := slices.Clone(o.Periods)
	if c.Features != 0 && c.Given == nil {
		for k := range p {
			p[k] = math.Max(p[k], c.Periods[k])
		}
	}
	if c.Features == 0 {
		c.Columns, c.Given = slices.Clone(o.Columns), slices.Clone(o.Given)
	}
	c.Features, c.Periods = o.Features, p
	return nil
}

func (c *Cyclic) options(fn string, n int) error {
	if c.Given != nil {
		want := len(c.Columns)
		if c.Columns == nil {
			want = n
		}
		if err := check.Length(fn, "Given", want, len(c.Given)); err != nil {
			return err
		}
	}
	for _, p := range c.Given {
		if err := positive(fn, "Given", p); err != nil {
			return err
		}
	}
	seen := make(map[int]bool)
	for _, j := range c.Columns {
		if seen[j] {
			return fmt.Errorf("%s: Columns: need different columns, have %d twice: %w", fn, j, mlgauge.ErrRange)
		}
		seen[j] = true
	}
	return columnsWithin(fn, "Columns", c.Columns, n)
}

func positive(fn, arg string, p float64) error {
	if !(p > 0) || math.IsInf(p, 1) {
		return fmt.Errorf("%s: %s: need a positive finite period, have %v: %w", fn, arg, p, mlgauge.ErrRange)
	}
	return nil
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (c *Cyclic) Widths() (in, out int) {
	if c.Features == 0 {
		return 0, 0
	}
	out = c.Features + 2*len(c.Periods)
	if !c.Keep {
		out -= len(c.Periods)
	}
	return c.Features, out
}

func (c *Cyclic) ready(fn string) error {
	if c.Features == 0 {
		return check.NotFitted(fn)
	}
	if err := check.Length(fn, "Periods", countOf(c.Columns, c.Features), len(c.Periods)); err != nil {
		return err
	}
	for _, p := range c.Periods {
		if err := positive(fn, "Periods", p); err != nil {
			return err
		}
	}
	return columnsWithin(fn, "Columns", c.Columns, c.Features)
}

// Transform writes the other columns of src and then the sine and cosine of
// each that runs in circles.
func (c *Cyclic) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Cyclic.Transform"
	if err := c.ready(fn); err != nil {
		return nil, err
	}
	in, out := c.Widths()
	return eachRow(fn, dst, src, in, out, c.row)
}

// TransformRow is Transform for one row; it allocates nothing. dst is not row.
func (c *Cyclic) TransformRow(dst, row []float64) error {
	const fn = "Cyclic.TransformRow"
	if err := c.ready(fn); err != nil {
		return err
	}
	in, out := c.Widths()
	if err := rowWidths(fn, in, out, len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	c.row(dst, row)
	return nil
}

func (c *Cyclic) row(dst, row []float64) {
	at := 0
	switch {
	case c.Keep:
		at = copy(dst, row)
	case c.Columns != nil:
		for j, v := range row {
			if !slices.Contains(c.Columns, j) {
				dst[at] = v
				at++
			}
		}
	}
	for k, p := range c.Periods {
		j := k
		if c.Columns != nil {
			j = c.Columns[k]
		}
		turn := row[j] / p
		if math.Abs(turn) > 1<<52 {
			turn = math.Mod(row[j], p) / p // the quotient has no fraction left
		}
		s, co := math.Sincos(2 * math.Pi * turn)
		dst[at], dst[at+1] = s, co
		at += 2
	}
}

// FeatureNames returns the names of the other columns, then "x_sin", "x_cos" for
// each that runs in circles.
func (c *Cyclic) FeatureNames(in []string) ([]string, error) {
	const fn = "Cyclic.FeatureNames"
	if err := c.ready(fn); err != nil {
		return nil, err
	}
	in, err := names(fn, in, c.Features)
	if err != nil {
		return nil, err
	}
	columns := every(c.Columns, c.Features)
	var out []string
	for j, s := range in {
		if c.Keep || !slices.Contains(columns, j) {
			out = append(out, s)
		}
	}
	for _, j := range columns {
		out = append(out, in[j]+"_sin", in[j]+"_cos")
	}
	return out, nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves c as it was.
func (c *Cyclic) UnmarshalJSON(data []byte) error {
	const fn = "Cyclic.UnmarshalJSON"
	type plain Cyclic
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := Cyclic(v)
	if n.Features < 0 || (n.Features == 0) != (len(n.Periods) == 0) {
		return jsonfloat.Corrupt(fn, "need features and periods, or neither, have %d and %d", n.Features, len(n.Periods))
	}
	if n.Features > 0 {
		if err := n.options(fn, n.Features); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
		if err := n.ready(fn); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
	}
	*c = n
	return nil
}
