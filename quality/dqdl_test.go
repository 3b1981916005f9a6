package quality

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

const everyRule = `Rules = [
    RowCount between 1 and 1000, # bounds not included
    ColumnCount = 4,
    ColumnExists "id",
    IsComplete "id",
    Completeness "city" > 0.5,
    IsUnique "id", IsUnique "id" "city",
    IsPrimaryKey "id",
    Uniqueness "city" < 1,
    UniqueValueRatio "city" <= 1,
    DistinctValuesCount "city" >= 2,
    ColumnValues "city" in ["Paris", "Rome", NULL] with threshold > 0.7,
    ColumnValues "age" between -1 and 120.5,
    ColumnValues "city" matches "[A-Z][a-z]+\\.?" with threshold > 0.5,
    ColumnValues "city" not in ["x", EMPTY, WHITESPACES_ONLY],
    ColumnLength "city" not between 5 and 100 with threshold >= 0.1,
    ColumnDataType "age" = "Integer" with threshold >= 0.75,
    Mean "age" > 1, StandardDeviation "age" >= 0, Sum "age" > 1e1, Entropy "city" < 2,
    ColumnCorrelation "age" "income" > -1.5,
    ColumnNamesMatchPattern "[a-z]+",
    Completeness "city" > 0.5 where "age > 20 and \"x\" <> 'y'", ColumnValues "age" > 50 where "income > 5" with threshold > 0.5,
    (IsUnique "id") and ((RowCount > 1) or (RowCount = 0))
]
`

func people(t testing.TB) *table.Table {
	city := table.Column{Name: "city", Type: table.String, Codes: []int32{0, 1, -1, 0, 2}, Dict: []string{"Paris", "Rome", "x y"}}
	return newTable(t, table.NewFloat("id", []float64{1, 2, 3, 4, 5}), city,
		table.NewFloat("age", []float64{30, 40, 50, 60.5, 20}), table.NewFloat("income", []float64{3, 4, 5, 7, 1}))
}

