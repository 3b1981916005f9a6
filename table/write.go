package table

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/wholefile"
)

// A Writer writes batches to a file that appears whole, at Close, or not at
// all. Make one with Create.
type Writer struct {
	file *wholefile.File // nil when writing to standard output
	z    *gzip.Writer
	buf  *bufio.Writer
	to   encoder
	some bool // a batch was written
	err  error
}

// An encoder is what a file format implements for writing.
type encoder interface {
	write(w *bufio.Writer, t *Table) error
	end(w *bufio.Writer) error // after the last batch
}

// Create starts a file in the format that the end of its name says: .csv, .tsv,
// .jsonl or .ndjson, with .gz behind it for gzip, or .parquet; "-" is standard
// output as CSV. Any other name is CSV. Nothing is at path until Close; Abort
// leaves what was there.
func Create(path string) (*Writer, error) {
	w := new(Writer)
	switch {
	case hasSuffix(path, parquetSuffixes...):
		w.to = new(parquetWriter)
	case hasSuffix(path, jsonSuffixes...):
		w.to = new(jsonWriter)
	case hasSuffix(path, ".tsv", ".tsv.gz"):
		w.to = &csvWriter{comma: '\t'}
	default:
		w.to = &csvWriter{comma: ','}
	}
	var out io.Writer = os.Stdout
	if path != "-" {
		f, err := wholefile.Create(path)
		if err != nil {
			return nil, err
		}
		w.file, out = f, f
	}
	if hasSuffix(path, ".gz") {
		w.z = gzip.NewWriter(out)
		out = w.z
	}
	w.buf = bufio.NewWriterSize(out, 1<<16)
	return w, nil
}

// Write appends the rows of t. Every batch must have the columns of the first,
// by name and in order (ErrIncompatible); their types may differ, except that a
// column of numbers in Parquet cannot go on with text (ErrIncompatible). After
// an error every further call returns it, and Close aborts.
func (w *Writer) Write(t *Table) error {
	if w.err == nil {
		w.err = w.to.write(w.buf, t)
		w.some = true
	}
	return w.err
}

// Close completes the file and gives it its name. Without a call of Write it
// returns an error that wraps ErrEmpty, for there are no column names.
func (w *Writer) Close() error {
	if w.err == nil && !w.some {
		w.err = fmt.Errorf("table.Writer.Close: need at least one batch, have none: %w", mlgauge.ErrEmpty)
	}
	if w.err == nil {
		w.err = w.to.end(w.buf)
	}
	if w.err == nil {
		w.err = w.buf.Flush()
	}
	if w.err == nil && w.z != nil {
		w.err = w.z.Close()
	}
	if w.err != nil {
		w.Abort()
		return w.err
	}
	w.err = os.ErrClosed
	if w.file == nil {
		return nil
	}
	return w.file.Commit()
}

// Abort removes what was written. After Close it does nothing, so that it may
// be deferred.
func (w *Writer) Abort() {
	if w.err == nil {
		w.err = os.ErrClosed
	}
	if w.file != nil {
		w.file.Abort()
	}
}

// WriteFile writes t to path, whole or not at all; see Create.
func WriteFile(path string, t *Table) error {
	w, err := Create(path)
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := w.Write(t); err != nil {
		return err
	}
	return w.Close()
}

// WriteCSV writes t as CSV with a header line: numbers in the shortest form
// that reads back as the same float64, missing values as empty fields, fields
// quoted where they must be, lines ended by LF. Text that reads as a missing
// value by default ("NA") is written as it is: to read it back as text, set
// Options.Missing to []string{""}.
//
// The error wraps ErrEmpty if t has no columns.
func WriteCSV(w io.Writer, t *Table) error {
	b := bufio.NewWriterSize(w, 1<<16)
	c := csvWriter{comma: ','}
	if err := c.write(b, t); err != nil {
		return err
	}
	return b.Flush()
}

// csvWriter writes batches of one header.
type csvWriter struct {
	comma byte
	names []string
	line  []byte
	quote [][][]byte // per column, the dictionary as it stands in the file
}

func (c *csvWriter) write(w *bufio.Writer, t *Table) error {
	const fn = "table.Write"
	if err := check.NotEmpty(fn, "columns", len(t.cols)); err != nil {
		return err
	}
	names := t.Names()
	if c.names == nil {
		c.names = names
		for i, name := range names {
			c.line = c.text(c.sep(c.line, i), name)
		}
		c.line = append(c.line, '\n')
	} else if !slices.Equal(c.names, names) {
		return fmt.Errorf("%s: need the columns %s, have %s: %w", fn, list(c.names), list(names), mlgauge.ErrIncompatible)
	}
	c.quote = make([][][]byte, len(t.cols))
	for i := range t.cols {
		for _, s := range t.cols[i].Dict {
			c.quote[i] = append(c.quote[i], c.text(nil, s))
		}
	}
	for row := range t.rows {
		for i := range t.cols {
			c.line = c.sep(c.line, i)
			col := &t.cols[i]
			switch {
			case col.IsMissing(row):
				if len(t.cols) == 1 {
					c.line = append(c.line, `""`...) // an empty line would be skipped
				}
			case col.Type == Float:
				c.line = appendFloat(c.line, col.Floats[row])
			default:
				c.line = append(c.line, c.quote[i][col.Codes[row]]...)
			}
		}
		c.line = append(c.line, '\n')
		if _, err := w.Write(c.line); err != nil {
			return err
		}
		c.line = c.line[:0]
	}
	_, err := w.Write(c.line) // the header of a table without rows
	c.line = c.line[:0]
	return err
}

func (c *csvWriter) end(*bufio.Writer) error { return nil }

func (c *csvWriter) sep(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, c.comma)
	}
	return b
}

// text appends s, in quotes if it needs them.
func (c *csvWriter) text(b []byte, s string) []byte {
	if s != "" && !strings.ContainsAny(s, "\"\r\n") && strings.IndexByte(s, c.comma) < 0 && !strings.HasPrefix(s, "\ufeff") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
