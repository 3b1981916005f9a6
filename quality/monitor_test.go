package quality

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// monitorStatistics has the shape that Model Monitor writes: a sketch whose second
// level weighs 2, whole counts with and without a point, and a field of a later
// container. Its buckets are counted by hand.
const monitorStatistics = `{
  "version" : 0.0, "dataset" : { "item_count" : 10, "later" : true },
  "features" : [ {
    "name" : "age", "inferred_type" : "Integral",
    "numerical_statistics" : {
      "common" : { "num_present" : 10, "num_missing" : 0 },
      "mean" : 5.5, "sum" : 55.0, "std_dev" : 2.8722813232690143, "min" : 0.0, "max" : 10.0,
      "distribution" : { "kll" : { "buckets" : [ { "lower_bound" : 0.0, "upper_bound" : 10.0, "count" : 10.0 } ],
        "sketch" : { "parameters" : { "c" : 0.64, "k" : 2048.0 }, "data" : [ [ 0.0, 1.0, 9.0, 10.0 ], [ 3.0, 5.5, 5.5 ] ] } } }
    } }, {
    "name" : "city", "inferred_type" : "String",
    "string_statistics" : { "common" : { "num_present" : 10.0, "num_missing" : 0 }, "distinct_count" : 2.0,
      "distribution" : { "categorical" : { "buckets" : [ { "value" : "Rome", "count" : 7 }, { "value" : "Oslo", "count" : 3 } ] } } }
  } ]
}`

const monitorConstraints = `{
  "version" : 0.0,
  "features" : [
    { "name" : "age", "inferred_type" : "Integral", "completeness" : 1.0, "num_constraints" : { "is_non_negative" : true } },
    { "name" : "city", "inferred_type" : "String", "completeness" : 0.9, "string_constraints" : { "domains" : [ "Rome", "Oslo" ] },
      "monitoringConfigOverrides" : { "domain_content_threshold" : 0.5 } } ],
  "monitoring_config" : { "evaluate_constraints" : "Enabled", "emit_metrics" : "Enabled", "datatype_check_threshold" : 1.0,
    "domain_content_threshold" : 1.0, "distribution_constraints" : { "perform_comparison" : "Enabled", "comparison_threshold" : 0.1,
    "comparison_method" : "Simple", "categorical_comparison_threshold" : 0.1, "categorical_drift_method" : "LInfinity" } }
}`

func TestBucketsComeFromTheSketch(t *testing.T) {
	s, err := ParseStatistics([]byte(monitorStatistics))
	require.NoError(t, err)
	b, err := s.Features[0].Numerical.Distribution.KLL.Sketch.Buckets(10, 0, 10)
	require.NoError(t, err)
	var counts []float64
	for i, x := range b {
		require.InDelta(t, i, float64(x.LowerBound), 1e-12)
		counts = append(counts, float64(x.Count))
	}
	require.Equal(t, []float64{1, 1, 0, 2, 0, 4, 0, 0, 0, 2}, counts)
	for _, bad := range []struct {
		n        int
		lo, hi   float64
		sentinel error
	}{{0, 0, 1, mlgauge.ErrRange}, {3, math.NaN(), 1, mlgauge.ErrNotFinite}, {3, 0, math.Inf(1), mlgauge.ErrNotFinite}} {
		_, err := s.Features[0].Numerical.Distribution.KLL.Sketch.Buckets(bad.n, bad.lo, bad.hi)
		require.ErrorIs(t, err, bad.sentinel)
	}
	_, err = (&KLLSketch{}).Buckets(3, 0, 1)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}

// check holds columns against the baseline above and returns feature, check pairs.
func checkAgainst(t *testing.T, constraints string, cols ...table.Column) []string {
	t.Helper()
	s, err := ParseStatistics([]byte(monitorStatistics))
	require.NoError(t, err)
	c, err := ParseConstraints([]byte(constraints))
	require.NoError(t, err)
	v, err := Check(profiled(t, newTable(t, cols...)), s, c)
	require.NoError(t, err)
	got := []string{}
	for _, x := range v.Violations {
		got = append(got, x.FeatureName+" "+x.CheckType)
	}
	b, err := json.Marshal(v)
	require.NoError(t, err)
	again, err := ParseViolations(b)
	require.NoError(t, err)
	require.Equal(t, v, again)
	return got
}

