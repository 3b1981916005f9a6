package quality

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/table"
)

// VerifyOptions say what rules refer to.
type VerifyOptions struct {
	References map[string]*table.Table            // of the rules named Match, and of ReferentialIntegrity
	Predicates map[string]func(Row) (bool, error) // of CustomSql rules that were read from text
	Measures   map[string]Measure                 // of CustomSql rules with a condition
	MaxRows    int                                // failing rows named for each rule; 0 means 100, negative none

	// Now is the time that now() and DataFreshness start from; zero means the time of
	// NewVerifier.
	Now time.Time

	// History holds earlier values of metrics, the oldest first, by Rule.MetricName,
	// for DetectAnomalies and for dynamic rules such as RowCount > 0.8 * avg(last(10)).
	// A metric without a list is an error of a dynamic rule; last() and last(k) of an
	// empty list are 0, as in AWS Glue before the first run.
	History map[string][]float64

	// Anomalies decides for DetectAnomalies; nil means BatchNormal{}. With fewer than
	// three earlier values, or fewer than it needs, the rule passes.
	Anomalies Detector

	// RowByRow joins the parts of And and Or row by row where all of them are about
	// rows (ColumnValues, ColumnLength, ColumnDataType, DataFreshness, IsComplete,
	// CustomSql without a condition, all without a threshold), so that
	//
	//	(ColumnValues "age" > 21) or (ColumnValues "age" = NULL)
	//
	// lets missing ages pass; a row that a where clause leaves out keeps that part.
	// Without it, each part is held against the whole data set first, as AWS Glue
	// does unless its compositeRuleEvaluation.method is ROW.
	RowByRow bool
}

// A Row is one row of a batch.
type Row struct {
	t *table.Table
	i int
}

// Float returns the value of a Float column, NaN where missing; the error wraps
// ErrRange if there is no such column.
func (r Row) Float(name string) (float64, error) {
	x, err := r.t.Floats(name)
	if err != nil {
		return 0, err
	}
	return x[r.i], nil
}

// Text returns the value of a column as text, and false where it is missing; the
// error wraps ErrRange if there is no such column.
func (r Row) Text(name string) (string, bool, error) {
	c, err := r.t.Column(name)
	if err != nil {
		return "", false, err
	}
	return c.Text(r.i), !c.IsMissing(r.i), nil
}

// A Measure is a number of a table that comes in batches, for CustomSql rules with a
// condition. One that is used again goes on from where it was.
type Measure interface {
	Add(*table.Table) error
	Value() float64 // NaN where it is undefined
}

// A RuleResult is how a rule came out.
type RuleResult struct {
	Rule   string // as DQDL, without labels
	Labels map[string]string
	Passed bool
	Metric float64 // what the condition or the threshold was held against; NaN if undefined, and of analyzers of several
	Failed int     // rows that do not keep a rule about rows
	Rows   []int   // the first of them, counted from 1
	Reason string  // why it did not pass, or why an analyzer measured nothing; empty if it did

	Metrics map[string]float64 // what was measured, by Rule.MetricName; nothing where it is undefined
}

// A Report is how the rules came out, in their order.
type Report struct {
	Rows    int
	Results []RuleResult
}

// Passed tells whether all rules did.
func (r *Report) Passed() bool {
	return !slices.ContainsFunc(r.Results, func(x RuleResult) bool { return !x.Passed })
}

// Metrics returns what all rules and analyzers measured, by Rule.MetricName: what
// VerifyOptions.History takes one more value of.
func (r *Report) Metrics() map[string]float64 {
	m := make(map[string]float64)
	for i := range r.Results {
		maps.Copy(m, r.Results[i].Metrics)
	}
	return m
}

// A Verifier holds rules against a table that comes in batches. Rules about unique
// values, entropy and references keep one entry for each distinct value, by a
// 64-bit hash. Make one with NewVerifier.
type Verifier struct {
	rules []Rule
	tests []test
	rows  int
	o     VerifyOptions
	err   error
}

