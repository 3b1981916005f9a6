package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// MultiProbability accumulates predicted probabilities of several classes against
// the truth. The zero value is ready; the first batch sets the number of classes.
// Copy it by Merge into a fresh one.
type MultiProbability struct {
	// SumTolerance is how far the sum of a row's probabilities may be from 1; 0
	// means 2^-26 = 1.5e-8. Probabilities that were float32 or rounded to a few
	// decimals need more. Rows are not rescaled.
	SumTolerance float64

	rows   int
	weight []float64 // by class
	loss   moments.Moments
	brier  moments.Moments // sums over the classes, not halved
}

// Add adds a batch of rows, each with weight 1. Row i of proba holds the
// probabilities of the classes, yTrue[i] the column of the true one.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite for NaN, ErrRange for a probability
// outside [0, 1], a row whose sum is further than SumTolerance from 1
// (scikit-learn warns), or fewer than two columns, ErrUnknownCategory for a class without a
// column, ErrIncompatible for another number of classes than before; the receiver
// is then unchanged.
func (s *MultiProbability) Add(yTrue []int, proba mat.Matrix) error {
	return s.add("metrics.MultiProbability.Add", yTrue, proba, nil)
}

// AddWeighted adds a batch of rows with weights: weight 2 counts as the row
// twice, rows of weight 0 do not count.
//
// Errors: as Add, and ErrRange for a negative weight.
func (s *MultiProbability) AddWeighted(yTrue []int, proba mat.Matrix, weights []float64) error {
	const fn = "metrics.MultiProbability.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return s.add(fn, yTrue, proba, weights)
}

// rowSumTolerance is the square root of the eps of float64, as scikit-learn has
// it.
const rowSumTolerance = 0x1p-26

// probabilityRows calls do with each row of a matrix of class probabilities
// after checking it.
func probabilityRows(fn string, yTrue []int, proba mat.Matrix, tolerance float64, do func(i int, row []float64)) (classes int, err error) {
	if tolerance == 0 {
		tolerance = rowSumTolerance
	}
	if !(tolerance > 0) {
		return 0, fmt.Errorf("%s: SumTolerance: need at least 0, have %v: %w", fn, tolerance, mlgauge.ErrRange)
	}
	n, k := proba.Dims()
	if err := check.Pair(fn, "yTrue", len(yTrue), "proba", n); err != nil {
		return 0, err
	}
	if err := check.AtLeast(fn, "columns of proba", k, 2); err != nil {
		return 0, err
	}
	raw, _ := proba.(mat.RawRowViewer)
	var buf []float64
	if raw == nil {
		buf = make([]float64, k)
	}
	for i, c := range yTrue {
		row := buf
		if raw != nil {
			row = raw.RawRowView(i)
		} else {
			mat.Row(buf, i, proba)
		}
		if c < 0 || c >= k {
			return 0, fmt.Errorf("%s: yTrue: need classes from 0 to %d, the columns of proba, have %d at row %d: %w", fn, k-1, c, i, mlgauge.ErrUnknownCategory)
		}
		var t float64
		for j, v := range row {
			if !(v >= 0 && v <= 1) {
				if v != v {
					return 0, fmt.Errorf("%s: proba: need probabilities, have NaN at row %d, column %d: %w", fn, i, j, mlgauge.ErrNotFinite)
				}
				return 0, fmt.Errorf("%s: proba: need probabilities in [0, 1], have %v at row %d, column %d: %w", fn, v, i, j, mlgauge.ErrRange)
			}
			t += v
		}
		if math.Abs(t-1) > tolerance {
			return 0, fmt.Errorf("%s: proba: need rows that sum to 1 within %g (SumTolerance), have a sum of %v at row %d: %w", fn, tolerance, t, i, mlgauge.ErrRange)
		}
		do(i, row)
	}
	return k, nil
}

