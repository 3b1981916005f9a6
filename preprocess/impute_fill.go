package preprocess

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// FillMethod is how an ordered column is filled from its neighbours.
type FillMethod int

const (
	// FillForward repeats the last value.
	FillForward FillMethod = iota
	// FillBackward repeats the next value.
	FillBackward
	// FillLinear interpolates by row number.
	FillLinear
	// FillTime interpolates by the times of the rows.
	FillTime
)

var fillNames = []string{"forward", "backward", "linear", "time"}

// String returns "forward", "backward", "linear" or "time".
func (m FillMethod) String() string { return optionName(m, fillNames) }

// Direction is from which side an interpolation may reach into a gap.
type Direction int

const (
	// FromBefore fills after a value: leading gaps stay, trailing ones repeat
	// the last value.
	FromBefore Direction = iota
	// FromAfter fills before a value: trailing gaps stay, leading ones repeat
	// the first value.
	FromAfter
	// FromBoth fills from both sides.
	FromBoth
)

var directionNames = []string{"forward", "backward", "both"}

// String returns "forward", "backward" or "both".
func (d Direction) String() string { return optionName(d, directionNames) }

// Area restricts which gaps are filled.
type Area int

const (
	// Everywhere fills every gap.
	Everywhere Area = iota
	// Inside fills gaps between two values only.
	Inside
	// Outside fills gaps before the first and after the last value only.
	Outside
)

var areaNames = []string{"everywhere", "inside", "outside"}

// String returns "everywhere", "inside" or "outside".
func (a Area) String() string { return optionName(a, areaNames) }

// Fill replaces the missing values of ordered rows by their neighbours in the
// same column: the last or the next value, or a straight line between the two,
//
//	x_i = x_a + (x_b - x_a) (t_i - t_a) / (t_b - t_a)
//
// where a and b are the nearest values before and after, t the row number
// (FillLinear) or the time of the row (FillTime). It learns nothing from the data, so it
// can be used without Fit; Fit notes the width, which is then required. What a
// value is replaced by depends on other rows, so there is no form for one row.
//
// A gap longer than Limit is filled up to Limit values from the side (or sides)
// that Direction names; the rest stays NaN. A column without any value stays as
// it is.
//
// Definition: pandas 3, DataFrame.ffill, bfill, interpolate.
type Fill struct {
	Method FillMethod
	// Limit is how many values in a row may be filled; 0 is without limit.
	Limit int
	// Direction is for FillLinear and FillTime.
	Direction Direction
	// Area restricts which gaps are filled.
	Area Area
	// Times are the times of the rows, ascending, in any unit; for FillTime only.
	Times []float64

	Columns int // width of the rows; 0 if any
}

// Fit notes the width of x.
func (f *Fill) Fit(x mat.Matrix) error {
	const fn = "Fill.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := f.check(fn, g.Rows, false); err != nil {
		return err
	}
	f.Columns = g.Cols
	return nil
}

func (f *Fill) check(fn string, rows int, times bool) error {
	switch {
	case f.Method < FillForward || f.Method > FillTime:
		return check.Option(fn, "Method", int(f.Method))
	case f.Direction < FromBefore || f.Direction > FromBoth:
		return check.Option(fn, "Direction", int(f.Direction))
	case f.Area < Everywhere || f.Area > Outside:
		return check.Option(fn, "Area", int(f.Area))
	}
	if err := check.AtLeast(fn, "Limit", f.Limit, 0); err != nil {
		return err
	}
	if f.Method != FillTime || !times {
		return nil
	}
	if err := check.Length(fn, "Times", rows, len(f.Times)); err != nil {
		return err
	}
	if err := check.Finite(fn, "Times", f.Times); err != nil {
		return err
	}
	for i := 1; i < rows; i++ {
		if f.Times[i] < f.Times[i-1] {
			return fmt.Errorf("%s: Times: need ascending times, have %v after %v at index %d: %w", fn, f.Times[i], f.Times[i-1], i, mlgauge.ErrRange)
		}
	}
	return nil
}

// Widths returns the width noted by Fit, twice.
func (f *Fill) Widths() (in, out int) { return f.Columns, f.Columns }

// Transform writes the filled src into dst, which may be nil or src.
func (f *Fill) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Fill.Transform"
	g, err := view(fn, "src", src)
	if err != nil {
		return nil, err
	}
	if f.Columns != 0 {
		if err := width(fn, "src", f.Columns, g.Cols); err != nil {
			return nil, err
		}
	}
	if err := f.check(fn, g.Rows, true); err != nil {
		return nil, err
	}
	if err := noInfAll(fn, "src", g); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, g.Cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	x := make([]float64, g.Rows)
	for j := range g.Cols {
		for i := range x {
			x[i] = g.Data[i*g.Stride+j]
		}
		f.column(x)
		for i, v := range x {
			d.Data[i*d.Stride+j] = v
		}
	}
	return dst, nil
}

