package explain

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// grids returns the values at which each of the features is set.
func (p PartialDependence) grids(fn string, x *mat.Dense, features []int) ([][]float64, error) {
	n, d := x.Dims()
	if len(features) < 1 || len(features) > 2 {
		return nil, fmt.Errorf("%s: features: need one or two, have %d: %w", fn, len(features), mlgauge.ErrLength)
	}
	for i, j := range features {
		if err := feature(fn, j, d); err != nil {
			return nil, err
		}
		if slices.Contains(features[:i], j) {
			return nil, fmt.Errorf("%s: features: need two different ones, have %d twice: %w", fn, j, mlgauge.ErrRange)
		}
	}
	lower, upper, resolution := p.Lower, p.Upper, p.Resolution
	if lower == 0 && upper == 0 {
		lower, upper = 0.05, 0.95
	}
	if !(lower >= 0 && lower < upper && upper <= 1) {
		return nil, fmt.Errorf("%s: Lower, Upper: need 0 <= Lower < Upper <= 1, have %v and %v: %w", fn, lower, upper, mlgauge.ErrRange)
	}
	if resolution == 0 {
		resolution = 100
	}
	if err := check.AtLeast(fn, "Resolution", resolution, 2); err != nil {
		return nil, err
	}
	grids := make([][]float64, len(features))
	col := make([]float64, n)
	for i, j := range features {
		if own, ok := p.Custom[j]; ok {
			if err := check.NotEmpty(fn, "Custom", len(own)); err != nil {
				return nil, err
			}
			if err := check.Finite(fn, "Custom", own); err != nil {
				return nil, err
			}
			grids[i] = slices.Clone(own)
			continue
		}
		mat.Col(col, j, x)
		if err := check.Finite(fn, fmt.Sprintf("feature %d", j), col); err != nil {
			return nil, err
		}
		kernel.SortFloat64s(col)
		unique := slices.Compact(slices.Clone(col))
		if len(unique) < resolution || slices.Contains(p.Categorical, j) {
			grids[i] = unique
			continue
		}
		lo, hi := percentile(col, lower), percentile(col, upper)
		if lo == hi {
			return nil, fmt.Errorf("%s: Lower, Upper: need percentiles of feature %d that differ, have %v twice: %w", fn, j, lo, mlgauge.ErrUndefined)
		}
		grids[i] = line(lo, hi, resolution)
	}
	return grids, nil
}

// percentile returns the quantile of sorted values at plotting positions
// (i - 0.4) / (n + 0.2), as SciPy's mquantiles does.
func percentile(sorted []float64, p float64) float64 {
	n := float64(len(sorted))
	if n == 1 {
		return sorted[0]
	}
	const position = 0.4
	m := position + float64(p*0.19999999999999996) // 1 - 0.4 - 0.4 in doubles, as SciPy has it
	at := float64(n*p) + m
	k := math.Floor(min(max(at, 1), n-1))
	g := min(max(at-k, 0), 1)
	return float64((1-g)*sorted[int(k)-1]) + float64(g*sorted[int(k)])
}

// line returns n equally spaced values from lo to hi, both included.
func line(lo, hi float64, n int) []float64 {
	v := make([]float64, n)
	step := hi/float64(n-1) - lo/float64(n-1)
	if d := hi - lo; !math.IsInf(d, 0) {
		step = d / float64(n-1)
	}
	for i := range v {
		v[i] = float64(float64(i)*step) + lo
	}
	v[n-1] = hi
	return v
}
