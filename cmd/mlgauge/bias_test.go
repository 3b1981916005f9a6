package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// texts joins JSON strings and numbers as the flags take them.
func texts(x []json.RawMessage) string {
	var out []string
	for _, v := range x {
		out = append(out, strings.Trim(string(v), `"`))
	}
	return strings.Join(out, ",")
}

func TestBiasAgainstClarify(t *testing.T) {
	var file struct {
		Cases []struct {
			Facet, Label, Pred, Strata string
			Values, Positive           []json.RawMessage
			Features                   []string
			Reports                    map[string][]struct {
				Value   string
				Metrics map[string]*golden.Float
			}
		}
	}
	golden.Load(t, "bias/report.json", &file)
	require.NotEmpty(t, file.Cases)
	values := 0
	for _, c := range file.Cases {
		out := filepath.Join(t.TempDir(), "analysis.json")
		args := []string{"bias", "german_credit.csv", "--label", c.Label, "--positive", texts(c.Positive), "--facet", c.Facet, "--out", out}
		if len(c.Values) > 0 {
			args = append(args, "--facet-value", texts(c.Values))
		}
		if c.Pred != "" {
			args = append(args, "--pred", c.Pred)
		}
		if len(c.Features) > 0 {
			args = append(args, "--features", strings.Join(c.Features, ","))
		}
		if c.Strata != "" {
			args = append(args, "--strata", c.Strata)
		}
		_, diag, status := program(t, "", args...)
		require.Equal(t, 0, status, diag)
		data, err := os.ReadFile(out)
		require.NoError(t, err)
		a, err := bias.ParseAnalysis(data)
		require.NoError(t, err)
		for stage, want := range c.Reports {
			part := a.PreTraining
			if stage == "post_training" {
				part = a.PostTraining
			}
			got := part.Facets[c.Facet]
			require.Len(t, got, len(want), "%v %s", args, stage)
			for i, w := range want {
				// Clarify lists the values of a category in alphabetical order of the
				// category, and writes an integer maximum beside a threshold as such.
				k := slices.IndexFunc(got, func(f bias.AnalysisFacet) bool { return f.ValueOrThreshold == w.Value })
				require.GreaterOrEqual(t, k, 0, "%v: %q, have %+v", args, w.Value, got[i].ValueOrThreshold)
				require.Len(t, got[k].Metrics, len(w.Metrics))
				for _, m := range got[k].Metrics {
					v, ok := w.Metrics[m.Name]
					require.True(t, ok, "%s", m.Name)
					if v == nil {
						require.NotEmpty(t, m.Error, "%v %s", args, m.Name)
						continue
					}
					require.Empty(t, m.Error, "%v %s", args, m.Name)
					require.InDelta(t, float64(*v), float64(m.Value), 1e-12, "%v %s %s", args, w.Value, m.Name)
					values++
				}
			}
		}
	}
	t.Logf("%d values", values)
}

func biasJSON(t *testing.T, stdin string, args ...string) map[string]any {
	t.Helper()
	out, diag, status := program(t, stdin, append([]string{"bias", "--format", "json"}, args...)...)
	require.Equal(t, 0, status, diag)
	var r map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &r), out)
	return r
}

func TestBiasTable(t *testing.T) {
	out, _, status := program(t, "", "bias", "german_credit.csv", "--label", "risk", "--positive", "good", "--facet", "sex", "--facet-value", "female", "--pred", "predicted")
	require.Equal(t, 0, status)
	for _, want := range []string{"1000 rows", "d: sex = female (310 rows)", "DPPL", "differs", "no sign", "95% interval", "a is predicted positive more often than d"} {
		require.Contains(t, out, want)
	}
}

func TestBiasMissingValuesAreCounted(t *testing.T) {
	rows := "g,y\na,1\na,0\nb,1\nb,0\n,1\na,\n"
	r := biasJSON(t, rows, "-", "--label", "y", "--positive", "1", "--facet", "g")
	require.EqualValues(t, 4, r["rows"])
	require.EqualValues(t, 2, r["left_out"])
	require.Equal(t, map[string]any{"g": 1.0, "y": 1.0}, r["missing"])
	require.Len(t, r["facets"], 2)

	// A continuous facet: a missing value is not above the threshold.
	r = biasJSON(t, "g,y\n1.5,1\n2.5,0\n3.5,1\n,0\n", "-", "--label", "y", "--positive", "1", "--facet", "g", "--facet-value", "2")
	f := r["facets"].([]any)[0].(map[string]any)
	require.Equal(t, "(2.0, 3.5]", f["value_or_threshold"])
	require.EqualValues(t, 2, f["rows_advantaged"])
	require.EqualValues(t, 2, f["rows_disadvantaged"])
}

// Why there is no flip test, in the words of the program; the other metrics go on.
func TestBiasFlipTest(t *testing.T) {
	const file = "g,y,p,a,b,c,ok\nm,1,1,1,x,1,true\nm,0,0,1.1,y,,false\nf,1,1,3,x,2,true\nf,0,1,4,y,3,true\nf,,1,5,z,,false\n"
	for features, want := range map[string]string{
		"": "--features", "b": "need numbers, have \"x\"", "c": "missing value", "b,c": "need numbers", "a,ok": "", "a": "", "all": "missing value",
	} {
		args := []string{"-", "--label", "y", "--positive", "1", "--facet", "g", "--facet-value", "f", "--pred", "p"}
		if features != "" {
			args = append(args, "--features", features)
		}
		f := biasJSON(t, file, args...)["facets"].([]any)[0].(map[string]any)
		values := 0
		for _, x := range f["post_training"].([]any) {
			m := x.(map[string]any)
			switch {
			case m["name"] != "FT":
				if m["value"] != nil {
					values++
				}
			case want == "":
				// Nearest to (3, 1) and (4, 1) are (1, 1) by both columns, (1.1, 0) by a alone.
				require.EqualValues(t, map[string]float64{"a,ok": 0, "a": 1}[features], m["value"], features)
				require.NotNil(t, m["low"])
			default:
				require.Nil(t, m["value"], features)
				require.Contains(t, m["error"], want, features)
			}
		}
		require.Equal(t, 11, values, features)
	}
	r := biasJSON(t, "g,y,p\nm,1,1\nf,1,1\n", "-", "--label", "y", "--positive", "1", "--facet", "g", "--facet-value", "f", "--pred", "p", "--features", "all")
	require.Contains(t, r["facets"].([]any)[0].(map[string]any)["post_training"].([]any)[8].(map[string]any)["error"], "numeric column beside")
}

