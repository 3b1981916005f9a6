package table

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// UnionOptions says which columns Union keeps.
type UnionOptions struct {
	Common bool   // only the columns that every table has; else every column, missing where a table lacks it
	Source string // name of a column with the number of the table that a row is from, counted from 0; "": none
}

// Union returns a new table with the rows of all tables, one after another,
// columns matched by name, in the order of their first appearance. A column that
// holds nothing but missing values fits either type. [Concat] is stricter: it
// refuses tables whose columns differ.
//
// The error wraps ErrEmpty without tables, ErrIncompatible if a column holds
// numbers in one table and text in another, ErrRange if Source is the name of a
// column.
//
// Source: pandas 3.1, concat with join="outer" or "inner".
func Union(o UnionOptions, tables ...*Table) (*Table, error) {
	const fn = "table.Union"
	if err := check.NotEmpty(fn, "tables", len(tables)); err != nil {
		return nil, err
	}
	var names []string
	count := map[string]int{}
	types := map[string]Type{}
	rows := 0
	for i, t := range tables {
		rows += t.rows
		for k := range t.cols {
			c := &t.cols[k]
			if count[c.Name] == 0 {
				names = append(names, c.Name)
			}
			count[c.Name]++
			if c.Missing() == c.Len() {
				continue
			}
			if was, ok := types[c.Name]; ok && was != c.Type {
				return nil, fmt.Errorf("%s: column %q: need %s as in the tables before, have %s in table %d: %w", fn, c.Name, was, c.Type, i, mlgauge.ErrIncompatible)
			}
			types[c.Name] = c.Type
		}
	}
	var cols []Column
	for _, name := range names {
		if o.Common && count[name] < len(tables) {
			continue
		}
		typ, ok := types[name]
		if !ok {
			typ = Float
			for _, t := range tables {
				if c := t.find(name); c != nil {
					typ = c.Type
					break
				}
			}
		}
		cols = append(cols, stack(name, typ, tables, rows))
	}
	if o.Source != "" {
		from := make([]float64, 0, rows)
		for i, t := range tables {
			for range t.rows {
				from = append(from, float64(i))
			}
		}
		cols = append(cols, NewFloat(o.Source, from))
	}
	out, err := New(cols...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	out.rows = rows
	return out, nil
}

// stack puts the columns of one name one under another.
func stack(name string, typ Type, tables []*Table, rows int) Column {
	out := Column{Name: name, Type: typ}
	if typ == Float {
		out.Floats = make([]float64, 0, rows)
	} else {
		out.Codes = make([]int32, 0, rows)
	}
	for _, t := range tables {
		c := t.find(name)
		var code []int32
		if c != nil && c.Type == String && typ == String {
			out.Dict, code = mergeDict(out.Dict, c.Dict)
		}
		for i := range t.rows {
			switch {
			case typ == Float && (c == nil || c.Type != Float):
				out.Floats = append(out.Floats, math.NaN())
			case typ == Float:
				out.Floats = append(out.Floats, c.Floats[i])
			case code == nil || c.Codes[i] < 0:
				out.Codes = append(out.Codes, MissingCode)
			default:
				out.Codes = append(out.Codes, code[c.Codes[i]])
			}
		}
	}
	return out
}

// ConcatColumns returns a table with the columns of all tables, side by side,
// without copying the data. The error wraps ErrLength if the tables differ in
// their numbers of rows, ErrRange if two columns have the same name. Without
// tables the result has no columns.
func ConcatColumns(tables ...*Table) (*Table, error) {
	var cols []Column
	for i, t := range tables {
		if err := check.Length("table.ConcatColumns", fmt.Sprintf("rows of table %d", i), tables[0].rows, t.rows); err != nil {
			return nil, err
		}
		cols = append(cols, t.cols...)
	}
	out, err := New(cols...)
	if err != nil {
		return nil, fmt.Errorf("table.ConcatColumns: %w", err)
	}
	return out, nil
}
