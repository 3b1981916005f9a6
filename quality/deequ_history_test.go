package quality

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/table"
)

type deequHistory struct {
	Series     map[string][]float64                    `json:"series"`
	Columns    map[string][]json.RawMessage            `json:"columns"`
	People     map[string][]json.RawMessage            `json:"people"`
	References map[string]map[string][]json.RawMessage `json:"references"`
	Suggested  map[string][]struct{ Rule, Code string }
	Strategies []struct {
		Strategy  string
		Arguments [3]float64
		Found     map[string][3][]int // of the whole, the second half, the last two; nil where Deequ refuses
	}
	Rates []struct {
		Rates     [3]float64
		Forecasts []float64
		Squares   float64
	}
	Fit struct {
		Rates   [3]float64
		Squares float64
		Found   []int
	}
	Rules []struct {
		Rule, Outcome string
		Metrics       map[string]golden.Float
	}
}

func loadHistory(t *testing.T) *deequHistory {
	t.Helper()
	var g deequHistory
	golden.Load(t, "quality/deequ_history.json", &g)
	return &g
}

// tableOf makes a table of JSON values, of which null is missing.
func tableOf(t *testing.T, columns map[string][]json.RawMessage) *table.Table {
	t.Helper()
	var cols []table.Column
	for name, values := range columns {
		var x []float64
		text := table.Column{Name: name, Type: table.String}
		for _, v := range values {
			var of any
			require.NoError(t, json.Unmarshal(v, &of))
			switch of := of.(type) {
			case nil:
				x = append(x, math.NaN())
				text.Codes = append(text.Codes, -1)
			case float64:
				x = append(x, of)
			case string:
				k := slices.Index(text.Dict, of)
				if k < 0 {
					k = len(text.Dict)
					text.Dict = append(text.Dict, of)
				}
				text.Codes = append(text.Codes, int32(k))
			}
		}
		if len(x) == len(values) && len(text.Dict) == 0 && name != "missing" {
			cols = append(cols, table.NewFloat(name, x))
		} else {
			cols = append(cols, text)
		}
	}
	return newTable(t, cols...)
}

func TestAnomaliesAsDeequ(t *testing.T) {
	g := loadHistory(t)
	differs := 0
	for _, s := range g.Strategies {
		a, b, c := s.Arguments[0], s.Arguments[1], s.Arguments[2]
		by := map[string]Detector{
			"thresholds": Thresholds{a, b}, "relative": RateOfChange{MaxDecrease: a, MaxIncrease: b, Order: int(c)},
			"absolute": AbsoluteChange{a, b, int(c)}, "batch": BatchNormal{a, b, c != 0},
			"online": OnlineNormal{LowerFactor: a, UpperFactor: b, Skip: max(c, 1e-9), CountAnomalies: true},
		}[s.Strategy]
		for name, found := range s.Found {
			x := g.Series[name]
			for i, from := range []int{0, len(x) / 2, len(x) - 2} {
				have, err := by.Detect(x, from)
				if found[i] == nil {
					require.Error(t, err)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, found[i], indices(have), "%s %v of %s from %d", s.Strategy, s.Arguments, name, from)
				if o, ok := by.(OnlineNormal); ok {
					o.CountAnomalies = false
					have, err = o.Detect(x, from)
					require.NoError(t, err)
					if !slices.Equal(found[i], indices(have)) {
						differs++
					}
				}
			}
		}
	}
	require.Positive(t, differs, "anomalies that Deequ still counts change what it finds")
}

// The running mean without the anomalies, done again for each point.
func TestOnlineNormalSlowly(t *testing.T) {
	for name, x := range loadHistory(t).Series {
		for _, keep := range []bool{false, true} {
			var kept []float64
			var want []int
			for i, v := range x {
				with := append(slices.Clone(kept), v)
				var mean, s float64
				for _, w := range with {
					mean += w / float64(len(with))
				}
				for _, w := range with {
					s += (w - mean) * (w - mean) / float64(len(with))
				}
				if i >= 4 && float64(i) >= 0.1*float64(len(x)) && math.Abs(v-mean) > 2*math.Sqrt(s)*(1+1e-9) {
					want = append(want, i)
					if !keep {
						continue
					}
				}
				kept = with
			}
			have, err := OnlineNormal{LowerFactor: 2, UpperFactor: 2, Keep: keep}.Detect(x, 4)
			require.NoError(t, err)
			require.Equal(t, slices.Clip(append([]int{}, want...)), indices(have), name)
		}
	}
}

func TestHoltWintersAsDeequ(t *testing.T) {
	g := loadHistory(t)
	x := g.Series["weeks"]
	for _, r := range g.Rates {
		s := newSmoothing(7, len(x))
		squares := s.run(x[:49], len(x), r.Rates)
		require.InEpsilon(t, r.Squares, squares, 1e-10)
		for i, f := range r.Forecasts {
			require.InEpsilon(t, f, s.forecasts[49+i], 1e-9, "rates %v", r.Rates)
		}
	}
	// The grid finds errors as small as L-BFGS-B with its approximate gradients, or smaller.
	s := newSmoothing(7, len(x))
	rates := s.fit(x[:49])
	require.LessOrEqual(t, s.run(x[:49], len(x), rates), g.Fit.Squares*(1+1e-6))
	have, err := HoltWinters{Period: 7, Fit: true, AbsoluteErrors: true}.Detect(x, 49)
	require.NoError(t, err)
	require.Equal(t, g.Fit.Found, indices(have))
	have, err = HoltWinters{Period: 7, Alpha: g.Fit.Rates[0], Beta: g.Fit.Rates[1], Gamma: g.Fit.Rates[2], AbsoluteErrors: true}.Detect(x, 49)
	require.NoError(t, err)
	require.Equal(t, g.Fit.Found, indices(have))
	have, err = HoltWinters{Period: 7, Fit: true, Factor: 3}.Detect(x, 49)
	require.NoError(t, err)
	require.Equal(t, []int{59}, indices(have))
}

