package table

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// jsonSource reads JSON Lines: an object per line, whose members are the
// columns.
type jsonSource struct {
	in *input
	o  Options
	marks
	lines *bufio.Reader
	long  []byte // a line longer than the buffer
	plan  []jsonColumn
	at    map[string]int // place in the plan
	out   []int          // columns delivered
	open  bool           // a key that is not in the plan is not an error
	value jsonValue

	row   int // rows in the batch
	first int // rows of earlier batches
	line  int
}

type jsonColumn struct {
	name    string
	typ     Type
	fixed   bool
	read    bool // delivered
	text    bool // a value that is not a number was seen
	seen    int  // last row that has the column, from 1 over the whole file
	floats  []float64
	codes   []int32
	dict    *dict
	refused error // nested, first seen when the types were inferred
}

func openJSON(path string, o Options) (source, error) {
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	return newJSON(in, o)
}

// ReadJSON reads the whole of r as JSON Lines; see ReadFile. In errors its name
// is "-".
func ReadJSON(r io.Reader, o Options) (*Table, error) {
	in, err := newInput("-", r)
	if err != nil {
		return nil, err
	}
	s, err := newJSON(in, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return s.all()
}

// NewJSON reads r as JSON Lines in batches; see Open. In errors its name is "-".
func NewJSON(r io.Reader, o Options) (*Reader, error) {
	in, err := newInput("-", r)
	if err != nil {
		return nil, err
	}
	s, err := newJSON(in, o)
	if err != nil {
		return nil, err
	}
	return &Reader{src: s}, nil
}

func newJSON(in *input, o Options) (*jsonSource, error) {
	s := &jsonSource{in: in, o: o, at: make(map[string]int)}
	if err := s.start(); err != nil {
		in.close()
		return nil, err
	}
	return s, nil
}

func (s *jsonSource) start() error {
	const fn = "table.Open"
	if s.o.BatchRows == 0 {
		s.o.BatchRows = defaultBatchRows
	}
	if s.o.MaxLine == 0 {
		s.o.MaxLine = defaultMaxLine
	}
	if err := check.AtLeast(fn, "BatchRows", s.o.BatchRows, 1); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MaxLine", s.o.MaxLine, 1); err != nil {
		return err
	}
	if s.o.Infer > inferOptimistic {
		return check.Option(fn, "Infer", s.o.Infer)
	}
	if s.o.Columns != nil && len(s.o.Columns) == 0 {
		return check.NotEmpty(fn, "Columns", 0)
	}
	for _, name := range s.o.typed() {
		if t := s.o.Types[name]; t > String {
			return check.Option(fn, fmt.Sprintf("type of column %q", name), t)
		}
	}
	s.marks = newMarks(s.o.Missing)
	for i, name := range s.o.Columns {
		if slices.Contains(s.o.Columns[:i], name) {
			return s.failFile(mlgauge.ErrRange, "need each column once, have %q twice", name)
		}
	}
	declared := s.o.Columns != nil
	for _, name := range s.o.Columns {
		declared = declared && s.o.Types[name] != Auto
	}
	s.lines = bufio.NewReaderSize(s.in.r, blockSize)
	if declared {
		for _, name := range s.o.Columns {
			s.column([]byte(name))
		}
	} else if err := s.infer(); err != nil {
		return err
	}
	return s.choose()
}

// infer looks at the values of the file, and goes back to its start.
func (s *jsonSource) infer() error {
	if !s.in.seekable() {
		if err := s.in.keep(nil); err != nil {
			return err
		}
		s.lines.Reset(s.in.r)
	}
	seen := 0
	for {
		line, err := s.next1()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := s.members(line, s.look); err != nil {
			return err
		}
		s.row++
		if seen += len(line); seen >= blockSize && s.o.Infer == InferFirst {
			break
		}
	}
	for i := range s.plan {
		c := &s.plan[i]
		if c.fixed = s.o.Types[c.name] != Auto; c.fixed {
			c.typ = s.o.Types[c.name]
		} else if c.typ = Float; c.text {
			c.typ = String
		}
		c.seen = 0
	}
	s.row, s.line = 0, 0
	if err := s.in.rewind(); err != nil {
		return err
	}
	s.lines.Reset(s.in.r)
	return nil
}

