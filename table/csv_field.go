package table

import (
	"bytes"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

type fieldState uint8

const (
	fieldOK        fieldState = iota
	fieldMore                 // the field goes on beyond the data
	fieldBareQuote            // a quote inside a field that does not start with one
	fieldAfter                // something between a closing quote and the delimiter
)

// field reads the field at pos: its text without quotes, and where the
// delimiter or the line end behind it is. The text may lie in s.scratch.
func (s *csvSource) field(pos int) (raw []byte, end int, st fieldState) {
	b := s.buf[:s.lim]
	if pos < len(b) && b[pos] == '"' {
		return s.quoted(pos)
	}
	i := pos + kernel.FieldEnd(b[pos:], s.comma)
	if i < len(b) {
		switch b[i] {
		case s.comma:
			return b[pos:i], i, fieldOK
		case '\n':
			if i > pos && b[i-1] == '\r' {
				return b[pos : i-1], i, fieldOK
			}
			return b[pos:i], i, fieldOK
		case '"':
			return nil, 0, fieldBareQuote
		}
	}
	return nil, 0, fieldMore
}

// quoted reads a field whose first byte is a quote.
func (s *csvSource) quoted(pos int) (raw []byte, end int, st fieldState) {
	b := s.buf[:s.lim]
	from := pos + 1
	raw = nil
	for {
		k := bytes.IndexByte(b[from:], '"')
		if k < 0 {
			return nil, 0, fieldMore
		}
		at := from + k + 1 // behind the quote
		if at == len(b) {
			return nil, 0, fieldMore
		}
		if b[at] == '"' {
			if raw == nil {
				raw = s.scratch[:0]
			}
			raw = append(raw, b[from:at]...)
			from = at + 1
			continue
		}
		if raw == nil {
			raw = b[from : at-1]
		} else {
			raw = append(raw, b[from:at-1]...)
			s.scratch = raw
		}
		end = at
		if b[at] == '\r' {
			if at+1 == len(b) {
				return nil, 0, fieldMore
			}
			end++
		}
		if b[end] == '\n' || b[at] == s.comma {
			s.lines += bytes.Count(b[pos:at], []byte{'\n'})
			return raw, end, fieldOK
		}
		return nil, 0, fieldAfter
	}
}

// count returns the number of fields of the record at pos, for an error; false
// if the record goes on beyond the data.
func (s *csvSource) count() (n int, complete bool) {
	for pos := s.pos; ; n++ {
		_, end, st := s.field(pos)
		if st == fieldMore {
			return 0, s.eof
		}
		if st != fieldOK || s.buf[end] == '\n' {
			return n + 1, true
		}
		pos = end + 1
	}
}

func (s *csvSource) badField(column string, st fieldState) error {
	if st == fieldBareQuote {
		return s.fail(column, mlgauge.ErrCorrupt, "need a field that holds a quote to be quoted, have a quote in the middle of one")
	}
	return s.fail(column, mlgauge.ErrCorrupt, "need a delimiter after a closing quote, have other text")
}
