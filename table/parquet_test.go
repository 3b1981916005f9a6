package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func parquetFile(name string) string {
	return golden.Path("golden/table/parquet/" + name + ".parquet")
}

type parquetGolden struct {
	Files    []string
	Rows     int
	Numbers  map[string]golden.Floats
	Texts    map[string][]*string
	Declared map[string][]*string
}

// sameFloats compares to the bit, but for which NaN it is.
func sameFloats(t *testing.T, what string, want, got []float64) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i := range want {
		if math.Float64bits(want[i]) != math.Float64bits(got[i]) && !(want[i] != want[i] && got[i] != got[i]) {
			t.Fatalf("%s: row %d: want %v, got %v", what, i, want[i], got[i])
		}
	}
}

func sameTexts(t *testing.T, what string, want []*string, c *Column) {
	t.Helper()
	require.Equal(t, String, c.Type, what)
	require.Equal(t, len(want), c.Len(), what)
	for i, w := range want {
		require.Equal(t, w == nil, c.IsMissing(i), "%s: row %d", what, i)
		if w != nil {
			require.Equal(t, *w, c.Text(i), "%s: row %d", what, i)
		}
	}
	seen := make(map[string]bool)
	for _, s := range c.Dict {
		require.False(t, seen[s], "%s: %q twice in the dictionary", what, s)
		seen[s] = true
	}
}

func TestParquetAgainstPyarrow(t *testing.T) {
	var want parquetGolden
	golden.Load(t, "table/parquet.json", &want)
	require.Len(t, want.Files, 9)
	for _, name := range want.Files {
		path := parquetFile(name)
		whole, err := ReadFile(path, Options{})
		require.NoError(t, err, name)
		require.Equal(t, want.Rows, whole.NumRows())
		for _, batch := range []int{1, 7, 30, 1000} {
			r, err := Open(path, Options{BatchRows: batch})
			require.NoError(t, err)
			var parts []*Table
			for b, err := range r.All() {
				require.NoError(t, err)
				require.LessOrEqual(t, b.NumRows(), batch)
				parts = append(parts, b.Clone())
			}
			require.NoError(t, r.Close())
			joined, err := Concat(parts...)
			require.NoError(t, err)
			for i, c := range whole.Columns() {
				if c.Type == Float {
					sameFloats(t, c.Name, c.Floats, joined.Columns()[i].Floats)
				} else {
					require.Equal(t, c, joined.Columns()[i])
				}
			}
		}
		numbers := 0
		for _, c := range whole.Columns() {
			what := name + ": " + c.Name
			if c.Type == Float {
				sameFloats(t, what, want.Numbers[c.Name].Values(), c.Floats)
				numbers++
			} else {
				sameTexts(t, what, want.Texts[c.Name], &c)
			}
		}
		require.GreaterOrEqual(t, numbers, 17, name)
		for column, texts := range want.Declared {
			if !whole.Has(column) {
				continue
			}
			one, err := ReadFile(path, Options{Columns: []string{column}, Types: map[string]Type{column: String}})
			require.NoError(t, err)
			c, err := one.Column(column)
			require.NoError(t, err)
			sameTexts(t, name+" as text: "+column, texts, c)
		}
	}
}

func TestParquetOfPandasAndPolars(t *testing.T) {
	for _, name := range []string{"pandas", "polars"} {
		got, err := ReadFile(parquetFile(name), Options{Columns: []string{"s", "n", "x"}})
		require.NoError(t, err)
		require.Equal(t, []string{"s", "n", "x"}, got.Names())
		x, err := got.Floats("x")
		require.NoError(t, err)
		sameFloats(t, name, []float64{1.5, math.NaN(), 3}, x)
		n, err := got.Floats("n")
		require.NoError(t, err)
		require.Equal(t, []float64{1, 2, 3}, n)
		s, err := got.Column("s")
		require.NoError(t, err)
		require.Equal(t, []int32{0, -1, 1}, s.Codes)
		require.Equal(t, []string{"a", "c"}, s.Dict)
	}
}

