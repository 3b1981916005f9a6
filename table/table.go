package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Type is what a column holds.
type Type uint8

const (
	// Auto asks for the type to be inferred from the data.
	Auto Type = iota
	// Float is float64, NaN where a value is missing.
	Float
	// String is text, as codes into a dictionary.
	String
)

// String returns "auto", "float" or "string".
func (t Type) String() string {
	switch t {
	case Auto:
		return "auto"
	case Float:
		return "float"
	case String:
		return "string"
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// MissingCode is the code of a missing value in a String column.
const MissingCode int32 = -1

// A Column is a named vector. Which fields are used depends on Type.
type Column struct {
	Name string
	Type Type // Float or String

	Floats []float64 // Float: the values, NaN where missing
	Codes  []int32   // String: index into Dict, or MissingCode
	Dict   []string  // String: distinct values in the order of their appearance
}

// NewFloat returns a Float column that holds x itself, not a copy.
func NewFloat(name string, x []float64) Column {
	return Column{Name: name, Type: Float, Floats: x}
}

// NewString returns a String column with a dictionary of the values of x in
// the order of their appearance. None is missing: the empty string is a value.
func NewString(name string, x []string) Column {
	c := Column{Name: name, Type: String, Codes: make([]int32, len(x))}
	index := make(map[string]int32)
	for i, s := range x {
		code, ok := index[s]
		if !ok {
			code = int32(len(c.Dict))
			index[s] = code
			c.Dict = append(c.Dict, s)
		}
		c.Codes[i] = code
	}
	return c
}

// Len returns the number of values, missing ones included.
func (c *Column) Len() int {
	if c.Type == Float {
		return len(c.Floats)
	}
	return len(c.Codes)
}

// IsMissing tells whether value i is missing.
func (c *Column) IsMissing(i int) bool {
	if c.Type == Float {
		return c.Floats[i] != c.Floats[i]
	}
	return c.Codes[i] < 0
}

// Missing returns the number of missing values.
func (c *Column) Missing() int {
	n := 0
	for _, v := range c.Floats {
		if v != v {
			n++
		}
	}
	for _, k := range c.Codes {
		if k < 0 {
			n++
		}
	}
	return n
}

// Text returns value i as text: the shortest number that reads back as the
// same float64, or the text itself; "" where missing.
func (c *Column) Text(i int) string {
	if c.IsMissing(i) {
		return ""
	}
	if c.Type == Float {
		return string(appendFloat(nil, c.Floats[i]))
	}
	return c.Dict[c.Codes[i]]
}

// appendFloat writes v in its shortest form, with inf and -inf for infinities
// and nothing for NaN.
func appendFloat(b []byte, v float64) []byte {
	switch {
	case v != v:
		return b
	case math.IsInf(v, 1):
		return append(b, "inf"...)
	case math.IsInf(v, -1):
		return append(b, "-inf"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

// slice returns rows [lo, hi) without copying.
func (c *Column) slice(lo, hi int) Column {
	s := *c
	if c.Type == Float {
		s.Floats = c.Floats[lo:hi:hi]
	} else {
		s.Codes = c.Codes[lo:hi:hi]
	}
	return s
}

// validate reports a column that contradicts itself.
func (c *Column) validate(fn string) error {
	switch c.Type {
	case Float:
		if c.Codes != nil || c.Dict != nil {
			return fmt.Errorf("%s: column %q: need no codes in a float column: %w", fn, c.Name, mlgauge.ErrRange)
		}
	case String:
		if c.Floats != nil {
			return fmt.Errorf("%s: column %q: need no floats in a string column: %w", fn, c.Name, mlgauge.ErrRange)
		}
		for i, k := range c.Codes {
			if k < MissingCode || int(k) >= len(c.Dict) {
				return fmt.Errorf("%s: column %q: need codes in [-1, %d), have %d at index %d: %w", fn, c.Name, len(c.Dict), k, i, mlgauge.ErrRange)
			}
		}
	default:
		return check.Option(fn, fmt.Sprintf("type of column %q", c.Name), c.Type)
	}
	return nil
}

// A Table is a list of columns of equal length with distinct names. The zero
// value is a table without columns. Copying copies the headers, not the data.
type Table struct {
	cols []Column
	rows int
}

// New returns a table of the columns. The data is not copied.
//
// The error wraps ErrLength if the columns differ in length, ErrRange if two
// have the same name or a code is outside its dictionary.
func New(cols ...Column) (*Table, error) {
	const fn = "table.New"
	seen := make(map[string]bool, len(cols))
	for i := range cols {
		c := &cols[i]
		if err := c.validate(fn); err != nil {
			return nil, err
		}
		if err := check.Length(fn, fmt.Sprintf("column %q", c.Name), cols[0].Len(), c.Len()); err != nil {
			return nil, err
		}
		if seen[c.Name] {
			return nil, fmt.Errorf("%s: need distinct names, have %q twice: %w", fn, c.Name, mlgauge.ErrRange)
		}
		seen[c.Name] = true
	}
	t := &Table{cols: slices.Clone(cols)}
	if len(cols) > 0 {
		t.rows = cols[0].Len()
	}
	return t, nil
}

// NumRows returns the number of rows.
func (t *Table) NumRows() int { return t.rows }

// NumCols returns the number of columns.
func (t *Table) NumCols() int { return len(t.cols) }

// Columns returns the columns in order. The caller must not change the slice.
func (t *Table) Columns() []Column { return t.cols }

// Names returns the names of the columns in order.
func (t *Table) Names() []string {
	names := make([]string, len(t.cols))
	for i := range t.cols {
		names[i] = t.cols[i].Name
	}
	return names
}

// Has tells whether there is a column of that name.
func (t *Table) Has(name string) bool { return t.find(name) != nil }

func (t *Table) find(name string) *Column {
	for i := range t.cols {
		if t.cols[i].Name == name {
			return &t.cols[i]
		}
	}
	return nil
}

// Column returns the column of that name. The error wraps ErrRange if there is
// none.
func (t *Table) Column(name string) (*Column, error) {
	if c := t.find(name); c != nil {
		return c, nil
	}
	return nil, noColumn("table.Column", name, t.Names())
}

func noColumn(fn, name string, have []string) error {
	return fmt.Errorf("%s: need a column %q, have %s: %w", fn, name, list(have), mlgauge.ErrRange)
}

// list names the first columns of a file in an error.
func list(names []string) string {
	const most = 12
	if len(names) == 0 {
		return "no columns"
	}
	s := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		s += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return s
}

// Floats returns the values of a Float column, NaN where missing. The error
// wraps ErrRange if there is no such column or it holds text.
func (t *Table) Floats(name string) ([]float64, error) {
	c, err := t.Column(name)
	if err != nil {
		return nil, err
	}
	if c.Type != Float {
		return nil, fmt.Errorf("table.Floats: column %q: need numbers, have text: %w", name, mlgauge.ErrRange)
	}
	return c.Floats, nil
}

// Strings returns a new slice with the text of every value of a column of
// either type, as Column.Text gives it: "" where missing. The error wraps
// ErrRange if there is no such column.
func (t *Table) Strings(name string) ([]string, error) {
	c, err := t.Column(name)
	if err != nil {
		return nil, err
	}
	s := make([]string, c.Len())
	for i := range s {
		s[i] = c.Text(i)
	}
	return s, nil
}

// Select returns a table of the named columns in the given order, without
// copying the data. The error wraps ErrRange if a name is unknown or repeated.
func (t *Table) Select(names ...string) (*Table, error) {
	s := &Table{rows: t.rows}
	for _, name := range names {
		c := t.find(name)
		if c == nil {
			return nil, noColumn("table.Select", name, t.Names())
		}
		if s.Has(name) {
			return nil, fmt.Errorf("table.Select: need distinct names, have %q twice: %w", name, mlgauge.ErrRange)
		}
		s.cols = append(s.cols, *c)
	}
	return s, nil
}

// Slice returns rows [lo, hi) without copying. It panics if the bounds are not
// 0 <= lo <= hi <= NumRows, as slicing a slice does.
func (t *Table) Slice(lo, hi int) *Table {
	if lo < 0 || hi < lo || hi > t.rows {
		panic(fmt.Sprintf("table.Slice: rows [%d:%d] of a table of %d", lo, hi, t.rows))
	}
	s := &Table{cols: make([]Column, len(t.cols)), rows: hi - lo}
	for i := range t.cols {
		s.cols[i] = t.cols[i].slice(lo, hi)
	}
	return s
}

// Clone returns a copy that shares nothing with t. Use it to keep a batch
// beyond the next call of Reader.Next.
func (t *Table) Clone() *Table {
	s := &Table{cols: slices.Clone(t.cols), rows: t.rows}
	for i := range s.cols {
		c := &s.cols[i]
		c.Floats, c.Codes, c.Dict = slices.Clone(c.Floats), slices.Clone(c.Codes), slices.Clone(c.Dict)
	}
	return s
}

// Concat returns a new table with the rows of all tables, one after another.
// All must have the same column names and types in the same order; otherwise
// the error wraps ErrIncompatible. Without tables the result has no columns.
func Concat(tables ...*Table) (*Table, error) {
	if len(tables) == 0 {
		return &Table{}, nil
	}
	first := tables[0]
	out := &Table{cols: make([]Column, len(first.cols))}
	for _, t := range tables {
		if len(t.cols) != len(first.cols) {
			return nil, fmt.Errorf("table.Concat: need %d columns, have %d: %w", len(first.cols), len(t.cols), mlgauge.ErrIncompatible)
		}
		for i := range t.cols {
			if have, need := &t.cols[i], &first.cols[i]; have.Name != need.Name || have.Type != need.Type {
				return nil, fmt.Errorf("table.Concat: column %d: need %q (%s), have %q (%s): %w", i, need.Name, need.Type, have.Name, have.Type, mlgauge.ErrIncompatible)
			}
		}
		out.rows += t.rows
	}
	for i := range out.cols {
		out.cols[i] = concat(tables, i, out.rows)
	}
	return out, nil
}

func concat(tables []*Table, i, rows int) Column {
	c := Column{Name: tables[0].cols[i].Name, Type: tables[0].cols[i].Type}
	if c.Type == Float {
		c.Floats = make([]float64, 0, rows)
		for _, t := range tables {
			c.Floats = append(c.Floats, t.cols[i].Floats...)
		}
		return c
	}
	c.Codes = make([]int32, 0, rows)
	index := make(map[string]int32)
	for _, t := range tables {
		part := &t.cols[i]
		code := make([]int32, len(part.Dict))
		for j, s := range part.Dict {
			k, ok := index[s]
			if !ok {
				k = int32(len(c.Dict))
				index[s] = k
				c.Dict = append(c.Dict, s)
			}
			code[j] = k
		}
		for _, k := range part.Codes {
			if k >= 0 {
				k = code[k]
			}
			c.Codes = append(c.Codes, k)
		}
	}
	return c
}
