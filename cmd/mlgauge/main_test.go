package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

var update = flag.Bool("update", false, "write the golden outputs")

// TestMain lets the test binary be the program, so that the tests run a real
// process and see its exit status.
func TestMain(m *testing.M) {
	if os.Getenv("MLGAUGE_TEST_MAIN") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program runs the program in the folder testdata.
func program(t testing.TB, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	c := exec.Command(exe, args...)
	c.Dir = golden.Path("")
	// Without GORACE, a process built with the race detector sleeps a second before it ends.
	c.Env = append(os.Environ(), "MLGAUGE_TEST_MAIN=1", "GORACE=atexit_sleep_ms=0")
	c.Stdin = strings.NewReader(stdin)
	var out, diag bytes.Buffer
	c.Stdout, c.Stderr = &out, &diag
	err = c.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	return out.String(), diag.String(), c.ProcessState.ExitCode()
}

// metricJSON is a metric in the output.
type metricJSON struct {
	Value, Low, High *float64
	Error            string
}

// resultJSON is the output of evaluate, as program.md says.
type resultJSON struct {
	Task      string
	Positive  *string
	Threshold *float64
	Level     float64
	partJSON
	By map[string]partJSON
}

// partJSON is what there is for the whole and for each group.
type partJSON struct {
	N         int
	Metrics   map[string]metricJSON
	Confusion *struct {
		Labels []string
		Counts [][]float64
	}
	Classes map[string]map[string]float64
}

func evaluateJSON(t testing.TB, stdin string, args ...string) resultJSON {
	t.Helper()
	out, diag, status := program(t, stdin, append([]string{"evaluate", "--format", "json"}, args...)...)
	require.Equal(t, 0, status, diag)
	require.Empty(t, diag)
	var r resultJSON
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&r), out)
	return r
}

func compareMetrics(t *testing.T, name string, want map[string]golden.Float, got map[string]metricJSON) {
	t.Helper()
	require.NotEmpty(t, want, name)
	for k, w := range want {
		g, ok := got[k]
		if !ok || g.Value == nil {
			t.Errorf("%s: %s: want %v, got nothing (%s)", name, k, w, g.Error)
			continue
		}
		golden.Equal(t, name+": "+k, float64(w), *g.Value, 1e-12)
	}
}

func TestEvaluateAgainstScikitLearn(t *testing.T) {
	var want struct {
		Cases map[string]struct {
			Args    []string
			Metrics map[string]golden.Float
			Labels  []string
			Counts  [][]golden.Float
			Classes map[string]map[string]golden.Float
			By      map[string]map[string]golden.Float
		}
	}
	golden.Load(t, "evaluate/evaluate.json", &want)
	require.NotEmpty(t, want.Cases)
	values := 0
	for name, c := range want.Cases {
		r := evaluateJSON(t, "", c.Args...)
		compareMetrics(t, name, c.Metrics, r.Metrics)
		values += len(c.Metrics)
		for key, m := range c.By {
			compareMetrics(t, name+", "+key, m, r.By[key].Metrics)
			values += len(m)
		}
		if c.Counts != nil {
			require.Equal(t, c.Labels, r.Confusion.Labels, name)
			for i, row := range c.Counts {
				golden.EqualSlice(t, name+": counts", golden.Floats(row).Values(), r.Confusion.Counts[i], 1e-12)
				values += len(row)
			}
		}
		for label, m := range c.Classes {
			for k, v := range m {
				golden.Equal(t, name+": "+label+" "+k, float64(v), r.Classes[label][k], 1e-12)
				values++
			}
		}
		total := 0
		for _, g := range r.By {
			total += g.N
		}
		if c.By != nil {
			require.Equal(t, r.N, total, "%s: every row is in one group", name)
		}
	}
	require.Greater(t, values, 200)
}

// outputs are the runs whose whole output is kept under testdata/golden.
var outputs = map[string]string{
	"binary.txt":     "evaluate breast_cancer.csv --label label --score score --positive malignant --ci 0.95 --by size",
	"binary.json":    "evaluate breast_cancer.csv --label label --score score --positive malignant --threshold 0.3 --by size,texture --format json",
	"multiclass.txt": "evaluate iris.csv --label label --score-cols setosa,versicolor,virginica --ci 0.9",
	"wine.json":      "evaluate wine.csv --label label --pred prediction --format json",
	"regression.txt": "evaluate diabetes.csv --label label --pred prediction --ci 0.95 --by sex",
}

