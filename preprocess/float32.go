package preprocess

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/mat"
)

// The scalers also take float32: row-major data of a known number of columns,
// rows one after the other, so that one row is a slice as well. Statistics are
// accumulated, and parameters held, in float64.

// flat returns the number of rows of flat data.
func flat(fn, arg string, n, cols int) (int, error) {
	if cols < 1 {
		return 0, check.AtLeast(fn, "cols", cols, 1)
	}
	if n == 0 {
		return 0, check.NotEmpty(fn, arg, n)
	}
	if n%cols != 0 {
		return 0, fmt.Errorf("%s: %s: need whole rows of %d columns, have %d values: %w", fn, arg, cols, n, mlgauge.ErrLength)
	}
	return n / cols, nil
}

// flatAffine runs a kernel over flat data.
func flatAffine(fn string, dst, src []float32, center, scale []float64, do affine[float32]) ([]float32, error) {
	if len(scale) == 0 {
		return nil, check.NotFitted(fn)
	}
	rows, err := flat(fn, "src", len(src), len(scale))
	if err != nil {
		return nil, err
	}
	if dst == nil {
		dst = make([]float32, len(src))
	}
	if err := check.Length(fn, "dst", len(src), len(dst)); err != nil {
		return nil, err
	}
	return dst, affineRows(fn, dst, len(scale), src, len(scale), rows, center, scale, do)
}

// Fit32 is Fit on row-major data of that many columns.
func (s *Standard) Fit32(x []float32, cols int) error {
	return s.fit32("Standard.Fit32", x, cols, false)
}

// PartialFit32 is PartialFit on row-major data of that many columns.
func (s *Standard) PartialFit32(x []float32, cols int) error {
	return s.fit32("Standard.PartialFit32", x, cols, true)
}

func (s *Standard) fit32(fn string, x []float32, cols int, more bool) error {
	rows, err := flat(fn, "x", len(x), cols)
	if err != nil {
		return err
	}
	return standardFit(s, fn, x, cols, rows, cols, nil, more)
}

// Transform32 writes the standardised rows of src into dst, which is allocated
// if nil, and may be src.
func (s *Standard) Transform32(dst, src []float32) ([]float32, error) {
	const fn = "Standard.Transform32"
	center, scale, err := s.params(fn)
	if err != nil {
		return nil, err
	}
	return flatAffine(fn, dst, src, center, scale, kernel.Standardise[float32])
}

// Inverse32 undoes Transform32.
func (s *Standard) Inverse32(dst, src []float32) ([]float32, error) {
	const fn = "Standard.Inverse32"
	center, scale, err := s.params(fn)
	if err != nil {
		return nil, err
	}
	return flatAffine(fn, dst, src, center, scale, kernel.Unstandardise[float32])
}

// Fit32 is Fit on row-major data of that many columns.
func (m *MinMax) Fit32(x []float32, cols int) error { return m.fit32("MinMax.Fit32", x, cols, false) }

// PartialFit32 is PartialFit on row-major data of that many columns.
func (m *MinMax) PartialFit32(x []float32, cols int) error {
	return m.fit32("MinMax.PartialFit32", x, cols, true)
}

func (m *MinMax) fit32(fn string, x []float32, cols int, more bool) error {
	rows, err := flat(fn, "x", len(x), cols)
	if err != nil {
		return err
	}
	return minMaxFit(m, fn, x, cols, rows, cols, more)
}

// Transform32 writes the scaled rows of src into dst, which is allocated if nil,
// and may be src.
func (m *MinMax) Transform32(dst, src []float32) ([]float32, error) {
	const fn = "MinMax.Transform32"
	do, _, err := minMaxKernels[float32](m, fn)
	if err != nil {
		return nil, err
	}
	return flatAffine(fn, dst, src, m.DataMin, m.Scale, do)
}

// Inverse32 undoes Transform32.
func (m *MinMax) Inverse32(dst, src []float32) ([]float32, error) {
	const fn = "MinMax.Inverse32"
	_, undo, err := minMaxKernels[float32](m, fn)
	if err != nil {
		return nil, err
	}
	return flatAffine(fn, dst, src, m.DataMin, m.Scale, undo)
}

// Fit32 is Fit on row-major data of that many columns.
func (m *MaxAbs) Fit32(x []float32, cols int) error { return m.fit32("MaxAbs.Fit32", x, cols, false) }

// PartialFit32 is PartialFit on row-major data of that many columns.
func (m *MaxAbs) PartialFit32(x []float32, cols int) error {
	return m.fit32("MaxAbs.PartialFit32", x, cols, true)
}

func (m *MaxAbs) fit32(fn string, x []float32, cols int, more bool) error {
	rows, err := flat(fn, "x", len(x), cols)
	if err != nil {
		return err
	}
	return maxAbsFit(m, fn, x, cols, rows, cols, more)
}

// Transform32 writes the scaled rows of src into dst, which is allocated if nil,
// and may be src.
func (m *MaxAbs) Transform32(dst, src []float32) ([]float32, error) {
	do := divide[float32]
	if m.Clip {
		do = divideClip[float32]
	}
	return flatAffine("MaxAbs.Transform32", dst, src, nil, m.Scale, do)
}

// Inverse32 undoes Transform32.
func (m *MaxAbs) Inverse32(dst, src []float32) ([]float32, error) {
	return flatAffine("MaxAbs.Inverse32", dst, src, nil, m.Scale, multiply[float32])
}

// Fit32 is Fit on row-major data of that many columns, of which it makes a
// float64 copy.
func (r *Robust) Fit32(x []float32, cols int) error {
	const fn = "Robust.Fit32"
	rows, err := flat(fn, "x", len(x), cols)
	if err != nil {
		return err
	}
	wide := make([]float64, len(x))
	for i, v := range x {
		wide[i] = float64(v)
	}
	return r.fit(fn, mat.NewDense(rows, cols, wide), false)
}

// Transform32 writes the scaled rows of src into dst, which is allocated if nil,
// and may be src.
func (r *Robust) Transform32(dst, src []float32) ([]float32, error) {
	const fn = "Robust.Transform32"
	if err := r.fitted(fn); err != nil {
		return nil, err
	}
	return flatAffine(fn, dst, src, r.Center, r.Scale, kernel.Standardise[float32])
}

// Inverse32 undoes Transform32.
func (r *Robust) Inverse32(dst, src []float32) ([]float32, error) {
	const fn = "Robust.Inverse32"
	if err := r.fitted(fn); err != nil {
		return nil, err
	}
	return flatAffine(fn, dst, src, r.Center, r.Scale, kernel.Unstandardise[float32])
}

// TransformRow32 writes the normalised row into dst, which may be row.
func (n *Normalizer) TransformRow32(dst, row []float32) error {
	return normalizerRow(n, "Normalizer.TransformRow32", dst, row)
}
