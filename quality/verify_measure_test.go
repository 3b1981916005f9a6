package quality

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

func TestMatchesOfReferences(t *testing.T) {
	x := people(t)
	refs := map[string]*table.Table{
		"same":      people(t),
		"types":     newTable(t, table.NewFloat("city", make([]float64, 5)), table.NewFloat("id", make([]float64, 5)), table.NewFloat("age", make([]float64, 5)), table.NewFloat("money", make([]float64, 5))),
		"fewer":     newTable(t, table.NewFloat("id", make([]float64, 5))),
		"none":      newTable(t, table.NewFloat("id", nil)),
		"db.salary": newTable(t, table.NewFloat("income", []float64{1, 2, math.NaN(), 6}), table.NewString("text", []string{"2", "4", "x", "6"}), table.NewFloat("zero", make([]float64, 4))),
	}
	for _, c := range []struct {
		rule   string
		metric float64
		passed bool
	}{
		{`SchemaMatch "same" = 1`, 1, true},
		{`SchemaMatch "types" between 0.4 and 0.6`, 0.5, true},
		{`SchemaMatch "types" > 0.5`, 0.5, false},
		{`SchemaMatch "fewer" > 0`, 0, false},
		{`RowCountMatch "none" > 0.9`, math.NaN(), false},
		{`AggregateMatch "sum(income)" "sum(db.salary.income)" = 2.2222222222222223`, 20. / 9, true}, // 20 and 9
		{`AggregateMatch "avg(income)" "avg(db.salary.income)" > 1.3`, 4. / 3, true},
		{`AggregateMatch "AVG(primary.income)" "SUM(income)" < 0.3`, 0.2, true},
		{`AggregateMatch "avg(db.salary.text)" "avg(income)" = 1`, 1, true}, // 4 and 4: what is no number is left out
		{`AggregateMatch "sum(income)" "sum(db.salary.zero)" <= 1`, math.NaN(), false},
		{`AggregateMatch "sum(db.salary.zero)" "avg(db.salary.zero)" = 1`, 1, true},
		{`AggregateMatch "sum(nowhere)" "sum(income)" = 1`, math.NaN(), false},
		{`AggregateMatch "avg(city)" "sum(income)" >= 0`, math.NaN(), false},
	} {
		rules, err := ParseRules(c.rule)
		require.NoError(t, err, c.rule)
		require.Equal(t, c.rule, rules[0].String())
		v, err := NewVerifier(rules, VerifyOptions{References: refs})
		require.NoError(t, err, c.rule)
		for i := range x.NumRows() {
			require.NoError(t, v.Add(x.Slice(i, i+1)))
		}
		r, err := v.Report()
		require.NoError(t, err)
		require.Equal(t, c.passed, r.Passed(), "%s: %s", c.rule, r.Results[0].Reason)
		require.Equal(t, c.passed, r.Results[0].Reason == "")
		if math.IsNaN(c.metric) {
			require.True(t, math.IsNaN(r.Results[0].Metric), c.rule)
			require.Empty(t, r.Metrics())
			continue
		}
		require.InDelta(t, c.metric, r.Results[0].Metric, 1e-15, c.rule)
		require.InDelta(t, c.metric, r.Metrics()[rules[0].MetricName()], 1e-15, c.rule)
	}
	for _, rule := range []string{`SchemaMatch "nowhere" = 1`, `AggregateMatch "sum(income)" "sum(nowhere.x)" = 1`, `AggregateMatch "sum(same.x)" "sum(income)" = 1`, `DetectAnomalies "CustomSql" "x"`} {
		rules, err := ParseRules(rule)
		require.NoError(t, err)
		_, err = Verify(rules, x, VerifyOptions{References: refs})
		require.ErrorIs(t, err, mlgauge.ErrRange, rule)
	}
}

// incomes sums what it is shown.
type incomes struct {
	sum float64
	bad error
}

