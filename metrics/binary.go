package metrics

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// Binary counts the four outcomes of a yes/no prediction; every rate of a
// two-class table is a method on it. The zero value is empty and ready, and a
// table that is known already can be filled in:
//
//	b := metrics.Binary{TP: 40, FP: 10, TN: 45, FN: 5}
//
// Rows of Add are counted exactly, as integers; the weights of rows of
// AddWeighted are summed beside them, and the formulas see the total of both.
//
// A rate whose denominator is zero is what ZeroDivision says: 0 unless set. Any
// formula on an empty table wraps mlgauge.ErrEmpty, on weights that sum to zero
// mlgauge.ErrUndefined, on fields filled in with negative or non-finite weights
// mlgauge.ErrRange or mlgauge.ErrNotFinite.
type Binary struct {
	TP, FP, TN, FN uint64 // rows of Add

	// Sums of the weights of the rows of AddWeighted, and their number.
	WeightTP, WeightFP, WeightTN, WeightFN float64
	WeightedRows                           uint64

	ZeroDivision ZeroDivision // what 0/0 is; no part of the counts
}

// Add counts rows: the truth and the prediction of each. Errors:
// mlgauge.ErrLength, mlgauge.ErrEmpty.
func (b *Binary) Add(yTrue, yPred []bool) error {
	if err := check.Pair("metrics.Binary.Add", "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return err
	}
	tp, truth, pred := kernel.CountBools(yTrue, yPred)
	b.TP += tp
	b.FP += pred - tp
	b.FN += truth - tp
	b.TN += uint64(len(yTrue)) - truth - pred + tp
	return nil
}

// AddWeighted counts rows with a weight each. Errors: those of Add, and for
// weights mlgauge.ErrLength, mlgauge.ErrNotFinite (also when their sum
// overflows), mlgauge.ErrRange for a negative one.
func (b *Binary) AddWeighted(yTrue, yPred []bool, weights []float64) error {
	const fn = "metrics.Binary.AddWeighted"
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return err
	}
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	var w [4]float64
	kernel.SumBools(yTrue, yPred, weights, &w)
	next := *b
	next.WeightTN += w[0]
	next.WeightFP += w[1]
	next.WeightFN += w[2]
	next.WeightTP += w[3]
	next.WeightedRows += uint64(len(yTrue))
	if err := next.finite(fn); err != nil {
		return err
	}
	*b = next
	return nil
}

// AddScores counts rows by score: a row is predicted positive when its score is
// at least threshold. Weights may be nil. Errors: those of AddWeighted, and
// mlgauge.ErrNotFinite for a score or a threshold that is NaN.
func (b *Binary) AddScores(yTrue []bool, scores []float64, threshold float64, weights []float64) error {
	const fn = "metrics.Binary.AddScores"
	if err := check.Pair(fn, "yTrue", len(yTrue), "scores", len(scores)); err != nil {
		return err
	}
	if err := check.NoNaN(fn, "scores", scores); err != nil {
		return err
	}
	if math.IsNaN(threshold) {
		return fmt.Errorf("%s: threshold: need a number, have NaN: %w", fn, mlgauge.ErrNotFinite)
	}
	if weights != nil {
		if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
			return err
		}
	}
	const block = 1024
	next := *b
	var pred [block]bool
	for lo := 0; lo < len(scores); lo += block {
		hi := min(lo+block, len(scores))
		for i, s := range scores[lo:hi] {
			pred[i] = s >= threshold
		}
		var err error
		if weights == nil {
			err = next.Add(yTrue[lo:hi], pred[:hi-lo])
		} else {
			err = next.AddWeighted(yTrue[lo:hi], pred[:hi-lo], weights[lo:hi])
		}
		if err != nil {
			return err
		}
	}
	*b = next
	return nil
}

// Merge adds the counts of another table. Errors: mlgauge.ErrNotFinite when a
// sum of weights overflows, mlgauge.ErrRange when a count does.
func (b *Binary) Merge(other *Binary) error {
	const fn = "metrics.Binary.Merge"
	next := *b
	var carry uint64
	for _, c := range [...]struct {
		dst *uint64
		n   uint64
	}{
		{&next.TP, other.TP}, {&next.FP, other.FP}, {&next.TN, other.TN}, {&next.FN, other.FN},
		{&next.WeightedRows, other.WeightedRows},
	} {
		var over uint64
		*c.dst, over = bits.Add64(*c.dst, c.n, 0)
		carry |= over
	}
	if carry != 0 {
		return fmt.Errorf("%s: need counts below 2^64, have more: %w", fn, mlgauge.ErrRange)
	}
	next.WeightTP += other.WeightTP
	next.WeightFP += other.WeightFP
	next.WeightTN += other.WeightTN
	next.WeightFN += other.WeightFN
	if err := next.finite(fn); err != nil {
		return err
	}
	*b = next
	return nil
}