func TestEvaluateOutput(t *testing.T) {
	for name, args := range outputs {
		out, diag, status := program(t, "", strings.Fields(args)...)
		require.Equal(t, 0, status, diag)
		require.Empty(t, diag)
		path := golden.Path(filepath.Join("golden/evaluate/output", name))
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(out), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.HasSuffix(name, ".txt") {
			require.Equal(t, string(want), out, name)
			continue
		}
		equalJSON(t, name, want, []byte(out))
	}
}

// equalJSON compares the order of members too, and numbers to 12 digits.
func equalJSON(t *testing.T, name string, want, got []byte) {
	t.Helper()
	a, b := json.NewDecoder(bytes.NewReader(want)), json.NewDecoder(bytes.NewReader(got))
	for a.More() || b.More() {
		x, errX := a.Token()
		y, errY := b.Token()
		require.NoError(t, errX, name)
		require.NoError(t, errY, name)
		if v, ok := x.(float64); ok {
			w, ok := y.(float64)
			require.True(t, ok && golden.Near(v, w, 1e-12), "%s: want %v, got %v", name, x, y)
			continue
		}
		require.Equal(t, x, y, name)
	}
}

func TestIntervalsHoldTheirValues(t *testing.T) {
	for _, args := range []string{
		"breast_cancer.csv --label label --score score --positive malignant",
		"breast_cancer.csv --label label --score score --positive malignant --weight weight",
		"iris.csv --label label --score-cols setosa,versicolor,virginica",
		"diabetes.csv --label label --pred prediction",
	} {
		with := 0
		r := evaluateJSON(t, "", strings.Fields(args+" --ci 0.95")...)
		for k, m := range r.Metrics {
			require.NotNil(t, m.Value, k)
			if m.Low != nil {
				with++
				require.True(t, *m.Low <= *m.Value && *m.Value <= *m.High, "%s: %v in [%v, %v]", k, *m.Value, *m.Low, *m.High)
			}
		}
		require.GreaterOrEqual(t, with, 5, args)
		for k, m := range evaluateJSON(t, "", strings.Fields(args)...).Metrics {
			require.Nil(t, m.Low, "%s without --ci", k)
		}
	}
}

