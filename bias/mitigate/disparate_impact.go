package mitigate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// RemoveDisparateImpact returns x with every column moved so that its distribution
// is the same in all groups (level 1), or part of the way (level in [0, 1]), while the
// order inside each group is kept. x has the features without the one that groups
// the rows.
//
//	k = the smallest number of distinct values that a group has in the column
//	each group's distinct values are cut into k slices, at round(q n_g / k)
//	target of slice q = lower median over groups of the slice's lower median
//	new = u[at(v) + round(level (at(target) - at(v)))]
//
// where u lists the distinct values of the column over all groups, ascending, and
// at gives the place of a value in it; rounding is half to even. A repaired value
// is thus always one that occurs. dst may be nil or x.
//
// It returns ErrEmpty for no data, ErrLength where groups or dst do not fit,
// ErrNotFinite for NaN or an infinity, ErrRange for a level outside [0, 1] and
// ErrUndefined for fewer than two groups. Source: Feldman et al. (2015); AIF360
// 0.6.1, which first cuts a numeric group column into histogram bins: on fewer
// than 8 rows, or with uneven groups coded by numbers, bins may join groups. Here a
// group is a value.
func RemoveDisparateImpact[G cmp.Ordered](dst *mat.Dense, x mat.Matrix, groups []G, level float64) (*mat.Dense, error) {
	const fn = "mitigate.RemoveDisparateImpact"
	if err := check.In(fn, "level", level, 0, 1); err != nil {
		return nil, err
	}
	src, err := dense(fn, x, len(groups), false)
	if err != nil {
		return nil, err
	}
	for i, g := range groups {
		if g != g {
			return nil, fmt.Errorf("%s: groups: need values that are not NaN, have one at index %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
	}
	parts := classesOf(groups)
	if len(parts) < 2 {
		return nil, fmt.Errorf("%s: groups: need at least two groups, have %d: %w", fn, len(parts), mlgauge.ErrUndefined)
	}
	r, c := src.Dims()
	if dst, err = destination(fn, dst, r, c); err != nil {
		return nil, err
	}
	out := mat.NewDense(r, c, nil)
	parallel.Each(c, func(j int) { repair(out, src, j, parts, level) })
	dst.Copy(out)
	return dst, nil
}

// destination returns dst, or a new matrix if it is nil.
func destination(fn string, dst *mat.Dense, r, c int) (*mat.Dense, error) {
	if dst == nil {
		return mat.NewDense(r, c, nil), nil
	}
	dr, dc := dst.Dims()
	if dr != r || dc != c {
		return nil, fmt.Errorf("%s: dst: need %d x %d, have %d x %d: %w", fn, r, c, dr, dc, mlgauge.ErrLength)
	}
	return dst, nil
}

// repair moves one column.
func repair[G cmp.Ordered](out, src *mat.Dense, j int, parts []class[G], level float64) {
	type group struct {
		values []float64 // distinct, ascending
		target []int     // of each value: place in all
		offset float64
	}
	all := mat.Col(nil, j, src)
	slices.Sort(all)
	all = slices.Compact(all)
	place := func(v float64) int {
		at, _ := slices.BinarySearch(all, v)
		return at
	}
	gs := make([]group, len(parts))
	quantiles := len(all)
	for i, p := range parts {
		v := make([]float64, len(p.rows))
		for k, r := range p.rows {
			v[k] = src.At(r, j)
		}
		slices.Sort(v)
		v = slices.Compact(v)
		gs[i] = group{values: v, target: make([]int, len(v))}
		quantiles = min(quantiles, len(v))
	}
	unit := 1 / float64(quantiles)
	round := func(v float64) int { return int(math.RoundToEven(v)) }
	type span struct{ lo, hi int }
	spans := make([]span, len(gs))
	var medians []float64
	for q := range quantiles {
		medians = medians[:0]
		for i := range gs {
			g := &gs[i]
			n := float64(len(g.values))
			lo, hi := round(g.offset*n), round((g.offset+unit)*n)
			if q == quantiles-1 {
				hi = len(g.values) // whatever the sum of units rounds to
			}
			g.offset += unit
			spans[i] = span{lo, hi}
			if hi > lo {
				medians = append(medians, g.values[lo:hi][(hi-lo-1)/2])
			}
		}
		slices.Sort(medians)
		target := place(medians[(len(medians)-1)/2])
		for i, s := range spans {
			for k := s.lo; k < s.hi; k++ {
				gs[i].target[k] = target
			}
		}
	}
	for i, p := range parts {
		g := &gs[i]
		for _, r := range p.rows {
			v := src.At(r, j)
			k, _ := slices.BinarySearch(g.values, v)
			at := place(v)
			out.Set(r, j, all[at+round(float64(g.target[k]-at)*level)])
		}
	}
}
