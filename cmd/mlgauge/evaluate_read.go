package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// evaluation reads a file batch by batch into the statistics of the whole and of
// each group.
type evaluation struct {
	o         *evaluateOptions
	path      string
	task      task // "" until known
	threshold *float64

	rows     int // of earlier batches
	weight   float64
	labels   *labels
	seen     []string // distinct labels, of truth and prediction
	truths   []string // distinct labels of the truth
	positive string
	guessed  bool
	negative string   // by the guess, for a file of one label
	classes  []string // of the score columns

	total  *statistics
	groups map[string]*statistics
	order  []string // keys of groups
	batch  batch
}

func (e *evaluation) read(stderr io.Writer) error {
	o, err := e.o.options(e.task)
	if err != nil {
		return err
	}
	r, err := table.Open(e.path, o)
	if err != nil {
		return err
	}
	defer r.Close()
	e.labels = newLabels()
	e.total = newStatistics()
	e.groups = make(map[string]*statistics)
	p := newProgress(stderr, r)
	defer p.end()
	for t, err := range r.All() {
		if err != nil {
			return err
		}
		if err := e.add(t); err != nil {
			return err
		}
		e.rows += t.NumRows()
		p.step()
	}
	if e.rows == 0 {
		return fmt.Errorf("%s: need at least one row, have none: %w", e.path, mlgauge.ErrEmpty)
	}
	if e.o.weight != "" && e.weight == 0 {
		return fmt.Errorf("%s: column %q: need at least one weight above 0, have none: %w", e.path, e.o.weight, mlgauge.ErrUndefined)
	}
	return nil
}

// at is an error about row i of the batch.
func (e *evaluation) at(i int, column string, sentinel error, format string, args ...any) error {
	return &table.Error{File: e.path, Row: e.rows + i + 1, Column: column, Reason: fmt.Sprintf(format, args...), Err: sentinel}
}

// add adds a batch to the whole and to the groups.
func (e *evaluation) add(t *table.Table) error {
	label, err := t.Column(e.o.label)
	if err != nil {
		return err
	}
	if e.task == "" {
		e.task = e.infer(t)
	}
	b := &e.batch
	b.w = nil
	if e.o.weight != "" {
		if b.w, err = e.numbers(t, e.o.weight, "weight"); err != nil {
			return err
		}
		for i, w := range b.w {
			if w < 0 {
				return e.at(i, e.o.weight, mlgauge.ErrRange, "need weights of at least 0, have %v", w)
			}
			e.weight += w
		}
	}
	switch e.task {
	case regression:
		err = e.addRegression(t)
	default:
		err = e.addLabels(t, label)
	}
	if err != nil {
		return err
	}
	e.total.add(e, b)
	return e.addGroups(t)
}

// infer decides between regression and labels, from the first batch.
func (e *evaluation) infer(t *table.Table) task {
	distinct := make(map[float64]bool)
	for _, name := range []string{e.o.label, e.o.pred} {
		x, err := t.Floats(name)
		if err != nil {
			return multiclass // or binary: the number of labels decides
		}
		for _, v := range x {
			if v != math.Trunc(v) {
				return regression
			}
			distinct[v] = true
		}
	}
	if len(distinct) > 20 {
		return regression
	}
	return multiclass
}

// numbers returns a column in which nothing is missing or infinite.
func (e *evaluation) numbers(t *table.Table, name, what string) ([]float64, error) {
	x, err := t.Floats(name)
	if err != nil {
		return nil, err
	}
	for i, v := range x {
		if v*0 == 0 {
			continue
		}
		if v != v {
			return nil, e.at(i, name, mlgauge.ErrEmpty, "need a %s, have a missing value", what)
		}
		return nil, e.at(i, name, mlgauge.ErrNotFinite, "need a finite %s, have %v", what, v)
	}
	return x, nil
}

func (e *evaluation) addRegression(t *table.Table) (err error) {
	if e.batch.y, err = e.numbers(t, e.o.label, "label"); err != nil {
		return err
	}
	e.batch.p, err = e.numbers(t, e.o.pred, "prediction")
	return err
}

// addLabels reads truth, prediction and scores of a classification.
func (e *evaluation) addLabels(t *table.Table, label *table.Column) error {
	b := &e.batch
	var missing int
	b.truth, missing = e.labels.read(label, b.truth)
	if missing >= 0 {
		return e.at(missing, e.o.label, mlgauge.ErrEmpty, "need a label, have a missing value")
	}
	e.truths = note(e.truths, b.truth)
	b.pred = b.pred[:0]
	if e.o.pred != "" {
		c, err := t.Column(e.o.pred)
		if err != nil {
			return err
		}
		if b.pred, missing = e.labels.read(c, b.pred); missing >= 0 {
			return e.at(missing, e.o.pred, mlgauge.ErrEmpty, "need a prediction, have a missing value")
		}
	}
	e.seen = note(note(e.seen, b.truth), b.pred)
	if e.task == binary {
		return e.addBinary(t)
	}
	if e.o.scoreCols == nil {
		return nil
	}
	return e.addScores(t)
}

// note appends the labels that are new; runs of equal labels cost a comparison.
func note(seen, x []string) []string {
	last := ""
	for i, s := range x {
		if i > 0 && s == last {
			continue
		}
		last = s
		if !slices.Contains(seen, s) {
			seen = append(seen, s)
		}
	}
	return seen
}

