package table

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/mlgauge/mlgauge"
)

// parquetMeta is what the footer says, checked against the size of the file.
type parquetMeta struct {
	columns []parquetField
	groups  []parquetGroup
	rows    int64
}

type parquetGroup struct {
	rows   int64
	chunks []format.ColumnChunk
}

// meaning is what the numbers or bytes of a column stand for.
type meaning uint8

const (
	number meaning = iota
	unsigned
	decimal
	date
	timeOfDay
	timestamp
	float16
	uuid
	text
	nothing // a column in which every value is missing
)

// parquetField is a column of the schema.
type parquetField struct {
	name     string
	chunk    int    // place among the chunks of a row group
	refused  string // why it cannot be read; "" if it can
	physical format.Type
	width    int // of fixed-length bytes
	optional bool
	means    meaning
	scale    int   // of decimals
	unit     int64 // of times: per second
	utc      bool  // of timestamps
}

// text tells whether the values are text rather than numbers.
func (f *parquetField) text() bool { return f.means == text || f.means == uuid }

const parquetTail = 8 // length of the footer, magic

// footer reads the metadata at the end of the file.
func (s *parquetSource) footer() error {
	const magic = "PAR1"
	if s.size < int64(len(magic))+parquetTail {
		if s.size == 0 {
			return s.fail("", mlgauge.ErrEmpty, "need a Parquet file, have an empty one")
		}
		return s.fail("", mlgauge.ErrCorrupt, "need a Parquet file of 12 bytes or more, have %d", s.size)
	}
	var head, tail [8]byte
	if err := s.readAt(head[:4], 0); err != nil {
		return err
	}
	if err := s.readAt(tail[:], s.size-parquetTail); err != nil {
		return err
	}
	if string(head[:4]) == "PARE" || string(tail[4:]) == "PARE" {
		return s.fail("", mlgauge.ErrRange, "need a Parquet file that is not encrypted, have an encrypted one")
	}
	if string(head[:4]) != magic || string(tail[4:]) != magic {
		return s.fail("", mlgauge.ErrCorrupt, "need %s at both ends of a Parquet file, have %q and %q", magic, head[:4], tail[4:])
	}
	length := int64(binary.LittleEndian.Uint32(tail[:4]))
	if most := s.size - int64(len(magic)) - parquetTail; length > most {
		return s.fail("", mlgauge.ErrCorrupt, "need a footer of at most %d bytes, have %d", most, length)
	}
	b := make([]byte, length)
	if err := s.readAt(b, s.size-parquetTail-length); err != nil {
		return err
	}
	end, err := thriftEnd(b)
	if err != nil {
		return s.fail("", mlgauge.ErrCorrupt, "need a Parquet footer, have %d bytes that are not one (%v)", length, err)
	}
	var m format.FileMetaData
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, b[:end], &m); err != nil {
		return s.fail("", mlgauge.ErrCorrupt, "need a Parquet footer, have one that cannot be decoded (%v)", err)
	}
	if err := s.schema(m.Schema); err != nil {
		return err
	}
	return s.groups(&m)
}

// readAt fills b from the file.
func (s *parquetSource) readAt(b []byte, off int64) error {
	n, err := s.file.ReadAt(b, off)
	s.done.Add(int64(n))
	if n == len(b) {
		return nil
	}
	if err == io.EOF || err == nil {
		return s.fail("", mlgauge.ErrCorrupt, "need %d bytes at offset %d, have %d: the file is cut short", len(b), off, n)
	}
	return err
}

