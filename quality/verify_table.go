package quality

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/table"
)

// tableTest is about the shape of the table.
type tableTest struct {
	rule      *Rule
	reference float64
	rows      int
	names     []string
}

func (s *tableTest) add(t *table.Table, _ places) error {
	s.rows += t.NumRows()
	s.names = t.Names()
	return nil
}

func (s *tableTest) result() RuleResult {
	switch s.rule.Type {
	case ColumnCount:
		return judged(s.rule.Condition, float64(len(s.names)), s.rule.Type)
	case RowCountMatch:
		return judged(s.rule.Condition, float64(s.rows)/s.reference, s.rule.Type)
	case ColumnExists:
		if !slices.Contains(s.names, s.rule.Columns[0]) {
			return RuleResult{Reason: absent(s.rule.Columns[0]).Error()}
		}
		return RuleResult{Metric: 1, Passed: true}
	case ColumnNamesMatch:
		re, err := whole(s.rule.Columns[0])
		for _, n := range s.names {
			if err == nil && !re.MatchString(n) {
				return RuleResult{Reason: fmt.Sprintf("column %q does not match", n)}
			}
		}
		return RuleResult{Metric: 1, Passed: true}
	}
	return judged(s.rule.Condition, float64(s.rows), s.rule.Type)
}

// momentsTest is about the numbers of a column.
type momentsTest struct {
	rule    *Rule
	m       moments.Moments
	missing bool
}

func (s *momentsTest) add(t *table.Table, _ places) error {
	x, ok := numbersOf(t, s.rule.Columns[0])
	if !ok {
		s.missing = true
		return nil
	}
	x = slices.DeleteFunc(slices.Clone(x), func(v float64) bool { return v != v })
	moments.Add(&s.m, x)
	return nil
}

// numbersOf returns the numbers of a column, NaN where a value is missing or text.
func numbersOf(t *table.Table, name string) ([]float64, bool) {
	if !t.Has(name) {
		return nil, false
	}
	c, _ := t.Column(name)
	if c.Type == table.Float {
		return c.Floats, true
	}
	known := make([]float64, len(c.Dict))
	for k, s := range c.Dict {
		v, ok := parseNumber(s)
		if !ok {
			v = math.NaN()
		}
		known[k] = v
	}
	x := make([]float64, len(c.Codes))
	for i, k := range c.Codes {
		x[i] = math.NaN()
		if k >= 0 {
			x[i] = known[k]
		}
	}
	return x, true
}

func (s *momentsTest) result() RuleResult {
	if s.missing {
		return RuleResult{Metric: math.NaN(), Reason: absent(s.rule.Columns[0]).Error()}
	}
	v := s.m.Mean()
	switch s.rule.Type {
	case StandardDeviation:
		v = math.Sqrt(s.m.Variance(0))
	case Sum:
		v *= s.m.W
	}
	return judged(s.rule.Condition, v, s.rule.Type)
}

// correlationTest is about two columns of numbers.
type correlationTest struct {
	rule    *Rule
	m       comoment
	missing string
}

func (s *correlationTest) add(t *table.Table, _ places) error {
	var x [2][]float64
	for i, name := range s.rule.Columns {
		v, ok := numbersOf(t, name)
		if !ok {
			s.missing = absent(name).Error()
			return nil
		}
		x[i] = v
	}
	part := present(x[0], x[1])
	s.m.merge(&part)
	return nil
}

func (s *correlationTest) result() RuleResult {
	if s.missing != "" {
		return RuleResult{Metric: math.NaN(), Reason: s.missing}
	}
	return judged(s.rule.Condition, s.m.correlation(), s.rule.Type)
}

// valuesTest counts the distinct values, or combinations of values.
type valuesTest struct {
	rule     *Rule
	most     int
	counts   map[uint64]occurrence
	rows     int // with a value
	failed   int
	empties  int
	repeated []int
	absent   string
}

type occurrence struct{ n, first int }

func (s *valuesTest) add(t *table.Table, at places) error {
	keys, missing, err := rowKeys(t, s.rule.Columns)
	if err != nil {
		s.absent = err.Error()
		return nil
	}
	if s.counts == nil {
		s.counts = make(map[uint64]occurrence)
	}
	for i, k := range keys {
		if missing[i] {
			if s.rule.Type == IsPrimaryKey {
				s.empties++
				s.name(at.of(i))
			}
			continue
		}
		s.rows++
		o := s.counts[k]
		if o.n == 0 {
			o.first = at.of(i)
		} else {
			if o.n == 1 {
				s.name(o.first)
			}
			s.name(at.of(i))
		}
		o.n++
		s.counts[k] = o
	}
	return nil
}

