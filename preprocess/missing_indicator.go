package preprocess

import (
	"encoding/json"
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// MissingIndicator writes 1 where a value is missing and 0 where it is not, for
// the columns that had missing values in training.
//
// Special cases: if no column had one, the output would have no column, and Fit
// fails with mlgauge.ErrUndefined unless All is set. With ErrorOnNew, a value
// that is missing in a column that had none in training is
// mlgauge.ErrNotFinite.
//
// Definition: scikit-learn 1.9, MissingIndicator.
type MissingIndicator struct {
	// All writes every column.
	All bool
	// ErrorOnNew refuses values that are missing where none was in training. It
	// has no effect with All.
	ErrorOnNew bool

	Layout // Kept is empty; Indicators are the columns flagged
}

// Fit learns which columns have missing values.
func (m *MissingIndicator) Fit(x mat.Matrix) error {
	const fn = "MissingIndicator.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return err
	}
	l := Layout{Columns: g.Cols}
	for j, n := range presence(g) {
		if m.All || n < g.Rows {
			l.Indicators = append(l.Indicators, j)
		}
	}
	if len(l.Indicators) == 0 {
		return fmt.Errorf("%s: x: need a missing value, or All, have none: %w", fn, mlgauge.ErrUndefined)
	}
	m.Layout = l
	return nil
}

// Transform writes the flags of src into dst, which may be nil.
func (m *MissingIndicator) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "MissingIndicator.Transform"
	in, out := m.Widths()
	g, err := source(fn, src, in)
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, out); err != nil {
		return nil, err
	}
	for i := range g.Rows {
		if err := m.row(fn, dst.RawRowView(i), g.Data[i*g.Stride:i*g.Stride+in], i); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// TransformRow writes the flags of row into dst.
func (m *MissingIndicator) TransformRow(dst, row []float64) error {
	const fn = "MissingIndicator.TransformRow"
	in, out := m.Widths()
	if in == 0 {
		return check.NotFitted(fn)
	}
	if err := rowWidths(fn, in, out, len(row), len(dst)); err != nil {
		return err
	}
	return m.row(fn, dst, row, 0)
}

func (m *MissingIndicator) row(fn string, dst, row []float64, i int) error {
	if err := noInf(fn, "src", row, len(row), 1, len(row), i); err != nil {
		return err
	}
	if m.ErrorOnNew && !m.All {
		k := 0
		for j, v := range row {
			if k < len(m.Indicators) && m.Indicators[k] == j {
				k++
			} else if v != v {
				return fmt.Errorf("%s: src: need values where none was missing in training, have NaN in row %d, column %d: %w", fn, i, j, mlgauge.ErrNotFinite)
			}
		}
	}
	m.flag(dst, row)
	return nil
}

// FeatureNames returns "missingindicator_" and the name of each flagged column.
func (m *MissingIndicator) FeatureNames(in []string) ([]string, error) {
	return m.names("MissingIndicator.FeatureNames", in)
}

type missingJSON struct {
	All        bool  `json:"all,omitempty"`
	ErrorOnNew bool  `json:"error_on_new,omitempty"`
	Columns    int   `json:"columns,omitempty"`
	Indicators []int `json:"indicators,omitempty"`
}

// MarshalJSON writes options and columns.
func (m *MissingIndicator) MarshalJSON() ([]byte, error) {
	return json.Marshal(missingJSON{m.All, m.ErrorOnNew, m.Columns, m.Indicators})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and m stays as it was.
func (m *MissingIndicator) UnmarshalJSON(data []byte) error {
	const fn = "MissingIndicator.UnmarshalJSON"
	var v missingJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := MissingIndicator{v.All, v.ErrorOnNew, Layout{Columns: v.Columns, Indicators: v.Indicators}}
	if err := t.Layout.restore(fn); err != nil {
		return err
	}
	*m = t
	return nil
}
