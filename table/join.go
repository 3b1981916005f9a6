package table

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// How says which rows a join keeps.
type How uint8

const (
	Inner How = iota // pairs with equal keys, in the order of the left rows
	Left             // and left rows without a match, in their places
	Right            // pairs in the order of the right rows, and right rows without a match
	Outer            // as Left, then the right rows without a match
	Semi             // left rows with a match, once each, left columns only
	Anti             // left rows without a match, left columns only
)

// String returns the name of the join.
func (h How) String() string {
	if h > Anti {
		return fmt.Sprintf("How(%d)", uint8(h))
	}
	return [...]string{"inner", "left", "right", "outer", "semi", "anti"}[h]
}

// Validate says how often a key may occur.
type Validate uint8

const (
	ManyToMany Validate = iota // as often as it likes
	OneToMany                  // once on the left
	ManyToOne                  // once on the right
	OneToOne                   // once on each side
)

// JoinOptions says how Join matches rows. The zero value, with On, is pandas'
// merge.
type JoinOptions struct {
	How      How
	On       []string // key columns of both tables
	LeftOn   []string // key columns of the left table, if they have other names there
	RightOn  []string // key columns of the right table, in the same order
	Validate Validate
	// Missing keys match each other, as in pandas; with NullsDiffer they match
	// nothing, as in SQL.
	NullsDiffer bool
	Suffixes    [2]string // for columns of both tables that are not keys; zero: "_x", "_y"
	Indicator   string    // name of a column that says "both", "left_only" or "right_only"; "": none
	Sort        bool      // order the rows by key, missing last, as pandas orders an outer join
	MaxRows     int       // refuse a result with more rows; 0: no limit
}

// A JoinReport tells what matched.
type JoinReport struct {
	LeftRows, RightRows int   // rows of the two tables
	Rows                int   // rows of the result
	Pairs               int   // pairs of rows with equal keys
	LeftOnly, RightOnly []int // rows without a match
	// The distinct keys of those rows, as text, at most 100 of each.
	LeftOnlyKeys, RightOnlyKeys [][]string
}

// String sums the report up in one line.
func (r JoinReport) String() string {
	return fmt.Sprintf("%d rows from %d and %d: %d pairs, %d rows only on the left, %d only on the right",
		r.Rows, r.LeftRows, r.RightRows, r.Pairs, len(r.LeftOnly), len(r.RightOnly))
}

// Join matches the rows of two tables by key and returns the joined table and a
// report of what did not match. Columns: those of left, then those of right. A
// key column that has the same name in both appears once, with the value of the
// side that has it; other columns of the same name get the suffixes. What a side
// lacks is missing.
//
// Errors: ErrEmpty without key columns; ErrLength if LeftOn and RightOn differ in
// number; ErrRange for unknown columns or options, On together with LeftOn, keys
// that occur more often than Validate allows, names that would occur twice, more
// than MaxRows rows; ErrIncompatible if a key holds numbers on one side and text
// on the other.
//
// Source: pandas 3.1, DataFrame.merge.
func Join(left, right *Table, o JoinOptions) (*Table, JoinReport, error) {
	const fn = "table.Join"
	j, err := newJoin(fn, left, right, o)
	if err != nil {
		return nil, JoinReport{}, err
	}
	if err := j.match(fn); err != nil {
		return nil, JoinReport{}, err
	}
	if o.How == Semi || o.How == Anti {
		j.report.Rows = len(j.li)
		return left.take(j.li), j.report, nil
	}
	if o.Sort {
		j.sort()
	}
	t, err := j.table(fn)
	if err != nil {
		return nil, JoinReport{}, err
	}
	j.report.Rows = t.rows
	return t, j.report, nil
}

type join struct {
	JoinOptions
	left, right         *Table
	leftKeys, rightKeys []*Column
	report              JoinReport
	li, ri              []int // rows of the result: -1 where a side has none
}

func newJoin(fn string, left, right *Table, o JoinOptions) (*join, error) {
	j := &join{JoinOptions: o, left: left, right: right}
	if o.How > Anti {
		return nil, check.Option(fn, "How", o.How)
	}
	if o.Validate > OneToOne {
		return nil, check.Option(fn, "Validate", o.Validate)
	}
	if err := check.AtLeast(fn, "MaxRows", o.MaxRows, 0); err != nil {
		return nil, err
	}
	if len(o.On) > 0 {
		if len(o.LeftOn)+len(o.RightOn) > 0 {
			return nil, fmt.Errorf("%s: On: need On or LeftOn and RightOn, have both: %w", fn, mlgauge.ErrRange)
		}
		j.LeftOn, j.RightOn = o.On, o.On
	}
	if err := check.Pair(fn, "LeftOn", len(j.LeftOn), "RightOn", len(j.RightOn)); err != nil {
		return nil, err
	}
	var err error
	if j.leftKeys, err = left.columns(fn, j.LeftOn); err != nil {
		return nil, err
	}
	if j.rightKeys, err = right.columns(fn, j.RightOn); err != nil {
		return nil, err
	}
	for i, l := range j.leftKeys {
		if r := j.rightKeys[i]; l.Type != r.Type {
			return nil, fmt.Errorf("%s: key %q: need %s on both sides, have %s on the right: %w", fn, l.Name, l.Type, r.Type, mlgauge.ErrIncompatible)
		}
	}
	if j.Suffixes == [2]string{} {
		j.Suffixes = [2]string{"_x", "_y"}
	}
	return j, nil
}

