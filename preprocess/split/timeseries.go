package split

import (
	"fmt"
	"iter"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// TimeSeries tests the last Folds blocks of Test rows in turn, each on the rows
// before it:
//
//	test block i = rows [n - (Folds-i) Test, n - (Folds-i-1) Test),  i = 0 ... Folds-1
//	train        = the rows before the block, less the last Gap of them,
//	               at most the last MaxTrain
//
// Rows are taken in the order of Time, or as they come without it. With Time,
// a training row is dropped unless its label was known (End, else Time) before
// the earliest test row: rows of the same instant as the test, and labels that
// reach into it, are purged. With Disjoint, training rows whose group occurs in
// the test part are dropped too.
//
// Split's errors: ErrRange if Folds < 2, Folds >= n, or the blocks and the gap
// leave no row to train on; ErrUndefined if purging leaves none; ErrEmpty
// without rows, or without Groups for Disjoint.
//
// Source: scikit-learn 1.9.1, TimeSeriesSplit; the purge is that of M. Lopez de
// Prado, Advances in Financial Machine Learning (2018), section 7.4.
type TimeSeries struct {
	Folds    int  // 0: 5
	MaxTrain int  // most rows to train on; 0: all
	Test     int  // rows per test block; 0: floor(n / (Folds + 1))
	Gap      int  // rows left out between train and test
	Disjoint bool // no group on both sides
}

// A window is the walk of a block over units (rows or groups) in time order.
type window struct{ folds, maxTrain, test, gap, n int }

func newWindow(fn string, n, folds, maxTrain, test, gap int) (window, error) {
	w := window{folds: orDefault(folds, 5), maxTrain: maxTrain, gap: gap, n: n}
	for _, a := range []struct {
		name string
		v    int
	}{{"MaxTrain", maxTrain}, {"Test", test}, {"Gap", gap}} {
		if err := check.AtLeast(fn, a.name, a.v, 0); err != nil {
			return w, err
		}
	}
	if err := check.AtLeast(fn, "Folds", w.folds, 2); err != nil {
		return w, err
	}
	if w.folds >= n {
		return w, fmt.Errorf("%s: Folds: need fewer folds than there are rows or groups in time (%d), have %d: %w", fn, n, w.folds, mlgauge.ErrRange)
	}
	w.test = orDefault(test, n/(w.folds+1))
	// each term is compared alone first, so that the sum cannot overflow
	if w.test > n || gap > n || w.test > (n-1)/w.folds || n-gap-w.test*w.folds <= 0 {
		return w, fmt.Errorf("%s: Test: need %d blocks and a gap that leave rows to train on, have blocks of %d and a gap of %d in %d: %w", fn, w.folds, w.test, gap, n, mlgauge.ErrRange)
	}
	return w, nil
}

// fold returns the bounds of the train and the test units of fold i.
func (w window) fold(i int) (trainLo, trainHi, testLo, testHi int) {
	testLo = w.n - (w.folds-i)*w.test
	testHi = testLo + w.test
	trainHi = testLo - w.gap
	if w.maxTrain > 0 && w.maxTrain < trainHi {
		trainLo = trainHi - w.maxTrain
	}
	return trainLo, trainHi, testLo, testHi
}

// Count returns the number of folds.
func (t TimeSeries) Count(rows Rows) (int, error) {
	w, err := t.window(rows)
	return w.folds, err
}

func (t TimeSeries) window(rows Rows) (window, error) {
	const fn = "TimeSeries.Split"
	var need needs
	if t.Disjoint {
		need = needGroups
	}
	n, err := rows.check(fn, need)
	if err != nil {
		return window{}, err
	}
	return newWindow(fn, n, t.Folds, t.MaxTrain, t.Test, t.Gap)
}

// Split returns the folds; see [TimeSeries].
func (t TimeSeries) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	w, err := t.window(rows)
	if err != nil {
		return nil, err
	}
	order := rows.order(w.n)
	fold := func(i int) (train, test []int) {
		a, b, c, d := w.fold(i)
		train = append(make([]int, 0, b-a), order[a:b]...)
		test = append(make([]int, 0, d-c), order[c:d]...)
		train = rows.known(train, test)
		if t.Disjoint {
			train = disjoint(rows.Groups, train, test)
		}
		return train, test
	}
	purges := t.Disjoint || len(rows.Time) > 0 || len(rows.End) > 0
	return walk("TimeSeries.Split", w.folds, purges, fold)
}

// walk yields the folds, having looked at each first if some may turn out
// without training rows.
func walk(fn string, k int, purges bool, fold func(i int) (train, test []int)) (iter.Seq2[[]int, []int], error) {
	if purges {
		for i := range k {
			if train, _ := fold(i); len(train) == 0 {
				return nil, fmt.Errorf("%s: rows: need a row to train on after purging, have none in fold %d: %w", fn, i, mlgauge.ErrUndefined)
			}
		}
	}
	return func(yield func([]int, []int) bool) {
		for i := range k {
			if !yield(fold(i)) {
				return
			}
		}
	}, nil
}

// start and end return the span of a row's label.
func (r Rows) start(i int) float64 {
	if len(r.Time) == 0 {
		return float64(i)
	}
	return r.Time[i]
}

func (r Rows) end(i int) float64 {
	if len(r.End) == 0 {
		return r.start(i)
	}
	return r.End[i]
}

