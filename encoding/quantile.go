package encoding

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Quantile replaces a category by a quantile of the target over its rows, drawn
// towards the quantile over all rows:
//
//	encoding = (n_c q_c + m q) / (n_c + m)
//
// with linear interpolation between order statistics. Several Quantiles give a
// column each, named "name_25" for the quantile 0.25: the summary encoder. A
// column in which every row is a category of its own becomes the quantile over
// all rows, as does a category that Fit did not see. A missing value that Fit
// saw is a category.
//
// The quantiles are exact: the encoder keeps every target value until it is
// told to Forget them.
//
// Source: QuantileEncoder and SummaryEncoder of category_encoders 2.11.
type Quantile struct {
	// Quantiles are inside [0, 1]; nil means 0.5.
	Quantiles []float64 `json:"quantiles,omitempty"`
	// M is the weight of the quantile over all rows, in rows; nil means 1.
	M *float64 `json:"m,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual), Refuse or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`

	Table
	// Values are the target values that Fit derives the rest from.
	Values []TargetValues `json:"values,omitempty"`
}

// TargetValues holds the target values of every category of one column. The
// zero value is ready.
type TargetValues struct {
	name   string
	order  Order
	dict   Dictionary
	values [][]float64 // by slot: 0 missing, code+1 the category
}

// Add adds the rows of a column and their target.
//
// Errors: ErrEmpty; ErrLength; ErrNotFinite for a target that is not finite;
// ErrRange for codes outside the categories.
func (t *TargetValues) Add(c Column, y []float64) error {
	const fn = "TargetValues.Add"
	n, err := checkColumns(fn, []Column{c})
	if err != nil {
		return err
	}
	if err := checkTarget(fn, n, y); err != nil {
		return err
	}
	return t.add(fn, &c, y)
}

func (t *TargetValues) add(fn string, c *Column, y []float64) error {
	if len(t.values) == 0 {
		t.name, t.order = c.Name, c.Order
	}
	codes, err := t.dict.codes(fn, c, nil)
	if err != nil {
		return err
	}
	t.values = extend(t.values, t.dict.Len()+1)
	for i, k := range codes {
		t.values[k+1] = append(t.values[k+1], y[i])
	}
	return nil
}

// Merge adds the values of o.
//
// Errors: ErrIncompatible for another order, or a missing mark of o that is a
// category here.
func (t *TargetValues) Merge(o *TargetValues) error {
	if o == nil || len(o.values) == 0 {
		return nil
	}
	if len(t.values) == 0 {
		t.name, t.order = o.name, o.order
	} else if t.order != o.order {
		return fmt.Errorf("TargetValues.Merge: o: need order %d, have %d: %w", t.order, o.order, mlgauge.ErrIncompatible)
	}
	if err := t.dict.mergeable("TargetValues.Merge", &o.dict); err != nil {
		return err
	}
	values := slices.Clone(o.values)
	remap, err := t.dict.Merge(&o.dict)
	if err != nil {
		return err
	}
	t.values = extend(t.values, t.dict.Len()+1)
	for s, v := range values {
		to := 0
		if s > 0 {
			to = int(remap[s-1]) + 1
		}
		t.values[to] = append(slices.Clip(t.values[to]), v...)
	}
	return nil
}

// Reset forgets everything.
func (t *TargetValues) Reset() { *t = TargetValues{} }

func (t *TargetValues) clone() TargetValues {
	c := TargetValues{t.name, t.order, *t.dict.clone(), slices.Clone(t.values)}
	for s := range c.values {
		c.values[s] = slices.Clip(c.values[s]) // appending copies
	}
	return c
}

type valuesJSON struct {
	Name   string      `json:"name,omitempty"`
	Order  Order       `json:"order,omitempty"`
	Labels *Dictionary `json:"dictionary"`
	Values [][]float64 `json:"values"`
}

// MarshalJSON returns the values.
func (t *TargetValues) MarshalJSON() ([]byte, error) {
	return json.Marshal(valuesJSON{t.name, t.order, &t.dict, t.values})
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) t
// stays as it was.
func (t *TargetValues) UnmarshalJSON(b []byte) error {
	const fn = "TargetValues.UnmarshalJSON"
	p := valuesJSON{Labels: new(Dictionary)}
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	if p.Labels == nil {
		p.Labels = new(Dictionary)
	}
	if p.Order < Sorted || p.Order > Given {
		return corrupt(fn, "order", "0, 1 or 2", int(p.Order))
	}
	if len(p.Values) != p.Labels.Len()+1 && len(p.Values)+p.Labels.Len() > 0 {
		return corrupt(fn, "values", "one list per category and one for missing", len(p.Values))
	}
	*t = TargetValues{p.Name, p.Order, *p.Labels, p.Values}
	return nil
}

// Fit learns from the columns x and the target y, forgetting what was learned
// before.
//
// Errors: ErrEmpty; ErrLength; ErrNotFinite for a target that is not finite;
// ErrRange for options and codes out of range, and for two quantiles of one
// name; ErrUnknownCategory for a missing value with Refuse.
func (e *Quantile) Fit(x []Column, y []float64) error { return e.fit("Quantile.Fit", nil, x, y) }