func TestABaselineOfModelMonitorIsUsed(t *testing.T) {
	age := table.NewFloat("age", []float64{0, 1, 3, 3, 5, 5, 5, 5, 9, 10})
	city := table.NewString("city", strings.Split("Rome,Rome,Rome,Rome,Rome,Rome,Rome,Oslo,Oslo,Oslo", ","))
	none := math.NaN()
	for _, c := range []struct {
		cols []table.Column
		want []string
	}{
		{[]table.Column{table.NewFloat("age", []float64{0, 1, 3, 3, 5.5, 5.5, 5.5, 5.5, 9, 10}), city}, []string{"age data_type_check"}},
		// F(5) is 4/10 in the sketch and 8/10 here
		{[]table.Column{age, city}, []string{"age baseline_drift_check"}},
		{[]table.Column{age}, []string{"age baseline_drift_check", "city missing_column_check"}},
		{[]table.Column{table.NewFloat("age", []float64{-5, none}), table.NewString("city", []string{"Rome", "Rome"}), table.NewFloat("extra", []float64{1, 2})},
			[]string{"age data_type_check", "age completeness_check", "age baseline_drift_check", "city baseline_drift_check", "extra extra_column_check"}},
		{[]table.Column{table.NewString("age", []string{"x", "y"}), table.NewString("city", []string{"Rome", "Bern"})},
			[]string{"age data_type_check", "city baseline_drift_check"}},
		{[]table.Column{table.NewString("age", []string{"x", "y", "z"}), table.NewString("city", []string{"Rome", "Bern", "Bonn"})},
			[]string{"age data_type_check", "city categorical_values_check", "city baseline_drift_check"}},
		{[]table.Column{table.NewFloat("age", []float64{none}), table.NewFloat("city", []float64{7})},
			[]string{"age completeness_check", "city categorical_values_check", "city baseline_drift_check"}},
	} {
		require.Equal(t, c.want, checkAgainst(t, monitorConstraints, c.cols...))
	}
	// Robust: 0.4 - 1.8 sqrt(20/100) < 0.1
	require.Empty(t, checkAgainst(t, strings.Replace(monitorConstraints, "Simple", "Robust", 1), age, city))
	off := strings.Replace(monitorConstraints, `"perform_comparison" : "Enabled"`, `"perform_comparison" : "Disabled"`, 1)
	require.Empty(t, checkAgainst(t, off, age, city))
	off = strings.Replace(monitorConstraints, `"evaluate_constraints" : "Enabled"`, `"evaluate_constraints" : "Disabled"`, 1)
	require.Equal(t, []string{"age baseline_drift_check"}, checkAgainst(t, off, age))
	chi := strings.Replace(monitorConstraints, "LInfinity", "ChiSquared", 1)
	require.Equal(t, []string{"age baseline_drift_check"}, checkAgainst(t, chi, age, city), "ten rows are too few for chi-squared")
}

func TestTheBucketsServeWhereThereIsNoSketch(t *testing.T) {
	x := nasty(t, 4000, 9)
	p := profiled(t, x)
	s := p.Statistics()
	for i := range s.Features {
		if n := s.Features[i].Numerical; n != nil {
			n.Distribution.KLL.Sketch = nil
		}
	}
	v, err := Check(p, s, p.Constraints())
	require.NoError(t, err)
	require.Empty(t, v.Violations)
	shifted, _ := x.Floats("normal")
	for i := range shifted {
		shifted[i] += 1
	}
	v, err = Check(profiled(t, x), s, p.Constraints())
	require.NoError(t, err)
	require.Len(t, v.Violations, 1)
	require.Equal(t, BaselineDriftCheck, v.Violations[0].CheckType)
}

func TestABaselineIsKeptByItsOwnData(t *testing.T) {
	p := profiled(t, nasty(t, 5000, 7))
	stats, err := json.Marshal(p.Statistics())
	require.NoError(t, err)
	require.Contains(t, string(stats), `{"version":0.0,"dataset":{"item_count":5000},"features":[{"name":"normal","inferred_type":"Fractional","numerical_statistics":{"common":{"num_present":`)
	require.Contains(t, string(stats), `"sketch":{"parameters":{"c":0.64,"k":2048.0},"data":[[`)
	limits, err := json.Marshal(p.Constraints())
	require.NoError(t, err)
	s, err := ParseStatistics(stats)
	require.NoError(t, err)
	require.Equal(t, p.Statistics(), s)
	c, err := ParseConstraints(limits)
	require.NoError(t, err)
	require.Equal(t, p.Constraints(), c)
	v, err := Check(p, s, c)
	require.NoError(t, err)
	require.Empty(t, v.Violations)
	v, err = Check(profiled(t, nasty(t, 3000, 8)), s, c)
	require.NoError(t, err)
	for _, x := range v.Violations {
		require.NotEqual(t, BaselineDriftCheck, x.CheckType, x.Description)
	}
	_, err = Check(&Profile{}, s, c)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}

