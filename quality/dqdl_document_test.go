package quality

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

const everySection = `
Metadata = { "Version": "1.0", "Tags": ["a", "b"] }
DataSources = { "Primary": "people", "AdditionalDataSources": [ "ref" ] }
DefaultLabels = ["frequency"="monthly"]
cities = ["Paris", "Rome", NULL]
question = "is the age below 100"
one = "Paris"

Rules = [
    // Of the default label alone.
    ColumnValues "age" > 17,
    # One label more.
    RowCount > 0 labels=["foo"="bar"],
    ColumnValues city in $cities with threshold > 0.5 labels = ["foo"="bar", "frequency"="daily"],
    (IsComplete "id" AND RowCount > 0) labels=["foo"="baz"],
    CustomSql $question,
    ColumnValues "city" != $one with threshold > 0.1,
    ColumnCorrelation of "age" and "income" > 0.5,
    RowCount > 100 and RowCount < 3 or IsUnique id
]
Analyzers = [
    DistinctValuesCount "city",
    ColumnLength "city", ColumnValues "age",
]
`

func TestSectionsOfADocument(t *testing.T) {
	rules, err := ParseRules(everySection)
	require.NoError(t, err)
	monthly := map[string]string{"frequency": "monthly"}
	require.Equal(t, monthly, rules[0].Labels)
	require.Equal(t, map[string]string{"frequency": "monthly", "foo": "bar"}, rules[1].Labels)
	require.Equal(t, map[string]string{"frequency": "daily", "foo": "bar"}, rules[2].Labels)
	require.Equal(t, map[string]string{"frequency": "monthly", "foo": "baz"}, rules[3].Labels)
	require.Equal(t, `Rules = [
    ColumnValues "age" > 17 labels=["frequency"="monthly"],
    RowCount > 0 labels=["foo"="bar", "frequency"="monthly"],
    ColumnValues "city" in ["Paris", "Rome", NULL] with threshold > 0.5 labels=["foo"="bar", "frequency"="daily"],
    ((IsComplete "id") and (RowCount > 0)) labels=["foo"="baz", "frequency"="monthly"],
    CustomSql "is the age below 100" labels=["frequency"="monthly"],
    ColumnValues "city" != "Paris" with threshold > 0.1 labels=["frequency"="monthly"],
    ColumnCorrelation "age" "income" > 0.5 labels=["frequency"="monthly"],
    (((RowCount > 100) and (RowCount < 3)) or (IsUnique "id")) labels=["frequency"="monthly"]
]
Analyzers = [
    DistinctValuesCount "city",
    ColumnLength "city",
    ColumnValues "age"
]
`, FormatRules(rules))
	again, err := ParseRules(FormatRules(rules))
	require.NoError(t, err)
	require.Equal(t, FormatRules(rules), FormatRules(again))

	report, err := Verify(rules, people(t), VerifyOptions{Predicates: map[string]func(Row) (bool, error){
		"is the age below 100": func(r Row) (bool, error) { age, err := r.Float("age"); return age < 100, err },
	}})
	require.NoError(t, err)
	require.True(t, report.Passed())
	require.Equal(t, `ColumnValues "age" > 17`, report.Results[0].Rule)
	require.Equal(t, monthly, report.Results[0].Labels)
	require.Nil(t, report.Results[8].Labels)
	require.Equal(t, map[string]float64{`DistinctValuesCount "city"`: 3}, report.Results[8].Metrics)
	require.Equal(t, map[string]float64{`MinimumLength "city"`: 3, `MaximumLength "city"`: 5}, report.Results[9].Metrics)
	require.Equal(t, map[string]float64{`Minimum "age"`: 20, `Maximum "age"`: 60.5}, report.Results[10].Metrics)
	m := report.Metrics()
	require.Equal(t, 5., m["RowCount"])
	require.Equal(t, 0.8, m[`ColumnValues "city" in ["Paris", "Rome", NULL]`]) // four of five
	require.Contains(t, m, `IsComplete "id"`)                                  // of a part

	alone, err := ParseRules("Analyzers = [ RowCount ]")
	require.NoError(t, err)
	require.Equal(t, "Rules = [\n]\nAnalyzers = [\n    RowCount\n]\n", FormatRules(alone))
	none, err := ParseRules("Rules = [] Analyzers = []")
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestAndBindsBeforeOr(t *testing.T) {
	for text, want := range map[string]string{
		`(RowCount > 1) or (RowCount > 2) and (RowCount > 3)`:   `(RowCount > 1) or ((RowCount > 2) and (RowCount > 3))`,
		`((RowCount > 1) or (RowCount > 2)) AND (RowCount > 3)`: `((RowCount > 1) or (RowCount > 2)) and (RowCount > 3)`,
		`RowCount between 1 and 2 and RowCount > 3`:             `(RowCount between 1 and 2) and (RowCount > 3)`,
		`IsUnique "a" and "b" and RowCount > 3`:                 `(IsUnique "a" "b") and (RowCount > 3)`,
		`((RowCount > 1))`:                                      `RowCount > 1`,
		`(RowCount > 1) and (RowCount > 2) and (RowCount > 3)`:  `(RowCount > 1) and (RowCount > 2) and (RowCount > 3)`,
	} {
		rules, err := ParseRules(text)
		require.NoError(t, err, text)
		require.Equal(t, want, rules[0].String())
	}
}

func TestLabelsBuiltInGo(t *testing.T) {
	many := map[string]string{}
	for _, k := range "abcdefghijk" {
		many[string(k)] = ""
	}
	rule := Rule{Type: RowCount, Condition: If(Greater, 0)}
	labelled := rule
	labelled.Labels = map[string]string{"k": ""}
	for _, labels := range []map[string]string{many, {"": "x"}, {strings.Repeat("k", 129): ""}, {"k": strings.Repeat("é", 257)}} {
		bad := rule
		bad.Labels = labels
		_, err := Verify([]Rule{bad}, people(t), VerifyOptions{})
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
	_, err := Verify([]Rule{And(labelled)}, people(t), VerifyOptions{})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	r, err := Verify([]Rule{labelled, {Type: RowCount, Condition: If(Greater, 0), Labels: map[string]string{strings.Repeat("é", 128): strings.Repeat("é", 256)}}}, people(t), VerifyOptions{})
	require.NoError(t, err)
	require.True(t, r.Passed())
	// Together with the default labels they may be too many.
	var of []string
	for k := range many {
		of = append(of, `"`+k+`"=""`)
	}
	_, err = ParseRules(`DefaultLabels = [ "z" = "" ] Rules = [ RowCount > 1 labels = [` + strings.Join(of[:10], ",") + `] ]`)
	require.ErrorIs(t, err, mlgauge.ErrCorrupt)
	_, err = ParseRules(`DefaultLabels = [ ` + of[0] + ` ] Rules = [ RowCount > 1 labels = [` + strings.Join(of[:10], ",") + `] ]`)
	require.NoError(t, err)
	for _, bad := range []Rule{
		{Type: RowCount, Analyzer: true, Condition: If(Greater, 1)}, {Type: RowCount, Analyzer: true, Labels: map[string]string{"a": "b"}},
		{Type: AllStatistics, Columns: []string{"a"}}, {Type: SchemaMatch, Columns: []string{"r"}, Analyzer: true}, {Type: "FileSize"},
		{Type: all, Analyzer: true, Rules: []Rule{rule}},
	} {
		_, err := Verify([]Rule{bad}, people(t), VerifyOptions{})
		require.ErrorIs(t, err, mlgauge.ErrRange, "%v", bad)
	}
}
