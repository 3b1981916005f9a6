package table

import (
	"cmp"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
)

// Infer is how the types of undeclared columns are found.
type Infer uint8

const (
	// InferAll looks at every value of the file before the first batch is
	// delivered. Input that cannot be read twice (standard input, a pipe) is
	// kept in a temporary file meanwhile if it is longer than one block.
	InferAll Infer = iota
	// InferFirst looks at the first block of the file (256 KiB) only: one pass
	// over the data. A later value that is not a number in a column taken for
	// Float is an error that names its row and column.
	InferFirst
)

// Options say how to read a file. The zero value reads every column, infers
// every type, and knows the usual marks of a missing value.
type Options struct {
	// Columns are read, in this order; the others are skipped. Nil means all.
	Columns []string
	// Types declares the types of some columns.
	Types map[string]Type
	// Infer is how the other types are found.
	Infer Infer
	// Missing are the texts that mean a missing value; nil means
	// DefaultMissing, an empty slice that every text is a value. In Parquet and
	// JSON Lines, which mark missing values themselves, nil means that every text
	// is a value.
	Missing []string
	// BatchRows is the most rows that Next returns; 0 means 65,536.
	BatchRows int

	// Comma separates fields in CSV; 0 means a comma, or a tab in .tsv files.
	// Quotes, line ends and what may stand in a number are refused.
	Comma byte
	// Names are the names of the columns of a CSV file without a header line.
	Names []string
	// MaxLine is the longest record of a CSV file in bytes; 0 means 16 MiB.
	MaxLine int
}

// typed returns the columns of Types, those of Columns first and in their order,
// the others by name, so that the first of several errors is the same each time.
func (o *Options) typed() []string {
	at := make(map[string]int, len(o.Columns))
	for i, name := range o.Columns {
		at[name] = i - len(o.Columns)
	}
	return slices.SortedFunc(maps.Keys(o.Types), func(a, b string) int {
		return cmp.Or(cmp.Compare(at[a], at[b]), strings.Compare(a, b))
	})
}

// DefaultMissing are the texts that mean a missing value unless
// Options.Missing says otherwise: those of pandas.read_csv 3.1.
var DefaultMissing = []string{
	"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
	"<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
}

const (
	defaultBatchRows = 1 << 16
	defaultMaxLine   = 16 << 20
)

// A Field is the name and the type of a column.
type Field struct {
	Name string
	Type Type
	// Time tells that the numbers are seconds since 1970-01-01 UTC, from a date
	// or a timestamp of a file format that has them; declared String, the column
	// is text as in RFC 3339.
	Time bool
}

// A source is what a file format implements.
type source interface {
	fields() []Field
	// next returns a batch of at least one row, or io.EOF. The batch may be
	// overwritten by the next call.
	next() (*Table, error)
	// all returns every row that next has not returned yet, in memory of its own.
	all() (*Table, error)
	// progress returns bytes read of bytes in all; total 0 if unknown.
	progress() (done, total int64)
	close() error
}

var (
	parquetSuffixes = []string{".parquet", ".pq"}
	jsonSuffixes    = []string{".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"}
)

// formats finds the reader of a file by the end of its name, in order; a name
// that none claims is CSV.
var formats = []struct {
	suffixes []string
	open     func(path string, o Options) (source, error)
}{
	{[]string{".csv", ".csv.gz", ".tsv", ".tsv.gz"}, openCSV},
	{parquetSuffixes, openParquet},
	{jsonSuffixes, openJSON},
}

// hasSuffix ignores the case of the suffix.
func hasSuffix(path string, suffixes ...string) bool {
	for _, s := range suffixes {
		if len(path) >= len(s) && strings.EqualFold(path[len(path)-len(s):], s) {
			return true
		}
	}
	return false
}

func openSource(path string, o Options) (source, error) {
	if path == "-" {
		return openStream(stdin, o)
	}
	for _, f := range formats {
		if hasSuffix(path, f.suffixes...) {
			return f.open(path, o)
		}
	}
	return openCSV(path, o)
}

// A Reader delivers a file in batches.
type Reader struct {
	src  source
	err  error
	rows int
}

// Open opens a file for reading in batches; its format follows from the end of
// its name. "-" is standard input: Parquet or JSON Lines if it starts so, CSV
// otherwise. The caller closes the reader.
//
// The error is an *Error if the content is at fault, and wraps an error of
// package os if the file cannot be opened or read.
func Open(path string, o Options) (*Reader, error) {
	src, err := openSource(path, o)
	if err != nil {
		return nil, err
	}
	return &Reader{src: src}, nil
}

// Fields returns the names and types of the columns that Next delivers.
func (r *Reader) Fields() []Field { return r.src.fields() }

// Rows returns the number of rows delivered so far.
func (r *Reader) Rows() int { return r.rows }

// Progress returns the bytes read so far and in all, as they lie in the file;
// total is 0 if it is not known.
func (r *Reader) Progress() (done, total int64) { return r.src.progress() }

// Next returns the next batch, of at least one row and at most
// Options.BatchRows, or io.EOF after the last. The batch is valid until the
// next call: use Clone to keep it. The dictionary of a String column belongs to
// its batch: codes of two batches are not comparable. After an error every
// further call returns that error.
func (r *Reader) Next() (*Table, error) {
	if r.err != nil {
		return nil, r.err
	}
	t, err := r.src.next()
	if err != nil {
		r.err = err
		return nil, err
	}
	r.rows += t.rows
	return t, nil
}

// All ranges over the batches; it stops after the first error.
func (r *Reader) All() iter.Seq2[*Table, error] {
	return func(yield func(*Table, error) bool) {
		for {
			t, err := r.Next()
			if err == io.EOF || !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Close releases the file. Further calls of Next fail.
func (r *Reader) Close() error {
	if r.err == nil {
		r.err = mlgauge.ErrEmpty
	}
	return r.src.close()
}

// ReadFile reads a whole file into memory; see Open for names and errors. A
// file with a header and no rows gives a table with no rows.
func ReadFile(path string, o Options) (*Table, error) {
	src, err := openSource(path, o.inferLater())
	if err != nil {
		return nil, err
	}
	t, err := src.all()
	if cerr := src.close(); err == nil && cerr != nil {
		return nil, cerr
	}
	return t, err
}
