package quality

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// Anonymity measures how well rows hide among each other: rows with the same
// values in the Quasi columns, what an attacker may know from elsewhere, are a
// class, and Sensitive columns are what he must not learn. A missing value is a
// value like others.
//
// It is a statistic: Add, Merge, Reset, in any grouping, exact. It holds each
// class with the counts of its sensitive values, so its memory is that of the
// distinct combinations.
type Anonymity struct {
	Quasi     []string
	Sensitive []string

	classes map[string]*anonymityClass
	rows    int64
	numeric []bool // per sensitive column: every value is a number
}

type anonymityClass struct {
	rows   int64
	values []map[string]int64 // per sensitive column
}

// Add counts the rows of t. The error wraps ErrEmpty without Quasi, and ErrRange
// if t lacks a column; nothing is counted then.
func (a *Anonymity) Add(t *table.Table) error {
	const fn = "quality.Anonymity.Add"
	if len(a.Quasi) == 0 {
		return fmt.Errorf("%s: Quasi: need at least one column, have none: %w", fn, mlgauge.ErrEmpty)
	}
	pick := func(names []string) ([]*table.Column, error) {
		var cols []*table.Column
		for _, name := range names {
			c, err := t.Column(name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", fn, err)
			}
			cols = append(cols, c)
		}
		return cols, nil
	}
	quasi, err := pick(a.Quasi)
	if err != nil {
		return err
	}
	sensitive, err := pick(a.Sensitive)
	if err != nil {
		return err
	}
	if a.classes != nil && len(a.numeric) != len(a.Sensitive) {
		return fmt.Errorf("%s: need the columns of the first table, have others: %w", fn, mlgauge.ErrIncompatible)
	}
	a.start()
	for j, c := range sensitive {
		a.numeric[j] = a.numeric[j] && c.Type == table.Float
	}
	var key []byte
	for i := range t.NumRows() {
		key = key[:0]
		for _, c := range quasi {
			// The length keeps the values apart, and 0 is missing.
			if c.IsMissing(i) {
				key = append(key, 0)
				continue
			}
			s := c.Text(i)
			key = append(binary.AppendUvarint(key, uint64(len(s))+1), s...)
		}
		class := a.classes[string(key)]
		if class == nil {
			class = a.class(string(key))
		}
		class.rows++
		for j, c := range sensitive {
			class.values[j][sensitiveKey(c, i)]++
		}
	}
	a.rows += int64(t.NumRows())
	return nil
}

// sensitiveKey is the text of a value behind a byte that tells missing apart.
func sensitiveKey(c *table.Column, i int) string {
	if c.IsMissing(i) {
		return ""
	}
	return "=" + c.Text(i)
}

func (a *Anonymity) start() {
	if a.classes == nil {
		a.classes = make(map[string]*anonymityClass)
		a.numeric = make([]bool, len(a.Sensitive))
		for j := range a.numeric {
			a.numeric[j] = true
		}
	}
}

func (a *Anonymity) class(key string) *anonymityClass {
	c := &anonymityClass{values: make([]map[string]int64, len(a.Sensitive))}
	for j := range c.values {
		c.values[j] = make(map[string]int64)
	}
	a.classes[key] = c
	return c
}

// Merge adds what o has counted. The error wraps ErrIncompatible if the columns
// differ.
func (a *Anonymity) Merge(o *Anonymity) error {
	if !slices.Equal(a.Quasi, o.Quasi) || !slices.Equal(a.Sensitive, o.Sensitive) {
		return fmt.Errorf("quality.Anonymity.Merge: need the same columns, have %v, %v and %v, %v: %w", a.Quasi, a.Sensitive, o.Quasi, o.Sensitive, mlgauge.ErrIncompatible)
	}
	if o.classes == nil {
		return nil
	}
	a.start()
	for j := range a.numeric {
		a.numeric[j] = a.numeric[j] && o.numeric[j]
	}
	// o may be a itself: then every count doubles.
	for key, from := range o.classes {
		to := a.classes[key]
		if to == nil {
			to = a.class(key)
		}
		to.rows += from.rows
		for j := range from.values {
			for v, n := range from.values[j] {
				to.values[j][v] += n
			}
		}
	}
	a.rows += o.rows
	return nil
}

// Reset forgets the rows and keeps the columns.
func (a *Anonymity) Reset() { a.classes, a.rows, a.numeric = nil, 0, nil }

// Rows returns the number of rows.
func (a *Anonymity) Rows() int64 { return a.rows }

// Classes returns the number of classes.
func (a *Anonymity) Classes() int { return len(a.classes) }

// K returns the number of rows of the smallest class: the data is k-anonymous for
// every k up to it. 1 means that someone is alone. The error wraps ErrEmpty
// without rows. Source: Sweeney 2002.
func (a *Anonymity) K() (int64, error) {
	if a.rows == 0 {
		return 0, fmt.Errorf("quality.Anonymity.K: need at least one row, have none: %w", mlgauge.ErrEmpty)
	}
	k := int64(math.MaxInt64)
	for _, c := range a.classes {
		k = min(k, c.rows)
	}
	return k, nil
}

// Below returns the number of rows in classes of fewer than k rows: those that
// must be generalised further or dropped for k-anonymity.
func (a *Anonymity) Below(k int64) int64 {
	n := int64(0)
	for _, c := range a.classes {
		if c.rows < k {
			n += c.rows
		}
	}
	return n
}

