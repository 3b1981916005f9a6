package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// Hinge sums the hinge losses of decision values, of two classes (Add) or of
// several (AddClasses). The zero value is empty and ready.
type Hinge struct {
	sum, sq, weight float64 // sums of w loss, w loss^2, w
	rows            uint64
}

// Add adds rows of two classes: the truth, and the decision value, positive for
// the positive class. weights may be nil.
//
// Errors: mlgauge.ErrLength, mlgauge.ErrEmpty, mlgauge.ErrNotFinite for a
// decision, a weight or a sum that is not finite, mlgauge.ErrRange for a
// negative weight.
func (h *Hinge) Add(yTrue []bool, decision []float64) error {
	return h.binary("metrics.Hinge.Add", yTrue, decision, nil)
}

// AddWeighted is Add with a weight for each row.
func (h *Hinge) AddWeighted(yTrue []bool, decision, weights []float64) error {
	const fn = "metrics.Hinge.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return h.binary(fn, yTrue, decision, weights)
}

func (h *Hinge) binary(fn string, yTrue []bool, decision, weights []float64) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "decision", len(decision)); err != nil {
		return err
	}
	if err := check.Finite(fn, "decision", decision); err != nil {
		return err
	}
	next := *h
	for i, d := range decision {
		if !yTrue[i] {
			d = -d
		}
		next.one(1-d, weights, i)
	}
	return h.take(fn, next)
}

// AddClasses adds rows of several classes: the true class of each as a column
// of decision, and one decision value for each class. The margin is the true
// class's value less the largest of the others (Crammer and Singer). Errors:
// those of Add, mlgauge.ErrUnknownCategory for a class that is no column,
// mlgauge.ErrLength for fewer than two columns.
func (h *Hinge) AddClasses(yTrue []int, decision mat.Matrix) error {
	return h.classes("metrics.Hinge.AddClasses", yTrue, decision, nil)
}

// AddClassesWeighted is AddClasses with a weight for each row.
func (h *Hinge) AddClassesWeighted(yTrue []int, decision mat.Matrix, weights []float64) error {
	const fn = "metrics.Hinge.AddClassesWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return h.classes(fn, yTrue, decision, weights)
}

func (h *Hinge) classes(fn string, yTrue []int, decision mat.Matrix, weights []float64) error {
	if _, k := decision.Dims(); k == 1 {
		return fmt.Errorf("%s: decision: need at least 2 columns, have 1: %w", fn, mlgauge.ErrLength)
	}
	next := *h
	err := scoredRows(fn, yTrue, decision, func(i int, row []float64) {
		other := math.Inf(-1)
		for j, v := range row {
			if j != yTrue[i] {
				other = max(other, v)
			}
		}
		next.one(1-(row[yTrue[i]]-other), weights, i)
	})
	if err != nil {
		return err
	}
	return h.take(fn, next)
}

func (h *Hinge) one(loss float64, weights []float64, i int) {
	loss = max(loss, 0)
	w := 1.0
	if weights != nil {
		w = weights[i]
	}
	h.sum += w * loss
	h.sq += w * loss * loss
	h.weight += w
	h.rows++
}

// take replaces h by next unless a sum overflowed.
func (h *Hinge) take(fn string, next Hinge) error {
	if math.IsInf(next.sum, 0) || math.IsInf(next.weight, 0) {
		return fmt.Errorf("%s: need sums that are finite, have %v and %v: %w", fn, next.sum, next.weight, mlgauge.ErrNotFinite)
	}
	*h = next
	return nil
}

// Merge adds the sums of another statistic. Error: mlgauge.ErrNotFinite when a
// sum overflows.
func (h *Hinge) Merge(other *Hinge) error {
	next := *h
	next.sum += other.sum
	next.sq += other.sq
	next.weight += other.weight
	next.rows += other.rows
	return h.take("metrics.Hinge.Merge", next)
}

// Reset empties the statistic.
func (h *Hinge) Reset() { *h = Hinge{} }

const hingeTag = "hinge/1"

// MarshalBinary returns the statistic as bytes.
func (h *Hinge) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(hingeTag)
	w.Float64(h.sum)
	w.Float64(h.sq)
	w.Float64(h.weight)
	w.Uint64(h.rows)
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by one that MarshalBinary wrote.
// Error: mlgauge.ErrCorrupt, and the statistic stays as it was.
func (h *Hinge) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("metrics.Hinge.UnmarshalBinary", hingeTag, data)
	next := Hinge{sum: r.Float64(), sq: r.Float64(), weight: r.Float64(), rows: r.Uint64()}
	if !(next.sum >= 0 && next.sq >= 0 && next.weight >= 0) || math.IsInf(next.sum, 0) || math.IsInf(next.weight, 0) ||
		next.rows == 0 && (next.weight > 0 || next.sum > 0) {
		r.Fail("need sums of at least 0, have %v, %v, %v of %d rows", next.sum, next.sq, next.weight, next.rows)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*h = next
	return nil
}

// Loss returns the mean hinge loss.
//
//	mean max(0, 1 - margin),   margin = y d with y = +-1, or d_true - max_other d
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights sum to 0.
//
// Source: scikit-learn 1.9 hinge_loss.
func (h *Hinge) Loss() (float64, error) { return h.loss("metrics.Hinge.Loss") }

func (h *Hinge) loss(fn string) (float64, error) {
	if h.rows == 0 {
		return math.NaN(), fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if h.weight == 0 {
		return undefined(fn, "a row of positive weight")
	}
	return h.sum / h.weight, nil
}

// LossInterval returns Loss with its large-sample confidence interval, mean +-
// z s/sqrt(n), cut at 0. Errors: those of Loss; mlgauge.ErrRange for a level
// outside (0, 1); mlgauge.ErrUndefined for a total weight of at most 1 row;
// mlgauge.ErrNotFinite when squared losses overflow.
func (h *Hinge) LossInterval(level float64) (Interval, error) {
	const fn = "metrics.Hinge.LossInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	m, err := h.loss(fn)
	if err != nil {
		return Interval{}, err
	}
	if h.weight <= 1 {
		_, err := undefined(fn, "more than one row")
		return Interval{}, err
	}
	if math.IsInf(h.sq, 0) {
		return Interval{}, fmt.Errorf("%s: need squared losses that are finite, have %v: %w", fn, h.sq, mlgauge.ErrNotFinite)
	}
	variance := max(h.sq/h.weight-m*m, 0) / (h.weight - 1)
	return wald(m, variance, level, 0, math.Inf(1)), nil
}

// HingeLoss returns the mean hinge loss of two classes; see Hinge.
func HingeLoss(yTrue []bool, decision []float64) (float64, error) {
	var h Hinge
	if err := h.binary("metrics.HingeLoss", yTrue, decision, nil); err != nil {
		return math.NaN(), err
	}
	return h.Loss()
}

// MultiHingeLoss returns the mean hinge loss of several classes; see
// Hinge.AddClasses.
func MultiHingeLoss(yTrue []int, decision mat.Matrix) (float64, error) {
	var h Hinge
	if err := h.classes("metrics.MultiHingeLoss", yTrue, decision, nil); err != nil {
		return math.NaN(), err
	}
	return h.Loss()
}
