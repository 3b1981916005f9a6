package encoding

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// RankHot writes the place of a category in their order as a run of ones: the
// k-th of K categories is k ones and K-k zeros, so that column j tells whether
// the category is at least the j-th.
//
// The order is that of Categories, or of the column. A missing value that Fit
// saw is the last category. An unknown category and a missing value that Fit
// did not see are zeros, or NaN if HandleUnknown is ReturnNaN. Names are name_1,
// name_2, ...
//
// Source: RankHotEncoder of category_encoders 2.11, which with return_nan for
// missing values adds a column name_-2 that is always 0.
type RankHot struct {
	// Categories gives the order by column; nil, or a nil element, is taken from
	// the data. Every category of the data must be listed.
	Categories [][]string `json:"categories,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual), Refuse or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`

	Table
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`
}

// Fit learns the categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty; ErrLength; ErrRange for options and codes out of range, and
// for more than 16,384 categories (the table would be larger than 2 GB);
// ErrUnknownCategory for a category that Categories does not list or a missing
// value with Refuse.
func (e *RankHot) Fit(x []Column) error { return e.fit("RankHot.Fit", nil, x) }

// PartialFit is Fit that keeps what was learned before.
func (e *RankHot) PartialFit(x []Column) error { return e.fit("RankHot.PartialFit", e.Counts, x) }

func (e *RankHot) fit(fn string, have []Tally, x []Column) error {
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
func (e *RankHot) Merge(o *RankHot) error {
	const fn = "RankHot.Merge"
	same := slices.EqualFunc(e.Categories, o.Categories, slices.Equal) && e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing
	if err := incompatible(fn, same); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *RankHot) derive(fn string, counts []Tally) error {
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	missing, err := policy(fn, "HandleMissing", e.HandleMissing, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	if err := checkGiven(fn, e.Categories, len(counts)); err != nil {
		return err
	}
	features := make([]Feature, len(counts))
	for j := range counts {
		t := &counts[j]
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels()}
		if f.Categories, _, err = categoriesOf(fn, &t.dict, t.order, e.Categories, j, true); err != nil {
			return err
		}
		k := len(f.Categories)
		w := k
		if t.MissingCount() > 0 && missing == Value {
			w++
		}
		if missing == Refuse && t.MissingCount() > 0 {
			return refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
		}
		if w > 0 && k > maxValues/w {
			return fmt.Errorf("%s: x: need at most %d numbers, have %d categories by %d columns: %w", fn, maxValues, k, w, mlgauge.ErrRange)
		}
		for i := range w {
			f.Names = append(f.Names, f.Name+"_"+strconv.Itoa(i+1))
		}
		f.Values = make([]float64, k*w)
		for i := range k {
			for c := range i + 1 {
				f.Values[i*w+c] = 1
			}
		}
		f.Unknown = make([]float64, w)
		switch unknown {
		case Refuse:
			f.Unknown = nil
		case ReturnNaN:
			f.Unknown = fill(w, math.NaN())
		}
		switch {
		case missing == Refuse:
			f.Missing = nil
		case missing == ReturnNaN:
			f.Missing = fill(w, math.NaN())
		case t.MissingCount() > 0:
			f.Missing = fill(w, 1)
		case unknown == ReturnNaN:
			f.Missing = f.Unknown
		default:
			f.Missing = make([]float64, w)
		}
		features[j] = f
	}
	if err := e.set("RankHot", features); err != nil {
		return err
	}
	e.Counts = counts
	return nil
}

// Inverse returns the columns of the runs x; zeros, and the numbers of a missing
// value, become missing values.
//
// Errors: ErrNotFitted; ErrLength; ErrUnknownCategory for a row that is no run.
func (e *RankHot) Inverse(x mat.Matrix) ([]Column, error) { return e.inverse("RankHot.Inverse", x) }

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *RankHot) UnmarshalJSON(b []byte) error {
	type plain RankHot
	var p plain
	if err := decode("RankHot.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("RankHot"); err != nil {
		return err
	}
	*e = RankHot(p)
	return nil
}
