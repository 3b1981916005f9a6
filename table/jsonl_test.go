package table

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func TestJSONLines(t *testing.T) {
	const file = "\xef\xbb\xbf" + `{"a": 1, "s": "x", "b": true}
{"s": "\u00e4\"\\\n\ud83d\ude00", "a": -2.5e-3, "late": 7, "m": null}

  {"a": null, "s": null, "b": false, "mix": 12, "m": NaN}` + "\r\n" + `{"mix": "012", "s": ""}
{}
{"a":Infinity,"mix":1.50}`
	nan := math.NaN()
	check := func(got *Table) {
		require.Equal(t, []string{"a", "s", "b", "late", "m", "mix"}, got.Names())
		for name, want := range map[string][]float64{
			"a":    {1, -2.5e-3, nan, nan, nan, math.Inf(1)},
			"late": {nan, 7, nan, nan, nan, nan},
			"m":    {nan, nan, nan, nan, nan, nan},
		} {
			x, err := got.Floats(name)
			require.NoError(t, err)
			sameFloats(t, name, want, x)
		}
		for name, want := range map[string][]string{
			"s":   {"x", "\u00e4\"\\\n\U0001f600", "", "", "", ""},
			"b":   {"true", "", "false", "", "", ""},
			"mix": {"", "", "12", "012", "", "1.50"},
		} {
			s, err := got.Strings(name)
			require.NoError(t, err)
			require.Equal(t, want, s, name)
		}
		s, err := got.Column("s")
		require.NoError(t, err)
		require.False(t, s.IsMissing(3))
		require.True(t, s.IsMissing(4))
	}
	got, err := ReadJSON(strings.NewReader(file), Options{})
	require.NoError(t, err)
	check(got)

	// by name, compressed, in batches, and from standard input
	dir := t.TempDir()
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, err = w.Write([]byte(file))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for name, content := range map[string][]byte{"f.jsonl": []byte(file), "f.NDJSON.gz": z.Bytes()} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		for _, batch := range []int{1, 4, 100} {
			r, err := Open(path, Options{BatchRows: batch})
			require.NoError(t, err)
			var parts []*Table
			for b, err := range r.All() {
				require.NoError(t, err)
				parts = append(parts, b.Clone())
			}
			require.NoError(t, r.Close())
			joined, err := Concat(parts...)
			require.NoError(t, err)
			check(joined)
		}
	}
	defer func(r io.Reader) { stdin = r }(stdin)
	stdin = strings.NewReader(file[3:])
	got, err = ReadFile("-", Options{})
	require.NoError(t, err)
	check(got)
}

func TestJSONOptions(t *testing.T) {
	const file = `{"a": 1, "n": [1, {"x": "]"}], "s": "2.5"}` + "\n" + `{"a": "NA", "s": "-", "z": {}}` + "\n"
	read := func(o Options) (*Table, error) { return ReadJSON(strings.NewReader(file), o) }
	got, err := read(Options{Columns: []string{"s", "a"}})
	require.NoError(t, err)
	require.Equal(t, []string{"s", "a"}, got.Names())
	require.Equal(t, String, got.Columns()[1].Type)

	got, err = read(Options{Columns: []string{"a", "s"}, Missing: []string{"NA", "-"}})
	require.NoError(t, err)
	require.Equal(t, Float, got.Columns()[0].Type)
	require.Equal(t, 1, got.Columns()[0].Missing())
	require.Equal(t, []string{"2.5"}, got.Columns()[1].Dict)

	got, err = read(Options{Columns: []string{"s"}, Missing: []string{"-"}, Types: map[string]Type{"s": Float}})
	require.NoError(t, err)
	sameFloats(t, "s", []float64{2.5, math.NaN()}, got.Columns()[0].Floats)

	var e *Error
	_, err = read(Options{})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.ErrorAs(t, err, &e)
	require.Equal(t, "n", e.Column)
	require.Equal(t, 1, e.Row)

	_, err = read(Options{Columns: []string{"a"}, Types: map[string]Type{"a": Float, "s": String}})
	require.NoError(t, err, "NA is a missing number")
	_, err = read(Options{Columns: []string{"s"}, Missing: []string{}, Types: map[string]Type{"s": Float}})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.ErrorAs(t, err, &e)
	require.Equal(t, 2, e.Row)
	require.Equal(t, 2, e.Line)

	late := strings.Repeat(`{"a": 1}`+"\n", blockSize/8+10) + `{"a": "x", "b": 2}` + "\n"
	_, err = ReadJSON(strings.NewReader(late), Options{Infer: InferFirst})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	got, err = ReadJSON(strings.NewReader(late), Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, got.Names())
}

