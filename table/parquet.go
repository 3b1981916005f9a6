package table

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// parquetSource reads the columns of a Parquet file side by side, each page by
// page, straight into the columns of a batch.
type parquetSource struct {
	name  string
	file  io.ReaderAt
	owned io.Closer
	size  int64
	o     Options
	marks
	meta  parquetMeta
	cols  []*parquetColumn // those delivered, in order
	group int              // the next row group
	left  int64            // rows of the current one that are still to come
	rows  int              // delivered
	done  atomic.Int64     // bytes read
}

// maxParquetBatch bounds a batch whatever Options.BatchRows says, so that a
// file cannot ask for memory by the number of rows it claims.
const maxParquetBatch = 1 << 20

func openParquet(path string, o Options) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "read", Path: path, Err: fmt.Errorf("need a regular file for Parquet, have none")}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	s, err := newParquet(path, f, info.Size(), o)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.owned = f
	return s, nil
}

// NewParquet reads a Parquet file of the given size in batches; see Open. In
// errors its name is "-".
func NewParquet(r io.ReaderAt, size int64, o Options) (*Reader, error) {
	s, err := newParquet("-", r, size, o)
	if err != nil {
		return nil, err
	}
	return &Reader{src: s}, nil
}

// ReadParquet reads a whole Parquet file of the given size; see ReadFile. In
// errors its name is "-".
func ReadParquet(r io.ReaderAt, size int64, o Options) (*Table, error) {
	s, err := newParquet("-", r, size, o)
	if err != nil {
		return nil, err
	}
	return s.all()
}

func newParquet(name string, r io.ReaderAt, size int64, o Options) (s *parquetSource, err error) {
	const fn = "table.Open"
	s = &parquetSource{name: name, file: r, size: size, o: o}
	// The decoder of the footer is not ours: what it makes of damaged bytes
	// must not end the program.
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, s.fail("", mlgauge.ErrCorrupt, "need a Parquet footer, have one that cannot be decoded (%v)", p)
		}
	}()
	if s.o.BatchRows == 0 {
		s.o.BatchRows = defaultBatchRows
	}
	if err := check.AtLeast(fn, "BatchRows", s.o.BatchRows, 1); err != nil {
		return nil, err
	}
	if o.Infer > inferOptimistic {
		return nil, check.Option(fn, "Infer", o.Infer)
	}
	s.marks = newMarks(o.Missing)
	if err := s.footer(); err != nil {
		return nil, err
	}
	if err := s.plan(); err != nil {
		return nil, err
	}
	return s, nil
}

// fail returns an error about the file or a column.
func (s *parquetSource) fail(column string, sentinel error, format string, args ...any) error {
	return &Error{File: s.name, Column: column, Reason: fmt.Sprintf(format, args...), Err: sentinel}
}

// plan chooses the columns and their types.
func (s *parquetSource) plan() error {
	names := make([]string, len(s.meta.columns))
	at := make(map[string]int, len(names))
	for i := range s.meta.columns {
		name := s.meta.columns[i].name
		if _, twice := at[name]; twice {
			return s.fail("", mlgauge.ErrCorrupt, "need distinct column names, have %q twice", name)
		}
		names[i], at[name] = name, i
	}
	for _, name := range s.o.typed() {
		if t := s.o.Types[name]; t > String {
			return check.Option("table.Open", fmt.Sprintf("type of column %q", name), t)
		}
		if _, ok := at[name]; !ok {
			return s.fail("", mlgauge.ErrRange, "need a column %q, have %s", name, list(names))
		}
	}
	want := s.o.Columns
	if want == nil {
		want = names
	} else if len(want) == 0 {
		return check.NotEmpty("table.Open", "Columns", 0)
	}
	if len(want) == 0 {
		return s.fail("", mlgauge.ErrEmpty, "need at least one column, have none")
	}
	for _, name := range want {
		i, ok := at[name]
		if !ok {
			return s.fail("", mlgauge.ErrRange, "need a column %q, have %s", name, list(names))
		}
		c := &s.meta.columns[i]
		if c.refused != "" {
			return s.fail(name, mlgauge.ErrRange, "need a flat column, have %s (Options.Columns can leave it out)", c.refused)
		}
		if slices.ContainsFunc(s.cols, func(p *parquetColumn) bool { return p.name == name }) {
			return s.fail("", mlgauge.ErrRange, "need each column once, have %q twice", name)
		}
		p := &parquetColumn{parquetField: *c, src: s, typ: s.o.Types[name]}
		if p.typ == Auto {
			p.typ = Float
			if c.text() {
				p.typ = String
			}
		}
		if p.typ == String {
			p.dict = newDict(s.o.Missing)
		}
		s.cols = append(s.cols, p)
	}
	return nil
}

func (s *parquetSource) fields() []Field {
	f := make([]Field, len(s.cols))
	for i, c := range s.cols {
		f[i] = Field{Name: c.name, Type: c.typ, Time: c.typ == Float && (c.means == timestamp || c.means == date)}
	}
	return f
}

func (s *parquetSource) progress() (done, total int64) { return min(s.done.Load(), s.size), s.size }

