package table

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func TestNewRefuses(t *testing.T) {
	x := []float64{1, 2}
	for name, c := range map[string]struct {
		cols []Column
		is   error
	}{
		"lengths":  {[]Column{NewFloat("a", x), NewFloat("b", x[:1])}, mlgauge.ErrLength},
		"names":    {[]Column{NewFloat("a", x), NewFloat("a", x)}, mlgauge.ErrRange},
		"type":     {[]Column{{Name: "a", Floats: x}}, mlgauge.ErrRange},
		"both":     {[]Column{{Name: "a", Type: Float, Floats: x, Codes: []int32{0}}}, mlgauge.ErrRange},
		"floats":   {[]Column{{Name: "a", Type: String, Floats: x}}, mlgauge.ErrRange},
		"code":     {[]Column{{Name: "a", Type: String, Codes: []int32{1}, Dict: []string{"x"}}}, mlgauge.ErrRange},
		"negative": {[]Column{{Name: "a", Type: String, Codes: []int32{-2}, Dict: []string{"x"}}}, mlgauge.ErrRange},
	} {
		_, err := New(c.cols...)
		require.ErrorIs(t, err, c.is, name)
	}
	empty, err := New()
	require.NoError(t, err)
	require.Equal(t, 0, empty.NumRows()+empty.NumCols())
}

func TestSelectSliceCloneConcat(t *testing.T) {
	tab := sample(t)
	text := tab.Names()[1]
	s, err := tab.Select(text)
	require.NoError(t, err)
	require.Equal(t, []string{text}, s.Names())
	_, err = tab.Select("z")
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = tab.Select("x", "x")
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = tab.Floats(text)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = tab.Strings("z")
	require.ErrorIs(t, err, mlgauge.ErrRange)
	numbers, err := tab.Strings("x")
	require.NoError(t, err)
	require.Equal(t, []string{"1", "", "-inf", "0.1", "-1e-300"}, numbers)

	parts, err := Concat(tab.Slice(3, 5), tab.Slice(0, 3))
	require.NoError(t, err)
	want := texts(tab)
	require.Equal(t, [][]string{want[0], want[4], want[5], want[1], want[2], want[3]}, texts(parts))
	_, err = Concat(tab, s)
	require.ErrorIs(t, err, mlgauge.ErrIncompatible)
	other, _ := New(NewFloat("x", nil), NewFloat(text, nil))
	_, err = Concat(tab, other)
	require.ErrorIs(t, err, mlgauge.ErrIncompatible)
	none, err := Concat()
	require.NoError(t, err)
	require.Equal(t, 0, none.NumCols())

	c := tab.Clone()
	c.Columns()[0].Floats[0] = 9
	c.Columns()[1].Codes[0] = 1
	require.Equal(t, want, texts(tab))
	require.Panics(t, func() { tab.Slice(2, 9) })
	require.True(t, math.IsNaN(tab.Columns()[0].Floats[1]))
	require.Equal(t, "auto float string Type(9)", Auto.String()+" "+Float.String()+" "+String.String()+" "+Type(9).String())
}

// Of several columns that are not there, the first one asked for is reported, in
// every run.
func TestTheFirstMissingColumnIsNamed(t *testing.T) {
	var parquet bytes.Buffer
	x, err := New(NewFloat("a", []float64{1}))
	require.NoError(t, err)
	require.NoError(t, WriteParquet(&parquet, x))
	for name, text := range map[string]string{"x.csv": "a\n1\n", "x.jsonl": `{"a":1}`, "x.parquet": parquet.String()} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		types := map[string]Type{"b": Float, "c": Float, "d": String, "e": Float, "f": Float, "g": String}
		for range 20 {
			_, err := ReadFile(path, Options{Columns: []string{"a", "e", "d"}, Types: types})
			require.ErrorIs(t, err, mlgauge.ErrRange)
			require.ErrorContains(t, err, `"e"`, name)
			_, err = ReadFile(path, Options{Types: types})
			require.ErrorContains(t, err, `"b"`, name)
		}
	}
}