func TestParquetNestedRefused(t *testing.T) {
	path := parquetFile("nested")
	for _, o := range []Options{{}, {Columns: []string{"list"}}, {Columns: []string{"x", "struct"}}} {
		_, err := ReadFile(path, o)
		require.ErrorIs(t, err, mlgauge.ErrRange)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, "nested")
	}
	got, err := ReadFile(path, Options{Columns: []string{"y", "x"}})
	require.NoError(t, err)
	y, err := got.Strings("y")
	require.NoError(t, err)
	require.Equal(t, []string{"u", "v"}, y)
}

func TestParquetWithoutRows(t *testing.T) {
	got, err := ReadFile(parquetFile("no_rows"), Options{})
	require.NoError(t, err)
	require.Equal(t, 0, got.NumRows())
	require.Equal(t, []string{"x", "s"}, got.Names())
}

func TestParquetOptions(t *testing.T) {
	path := parquetFile("pandas")
	for name, o := range map[string]Options{
		"unknown column":      {Columns: []string{"x", "zz"}},
		"unknown typed":       {Types: map[string]Type{"zz": Float}},
		"twice":               {Columns: []string{"x", "x"}},
		"text declared float": {Types: map[string]Type{"s": Float}},
		"batch":               {BatchRows: -1},
		"infer":               {Infer: 9},
	} {
		_, err := ReadFile(path, o)
		require.ErrorIs(t, err, mlgauge.ErrRange, name)
	}
	_, err := ReadFile(path, Options{Columns: []string{}})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = ReadFile(path, Options{Types: map[string]Type{"s": Float}})
	require.ErrorContains(t, err, `column "s": need a number, have "a"`)
	_, err = ReadFile(path+".not", Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
}

// mixed returns a table of every case.
func mixed(rows int, seed uint64) *Table {
	r := rand.New(rand.NewPCG(seed, 1))
	x, y := make([]float64, rows), make([]float64, rows)
	s, u := make([]string, rows), make([]string, rows)
	for i := range x {
		x[i] = r.NormFloat64()
		y[i] = float64(r.IntN(4))
		if r.IntN(5) == 0 {
			y[i] = math.NaN()
		}
		s[i] = []string{"", "a", "b\n\"", "\u00e4\x01\\", "NA"}[r.IntN(5)]
		u[i] = fmt.Sprint("id", i, "-", r.Uint64())
	}
	a := NewString("s", s)
	for i := range a.Codes {
		if r.IntN(6) == 0 {
			a.Codes[i] = MissingCode
		}
	}
	t, err := New(NewFloat("z last first", x), NewFloat("a", y), a, NewString("u", u))
	if err != nil {
		panic(err)
	}
	return t
}

// sameTable compares values, not dictionaries.
func sameTable(t *testing.T, want, got *Table) {
	t.Helper()
	require.Equal(t, want.Names(), got.Names())
	require.Equal(t, want.NumRows(), got.NumRows())
	for i, w := range want.Columns() {
		g := got.Columns()[i]
		require.Equal(t, w.Type, g.Type, w.Name)
		if w.Type == Float {
			sameFloats(t, w.Name, w.Floats, g.Floats)
			continue
		}
		for k := range w.Codes {
			if w.IsMissing(k) != g.IsMissing(k) || w.Text(k) != g.Text(k) {
				t.Fatalf("%s: row %d: want %q, got %q", w.Name, k, w.Text(k), g.Text(k))
			}
		}
	}
}

func TestParquetRoundTrip(t *testing.T) {
	for _, rows := range []int{0, 1, 5000, 1<<20 + 3} {
		want := mixed(rows, uint64(rows))
		if rows > 1e6 {
			want, _ = want.Select("a", "s")
		}
		var b bytes.Buffer
		require.NoError(t, WriteParquet(&b, want))
		got, err := ReadParquet(bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
		require.NoError(t, err)
		sameTable(t, want, got)
	}
}

func TestParquetWriterBatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.parquet")
	want := mixed(300, 8)
	w, err := Create(path)
	require.NoError(t, err)
	for lo := 0; lo < 300; lo += 100 {
		require.NoError(t, w.Write(want.Slice(lo, lo+100)))
		_, err := os.Stat(path)
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	require.NoError(t, w.Close())
	got, err := ReadFile(path, Options{})
	require.NoError(t, err)
	sameTable(t, want, got)

	w, err = Create(path)
	require.NoError(t, err)
	x, _ := New(NewFloat("x", []float64{1}))
	s, _ := New(NewString("x", []string{"a"}))
	require.NoError(t, w.Write(x))
	require.ErrorIs(t, w.Write(s), mlgauge.ErrIncompatible)
	require.Error(t, w.Close())
	got, err = ReadFile(path, Options{})
	require.NoError(t, err)
	sameTable(t, want, got) // what was there stays
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1)

	w, err = Create(path)
	require.NoError(t, err)
	require.NoError(t, w.Write(s))
	require.NoError(t, w.Write(x))
	require.NoError(t, w.Close())
	got, err = ReadFile(path, Options{})
	require.NoError(t, err)
	texts, err := got.Strings("x")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "1"}, texts)
}

