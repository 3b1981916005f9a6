package drift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/preprocess"
)

// Reconstruction finds a change of the relations between columns, which tests of one
// column at a time cannot see: columns are standardised, reduced to the principal
// components that explain Share of the variance of the reference, and restored; rows
// that follow other relations are restored badly.
//
//	error of a row = | z - P'P z |,   z = (x - mean) / sd
//
// The mean error of chunks of the reference gives limits (ChunkLimits), outside which
// the mean error of a new chunk is a drift, up or down. Rows must be complete: impute
// and encode before. The zero value is ready to fit; it marshals to JSON. Source:
// NannyML, data reconstruction drift.
type Reconstruction struct {
	Share float64 `json:"share,omitempty"` // 0 means 0.65

	Scaler preprocess.Standard `json:"scaler"`
	PCA    preprocess.PCA      `json:"pca"`
}

// Fit learns scale and components from the rows of the reference. It returns the
// errors of preprocess.PCA.Fit, and ErrRange for a share outside (0, 1).
func (r *Reconstruction) Fit(reference mat.Matrix) error {
	const fn = "drift.Reconstruction.Fit"
	share := or(r.Share, 0.65)
	if err := option(fn, "Share", share, 0, 1); err != nil {
		return err
	}
	if err := complete(fn, reference); err != nil {
		return err
	}
	var s preprocess.Standard
	if err := s.Fit(reference); err != nil {
		return fmt.Errorf("%s: %w", fn, err)
	}
	z, err := s.Transform(nil, reference)
	if err != nil {
		return fmt.Errorf("%s: %w", fn, err)
	}
	p := preprocess.PCA{Share: share}
	if err := p.Fit(z); err != nil {
		return fmt.Errorf("%s: %w", fn, err)
	}
	r.Scaler, r.PCA = s, p
	return nil
}

// complete reports NaN and infinities, and a matrix without rows.
func complete(fn string, x mat.Matrix) error {
	rows, cols := x.Dims()
	if err := check.NotEmpty(fn, "rows", rows); err != nil {
		return err
	}
	row := make([]float64, cols)
	for i := range rows {
		mat.Row(row, i, x)
		if err := check.Finite(fn, fmt.Sprintf("row %d", i), row); err != nil {
			return err
		}
	}
	return nil
}

// Errors returns the reconstruction error of each row. It returns ErrNotFitted
// before Fit, ErrLength for another number of columns, ErrNotFinite for NaN and
// infinities, ErrEmpty without rows.
func (r *Reconstruction) Errors(x mat.Matrix) ([]float64, error) {
	const fn = "drift.Reconstruction.Errors"
	if len(r.PCA.Components) == 0 {
		return nil, check.NotFitted(fn)
	}
	rows, cols := x.Dims()
	if err := check.Length(fn, "columns", len(r.Scaler.Scale), cols); err != nil {
		return nil, err
	}
	if err := complete(fn, x); err != nil {
		return nil, err
	}
	z, err := r.Scaler.Transform(nil, x)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	t, err := r.PCA.Transform(nil, z)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	back, err := r.PCA.Inverse(nil, t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	e := make([]float64, rows)
	for i := range e {
		e[i] = floats.Distance(z.RawRowView(i), back.RawRowView(i), 2)
		if math.IsInf(e[i], 0) {
			return nil, fmt.Errorf("%s: row %d: need a finite error, have %v: %w", fn, i, e[i], mlgauge.ErrNotFinite)
		}
	}
	return e, nil
}

// Mean returns the mean error of the rows; errors are those of Errors.
func (r *Reconstruction) Mean(x mat.Matrix) (float64, error) {
	e, err := r.Errors(x)
	if err != nil {
		return 0, err
	}
	return floats.Sum(e) / float64(len(e)), nil
}
