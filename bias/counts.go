package bias

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// A Batch is a run of rows. Facet and Label are needed; Prediction is for the
// metrics after training; Stratum for the conditional ones (CDDL, CDDPL). Nil
// Weights weigh every row 1.
type Batch struct {
	Facet, Label, Prediction, Stratum Column
	Weights                           []float64
}

// The axes of the table of counts.
const (
	axisFacet = iota
	axisStratum
	axisLabel
	axisPrediction
	axes
)

var axisName = [axes]string{"Facet", "Stratum", "Label", "Prediction"}

// A key names a cell by its codes; an absent stratum or prediction has code 0
// of the value "".
type key [axes]int32

// A cell counts rows and sums their weights.
type cell struct {
	n int64
	w float64
}

// Counts is the statistic of this package: how many rows, and how much weight,
// have each combination of facet, stratum, label and prediction. Its zero value
// is ready. Rows that miss a value in any column that the batch has are left out
// and counted in Skipped. Counts merge exactly; weights to rounding.
type Counts struct {
	values   [axes][]string
	index    [axes]map[string]int32
	cells    map[key]cell
	rows     int64
	skipped  int64
	weighted bool
	started  bool
	has      [axes]bool
}

// Rows returns the number of rows counted, without those skipped.
func (c *Counts) Rows() int64 { return c.rows }

// Skipped returns the number of rows left out because a value was missing.
func (c *Counts) Skipped() int64 { return c.skipped }

// FacetValues returns the facet values seen, in order of first appearance.
func (c *Counts) FacetValues() []string { return slices.Clone(c.values[axisFacet]) }

