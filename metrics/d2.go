package metrics

import (
	"fmt"
	"slices"

	"golang.org/x/exp/constraints"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// D2 measures the share of a loss that predictions remove, against the best
// constant: the mean for Tweedie losses (the squared error among them), the
// quantile for the pinball loss. It keeps the truth, since the constant is known
// only at the end. The zero value is R2; set Loss before the first Add. Copy it
// by Merge into a fresh one.
//
//	D2 = 1 - mean loss(y, p) / mean loss(y, constant)
type D2 struct {
	Loss Loss

	model   MeanLoss
	y       []float64
	weights []float64 // nil while all weights are 1
}

// Add adds a batch of rows, each with weight 1.
//
// Errors: as MeanLoss.Add, and ErrRange for a loss without a known best constant
// (Huber, log-cosh); the receiver is then unchanged.
func (s *D2) Add(yTrue, yPred []float64) error { return addD2(s, "metrics.D2.Add", yTrue, yPred, nil) }

// AddFloat32 is Add for float32 data; arithmetic is in float64.
func (s *D2) AddFloat32(yTrue, yPred []float32) error {
	return addD2(s, "metrics.D2.AddFloat32", yTrue, yPred, nil)
}

// AddWeighted adds a batch of rows with weights; rows of weight 0 do not count.
//
// Errors: as Add, and ErrRange for a negative weight.
func (s *D2) AddWeighted(yTrue, yPred, weights []float64) error {
	const fn = "metrics.D2.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return addD2(s, fn, yTrue, yPred, weights)
}

func addD2[F check.Float](s *D2, fn string, yTrue, yPred []F, w []float64) error {
	if s.Loss.kind != tweedie && s.Loss.kind != pinball {
		return fmt.Errorf("%s: Loss: need a Tweedie or pinball loss, have %v: %w", fn, s.Loss, mlgauge.ErrRange)
	}
	if len(s.y) > 0 && s.model.Loss != s.Loss {
		return fmt.Errorf("%s: Loss: need the loss of the first batch, %v, have %v: %w", fn, s.model.Loss, s.Loss, mlgauge.ErrRange)
	}
	s.model.Loss = s.Loss
	if err := addLoss(&s.model, fn, yTrue, yPred, w); err != nil {
		return err
	}
	if w != nil && s.weights == nil {
		s.weights = ones(len(s.y))
	}
	s.y = slices.Grow(s.y, len(yTrue))
	for i, v := range yTrue {
		wi := 1.0
		if w != nil {
			if wi = w[i]; wi == 0 {
				continue
			}
		}
		s.y = append(s.y, float64(v))
		if s.weights != nil {
			s.weights = append(s.weights, wi)
		}
	}
	return nil
}

// Merge adds what o gathered. o is unchanged.
//
// Errors: ErrIncompatible if the losses differ.
func (s *D2) Merge(o *D2) error {
	if len(o.y) == 0 {
		return nil
	}
	if len(s.y) == 0 && s.Loss == (Loss{}) {
		s.Loss = o.Loss
	}
	if s.Loss != o.Loss {
		return fmt.Errorf("metrics.D2.Merge: Loss: need %v, have %v: %w", s.Loss, o.Loss, mlgauge.ErrIncompatible)
	}
	s.model.Loss = s.Loss
	if err := s.model.Merge(&o.model); err != nil {
		return err
	}
	if o.weights != nil && s.weights == nil {
		s.weights = ones(len(s.y))
	}
	if s.weights != nil {
		w := o.weights
		if w == nil {
			w = ones(len(o.y))
		}
		s.weights = append(s.weights, w...)
	}
	s.y = append(s.y, o.y...)
	return nil
}

// Reset forgets all rows; Loss stays.
func (s *D2) Reset() { *s = D2{Loss: s.Loss} }

// Rows returns the number of rows of positive weight.
func (s *D2) Rows() int { return len(s.y) }

// Score returns D2, at most 1; 0 is what the best constant earns.
//
// Special cases: perfect predictions give 1 even of a constant truth; other
// predictions of a constant truth give 0.
//
// Errors: ErrEmpty, ErrUndefined for fewer than two rows or where the best
// constant is outside the domain of the loss (a mean of 0 for Poisson). Source:
// scikit-learn 1.9 d2_tweedie_score, d2_pinball_score.
func (s *D2) Score() (float64, error) {
	const fn = "metrics.D2.Score"
	num, err := s.model.Mean()
	if err != nil {
		return 0, fmt.Errorf("%s: need at least one row of positive weight, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if len(s.y) < 2 {
		return 0, fmt.Errorf("%s: need at least two rows, have %d: %w", fn, len(s.y), mlgauge.ErrUndefined)
	}
	var c float64
	if s.Loss.kind == pinball {
		c = weightedQuantile(s.y, s.weights, s.Loss.param, true)
	} else {
		var m moments.Moments
		if s.weights == nil {
			moments.Add(&m, s.y)
		} else {
			moments.AddWeighted(&m, s.y, s.weights)
		}
		c = m.Mean()
	}
	var null moments.Moments
	var buf [512]float64
	for lo := 0; lo < len(s.y); lo += len(buf) {
		n := min(len(buf), len(s.y)-lo)
		for i, y := range s.y[lo : lo+n] {
			if !s.Loss.domain(y, c) {
				return 0, fmt.Errorf("%s: need a truth whose mean is in the domain of the loss, have %v: %w", fn, c, mlgauge.ErrUndefined)
			}
			buf[i] = s.Loss.of(y, c)
		}
		if s.weights == nil {
			moments.Add(&null, buf[:n])
		} else {
			moments.AddWeighted(&null, buf[:n], s.weights[lo:lo+n])
		}
	}
	den, err := finite(fn, null.Mean())
	if err != nil {
		return 0, err
	}
	return explained(num, den), nil
}

const d2Tag = "metrics.D2/1"

// MarshalBinary returns the state as bytes.
func (s *D2) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(d2Tag)
	m := s.model
	m.Loss = s.Loss
	b, err := m.MarshalBinary()
	if err != nil {
		return nil, err
	}
	w.Bytes(b)
	w.Float64s(s.y)
	w.Float64s(s.weights)
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (s *D2) UnmarshalBinary(data []byte) error {
	const fn = "metrics.D2.UnmarshalBinary"
	in := codec.NewReader(fn, d2Tag, data)
	var v D2
	b := in.Bytes()
	v.y, v.weights = in.Float64s(), in.Float64s()
	if in.Err() == nil {
		if err := v.model.UnmarshalBinary(b); err != nil {
			in.Fail("%v", err)
		} else if v.Loss = v.model.Loss; len(v.y) != v.model.rows || (v.weights != nil && len(v.weights) != len(v.y)) ||
			(v.Loss.kind != tweedie && v.Loss.kind != pinball) {
			in.Fail("need a consistent state")
		}
	}
	if in.Err() == nil {
		if check.Finite("", "y", v.y) != nil || check.Finite("", "weights", v.weights) != nil {
			in.Fail("need finite values")
		}
		for _, w := range v.weights {
			if !(w > 0) {
				in.Fail("need weights above 0, have %v", w)
				break
			}
		}
	}
	if err := in.Close(); err != nil {
		return err
	}
	*s = v
	return nil
}

func askD2[F constraints.Float](fn string, l Loss, yTrue, yPred []F) (float64, error) {
	s := D2{Loss: l}
	if err := addD2(&s, fn, yTrue, yPred, nil); err != nil {
		return 0, err
	}
	return s.Score()
}

// D2Absolute returns the share of the absolute error of the median that the
// predictions remove.
//
//	D2 = 1 - sum |y - p| / sum |y - median y|
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrUndefined for one row. Source:
// scikit-learn 1.9 d2_absolute_error_score.
func D2Absolute[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return askD2("metrics.D2Absolute", PinballLoss(0.5), yTrue, yPred)
}

// D2Pinball returns the share of the pinball loss of the alpha-quantile that the
// predictions remove.
//
// Errors: as D2Absolute, and ErrRange for alpha outside [0, 1]. Source:
// scikit-learn 1.9 d2_pinball_score.
func D2Pinball[F constraints.Float](yTrue, yPred []F, alpha float64) (float64, error) {
	return askD2("metrics.D2Pinball", PinballLoss(alpha), yTrue, yPred)
}

// D2Tweedie returns the share of the Tweedie deviance of the mean that the
// predictions remove; power 0 gives R2. A constant truth follows the conventions
// of R2 (scikit-learn's d2_tweedie_score divides by zero).
//
// Errors: as D2Absolute, and ErrRange for a power inside (0, 1) or values outside
// its domain. Source: scikit-learn 1.9 d2_tweedie_score.
func D2Tweedie[F constraints.Float](yTrue, yPred []F, power float64) (float64, error) {
	return askD2("metrics.D2Tweedie", TweedieLoss(power), yTrue, yPred)
}
