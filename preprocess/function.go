package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// Function applies a function to every value. It learns nothing from the data,
// so it can be used without Fit; Fit notes the width, which is then required.
//
// Special cases: NaN stays NaN without a call. Do may return NaN to mark a
// value as missing; an infinity from Do is mlgauge.ErrRange.
//
// Code cannot be written as JSON: a Function is saved by the Name under which
// its functions were registered (see RegisterFunction).
//
// Definition: scikit-learn 1.9, FunctionTransformer, element by element.
type Function struct {
	// Do is the function; nil is the identity. It is called from several
	// goroutines at once.
	Do func(float64) float64
	// Undo is its inverse, which only Inverse needs.
	Undo func(float64) float64
	// CheckInverse makes Fit refuse functions that do not undo each other on its
	// rows to a relative 1e-7 (mlgauge.ErrIncompatible).
	CheckInverse bool
	// Name is that of a registered pair of functions; Do and Undo are then those,
	// and need not be set.
	Name string

	Columns int // width of the rows; 0 if any
}

// Fit notes the width of x.
func (f *Function) Fit(x mat.Matrix) error {
	const fn = "Function.Fit"
	do, undo, err := f.functions(fn)
	if err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if f.CheckInverse {
		if (do == nil) != (undo == nil) {
			return fmt.Errorf("%s: need both Do and Undo to check them: %w", fn, mlgauge.ErrIncompatible)
		}
		for i := 0; i < g.Rows && do != nil; i++ {
			for j, v := range g.Data[i*g.Stride : i*g.Stride+g.Cols] {
				if back := undo(do(v)); v == v && !(math.Abs(back-v) <= 1e-7*math.Abs(v)+1e-12) {
					return fmt.Errorf("%s: need functions that undo each other, have %v become %v in row %d, column %d: %w", fn, v, back, i, j, mlgauge.ErrIncompatible)
				}
			}
		}
	}
	f.Columns = g.Cols
	return nil
}

// Widths returns the width noted by Fit, twice.
func (f *Function) Widths() (in, out int) { return f.Columns, f.Columns }

// Transform writes Do of src into dst, which may be nil or src.
func (f *Function) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Function.Transform"
	do, _, err := f.functions(fn)
	if err != nil {
		return nil, err
	}
	return mapMatrix(fn, dst, src, f.Columns, do)
}

// Inverse writes Undo of src into dst, which may be nil or src.
func (f *Function) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Function.Inverse"
	do, undo, err := f.functions(fn)
	if err != nil {
		return nil, err
	}
	if undo == nil && do != nil {
		return nil, fmt.Errorf("%s: need Undo: %w", fn, mlgauge.ErrUndefined)
	}
	return mapMatrix(fn, dst, src, f.Columns, undo)
}

// TransformRow writes Do of row into dst, which may be row.
func (f *Function) TransformRow(dst, row []float64) error {
	const fn = "Function.TransformRow"
	do, _, err := f.functions(fn)
	if err != nil {
		return err
	}
	return mapRow(fn, dst, row, f.Columns, do)
}

// FeatureNames returns the input names. Without Fit, in must not be nil.
func (f *Function) FeatureNames(in []string) ([]string, error) {
	return freeNames("Function.FeatureNames", in, f.Columns)
}

func mapMatrix(fn string, dst *mat.Dense, src mat.Matrix, cols int, do func(float64) float64) (*mat.Dense, error) {
	g, err := view(fn, "src", src)
	if err != nil {
		return nil, err
	}
	if cols != 0 {
		if err := width(fn, "src", cols, g.Cols); err != nil {
			return nil, err
		}
	}
	if dst, err = output(fn, dst, g.Rows, g.Cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	err = chunks(g.Rows, g.Cols, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			if err := mapValues(fn, d.Data[i*d.Stride:i*d.Stride+g.Cols], g.Data[i*g.Stride:i*g.Stride+g.Cols], i, do); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

func mapRow(fn string, dst, row []float64, cols int, do func(float64) float64) error {
	if err := check.NotEmpty(fn, "row", len(row)); err != nil {
		return err
	}
	if cols != 0 {
		if err := check.Length(fn, "row", cols, len(row)); err != nil {
			return err
		}
	}
	if err := check.Length(fn, "dst", len(row), len(dst)); err != nil {
		return err
	}
	return mapValues(fn, dst, row, 0, do)
}

func mapValues(fn string, dst, row []float64, i int, do func(float64) float64) error {
	for j, v := range row {
		if math.IsInf(v, 0) {
			return infinite(fn, "src", i, j)
		}
		if do != nil && v == v {
			y := do(v)
			if math.IsInf(y, 0) {
				return fmt.Errorf("%s: need values inside the domain of the function, have %v in row %d, column %d: %w", fn, v, i, j, mlgauge.ErrRange)
			}
			v = y
		}
		dst[j] = v
	}
	return nil
}

// Log1p is y = ln(1 + x), exact for small x, with the inverse exp(y) - 1. It
// learns nothing from the data, so it can be used without Fit.
//
// Special cases: NaN stays NaN; x <= -1 is mlgauge.ErrRange, and so is an
// inverse that overflows.
type Log1p struct {
	Columns int `json:"columns,omitempty"` // width of the rows; 0 if any
}

// Fit notes the width of x.
func (l *Log1p) Fit(x mat.Matrix) error {
	g, err := view("Log1p.Fit", "x", x)
	if err != nil {
		return err
	}
	l.Columns = g.Cols
	return nil
}

func log1p(x float64) float64 {
	if x <= -1 {
		return math.Inf(-1)
	}
	return math.Log1p(x)
}

// Widths returns the width noted by Fit, twice.
func (l *Log1p) Widths() (in, out int) { return l.Columns, l.Columns }

// Transform writes ln(1 + src) into dst, which may be nil or src.
func (l *Log1p) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return mapMatrix("Log1p.Transform", dst, src, l.Columns, log1p)
}

// Inverse writes exp(src) - 1 into dst, which may be nil or src.
func (l *Log1p) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return mapMatrix("Log1p.Inverse", dst, src, l.Columns, math.Expm1)
}

// TransformRow writes ln(1 + row) into dst, which may be row.
func (l *Log1p) TransformRow(dst, row []float64) error {
	return mapRow("Log1p.TransformRow", dst, row, l.Columns, log1p)
}

// FeatureNames returns the input names. Without Fit, in must not be nil.
func (l *Log1p) FeatureNames(in []string) ([]string, error) {
	return freeNames("Log1p.FeatureNames", in, l.Columns)
}

// UnmarshalJSON reads the width; what cannot be is mlgauge.ErrCorrupt, and l
// stays as it was.
func (l *Log1p) UnmarshalJSON(data []byte) error {
	const fn = "Log1p.UnmarshalJSON"
	var v struct {
		Columns int `json:"columns"`
	}
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	if v.Columns < 0 {
		return jsonfloat.Corrupt(fn, "need columns of at least 0, have %d", v.Columns)
	}
	l.Columns = v.Columns
	return nil
}
