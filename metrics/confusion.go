package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Confusion counts how often each class was predicted for each true class. Its
// zero value is empty and ready; classes are found in the data, whatever their
// type:
//
//	var c metrics.Confusion[string]
//	err := c.Add(yTrue, yPred)
//	f1, err := c.F1(metrics.Macro)
//
// Everything is counted, always. Labels and ZeroDivision are questions to the
// formulas, not parts of the counts: they can be set and changed at any time.
//
// Rows of Add are counted exactly, as integers; the weights of rows of
// AddWeighted are summed beside them, and the formulas see the total of both.
// Weights act as numbers of repeated rows: weight 2 is the row twice.
//
// Memory is proportional to the square of the number of classes up to 2048
// classes, and to the number of different pairs beyond. A Confusion must not be
// copied after its first use (Merge into an empty one instead), and must not be
// added to from two goroutines at once; formulas may run concurrently.
type Confusion[L cmp.Ordered] struct {
	// Labels are the classes that the formulas report on, in this order. Empty
	// means every class that occurs, ascending. A label that never occurs is
	// allowed: its row is zero.
	Labels []L

	// ZeroDivision is what a rate is whose denominator is zero.
	ZeroDivision ZeroDivision

	table        celltable
	total        tally
	weightedRows uint64

	// Integer labels that lie close together are their own codes: code k is
	// the label base+k. zero marks codes of weighted rows, whose weight may
	// be 0.
	run  bool
	base uint64
	zero []bool

	// Any other labels are coded in the order of their first appearance; order
	// lists the codes by ascending label.
	labels []L
	index  map[L]int32
	order  []int32
}

// Add counts rows: the true and the predicted class of each.
//
// Errors: mlgauge.ErrLength, mlgauge.ErrEmpty, and for floating-point labels
// mlgauge.ErrNotFinite if one is NaN.
func (c *Confusion[L]) Add(yTrue, yPred []L) error {
	const fn = "metrics.Confusion.Add"
	if err := c.labelsOK(fn, yTrue, yPred); err != nil {
		return err
	}
	c.total.rows += uint64(len(yTrue))
	c.add(yTrue, yPred, nil)
	return nil
}

// AddWeighted counts rows with a weight each. A row of weight 0 counts for
// nothing, but its labels are classes.
//
// Errors: those of Add, and for weights mlgauge.ErrLength,
// mlgauge.ErrNotFinite (also when their sum overflows), mlgauge.ErrRange for a
// negative one.
func (c *Confusion[L]) AddWeighted(yTrue, yPred []L, weights []float64) error {
	const fn = "metrics.Confusion.AddWeighted"
	if err := c.labelsOK(fn, yTrue, yPred); err != nil {
		return err
	}
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	sum := c.total.weight
	for _, w := range weights {
		sum += w
	}
	if math.IsInf(sum, 0) {
		return fmt.Errorf("%s: weights: need a finite sum, have %v: %w", fn, sum, mlgauge.ErrNotFinite)
	}
	c.total.weight = sum
	c.weightedRows += uint64(len(yTrue))
	c.add(yTrue, yPred, weights)
	return nil
}

// AddCount adds rows that were counted elsewhere: n rows of the given true and
// predicted class. Errors: mlgauge.ErrNotFinite for a label that is NaN,
// mlgauge.ErrRange when the count passes 2^64.
func (c *Confusion[L]) AddCount(yTrue, yPred L, n uint64) error {
	const fn = "metrics.Confusion.AddCount"
	t, p := [1]L{yTrue}, [1]L{yPred}
	if err := c.labelsOK(fn, t[:], p[:]); err != nil {
		return err
	}
	if c.total.overflows(tally{rows: n}) {
		return fmt.Errorf("%s: n: need counts below 2^64, have %d more: %w", fn, n, mlgauge.ErrRange)
	}
	c.total.rows += n
	zero := [1]float64{}
	c.add(t[:], p[:], zero[:]) // the labels exist from here on
	i, _ := c.code(yTrue)
	j, _ := c.code(yPred)
	c.table.add(i, j, tally{rows: n})
	return nil
}

func (c *Confusion[L]) labelsOK(fn string, yTrue, yPred []L) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return err
	}
	if kind, _, _ := kindOf[L](); kind != floatLabels {
		return nil
	}
	for i := range yTrue {
		name, v := "yTrue", yTrue[i]
		if v == v {
			name, v = "yPred", yPred[i]
		}
		if v != v {
			return fmt.Errorf("%s: %s: need labels, have NaN at index %d: %w", fn, name, i, mlgauge.ErrNotFinite)
		}
	}
	return nil
}

// Merge adds the counts of another statistic, which stays as it is; its Labels
// and ZeroDivision have no effect. Errors: mlgauge.ErrNotFinite when the sum of
// the weights overflows, mlgauge.ErrRange when a count passes 2^64.
func (c *Confusion[L]) Merge(other *Confusion[L]) error {
	const fn = "metrics.Confusion.Merge"
	if c.total.overflows(other.total) {
		return fmt.Errorf("%s: need counts below 2^64, have more: %w", fn, mlgauge.ErrRange)
	}
	if sum := c.total.weight + other.total.weight; math.IsInf(sum, 0) {
		return fmt.Errorf("%s: weights: need a finite sum, have %v: %w", fn, sum, mlgauge.ErrNotFinite)
	}
	codes := other.seen()
	if len(codes) == 0 {
		return nil
	}
	labels := make([]L, len(codes))
	for i, k := range codes {
		labels[i] = other.label(k)
	}
	type entry struct {
		i, j int
		c    tally
	}
	var cells []entry // read before c changes: other may be c itself
	other.table.each(func(i, j int, v tally) { cells = append(cells, entry{i, j, v}) })
	total, weighted := other.total, other.weightedRows

	c.total.plus(total)
	c.weightedRows += weighted
	c.add(labels, labels, make([]float64, len(labels))) // at weight 0: codes only
	to := make(map[int]int, len(codes))
	for i, k := range codes {
		to[k], _ = c.code(labels[i])
	}
	for _, e := range cells {
		c.table.add(to[e.i], to[e.j], e.c)
	}
	return nil
}

