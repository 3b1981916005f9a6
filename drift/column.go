package drift

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Column is a named column of data: numbers in Floats, NaN where missing; or text
// as Codes into Dict, negative where missing. One with Codes or Dict is categorical.
type Column struct {
	Name   string
	Floats []float64
	Codes  []int32
	Dict   []string
}

// TextColumn returns a categorical column of the strings, none of them missing.
func TextColumn(name string, x []string) Column {
	c := Column{Name: name, Codes: make([]int32, len(x)), Dict: []string{}}
	code := make(map[string]int32)
	for i, s := range x {
		k, ok := code[s]
		if !ok {
			k = int32(len(c.Dict))
			code[s] = k
			c.Dict = append(c.Dict, s)
		}
		c.Codes[i] = k
	}
	return c
}

func (c Column) kind() Kind {
	switch {
	case c.Codes != nil || c.Dict != nil:
		return Categorical
	case c.Floats != nil:
		return Numeric
	}
	return Unknown
}

func (c Column) rows() int { return max(len(c.Floats), len(c.Codes)) }

func (c Column) check(fn, arg string) error {
	if c.kind() == Categorical && c.Floats != nil {
		return fmt.Errorf("%s: %s: column %q: need Floats or Codes, have both: %w", fn, arg, c.Name, mlgauge.ErrIncompatible)
	}
	return nil
}

// ColumnOptions say how columns are compared. The zero value makes Evidently's
// choices.
type ColumnOptions struct {
	// Test is "auto", the same as "", or one of TestNames; the names that Evidently
	// has for the same tests are taken too (chisquare, kl_div, t_test, mannw, es,
	// ed, g_test, fisher_exact, empirical_mmd). "auto" chooses
	//
	//	                             reference up to 1000 values   more
	//	numbers, 6 distinct or more  ks                            wasserstein
	//	otherwise                    chi2; z for 2 distinct        jensenshannon
	//
	// counting distinct values of both sides together.
	Test string
	// Threshold of the p-value or the statistic; 0 means that of Thresholds, or
	// else the default: 0.05 for ks, chi2, chi2_contingency, z, t, welch,
	// mann_whitney and epps_singleton, 0.1 for the others.
	Threshold   float64
	Thresholds  map[string]float64 // by test
	Alternative Alternative        // for ks, t, welch, mann_whitney, z and fisher: of the reference against the current side
	// Edges are the bins of numbers for the distances between distributions; what
	// lies outside counts in the first and the last. Bins asks for that many bins
	// of equal reference share. With neither, the values themselves are bins if
	// the reference has at most 20 of them, else Sturges' rule cuts the range of
	// both sides into log2(n)+1 equal bins, rounded up.
	Edges []float64
	Bins  int
	// Smoothing of psi and kl, the same on both sides; nil means FloorRaw(1e-4)
	// for psi and Floor(1e-4) for kl. The note of the result states it.
	Smoothing *Smoothing
	Seed      uint64 // of the sample and the permutations of mmd
}

func (o ColumnOptions) check(fn string) error {
	if _, err := lookUp(fn, o.Test); err != nil {
		return err
	}
	if err := check.In(fn, "Threshold", o.Threshold, 0, math.MaxFloat64); err != nil {
		return err
	}
	for name, v := range o.Thresholds {
		if _, err := lookUp(fn, name); err != nil {
			return err
		}
		if err := check.In(fn, "Thresholds["+name+"]", v, 0, math.MaxFloat64); err != nil {
			return err
		}
	}
	if err := check.In(fn, "Bins", float64(o.Bins), 0, 1<<20); err != nil {
		return err
	}
	if err := checkEdges(fn, o.Edges); err != nil {
		return err
	}
	if o.Smoothing != nil {
		if err := o.Smoothing.Check(fn); err != nil {
			return err
		}
	}
	return o.Alternative.check(fn)
}

