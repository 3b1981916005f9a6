package main

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/table"
)

// batch is a batch of rows, or the part of it that belongs to a group.
type batch struct {
	truth, pred []string
	isTrue, isP []bool
	score       []float64
	class       []int
	proba       []float64 // rows x classes
	y, p        []float64
	w           []float64
}

// statistics are what the metrics are computed from.
type statistics struct {
	rows      int
	confusion metrics.Confusion[string]
	table     metrics.Binary
	roc       metrics.ROC
	prob      metrics.Probability
	bins      metrics.Calibration
	multi     metrics.MultiProbability
	rank      metrics.MulticlassROC
	reg       metrics.Regression
	abs       metrics.AbsoluteErrors

	scored  bool  // whether there are scores of several classes
	probErr error // why prob and bins are not complete
	multErr error // why multi is not
	rankErr error // why rank is not
	addErr  error // any other: the data is at fault
}

func newStatistics() *statistics {
	return &statistics{reg: metrics.Regression{Collect: metrics.CollectAll}}
}

// add adds a batch. Every value has been checked, except whether scores are
// probabilities.
func (s *statistics) add(e *evaluation, b *batch) {
	note := func(err error) {
		if s.addErr == nil && err != nil {
			s.addErr = err
		}
	}
	switch {
	case e.task == regression:
		s.rows += len(b.y)
		if b.w != nil {
			note(s.reg.AddWeighted(b.y, b.p, b.w))
			note(s.abs.AddWeighted(b.y, b.p, b.w))
		} else {
			note(s.reg.Add(b.y, b.p))
			note(s.abs.Add(b.y, b.p))
		}
	case e.task == binary:
		s.rows += len(b.truth)
		if b.w != nil {
			note(s.table.AddWeighted(b.isTrue, b.isP, b.w))
		} else {
			note(s.table.Add(b.isTrue, b.isP))
		}
		if e.o.score != "" {
			s.addScore(b, note)
		}
	default:
		s.rows += len(b.truth)
		if b.w != nil {
			note(s.confusion.AddWeighted(b.truth, b.pred, b.w))
		} else {
			note(s.confusion.Add(b.truth, b.pred))
		}
		if e.classes != nil {
			s.addProba(b, len(e.classes))
		}
	}
}

func (s *statistics) addScore(b *batch, note func(error)) {
	if b.w != nil {
		note(s.roc.AddWeighted(b.isTrue, b.score, b.w))
	} else {
		note(s.roc.Add(b.isTrue, b.score))
	}
	if s.probErr != nil {
		return
	}
	if b.w != nil {
		if s.probErr = s.prob.AddWeighted(b.isTrue, b.score, b.w); s.probErr == nil {
			s.probErr = s.bins.AddWeighted(b.isTrue, b.score, b.w)
		}
		return
	}
	if s.probErr = s.prob.Add(b.isTrue, b.score); s.probErr == nil {
		s.probErr = s.bins.Add(b.isTrue, b.score)
	}
}

func (s *statistics) addProba(b *batch, k int) {
	s.scored = true
	proba := mat.NewDense(len(b.class), k, b.proba)
	if s.rankErr == nil {
		if b.w != nil {
			s.rankErr = s.rank.AddWeighted(b.class, proba, b.w)
		} else {
			s.rankErr = s.rank.Add(b.class, proba)
		}
	}
	if s.multErr != nil {
		return
	}
	if b.w != nil {
		s.multErr = s.multi.AddWeighted(b.class, proba, b.w)
	} else {
		s.multErr = s.multi.Add(b.class, proba)
	}
}

// addGroups adds the rows of each group to its statistics.
func (e *evaluation) addGroups(t *table.Table) error {
	if len(e.o.by) == 0 {
		return nil
	}
	cols := make([]*table.Column, len(e.o.by))
	for j, name := range e.o.by {
		c, err := t.Column(name)
		if err != nil {
			return err
		}
		cols[j] = c
	}
	rows := make(map[string][]int)
	var order []string
	key := make([]byte, 0, 64)
	for i := range t.NumRows() {
		key = key[:0]
		for j, c := range cols {
			if j > 0 {
				key = append(key, ',')
			}
			if c.IsMissing(i) {
				key = append(key, "(missing)"...)
			} else {
				key = append(key, c.Text(i)...)
			}
		}
		g, ok := rows[string(key)]
		if !ok {
			order = append(order, string(key))
		}
		rows[string(key)] = append(g, i)
	}
	for _, k := range order {
		s := e.groups[k]
		if s == nil {
			if len(e.groups) == maxGroups {
				return fmt.Errorf("%s: --by %s: need at most %d groups, have more: %w", e.path, strings.Join(e.o.by, ","), maxGroups, mlgauge.ErrRange)
			}
			s = newStatistics()
			e.groups[k] = s
			e.order = append(e.order, k)
		}
		s.add(e, e.batch.pick(rows[k], len(e.classes)))
	}
	return nil
}

// pick returns some rows of a batch, in memory of their own.
func (b *batch) pick(rows []int, classes int) *batch {
	p := &batch{
		truth: take(b.truth, rows), pred: take(b.pred, rows), isTrue: take(b.isTrue, rows), isP: take(b.isP, rows),
		score: take(b.score, rows), class: take(b.class, rows), y: take(b.y, rows), p: take(b.p, rows), w: take(b.w, rows),
	}
	if len(b.proba) > 0 {
		for _, i := range rows {
			p.proba = append(p.proba, b.proba[i*classes:(i+1)*classes]...)
		}
	}
	return p
}

// take returns x at rows, nil for an empty x.
func take[T any](x []T, rows []int) []T {
	if len(x) == 0 {
		return nil
	}
	y := make([]T, len(rows))
	for k, i := range rows {
		y[k] = x[i]
	}
	return y
}