func TestChiSquaredCategoriesMerges(t *testing.T) {
	// Expected 50, 30, 12, 3, 3, 2 of 100: two of six below 5 is more than a fifth, so
	// 2 and 3 become 5; then one of five is not.
	r, err := ChiSquaredCategories([]float64{100, 60, 24, 6, 6, 4, 0}, []float64{40, 35, 15, 5, 1, 4, 7})
	require.NoError(t, err)
	require.EqualValues(t, 4, r.DF)
	want := 100./50 + 25./30 + 9./12 + 0
	// of the two that expect 3, the first merges with 2: 5 + 4 observed of 5 expected
	want += 16./5 + 4./3
	require.InDelta(t, want, r.Statistic, 1e-9)
	_, err = ChiSquaredCategories([]float64{9, 9}, []float64{4, 4})
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = ChiSquaredCategories([]float64{9, 9}, []float64{4})
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = ChiSquaredCategories(nil, nil)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
}

func TestDamagedDocuments(t *testing.T) {
	replace := func(s, a, b string) string {
		require.Contains(t, s, a)
		return strings.Replace(s, a, b, 1)
	}
	for name, text := range map[string]string{
		"empty": "", "cut": monitorStatistics[:200], "list": "[]", "null": "null", "more": monitorStatistics + "{}",
		"version":     replace(monitorStatistics, `"version" : 0.0`, `"version" : 1.0`),
		"no version":  replace(monitorStatistics, `"version" : 0.0,`, ``),
		"no features": `{"version":0,"dataset":{"item_count":1}}`,
		"twice":       replace(monitorStatistics, `"city"`, `"age"`),
		"negative":    replace(monitorStatistics, `"num_missing" : 0`, `"num_missing" : -1`),
		"fraction":    replace(monitorStatistics, `"num_missing" : 0`, `"num_missing" : 0.5`),
		"type":        replace(monitorStatistics, `"Integral"`, `"Integer"`),
		"order":       replace(monitorStatistics, `"max" : 10.0`, `"max" : -10.0`),
		"sketch":      replace(monitorStatistics, `[ 3.0, 5.5`, `[ "NaN", 5.5`),
		"category":    replace(monitorStatistics, `"Oslo"`, `"Rome"`),
		"bucket":      replace(monitorStatistics, `"count" : 10.0`, `"count" : -10.0`),
	} {
		_, err := ParseStatistics([]byte(text))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, name)
	}
	for name, text := range map[string]string{
		"empty": "", "cut": monitorConstraints[:200], "list": "[]", "null": "null",
		"version":      replace(monitorConstraints, `"version" : 0.0`, `"version" : 2`),
		"no features":  `{"version":0}`,
		"twice":        replace(monitorConstraints, `"city"`, `"age"`),
		"completeness": replace(monitorConstraints, `"completeness" : 1.0`, `"completeness" : 1.5`),
		"word":         replace(monitorConstraints, `"Simple"`, `"simple"`),
		"threshold":    replace(monitorConstraints, `"comparison_threshold" : 0.1`, `"comparison_threshold" : -0.1`),
		"override":     replace(monitorConstraints, `"domain_content_threshold" : 0.5`, `"domain_content_threshold" : 5`),
	} {
		_, err := ParseConstraints([]byte(text))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, name)
	}
	for _, text := range []string{"", "{}", `{"violations":[{}]}`, `{"violations":{}}`} {
		_, err := ParseViolations([]byte(text))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, text)
	}
	for _, text := range []string{"", "{}", `{"version":0}`, `{"version":3,"regression_metrics":{}}`, `{"version":0,"regression_metrics":[]}`,
		`{"version":0,"binary_classification_metrics":{"precision_recall_curve":{"precisions":[0.0],"recalls":[]}}}`,
		`{"version":0,"binary_classification_metrics":{"receiver_operating_characteristic_curve":{"false_positive_rates":[0.0],"true_positive_rates":[]}}}`} {
		_, err := ParseModelQuality([]byte(text))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, text)
	}
	for _, text := range []string{"", "{}", "[]", `{"violations":[{"metric_name":"f1"}]}`, `{"violations":[{"constraint_check_type":"LessThanThreshold"}]}`} {
		_, err := ParseModelViolations([]byte(text))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, text)
	}
	for _, text := range []string{"", "{}", `{"version":0}`, `{"version":0,"regression_constraints":{"mae":{"threshold":1.0,"comparison_operator":"Less"}}}`} {
		_, err := ParseModelConstraints([]byte(text))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, text)
	}
}

