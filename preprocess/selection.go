package preprocess

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// Selection is the outcome of every selector: which columns stay. Fill it in by
// hand to pick columns that were chosen elsewhere.
type Selection struct {
	// Features is the number of columns that the selector saw; 0 before Fit.
	Features int `json:"features,omitempty"`
	// Columns holds the indices of the columns that stay, ascending.
	Columns []int `json:"columns,omitempty"`
}

// keep is the selection of the columns for which yes is true.
func keep(yes []bool) Selection {
	s := Selection{Features: len(yes), Columns: []int{}}
	for j, y := range yes {
		if y {
			s.Columns = append(s.Columns, j)
		}
	}
	return s
}

// valid reports columns that do not fit the width. The zero value is valid.
func (s *Selection) valid(fn string) error {
	if s.Features < 0 || len(s.Columns) > s.Features {
		return jsonfloat.Corrupt(fn, "need at most %d columns, have %d", s.Features, len(s.Columns))
	}
	last := -1
	for _, j := range s.Columns {
		if j <= last || j >= s.Features {
			return jsonfloat.Corrupt(fn, "need ascending columns below %d, have %v", s.Features, s.Columns)
		}
		last = j
	}
	return nil
}

func (s *Selection) ready(fn string) error {
	if s.Features == 0 {
		return check.NotFitted(fn)
	}
	if err := s.valid(fn); err != nil {
		return err
	}
	if len(s.Columns) == 0 {
		return fmt.Errorf("%s: Columns: need at least one column that stays, have none: %w", fn, mlgauge.ErrEmpty)
	}
	return nil
}

// Support returns, for each column, whether it stays.
func (s *Selection) Support() []bool {
	yes := make([]bool, s.Features)
	for _, j := range s.Columns {
		if j >= 0 && j < len(yes) {
			yes[j] = true
		}
	}
	return yes
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (s *Selection) Widths() (in, out int) { return s.Features, len(s.Columns) }

// Transform writes the columns of src that stay into dst, which may be nil, and
// returns it. NaN passes through.
//
// It reports use before Fit (ErrNotFitted), a matrix of another width or a dst of
// another shape (ErrLength), an infinity (ErrNotFinite), and a selection of no
// column (ErrEmpty).
func (s *Selection) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Selection.Transform"
	if err := s.ready(fn); err != nil {
		return nil, err
	}
	return eachRow(fn, dst, src, s.Features, len(s.Columns), s.pick)
}

// pick may write over its source, since the columns ascend.
func (s *Selection) pick(dst, row []float64) {
	for k, j := range s.Columns {
		dst[k] = row[j]
	}
}

// TransformRow is Transform for one row; it allocates nothing.
func (s *Selection) TransformRow(dst, row []float64) error {
	const fn = "Selection.TransformRow"
	if err := s.ready(fn); err != nil {
		return err
	}
	if err := rowWidths(fn, s.Features, len(s.Columns), len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	s.pick(dst, row)
	return nil
}

// Inverse writes src, which has a column for each one that stayed, back to the
// full width, with 0 in the columns that were dropped, as scikit-learn does.
func (s *Selection) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Selection.Inverse"
	if err := s.ready(fn); err != nil {
		return nil, err
	}
	return eachRow(fn, dst, src, len(s.Columns), s.Features, func(dst, row []float64) {
		if len(row) == len(dst) {
			copy(dst, row)
			return
		}
		clear(dst)
		for k, j := range s.Columns {
			dst[j] = row[k]
		}
	})
}

// FeatureNames returns the names of the columns that stay; nil stands
// for x0, x1, ...
func (s *Selection) FeatureNames(in []string) ([]string, error) {
	const fn = "Selection.FeatureNames"
	if err := s.valid(fn); err != nil {
		return nil, err
	}
	in, err := names(fn, in, s.Features)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(s.Columns))
	for k, j := range s.Columns {
		out[k] = in[j]
	}
	return out, nil
}
