package table

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

const (
	blockSize  = 256 << 10 // read at once; holds the rows that types are first inferred from
	batchBytes = 64 << 20  // of text per batch, whatever the number of rows
	maxColumns = 1 << 20
	// slack bytes lie behind the data in the buffer, so that the number scanner
	// can look ahead without care.
	slack = 40
)

// csvSource reads CSV block by block. A record that reaches the end of the data
// in memory is parsed again when more has been read.
type csvSource struct {
	in    *input
	o     Options
	comma byte
	marks
	plan     []csvColumn
	out      []int // position in the file of each column delivered
	buf      []byte
	pos, lim int // the data is buf[pos:lim]
	eof      bool
	body     int // where the rows start in the first block
	scratch  []byte
	found    csvRows
	numeric  bool // there are columns to be read as numbers

	row   int // rows in the columns of the plan
	space int // rows that they have room for
	first int // rows of earlier batches
	line  int // line of the file at pos, from 1
	lines int // line ends inside the quotes of the current record
}

// csvColumn is what is done with one field of each row.
type csvColumn struct {
	name   string
	do     job
	typ    Type // as declared or inferred
	fixed  bool // declared
	floats []float64
	codes  []int32
	dict   *dict
	bad    []int32 // rows whose text is no plain number
	quoted []byte  // a text without its quotes
}

type job uint8

const (
	skip job = iota
	parse
	code
	probe // see whether every value is a number
)

func openCSV(path string, o Options) (source, error) {
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	return newCSV(in, o)
}

// ReadCSV reads the whole of r; see ReadFile. In errors its name is "-".
func ReadCSV(r io.Reader, o Options) (*Table, error) {
	in, err := newInput("-", r)
	if err != nil {
		return nil, err
	}
	s, err := newCSV(in, o.inferLater())
	if err != nil {
		return nil, err
	}
	defer s.close()
	return s.all()
}

// NewCSV reads r in batches; see Open. In errors its name is "-".
func NewCSV(r io.Reader, o Options) (*Reader, error) {
	in, err := newInput("-", r)
	if err != nil {
		return nil, err
	}
	s, err := newCSV(in, o)
	if err != nil {
		return nil, err
	}
	return &Reader{src: s}, nil
}

func newCSV(in *input, o Options) (*csvSource, error) {
	s := &csvSource{in: in, o: o, comma: o.Comma}
	if err := s.start(); err != nil {
		in.close()
		return nil, err
	}
	return s, nil
}

// start reads the header and settles the types.
func (s *csvSource) start() error {
	if err := s.options(); err != nil {
		return err
	}
	s.buf = make([]byte, blockSize+slack)
	if err := s.more(); err != nil && err != io.EOF {
		return err
	}
	if err := s.header(); err != nil {
		return err
	}
	return s.infer()
}

func (s *csvSource) options() error {
	const fn = "table.Open"
	o := &s.o
	if s.comma == 0 {
		s.comma = ','
		if hasSuffix(s.in.name, ".tsv", ".tsv.gz") {
			s.comma = '\t'
		}
	}
	if s.comma >= utf8.RuneSelf || bytes.IndexByte([]byte("\n\r\"+-.eE0123456789"), s.comma) >= 0 {
		return check.Option(fn, "Comma", string(rune(s.comma)))
	}
	if o.Infer > inferOptimistic {
		return check.Option(fn, "Infer", o.Infer)
	}
	if o.BatchRows == 0 {
		o.BatchRows = defaultBatchRows
	}
	if o.MaxLine == 0 {
		o.MaxLine = defaultMaxLine
	}
	if err := check.AtLeast(fn, "BatchRows", o.BatchRows, 1); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MaxLine", o.MaxLine, 1); err != nil {
		return err
	}
	if o.Missing == nil {
		o.Missing = DefaultMissing
	}
	s.marks = newMarks(o.Missing)
	for _, name := range o.typed() {
		if t := o.Types[name]; t > String {
			return check.Option(fn, fmt.Sprintf("type of column %q", name), t)
		}
	}
	return nil
}

// fail returns an error about the record at pos.
func (s *csvSource) fail(column string, sentinel error, format string, args ...any) error {
	return &Error{File: s.in.name, Row: s.first + s.row + 1, Line: s.line, Column: column, Reason: fmt.Sprintf(format, args...), Err: sentinel}
}

// failFile returns an error about the file as a whole.
func (s *csvSource) failFile(sentinel error, format string, args ...any) error {
	return &Error{File: s.in.name, Reason: fmt.Sprintf(format, args...), Err: sentinel}
}

// more reads on: it moves the unfinished record to the front of the buffer and
// fills the rest. io.EOF means that every record has been read.
func (s *csvSource) more() error {
	if s.eof {
		if s.pos < s.lim {
			return s.fail("", mlgauge.ErrCorrupt, "need a closing quote, have the end of the file")
		}
		return io.EOF
	}
	s.found.forget()
	rest := s.lim - s.pos
	if rest > s.o.MaxLine {
		return s.tooLong()
	}
	// The buffer never grows beyond the longest record and a block.
	most := max(s.o.MaxLine, blockSize) + blockSize
	if size := len(s.buf) - slack; rest > size/2 && size < most {
		grown := make([]byte, min(2*size, most)+slack)
		copy(grown, s.buf[s.pos:s.lim])
		s.buf = grown
	} else {
		copy(s.buf, s.buf[s.pos:s.lim])
	}
	s.pos, s.lim = 0, rest
	// One byte is left for the line end that the last line may lack.
	n, eof, err := s.in.fill(s.buf[rest : len(s.buf)-slack-1])
	s.lim += n
	if err != nil {
		return err
	}
	if eof {
		s.eof = true
		if s.lim > 0 && s.buf[s.lim-1] != '\n' {
			s.buf[s.lim] = '\n'
			s.lim++
		}
		if s.lim == 0 {
			return io.EOF
		}
	}
	return nil
}