func (i *incomes) Add(t *table.Table) error {
	x, err := t.Floats("income")
	for _, v := range x {
		i.sum += v
	}
	return errors.Join(err, i.bad)
}

func (i *incomes) Value() float64 { return i.sum }

func TestMeasuresInGo(t *testing.T) {
	rules, err := ParseRules(`CustomSql "select sum(income) from primary" between 19 and 21, CustomSql "select sum(income) from primary" > last()`)
	require.NoError(t, err)
	name := `CustomSql "select sum(income) from primary"`
	m := func() map[string]Measure { return map[string]Measure{"select sum(income) from primary": &incomes{}} }
	r, err := Verify(rules[:1], people(t), VerifyOptions{Measures: m()})
	require.NoError(t, err)
	require.True(t, r.Passed())
	require.Equal(t, map[string]float64{name: 20}, r.Metrics())
	r, err = Verify(rules[1:], people(t), VerifyOptions{Measures: m(), History: map[string][]float64{name: {20}}})
	require.NoError(t, err)
	require.Equal(t, "CustomSql is 20, need > 20", r.Results[0].Reason)
	analyzer := []Rule{{Type: CustomSQL, Columns: rules[0].Columns, Analyzer: true}}
	r, err = Verify(analyzer, people(t), VerifyOptions{Measures: m()})
	require.NoError(t, err)
	require.Equal(t, map[string]float64{name: 20}, r.Metrics())
	_, err = Verify(rules[:1], people(t), VerifyOptions{})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	broken := errors.New("no")
	_, err = Verify(rules[:1], people(t), VerifyOptions{Measures: map[string]Measure{"select sum(income) from primary": &incomes{bad: broken}}})
	require.ErrorIs(t, err, broken)
}

func TestAnalyzersMeasure(t *testing.T) {
	rules, err := ParseRules(`Analyzers = [ AllStatistics "age", AllStatistics "city", AllStatistics "nowhere", ColumnValues "city", ColumnLength "age", Completeness "city", Mean "city", ColumnValues "empty", ColumnCorrelation "age" "income" ]`)
	require.NoError(t, err)
	nan := math.NaN()
	x := newTable(t, append(people(t).Columns(), table.NewFloat("empty", []float64{nan, nan, nan, nan, nan}))...)
	v, err := NewVerifier(rules, VerifyOptions{})
	require.NoError(t, err)
	require.NoError(t, v.Add(x.Slice(0, 2)))
	require.NoError(t, v.Add(x.Slice(2, 5)))
	r, err := v.Report()
	require.NoError(t, err)
	require.True(t, r.Passed())
	want := map[string]float64{
		"RowCount": 5, "ColumnCount": 5, `Completeness "age"`: 1, `Uniqueness "age"`: 1, `Minimum "age"`: 20, `Maximum "age"`: 60.5,
		`Entropy "age"`: math.Log(5), `Mean "age"`: 40.1, `Sum "age"`: 200.5, `Completeness "city"`: 0.8, `Uniqueness "city"`: 0.5,
		`MinimumLength "city"`: 3, `MaximumLength "city"`: 5, `MinimumLength "age"`: 2, `MaximumLength "age"`: 4,
	}
	have := r.Metrics()
	for name, v := range want {
		require.InDelta(t, v, have[name], 1e-12, name)
	}
	require.Contains(t, have, `StandardDeviation "age"`)
	require.Contains(t, have, `ColumnCorrelation "age" "income"`)
	require.Len(t, have, len(want)+2)
	require.Equal(t, `there is no column "nowhere"`, r.Results[2].Reason)
	require.NotEmpty(t, r.Results[6].Reason) // texts have no mean
	require.NotEmpty(t, r.Results[7].Reason)
}

