package preprocess

import (
	"encoding/json"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// A WindowStatistic is what Windows computes of the rows of a window.
type WindowStatistic int

const (
	WindowMean     WindowStatistic = iota
	WindowStd                      // of the sample, divisor n - 1
	WindowVar                      // of the sample, divisor n - 1
	WindowMin                      // smallest value
	WindowMax                      // largest value
	WindowSum                      // sum of the values
	WindowCount                    // number of values
	WindowMedian                   // middle value
	WindowQuantile                 // quantile at the option Q, interpolated linearly
)

var windowNames = []string{"mean", "std", "var", "min", "max", "sum", "count", "median", "quantile"}

// String returns the name of the method of Rolling in lower case.
func (w WindowStatistic) String() string { return optionName(w, windowNames) }

// MarshalJSON writes the name.
func (w WindowStatistic) MarshalJSON() ([]byte, error) { return json.Marshal(w.String()) }

// UnmarshalJSON reads the name.
func (w *WindowStatistic) UnmarshalJSON(data []byte) error {
	const fn = "WindowStatistic.UnmarshalJSON"
	var s string
	if err := jsonfloat.Decode(fn, data, &s); err != nil {
		return err
	}
	v, err := parseOption[WindowStatistic](fn, "statistic", s, windowNames)
	if err == nil {
		*w = v
	}
	return err
}

// Windows appends statistics over a window of rows that moves with the row
// (Rolling), or over all rows so far (Expanding), to the columns of a matrix.
// Rows are in the order of time. The zero value appends the mean so far of every
// column.
//
// NaN is missing: it does not count, and a window with fewer values than
// MinPeriods gives NaN. A window that ends with the row itself sees it: for
// forecasts set Periods to 1, or Closed to ClosedLeft. Windows over rows of
// different series are kept apart by TransformGroups.
//
// Source: pandas 3.1 DataFrame.rolling and expanding; feature_engine 1.9
// WindowFeatures and ExpandingWindowFeatures (whose periods is 1 by default).
type Windows struct {
	Lengths    []int             `json:"lengths,omitempty"`    // rows of each window, 0 for all so far; nil means 0
	Statistics []WindowStatistic `json:"statistics,omitempty"` // nil means WindowMean
	MinPeriods int               `json:"min_periods,omitempty"`
	Center     bool              `json:"center,omitempty"` // as for Rolling
	Closed     Closed            `json:"closed,omitempty"` // as for Rolling
	// Periods moves the results that many rows on; a row then has the statistics of
	// an earlier one, and the first rows NaN.
	Periods int     `json:"periods,omitempty"`
	Q       float64 `json:"q,omitempty"`       // probability of WindowQuantile
	Columns []int   `json:"columns,omitempty"` // nil means all
	Drop    bool    `json:"drop,omitempty"`    // only the new columns

	Features int `json:"features,omitempty"` // columns that Transform reads
}

// Fit learns the width of x. It reports options out of range (ErrRange).
func (w *Windows) Fit(x mat.Matrix) error {
	const fn = "Windows.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := w.options(fn, g.Cols); err != nil {
		return err
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return err
	}
	w.Features = g.Cols
	return nil
}

func (w *Windows) lengths() []int {
	if len(w.Lengths) == 0 {
		return []int{0}
	}
	return w.Lengths
}

func (w *Windows) statistics() []WindowStatistic {
	if len(w.Statistics) == 0 {
		return []WindowStatistic{WindowMean}
	}
	return w.Statistics
}

func (w *Windows) options(fn string, cols int) error {
	for k, n := range w.lengths() {
		if n < 0 {
			return fmt.Errorf("%s: Lengths: need lengths of at least 0, have %d: %w", fn, n, mlgauge.ErrRange)
		}
		if n > 0 && w.MinPeriods > n {
			return fmt.Errorf("%s: MinPeriods: need at most the window of %d, have %d: %w", fn, n, w.MinPeriods, mlgauge.ErrRange)
		}
		for _, o := range w.lengths()[:k] {
			if o == n {
				return fmt.Errorf("%s: Lengths: need different lengths, have %v: %w", fn, w.Lengths, mlgauge.ErrRange)
			}
		}
	}
	for k, s := range w.statistics() {
		if err := option(fn, "Statistics", s, windowNames); err != nil {
			return err
		}
		for _, o := range w.statistics()[:k] {
			if o == s {
				return fmt.Errorf("%s: Statistics: need different statistics, have %v twice: %w", fn, s, mlgauge.ErrRange)
			}
		}
	}
	if w.Closed < ClosedRight || w.Closed > ClosedNeither {
		return check.Option(fn, "Closed", w.Closed)
	}
	if err := check.AtLeast(fn, "Periods", w.Periods, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Q", w.Q, 0, 1); err != nil {
		return err
	}
	return columnsWithin(fn, "Columns", w.Columns, cols)
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (w *Windows) Widths() (in, out int) {
	if w.Features == 0 {
		return 0, 0
	}
	out = countOf(w.Columns, w.Features) * len(w.lengths()) * len(w.statistics())
	if !w.Drop {
		out += w.Features
	}
	return w.Features, out
}

// Transform writes the columns of src and their statistics, window by window,
// column by column.
func (w *Windows) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return w.transform("Windows.Transform", dst, src, false, nil)
}

