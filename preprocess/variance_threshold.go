package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/moments"
	"gonum.org/v1/gonum/mat"
)

// VarianceThreshold keeps the columns whose population variance is above
// Threshold. The zero value drops constant columns.
//
// NaN is skipped. Where Threshold is 0 a column's measure is the smaller of its
// variance and its range, so that rounding cannot give a constant column a
// variance. A column without values has the measure NaN and is dropped.
//
// Source: scikit-learn 1.9 VarianceThreshold.
type VarianceThreshold struct {
	Threshold float64 `json:"threshold,omitempty"` // at least 0

	Selection
	Variances Floats `json:"variances,omitempty"` // the measure of every column

	seen []columnSpread
}

type columnSpread struct {
	m      moments.Moments
	lo, hi float64
}

// Fit computes the variances of src, forgetting what was fitted before. It
// reports an empty matrix (ErrEmpty), infinities and variances that overflow
// (ErrNotFinite), a threshold below 0 (ErrRange), and that no column passes
// (ErrUndefined).
func (v *VarianceThreshold) Fit(src mat.Matrix) error {
	return v.fit("VarianceThreshold.Fit", src, nil)
}

// PartialFit adds the rows of src to those fitted before.
func (v *VarianceThreshold) PartialFit(src mat.Matrix) error {
	const fn = "VarianceThreshold.PartialFit"
	if v.seen == nil && v.Features > 0 {
		return fmt.Errorf("%s: need the state of a fit, have parameters only: %w", fn, mlgauge.ErrIncompatible)
	}
	return v.fit(fn, src, v.seen)
}

func (v *VarianceThreshold) fit(fn string, src mat.Matrix, seen []columnSpread) error {
	g, err := view(fn, "src", src)
	if err != nil {
		return err
	}
	rows, cols := g.Rows, g.Cols
	if seen != nil {
		if err := check.Length(fn, "columns of src", len(seen), cols); err != nil {
			return err
		}
	}
	next := make([]columnSpread, cols)
	buf := make([]float64, rows)
	for j := range next {
		s := columnSpread{lo: math.Inf(1), hi: math.Inf(-1)}
		columnInto(buf, g, j)
		x := buf[:0]
		for i, a := range buf {
			if math.IsInf(a, 0) {
				return fmt.Errorf("%s: src: need finite values or NaN, have %v in row %d, column %d: %w", fn, a, i, j, mlgauge.ErrNotFinite)
			}
			if a == a {
				x = append(x, a)
				s.lo, s.hi = min(s.lo, a), max(s.hi, a)
			}
		}
		moments.Add(&s.m, x)
		if seen != nil {
			s.merge(&seen[j])
		}
		next[j] = s
	}
	return v.derive(fn, next)
}

func (s *columnSpread) merge(o *columnSpread) {
	m := o.m
	m.Merge(&s.m)
	s.m = m
	s.lo, s.hi = min(s.lo, o.lo), max(s.hi, o.hi)
}

// Merge adds the rows that o was fitted on.
func (v *VarianceThreshold) Merge(o *VarianceThreshold) error {
	const fn = "VarianceThreshold.Merge"
	if o == nil || o.seen == nil {
		return check.NotFitted(fn)
	}
	if v.seen == nil && v.Features == 0 {
		return v.derive(fn, append([]columnSpread(nil), o.seen...))
	}
	if len(v.seen) != len(o.seen) {
		return fmt.Errorf("%s: o: need the state of a fit of %d columns, have %d: %w", fn, len(v.seen), len(o.seen), mlgauge.ErrIncompatible)
	}
	next := make([]columnSpread, len(v.seen))
	for j := range next {
		next[j] = o.seen[j]
		next[j].merge(&v.seen[j])
	}
	return v.derive(fn, next)
}

func (v *VarianceThreshold) derive(fn string, seen []columnSpread) error {
	if err := check.In(fn, "Threshold", v.Threshold, 0, math.MaxFloat64); err != nil {
		return err
	}
	yes, variances := make([]bool, len(seen)), make(Floats, len(seen))
	some := false
	for j := range seen {
		s := &seen[j]
		variances[j] = s.m.Variance(0)
		if math.IsInf(variances[j], 0) || (variances[j] != variances[j] && s.m.W > 0) {
			return fmt.Errorf("%s: src: need a variance that does not overflow, have %v in column %d: %w", fn, variances[j], j, mlgauge.ErrNotFinite)
		}
		if v.Threshold == 0 && s.m.W > 0 {
			variances[j] = math.Min(variances[j], s.hi-s.lo)
		}
		yes[j] = variances[j] > v.Threshold
		some = some || yes[j]
	}
	if !some {
		return fmt.Errorf("%s: src: need a column of variance above %v, have none: %w", fn, v.Threshold, mlgauge.ErrUndefined)
	}
	v.Selection, v.Variances, v.seen = keep(yes), variances, seen
	return nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves v as it was. The result can transform but
// not continue a fit.
func (v *VarianceThreshold) UnmarshalJSON(data []byte) error {
	const fn = "VarianceThreshold.UnmarshalJSON"
	type plain VarianceThreshold
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	if err := p.Selection.valid(fn); err != nil {
		return err
	}
	if !(p.Threshold >= 0) {
		return jsonfloat.Corrupt(fn, "need a threshold of at least 0, have %v", p.Threshold)
	}
	if len(p.Variances) != 0 && len(p.Variances) != p.Features {
		return jsonfloat.Corrupt(fn, "need %d variances, have %d", p.Features, len(p.Variances))
	}
	*v = VarianceThreshold(p)
	return nil
}
