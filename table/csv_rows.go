package table

import (
	"io"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// fill reads records until there are maxRows, or maxBytes of text have been
// read, or the file ends; without refill, until the block ends.
func (s *csvSource) fill(maxRows, maxBytes int, refill bool) error {
	read := 0
	for s.row < maxRows && read < maxBytes {
		if s.row == s.space {
			s.grow(min(maxRows, max(1024, 2*s.space)))
		}
		if size := s.regular(min(maxRows, s.space)-s.row, maxBytes-read); size > 0 {
			read += size
			continue
		}
		next, st, err := 0, rowMore, error(nil)
		if !s.found.cut {
			next, st, err = s.parseRow()
		}
		switch st {
		case rowOK:
			s.row++
		case rowBlank:
		case rowMore:
			s.lines = 0
			if !refill {
				return nil
			}
			if err := s.more(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			continue
		default:
			return err
		}
		if st == rowOK && next-s.pos > s.o.MaxLine {
			s.row-- // it is this row that is too long
			return s.tooLong()
		}
		read += next - s.pos
		s.pos = next
		s.line += 1 + s.lines
		s.lines = 0
	}
	return nil
}

type rowState uint8

const (
	rowOK rowState = iota
	rowBlank
	rowMore // the record goes on beyond the data
	rowBad
)

// parseRow reads the record at pos into row s.row of the columns, and returns
// where the next starts. Nothing is kept of a record that is not complete. It
// takes the records that regular leaves: those that are wrong, the last of the
// data, which may not be whole, and all if numbers are read faster so.
func (s *csvSource) parseRow() (next int, st rowState, err error) {
	pos, lim, row := s.pos, s.lim, s.row
	b := s.buf[:lim+slack]
	if pos == lim {
		return 0, rowMore, nil
	}
	if b[pos] == '\n' {
		return pos + 1, rowBlank, nil
	}
	if b[pos] == '\r' && pos+1 < lim && b[pos+1] == '\n' {
		return pos + 2, rowBlank, nil
	}
	last := len(s.plan) - 1
	sep := s.comma
	for i := range s.plan {
		c := &s.plan[i]
		if i == last {
			sep = '\n'
		}
		switch c.do {
		case probe:
			if n := kernel.FloatEnd(b[pos:]); n > 0 && pos+n < lim && b[pos+n] == sep {
				pos += n + 1
				continue
			}
		case parse:
			if v, n := kernel.ScanFloat(b[pos:]); n > 0 && pos+n < lim && b[pos+n] == sep {
				c.floats[row] = v
				pos += n + 1
				continue
			}
		}
		raw, end, fst := s.field(pos)
		if fst != fieldOK {
			if fst == fieldMore {
				return 0, rowMore, nil
			}
			return 0, rowBad, s.badField(c.name, fst)
		}
		if (b[end] == '\n') != (i == last) {
			have, complete := s.count()
			if !complete {
				return 0, rowMore, nil
			}
			return 0, rowBad, s.fail("", mlgauge.ErrCorrupt, "need %d fields, have %d", len(s.plan), have)
		}
		pos = end + 1
		switch c.do {
		case code:
			c.codes[row] = c.dict.code(raw)
			if c.dict.full() {
				return 0, rowBad, s.fail(c.name, mlgauge.ErrRange, "need fewer than 2^31 distinct values, have more")
			}
		case parse:
			v, ok := s.number(raw)
			if !ok {
				return 0, rowBad, s.notNumber(c, raw)
			}
			c.floats[row] = v
		case probe:
			if _, ok := s.number(raw); !ok {
				c.do, c.typ = skip, String
			}
		}
	}
	return pos, rowOK, nil
}

// errType marks the error that ReadFile answers by reading again.
type errType struct{ at *Error }

func (e errType) Error() string { return e.at.Error() }
func (e errType) Unwrap() error { return e.at }

func (s *csvSource) notNumber(c *csvColumn, raw []byte) error {
	shown := string(raw)
	if len(shown) > 40 {
		shown = shown[:40] + "..."
	}
	why := "the column is declared float"
	if !c.fixed {
		why = "the first rows are numbers: declare the column string, or infer from all rows"
	}
	err := s.fail(c.name, mlgauge.ErrRange, "need a number, have %q (%s)", shown, why)
	if !c.fixed {
		return errType{err.(*Error)}
	}
	return err
}
