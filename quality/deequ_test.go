package quality

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/table"
)

// deequGolden is what Deequ says; nil where it says nothing.
type deequGolden struct {
	Columns map[string]struct {
		Kind           string            `json:"kind"`
		Values         []json.RawMessage `json:"values"`
		Completeness   *golden.Float     `json:"completeness"`
		Distinct       *golden.Float     `json:"distinct"`
		ApproxDistinct *golden.Float     `json:"approx_distinct"`
		Uniqueness     *golden.Float     `json:"uniqueness"`
		UniqueRatio    *golden.Float     `json:"unique_value_ratio"`
		Distinctness   *golden.Float     `json:"distinctness"`
		Entropy        *golden.Float     `json:"entropy"`
		Mean           *golden.Float     `json:"mean"`
		Std            *golden.Float     `json:"std"`
		Min            *golden.Float     `json:"min"`
		Max            *golden.Float     `json:"max"`
		Sum            *golden.Float     `json:"sum"`
		Skewness       *golden.Float     `json:"skewness"`
		Kurtosis       *golden.Float     `json:"kurtosis"`
		MinLength      *golden.Float     `json:"min_length"`
		MaxLength      *golden.Float     `json:"max_length"`
		Histogram      map[string]int    `json:"histogram"`
		Types          map[string]int    `json:"types"`
	} `json:"columns"`
	Correlation golden.Float            `json:"correlation"`
	Pair        map[string]golden.Float `json:"pair"`
	Sketched    map[string]struct {
		N          int             `json:"n"`
		Min        float64         `json:"min"`
		Max        float64         `json:"max"`
		Parameters [2]Decimal      `json:"parameters"`
		Data       [][]Decimal     `json:"data"`
		Buckets    []golden.Floats `json:"buckets"`
	} `json:"sketched"`
	Numeric []struct {
		A, B                  []float64
		Simple, Robust, Alpha float64
	} `json:"numeric"`
	Categorical []struct {
		Sample, Baseline      map[string]float64
		Simple, Robust, Alpha float64
		Chi2                  golden.Float
	} `json:"categorical"`
	Rules []struct {
		Rule    string                  `json:"rule"`
		Outcome string                  `json:"outcome"`
		Reason  string                  `json:"reason"`
		Metrics map[string]golden.Float `json:"metrics"`
	} `json:"rules"`
}

func loadDeequ(t *testing.T) (deequGolden, *table.Table) {
	t.Helper()
	var g deequGolden
	golden.Load(t, "quality/deequ.json", &g)
	var cols []table.Column
	for name, c := range g.Columns {
		if c.Kind == "double" {
			x := make([]float64, len(c.Values))
			for i, v := range c.Values {
				x[i] = math.NaN()
				if string(v) != "null" {
					require.NoError(t, json.Unmarshal(v, &x[i]))
				}
			}
			cols = append(cols, table.NewFloat(name, x))
			continue
		}
		col := table.Column{Name: name, Type: table.String}
		codes := make(map[string]int32)
		for _, v := range c.Values {
			if string(v) == "null" {
				col.Codes = append(col.Codes, -1)
				continue
			}
			var s string
			require.NoError(t, json.Unmarshal(v, &s))
			if _, ok := codes[s]; !ok {
				codes[s] = int32(len(col.Dict))
				col.Dict = append(col.Dict, s)
			}
			col.Codes = append(col.Codes, codes[s])
		}
		cols = append(cols, col)
	}
	return g, newTable(t, cols...)
}

