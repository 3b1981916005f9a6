package split

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
	"github.com/mlgauge/mlgauge/preprocess"
)

// A LeakKind says what two parts share.
type LeakKind int

const (
	SameRow  LeakKind = iota // the same row number
	EqualRow                 // a row with the same values
	SameKey                  // a key: the same patient, user, session
	NearRow                  // a row within Tolerance
	NearText                 // a text with nearly the same shingles
	Overlap                  // time: an earlier part knows what happens in a later one
)

// String returns the name of the kind.
func (k LeakKind) String() string {
	if k < SameRow || k > Overlap {
		return fmt.Sprintf("LeakKind(%d)", int(k))
	}
	return [...]string{"same row", "equal row", "same key", "near row", "near text", "time overlap"}[k]
}

// A Leak is what two parts share.
type Leak struct {
	Kind     LeakKind
	A, B     int      // numbers of the parts, A < B
	Key      int      // which of the keys, for SameKey
	RowsA    int      // rows of A that have a counterpart in B
	RowsB    int      // rows of B that have a counterpart in A
	Examples [][2]int // up to ten pairs: a row of A, a row of B
}

// String describes the leak in one line.
func (l Leak) String() string {
	what := l.Kind.String()
	if l.Kind == SameKey {
		what = fmt.Sprintf("%s %d", what, l.Key)
	}
	return fmt.Sprintf("%s: %d rows of part %d and %d rows of part %d", what, l.RowsA, l.A, l.RowsB, l.B)
}

// LeakageCheck looks for what parts of a data set share that they should not.
// Only what is set is looked at; the row numbers of parts are always.
type LeakageCheck struct {
	X         mat.Matrix                 // rows that are equal in every column (NaN equals NaN) leak
	Tolerance float64                    // with X: rows no further apart than this (Euclidean) leak; 0: not looked for
	Keys      []Labels                   // rows that share a key leak; one Labels per kind of key
	Text      []string                   // texts that are near duplicates leak
	Near      *preprocess.NearDuplicates // options for Text; nil: the defaults
	Time      []float64                  // the rows of a part must be earlier than those of later parts
	End       []float64                  // when the label of a row is known; nil: Time
}

// Run returns the leaks between every two of the parts, which hold row numbers:
// none, if all is well. Parts are in the order train, validation, test; they may
// hold a row several times (a resample), which is no leak in itself.
//
// Near rows are counted for B: of each of its rows the nearest in A is found, so
// that RowsA counts the distinct nearest rows. Rows with NaN or infinities are
// not compared by distance. Near texts are compared as groups, so that two texts
// linked by a chain of near duplicates count. Time: RowsA counts the rows of A
// that are not known before the first of B, RowsB the rows of B that start no
// later than the last of A is known.
//
// Errors: ErrRange for fewer than two parts, a row number below 0 or beyond the
// data, a negative Tolerance; ErrEmpty for an empty part or empty data; ErrLength if the data
// differ in length; ErrNotFinite for NaN in keys or times.
func (c LeakageCheck) Run(parts [][]int) ([]Leak, error) {
	const fn = "LeakageCheck.Run"
	n, err := c.check(fn, parts)
	if err != nil {
		return nil, err
	}
	var all []Leak
	add := func(kind LeakKind, key int, group []int, of int) {
		all = append(all, shared(parts, kind, key, group, of)...)
	}
	all = append(all, sameRows(parts)...)
	if c.X != nil {
		var d preprocess.Duplicates
		if err := d.Add(c.X); err != nil {
			return nil, fmt.Errorf("%s: X: %w", fn, err)
		}
		add(EqualRow, 0, numbered(n, d.Groups()), n)
	}
	for k, labels := range c.Keys {
		add(SameKey, k, labels.codes, labels.classes)
	}
	if c.X != nil && c.Tolerance > 0 {
		all = append(all, c.nearRows(parts)...)
	}
	if c.Text != nil {
		near := preprocess.NearDuplicates{}
		if o := c.Near; o != nil {
			near = preprocess.NearDuplicates{Threshold: o.Threshold, Size: o.Size, MissWeight: o.MissWeight, Shingle: o.Shingle, Words: o.Words, FoldCase: o.FoldCase, Seed: o.Seed}
		}
		if err := near.Add(c.Text); err != nil {
			return nil, fmt.Errorf("%s: Text: %w", fn, err)
		}
		g, err := near.Group()
		if err != nil {
			return nil, fmt.Errorf("%s: Text: %w", fn, err)
		}
		add(NearText, 0, numbered(n, g.Groups()), n)
	}
	if len(c.Time) > 0 || len(c.End) > 0 {
		all = append(all, c.overlaps(parts)...)
	}
	return all, nil
}