func FuzzParseDocuments(f *testing.F) {
	f.Add(monitorStatistics)
	f.Add(monitorConstraints)
	f.Add(`{"version":0.0,"dataset":{"item_count":2},"regression_metrics":{"mae":{"value":1.0,"standard_deviation":"NaN"}}}`)
	for _, text := range monitorDocuments {
		f.Add(text)
	}
	f.Add(`{"violations":[{"feature_name":"a","constraint_check_type":"data_type_check","description":""}]}`)
	x, _ := table.New(table.NewFloat("age", []float64{1, 2}), table.NewString("city", []string{"Rome", "x"}))
	var p Profile
	_ = p.Add(x)
	f.Fuzz(func(t *testing.T, text string) {
		s, errS := ParseStatistics([]byte(text))
		c, errC := ParseConstraints([]byte(text))
		_, errV := ParseViolations([]byte(text))
		q, errQ := ParseModelQuality([]byte(text))
		l, errL := ParseModelConstraints([]byte(text))
		w, errW := ParseModelViolations([]byte(text))
		for _, err := range []error{errS, errC, errV, errQ, errL, errW} {
			if err != nil {
				require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			}
		}
		if errS == nil {
			b, err := json.Marshal(s)
			require.NoError(t, err)
			_, err = ParseStatistics(b)
			require.NoError(t, err)
			_, err = Check(&p, s, p.Constraints())
			require.NoError(t, err)
		}
		if errC == nil {
			_, err := Check(&p, s, c)
			require.NoError(t, err)
		}
		for _, of := range []struct {
			err error
			x   any
			to  func([]byte) error
		}{
			{errQ, q, func(b []byte) error { _, err := ParseModelQuality(b); return err }},
			{errL, l, func(b []byte) error { _, err := ParseModelConstraints(b); return err }},
			{errW, w, func(b []byte) error { _, err := ParseModelViolations(b); return err }},
		} {
			if of.err == nil {
				b, err := json.Marshal(of.x)
				require.NoError(t, err)
				require.NoError(t, of.to(b))
			}
		}
	})
}

func TestModelQuality(t *testing.T) {
	truth := []bool{true, true, true, false, false, false, false, true}
	pred := []bool{true, true, false, false, false, true, false, true}
	q, err := BinaryQuality(truth, pred, []float64{.9, .8, .4, .1, .2, .6, .3, .7})
	require.NoError(t, err)
	b, err := json.Marshal(q)
	require.NoError(t, err)
	require.Contains(t, string(b), `"confusion_matrix":{"0":{"0":3,"1":1},"1":{"0":1,"1":3}}`)
	require.Contains(t, string(b), `"f1":{"value":0.75,"standard_deviation":"NaN"}`)
	require.Contains(t, string(b), `"auc":{"value":0.9375,`)
	again, err := ParseModelQuality(b)
	require.NoError(t, err)
	c, err := q.Constraints()
	require.NoError(t, err)
	b, err = json.Marshal(c)
	require.NoError(t, err)
	c, err = ParseModelConstraints(b)
	require.NoError(t, err)
	v, err := c.Check(again)
	require.NoError(t, err)
	require.Empty(t, v.Violations)
	c.Binary["f1"] = ModelConstraint{0.8, LessThanThreshold}
	c.Binary["false_positive_rate"] = ModelConstraint{0.1, GreaterThanThreshold}
	c.Binary["lift"] = ModelConstraint{0.1, GreaterThanThreshold}
	v, err = c.Check(again)
	require.NoError(t, err)
	require.Equal(t, []ModelViolation{
		{LessThanThreshold, "Metric f1 with 0.75 was LessThanThreshold 0.8", "f1"},
		{GreaterThanThreshold, "Metric false_positive_rate with 0.25 was GreaterThanThreshold 0.1", "false_positive_rate"},
		{GreaterThanThreshold, "Metric lift is not defined, threshold 0.1", "lift"},
	}, v.Violations)

	m, err := MulticlassQuality([]string{"a", "b", "c", "a"}, []string{"a", "b", "b", "c"})
	require.NoError(t, err)
	require.EqualValues(t, 0.5, m.Multiclass.Values["accuracy"].Value)
	require.EqualValues(t, 0.5, m.Multiclass.Values["weighted_recall"].Value)
	require.EqualValues(t, 0.625, m.Multiclass.Values["weighted_precision"].Value)
	_, err = c.Check(m)
	require.ErrorIs(t, err, mlgauge.ErrIncompatible)
	r, err := RegressionQuality([]float64{1, 2, 3}, []float64{1, 2, 5})
	require.NoError(t, err)
	require.InDelta(t, 2./3, float64(r.Regression.Values["mae"].Value), 1e-15)
	require.InDelta(t, -1, float64(r.Regression.Values["r2"].Value), 1e-15)
	_, err = RegressionQuality(nil, nil)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = BinaryQuality(truth, pred[1:], nil)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = (&ModelQuality{}).Constraints()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}
