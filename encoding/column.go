package encoding

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/floattext"
)

// A Column is one categorical column. Give Labels, or Codes with Categories.
type Column struct {
	// Name is the name of the feature; an empty one becomes x0, x1, ... by
	// position.
	Name string

	// Labels holds the label of every row. The labels listed in Missing mean a
	// missing value; any other string, the empty one included, is a category.
	Labels  []string
	Missing []string

	// Codes holds, for every row, an index into Categories, or -1 for a missing
	// value. It is used when Labels is nil.
	Codes      []int32
	Categories []string

	// Order tells the encoders that sort how the categories are ordered.
	Order Order
}

// Order is the order of a column's categories.
type Order int

const (
	// Sorted: by bytes, which for UTF-8 is by code point.
	Sorted Order = iota
	// Numeric: by the number that the label spells; labels that are no numbers
	// follow, by bytes.
	Numeric
	// Given: as Categories lists them, or by first appearance.
	Given
)

// Columns returns a column of labels for every argument, without names.
func Columns(labels ...[]string) []Column {
	x := make([]Column, len(labels))
	for i, l := range labels {
		x[i].Labels = l
	}
	return x
}

// ColumnOf returns a column of any ordered values: their categories are spelled
// as Go prints them, floating-point numbers as scikit-learn names them ("1.0",
// "1e+16"), and ordered as numbers or as strings. NaN is a missing value.
func ColumnOf[T cmp.Ordered](name string, values []T) Column {
	c := Column{Name: name, Codes: make([]int32, len(values))}
	spell := func(v T) string { return fmt.Sprint(v) }
	switch t := reflect.TypeFor[T](); t.Kind() {
	case reflect.String:
	case reflect.Float32, reflect.Float64:
		spell = func(v T) string { return floattext.Repr(reflect.ValueOf(v).Float(), t.Bits()) }
		fallthrough
	default:
		c.Order = Numeric
	}
	index := make(map[T]int32)
	for i, v := range values {
		if v != v {
			c.Codes[i] = Missing
			continue
		}
		k, ok := index[v]
		if !ok {
			k = int32(len(index))
			index[v] = k
			c.Categories = append(c.Categories, spell(v))
		}
		c.Codes[i] = k
	}
	return c
}

// EncodeColumn returns the column with codes instead of labels: hash once,
// then give it to as many encoders as you like. A column of codes is returned
// as it is.
//
// Errors: as the column's own faults: ErrRange.
func EncodeColumn(c Column) (Column, error) {
	if c.Labels == nil {
		return c, c.check("EncodeColumn", "c")
	}
	var d Dictionary
	d.setMissing(c.Missing)
	codes, err := d.Encode(nil, c.Labels)
	if err != nil {
		return Column{}, err
	}
	return Column{Name: c.Name, Codes: codes, Categories: d.labels, Missing: c.Missing, Order: c.Order}, nil
}

// Len returns the number of rows.
func (c *Column) Len() int {
	if c.Labels != nil {
		return len(c.Labels)
	}
	return len(c.Codes)
}

// Value returns the label of a row and false for a missing value.
func (c *Column) Value(i int) (string, bool) {
	if c.Labels != nil {
		if slices.Contains(c.Missing, c.Labels[i]) {
			return "", false
		}
		return c.Labels[i], true
	}
	if k := c.Codes[i]; k >= 0 {
		return c.Categories[k], true
	}
	return "", false
}

// take returns the column of the given rows.
func (c *Column) take(rows []int) Column {
	t := *c
	if c.Labels != nil {
		t.Labels = make([]string, len(rows))
		for i, r := range rows {
			t.Labels[i] = c.Labels[r]
		}
		return t
	}
	t.Codes = make([]int32, len(rows))
	for i, r := range rows {
		t.Codes[i] = c.Codes[r]
	}
	return t
}

func (c *Column) check(fn, arg string) error {
	if c.Order < Sorted || c.Order > Given {
		return check.Option(fn, arg+": Order", c.Order)
	}
	if c.Labels != nil {
		if c.Codes != nil {
			return fmt.Errorf("%s: %s: need Labels or Codes, have both: %w", fn, arg, mlgauge.ErrRange)
		}
		return nil
	}
	return checkCodes(fn, arg, c.Codes, len(c.Categories))
}

// checkColumns reports no columns or no rows (ErrEmpty), columns that differ in
// length (ErrLength), and faults within a column; it returns the number of
// rows.
func checkColumns(fn string, x []Column) (int, error) {
	if err := check.NotEmpty(fn, "x", len(x)); err != nil {
		return 0, err
	}
	n := x[0].Len()
	for j := range x {
		if err := x[j].check(fn, columnArg(x, j)); err != nil {
			return 0, err
		}
		if err := check.Length(fn, columnArg(x, j), n, x[j].Len()); err != nil {
			return 0, err
		}
	}
	return n, check.NotEmpty(fn, "rows of x", n)
}

func columnArg(x []Column, j int) string { return "column " + strconv.Quote(name(x[j].Name, j)) }

// name is the name of column j, as scikit-learn makes it.
func name(given string, j int) string {
	if given != "" {
		return given
	}
	return "x" + strconv.Itoa(j)
}

// order returns the codes of the labels in the wanted order.
func order(labels []string, by Order) []int32 {
	idx := make([]int32, len(labels))
	for i := range idx {
		idx[i] = int32(i)
	}
	switch by {
	case Sorted:
		sortLabels(idx, labels)
	case Numeric:
		num := make([]float64, len(labels))
		ok := make([]bool, len(labels))
		for i, s := range labels {
			v, err := strconv.ParseFloat(s, 64)
			num[i], ok[i] = v, err == nil && v == v
		}
		slices.SortStableFunc(idx, func(a, b int32) int {
			switch {
			case ok[a] && ok[b]:
				if c := cmp.Compare(num[a], num[b]); c != 0 {
					return c
				}
			case ok[a] != ok[b]:
				if ok[a] {
					return -1
				}
				return 1
			}
			return cmp.Compare(labels[a], labels[b])
		})
	}
	return idx
}

// sortLabels sorts codes by label. The eight bytes after what all labels begin
// with decide almost every comparison, so they are compared as one number that
// sits beside the code.
func sortLabels(idx []int32, labels []string) {
	type item struct {
		head uint64
		code int32
	}
	skip := commonPrefix(labels)
	items := make([]item, len(idx))
	for i, k := range idx {
		s := labels[k][skip:]
		var h uint64
		for b := range min(8, len(s)) {
			h |= uint64(s[b]) << (56 - 8*b)
		}
		items[i] = item{h, k}
	}
	slices.SortFunc(items, func(a, b item) int {
		if a.head != b.head {
			if a.head < b.head {
				return -1
			}
			return 1
		}
		return cmp.Compare(labels[a.code], labels[b.code])
	})
	for i := range items {
		idx[i] = items[i].code
	}
}

// commonPrefix returns the number of bytes that all labels begin with.
func commonPrefix(labels []string) int {
	if len(labels) == 0 {
		return 0
	}
	first, n := labels[0], len(labels[0])
	for _, s := range labels {
		n = min(n, len(s))
		for i := range n {
			if s[i] != first[i] {
				n = i
				break
			}
		}
	}
	return n
}