func (s *parquetSource) close() error {
	if s.owned == nil {
		return nil
	}
	return s.owned.Close()
}

// advance makes sure that there are rows left in the current row group.
func (s *parquetSource) advance() error {
	for s.left == 0 {
		if s.group == len(s.meta.groups) {
			return io.EOF
		}
		s.left = s.meta.groups[s.group].rows
		if s.left > 0 {
			for _, c := range s.cols {
				if err := c.open(s.group); err != nil {
					return err
				}
			}
		}
		s.group++
	}
	return nil
}

func (s *parquetSource) next() (*Table, error) {
	if err := s.advance(); err != nil {
		return nil, err
	}
	n := int(min(int64(s.o.BatchRows), maxParquetBatch, s.left))
	t := &Table{cols: make([]Column, len(s.cols)), rows: n}
	for i, c := range s.cols {
		c.newBatch()
		if err := c.read(n); err != nil {
			return nil, err
		}
		t.cols[i] = c.column()
	}
	s.left -= int64(n)
	s.rows += n
	return t, nil
}

func (s *parquetSource) all() (*Table, error) {
	// Room for as many rows as the footer claims, unless the file is too small
	// for the claim to be likely: then the columns grow as pages are read.
	budget := (16*s.size + 8<<20) / int64(8*len(s.cols))
	for _, c := range s.cols {
		c.newBatch()
		c.reserve(int(min(s.meta.rows, max(budget, 1024))))
	}
	for {
		if err := s.advance(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		n := int(min(s.left, 1<<18))
		if err := s.read(n); err != nil {
			return nil, err
		}
		s.left -= int64(n)
		s.rows += n
	}
	t := &Table{cols: make([]Column, len(s.cols)), rows: s.rows}
	for i, c := range s.cols {
		t.cols[i] = c.column()
	}
	return t, nil
}

// read appends n rows to every column. The columns have nothing in common, so it
// does not matter which core reads one; the error is that of the first.
func (s *parquetSource) read(n int) error {
	if n*len(s.cols) < parallel.MinElements {
		for _, c := range s.cols {
			if err := c.read(n); err != nil {
				return err
			}
		}
		return nil
	}
	errs := make([]error, len(s.cols))
	parallel.Each(len(errs), func(i int) { errs[i] = s.cols[i].read(n) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// parquetColumn reads one column. A page is decoded straight into the batch if
// it fits, and into a page of its own otherwise.
type parquetColumn struct {
	parquetField
	src  *parquetSource
	typ  Type
	dict *dict // of the batch, for text

	chunk parquetChunk
	page  parquetPage

	floats []float64 // of the batch
	codes  []int32
}

func (c *parquetColumn) newBatch() {
	c.floats, c.codes = c.floats[:0], c.codes[:0]
	if c.dict != nil {
		c.dict.reset()
		c.chunk.forget()
	}
}

func (c *parquetColumn) reserve(rows int) {
	// Fresh memory is zero already: slices.Grow would clear it once more.
	if c.typ == Float {
		c.floats = make([]float64, 0, rows)
	} else {
		c.codes = make([]int32, 0, rows)
	}
}

// column wraps the rows in memory.
func (c *parquetColumn) column() Column {
	if c.typ == Float {
		return Column{Name: c.name, Type: Float, Floats: c.floats[:len(c.floats):len(c.floats)]}
	}
	return Column{Name: c.name, Type: String, Codes: c.codes[:len(c.codes):len(c.codes)], Dict: c.dict.values()}
}

// read appends n rows, all in the current row group.
func (c *parquetColumn) read(n int) error {
	for n > 0 {
		if c.page.left() == 0 {
			if err := c.nextPage(n); err != nil {
				return err
			}
			if c.page.left() == 0 { // it went to the batch directly
				n -= c.page.rows
				continue
			}
		}
		k := min(n, c.page.left())
		lo := c.page.at
		if c.typ == Float {
			c.floats = append(c.floats, c.page.floats[lo:lo+k]...)
		} else if err := c.serve(lo, lo+k); err != nil {
			return err
		}
		c.page.at += k
		n -= k
	}
	return nil
}

// serve appends the codes of rows [lo, hi) of the page.
func (c *parquetColumn) serve(lo, hi int) error {
	start := len(c.codes)
	c.codes = slices.Grow(c.codes, hi-lo)[:start+hi-lo]
	out := c.codes[start:]
	idx := c.page.index[lo:hi]
	if c.page.shared {
		known := c.chunk.codes
		for i, k := range idx {
			if k < 0 {
				out[i] = MissingCode
				continue
			}
			if known[k] == unknownCode {
				known[k] = c.dict.code(c.chunk.texts.at(int(k)))
			}
			out[i] = known[k]
		}
	} else {
		for i, k := range idx {
			if k < 0 {
				out[i] = MissingCode
				continue
			}
			out[i] = c.dict.code(c.page.texts.at(int(k)))
		}
	}
	if c.dict.full() {
		return c.src.fail(c.name, mlgauge.ErrRange, "need fewer than 2^31 distinct values, have more")
	}
	return nil
}