// schema lists the top-level columns. What is nested is kept as refused, so that
// the columns beside it can be read.
func (s *parquetSource) schema(elements []format.SchemaElement) error {
	if len(elements) == 0 {
		return s.fail("", mlgauge.ErrCorrupt, "need a schema, have none")
	}
	chunk := 0
	i := 1
	for range elements[0].NumChildren.V {
		if i >= len(elements) {
			return s.fail("", mlgauge.ErrCorrupt, "need %d columns in the schema, have fewer", elements[0].NumChildren.V)
		}
		e := &elements[i]
		f := parquetField{name: e.Name, chunk: chunk}
		// Below a group, every element but the groups among them has a chunk.
		for open := int64(1); open > 0; i++ {
			if i >= len(elements) {
				return s.fail(e.Name, mlgauge.ErrCorrupt, "need %d more columns in the schema, have none", open)
			}
			switch n := elements[i].NumChildren; {
			case n.V < 0:
				return s.fail(e.Name, mlgauge.ErrCorrupt, "need a number of children, have %d", n.V)
			case elements[i].Type.Valid:
				if n.V > 0 {
					return s.fail(e.Name, mlgauge.ErrCorrupt, "need a column or a group in the schema, have both")
				}
				chunk++
			default:
				open += int64(n.V)
			}
			open--
		}
		f.describe(e)
		s.meta.columns = append(s.meta.columns, f)
	}
	if i != len(elements) {
		return s.fail("", mlgauge.ErrCorrupt, "need %d elements in the schema, have %d", i, len(elements))
	}
	return nil
}

// describe finds what the values of a column mean.
func (f *parquetField) describe(e *format.SchemaElement) {
	if !e.Type.Valid {
		f.refused = "a nested one"
		return
	}
	if e.RepetitionType.V == format.Repeated {
		f.refused = "a repeated one"
		return
	}
	f.optional = e.RepetitionType.V == format.Optional
	f.physical = e.Type.V
	f.width = int(e.TypeLength.V)
	switch f.physical {
	case format.Boolean, format.Int32, format.Int64, format.Float, format.Double:
	case format.Int96:
		f.width, f.means, f.utc = 12, timestamp, true
	case format.ByteArray:
		f.means = text
	case format.FixedLenByteArray:
		f.means = text
		if f.width < 1 || f.width > 1<<20 {
			f.refused = "fixed-length bytes of an impossible length"
		}
	default:
		f.refused = "one of an unknown physical type"
		return
	}
	integer := f.physical == format.Int32 || f.physical == format.Int64
	switch t := e.LogicalType.Value.(type) {
	case *format.NullType:
		f.means = nothing
	case *format.DecimalType:
		f.decimal(t.Scale)
	case *format.DateType:
		if f.physical == format.Int32 {
			f.means = date
		}
	case *format.TimeType:
		if integer {
			f.means, f.unit = timeOfDay, perSecond(t.Unit)
		}
	case *format.TimestampType:
		if f.physical == format.Int64 {
			f.means, f.unit, f.utc = timestamp, perSecond(t.Unit), t.IsAdjustedToUTC
		}
	case *format.IntType:
		if integer && !t.IsSigned {
			f.means = unsigned
		}
	case *format.UUIDType:
		if f.width == 16 && f.physical == format.FixedLenByteArray {
			f.means = uuid
		}
	case *format.Float16Type:
		if f.width == 2 && f.physical == format.FixedLenByteArray {
			f.means = float16
		}
	case nil:
		f.converted(e, integer)
	}
}

// converted does what describe does for files that have the older annotations
// only.
func (f *parquetField) converted(e *format.SchemaElement, integer bool) {
	if !e.ConvertedType.Valid {
		return
	}
	switch t := e.ConvertedType.V; {
	case t == deprecated.Decimal:
		f.decimal(e.Scale.V)
	case t == deprecated.Interval:
		f.refused = "an interval"
	case !integer:
	case t == deprecated.Date:
		f.means = date
	case t == deprecated.TimeMillis:
		f.means, f.unit = timeOfDay, 1e3
	case t == deprecated.TimeMicros:
		f.means, f.unit = timeOfDay, 1e6
	case t == deprecated.TimestampMillis:
		f.means, f.unit, f.utc = timestamp, 1e3, true
	case t == deprecated.TimestampMicros:
		f.means, f.unit, f.utc = timestamp, 1e6, true
	case t == deprecated.Uint8 || t == deprecated.Uint16 || t == deprecated.Uint32 || t == deprecated.Uint64:
		f.means = unsigned
	}
}

func (f *parquetField) decimal(scale int32) {
	f.means, f.scale = decimal, int(scale)
	if scale < 0 || scale > 76 {
		f.refused = "a decimal of an impossible scale"
	}
	if f.physical == format.Boolean || f.physical == format.Float || f.physical == format.Double || f.physical == format.Int96 {
		f.refused = "a decimal of an impossible type"
	}
	if f.physical == format.FixedLenByteArray && f.width > 32 {
		f.refused = "a decimal of more than 76 digits"
	}
}

