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
func (e *MEstimate) Fit(x []Column, y []float64) error {
	_, err := e.fit("MEstimate.Fit", nil, x, y)
	return err
}

// PartialFit is Fit that keeps what was learned before.
func (e *MEstimate) PartialFit(x []Column, y []float64) error {
	_, err := e.fit("MEstimate.PartialFit", e.Stats, x, y)
	return err
}

func (e *MEstimate) fit(fn string, have []TargetStats, x []Column, y []float64) ([][]int32, error) {
	stats, codes, err := learnTargets(fn, have, x, y, nil)
	if err != nil {
		return nil, err
	}
	return codes, e.derive(fn, stats)
}

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *MEstimate) Merge(o *MEstimate) error {
	const fn = "MEstimate.Merge"
	if err := incompatible(fn, equal(e.M, o.M) && e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing && e.Sigma == o.Sigma && e.Seed == o.Seed); err != nil {
		return err
	}
	stats, err := mergeTargets(fn, e.Stats, o.Stats)
	if err != nil {
		return err
	}
	return e.derive(fn, stats)
}

// FitTransform fits and encodes the training rows, with the noise that Sigma
// asks for. The rows see their own target: see CrossFit.
//
// Errors: as Fit and Transform.
func (e *MEstimate) FitTransform(dst *mat.Dense, x []Column, y []float64) (*mat.Dense, error) {
	n := *e
	codes, err := n.fit("MEstimate.FitTransform", nil, x, y)
	if err != nil {
		return nil, err
	}
	if dst, err = fitted(&n.Table, n.Stats, dst, x, codes, e.Sigma, e.Seed); err != nil {
		return nil, err
	}
	*e = n
	return dst, nil
}

func (e *MEstimate) derive(fn string, stats []TargetStats) error {
	m := or(e.M, 1)
	if err := check.In(fn, "M", m, 0, math.MaxFloat64); err != nil {
		return err
	}
	if err := checkNoise(fn, e.Sigma); err != nil {
		return err
	}
	features, err := meanFeatures(fn, stats, e.HandleUnknown, e.HandleMissing, func(s TargetStat, all *summary) float64 {
		if all.everyRowItsOwn() {
			return all.mean
		}
		return (s.Sum + all.mean*m) / (s.W + m)
	}, nil)
	if err != nil {
		return err
	}
	if err := e.set("MEstimate", features, dictionaries(stats)...); err != nil {
		return err
	}
	e.Stats = stats
	return nil
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