// What Deequ suggests and is not suggested here, or the other way round.
func TestSuggestionsAsDeequ(t *testing.T) {
	g := loadHistory(t)
	x := tableOf(t, g.Columns)
	rules, err := profiled(t, x).Suggest()
	require.NoError(t, err)
	have := make(map[string]map[RuleType]Rule)
	for _, r := range rules {
		if have[r.Columns[0]] == nil {
			have[r.Columns[0]] = make(map[RuleType]Rule)
		}
		name := r.Type
		if name == ColumnValues && r.Condition.Op == GreaterEqual {
			name = "NonNegative"
		}
		have[r.Columns[0]][name] = r
	}
	share := regexp.MustCompile(`>= ([0-9.]+)`)
	values := regexp.MustCompile(`"([a-z0-9-]+)"`)
	for column, suggested := range g.Suggested {
		of := have[column]
		deequ := make(map[string]string)
		for _, s := range suggested {
			deequ[s.Rule] = s.Code
		}
		_, complete := of[IsComplete]
		require.Equal(t, deequ["CompleteIfCompleteRule"] != "", complete, column)
		_, positive := of["NonNegative"]
		require.Equal(t, deequ["NonNegativeNumbersRule"] != "", positive, column)
		_, typed := of[ColumnDataType]
		require.Equal(t, deequ["RetainTypeRule"] != "", typed, column)
		partly, some := of[Completeness]
		require.Equal(t, deequ["RetainCompletenessRule"] != "", some, column)
		if some {
			require.Contains(t, share.FindStringSubmatch(deequ["RetainCompletenessRule"])[1], number(partly.Condition.Values[0].Number), column)
		}
		in, ranged := of[ColumnValues]
		code := deequ["CategoricalRangeRule"]
		if code == "" {
			code = deequ["FractionalCategoricalRangeRule"]
			if ranged {
				require.Equal(t, share.FindStringSubmatch(code)[1], number(in.Threshold.Values[0].Number), column)
			}
		} else {
			require.True(t, ranged && in.Threshold == nil, column)
		}
		require.Equal(t, code != "", ranged, column)
		var want, mine []string
		for _, m := range values.FindAllStringSubmatch(strings.SplitAfterN(code, ",", 2)[max(0, min(1, strings.Count(code, ",")))], -1) {
			want = append(want, m[1])
		}
		if ranged {
			for _, v := range in.Condition.Values {
				if v.Kind == TextOperand {
					mine = append(mine, v.Text)
				}
			}
		}
		require.ElementsMatch(t, want, mine, column)
	}
	// Unique columns are suggested here; nothing about a column without values.
	require.Contains(t, have["names"], IsUnique)
	require.Len(t, have["missing"], 1)
	// They hold on the data they come from.
	again, err := ParseRules(FormatRules(rules))
	require.NoError(t, err)
	r, err := Verify(again, x, VerifyOptions{})
	require.NoError(t, err)
	for _, x := range r.Results {
		require.True(t, x.Passed, "%s: %s", x.Rule, x.Reason)
	}
}

// What the open engine decides otherwise, and why it is not followed.
var referencesDiffer = map[string]string{
	`SchemaMatch "fewer" = 0.0`:                        "the engine fails tables of other widths whatever the condition",
	`AggregateMatch "avg(pay)" "sum(zero.pay)" <= 1.0`: "the engine takes x/0 for 0, here it is undefined",
	`DatasetMatch "same" "city->city" "pay" >= 0.1`:    "the engine refuses keys that are not unique; here a row needs one that matches",
	`DataFreshness "loaded" > 1 days where "id > 1"`:   "the engine counts rows left out by where twice, 125% of the rows passed",
}

func TestReferencesAndDatesAsDeequ(t *testing.T) {
	g := loadHistory(t)
	people := tableOf(t, g.People)
	o := VerifyOptions{References: make(map[string]*table.Table)}
	for name, columns := range g.References {
		o.References[name] = tableOf(t, columns)
	}
	for _, c := range g.Rules {
		if referencesDiffer[c.Rule] != "" {
			continue
		}
		rules, err := ParseRules(c.Rule)
		require.NoError(t, err, c.Rule)
		r, err := Verify(rules, people, o)
		require.NoError(t, err, c.Rule)
		have := r.Results[0]
		require.Equal(t, c.Outcome == "Passed", have.Passed, "%s: %s (%v)", c.Rule, have.Reason, have.Metric)
		for _, m := range c.Metrics {
			if len(c.Metrics) == 1 {
				golden.Equal(t, c.Rule, float64(m), have.Metric, 1e-12)
			}
		}
	}
}