// name notes a row that fails.
func (s *valuesTest) name(row int) {
	s.failed++
	if len(s.repeated) < s.most {
		s.repeated = append(s.repeated, row)
	}
}

// rowKeys hashes the values of some columns of each row; a combination is missing
// where all of its values are.
func rowKeys(t *table.Table, names []string) (keys []uint64, missing []bool, err error) {
	n := t.NumRows()
	keys, missing = make([]uint64, n), make([]bool, n)
	for i := range missing {
		missing[i] = true
	}
	for _, name := range names {
		if !t.Has(name) {
			return nil, nil, absent(name)
		}
		c, _ := t.Column(name)
		var hashes []uint64
		for _, s := range c.Dict {
			hashes = append(hashes, textKey(s))
		}
		for i := range n {
			h := uint64(math.MaxUint64)
			if !c.IsMissing(i) {
				missing[i] = false
				if c.Type == table.Float {
					h = mix(math.Float64bits(c.Floats[i] + 0))
				} else {
					h = hashes[c.Codes[i]]
				}
			}
			keys[i] = mix(keys[i] ^ h)
		}
	}
	return keys, missing, nil
}

// textKey is the key of a text: that of its number if it has one that is written
// the shortest way, so that the same numbers in a Float and a String column agree.
func textKey(s string) uint64 {
	if v, ok := parseNumber(s); ok && number(v) == s {
		return mix(math.Float64bits(v + 0))
	}
	return xxh3.HashString(s)
}

func (s *valuesTest) result() RuleResult {
	if s.absent != "" {
		return RuleResult{Metric: math.NaN(), Reason: s.absent}
	}
	once := 0
	var entropy float64
	// In order, so that the sum is the same on every run.
	counts := make([]int, 0, len(s.counts))
	for o := range maps.Values(s.counts) {
		counts = append(counts, o.n)
		if o.n == 1 {
			once++
		}
	}
	slices.Sort(counts)
	n := float64(s.rows)
	for _, c := range counts {
		p := float64(c) / n
		entropy -= p * math.Log(p)
	}
	switch s.rule.Type {
	case Uniqueness:
		return judged(s.rule.Condition, float64(once)/n, s.rule.Type)
	case UniqueValueRatio:
		return judged(s.rule.Condition, float64(once)/float64(len(counts)), s.rule.Type)
	case DistinctValuesCount:
		return judged(s.rule.Condition, float64(len(counts)), s.rule.Type)
	case Entropy:
		if n == 0 {
			entropy = math.NaN()
		}
		return judged(s.rule.Condition, math.Max(entropy, 0), s.rule.Type)
	}
	r := RuleResult{Metric: float64(once) / n, Failed: s.failed, Rows: slices.Sorted(slices.Values(s.repeated)), Passed: n > 0 && s.failed == 0}
	switch {
	case r.Passed:
	case n == 0:
		r.Reason = "there is no value"
	default:
		r.Reason = fmt.Sprintf("%d rows hold a value that others hold too", s.failed-s.empties)
		if s.empties > 0 {
			r.Reason += fmt.Sprintf(", %d hold none", s.empties)
		}
	}
	return r
}

// referenceTest is about rows that another table has too.
type referenceTest struct {
	rule    *Rule
	keys    []string
	values  []string // DatasetMatch: compared; nil means the columns of both
	ref     *table.Table
	refKeys []string
	refVals []string

	index  map[uint64][]uint64 // key to values
	rows   int
	failed int
	named  []int
	most   int
	absent string
}

// checkReference reports parameters that do not name columns.
func (r *Rule) checkReference() error {
	if r.Type == DatasetMatch {
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
	s := &referenceTest{rule: r, most: v.o.MaxRows, index: make(map[uint64][]uint64)}
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
	s.ref = v.o.References[name]
	if s.ref == nil {
		return nil, fmt.Errorf("need a reference %q: %w", name, mlgauge.ErrRange)
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
		s.failed++
		if len(s.named) < s.most {
			s.named = append(s.named, at.of(i))
		}
	}
	return nil
}

func (s *referenceTest) result() RuleResult {
	if s.absent != "" {
		return RuleResult{Metric: math.NaN(), Reason: s.absent}
	}
	r := judged(s.rule.Condition, float64(s.rows-s.failed)/float64(s.rows), s.rule.Type)
	r.Failed, r.Rows = s.failed, slices.Clone(s.named)
	return r
}