// Reset empties the statistic and keeps Labels and ZeroDivision.
func (c *Confusion[L]) Reset() {
	*c = Confusion[L]{Labels: c.Labels, ZeroDivision: c.ZeroDivision}
}

// Rows returns the number of rows added, whatever their weights.
func (c *Confusion[L]) Rows() uint64 { return c.total.rows + c.weightedRows }

// Total returns the number of rows of Add plus the weights of those of
// AddWeighted.
func (c *Confusion[L]) Total() float64 { return c.total.value() }

// Classes returns the classes that the formulas report on, in their order:
// Labels if set, otherwise every class that occurs, ascending.
func (c *Confusion[L]) Classes() []L {
	if len(c.Labels) > 0 {
		return slices.Clone(c.Labels)
	}
	codes := c.seen()
	labels := make([]L, len(codes))
	for i, k := range codes {
		labels[i] = c.label(k)
	}
	return labels
}

// view is what the formulas compute from: the classes asked for, as codes (-1
// for one that never occurred), and the sums of the table.
type view struct {
	codes  []int
	m      margins
	covers bool // the classes asked for are all that occur
}

func (c *Confusion[L]) view(fn string) (view, error) {
	if !c.ZeroDivision.valid() {
		return view{}, check.Option(fn, "ZeroDivision", int(c.ZeroDivision))
	}
	if c.Rows() == 0 {
		return view{}, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	v := view{m: c.table.margins(), covers: true}
	seen := c.seenIn(v.m)
	if len(c.Labels) == 0 {
		v.codes = seen
		return v, nil
	}
	codes, err := c.asked(fn)
	if err != nil {
		return view{}, err
	}
	v.codes = codes
	in := make([]bool, c.table.side)
	for _, k := range codes {
		if k >= 0 {
			in[k] = true
		}
	}
	for _, k := range seen {
		v.covers = v.covers && in[k]
	}
	return v, nil
}

// asked returns the codes of Labels, which must differ.
func (c *Confusion[L]) asked(fn string) ([]int, error) {
	codes := make([]int, len(c.Labels))
	once := make(map[L]struct{}, len(c.Labels))
	for i, l := range c.Labels {
		if l != l {
			return nil, fmt.Errorf("%s: Labels: need labels, have NaN at index %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
		if _, twice := once[l]; twice {
			return nil, fmt.Errorf("%s: Labels: need different labels, have %v twice: %w", fn, l, mlgauge.ErrRange)
		}
		once[l] = struct{}{}
		codes[i] = -1
		if k, ok := c.code(l); ok {
			codes[i] = k
		}
	}
	return codes, nil
}

// positive reports a table whose weights sum to zero (mlgauge.ErrUndefined).
func (v *view) positive(fn string) error {
	if v.m.total.value() == 0 {
		return fmt.Errorf("%s: need a row of positive weight, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return nil
}

// binary returns the table of one code against all others.
func (v *view) binary(k int, weightedRows uint64, z ZeroDivision) Binary {
	b := Binary{WeightedRows: weightedRows, ZeroDivision: z}
	if k < 0 {
		b.TN, b.WeightTN = v.m.total.rows, v.m.total.weight
		return b
	}
	hit, truth, pred := v.m.hit[k], v.m.truth[k], v.m.pred[k]
	b.TP = hit.rows
	b.FN = truth.rows - hit.rows
	b.FP = pred.rows - hit.rows
	b.TN = v.m.total.rows - truth.rows - pred.rows + hit.rows
	// Differences of sums of floats can come out a rounding below zero.
	b.WeightTP = hit.weight
	b.WeightFN = max(truth.weight-hit.weight, 0)
	b.WeightFP = max(pred.weight-hit.weight, 0)
	b.WeightTN = max(v.m.total.weight-truth.weight-pred.weight+hit.weight, 0)
	return b
}

// Binary returns the two-class table of one class against all the others.
// Error: mlgauge.ErrUnknownCategory if the class neither occurs nor is in
// Labels, mlgauge.ErrEmpty.
func (c *Confusion[L]) Binary(positive L) (Binary, error) {
	const fn = "metrics.Confusion.Binary"
	if c.Rows() == 0 {
		return Binary{}, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	v := view{m: c.table.margins()}
	k, ok := c.code(positive)
	if !ok || !c.seenCode(v.m, k) {
		if !slices.Contains(c.Labels, positive) {
			return Binary{}, fmt.Errorf("%s: positive: need a label that occurs, have %v: %w", fn, positive, mlgauge.ErrUnknownCategory)
		}
		k = -1
	}
	return v.binary(k, c.weightedRows, c.ZeroDivision), nil
}

// OneVsRest returns the two-class table of every class of Classes, in order, as
// scikit-learn's multilabel_confusion_matrix does. Errors: mlgauge.ErrEmpty,
// mlgauge.ErrRange for Labels with a repetition.
func (c *Confusion[L]) OneVsRest() ([]Binary, error) {
	v, err := c.view("metrics.Confusion.OneVsRest")
	if err != nil {
		return nil, err
	}
	return c.oneVsRest(&v), nil
}

func (c *Confusion[L]) oneVsRest(v *view) []Binary {
	bs := make([]Binary, len(v.codes))
	for i, k := range v.codes {
		bs[i] = v.binary(k, c.weightedRows, c.ZeroDivision)
	}
	return bs
}
