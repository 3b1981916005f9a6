package encoding

import (
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// LeaveOneOut replaces a category by its mean target, in training rows without
// the row itself:
//
//	training row i:  (sum_c - y_i) / (n_c - 1)
//	other rows:      sum_c / n_c
//
// A category of one row gets the mean of all rows. A missing value that Fit saw
// is a category; a category that it did not see gets the mean.
//
// Within a category the training numbers fall as the target rises, so a model
// that also sees the category can read the target back: prefer Target, or noise.
//
// Source: LeaveOneOutEncoder of category_encoders 2.11.
type LeaveOneOut struct {
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
func (e *LeaveOneOut) Fit(x []Column, y []float64) error { return e.mean().fit(x, y) }

// PartialFit is Fit that keeps what was learned before.
func (e *LeaveOneOut) PartialFit(x []Column, y []float64) error { return e.mean().partialFit(x, y) }

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *LeaveOneOut) Merge(o *LeaveOneOut) error { return e.mean().merge(o.mean(), true) }

func (e *LeaveOneOut) mean() meanEncoder {
	return meanEncoder{"LeaveOneOut", e.HandleUnknown, e.HandleMissing, e.Sigma, e.Seed, &e.Table, &e.Stats, e.model}
}

func (e *LeaveOneOut) model(string) (meanModel, error) {
	return meanModel{encode: func(s TargetStat, all *summary) float64 {
		if s.Rows == 1 {
			return all.mean
		}
		return s.Mean()
	}}, nil
}

// FitTransform fits and encodes the training rows, each without its own
// target.
//
// Errors: as Fit and Transform.
func (e *LeaveOneOut) FitTransform(dst *mat.Dense, x []Column, y []float64) (*mat.Dense, error) {
	const fn = "LeaveOneOut.FitTransform"
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, err
	}
	if dst, err = dense(fn, dst, n, len(x)); err != nil {
		return nil, err
	}
	codes, err := e.mean().learn(fn, false, nil, x, y)
	if err != nil {
		return nil, err
	}
	raw := dst.RawMatrix()
	for j := range codes {
		t := &e.Stats[j]
		mean := t.Total().Mean()
		_ = inBlocks(n, func(lo, hi int) error {
			for i, k := range codes[j][lo:hi] {
				v := mean
				if s := int(k) + 1; t.rows[s] > 1 {
					v = (t.sum[s] - y[lo+i]) / (t.w[s] - 1)
				}
				if k == Missing && e.HandleMissing == ReturnNaN {
					v = e.Features[j].Missing[0]
				}
				raw.Data[(lo+i)*raw.Stride+j] = v
			}
			return nil
		})
	}
	addNoise(dst, e.Sigma, e.Seed)
	return dst, nil
}

// EncodeTraining returns the number of a training row of category label and
// target y in column j, for rows that are encoded one by one after Fit.
//
// Errors: ErrNotFitted; ErrLength for a column that does not exist;
// ErrNotFinite.
func (e *LeaveOneOut) EncodeTraining(j int, label string, y float64) (float64, error) {
	const fn = "LeaveOneOut.EncodeTraining"
	if len(e.Stats) == 0 {
		return 0, check.NotFitted(fn)
	}
	if j < 0 || j >= len(e.Stats) {
		return 0, check.Length(fn, "column", len(e.Stats), j)
	}
	if err := check.Finite(fn, "y", []float64{y}); err != nil {
		return 0, err
	}
	t := &e.Stats[j]
	if k := t.dict.Code(label); k != Unknown && t.rows[k+1] > 1 {
		return (t.sum[k+1] - y) / (t.w[k+1] - 1), nil
	}
	return t.Total().Mean(), nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *LeaveOneOut) UnmarshalJSON(b []byte) error {
	type plain LeaveOneOut
	var p plain
	if err := decode("LeaveOneOut.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("LeaveOneOut"); err != nil {
		return err
	}
	if err := singleTarget("LeaveOneOut.UnmarshalJSON", p.Stats); err != nil {
		return err
	}
	*e = LeaveOneOut(p)
	return nil
}
