package table

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A coder numbers the keys of rows: equal keys get equal numbers, also across
// tables, in the order of appearance. A missing value is a value of its own.
type coder struct {
	floats []map[uint64]int // one per key column
	dense  []denseIndex     // in their place, where the keys allow
	texts  []map[string]int
	pairs  []map[[2]int]int
	n      int // numbers given out
}

// A denseIndex numbers integers of a narrow range, as row identifiers are,
// without hashing: several times faster than a map.
type denseIndex struct {
	low   float64
	table []int // by value - low: the number, 0 if not seen
	n     int
}

// newCoder returns a coder for the key columns of one or two tables.
func newCoder(tables ...[]*Column) *coder {
	c := &coder{}
	for k := range tables[0] {
		cols := make([]*Column, len(tables))
		for t := range tables {
			cols[t] = tables[t][k]
		}
		c.dense = append(c.dense, newDenseIndex(cols))
		c.floats = append(c.floats, map[uint64]int{})
		c.texts = append(c.texts, map[string]int{})
		c.pairs = append(c.pairs, map[[2]int]int{})
	}
	return c
}

// newDenseIndex returns an index without a table unless every value is an
// integer or missing and the range is no wider than four times the rows.
func newDenseIndex(cols []*Column) denseIndex {
	low, high, rows := math.Inf(1), math.Inf(-1), 0
	for _, c := range cols {
		if c.Type != Float {
			return denseIndex{}
		}
		rows += len(c.Floats)
		for _, v := range c.Floats {
			if v != v {
				continue
			}
			if v != math.Trunc(v) {
				return denseIndex{}
			}
			low, high = min(low, v), max(high, v)
		}
	}
	// the bound on the magnitude keeps the differences exact
	if !(high >= low && high-low < 4*float64(rows)) || max(-low, high) > 1<<53 {
		return denseIndex{}
	}
	return denseIndex{low: low, table: make([]int, int(high-low)+1)}
}

// codes returns the number of each row's key, and which keys hold a missing
// value (nil if none does).
func (c *coder) codes(cols []*Column, rows int) (codes []int, missing []bool) {
	codes = make([]int, rows)
	for k, col := range cols {
		one := c.column(k, col, rows)
		for i, v := range one {
			if v == 0 {
				if missing == nil {
					missing = make([]bool, rows)
				}
				missing[i] = true
			}
			if k == 0 {
				codes[i] = v
				continue
			}
			pair := [2]int{codes[i], v}
			n, ok := c.pairs[k][pair]
			if !ok {
				n = len(c.pairs[k])
				c.pairs[k][pair] = n
			}
			codes[i] = n
		}
	}
	for _, v := range codes {
		c.n = max(c.n, v+1)
	}
	return codes, missing
}

// column returns the number of each value of one key column: 0 if missing.
func (c *coder) column(k int, col *Column, rows int) []int {
	out := make([]int, rows)
	if col.Type == Float {
		if d := &c.dense[k]; d.table != nil {
			for i, v := range col.Floats {
				if v != v {
					continue
				}
				at := &d.table[int(v-d.low)]
				if *at == 0 {
					d.n++
					*at = d.n
				}
				out[i] = *at
			}
			return out
		}
		index := c.floats[k]
		for i, v := range col.Floats {
			if v != v {
				continue
			}
			b := math.Float64bits(v + 0) // -0 becomes 0
			n, ok := index[b]
			if !ok {
				n = len(index) + 1
				index[b] = n
			}
			out[i] = n
		}
		return out
	}
	index := c.texts[k]
	ofDict := make([]int, len(col.Dict))
	for j, s := range col.Dict {
		n, ok := index[s]
		if !ok {
			n = len(index) + 1
			index[s] = n
		}
		ofDict[j] = n
	}
	for i, code := range col.Codes {
		if code >= 0 {
			out[i] = ofDict[code]
		}
	}
	return out
}

// columns finds key columns by name.
func (t *Table) columns(fn string, names []string) ([]*Column, error) {
	out := make([]*Column, len(names))
	for i, name := range names {
		if out[i] = t.find(name); out[i] == nil {
			return nil, noColumn(fn, name, t.Names())
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("%s: need distinct key columns, have %q twice: %w", fn, name, mlgauge.ErrRange)
		}
	}
	return out, nil
}

// Take returns a new table of the given rows in the given order; a row may be
// taken several times. The error wraps ErrRange for a row outside the table.
func (t *Table) Take(rows []int) (*Table, error) {
	for i, r := range rows {
		if r < 0 || r >= t.rows {
			return nil, fmt.Errorf("table.Take: rows: need rows in [0, %d), have %d at index %d: %w", t.rows, r, i, mlgauge.ErrRange)
		}
	}
	return t.take(rows), nil
}

func (t *Table) take(rows []int) *Table {
	out := &Table{cols: make([]Column, len(t.cols)), rows: len(rows)}
	for i := range t.cols {
		out.cols[i] = t.cols[i].take(rows)
	}
	return out
}

// take gathers values; row -1 is missing.
func (c *Column) take(rows []int) Column {
	out := Column{Name: c.Name, Type: c.Type, Dict: c.Dict}
	if c.Type == Float {
		out.Floats = make([]float64, len(rows))
		for i, r := range rows {
			if r < 0 {
				out.Floats[i] = math.NaN()
			} else {
				out.Floats[i] = c.Floats[r]
			}
		}
		return out
	}
	out.Codes = make([]int32, len(rows))
	for i, r := range rows {
		if r < 0 {
			out.Codes[i] = MissingCode
		} else {
			out.Codes[i] = c.Codes[r]
		}
	}
	return out
}

// Distinct returns a new table with the first of every set of rows that are
// equal in the named columns, or in all columns if none is named. Missing values
// equal each other, and 0 equals -0. The error wraps ErrRange if a name is
// unknown or repeated, ErrEmpty if the table has no columns.
func (t *Table) Distinct(on ...string) (*Table, error) {
	const fn = "table.Distinct"
	if len(on) == 0 {
		on = t.Names()
	}
	if err := check.NotEmpty(fn, "columns", len(on)); err != nil {
		return nil, err
	}
	cols, err := t.columns(fn, on)
	if err != nil {
		return nil, err
	}
	c := newCoder(cols)
	codes, _ := c.codes(cols, t.rows)
	seen := make([]bool, c.n)
	var rows []int
	for i, k := range codes {
		if !seen[k] {
			seen[k] = true
			rows = append(rows, i)
		}
	}
	return t.take(rows), nil
}
