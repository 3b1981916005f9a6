package quality

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/table"
)

// tableTest is about the shape of the table.
type tableTest struct {
	rule      *Rule
	reference *table.Table
	rows      int
	names     []string
	columns   []table.Column
}

func (s *tableTest) add(t *table.Table, _ places) error {
	s.rows += t.NumRows()
	s.names, s.columns = t.Names(), t.Columns()
	return nil
}

func (s *tableTest) result() RuleResult {
	switch s.rule.Type {
	case ColumnCount:
		return judged(s.rule.Condition, float64(len(s.names)), s.rule.Type)
	case RowCountMatch:
		ratio := math.NaN()
		if n := s.reference.NumRows(); n > 0 {
			ratio = float64(s.rows) / float64(n)
		}
		return judged(s.rule.Condition, ratio, s.rule.Type)
	case SchemaMatch:
		return s.schema()
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
	rule    *Rule
	counts  map[uint64]occurrence
	rows    int       // with a value
	against offenders // the empty and the repeated
	empties int
	absent  string
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
				s.against.add(at.of(i))
			}
			continue
		}
		s.rows++
		o := s.counts[k]
		if o.n == 0 {
			o.first = at.of(i)
		} else {
			if o.n == 1 {
				s.against.add(o.first)
			}
			s.against.add(at.of(i))
		}
		o.n++
		s.counts[k] = o
	}
	return nil
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
	r := RuleResult{Metric: float64(once) / n, Failed: s.against.n, Rows: slices.Sorted(slices.Values(s.against.named)), Passed: n > 0 && s.against.n == 0}
	switch {
	case r.Passed:
	case n == 0:
		r.Reason = "there is no value"
	default:
		r.Reason = fmt.Sprintf("%d rows hold a value that others hold too", s.against.n-s.empties)
		if s.empties > 0 {
			r.Reason += fmt.Sprintf(", %d hold none", s.empties)
		}
	}
	return r
}
