package preprocess

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// CorrelationFilter keeps one of each set of columns that are correlated with
// each other. The zero value drops columns whose Pearson correlation with an
// earlier one that stays is above 0.8 in magnitude.
//
// Columns are gone through in order: one that has not been dropped stays, and
// drops every later one that is correlated with it. Correlations with a constant
// column are undefined and drop nothing.
//
// Source: feature_engine 1.9 DropCorrelatedFeatures, which goes through the
// columns by name; see Order.
type CorrelationFilter struct {
	Method    Correlation `json:"method,omitempty"`
	Threshold float64     `json:"threshold,omitempty"` // in [0, 1]; 0 means 0.8
	Missing   Missing     `json:"missing,omitempty"`   // what to do with NaN
	// Order is the order in which columns are gone through, best first: a
	// permutation of their indices; nil means 0, 1, 2, ...
	Order []int `json:"order,omitempty"`

	Selection
	// Groups holds, for each column that dropped others, its index and then
	// theirs.
	Groups [][]int `json:"groups,omitempty"`
}

// Fit computes the correlations and chooses. It reports what Correlation.Matrix
// does, and options out of range (ErrRange).
func (f *CorrelationFilter) Fit(src mat.Matrix) error {
	const fn = "CorrelationFilter.Fit"
	a, err := f.Method.all(fn, src, f.Missing, false)
	if err != nil {
		return err
	}
	return f.fit(fn, a.Coefficient)
}

// FitMatrix chooses from correlations that were computed elsewhere, such as
// those of a merged Covariance.
func (f *CorrelationFilter) FitMatrix(c mat.Symmetric) error {
	const fn = "CorrelationFilter.FitMatrix"
	if c == nil {
		return check.NotEmpty(fn, "c", 0)
	}
	return f.fit(fn, c)
}

func (f *CorrelationFilter) fit(fn string, c mat.Symmetric) error {
	p := c.SymmetricDim()
	if err := check.NotEmpty(fn, "c", p); err != nil {
		return err
	}
	if err := check.In(fn, "Threshold", f.Threshold, 0, 1); err != nil {
		return err
	}
	cut := f.Threshold
	if cut == 0 {
		cut = 0.8
	}
	walk := f.Order
	if walk == nil {
		walk = make([]int, p)
		for j := range walk {
			walk[j] = j
		}
	} else if err := permutation(fn, walk, p); err != nil {
		return err
	}
	gone, stays := make([]bool, p), make([]bool, p)
	var groups [][]int
	for a, i := range walk {
		if gone[i] {
			continue
		}
		stays[i] = true
		group := []int{i}
		for _, j := range walk[a+1:] {
			if !gone[j] && math.Abs(c.At(i, j)) > cut {
				gone[j] = true
				group = append(group, j)
			}
		}
		if len(group) > 1 {
			groups = append(groups, group)
		}
	}
	f.Selection, f.Groups = keep(stays), groups
	return nil
}

func permutation(fn string, at []int, n int) error {
	if err := check.Length(fn, "Order", n, len(at)); err != nil {
		return err
	}
	seen := make([]bool, n)
	for _, j := range at {
		if j < 0 || j >= n || seen[j] {
			return check.Option(fn, "Order", at)
		}
		seen[j] = true
	}
	return nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves f as it was.
func (f *CorrelationFilter) UnmarshalJSON(data []byte) error {
	const fn = "CorrelationFilter.UnmarshalJSON"
	type plain CorrelationFilter
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	if err := p.Selection.valid(fn); err != nil {
		return err
	}
	if p.Method < Pearson || p.Method > Kendall || (p.Missing != Refuse && p.Missing != Pairwise) || !(p.Threshold >= 0 && p.Threshold <= 1) {
		return jsonfloat.Corrupt(fn, "need declared options, have method %d, missing %d, threshold %v", p.Method, p.Missing, p.Threshold)
	}
	for _, g := range p.Groups {
		for _, j := range g {
			if j < 0 || j >= p.Features {
				return jsonfloat.Corrupt(fn, "need groups of columns below %d, have %v", p.Features, g)
			}
		}
	}
	*f = CorrelationFilter(p)
	return nil
}