// csv joins lines.
func csv(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

func TestEvaluateTasksAndLabels(t *testing.T) {
	for name, c := range map[string]struct {
		in, args string
		task     string
		positive string
		accuracy float64
	}{
		"0 and 1":         {csv("y,s", "0,.1", "1,.9", "1,.2"), "--score s", "binary", "1", 2. / 3},
		"floats":          {csv("y,p", "0.0,0", "1.0,1", "1.0,0"), "--pred p", "binary", "1", 2. / 3},
		"True":            {csv("y,p", "False,False", "True,True", "True,False"), "--pred p", "binary", "True", 2. / 3},
		"NO":              {csv("y,p", "NO,YES", "YES,YES"), "--pred p", "binary", "YES", .5},
		"-1":              {csv("y,s", "-1,.1", "1,.9"), "--score s", "binary", "1", 1},
		"all negative":    {csv("y,s", "0,.1", "0,.9"), "--score s", "binary", "1", .5},
		"all no":          {csv("y,p", "No,No", "No,No"), "--pred p", "binary", "Yes", 1},
		"named":           {csv("y,p", "a,b", "b,b"), "--pred p --positive a", "binary", "a", .5},
		"threshold":       {csv("y,s", "0,.1", "1,.2"), "--score s --threshold .2", "binary", "1", 1},
		"three":           {csv("y,p", "1,2", "2,2", "3,3"), "--pred p", "multiclass", "", 2. / 3},
		"prefix":          {csv("y,s_a,s_b,s_c", "a,.8,.1,.1", "c,.2,.6,.2", "b,.1,.7,.2"), "--score-cols s_a,s_b,s_c", "multiclass", "", 2. / 3},
		"two of classes":  {csv("y,a,b", "a,.8,.2", "b,.4,.6"), "--score-cols a,b", "multiclass", "", 1},
		"forced multi":    {csv("y,p", "0,0", "1,1"), "--pred p --task multiclass", "multiclass", "", 1},
		"pred and scores": {csv("y,s,p", "0,.9,0", "1,.1,1"), "--score s --pred p", "binary", "1", 1},
	} {
		r := evaluateJSON(t, c.in, append([]string{"-", "--label", "y"}, strings.Fields(c.args)...)...)
		require.Equal(t, c.task, r.Task, name)
		if c.positive == "" {
			require.Nil(t, r.Positive, name)
		} else {
			require.Equal(t, c.positive, *r.Positive, name)
		}
		require.InDelta(t, c.accuracy, *r.Metrics["accuracy"].Value, 1e-15, name)
	}
	r := evaluateJSON(t, csv("y,p", "1.5,1", "2,2"), "-", "--label", "y", "--pred", "p")
	require.Equal(t, "regression", r.Task)
	require.Equal(t, .125, *r.Metrics["mse"].Value)

	// Columns whose names say nothing belong to the labels in ascending order.
	path := filepath.Join(t.TempDir(), "positional.csv")
	require.NoError(t, os.WriteFile(path, []byte(csv("y,x1,q2,r3", "10,.2,.2,.6", "9,.1,.8,.1", "2,.7,.2,.1")), 0o600))
	r = evaluateJSON(t, "", path, "--label", "y", "--score-cols", "x1,q2,r3")
	require.Equal(t, []string{"2", "9", "10"}, r.Confusion.Labels)
	require.Equal(t, 1., *r.Metrics["accuracy"].Value)
}

func TestUndefinedIsNullWithAReason(t *testing.T) {
	r := evaluateJSON(t, csv("y,s", "0,.1", "0,.9"), "-", "--label", "y", "--score", "s")
	for _, k := range []string{"roc_auc", "ks", "gini"} {
		require.Nil(t, r.Metrics[k].Value, k)
		require.NotEmpty(t, r.Metrics[k].Error, k)
	}
	require.NotNil(t, r.Metrics["brier"].Value)
	require.Equal(t, 0., *r.Metrics["recall"].Value, "0/0 is 0, as in scikit-learn")

	r = evaluateJSON(t, csv("y,s", "0,-3", "1,2.5"), "-", "--label", "y", "--score", "s", "--threshold", "0")
	require.Equal(t, 1., *r.Metrics["roc_auc"].Value)
	for _, k := range []string{"log_loss", "brier", "ece"} {
		require.Nil(t, r.Metrics[k].Value, k)
		require.Contains(t, r.Metrics[k].Error, "[0, 1]", k)
	}
	r = evaluateJSON(t, csv("y,p", "-2,1", "3,2.5"), "-", "--label", "y", "--pred", "p")
	require.Nil(t, r.Metrics["msle"].Value)
	require.NotNil(t, r.Metrics["mse"].Value)
	r = evaluateJSON(t, csv("y,p", "0,0", "1,1"), "-", "--label", "y", "--pred", "p")
	require.Nil(t, r.Metrics["roc_auc"].Value)
	r = evaluateJSON(t, csv("y,a,b,c", "a,.9,.3,.1", "b,.2,.5,.1"), "-", "--label", "y", "--score-cols", "a,b,c")
	require.NotNil(t, r.Metrics["accuracy"].Value)
	require.Contains(t, r.Metrics["log_loss"].Error, "sum")
	require.Nil(t, r.Metrics["roc_auc_ovr_macro"].Value, "class c does not occur")
	r = evaluateJSON(t, csv("y,s,g", "0,.1,a", "1,.9,a", "0,.2,", "0,.3,"), "-", "--label", "y", "--score", "s", "--by", "g")
	require.Equal(t, 2, r.By["(missing)"].N)
	require.Nil(t, r.By["(missing)"].Metrics["roc_auc"].Value)
	require.NotNil(t, r.By["a"].Metrics["roc_auc"].Value)
}

func TestMinimums(t *testing.T) {
	args := []string{"evaluate", "breast_cancer.csv", "--label", "label", "--score", "score", "--positive", "malignant"}
	_, diag, status := program(t, "", append(args, "--min", "roc_auc=0.9,accuracy=0.9", "--min", "f1=0.5")...)
	require.Equal(t, 0, status, diag)
	out, diag, status := program(t, "", append(args, "--min", "roc_auc=0.99", "--min", "f1=0.5", "--min", "recall=0.9")...)
	require.Equal(t, 1, status)
	require.Equal(t, "mlgauge: evaluate: roc_auc is 0.980551, below 0.99; recall is 0.858491, below 0.9\n", diag)
	require.Contains(t, out, "roc_auc", "the result is printed all the same")
	_, diag, status = program(t, csv("y,s", "0,.1", "0,.9"), "evaluate", "-", "--label", "y", "--score", "s", "--min", "roc_auc=0.5")
	require.Equal(t, 1, status)
	require.Contains(t, diag, "roc_auc is undefined")
}

func TestBadInput(t *testing.T) {
	cut := filepath.Join(t.TempDir(), "cut.csv.gz")
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	fmt.Fprint(w, strings.Repeat("0,.1\n", 1000))
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(cut, z.Bytes()[:z.Len()/2], 0o600))
	good := csv("y,s,w,g", "0,.1,1,a", "1,.9,2,b")
	long := "y,s\n0," + strings.Repeat("9", 17<<20) + "\n"
	for name, c := range map[string]struct {
		in, args, says string
	}{
		"no arguments":       {"", "evaluate", "accepts 1 arg(s), received 0"},
		"unknown command":    {"", "evalute", `unknown command "evalute"`},
		"unknown flag":       {good, "evaluate - --label y --scores s", "unknown flag: --scores"},
		"no label":           {good, "evaluate - --score s", "need --label COL"},
		"nothing to compare": {good, "evaluate - --label y", "have nothing to compare"},
		"unknown task":       {good, "evaluate - --label y --score s --task ranking", "need binary, multiclass or regression"},
		"score and cols":     {good, "evaluate - --label y --score s --score-cols s,w", "have both"},
		"score regression":   {good, "evaluate - --label y --score s --task regression", "need the binary task"},
		"cols binary":        {good, "evaluate - --label y --score-cols s,w --task binary", "need the multiclass task"},
		"one score column":   {good, "evaluate - --label y --score-cols s", "two columns or more"},
		"threshold alone":    {good, "evaluate - --label y --pred s --threshold .2", "--threshold: need --score"},
		"threshold and pred": {good, "evaluate - --label y --score s --pred y --threshold .2", "have both"},
		"positive":           {good, "evaluate - --label y --pred s --task regression --positive 1", "--positive: need the binary task"},
		"level":              {good, "evaluate - --label y --score s --ci 95", "inside (0, 1)"},
		"format":             {good, "evaluate - --label y --score s --format yaml", "need table or json"},
		"min without value":  {good, "evaluate - --label y --score s --min f1", "need METRIC=V"},
		"min of no metric":   {good, "evaluate - --label y --score s --min rmse=1", "need a metric of the binary task"},
		"no such file":       {"", "evaluate none.csv --label y --score s", "none.csv: no such file"},
		"a folder":           {"", "evaluate golden --label y --score s", "is a directory"},
		"empty file":         {"", "evaluate - --label y --score s", "-: need a header line, have an empty file"},
		"no rows":            {"y,s\n", "evaluate - --label y --score s", "-: need at least one row"},
		"no such column":     {good, "evaluate - --label y --score z", `-: need a column "z", have y, s, w, g`},
		"column twice":       {good, "evaluate - --label y --score y", `column "y": need it for --label or for --score`},
		"ragged":             {csv("y,s", "0,.1", "1"), "evaluate - --label y --score s", "-: row 2 (line 3): need 2 fields, have 1"},
		"text score":         {csv("y,s", "0,.1", "1,high"), "evaluate - --label y --score s", `-: row 2 (line 3): column "s": need a number, have "high"`},
		"missing score":      {csv("y,s", "0,.1", "1,"), "evaluate - --label y --score s", `-: row 2: column "s": need a score, have a missing value`},
		"infinite score":     {csv("y,s", "0,.1", "1,inf"), "evaluate - --label y --score s", `-: row 2: column "s": need a finite score, have +Inf`},
		"missing label":      {csv("y,s", "0,.1", ",.5"), "evaluate - --label y --score s", `-: row 2: column "y": need a label`},
		"missing prediction": {csv("y,p", "0,0", "1,NA"), "evaluate - --label y --pred p", `-: row 2: column "p": need a prediction`},
		"missing truth":      {csv("y,p", "0.5,0", "nan,1"), "evaluate - --label y --pred p", `-: row 2: column "y": need a label`},
		"negative weight":    {csv("y,s,w", "0,.1,1", "1,.9,-1"), "evaluate - --label y --score s --weight w", `-: row 2: column "w": need weights of at least 0, have -1`},
		"zero weights":       {csv("y,s,w", "0,.1,0", "1,.9,0"), "evaluate - --label y --score s --weight w", `column "w": need at least one weight above 0`},
		"third label":        {csv("y,s", "0,.1", "1,.9", "2,.9"), "evaluate - --label y --score s", `-: row 3: column "y": need two labels for the binary task, have a third: "2"`},
		"third prediction":   {csv("y,p", "0,0", "1,unsure", "1,1"), "evaluate - --label y --pred p --task binary", `-: row 2: column "p": need two labels for the binary task, have a third: "unsure"`},
		"which positive":     {csv("y,s", "spam,.1", "ham,.9"), "evaluate - --label y --score s", `need --positive V to say which label is the positive one, have "ham", "spam"`},
		"positive not there": {csv("y,s", "spam,.1", "ham,.9"), "evaluate - --label y --score s --positive eggs", `--positive eggs: need a label that occurs in column "y", have "ham", "spam"`},
		"label no column":    {csv("y,a,b", "a,.1,.9", "b,.1,.9", "c,.5,.5"), "evaluate - --label y --score-cols a,b", `need columns named as the labels`},
		"cut short":          {"", "evaluate " + cut + " --label y --score s", "need whole gzip data"},
		"long line":          {long, "evaluate - --label y --score s", "-: row 1 (line 2): need records of at most 16777216 bytes"},
		"open quote":         {csv("y,s", `"0,.1`, "1,.9"), "evaluate - --label y --score s", "-: row 1 (line 2): need a closing quote"},
		"binary file":        {"\x00\x01\x02\n\xff\xff\n", "evaluate - --label y --score s", `need a column "y"`},
		"guide with a file":  {"", "guide x", `unknown command "x"`},
	} {
		out, diag, status := program(t, c.in, strings.Fields(c.args)...)
		require.Equal(t, 2, status, "%s: %s", name, diag)
		require.Empty(t, out, name)
		require.Contains(t, diag, c.says, name)
		require.True(t, strings.HasPrefix(diag, "mlgauge: ") && strings.Count(diag, "\n") == 1, "%s: one line: %q", name, diag)
	}
}

