package preprocess

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"gonum.org/v1/gonum/mat"
)

// Standard brings every column to mean 0 and variance 1:
//
//	z = (x - Mean) / Scale,  Scale = sqrt(Var)
//
// where Var is the population variance (divisor n). The zero value is ready to
// fit; fields can also be filled in by hand: Mean and Scale are what a transform
// needs, N, Mean and Var what PartialFit and Merge need to go on.
//
// Special cases:
//   - NaN is skipped when fitting and stays NaN.
//   - A constant column, which is one with Var <= n eps Var + (n Mean eps)^2
//     (eps = 2^-52), has Scale 1.
//   - A column without any value has N 0 and Mean, Var and Scale NaN.
//   - A column whose variance overflows, and an infinity anywhere, are
//     mlgauge.ErrNotFinite.
//
// Definition: scikit-learn 1.9, StandardScaler. Sources: Chan, Golub, LeVeque
// (1983) for the merging of moments.
type Standard struct {
	// NoMean leaves the columns where they are.
	NoMean bool
	// NoStd leaves the columns as wide as they are.
	NoStd bool

	N     []float64 // number (or weight) of the values of each column
	Mean  []float64 // mean of each column
	Var   []float64 // population variance of each column
	Scale []float64 // divisor of each column; all 1 if NoStd

	stat   columnMoments
	center []float64 // what is subtracted: Mean, or zeros if NoMean
}

// Fit learns means and variances from the rows of x.
func (s *Standard) Fit(x mat.Matrix) error { return s.fit("Standard.Fit", x, nil, false) }

// FitWeighted is Fit with row i counted w[i] >= 0 times. Weights that are all 0
// are mlgauge.ErrUndefined.
func (s *Standard) FitWeighted(x mat.Matrix, w []float64) error {
	return s.fit("Standard.FitWeighted", x, weighted(w), false)
}

// PartialFit adds the rows of x to what was fitted before.
func (s *Standard) PartialFit(x mat.Matrix) error { return s.fit("Standard.PartialFit", x, nil, true) }

// PartialFitWeighted is PartialFit with row i counted w[i] >= 0 times. A batch
// whose weights are all 0 changes nothing, but cannot be the first.
func (s *Standard) PartialFitWeighted(x mat.Matrix, w []float64) error {
	return s.fit("Standard.PartialFitWeighted", x, weighted(w), true)
}

// weighted makes nil weights an empty slice, so that they are refused.
func weighted(w []float64) []float64 {
	if w == nil {
		return []float64{}
	}
	return w
}

func (s *Standard) fit(fn string, x mat.Matrix, w []float64, more bool) error {
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if w != nil {
		if err := check.Weights(fn, "w", g.Rows, w); err != nil {
			return err
		}
		if _, err := check.Sum(fn, "w", w); err != nil && (!more || len(s.Scale) == 0) {
			return err
		}
	}
	return standardFit(s, fn, g.Data, g.Stride, g.Rows, g.Cols, w, more)
}

func standardFit[F kernel.Float](s *Standard, fn string, x []F, stride, rows, cols int, w []float64, more bool) error {
	var old columnMoments
	if more {
		var err error
		if old, err = s.state(fn); err != nil {
			return err
		}
		if old != nil {
			if err := width(fn, "x", len(old), cols); err != nil {
				return err
			}
		}
	}
	stat := old.clone(cols)
	if err := addMoments(fn, stat, x, stride, rows, w); err != nil {
		return err
	}
	return s.derive(fn, stat)
}