func TestEveryRuleIsReadAndWritten(t *testing.T) {
	rules, err := ParseRules(everyRule)
	require.NoError(t, err)
	require.Len(t, rules, 26)
	again, err := ParseRules(FormatRules(rules))
	require.NoError(t, err)
	require.Equal(t, FormatRules(rules), FormatRules(again))
	report, err := Verify(rules, people(t), VerifyOptions{})
	require.NoError(t, err)
	for _, r := range report.Results {
		require.True(t, r.Passed, "%s: %s", r.Rule, r.Reason)
	}
	require.True(t, report.Passed())
	none, err := ParseRules("Rules = []")
	require.NoError(t, err)
	require.Empty(t, none)
	bare, err := ParseRules(`IsComplete "a", IsUnique "b"`)
	require.NoError(t, err)
	require.Len(t, bare, 2)
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	for _, c := range []struct {
		text         string
		line, column int
		reason       string
	}{
		{"Rules = [\n  IsCompete \"a\"\n]", 2, 3, "name of a rule"},
		{"Rules = [ IsComplete \"a\" ", 1, 26, "need a comma or ]"},
		{"Rules = [ IsComplete ]", 1, 11, "need 1 parameters"},
		{"Rules = [ IsComplete \"a]", 1, 22, "closing quote"},
		{"Rules [", 1, 7, `need "="`},
		{"Rules = [ Mean \"é\" > \"x\" ]", 1, 11, "need numbers"},
		{"Rules = [ Mean \"é\" > ]", 1, 22, "need a number"},
		{"Rules = [ Mean \"a\" between 1 or 2 ]", 1, 30, "need and"},
		{"Rules = [ Mean \"a\" ]", 1, 11, "need a condition"},
		{"Rules = [ ColumnValues \"a\" matches \"(\" ]", 1, 11, "missing closing )"},
		{"Rules = [ ColumnValues \"a\" matches \")|(\" ]", 1, 11, "unexpected )"},
		{"Rules = [ ColumnValues \"a\" in [1 2] ]", 1, 34, `need "]"`},
		{"Rules = [ ColumnValues \"a\" not 5 ]", 1, 32, "need between, in or matches"},
		{"Rules = [ ColumnValues \"a\" > 1 with 3 ]", 1, 37, "need threshold"},
		{"Rules = [ ColumnValues \"a\" > 1 where b ]", 1, 38, "need an expression in quotes"},
		{"Rules = [ ColumnValues \"a\" > 1 where \"\" ]", 1, 38, "need an expression in quotes"},
		{"Rules = [ ColumnValues \"a\" > 1\n where \"b >\" ]", 2, 8, "where: character 4: need a value"},
		{"Rules = [ IsComplete \"a\" where \"b = 'x\" ]", 1, 32, "where: character 5: need a closing '"},
		{"Rules = [ IsComplete \"a\" where \"b in ()\" ]", 1, 32, "need a value in the list"},
		{"Rules = [ IsComplete \"a\" where \"b in 3\" ]", 1, 32, "need \"(\""},
		{"Rules = [ IsComplete \"a\" where \"b between 1 or 2\" ]", 1, 32, "where: character 13: need and"},
		{"Rules = [ IsComplete \"a\" where \"b like c\" ]", 1, 32, "need a pattern"},
		{"Rules = [ IsComplete \"a\" where \"b rlike '('\" ]", 1, 32, "missing closing )"},
		{"Rules = [ IsComplete \"a\" where \"b is 3\" ]", 1, 32, "need null, true or false"},
		{"Rules = [ IsComplete \"a\" where \"b not 3\" ]", 1, 32, "need in, between, like or rlike"},
		{"Rules = [ IsComplete \"a\" where \"b = 1 c\" ]", 1, 32, "where: character 7: need the end"},
		{"Rules = [ IsComplete \"a\" where \"(b = 1\" ]", 1, 32, "need \")\""},
		{"Rules = [ IsComplete \"a\" where \"é = 1 ; x\" ]", 1, 32, "where: character 7: need an expression"},
		{"Rules = [ IsComplete \"a\" where \"sqrt(b) = 1\" ]", 1, 32, "where: character 1: need abs"},
		{"Rules = [ IsComplete \"a\" where \"abs(b, 1) = 1\" ]", 1, 32, "abs: need 1 argument, have 2"},
		{"Rules = [ IsComplete \"a\" where \"" + strings.Repeat("(", 200) + "\" ]", 1, 32, "need at most 100"},
		{"Rules = [ ColumnCount = 1 where \"b\" ]", 1, 11, "need no where clause"},
		{"Rules = [ ColumnValues \"a\" > 1-2 ]", 1, 11, "need a number or a text on a value"},
		{"Rules = [ RowCount > 1 - ]", 1, 26, "need a number"},
		{"Rules = [ RowCount > last(10) ]", 1, 22, "need a number, have the list"},
		{"Rules = [ RowCount > avg(10) ]", 1, 22, "need last(k)"},
		{"Rules = [ RowCount > avg(last(0)) ]", 1, 22, "need a whole number"},
		{"Rules = [ RowCount > index(last(3)) ]", 1, 22, "index: need 2 arguments"},
		{"Rules = [ RowCount > mode(last(3)) ]", 1, 22, "need last, index, avg"},
		{"Rules = [ RowCount > (1 + 2 ]", 1, 29, "need \")\""},
		{"Rules = [ RowCount > " + strings.Repeat("(", 200), 1, 122, "need at most 100"},
		{"Rules = [ RowCount > 1 ] x", 1, 26, "need the end"},
		{"(RowCount > 1) and", 1, 19, "need the name of a rule"},
		{"(RowCount > 1) nor (RowCount < 2)", 1, 16, "need the end"},
		{"(RowCount > 1", 1, 14, `need ")"`},
		{"RowCount > 1 with threshold > 0.5", 1, 1, "need no threshold"},
		{"ColumnDataType \"a\" = \"Money\"", 1, 1, "need = and one of"},
		{"ReferentialIntegrity \"a,b\" \"ref.a\" = 1", 1, 1, "as many columns"},
		{"ReferentialIntegrity \"a\" \"ref\" = 1", 1, 1, "need reference.column"},
		{"RowCount ~ 1", 1, 10, "have the character"},
		{strings.Repeat("(", 200), 1, 101, "need at most 100"},
		{"FileSize \"s3://bucket/\" > 2 MB", 1, 1, "FileSize is not supported: it is a rule about files"},
		{"Rules = [\n RowCount > 1,\n FileFreshness \"x\" > (now() - 24 hours) ]", 3, 2, "FileFreshness is not supported"},
		{"FileMatch", 1, 1, "not supported"}, {"FileUniqueness > 0.5", 1, 1, "not supported"},
		{"Analyzers = [ Distribution \"Salary\" ]", 1, 15, "Distribution is not supported"},
		{"Analyzers = [ RowCount > 5 ]", 1, 24, "need a comma or ]"},
		{"Analyzers = [ IsComplete \"a\" ]", 1, 15, "need a rule that can be an analyzer"},
		{"Rules = [ AllStatistics \"a\" ]", 1, 11, "need it as an analyzer"},
		{"Rules = [ RowCount > 5 ] Rules = [ RowCount > 5 ]", 1, 26, "need Rules once"},
		{"Rules = [ RowCount > 5 ] IsUnique \"a\"", 1, 26, "need the end"},
		{"Rules = [ IsUnique \"a\" labels ]", 1, 31, `need "="`},
		{"Rules = [ IsUnique \"a\" labels=[] ]", 1, 32, "need the key of a label in quotes"},
		{"Rules = [ IsUnique \"a\" labels=[\"k\"] ]", 1, 35, `need "="`},
		{"Rules = [ IsUnique \"a\" labels=[\"k\"=1] ]", 1, 36, "need the value of a label in quotes"},
		{"Rules = [ IsUnique \"a\" labels=[\"k\"=\"1\", \"k\"=\"2\"] ]", 1, 41, "need each label once"},
		{"Rules = [ IsUnique \"a\" labels=[\"\"=\"1\"] ]", 1, 11, "need keys of labels of 1 to 128 characters, have 0"},
		{"(IsUnique \"a\") and (RowCount > 0) labels=[\"k\"=\"v\"]", 1, 35, "need parentheses around"},
		{"(IsUnique \"a\" labels=[\"k\"=\"v\"]) and (RowCount > 0)", 1, 15, "need labels behind the whole rule"},
		{"Metadata = { \"Version\" \"1\" }", 1, 24, `need ":"`},
		{"DataSources = { \"Primary\": [ ] }", 1, 30, "need a value in quotes"},
		{"IsComplete $x", 1, 12, "need a constant that is defined above"},
		{"x = [\"a\"] Rules = [ IsComplete $x ]", 1, 32, "need a constant that is a text"},
		{"x = \"a\" Rules = [ ColumnValues \"a\" in $x ]", 1, 39, "need a constant that is a list"},
		{"x = [\"a\"] Rules = [ ColumnValues \"a\" = $x ]", 1, 40, "need a constant that is no list"},
		{"x = 3 Rules = [ ]", 1, 5, "need a text in quotes or NULL in a constant"},
		{"IsComplete $ 3", 1, 14, "need the name of a constant"},
		{"DataFreshness \"a\" < 3", 1, 1, "need days, hours or minutes"},
		{"DataFreshness \"a\" < 3.5 days", 1, 21, "need a whole number of days"},
		{"DataFreshness \"a\" < 1e9 days", 1, 21, "at most 100000 days"},
		{"DataFreshness \"a\" < \"2020-01-01\"", 1, 1, "need days, hours or minutes"},
		{"ColumnValues \"a\" < 3 days", 1, 1, "need no duration"},
		{"RowCount < now()", 1, 1, "need numbers"},
		{"ColumnValues \"a\" > (now() - 3)", 1, 30, "need days, hours or minutes"},
		{"ColumnValues \"a\" > (now() - x days)", 1, 29, "need a number of days"},
		{"ColumnValues \"a\" > (now() - 3 days", 1, 35, `need ")"`},
		{"ColumnValues \"a\" > (now - 3 days)", 1, 25, `need "("`},
		{"ColumnValues \"a\" between \"2020-01-01\" and \"later\"", 1, 1, "need dates such as"},
		{"AggregateMatch \"max(a)\" \"sum(b)\" = 1", 1, 1, "need sum(column) or avg(reference.column)"},
		{"AggregateMatch \"sum(a)\" \"sum(r.)\" = 1", 1, 1, "need a column"},
		{"SchemaMatch \"r\"", 1, 1, "need a condition"},
		{"DetectAnomalies \"RowCount\" > 3", 1, 1, "need no condition"},
		{"DetectAnomalies \"IsUnique\" \"a\"", 1, 1, "need a rule that can be an analyzer"},
		{"DetectAnomalies \"Mean\"", 1, 1, "Mean: need 1 parameters, have 0"},
		{"DetectAnomalies", 1, 1, "need at least 1 parameters"},
		{"RowCount > percentile(last(10), 95)", 1, 12, "need last, index, avg"},
		{"CustomSql \"x\" > 3 with threshold > 0.5", 1, 1, "need no threshold"},
	} {
		_, err := ParseRules(c.text)
		var s *SyntaxError
		require.ErrorAs(t, err, &s, c.text)
		require.ErrorIs(t, err, mlgauge.ErrCorrupt)
		require.Equal(t, []int{c.line, c.column}, []int{s.Line, s.Column}, "%s: %v", c.text, err)
		require.Contains(t, s.Reason, c.reason, c.text)
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add(everyRule)
	f.Add(`Rules = [ CustomSql "select 1", DatasetMatch "r" "a->b" "c" >= 0.9 ]`)
	f.Add(`ReferentialIntegrity "a,b" "r.{c,d}" between 0.1 and 1`)
	f.Add(`RowCount between 1 - 2*avg(last(10)) and -index(last(3), 1) / 4e-1`)
	f.Add("Rules = [ (IsComplete \"a\") or ")
	f.Add(everySection)
	f.Add(`ColumnValues a not in [now(), (now() - 3 days), NULL], AggregateMatch "sum(a)" "avg(r.b)" >= 0.9, SchemaMatch r = 1`)
	f.Add(`DetectAnomalies "ColumnCorrelation" "a" "b", ((RowCount > 1) or IsUnique of "a" and "b" and RowCount < 3) labels = ["a"="b"]`)
	f.Add(`CustomSql "x" between 1 and last(), DataFreshness "d" not in [3 days, 90 minutes] where "a > 1" with threshold > 0.5`)
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := ParseRules(text)
		if err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			return
		}
		out := FormatRules(rules)
		again, err := ParseRules(out)
		require.NoError(t, err, out)
		require.Equal(t, out, FormatRules(again))
		// Held against data they come out, or are refused with a reason.
		refs := map[string]*table.Table{"r": dated(t), "ref": people(t)}
		v, err := NewVerifier(rules, VerifyOptions{References: refs, History: map[string][]float64{"RowCount": {1, 2, 3, 4}}})
		if err != nil {
			require.True(t, errors.Is(err, mlgauge.ErrRange) || errors.Is(err, mlgauge.ErrUndefined), "%v", err)
			return
		}
		for _, x := range []*table.Table{people(t), dated(t)} {
			require.NoError(t, v.Add(x))
		}
		report, err := v.Report()
		require.NoError(t, err)
		for i, r := range report.Results {
			require.True(t, r.Passed || r.Reason != "", r.Rule)
			require.Equal(t, rules[i].Labels, r.Labels)
		}
	})
}