func TestJSONBadInput(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		o    Options
		want error
	}{
		"empty":             {"", Options{}, mlgauge.ErrEmpty},
		"no keys":           {"{}\n{}\n", Options{}, mlgauge.ErrEmpty},
		"array":             {"[1]\n", Options{}, mlgauge.ErrCorrupt},
		"cut":               {`{"a": 1`, Options{}, mlgauge.ErrCorrupt},
		"cut in text":       {`{"a": "1`, Options{}, mlgauge.ErrCorrupt},
		"two objects":       {`{"a": 1} {"a": 2}`, Options{}, mlgauge.ErrCorrupt},
		"trailing comma":    {`{"a": 1,}`, Options{}, mlgauge.ErrCorrupt},
		"leading zero":      {`{"a": 01}`, Options{}, mlgauge.ErrCorrupt},
		"bare point":        {`{"a": 1.}`, Options{}, mlgauge.ErrCorrupt},
		"plus":              {`{"a": +1}`, Options{}, mlgauge.ErrCorrupt},
		"word":              {`{"a": nul}`, Options{}, mlgauge.ErrCorrupt},
		"key without text":  {`{a: 1}`, Options{}, mlgauge.ErrCorrupt},
		"key twice":         {`{"a": 1, "a": 2}`, Options{}, mlgauge.ErrCorrupt},
		"half a pair":       {`{"a": "\ud83d"}`, Options{}, mlgauge.ErrCorrupt},
		"bad escape":        {`{"a": "\q"}`, Options{}, mlgauge.ErrCorrupt},
		"control":           {"{\"a\": \"\x01\"}", Options{}, mlgauge.ErrCorrupt},
		"not UTF-8":         {"{\"a\": \"\xff\"}", Options{}, mlgauge.ErrCorrupt},
		"unbalanced":        {`{"a": [}`, Options{}, mlgauge.ErrCorrupt},
		"deep":              {`{"a": ` + strings.Repeat("[", 5000) + "}", Options{}, mlgauge.ErrCorrupt},
		"long line":         {`{"a": "` + strings.Repeat("x", 100) + `"}`, Options{MaxLine: 50}, mlgauge.ErrCorrupt},
		"unknown column":    {`{"a": 1}`, Options{Columns: []string{"b"}}, mlgauge.ErrRange},
		"unknown type":      {`{"a": 1}`, Options{Types: map[string]Type{"b": Float}}, mlgauge.ErrRange},
		"column twice":      {`{"a": 1}`, Options{Columns: []string{"a", "a"}}, mlgauge.ErrRange},
		"no columns":        {`{"a": 1}`, Options{Columns: []string{}}, mlgauge.ErrEmpty},
		"batch":             {`{"a": 1}`, Options{BatchRows: -1}, mlgauge.ErrRange},
		"bool declared":     {`{"a": true}`, Options{Types: map[string]Type{"a": Float}}, mlgauge.ErrRange},
		"nested, declared":  {`{"a": {}}`, Options{Columns: []string{"a"}, Types: map[string]Type{"a": Float}}, mlgauge.ErrRange},
		"infer out of list": {`{"a": 1}`, Options{Infer: 7}, mlgauge.ErrRange},
	} {
		_, err := ReadJSON(strings.NewReader(c.text), c.o)
		require.ErrorIs(t, err, c.want, name)
		r, err := NewJSON(strings.NewReader(c.text), c.o)
		if err == nil {
			_, err = r.Next()
		}
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestJSONRoundTrip(t *testing.T) {
	want := mixed(500, 3)
	for _, name := range []string{"x.jsonl", "x.ndjson.gz"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, WriteFile(path, want))
		got, err := ReadFile(path, Options{})
		require.NoError(t, err)
		sameTable(t, want, got)
	}
	var b bytes.Buffer
	require.NoError(t, WriteJSON(&b, want))
	for line := range strings.Lines(b.String()) {
		require.True(t, json.Valid([]byte(line)), line)
	}
	for name, bad := range map[string]struct {
		c    Column
		want error
	}{
		"infinite":  {NewFloat("x", []float64{1, math.Inf(-1)}), mlgauge.ErrNotFinite},
		"not UTF-8": {NewString("x", []string{"\xff"}), mlgauge.ErrRange},
		"name":      {NewString("\xff", []string{"a"}), mlgauge.ErrRange},
	} {
		tab, err := New(bad.c)
		require.NoError(t, err)
		require.ErrorIs(t, WriteJSON(io.Discard, tab), bad.want, name)
	}
	require.ErrorIs(t, WriteJSON(io.Discard, &Table{}), mlgauge.ErrEmpty)
	require.ErrorIs(t, WriteParquet(io.Discard, &Table{}), mlgauge.ErrEmpty)
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"a": 1, "s": "\ud83d\ude00", "b": true, "n": [1, {"x": "]"}]}` + "\n" + `{"a": -0.5e3}`)
	f.Add(`{"a": NaN, "b": -Infinity}`)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ReadJSON(strings.NewReader(s), Options{})
		if err != nil {
			requireSentinel(t, err)
			return
		}
		// What encoding/json reads, it reads as the same number of rows.
		rows := 0
		for line := range strings.Lines(strings.TrimPrefix(s, "\xef\xbb\xbf")) {
			if strings.Trim(line, " \t\r\n") != "" {
				rows++
			}
		}
		if got.NumRows() != rows {
			t.Fatalf("need %d rows, have %d", rows, got.NumRows())
		}
	})
}
