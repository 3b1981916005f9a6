package encoding

import (
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Label numbers the labels of a target in their sorted order.
//
// Source: LabelEncoder of scikit-learn 1.9, whose numbers start at 0; the study
// guides' 1, 2, 3 come with Start 1.
type Label struct {
	// Start is the first number.
	Start int `json:"start,omitempty"`
	// Order is the order of the classes: Sorted, Numeric, or Given (by first
	// appearance).
	Order Order `json:"order,omitempty"`
	// Classes are the labels in their order, fitted or given by hand.
	Classes Labels `json:"classes,omitempty"`

	dict *Dictionary
}

// Fit learns the classes of y, forgetting earlier ones.
//
// Errors: ErrEmpty; ErrRange for options out of range.
func (e *Label) Fit(y []string) error { return e.fit("Label.Fit", nil, y) }

// PartialFit is Fit that keeps the classes learned before. New classes move the
// numbers of those that are sorted after them.
func (e *Label) PartialFit(y []string) error { return e.fit("Label.PartialFit", e.Classes, y) }

func (e *Label) fit(fn string, have, y []string) error {
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return err
	}
	if e.Order < Sorted || e.Order > Given {
		return check.Option(fn, "Order", int(e.Order))
	}
	var d Dictionary
	if err := d.fill(fn, have, nil); err != nil {
		return err
	}
	if _, err := d.Encode(nil, y); err != nil {
		return err
	}
	return e.set(fn, &d)
}

func (e *Label) set(fn string, d *Dictionary) error {
	classes := make([]string, 0, d.Len())
	for _, k := range order(d.labels, e.Order) {
		classes = append(classes, d.labels[k])
	}
	n, err := NewDictionary(classes, nil)
	if err != nil {
		return err
	}
	e.Classes, e.dict = classes, n
	return nil
}

// Merge adds the classes of o.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options.
func (e *Label) Merge(o *Label) error {
	const fn = "Label.Merge"
	if err := incompatible(fn, e.Start == o.Start && e.Order == o.Order); err != nil {
		return err
	}
	if len(o.Classes) == 0 {
		return check.NotFitted(fn + ": o")
	}
	var d Dictionary
	if err := d.fill(fn, e.Classes, nil); err != nil {
		return err
	}
	for _, s := range o.Classes {
		d.put(s)
	}
	return e.set(fn, &d)
}

func (e *Label) ready(fn string) (*Dictionary, error) {
	if len(e.Classes) == 0 {
		return nil, check.NotFitted(fn)
	}
	if e.dict != nil && slices.Equal(e.dict.labels, e.Classes) {
		return e.dict, nil
	}
	var d Dictionary
	return &d, d.fill(fn, e.Classes, nil)
}

// Transform returns the number of every label, in dst if it has the capacity.
//
// Errors: ErrNotFitted; ErrEmpty; ErrUnknownCategory for a label that Fit did
// not see.
func (e *Label) Transform(dst []int, y []string) ([]int, error) {
	const fn = "Label.Transform"
	d, err := e.ready(fn)
	if err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return nil, err
	}
	dst = resize(dst, len(y))
	err = d.blocks(&Column{Labels: y}, func(lo int, codes []int32) error {
		for i, k := range codes {
			if k < 0 {
				return fmt.Errorf("%s: y: need a label seen in Fit, have %.80q at index %d: %w", fn, y[lo+i], lo+i, mlgauge.ErrUnknownCategory)
			}
			dst[lo+i] = e.Start + int(k)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// Inverse returns the label of every number.
//
// Errors: ErrNotFitted; ErrRange for a number of no label.
func (e *Label) Inverse(dst []string, y []int) ([]string, error) {
	if len(e.Classes) == 0 {
		return nil, check.NotFitted("Label.Inverse")
	}
	dst = resize(dst, len(y))
	for i, v := range y {
		// Subtracting after the comparison keeps extreme numbers from wrapping.
		if v < e.Start || v-e.Start < 0 || v-e.Start >= len(e.Classes) {
			return nil, fmt.Errorf("Label.Inverse: y: need numbers in [%d, %d), have %d at index %d: %w", e.Start, e.Start+len(e.Classes), v, i, mlgauge.ErrRange)
		}
		dst[i] = e.Classes[v-e.Start]
	}
	return dst, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Label) UnmarshalJSON(b []byte) error {
	const fn = "Label.UnmarshalJSON"
	type plain Label
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := Label(p)
	d, err := NewDictionary(n.Classes, nil)
	if err != nil {
		return corrupt(fn, "classes", "each class once", err)
	}
	if n.Order < Sorted || n.Order > Given {
		return corrupt(fn, "order", "0, 1 or 2", int(n.Order))
	}
	n.dict = d
	*e = n
	return nil
}