func (s *MultiProbability) add(fn string, yTrue []int, proba mat.Matrix, w []float64) error {
	if proba == nil {
		return check.NotEmpty(fn, "proba", 0)
	}
	_, k := proba.Dims()
	part := MultiProbability{weight: make([]float64, k)}
	if len(s.weight) > 0 && len(s.weight) != k {
		return fmt.Errorf("%s: proba: need %d columns as before, have %d: %w", fn, len(s.weight), k, mlgauge.ErrIncompatible)
	}
	var loss, brier, wb [256]float64
	m := 0
	flush := func() {
		if w == nil {
			moments.Add(&part.loss, loss[:m])
			moments.Add(&part.brier, brier[:m])
		} else {
			moments.AddWeighted(&part.loss, loss[:m], wb[:m])
			moments.AddWeighted(&part.brier, brier[:m], wb[:m])
		}
		m = 0
	}
	_, err := probabilityRows(fn, yTrue, proba, s.SumTolerance, func(i int, row []float64) {
		wi := 1.0
		if w != nil {
			if wi = w[i]; wi == 0 {
				return
			}
		}
		c := yTrue[i]
		part.rows++
		part.weight[c] += wi
		var b float64
		for j, v := range row {
			if j == c {
				v = 1 - v
			}
			b += float64(v * v)
		}
		loss[m] = -math.Log(math.Min(math.Max(row[c], eps64), 1-eps64))
		brier[m] = b
		wb[m] = wi
		if m++; m == len(loss) {
			flush()
		}
	})
	if err != nil {
		return err
	}
	if m > 0 {
		flush()
	}
	return s.Merge(&part)
}

// Merge adds what o gathered. o is unchanged.
//
// Errors: ErrIncompatible if the numbers of classes differ.
func (s *MultiProbability) Merge(o *MultiProbability) error {
	if len(o.weight) == 0 {
		return nil
	}
	if len(s.weight) == 0 {
		s.weight = make([]float64, len(o.weight))
	}
	if len(s.weight) != len(o.weight) {
		return fmt.Errorf("metrics.MultiProbability.Merge: classes: need %d, have %d: %w", len(s.weight), len(o.weight), mlgauge.ErrIncompatible)
	}
	s.rows += o.rows
	for i, v := range o.weight {
		s.weight[i] += v
	}
	loss, brier := o.loss, o.brier // o may be s
	s.loss.Merge(&loss)
	s.brier.Merge(&brier)
	return nil
}

// Reset forgets all rows and the number of classes; SumTolerance stays.
func (s *MultiProbability) Reset() { *s = MultiProbability{SumTolerance: s.SumTolerance} }

// Rows returns the number of rows of positive weight.
func (s *MultiProbability) Rows() int { return s.rows }

// Classes returns the number of classes, 0 before the first batch.
func (s *MultiProbability) Classes() int { return len(s.weight) }

func (s *MultiProbability) some(fn string) error {
	if s.rows == 0 {
		return fmt.Errorf("metrics.MultiProbability.%s: need at least one row of positive weight, have none: %w", fn, mlgauge.ErrEmpty)
	}
	return nil
}

// LogLoss returns the mean negative log-likelihood, in nats.
//
//	LogLoss = -sum w log p(true class) / sum w
//
// Probabilities are clipped to [2^-52, 1 - 2^-52].
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 log_loss.
func (s *MultiProbability) LogLoss() (float64, error) {
	if err := s.some("LogLoss"); err != nil {
		return 0, err
	}
	return s.loss.Mean(), nil
}

// Brier returns the Brier score: the sum of squares over the classes, halved for
// two classes (scale_by_half="auto" in scikit-learn).
//
//	Brier = sum w sum_k (p_k - y_k)^2 / sum w
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 brier_score_loss.
func (s *MultiProbability) Brier() (float64, error) {
	v, err := s.BrierFull()
	if len(s.weight) == 2 {
		v /= 2
	}
	return v, err
}

// BrierFull returns the Brier score without halving, between 0 and 2.
//
// Errors: ErrEmpty.
func (s *MultiProbability) BrierFull() (float64, error) {
	if err := s.some("Brier"); err != nil {
		return 0, err
	}
	return s.brier.Mean(), nil
}

