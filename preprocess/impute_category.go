package preprocess

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// Category replaces the missing values of a column of categories (strings, or
// codes) by its most frequent category, or by a given one. A value equal to
// Missing is missing: the empty string or the code 0, unless set otherwise (-1,
// say). The zero value is ready.
//
// Special cases: among equally frequent categories the smallest is taken. Before
// Fit, Mode is mlgauge.ErrNotFitted; if every value was missing it is
// mlgauge.ErrUndefined. UseFill needs no Fit.
//
// Definition: scikit-learn 1.9, SimpleImputer on objects.
type Category[T cmp.Ordered] struct {
	// Missing is the value that stands for a missing one.
	Missing T
	// UseFill replaces by Fill instead of the most frequent category.
	UseFill bool
	// Fill is the replacement if UseFill is set.
	Fill T

	Counts map[T]int // how often each category was seen
	Absent int       // how many values were missing
}

// Fit counts the categories of x and forgets those counted before.
func (c *Category[T]) Fit(x []T) error {
	n := *c
	n.Reset()
	if err := n.PartialFit(x); err != nil {
		return err
	}
	*c = n
	return nil
}

// PartialFit counts the categories of x in addition to those counted before.
func (c *Category[T]) PartialFit(x []T) error {
	if err := check.NotEmpty("Category.PartialFit", "x", len(x)); err != nil {
		return err
	}
	counts := make(map[T]int, len(c.Counts))
	for k, n := range c.Counts {
		counts[k] = n
	}
	absent := c.Absent
	for _, v := range x {
		if v == c.Missing || v != v {
			absent++
		} else {
			counts[v]++
		}
	}
	c.Counts, c.Absent = counts, absent
	return nil
}

// Merge adds the counts of o, which must have the same Missing
// (mlgauge.ErrIncompatible).
func (c *Category[T]) Merge(o *Category[T]) error {
	if c.Missing != o.Missing {
		return fmt.Errorf("Category.Merge: Missing: need %v, have %v: %w", c.Missing, o.Missing, mlgauge.ErrIncompatible)
	}
	counts := make(map[T]int, len(c.Counts)+len(o.Counts))
	for k, n := range c.Counts {
		counts[k] = n
	}
	for k, n := range o.Counts {
		counts[k] += n
	}
	c.Counts, c.Absent = counts, c.Absent+o.Absent
	return nil
}

// Reset forgets the counts and keeps the options.
func (c *Category[T]) Reset() { c.Counts, c.Absent = nil, 0 }

// Mode returns the most frequent category, the smallest among equals.
func (c *Category[T]) Mode() (T, error) {
	var best T
	if c.Counts == nil {
		return best, check.NotFitted("Category.Mode")
	}
	if len(c.Counts) == 0 {
		return best, fmt.Errorf("Category.Mode: need a category that is not missing, have none: %w", mlgauge.ErrUndefined)
	}
	keys := make([]T, 0, len(c.Counts))
	for k := range c.Counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		if i == 0 || c.Counts[k] > c.Counts[best] {
			best = k
		}
	}
	return best, nil
}

// Transform writes x without missing values into dst, which is allocated if
// nil, and may be x.
func (c *Category[T]) Transform(dst, x []T) ([]T, error) {
	const fn = "Category.Transform"
	with := c.Fill
	if !c.UseFill {
		var err error
		if with, err = c.Mode(); err != nil {
			return nil, fmt.Errorf("%s: %w", fn, err)
		}
	}
	if dst == nil {
		dst = make([]T, len(x))
	}
	if err := check.Length(fn, "dst", len(x), len(dst)); err != nil {
		return nil, err
	}
	for i, v := range x {
		if v == c.Missing || v != v {
			v = with
		}
		dst[i] = v
	}
	return dst, nil
}

type categoryJSON[T cmp.Ordered] struct {
	Missing T                   `json:"missing"`
	UseFill bool                `json:"use_fill,omitempty"`
	Fill    T                   `json:"fill"`
	Fitted  bool                `json:"fitted,omitempty"`
	Counts  []categoryOfJSON[T] `json:"counts,omitempty"`
	Absent  int                 `json:"absent,omitempty"`
}

type categoryOfJSON[T cmp.Ordered] struct {
	Value *T  `json:"value"`
	Count int `json:"count"`
}

// MarshalJSON writes options and counts, in the order of the categories. A
// category that JSON does not hold (an infinity, or bytes that are not UTF-8) is
// mlgauge.ErrIncompatible.
func (c *Category[T]) MarshalJSON() ([]byte, error) {
	const fn = "Category.MarshalJSON"
	v := categoryJSON[T]{Missing: c.Missing, UseFill: c.UseFill, Fill: c.Fill, Fitted: c.Counts != nil, Absent: c.Absent}
	for _, k := range append([]T{c.Missing, c.Fill}, slices.Sorted(maps.Keys(c.Counts))...) {
		if err := keeps(fn, k); err != nil {
			return nil, err
		}
	}
	for _, k := range slices.Sorted(maps.Keys(c.Counts)) {
		v.Counts = append(v.Counts, categoryOfJSON[T]{&k, c.Counts[k]})
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and c stays as it was. Counting can go on from it.
func (c *Category[T]) UnmarshalJSON(data []byte) error {
	const fn = "Category.UnmarshalJSON"
	var v categoryJSON[T]
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := Category[T]{Missing: v.Missing, UseFill: v.UseFill, Fill: v.Fill, Absent: v.Absent}
	if v.Absent < 0 || !v.Fitted && (v.Absent > 0 || len(v.Counts) > 0) || v.Fitted && v.Absent == 0 && len(v.Counts) == 0 {
		return jsonfloat.Corrupt(fn, "need counts where fitted, and none elsewhere, have %d and %d missing", len(v.Counts), v.Absent)
	}
	if v.Fitted {
		t.Counts = make(map[T]int, len(v.Counts))
	}
	for i, p := range v.Counts {
		switch {
		case p.Value == nil || *p.Value == t.Missing:
			return jsonfloat.Corrupt(fn, "count %d: need a category that is not missing", i)
		case p.Count < 1:
			return jsonfloat.Corrupt(fn, "count %d: need at least 1, have %d", i, p.Count)
		}
		if _, twice := t.Counts[*p.Value]; twice {
			return jsonfloat.Corrupt(fn, "count %d: need a new category, have %v again", i, *p.Value)
		}
		t.Counts[*p.Value] = p.Count
	}
	*c = t
	return nil
}
