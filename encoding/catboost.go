package encoding

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// CatBoost replaces a category by its mean target, in training rows over the
// earlier rows of the category only:
//
//	training row i:  (sum of earlier y in c + a mean) / (earlier rows of c + a)
//	other rows:      (sum_c + a mean) / (n_c + a)
//
// The mean is that of all rows. In other rows a category of one row gets the
// mean, as does one that Fit did not see. A missing value that Fit saw is a
// category. The training numbers depend on the order of the rows: shuffle rows
// that are sorted.
//
// Source: CatBoostEncoder of category_encoders 2.11; Prokhorenkova et al.
// (2018).
type CatBoost struct {
	// A is the weight of the mean, in rows; nil means 1.
	A *float64 `json:"a,omitempty"`
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
func (e *CatBoost) Fit(x []Column, y []float64) error { return e.mean().fit(x, y) }

// PartialFit is Fit that keeps what was learned before.
func (e *CatBoost) PartialFit(x []Column, y []float64) error { return e.mean().partialFit(x, y) }

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *CatBoost) Merge(o *CatBoost) error { return e.mean().merge(o.mean(), equal(e.A, o.A)) }

func (e *CatBoost) mean() meanEncoder {
	return meanEncoder{"CatBoost", e.HandleUnknown, e.HandleMissing, e.Sigma, e.Seed, &e.Table, &e.Stats, e.model}
}

func (e *CatBoost) model(fn string) (meanModel, error) {
	a := or(e.A, 1)
	if err := check.In(fn, "A", a, math.SmallestNonzeroFloat64, math.MaxFloat64); err != nil {
		return meanModel{}, err
	}
	return meanModel{encode: func(s TargetStat, all *summary) float64 {
		if s.Rows == 1 {
			return all.mean
		}
		return (s.Sum + all.mean*a) / (s.W + a)
	}}, nil
}

// FitTransform fits and encodes the training rows, each from the rows before
// it.
//
// Errors: as Fit and Transform.
func (e *CatBoost) FitTransform(dst *mat.Dense, x []Column, y []float64) (*mat.Dense, error) {
	const fn = "CatBoost.FitTransform"
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
	a := or(e.A, 1)
	raw := dst.RawMatrix()
	for j := range codes {
		t := &e.Stats[j]
		prior := t.Total().Mean() * a
		sum, count := make([]float64, len(t.rows)), make([]float64, len(t.rows))
		for i, k := range codes[j] {
			v := (sum[k+1] + prior) / (count[k+1] + a)
			sum[k+1] += y[i]
			count[k+1]++
			if k == Missing && e.HandleMissing == ReturnNaN {
				v = e.Features[j].Missing[0]
			}
			raw.Data[i*raw.Stride+j] = v
		}
	}
	addNoise(dst, e.Sigma, e.Seed)
	return dst, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *CatBoost) UnmarshalJSON(b []byte) error {
	type plain CatBoost
	var p plain
	if err := decode("CatBoost.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("CatBoost"); err != nil {
		return err
	}
	if err := singleTarget("CatBoost.UnmarshalJSON", p.Stats); err != nil {
		return err
	}
	*e = CatBoost(p)
	return nil
}