// A ColumnResult is what the comparison of a column came to.
type ColumnResult struct {
	Name      string
	Kind      Kind
	Test      string
	Statistic float64
	PValue    float64 // NaN where the test has none
	Adjusted  float64 // p-value after the correction of a data set; PValue without one
	DF        float64
	Threshold float64
	Drifted   bool
	// Bound is the error of Statistic from sketched profiles: what their rank
	// errors, which hold in 99% of the cases, can move it by; 0 for exact data, NaN
	// where nothing is guaranteed (psi, kl).
	Bound float64
	Note  string // what was done out of the ordinary: smoothing, sketches, samples

	ReferenceRows, CurrentRows         int
	ReferenceMissing, CurrentMissing   int
	ReferenceInfinite, CurrentInfinite int // left out of the test, as missing values are
	// MissingPValue is that of the two-proportion z test of the missing shares; 1
	// where nothing, or everything, is missing on both sides. It does not count
	// for Drifted.
	MissingPValue float64

	// Numbers: the shift of mean and median from reference to current, and the
	// former in standard deviations of the reference (NaN if that is 0). A median
	// from a sketch is right to within its rank error.
	MeanShift, MedianShift, StdShift float64
	// Categories of one side only, by falling count.
	New, Vanished []Category
	// Moved holds the three bins or categories whose shares differ most: for
	// numbers, of about ten bins of equal reference share, or the single values.
	Moved []Bin

	// Err tells why there is no test: ErrEmpty for a side without values,
	// ErrIncompatible for one that changed its kind, and what the test returns. A
	// column whose kind changed or that has values on one side only is drifted.
	Err error
}

// Direction returns "up" or "down" as the mean of a numeric column moved, and ""
// if it did not.
func (r ColumnResult) Direction() string {
	switch {
	case r.MeanShift > 0:
		return "up"
	case r.MeanShift < 0:
		return "down"
	}
	return ""
}

// CompareColumns tests whether a column has drifted from a reference. Missing
// values and infinities are counted and left out of the test. It returns the error
// of the result too: ErrEmpty if a side has no values, ErrIncompatible if the kinds
// differ, ErrRange for bad options, codes outside the dictionary, and a test that is
// not for this kind, and the errors of the test.
//
// The chi2 of the automatic choice is GoodnessOfFit, as in Evidently, which takes
// the shares of the reference as known: with sides of equal size it raises far more
// false alarms than its p-value says, and chi2_contingency does not. Source of the
// choices, thresholds and bins: Evidently 0.7.23.
func CompareColumns(reference, current Column, o ColumnOptions) (ColumnResult, error) {
	const fn = "drift.CompareColumns"
	if err := reference.check(fn, "reference"); err != nil {
		return ColumnResult{}, err
	}
	a, err := sideOf(fn, "reference", reference)
	if err != nil {
		return ColumnResult{}, err
	}
	return compareTo(fn, a, reference.Name, current, o)
}

// CompareToProfile is CompareColumns with a saved reference. Where it holds a
// sketch, Bound tells how far the statistic may be off; the tests of ranks other than
// ks, and those of counts, then return ErrIncompatible. A column of at most 32
// distinct numbers is counted in full and needs no bound; only the tests of ranks do
// not take it.
func CompareToProfile(reference *Profile, current Column, o ColumnOptions) (ColumnResult, error) {
	return compareTo("drift.CompareToProfile", reference.side(), reference.Name, current, o)
}

func compareTo(fn string, a *side, name string, current Column, o ColumnOptions) (ColumnResult, error) {
	if err := current.check(fn, "current"); err != nil {
		return ColumnResult{}, err
	}
	b, err := sideOf(fn, "current", current)
	if err != nil {
		return ColumnResult{}, err
	}
	return compareSides(fn, or(name, current.Name), a, b, o)
}

// CompareProfiles is CompareToProfile with both sides from profiles.
func CompareProfiles(reference, current *Profile, o ColumnOptions) (ColumnResult, error) {
	return compareSides("drift.CompareProfiles", or(reference.Name, current.Name), reference.side(), current.side(), o)
}