// A test gathers what a rule needs.
type test interface {
	add(t *table.Table, at places) error
	result() RuleResult
}

// places tells which rows of the data a batch holds.
type places struct {
	first int   // rows before it
	rows  []int // of it; nil means all
}

// of returns the number of row i of the batch, from 1.
func (p places) of(i int) int {
	if p.rows != nil {
		i = p.rows[i]
	}
	return p.first + i + 1
}

// NewVerifier checks the rules. The error wraps ErrRange for a rule that makes no
// sense or that refers to what the options do not have,
// ErrUndefined for a dynamic number that is not finite.
func NewVerifier(rules []Rule, o VerifyOptions) (*Verifier, error) {
	const fn = "quality.NewVerifier"
	v := &Verifier{o: o}
	if o.Now.IsZero() {
		v.o.Now = time.Now()
	}
	if o.Anomalies == nil {
		v.o.Anomalies = BatchNormal{}
	}
	if o.MaxRows == 0 {
		v.o.MaxRows = 100
	}
	for i, r := range rules {
		r = r.clone()
		if err := r.check(0); err != nil {
			return nil, fmt.Errorf("%s: rule %d: %w", fn, i+1, err)
		}
		if err := r.settle(&v.o); err != nil {
			return nil, fmt.Errorf("%s: rule %d: %w", fn, i+1, err)
		}
		t, err := v.test(&r)
		if err != nil {
			return nil, fmt.Errorf("%s: rule %d: %s: %w", fn, i+1, r.Type, err)
		}
		v.rules = append(v.rules, r)
		v.tests = append(v.tests, t)
	}
	return v, nil
}

// clone copies what check writes to.
func (r Rule) clone() Rule {
	if r.Condition != nil {
		c := *r.Condition
		c.Values = slices.Clone(c.Values)
		r.Condition = &c
	}
	if r.Threshold != nil {
		c := *r.Threshold
		c.Values = slices.Clone(c.Values)
		r.Threshold = &c
	}
	r.Rules = slices.Clone(r.Rules)
	for i := range r.Rules {
		r.Rules[i] = r.Rules[i].clone()
	}
	return r
}

// Add holds a batch against the rules. The error is one of a predicate; further
// calls return it too.
func (v *Verifier) Add(t *table.Table) error {
	if v.err != nil {
		return v.err
	}
	for i, x := range v.tests {
		if err := x.add(t, places{first: v.rows}); err != nil {
			v.err = fmt.Errorf("Verifier.Add: rule %d: %s: %w", i+1, v.rules[i].String(), err)
			return v.err
		}
	}
	v.rows += t.NumRows()
	return nil
}

// Report returns the results so far. The error wraps ErrEmpty if nothing was added.
func (v *Verifier) Report() (*Report, error) {
	if v.err != nil {
		return nil, v.err
	}
	if v.rows == 0 {
		return nil, check.NotEmpty("Verifier.Report", "rows", 0)
	}
	r := &Report{Rows: v.rows}
	for i, t := range v.tests {
		x := resultOf(&v.rules[i], t)
		x.Rule, x.Labels = v.rules[i].body(), maps.Clone(v.rules[i].Labels)
		r.Results = append(r.Results, x)
	}
	return r, nil
}

// Verify holds rules against a table. Errors are those of NewVerifier, Add and
// Report; a rule that fails is not an error.
func Verify(rules []Rule, t *table.Table, o VerifyOptions) (*Report, error) {
	v, err := NewVerifier(rules, o)
	if err != nil {
		return nil, err
	}
	if err := v.Add(t); err != nil {
		return nil, err
	}
	return v.Report()
}

// resultOf returns the result of a test with what it measured.
func resultOf(r *Rule, t test) RuleResult {
	x := t.result()
	if x.Metrics == nil && x.Metric == x.Metric && shapes[r.Type].measures() {
		x.Metrics = map[string]float64{r.MetricName(): x.Metric}
	}
	if r.Analyzer {
		x.Passed, x.Failed, x.Rows = true, 0, nil
	}
	return x
}

