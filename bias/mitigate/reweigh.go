package mitigate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// A ReweighCell is one combination of group and label.
type ReweighCell[G, L cmp.Ordered] struct {
	Group  G
	Label  L
	Weight float64 // of the rows that were fitted
	Factor float64 // what Transform multiplies a row's weight by
}

// A Reweighing gives rows weights under which group and label are independent,
//
//	w(g, y) = W(g) W(y) / (W W(g, y))
//
// where W sums the weights of the rows of a group, of a label, of both, and of all.
// The zero value is ready; any number of groups and labels. It merges: cells fitted
// on shards have the factors of the whole. Source: Kamiran and Calders (2012);
// AIF360 0.6.1.
type Reweighing[G, L cmp.Ordered] struct {
	Cells []ReweighCell[G, L] // ordered by group, then label
}

// Fit learns the weights of the cells, forgetting earlier ones. weights may be nil
// for 1 each. It returns ErrEmpty for no rows, ErrLength where lengths differ,
// ErrNotFinite for a NaN group, label or weight, ErrRange for a negative weight,
// and ErrUndefined if all weights are 0.
func (r *Reweighing[G, L]) Fit(groups []G, y []L, weights []float64) error {
	cells, err := reweighCells("mitigate.Reweighing.Fit", groups, y, weights)
	if err != nil {
		return err
	}
	return r.add("mitigate.Reweighing.Fit", nil, cells)
}

// PartialFit adds rows to those fitted before. Errors are those of Fit.
func (r *Reweighing[G, L]) PartialFit(groups []G, y []L, weights []float64) error {
	cells, err := reweighCells("mitigate.Reweighing.PartialFit", groups, y, weights)
	if err != nil {
		return err
	}
	return r.add("mitigate.Reweighing.PartialFit", r.Cells, cells)
}

// Merge adds the rows that o was fitted on.
func (r *Reweighing[G, L]) Merge(o *Reweighing[G, L]) error {
	if len(o.Cells) == 0 {
		return nil
	}
	return r.add("mitigate.Reweighing.Merge", r.Cells, o.Cells)
}

func reweighCells[G, L cmp.Ordered](fn string, groups []G, y []L, weights []float64) ([]ReweighCell[G, L], error) {
	if err := check.Pair(fn, "groups", len(groups), "y", len(y)); err != nil {
		return nil, err
	}
	if weights != nil {
		if err := check.Weights(fn, "weights", len(y), weights); err != nil {
			return nil, err
		}
	}
	type key struct {
		g G
		y L
	}
	at := make(map[key]int)
	var cells []ReweighCell[G, L]
	for i, g := range groups {
		if g != g || y[i] != y[i] {
			return nil, fmt.Errorf("%s: groups, y: need values that are not NaN, have one at index %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
		k, ok := at[key{g, y[i]}]
		if !ok {
			k = len(cells)
			at[key{g, y[i]}] = k
			cells = append(cells, ReweighCell[G, L]{Group: g, Label: y[i]})
		}
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		cells[k].Weight += w
	}
	return cells, nil
}

// add joins cells and derives the factors.
func (r *Reweighing[G, L]) add(fn string, old, more []ReweighCell[G, L]) error {
	cells := slices.Clone(old)
	for _, m := range more {
		i := slices.IndexFunc(cells, func(c ReweighCell[G, L]) bool { return c.Group == m.Group && c.Label == m.Label })
		if i < 0 {
			cells = append(cells, m)
		} else {
			cells[i].Weight += m.Weight
		}
	}
	slices.SortFunc(cells, func(a, b ReweighCell[G, L]) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Label, b.Label))
	})
	group, label := make(map[G]float64), make(map[L]float64)
	var total float64
	for _, c := range cells {
		group[c.Group] += c.Weight
		label[c.Label] += c.Weight
		total += c.Weight
	}
	if total*0 != 0 {
		return fmt.Errorf("%s: weights: need a finite sum, have %v: %w", fn, total, mlgauge.ErrNotFinite)
	}
	if total == 0 {
		return fmt.Errorf("%s: weights: need one above 0, have none: %w", fn, mlgauge.ErrUndefined)
	}
	for i := range cells {
		c := &cells[i]
		c.Factor = 0 // a cell without weight keeps none
		if c.Weight > 0 {
			c.Factor = label[c.Label] / total * (group[c.Group] / c.Weight)
		}
	}
	r.Cells = cells
	return nil
}

// Transform returns a weight for every row: its own (1 if weights is nil) times the
// factor of its cell. dst may be nil or weights. It returns ErrNotFitted before
// Fit, ErrLength where lengths differ, ErrUnknownCategory for a combination of group and
// label that was not fitted, and the errors of weights.
func (r *Reweighing[G, L]) Transform(dst []float64, groups []G, y []L, weights []float64) ([]float64, error) {
	const fn = "mitigate.Reweighing.Transform"
	if len(r.Cells) == 0 {
		return nil, check.NotFitted(fn)
	}
	if err := check.Length(fn, "y", len(groups), len(y)); err != nil {
		return nil, err
	}
	if weights != nil {
		if err := check.Weights(fn, "weights", len(y), weights); err != nil {
			return nil, err
		}
	}
	if dst == nil {
		dst = make([]float64, len(y))
	} else if err := check.Length(fn, "dst", len(y), len(dst)); err != nil {
		return nil, err
	}
	last := 0
	find := func(i int) (int, bool) {
		if c := &r.Cells[last]; c.Group == groups[i] && c.Label == y[i] {
			return last, true
		}
		return slices.BinarySearchFunc(r.Cells, i, func(c ReweighCell[G, L], i int) int {
			return cmp.Or(cmp.Compare(c.Group, groups[i]), cmp.Compare(c.Label, y[i]))
		})
	}
	// All rows are looked up before the first is written: dst may be weights.
	for i := range y {
		k, ok := find(i)
		if !ok {
			return nil, fmt.Errorf("%s: groups, y: need a combination that was fitted, have %v, %v at index %d: %w", fn, groups[i], y[i], i, mlgauge.ErrUnknownCategory)
		}
		last = k
	}
	for i := range y {
		last, _ = find(i)
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		dst[i] = w * r.Cells[last].Factor
	}
	return dst, nil
}

// UnmarshalJSON reads what json.Marshal wrote. It returns ErrCorrupt for anything
// else, and then leaves the receiver as it was.
func (r *Reweighing[G, L]) UnmarshalJSON(data []byte) error {
	const fn = "mitigate.Reweighing.UnmarshalJSON"
	type plain Reweighing[G, L]
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	for i, c := range p.Cells {
		if !(c.Weight >= 0) {
			return jsonfloat.Corrupt(fn, "need weights of at least 0, have %v", c.Weight)
		}
		for _, o := range p.Cells[:i] {
			if o.Group == c.Group && o.Label == c.Label {
				return jsonfloat.Corrupt(fn, "need distinct cells, have %v, %v twice", c.Group, c.Label)
			}
		}
	}
	if len(p.Cells) == 0 {
		*r = Reweighing[G, L]{}
		return nil
	}
	var o Reweighing[G, L]
	if err := o.add(fn, nil, p.Cells); err != nil {
		return jsonfloat.Corrupt(fn, "need a weight above 0 and a finite sum")
	}
	*r = o
	return nil
}
