package metrics

import (
	"fmt"

	"golang.org/x/exp/constraints"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// Brier returns the Brier score of binary truth; see Probability.Brier.
//
//	Brier = sum (p - y)^2 / n
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite for NaN, ErrRange for a probability
// outside [0, 1].
func Brier[F constraints.Float](yTrue []bool, p []F) (float64, error) {
	return meanProbability("metrics.Brier", yTrue, p, kernel.BrierSum[F])
}

// MultiBrier returns the Brier score of a truth of several classes, halved for
// two; see MultiProbability.Brier.
//
// Errors: as MultiProbability.Add.
func MultiBrier(yTrue []int, proba mat.Matrix) (float64, error) {
	return askMulti("metrics.MultiBrier", yTrue, proba, (*MultiProbability).Brier)
}

// D2Brier returns the Brier skill score against the base rate; see
// Probability.D2Brier.
//
// Errors: as Brier, and ErrUndefined for one class only.
func D2Brier[F constraints.Float](yTrue []bool, p []F) (float64, error) {
	s, err := probabilityOf("metrics.D2Brier", yTrue, p)
	if err != nil {
		return 0, err
	}
	return s.D2Brier()
}

// MultiD2Brier is D2Brier for several classes.
//
// Errors: as MultiProbability.Add, and ErrUndefined for one class only.
func MultiD2Brier(yTrue []int, proba mat.Matrix) (float64, error) {
	return askMulti("metrics.MultiD2Brier", yTrue, proba, (*MultiProbability).D2Brier)
}

// BrierSkill returns the Brier skill score of p against a reference forecast.
//
//	BSS = 1 - Brier(p) / Brier(reference)
//
// Errors: as Brier, and ErrUndefined for a perfect reference.
func BrierSkill[F constraints.Float](yTrue []bool, p, reference []F) (float64, error) {
	a, err := probabilityOf("metrics.BrierSkill", yTrue, p)
	if err != nil {
		return 0, err
	}
	b, err := probabilityOf("BrierSkill (reference)", yTrue, reference)
	if err != nil {
		return 0, err
	}
	if b.brier.Mean() == 0 {
		return 0, fmt.Errorf("metrics.BrierSkill: reference: need a Brier score above 0, have a perfect forecast: %w", mlgauge.ErrUndefined)
	}
	return 1 - a.brier.Mean()/b.brier.Mean(), nil
}

// BrierParts is a decomposition of the Brier score over the bins of a Calibration.
//
//	Brier = Reliability - Resolution + Uncertainty + WithinVariance - 2 WithinCovariance
//
// holds exactly, to rounding. The last two terms vanish when all forecasts of a
// bin are equal; without them the familiar three-term sum is only approximate.
// Source: Murphy (1973); Stephenson, Coelho, Jolliffe (2008) for the terms within
// bins.
type BrierParts struct {
	Brier            float64
	Reliability      float64 // sum W_k (mean p_k - mean y_k)^2 / W, lower is better
	Resolution       float64 // sum W_k (mean y_k - mean y)^2 / W, higher is better
	Uncertainty      float64 // q (1-q), q the share of positives
	WithinVariance   float64 // sum w (p - mean p_k)^2 / W
	WithinCovariance float64 // sum w (p - mean p_k)(y - mean y_k) / W
}

// BrierParts returns the decomposition of the Brier score over the bins.
//
// Errors: ErrEmpty.
func (c *Calibration) BrierParts() (BrierParts, error) {
	cells, err := c.cellsOf("BrierParts")
	if err != nil {
		return BrierParts{}, err
	}
	var w, pos float64
	for _, b := range cells {
		w += b.neg.w + b.pos.w
		pos += b.pos.w
	}
	q := pos / w
	d := BrierParts{Uncertainty: q * (1 - q)}
	for _, b := range cells {
		wk := b.neg.w + b.pos.w
		if wk == 0 {
			continue
		}
		y := b.pos.w / wk
		p := b.mean()
		d.Reliability += wk / w * (p - y) * (p - y)
		d.Resolution += wk / w * (y - q) * (y - q)
		// Sums about the middle of the bin, moved to the mean of the bin.
		t := p - b.mid
		d.WithinVariance += max(0, b.neg.q+b.pos.q-wk*t*t) / w
		d.WithinCovariance += (b.pos.s - b.pos.w*t) / w
		// The score itself: squares of p for negatives, of 1-p for positives.
		m, v := b.mid, 1-b.mid
		d.Brier += (b.neg.q + 2*m*b.neg.s + m*m*b.neg.w) / w
		d.Brier += (b.pos.q - 2*v*b.pos.s + v*v*b.pos.w) / w
	}
	return d, nil
}