// addBinary turns the labels of a batch into positives and negatives.
func (e *evaluation) addBinary(t *table.Table) (err error) {
	b := &e.batch
	if len(e.seen) > 2 {
		for i := range b.truth {
			third := func(s string) bool { return slices.Index(e.seen, s) >= 2 }
			if third(b.truth[i]) {
				return e.at(i, e.o.label, mlgauge.ErrUnknownCategory, "need two labels for the binary task, have a third: %q besides %q and %q", b.truth[i], e.seen[0], e.seen[1])
			}
			if e.o.pred != "" && third(b.pred[i]) {
				return e.at(i, e.o.pred, mlgauge.ErrUnknownCategory, "need two labels for the binary task, have a third: %q besides %q and %q", b.pred[i], e.seen[0], e.seen[1])
			}
		}
	}
	if e.positive == "" {
		if err := e.findPositive(); err != nil {
			return err
		}
	}
	b.isTrue, b.isP = b.isTrue[:0], b.isP[:0]
	for _, s := range b.truth {
		b.isTrue = append(b.isTrue, s == e.positive)
	}
	if e.o.score != "" {
		if b.score, err = e.numbers(t, e.o.score, "score"); err != nil {
			return err
		}
	}
	if e.o.pred == "" {
		for _, v := range b.score {
			b.isP = append(b.isP, v >= *e.threshold)
		}
		return nil
	}
	for _, s := range b.pred {
		b.isP = append(b.isP, s == e.positive)
	}
	return nil
}

// findPositive takes the positive label from the flag or guesses it.
func (e *evaluation) findPositive() error {
	if e.o.positive != "" {
		e.positive = canonical(e.o.positive)
		return nil
	}
	negative, positive, ok := guessPositive(e.seen)
	if !ok {
		return fmt.Errorf("%s: column %q: need --positive V to say which label is the positive one, have %s: %w", e.path, e.o.label, quoted(e.seen), mlgauge.ErrUnknownCategory)
	}
	e.negative, e.positive, e.guessed = negative, positive, true
	return nil
}

// quoted lists labels in an error.
func quoted(x []string) string {
	x = slices.SortedFunc(slices.Values(x), ascending)
	s := make([]string, 0, 12)
	for i, v := range x {
		if i == 12 {
			return strings.Join(s, ", ") + fmt.Sprintf(" and %d more", len(x)-i)
		}
		s = append(s, fmt.Sprintf("%q", v))
	}
	return strings.Join(s, ", ")
}

// addScores reads the score columns of several classes.
func (e *evaluation) addScores(t *table.Table) error {
	b := &e.batch
	if e.classes == nil {
		classes, err := columnsOfLabels(e.o.scoreCols, e.truths, e.allLabels)
		if err != nil {
			return err
		}
		if len(classes) != len(e.o.scoreCols) {
			return fmt.Errorf("%s: --score-cols: need a column for each label, have %d columns for %s: %w", e.path, len(e.o.scoreCols), quoted(classes), mlgauge.ErrUnknownCategory)
		}
		e.classes = classes
		e.seen = note(e.seen, classes)
	}
	k := len(e.classes)
	n := t.NumRows()
	b.proba = slices.Grow(b.proba[:0], n*k)[:n*k]
	for j, name := range e.o.scoreCols {
		x, err := e.numbers(t, name, "score")
		if err != nil {
			return err
		}
		for i, v := range x {
			b.proba[i*k+j] = v
		}
	}
	index := make(map[string]int, k)
	for j, s := range e.classes {
		index[s] = j
	}
	b.class = b.class[:0]
	for i, s := range b.truth {
		j, ok := index[s]
		if !ok {
			return e.at(i, e.o.label, mlgauge.ErrUnknownCategory, "need a label with a score column (%s), have %q", quoted(e.classes), s)
		}
		b.class = append(b.class, j)
	}
	if e.o.pred != "" {
		return nil
	}
	for i := range n {
		row := b.proba[i*k : i*k+k]
		best := 0
		for j, v := range row {
			if v > row[best] {
				best = j
			}
		}
		b.pred = append(b.pred, e.classes[best])
	}
	return nil
}

// allLabels reads the labels of the whole file.
func (e *evaluation) allLabels() ([]string, error) {
	if e.path == "-" {
		return nil, fmt.Errorf("-: --score-cols: need columns named as the labels, have %s for labels %s: %w", quoted(e.o.scoreCols), quoted(e.truths), mlgauge.ErrUnknownCategory)
	}
	r, err := table.Open(e.path, table.Options{Columns: []string{e.o.label}, Types: map[string]table.Type{e.o.label: table.String}})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	l := newLabels()
	var all, part []string
	for t, err := range r.All() {
		if err != nil {
			return nil, err
		}
		var missing int
		if part, missing = l.read(&t.Columns()[0], part); missing >= 0 {
			return nil, e.at(missing, e.o.label, mlgauge.ErrEmpty, "need a label, have a missing value")
		}
		if all = note(all, part); len(all) > len(e.o.scoreCols) {
			break
		}
	}
	return all, nil
}

// maxGroups bounds the statistics in memory.
const maxGroups = 10_000

// errNoScores is why a metric of scores is not there.
var errNoScores = errors.New("need scores, have none")
