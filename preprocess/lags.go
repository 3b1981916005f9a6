package preprocess

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// Shift writes x moved by periods places into dst and returns it: the value of
// that many rows before, or, with negative periods, after. Places without a value
// are NaN. dst may be nil or x.
//
// Source: pandas 3.1 Series.shift.
func Shift(dst, x []float64, periods int) ([]float64, error) {
	dst, err := seriesOut("Shift", dst, x)
	if err != nil {
		return nil, err
	}
	shift(dst, x, periods, nan)
	return dst, nil
}

func shift(dst, x []float64, periods int, fill float64) {
	n := len(x)
	switch {
	case periods >= n || periods <= -n:
		for i := range dst {
			dst[i] = fill
		}
	case periods >= 0:
		copy(dst[periods:], x[:n-periods])
		for i := range periods {
			dst[i] = fill
		}
	default:
		copy(dst, x[-periods:])
		for i := n + periods; i < n; i++ {
			dst[i] = fill
		}
	}
}

// Diff writes the change of x over periods rows into dst and returns it:
//
//	x[i] - x[i - periods]
//
// NaN where there is no such row. dst may be nil or x.
//
// Source: pandas 3.1 Series.diff.
func Diff(dst, x []float64, periods int) ([]float64, error) {
	return change("Diff", dst, x, periods, func(now, then float64) float64 { return now - then })
}

// RelativeChange writes the relative change of x over periods rows into dst and
// returns it:
//
//	x[i] / x[i - periods] - 1
//
// NaN where there is no such row and for 0 / 0; a change from 0 is infinite.
// dst may be nil or x.
//
// Source: pandas 3.1 Series.pct_change (which no longer fills in missing values).
func RelativeChange(dst, x []float64, periods int) ([]float64, error) {
	return change("RelativeChange", dst, x, periods, func(now, then float64) float64 { return now/then - 1 })
}

func change(fn string, dst, x []float64, periods int, of func(now, then float64) float64) ([]float64, error) {
	dst, err := seriesOut(fn, dst, x)
	if err != nil {
		return nil, err
	}
	n := len(x)
	switch {
	case periods >= n || periods <= -n:
		for i := range dst {
			dst[i] = nan
		}
	case periods >= 0:
		// Backwards, so that dst may be x.
		for i := n - 1; i >= periods; i-- {
			dst[i] = of(x[i], x[i-periods])
		}
		for i := range periods {
			dst[i] = nan
		}
	default:
		for i := range n + periods {
			dst[i] = of(x[i], x[i-periods])
		}
		for i := n + periods; i < n; i++ {
			dst[i] = nan
		}
	}
	return dst, nil
}

// seriesOut returns dst, fresh if it is nil, of the length of x.
func seriesOut(fn string, dst, x []float64) ([]float64, error) {
	if err := check.NotEmpty(fn, "x", len(x)); err != nil {
		return nil, err
	}
	if dst == nil {
		return make([]float64, len(x)), nil
	}
	return dst, check.Length(fn, "dst", len(x), len(dst))
}

// Lags appends the values of earlier rows. Rows are in the order of time. The
// zero value appends the row before, of every column.
//
// The first rows have no earlier ones: they get NaN, or Fill. A negative period
// looks ahead, which for a target's sake is usually a leak. Groups of rows that
// belong to different series are lagged apart by TransformGroups.
//
// Source: pandas 3.1 DataFrame.shift; feature_engine 1.9 LagFeatures.
type Lags struct {
	Periods []int    `json:"periods,omitempty"` // nil means 1
	Columns []int    `json:"columns,omitempty"` // nil means all
	Drop    bool     `json:"drop,omitempty"`    // only the new columns
	Fill    *float64 `json:"fill,omitempty"`    // nil means NaN

	Features int `json:"features,omitempty"` // columns that Transform reads
}

// Fit learns the width of x. It reports columns out of range and a period of 0
// or given twice (ErrRange).
func (l *Lags) Fit(x mat.Matrix) error {
	const fn = "Lags.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := l.options(fn, g.Cols); err != nil {
		return err
	}
	l.Features = g.Cols
	return nil
}

func (l *Lags) options(fn string, n int) error {
	seen := make(map[int]bool)
	for _, p := range l.Periods {
		if p == 0 || seen[p] {
			return fmt.Errorf("%s: Periods: need different periods other than 0, have %v: %w", fn, l.Periods, mlgauge.ErrRange)
		}
		seen[p] = true
	}
	if l.Fill != nil {
		if err := check.Finite(fn, "Fill", []float64{*l.Fill}); err != nil {
			return err
		}
	}
	return columnsWithin(fn, "Columns", l.Columns, n)
}

func (l *Lags) periods() []int {
	if len(l.Periods) == 0 {
		return []int{1}
	}
	return l.Periods
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (l *Lags) Widths() (in, out int) {
	if l.Features == 0 {
		return 0, 0
	}
	out = countOf(l.Columns, l.Features) * len(l.periods())
	if !l.Drop {
		out += l.Features
	}
	return l.Features, out
}

// Transform writes the columns of src and their lags, period by period.
func (l *Lags) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return l.transform("Lags.Transform", dst, src, false, nil)
}

// TransformGroups is Transform with a group per row: a lag is the value of that
// many rows of the same group before. The rows of a group need not be adjacent.
func (l *Lags) TransformGroups(dst *mat.Dense, src mat.Matrix, groups []int) (*mat.Dense, error) {
	return l.transform("Lags.TransformGroups", dst, src, true, groups)
}

func (l *Lags) transform(fn string, dst *mat.Dense, src mat.Matrix, grouped bool, groups []int) (*mat.Dense, error) {
	if err := l.options(fn, l.Features); err != nil && l.Features > 0 {
		return nil, err
	}
	_, width := l.Widths()
	w, err := openSeries(fn, dst, src, l.Features, width, l.Drop, grouped, groups)
	if err != nil {
		return nil, err
	}
	fill := math.NaN()
	if l.Fill != nil {
		fill = *l.Fill
	}
	at := w.first
	for _, p := range l.periods() {
		for _, j := range every(l.Columns, l.Features) {
			for _, r := range w.series {
				for i, row := range r {
					v := fill
					if k := i - p; k >= 0 && k < len(r) {
						v = w.x.Data[r[k]*w.x.Stride+j]
					}
					w.y.Data[row*w.y.Stride+at] = v
				}
			}
			at++
		}
	}
	return w.dst, nil
}

// FeatureNames returns the names of the columns and "x_lag_1" for the new ones.
func (l *Lags) FeatureNames(in []string) ([]string, error) {
	const fn = "Lags.FeatureNames"
	in, err := names(fn, in, l.Features)
	if err != nil {
		return nil, err
	}
	if err := l.options(fn, l.Features); err != nil {
		return nil, err
	}
	var out []string
	if !l.Drop {
		out = append(out, in...)
	}
	for _, p := range l.periods() {
		for _, j := range every(l.Columns, l.Features) {
			out = append(out, fmt.Sprintf("%s_lag_%d", in[j], p))
		}
	}
	return out, nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves l as it was.
func (l *Lags) UnmarshalJSON(data []byte) error {
	const fn = "Lags.UnmarshalJSON"
	type plain Lags
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := Lags(v)
	width := n.Features
	if width == 0 {
		width = math.MaxInt
	}
	if n.Features < 0 {
		return jsonfloat.Corrupt(fn, "need features of at least 0, have %d", n.Features)
	}
	if err := n.options(fn, width); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	*l = n
	return nil
}