// known keeps, in place, the training rows whose label was known before the
// first test row.
func (r Rows) known(train, test []int) []int {
	if len(r.Time) == 0 && len(r.End) == 0 {
		return train
	}
	first := math.Inf(1)
	for _, v := range test {
		first = math.Min(first, r.start(v))
	}
	out := train[:0]
	for _, v := range train {
		if r.end(v) < first {
			out = append(out, v)
		}
	}
	return out
}

// disjoint keeps, in place, the training rows whose group is not in the test.
func disjoint(groups Labels, train, test []int) []int {
	in := make([]bool, groups.classes)
	for _, v := range test {
		in[groups.codes[v]] = true
	}
	out := train[:0]
	for _, v := range train {
		if !in[groups.codes[v]] {
			out = append(out, v)
		}
	}
	return out
}

// GroupTimeSeries is [TimeSeries] over whole groups (days, sessions, patients):
// MaxTrain, Test and Gap count groups, which stand in the order of their
// earliest Time, or of their first row without it. No group is in two parts of
// a fold. With Time, training rows whose label was not known (End, else Time)
// before the earliest test row are dropped, so that groups that overlap in time
// leak nothing either. The rows of a part ascend.
//
// Split's errors: ErrEmpty without Groups; ErrRange if Folds < 2, if there are
// no more groups than folds, or if blocks and gap leave none to train on;
// ErrUndefined if purging leaves none.
type GroupTimeSeries struct {
	Folds    int // 0: 5
	MaxTrain int // most groups to train on; 0: all
	Test     int // groups per test block; 0: floor(groups / (Folds + 1))
	Gap      int // groups left out between train and test
}

func (t GroupTimeSeries) window(rows Rows) (window, error) {
	const fn = "GroupTimeSeries.Split"
	if _, err := rows.check(fn, needGroups); err != nil {
		return window{}, err
	}
	return newWindow(fn, rows.Groups.classes, t.Folds, t.MaxTrain, t.Test, t.Gap)
}

// Count returns the number of folds.
func (t GroupTimeSeries) Count(rows Rows) (int, error) {
	w, err := t.window(rows)
	return w.folds, err
}

// Split returns the folds; see [GroupTimeSeries].
func (t GroupTimeSeries) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	w, err := t.window(rows)
	if err != nil {
		return nil, err
	}
	place := make([]int, w.n) // place of each group in time
	for i := range place {
		place[i] = -1
	}
	next := 0
	for _, r := range rows.order(len(rows.Groups.codes)) {
		if g := rows.Groups.codes[r]; place[g] < 0 {
			place[g] = next
			next++
		}
	}
	fold := func(i int) (train, test []int) {
		a, b, c, d := w.fold(i)
		for r, g := range rows.Groups.codes {
			switch p := place[g]; {
			case p >= a && p < b:
				train = append(train, r)
			case p >= c && p < d:
				test = append(test, r)
			}
		}
		return rows.known(train, test), test
	}
	return walk("GroupTimeSeries.Split", w.folds, len(rows.Time) > 0 || len(rows.End) > 0, fold)
}

// PurgedKFold cuts the rows, in time order, into Folds blocks of consecutive
// rows as [KFold] does and tests each on the rows before and after it, without
// those that could leak:
//
//   - the Purge rows before and after the block
//   - rows whose span [Time, End] overlaps the span of the block, from the
//     earliest Time to the latest End of its rows
//   - the Embargo rows after all that, which serial correlation ties to the
//     block
//
// Split's errors: ErrRange if Folds < 2 or Folds > n, or for negative counts;
// ErrUndefined if nothing is left to train on; ErrEmpty without rows.
//
// Source: M. Lopez de Prado, Advances in Financial Machine Learning (2018),
// section 7.4.
type PurgedKFold struct {
	Folds   int // 0: 5
	Purge   int // rows
	Embargo int // rows
}

// Count returns the number of folds.
func (p PurgedKFold) Count(rows Rows) (int, error) {
	const fn = "PurgedKFold.Split"
	n, err := rows.check(fn, 0)
	if err != nil {
		return 0, err
	}
	if err := check.AtLeast(fn, "Purge", p.Purge, 0); err != nil {
		return 0, err
	}
	if err := check.AtLeast(fn, "Embargo", p.Embargo, 0); err != nil {
		return 0, err
	}
	k := orDefault(p.Folds, 5)
	return k, checkFolds(fn, k, "rows", n)
}

// Split returns the folds; see [PurgedKFold].
func (p PurgedKFold) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	const fn = "PurgedKFold.Split"
	k, err := p.Count(rows)
	if err != nil {
		return nil, err
	}
	n, _ := rows.check(fn, 0)
	order := rows.order(n)
	purge, embargo := min(p.Purge, n), min(p.Embargo, n)
	fold := func(i int) (train, test []int) {
		lo := i*(n/k) + min(i, n%k)
		hi := (i+1)*(n/k) + min(i+1, n%k)
		test = append(make([]int, 0, hi-lo), order[lo:hi]...)
		first, last := math.Inf(1), math.Inf(-1)
		for _, r := range test {
			first = math.Min(first, rows.start(r))
			last = math.Max(last, rows.end(r))
		}
		spans := len(rows.Time) > 0 || len(rows.End) > 0
		clean := func(r int) bool { return !spans || rows.end(r) < first || rows.start(r) > last }
		for _, r := range order[:max(lo-purge, 0)] {
			if clean(r) {
				train = append(train, r)
			}
		}
		// starts ascend, so the rows that overlap come first
		after := min(hi+purge, n)
		for after < n && !clean(order[after]) {
			after++
		}
		train = append(train, order[min(after+embargo, n):]...)
		return train, test
	}
	return walk(fn, k, true, fold)
}
