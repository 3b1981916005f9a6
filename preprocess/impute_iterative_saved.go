package preprocess

import (
	"encoding/json"
	"slices"

	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

type iterativeJSON struct {
	Regressor  string          `json:"regressor"`
	Alpha      float64         `json:"alpha,omitempty"`
	MaxIter    int             `json:"max_iter,omitempty"`
	Tol        float64         `json:"tol,omitempty"`
	Initial    string          `json:"initial"`
	Fill       float64         `json:"fill,omitempty"`
	Order      string          `json:"order"`
	Nearest    int             `json:"nearest,omitempty"`
	Skip       bool            `json:"skip_complete,omitempty"`
	Sample     bool            `json:"sample_posterior,omitempty"`
	Seed       uint64          `json:"seed,omitempty"`
	Min        jsonfloat.Slice `json:"min,omitempty"`
	Max        jsonfloat.Slice `json:"max,omitempty"`
	KeepEmpty  bool            `json:"keep_empty,omitempty"`
	Indicator  bool            `json:"indicator,omitempty"`
	Strict     bool            `json:"strict,omitempty"`
	Columns    int             `json:"columns,omitempty"`
	Kept       []int           `json:"kept,omitempty"`
	Indicators []int           `json:"indicators,omitempty"`
	Start      jsonfloat.Slice `json:"start,omitempty"`
	Models     []Model         `json:"models,omitempty"`
	Rounds     int             `json:"rounds,omitempty"`
	Converged  bool            `json:"converged,omitempty"`
	Change     float64         `json:"change,omitempty"`
}

// MarshalJSON writes options and regressions.
func (m *Iterative) MarshalJSON() ([]byte, error) {
	return json.Marshal(iterativeJSON{m.Regressor.String(), m.Alpha, m.MaxIter, m.Tol, m.Initial.String(), m.Fill, m.Order.String(), m.Nearest, m.SkipComplete, m.SamplePosterior, m.Seed, m.Min, m.Max,
		m.KeepEmpty, m.Indicator, m.Strict, m.Columns, m.Kept, m.Indicators, m.Start, m.Models, m.Rounds, m.Converged, m.Change})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and m stays as it was.
func (m *Iterative) UnmarshalJSON(data []byte) error {
	const fn = "Iterative.UnmarshalJSON"
	var v iterativeJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	regressor, err := parseOption[Regressor](fn, "regressor", v.Regressor, regressorNames)
	if err != nil {
		return err
	}
	initial, err := parseOption[Strategy](fn, "initial", v.Initial, strategyNames)
	if err != nil {
		return err
	}
	order, err := parseOption[Order](fn, "order", v.Order, orderNames)
	if err != nil {
		return err
	}
	t := Iterative{Regressor: regressor, Alpha: v.Alpha, MaxIter: v.MaxIter, Tol: v.Tol, Initial: initial, Fill: v.Fill, Order: order, Nearest: v.Nearest, SkipComplete: v.Skip, SamplePosterior: v.Sample, Seed: v.Seed, Min: v.Min, Max: v.Max,
		KeepEmpty: v.KeepEmpty, Indicator: v.Indicator, Strict: v.Strict, Layout: Layout{v.Columns, v.Kept, v.Indicators}, Start: v.Start,
		Models: v.Models, Rounds: v.Rounds, Converged: v.Converged, Change: v.Change}
	if err := t.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := t.Layout.restore(fn); err != nil {
		return err
	}
	if len(t.Start) != t.Columns || t.Columns > 0 && (t.Min != nil && len(t.Min) != t.Columns || t.Max != nil && len(t.Max) != t.Columns) {
		return jsonfloat.Corrupt(fn, "need start, min and max of %d columns", t.Columns)
	}
	for _, j := range t.Kept {
		if s := t.Start[j]; s*0 != 0 {
			return jsonfloat.Corrupt(fn, "column %d: need a finite start, have %v", j, s)
		}
	}
	for i := range t.Models {
		if !t.Models[i].fits(len(t.Kept), t.SamplePosterior) {
			return jsonfloat.Corrupt(fn, "model %d: need a column, finite coefficients for others, and for a posterior what goes with them", i)
		}
	}
	*m = t
	return nil
}

// fits tells that a model is one of n columns, and complete.
func (m *Model) fits(n int, sampled bool) bool {
	if m.Column < 0 || m.Column >= n {
		return false
	}
	p := n - 1
	if m.From != nil {
		p = len(m.From)
		for i, j := range m.From {
			if j < 0 || j >= n || j == m.Column || i > 0 && j <= m.From[i-1] {
				return false
			}
		}
	}
	means, spread := 0, 0
	if sampled {
		means, spread = p, p*p
	}
	if p == 0 || len(m.Coef) != p || len(m.Means) != means || len(m.Spread) != spread || sampled && m.Noise < 0 {
		return false
	}
	for _, v := range slices.Concat(m.Coef, m.Means, m.Spread, jsonfloat.Slice{float64(m.Intercept), float64(m.Noise)}) {
		if v*0 != 0 {
			return false
		}
	}
	return true
}
