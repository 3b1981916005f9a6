package preprocess

import (
	"encoding/json"
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// Drop tells which rows or columns lack too much to be kept. The zero value
// drops what lacks any value.
//
// Definition: pandas 3, DataFrame.dropna.
type Drop struct {
	// All drops only what has no value at all.
	All bool `json:"all,omitempty"`
	// Thresh, if above 0, keeps what has at least that many values; All must
	// then be false.
	Thresh int `json:"thresh,omitempty"`
	// MaxShare, if above 0, keeps what lacks at most that share of its values;
	// All and Thresh must then be unset.
	MaxShare float64 `json:"max_share,omitempty"`
	// Subset restricts the look to some columns (for Rows) or rows (for
	// Columns); nil is all.
	Subset []int `json:"subset,omitempty"`
}

// Rows returns the rows of x to keep, ascending.
func (d *Drop) Rows(x mat.Matrix) ([]int, error) {
	return d.keep("Drop.Rows", x, false)
}

// Columns returns the columns of x to keep, ascending.
func (d *Drop) Columns(x mat.Matrix) ([]int, error) {
	return d.keep("Drop.Columns", x, true)
}

func (d *Drop) check(fn string) error {
	if err := check.AtLeast(fn, "Thresh", d.Thresh, 0); err != nil {
		return err
	}
	if err := check.In(fn, "MaxShare", d.MaxShare, 0, 1); err != nil {
		return err
	}
	set := 0
	for _, b := range []bool{d.All, d.Thresh > 0, d.MaxShare > 0} {
		if b {
			set++
		}
	}
	if set > 1 {
		return fmt.Errorf("%s: need at most one of All, Thresh and MaxShare, have %d: %w", fn, set, mlgauge.ErrRange)
	}
	return nil
}

func (d *Drop) keep(fn string, x mat.Matrix, columns bool) ([]int, error) {
	if err := d.check(fn); err != nil {
		return nil, err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return nil, err
	}
	n, across := g.Rows, g.Cols
	if columns {
		n, across = across, n
	}
	subset := d.Subset
	if subset == nil {
		subset = make([]int, across)
		for k := range subset {
			subset[k] = k
		}
	}
	for _, k := range subset {
		if k < 0 || k >= across {
			return nil, fmt.Errorf("%s: Subset: need indices below %d, have %d: %w", fn, across, k, mlgauge.ErrRange)
		}
	}
	var kept []int
	for i := range n {
		have := 0
		for _, k := range subset {
			r, c := i, k
			if columns {
				r, c = k, i
			}
			if v := g.Data[r*g.Stride+c]; v == v {
				have++
			}
		}
		ok := have == len(subset)
		switch {
		case d.All:
			ok = have > 0 || len(subset) == 0
		case d.Thresh > 0:
			ok = have >= d.Thresh
		case d.MaxShare > 0:
			ok = float64(len(subset)-have) <= d.MaxShare*float64(len(subset))
		}
		if ok {
			kept = append(kept, i)
		}
	}
	return kept, nil
}

// TakeRows writes the given rows of src into dst, which may be nil, and returns
// it. No row at all is mlgauge.ErrEmpty.
func TakeRows(dst *mat.Dense, src mat.Matrix, rows []int) (*mat.Dense, error) {
	return take("TakeRows", "rows", dst, src, rows, false)
}

// TakeColumns writes the given columns of src into dst, which may be nil, and
// returns it. No column at all is mlgauge.ErrEmpty.
func TakeColumns(dst *mat.Dense, src mat.Matrix, columns []int) (*mat.Dense, error) {
	return take("TakeColumns", "columns", dst, src, columns, true)
}

func take(fn, arg string, dst *mat.Dense, src mat.Matrix, idx []int, columns bool) (*mat.Dense, error) {
	g, err := view(fn, "src", src)
	if err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, arg, len(idx)); err != nil {
		return nil, err
	}
	n, rows, cols := g.Rows, len(idx), g.Cols
	if columns {
		n, rows, cols = g.Cols, g.Rows, len(idx)
	}
	for _, k := range idx {
		if k < 0 || k >= n {
			return nil, fmt.Errorf("%s: %s: need indices below %d, have %d: %w", fn, arg, n, k, mlgauge.ErrRange)
		}
	}
	if s, ok := src.(*mat.Dense); ok && s == dst {
		return nil, fmt.Errorf("%s: dst: need a matrix other than src: %w", fn, mlgauge.ErrRange)
	}
	if dst, err = output(fn, dst, rows, cols); err != nil {
		return nil, err
	}
	for i := range rows {
		to := dst.RawRowView(i)
		if !columns {
			copy(to, g.Data[idx[i]*g.Stride:idx[i]*g.Stride+cols])
			continue
		}
		for k, j := range idx {
			to[k] = g.Data[i*g.Stride+j]
		}
	}
	return dst, nil
}

