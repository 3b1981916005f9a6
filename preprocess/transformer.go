package preprocess

import (
	"fmt"
	"math"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// A Transformer learns from the columns of a matrix and maps matrices of the
// same width.
type Transformer interface {
	// Fit learns from x and forgets what it had learned before. If it fails,
	// nothing changes.
	Fit(x mat.Matrix) error
	// Transform writes the mapped rows of src into dst and returns it. A nil or
	// empty dst is allocated; dst may be src where the width stays the same.
	Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error)
	// FeatureNames returns the names of the columns that Transform writes, given
	// those of the columns that it reads; nil stands for x0, x1, ...
	FeatureNames(in []string) ([]string, error)
	// Widths returns how many columns Transform reads and writes; 0, 0 before
	// Fit.
	Widths() (in, out int)
}

// A RowTransformer can serve single rows without allocating.
type RowTransformer interface {
	Transformer
	// TransformRow writes the mapped row into dst, which must have the width that
	// Transform writes, and may be row where the width stays the same.
	TransformRow(dst, row []float64) error
}

// An Inverter can undo its transform.
type Inverter interface {
	// Inverse writes the rows of which src is the transform into dst and returns
	// it; nil and aliasing are as for Transform.
	Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error)
}

// A PartialFitter can learn from batches.
type PartialFitter interface {
	// PartialFit learns from the rows of x in addition to what was learned
	// before. If it fails, nothing changes.
	PartialFit(x mat.Matrix) error
}

// view returns x as row-major data, without copying where it is so already.
func view(fn, arg string, x mat.Matrix) (blas64.General, error) {
	var g blas64.General
	if d, ok := x.(*mat.Dense); x == nil || ok && d == nil {
		return g, fmt.Errorf("%s: %s: need a matrix, have nil: %w", fn, arg, mlgauge.ErrEmpty)
	}
	if r, ok := x.(mat.RawMatrixer); ok {
		g = r.RawMatrix()
	} else if r, c := x.Dims(); r > 0 && c > 0 {
		g = mat.DenseCopyOf(x).RawMatrix()
	}
	if g.Rows == 0 || g.Cols == 0 {
		return g, fmt.Errorf("%s: %s: need at least one row and one column, have %d x %d: %w", fn, arg, g.Rows, g.Cols, mlgauge.ErrEmpty)
	}
	return g, nil
}

// source is view for a transform: the width must be cols, and cols 0 means that
// the transformer was not fitted.
func source(fn string, x mat.Matrix, cols int) (blas64.General, error) {
	if cols == 0 {
		return blas64.General{}, check.NotFitted(fn)
	}
	g, err := view(fn, "src", x)
	if err != nil {
		return g, err
	}
	return g, width(fn, "src", cols, g.Cols)
}

// width reports a matrix of the wrong number of columns.
func width(fn, arg string, need, have int) error {
	if need != have {
		return fmt.Errorf("%s: %s: need %d columns, have %d: %w", fn, arg, need, have, mlgauge.ErrLength)
	}
	return nil
}

// rowWidths reports what keeps TransformRow from running: not fitted, or a
// slice of the wrong width.
func rowWidths(fn string, in, out, row, dst int) error {
	if in == 0 {
		return check.NotFitted(fn)
	}
	if row != in {
		return check.Length(fn, "row", in, row)
	}
	if dst != out {
		return check.Length(fn, "dst", out, dst)
	}
	return nil
}

// output returns dst, allocated if it is nil or empty, of the given size. What it holds
// is undefined: a caller writes every element, or returns an error and no matrix.
func output(fn string, dst *mat.Dense, rows, cols int) (*mat.Dense, error) {
	if dst == nil {
		return mat.NewDense(rows, cols, kernel.Uncleared(rows*cols)), nil
	}
	if dst.IsEmpty() {
		dst.ReuseAs(rows, cols)
		return dst, nil
	}
	if r, c := dst.Dims(); r != rows || c != cols {
		return nil, fmt.Errorf("%s: dst: need %d x %d, have %d x %d: %w", fn, rows, cols, r, c, mlgauge.ErrLength)
	}
	return dst, nil
}

// infinite is the error for an infinity.
func infinite(fn, arg string, row, col int) error {
	return fmt.Errorf("%s: %s: need finite values or NaN, have an infinity in row %d, column %d: %w", fn, arg, row, col, mlgauge.ErrNotFinite)
}