func TestFailingRowsAreNamed(t *testing.T) {
	x := people(t)
	ref := newTable(t, table.NewFloat("key", []float64{1, 2, 3, 9}), table.NewString("city", []string{"Paris", "Rome", "Oslo", "Paris"}))
	o := VerifyOptions{MaxRows: 2, References: map[string]*table.Table{"ref": ref}, Predicates: map[string]func(Row) (bool, error){
		"age is above ten times the income": func(r Row) (bool, error) {
			age, err := r.Float("age")
			if err != nil {
				return false, err
			}
			income, err := r.Float("income")
			return age >= 10*income, err
		},
	}}
	for _, c := range []struct {
		rule   string
		passed bool
		metric float64
		failed int
		rows   []int
	}{
		{`IsComplete "city"`, false, 0.8, 1, []int{3}},
		{`Completeness "city" > 0.8`, false, 0.8, 1, []int{3}},
		{`ColumnValues "city" = "Paris"`, false, 0.4, 3, []int{2, 3}},
		{`ColumnValues "city" = "Paris" with threshold = 0.4`, true, 0.4, 3, []int{2, 3}},
		{`IsComplete "city" where "age >= 50"`, false, 0.5, 1, []int{3}},
		{`IsComplete "city" where "age > 50"`, true, 1, 0, nil},
		{`ColumnValues "city" = "Paris" where "city is not null" with threshold = 0.5`, true, 0.5, 2, []int{2, 5}},
		{`IsUnique "city" where "id <= 4"`, false, 1. / 3, 2, []int{1, 4}},
		{`Mean "age" = 55.25 where "income between 5 and 7"`, true, 55.25, 0, nil},
		{`RowCount = 2 where "city = 'Paris'"`, true, 2, 0, nil},
		{`RowCount = 0 where "city = 'Oslo'"`, true, 0, 0, nil},
		{`ColumnValues "city" != "Paris"`, false, 0.6, 2, []int{1, 4}},
		{`ColumnValues "city" != NULL`, false, 0.8, 1, []int{3}},
		{`ColumnValues "city" not in ["x y", NULL]`, false, 0.6, 2, []int{3, 5}},
		{`ColumnValues "age" between 20 and 60.5`, false, 0.6, 2, []int{4, 5}},
		{`ColumnValues "age" not between 20 and 60.5`, false, 0.4, 3, []int{1, 2}},
		{`ColumnValues "city" matches "aris"`, false, 0, 5, []int{1, 2}},
		{`ColumnLength "city" > 4`, false, 0.4, 3, []int{2, 3}},
		{`ColumnLength "city" < 5`, false, 0.6, 2, []int{1, 4}},
		{`ColumnDataType "age" = "Integer"`, false, 0.8, 1, []int{4}},
		{`ColumnDataType "city" = "String"`, false, 0.8, 1, []int{3}},
		{`IsUnique "city"`, false, 0.5, 2, []int{1, 4}},
		{`IsPrimaryKey "city"`, false, 0.5, 3, []int{1, 3}},
		{`IsUnique "city" "age"`, true, 1, 0, nil},
		{`Uniqueness "city" = 0.5`, true, 0.5, 0, nil},
		{`UniqueValueRatio "city" > 0.7`, false, 2. / 3, 0, nil},
		{`DistinctValuesCount "city" = 3`, true, 3, 0, nil},
		{`Entropy "city" between 1.0397 and 1.0398`, true, 1.0397207708399179, 0, nil},
		{`Mean "age" = 40.1`, true, 40.1, 0, nil},
		{`Sum "age" < 200`, false, 200.5, 0, nil},
		{`StandardDeviation "income" = 2`, true, 2, 0, nil},
		{`RowCount > 5`, false, 5, 0, nil},
		{`RowCountMatch "ref" = 1.25`, true, 1.25, 0, nil},
		{`ReferentialIntegrity "id" "ref.key" >= 0.6`, true, 0.6, 2, []int{4, 5}},
		{`ReferentialIntegrity "id,city" "ref.{key,city}" = 1`, false, 0.4, 3, []int{3, 4}},
		{`DatasetMatch "ref" "id->key" >= 0.5`, false, 0.4, 3, []int{3, 4}},
		{`DatasetMatch "ref" "id->key" "city" = 0.4`, true, 0.4, 3, []int{3, 4}},
		{`CustomSql "age is above ten times the income"`, false, 0.8, 1, []int{4}},
	} {
		rules, err := ParseRules(c.rule)
		require.NoError(t, err, c.rule)
		whole, err := Verify(rules, x, o)
		require.NoError(t, err, c.rule)
		r := whole.Results[0]
		require.Equal(t, c.passed, r.Passed, "%s: %s", c.rule, r.Reason)
		require.InDelta(t, c.metric, r.Metric, 1e-12, c.rule)
		require.Equal(t, c.failed, r.Failed, c.rule)
		require.Equal(t, len(c.rows), len(r.Rows), c.rule)
		if len(c.rows) > 0 {
			require.Equal(t, c.rows, r.Rows, c.rule)
		}
		require.Equal(t, r.Passed, r.Reason == "", c.rule)
		v, err := NewVerifier(rules, o)
		require.NoError(t, err)
		for i := range x.NumRows() {
			require.NoError(t, v.Add(x.Slice(i, i+1)))
		}
		batches, err := v.Report()
		require.NoError(t, err)
		require.InDelta(t, r.Metric, batches.Results[0].Metric, 1e-12)
		batches.Results[0].Metric = r.Metric
		batches.Results[0].Reason = r.Reason
		require.Equal(t, whole, batches, c.rule)
	}
}

