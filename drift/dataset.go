package drift

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A Correction lowers the false alarms that many tests at once make.
type Correction int

const (
	// NoCorrection takes each p-value as it is.
	NoCorrection Correction = iota
	// Bonferroni multiplies each p-value by their number, at most to 1.
	Bonferroni
	// BenjaminiHochberg bounds the false discovery rate: with the k-th smallest of
	// m p-values, min over j >= k of p_j m/j.
	BenjaminiHochberg
)

// Options say how data sets are compared. The zero value is Evidently's data-drift
// preset.
type Options struct {
	// ColumnOptions are those of every column that is not in Columns. A Test that
	// is not for the kind of a column leaves that column to "auto".
	ColumnOptions
	Columns    map[string]ColumnOptions // by name, instead of ColumnOptions as a whole
	Share      float64                  // of drifted columns that makes the data set drifted; 0 means 0.5
	Correction Correction               // of the p-values; distances stay as they are
}

// Check reports what the comparison would: ErrRange, ErrNotFinite and ErrLength for
// options that it cannot take. It spares reading the data first.
func (o Options) Check() error { return o.check("drift.Options.Check") }

func (o Options) check(fn string) error {
	if err := o.ColumnOptions.check(fn); err != nil {
		return err
	}
	for name, c := range o.Columns {
		if err := c.check(fn + ": column " + name); err != nil {
			return err
		}
	}
	if o.Correction < NoCorrection || o.Correction > BenjaminiHochberg {
		return check.Option(fn, "Correction", int(o.Correction))
	}
	return check.In(fn, "Share", o.Share, 0, 1)
}

// of returns the options of a column.
func (o Options) of(name string, k Kind) ColumnOptions {
	if c, ok := o.Columns[name]; ok {
		return c
	}
	c := o.ColumnOptions
	if t, _ := lookUp("", c.Test); t != nil && (k == Categorical && !t.categorical || k == Numeric && !t.numeric) {
		c.Test, c.Threshold = "auto", 0
	}
	return c
}

// A Report is what the comparison of two data sets came to.
type Report struct {
	ReferenceRows, CurrentRows int
	Columns                    []ColumnResult // of both sides, in the order of the reference
	New, Vanished              []string       // columns of one side only; they do not count for the share
	DriftedColumns             int
	DriftedShare               float64 // of Columns, those without a verdict left out; NaN without any
	Share                      float64 // from which the data set is drifted
	Drifted                    bool
}

// CompareDatasets compares the columns of two data sets by name, in parallel, with
// the same result on any number of cores. The set is drifted if the share of drifted
// columns is at least Options.Share. What goes wrong with a single column is in its
// Err and does not stop the others. It returns ErrEmpty if no column is in both,
// ErrLength for columns of unequal length, ErrRange for a repeated name and bad
// options.
func CompareDatasets(reference, current []Column, o Options) (*Report, error) {
	const fn = "drift.CompareDatasets"
	rows, err := checkColumns(fn, "reference", reference)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(reference))
	for i, c := range reference {
		names[i] = c.Name
	}
	return compareAll(fn, names, rows, current, o, func(i int) (*side, error) { return sideOf(fn, "reference", reference[i]) })
}

// CompareToBaseline is CompareDatasets with a saved reference.
func CompareToBaseline(reference *Baseline, current []Column, o Options) (*Report, error) {
	return compareAll("drift.CompareToBaseline", reference.names(), reference.Rows(), current, o,
		func(i int) (*side, error) { return reference.Profiles[i].side(), nil })
}

// CompareBaselines is CompareDatasets with both sides from profiles.
func CompareBaselines(reference, current *Baseline, o Options) (*Report, error) {
	return compareNamed("drift.CompareBaselines", reference.names(), current.names(), reference.Rows(), current.Rows(), o,
		func(i, j int) (a, b *side, err error) {
			return reference.Profiles[i].side(), current.Profiles[j].side(), nil
		})
}

func compareAll(fn string, names []string, rows int, current []Column, o Options, ref func(i int) (*side, error)) (*Report, error) {
	currentRows, err := checkColumns(fn, "current", current)
	if err != nil {
		return nil, err
	}
	others := make([]string, len(current))
	for i, c := range current {
		others[i] = c.Name
	}
	return compareNamed(fn, names, others, rows, currentRows, o, func(i, j int) (*side, *side, error) {
		a, err := ref(i)
		if err != nil {
			return nil, nil, err
		}
		b, err := sideOf(fn, "current", current[j])
		return a, b, err
	})
}