func TestColumnsAsDeequ(t *testing.T) {
	g, x := loadDeequ(t)
	var p Profile
	require.NoError(t, p.Add(x))
	// same holds a number against Deequ's; where Deequ has none, ours must be missing too.
	for name, c := range g.Columns {
		col, err := p.Column(name)
		require.NoError(t, err)
		same := func(what string, want *golden.Float, have float64, err error) {
			t.Helper()
			if want == nil {
				require.Error(t, err, "%s of %s", what, name)
				return
			}
			require.NoError(t, err, "%s of %s", what, name)
			golden.Equal(t, what+" of "+name, float64(*want), have, 1e-12)
		}
		same("completeness", c.Completeness, col.Completeness(), nil)
		d, exact := col.Distinct()
		require.True(t, exact)
		same("distinct", c.Distinct, d, nil)
		n, err := col.Numbers()
		if c.Kind == "double" {
			same("mean", c.Mean, n.Mean, err)
			same("min", c.Min, n.Min, err)
			same("max", c.Max, n.Max, err)
			same("sum", c.Sum, n.Sum, err)
			if name == "offset" { // Spark updates its moments one value at a time, and loses 8 digits at an offset of 1e9
				require.InDelta(t, float64(*c.Std), n.StdDev, 1e-7)
				continue
			}
			same("std", c.Std, n.StdDev, err)
			if err == nil && n.StdDev > 0 { // of a constant Deequ says 0, here it is undefined
				require.InDelta(t, float64(*c.Skewness), n.Skewness, 1e-10, name)
				require.InDelta(t, float64(*c.Kurtosis), n.Kurtosis, 1e-10, name)
			}
			continue
		}
		texts, err := col.Texts()
		same("shortest", c.MinLength, float64(texts.Shortest), err)
		same("longest", c.MaxLength, float64(texts.Longest), err)
		require.Equal(t, TypeCounts{c.Types["Fractional"], c.Types["Integral"], c.Types["Boolean"], c.Types["String"]}, col.Types(), name)
		require.Equal(t, c.Types["Unknown"], col.Missing(), name)
		for _, f := range col.Top(1000) {
			require.Equal(t, c.Histogram[f.Value], f.Count, "%s: %q", name, f.Value)
		}
	}
	r, err := p.Correlation("normal", "linked")
	require.NoError(t, err)
	golden.Equal(t, "correlation", float64(g.Correlation), r, 1e-12)
}

func TestMetricsOfValuesAsDeequ(t *testing.T) {
	g, x := loadDeequ(t)
	metric := func(typ RuleType, columns ...string) (float64, string) {
		r, err := Verify([]Rule{{Type: typ, Columns: columns, Condition: If(GreaterEqual, 0)}}, x, VerifyOptions{})
		require.NoError(t, err)
		return r.Results[0].Metric, r.Results[0].Reason
	}
	for name, c := range g.Columns {
		for typ, want := range map[RuleType]*golden.Float{Uniqueness: c.Uniqueness, UniqueValueRatio: c.UniqueRatio, Entropy: c.Entropy, DistinctValuesCount: c.Distinct, Completeness: c.Completeness} {
			have, reason := metric(typ, name)
			if want == nil {
				require.True(t, math.IsNaN(have) && reason != "", "%s of %s is %v", typ, name, have)
				continue
			}
			golden.Equal(t, string(typ)+" of "+name, float64(*want), have, 1e-12)
		}
	}
	have, _ := metric(Uniqueness, "ties", "colour")
	golden.Equal(t, "uniqueness of two", float64(g.Pair["uniqueness"]), have, 1e-12)
	have, _ = metric(DistinctValuesCount, "ties", "colour")
	golden.Equal(t, "distinctness of two", float64(g.Pair["distinctness"]), have/float64(x.NumRows()), 1e-12)
}

// The sketches of Deequ give its buckets here, and are read back from a
// statistics.json.
func TestSketchesOfDeequ(t *testing.T) {
	g, _ := loadDeequ(t)
	s := &Statistics{Dataset: Dataset{ItemCount: 1}}
	for name, c := range g.Sketched {
		k := &KLLSketch{Parameters: KLLParameters{C: c.Parameters[0], K: c.Parameters[1]}, Data: c.Data}
		buckets, err := k.Buckets(len(c.Buckets), c.Min, c.Max)
		require.NoError(t, err)
		for i, b := range c.Buckets {
			golden.Equal(t, name+": lower bound", float64(b[0]), float64(buckets[i].LowerBound), 1e-12)
			golden.Equal(t, name+": upper bound", float64(b[1]), float64(buckets[i].UpperBound), 1e-12)
			if i == len(c.Buckets)-1 && float64(b[1]) < c.Max {
				// Deequ's last bound is a rounding error below the maximum, which it then does not count.
				require.InDelta(t, float64(b[2]), float64(buckets[i].Count), 2, name)
				continue
			}
			require.Equal(t, float64(b[2]), float64(buckets[i].Count), "%s: bucket %d", name, i)
		}
		s.Features = append(s.Features, FeatureStatistics{Name: name, InferredType: Fractional, Numerical: &NumericalStatistics{
			Min: Decimal(c.Min), Max: Decimal(c.Max), Distribution: &NumericalDistribution{&KLL{Buckets: buckets, Sketch: k}}}})
	}
	b, err := json.Marshal(s)
	require.NoError(t, err)
	back, err := ParseStatistics(b)
	require.NoError(t, err)
	for _, f := range back.Features {
		require.Equal(t, g.Sketched[f.Name].Data, f.Numerical.Distribution.KLL.Sketch.Data)
	}
}