// By default every part of a composite rule is about the whole; row by row on
// request.
func TestCompositeRules(t *testing.T) {
	for _, c := range []struct {
		rule         string
		whole, byRow bool
		rows         []int // that fail, row by row
	}{
		{`(ColumnValues "city" in ["Paris", "Rome"]) or (ColumnValues "city" = NULL)`, false, false, []int{5}},
		{`(ColumnValues "city" in ["Paris", "Rome"]) and (ColumnValues "age" < 50)`, false, false, []int{3, 4, 5}},
		{`(ColumnValues "id" > 3) or (ColumnValues "age" < 60)`, false, true, nil},
		{`(ColumnValues "id" > 3) or (RowCount = 5)`, true, true, nil},
		{`(ColumnValues "id" > 3 where "id > 2") and (IsComplete "age")`, false, false, []int{3}},
		{`(IsComplete "nowhere") or (ColumnValues "id" > 0)`, true, false, nil},
	} {
		rules, err := ParseRules(c.rule)
		require.NoError(t, err)
		whole, err := Verify(rules, people(t), VerifyOptions{})
		require.NoError(t, err)
		require.Equal(t, c.whole, whole.Passed(), c.rule)
		byRow, err := Verify(rules, people(t), VerifyOptions{RowByRow: true})
		require.NoError(t, err)
		require.Equal(t, c.byRow, byRow.Passed(), c.rule)
		require.Equal(t, c.rows, byRow.Results[0].Rows, c.rule)
	}
}

