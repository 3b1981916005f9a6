package encoding

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// TargetStats holds, for every category of one column, the number and weight of
// its rows and the sum and centred squares of their target:
//
//	W = sum w   S = sum w y   M2 = sum w (y - S/W)^2
//
// The zero value is ready. Batches and shards merge by Chan's formula, so the
// squares of a target at an offset of 1e9 keep their digits. A target of
// classes has one such triple per class, of the target "is this class".
type TargetStats struct {
	name    string
	order   Order
	dict    Dictionary
	outputs int
	rows    []int     // by slot: 0 missing, code+1 the category
	w       []float64 // by slot
	sum, m2 []float64 // by slot, then output
}

// Add adds the rows of a column and their target.
//
// Errors: ErrEmpty; ErrLength; ErrNotFinite for a target that is not finite;
// ErrRange for codes outside the categories; ErrIncompatible after
// statistics of classes.
func (t *TargetStats) Add(c Column, y []float64) error {
	return t.addChecked("TargetStats.Add", c, y, nil)
}

// AddWeighted is Add with a weight for every row; rows of weight 0 do not
// count.
//
// Errors: as Add; ErrRange for a negative weight.
func (t *TargetStats) AddWeighted(c Column, y, w []float64) error {
	if err := check.Weights("TargetStats.AddWeighted", "w", c.Len(), w); err != nil {
		return err
	}
	return t.addChecked("TargetStats.AddWeighted", c, y, w)
}

func (t *TargetStats) addChecked(fn string, c Column, y, w []float64) error {
	x := []Column{c}
	n, err := checkColumns(fn, x)
	if err != nil {
		return err
	}
	if err := checkTarget(fn, n, y); err != nil {
		return err
	}
	if t.outputs > 1 {
		return fmt.Errorf("%s: need statistics of one target, have %d classes: %w", fn, t.outputs, mlgauge.ErrIncompatible)
	}
	x, y, w = positive(x, y, w)
	if x[0].Len() == 0 {
		return nil
	}
	_, err = t.add(fn, &x[0], y, w)
	return err
}

// positive drops the rows of weight 0, so that they leave no trace.
func positive(x []Column, y, w []float64) ([]Column, []float64, []float64) {
	if !slices.Contains(w, 0) {
		return x, y, w
	}
	var rows []int
	for i, v := range w {
		if v != 0 {
			rows = append(rows, i)
		}
	}
	return takeColumns(x, rows), takeValues(y, rows), takeValues(w, rows)
}

func takeColumns(x []Column, rows []int) []Column {
	out := make([]Column, len(x))
	for j := range x {
		out[j] = x[j].take(rows)
	}
	return out
}

func takeValues[T any](y []T, rows []int) []T {
	if y == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = y[r]
	}
	return out
}

func checkTarget(fn string, n int, y []float64) error {
	if err := check.Length(fn, "y", n, len(y)); err != nil {
		return err
	}
	return inBlocks(n, func(lo, hi int) error {
		if kernel.AllFinite(y[lo:hi]) {
			return nil
		}
		return check.Finite(fn, "y", y)
	})
}

// start names the statistics and encodes the column, in buf if it has the capacity
// and the codes are not the column's own.
func (t *TargetStats) start(fn string, c *Column, outputs int, buf []int32) ([]int32, error) {
	if len(t.rows) == 0 {
		t.name, t.order, t.outputs = c.Name, c.Order, outputs
	}
	codes, err := t.dict.codes(fn, c, buf)
	if err != nil {
		return nil, err
	}
	t.fit()
	return codes, nil
}

// fit makes room for every slot.
func (t *TargetStats) fit() {
	k := t.dict.Len() + 1
	t.rows, t.w = extend(t.rows, k), extend(t.w, k)
	t.sum, t.m2 = extend(t.sum, k*t.outputs), extend(t.m2, k*t.outputs)
}

// add adds checked rows of one continuous target and returns the codes.
func (t *TargetStats) add(fn string, c *Column, y, w []float64) ([]int32, error) {
	codes, err := t.start(fn, c, 1, nil)
	if err != nil {
		return nil, err
	}
	if slots := len(t.rows); len(codes) < slots/4 {
		t.addRows(codes, y, w)
		return codes, nil
	}
	b := batchStats(codes, y, w, len(t.rows))
	for s := range b.rows {
		t.rows[s] += b.rows[s]
		t.combine(s, 0, b.w[s], b.sum[s], b.m2[s])
		t.w[s] += b.w[s]
	}
	return codes, nil
}

// batchStats computes the statistics of one batch.
func batchStats(codes []int32, y, w []float64, slots int) TargetStats {
	cells := make([]kernel.Slot, slots)
	kernel.SlotMoments(cells, codes, y, w)
	b := TargetStats{outputs: 1, rows: make([]int, slots), w: make([]float64, slots), sum: make([]float64, slots), m2: make([]float64, slots)}
	for s := range cells {
		c := &cells[s]
		b.rows[s], b.w[s], b.sum[s], b.m2[s] = c.Rows, c.W, c.Sum, c.M2
	}
	return b
}

// addRows adds few rows to many categories one by one.
func (t *TargetStats) addRows(codes []int32, y, w []float64) {
	for i, k := range codes {
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		t.rows[k+1]++
		t.combine(int(k)+1, 0, wi, wi*y[i], 0)
		t.w[k+1] += wi
	}
}

// combine merges a batch into one slot and output by Chan's formula; the weight
// of the slot is still the one before the batch.
func (t *TargetStats) combine(slot, output int, w, sum, m2 float64) {
	if w == 0 {
		return
	}
	at := slot*t.outputs + output
	if have := t.w[slot]; have > 0 {
		d := sum/w - t.sum[at]/have
		t.m2[at] += m2 + d*d*(have/(have+w))*w
	} else {
		t.m2[at] += m2
	}
	t.sum[at] += sum
}