// Reset empties the table and keeps ZeroDivision.
func (b *Binary) Reset() { *b = Binary{ZeroDivision: b.ZeroDivision} }

const binaryTag = "binary/1"

// MarshalBinary returns the table as bytes.
func (b Binary) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(binaryTag)
	w.Uint64s([]uint64{b.TP, b.FP, b.TN, b.FN, b.WeightedRows})
	w.Float64s([]float64{b.WeightTP, b.WeightFP, b.WeightTN, b.WeightFN})
	w.Int(int(b.ZeroDivision))
	return w.Finish(), nil
}

// UnmarshalBinary replaces the table by one that MarshalBinary wrote. Error:
// mlgauge.ErrCorrupt, and the table stays as it was.
func (b *Binary) UnmarshalBinary(data []byte) error {
	const fn = "metrics.Binary.UnmarshalBinary"
	r := codec.NewReader(fn, binaryTag, data)
	n, w := r.Uint64s(), r.Float64s()
	z := ZeroDivision(r.Int())
	if r.Err() == nil && (len(n) != 5 || len(w) != 4 || !z.valid()) {
		r.Fail("need 5 counts, 4 weights and an option, have %d, %d, %d", len(n), len(w), int(z))
	}
	if err := r.Close(); err != nil {
		return err
	}
	next := Binary{TP: n[0], FP: n[1], TN: n[2], FN: n[3], WeightedRows: n[4],
		WeightTP: w[0], WeightFP: w[1], WeightTN: w[2], WeightFN: w[3], ZeroDivision: z}
	if err := next.finite(fn); err != nil {
		return fmt.Errorf("%s: weights %v: %w", fn, w, mlgauge.ErrCorrupt)
	}
	*b = next
	return nil
}

// Rows returns the number of rows added, whatever their weights.
func (b Binary) Rows() uint64 { return b.TP + b.FP + b.TN + b.FN + b.WeightedRows }

// Total returns the number of rows of Add plus the weights of those of
// AddWeighted.
func (b Binary) Total() float64 {
	tp, fp, tn, fn := b.Cells()
	return tp + fp + tn + fn
}

// Cells returns the four outcomes, counts and weights together.
func (b Binary) Cells() (tp, fp, tn, fn float64) {
	return float64(b.TP) + b.WeightTP, float64(b.FP) + b.WeightFP,
		float64(b.TN) + b.WeightTN, float64(b.FN) + b.WeightFN
}

// finite reports weights that no sum of weights can have.
func (b *Binary) finite(fn string) error {
	for _, w := range [...]float64{b.WeightTP, b.WeightFP, b.WeightTN, b.WeightFN,
		b.WeightTP + b.WeightFP + b.WeightTN + b.WeightFN} {
		if w*0 != 0 {
			return fmt.Errorf("%s: weights: need finite sums, have %v: %w", fn, w, mlgauge.ErrNotFinite)
		}
		if w < 0 {
			return fmt.Errorf("%s: weights: need sums of at least 0, have %v: %w", fn, w, mlgauge.ErrRange)
		}
	}
	return nil
}

// quad is a table ready for the formulas: checked, and scaled by a power of two
// if its weights are extreme.
type quad struct{ tp, fp, tn, fn float64 }

func (q quad) total() float64 { return q.tp + q.fp + q.tn + q.fn }
func (q quad) truth() float64 { return q.tp + q.fn } // positives
func (q quad) other() float64 { return q.tn + q.fp } // negatives
func (q quad) pred() float64  { return q.tp + q.fp } // predicted positives
func (q quad) rest() float64  { return q.tn + q.fn } // predicted negatives

func (b *Binary) quad(fn string) (quad, error) {
	if err := b.finite(fn); err != nil {
		return quad{}, err
	}
	var q quad
	q.tp, q.fp, q.tn, q.fn = b.Cells()
	n := q.total()
	if n == 0 {
		if b.WeightedRows > 0 {
			return q, fmt.Errorf("%s: need a row of positive weight, have none: %w", fn, mlgauge.ErrUndefined)
		}
		return q, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if n > 0x1p200 || n < 0x1p-200 {
		s := unit(n)
		q = quad{q.tp * s, q.fp * s, q.tn * s, q.fn * s}
	}
	return q, nil
}