// test makes the test of a rule.
func (v *Verifier) test(r *Rule) (test, error) {
	t, err := v.wholeTest(r)
	if err == nil && r.where != nil {
		t = newWhereTest(r, t)
	}
	return t, err
}

// wholeTest makes the test of a rule on the rows it is about.
func (v *Verifier) wholeTest(r *Rule) (test, error) {
	if r.Analyzer && (r.Type == ColumnValues || r.Type == ColumnLength) {
		return &extremesTest{rule: r}, nil
	}
	if f, err := v.rowTest(r); err != nil || f != nil {
		return &rowsTest{rule: r, ok: f, against: offenders{most: v.o.MaxRows}}, err
	}
	if r.Type == all || r.Type == anyOf {
		t := &joinTest{rules: r.Rules, any: r.Type == anyOf}
		for i := range r.Rules {
			x, err := v.test(&r.Rules[i])
			if err != nil {
				return nil, err
			}
			t.of = append(t.of, x)
		}
		return t, nil
	}
	switch r.Type {
	case IsUnique, IsPrimaryKey, Uniqueness, UniqueValueRatio, DistinctValuesCount, Entropy:
		return &valuesTest{rule: r, against: offenders{most: v.o.MaxRows}}, nil
	case DatasetMatch, ReferentialIntegrity:
		return v.referenceTest(r)
	case RowCountMatch, SchemaMatch:
		ref, err := v.reference(r.Columns[0])
		return &tableTest{rule: r, reference: ref}, err
	case AggregateMatch:
		return v.aggregateTest(r)
	case DetectAnomalies:
		return v.anomalyTest(r)
	case AllStatistics:
		return v.statisticsTest(r)
	case CustomSQL:
		m := v.o.Measures[r.Columns[0]]
		if m == nil {
			return nil, fmt.Errorf("need a measure in Go for %q: %w", r.Columns[0], mlgauge.ErrRange)
		}
		return &customTest{r, m}, nil
	case Mean, StandardDeviation, Sum:
		return &momentsTest{rule: r}, nil
	case ColumnCorrelation:
		return &correlationTest{rule: r}, nil
	}
	return &tableTest{rule: r}, nil // RowCount, ColumnCount, ColumnExists, ColumnNamesMatch
}

// judged holds a metric against the condition of a rule.
func judged(c *Condition, metric float64, what RuleType) RuleResult {
	r := RuleResult{Metric: metric}
	switch {
	case math.IsNaN(metric):
		r.Reason = fmt.Sprintf("%s is undefined on this data", what)
	case c == nil || c.number(metric): // an analyzer has none
		r.Passed = true
	default:
		r.Reason = fmt.Sprintf("%s is %v, need %s", what, number(metric), c)
	}
	return r
}

// joinTest joins results of which some are about the whole.
type joinTest struct {
	rules []Rule
	of    []test
	any   bool
}

func (j *joinTest) add(t *table.Table, at places) error {
	for _, x := range j.of {
		if err := x.add(t, at); err != nil {
			return err
		}
	}
	return nil
}

func (j *joinTest) result() RuleResult {
	r := RuleResult{Metric: math.NaN(), Passed: !j.any}
	metrics := make(map[string]float64)
	for i, x := range j.of {
		y := resultOf(&j.rules[i], x)
		maps.Copy(metrics, y.Metrics)
		if y.Passed {
			r.Passed = r.Passed || j.any
			continue
		}
		if !j.any {
			r.Passed = false
		}
		if r.Reason != "" {
			r.Reason += "; "
		}
		r.Reason += y.Reason
		r.Failed = max(r.Failed, y.Failed)
		r.Rows = append(r.Rows, y.Rows...)
	}
	if r.Passed {
		return RuleResult{Metric: math.NaN(), Passed: true, Metrics: metrics}
	}
	r.Metrics = metrics
	slices.Sort(r.Rows)
	r.Rows = slices.Compact(r.Rows)
	return r
}
