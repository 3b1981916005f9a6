package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

// result is what evaluate found, as it stands in JSON.
type result struct {
	Task      task             `json:"task"`
	N         int              `json:"n"`
	Positive  string           `json:"positive,omitempty"`
	Threshold *float64         `json:"threshold,omitempty"`
	Level     float64          `json:"level,omitempty"`
	Metrics   object[estimate] `json:"metrics"`
	Confusion *confusion       `json:"confusion,omitempty"`
	Classes   object[class]    `json:"classes,omitempty"`
	By        object[group]    `json:"by,omitempty"`

	columns []string // of by
}

// confusion has a row for each true label and a column for each predicted one;
// with weights the counts are sums of weights.
type confusion struct {
	Labels []string    `json:"labels"`
	Counts [][]float64 `json:"counts"`
}

// class is one label of a multiclass task against the others.
type class struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   float64 `json:"support"`
}

// group is a part of the rows.
type group struct {
	N         int              `json:"n"`
	Metrics   object[estimate] `json:"metrics"`
	Confusion *confusion       `json:"confusion,omitempty"`
	Classes   object[class]    `json:"classes,omitempty"`
}

// result computes the metrics of the whole and of the groups.
func (e *evaluation) result() (*result, error) {
	if e.task == multiclass && e.o.task == "" && e.o.scoreCols == nil && len(e.seen) <= 2 {
		if err := e.becomeBinary(); err != nil {
			return nil, err
		}
	}
	if e.task == binary {
		if err := e.checkPositive(); err != nil {
			return nil, err
		}
	} else if e.o.positive != "" {
		return nil, fmt.Errorf("%s: --positive: need two labels, have %s: %w", e.path, quoted(e.seen), mlgauge.ErrUnknownCategory)
	}
	if err := e.total.dataErr(); err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	slices.SortFunc(e.seen, ascending)
	whole, err := e.group(e.total)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	r := &result{
		Task: e.task, N: e.rows, Threshold: e.threshold, Level: float64(e.o.level), columns: e.o.by,
		Metrics: whole.Metrics, Confusion: whole.Confusion, Classes: whole.Classes,
	}
	if e.task == binary {
		r.Positive = e.positive
	}
	slices.SortFunc(e.order, ascending)
	for _, k := range e.order {
		g, err := e.group(e.groups[k])
		if err != nil {
			return nil, fmt.Errorf("%s: group %s: %w", e.path, k, err)
		}
		r.By = append(r.By, member[group]{k, g})
	}
	return r, nil
}

// becomeBinary turns the counts of two labels into those of a binary task.
func (e *evaluation) becomeBinary() error {
	e.task = binary
	if err := e.findPositive(); err != nil {
		return err
	}
	if !slices.Contains(e.seen, e.positive) && !e.guessed {
		return nil // checkPositive says so
	}
	all := []*statistics{e.total}
	for _, k := range e.order {
		all = append(all, e.groups[k])
	}
	for _, s := range all {
		var err error
		s.confusion.Labels = []string{e.positive} // it may not occur in a group
		if s.table, err = s.confusion.Binary(e.positive); err != nil {
			return fmt.Errorf("%s: %w", e.path, err)
		}
	}
	return nil
}

// checkPositive reports a positive label that does not occur.
func (e *evaluation) checkPositive() error {
	if slices.Contains(e.seen, e.positive) {
		if e.negative != "" && len(e.seen) == 2 && !slices.Contains(e.seen, e.negative) {
			return fmt.Errorf("%s: column %q: need --positive V to say which label is the positive one, have %s: %w", e.path, e.o.label, quoted(e.seen), mlgauge.ErrUnknownCategory)
		}
		return nil
	}
	if e.guessed && len(e.seen) == 1 {
		return nil // one class only: the metrics say what is undefined
	}
	flag := e.o.positive
	if e.guessed {
		flag = e.positive
	}
	return fmt.Errorf("%s: --positive %s: need a label that occurs in column %q, have %s: %w", e.path, flag, e.o.label, quoted(e.seen), mlgauge.ErrUnknownCategory)
}

// group computes everything about some rows.
func (e *evaluation) group(s *statistics) (group, error) {
	g := group{N: s.rows}
	level := float64(e.o.level)
	var err error
	switch e.task {
	case regression:
		g.Metrics = s.estimates(regressionMeasures, level)
	case binary:
		g.Metrics = s.estimates(binaryMeasures, level)
		g.Confusion = e.binaryConfusion(s)
	default:
		g.Metrics = s.estimates(multiclassMeasures, level)
		if g.Confusion, err = e.manyConfusion(s); err == nil {
			g.Classes, err = e.perClass(s)
		}
	}
	return g, err
}

// binaryConfusion lays out the two-class table with the labels ascending.
func (e *evaluation) binaryConfusion(s *statistics) *confusion {
	negative := e.negative
	for _, l := range e.seen {
		if l != e.positive {
			negative = l
		}
	}
	if negative == "" {
		negative = "not " + e.positive // a file of positives only
	}
	tp, fp, tn, fn := s.table.Cells()
	if ascending(negative, e.positive) < 0 {
		return &confusion{[]string{negative, e.positive}, [][]float64{{tn, fp}, {fn, tp}}}
	}
	return &confusion{[]string{e.positive, negative}, [][]float64{{tp, fn}, {fp, tn}}}
}

// maxConfusion bounds the table that is printed or written.
const maxConfusion = 1000

func (e *evaluation) manyConfusion(s *statistics) (*confusion, error) {
	if len(e.seen) > maxConfusion {
		return nil, fmt.Errorf("need at most %d labels, have %d: are they numbers (--task regression)?: %w", maxConfusion, len(e.seen), mlgauge.ErrRange)
	}
	// Labels that do not occur in a group are zero there. They are set after the
	// metrics, which are about those that do.
	s.confusion.Labels = e.seen
	m, err := s.confusion.Matrix(metrics.NormalizeNone)
	s.confusion.Labels = nil
	if err != nil {
		return nil, err
	}
	c := &confusion{Labels: e.seen, Counts: make([][]float64, len(e.seen))}
	for i := range c.Counts {
		c.Counts[i] = m.RawRowView(i)
	}
	return c, nil
}

func (e *evaluation) perClass(s *statistics) (object[class], error) {
	scores, err := s.confusion.PerClass()
	if err != nil {
		return nil, err
	}
	var o object[class]
	for _, c := range scores {
		o = append(o, member[class]{c.Label, class{c.Precision, c.Recall, c.F1, c.Support}})
	}
	slices.SortFunc(o, func(a, b member[class]) int { return ascending(a.name, b.name) })
	return o, nil
}

// names lists the metrics in an error.
func (r *result) names() string {
	s := make([]string, len(r.Metrics))
	for i, m := range r.Metrics {
		s[i] = m.name
	}
	return strings.Join(s, ", ")
}

// check compares the metrics of the whole with the minimums.
func (r *result) check(mins []minimum) error {
	var missed []string
	for _, m := range mins {
		for _, n := range r.Metrics {
			if n.name != m.name {
				continue
			}
			if n.value.Value == nil {
				missed = append(missed, fmt.Sprintf("%s is undefined (%s)", m.name, n.value.Error))
			} else if *n.value.Value < m.least {
				missed = append(missed, fmt.Sprintf("%s is %.6g, below %v", m.name, *n.value.Value, m.least))
			}
		}
	}
	if missed == nil {
		return nil
	}
	return failed{"evaluate: " + strings.Join(missed, "; ")}
}
