package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/quality"
)

func TestBaselineAndCheck(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "base")
	out, diag, status := program(t, "", "baseline", "breast_cancer.csv", "--out", dir)
	require.Zero(t, status, diag)
	require.Empty(t, diag)
	require.Contains(t, out, "569 rows of 8 columns")
	b, err := os.ReadFile(filepath.Join(dir, "statistics.json"))
	require.NoError(t, err)
	s, err := quality.ParseStatistics(b)
	require.NoError(t, err)
	require.EqualValues(t, 569, s.Dataset.ItemCount)

	out, diag, status = program(t, "", "check", "breast_cancer.csv", "--baseline", dir, "--format", "json")
	require.Zero(t, status, diag)
	require.JSONEq(t, `{"violations":[]}`, out)

	text, err := os.ReadFile(golden.Path("breast_cancer.csv"))
	require.NoError(t, err)
	damaged := strings.ReplaceAll(strings.Replace(string(text), ",texture,", ",grain,", 1), ",small,", ",,")
	report := filepath.Join(dir, "violations.json")
	out, diag, status = program(t, damaged, "check", "-", "--baseline", dir, "--format", "json", "--out", report)
	require.Equal(t, 1, status, diag)
	require.Equal(t, "mlgauge: -: 4 violations of the baseline "+dir+"\n", diag)
	v, err := quality.ParseViolations([]byte(out))
	require.NoError(t, err)
	var found []string
	for _, x := range v.Violations {
		found = append(found, x.FeatureName+" "+x.CheckType)
	}
	require.Equal(t, []string{"size completeness_check", "size baseline_drift_check", "texture missing_column_check", "grain extra_column_check"}, found)
	b, err = os.ReadFile(report)
	require.NoError(t, err)
	require.JSONEq(t, out, string(b))

	out, _, status = program(t, damaged, "check", "-", "--baseline", dir)
	require.Equal(t, 1, status)
	require.Contains(t, out, "missing_column_check")

	// Without statistics only the constraints count.
	require.NoError(t, os.Remove(filepath.Join(dir, "statistics.json")))
	_, diag, status = program(t, "", "check", "breast_cancer.csv", "--baseline", dir)
	require.Zero(t, status)
	require.Contains(t, diag, "distributions are not compared")

	limits, err := os.ReadFile(filepath.Join(dir, "constraints.json"))
	require.NoError(t, err)
	for name, bad := range map[string]string{
		"cut": string(limits[:len(limits)/2]), "version": strings.Replace(string(limits), `"version": 0.0`, `"version": 9.0`, 1), "text": "not json",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "constraints.json"), []byte(bad), 0o666))
		out, diag, status = program(t, "", "check", "breast_cancer.csv", "--baseline", dir)
		require.Equal(t, 2, status, name)
		require.Empty(t, out)
		require.Contains(t, diag, "constraints.json", name)
		require.Equal(t, 1, strings.Count(diag, "\n"), diag)
	}
}

func TestProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "statistics.json")
	out, diag, status := program(t, "", "profile", "diabetes.csv", "--format", "json", "--out", path)
	require.Zero(t, status, diag)
	var d struct {
		Rows    int
		Columns []struct {
			Name    string
			Type    string `json:"inferred_type"`
			Numbers struct {
				Mean, Min, Max float64
				Quantiles      map[string]float64
			}
		}
		Correlations []struct {
			A, B string
			R    float64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &d))
	require.Equal(t, 442, d.Rows)
	require.Equal(t, "age", d.Columns[3].Name)
	require.InDelta(t, 48.51809954751131, d.Columns[3].Numbers.Mean, 1e-12) // pandas 3.1.1: 21445 / 442
	require.Equal(t, []float64{19, 79}, []float64{d.Columns[3].Numbers.Min, d.Columns[3].Numbers.Max})
	require.Equal(t, 50.0, d.Columns[3].Numbers.Quantiles["0.5"])
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = quality.ParseStatistics(b)
	require.NoError(t, err)
	out, _, status = program(t, "a,b\n1,x\n2,\n2,\n", "profile", "-")
	require.Zero(t, status)
	require.Contains(t, out, "3 rows of 2 columns, 1 repeated")
}

func TestQualityRefuses(t *testing.T) {
	for _, c := range []struct {
		stdin string
		args  []string
		say   string
	}{
		{"", []string{"baseline", "iris.csv"}, "need --out DIR"},
		{"", []string{"check", "iris.csv"}, "need --baseline DIR"},
		{"", []string{"check", "iris.csv", "--baseline", "nowhere"}, "nowhere"},
		{"", []string{"profile", "nowhere.csv"}, "nowhere.csv"},
		{"a,b\n", []string{"profile", "-"}, "need at least one row"},
		{"a,b\n1\n", []string{"profile", "-"}, "row 1"},
		{"a\n1\n", []string{"profile", "-", "--out", "no/such/folder/s.json"}, "no such"},
	} {
		out, diag, status := program(t, c.stdin, c.args...)
		require.Equal(t, 2, status, c.args)
		require.Empty(t, out)
		require.Contains(t, diag, c.say)
		require.Equal(t, 1, strings.Count(diag, "\n"), diag)
	}
}
