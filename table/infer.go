package table

import (
	"errors"
	"io"
	"math"
)

// inferOptimistic is what ReadFile uses: the first block decides, and if that
// turns out wrong the types are inferred from the whole file and it is read
// again. Input that cannot be read twice is inferred in full at once.
const inferOptimistic Infer = InferFirst + 1

// inferLater returns the options for reading a file into memory.
func (o Options) inferLater() Options {
	if o.Infer == InferAll {
		o.Infer = inferOptimistic
	}
	return o
}

// infer settles the type of every column, and leaves the source at its first
// row.
func (s *csvSource) infer() error {
	if !s.undecided() {
		s.assign()
		return nil
	}
	// The first block: if that is the whole file, or if the caller says so,
	// there is no need to look further.
	seen := s.buf[:s.lim]
	s.probe()
	line := s.line
	err := s.fill(math.MaxInt, math.MaxInt, false)
	if err != nil {
		return err
	}
	enough := s.eof || !s.undecided() || s.row > 0 && (s.o.Infer == InferFirst || s.o.Infer == inferOptimistic && s.in.seekable())
	s.settle()
	s.pos, s.row, s.space, s.lines, s.line = s.body, 0, 0, 0, line
	s.found.forget()
	if enough {
		s.assign()
		return nil
	}
	return s.inferAll(seen)
}

// inferAll looks at every value of the file, from its first row on. seen is
// what has been read of an input that cannot seek, and still in the buffer.
func (s *csvSource) inferAll(seen []byte) error {
	for i := range s.plan {
		// What the first block shows to be text is text.
		if c := &s.plan[i]; c.typ == Float && !c.fixed {
			c.typ = Auto
		}
	}
	if s.in.seekable() {
		if err := s.rewind(); err != nil {
			return err
		}
	} else if err := s.in.keep(seen); err != nil {
		return err
	}
	s.probe()
	for s.undecided() {
		s.row = 0
		if err := s.fill(s.o.BatchRows, batchBytes, true); err != nil {
			return err
		}
		s.first += s.row
		if s.row == 0 {
			break
		}
	}
	s.settle()
	if err := s.rewind(); err != nil {
		return err
	}
	s.assign()
	return nil
}

// undecided tells whether the type of a column that is read is still open.
func (s *csvSource) undecided() bool {
	for _, k := range s.out {
		if c := &s.plan[k]; c.typ == Auto || c.do == probe {
			return true
		}
	}
	return false
}

// probe lets fill look at the columns whose type is open, and skip the others.
func (s *csvSource) probe() {
	for i := range s.plan {
		s.plan[i].do = skip
	}
	for _, k := range s.out {
		if c := &s.plan[k]; c.typ == Auto {
			c.do = probe
		}
	}
	s.space = 0
}

// settle turns what was never contradicted into Float.
func (s *csvSource) settle() {
	for i := range s.plan {
		if c := &s.plan[i]; c.do == probe {
			c.do, c.typ = skip, Float
		}
	}
}

// assign tells fill what to do with each column, from its type.
func (s *csvSource) assign() {
	for i := range s.plan {
		s.plan[i].do, s.plan[i].floats, s.plan[i].codes = skip, nil, nil
	}
	for _, k := range s.out {
		c := &s.plan[k]
		if c.typ == Float {
			c.do = parse
			continue
		}
		c.do = code
		c.dict = newDict(s.o.Missing)
	}
	s.space = 0
}

// rewind goes back to the first row.
func (s *csvSource) rewind() error {
	if err := s.in.rewind(); err != nil {
		return err
	}
	s.pos, s.lim, s.eof = 0, 0, false
	s.row, s.first, s.lines = 0, 0, 0
	if err := s.more(); err != nil && err != io.EOF {
		return err
	}
	plan, out := s.plan, s.out
	s.out = nil
	if err := s.header(); err != nil {
		return err
	}
	s.plan, s.out = plan, out
	return nil
}

// all reads the rows into memory of their own.
func (s *csvSource) all() (*Table, error) {
	err := s.readAll()
	var conflict errType
	if s.o.Infer == inferOptimistic && errors.As(err, &conflict) {
		s.o.Infer = InferAll
		for i := range s.plan {
			s.plan[i].dict = nil
		}
		if err = s.inferAll(nil); err == nil {
			err = s.readAll()
		}
	}
	if errors.As(err, &conflict) {
		return nil, conflict.at
	}
	if err != nil {
		return nil, err
	}
	return s.table(), nil
}

func (s *csvSource) readAll() error {
	// The rows of the first block tell how many there will be.
	if err := s.fill(math.MaxInt, blockSize, true); err != nil {
		return err
	}
	if s.row > 0 && s.in.size > 0 && !s.in.gzip && !s.eof {
		rows := float64(s.in.size) / blockSize * float64(s.row)
		s.grow(max(s.space, int(min(1.01*rows, 1e9))+16))
	}
	if s.space == 0 {
		s.grow(1)
	}
	return s.fill(math.MaxInt, math.MaxInt, true)
}
