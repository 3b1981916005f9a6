package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

const customers = `id,who,email,zip,card,amount,note,joined
007,Ada Lovelace,ada@example.com,94107,4111111111111111,1.50,call +44 20 7946 0958,2020-01-31
008,Bob,bob@example.org,04110,5555555555554444,-2,,2021-02-28
009,Eve,,10001,378282246310005,"1,000","from 192.0.2.44, twice",2022-03-31
`

func fileOf(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func TestMaskCSV(t *testing.T) {
	in := fileOf(t, "in.csv", customers)
	names := fileOf(t, "names.txt", "ada lovelace\n\nbob\n")
	out := filepath.Join(t.TempDir(), "out.csv")
	stdout, diag, status := program(t, "", "mask", in, "--out", out, "--names", names, "--column", "zip=prefix:3", "--column", "joined=year")
	require.Equal(t, 0, status, diag)
	require.Empty(t, stdout)
	require.Contains(t, diag, "masked: who, email, zip, card, note, joined")
	require.NotContains(t, diag, "ada@example")
	require.Equal(t, `id,who,email,zip,card,amount,note,joined
007,*** ****lace,***@******e.com,941**,************1111,1.50,call +** ** **** 0958,2020
008,***,***@******e.org,041**,************4444,-2,,2021
009,Eve,,100**,***********0005,"1,000","from ***.*.*.**, twice",2022
`, contentOf(t, out))

	// the same from standard input to standard output
	stdout, _, status = program(t, customers, "mask", "-", "--out", "-", "--names", names, "--column", "zip=prefix:3", "--column", "joined=year")
	require.Equal(t, 0, status)
	require.Equal(t, contentOf(t, out), stdout)
}

func TestMaskFormats(t *testing.T) {
	tab, err := table.ReadCSV(strings.NewReader(customers), table.Options{Types: map[string]table.Type{"zip": table.String}})
	require.NoError(t, err)
	dir := t.TempDir()
	for _, name := range []string{"in.parquet", "in.jsonl", "in.ndjson.gz"} {
		in := filepath.Join(dir, name)
		require.NoError(t, table.WriteFile(in, tab))
		for _, to := range []string{"out.parquet", "out.jsonl.gz", "out.csv"} {
			out := filepath.Join(dir, to)
			stdout, diag, status := program(t, "", "mask", in, "--out", out, "--action", "redact", "--format", "json")
			require.Equal(t, 0, status, diag)
			require.Empty(t, diag)
			var r struct {
				Rows     int
				Masked   []string
				Findings []struct {
					quality.PIIFinding
					Action string
				}
			}
			require.NoError(t, json.Unmarshal([]byte(stdout), &r))
			require.Equal(t, 3, r.Rows)
			require.Equal(t, []string{"email", "card", "note"}, r.Masked)
			require.Equal(t, "email", r.Findings[0].Column)
			require.Equal(t, quality.Email, r.Findings[0].Kind)
			require.Equal(t, int64(2), r.Findings[0].Count)
			require.Equal(t, "redact", r.Findings[0].Action)
			got, err := table.ReadFile(out, table.Options{Types: map[string]table.Type{"zip": table.String}})
			require.NoError(t, err)
			cards, err := got.Strings("card")
			require.NoError(t, err)
			require.Equal(t, []string{"[CARD]", "[CARD]", "[CARD]"}, cards, "numbers too")
			emails, err := got.Column("email")
			require.NoError(t, err)
			require.True(t, emails.IsMissing(2))
			ids, err := got.Floats("id")
			require.NoError(t, err)
			require.Equal(t, []float64{7, 8, 9}, ids)
			joined, err := got.Strings("joined")
			require.NoError(t, err)
			require.Equal(t, "2020-01-31", joined[0])
		}
	}
}

func TestMaskPseudonyms(t *testing.T) {
	in := fileOf(t, "in.csv", customers)
	key := fileOf(t, "key", "0123456789abcdef\n")
	p, err := quality.NewPseudonymiser([]byte("0123456789abcdef"))
	require.NoError(t, err)
	byFile, diag, status := program(t, "", "mask", in, "--out", "-", "--action", "pseudonym", "--key-file", key, "--column", "id=pseudonym")
	require.Equal(t, 0, status, diag)
	require.Contains(t, byFile, p.Pseudonym("ada@example.com"))
	require.Contains(t, byFile, p.Pseudonym("007"))
	t.Setenv("MLGAUGE_TEST_KEY", "0123456789abcdef")
	byEnv, diag, status := program(t, "", "mask", in, "--out", "-", "--action", "pseudonym", "--key-env", "MLGAUGE_TEST_KEY", "--column", "id=pseudonym")
	require.Equal(t, 0, status, diag)
	require.Equal(t, byFile, byEnv)
}

func TestMaskRefuses(t *testing.T) {
	in := fileOf(t, "in.csv", customers)
	ragged := fileOf(t, "ragged.csv", "a,b\n1,2\n3\n")
	empty := fileOf(t, "empty.csv", "a,b\n")
	broken := fileOf(t, "broken.parquet", "PAR1 but no more PAR1")
	short := fileOf(t, "key", "short")
	out := filepath.Join(t.TempDir(), "out.csv")
	for name, c := range map[string]struct {
		args []string
		say  string
	}{
		"no out":        {[]string{in}, "--out"},
		"no file":       {[]string{in + ".not", "--out", out}, "no such file"},
		"ragged":        {[]string{ragged, "--out", out}, "row 2 (line 3)"},
		"no rows":       {[]string{empty, "--out", out}, "at least one row"},
		"broken":        {[]string{broken, "--out", out}, "footer"},
		"action":        {[]string{in, "--out", out, "--action", "hide"}, "--action"},
		"column action": {[]string{in, "--out", out, "--action", "prefix"}, "--action"},
		"rule":          {[]string{in, "--out", out, "--column", "zip"}, "COL=ACTION"},
		"rule action":   {[]string{in, "--out", out, "--column", "zip=range:-1"}, "range:-1"},
		"no column":     {[]string{in, "--out", out, "--column", "zz=redact"}, `"zz"`},
		"column twice":  {[]string{in, "--out", out, "--column", "zip=redact", "--column", "zip=year"}, "twice"},
		"no key":        {[]string{in, "--out", out, "--action", "pseudonym"}, "--key-file"},
		"short key":     {[]string{in, "--out", out, "--action", "pseudonym", "--key-file", short}, "16 bytes"},
		"no variable":   {[]string{in, "--out", out, "--key-env", "MLGAUGE_TEST_NOT_SET"}, "MLGAUGE_TEST_NOT_SET"},
		"two keys":      {[]string{in, "--out", out, "--key-env", "A", "--key-file", short}, "both"},
		"keep":          {[]string{in, "--out", out, "--keep", "-1"}, "--keep"},
		"confidence":    {[]string{in, "--out", out, "--min-confidence", "1.5"}, "--min-confidence"},
		"names":         {[]string{in, "--out", out, "--names", in + ".not"}, "--names"},
		"json twice":    {[]string{in, "--out", "-", "--format", "json"}, "both"},
		"no folder":     {[]string{in, "--out", filepath.Join(in, "out.csv")}, "out.csv"},
	} {
		stdout, diag, status := program(t, "", append([]string{"mask"}, c.args...)...)
		require.Equal(t, 2, status, name)
		require.Empty(t, stdout, name)
		require.Equal(t, 1, strings.Count(diag, "\n"), "%s: %s", name, diag)
		require.Contains(t, diag, c.say, name)
		require.NoFileExists(t, out, name)
	}
	_, diag, status := program(t, "a,b\n1,2\n3\n", "mask", "-", "--out", out)
	require.Equal(t, 2, status)
	require.True(t, strings.HasPrefix(diag, "mlgauge: -: row 2"), diag)
}

// evaluate reads every format with the same result.
func TestEvaluateFormats(t *testing.T) {
	const scores = "label,score,group\n1,0.9,a\n0,0.2,a\n1,0.4,b\n0,0.6,b\n1,0.8,b\n0,0.1,a\n"
	in := fileOf(t, "in.csv", scores)
	want := evaluateJSON(t, "", in, "--label", "label", "--score", "score", "--by", "group")
	tab, err := table.ReadFile(in, table.Options{})
	require.NoError(t, err)
	for _, name := range []string{"in.parquet", "in.jsonl", "in.ndjson.gz"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, table.WriteFile(path, tab))
		require.Equal(t, want, evaluateJSON(t, "", path, "--label", "label", "--score", "score", "--by", "group"), name)
		if !strings.HasSuffix(name, ".gz") {
			require.Equal(t, want, evaluateJSON(t, contentOf(t, path), "-", "--label", "label", "--score", "score", "--by", "group"), name)
		}
		if name == "in.parquet" {
			require.NoError(t, os.Truncate(path, 100))
			_, diag, status := program(t, "", "evaluate", path, "--label", "label", "--score", "score")
			require.Equal(t, 2, status)
			require.Contains(t, diag, path)
		}
	}
}
