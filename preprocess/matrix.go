package preprocess

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Floats is a []float64 among fitted parameters. In JSON, NaN is null and the
// infinities are the strings "+Inf" and "-Inf".
type Floats = jsonfloat.Slice

// FloatRows is a [][]float64 among fitted parameters, written like Floats.
type FloatRows = jsonfloat.Rows

// rowOf returns row i of g.
func rowOf(g blas64.General, i int) []float64 {
	return g.Data[i*g.Stride : i*g.Stride+g.Cols : i*g.Stride+g.Cols]
}

// columnInto copies column j of g into dst, missing values included.
func columnInto(dst []float64, g blas64.General, j int) {
	for i, k := 0, j; i < g.Rows; i, k = i+1, k+g.Stride {
		dst[i] = g.Data[k]
	}
}

// columnsOf returns g by columns, in fresh memory.
func columnsOf(g blas64.General) [][]float64 {
	flat := make([]float64, g.Rows*g.Cols)
	out := make([][]float64, g.Cols)
	for j := range out {
		out[j] = flat[j*g.Rows : (j+1)*g.Rows : (j+1)*g.Rows]
		columnInto(out[j], g, j)
	}
	return out
}

// finite reports the first NaN or infinity of g, on several cores.
func finite(fn, arg string, g blas64.General) error {
	return chunks(g.Rows, g.Cols, func(lo, hi int) error {
		if g.Stride == g.Cols && kernel.AllFinite(g.Data[lo*g.Cols:hi*g.Cols]) {
			return nil
		}
		for i := lo; i < hi; i++ {
			row := rowOf(g, i)
			if kernel.AllFinite(row) {
				continue
			}
			for j, v := range row {
				if v*0 != 0 {
					return fmt.Errorf("%s: %s: need finite values, have %v in row %d, column %d: %w", fn, arg, v, i, j, mlgauge.ErrNotFinite)
				}
			}
		}
		return nil
	})
}

// finiteView is view of a matrix that must be finite.
func finiteView(fn, arg string, x mat.Matrix) (blas64.General, error) {
	g, err := view(fn, arg, x)
	if err != nil {
		return g, err
	}
	return g, finite(fn, arg, g)
}

// apart returns src, or a copy of it where it is dst, for the transforms that
// read a row after they have begun to write it.
func apart(dst *mat.Dense, src mat.Matrix) mat.Matrix {
	if s, ok := src.(mat.RawMatrixer); ok && !dst.IsEmpty() {
		a, b := dst.RawMatrix().Data, s.RawMatrix().Data
		if len(a) > 0 && len(b) > 0 && &a[0] == &b[0] {
			return mat.DenseCopyOf(src)
		}
	}
	return src
}

// columnsWithin reports column indices that are not below n (ErrRange), or none.
func columnsWithin(fn, arg string, columns []int, n int) error {
	for _, j := range columns {
		if j < 0 || j >= n {
			return fmt.Errorf("%s: %s: need columns below %d, have %d: %w", fn, arg, n, j, mlgauge.ErrRange)
		}
	}
	return nil
}

// countOf returns the number of columns, n for nil.
func countOf(columns []int, n int) int {
	if columns != nil {
		return len(columns)
	}
	return n
}

// every returns columns, or 0 to n-1 for nil.
func every(columns []int, n int) []int {
	if columns != nil {
		return columns
	}
	all := make([]int, n)
	for j := range all {
		all[j] = j
	}
	return all
}
