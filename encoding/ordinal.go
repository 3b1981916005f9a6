package encoding

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// InfrequentLabel stands for the group of infrequent categories in the names
// and inverses of OneHot and Ordinal; it is scikit-learn's.
const InfrequentLabel = "infrequent_sklearn"

// Ordinal replaces a category by its place 0, 1, 2, ... in the order of the
// categories.
//
// The order is that of Categories, or of the column: sorted, numeric, or as it
// lists them. Infrequent categories share the place after the last frequent
// one. A missing value becomes MissingValue if Fit saw one, and is an unknown
// category if not; HandleMissing has other ways.
//
// Source: OrdinalEncoder of scikit-learn 1.9, except that an UnknownValue or
// MissingValue equal to the place of the infrequent categories is refused too.
// That of category_encoders 2.11 is this one with Start 1, HandleUnknown Value
// and HandleMissing Indicator on columns of order Given.
type Ordinal struct {
	// Categories gives the order by column; nil, or a nil element, is taken from
	// the data. Every category of the data must be listed unless HandleUnknown is
	// Value.
	Categories [][]string `json:"categories,omitempty"`
	// HandleUnknown: Refuse (usual), Value (UnknownValue) or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	// UnknownValue is what an unknown category becomes with Value; it is -1 if
	// nil, and must be no place in use.
	UnknownValue *float64 `json:"unknown_value,omitempty"`
	// HandleMissing: Usual as above; Value (MissingValue, whether Fit saw one or
	// not), ReturnNaN, Refuse, or Indicator (the place after the last if Fit saw
	// a missing value, and MissingValue if not).
	HandleMissing Policy `json:"handle_missing,omitempty"`
	// MissingValue is what a missing value becomes, and must be no place in use.
	// If nil, it is -2 with Indicator and NaN without.
	MissingValue *float64 `json:"missing_value,omitempty"`
	// Start is the first place.
	Start float64 `json:"start,omitempty"`
	// Categories with fewer rows than MinFrequency, or than MinFraction of all
	// rows, are infrequent; so are all but the MaxCategories-1 most frequent. 0
	// means no bound.
	MinFrequency  int     `json:"min_frequency,omitempty"`
	MinFraction   float64 `json:"min_fraction,omitempty"`
	MaxCategories int     `json:"max_categories,omitempty"`

	Table
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`
}

// Fit learns the categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty, ErrLength, ErrRange for options and codes out of range,
// ErrUnknownCategory for a category that Categories does not list or a missing
// value with Refuse.
func (e *Ordinal) Fit(x []Column) error { return e.fit("Ordinal.Fit", nil, x) }

// PartialFit is Fit that keeps what was learned before.
func (e *Ordinal) PartialFit(x []Column) error { return e.fit("Ordinal.PartialFit", e.Counts, x) }

func (e *Ordinal) fit(fn string, have []Tally, x []Column) error {
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
func (e *Ordinal) Merge(o *Ordinal) error {
	const fn = "Ordinal.Merge"
	if err := incompatible(fn, e.same(o)); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *Ordinal) same(o *Ordinal) bool {
	return slices.EqualFunc(e.Categories, o.Categories, slices.Equal) && e.HandleUnknown == o.HandleUnknown &&
		e.HandleMissing == o.HandleMissing && equal(e.UnknownValue, o.UnknownValue) && equal(e.MissingValue, o.MissingValue) && e.Start == o.Start &&
		e.MinFrequency == o.MinFrequency && e.MinFraction == o.MinFraction && e.MaxCategories == o.MaxCategories
}

func (e *Ordinal) derive(fn string, counts []Tally) error {
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Refuse, Refuse, Value, ReturnNaN)
	if err != nil {
		return err
	}
	missing, err := policy(fn, "HandleMissing", e.HandleMissing, Usual, Value, ReturnNaN, Refuse, Indicator)
	if err != nil {
		return err
	}
	if err := checkGrouping(fn, e.MinFrequency, e.MinFraction, e.MaxCategories); err != nil {
		return err
	}
	if err := checkGiven(fn, e.Categories, len(counts)); err != nil {
		return err
	}
	if e.Start*0 != 0 {
		return check.In(fn, "Start", e.Start, -math.MaxFloat64, math.MaxFloat64)
	}
	features := make([]Feature, len(counts))
	for j := range counts {
		t := &counts[j]
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels()}
		f.Names = []string{f.Name}
		var slots []int
		f.Categories, slots, err = categoriesOf(fn, &t.dict, t.order, e.Categories, j, unknown == Refuse)
		if err != nil {
			return err
		}
		n := make([]int, len(slots))
		for i, s := range slots {
			if s > 0 {
				n[i] = t.n[s]
			}
		}
		rare := grouping(n, t.Total(), e.MinFrequency, e.MinFraction, e.MaxCategories)
		f.Values = make([]float64, len(slots))
		next := 0
		for i := range slots {
			if rare == nil || !rare[i] {
				f.Values[i] = e.Start + float64(next)
				next++
			}
		}
		last := next - 1
		for i := range slots {
			if rare != nil && rare[i] {
				f.Values[i] = e.Start + float64(next)
				last = next
			}
		}
		seen := t.MissingCount() > 0
		if missing == Refuse && seen {
			return refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
		}
		if missing == Indicator && seen {
			last++
		}
		place := func(arg string, v float64) ([]float64, error) {
			if p := v - e.Start; p >= 0 && p <= float64(last) && p == math.Trunc(p) {
				return nil, fmt.Errorf("%s: %s: need a value that is no place of column %q, have %v: %w", fn, arg, f.Name, v, mlgauge.ErrRange)
			}
			return []float64{v}, nil
		}
		switch unknown {
		case Value:
			if f.Unknown, err = place("UnknownValue", or(e.UnknownValue, -1)); err != nil {
				return err
			}
		case ReturnNaN:
			f.Unknown = []float64{math.NaN()}
		}
		switch {
		case missing == Usual && !seen:
			f.Missing = f.Unknown
		case missing == Usual, missing == Value:
			f.Missing, err = place("MissingValue", or(e.MissingValue, math.NaN()))
		case missing == ReturnNaN:
			f.Missing = []float64{math.NaN()}
		case missing == Indicator && seen:
			f.Missing = []float64{e.Start + float64(last)}
		case missing == Indicator:
			f.Missing, err = place("MissingValue", or(e.MissingValue, -2))
		}
		if err != nil {
			return err
		}
		features[j] = f
	}
	if err := e.set("Ordinal", features); err != nil {
		return err
	}
	e.Counts = counts
	return nil
}

// Inverse returns the columns of the places x: InfrequentLabel for the place
// of several infrequent categories, a missing value for MissingValue and for
// UnknownValue.
//
// Errors: ErrNotFitted; ErrLength; ErrUnknownCategory for a number that is no
// place.
func (e *Ordinal) Inverse(x mat.Matrix) ([]Column, error) {
	const fn = "Ordinal.Inverse"
	if len(e.Features) == 0 {
		return nil, check.NotFitted(fn)
	}
	var t Table
	for _, f := range e.Features {
		g := f
		g.Categories, g.Values = nil, nil
		shared := make(map[float64]int)
		for _, v := range f.Values {
			shared[v]++
		}
		for i, c := range f.Categories {
			v := f.Values[i]
			switch {
			case shared[v] > 1:
				g.Categories = append(g.Categories, InfrequentLabel)
				shared[v] = 0
			case shared[v] == 1:
				g.Categories = append(g.Categories, c)
			default:
				continue
			}
			g.Values = append(g.Values, v)
		}
		g.MissingLabels = nil
		t.Features = append(t.Features, g)
	}
	return t.inverse(fn, x)
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Ordinal) UnmarshalJSON(b []byte) error {
	type plain Ordinal
	var p plain
	if err := decode("Ordinal.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("Ordinal"); err != nil {
		return err
	}
	*e = Ordinal(p)
	return nil
}