func TestGuideCommand(t *testing.T) {
	out, diag, status := program(t, "", "guide")
	require.Equal(t, 0, status, diag)
	require.Regexp(t, `\nformulas: \d+ checked, \d+ agree, \d+ errata, 0 failed\n$`, out)
	require.NotContains(t, out, "\x1b", "no colour in a file")
	out, _, status = program(t, "", "guide", "--format", "json")
	require.Equal(t, 0, status)
	var r struct {
		Rows  []struct{ Section, Name, States, Verdict, Got, Note string }
		Tally struct {
			Checked, Agree, Errata, Failed int
			NotYet                         int `json:"not_yet"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, len(r.Rows), r.Tally.Checked+r.Tally.NotYet)
	require.Equal(t, 0, r.Tally.Failed)
}

func TestHelp(t *testing.T) {
	for _, args := range []string{"", "--help", "evaluate --help", "guide --help", "--version"} {
		out, diag, status := program(t, "", strings.Fields(args)...)
		require.Equal(t, 0, status)
		require.Empty(t, diag)
		require.Contains(t, out, "mlgauge")
	}
}

// A file of several batches gives what it gives in one.
func TestBatchesAgree(t *testing.T) {
	var b strings.Builder
	b.WriteString("y,s,g\n")
	const rows = 150_000
	for i := range rows {
		fmt.Fprintf(&b, "%d,%v,%c\n", i*7%11%2, float64(i*7919%1000)/1000, 'a'+rune(i%3))
	}
	r := evaluateJSON(t, b.String(), "-", "--label", "y", "--score", "s", "--by", "g")
	require.Equal(t, rows, r.N)
	sum := 0.
	for _, g := range r.By {
		require.Equal(t, rows/3, g.N)
		sum += *g.Metrics["brier"].Value / 3
	}
	require.InDelta(t, *r.Metrics["brier"].Value, sum, 1e-12)
}
