package table

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// jsonWriter writes batches as an object per line.
type jsonWriter struct {
	names []string
	keys  [][]byte // as they stand in the file, with the colon
	line  []byte
	rows  int
}

// WriteJSON writes t as JSON Lines: an object per row with every column in
// order, numbers in the shortest form that reads back as the same float64,
// missing values as null.
//
// The error wraps ErrEmpty if t has no columns, ErrNotFinite if a number is
// infinite, which JSON cannot say, and ErrRange if a text is not UTF-8.
func WriteJSON(w io.Writer, t *Table) error {
	b := bufio.NewWriterSize(w, 1<<16)
	var j jsonWriter
	if err := j.write(b, t); err != nil {
		return err
	}
	return b.Flush()
}

func (j *jsonWriter) write(w *bufio.Writer, t *Table) error {
	const fn = "table.Write"
	if err := check.NotEmpty(fn, "columns", len(t.cols)); err != nil {
		return err
	}
	names := t.Names()
	if j.names == nil {
		for i, name := range names {
			if !utf8.ValidString(name) {
				return fmt.Errorf("%s: column %q: need a name in UTF-8, have other bytes: %w", fn, name, mlgauge.ErrRange)
			}
			b := []byte{','}
			if i == 0 {
				b[0] = '{'
			}
			j.keys = append(j.keys, append(quoteJSON(b, name), ':'))
		}
		j.names = names
	} else if !slices.Equal(j.names, names) {
		return fmt.Errorf("%s: need the columns %s, have %s: %w", fn, list(j.names), list(names), mlgauge.ErrIncompatible)
	}
	texts := make([][][]byte, len(t.cols))
	for i := range t.cols {
		c := &t.cols[i]
		for _, s := range c.Dict {
			if !utf8.ValidString(s) {
				return fmt.Errorf("%s: column %q: need text in UTF-8, have %q: %w", fn, c.Name, s, mlgauge.ErrRange)
			}
			texts[i] = append(texts[i], quoteJSON(nil, s))
		}
	}
	for row := range t.rows {
		j.line = j.line[:0]
		for i := range t.cols {
			c := &t.cols[i]
			j.line = append(j.line, j.keys[i]...)
			switch {
			case c.IsMissing(row):
				j.line = append(j.line, "null"...)
			case c.Type == String:
				j.line = append(j.line, texts[i][c.Codes[row]]...)
			default:
				if math.IsInf(c.Floats[row], 0) {
					return fmt.Errorf("%s: column %q: need a finite number for JSON, have %v in row %d: %w", fn, c.Name, c.Floats[row], j.rows+1, mlgauge.ErrNotFinite)
				}
				j.line = appendFloat(j.line, c.Floats[row])
			}
		}
		j.line = append(j.line, '}', '\n')
		if _, err := w.Write(j.line); err != nil {
			return err
		}
		j.rows++
	}
	return nil
}

func (j *jsonWriter) end(*bufio.Writer) error { return nil }

// quoteJSON appends s, which is UTF-8, in quotes.
func quoteJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