// state returns the moments that were accumulated, or those that the parameters
// stand for, or nil if there is neither.
func (s *Standard) state(fn string) (columnMoments, error) {
	if s.stat != nil || s.Mean == nil && s.Scale == nil {
		return s.stat, nil
	}
	if len(s.N) != len(s.Mean) || len(s.Var) != len(s.Mean) {
		return nil, fmt.Errorf("%s: need N, Mean and Var of one length to go on from, have %d, %d and %d: %w", fn, len(s.N), len(s.Mean), len(s.Var), mlgauge.ErrLength)
	}
	m := make(columnMoments, len(s.Mean))
	for j, n := range s.N {
		switch {
		case n == 0:
		case n > 0 && s.Var[j] >= 0 && s.Mean[j]*0 == 0 && n*s.Var[j] <= math.MaxFloat64:
			m[j] = moments.Of(n, s.Mean[j], 0, n*s.Var[j])
		default:
			return nil, fmt.Errorf("%s: need finite N, Mean and Var of at least 0 to go on from, have %v, %v, %v in column %d: %w", fn, n, s.Mean[j], s.Var[j], j, mlgauge.ErrRange)
		}
	}
	return m, nil
}

func (s *Standard) derive(fn string, stat columnMoments) error {
	variance, scale := make([]float64, len(stat)), make([]float64, len(stat))
	for j := range stat {
		n, mean, v := stat[j].W, stat[j].Mean(), stat[j].Variance(0)
		if math.IsInf(v, 0) {
			return fmt.Errorf("%s: x: need columns whose variance is finite, have an overflow in column %d: %w", fn, j, mlgauge.ErrNotFinite)
		}
		variance[j], scale[j] = v, math.Sqrt(v)
		if s.NoStd || constant(n, mean, v) {
			scale[j] = 1
		}
	}
	s.stat, s.N, s.Mean, s.Var, s.Scale = stat, stat.weights(), stat.means(), variance, scale
	s.center = nil
	s.prepare()
	return nil
}

// constant tells whether a variance is no more than the rounding of data of
// that size about that mean.
func constant(n, mean, variance float64) bool {
	e := n * mean * eps
	return variance <= n*eps*variance+e*e
}

// prepare sets what is subtracted.
func (s *Standard) prepare() {
	if s.NoMean {
		s.center = make([]float64, len(s.Scale))
	} else {
		s.center = s.Mean
	}
}

// params returns what the transform needs, also if the fields were filled in by
// hand.
func (s *Standard) params(fn string) (center, scale []float64, err error) {
	center, scale = s.center, s.Scale
	if len(scale) == 0 {
		return nil, nil, check.NotFitted(fn)
	}
	if !s.NoMean {
		center = s.Mean
	} else if len(center) != len(scale) {
		center = make([]float64, len(scale))
	}
	if len(center) != len(scale) {
		return nil, nil, check.Length(fn, "Mean", len(scale), len(center))
	}
	return center, scale, nil
}

// Merge adds the rows that o was fitted on. The options must be the same
// (mlgauge.ErrIncompatible), and o must be fitted; s need not be.
func (s *Standard) Merge(o *Standard) error {
	const fn = "Standard.Merge"
	if s.NoMean != o.NoMean || s.NoStd != o.NoStd {
		return fmt.Errorf("%s: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	theirs, err := o.state(fn)
	if err != nil {
		return err
	}
	if theirs == nil {
		return check.NotFitted(fn)
	}
	mine, err := s.state(fn)
	if err != nil {
		return err
	}
	if mine != nil {
		if err := width(fn, "o", len(mine), len(theirs)); err != nil {
			return err
		}
	}
	stat := mine.clone(len(theirs))
	for j := range stat {
		stat[j].Merge(&theirs[j])
	}
	return s.derive(fn, stat)
}

// Reset forgets what was fitted and keeps the options.
func (s *Standard) Reset() { *s = Standard{NoMean: s.NoMean, NoStd: s.NoStd} }

// Widths returns the number of columns, twice.
func (s *Standard) Widths() (in, out int) { return len(s.Scale), len(s.Scale) }

// Transform writes the standardised src into dst, which may be nil or src.
func (s *Standard) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return s.apply("Standard.Transform", dst, src, kernel.Standardise[float64])
}

// Inverse undoes Transform: x = z Scale + Mean.
func (s *Standard) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return s.apply("Standard.Inverse", dst, src, kernel.Unstandardise[float64])
}