func compareSides(fn, name string, a, b *side, o ColumnOptions) (ColumnResult, error) {
	if err := o.check(fn); err != nil {
		return ColumnResult{}, err
	}
	r := ColumnResult{Name: name, Kind: a.kind, Statistic: math.NaN(), PValue: math.NaN(), Adjusted: math.NaN(),
		ReferenceRows: a.rows, CurrentRows: b.rows, ReferenceMissing: a.missing, CurrentMissing: b.missing,
		ReferenceInfinite: a.posInf + a.negInf, CurrentInfinite: b.posInf + b.negInf, MissingPValue: 1,
		MeanShift: math.NaN(), MedianShift: math.NaN(), StdShift: math.NaN()}
	if a.rows > 0 && b.rows > 0 {
		z, err := ProportionZ(float64(a.missing), float64(a.rows), float64(b.missing), float64(b.rows), TwoSided)
		if err == nil {
			r.MissingPValue = z.PValue
		}
	}
	if r.Err = testable(fn, name, a, b); r.Err != nil {
		r.Drifted = a.n() > 0 && b.n() > 0 && a.kind != b.kind || (a.n() == 0) != (b.n() == 0)
		return r, r.Err
	}
	c := &comparison{fn: fn, a: a, b: b, o: o}
	t, _ := lookUp(fn, o.Test)
	if t == nil {
		t = c.auto()
	}
	r.Test, r.Threshold = t.name, o.threshold(t)
	if err := t.suits(fn, name, a, b); err != nil {
		r.Err = err
		return r, err
	}
	c.describe(&r)
	res, bound, err := t.run(c)
	if err != nil {
		r.Err = fmt.Errorf("column %q: %w", name, err)
		return r, r.Err
	}
	r.Statistic, r.PValue, r.DF, r.Bound, r.Note = res.Statistic, res.PValue, res.DF, bound, res.Note
	r.Adjusted = r.PValue
	r.Drifted = t.drifted(r)
	return r, nil
}

func (o ColumnOptions) threshold(t *columnTest) float64 {
	if o.Threshold != 0 {
		return o.Threshold
	}
	for name, v := range o.Thresholds {
		if u, _ := lookUp("", name); u == t {
			return v
		}
	}
	return t.threshold
}

// suits reports a test that cannot be made on these sides.
func (t *columnTest) suits(fn, name string, a, b *side) error {
	if a.kind == Categorical && !t.categorical {
		return fmt.Errorf("%s: column %q: need a test for categories, have %s: %w", fn, name, t.name, mlgauge.ErrRange)
	}
	if t.raw && (a.w != nil || b.w != nil) {
		return fmt.Errorf("%s: column %q: %s: need every value, have a sketch: %w", fn, name, t.name, mlgauge.ErrIncompatible)
	}
	return nil
}

func (t *columnTest) drifted(r ColumnResult) bool {
	if t.pValue {
		return r.Adjusted < r.Threshold || t.inclusive && r.Adjusted == r.Threshold
	}
	return r.Statistic > r.Threshold || t.inclusive && r.Statistic == r.Threshold
}

// describe adds what moved.
func (c *comparison) describe(r *ColumnResult) {
	const most = 3
	if c.a.kind == Categorical {
		r.New, r.Vanished = only(c.b, c.a), only(c.a, c.b)
		r.Moved = categoryBins(c.a, c.b).moved(most)
		return
	}
	r.MeanShift = c.b.m.Mean() - c.a.m.Mean()
	if s := c.a.std(); s > 0 {
		r.StdShift = r.MeanShift / s
	}
	edges := roughEdges(c.a, c.b, 10)
	t := rangeBins(c.a, c.b, edges)
	r.MedianShift = c.b.median(edges, t.cur) - c.a.median(edges, t.ref)
	if !c.a.few.many && len(c.a.few.v) <= 20 {
		t = valueBins(c.a, c.b)
	}
	r.Moved = t.moved(most)
}

// only returns the categories of a that b lacks.
func only(a, b *side) []Category {
	m := make(map[string]int)
	for s, n := range a.counts {
		if _, ok := b.counts[s]; !ok {
			m[s] = n
		}
	}
	return slices.Clip(sortedCounts(m))
}