func TestDistancesAsDeequ(t *testing.T) {
	g, _ := loadDeequ(t)
	for i, c := range g.Numeric {
		ks, err := drift.KS(c.A, c.B, drift.TwoSided, drift.Asymptotic)
		require.NoError(t, err)
		golden.Equal(t, "simple", c.Simple, ks.Statistic, 1e-12)
		for alpha, want := range map[float64]float64{0: c.Robust, 0.05: c.Alpha} {
			have, err := drift.LInfinityRobust(ks.Statistic, float64(len(c.A)), float64(len(c.B)), alpha)
			require.NoError(t, err)
			require.InDelta(t, want, have, 1e-12, "case %d, alpha %v", i, alpha)
		}
	}
	for i, c := range g.Categorical {
		var baseline, sample []float64
		var n, m float64
		for k, v := range c.Baseline {
			baseline, sample = append(baseline, v), append(sample, c.Sample[k])
			m += v
		}
		for k, v := range c.Sample {
			if _, ok := c.Baseline[k]; !ok {
				baseline, sample = append(baseline, 0), append(sample, v)
			}
			n += v
		}
		simple, err := drift.LInfinity(baseline, sample, false)
		require.NoError(t, err)
		golden.Equal(t, "simple", c.Simple, simple, 1e-12)
		robust, err := drift.LInfinity(baseline, sample, true)
		require.NoError(t, err)
		require.InDelta(t, c.Robust, robust, 1e-12, "case %d", i)
		alpha, err := drift.LInfinityRobust(simple, n, m, 0.05)
		require.NoError(t, err)
		require.InDelta(t, c.Alpha, alpha, 1e-12, "case %d", i)
		chi, err := ChiSquaredCategories(baseline, sample)
		if math.IsNaN(float64(c.Chi2)) {
			require.ErrorIs(t, err, mlgauge.ErrUndefined)
			continue
		}
		require.NoError(t, err)
		golden.Equal(t, "chi-squared", float64(c.Chi2), chi.Statistic, 1e-12)
	}
}

// What the open engine decides otherwise, and why it is not followed.
var deequDiffers = map[string]string{
	`DistinctValuesCount "colour" = 3`:           "the engine counts missing values as one more",
	`DistinctValuesCount "mixed" > 9`:            "the engine counts missing values as one more",
	`DistinctValuesCount "empty" = 0`:            "the engine counts missing values as one more",
	`Mean "offset" > 1e3`:                        "its grammar has no exponents",
	`ColumnLength "colour" between 2 and 6`:      "a missing text has length 0, as the documentation says and the engine does for in",
	`ColumnLength "colour" > 2`:                  "a missing text has length 0",
	`ColumnNamesMatchPattern "[a-m].*"`:          "the engine finds the expression within the name",
	`ColumnDataType "mixed" = "STRING"`:          "the engine does not know the type",
	`ColumnDataType "colour" = "STRING"`:         "the engine does not know the type",
	`ColumnDataType "decimals" = "INTEGER"`:      "a cast of Spark cuts fractions off",
	`RowCount >= 0 where "mixed > 1"`:            "Spark cuts the text to an integer beside an integer",
	"RowCount >= 0 where \"`ties` in (1, '2')\"": "Spark compares all of them as texts",
}

func TestRulesAsDeequ(t *testing.T) {
	g, x := loadDeequ(t)
	for _, c := range g.Rules {
		if why := deequDiffers[c.Rule]; why != "" || strings.Contains(c.Rule, "threshold") { // the engine does not read thresholds
			continue
		}
		rules, err := ParseRules(c.Rule)
		if !assertNo(t, err, c.Rule) {
			continue
		}
		r, err := Verify(rules, x, VerifyOptions{})
		if !assertNo(t, err, c.Rule) {
			continue
		}
		have := r.Results[0]
		if want := c.Outcome == "Passed"; have.Passed != want {
			t.Errorf("%s: want %v (%s, %v), have %v (%s, %v)", c.Rule, want, c.Reason, c.Metrics, have.Passed, have.Reason, have.Metric)
		}
		switch rules[0].Type {
		case RowCount, Completeness, Uniqueness, UniqueValueRatio, DistinctValuesCount, Mean, Sum, StandardDeviation, Entropy, ColumnCorrelation, ColumnDataType:
			for _, m := range c.Metrics {
				golden.Equal(t, c.Rule, float64(m), have.Metric, 1e-12)
			}
		}
	}
}

func assertNo(t *testing.T, err error, what string) bool {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	return err == nil
}