// DropColumns is a transformer that leaves out the columns that lacked too much
// in training.
type DropColumns struct {
	Drop Drop // which columns; its Subset are rows of the training matrix

	Layout
}

// Fit learns which columns to keep. If none is left, it fails with
// mlgauge.ErrUndefined.
func (d *DropColumns) Fit(x mat.Matrix) error {
	const fn = "DropColumns.Fit"
	kept, err := d.Drop.keep(fn, x, true)
	if err != nil {
		return err
	}
	if len(kept) == 0 {
		return fmt.Errorf("%s: x: need a column to keep, have none: %w", fn, mlgauge.ErrUndefined)
	}
	_, cols := x.Dims()
	d.Layout = Layout{Columns: cols, Kept: kept}
	return nil
}

// Transform writes the columns of src that are kept into dst, which may be nil.
func (d *DropColumns) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "DropColumns.Transform"
	in, out := d.Widths()
	g, err := source(fn, src, in)
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, out); err != nil {
		return nil, err
	}
	for i := range g.Rows {
		d.row(dst.RawRowView(i), g.Data[i*g.Stride:i*g.Stride+in])
	}
	return dst, nil
}

// TransformRow writes the values of row that are kept into dst.
func (d *DropColumns) TransformRow(dst, row []float64) error {
	in, out := d.Widths()
	if err := rowWidths("DropColumns.TransformRow", in, out, len(row), len(dst)); err != nil {
		return err
	}
	d.row(dst, row)
	return nil
}

func (d *DropColumns) row(dst, row []float64) {
	for k, j := range d.Kept {
		dst[k] = row[j]
	}
}

// FeatureNames returns the names of the columns kept.
func (d *DropColumns) FeatureNames(in []string) ([]string, error) {
	return d.names("DropColumns.FeatureNames", in)
}

// UnmarshalJSON reads options; what does not fit together is mlgauge.ErrCorrupt,
// and d stays as it was.
func (d *Drop) UnmarshalJSON(data []byte) error {
	const fn = "Drop.UnmarshalJSON"
	type plain Drop
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := Drop(v)
	if err := t.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	for _, k := range t.Subset {
		if k < 0 {
			return jsonfloat.Corrupt(fn, "subset: need indices of at least 0, have %d", k)
		}
	}
	*d = t
	return nil
}

type dropColumnsJSON struct {
	Drop    Drop  `json:"drop"`
	Columns int   `json:"columns,omitempty"`
	Kept    []int `json:"kept,omitempty"`
}

// MarshalJSON writes options and columns.
func (d *DropColumns) MarshalJSON() ([]byte, error) {
	return json.Marshal(dropColumnsJSON{d.Drop, d.Columns, d.Kept})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and d stays as it was.
func (d *DropColumns) UnmarshalJSON(data []byte) error {
	const fn = "DropColumns.UnmarshalJSON"
	var v dropColumnsJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := DropColumns{v.Drop, Layout{Columns: v.Columns, Kept: v.Kept}}
	if err := t.restore(fn); err != nil {
		return err
	}
	*d = t
	return nil
}

// MissingShare returns the share of missing values of each column.
func MissingShare(x mat.Matrix) ([]float64, error) {
	g, err := view("MissingShare", "x", x)
	if err != nil {
		return nil, err
	}
	out := make([]float64, g.Cols)
	for j, n := range presence(g) {
		out[j] = float64(g.Rows-n) / float64(g.Rows)
	}
	return out, nil
}
