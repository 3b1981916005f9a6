package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// BinnedROC counts the rows of each class in bins of the score: memory is
// bounded whatever the number of rows, and merging is exact. The zero value has
// 4096 bins on [0, 1], for probabilities, and is ready; set Low, High and Bins
// before the first row for other scores. Scores outside fall into the first and
// the last bin.
//
// The points of its curves lie on the exact curve, there are only fewer of
// them; AUC comes with a bound on its error.
type BinnedROC struct {
	Low, High float64 // range of the bins; both 0 means [0, 1]
	Bins      int     // number of bins, 2 to 1<<24; 0 means 4096

	made     bool
	low      float64
	high     float64
	pos, neg []uint64  // rows of weight 1
	wpos     []float64 // sums of other weights; nil until there are any
	wneg     []float64
	rows     int
	total    float64
}

const defaultBins, maxBins = 4096, 1 << 24

// options returns the options with their defaults.
func (b *BinnedROC) options(fn string) (low, high float64, bins int, err error) {
	low, high, bins = b.Low, b.High, b.Bins
	if low == 0 && high == 0 {
		high = 1
	}
	if bins == 0 {
		bins = defaultBins
	}
	if err := check.Finite(fn, "range", []float64{low, high, high - low}); err != nil {
		return 0, 0, 0, err
	}
	switch {
	case low >= high:
		err = fmt.Errorf("%s: need Low below High, have [%v, %v]: %w", fn, low, high, mlgauge.ErrRange)
	case bins < 2 || bins > maxBins:
		err = fmt.Errorf("%s: Bins: need 2 to %d, have %d: %w", fn, maxBins, bins, mlgauge.ErrRange)
	case b.made && (low != b.low || high != b.high || bins != len(b.pos)):
		err = fmt.Errorf("%s: need the options of the rows so far ([%v, %v], %d bins), have [%v, %v], %d bins: %w",
			fn, b.low, b.high, len(b.pos), low, high, bins, mlgauge.ErrIncompatible)
	}
	return low, high, bins, err
}

func (b *BinnedROC) make(low, high float64, bins int) {
	if !b.made {
		b.made, b.low, b.high = true, low, high
		b.pos, b.neg = make([]uint64, bins), make([]uint64, bins)
	}
}

// at returns the bin of a score.
func (b *BinnedROC) at(v float64) int {
	f := (v - b.low) / (b.high - b.low) * float64(len(b.pos))
	if !(f > 0) { // also -Inf
		return 0
	}
	if f >= float64(len(b.pos)) {
		return len(b.pos) - 1
	}
	return int(f)
}

// Add counts a batch of rows. Errors: mlgauge.ErrLength, mlgauge.ErrEmpty,
// mlgauge.ErrNotFinite for a score that is NaN or infinite, mlgauge.ErrRange
// for options out of their domain, mlgauge.ErrIncompatible for options changed
// after the first row.
func (b *BinnedROC) Add(yTrue []bool, score []float64) error {
	const fn = "metrics.BinnedROC.Add"
	if err := check.Pair(fn, "yTrue", len(yTrue), "score", len(score)); err != nil {
		return err
	}
	if err := check.Finite(fn, "score", score); err != nil {
		return err
	}
	low, high, bins, err := b.options(fn)
	if err != nil {
		return err
	}
	b.make(low, high, bins)
	for i, v := range score {
		if yTrue[i] {
			b.pos[b.at(v)]++
		} else {
			b.neg[b.at(v)]++
		}
	}
	b.rows += len(score)
	b.total += float64(len(score))
	return nil
}

