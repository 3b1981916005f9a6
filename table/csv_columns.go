package table

import (
	"bytes"
	"sort"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// pieceSize is how much of the buffer is looked through at once: it and the
// places found in it stay in the nearest caches.
const pieceSize = 32 << 10

// csvRows is the places of the separators in a piece of the buffer, and the rows
// found there that have as many fields as there are columns.
type csvRows struct {
	from, to int     // the piece
	at       []int32 // from-1, and then the places of delimiters, line ends and quotes
	next     int     // the first of them in the next row
	lines    int     // line ends among the rest, while all rows are regular
	quotes   int
	walked   bool // a row was not regular: look at each field
	cut      bool // no line ends between the next row and the end of the data

	ready int     // rows
	ends  []int32 // the end of the row before them, and of their fields
	clean []int32 // memory for ends

	lo, hi []int32 // ends of the last column without carriage returns
}

func (x *csvRows) forget() { x.from, x.to, x.ready, x.cut = 0, 0, 0, false }

// regular reads rows that are as they should be into the columns, one column
// after the other: most of them at most, until they have mostBytes. It returns
// their size, 0 if there are none.
func (s *csvSource) regular(most, mostBytes int) int {
	x := &s.found
	if s.numeric && !kernel.NumbersTogether() {
		return 0
	}
	if x.ready == 0 {
		s.findRows()
	}
	rows, cols := min(x.ready, most), len(s.plan)
	size := func(rows int) int { return int(x.ends[rows*cols]) + 1 - s.pos }
	if rows > 0 && size(rows) > mostBytes {
		rows = 1 + sort.Search(rows-1, func(k int) bool { return size(k+1) >= mostBytes })
	}
	if rows == 0 {
		return 0
	}
	done := s.columns(rows)
	n := size(done)
	if x.quotes == 0 {
		s.line += done
	} else {
		s.line += bytes.Count(s.buf[s.pos:s.pos+n], []byte{'\n'})
	}
	s.row += done
	s.pos += n
	x.ends = x.ends[done*cols:]
	x.ready -= done
	if done < rows {
		// The next has a text that is no number: it is looked at alone.
		x.ready, x.next, x.walked = 0, 1, true
	}
	return n
}

// findRows looks for regular rows from pos on.
func (s *csvSource) findRows() {
	x := &s.found
	size := pieceSize
	for {
		if x.from <= s.pos && s.pos < x.to {
			for x.next < len(x.at) && int(x.at[x.next]) < s.pos {
				x.next++
			}
			if s.walk(); x.ready > 0 {
				return
			}
			for _, at := range x.at[x.next:] {
				if s.buf[at] == '\n' {
					return // there may be a whole row, but it is not regular
				}
			}
			if s.pos == x.from {
				size = 2 * (x.to - x.from)
			}
		}
		if x.to == s.lim {
			x.cut = x.quotes == 0 && s.pos < s.lim
			return
		}
		s.scan(min(s.lim, s.pos+size))
	}
}

// scan finds the separators from pos to the end of the piece.
func (s *csvSource) scan(to int) {
	x := &s.found
	x.from, x.to, x.next, x.walked = s.pos, to, 1, false
	if need := to - s.pos + 1 + kernel.SeparatorRoom; len(x.at[:cap(x.at)]) < need {
		x.at = make([]int32, need)
	}
	x.at = x.at[:cap(x.at)]
	x.at[0] = int32(s.pos - 1)
	var n int
	n, x.lines, x.quotes = kernel.Separators(x.at[1:], s.buf[s.pos:to], int32(s.pos), s.comma)
	x.at = x.at[:n+1]
}

// walk finds the regular rows from x.next on.
func (s *csvSource) walk() {
	x := &s.found
	if x.quotes > 0 || x.walked || s.o.MaxLine < x.to-x.from || !s.stride() {
		x.walked = true
		s.walkFields()
	}
}

// stride finds the rows if all that are left of the piece are regular: every so
// many separators there is a line end, and nowhere else.
func (s *csvSource) stride() bool {
	x, cols, rows := &s.found, len(s.plan), 0
	ends := x.at[x.next-1:]
	for j := cols; j < len(ends); j += cols {
		if s.buf[ends[j]] != '\n' || cols == 1 && s.blank(int(ends[j-1])+1) {
			return false
		}
		rows++
	}
	if rows != x.lines {
		return false
	}
	x.ready, x.ends = rows, ends
	x.next += rows * cols
	x.lines = 0
	return true
}

// blank tells whether an empty line starts at pos.
func (s *csvSource) blank(pos int) bool {
	return s.buf[pos] == '\n' || s.buf[pos] == '\r' && s.buf[pos+1] == '\n'
}

// walkFields finds the rows up to the first that is not regular, or not whole. The
// separators inside quotes are none.
func (s *csvSource) walkFields() {
	x, cols := &s.found, len(s.plan)
	if cap(x.clean) < len(x.at)+1 {
		x.clean = make([]int32, cap(x.at)+1)
	}
	ends := append(x.clean[:0], int32(s.pos-1))
	at := x.at[x.next:]
	rows := 0
rows:
	for {
		row := int(ends[len(ends)-1]) + 1
		start := row
		for i := range cols {
			if len(at) == 0 {
				break rows
			}
			end := int(at[0])
			if s.buf[end] == '"' {
				if end != start {
					break rows
				}
				if at = s.behindQuotes(at); len(at) == 0 {
					break rows
				}
				end = int(at[0])
			}
			if (s.buf[end] == '\n') != (i == cols-1) || i == 0 && s.blank(row) {
				break rows
			}
			at = at[1:]
			ends = append(ends, int32(end))
			start = end + 1
		}
		if start-row > s.o.MaxLine {
			break
		}
		rows++
	}
	x.ready, x.ends = rows, ends
	if rows > 0 {
		for x.next < len(x.at) && x.at[x.next] <= ends[rows*cols] {
			x.next++
		}
	}
}

// behindQuotes returns what follows a quoted field that starts at the first of
// the separators: a delimiter or a line end; nothing if there is none.
func (s *csvSource) behindQuotes(at []int32) []int32 {
	for k := 1; k < len(at); k++ {
		quote := at[k]
		if s.buf[quote] != '"' {
			continue
		}
		if k+1 == len(at) {
			return nil
		}
		end := at[k+1]
		switch {
		case end == quote+1 && s.buf[end] == '"': // two of them are one
			k++
			continue
		case end == quote+1, end == quote+2 && s.buf[quote+1] == '\r' && s.buf[end] == '\n':
			return at[k+1:]
		}
		return nil
	}
	return nil
}

// columns reads the first of the rows found into the columns, and returns how
// many: those before the first that has no number where one is needed.
func (s *csvSource) columns(rows int) int {
	x, cols := &s.found, len(s.plan)
	n := rows
	for i := range s.plan {
		c := &s.plan[i]
		if c.do == skip {
			continue
		}
		lo, hi, step := x.ends[i:], x.ends[i+1:], cols
		if i == cols-1 {
			lo, hi, step = s.lastColumn(rows)
		}
		if c.do == code {
			n = s.texts(c, lo, hi, step, n)
		} else {
			n = s.numbers(c, lo, hi, step, n)
		}
	}
	return n
}

// lastColumn leaves the carriage returns at the ends of the rows out.
func (s *csvSource) lastColumn(rows int) (lo, hi []int32, step int) {
	x, cols := &s.found, len(s.plan)
	returns := 0
	for r := range rows {
		if s.buf[max(0, x.ends[(r+1)*cols]-1)] == '\r' {
			returns++
		}
	}
	if returns == 0 {
		return x.ends[cols-1:], x.ends[cols:], cols
	}
	x.lo, x.hi = x.lo[:0], x.hi[:0]
	for r := range rows {
		from, to := x.ends[(r+1)*cols-1], x.ends[(r+1)*cols]
		if to-1 > from && s.buf[to-1] == '\r' {
			to--
		}
		x.lo, x.hi = append(x.lo, from), append(x.hi, to)
	}
	return x.lo, x.hi, 1
}

// text returns what stands between two separators, without quotes.
func (s *csvSource) text(c *csvColumn, lo, hi int32) []byte {
	raw := s.buf[lo+1 : hi]
	if len(raw) == 0 || raw[0] != '"' {
		return raw
	}
	raw = raw[1 : len(raw)-1]
	if bytes.IndexByte(raw, '"') < 0 {
		return raw
	}
	c.quoted = c.quoted[:0]
	for {
		k := bytes.IndexByte(raw, '"')
		if k < 0 {
			c.quoted = append(c.quoted, raw...)
			return c.quoted
		}
		c.quoted = append(c.quoted, raw[:k+1]...)
		raw = raw[k+2:]
	}
}

// numbers reads n rows of a column of numbers.
func (s *csvSource) numbers(c *csvColumn, lo, hi []int32, step, n int) int {
	dst := c.floats[s.row : s.row+n]
	c.bad = kernel.Numbers(dst, s.buf[:s.lim+slack], lo, hi, step, c.bad[:0])
	for _, k := range c.bad {
		v, ok := s.number(s.text(c, lo[int(k)*step], hi[int(k)*step]))
		switch {
		case ok:
			dst[k] = v
		case c.do == probe:
			c.do, c.typ = skip, String
			return n
		default:
			return int(k)
		}
	}
	return n
}

// texts reads n rows of a column of text.
func (s *csvSource) texts(c *csvColumn, lo, hi []int32, step, n int) int {
	dst, d := c.codes[s.row:s.row+n], c.dict
	for i := range dst {
		from, to := lo[i*step], hi[i*step]
		if size := to - from - 1; uint32(size) <= shortText && s.buf[from+1] != '"' {
			if k := d.find(loadShort((*[shortText]byte)(s.buf[from+1:]), int(size))); k >= 0 {
				dst[i] = d.codeOf(k)
				continue
			}
		}
		dst[i] = d.code(s.text(c, from, to))
		if d.full() {
			return i
		}
	}
	return n
}