func TestAnomaliesOfMetrics(t *testing.T) {
	x := people(t)
	past := map[string][]float64{
		"RowCount": {5, 6, 4, 5, 5, 6}, `Mean "age"`: {60, 61, 59, 60}, `Minimum "age"`: {20, 21, 19, 20}, `Maximum "age"`: {90, 91, 89, 90},
		`Sum "age"`: {1, 2}, `MinimumLength "city"`: {3, 3, 3}, `MaximumLength "city"`: {5, 5, 5}, `CustomSql "odd"`: {0.6, 0.6, 0.4},
	}
	odd := map[string]func(Row) (bool, error){"odd": func(r Row) (bool, error) { v, err := r.Float("id"); return int(v)%2 == 1, err }}
	for rule, reason := range map[string]string{
		`DetectAnomalies "RowCount"`:                       "",
		`DetectAnomalies "Mean" "age"`:                     `Mean "age" is 40.1, need from `,
		`DetectAnomalies "ColumnValues" "age"`:             `Maximum "age" is 60.5, need from `,
		`DetectAnomalies "ColumnLength" "city"`:            "",
		`DetectAnomalies "Sum" "age"`:                      "", // too few
		`DetectAnomalies "Entropy" "age"`:                  "", // none
		`DetectAnomalies "CustomSQL" "odd"`:                "",
		`DetectAnomalies "Mean" "city"`:                    "Mean is undefined",
		`DetectAnomalies "Completeness" "nowhere"`:         `there is no column "nowhere"`,
		`DetectAnomalies "ColumnCorrelation" "age" income`: "",
	} {
		rules, err := ParseRules(rule)
		require.NoError(t, err, rule)
		again, err := ParseRules(FormatRules(rules))
		require.NoError(t, err)
		require.Equal(t, rules[0].String(), again[0].String())
		r, err := Verify(rules, x, VerifyOptions{History: past, Predicates: odd})
		require.NoError(t, err)
		require.Equal(t, reason == "", r.Passed(), "%s: %s", rule, r.Results[0].Reason)
		require.Contains(t, r.Results[0].Reason, reason)
	}
	rule := []Rule{{Type: DetectAnomalies, Columns: []string{"RowCount"}}}
	r, err := Verify(rule, x, VerifyOptions{History: past, Anomalies: Thresholds{6, 9}})
	require.NoError(t, err)
	require.Equal(t, "RowCount is 5, need from 6 to 9 after 6 earlier values", r.Results[0].Reason)
	require.Equal(t, map[string]float64{"RowCount": 5}, r.Metrics())
	r, err = Verify(rule, x, VerifyOptions{History: past, Anomalies: HoltWinters{Period: 7}}) // needs more
	require.NoError(t, err)
	require.True(t, r.Passed())
	r, err = Verify(rule, x, VerifyOptions{History: past, Anomalies: Thresholds{2, 1}})
	require.NoError(t, err)
	require.Contains(t, r.Results[0].Reason, "need Low <= High")
	_, err = Verify(rule, x, VerifyOptions{History: map[string][]float64{"RowCount": {math.NaN()}}})
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
}

// Before the first run there is an empty list, of which last() is 0; a metric that
// was forgotten is an error.
func TestFirstRunOfDynamicRules(t *testing.T) {
	for text, passed := range map[string]bool{
		`RowCount > avg(last(10))`: true, `RowCount > last()`: true, `RowCount < 2 * max(last(3)) + 5`: false, `ColumnValues "age" > 17 with threshold > last()`: true,
	} {
		rules, err := ParseRules(text)
		require.NoError(t, err)
		r, err := Verify(rules, people(t), VerifyOptions{History: map[string][]float64{"RowCount": {}, `ColumnValues "age" > 17`: nil}})
		require.NoError(t, err)
		require.Equal(t, passed, r.Passed(), text)
		_, err = Verify(rules, people(t), VerifyOptions{})
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
	rules, err := ParseRules(`RowCount > index(last(3), 0)`)
	require.NoError(t, err)
	_, err = Verify(rules, people(t), VerifyOptions{History: map[string][]float64{"RowCount": {}}})
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
}
