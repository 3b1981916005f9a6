package quality

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// reference returns a table of the options.
func (v *Verifier) reference(name string) (*table.Table, error) {
	ref := v.o.References[name]
	if ref == nil {
		return nil, fmt.Errorf("need a reference %q: %w", name, mlgauge.ErrRange)
	}
	return ref, nil
}

// schema counts the columns that the reference has too.
func (s *tableTest) schema() RuleResult {
	same, types := 0, make(map[string]table.Type)
	for _, c := range s.reference.Columns() {
		types[c.Name] = c.Type
	}
	var apart []string
	for _, c := range s.columns {
		if types[c.Name] == c.Type {
			same++
		} else {
			apart = append(apart, c.Name)
		}
	}
	ratio := math.NaN()
	if n := len(s.columns); n > 0 && len(types) > 0 {
		ratio = float64(same) / float64(n)
		if n != len(types) {
			ratio = 0
		}
	}
	r := judged(s.rule.Condition, ratio, s.rule.Type)
	switch {
	case r.Passed || math.IsNaN(ratio):
	case len(s.columns) != len(types):
		r.Reason += fmt.Sprintf("; there are %d columns, the reference has %d", len(s.columns), len(types))
	case len(apart) > 0:
		r.Reason += fmt.Sprintf("; the reference has no such column as %.60q", apart[0])
	}
	return r
}

// aggregate is one side of AggregateMatch.
type aggregate struct {
	name   string // of the operation
	column string
	of     *momentsTest
}

var aggregation = regexp.MustCompile(`^(sum|avg|SUM|AVG)\((.+)\)$`)

// parseAggregate reads "avg(column)" and "sum(reference.column)"; the data itself is
// primary.
func parseAggregate(s string) (operation, reference, column string, err error) {
	m := aggregation.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", "", "", fmt.Errorf("need sum(column) or avg(reference.column), have %q", s)
	}
	column = strings.TrimSpace(m[2])
	if i := strings.LastIndexByte(column, '.'); i >= 0 {
		reference, column = column[:i], column[i+1:]
	}
	if reference == "primary" {
		reference = ""
	}
	if column == "" {
		return "", "", "", fmt.Errorf("need a column, have %q", s)
	}
	return strings.ToLower(m[1]), reference, column, nil
}

// aggregateTest is about the ratio of two sums or means.
type aggregateTest struct {
	rule  *Rule
	sides [2]aggregate
	given [2]bool // of a reference
}

func (v *Verifier) aggregateTest(r *Rule) (test, error) {
	t := &aggregateTest{rule: r}
	for i, text := range r.Columns {
		operation, name, column, _ := parseAggregate(text) // checked
		of := &momentsTest{rule: &Rule{Type: Sum, Columns: []string{column}, Analyzer: true}}
		t.sides[i] = aggregate{operation, column, of}
		if name == "" {
			continue
		}
		t.given[i] = true
		ref, err := v.reference(name)
		if err != nil {
			return nil, err
		}
		if err := of.add(ref, places{}); err != nil {
			return nil, err
		}
		if of.missing {
			return nil, fmt.Errorf("need a column %q in the reference %q: %w", column, name, mlgauge.ErrRange)
		}
	}
	return t, nil
}

func (a *aggregateTest) add(t *table.Table, at places) error {
	for i := range a.sides {
		if a.given[i] {
			continue
		}
		if err := a.sides[i].of.add(t, at); err != nil {
			return err
		}
	}
	return nil
}

func (a *aggregateTest) result() RuleResult {
	var of [2]float64
	for i, s := range a.sides {
		if s.of.missing {
			return RuleResult{Metric: math.NaN(), Reason: absent(s.column).Error()}
		}
		of[i] = s.of.m.Mean()
		if s.name == "sum" {
			of[i] *= s.of.m.W
		}
	}
	ratio := of[0] / of[1]
	switch {
	case of[0] == 0 && of[1] == 0:
		ratio = 1
	case of[1] == 0:
		ratio = math.NaN()
	}
	return judged(a.rule.Condition, ratio, a.rule.Type)
}

// referenceTest is about rows that another table has too.
type referenceTest struct {
	rule    *Rule
	keys    []string
	values  []string // DatasetMatch: compared; nil means the columns of both
	ref     *table.Table
	refKeys []string
	refVals []string

	index   map[uint64][]uint64 // key to values
	rows    int
	against offenders
	absent  string
}

