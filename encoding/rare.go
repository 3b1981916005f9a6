package encoding

import (
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// RareLabel groups the rare categories of a column under one label. It turns
// columns into columns, for an encoder to follow.
//
// A category is rare if its share of the rows that are not missing is below
// Tolerance, or, with MaxCategories, if it is not among that many most frequent
// (among ties the one that appeared first stays). A column of at most
// MinCategories categories keeps them all. Categories that Fit did not see are
// rare. Missing values stay missing.
//
// Source: RareLabelEncoder of feature_engine 1.9.
type RareLabel struct {
	// Tolerance is the smallest share that is not rare; nil means 0.05.
	Tolerance *float64 `json:"tolerance,omitempty"`
	// MinCategories is the number of categories (the missing one among them) from
	// which rare ones are not grouped; nil means 10.
	MinCategories *int `json:"min_categories,omitempty"`
	// MaxCategories bounds the categories that stay; 0 means no bound.
	MaxCategories int `json:"max_categories,omitempty"`
	// ReplaceWith is the label of the group; empty means "Rare".
	ReplaceWith string `json:"replace_with,omitempty"`
	// HandleMissing: Value (usual, stay missing) or Refuse, which is what
	// feature_engine does unless it is told "ignore".
	HandleMissing Policy `json:"handle_missing,omitempty"`

	// Features are the fitted columns.
	Features []RareFeature `json:"features,omitempty"`
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`
}

// A RareFeature lists the frequent categories of one column, the most frequent
// first unless all were kept.
type RareFeature struct {
	Name          string `json:"name"`
	MissingLabels Labels `json:"missing_labels,omitempty"`
	Frequent      Labels `json:"frequent"`
}

// Fit learns the frequent categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty, ErrLength, ErrRange for options and codes out of range,
// ErrUnknownCategory for a missing value with Refuse.
func (e *RareLabel) Fit(x []Column) error { return e.fit("RareLabel.Fit", nil, x) }

// PartialFit is Fit that keeps what was counted before.
func (e *RareLabel) PartialFit(x []Column) error { return e.fit("RareLabel.PartialFit", e.Counts, x) }

func (e *RareLabel) fit(fn string, have []Tally, x []Column) error {
	counts, err := learnCounts(fn, have, x)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *RareLabel) Merge(o *RareLabel) error {
	const fn = "RareLabel.Merge"
	same := equal(e.Tolerance, o.Tolerance) && equal(e.MinCategories, o.MinCategories) && e.MaxCategories == o.MaxCategories &&
		e.ReplaceWith == o.ReplaceWith && e.HandleMissing == o.HandleMissing
	if err := incompatible(fn, same); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *RareLabel) derive(fn string, counts []Tally) error {
	tolerance, least := or(e.Tolerance, 0.05), or(e.MinCategories, 10)
	if err := check.In(fn, "Tolerance", tolerance, 0, 1); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MinCategories", least, 0); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MaxCategories", e.MaxCategories, 0); err != nil {
		return err
	}
	missing, err := policy(fn, "HandleMissing", e.HandleMissing, Value, Value, Refuse)
	if err != nil {
		return err
	}
	features := make([]RareFeature, len(counts))
	for j := range counts {
		t := &counts[j]
		f := RareFeature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels()}
		if missing == Refuse && t.MissingCount() > 0 {
			return refused(fn, "column \""+f.Name+"\"", &Column{}, 0, Missing)
		}
		k := t.dict.Len()
		seen := k
		if t.MissingCount() > 0 {
			seen++
		}
		if seen <= least {
			f.Frequent = t.dict.Labels()
			features[j] = f
			continue
		}
		total := float64(t.Total() - t.MissingCount())
		codes := make([]int, k)
		for i := range codes {
			codes[i] = i
		}
		slices.SortStableFunc(codes, func(a, b int) int { return t.n[b+1] - t.n[a+1] })
		for _, c := range codes {
			if float64(t.n[c+1])/total < tolerance || e.MaxCategories > 0 && len(f.Frequent) == e.MaxCategories {
				break
			}
			f.Frequent = append(f.Frequent, t.dict.labels[c])
		}
		features[j] = f
	}
	e.Features, e.Counts = features, counts
	return nil
}

// Transform returns the columns x with their rare categories grouped, as codes.
// The columns of x are not changed.
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrRange for codes outside the
// categories; ErrUnknownCategory for a missing value with Refuse.
func (e *RareLabel) Transform(x []Column) ([]Column, error) {
	const fn = "RareLabel.Transform"
	if len(e.Features) == 0 {
		return nil, check.NotFitted(fn)
	}
	if _, err := checkColumns(fn, x); err != nil {
		return nil, err
	}
	if err := check.Length(fn, "x", len(e.Features), len(x)); err != nil {
		return nil, err
	}
	label := e.ReplaceWith
	if label == "" {
		label = "Rare"
	}
	out := make([]Column, len(x))
	for j := range x {
		f := &e.Features[j]
		d, err := NewDictionary(f.Frequent, f.MissingLabels)
		if err != nil {
			return nil, fmt.Errorf("%s: Features: %w", fn, err)
		}
		// The group joins a frequent category of its own name.
		rare := d.put(label)
		if rare == Missing {
			return nil, fmt.Errorf("%s: ReplaceWith: need a label that does not mean missing, have %q: %w", fn, label, mlgauge.ErrRange)
		}
		c := Column{Name: x[j].Name, Codes: make([]int32, x[j].Len()), Categories: d.labels, Order: x[j].Order}
		if x[j].Labels != nil {
			err = d.blocks(&x[j], func(lo int, codes []int32) error {
				copy(c.Codes[lo:], codes)
				return nil
			})
		} else {
			remap := d.remap(&x[j])
			for i, k := range x[j].Codes {
				if k >= 0 {
					k = remap[k]
				}
				c.Codes[i] = k
			}
		}
		if err != nil {
			return nil, err
		}
		for i, k := range c.Codes {
			if k == Unknown {
				c.Codes[i] = rare
			}
			if k == Missing && e.HandleMissing == Refuse {
				return nil, refused(fn, columnArg(x, j), &x[j], i, k)
			}
		}
		out[j] = c
	}
	return out, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *RareLabel) UnmarshalJSON(b []byte) error {
	const fn = "RareLabel.UnmarshalJSON"
	type plain RareLabel
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	for _, f := range p.Features {
		if _, err := NewDictionary(f.Frequent, f.MissingLabels); err != nil {
			return corrupt(fn, "features", "each category once", err)
		}
	}
	*e = RareLabel(p)
	return nil
}