// TransformGroups is Transform with a group per row: a window holds rows of the
// same group only. The rows of a group need not be adjacent.
func (w *Windows) TransformGroups(dst *mat.Dense, src mat.Matrix, groups []int) (*mat.Dense, error) {
	return w.transform("Windows.TransformGroups", dst, src, true, groups)
}

func (w *Windows) transform(fn string, dst *mat.Dense, src mat.Matrix, grouped bool, groups []int) (*mat.Dense, error) {
	if err := w.options(fn, w.Features); err != nil && w.Features > 0 {
		return nil, err
	}
	_, width := w.Widths()
	to, err := openSeries(fn, dst, src, w.Features, width, w.Drop, grouped, groups)
	if err != nil {
		return nil, err
	}
	x, y := make([]float64, to.x.Rows), make([]float64, to.x.Rows)
	for _, rows := range to.series {
		at := to.first
		x, y := x[:len(rows)], y[:len(rows)]
		for _, n := range w.lengths() {
			for _, j := range every(w.Columns, w.Features) {
				for k, i := range rows {
					x[k] = to.x.Data[i*to.x.Stride+j]
				}
				for _, s := range w.statistics() {
					if err := w.series(y, x, n, s); err != nil {
						return nil, fmt.Errorf("%s: %w", fn, err)
					}
					for k, i := range rows {
						v := nan
						if k >= w.Periods {
							v = y[k-w.Periods]
						}
						if v*0 != 0 && v == v {
							return nil, fmt.Errorf("%s: src: need windows whose statistics are finite, have an overflow of %v in row %d, column %d: %w", fn, s, i, j, mlgauge.ErrNotFinite)
						}
						to.y.Data[i*to.y.Stride+at] = v
					}
					at++
				}
			}
		}
	}
	return to.dst, nil
}

// series computes one statistic of one series.
func (w *Windows) series(dst, x []float64, length int, s WindowStatistic) error {
	var of interface {
		Mean(dst, x []float64) ([]float64, error)
		Std(dst, x []float64, ddof float64) ([]float64, error)
		Var(dst, x []float64, ddof float64) ([]float64, error)
		Min(dst, x []float64) ([]float64, error)
		Max(dst, x []float64) ([]float64, error)
		Sum(dst, x []float64) ([]float64, error)
		Count(dst, x []float64) ([]float64, error)
		Median(dst, x []float64) ([]float64, error)
		Quantile(dst, x []float64, q float64, how Interpolation) ([]float64, error)
	} = Rolling{Window: length, MinPeriods: w.MinPeriods, Center: w.Center, Closed: w.Closed}
	if length == 0 {
		of = Expanding{MinPeriods: w.MinPeriods}
	}
	var err error
	switch s {
	case WindowMean:
		_, err = of.Mean(dst, x)
	case WindowStd:
		_, err = of.Std(dst, x, 1)
	case WindowVar:
		_, err = of.Var(dst, x, 1)
	case WindowMin:
		_, err = of.Min(dst, x)
	case WindowMax:
		_, err = of.Max(dst, x)
	case WindowSum:
		_, err = of.Sum(dst, x)
	case WindowCount:
		_, err = of.Count(dst, x)
	case WindowMedian:
		_, err = of.Median(dst, x)
	default:
		_, err = of.Quantile(dst, x, w.Q, Linear)
	}
	return err
}

// FeatureNames returns the names of the columns and "x_window_7_mean" or
// "x_expanding_mean" for the new ones.
func (w *Windows) FeatureNames(in []string) ([]string, error) {
	const fn = "Windows.FeatureNames"
	in, err := names(fn, in, w.Features)
	if err != nil {
		return nil, err
	}
	if err := w.options(fn, w.Features); err != nil {
		return nil, err
	}
	var out []string
	if !w.Drop {
		out = append(out, in...)
	}
	for _, n := range w.lengths() {
		how := "expanding"
		if n > 0 {
			how = fmt.Sprintf("window_%d", n)
		}
		for _, j := range every(w.Columns, w.Features) {
			for _, s := range w.statistics() {
				out = append(out, fmt.Sprintf("%s_%s_%v", in[j], how, s))
			}
		}
	}
	return out, nil
}

// UnmarshalJSON reads options and width; what does not fit together is
// mlgauge.ErrCorrupt, and w stays as it was.
func (w *Windows) UnmarshalJSON(data []byte) error {
	const fn = "Windows.UnmarshalJSON"
	type plain Windows
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := Windows(v)
	if t.Features < 0 {
		return jsonfloat.Corrupt(fn, "need features of at least 0, have %d", t.Features)
	}
	cols := t.Features
	if cols == 0 {
		cols = math.MaxInt
	}
	if err := t.options(fn, cols); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	*w = t
	return nil
}
