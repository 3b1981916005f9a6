package encoding

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// MEstimate replaces a category by the m-estimate of its mean target:
//
//	encoding = (sum_c + m mean) / (n_c + m)
//
// A column in which every row is a category of its own becomes the mean. A
// missing value that Fit saw is a category; a category that it did not see gets
// the mean.
//
// Source: MEstimateEncoder of category_encoders 2.11; Micci-Barreca (2001),
// equation 7.
type MEstimate struct {
	// M is the weight of the mean, in rows; nil means 1.
	M *float64 `json:"m,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual), Refuse or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`
	// Sigma is the standard deviation of the noise that FitTransform multiplies
	// its numbers by, normal around 1, and Seed its seed.
	Sigma float64 `json:"sigma,omitempty"`
	Seed  uint64  `json:"seed,omitempty"`

	Table
	// Stats are the statistics that Fit derives the rest from.
	Stats []TargetStats `json:"stats,omitempty"`
}

// Fit learns from the columns x and the target y, forgetting what was learned
// before.
//
// Errors: ErrEmpty; ErrLength; ErrNotFinite for a target that is not finite;
// ErrRange for options and codes out of range; ErrUnknownCategory for a missing
// value with Refuse.
func (e *MEstimate) Fit(x []Column, y []float64) error { return e.mean().fit(x, y) }

// PartialFit is Fit that keeps what was learned before.
func (e *MEstimate) PartialFit(x []Column, y []float64) error { return e.mean().partialFit(x, y) }

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *MEstimate) Merge(o *MEstimate) error { return e.mean().merge(o.mean(), equal(e.M, o.M)) }

// FitTransform fits and encodes the training rows, with the noise that Sigma
// asks for. The rows see their own target: see CrossFit.
//
// Errors: as Fit and Transform.
func (e *MEstimate) FitTransform(dst *mat.Dense, x []Column, y []float64) (*mat.Dense, error) {
	return e.mean().fitTransform(dst, x, y)
}

func (e *MEstimate) mean() meanEncoder {
	return meanEncoder{"MEstimate", e.HandleUnknown, e.HandleMissing, e.Sigma, e.Seed, &e.Table, &e.Stats, e.model}
}

func (e *MEstimate) model(fn string) (meanModel, error) {
	m := or(e.M, 1)
	if err := check.In(fn, "M", m, 0, math.MaxFloat64); err != nil {
		return meanModel{}, err
	}
	return meanModel{encode: func(s TargetStat, all *summary) float64 {
		if all.everyRowItsOwn() {
			return all.mean
		}
		return (s.Sum + all.mean*m) / (s.W + m)
	}}, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *MEstimate) UnmarshalJSON(b []byte) error {
	type plain MEstimate
	var p plain
	if err := decode("MEstimate.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("MEstimate"); err != nil {
		return err
	}
	if err := singleTarget("MEstimate.UnmarshalJSON", p.Stats); err != nil {
		return err
	}
	*e = MEstimate(p)
	return nil
}
