package quality

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// measures tells whether the result of such a rule is a number worth a history.
func (s shape) measures() bool { return s.condition != without || s.rows }

// customTest asks a Measure.
type customTest struct {
	rule *Rule
	of   Measure
}

func (c *customTest) add(t *table.Table, _ places) error { return c.of.Add(t) }

func (c *customTest) result() RuleResult {
	return judged(c.rule.Condition, c.of.Value(), c.rule.Type)
}

// extremesTest is the analyzer of ColumnValues and ColumnLength.
type extremesTest struct {
	rule    *Rule
	missing bool
	any     [2]bool // numbers, lengths
	lo, hi  [2]float64
}

func (e *extremesTest) add(t *table.Table, _ places) error {
	if !t.Has(e.rule.Columns[0]) {
		e.missing = true
		return nil
	}
	c, err := t.Column(e.rule.Columns[0])
	if err != nil {
		return err
	}
	const numbers, lengths = 0, 1
	see := func(of int, v float64) {
		if !e.any[of] {
			e.any[of], e.lo[of], e.hi[of] = true, v, v
		}
		e.lo[of], e.hi[of] = min(e.lo[of], v), max(e.hi[of], v)
	}
	if c.Type == table.Float {
		for _, v := range c.Floats {
			switch {
			case v != v:
			case e.rule.Type == ColumnLength:
				see(lengths, float64(len(number(v))))
			default:
				see(numbers, v)
			}
		}
		return nil
	}
	used := make([]bool, len(c.Dict))
	for _, k := range c.Codes {
		if k >= 0 {
			used[k] = true
		}
	}
	for k, s := range c.Dict {
		if used[k] {
			see(lengths, float64(utf8.RuneCountInString(s)))
		}
	}
	return nil
}

func (e *extremesTest) result() RuleResult {
	r := RuleResult{Metric: math.NaN(), Metrics: make(map[string]float64)}
	if e.missing {
		r.Reason = absent(e.rule.Columns[0]).Error()
		return r
	}
	for i, suffix := range []string{"", "Length"} {
		if !e.any[i] {
			continue
		}
		name := *e.rule
		name.Analyzer = true
		for prefix, v := range map[string]float64{"Minimum": e.lo[i], "Maximum": e.hi[i]} {
			name.Type = RuleType(prefix + suffix)
			r.Metrics[name.MetricName()] = v
		}
	}
	if len(r.Metrics) == 0 {
		r.Reason = fmt.Sprintf("%s is undefined on this data", e.rule.Type)
	}
	return r
}

// statisticsTest is the analyzer AllStatistics.
type statisticsTest struct {
	joinTest
	column string
	text   bool
	seen   bool
}

// Of all columns, of numbers, of texts.
var statisticsOf = [3][]RuleType{{RowCount, ColumnCount, Completeness, Uniqueness}, {ColumnValues, Entropy, Mean, StandardDeviation, Sum}, {ColumnLength}}

func (v *Verifier) statisticsTest(r *Rule) (test, error) {
	t := &statisticsTest{column: r.Columns[0]}
	for _, name := range slices.Concat(statisticsOf[:]...) {
		part := Rule{Type: name, Columns: r.Columns, Analyzer: true}
		if shapes[name].most == 0 {
			part.Columns = nil
		}
		t.rules = append(t.rules, part)
	}
	for i := range t.rules {
		x, err := v.test(&t.rules[i])
		if err != nil {
			return nil, err
		}
		t.of = append(t.of, x)
	}
	return t, nil
}

func (s *statisticsTest) add(t *table.Table, at places) error {
	if t.Has(s.column) {
		c, err := t.Column(s.column)
		if err != nil {
			return err
		}
		s.text, s.seen = c.Type == table.String, true
	}
	return s.joinTest.add(t, at)
}

func (s *statisticsTest) result() RuleResult {
	r := RuleResult{Metric: math.NaN(), Metrics: make(map[string]float64)}
	if !s.seen {
		r.Reason = absent(s.column).Error()
	}
	for i, x := range s.of {
		if name := s.rules[i].Type; s.text && slices.Contains(statisticsOf[1], name) || !s.text && slices.Contains(statisticsOf[2], name) {
			continue
		}
		maps.Copy(r.Metrics, resultOf(&s.rules[i], x).Metrics)
	}
	return r
}

// measured returns the analyzer of what a DetectAnomalies rule watches.
func (r *Rule) measured() Rule {
	of := Rule{Type: RuleType(r.Columns[0]), Columns: r.Columns[1:], Analyzer: true}
	if of.Type == "CustomSQL" { // as AWS Glue documents it
		of.Type = CustomSQL
	}
	return of
}

// fewest is the number of earlier values from which on anomalies are looked for.
const fewest = 3

// anomalyTest holds a metric against its history.
type anomalyTest struct {
	rule    Rule
	of      test
	history map[string][]float64
	by      Detector
}

func (v *Verifier) anomalyTest(r *Rule) (test, error) {
	a := &anomalyTest{rule: r.measured(), history: v.o.History, by: v.o.Anomalies}
	for _, name := range slices.Sorted(maps.Keys(a.history)) {
		past := a.history[name]
		for _, x := range past {
			if x*0 != 0 {
				return nil, fmt.Errorf("need finite values in History, have %v of %s: %w", x, name, mlgauge.ErrNotFinite)
			}
		}
	}
	of, err := v.test(&a.rule)
	a.of = of
	return a, err
}

func (a *anomalyTest) add(t *table.Table, at places) error { return a.of.add(t, at) }

func (a *anomalyTest) result() RuleResult {
	r := resultOf(&a.rule, a.of)
	r.Passed = r.Reason == ""
	for _, name := range slices.Sorted(maps.Keys(r.Metrics)) {
		past := a.history[name]
		if len(past) < fewest {
			continue
		}
		v := r.Metrics[name]
		found, err := a.by.Detect(append(slices.Clone(past), v), len(past))
		switch {
		case errors.Is(err, mlgauge.ErrLength):
			continue
		case err == nil && len(found) == 0:
			continue
		}
		if r.Reason != "" {
			r.Reason += "; "
		}
		r.Passed = false
		if err != nil {
			r.Reason += err.Error()
			continue
		}
		r.Reason += fmt.Sprintf("%s is %v, need from %v to %v after %d earlier values", name, number(v), number(found[0].Low), number(found[0].High), len(past))
	}
	return r
}