func compareNamed(fn string, names, others []string, rows, currentRows int, o Options, sides func(i, j int) (a, b *side, err error)) (*Report, error) {
	if err := o.check(fn); err != nil {
		return nil, err
	}
	r := &Report{ReferenceRows: rows, CurrentRows: currentRows, Share: or(o.Share, 0.5), DriftedShare: math.NaN()}
	at := make(map[string]int, len(others))
	for j, s := range others {
		at[s] = j
	}
	var both [][2]int
	for i, s := range names {
		if j, ok := at[s]; ok {
			both = append(both, [2]int{i, j})
			delete(at, s)
		} else {
			r.Vanished = append(r.Vanished, s)
		}
	}
	for _, s := range others {
		if _, ok := at[s]; ok {
			r.New = append(r.New, s)
		}
	}
	if len(both) == 0 {
		return nil, fmt.Errorf("%s: need a column that is on both sides, have %d and %d others: %w", fn, len(names), len(others), mlgauge.ErrEmpty)
	}
	for name := range o.Columns {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%s: Columns: need names of the reference, have %q: %w", fn, name, mlgauge.ErrRange)
		}
	}
	r.Columns = make([]ColumnResult, len(both))
	parallel.Each(len(both), func(k int) {
		i, j := both[k][0], both[k][1]
		a, b, err := sides(i, j)
		if err != nil {
			r.Columns[k] = ColumnResult{Name: names[i], Statistic: math.NaN(), PValue: math.NaN(), Adjusted: math.NaN(), Err: err}
			return
		}
		r.Columns[k], _ = compareSides(fn, names[i], a, b, o.of(names[i], a.kind))
		r.Columns[k].Name = names[i]
	})
	r.correct(o.Correction)
	tested := 0
	for _, c := range r.Columns {
		if c.Drifted {
			r.DriftedColumns++
		}
		if c.Err == nil || c.Drifted {
			tested++
		}
	}
	if tested > 0 {
		r.DriftedShare = float64(r.DriftedColumns) / float64(tested)
		r.Drifted = r.DriftedShare >= r.Share
	}
	return r, nil
}

