package preprocess

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/mat"
)

// MinMax brings every column into a range:
//
//	y = (x - DataMin) / Scale (Range[1] - Range[0]) + Range[0],  Scale = DataMax - DataMin
//
// With the default range the least training value becomes 0 and the greatest 1,
// exactly. The zero value is ready to fit, with the range [0, 1].
//
// Special cases:
//   - NaN is skipped when fitting and stays NaN.
//   - A column whose Scale would be below 10 eps (eps = 2^-52) has Scale 1.
//   - A column without any value has DataMin, DataMax and Scale NaN.
//   - A width DataMax - DataMin that overflows is mlgauge.ErrNotFinite.
//
// Definition: scikit-learn 1.9, MinMaxScaler; it subtracts after multiplying,
// which loses the digits of columns far from 0.
type MinMax struct {
	// Range is the range to scale into; the zero value stands for {0, 1}.
	Range [2]float64
	// Clip moves transformed values that lie outside Range to its nearer end.
	Clip bool

	DataMin []float64 // least value of each column
	DataMax []float64 // greatest value of each column
	Scale   []float64 // divisor of each column
}

// limits returns the range.
func (m *MinMax) limits(fn string) (lo, hi float64, err error) {
	lo, hi = m.Range[0], m.Range[1]
	if lo == 0 && hi == 0 {
		hi = 1
	}
	if !(lo < hi) || math.IsInf(hi-lo, 0) {
		return 0, 0, fmt.Errorf("%s: Range: need a finite range with the lower end first, have [%v, %v]: %w", fn, lo, hi, mlgauge.ErrRange)
	}
	return lo, hi, nil
}

// Fit learns the extremes of the columns of x.
func (m *MinMax) Fit(x mat.Matrix) error { return m.fit("MinMax.Fit", x, false) }

// PartialFit widens the fitted extremes by the rows of x.
func (m *MinMax) PartialFit(x mat.Matrix) error { return m.fit("MinMax.PartialFit", x, true) }

func (m *MinMax) fit(fn string, x mat.Matrix, more bool) error {
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	return minMaxFit(m, fn, g.Data, g.Stride, g.Rows, g.Cols, more)
}

func minMaxFit[F kernel.Float](m *MinMax, fn string, x []F, stride, rows, cols int, more bool) error {
	if _, _, err := m.limits(fn); err != nil {
		return err
	}
	r, err := rangeOf(fn, x, stride, rows, cols)
	if err != nil {
		return err
	}
	if more && m.DataMin != nil {
		if err := width(fn, "x", len(m.DataMin), cols); err != nil {
			return err
		}
		r.merge(m.state())
	}
	return m.derive(fn, r)
}

// state returns the extremes as a statistic: infinities instead of NaN.
func (m *MinMax) state() columnRange {
	r := newRange(len(m.DataMin))
	for j := range m.DataMin {
		if m.DataMin[j] <= m.DataMax[j] {
			r.lo[j], r.hi[j] = m.DataMin[j], m.DataMax[j]
		}
	}
	return r
}

func (m *MinMax) derive(fn string, r columnRange) error {
	scale := make([]float64, len(r.lo))
	for j := range scale {
		if r.empty(j) {
			r.lo[j], r.hi[j], scale[j] = nan, nan, nan
			continue
		}
		w := r.hi[j] - r.lo[j]
		if math.IsInf(w, 0) {
			return fmt.Errorf("%s: x: need columns whose width is finite, have %v to %v in column %d: %w", fn, r.lo[j], r.hi[j], j, mlgauge.ErrNotFinite)
		}
		scale[j] = nonzero(w)
	}
	m.DataMin, m.DataMax, m.Scale = r.lo, r.hi, scale
	return nil
}

// Merge widens the extremes by those of o, which must be fitted with the same
// options (mlgauge.ErrIncompatible); m need not be fitted.
func (m *MinMax) Merge(o *MinMax) error {
	const fn = "MinMax.Merge"
	if m.Range != o.Range || m.Clip != o.Clip {
		return fmt.Errorf("%s: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	if len(o.Scale) == 0 {
		return check.NotFitted(fn)
	}
	r := o.state()
	if len(m.Scale) > 0 {
		if err := width(fn, "o", len(m.Scale), len(o.Scale)); err != nil {
			return err
		}
		r.merge(m.state())
	}
	return m.derive(fn, r)
}

// Reset forgets what was fitted and keeps the options.
func (m *MinMax) Reset() { *m = MinMax{Range: m.Range, Clip: m.Clip} }

// Widths returns the number of columns, twice.
func (m *MinMax) Widths() (in, out int) { return len(m.Scale), len(m.Scale) }

// kernels returns the block kernels of the transform and its inverse.
func minMaxKernels[F kernel.Float](m *MinMax, fn string) (do, undo affine[F], err error) {
	lo, hi, err := m.limits(fn)
	if err == nil && len(m.Scale) == 0 {
		err = check.NotFitted(fn)
	}
	if err == nil {
		err = check.Length(fn, "DataMin", len(m.Scale), len(m.DataMin))
	}
	if err != nil {
		return nil, nil, err
	}
	do = func(dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, stream bool) bool {
		infinite := m.Clip && anyInf(x, stride, rows, len(scale))
		finite := kernel.Rescale(dst, dstStride, x, stride, rows, center, scale, hi-lo, lo, stream && !m.Clip)
		if !m.Clip || infinite {
			return finite
		}
		for i := range rows {
			kernel.Clip(dst[i*dstStride:i*dstStride+len(scale)], F(lo), F(hi))
		}
		return true
	}
	undo = func(dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, stream bool) bool {
		return kernel.Unrescale(dst, dstStride, x, stride, rows, center, scale, hi-lo, lo, stream)
	}
	return do, undo, nil
}

// Transform writes the scaled src into dst, which may be nil or src.
func (m *MinMax) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "MinMax.Transform"
	do, _, err := minMaxKernels[float64](m, fn)
	if err != nil {
		return nil, err
	}
	return affineMatrix(fn, dst, src, m.DataMin, m.Scale, do)
}