func perSecond(u format.TimeUnit) int64 {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return 1e3
	case *format.MicroSeconds:
		return 1e6
	}
	return 1e9
}

// groups checks the row groups.
func (s *parquetSource) groups(m *format.FileMetaData) error {
	chunks := 0
	for i := range s.meta.columns {
		chunks = max(chunks, s.meta.columns[i].chunk+1)
	}
	for g := range m.RowGroups {
		rg := &m.RowGroups[g]
		if rg.NumRows < 0 || rg.NumRows > 1<<48 {
			return s.fail("", mlgauge.ErrCorrupt, "need a number of rows in row group %d, have %d", g, rg.NumRows)
		}
		if len(rg.Columns) < chunks {
			return s.fail("", mlgauge.ErrCorrupt, "need %d column chunks in row group %d, have %d", chunks, g, len(rg.Columns))
		}
		s.meta.groups = append(s.meta.groups, parquetGroup{rg.NumRows, rg.Columns})
		s.meta.rows += rg.NumRows
	}
	if s.meta.rows != m.NumRows {
		return s.fail("", mlgauge.ErrCorrupt, "need as many rows as in the row groups, %d, have %d in the footer", s.meta.rows, m.NumRows)
	}
	return nil
}

var (
	errThriftShort = errors.New("it is cut short")
	errThriftBad   = errors.New("it is not a Thrift structure")
)

// thriftEnd returns the length of the structure at the start of b, in the
// compact protocol of Thrift. It walks the structure without keeping anything:
// the decoder behind it allocates by the counts it reads, so they are held
// against the bytes that are there.
func thriftEnd(b []byte) (int, error) {
	t := thriftWalk{b: b}
	t.structure(0)
	return t.pos, t.err
}

type thriftWalk struct {
	b   []byte
	pos int
	err error
}

func (t *thriftWalk) skip(n uint64) {
	if t.err == nil && n > uint64(len(t.b)-t.pos) {
		t.err = errThriftShort
	}
	if t.err == nil {
		t.pos += int(n)
	}
}

func (t *thriftWalk) byte() byte {
	t.skip(1)
	if t.err != nil {
		return 0
	}
	return t.b[t.pos-1]
}

func (t *thriftWalk) varint() uint64 {
	if t.err != nil {
		return 0
	}
	v, n := binary.Uvarint(t.b[t.pos:])
	switch {
	case n == 0:
		t.err = errThriftShort
	case n < 0:
		t.err = errThriftBad
	default:
		t.pos += n
	}
	return v
}

func (t *thriftWalk) structure(depth int) {
	for t.err == nil {
		b := t.byte()
		if b == 0 || t.err != nil {
			return
		}
		if b>>4 == 0 {
			t.varint()
		}
		if typ := b & 15; typ > 2 { // a boolean is in its header
			t.value(typ, depth+1)
		}
	}
}

func (t *thriftWalk) value(typ byte, depth int) {
	if depth > 64 {
		t.err = errThriftBad
	}
	if t.err != nil {
		return
	}
	switch typ {
	case 1, 2, 3:
		t.skip(1)
	case 4, 5, 6:
		t.varint()
	case 7:
		t.skip(8)
	case 8:
		t.skip(t.varint())
	case 9, 10:
		h := t.byte()
		n := uint64(h >> 4)
		if n == 15 {
			n = t.varint()
		}
		t.items(n, depth, h&15)
	case 11:
		if n := t.varint(); n > 0 {
			h := t.byte()
			t.items(n, depth, h>>4, h&15)
		}
	case 12:
		t.structure(depth)
	default:
		t.err = errThriftBad
	}
}

func (t *thriftWalk) items(n uint64, depth int, types ...byte) {
	if t.err == nil && n > uint64(len(t.b)-t.pos) {
		t.err = errThriftShort
	}
	start := t.pos
	for i := uint64(0); i < n && t.err == nil; i++ {
		for _, typ := range types {
			t.value(typ, depth+1)
		}
	}
	// No structure of a footer is shorter than three bytes, and each may take
	// hundreds in memory.
	if n > 16 && types[0] == 12 && uint64(t.pos-start) < 3*n {
		t.err = errThriftBad
	}
}