// sensitive finds the column by its name.
func (a *Anonymity) sensitive(fn, name string) (int, error) {
	j := slices.Index(a.Sensitive, name)
	if j < 0 {
		return 0, fmt.Errorf("%s: need one of the sensitive columns %v, have %q: %w", fn, a.Sensitive, name, mlgauge.ErrRange)
	}
	if a.rows == 0 {
		return 0, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	return j, nil
}

// DistinctL returns the smallest number of distinct values of a sensitive column
// in a class, missing being one value. Errors: ErrRange if the column is not in
// Sensitive, ErrEmpty without rows. Source: Machanavajjhala and others 2007.
func (a *Anonymity) DistinctL(column string) (int, error) {
	j, err := a.sensitive("quality.Anonymity.DistinctL", column)
	if err != nil {
		return 0, err
	}
	l := math.MaxInt
	for _, c := range a.classes {
		l = min(l, len(c.values[j]))
	}
	return l, nil
}

// EntropyL returns the largest l for which the data has entropy l-diversity:
//
//	min over classes of exp(- sum p ln p)
//
// where p is the share of a sensitive value in the class. It is at most DistinctL.
// Errors as there. Source: Machanavajjhala and others 2007.
func (a *Anonymity) EntropyL(column string) (float64, error) {
	j, err := a.sensitive("quality.Anonymity.EntropyL", column)
	if err != nil {
		return 0, err
	}
	least := math.Inf(1)
	var counts []int64
	for _, c := range a.classes {
		counts = counts[:0]
		for _, n := range c.values[j] {
			counts = append(counts, n)
		}
		slices.Sort(counts) // so that the sum does not depend on the map's order
		h := 0.0
		for _, n := range counts {
			p := float64(n) / float64(c.rows)
			h -= float64(p * math.Log(p))
		}
		least = min(least, math.Exp(h))
	}
	return least, nil
}

// RecursiveC returns how dominant the most frequent sensitive value is beside the
// rare ones: with the counts of a class in descending order, r1 >= r2 >= ...,
//
//	max over classes of r1 / (r_l + r_l+1 + ...)
//
// The data has recursive (c, l)-diversity for every c greater than it; for l = 2, c
// times the others outweigh the most frequent value. It is infinite if a class has
// fewer than l values.
// Errors: ErrRange for l below 1, otherwise as DistinctL. Source: Machanavajjhala
// and others 2007.
func (a *Anonymity) RecursiveC(column string, l int) (float64, error) {
	const fn = "quality.Anonymity.RecursiveC"
	j, err := a.sensitive(fn, column)
	if err != nil {
		return 0, err
	}
	if l < 1 {
		return 0, fmt.Errorf("%s: l: need at least 1, have %d: %w", fn, l, mlgauge.ErrRange)
	}
	worst := 0.0
	var counts []int64
	for _, c := range a.classes {
		if len(c.values[j]) < l {
			return math.Inf(1), nil
		}
		counts = counts[:0]
		for _, n := range c.values[j] {
			counts = append(counts, n)
		}
		slices.SortFunc(counts, func(x, y int64) int { return cmp.Compare(y, x) })
		rest := int64(0)
		for _, n := range counts[l-1:] {
			rest += n
		}
		worst = max(worst, float64(counts[0])/float64(rest))
	}
	return worst, nil
}

// TClosenessEqual returns the largest distance between the sensitive values of a
// class, p, and those of all rows, q, as if any two values were equally far
// apart:
//
//	max over classes of 1/2 sum |p - q|
//
// Errors as DistinctL. Source: Li, Li and Venkatasubramanian 2007.
func (a *Anonymity) TClosenessEqual(column string) (float64, error) {
	return a.closeness("quality.Anonymity.TClosenessEqual", column, false)
}

// TClosenessOrdered returns the largest earth mover's distance between the
// sensitive values of a class and those of all rows, with the m values in their
// order, neighbours 1/(m - 1) apart:
//
//	max over classes of 1/(m - 1) sum over i < m of |sum over k <= i of (p_k - q_k)|
//
// Numbers are in numeric order, text in that of its bytes; missing comes first.
// For one value it is 0. Errors as DistinctL. Source: Li, Li and
// Venkatasubramanian 2007.
func (a *Anonymity) TClosenessOrdered(column string) (float64, error) {
	return a.closeness("quality.Anonymity.TClosenessOrdered", column, true)
}

func (a *Anonymity) closeness(fn, column string, ordered bool) (float64, error) {
	j, err := a.sensitive(fn, column)
	if err != nil {
		return 0, err
	}
	total := make(map[string]int64)
	for _, c := range a.classes {
		for v, n := range c.values[j] {
			total[v] += n
		}
	}
	values := make([]string, 0, len(total))
	for v := range total {
		values = append(values, v)
	}
	slices.SortFunc(values, a.order(j))
	worst := 0.0
	for _, c := range a.classes {
		d, moved := 0.0, 0.0
		for _, v := range values {
			diff := float64(c.values[j][v])/float64(c.rows) - float64(total[v])/float64(a.rows)
			if ordered {
				moved += diff
				d += math.Abs(moved)
			} else {
				d += math.Abs(diff) / 2
			}
		}
		if ordered && len(values) > 1 {
			d /= float64(len(values) - 1)
		}
		worst = max(worst, d)
	}
	return worst, nil
}

// order compares the values of sensitive column j.
func (a *Anonymity) order(j int) func(x, y string) int {
	if !a.numeric[j] {
		return cmp.Compare[string]
	}
	number := func(s string) float64 {
		if s == "" {
			return math.Inf(-1)
		}
		v, _ := strconv.ParseFloat(s[1:], 64) // the text of a float64
		return v
	}
	return func(x, y string) int { return cmp.Or(cmp.Compare(number(x), number(y)), cmp.Compare(x, y)) }
}