func (s *csvSource) tooLong() error {
	return s.fail("", mlgauge.ErrCorrupt, "need records of at most %d bytes, have a longer one (a line without an end, or a quote that is never closed)", s.o.MaxLine)
}

// header reads the names of the columns and makes the plan.
func (s *csvSource) header() error {
	b := s.buf[:s.lim]
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return s.failFile(mlgauge.ErrCorrupt, "need UTF-8, have UTF-16")
	}
	if bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		s.pos = 3
	}
	s.line = 1
	names := s.o.Names
	if names == nil {
		var err error
		if names, err = s.record(); err != nil {
			return err
		}
	}
	s.body = s.pos
	return s.makePlan(names)
}

// record reads the fields of the next record that is not empty, as text.
func (s *csvSource) record() ([]string, error) {
	var names []string
	pos := s.pos
	for {
		if pos < s.lim && len(names) == 0 && (s.buf[pos] == '\n' || s.buf[pos] == '\r' && s.buf[pos+1] == '\n') {
			pos += bytes.IndexByte(s.buf[pos:s.lim], '\n') + 1
			s.pos = pos
			s.line++
			continue
		}
		raw, end, st := s.field(pos)
		switch st {
		case fieldMore:
			switch err := s.more(); {
			case err == io.EOF:
				return nil, s.failFile(mlgauge.ErrEmpty, "need a header line, have an empty file")
			case err != nil:
				return nil, s.inHeader(err)
			}
			pos, names, s.lines = s.pos, names[:0], 0
			continue
		case fieldOK:
		default:
			return nil, s.inHeader(s.badField("", st))
		}
		names = append(names, string(raw))
		if len(names) > maxColumns {
			return nil, s.failFile(mlgauge.ErrCorrupt, "need at most %d columns, have more", maxColumns)
		}
		pos = end + 1
		if s.buf[end] == '\n' {
			if pos-s.pos > s.o.MaxLine {
				return nil, s.inHeader(s.tooLong())
			}
			s.line += 1 + s.lines
			s.lines = 0
			s.pos = pos
			return names, nil
		}
	}
}

// inHeader says that an error is about the header instead of a row.
func (s *csvSource) inHeader(err error) error {
	if e, ok := err.(*Error); ok && e.Row > 0 {
		e.Row, e.Line, e.Reason = 0, 0, "header: "+e.Reason
	}
	return err
}

func (s *csvSource) makePlan(names []string) error {
	if len(names) == 0 {
		return s.failFile(mlgauge.ErrEmpty, "need at least one column name, have none")
	}
	at := make(map[string]int, len(names))
	s.plan = make([]csvColumn, len(names))
	for i, name := range names {
		if j, twice := at[name]; twice {
			return s.failFile(mlgauge.ErrCorrupt, "header: need distinct column names, have %q in columns %d and %d", name, j+1, i+1)
		}
		at[name] = i
		t := s.o.Types[name]
		s.plan[i] = csvColumn{name: name, typ: t, fixed: t != Auto}
	}
	for _, name := range s.o.typed() {
		if _, ok := at[name]; !ok {
			return s.failFile(mlgauge.ErrRange, "need a column %q, have %s", name, list(names))
		}
	}
	if s.o.Columns == nil {
		for i := range names {
			s.out = append(s.out, i)
		}
		return nil
	}
	if len(s.o.Columns) == 0 {
		return check.NotEmpty("table.Open", "Columns", 0)
	}
	for _, name := range s.o.Columns {
		i, ok := at[name]
		if !ok {
			return s.failFile(mlgauge.ErrRange, "need a column %q, have %s", name, list(names))
		}
		if slices.Contains(s.out, i) {
			return s.failFile(mlgauge.ErrRange, "need each column once, have %q twice", name)
		}
		s.out = append(s.out, i)
	}
	return nil
}

func (s *csvSource) fields() []Field {
	f := make([]Field, len(s.out))
	for i, c := range s.out {
		f[i] = Field{Name: s.plan[c].name, Type: s.plan[c].typ}
	}
	return f
}

func (s *csvSource) progress() (done, total int64) { return s.in.done, s.in.size }

func (s *csvSource) close() error { return s.in.close() }

// next delivers a batch in memory that the batch after it will use again.
func (s *csvSource) next() (*Table, error) {
	s.newBatch()
	if err := s.fill(s.o.BatchRows, batchBytes, true); err != nil {
		return nil, err
	}
	if s.row == 0 {
		return nil, io.EOF
	}
	return s.table(), nil
}

// newBatch forgets the rows in memory, not that there were rows.
func (s *csvSource) newBatch() {
	s.first += s.row
	s.row = 0
	for _, c := range s.out {
		if d := s.plan[c].dict; d != nil {
			d.reset()
		}
	}
}

// table wraps the rows in memory.
func (s *csvSource) table() *Table {
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

// grow makes room for more rows.
func (s *csvSource) grow(space int) {
	s.numeric = false
	for i := range s.plan {
		switch c := &s.plan[i]; c.do {
		case parse, probe:
			s.numeric = true
			c.floats = append(make([]float64, 0, space), c.floats[:s.row]...)[:space]
		case code:
			c.codes = append(make([]int32, 0, space), c.codes[:s.row]...)[:space]
		}
	}
	s.space = space
}
