package metrics

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// denseSide is the number of classes up to which a table is an array; with
// more, most cells are empty, and a map holds the others.
const denseSide = 2048

// tally is one outcome: the rows of Add, and the weight of those of AddWeighted.
type tally struct {
	rows   uint64
	weight float64
}

// celltable counts pairs of codes. side is the number of codes that it has room
// for; codes are below it.
type celltable struct {
	side   int
	rows   []uint64  // side*side, row-major by true code; nil when sparse
	weight []float64 // like rows; nil until something is weighted
	sparse map[uint64]tally
}

// grow makes room for codes below side.
func (t *celltable) grow(side int) {
	switch {
	case side <= t.side:
	case t.sparse != nil:
		t.side = side
	default:
		t.move(side, 0)
	}
}

// move makes room for side codes and moves code k to k+shift.
func (t *celltable) move(side, shift int) {
	old := *t
	*t = celltable{side: side}
	if side > denseSide {
		t.sparse = make(map[uint64]tally)
	} else {
		t.rows = make([]uint64, side*side)
		if old.weight != nil {
			t.weight = make([]float64, side*side)
		}
	}
	old.each(func(i, j int, c tally) { t.add(i+shift, j+shift, c) })
}

// add adds to one cell.
func (t *celltable) add(i, j int, c tally) {
	if t.sparse != nil {
		k := uint64(i)<<32 | uint64(j)
		o := t.sparse[k]
		t.sparse[k] = tally{o.rows + c.rows, o.weight + c.weight}
		return
	}
	t.rows[i*t.side+j] += c.rows
	if c.weight != 0 {
		if t.weight == nil {
			t.weight = make([]float64, len(t.rows))
		}
		t.weight[i*t.side+j] += c.weight
	}
}

// count adds pairs of codes, weighted unless w is nil.
func (t *celltable) count(a, b []int32, w []float64) {
	switch {
	case t.sparse != nil:
		for i := range a {
			c := tally{rows: 1}
			if w != nil {
				c = tally{weight: w[i]}
			}
			t.add(int(a[i]), int(b[i]), c)
		}
	case w == nil:
		kernel.CountCodes(a, b, t.side, t.rows)
	default:
		if t.weight == nil {
			if !slices.ContainsFunc(w, func(v float64) bool { return v != 0 }) {
				return
			}
			t.weight = make([]float64, len(t.rows))
		}
		kernel.SumCodes(a, b, w, t.side, t.weight)
	}
}

// get returns one cell.
func (t *celltable) get(i, j int) tally {
	if i >= t.side || j >= t.side {
		return tally{}
	}
	if t.sparse != nil {
		return t.sparse[uint64(i)<<32|uint64(j)]
	}
	c := tally{rows: t.rows[i*t.side+j]}
	if t.weight != nil {
		c.weight = t.weight[i*t.side+j]
	}
	return c
}

// each visits the cells that are not empty: in order of (i, j) when dense, in
// sorted order when sparse, so that sums of weights are the same in every run.
func (t *celltable) each(do func(i, j int, c tally)) {
	if t.sparse != nil {
		for _, k := range slices.Sorted(maps.Keys(t.sparse)) {
			do(int(k>>32), int(uint32(k)), t.sparse[k])
		}
		return
	}
	for i := range t.side {
		rows := t.rows[i*t.side : (i+1)*t.side]
		if t.weight == nil {
			for j, n := range rows {
				if n != 0 {
					do(i, j, tally{rows: n})
				}
			}
			continue
		}
		weight := t.weight[i*t.side : (i+1)*t.side]
		for j, n := range rows {
			if n != 0 || weight[j] != 0 {
				do(i, j, tally{n, weight[j]})
			}
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
	if t.sparse == nil && t.weight == nil {
		for i := range t.side {
			rows := t.rows[i*t.side : (i+1)*t.side]
			var sum uint64
			for j, n := range rows {
				sum += n
				m.pred[j].rows += n
			}
			m.truth[i].rows = sum
			m.hit[i].rows = rows[i]
			m.total.rows += sum
		}
		return m
	}
	t.each(func(i, j int, c tally) {
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

// overflows reports whether adding the cells of o could pass 2^64 rows.
func (m tally) overflows(o tally) bool {
	_, carry := bits.Add64(m.rows, o.rows, 0)
	return carry != 0
}