// Column fills one column; dst may be x.
func (f *Fill) Column(dst, x []float64) error {
	const fn = "Fill.Column"
	if err := check.Pair(fn, "dst", len(dst), "x", len(x)); err != nil {
		return err
	}
	if err := f.check(fn, len(x), true); err != nil {
		return err
	}
	for i, v := range x {
		if math.IsInf(v, 0) {
			return infinite(fn, "x", i, 0)
		}
	}
	copy(dst, x)
	f.column(dst)
	return nil
}

func (f *Fill) column(x []float64) {
	limit := f.Limit
	if limit == 0 {
		limit = len(x)
	}
	// One gap after another: x[a] and x[b] are the values around it.
	for a, i := -1, 0; i < len(x); {
		if x[i] == x[i] {
			a = i
			i++
			continue
		}
		b := i
		for b < len(x) && x[b] != x[b] {
			b++
		}
		f.gap(x, a, b, limit)
		a, i = b, b+1
	}
}

// gap fills x[a+1:b]; a is -1 and b is len(x) where there is no value.
func (f *Fill) gap(x []float64, a, b, limit int) {
	before, after := a >= 0, b < len(x)
	inside := before && after
	if f.Area == Inside && !inside || f.Area == Outside && inside {
		return
	}
	forward, backward := before, after
	switch f.Method {
	case FillForward:
		backward = false
	case FillBackward:
		forward = false
	default:
		forward = before && f.Direction != FromAfter
		backward = after && f.Direction != FromBefore
	}
	for i := a + 1; i < b; i++ {
		if !(forward && i-a <= limit || backward && b-i <= limit) {
			continue
		}
		switch {
		case f.Method == FillForward || !after:
			x[i] = x[a]
		case f.Method == FillBackward || !before:
			x[i] = x[b]
		case f.Method == FillLinear:
			x[i] = (x[b]-x[a])/float64(b-a)*float64(i-a) + x[a]
		default:
			x[i] = f.between(x, a, i, b)
		}
	}
}

// between interpolates by time; rows of equal times take the later value, as
// numpy.interp does.
func (f *Fill) between(x []float64, a, i, b int) float64 {
	ta, t, tb := f.Times[a], f.Times[i], f.Times[b]
	if tb <= t {
		return x[b]
	}
	return (x[b]-x[a])/(tb-ta)*(t-ta) + x[a]
}

// FeatureNames returns the input names. Without Fit, in must not be nil.
func (f *Fill) FeatureNames(in []string) ([]string, error) {
	return freeNames("Fill.FeatureNames", in, f.Columns)
}

type fillJSON struct {
	Method    string    `json:"method"`
	Limit     int       `json:"limit,omitempty"`
	Direction string    `json:"direction"`
	Area      string    `json:"area"`
	Times     []float64 `json:"times,omitempty"`
	Columns   int       `json:"columns,omitempty"`
}

// MarshalJSON writes options and width. Times that are not finite are
// mlgauge.ErrNotFinite.
func (f *Fill) MarshalJSON() ([]byte, error) {
	if err := check.Finite("Fill.MarshalJSON", "Times", f.Times); err != nil {
		return nil, err
	}
	return json.Marshal(fillJSON{f.Method.String(), f.Limit, f.Direction.String(), f.Area.String(), f.Times, f.Columns})
}

// UnmarshalJSON reads what MarshalJSON wrote; what cannot be is
// mlgauge.ErrCorrupt, and f stays as it was.
func (f *Fill) UnmarshalJSON(data []byte) error {
	const fn = "Fill.UnmarshalJSON"
	var v fillJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := Fill{Limit: v.Limit, Times: v.Times, Columns: v.Columns}
	var err error
	if t.Method, err = parseOption[FillMethod](fn, "method", v.Method, fillNames); err != nil {
		return err
	}
	if t.Direction, err = parseOption[Direction](fn, "direction", v.Direction, directionNames); err != nil {
		return err
	}
	if t.Area, err = parseOption[Area](fn, "area", v.Area, areaNames); err != nil {
		return err
	}
	if err := t.check(fn, len(t.Times), true); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if t.Columns < 0 {
		return jsonfloat.Corrupt(fn, "need columns of at least 0, have %d", t.Columns)
	}
	*f = t
	return nil
}
