package table

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func sample(t testing.TB) *Table {
	s := NewString("text, with \"quotes\"", []string{"a", "b\nc", "a", "", " \"x\" "})
	s.Codes[2] = MissingCode
	tab, err := New(
		NewFloat("x", []float64{1, math.NaN(), math.Inf(-1), 0.1, -1e-300}),
		s,
	)
	require.NoError(t, err)
	return tab
}

func TestWriteReadsBack(t *testing.T) {
	tab := sample(t)
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "a.tsv", "a.csv.gz", "a.TSV.GZ", "plain"} {
		path := filepath.Join(dir, name)
		require.NoError(t, WriteFile(path, tab))
		// Missing and the empty text look alike in CSV.
		got, err := ReadFile(path, Options{Missing: []string{""}})
		require.NoError(t, err, name)
		want := texts(tab)
		want[4][1] = "<missing>"
		require.Equal(t, want, texts(got), name)
	}
	var b bytes.Buffer
	require.NoError(t, WriteCSV(&b, tab))
	require.Equal(t, "x,\"text, with \"\"quotes\"\"\"\n1,a\n,\"b\nc\"\n-inf,\n0.1,\"\"\n-1e-300,\" \"\"x\"\" \"\n", b.String())

	one, err := New(NewFloat("only", []float64{1, math.NaN(), 3}))
	require.NoError(t, err)
	b.Reset()
	require.NoError(t, WriteCSV(&b, one))
	require.Equal(t, [][]string{{"only"}, {"1"}, {"<missing>"}, {"3"}}, texts(read(t, b.String(), Options{})))
}

func TestWriteInBatches(t *testing.T) {
	tab := sample(t)
	path := filepath.Join(t.TempDir(), "b.csv")
	w, err := Create(path)
	require.NoError(t, err)
	require.NoError(t, w.Write(tab.Slice(0, 2)))
	require.NoError(t, w.Write(tab.Slice(2, 2)))
	require.NoError(t, w.Write(tab.Slice(2, 5)))
	_, err = os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist, "nothing before Close")
	require.NoError(t, w.Close())
	var whole bytes.Buffer
	require.NoError(t, WriteCSV(&whole, tab))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, whole.String(), string(b))
	w.Abort()
	require.Error(t, w.Close())
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "c.csv")
	require.ErrorIs(t, WriteFile(path, &Table{}), mlgauge.ErrEmpty)
	w, err := Create(path)
	require.NoError(t, err)
	require.ErrorIs(t, w.Close(), mlgauge.ErrEmpty)
	w, err = Create(path)
	require.NoError(t, err)
	require.NoError(t, w.Write(sample(t)))
	other, _ := New(NewFloat("y", nil))
	require.ErrorIs(t, w.Write(other), mlgauge.ErrIncompatible)
	require.ErrorIs(t, w.Close(), mlgauge.ErrIncompatible)
	left, _ := os.ReadDir(dir)
	require.Empty(t, left, "no file is written half")
	_, err = Create(filepath.Join(dir, "no", "c.csv"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzWriteReadsBack(f *testing.F) {
	f.Add("a", "b", 1.5)
	f.Add("\"\r\n,", "\ufeff", math.Inf(1))
	f.Add("NA", " ", math.Copysign(0, -1))
	f.Fuzz(func(t *testing.T, name, cell string, v float64) {
		if strings.HasPrefix(name, "\xff\xfe") || strings.HasPrefix(name, "\xfe\xff") || strings.HasPrefix(name, "\x1f\x8b") || name == "v" {
			return // read as UTF-16, gzip, or twice the same name
		}
		tab, err := New(NewString(name, []string{cell, "text"}), NewFloat("v", []float64{v, 1}))
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, WriteCSV(&b, tab))
		got, err := ReadCSV(&b, Options{Missing: []string{"nan"}, Types: map[string]Type{name: String, "v": String}})
		require.NoError(t, err)
		require.Equal(t, name, got.Columns()[0].Name)
		if cell != "nan" {
			require.Equal(t, cell, got.Columns()[0].Text(0))
		}
	})
}