func TestDynamicRules(t *testing.T) {
	past := map[string][]float64{"RowCount": {9, 2, 4, 6}, `Mean "age"`: {40}}
	for text, passed := range map[string]bool{
		`RowCount > 0.8 * avg(last(3))`:                          true, // 3.2
		`RowCount > avg(last(4)) * 0.8`:                          true, // 4.2
		`RowCount > avg(last(99))`:                               false,
		`RowCount = last()-1`:                                    true,
		`RowCount = last() - 1`:                                  true,
		`RowCount = index(last(3), 0) - index(last(3), 2) + 1`:   true,
		`RowCount between min(last(3)) and max(last(3))`:         true,
		`RowCount = median(last(4))`:                             true,
		`RowCount = 21 / sum(last(4)) * 5`:                       true,
		`RowCount = 1 + 2 * 2`:                                   true,
		`RowCount = (1 + 1.5) * 2`:                               true,
		`RowCount < 4 + std(last(3))`:                            true, // 1.63
		`RowCount in [last(), sqrt(25), abs(-3)]`:                true,
		`Mean "age" between last() - 1 and last() + 1`:           true,
		`(RowCount > last()) or (Mean "age" > 2 * avg(last(7)))`: false,
		`RowCount = ln(exp(0)) + 5`:                              true,
		`IsComplete "age" with threshold > 0.5 + 0.2`:            true,
	} {
		rules, err := ParseRules(text)
		require.NoError(t, err, text)
		again, err := ParseRules(FormatRules(rules))
		require.NoError(t, err, text)
		for _, r := range [][]Rule{rules, again} {
			report, err := Verify(r, people(t), VerifyOptions{History: past})
			require.NoError(t, err, text)
			require.Equal(t, passed, report.Passed(), "%s: %s", text, report.Results[0].Reason)
		}
	}
	for text, is := range map[string]error{
		`Sum "age" > last()`: mlgauge.ErrRange, `RowCount > index(last(2), 2)`: mlgauge.ErrUndefined, `RowCount > 1 / 0`: mlgauge.ErrUndefined,
	} {
		rules, err := ParseRules(text)
		require.NoError(t, err, text)
		_, err = Verify(rules, people(t), VerifyOptions{History: past})
		require.ErrorIs(t, err, is, text)
	}
}