func (c LeakageCheck) check(fn string, parts [][]int) (int, error) {
	if err := check.AtLeast(fn, "number of parts", len(parts), 2); err != nil {
		return 0, err
	}
	if !(c.Tolerance >= 0) || math.IsInf(c.Tolerance, 1) {
		return 0, fmt.Errorf("%s: Tolerance: need a distance of at least 0, have %v: %w", fn, c.Tolerance, mlgauge.ErrRange)
	}
	rows := Rows{Time: c.Time, End: c.End}
	if c.X != nil {
		rows.N, _ = c.X.Dims()
	}
	if rows.N == 0 {
		rows.N = max(len(c.Time), len(c.End), len(c.Text))
		for _, k := range c.Keys {
			rows.N = max(rows.N, k.Len())
		}
	}
	bound := rows.N
	for i, p := range parts {
		if err := check.NotEmpty(fn, fmt.Sprintf("parts[%d]", i), len(p)); err != nil {
			return 0, err
		}
		for j, r := range p {
			if r < 0 || bound > 0 && r >= bound {
				return 0, fmt.Errorf("%s: parts[%d]: need row numbers in [0, %d), have %d at index %d: %w", fn, i, bound, r, j, mlgauge.ErrRange)
			}
		}
	}
	if bound == 0 {
		if c.X != nil || c.Keys != nil || c.Text != nil || len(c.Time) > 0 || len(c.End) > 0 {
			return 0, check.NotEmpty(fn, "data", 0)
		}
		return 0, nil
	}
	if c.Text != nil {
		if err := check.Length(fn, "Text", rows.N, len(c.Text)); err != nil {
			return 0, err
		}
	}
	for _, k := range c.Keys {
		rows.Groups = k
		if k.Len() == 0 {
			return 0, check.Length(fn, "Keys", rows.N, 0)
		}
		if _, err := rows.check(fn, needGroups); err != nil {
			return 0, err
		}
	}
	return rows.check(fn, 0)
}

// sameRows compares row numbers, which need not be those of any data.
func sameRows(parts [][]int) []Leak {
	var flat []int
	for _, p := range parts {
		flat = append(flat, p...)
	}
	labels := By(flat)
	// the parts over again, by position in flat
	at := 0
	places := make([][]int, len(parts))
	for i, p := range parts {
		for range p {
			places[i] = append(places[i], at)
			at++
		}
	}
	leaks := shared(places, SameRow, 0, labels.codes, labels.classes)
	for i := range leaks {
		for k, e := range leaks[i].Examples {
			leaks[i].Examples[k] = [2]int{flat[e[0]], flat[e[1]]}
		}
	}
	return leaks
}

// numbered gives the rows of each group the same number, of those below n, and
// rows in no group the number of their own.
func numbered(n int, groups [][]int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	for _, g := range groups {
		for _, r := range g {
			out[r] = g[0]
		}
	}
	return out
}

const examples = 10

// shared finds the groups that have rows in two parts.
func shared(parts [][]int, kind LeakKind, key int, group []int, groups int) []Leak {
	var out []Leak
	for a := range parts {
		inA := make([]int, groups) // 1 + the first row of A in the group
		for _, r := range parts[a] {
			if inA[group[r]] == 0 {
				inA[group[r]] = r + 1
			}
		}
		for b := a + 1; b < len(parts); b++ {
			l := Leak{Kind: kind, A: a, B: b, Key: key}
			inB := make([]bool, groups)
			for _, r := range parts[b] {
				g := group[r]
				if inA[g] == 0 {
					continue
				}
				inB[g] = true
				l.RowsB++
				if len(l.Examples) < examples {
					l.Examples = append(l.Examples, [2]int{inA[g] - 1, r})
				}
			}
			for _, r := range parts[a] {
				if inB[group[r]] {
					l.RowsA++
				}
			}
			if l.RowsB > 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

func (c LeakageCheck) nearRows(parts [][]int) []Leak {
	var out []Leak
	_, cols := c.X.Dims()
	row := make([]float64, cols)
	finite := func(rows []int) (*mat.Dense, []int) {
		var data []float64
		var kept []int
		for _, r := range rows {
			mat.Row(row, r, c.X)
			if check.Finite("", "", row) == nil {
				data = append(data, row...)
				kept = append(kept, r)
			}
		}
		if kept == nil {
			return nil, nil
		}
		return mat.NewDense(len(kept), cols, data), kept
	}
	for a := range parts {
		xa, rowsA := finite(parts[a])
		if xa == nil {
			continue
		}
		index := neighbors.New(xa)
		for b := a + 1; b < len(parts); b++ {
			xb, rowsB := finite(parts[b])
			if xb == nil {
				continue
			}
			l := Leak{Kind: NearRow, A: a, B: b}
			seen := map[int]bool{}
			for i, near := range index.All(xb, 1, false) {
				if math.Sqrt(near[0].Distance) > c.Tolerance {
					continue
				}
				r := rowsA[near[0].Row]
				l.RowsB++
				seen[r] = true
				if len(l.Examples) < examples {
					l.Examples = append(l.Examples, [2]int{r, rowsB[i]})
				}
			}
			l.RowsA = len(seen)
			if l.RowsB > 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

func (c LeakageCheck) overlaps(parts [][]int) []Leak {
	rows := Rows{Time: c.Time, End: c.End}
	var out []Leak
	for a := range parts {
		lastA := parts[a][0]
		for _, r := range parts[a] {
			if rows.end(r) > rows.end(lastA) {
				lastA = r
			}
		}
		for b := a + 1; b < len(parts); b++ {
			firstB := parts[b][0]
			for _, r := range parts[b] {
				if rows.start(r) < rows.start(firstB) {
					firstB = r
				}
			}
			if rows.end(lastA) < rows.start(firstB) {
				continue
			}
			l := Leak{Kind: Overlap, A: a, B: b, Examples: [][2]int{{lastA, firstB}}}
			for _, r := range parts[a] {
				if rows.end(r) >= rows.start(firstB) {
					l.RowsA++
				}
			}
			for _, r := range parts[b] {
				if rows.start(r) <= rows.end(lastA) {
					l.RowsB++
				}
			}
			out = append(out, l)
		}
	}
	return out
}