// D2LogLoss returns the share of the log loss of always predicting the class
// frequencies that the predictions remove.
//
// Errors: ErrEmpty, ErrUndefined for fewer than two rows or one class only.
// Source: scikit-learn 1.9 d2_log_loss_score.
func (s *MultiProbability) D2LogLoss() (float64, error) {
	if err := s.two("D2LogLoss"); err != nil {
		return 0, err
	}
	var null float64
	for _, w := range s.weight {
		if q := w / s.loss.W; q > 0 {
			null -= q * math.Log(q)
		}
	}
	return 1 - s.loss.Mean()/null, nil
}

// D2Brier returns the Brier skill score against the class frequencies.
//
// Errors: as D2LogLoss. Source: scikit-learn 1.9 d2_brier_score.
func (s *MultiProbability) D2Brier() (float64, error) {
	if err := s.two("D2Brier"); err != nil {
		return 0, err
	}
	var null float64
	for _, w := range s.weight {
		q := w / s.loss.W
		null += q * (1 - q)
	}
	return 1 - s.brier.Mean()/null, nil
}

func (s *MultiProbability) two(fn string) error {
	if err := s.some(fn); err != nil {
		return err
	}
	seen := 0
	for _, w := range s.weight {
		if w > 0 {
			seen++
		}
	}
	if seen < 2 {
		return fmt.Errorf("metrics.MultiProbability.%s: need rows of two classes, have %d rows of one: %w", fn, s.rows, mlgauge.ErrUndefined)
	}
	return nil
}

// LogLossInterval returns LogLoss with Student's t interval for the mean of the
// rows' losses; weights count as repeated rows.
//
// Errors: ErrEmpty, ErrRange for a level outside (0, 1), ErrUndefined for a total
// weight of 1 or less.
func (s *MultiProbability) LogLossInterval(level float64) (Interval, error) {
	if err := s.some("LogLossInterval"); err != nil {
		return Interval{}, err
	}
	return meanInterval("metrics.MultiProbability.LogLossInterval", s.loss.Mean(), s.loss.M2, s.loss.W, level, 0, math.Inf(1))
}

// BrierInterval returns Brier (halved for two classes) with Student's t interval.
//
// Errors: as LogLossInterval.
func (s *MultiProbability) BrierInterval(level float64) (Interval, error) {
	if err := s.some("BrierInterval"); err != nil {
		return Interval{}, err
	}
	f := 1.0
	if len(s.weight) == 2 {
		f = 0.5
	}
	return meanInterval("metrics.MultiProbability.BrierInterval", f*s.brier.Mean(), f*f*s.brier.M2, s.brier.W, level, 0, 2*f)
}

const multiProbabilityTag = "metrics.MultiProbability/1"

// MarshalBinary returns the state as bytes.
func (s *MultiProbability) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(multiProbabilityTag)
	w.Float64(s.SumTolerance)
	w.Int(s.rows)
	w.Float64s(s.weight)
	s.loss.Append(w)
	s.brier.Append(w)
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (s *MultiProbability) UnmarshalBinary(data []byte) error {
	in := codec.NewReader("metrics.MultiProbability.UnmarshalBinary", multiProbabilityTag, data)
	v := MultiProbability{SumTolerance: in.Float64(), rows: in.Int(), weight: in.Float64s(), loss: moments.Read(in), brier: moments.Read(in)}
	if in.Err() == nil {
		for _, w := range v.weight {
			if !(w >= 0) {
				in.Fail("need class weights of at least 0, have %v", w)
			}
		}
		if !(v.SumTolerance >= 0) || v.rows < 0 || v.loss.W != v.brier.W || len(v.weight) == 1 || (v.rows > 0 && len(v.weight) == 0) || (v.rows == 0) != (v.loss.W == 0) {
			in.Fail("need a consistent state")
		}
	}
	if err := in.Close(); err != nil {
		return err
	}
	*s = v
	return nil
}