// noInf reports the first infinity of a block of rows that starts at row first.
func noInf(fn, arg string, x []float64, stride, rows, cols, first int) error {
	if stride == cols {
		if k := kernel.FirstInf(x[:rows*cols]); k >= 0 {
			return infinite(fn, arg, first+k/cols, k%cols)
		}
		return nil
	}
	for i := range rows {
		if k := kernel.FirstInf(x[i*stride : i*stride+cols]); k >= 0 {
			return infinite(fn, arg, first+i, k)
		}
	}
	return nil
}

// noInfAll is noInf over a whole matrix, on several cores.
func noInfAll(fn, arg string, g blas64.General) error {
	return chunks(g.Rows, g.Cols, func(lo, hi int) error {
		return noInf(fn, arg, g.Data[lo*g.Stride:], g.Stride, hi-lo, g.Cols, lo)
	})
}

// noInfRow is noInf for one row.
func noInfRow(fn string, row []float64) error {
	if k := kernel.FirstInf(row); k >= 0 {
		return infinite(fn, "row", 0, k)
	}
	return nil
}

// chunkElements is how many elements go to a core at a time.
const chunkElements = 1 << 16

// chunks calls do for consecutive ranges of rows, on several cores if the
// matrix is large, and returns the error of the lowest range.
func chunks(rows, cols int, do func(lo, hi int) error) error {
	size := max(1, chunkElements/max(cols, 1))
	n := parallel.Blocks(rows, size)
	if rows*cols < parallel.MinElements || n == 1 {
		for lo := 0; lo < rows; lo += size {
			if err := do(lo, min(rows, lo+size)); err != nil {
				return err
			}
		}
		return nil
	}
	errs := make([]error, n)
	parallel.Each(n, func(b int) { errs[b] = do(b*size, min(rows, (b+1)*size)) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// blocks calls do for consecutive ranges of rows that fit in the first-level
// cache, on several cores if the matrix is large.
func blocks(rows, cols int, do func(lo, hi int) error) error {
	size := kernel.BlockRows(cols)
	return chunks(rows, cols, func(lo, hi int) error {
		for ; lo < hi; lo += size {
			if err := do(lo, min(hi, lo+size)); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachRow is the transform of a matrix row by row.
func eachRow(fn string, dst *mat.Dense, src mat.Matrix, in, out int, do func(dst, row []float64)) (*mat.Dense, error) {
	return eachNumberedRow(fn, dst, src, in, out, func(_ int, dst, row []float64) { do(dst, row) })
}

// eachNumberedRow is eachRow of what depends on the number of the row.
func eachNumberedRow(fn string, dst *mat.Dense, src mat.Matrix, in, out int, do func(i int, dst, row []float64)) (*mat.Dense, error) {
	g, err := source(fn, src, in)
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, out); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	err = blocks(g.Rows, max(in, out), func(lo, hi int) error {
		if err := noInf(fn, "src", g.Data[lo*g.Stride:], g.Stride, hi-lo, in, lo); err != nil {
			return err
		}
		for i := lo; i < hi; i++ {
			do(i, d.Data[i*d.Stride:i*d.Stride+out], g.Data[i*g.Stride:i*g.Stride+in])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// column copies column j of g into buf, without what is missing.
func column(buf []float64, g blas64.General, j int) []float64 {
	buf = buf[:0]
	for i, o := 0, j; i < g.Rows; i, o = i+1, o+g.Stride {
		if v := g.Data[o]; v == v {
			buf = append(buf, v)
		}
	}
	return buf
}

// names returns the names of n input columns: in, or x0, x1, ... for nil.
func names(fn string, in []string, n int) ([]string, error) {
	if n == 0 {
		return nil, check.NotFitted(fn)
	}
	if in == nil {
		in = make([]string, n)
		for j := range in {
			in[j] = "x" + strconv.Itoa(j)
		}
		return in, nil
	}
	if err := check.Length(fn, "in", n, len(in)); err != nil {
		return nil, err
	}
	return append([]string(nil), in...), nil
}

// eps is the spacing of the floats at 1.
const eps = 0x1p-52

// nonzero replaces a scale that is no more than rounding of zero by 1, as
// scikit-learn does. NaN stays.
func nonzero(scale float64) float64 {
	if scale < 10*eps {
		return 1
	}
	return scale
}

// fill returns n times v.
func fill(n int, v float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = v
	}
	return x
}

var nan = math.NaN()
