package metrics

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Normalize says what the cells of a confusion matrix are shares of.
type Normalize int

const (
	// NormalizeNone leaves counts.
	NormalizeNone Normalize = iota
	// NormalizeTrue divides each row by its sum: shares of the true class.
	NormalizeTrue
	// NormalizePred divides each column by its sum: shares of the predicted
	// class.
	NormalizePred
	// NormalizeAll divides by the sum of all cells.
	NormalizeAll
)

// Matrix returns the confusion matrix: cell (i, j) is the number (or weight) of
// rows of true class i predicted as class j, both in the order of Classes.
//
//	none: c_ij    true: c_ij / sum_j c_ij    pred: c_ij / sum_i c_ij    all: c_ij / sum c
//
// 0/0 is 0. When Labels is set, rows whose true or predicted class is not among
// them are left out.
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUnknownCategory when none of Labels is
// the true class of a row; mlgauge.ErrRange for Labels with a repetition, an
// unknown norm, or more than 20000 classes.
//
// Source: scikit-learn 1.9 confusion_matrix.
func (c *Confusion[L]) Matrix(norm Normalize) (*mat.Dense, error) {
	const fn = "metrics.Confusion.Matrix"
	if norm < NormalizeNone || norm > NormalizeAll {
		return nil, check.Option(fn, "norm", int(norm))
	}
	v, err := c.matrixView(fn)
	if err != nil {
		return nil, err
	}
	k := len(v.codes)
	m := mat.NewDense(k, k, nil)
	data := m.RawMatrix().Data
	c.inside(&v, func(i, j int, n tally) { data[i*k+j] = n.value() })
	if norm == NormalizeNone {
		return m, nil
	}
	rows, cols := make([]float64, k), make([]float64, k)
	var all float64
	for i := range k {
		for j, x := range data[i*k : (i+1)*k] {
			rows[i] += x
			cols[j] += x
		}
		all += rows[i]
	}
	for i := range k {
		for j, x := range data[i*k : (i+1)*k] {
			den := all
			switch norm {
			case NormalizeTrue:
				den = rows[i]
			case NormalizePred:
				den = cols[j]
			}
			if x != 0 {
				data[i*k+j] = x / den
			}
		}
	}
	return m, nil
}

// Counts returns the rows of Add as integers, laid out as Matrix lays them out.
// Rows of AddWeighted are not in it. Errors: those of Matrix.
func (c *Confusion[L]) Counts() ([][]uint64, error) {
	v, err := c.matrixView("metrics.Confusion.Counts")
	if err != nil {
		return nil, err
	}
	k := len(v.codes)
	data := make([]uint64, k*k)
	c.inside(&v, func(i, j int, n tally) { data[i*k+j] = n.rows })
	out := make([][]uint64, k)
	for i := range out {
		out[i] = data[i*k : (i+1)*k : (i+1)*k]
	}
	return out, nil
}

func (c *Confusion[L]) matrixView(fn string) (view, error) {
	v, err := c.view(fn)
	if err != nil {
		return v, err
	}
	if n := len(v.codes); n > 20000 {
		return v, fmt.Errorf("%s: need at most 20000 classes, have %d: set Labels: %w", fn, n, mlgauge.ErrRange)
	}
	return v, c.occurs(fn, &v)
}

// occurs reports Labels of which none is the true class of a row.
func (c *Confusion[L]) occurs(fn string, v *view) error {
	if len(c.Labels) == 0 || v.m.total.value() == 0 {
		return nil
	}
	for _, k := range v.codes {
		if k >= 0 && v.m.truth[k].value() > 0 {
			return nil
		}
	}
	return fmt.Errorf("%s: Labels: need a label that is the true class of a row, have none: %w", fn, mlgauge.ErrUnknownCategory)
}

// inside visits the cells between classes asked for, by their places in the
// order asked for.
func (c *Confusion[L]) inside(v *view, do func(i, j int, n tally)) {
	place := make([]int, c.table.side)
	for i, k := range v.codes {
		if k >= 0 {
			place[k] = i + 1
		}
	}
	c.table.each(func(i, j int, n tally) {
		if i, j := place[i], place[j]; i > 0 && j > 0 {
			do(i-1, j-1, n)
		}
	})
}