// correct adjusts the p-values, and the verdicts that follow from them.
func (r *Report) correct(c Correction) {
	if c == NoCorrection {
		return
	}
	var with []int
	for i := range r.Columns {
		if t, _ := lookUp("", r.Columns[i].Test); r.Columns[i].Err == nil && t.pValue {
			with = append(with, i)
		}
	}
	slices.SortStableFunc(with, func(i, j int) int {
		switch a, b := r.Columns[i].PValue, r.Columns[j].PValue; {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	})
	m := float64(len(with))
	least := 1.0
	for k := len(with) - 1; k >= 0; k-- {
		q := &r.Columns[with[k]]
		q.Adjusted = min(1, q.PValue*m)
		if c == BenjaminiHochberg {
			least = min(least, q.PValue*m/float64(k+1))
			q.Adjusted = least
		}
		t, _ := lookUp("", q.Test)
		q.Drifted = t.drifted(*q)
	}
}

// checkColumns returns the number of rows.
func checkColumns(fn, arg string, cols []Column) (int, error) {
	seen := make(map[string]bool, len(cols))
	rows := 0
	for i, c := range cols {
		if err := c.check(fn, arg); err != nil {
			return 0, err
		}
		if seen[c.Name] {
			return 0, fmt.Errorf("%s: %s: need distinct names, have %q twice: %w", fn, arg, c.Name, mlgauge.ErrRange)
		}
		seen[c.Name] = true
		if i == 0 {
			rows = c.rows()
		} else if err := check.Length(fn, arg+": column "+c.Name, rows, c.rows()); err != nil {
			return 0, err
		}
	}
	return rows, nil
}

// Baseline is the profiles of the columns of a data set: a reference that is made
// once and kept. The zero value is ready.
type Baseline struct {
	Options  Profile // Keep, K and MaxCategories of the profiles to be made
	Profiles []*Profile
}

func (b *Baseline) names() []string {
	names := make([]string, len(b.Profiles))
	for i, p := range b.Profiles {
		names[i] = p.Name
	}
	return names
}

// Rows returns the number of rows.
func (b *Baseline) Rows() int {
	if len(b.Profiles) == 0 {
		return 0
	}
	return b.Profiles[0].rows
}

// Add adds a batch of rows, column by column in parallel. The first batch decides
// which columns there are. It returns ErrLength and ErrRange as CompareDatasets,
// ErrIncompatible for other columns or kinds than before, and then leaves the
// baseline as it was.
func (b *Baseline) Add(cols []Column) error {
	const fn = "drift.Baseline.Add"
	if _, err := checkColumns(fn, "columns", cols); err != nil {
		return err
	}
	profiles := b.Profiles
	if len(profiles) == 0 {
		for _, c := range cols {
			profiles = append(profiles, &Profile{Name: c.Name, Keep: b.Options.Keep, K: b.Options.K, MaxCategories: b.Options.MaxCategories})
		}
	}
	if len(cols) != len(profiles) {
		return check.Length(fn, "columns", len(profiles), len(cols))
	}
	// Whatever can fail is looked at before anything is added.
	for i, c := range cols {
		if c.Name != profiles[i].Name {
			return fmt.Errorf("%s: need column %q, have %q: %w", fn, profiles[i].Name, c.Name, mlgauge.ErrIncompatible)
		}
		if k := c.kind(); k != Unknown {
			if err := profiles[i].begin(fn, k); err != nil {
				return err
			}
		}
		for r, code := range c.Codes {
			if int(code) >= len(c.Dict) {
				return fmt.Errorf("%s: column %q: codes[%d]: need a code below %d, have %d: %w", fn, c.Name, r, len(c.Dict), code, mlgauge.ErrRange)
			}
		}
	}
	errs := make([]error, len(cols))
	parallel.Each(len(cols), func(i int) {
		switch cols[i].kind() {
		case Numeric:
			errs[i] = profiles[i].AddFloats(cols[i].Floats)
		case Categorical:
			errs[i] = profiles[i].AddCodes(cols[i].Codes, cols[i].Dict)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	b.Profiles = profiles
	return nil
}

// Merge adds what o holds; o stays as it was. Both must have the same columns in
// the same order (ErrIncompatible, and the errors of Profile.Merge); after an error
// the baseline is as it was.
func (b *Baseline) Merge(o *Baseline) error {
	const fn = "drift.Baseline.Merge"
	if len(o.Profiles) == 0 {
		return nil
	}
	if len(b.Profiles) > 0 && !slices.Equal(b.names(), o.names()) {
		return fmt.Errorf("%s: need columns %q, have %q: %w", fn, b.names(), o.names(), mlgauge.ErrIncompatible)
	}
	merged := make([]*Profile, len(o.Profiles))
	for i, p := range o.Profiles {
		merged[i] = new(Profile)
		if len(b.Profiles) > 0 {
			merged[i] = b.Profiles[i].Clone()
		}
		if err := merged[i].Merge(p); err != nil {
			return err
		}
		merged[i].Name = p.Name
	}
	b.Profiles = merged
	return nil
}

// Reset forgets the columns and keeps Options.
func (b *Baseline) Reset() { b.Profiles = nil }

const baselineTag = "drift.baseline/1"

// MarshalBinary returns the profiles in binary form; Options are those of the
// profiles.
func (b *Baseline) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(baselineTag)
	w.Int(b.Options.Keep)
	w.Int(b.Options.K)
	w.Int(b.Options.MaxCategories)
	w.Int(len(b.Profiles))
	for _, p := range b.Profiles {
		p.append(w)
	}
	return w.Finish(), nil
}

// UnmarshalBinary replaces the profiles. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the baseline as it was; the error for
// bytes of another version names it.
func (b *Baseline) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("drift.Baseline.UnmarshalBinary", baselineTag, data)
	n := Baseline{Options: Profile{Keep: r.Int(), K: r.Int(), MaxCategories: r.Int()}}
	for range r.Count(8) {
		n.Profiles = append(n.Profiles, readProfile(r))
		if r.Err() != nil {
			break
		}
	}
	if r.Err() == nil {
		if err := n.validate(); err != nil {
			r.Fail("%v", err)
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*b = n
	return nil
}

// validate reports profiles that cannot be of one data set.
func (b *Baseline) validate() error {
	seen := make(map[string]bool)
	for _, p := range b.Profiles {
		if p == nil {
			return errors.New("need profiles, have null")
		}
		if seen[p.Name] {
			return fmt.Errorf("need distinct names, have %q twice", p.Name)
		}
		seen[p.Name] = true
		if p.rows != b.Profiles[0].rows && p.kind != Unknown {
			return fmt.Errorf("need %d rows in column %q, have %d", b.Profiles[0].rows, p.Name, p.rows)
		}
	}
	return nil
}

type baselineJSON struct {
	Version  string     `json:"version"`
	Rows     int        `json:"rows"`
	Profiles []*Profile `json:"columns"`
}

// MarshalJSON writes the profiles, each with a summary for readers.
func (b *Baseline) MarshalJSON() ([]byte, error) {
	return json.Marshal(baselineJSON{baselineTag, b.Rows(), b.Profiles})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns ErrCorrupt for anything
// else, and then leaves the baseline as it was; the error for another version names
// it.
func (b *Baseline) UnmarshalJSON(data []byte) error {
	const fn = "drift.Baseline.UnmarshalJSON"
	var v struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%s: %w: %w", fn, err, mlgauge.ErrCorrupt)
	}
	if v.Version != baselineTag { // first: another version may have other fields
		return fmt.Errorf("%s: need version %q, have %.40q: %w", fn, baselineTag, v.Version, mlgauge.ErrCorrupt)
	}
	var j baselineJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		if errors.Is(err, mlgauge.ErrCorrupt) {
			return fmt.Errorf("%s: %w", fn, err)
		}
		return fmt.Errorf("%s: %w: %w", fn, err, mlgauge.ErrCorrupt)
	}
	n := Baseline{Profiles: j.Profiles}
	if err := n.validate(); err != nil {
		return fmt.Errorf("%s: %w: %w", fn, err, mlgauge.ErrCorrupt)
	}
	if len(n.Profiles) > 0 {
		p := n.Profiles[0]
		n.Options = Profile{Keep: p.Keep, K: p.K, MaxCategories: p.MaxCategories}
	}
	if j.Rows != n.Rows() {
		return fmt.Errorf("%s: need %d rows, have %d: %w", fn, n.Rows(), j.Rows, mlgauge.ErrCorrupt)
	}
	*b = n
	return nil
}
