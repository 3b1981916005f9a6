package preprocess

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// An Op combines two numbers.
type Op int

const (
	Ratio              Op = iota // a / b
	Difference                   // a - b
	Product                      // a b
	Sum                          // a + b
	Mean                         // (a + b) / 2
	Minimum                      // the smaller of a and b
	Maximum                      // the larger of a and b
	AbsDifference                // |a - b|
	RelativeDifference           // (a - b) / b
	Power                        // a^b
)

var opNames = [...]string{"div", "sub", "mul", "add", "mean", "min", "max", "absdiff", "reldiff", "pow"}

// String returns the short name that FeatureNames uses.
func (o Op) String() string {
	if o < 0 || int(o) >= len(opNames) {
		return fmt.Sprintf("Op(%d)", int(o))
	}
	return opNames[o]
}

// A Zero says what a division by zero gives.
type Zero int

const (
	// ZeroMissing gives NaN: the ratio is missing.
	ZeroMissing Zero = iota
	// ZeroError reports it (ErrUndefined).
	ZeroError
	// ZeroFill gives the value of Fill.
	ZeroFill
)

// A Combination is one new column made of two.
type Combination struct {
	Op Op  `json:"op,omitempty"`
	A  int `json:"a"`
	B  int `json:"b"`
}

// Combine appends combinations of two columns each: ratios, differences,
// products. The columns themselves come first unless Drop is set.
//
// NaN in either column is NaN in the result. A division by zero follows Zero,
// 0 / 0 included. A result that overflows, or a power that is no real number, is
// reported (ErrNotFinite).
//
// Source: feature_engine 1.9 RelativeFeatures and MathFeatures, where a division
// by zero is an error unless a fill value is given.
type Combine struct {
	Columns []Combination `json:"columns,omitempty"`
	Drop    bool          `json:"drop,omitempty"` // only the new columns
	Zero    Zero          `json:"zero,omitempty"`
	Fill    float64       `json:"fill,omitempty"` // for ZeroFill

	Features int `json:"features,omitempty"` // columns that Transform reads
}

// Fit learns the width of x. It reports no combinations (ErrEmpty), and options
// or columns out of range (ErrRange).
func (c *Combine) Fit(x mat.Matrix) error {
	const fn = "Combine.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := c.options(fn, g.Cols); err != nil {
		return err
	}
	c.Features = g.Cols
	return nil
}

func (c *Combine) options(fn string, n int) error {
	if err := check.NotEmpty(fn, "Columns", len(c.Columns)); err != nil {
		return err
	}
	if c.Zero < ZeroMissing || c.Zero > ZeroFill {
		return check.Option(fn, "Zero", c.Zero)
	}
	if err := check.Finite(fn, "Fill", []float64{c.Fill}); err != nil {
		return err
	}
	for _, p := range c.Columns {
		if p.Op < Ratio || p.Op > Power {
			return check.Option(fn, "Op", p.Op)
		}
		if p.A < 0 || p.A >= n || p.B < 0 || p.B >= n {
			return fmt.Errorf("%s: Columns: need columns below %d, have %d and %d: %w", fn, n, p.A, p.B, mlgauge.ErrRange)
		}
	}
	return nil
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (c *Combine) Widths() (in, out int) {
	if c.Features == 0 {
		return 0, 0
	}
	return c.Features, c.out()
}

func (c *Combine) out() int {
	if c.Drop {
		return len(c.Columns)
	}
	return c.Features + len(c.Columns)
}

func (c *Combine) ready(fn string) error {
	if c.Features == 0 {
		return check.NotFitted(fn)
	}
	return c.options(fn, c.Features)
}

// Transform writes the columns of src and their combinations.
func (c *Combine) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Combine.Transform"
	if err := c.ready(fn); err != nil {
		return nil, err
	}
	if dst != nil && c.out() == c.Features {
		src = apart(dst, src)
	}
	out, err := eachRow(fn, dst, src, c.Features, c.out(), c.row)
	if err != nil {
		return nil, err
	}
	g, _ := view(fn, "src", src)
	for i := range g.Rows {
		if err := c.checkRow(fn, rowOf(g, i), out.RawRowView(i), i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// TransformRow is Transform for one row; it allocates nothing. dst is not row.
func (c *Combine) TransformRow(dst, row []float64) error {
	const fn = "Combine.TransformRow"
	if err := c.ready(fn); err != nil {
		return err
	}
	if err := rowWidths(fn, c.Features, c.out(), len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	c.row(dst, row)
	return c.checkRow(fn, row, dst, 0)
}

func (c *Combine) row(dst, row []float64) {
	if !c.Drop {
		dst = dst[copy(dst, row):]
	}
	for k, p := range c.Columns {
		a, b := row[p.A], row[p.B]
		var v float64
		switch p.Op {
		case Ratio:
			v = a / b
		case Difference:
			v = a - b
		case Product:
			v = a * b
		case Sum:
			v = a + b
		case Mean:
			v = a/2 + b/2
		case Minimum:
			v = math.Min(a, b)
		case Maximum:
			v = math.Max(a, b)
		case AbsDifference:
			v = math.Abs(a - b)
		case RelativeDifference:
			v = (a - b) / b
		case Power:
			v = math.Pow(a, b)
			if a != a || b != b {
				v = nan
			}
		}
		if b == 0 && (p.Op == Ratio || p.Op == RelativeDifference) {
			v = nan
			if c.Zero == ZeroFill && a == a {
				v = c.Fill
			}
		}
		dst[k] = v
	}
}

// checkRow tells a missing value that came in from one that was made here.
func (c *Combine) checkRow(fn string, row, dst []float64, i int) error {
	if !c.Drop {
		dst = dst[c.Features:]
	}
	for k, p := range c.Columns {
		v := dst[k]
		if v*0 == 0 {
			continue
		}
		a, b := row[p.A], row[p.B]
		if a != a || b != b {
			continue
		}
		if b == 0 && (p.Op == Ratio || p.Op == RelativeDifference) {
			if c.Zero == ZeroError {
				return fmt.Errorf("%s: src: need a divisor other than 0, have 0 in row %d, column %d: %w", fn, i, p.B, mlgauge.ErrUndefined)
			}
			continue
		}
		return fmt.Errorf("%s: src: need a finite %s, have %v of %v and %v in row %d: %w", fn, p.Op, v, a, b, i, mlgauge.ErrNotFinite)
	}
	return nil
}

// FeatureNames returns the names of the columns and "a_div_b" for the new ones.
func (c *Combine) FeatureNames(in []string) ([]string, error) {
	const fn = "Combine.FeatureNames"
	if err := c.ready(fn); err != nil {
		return nil, err
	}
	in, err := names(fn, in, c.Features)
	if err != nil {
		return nil, err
	}
	var out []string
	if !c.Drop {
		out = append(out, in...)
	}
	for _, p := range c.Columns {
		out = append(out, in[p.A]+"_"+p.Op.String()+"_"+in[p.B])
	}
	return out, nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves c as it was.
func (c *Combine) UnmarshalJSON(data []byte) error {
	const fn = "Combine.UnmarshalJSON"
	type plain Combine
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := Combine(v)
	width := n.Features
	if width == 0 {
		width = math.MaxInt
	}
	if n.Features < 0 {
		return jsonfloat.Corrupt(fn, "need features of at least 0, have %d", n.Features)
	}
	if len(n.Columns) > 0 || n.Features > 0 {
		if err := n.options(fn, width); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
	}
	*c = n
	return nil
}