// PartialFit is Fit that keeps what was learned before.
func (e *Quantile) PartialFit(x []Column, y []float64) error {
	return e.fit("Quantile.PartialFit", e.Values, x, y)
}

func (e *Quantile) fit(fn string, have []TargetValues, x []Column, y []float64) error {
	n, err := checkColumns(fn, x)
	if err != nil {
		return err
	}
	if err := checkTarget(fn, n, y); err != nil {
		return err
	}
	values, err := cloneValues(fn, have, len(x))
	if err != nil {
		return err
	}
	for j := range x {
		if err := values[j].add(fn, &x[j], y); err != nil {
			return err
		}
	}
	return e.derive(fn, values)
}

func cloneValues(fn string, have []TargetValues, n int) ([]TargetValues, error) {
	if len(have) == 0 {
		return make([]TargetValues, n), nil
	}
	if err := check.Length(fn, "columns", len(have), n); err != nil {
		return nil, err
	}
	values := make([]TargetValues, n)
	for j := range values {
		values[j] = have[j].clone()
	}
	return values, nil
}

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not, or has forgotten; ErrIncompatible for
// other options or columns.
func (e *Quantile) Merge(o *Quantile) error {
	const fn = "Quantile.Merge"
	if err := incompatible(fn, slices.Equal(e.Quantiles, o.Quantiles) && equal(e.M, o.M) && e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing); err != nil {
		return err
	}
	if len(o.Values) == 0 {
		return check.NotFitted(fn + ": o")
	}
	values, err := cloneValues(fn, e.Values, len(o.Values))
	if err != nil {
		return fmt.Errorf("%w: %w", err, mlgauge.ErrIncompatible)
	}
	for j := range values {
		if err := values[j].Merge(&o.Values[j]); err != nil {
			return err
		}
	}
	return e.derive(fn, values)
}

// Forget drops the target values: the fitted encoder stays, and can no longer
// be added to.
func (e *Quantile) Forget() { e.Values = nil }

func (e *Quantile) derive(fn string, values []TargetValues) error {
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	missing, err := policy(fn, "HandleMissing", e.HandleMissing, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	m := or(e.M, 1)
	if err := check.In(fn, "M", m, 0, math.MaxFloat64); err != nil {
		return err
	}
	qs := e.Quantiles
	if qs == nil {
		qs = []float64{0.5}
	}
	if err := check.NotEmpty(fn, "Quantiles", len(qs)); err != nil {
		return err
	}
	var suffix []string
	for _, q := range qs {
		if err := check.In(fn, "Quantiles", q, 0, 1); err != nil {
			return err
		}
		s := "_" + strconv.Itoa(int(math.RoundToEven(q*100)))
		if slices.Contains(suffix, s) {
			return fmt.Errorf("%s: Quantiles: need one per percent, have %v: %w", fn, qs, mlgauge.ErrRange)
		}
		suffix = append(suffix, s)
	}
	if len(qs) == 1 {
		suffix = []string{""}
	}
	features := make([]Feature, len(values))
	for j := range values {
		t := &values[j]
		w := len(qs)
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels(), Unknown: make([]float64, w), Missing: make([]float64, w)}
		var all []float64
		seen := 0
		sorted := make([][]float64, len(t.values))
		for s, v := range t.values {
			all = append(all, v...)
			sorted[s] = slices.Clone(v)
			slices.Sort(sorted[s])
			if len(v) > 0 {
				seen++
			}
		}
		slices.Sort(all)
		encode := func(dst []float64, v []float64) {
			for i, q := range qs {
				prior := quantile(all, q)
				if len(v) == 0 || seen == len(all) {
					dst[i] = prior
					continue
				}
				n := float64(len(v))
				dst[i] = (n*quantile(v, q) + prior*m) / (n + m)
			}
		}
		perm := order(t.dict.labels, t.order)
		f.Values = make([]float64, len(perm)*w)
		for i, k := range perm {
			f.Categories = append(f.Categories, t.dict.labels[k])
			encode(f.Values[i*w:(i+1)*w], sorted[k+1])
		}
		for _, s := range suffix {
			f.Names = append(f.Names, f.Name+s)
		}
		encode(f.Unknown, nil)
		encode(f.Missing, sorted[0])
		if missing == Refuse && len(sorted[0]) > 0 {
			return refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
		}
		f.Unknown, f.Missing = byPolicy(unknown, f.Unknown), byPolicy(missing, f.Missing)
		features[j] = f
	}
	if err := e.set("Quantile", features); err != nil {
		return err
	}
	e.Values = values
	return nil
}

// quantile interpolates linearly in sorted values, from the nearer end as NumPy
// does.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	lo := int(at)
	if lo >= len(sorted)-1 {
		return sorted[len(sorted)-1]
	}
	a, b, t := sorted[lo], sorted[lo+1], at-float64(lo)
	if t >= 0.5 {
		return b - (b-a)*(1-t)
	}
	return a + (b-a)*t
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Quantile) UnmarshalJSON(b []byte) error {
	type plain Quantile
	var p plain
	if err := decode("Quantile.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("Quantile"); err != nil {
		return err
	}
	*e = Quantile(p)
	return nil
}