// checkReference reports parameters that do not name columns.
func (r *Rule) checkReference() error {
	switch r.Type {
	case AggregateMatch:
		for _, p := range r.Columns {
			if _, _, _, err := parseAggregate(p); err != nil {
				return err
			}
		}
		return nil
	case DatasetMatch:
		for _, p := range r.Columns[1:] {
			if _, _, err := mapping(p); err != nil {
				return err
			}
		}
		return nil
	}
	_, cols, err := target(r.Columns[1])
	if err == nil && len(cols) != len(split(r.Columns[0])) {
		err = fmt.Errorf("need as many columns of the reference as columns, have %q and %q", r.Columns[0], r.Columns[1])
	}
	return err
}

// split reads "a, b".
func split(s string) []string {
	parts := strings.Split(s, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// mapping reads "a, b->c": columns here and there.
func mapping(s string) (here, there []string, err error) {
	for _, p := range split(s) {
		a, b, ok := strings.Cut(p, "->")
		if !ok {
			b = a
		}
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		if a == "" || b == "" {
			return nil, nil, fmt.Errorf("need columns separated by commas, have %q", s)
		}
		here, there = append(here, a), append(there, b)
	}
	return here, there, nil
}

// target reads "reference.column" and "reference.{a, b}".
func target(s string) (name string, cols []string, err error) {
	i := strings.LastIndex(s, ".")
	if k := strings.Index(s, ".{"); k >= 0 && strings.HasSuffix(s, "}") {
		return s[:k], split(s[k+2 : len(s)-1]), nil
	}
	if i <= 0 || i == len(s)-1 {
		return "", nil, fmt.Errorf("need reference.column or reference.{a,b}, have %q", s)
	}
	return s[:i], []string{s[i+1:]}, nil
}

func (v *Verifier) referenceTest(r *Rule) (test, error) {
	s := &referenceTest{rule: r, against: offenders{most: v.o.MaxRows}, index: make(map[uint64][]uint64)}
	name := r.Columns[0]
	if r.Type == DatasetMatch {
		s.keys, s.refKeys, _ = mapping(r.Columns[1]) // checked
		if len(r.Columns) == 3 {
			s.values, s.refVals, _ = mapping(r.Columns[2])
		}
	} else {
		name, s.refKeys, _ = target(r.Columns[1])
		s.keys = split(r.Columns[0])
	}
	var err error
	if s.ref, err = v.reference(name); err != nil {
		return nil, err
	}
	for _, n := range slices.Concat(s.refKeys, s.refVals) {
		if !s.ref.Has(n) {
			return nil, fmt.Errorf("need a column %q in the reference %q: %w", n, name, mlgauge.ErrRange)
		}
	}
	return s, nil
}

// start builds the index when the columns of the data are known.
func (s *referenceTest) start(t *table.Table) error {
	if s.rule.Type == DatasetMatch && s.values == nil {
		for _, n := range s.ref.Names() {
			if !slices.Contains(s.refKeys, n) && t.Has(n) {
				s.values = append(s.values, n)
			}
		}
		s.refVals = s.values
	}
	keys, missing, err := rowKeys(s.ref, s.refKeys)
	if err != nil {
		return err
	}
	values, _, err := rowKeys(s.ref, s.refVals)
	if err != nil {
		return err
	}
	for i, k := range keys {
		if !missing[i] {
			s.index[k] = append(s.index[k], values[i])
		}
	}
	return nil
}

func (s *referenceTest) add(t *table.Table, at places) error {
	if s.rows == 0 {
		if err := s.start(t); err != nil {
			return err
		}
	}
	s.rows += t.NumRows()
	keys, missing, err := rowKeys(t, s.keys)
	if err != nil {
		s.absent = err.Error()
		return nil
	}
	values, _, err := rowKeys(t, s.values)
	if err != nil {
		s.absent = err.Error()
		return nil
	}
	for i, k := range keys {
		if !missing[i] && slices.Contains(s.index[k], values[i]) {
			continue
		}
		s.against.add(at.of(i))
	}
	return nil
}

func (s *referenceTest) result() RuleResult {
	if s.absent != "" {
		return RuleResult{Metric: math.NaN(), Reason: s.absent}
	}
	r := judged(s.rule.Condition, float64(s.rows-s.against.n)/float64(s.rows), s.rule.Type)
	r.Failed, r.Rows = s.against.n, slices.Clone(s.against.named)
	return r
}