// look notes what a value says about the type of its column.
func (s *jsonSource) look(key []byte, v *jsonValue) error {
	i, ok := s.at[string(key)]
	if !ok {
		if len(s.plan) == maxColumns {
			return s.fail("", mlgauge.ErrCorrupt, "need at most %d distinct keys, have more", maxColumns)
		}
		i = s.column(key)
	}
	c := &s.plan[i]
	if c.seen == s.row+1 {
		return s.fail(c.name, mlgauge.ErrCorrupt, "need each key once, have it twice")
	}
	c.seen = s.row + 1
	switch v.kind {
	case jsonNested:
		if c.refused == nil {
			c.refused = s.nested(c.name)
		}
	case jsonNumber:
		if !c.text {
			_, n := kernel.ScanFloat(v.text)
			c.text = n != len(v.text) && !v.special
		}
	case jsonString:
		c.text = c.text || !s.isMissing(v.text)
	case jsonBool:
		c.text = true
	}
	return nil
}

// isMissing tells whether a text is a mark; without Options.Missing none is, for
// JSON has null.
func (s *jsonSource) isMissing(b []byte) bool {
	return slices.ContainsFunc(s.o.Missing, func(m string) bool { return m == string(b) })
}

func (s *jsonSource) nested(name string) error {
	return s.fail(name, mlgauge.ErrRange, "need a number, a text, true, false or null, have an object or an array (Options.Columns can leave it out)")
}

// column adds a column to the plan.
func (s *jsonSource) column(key []byte) int {
	i := len(s.plan)
	c := jsonColumn{name: string(key), typ: s.o.Types[string(key)]}
	c.fixed = c.typ != Auto
	s.plan = append(s.plan, c)
	s.at[c.name] = i
	return i
}

// choose finds the columns to deliver.
func (s *jsonSource) choose() error {
	names := make([]string, len(s.plan))
	for i := range s.plan {
		names[i] = s.plan[i].name
	}
	want := s.o.Columns
	s.open = want != nil
	if want == nil {
		want = names
	}
	if len(want) == 0 {
		return s.failFile(mlgauge.ErrEmpty, "need at least one object with a key, have none")
	}
	for _, name := range s.o.typed() {
		if _, ok := s.at[name]; !ok && s.o.Columns == nil {
			return s.failFile(mlgauge.ErrRange, "need a column %q, have %s", name, list(names))
		}
	}
	for _, name := range want {
		i, ok := s.at[name]
		if !ok {
			return s.failFile(mlgauge.ErrRange, "need a column %q, have %s", name, list(names))
		}
		c := &s.plan[i]
		if c.refused != nil {
			return c.refused
		}
		c.read = true
		if c.typ == String {
			c.dict = newDict(s.o.Missing)
		}
		s.out = append(s.out, i)
	}
	return nil
}

func (s *jsonSource) fail(column string, sentinel error, format string, args ...any) error {
	return &Error{File: s.in.name, Row: s.first + s.row + 1, Line: s.line, Column: column, Reason: fmt.Sprintf(format, args...), Err: sentinel}
}

func (s *jsonSource) failFile(sentinel error, format string, args ...any) error {
	return &Error{File: s.in.name, Reason: fmt.Sprintf(format, args...), Err: sentinel}
}

// next1 returns the next line that is not blank, without its end.
func (s *jsonSource) next1() ([]byte, error) {
	for {
		line, err := s.lines.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			s.long = append(s.long[:0], line...)
			for err == bufio.ErrBufferFull && len(s.long) <= s.o.MaxLine {
				line, err = s.lines.ReadSlice('\n')
				s.long = append(s.long, line...)
			}
			line = s.long
		}
		if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return nil, s.in.broken(err)
		}
		if len(line) == 0 {
			return nil, io.EOF
		}
		if s.line++; s.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if len(line) > s.o.MaxLine {
			return nil, s.fail("", mlgauge.ErrCorrupt, "need lines of at most %d bytes, have a longer one", s.o.MaxLine)
		}
		line = bytes.Trim(line, " \t\r\n")
		if len(line) == 0 {
			continue
		}
		if !utf8.Valid(line) {
			return nil, s.fail("", mlgauge.ErrCorrupt, "need UTF-8, have other bytes")
		}
		return line, nil
	}
}