// Inverse undoes Transform, except where it clipped.
func (m *MinMax) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "MinMax.Inverse"
	_, undo, err := minMaxKernels[float64](m, fn)
	if err != nil {
		return nil, err
	}
	return affineMatrix(fn, dst, src, m.DataMin, m.Scale, undo)
}

// TransformRow writes the scaled row into dst, which may be row.
func (m *MinMax) TransformRow(dst, row []float64) error {
	const fn = "MinMax.TransformRow"
	lo, hi, err := m.limits(fn)
	if err != nil {
		return err
	}
	if err := m.row(fn, dst, row); err != nil {
		return err
	}
	finite := kernel.Rescale(dst, len(dst), row, len(row), 1, m.DataMin, m.Scale, hi-lo, lo, false)
	if m.Clip {
		kernel.Clip(dst, lo, hi)
		return nil
	}
	return overflow(fn, dst, finite)
}

// InverseRow undoes TransformRow.
func (m *MinMax) InverseRow(dst, row []float64) error {
	const fn = "MinMax.InverseRow"
	lo, hi, err := m.limits(fn)
	if err != nil {
		return err
	}
	if err := m.row(fn, dst, row); err != nil {
		return err
	}
	finite := kernel.Unrescale(dst, len(dst), row, len(row), 1, m.DataMin, m.Scale, hi-lo, lo, false)
	return overflow(fn, dst, finite)
}

// overflow reports an infinity among what was made of finite values.
func overflow(fn string, dst []float64, finite bool) error {
	if finite {
		return nil
	}
	if k := kernel.FirstInf(dst); k >= 0 {
		return fmt.Errorf("%s: row: need values whose image is finite, have an overflow in column %d: %w", fn, k, mlgauge.ErrNotFinite)
	}
	return nil
}

func (m *MinMax) row(fn string, dst, row []float64) error {
	if err := rowWidths(fn, len(m.Scale), len(m.Scale), len(row), len(dst)); err != nil {
		return err
	}
	if err := check.Length(fn, "DataMin", len(m.Scale), len(m.DataMin)); err != nil {
		return err
	}
	return noInfRow(fn, row)
}

// FeatureNames returns the input names.
func (m *MinMax) FeatureNames(in []string) ([]string, error) {
	return names("MinMax.FeatureNames", in, len(m.Scale))
}

// MarshalBinary saves options and extremes.
func (m *MinMax) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("preprocess.minmax/1")
	w.Float64(m.Range[0])
	w.Float64(m.Range[1])
	w.Bool(m.Clip)
	w.Float64s(m.DataMin)
	w.Float64s(m.DataMax)
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (m *MinMax) UnmarshalBinary(data []byte) error {
	const fn = "MinMax.UnmarshalBinary"
	r := codec.NewReader(fn, "preprocess.minmax/1", data)
	t := MinMax{Range: [2]float64{r.Float64(), r.Float64()}, Clip: r.Bool(), DataMin: r.Float64s(), DataMax: r.Float64s()}
	if err := r.Close(); err != nil {
		return err
	}
	if err := t.restore(fn); err != nil {
		return err
	}
	*m = t
	return nil
}

// restore checks options and extremes that came from outside, and derives the
// scale.
func (m *MinMax) restore(fn string) error {
	if _, _, err := m.limits(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if len(m.DataMin) != len(m.DataMax) {
		return jsonfloat.Corrupt(fn, "need as many minima as maxima, have %d and %d", len(m.DataMin), len(m.DataMax))
	}
	for j, lo := range m.DataMin {
		hi := m.DataMax[j]
		if math.IsNaN(lo) && math.IsNaN(hi) {
			continue
		}
		if !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			return jsonfloat.Corrupt(fn, "column %d: need a finite minimum no greater than the maximum, have %v and %v", j, lo, hi)
		}
	}
	if len(m.DataMin) == 0 {
		m.DataMin, m.DataMax = nil, nil
		return nil
	}
	if err := m.derive(fn, m.state()); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	return nil
}

type minMaxJSON struct {
	Range   *[2]float64     `json:"range,omitempty"`
	Clip    bool            `json:"clip,omitempty"`
	DataMin jsonfloat.Slice `json:"data_min,omitempty"`
	DataMax jsonfloat.Slice `json:"data_max,omitempty"`
}

// MarshalJSON writes options and extremes; the scale follows from them.
func (m *MinMax) MarshalJSON() ([]byte, error) {
	v := minMaxJSON{Clip: m.Clip, DataMin: m.DataMin, DataMax: m.DataMax}
	if m.Range != [2]float64{} {
		v.Range = &m.Range
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and m stays as it was.
func (m *MinMax) UnmarshalJSON(data []byte) error {
	const fn = "MinMax.UnmarshalJSON"
	var v minMaxJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := MinMax{Clip: v.Clip, DataMin: v.DataMin, DataMax: v.DataMax}
	if v.Range != nil {
		t.Range = *v.Range
	}
	if err := t.restore(fn); err != nil {
		return err
	}
	*m = t
	return nil
}
