package encoding

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// WOE replaces a category by its weight of evidence for a target of zeros and
// ones, regularised by r:
//
//	woe_c = ln( (s_c + r)/(S + 2r)  /  ((n_c - s_c + r)/(N - S + 2r)) )
//
// with s the ones and n the rows of the category, S and N those of all. A
// category of one row has evidence 0, as has one that Fit did not see. A missing
// value that Fit saw is a category.
//
// Source: WOEEncoder of category_encoders 2.11.
type WOE struct {
	// Regularization is r; nil means 1.
	Regularization *float64 `json:"regularization,omitempty"`
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
// ErrRange for options and codes out of range and for a target that is neither
// 0 nor 1; ErrUndefined for one class; ErrUnknownCategory for a missing value
// with Refuse.
func (e *WOE) Fit(x []Column, y []float64) error { return e.mean().fit(x, y) }

// PartialFit is Fit that keeps what was learned before. While
// only one class was seen, Transform is ErrNotFitted.
func (e *WOE) PartialFit(x []Column, y []float64) error { return e.mean().partialFit(x, y) }

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *WOE) Merge(o *WOE) error {
	return e.mean().merge(o.mean(), equal(e.Regularization, o.Regularization))
}

// FitTransform fits and encodes the training rows, with the noise that Sigma
// asks for. The rows see their own target: see CrossFit.
//
// Errors: as Fit and Transform.
func (e *WOE) FitTransform(dst *mat.Dense, x []Column, y []float64) (*mat.Dense, error) {
	return e.mean().fitTransform(dst, x, y)
}

func (e *WOE) mean() meanEncoder {
	return meanEncoder{"WOE", e.HandleUnknown, e.HandleMissing, e.Sigma, e.Seed, &e.Table, &e.Stats, e.model}
}

func (e *WOE) model(fn string) (meanModel, error) {
	r := or(e.Regularization, 1)
	if err := check.In(fn, "Regularization", r, 0, math.MaxFloat64); err != nil {
		return meanModel{}, err
	}
	return meanModel{neutral: new(0.0), zeroOne: true, encode: func(s TargetStat, all *summary) float64 {
		if s.Rows <= 1 {
			return 0
		}
		good := (s.Sum + r) / (all.total.Sum + 2*r)
		bad := (s.W - s.Sum + r) / (all.total.W - all.total.Sum + 2*r)
		return math.Log(good / bad)
	}}, nil
}

// InformationValue returns, for every column, how far its categories tell ones
// from zeros:
//
//	IV = sum over c of (good_c - bad_c) ln(good_c / bad_c)
//
// with good and bad the regularised shares of the formula above. Below 0.02
// means nothing, above 0.3 much, above 0.5 is suspicious.
//
// Errors: ErrNotFitted.
func (e *WOE) InformationValue() ([]float64, error) {
	if len(e.Features) == 0 || len(e.Stats) != len(e.Features) {
		return nil, check.NotFitted("WOE.InformationValue")
	}
	r := or(e.Regularization, 1)
	out := make([]float64, len(e.Stats))
	for j := range e.Stats {
		t := &e.Stats[j]
		total := t.Total()
		for s := range t.rows {
			a := t.at(s, 0)
			if a.Rows == 0 {
				continue
			}
			good, bad := (a.Sum+r)/(total.Sum+2*r), (a.W-a.Sum+r)/(total.W-total.Sum+2*r)
			if good != bad {
				out[j] += (good - bad) * math.Log(good/bad)
			}
		}
	}
	return out, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *WOE) UnmarshalJSON(b []byte) error {
	type plain WOE
	var p plain
	if err := decode("WOE.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("WOE"); err != nil {
		return err
	}
	if err := singleTarget("WOE.UnmarshalJSON", p.Stats); err != nil {
		return err
	}
	*e = WOE(p)
	return nil
}