func (s *jsonSource) fields() []Field {
	f := make([]Field, len(s.out))
	for i, k := range s.out {
		f[i] = Field{Name: s.plan[k].name, Type: s.plan[k].typ}
	}
	return f
}

func (s *jsonSource) progress() (done, total int64) { return s.in.done, s.in.size }

func (s *jsonSource) close() error { return s.in.close() }

func (s *jsonSource) next() (*Table, error) {
	s.first += s.row
	s.row = 0
	for _, k := range s.out {
		c := &s.plan[k]
		c.floats, c.codes = c.floats[:0], c.codes[:0]
		if c.dict != nil {
			c.dict.reset()
		}
	}
	if err := s.fill(s.o.BatchRows, batchBytes); err != nil {
		return nil, err
	}
	if s.row == 0 {
		return nil, io.EOF
	}
	return s.table(), nil
}

func (s *jsonSource) all() (*Table, error) {
	if err := s.fill(math.MaxInt, math.MaxInt); err != nil {
		return nil, err
	}
	return s.table(), nil
}

func (s *jsonSource) table() *Table {
	t := &Table{cols: make([]Column, len(s.out)), rows: s.row}
	for i, k := range s.out {
		c := &s.plan[k]
		t.cols[i] = Column{Name: c.name, Type: c.typ}
		if c.typ == Float {
			t.cols[i].Floats = c.floats[:s.row:s.row]
		} else {
			t.cols[i].Codes, t.cols[i].Dict = c.codes[:s.row:s.row], c.dict.values()
		}
	}
	return t
}

// fill reads lines until there are maxRows, or maxBytes have been read, or the
// file ends.
func (s *jsonSource) fill(maxRows, maxBytes int) error {
	for read := 0; s.row < maxRows && read < maxBytes; {
		line, err := s.next1()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.members(line, s.take); err != nil {
			return err
		}
		for _, k := range s.out {
			if c := &s.plan[k]; c.seen != s.first+s.row+1 {
				c.missing()
			}
		}
		s.row++
		read += len(line)
	}
	return nil
}

func (c *jsonColumn) missing() {
	if c.typ == Float {
		c.floats = append(c.floats, math.NaN())
	} else {
		c.codes = append(c.codes, MissingCode)
	}
}

// take adds a value to its column.
func (s *jsonSource) take(key []byte, v *jsonValue) error {
	i, ok := s.at[string(key)]
	if !ok {
		if s.open {
			return nil
		}
		return s.fail(string(key), mlgauge.ErrRange, "need a key of the first rows, have another (infer from all rows, or name the columns)")
	}
	c := &s.plan[i]
	row := s.first + s.row + 1
	if c.seen == row {
		return s.fail(c.name, mlgauge.ErrCorrupt, "need each key once, have it twice")
	}
	c.seen = row
	if !c.read {
		return nil
	}
	switch {
	case v.kind == jsonNested:
		return s.nested(c.name)
	case v.kind == jsonNull || v.kind == jsonString && s.isMissing(v.text):
		c.missing()
	case c.typ == String:
		c.codes = append(c.codes, c.dict.code(v.text))
	default:
		x, ok := s.number(v)
		if !ok {
			why := "the column is declared float"
			if !c.fixed {
				why = "the first rows are numbers: declare the column string, or infer from all rows"
			}
			shown := string(v.text[:min(len(v.text), 40)])
			return s.fail(c.name, mlgauge.ErrRange, "need a number, have %q (%s)", shown, why)
		}
		c.floats = append(c.floats, x)
	}
	return nil
}

// number reads a value of a Float column.
func (s *jsonSource) number(v *jsonValue) (float64, bool) {
	switch v.kind {
	case jsonNumber:
		if x, n := kernel.ScanFloat(v.text); n == len(v.text) && n > 0 {
			return x, true
		}
		return s.marks.number(v.text)
	case jsonString:
		return s.marks.number(v.text)
	}
	return 0, false
}
