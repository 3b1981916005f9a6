package bias

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Kind is how a facet or label column divides its rows in two.
type Kind int

const (
	// Categorical: the given values against all others.
	Categorical Kind = iota
	// Continuous: the numbers above a threshold against all others.
	Continuous
)

// String returns "categorical" or "continuous".
func (k Kind) String() string {
	switch k {
	case Categorical:
		return "categorical"
	case Continuous:
		return "continuous"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// distinctShare is the share of distinct values from which integers are continuous.
const distinctShare = 0.05

// InferKind returns the kind of a column by Clarify's rule: more than one given
// value, text or booleans make it categorical; numbers of which one has a fraction,
// continuous; integers are continuous if at least 5% of the rows differ. values are
// the distinct values without the missing ones, rows is the number of rows without
// missing ones. Source: smclarify 0.5, which reads integers with a missing value among
// them as fractions; here the missing value does not count.
func InferKind(given, values []string, rows int) Kind {
	if len(given) > 1 || rows == 0 {
		return Categorical
	}
	whole := true
	for _, v := range values {
		f, ok := numeral(v)
		if !ok {
			return Categorical
		}
		if _, err := strconv.ParseInt(v, 10, 64); err != nil || f*0 != 0 {
			whole = false
		}
	}
	if whole && float64(len(values))/float64(rows) < distinctShare {
		return Categorical
	}
	return Continuous
}

// numeral reads a decimal number.
func numeral(s string) (float64, bool) {
	if strings.ContainsAny(s, "xX_") {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && v == v
}

// Rules are those of a Clarify report: which facet values are disadvantaged and
// which labels positive.
type Rules struct {
	// FacetValues are the disadvantaged values, or one threshold where the facet is
	// continuous. None: every value against the rest, in order of appearance.
	FacetValues []string
	// Positive are the positive labels, or one threshold where the labels are
	// continuous.
	Positive []string
	// Missing is the facet value that stands for a missing one, if the table has
	// such rows: in a of a continuous facet, as in Clarify, and left out of a
	// categorical one.
	Missing *string
}

// A Selection is what Rules make of a table.
type Selection struct {
	Facets     []*Facet // one for each disadvantaged value, or one for all given
	Facet      Kind
	Label      Kind
	Rows, Left int64 // rows that count, rows left out

	groups   [][]string                            // the disadvantaged values of each facet, after facetOf
	facetOf  func(v string) (name string, ok bool) // ok: the row counts
	positive func(v string) bool
}

// Select applies the rules of a Clarify report to the table. Columns whose kind is
// Continuous (see InferKind) are cut at a threshold t, and the part above is named
// "(t, max]" in Clarify's form (integers stay integers, other numbers print as Python
// prints floats: "(2.0, 3.5]"), with the largest label or prediction as max. Where Clarify would fail, a
// column of two values, or one whose given value is its largest, counts as
// categorical. Values are equal as text or as numbers.
//
// Unlike Facet it allows a side to be empty: the metrics that need both sides then
// return ErrUndefined, and the others have a value, as in Clarify's report. It returns
// ErrEmpty for an empty table or no positive value, ErrUnknownCategory for a facet
// value or positive label that does not occur, ErrRange for a threshold that is no
// number or above all values, and ErrIncompatible if predictions are of another kind than
// labels. Source: smclarify 0.5.
func (c *Counts) Select(r Rules) (*Selection, error) {
	const fn = "bias.Counts.Select"
	if err := check.NotEmpty(fn, "the table", int(c.rows)); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "Positive", len(r.Positive)); err != nil {
		return nil, err
	}
	isMissing := func(v string) bool { return r.Missing != nil && v == *r.Missing }

	facetValues, facetRows := c.distinct(axisFacet, isMissing)
	if facetRows == 0 {
		return nil, fmt.Errorf("%s: Facet: need a value that is not missing, have none: %w", fn, mlgauge.ErrEmpty)
	}
	labels, labelRows := c.distinct(axisLabel, nil)
	var predictions []string
	var rows int
	if c.has[axisPrediction] {
		predictions, rows = c.distinct(axisPrediction, nil)
	}
	all := slices.Concat(labels, predictions)
	s := &Selection{Facet: kindOf(r.FacetValues, facetValues, facetValues, facetRows), Label: kindOf(r.Positive, labels, all, labelRows)}
	if c.has[axisPrediction] {
		known := func(v string) bool { return slices.ContainsFunc(labels, func(l string) bool { return equal(l, v) }) }
		kind := InferKind(r.Positive, predictions, rows)
		if kind != s.Label && !(s.Label == Categorical && slices.ContainsFunc(predictions, known)) {
			return nil, fmt.Errorf("%s: Prediction: need predictions as the labels are (%v), have %v ones: %w", fn, s.Label, kind, mlgauge.ErrIncompatible)
		}
	}

	positive, isPositive, err := divide(fn, "Positive", s.Label, r.Positive, all)
	if err != nil {
		return nil, err
	}
	var groups [][]string // the disadvantaged values of each facet
	facetOf := func(v string) (string, bool) { return v, !isMissing(v) }
	switch {
	case s.Facet == Continuous:
		if len(r.FacetValues) == 0 {
			return nil, fmt.Errorf("%s: FacetValues: need a threshold for a continuous facet, have none: %w", fn, mlgauge.ErrEmpty)
		}
		name, isD, err := divide(fn, "FacetValues", Continuous, r.FacetValues, facetValues)
		if err != nil {
			return nil, err
		}
		facetOf = func(v string) (string, bool) {
			if !isMissing(v) && isD(v) {
				return name, true
			}
			return "other", true
		}
		groups = [][]string{{name}}
	case len(r.FacetValues) > 0:
		matched, err := match(fn, "FacetValues", r.FacetValues, facetValues)
		if err != nil {
			return nil, err
		}
		groups = [][]string{matched}
	default:
		for _, v := range facetValues {
			groups = append(groups, []string{v})
		}
	}
	cut := c.recode(facetOf, func(v string) string {
		if isPositive(v) {
			return positive
		}
		return otherThan(positive)
	})
	s.Rows, s.Left = cut.rows, cut.skipped
	s.groups, s.facetOf, s.positive = groups, facetOf, isPositive
	for _, g := range groups {
		f, err := cut.facet(fn, g, []string{positive})
		if err != nil {
			return nil, err
		}
		s.Facets = append(s.Facets, f)
	}
	return s, nil
}

// otherThan names the negative labels, collapsed.
func otherThan(positive string) string { return "not " + positive }

// divide returns the name of the chosen part of a column and whether a value is in it.
func divide(fn, arg string, kind Kind, given, values []string) (name string, in func(string) bool, err error) {
	if kind == Categorical {
		matched, err := match(fn, arg, given, values)
		if err != nil {
			return "", nil, err
		}
		return join(matched), func(v string) bool {
			return slices.ContainsFunc(matched, func(m string) bool { return equal(m, v) })
		}, nil
	}
	t, ok := numeral(given[0])
	if !ok {
		return "", nil, fmt.Errorf("%s: %s: need a number for a continuous column, have %q: %w", fn, arg, given[0], mlgauge.ErrRange)
	}
	top := math.Inf(-1)
	for _, v := range values {
		x, _ := numeral(v)
		top = math.Max(top, x)
	}
	if !(t < top) {
		return "", nil, fmt.Errorf("%s: %s: need a threshold below the largest value %v, have %v: %w", fn, arg, top, t, mlgauge.ErrRange)
	}
	above := func(v string) bool {
		x, ok := numeral(v)
		return ok && x > t
	}
	return interval(given[0], values, t, top), above, nil
}

// interval names (t, top] as pandas prints an interval: as integers if the threshold and all
// values are, else as Python prints floats.
func interval(given string, values []string, t, top float64) string {
	whole := func(s string) bool { _, err := strconv.ParseInt(s, 10, 64); return err == nil }
	if whole(given) && !slices.ContainsFunc(values, func(v string) bool { return !whole(v) }) {
		return fmt.Sprintf("(%.0f, %.0f]", t, top)
	}
	return fmt.Sprintf("(%s, %s]", pyFloat(t), pyFloat(top))
}

// pyFloat writes a float as Python's repr does.
func pyFloat(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e16) || math.IsInf(v, 0) {
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'e', -1, 64), "+"))
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// match finds given values among those that occur.
func match(fn, arg string, given, values []string) ([]string, error) {
	var out []string
	for _, g := range given {
		i := slices.Index(values, g)
		if i < 0 {
			i = slices.IndexFunc(values, func(v string) bool { return equal(v, g) })
		}
		if i < 0 {
			return nil, fmt.Errorf("%s: %s: need values that occur (%s), have %q: %w", fn, arg, listed(values), g, mlgauge.ErrUnknownCategory)
		}
		out = append(out, values[i])
	}
	return out, nil
}