func (s *Standard) apply(fn string, dst *mat.Dense, src mat.Matrix, do affine[float64]) (*mat.Dense, error) {
	center, scale, err := s.params(fn)
	if err != nil {
		return nil, err
	}
	return affineMatrix(fn, dst, src, center, scale, do)
}

// affine is one of the kernels that scale a block of rows. It returns false if it
// wrote NaN or an infinity, and writes an infinity where it reads one, unless the
// parameters of the column are NaN.
type affine[F kernel.Float] func(dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, stream bool) bool

// affineMatrix runs a kernel over the blocks of a matrix.
func affineMatrix(fn string, dst *mat.Dense, src mat.Matrix, center, scale []float64, do affine[float64]) (*mat.Dense, error) {
	g, err := source(fn, src, len(scale))
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, g.Cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	if err := affineRows(fn, d.Data, d.Stride, g.Data, g.Stride, g.Rows, center, scale, do); err != nil {
		return nil, err
	}
	return dst, nil
}

func affineRows[F kernel.Float](fn string, dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, do affine[F]) error {
	cols := len(scale)
	known := knownParameters(center, scale)
	stream := rows*cols*int(unsafe.Sizeof(F(0))) >= kernel.StreamBytes && !kernel.SameMemory(dst, x)
	return blocks(rows, cols, func(lo, hi int) error {
		return affineBlock(fn, "src", dst[lo*dstStride:], dstStride, x[lo*stride:], stride, hi-lo, lo, known, center, scale, stream, do)
	})
}

// knownParameters tells that no column was without a value.
func knownParameters(center, scale []float64) bool {
	var s float64
	for _, v := range center {
		s += v
	}
	for _, v := range scale {
		s += v
	}
	return s == s
}

// affineBlock runs a kernel over a block of rows and reports infinities, of the
// source or by an overflow. The kernel finds that all is well as it goes; only a
// block with something missing, or infinite, is looked at again.
func affineBlock[F kernel.Float](fn, arg string, dst []F, dstStride int, x []F, stride, rows, first int, known bool, center, scale []float64, stream bool, do affine[F]) error {
	cols := len(scale)
	if !known { // NaN would hide an infinity
		for i := range rows {
			if k := kernel.FirstInf(x[i*stride : i*stride+cols]); k >= 0 {
				return infinite(fn, arg, first+i, k)
			}
		}
	}
	if do(dst, dstStride, x, stride, rows, center, scale, stream) {
		return nil
	}
	for i := range rows {
		k := kernel.FirstInf(dst[i*dstStride : i*dstStride+cols])
		if k < 0 {
			continue
		}
		if v := float64(x[i*stride+k]); !math.IsInf(v, 0) {
			return fmt.Errorf("%s: %s: need values whose image is finite, have %v in row %d, column %d: %w", fn, arg, v, first+i, k, mlgauge.ErrNotFinite)
		}
		return infinite(fn, arg, first+i, k)
	}
	return nil
}

// TransformRow writes the standardised row into dst, which may be row.
func (s *Standard) TransformRow(dst, row []float64) error {
	return s.row("Standard.TransformRow", dst, row, kernel.Standardise[float64])
}

// InverseRow undoes TransformRow.
func (s *Standard) InverseRow(dst, row []float64) error {
	return s.row("Standard.InverseRow", dst, row, kernel.Unstandardise[float64])
}

func (s *Standard) row(fn string, dst, row []float64, do affine[float64]) error {
	center, scale, err := s.params(fn)
	if err != nil {
		return err
	}
	return affineRow(fn, dst, row, center, scale, do)
}

func affineRow[F kernel.Float](fn string, dst, row []F, center, scale []float64, do affine[F]) error {
	if err := rowWidths(fn, len(scale), len(scale), len(row), len(dst)); err != nil {
		return err
	}
	return affineBlock(fn, "row", dst, len(dst), row, len(row), 1, 0, knownParameters(center, scale), center, scale, false, do)
}

