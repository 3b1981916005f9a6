package table

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func read(t testing.TB, text string, o Options) *Table {
	t.Helper()
	got, err := ReadCSV(strings.NewReader(text), o)
	require.NoError(t, err)
	return got
}

// texts returns the cells as text, row by row, the header first.
func texts(t *Table) [][]string {
	rows := [][]string{t.Names()}
	for i := range t.NumRows() {
		var r []string
		for j := range t.Columns() {
			c := &t.Columns()[j]
			if c.IsMissing(i) {
				r = append(r, "<missing>")
			} else {
				r = append(r, c.Text(i))
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func TestReadTypesAndMissing(t *testing.T) {
	got := read(t, "a,b,c,d\n1,x,NA,01\n-2.5e3,,nan,2\n +inf ,NULL,,n/a\n", Options{})
	require.Equal(t, []string{"a", "b", "c", "d"}, got.Names())
	a, err := got.Floats("a")
	require.NoError(t, err)
	require.Equal(t, []float64{1, -2500, math.Inf(1)}, a)
	b, err := got.Column("b")
	require.NoError(t, err)
	require.Equal(t, []int32{0, -1, -1}, b.Codes)
	require.Equal(t, []string{"x"}, b.Dict)
	require.Equal(t, 2, b.Missing())
	c, _ := got.Column("c")
	require.Equal(t, 3, c.Missing(), "a column of missing values is float")
	d, _ := got.Floats("d")
	require.Equal(t, []float64{1, 2}, d[:2])

	got = read(t, "d,a\n01,1\nNA,2\n", Options{Types: map[string]Type{"d": String}, Missing: []string{}})
	require.Equal(t, [][]string{{"d", "a"}, {"01", "1"}, {"NA", "2"}}, texts(got))

	got = read(t, "a,b,c\n1,2,3\n", Options{Columns: []string{"c", "a"}})
	require.Equal(t, [][]string{{"c", "a"}, {"3", "1"}}, texts(got))

	got = read(t, "1;2\n3;4\n", Options{Names: []string{"p", "q"}, Comma: ';'})
	require.Equal(t, [][]string{{"p", "q"}, {"1", "2"}, {"3", "4"}}, texts(got))
}

func TestReadForms(t *testing.T) {
	want := [][]string{{"a", "b"}, {"1", "x"}, {"2", "y"}}
	for name, text := range map[string]string{
		"LF":            "a,b\n1,x\n2,y\n",
		"no last LF":    "a,b\n1,x\n2,y",
		"CRLF":          "a,b\r\n1,x\r\n2,y\r\n",
		"CRLF no last":  "a,b\r\n1,x\r\n2,y",
		"BOM":           "\ufeffa,b\n1,x\n2,y\n",
		"BOM quoted":    "\ufeff\"a\",b\n1,x\n2,y\n",
		"quoted":        "\"a\",\"b\"\r\n\"1\",\"x\"\r\n\"2\",\"y\"",
		"blank lines":   "\n\r\na,b\n\n1,x\r\n\r\n2,y\n\n",
		"spaces around": "a,b\n 1,x\n2\t,y\n",
	} {
		require.Equal(t, want, texts(read(t, text, Options{})), name)
	}
	got := read(t, "a,b\n\"line 1\nline \"\"2\"\", more\r\n\",\"\"\n\"\"\"\",NA\n", Options{Missing: []string{"NA"}})
	require.Equal(t, [][]string{{"a", "b"}, {"line 1\nline \"2\", more\r\n", ""}, {"\"", "<missing>"}}, texts(got))
	got = read(t, "a,b\n", Options{})
	require.Equal(t, 0, got.NumRows())
	require.Equal(t, 2, got.NumCols())
}

func TestReadRefuses(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for name, c := range map[string]struct {
		text string
		o    Options
		is   error
		says string
	}{
		"empty":              {"", Options{}, mlgauge.ErrEmpty, "-: need a header line, have an empty file"},
		"blank":              {"\n\n", Options{}, mlgauge.ErrEmpty, "header line"},
		"too few":            {"a,b,c\n1,2,3\n\n4,5\n", Options{}, mlgauge.ErrCorrupt, "-: row 2 (line 4): need 3 fields, have 2"},
		"too many":           {"a,b\n1,2\n4,5,6,7\n", Options{}, mlgauge.ErrCorrupt, "row 2 (line 3): need 2 fields, have 4"},
		"too many at end":    {"a,b\n1,2\n4,5,6,7", Options{}, mlgauge.ErrCorrupt, "row 2 (line 3): need 2 fields, have 4"},
		"line after quotes":  {"a,b\n\"x\n\ny\",2\n4\n", Options{}, mlgauge.ErrCorrupt, "row 2 (line 5): need 2 fields, have 1"},
		"open quote":         {"a,b\n1,2\n\"4,5\n6,7\n", Options{}, mlgauge.ErrCorrupt, "row 2 (line 3): need a closing quote"},
		"bare quote":         {"a,b\n1,2\n4\",5\n", Options{}, mlgauge.ErrCorrupt, `row 2 (line 3): column "a": need a field that holds a quote`},
		"after quote":        {"a,b\n1,\"2\"3\n", Options{}, mlgauge.ErrCorrupt, `row 1 (line 2): column "b": need a delimiter`},
		"text in float":      {"a,b\n1,2\n4,five\n", Options{Types: map[string]Type{"b": Float}}, mlgauge.ErrRange, `row 2 (line 3): column "b": need a number, have "five" (the column is declared float)`},
		"out of range":       {"a\n1e999\n", Options{Types: map[string]Type{"a": Float}}, mlgauge.ErrRange, `need a number, have "1e999"`},
		"no column":          {"a,b\n1,2\n", Options{Columns: []string{"a", "z"}}, mlgauge.ErrRange, `need a column "z", have a, b`},
		"column twice":       {"a,b\n1,2\n", Options{Columns: []string{"a", "a"}}, mlgauge.ErrRange, `"a" twice`},
		"no columns asked":   {"a,b\n1,2\n", Options{Columns: []string{}}, mlgauge.ErrEmpty, "Columns"},
		"declared no column": {"a,b\n1,2\n", Options{Types: map[string]Type{"z": Float}}, mlgauge.ErrRange, `need a column "z"`},
		"declared nonsense":  {"a,b\n1,2\n", Options{Types: map[string]Type{"a": 9}}, mlgauge.ErrRange, "type of column"},
		"same name":          {"a,b,a\n1,2,3\n", Options{}, mlgauge.ErrCorrupt, `"a" in columns 1 and 3`},
		"long line":          {"a,b\n1,2\n3," + long + "\n", Options{MaxLine: 100}, mlgauge.ErrCorrupt, "row 2 (line 3): need records of at most 100 bytes"},
		"long header":        {long + "\n1\n", Options{MaxLine: 100}, mlgauge.ErrCorrupt, "header: need records of at most 100 bytes"},
		"UTF-16":             {"\xff\xfea\x00,\x00", Options{}, mlgauge.ErrCorrupt, "UTF-16"},
		"comma":              {"a,b\n", Options{Comma: '"'}, mlgauge.ErrRange, "Comma"},
		"comma in a number":  {"a,b\n", Options{Comma: '.'}, mlgauge.ErrRange, "Comma"},
		"batch":              {"a,b\n", Options{BatchRows: -1}, mlgauge.ErrRange, "BatchRows"},
		"max line":           {"a,b\n", Options{MaxLine: -1}, mlgauge.ErrRange, "MaxLine"},
		"infer":              {"a,b\n", Options{Infer: 7}, mlgauge.ErrRange, "Infer"},
		"broken gzip":        {"\x1f\x8bnonsense", Options{}, mlgauge.ErrCorrupt, "gzip"},
	} {
		_, err := ReadCSV(strings.NewReader(c.text), c.o)
		require.ErrorIs(t, err, c.is, name)
		assert.ErrorContains(t, err, c.says, name)
		r, err := NewCSV(strings.NewReader(c.text), c.o)
		for err == nil {
			_, err = r.Next()
		}
		require.ErrorIs(t, err, c.is, name+" in batches")
		assert.ErrorContains(t, err, c.says, name+" in batches")
	}
}

func TestAnErrorIsNotEaten(t *testing.T) {
	broken := errors.New("disk on fire")
	_, err := ReadCSV(io.MultiReader(strings.NewReader("a,b\n1,2\n"), iotest.ErrReader(broken)), Options{})
	require.ErrorIs(t, err, broken)
	_, err = ReadFile(filepath.Join(t.TempDir(), "none.csv"), Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Open(t.TempDir(), Options{})
	require.ErrorContains(t, err, "is a directory")

	r, err := NewCSV(strings.NewReader("a,b\n1,2\n3\n"), Options{BatchRows: 1})
	require.ErrorIs(t, err, mlgauge.ErrCorrupt, "inferring sees the whole file")
	require.Nil(t, r)
	r, err = NewCSV(strings.NewReader("a,b\n1,2\n3\n"), Options{BatchRows: 1, Types: map[string]Type{"a": Float, "b": String}})
	require.NoError(t, err)
	_, err = r.Next()
	require.NoError(t, err)
	for range 2 {
		_, err = r.Next()
		var at *Error
		require.ErrorAs(t, err, &at)
		require.Equal(t, 2, at.Row)
		require.Equal(t, 3, at.Line)
	}
	require.NoError(t, r.Close())
}

// late returns a file of several blocks whose column b turns into text at the
// last row, and c in the middle.
func late(rows int) string {
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range rows {
		switch i {
		case rows / 2:
			fmt.Fprintf(&b, "%d,0%d,mid\n", i, i)
		case rows - 1:
			fmt.Fprintf(&b, "%d,end,7.0\n", i)
		default:
			fmt.Fprintf(&b, "%d,0%d,%d.50\n", i, i, i)
		}
	}
	return b.String()
}

func TestAColumnThatTurnsOutToBeText(t *testing.T) {
	const rows = 30_000
	text := late(rows)
	path := filepath.Join(t.TempDir(), "late.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	verify := func(got *Table) {
		t.Helper()
		require.Equal(t, rows, got.NumRows())
		a, err := got.Floats("a")
		require.NoError(t, err)
		b, err := got.Strings("b")
		require.NoError(t, err)
		c, err := got.Strings("c")
		require.NoError(t, err)
		for i := range rows - 1 {
			if a[i] != float64(i) || b[i] != "0"+strconv.Itoa(i) || i != rows/2 && c[i] != strconv.Itoa(i)+".50" {
				t.Fatalf("row %d: %v %q %q", i, a[i], b[i], c[i])
			}
		}
		require.Equal(t, "end", b[rows-1])
		require.Equal(t, "mid", c[rows/2])
		require.Equal(t, "7.0", c[rows-1])
	}
	batches := func(r *Reader, err error) *Table {
		t.Helper()
		require.NoError(t, err)
		defer func() { require.NoError(t, r.Close()) }()
		var all []*Table
		for b, err := range r.All() {
			require.NoError(t, err)
			require.LessOrEqual(t, b.NumRows(), 1000)
			all = append(all, b.Clone())
		}
		got, err := Concat(all...)
		require.NoError(t, err)
		return got
	}
	got, err := ReadFile(path, Options{})
	require.NoError(t, err)
	verify(got)
	verify(read(t, text, Options{}))
	o := Options{BatchRows: 1000}
	verify(batches(Open(path, o)))
	// A stream is kept in a temporary file, which is gone at the end.
	t.Setenv("TMPDIR", t.TempDir())
	verify(batches(NewCSV(iotest.OneByteReader(strings.NewReader(text)), o)))
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Empty(t, left)

	o.Infer = InferFirst
	r, err := Open(path, o)
	require.NoError(t, err)
	for err == nil {
		_, err = r.Next()
	}
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.ErrorContains(t, err, fmt.Sprintf(`row %d (line %d): column "c": need a number, have "mid" (the first rows are numbers: declare`, rows/2+1, rows/2+2))
	require.NoError(t, r.Close())
}

func TestGzipAndStdin(t *testing.T) {
	text := late(30_000)
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	dir := t.TempDir()
	path := filepath.Join(dir, "x.csv.gz")
	require.NoError(t, os.WriteFile(path, z.Bytes(), 0o600))
	want := read(t, text, Options{})
	got, err := ReadFile(path, Options{})
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = ReadCSV(bytes.NewReader(z.Bytes()), Options{})
	require.NoError(t, err)
	require.Equal(t, want, got)

	defer func(r io.Reader) { stdin = r }(stdin)
	for _, in := range []io.Reader{strings.NewReader(text), bytes.NewReader(z.Bytes())} {
		stdin = in
		got, err = ReadFile("-", Options{})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}

	cut := filepath.Join(dir, "cut.csv.gz")
	for _, n := range []int{0, 5, 100, z.Len() / 2, z.Len() - 1} {
		require.NoError(t, os.WriteFile(cut, z.Bytes()[:n], 0o600))
		_, err = ReadFile(cut, Options{})
		require.Error(t, err)
		require.True(t, errors.Is(err, mlgauge.ErrCorrupt) || n == 0 && errors.Is(err, mlgauge.ErrEmpty), "%d bytes: %v", n, err)
	}
}

// endless is a line without an end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.read += len(p)
	return len(p), nil
}

func TestALineWithoutEnd(t *testing.T) {
	for name, head := range map[string]string{"header": "", "field": "a,b\n1,", "quote": "a,b\n1,\"", "number": "a,b\n1,2\n"} {
		e := &endless{}
		_, err := ReadCSV(io.MultiReader(strings.NewReader(head), e), Options{MaxLine: 1 << 20})
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, name)
		require.ErrorContains(t, err, "at most 1048576 bytes", name)
		require.Less(t, e.read, 8<<20, name)
	}
}

func TestBatchesReuseMemoryAndReadAhead(t *testing.T) {
	const rows = 200_000
	pr, pw := io.Pipe()
	go func() {
		line := []byte("label,score\n")
		for i := range rows {
			pw.Write(line)
			line = fmt.Appendf(line[:0], "%s,%d.25\n", []string{"no", "yes", "NA"}[i%3], i)
		}
		pw.Write(line)
		pw.Close()
	}()
	r, err := NewCSV(pr, Options{Types: map[string]Type{"label": String, "score": Float}, BatchRows: 4096})
	require.NoError(t, err)
	var sum float64
	var first *float64
	for b, err := range r.All() {
		require.NoError(t, err)
		x, _ := b.Floats("score")
		if first == nil {
			first = &x[0]
		}
		require.Same(t, first, &x[0], "batches share their memory")
		for _, v := range x {
			sum += v
		}
		l, _ := b.Column("label")
		require.Len(t, l.Dict, 2)
	}
	require.Equal(t, rows, r.Rows())
	require.Equal(t, float64(rows-1)*rows/2+.25*rows, sum)
}

// byEncodingCSV is the slow obvious reader: encoding/csv, then strconv.
func byEncodingCSV(text string) (names []string, rows [][]string, err error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return nil, nil, fmt.Errorf("refused: %w", err)
	}
	return all[0], all[1:], nil
}

// compare holds a reading of text against encoding/csv.
func compare(t testing.TB, text string) {
	t.Helper()
	names, rows, werr := byEncodingCSV(text)
	for _, n := range names {
		if slices.Index(names, n) != slices.IndexFunc(names, func(m string) bool { return m == n }) {
			werr = errors.New("names twice")
		}
	}
	sorted := slices.Sorted(slices.Values(names))
	if len(slices.Compact(sorted)) != len(names) {
		werr = errors.New("names twice")
	}
	got, err := ReadCSV(iotest.HalfReader(strings.NewReader(text)), Options{})
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") || strings.HasPrefix(text, "\x1f\x8b") {
		return
	}
	if (err == nil) != (werr == nil) {
		t.Fatalf("%q: encoding/csv says %v, table says %v", text, werr, err)
	}
	if err != nil {
		for _, s := range []error{mlgauge.ErrCorrupt, mlgauge.ErrEmpty} {
			if errors.Is(err, s) {
				return
			}
		}
		t.Fatalf("%q: unexpected kind of error %v", text, err)
	}
	unix := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
	require.Equal(t, len(names), got.NumCols(), "%q", text)
	require.Equal(t, len(rows), got.NumRows(), "%q", text)
	for j := range names {
		c := &got.Columns()[j]
		require.Equal(t, names[j], unix(c.Name), "%q", text)
		numeric := true
		for i, r := range rows {
			s := strings.Trim(r[j], " \t")
			v, perr := strconv.ParseFloat(s, 64)
			missing := slices.Contains(DefaultMissing, s)
			number := perr == nil && !strings.ContainsAny(s, "xX_pP") && !math.IsNaN(v)
			numeric = numeric && (number || missing)
			switch {
			case c.Type == Float && missing:
				require.True(t, c.IsMissing(i), "%q row %d column %d", text, i, j)
			case c.Type == Float:
				require.True(t, number, "%q row %d column %d is no number", text, i, j)
				require.Equal(t, math.Float64bits(v), math.Float64bits(c.Floats[i]), "%q row %d column %d", text, i, j)
			case slices.Contains(DefaultMissing, r[j]):
				require.True(t, c.IsMissing(i), "%q row %d column %d", text, i, j)
			default:
				require.Equal(t, r[j], unix(c.Text(i)), "%q row %d column %d", text, i, j)
			}
		}
		require.Equal(t, numeric, c.Type == Float, "%q column %d", text, j)
	}
}

var cells = []string{"", "1", "-2.5", "1e5", "x", "NA", "nan", "null", " 3 ", `"q"`, `"a,b"`, `"a""b"`, "\"l\nm\"", "\"l\r\nm\"", "é", "0x1p3", "1_0",
	"inf", "-Infinity", "1e400", "123456789.123456789", "\"12\"", "\" \"", "a b", "9007199254740993", `"`, `a"`, `"a"b`, "\r", "#NA"}

func TestReadAgainstEncodingCSV(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for range 4000 {
		cols := 1 + rng.IntN(4)
		nice := 28
		if rng.IntN(2) == 0 {
			nice = 25 // only cells that both accept
		}
		var b strings.Builder
		if rng.IntN(5) == 0 {
			b.WriteString("\ufeff")
		}
		for j := range cols {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "c%d", j)
		}
		b.WriteByte('\n')
		for range rng.IntN(6) {
			width := cols
			if rng.IntN(40) == 0 {
				width += rng.IntN(3) - 1
			}
			for j := range width {
				if j > 0 {
					b.WriteByte(',')
				}
				b.WriteString(cells[rng.IntN(nice)])
			}
			b.WriteString([]string{"\n", "\r\n", "\n\n"}[rng.IntN(3)])
		}
		text := b.String()
		if rng.IntN(3) == 0 {
			text = text[:max(0, len(text)-1-rng.IntN(3))]
		}
		compare(t, text)
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"", "a,b\n1,2\n", "a\n\"\"\n", "\ufeffa,b\r\n\"1\",x\r\n", "a,b\n1", "a\n\"1\n", "a,a\n", "a\n1e5\n-\n", "\r\n,\n\"\n\",\n", "\r", "a\n\r1\n"} {
		f.Add(s)
	}
	for _, c := range cells {
		f.Add("a,b\n" + c + ",1\n2," + c + "\n")
	}
	f.Fuzz(func(t *testing.T, s string) {
		compare(t, s)
		// Small batches and a small longest line give the same rows or an error.
		r, err := NewCSV(strings.NewReader(s), Options{BatchRows: 2, MaxLine: 64, Infer: InferFirst})
		if err != nil {
			return
		}
		for _, err := range r.All() {
			if err != nil {
				return
			}
		}
		whole, err := ReadCSV(strings.NewReader(s), Options{})
		if err != nil || whole.NumRows() != r.Rows() {
			t.Fatalf("%q: %d rows in batches, %v", s, r.Rows(), err)
		}
	})
}