// listed names the first values.
func listed(values []string) string {
	const most = 5
	var names []string
	for _, v := range values[:min(most, len(values))] {
		names = append(names, fmt.Sprintf("%.40q", v))
	}
	if len(values) > most {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// equal compares values as text, or as numbers.
func equal(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := numeral(a)
	if !ok {
		return false
	}
	y, ok := numeral(b)
	return ok && x == y
}

// kindOf is InferKind, but for what Clarify cannot report on: a column of two values
// of which none is given, or whose given value is the largest of all that are cut alike, is
// categorical.
func kindOf(given, values, all []string, rows int) Kind {
	k := InferKind(given, values, rows)
	if k == Categorical || len(given) == 0 && len(values) > 2 {
		return k
	}
	if len(given) == 0 {
		return Categorical
	}
	t, ok := numeral(given[0])
	if !ok {
		return k
	}
	occurs := false
	for _, v := range all {
		x, _ := numeral(v)
		if x > t {
			return k
		}
		occurs = occurs || x == t
	}
	if occurs {
		return Categorical
	}
	return k
}

// distinct returns the values of an axis in order of appearance, and their rows.
func (c *Counts) distinct(axis int, skip func(string) bool) ([]string, int) {
	var out []string
	for _, v := range c.values[axis] {
		if skip == nil || !skip(v) {
			out = append(out, v)
		}
	}
	rows := 0
	for k, v := range c.cells {
		if skip == nil || !skip(c.values[axis][k[axis]]) {
			rows += int(v.n)
		}
	}
	return out, rows
}

// recode returns the table with other facet values, or without some, and with other
// labels and predictions.
func (c *Counts) recode(facet func(string) (string, bool), label func(string) string) *Counts {
	var o Counts
	o.started, o.weighted, o.has = true, c.weighted, c.has
	o.cells = make(map[key]cell)
	o.skipped = c.skipped
	var to [axes][]int32
	for a := range axes {
		o.index[a] = make(map[string]int32)
		to[a] = make([]int32, len(c.values[a]))
		for i, v := range c.values[a] {
			keep := true
			switch {
			case a == axisFacet:
				v, keep = facet(v)
			case a == axisLabel || a == axisPrediction && c.has[a]:
				v = label(v)
			}
			if !keep {
				to[a][i] = Missing
				continue
			}
			k, ok := o.index[a][v]
			if !ok {
				k = int32(len(o.values[a]))
				o.index[a][v] = k
				o.values[a] = append(o.values[a], v)
			}
			to[a][i] = k
		}
	}
	for _, k := range sortedKeys(c.cells) {
		v := c.cells[k]
		var m key
		for a := range axes {
			m[a] = to[a][k[a]]
		}
		if m[axisFacet] < 0 {
			o.skipped += v.n
			continue
		}
		have := o.cells[m]
		o.cells[m] = cell{have.n + v.n, have.w + v.w}
		o.rows += v.n
	}
	return &o
}