func TestWhereKeepsNothing(t *testing.T) {
	for text, reason := range map[string]string{
		`IsComplete "city" where "id > 9"`:      "",
		`Mean "age" > 0 where "id > 9"`:         "",
		`IsComplete "city" where "nowhere > 9"`: `no column "nowhere"`,
		`Mean "nowhere" > 0 where "id > 1"`:     `no column "nowhere"`,
	} {
		rules, err := ParseRules(text)
		require.NoError(t, err)
		r, err := Verify(rules, people(t), VerifyOptions{})
		require.NoError(t, err)
		require.Equal(t, reason == "", r.Passed(), text)
		require.Contains(t, r.Results[0].Reason, reason, text)
		require.True(t, math.IsNaN(r.Results[0].Metric))
	}
}

func FuzzWhere(f *testing.F) {
	for _, s := range []string{"a > 1", "not (a in (1, 'x') or `b c` is not null)", "length(a) % 2 = -1.5e3 and b like '%_\\%'", "a rlike '[' ", "'it''s' = a"} {
		f.Add(s)
	}
	x := newTable(f, table.NewFloat("a", []float64{1, 2}), table.NewString("b", []string{"", "x"}))
	f.Fuzz(func(t *testing.T, text string) {
		rules := []Rule{{Type: RowCount, Condition: If(GreaterEqual, 0), Where: text}}
		if _, err := Verify(rules, x, VerifyOptions{}); err != nil {
			require.ErrorIs(t, err, mlgauge.ErrRange)
			return
		}
		if text == "" {
			return
		}
		again, err := ParseRules(FormatRules(rules))
		require.NoError(t, err)
		require.Equal(t, text, again[0].Where)
	})
}