// LabelValues returns the label and prediction values seen: labels first, each
// in order of first appearance.
func (c *Counts) LabelValues() []string {
	out := slices.Clone(c.values[axisLabel])
	for _, v := range c.values[axisPrediction] {
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Reset empties the table.
func (c *Counts) Reset() { *c = Counts{} }

// Add counts the rows of a batch. It returns ErrEmpty for a batch without rows
// or without facet or label, ErrLength where columns differ in length, ErrRange
// for a code outside its column's values or a negative weight, ErrIncompatible
// if earlier batches had a prediction or stratum and this one does not, or the
// other way round.
func (c *Counts) Add(b Batch) error {
	const fn = "bias.Counts.Add"
	cols := [axes]Column{b.Facet, b.Stratum, b.Label, b.Prediction}
	n := len(b.Facet.Codes)
	if err := check.NotEmpty(fn, "Facet", n); err != nil {
		return err
	}
	if err := check.NotEmpty(fn, "Label", len(b.Label.Codes)); err != nil {
		return err
	}
	var has [axes]bool
	size := 1
	for a, col := range cols {
		has[a] = len(col.Codes) > 0
		if !has[a] {
			continue
		}
		if err := check.Length(fn, axisName[a], n, len(col.Codes)); err != nil {
			return err
		}
		if err := codesIn(fn, axisName[a], col); err != nil {
			return err
		}
		size *= len(col.Values) + 1
		if size > maxDense {
			size = maxDense + 1
		}
	}
	if c.started && has != c.has {
		return fmt.Errorf("%s: need the same columns in every batch (prediction and stratum in all or in none): %w", fn, mlgauge.ErrIncompatible)
	}
	if b.Weights != nil {
		if err := check.Weights(fn, "Weights", n, b.Weights); err != nil {
			return err
		}
	}

	o := Counts{rows: int64(n), weighted: b.Weights != nil, started: true, has: has, cells: make(map[key]cell)}
	for a, col := range cols {
		if o.values[a] = col.Values; !has[a] {
			o.values[a] = []string{""}
		}
	}
	if size <= maxDense && b.Weights == nil {
		o.countDense(&cols, size)
	} else {
		o.countSparse(&cols, b.Weights, n)
	}
	c.merge(&o)
	return nil
}

// maxDense is the largest table that a batch is counted into by index; larger
// ones go through a map.
const maxDense = 1 << 16

// countDense counts into a table with one place more per axis, place 0, for
// missing values.
func (c *Counts) countDense(cols *[axes]Column, size int) {
	table := make([]int64, size)
	var stride [axes]int
	s := 1
	for a := range axes {
		if c.has[a] {
			stride[a] = s
			s *= len(cols[a].Values) + 1
		}
	}
	f, y := cols[axisFacet].Codes, cols[axisLabel].Codes
	y = y[:len(f)]
	sy := stride[axisLabel]
	st, p := cols[axisStratum].Codes, cols[axisPrediction].Codes
	ss, sp := stride[axisStratum], stride[axisPrediction]
	switch {
	case len(st) > 0 && len(p) > 0:
		st, p = st[:len(f)], p[:len(f)]
		for i, k := range f {
			table[int(k+1)+ss*int(st[i]+1)+sy*int(y[i]+1)+sp*int(p[i]+1)]++
		}
	case len(p) > 0:
		p = p[:len(f)]
		for i, k := range f {
			table[int(k+1)+sy*int(y[i]+1)+sp*int(p[i]+1)]++
		}
	case len(st) > 0:
		st = st[:len(f)]
		for i, k := range f {
			table[int(k+1)+ss*int(st[i]+1)+sy*int(y[i]+1)]++
		}
	default:
		for i, k := range f {
			table[int(k+1)+sy*int(y[i]+1)]++
		}
	}
	for at, n := range table {
		if n == 0 {
			continue
		}
		var k key
		rest, missing := at, false
		for a := range axes {
			if !c.has[a] {
				continue
			}
			width := len(cols[a].Values) + 1
			k[a] = int32(rest%width) - 1
			missing = missing || k[a] < 0
			rest /= width
		}
		if missing {
			c.skipped += n
			c.rows -= n
			continue
		}
		c.cells[k] = cell{n: n, w: float64(n)}
	}
}

func (c *Counts) countSparse(cols *[axes]Column, w []float64, n int) {
	for i := range n {
		var k key
		missing := false
		for a := range axes {
			if c.has[a] {
				k[a] = cols[a].Codes[i]
				missing = missing || k[a] < 0
			}
		}
		if missing {
			c.skipped++
			c.rows--
			continue
		}
		v := c.cells[k]
		v.n++
		if w == nil {
			v.w++
		} else {
			v.w += w[i]
		}
		c.cells[k] = v
	}
}

// Merge adds the counts of another table. It returns ErrIncompatible if one of
// the two has predictions or strata and the other has not. o stays as it was.
func (c *Counts) Merge(o *Counts) error {
	if !o.started {
		return nil
	}
	if c.started && c.has != o.has {
		return fmt.Errorf("bias.Counts.Merge: o: need the same columns on both sides (prediction and stratum in both or in none): %w", mlgauge.ErrIncompatible)
	}
	c.merge(o)
	return nil
}

func (c *Counts) merge(o *Counts) {
	if c.cells == nil {
		c.cells = make(map[key]cell)
		for a := range axes {
			c.index[a] = make(map[string]int32)
		}
	}
	c.started, c.has = true, o.has
	c.rows += o.rows
	c.skipped += o.skipped
	c.weighted = c.weighted || o.weighted
	keys := sortedKeys(o.cells)
	var to [axes][]int32
	for a := range axes {
		to[a] = make([]int32, len(o.values[a]))
		used := make([]bool, len(o.values[a]))
		for _, k := range keys {
			used[k[a]] = true
		}
		for i, v := range o.values[a] {
			if !used[i] {
				continue
			}
			k, ok := c.index[a][v]
			if !ok {
				k = int32(len(c.values[a]))
				c.values[a] = append(c.values[a], v)
				c.index[a][v] = k
			}
			to[a][i] = k
		}
	}
	// In sorted order, so that sums of weights have the same bits every time.
	for _, k := range keys {
		var m key
		for a := range axes {
			m[a] = to[a][k[a]]
		}
		v, add := c.cells[m], o.cells[k]
		c.cells[m] = cell{v.n + add.n, v.w + add.w}
	}
}

func sortedKeys(m map[key]cell) []key {
	keys := make([]key, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int { return slices.Compare(a[:], b[:]) })
	return keys
}

const countsTag = "bias.Counts/1"

// MarshalBinary returns the table in binary form.
func (c *Counts) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(countsTag)
	w.Bool(c.started)
	w.Bool(c.weighted)
	w.Int(int(c.skipped))
	for a := range axes {
		w.Bool(c.has[a])
		w.Strings(c.values[a])
	}
	keys := sortedKeys(c.cells)
	w.Int(len(keys))
	for _, k := range keys {
		for _, v := range k {
			w.Int(int(v))
		}
		w.Int(int(c.cells[k].n))
		w.Float64(c.cells[k].w)
	}
	return w.Finish(), nil
}

// UnmarshalBinary replaces the table with one that MarshalBinary wrote. It
// returns ErrCorrupt for anything else, and then leaves the table as it was.
func (c *Counts) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("bias.Counts.UnmarshalBinary", countsTag, data)
	var o Counts
	o.started, o.weighted = r.Bool(), r.Bool()
	o.skipped = int64(r.Int())
	for a := range axes {
		o.has[a] = r.Bool()
		o.values[a] = r.Strings()
		o.index[a] = make(map[string]int32, len(o.values[a]))
		for i, v := range o.values[a] {
			if _, twice := o.index[a][v]; twice {
				r.Fail("need distinct values, have %.40q twice", v)
			}
			o.index[a][v] = int32(i)
		}
	}
	n := r.Count(8 * (axes + 2))
	o.cells = make(map[key]cell, n)
	for range n {
		var k key
		for a := range axes {
			v := r.Int()
			if r.Err() == nil && (v < 0 || v >= len(o.values[a])) {
				r.Fail("need codes below %d, have %d", len(o.values[a]), v)
			}
			k[a] = int32(v)
		}
		v := cell{n: int64(r.Int()), w: r.Float64()}
		if _, twice := o.cells[k]; r.Err() == nil && (twice || v.n < 1 || !(v.w >= 0) || math.IsInf(v.w, 1)) {
			r.Fail("need distinct cells with a count of at least 1 and a finite weight")
		}
		o.cells[k] = v
		o.rows += v.n
	}
	if r.Err() == nil && (o.skipped < 0 || o.rows < 0 || (!o.started && (n > 0 || o.skipped > 0))) {
		r.Fail("need counts of at least 0")
	}
	if err := r.Close(); err != nil {
		return err
	}
	*c = o
	return nil
}
