package preprocess

import (
	"encoding/json"
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/mat"
)

// MaxAbs divides every column by its greatest magnitude, which keeps zeros
// zero:
//
//	y = x / Scale,  Scale = max |x|
//
// The zero value is ready to fit.
//
// Special cases: NaN is skipped when fitting and stays NaN; a column whose
// MaxAbs is below 10 eps (eps = 2^-52) has Scale 1; a column without any value
// has MaxAbs and Scale NaN.
//
// Definition: scikit-learn 1.9, MaxAbsScaler.
type MaxAbs struct {
	// Clip moves transformed values outside [-1, 1] to the nearer end.
	Clip bool

	MaxAbs []float64 // greatest magnitude of each column
	Scale  []float64 // divisor of each column
}

// Fit learns the greatest magnitude of the columns of x.
func (m *MaxAbs) Fit(x mat.Matrix) error { return m.fit("MaxAbs.Fit", x, false) }

// PartialFit adds the rows of x to what was fitted before.
func (m *MaxAbs) PartialFit(x mat.Matrix) error { return m.fit("MaxAbs.PartialFit", x, true) }

func (m *MaxAbs) fit(fn string, x mat.Matrix, more bool) error {
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	return maxAbsFit(m, fn, g.Data, g.Stride, g.Rows, g.Cols, more)
}

func maxAbsFit[F kernel.Float](m *MaxAbs, fn string, x []F, stride, rows, cols int, more bool) error {
	r, err := rangeOf(fn, x, stride, rows, cols)
	if err != nil {
		return err
	}
	top := make([]float64, cols)
	for j := range top {
		top[j] = max(math.Abs(r.lo[j]), math.Abs(r.hi[j]))
		if r.empty(j) {
			top[j] = nan
		}
	}
	if more && m.Scale != nil {
		if err := width(fn, "x", len(m.MaxAbs), cols); err != nil {
			return err
		}
		widen(top, m.MaxAbs)
	}
	m.derive(top)
	return nil
}

// widen raises top to other; NaN stands for nothing seen.
func widen(top, other []float64) {
	for j, v := range other {
		if v > top[j] || math.IsNaN(top[j]) {
			top[j] = v
		}
	}
}

func (m *MaxAbs) derive(top []float64) {
	m.MaxAbs, m.Scale = top, make([]float64, len(top))
	for j, v := range top {
		m.Scale[j] = nonzero(v)
	}
}

// Merge adds the rows that o was fitted on; o must be fitted, m need not be.
// Clip is that of m.
func (m *MaxAbs) Merge(o *MaxAbs) error {
	const fn = "MaxAbs.Merge"
	if len(o.Scale) == 0 {
		return check.NotFitted(fn)
	}
	top := append([]float64(nil), o.MaxAbs...)
	if len(m.Scale) > 0 {
		if err := width(fn, "o", len(m.Scale), len(o.Scale)); err != nil {
			return err
		}
		widen(top, m.MaxAbs)
	}
	m.derive(top)
	return nil
}

// Reset forgets what was fitted and keeps the options.
func (m *MaxAbs) Reset() { *m = MaxAbs{Clip: m.Clip} }

// Widths returns the number of columns, twice.
func (m *MaxAbs) Widths() (in, out int) { return len(m.Scale), len(m.Scale) }

func divide[F kernel.Float](dst []F, dstStride int, x []F, stride, rows int, _, scale []float64, stream bool) bool {
	return kernel.Divide(dst, dstStride, x, stride, rows, scale, stream)
}

func divideClip[F kernel.Float](dst []F, dstStride int, x []F, stride, rows int, _, scale []float64, _ bool) bool {
	infinite := anyInf(x, stride, rows, len(scale))
	finite := kernel.Divide(dst, dstStride, x, stride, rows, scale, false)
	if infinite {
		return finite
	}
	for i := range rows {
		kernel.Clip(dst[i*dstStride:i*dstStride+len(scale)], -1, 1)
	}
	return true
}

// anyInf tells that a block holds an infinity, which must not be clipped before
// it is reported.
func anyInf[F kernel.Float](x []F, stride, rows, cols int) bool {
	for i := range rows {
		if kernel.FirstInf(x[i*stride:i*stride+cols]) >= 0 {
			return true
		}
	}
	return false
}

func multiply[F kernel.Float](dst []F, dstStride int, x []F, stride, rows int, _, scale []float64, stream bool) bool {
	return kernel.Multiply(dst, dstStride, x, stride, rows, scale, stream)
}

// Transform writes the scaled src into dst, which may be nil or src.
func (m *MaxAbs) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	do := divide[float64]
	if m.Clip {
		do = divideClip[float64]
	}
	return affineMatrix("MaxAbs.Transform", dst, src, nil, m.Scale, do)
}

// Inverse undoes Transform, except where it clipped.
func (m *MaxAbs) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return affineMatrix("MaxAbs.Inverse", dst, src, nil, m.Scale, multiply[float64])
}

// TransformRow writes the scaled row into dst, which may be row.
func (m *MaxAbs) TransformRow(dst, row []float64) error {
	do := divide[float64]
	if m.Clip {
		do = divideClip[float64]
	}
	return affineRow("MaxAbs.TransformRow", dst, row, nil, m.Scale, do)
}

// InverseRow undoes TransformRow.
func (m *MaxAbs) InverseRow(dst, row []float64) error {
	return affineRow("MaxAbs.InverseRow", dst, row, nil, m.Scale, multiply[float64])
}

// FeatureNames returns the input names.
func (m *MaxAbs) FeatureNames(in []string) ([]string, error) {
	return names("MaxAbs.FeatureNames", in, len(m.Scale))
}

// MarshalBinary saves options and magnitudes.
func (m *MaxAbs) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("preprocess.maxabs/1")
	w.Bool(m.Clip)
	w.Float64s(m.MaxAbs)
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (m *MaxAbs) UnmarshalBinary(data []byte) error {
	const fn = "MaxAbs.UnmarshalBinary"
	r := codec.NewReader(fn, "preprocess.maxabs/1", data)
	t := MaxAbs{Clip: r.Bool()}
	top := r.Float64s()
	if err := r.Close(); err != nil {
		return err
	}
	return m.restore(fn, t, top)
}

func (m *MaxAbs) restore(fn string, t MaxAbs, top []float64) error {
	for j, v := range top {
		if v < 0 || math.IsInf(v, 0) {
			return jsonfloat.Corrupt(fn, "column %d: need a finite magnitude, have %v", j, v)
		}
	}
	if len(top) > 0 {
		t.derive(top)
	}
	*m = t
	return nil
}

type maxAbsJSON struct {
	Clip   bool            `json:"clip,omitempty"`
	MaxAbs jsonfloat.Slice `json:"max_abs,omitempty"`
}

// MarshalJSON writes options and magnitudes; the scale follows from them.
func (m *MaxAbs) MarshalJSON() ([]byte, error) { return json.Marshal(maxAbsJSON{m.Clip, m.MaxAbs}) }

// UnmarshalJSON reads what MarshalJSON wrote; what cannot be is
// mlgauge.ErrCorrupt, and m stays as it was.
func (m *MaxAbs) UnmarshalJSON(data []byte) error {
	const fn = "MaxAbs.UnmarshalJSON"
	var v maxAbsJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	return m.restore(fn, MaxAbs{Clip: v.Clip}, v.MaxAbs)
}