func TestRulesWithoutTheirColumnsFail(t *testing.T) {
	for _, text := range []string{
		`IsComplete "z"`, `ColumnExists "z"`, `Mean "z" > 0`, `ColumnCorrelation "z" "age" > 0`, `IsUnique "z"`, `Entropy "z" > 0`,
		`ColumnValues "z" > 0`, `(IsComplete "id") and (IsComplete "z")`, `ColumnCorrelation "city" "age" > 0`, `Mean "city" > 0`,
	} {
		rules, err := ParseRules(text)
		require.NoError(t, err)
		r, err := Verify(rules, people(t), VerifyOptions{})
		require.NoError(t, err)
		require.False(t, r.Passed(), text)
		require.NotEmpty(t, r.Results[0].Reason, text)
	}
}

func TestRulesBuiltInGo(t *testing.T) {
	report, err := Verify([]Rule{
		Or(Rule{Type: ColumnValues, Columns: []string{"city"}, Condition: If(In, "Paris", nil)}, Rule{Type: ColumnValues, Columns: []string{"age"}, Condition: If(Less, 45)}),
		Custom("odd ids", func(r Row) (bool, error) {
			id, err := r.Float("id")
			return int(id)%2 == 1, err
		}),
	}, people(t), VerifyOptions{RowByRow: true})
	require.NoError(t, err)
	require.True(t, report.Results[0].Passed)
	require.Equal(t, []int{2, 4}, report.Results[1].Rows)

	for _, bad := range []Rule{
		{}, {Type: "Nothing"}, {Type: Mean, Columns: []string{"a"}}, {Type: Mean, Columns: []string{"a"}, Condition: If("~", 1)},
		{Type: Mean, Columns: []string{"a"}, Condition: If(Equal, true)}, {Type: Mean, Columns: []string{"a"}, Condition: If(Between, 1)},
		{Type: IsComplete, Columns: []string{"a"}, Condition: If(Equal, 1)}, And(), {Type: CustomSQL, Columns: []string{"x"}},
		{Type: RowCountMatch, Columns: []string{"nowhere"}, Condition: If(Equal, 1)},
		{Type: ReferentialIntegrity, Columns: []string{"a", "nowhere.b"}, Condition: If(Equal, 1)},
	} {
		_, err := Verify([]Rule{bad}, people(t), VerifyOptions{})
		require.ErrorIs(t, err, mlgauge.ErrRange, "%v", bad)
	}
	_, err = Verify(nil, newTable(t), VerifyOptions{})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = Verify([]Rule{Custom("broken", func(r Row) (bool, error) { _, err := r.Float("nothing"); return true, err })}, people(t), VerifyOptions{})
	require.ErrorIs(t, err, mlgauge.ErrRange)
}
