package encoding

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Drop says which category of a column gets no column of its own in OneHot.
type Drop int

const (
	// DropNone keeps every category.
	DropNone Drop = iota
	// DropFirst drops the first category of every column.
	DropFirst
	// DropIfBinary drops the first category of the columns with two.
	DropIfBinary
	// DropGiven drops the categories of DropCategories.
	DropGiven
)

// OneHot gives every category a column of its own, which is 1 in its rows and 0
// elsewhere.
//
// The columns stand in the order of the categories: that of Categories, or of
// the column of x (sorted, numeric, or as it lists them). A missing value that
// Fit saw is a category, the last one; the group of infrequent categories comes
// after that. Names are "name_category", with "name_nan" for missing and
// "name_infrequent_sklearn" for the group.
//
// Source: OneHotEncoder of scikit-learn 1.9.
type OneHot struct {
	// Categories gives the order by column; nil, or a nil element, is taken from
	// the data. With Refuse, every category of the data must be listed.
	Categories [][]string `json:"categories,omitempty"`
	// Drop says what to drop, after infrequent categories are grouped; with
	// DropGiven, DropCategories holds a category for every column (a missing mark
	// drops the missing values).
	Drop           Drop     `json:"drop,omitempty"`
	DropCategories []string `json:"drop_categories,omitempty"`
	// HandleUnknown: Refuse (usual), Value (zeros: scikit-learn's "ignore"), or
	// Infrequent (the infrequent group where there is one, zeros where not; its
	// "infrequent_if_exist" and, with Unknowns for the warning, "warn"). It also
	// holds for missing values if Fit saw none.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	// Categories with fewer rows than MinFrequency, or than MinFraction of all
	// rows, are infrequent; so are all but the MaxCategories-1 most frequent. 0
	// means no bound.
	MinFrequency  int     `json:"min_frequency,omitempty"`
	MinFraction   float64 `json:"min_fraction,omitempty"`
	MaxCategories int     `json:"max_categories,omitempty"`

	// Features are the fitted columns. Call Prepare after filling them in by hand.
	Features []OneHotFeature `json:"features,omitempty"`
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`

	index *oneHotIndex
}

// A OneHotFeature is the fitted part of OneHot for one column.
type OneHotFeature struct {
	Name          string
	Outputs       []string // the category that each column of the result stands for
	Categories    []string
	MissingLabels []string
	// Columns holds, for every category, its place in Outputs, or -1 for the
	// dropped one.
	Columns []int
	// Missing and Unknown are the places of a missing value and of a category not
	// listed; -1 for zeros, -2 for an error.
	Missing, Unknown int
	// Dropped is the label of what was dropped, if HasDrop.
	HasDrop bool
	Dropped string
	// DropMissing tells that the missing values were dropped.
	DropMissing bool

	slots []int // where the categories stand in the statistics, if they come from there
}

const (
	zeros  = -1 // no column
	refuse = -2 // an error
)

type oneHotIndex struct {
	width int
	cols  []oneHotColumn
}

type oneHotColumn struct {
	dict *Dictionary
	hot  []int32 // column of the result by code+2, or zeros, or refuse
	all  bool    // no entry of hot is negative
}

// Fit learns the categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty, ErrLength, ErrRange for options and codes out of range and
// for a category to drop that was not seen or is infrequent,
// ErrUnknownCategory for a category that Categories does not list.
func (e *OneHot) Fit(x []Column) error {
	return e.fit("OneHot.Fit", nil, x)
}

// PartialFit is Fit that keeps what was learned before. New categories add
// columns in their order.
func (e *OneHot) PartialFit(x []Column) error {
	return e.fit("OneHot.PartialFit", e.Counts, x)
}

func (e *OneHot) fit(fn string, have []Tally, x []Column) error {
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
func (e *OneHot) Merge(o *OneHot) error {
	const fn = "OneHot.Merge"
	same := slices.EqualFunc(e.Categories, o.Categories, slices.Equal) && e.Drop == o.Drop && slices.Equal(e.DropCategories, o.DropCategories) &&
		e.HandleUnknown == o.HandleUnknown && e.MinFrequency == o.MinFrequency && e.MinFraction == o.MinFraction && e.MaxCategories == o.MaxCategories
	if err := incompatible(fn, same); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *OneHot) derive(fn string, counts []Tally) error {
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Refuse, Refuse, Value, Infrequent)
	if err != nil {
		return err
	}
	if err := checkGrouping(fn, e.MinFrequency, e.MinFraction, e.MaxCategories); err != nil {
		return err
	}
	if err := checkGiven(fn, e.Categories, len(counts)); err != nil {
		return err
	}
	switch e.Drop {
	case DropNone, DropFirst, DropIfBinary:
	case DropGiven:
		if err := check.Length(fn, "DropCategories", len(counts), len(e.DropCategories)); err != nil {
			return err
		}
	default:
		return check.Option(fn, "Drop", int(e.Drop))
	}
	features := make([]OneHotFeature, len(counts))
	for j := range counts {
		if features[j], err = e.feature(fn, &counts[j], j, unknown); err != nil {
			return err
		}
	}
	index, err := oneHotIndexOf(fn, features, counts)
	if err != nil {
		return err
	}
	e.Features, e.Counts, e.index = features, counts, index
	return nil
}

func (e *OneHot) feature(fn string, t *Tally, j int, unknown Policy) (OneHotFeature, error) {
	f := OneHotFeature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels()}
	cats, slots, err := categoriesOf(fn, &t.dict, t.order, e.Categories, j, unknown == Refuse)
	if err != nil {
		return f, err
	}
	f.Categories = cats
	n := make([]int, len(slots))
	for i, s := range slots {
		if s > 0 {
			n[i] = t.n[s]
		}
	}
	hasMissing := t.MissingCount() > 0
	if hasMissing {
		n = append(n, t.MissingCount())
	}
	rare := grouping(n, t.Total(), e.MinFrequency, e.MinFraction, e.MaxCategories)

	// place[i] is the group of category i, missing last: frequent ones in order,
	// then the infrequent.
	place := make([]int, len(n))
	label := make([]string, 0, len(n))
	for i := range n {
		if rare != nil && rare[i] {
			continue
		}
		place[i] = len(label)
		if i < len(cats) {
			label = append(label, cats[i])
		} else {
			label = append(label, "nan")
		}
	}
	group := -1
	if rare != nil {
		group = len(label)
		label = append(label, InfrequentLabel)
		for i := range n {
			if rare[i] {
				place[i] = group
			}
		}
	}
	drop := -1
	switch e.Drop {
	case DropFirst:
		drop = 0
	case DropIfBinary:
		if len(label) == 2 {
			drop = 0
		}
	case DropGiven:
		want := e.DropCategories[j]
		i := slices.Index(cats, want)
		if i < 0 && hasMissing && t.dict.Code(want) == Missing {
			i = len(cats)
		}
		if i < 0 {
			return f, fmt.Errorf("%s: DropCategories: need a category of column %q, have %.80q: %w", fn, f.Name, want, mlgauge.ErrRange)
		}
		if rare != nil && rare[i] {
			return f, fmt.Errorf("%s: DropCategories: need a frequent category of column %q, have %.80q: %w", fn, f.Name, want, mlgauge.ErrRange)
		}
		drop = place[i]
	}
	column := func(p int) int {
		switch {
		case p == drop:
			return zeros
		case drop >= 0 && p > drop:
			return p - 1
		}
		return p
	}
	f.Columns = make([]int, len(cats))
	for i := range cats {
		f.Columns[i] = column(place[i])
	}
	f.Outputs = label
	if drop >= 0 {
		f.Outputs = slices.Delete(slices.Clone(label), drop, drop+1)
	}
	if e.Categories == nil || e.Categories[j] == nil {
		f.slots = slots
	}
	switch {
	case unknown == Refuse:
		f.Unknown = refuse
	case unknown == Infrequent && group >= 0:
		f.Unknown = column(group)
	default:
		f.Unknown = zeros
	}
	f.Missing = f.Unknown
	if hasMissing {
		f.Missing = column(place[len(cats)])
	}
	if drop >= 0 {
		f.HasDrop, f.Dropped = true, label[drop]
		f.DropMissing = hasMissing && place[len(cats)] == drop && drop != group
	}
	return f, nil
}

// Prepare checks the features and builds what the lookups need. Fit and
// UnmarshalJSON have called it.
//
// Errors: ErrNotFitted without features; ErrLength; ErrRange for places that
// do not exist.
func (e *OneHot) Prepare() error {
	if len(e.Features) == 0 {
		return check.NotFitted("OneHot.Prepare")
	}
	index, err := oneHotIndexOf("OneHot.Prepare", e.Features, nil)
	if err != nil {
		return err
	}
	e.index = index
	return nil
}

func oneHotIndexOf(fn string, features []OneHotFeature, counts []Tally) (*oneHotIndex, error) {
	x := &oneHotIndex{cols: make([]oneHotColumn, len(features))}
	for j := range features {
		f := &features[j]
		arg := "feature " + strconv.Quote(f.Name)
		if err := check.Length(fn, arg+": Columns", len(f.Categories), len(f.Columns)); err != nil {
			return nil, err
		}
		if x.width > math.MaxInt32-len(f.Outputs) {
			return nil, fmt.Errorf("%s: need at most 2^31-1 columns: %w", fn, mlgauge.ErrRange)
		}
		c := oneHotColumn{hot: make([]int32, len(f.Columns)+2), all: true}
		direct := counts != nil && f.slots != nil
		if direct {
			// The statistics are not changed once they are an encoder's.
			c.dict = &counts[j].dict
		} else {
			c.dict = new(Dictionary)
			if err := c.dict.fill(fn, f.Categories, f.MissingLabels); err != nil {
				return nil, err
			}
		}
		for i := range c.hot {
			p, least := f.Unknown, refuse
			switch i {
			case 0:
			case 1:
				p = f.Missing
			default:
				p, least = f.Columns[i-2], zeros
			}
			if p < least || p >= len(f.Outputs) {
				return nil, fmt.Errorf("%s: %s: need places in [%d, %d), have %d: %w", fn, arg, least, len(f.Outputs), p, mlgauge.ErrRange)
			}
			at := i
			if direct && i >= 2 {
				at = f.slots[i-2] + 1
			}
			if p < 0 {
				c.all = false
				c.hot[at] = int32(p)
			} else {
				c.hot[at] = int32(x.width + p)
			}
		}
		x.width += len(f.Outputs)
		x.cols[j] = c
	}
	return x, nil
}

func (e *OneHot) ready(fn string) (*oneHotIndex, error) {
	if e.index != nil {
		return e.index, nil
	}
	if len(e.Features) == 0 {
		return nil, check.NotFitted(fn)
	}
	return oneHotIndexOf(fn, e.Features, nil)
}

// FeatureNames returns the names of the columns of the result.
//
// Errors: ErrNotFitted.
func (e *OneHot) FeatureNames() ([]string, error) {
	if len(e.Features) == 0 {
		return nil, check.NotFitted("OneHot.FeatureNames")
	}
	var names []string
	for j := range e.Features {
		for _, s := range e.Features[j].Outputs {
			names = append(names, e.Features[j].Name+"_"+s)
		}
	}
	return names, nil
}

// Width returns the number of columns of the result, 0 before Fit.
func (e *OneHot) Width() int {
	w := 0
	for j := range e.Features {
		w += len(e.Features[j].Outputs)
	}
	return w
}
