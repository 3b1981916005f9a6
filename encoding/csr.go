package encoding

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// A CSR is a sparse matrix in compressed sparse rows: the entries of row i are
// Data[Indptr[i]:Indptr[i+1]], in the columns Indices[Indptr[i]:Indptr[i+1]],
// which ascend within a row. Entries that are not stored are 0. It is a
// mat.Matrix. The zero value is an empty matrix, ready to be a dst.
type CSR struct {
	NRows, NCols int
	Indptr       []int // NRows+1 positions
	Indices      []int32
	Data         []float64
}

// NewCSR returns the matrix with the given parts after checking them; it keeps
// the slices.
//
// Errors: ErrLength if indptr has not rows+1 entries or indices and data
// differ in length; ErrRange for negative sizes, positions that descend or do
// not end at the number of entries, columns outside [0, cols) or not ascending
// within a row.
func NewCSR(rows, cols int, indptr []int, indices []int32, data []float64) (*CSR, error) {
	m := &CSR{rows, cols, indptr, indices, data}
	return m, m.Check()
}

// Check reports what is wrong with the parts; see NewCSR.
func (m *CSR) Check() error {
	const fn = "CSR.Check"
	if m.NRows < 0 || m.NCols < 0 {
		return fmt.Errorf("%s: need sizes of at least 0, have %d x %d: %w", fn, m.NRows, m.NCols, mlgauge.ErrRange)
	}
	if err := check.Length(fn, "Indptr", m.NRows+1, len(m.Indptr)); err != nil {
		return err
	}
	if err := check.Length(fn, "Data", len(m.Indices), len(m.Data)); err != nil {
		return err
	}
	if m.Indptr[0] != 0 || m.Indptr[m.NRows] != len(m.Indices) {
		return fmt.Errorf("%s: Indptr: need it to run from 0 to %d, have %d to %d: %w", fn, len(m.Indices), m.Indptr[0], m.Indptr[m.NRows], mlgauge.ErrRange)
	}
	for i := range m.NRows {
		if m.Indptr[i] > m.Indptr[i+1] {
			return fmt.Errorf("%s: Indptr: need positions that do not descend, have %d after %d at row %d: %w", fn, m.Indptr[i+1], m.Indptr[i], i, mlgauge.ErrRange)
		}
	}
	for i := range m.NRows {
		last := int32(-1)
		for _, j := range m.Indices[m.Indptr[i]:m.Indptr[i+1]] {
			if j <= last || int(j) >= m.NCols {
				return fmt.Errorf("%s: Indices: need ascending columns in [0, %d), have %d after %d in row %d: %w", fn, m.NCols, j, last, i, mlgauge.ErrRange)
			}
			last = j
		}
	}
	return nil
}

// Dims returns the numbers of rows and columns.
func (m *CSR) Dims() (r, c int) { return m.NRows, m.NCols }

// At returns one entry, by a binary search in its row. It panics if i or j is
// out of range, as a mat.Matrix does.
func (m *CSR) At(i, j int) float64 {
	if i < 0 || i >= m.NRows {
		panic(mat.ErrRowAccess)
	}
	if j < 0 || j >= m.NCols {
		panic(mat.ErrColAccess)
	}
	lo, hi := m.Indptr[i], m.Indptr[i+1]
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if int(m.Indices[mid]) < j {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < m.Indptr[i+1] && int(m.Indices[lo]) == j {
		return m.Data[lo]
	}
	return 0
}

// T returns the transpose as a view.
func (m *CSR) T() mat.Matrix { return mat.Transpose{Matrix: m} }

// NNZ returns the number of stored entries.
func (m *CSR) NNZ() int { return len(m.Data) }

// Row returns the columns and values of a row, as views.
func (m *CSR) Row(i int) (columns []int32, values []float64) {
	lo, hi := m.Indptr[i], m.Indptr[i+1]
	return m.Indices[lo:hi:hi], m.Data[lo:hi:hi]
}

// Dense returns the matrix with its zeros, in dst if dst is not nil.
//
// Errors: ErrLength if dst has other dimensions; ErrEmpty for a matrix without
// rows or columns.
func (m *CSR) Dense(dst *mat.Dense) (*mat.Dense, error) {
	dst, err := dense("CSR.Dense", dst, m.NRows, m.NCols)
	if err != nil {
		return nil, err
	}
	raw := dst.RawMatrix()
	for i := range m.NRows {
		row := raw.Data[i*raw.Stride : i*raw.Stride+raw.Cols]
		clear(row)
		for p := m.Indptr[i]; p < m.Indptr[i+1]; p++ {
			row[m.Indices[p]] = m.Data[p]
		}
	}
	return dst, nil
}

// MulVec writes the product of the matrix and x into dst, which may be nil.
//
//	dst_i = sum_j m_ij x_j
//
// Errors: ErrLength if x has not NCols entries or dst not NRows.
func (m *CSR) MulVec(dst, x []float64) ([]float64, error) {
	if err := check.Length("CSR.MulVec", "x", m.NCols, len(x)); err != nil {
		return nil, err
	}
	if dst == nil {
		dst = make([]float64, m.NRows)
	}
	if err := check.Length("CSR.MulVec", "dst", m.NRows, len(dst)); err != nil {
		return nil, err
	}
	for i := range m.NRows {
		var s float64
		for p := m.Indptr[i]; p < m.Indptr[i+1]; p++ {
			s += m.Data[p] * x[m.Indices[p]]
		}
		dst[i] = s
	}
	return dst, nil
}

// dense returns dst, checked or made, with r rows and c columns. Its content
// is arbitrary.
func dense(fn string, dst *mat.Dense, r, c int) (*mat.Dense, error) {
	if err := check.NotEmpty(fn, "rows", r); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "columns of the result", c); err != nil {
		return nil, err
	}
	if dst == nil {
		return mat.NewDense(r, c, kernel.Uncleared(r*c)), nil
	}
	if dst.IsEmpty() {
		dst.ReuseAs(r, c)
		return dst, nil
	}
	dr, dc := dst.Dims()
	if err := check.Length(fn, "rows of dst", r, dr); err != nil {
		return nil, err
	}
	return dst, check.Length(fn, "columns of dst", c, dc)
}
