package preprocess

import (
	"encoding/json"
	"fmt"
	"math"
	"unsafe"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/mat"
)

// Norm is how the length of a row is measured.
type Norm int

const (
	// L2 is the Euclidean length, sqrt(sum x^2).
	L2 Norm = iota
	// L1 is the sum of the magnitudes, sum |x|.
	L1
	// MaxNorm is the greatest magnitude, max |x|.
	MaxNorm
)

var normNames = []string{"l2", "l1", "max"}

// String returns "l2", "l1" or "max".
func (n Norm) String() string { return optionName(n, normNames) }

// Normalizer divides every row by its norm:
//
//	y_ij = x_ij / norm(x_i)
//
// It learns nothing from the data, so it can be used without Fit; Fit notes
// the width, which is then required.
//
// Special cases: a row whose norm is below 10 eps (eps = 2^-52), such as a row
// of zeros, stays as it is; NaN and infinities are mlgauge.ErrNotFinite. Squares
// that overflow do not make the norm infinite. No value becomes 0 that was not
// 0: dividing by the L1 norm does not make a row sparse.
//
// Definition: scikit-learn 1.9, Normalizer.
type Normalizer struct {
	Norm Norm

	Columns int // width of the rows; 0 if any
}

// Fit notes the width of x.
func (n *Normalizer) Fit(x mat.Matrix) error {
	const fn = "Normalizer.Fit"
	if err := option(fn, "Norm", n.Norm, normNames); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	n.Columns = g.Cols
	return nil
}

// Widths returns the width noted by Fit, twice.
func (n *Normalizer) Widths() (in, out int) { return n.Columns, n.Columns }

// Transform writes the normalised src into dst, which may be nil or src.
func (n *Normalizer) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Normalizer.Transform"
	if err := option(fn, "Norm", n.Norm, normNames); err != nil {
		return nil, err
	}
	g, err := view(fn, "src", src)
	if err != nil {
		return nil, err
	}
	if n.Columns != 0 {
		if err := width(fn, "src", n.Columns, g.Cols); err != nil {
			return nil, err
		}
	}
	if dst, err = output(fn, dst, g.Rows, g.Cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	err = normalizeRows(fn, d.Data, d.Stride, g.Data, g.Stride, g.Rows, g.Cols, n.Norm)
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// TransformRow writes the normalised row into dst, which may be row.
func (n *Normalizer) TransformRow(dst, row []float64) error {
	return normalizerRow(n, "Normalizer.TransformRow", dst, row)
}

func normalizerRow[F kernel.Float](n *Normalizer, fn string, dst, row []F) error {
	if err := option(fn, "Norm", n.Norm, normNames); err != nil {
		return err
	}
	if err := check.NotEmpty(fn, "row", len(row)); err != nil {
		return err
	}
	if n.Columns != 0 {
		if err := check.Length(fn, "row", n.Columns, len(row)); err != nil {
			return err
		}
	}
	if err := check.Length(fn, "dst", len(row), len(dst)); err != nil {
		return err
	}
	if !normalizeRow(dst, row, n.Norm) {
		return fmt.Errorf("%s: row: need finite values, have NaN or an infinity: %w", fn, mlgauge.ErrNotFinite)
	}
	return nil
}

// normBlock is the number of rows whose norms are held at once.
const normBlock = 64

// normalizeRows normalises a row-major matrix, on several cores if it is large. dst may
// be x.
func normalizeRows[F kernel.Float](fn string, dst []F, dstStride int, x []F, stride, rows, cols int, norm Norm) error {
	stream := rows*cols*int(unsafe.Sizeof(F(0))) >= kernel.StreamBytes && !kernel.SameMemory(dst, x)
	return chunks(rows, cols, func(lo, hi int) error {
		var norms [normBlock]float64
		for ; lo < hi; lo += normBlock {
			k := min(normBlock, hi-lo)
			if i := normalizeBlock(dst[lo*dstStride:], dstStride, x[lo*stride:], stride, cols, norms[:k], norm, stream); i >= 0 {
				return fmt.Errorf("%s: src: need finite values, have NaN or an infinity in row %d: %w", fn, lo+i, mlgauge.ErrNotFinite)
			}
		}
		return nil
	})
}

// normalizeBlock normalises as many rows as norms is long, and returns the first that
// is not finite, or -1.
func normalizeBlock[F kernel.Float](dst []F, dstStride int, x []F, stride, cols int, norms []float64, norm Norm, stream bool) int {
	kernel.RowNorms(norms, x, stride, cols, normKinds[norm])
	for i, v := range norms {
		if norm == L2 {
			v = math.Sqrt(v)
		}
		if v*0 == 0 {
			norms[i] = nonzero(v)
			continue
		}
		// The norm is not finite: do the rows one by one.
		for i := range norms {
			if !normalizeRow(dst[i*dstStride:i*dstStride+cols], x[i*stride:i*stride+cols], norm) {
				return i
			}
		}
		return -1
	}
	kernel.DivideRows(dst, dstStride, x, stride, cols, norms, stream)
	return -1
}

var normKinds = [...]kernel.NormKind{L2: kernel.SumSquares, L1: kernel.SumAbs, MaxNorm: kernel.MaxAbs}

// normalizeRow reports whether the row was finite.
func normalizeRow[F kernel.Float](dst, row []F, norm Norm) bool {
	var v [1]float64
	kernel.RowNorms(v[:], row, len(row), len(row), normKinds[norm])
	if norm == L2 {
		v[0] = math.Sqrt(v[0])
	}
	if v[0]*0 != 0 {
		var m [1]float64
		kernel.RowNorms(m[:], row, len(row), len(row), kernel.MaxAbs)
		if m[0]*0 != 0 {
			return false
		}
		// Finite values whose sum overflows: shrink them first.
		kernel.DivideRows(dst, len(row), row, len(row), len(row), m[:], false)
		return normalizeRow(dst, dst, norm)
	}
	v[0] = nonzero(v[0])
	kernel.DivideRows(dst, len(row), row, len(row), len(row), v[:], false)
	return true
}

// FeatureNames returns the input names. Without Fit, in must not be nil.
func (n *Normalizer) FeatureNames(in []string) ([]string, error) {
	return freeNames("Normalizer.FeatureNames", in, n.Columns)
}

// freeNames is names for a transformer that takes any width until it is fitted.
func freeNames(fn string, in []string, cols int) ([]string, error) {
	if cols == 0 {
		cols = len(in)
	}
	return names(fn, in, cols)
}

type normalizerJSON struct {
	Norm    string `json:"norm"`
	Columns int    `json:"columns,omitempty"`
}

// MarshalJSON writes the norm and the width.
func (n *Normalizer) MarshalJSON() ([]byte, error) {
	if err := option("Normalizer.MarshalJSON", "Norm", n.Norm, normNames); err != nil {
		return nil, err
	}
	return json.Marshal(normalizerJSON{n.Norm.String(), n.Columns})
}

// UnmarshalJSON reads what MarshalJSON wrote; what cannot be is
// mlgauge.ErrCorrupt, and n stays as it was.
func (n *Normalizer) UnmarshalJSON(data []byte) error {
	const fn = "Normalizer.UnmarshalJSON"
	var v normalizerJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	norm, err := parseOption[Norm](fn, "norm", v.Norm, normNames)
	if err != nil {
		return err
	}
	if v.Columns < 0 {
		return jsonfloat.Corrupt(fn, "need columns of at least 0, have %d", v.Columns)
	}
	*n = Normalizer{norm, v.Columns}
	return nil
}