// addClasses adds checked rows of a target of classes.
func (t *TargetStats) addClasses(fn string, c *Column, classes []int32, k int, w []float64) ([]int32, error) {
	codes, err := t.start(fn, c, k, nil)
	if err != nil {
		return nil, err
	}
	slots := len(t.rows)
	bw, bs := make([]float64, slots), make([]float64, slots*k)
	for i, code := range codes {
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		t.rows[code+1]++
		bw[code+1] += wi
		bs[(int(code)+1)*k+int(classes[i])] += wi
	}
	for s := range bw {
		if bw[s] == 0 {
			continue
		}
		for o := range k {
			n := bs[s*k+o]
			t.combine(s, o, bw[s], n, n*(1-n/bw[s]))
		}
		t.w[s] += bw[s]
	}
	return codes, nil
}

// widen moves the outputs to their places among k outputs.
func (t *TargetStats) widen(remap []int32, k int) {
	if len(t.rows) == 0 {
		t.outputs = k
		return
	}
	sum, m2 := make([]float64, len(t.rows)*k), make([]float64, len(t.rows)*k)
	for s := range t.rows {
		for o, to := range remap {
			sum[s*k+int(to)] = t.sum[s*t.outputs+o]
			m2[s*k+int(to)] = t.m2[s*t.outputs+o]
		}
	}
	t.sum, t.m2, t.outputs = sum, m2, k
}

// Merge adds the statistics of o.
//
// Errors: ErrIncompatible for another order, another number of classes, or a
// missing mark of o that is a category here.
func (t *TargetStats) Merge(o *TargetStats) error {
	if o == nil || len(o.rows) == 0 {
		return nil
	}
	if err := t.mergeable("TargetStats.Merge", o); err != nil {
		return err
	}
	if len(t.rows) == 0 {
		t.name, t.order, t.outputs = o.name, o.order, o.outputs
	}
	p := o
	if o == t {
		c := o.clone()
		p = &c
	}
	remap, err := t.dict.Merge(&p.dict)
	if err != nil {
		return err
	}
	t.fit()
	for s := range p.rows {
		to := 0
		if s > 0 {
			to = int(remap[s-1]) + 1
		}
		t.rows[to] += p.rows[s]
		for k := range t.outputs {
			t.combine(to, k, p.w[s], p.sum[s*p.outputs+k], p.m2[s*p.outputs+k])
		}
		t.w[to] += p.w[s]
	}
	return nil
}

func (t *TargetStats) mergeable(fn string, o *TargetStats) error {
	if len(t.rows) == 0 || len(o.rows) == 0 {
		return nil
	}
	if t.order != o.order || t.outputs != o.outputs {
		return fmt.Errorf("%s: o: need order %d and %d targets, have %d and %d: %w", fn, t.order, t.outputs, o.order, o.outputs, mlgauge.ErrIncompatible)
	}
	return t.dict.mergeable(fn, &o.dict)
}

// Reset forgets everything.
func (t *TargetStats) Reset() { *t = TargetStats{} }

// Categories returns the categories in the column's order.
func (t *TargetStats) Categories() []string {
	out := make([]string, 0, t.dict.Len())
	for _, k := range order(t.dict.labels, t.order) {
		out = append(out, t.dict.labels[k])
	}
	return out
}

// A TargetStat is what TargetStats holds of one category.
type TargetStat struct {
	Rows    int
	W       float64 // weight; the number of rows where no weights were given
	Sum, M2 float64
}

// Mean returns Sum / W, NaN for weight 0.
func (s TargetStat) Mean() float64 { return s.Sum / s.W }

// Variance returns M2 / (W - ddof), NaN if that denominator is not positive.
func (s TargetStat) Variance(ddof float64) float64 {
	if !(s.W > ddof) {
		return math.NaN()
	}
	return s.M2 / (s.W - ddof)
}

// Stats returns the statistics of every category of Categories, of a target
// that is not one of classes or of class 0.
func (t *TargetStats) Stats() []TargetStat {
	out := make([]TargetStat, 0, t.dict.Len())
	for _, k := range order(t.dict.labels, t.order) {
		out = append(out, t.at(int(k)+1, 0))
	}
	return out
}

// MissingStat returns the statistics of the missing values.
func (t *TargetStats) MissingStat() TargetStat {
	if len(t.rows) == 0 {
		return TargetStat{}
	}
	return t.at(0, 0)
}

func (t *TargetStats) at(slot, output int) TargetStat {
	at := slot*t.outputs + output
	return TargetStat{t.rows[slot], t.w[slot], t.sum[at], t.m2[at]}
}

// Total returns the statistics of all rows.
func (t *TargetStats) Total() TargetStat {
	if len(t.rows) == 0 {
		return TargetStat{}
	}
	return t.total(0)
}

func (t *TargetStats) total(output int) TargetStat {
	var s TargetStat
	for slot := range t.rows {
		a := t.at(slot, output)
		s.Rows += a.Rows
		s.W += a.W
		s.Sum += a.Sum
	}
	mean := s.Mean()
	for slot := range t.rows {
		if a := t.at(slot, output); a.W > 0 {
			d := a.Mean() - mean
			s.M2 += a.M2 + a.W*d*d
		}
	}
	return s
}

func (t *TargetStats) clone() TargetStats {
	return TargetStats{t.name, t.order, *t.dict.clone(), t.outputs, slices.Clone(t.rows), slices.Clone(t.w), slices.Clone(t.sum), slices.Clone(t.m2)}
}