// FeatureNames returns the input names.
func (s *Standard) FeatureNames(in []string) ([]string, error) {
	return names("Standard.FeatureNames", in, len(s.Scale))
}

// MarshalBinary saves options and moments, so that fitting can be resumed.
func (s *Standard) MarshalBinary() ([]byte, error) {
	stat, err := s.state("Standard.MarshalBinary")
	if err != nil {
		return nil, err
	}
	w := codec.NewWriter("preprocess.standard/1")
	w.Bool(s.NoMean)
	w.Bool(s.NoStd)
	stat.append(w)
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (s *Standard) UnmarshalBinary(data []byte) error {
	const fn = "Standard.UnmarshalBinary"
	r := codec.NewReader(fn, "preprocess.standard/1", data)
	t := Standard{NoMean: r.Bool(), NoStd: r.Bool()}
	stat := readMoments(r)
	if err := r.Close(); err != nil {
		return err
	}
	if len(stat) > 0 {
		if err := t.derive(fn, stat); err != nil {
			return fmt.Errorf("%s: %v: %w", fn, err, mlgauge.ErrCorrupt)
		}
	}
	*s = t
	return nil
}

type standardJSON struct {
	NoMean bool            `json:"no_mean,omitempty"`
	NoStd  bool            `json:"no_std,omitempty"`
	N      jsonfloat.Slice `json:"n,omitempty"`
	Mean   jsonfloat.Slice `json:"mean,omitempty"`
	Var    jsonfloat.Slice `json:"var,omitempty"`
	Scale  jsonfloat.Slice `json:"scale,omitempty"`
}

// MarshalJSON writes options and parameters.
func (s *Standard) MarshalJSON() ([]byte, error) {
	return json.Marshal(standardJSON{s.NoMean, s.NoStd, s.N, s.Mean, s.Var, s.Scale})
}

// UnmarshalJSON reads options, and parameters that are either absent or
// complete: Mean and Scale, with N and Var or without both. What does not fit
// together is mlgauge.ErrCorrupt, and s stays as it was.
func (s *Standard) UnmarshalJSON(data []byte) error {
	const fn = "Standard.UnmarshalJSON"
	var v standardJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := len(v.Scale)
	if len(v.Mean) != n || len(v.N) != len(v.Var) || len(v.N) != 0 && len(v.N) != n {
		return jsonfloat.Corrupt(fn, "need mean and scale, and n and var if any, of one length, have %d, %d, %d, %d", len(v.Mean), n, len(v.N), len(v.Var))
	}
	for j := range v.Scale {
		some := len(v.N) == 0 || v.N[j] != 0
		if err := scaleJSON(fn, j, v.Mean[j], v.Scale[j], some && !math.IsNaN(v.Scale[j])); err != nil {
			return err
		}
		if len(v.N) > 0 && !(v.N[j] >= 0 && !math.IsInf(v.N[j], 1) && (v.N[j] == 0 || v.Var[j] >= 0 && !math.IsInf(v.N[j]*v.Var[j], 1) && !math.IsNaN(v.Mean[j]))) {
			return jsonfloat.Corrupt(fn, "column %d: need n and var of at least 0, have %v and %v", j, v.N[j], v.Var[j])
		}
	}
	t := Standard{NoMean: v.NoMean, NoStd: v.NoStd, N: slices.Clip(v.N), Mean: v.Mean, Var: v.Var, Scale: v.Scale}
	t.prepare()
	*s = t
	return nil
}

// scaleJSON checks what is subtracted and the divisor of one column; both may
// be NaN where the column had no value.
func scaleJSON(fn string, j int, center, scale float64, some bool) error {
	if math.IsInf(center, 0) || math.IsInf(scale, 0) || scale <= 0 || some && math.IsNaN(center) {
		return jsonfloat.Corrupt(fn, "column %d: need a finite centre and a positive scale, have %v and %v", j, center, scale)
	}
	return nil
}