func TestParquetFromStandardInput(t *testing.T) {
	b, err := os.ReadFile(parquetFile("polars"))
	require.NoError(t, err)
	defer func(r io.Reader) { stdin = r }(stdin)
	stdin = bytes.NewReader(b)
	got, err := ReadFile("-", Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"x", "n", "s", "b"}, got.Names())
}

// Damage anywhere is an error that names the file, or values, never a panic and
// never more memory than the file is worth.
func TestParquetDamaged(t *testing.T) {
	for _, name := range []string{"plain_none_v1", "dictionary_gzip_v2", "delta_zstd_v2", "polars"} {
		good, err := os.ReadFile(parquetFile(name))
		require.NoError(t, err)
		for cut := 0; cut < len(good); cut += 1 + len(good)/97 {
			_, err := ReadParquet(bytes.NewReader(good[:cut]), int64(cut), Options{})
			var e *Error
			require.ErrorAs(t, err, &e)
		}
		r := rand.New(rand.NewPCG(3, 4))
		for range 400 {
			b := bytes.Clone(good)
			for range 1 + r.IntN(4) {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
			_, err := ReadParquet(bytes.NewReader(b), int64(len(b)), Options{})
			if err != nil {
				requireSentinel(t, err)
			}
		}
	}
}

func requireSentinel(t *testing.T, err error) {
	t.Helper()
	for _, s := range []error{mlgauge.ErrCorrupt, mlgauge.ErrRange, mlgauge.ErrEmpty} {
		if errors.Is(err, s) {
			return
		}
	}
	t.Fatalf("no sentinel: %v", err)
}

func FuzzParquet(f *testing.F) {
	for _, name := range []string{"plain_none_v1", "dictionary_snappy_v1", "delta_none_v1", "pandas", "nested", "no_rows"} {
		b, err := os.ReadFile(parquetFile(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewParquet(bytes.NewReader(b), int64(len(b)), Options{BatchRows: 100})
		if err != nil {
			requireSentinel(t, err)
			return
		}
		for batch, err := range r.All() {
			if err != nil {
				requireSentinel(t, err)
				return
			}
			if r.Rows() > 1e6 {
				return
			}
			for _, c := range batch.Columns() {
				if c.Len() != batch.NumRows() {
					t.Fatal("ragged")
				}
			}
		}
	})
}

func benchmarkParquet(b *testing.B, o ...parquet.WriterOption) {
	const rows = 4 << 20
	type row struct {
		X float64 `parquet:"x,optional"`
	}
	var file bytes.Buffer
	w := parquet.NewGenericWriter[row](&file, o...)
	r := rand.New(rand.NewPCG(1, 1))
	block := make([]row, 1<<16)
	for i := 0; i < rows; i += len(block) {
		for k := range block {
			block[k].X = r.NormFloat64()
		}
		if _, err := w.Write(block); err != nil {
			b.Fatal(err)
		}
		if i%(1<<20) == 0 {
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "x.parquet")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(rows * 8)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		r, err := Open(path, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range r.All() {
			if err != nil {
				b.Fatal(err)
			}
		}
		if r.Rows() != rows {
			b.Fatal(r.Rows())
		}
		r.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/value")
}

func BenchmarkParquetFloat64(b *testing.B) { benchmarkParquet(b) }

func BenchmarkParquetFloat64Snappy(b *testing.B) {
	benchmarkParquet(b, parquet.Compression(&parquet.Snappy))
}
