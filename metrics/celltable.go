package metrics

import (
	"math"
	"math/bits"
	"slices"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// denseSide is the number of classes up to which a table may be an array.
const denseSide = 2048

// smallSide is the number of classes up to which it always is.
const smallSide = 64

// cellsPerRow bounds the cells of a larger array: with fewer rows, nearly all
// cells are empty, and clearing and reading them would cost more than a hash
// table of the others.
const cellsPerRow = 16

func isDense(side int, rows uint64) bool {
	return side <= smallSide || side <= denseSide && uint64(side)*uint64(side)/cellsPerRow <= rows
}

// tally is one outcome: the rows of Add, and the weight of those of AddWeighted.
type tally struct {
	rows   uint64
	weight float64
}

// celltable counts pairs of codes. side is the number of codes that it has room
// for; codes are below it. The rows of Add are in narrow until so many are
// counted that a cell might not hold them, then in wide; both are side*side,
// row-major by true code. A sparse table, of many codes for its rows, has
// neither.
type celltable struct {
	side   int
	narrow []uint32
	wide   []uint64
	most   uint64    // no cell holds more rows
	weight []float64 // side*side; nil until something is weighted
	sparse *kernel.PairTable
}

// grow makes room for codes below side, in a table of so many rows in all.
func (t *celltable) grow(side int, rows uint64) {
	switch {
	case side <= t.side && (t.sparse == nil || !isDense(t.side, rows)):
	case t.sparse != nil && !isDense(side, rows):
		t.side = side
	default:
		t.move(max(side, t.side), 0, rows)
	}
}

// move makes room for side codes and moves code k to k+shift.
func (t *celltable) move(side, shift int, rows uint64) {
	old := *t
	*t = celltable{side: side}
	switch {
	case !isDense(side, rows):
		t.sparse = new(kernel.PairTable)
	case old.wide != nil || old.sparse != nil && old.most > math.MaxUint32:
		t.wide = make([]uint64, side*side)
	default:
		t.narrow = make([]uint32, side*side)
	}
	if old.weight != nil && t.sparse == nil {
		t.weight = make([]float64, side*side)
	}
	old.visit(func(i, j int, c tally) { t.add(i+shift, j+shift, c) })
	t.most = old.most
}

// expect makes sure that n rows more fit in any cell.
func (t *celltable) expect(n uint64) {
	t.most += n
	if t.most <= math.MaxUint32 || t.narrow == nil {
		return
	}
	t.wide = make([]uint64, len(t.narrow))
	for k, v := range t.narrow {
		t.wide[k] = uint64(v)
	}
	t.narrow = nil
}

// add adds to one cell.
func (t *celltable) add(i, j int, c tally) {
	if c == (tally{}) {
		return
	}
	if c.rows != 0 {
		t.expect(c.rows)
	}
	if t.sparse != nil {
		t.sparse.Add(uint32(i), uint32(j), c.rows, c.weight)
		return
	}
	k := i*t.side + j
	if c.rows != 0 {
		if t.narrow != nil {
			t.narrow[k] += uint32(c.rows)
		} else {
			t.wide[k] += c.rows
		}
	}
	if c.weight != 0 {
		if t.weight == nil {
			t.weight = make([]float64, t.side*t.side)
		}
		t.weight[k] += c.weight
	}
}

// addAll adds rows to every cell, in row-major order.
func (t *celltable) addAll(counts []uint64) {
	for k, n := range counts {
		if n != 0 {
			t.add(k/t.side, k%t.side, tally{rows: n})
		}
	}
}

// plus adds the rows of an unweighted array of the same side.
func (t *celltable) plus(o *celltable) {
	t.expect(o.most)
	switch {
	case t.narrow != nil:
		for k, n := range o.narrow {
			t.narrow[k] += n
		}
	case o.narrow != nil:
		for k, n := range o.narrow {
			t.wide[k] += uint64(n)
		}
	default:
		for k, n := range o.wide {
			t.wide[k] += n
		}
	}
}

// count adds pairs of codes, weighted unless w is nil.
func (t *celltable) count(a, b []int32, w []float64) {
	switch {
	case t.sparse != nil && w != nil:
		for i, v := range w {
			t.add(int(a[i]), int(b[i]), tally{weight: v})
		}
	case t.sparse != nil:
		t.expect(uint64(len(a)))
		t.sparse.CountCodes(a, b)
	case w != nil:
		if t.weight == nil {
			if !slices.ContainsFunc(w, func(v float64) bool { return v != 0 }) {
				return
			}
			t.weight = make([]float64, t.side*t.side)
		}
		kernel.SumCodes(a, b, w, t.side, t.weight)
	default:
		t.expect(uint64(len(a)))
		if t.narrow != nil {
			kernel.CountCodes(a, b, t.side, t.narrow)
		} else {
			kernel.CountCodes(a, b, t.side, t.wide)
		}
	}
}

// rows returns the rows of Add in cell k of a table that is not sparse.
func (t *celltable) rows(k int) uint64 {
	if t.narrow != nil {
		return uint64(t.narrow[k])
	}
	return t.wide[k]
}

// diagonal returns the rows of Add whose two codes are the same.
func (t *celltable) diagonal() (hits uint64) {
	if t.sparse != nil {
		t.visit(func(i, j int, c tally) {
			if i == j {
				hits += c.rows
			}
		})
		return hits
	}
	for k := range t.side {
		hits += t.rows(k*t.side + k)
	}
	return hits
}

// each visits the cells that are not empty in order of (i, j), so that sums of
// weights are the same in every run.
func (t *celltable) each(do func(i, j int, c tally)) {
	if t.sparse != nil {
		t.sparse.Sorted(func(i, j int, rows uint64, w float64) { do(i, j, tally{rows, w}) })
		return
	}
	t.visit(do)
}

// visit is each in any order.
func (t *celltable) visit(do func(i, j int, c tally)) {
	if t.sparse != nil {
		t.sparse.Each(func(i, j int, rows uint64, w float64) { do(i, j, tally{rows, w}) })
		return
	}
	for k := range t.side * t.side {
		c := tally{rows: t.rows(k)}
		if t.weight != nil {
			c.weight = t.weight[k]
		}
		if c != (tally{}) {
			do(k/t.side, k%t.side, c)
		}
	}
}

// margins are the sums of a table by code, and in all.
type margins struct {
	hit, truth, pred []tally
	total            tally
}

func (c *tally) plus(o tally) { c.rows += o.rows; c.weight += o.weight }

func (c tally) value() float64 { return float64(c.rows) + c.weight }

func (t *celltable) margins() margins {
	all := make([]tally, 3*t.side)
	m := margins{hit: all[:t.side], truth: all[t.side : 2*t.side], pred: all[2*t.side:]}
	switch {
	case t.narrow != nil && t.weight == nil:
		countMargins(t.narrow, t.side, &m)
		return m
	case t.wide != nil && t.weight == nil:
		countMargins(t.wide, t.side, &m)
		return m
	}
	visit := t.each
	if t.sparse != nil && !t.sparse.Weighted() {
		visit = t.visit
	}
	visit(func(i, j int, c tally) {
		m.truth[i].plus(c)
		m.pred[j].plus(c)
		if i == j {
			m.hit[i] = c
		}
	})
	for _, c := range m.truth {
		m.total.plus(c)
	}
	return m
}

func countMargins[C kernel.Count](rows []C, side int, m *margins) {
	for i := range side {
		var sum uint64
		for j, n := range rows[i*side : (i+1)*side] {
			sum += uint64(n)
			m.pred[j].rows += uint64(n)
		}
		m.truth[i].rows = sum
		m.hit[i].rows = uint64(rows[i*side+i])
		m.total.rows += sum
	}
}

// overflows reports whether adding the cells of o could pass 2^64 rows.
func (m tally) overflows(o tally) bool {
	_, carry := bits.Add64(m.rows, o.rows, 0)
	return carry != 0
}