func TestBiasAgainstABaseline(t *testing.T) {
	dir := t.TempDir()
	base, list := filepath.Join(dir, "analysis.json"), filepath.Join(dir, "violations.json")
	common := []string{"bias", "-", "--label", "y", "--positive", "1", "--facet", "g", "--facet-value", "f", "--baseline", base}
	fair := "g,y\nm,1\nm,0\nf,1\nf,0\n"
	_, diag, status := program(t, fair, append(slices.Clone(common[:10]), "--out", base)...)
	require.Equal(t, 0, status, diag)
	out, diag, status := program(t, fair, common...)
	require.Equal(t, 0, status, diag)
	require.NotContains(t, out, "farther")
	unfair := "g,y\nm,1\nm,1\nf,1\nf,0\n"
	out, diag, status = program(t, unfair, append(slices.Clone(common), "--violations", list)...)
	require.Equal(t, 1, status)
	require.Contains(t, diag, "violations of the baseline")
	require.Contains(t, out, "g = f  DPL: Value 0.5 is farther from 0 than the baseline value 0")
	data, err := os.ReadFile(list)
	require.NoError(t, err)
	var v bias.Violations
	require.NoError(t, json.Unmarshal(data, &v))
	require.NotEmpty(t, v.Violations)
	require.Equal(t, "bias_drift_check", v.Violations[0].ConstraintCheckType)
	_, diag, status = program(t, fair, append(slices.Clone(common[:11]), filepath.Join(dir, "none.json"))...)
	require.Equal(t, 2, status)
	require.Contains(t, diag, "none.json")
}

func TestBiasOneGroupIsReportedWithReasons(t *testing.T) {
	r := biasJSON(t, "g,y,s\na,1,u\na,0,u\na,1,v\n", "-", "--label", "y", "--positive", "1", "--facet", "g", "--strata", "s")
	f := r["facets"].([]any)[0].(map[string]any)
	for _, x := range f["pre_training"].([]any) {
		m := x.(map[string]any)
		if m["name"] == "CDDL" {
			require.NotNil(t, m["value"])
			continue
		}
		require.Nil(t, m["value"], m["name"])
		require.Contains(t, m["error"], "both sides")
	}
}

func TestBiasWrongInput(t *testing.T) {
	file := filepath.Join("german_credit.csv")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no label":      {[]string{file}, "--label"},
		"no positive":   {[]string{file, "--label", "risk"}, "--positive"},
		"no facet":      {[]string{file, "--label", "risk", "--positive", "good"}, "--facet"},
		"facet=label":   {[]string{file, "--label", "risk", "--positive", "good", "--facet", "risk"}, "have both"},
		"facet value":   {[]string{file, "--label", "risk", "--positive", "good", "--facet", "sex", "--facet-value", "other"}, `"other"`},
		"positive":      {[]string{file, "--label", "risk", "--positive", "great", "--facet", "sex"}, `"great"`},
		"column":        {[]string{file, "--label", "risk", "--positive", "good", "--facet", "colour"}, "colour"},
		"file":          {[]string{"none.csv", "--label", "risk", "--positive", "good", "--facet", "sex"}, "none.csv"},
		"no threshold":  {[]string{file, "--label", "risk", "--positive", "good", "--facet", "age"}, "threshold"},
		"top threshold": {[]string{file, "--label", "risk", "--positive", "good", "--facet", "age", "--facet-value", "99"}, "largest"},
		"predictions":   {[]string{file, "--label", "risk", "--positive", "good", "--facet", "sex", "--pred", "amount"}, "categorical"},
		"no feature":    {[]string{file, "--label", "risk", "--positive", "good", "--facet", "sex", "--pred", "predicted", "--features", "colour"}, "colour"},
		"feature used":  {[]string{file, "--label", "risk", "--positive", "good", "--facet", "sex", "--pred", "predicted", "--features", "age,sex"}, "have both"},
		"feature twice": {[]string{file, "--label", "risk", "--positive", "good", "--facet", "sex", "--pred", "predicted", "--features", "age,age"}, "have both"},
		"features only": {[]string{file, "--label", "risk", "--positive", "good", "--facet", "sex", "--features", "age"}, "--pred"},
		"no baseline":   {[]string{file, "--label", "risk", "--positive", "good", "--facet", "sex", "--violations", "x.json"}, "--baseline"},
		"not a number":  {[]string{file, "--label", "amount", "--positive", "many", "--facet", "sex"}, "need a number"},
	} {
		out, diag, status := program(t, "", append([]string{"bias"}, c.args...)...)
		require.Equal(t, 2, status, name)
		require.Contains(t, diag, c.want, name)
		require.Equal(t, 1, strings.Count(diag, "\n"), name)
		require.Empty(t, out, name)
	}
	_, diag, status := program(t, "g,y\n", "bias", "-", "--label", "y", "--positive", "1", "--facet", "g")
	require.Equal(t, 2, status)
	require.Contains(t, diag, "at least one row")
}