// match fills li, ri and the report.
func (j *join) match(fn string) error {
	c := newCoder(j.leftKeys, j.rightKeys)
	lc, lm := c.codes(j.leftKeys, j.left.rows)
	rc, rm := c.codes(j.rightKeys, j.right.rows)
	if j.NullsDiffer {
		drop(lc, lm)
		drop(rc, rm)
	}
	leftRows, rightRows := bucket(lc, c.n), bucket(rc, c.n)
	if err := j.validate(fn, leftRows, rightRows); err != nil {
		return err
	}
	r := &j.report
	r.LeftRows, r.RightRows = j.left.rows, j.right.rows
	for i, code := range lc {
		n := len(rightRows.of(code))
		if n == 0 {
			r.LeftOnly = append(r.LeftOnly, i)
		}
		if r.Pairs > math.MaxInt-n {
			return fmt.Errorf("%s: need a number of pairs that fits an int: %w", fn, mlgauge.ErrRange)
		}
		r.Pairs += n
	}
	for i, code := range rc {
		if len(leftRows.of(code)) == 0 {
			r.RightOnly = append(r.RightOnly, i)
		}
	}
	r.LeftOnlyKeys = keyTexts(j.leftKeys, r.LeftOnly, lc)
	r.RightOnlyKeys = keyTexts(j.rightKeys, r.RightOnly, rc)

	total := r.Pairs
	switch j.How {
	case Left:
		total += len(r.LeftOnly)
	case Right:
		total += len(r.RightOnly)
	case Outer:
		total += len(r.LeftOnly) + len(r.RightOnly)
	case Semi:
		total = j.left.rows - len(r.LeftOnly)
	case Anti:
		total = len(r.LeftOnly)
	}
	if total < 0 || j.MaxRows > 0 && total > j.MaxRows {
		return fmt.Errorf("%s: MaxRows: need at most %d rows, have %d: %w", fn, j.MaxRows, total, mlgauge.ErrRange)
	}
	j.li, j.ri = make([]int, 0, total), make([]int, 0, total)
	put := func(l, r int) { j.li, j.ri = append(j.li, l), append(j.ri, r) }
	if j.How == Right {
		for i, code := range rc {
			matches := leftRows.of(code)
			for _, l := range matches {
				put(l, i)
			}
			if len(matches) == 0 {
				put(-1, i)
			}
		}
		return nil
	}
	for i, code := range lc {
		matches := rightRows.of(code)
		switch {
		case j.How == Semi && len(matches) > 0, j.How == Anti && len(matches) == 0,
			len(matches) == 0 && (j.How == Left || j.How == Outer):
			put(i, -1)
		case j.How == Semi || j.How == Anti:
		default:
			for _, r := range matches {
				put(i, r)
			}
		}
	}
	if j.How == Outer {
		for _, r := range r.RightOnly {
			put(-1, r)
		}
	}
	return nil
}

// drop gives rows with a missing key the code -1, which matches nothing.
func drop(codes []int, missing []bool) {
	for i, m := range missing {
		if m {
			codes[i] = -1
		}
	}
}

// buckets hold the rows of each code, ascending, one bucket after another.
type buckets struct{ start, rows []int }

func bucket(codes []int, n int) buckets {
	b := buckets{start: make([]int, n+2)}
	kept := 0
	for _, c := range codes {
		if c >= 0 {
			b.start[c+2]++
			kept++
		}
	}
	for c := 2; c < len(b.start); c++ {
		b.start[c] += b.start[c-1]
	}
	// start[c+1] moves from the start of bucket c to its end
	b.rows = make([]int, kept)
	for i, c := range codes {
		if c >= 0 {
			b.rows[b.start[c+1]] = i
			b.start[c+1]++
		}
	}
	return b
}

// of returns the rows of a code; the code -1 has none.
func (b buckets) of(code int) []int {
	if code < 0 {
		return nil
	}
	return b.rows[b.start[code]:b.start[code+1]]
}

func (j *join) validate(fn string, left, right buckets) error {
	for _, s := range []struct {
		name string
		rows buckets
		once bool
		keys []*Column
	}{
		{"left", left, j.Validate == OneToOne || j.Validate == OneToMany, j.leftKeys},
		{"right", right, j.Validate == OneToOne || j.Validate == ManyToOne, j.rightKeys},
	} {
		if !s.once {
			continue
		}
		for code := range len(s.rows.start) - 2 {
			if rows := s.rows.of(code); len(rows) > 1 {
				return fmt.Errorf("%s: Validate: need each key once in the %s table, have %q in rows %d and %d: %w",
					fn, s.name, keyText(s.keys, rows[0]), rows[0], rows[1], mlgauge.ErrRange)
			}
		}
	}
	return nil
}

func keyText(keys []*Column, row int) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.Text(row)
	}
	return out
}

// keyTexts returns the distinct keys of the rows, at most 100.
func keyTexts(keys []*Column, rows, codes []int) [][]string {
	var out [][]string
	seen := map[int]bool{}
	missing := map[string]bool{} // keys that match nothing share the code -1
	for _, r := range rows {
		if len(out) == 100 {
			break
		}
		if codes[r] < 0 {
			text := fmt.Sprintf("%q", keyText(keys, r))
			if missing[text] {
				continue
			}
			missing[text] = true
		} else if seen[codes[r]] {
			continue
		}
		seen[codes[r]] = true
		out = append(out, keyText(keys, r))
	}
	return out
}