// AddWeighted is Add with a weight per row. Errors: those of Add, and for the
// weights mlgauge.ErrLength, mlgauge.ErrNotFinite (also when their sum
// overflows), mlgauge.ErrRange for a negative one.
func (b *BinnedROC) AddWeighted(yTrue []bool, score, weights []float64) error {
	const fn = "metrics.BinnedROC.AddWeighted"
	if err := check.Pair(fn, "yTrue", len(yTrue), "score", len(score)); err != nil {
		return err
	}
	if err := check.Finite(fn, "score", score); err != nil {
		return err
	}
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	low, high, bins, err := b.options(fn)
	if err != nil {
		return err
	}
	total := b.total
	for _, w := range weights {
		total += w
	}
	if math.IsInf(total, 0) {
		return fmt.Errorf("%s: weights: need weights with a finite sum, have %v: %w", fn, total, mlgauge.ErrNotFinite)
	}
	b.make(low, high, bins)
	b.weigh()
	for i, v := range score {
		if yTrue[i] {
			b.wpos[b.at(v)] += weights[i]
		} else {
			b.wneg[b.at(v)] += weights[i]
		}
	}
	b.rows += len(score)
	b.total = total
	return nil
}

func (b *BinnedROC) weigh() {
	if b.wpos == nil {
		b.wpos, b.wneg = make([]float64, len(b.pos)), make([]float64, len(b.pos))
	}
}

// Merge adds the counts of o, exactly. Statistics with different options wrap
// mlgauge.ErrIncompatible.
func (b *BinnedROC) Merge(o *BinnedROC) error {
	const fn = "metrics.BinnedROC.Merge"
	low, high, bins, err := b.options(fn)
	if err != nil {
		return err
	}
	olow, ohigh, obins, err := o.options(fn)
	if err != nil {
		return err
	}
	if low != olow || high != ohigh || bins != obins {
		return fmt.Errorf("%s: need [%v, %v], %d bins, have [%v, %v], %d bins: %w", fn, low, high, bins, olow, ohigh, obins, mlgauge.ErrIncompatible)
	}
	if !o.made {
		return nil
	}
	if math.IsInf(b.total+o.total, 0) {
		return fmt.Errorf("%s: need weights with a finite sum, have %v: %w", fn, b.total+o.total, mlgauge.ErrNotFinite)
	}
	b.make(low, high, bins)
	for i := range b.pos {
		b.pos[i] += o.pos[i]
		b.neg[i] += o.neg[i]
	}
	if o.wpos != nil {
		b.weigh()
		for i := range b.wpos {
			b.wpos[i] += o.wpos[i]
			b.wneg[i] += o.wneg[i]
		}
	}
	b.rows += o.rows
	b.total += o.total
	return nil
}

// Reset empties b and keeps its options and memory.
func (b *BinnedROC) Reset() {
	*b = BinnedROC{Low: b.Low, High: b.High, Bins: b.Bins}
}

// Rows returns the number of rows added.
func (b *BinnedROC) Rows() int { return b.rows }

// MarshalBinary implements encoding.BinaryMarshaler.
func (b *BinnedROC) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("binnedroc/1")
	w.Float64(b.Low)
	w.Float64(b.High)
	w.Int(b.Bins)
	w.Int(b.rows)
	w.Bool(b.made)
	if b.made {
		w.Uint64s(b.pos)
		w.Uint64s(b.neg)
		w.Bool(b.wpos != nil)
		if b.wpos != nil {
			w.Float64s(b.wpos)
			w.Float64s(b.wneg)
		}
	}
	return w.Finish(), nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler. Bytes that
