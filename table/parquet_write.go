package table

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// parquetGroupRows is the number of rows from which a row group is closed.
const parquetGroupRows = 1 << 20

// parquetWriter writes batches as optional columns of DOUBLE and of UTF-8 with a
// dictionary, compressed with snappy.
type parquetWriter struct {
	//lint:ignore SA1019 it takes rows of a schema known at run time
	w      *parquet.Writer
	names  []string
	types  []Type
	rows   int // in the current row group
	values []parquet.Value
}

// WriteParquet writes t as Parquet: numbers as optional DOUBLE, missing as null,
// and text as optional UTF-8 with a dictionary; pages compressed with snappy, row
// groups of about a million rows.
//
// The error wraps ErrEmpty if t has no columns.
func WriteParquet(w io.Writer, t *Table) error {
	b := bufio.NewWriterSize(w, 1<<16)
	var p parquetWriter
	if err := p.write(b, t); err != nil {
		return err
	}
	if err := p.end(b); err != nil {
		return err
	}
	return b.Flush()
}

func (p *parquetWriter) write(w *bufio.Writer, t *Table) error {
	const fn = "table.Write"
	if err := check.NotEmpty(fn, "columns", len(t.cols)); err != nil {
		return err
	}
	if p.w == nil {
		p.start(w, t)
	} else if names := t.Names(); !slices.Equal(p.names, names) {
		return fmt.Errorf("%s: need the columns %s, have %s: %w", fn, list(p.names), list(names), mlgauge.ErrIncompatible)
	}
	for i := range t.cols {
		if c := &t.cols[i]; c.Type != p.types[i] && p.types[i] == Float {
			return fmt.Errorf("%s: column %q: need numbers as in the first batch, have text: %w", fn, c.Name, mlgauge.ErrIncompatible)
		}
	}
	for lo := 0; lo < t.rows; {
		hi := min(t.rows, lo+parquetGroupRows-p.rows)
		part := t.Slice(lo, hi)
		for i := range part.cols {
			if err := p.column(i, &part.cols[i]); err != nil {
				return err
			}
		}
		p.rows += hi - lo
		lo = hi
		if p.rows == parquetGroupRows {
			if err := p.w.Flush(); err != nil {
				return err
			}
			p.rows = 0
		}
	}
	return nil
}

// start writes the head of the file, with the columns of t.
func (p *parquetWriter) start(w io.Writer, t *Table) {
	root := orderedGroup{Group: parquet.Group{}}
	for i := range t.cols {
		c := &t.cols[i]
		node := parquet.Node(parquet.Leaf(parquet.DoubleType))
		if c.Type == String {
			node = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
		}
		one := parquet.Group{c.Name: parquet.Optional(node)}
		root.fields = append(root.fields, one.Fields()...)
		root.Group[c.Name] = one[c.Name]
		p.names, p.types = append(p.names, c.Name), append(p.types, c.Type)
	}
	p.w = parquet.NewWriter(w, parquet.NewSchema("schema", root), parquet.Compression(&snappy.Codec{}), parquet.DataPageVersion(1))
}

// orderedGroup is a group whose fields keep their order.
type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

func (g orderedGroup) Fields() []parquet.Field { return g.fields }

// column appends the values of column i.
func (p *parquetWriter) column(i int, c *Column) error {
	const block = 4096
	out := p.w.ColumnWriters()[i]
	var dict []parquet.Value
	for _, s := range c.Dict {
		dict = append(dict, parquet.ByteArrayValue([]byte(s)).Level(0, 1, i))
	}
	missing := parquet.NullValue().Level(0, 0, i)
	n := c.Len()
	for lo := 0; lo < n; lo += block {
		p.values = p.values[:0]
		for k := lo; k < min(n, lo+block); k++ {
			v := missing
			switch {
			case c.IsMissing(k):
			case c.Type == String:
				v = dict[c.Codes[k]]
			case p.types[i] == String:
				v = parquet.ByteArrayValue(appendFloat(nil, c.Floats[k])).Level(0, 1, i)
			default:
				v = parquet.DoubleValue(c.Floats[k]).Level(0, 1, i)
			}
			p.values = append(p.values, v)
		}
		if _, err := out.WriteRowValues(p.values); err != nil {
			return fmt.Errorf("table.Write: column %q: %w", c.Name, err)
		}
	}
	return nil
}

func (p *parquetWriter) end(*bufio.Writer) error {
	if p.w == nil {
		return nil
	}
	return p.w.Close()
}
