package bias

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
)

// ByRows returns any metric of rows by group: the metric is called with the row
// numbers of each group, so that it may be one of regression, ranking or
// probabilities. Rows that miss a group or a control are left out. A zero control
// Column means none. It returns ErrLength where the columns differ, ErrEmpty for no
// rows and ErrRange for a code outside its column's values; an error of the metric makes its group NaN.
func ByRows(group, control Column, metric func(rows []int) (float64, error)) (Frame, error) {
	r, err := newRowsBy("bias.ByRows", group, control, metric)
	if err != nil {
		return Frame{}, err
	}
	return r.frame(r.rows, nil), nil
}

// rowsBy is a metric of rows, with the rows that have a group and a control.
type rowsBy struct {
	group, control Column
	rows           []int
	metric         func(rows []int) (float64, error)
}

func newRowsBy(fn string, group, control Column, metric func(rows []int) (float64, error)) (*rowsBy, error) {
	n := len(group.Codes)
	if err := check.NotEmpty(fn, "group", n); err != nil {
		return nil, err
	}
	if len(control.Codes) == 0 {
		control = Column{Codes: make([]int32, n), Values: []string{""}}
	}
	if err := check.Length(fn, "control", n, len(control.Codes)); err != nil {
		return nil, err
	}
	if err := codesIn(fn, "group", group); err != nil {
		return nil, err
	}
	if err := codesIn(fn, "control", control); err != nil {
		return nil, err
	}
	r := &rowsBy{group: group, control: control, metric: metric}
	for i, g := range group.Codes {
		if g >= 0 && control.Codes[i] >= 0 {
			r.rows = append(r.rows, i)
		}
	}
	return r, nil
}

// frame is the metric by group over chosen rows; as gives each of them the group of
// another row, if not nil.
func (r *rowsBy) frame(chosen, as []int) Frame {
	groups := len(r.group.Values)
	cells := make([][]int, groups*len(r.control.Values))
	all := make([][]int, len(r.control.Values))
	for i, row := range chosen {
		from := row
		if as != nil {
			from = as[i]
		}
		c := int(r.control.Codes[row])
		k := c*groups + int(r.group.Codes[from])
		cells[k] = append(cells[k], row)
		all[c] = append(all[c], row)
	}
	value := func(rows []int) float64 {
		if len(rows) == 0 {
			return math.NaN()
		}
		v, err := r.metric(rows)
		if err != nil {
			return math.NaN()
		}
		return v
	}
	f := Frame{Groups: r.group.Values, Controls: r.control.Values}
	for c := range all {
		row := make([]float64, groups)
		for g := range row {
			row[g] = value(cells[c*groups+g])
		}
		f.Values = append(f.Values, row)
		f.Overall = append(f.Overall, value(all[c]))
	}
	return f
}