// MarshalBinary did not make wrap mlgauge.ErrCorrupt and leave b as it was.
func (b *BinnedROC) UnmarshalBinary(data []byte) error {
	const fn = "metrics.BinnedROC.UnmarshalBinary"
	r := codec.NewReader(fn, "binnedroc/1", data)
	n := BinnedROC{Low: r.Float64(), High: r.Float64(), Bins: r.Int(), rows: r.Int()}
	made := r.Bool()
	if made {
		n.pos, n.neg = r.Uint64s(), r.Uint64s()
		if r.Bool() {
			n.wpos, n.wneg = r.Float64s(), r.Float64s()
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	low, high, bins, err := n.options(fn)
	var sum uint64
	for i := range min(len(n.pos), len(n.neg)) {
		sum += n.pos[i] + n.neg[i]
		n.total += float64(n.pos[i]) + float64(n.neg[i])
	}
	switch {
	case err != nil:
		r.Fail("%v", err)
	case n.rows < 0 || (!made && n.rows > 0):
		r.Fail("need a count of rows, have %d", n.rows)
	case made && (len(n.pos) != bins || len(n.neg) != bins || (n.wpos != nil && (len(n.wpos) != bins || len(n.wneg) != bins))):
		r.Fail("need %d bins, have %d", bins, len(n.pos))
	case n.wpos == nil && sum != uint64(n.rows), sum > uint64(n.rows):
		r.Fail("need %d rows in the bins, have %d", n.rows, sum)
	case n.wpos == nil && len(n.wneg) > 0:
		r.Fail("need the weights of both classes")
	}
	for _, ws := range [][]float64{n.wpos, n.wneg} {
		for _, w := range ws {
			if !(w >= 0) {
				r.Fail("need weights of at least 0, have %v", w)
				break
			}
			n.total += w
		}
	}
	if math.IsInf(n.total, 0) {
		r.Fail("need weights with a finite sum, have %v", n.total)
	}
	if r.Err() != nil {
		return r.Err()
	}
	n.made, n.low, n.high = made, low, high
	*b = n
	return nil
}

// weights returns the weight of each class in a bin.
func (b *BinnedROC) weights(i int) (p, q float64) {
	p, q = float64(b.pos[i]), float64(b.neg[i])
	if b.wpos != nil {
		p += b.wpos[i]
		q += b.wneg[i]
	}
	return p, q
}

// AUC returns the area under the ROC curve and the bound on its error: the
// exact area of the rows is within bound of it, either side. Pairs in the same
// bin count half:
//
//	bound = sum over bins of P_i N_i / (2 P N)
//
// which is at most half the largest share that one bin has of a class, and 0
// where no bin holds both classes; for scores that vary smoothly it is about
// 1/(2 Bins) times a small factor. Scores that are equal are counted rightly but the
// bound cannot know it.
//
// One class only, or weights that are all zero, wrap mlgauge.ErrUndefined, no
// rows mlgauge.ErrEmpty.
func (b *BinnedROC) AUC() (auc, bound float64, err error) {
	const fn = "metrics.BinnedROC.AUC"
	if err := check.NotEmpty(fn, "rows", b.rows); err != nil {
		return 0, 0, err
	}
	var p, q float64
	for i := range b.pos {
		x, y := b.weights(i)
		p += x
		q += y
	}
	if err := needClasses(fn, p == 0, q == 0); err != nil {
		return 0, 0, err
	}
	var below float64
	for i := range b.pos {
		x, y := b.weights(i)
		x, y = x/p, y/q
		auc += x * (below + y/2)
		bound += x * y / 2
		below += y
	}
	return min(auc, 1), bound, nil
}

// Gini returns 2 AUC - 1 and the bound on its error. Errors are those of AUC.
func (b *BinnedROC) Gini() (gini, bound float64, err error) {
	auc, bound, err := b.AUC()
	if err != nil {
		return 0, 0, err
	}
	return 2*auc - 1, 2 * bound, nil
}

// Thresholds returns the outcomes at the lower edge of each bin that holds
// rows, in decreasing order; scores below Low count as Low.
// Every row of the table is exact, to within the rounding of an edge;
// figures taken from it (average precision, KS, best threshold) are those of
// scores rounded to the bins.
//
// No rows wrap mlgauge.ErrEmpty, weights that are all zero mlgauge.ErrUndefined.
func (b *BinnedROC) Thresholds() (*Thresholds, error) {
	const fn = "metrics.BinnedROC.Thresholds"
	if err := check.NotEmpty(fn, "rows", b.rows); err != nil {
		return nil, err
	}
	t := &Thresholds{}
	var tp, fp float64
	for i := len(b.pos) - 1; i >= 0; i-- {
		p, q := b.weights(i)
		if p == 0 && q == 0 {
			continue
		}
		tp += p
		fp += q
		edge := b.low + (b.high-b.low)*(float64(i)/float64(len(b.pos)))
		t.push(edge, tp, fp)
	}
	if len(t.TP) == 0 {
		return nil, undefinedFor(fn, "at least one positive weight", "none")
	}
	t.complete()
	return t, nil
}
