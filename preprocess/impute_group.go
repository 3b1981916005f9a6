package preprocess

import (
	"cmp"
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"gonum.org/v1/gonum/mat"
)

// Group replaces the missing values of a row by the mean, median or most
// frequent value of the column among the rows of the same group. Groups without
// a value in a column, and groups not seen when fitting, take the column's
// overall value, unless NoFallback leaves them missing.
//
// A column without any value stays missing.
//
// Definition: pandas 3, x.fillna(x.groupby(g).transform(statistic)), then
// x.fillna(statistic(x)).
type Group[K cmp.Ordered] struct {
	// Strategy is ImputeMean, ImputeMedian or ImputeMode.
	Strategy Strategy
	// NoFallback leaves a value missing if its group has none.
	NoFallback bool

	Statistics map[K][]float64 // by group and column; NaN where the group has none
	Overall    []float64       // by column, over all groups
}

// Fit learns from x, of which row i belongs to groups[i].
func (g *Group[K]) Fit(x mat.Matrix, groups []K) error {
	const fn = "Group.Fit"
	if err := option(fn, "Strategy", g.Strategy, strategyNames[:3]); err != nil {
		return err
	}
	m, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := g.checkGroups(fn, groups, m.Rows); err != nil {
		return err
	}
	rows := map[K][]int{}
	for i, k := range groups {
		rows[k] = append(rows[k], i)
	}
	overall, err := g.statistics(fn, x)
	if err != nil {
		return err
	}
	stats := make(map[K][]float64, len(rows))
	for k, idx := range rows {
		part := mat.NewDense(len(idx), m.Cols, nil)
		for r, i := range idx {
			part.SetRow(r, m.Data[i*m.Stride:i*m.Stride+m.Cols])
		}
		if stats[k], err = g.statistics(fn, part); err != nil {
			return err
		}
	}
	g.Statistics, g.Overall = stats, overall
	return nil
}

func (g *Group[K]) checkGroups(fn string, groups []K, rows int) error {
	if err := check.Length(fn, "groups", rows, len(groups)); err != nil {
		return err
	}
	for i, k := range groups {
		if k != k {
			return fmt.Errorf("%s: groups: need group keys that are not NaN, have NaN at index %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
	}
	return nil
}

func (g *Group[K]) statistics(fn string, x mat.Matrix) ([]float64, error) {
	s := Simple{Strategy: g.Strategy, KeepEmpty: true}
	if err := s.fit(fn, x, false); err != nil {
		return nil, err
	}
	v, _ := view(fn, "x", x)
	for j, n := range presence(v) {
		if n == 0 {
			s.Statistics[j] = nan
		}
	}
	return s.Statistics, nil
}

// Transform writes src, of which row i belongs to groups[i], with what can be
// replaced into dst, which may be nil or src.
func (g *Group[K]) Transform(dst *mat.Dense, src mat.Matrix, groups []K) (*mat.Dense, error) {
	const fn = "Group.Transform"
	m, err := source(fn, src, len(g.Overall))
	if err != nil {
		return nil, err
	}
	if err := g.checkGroups(fn, groups, m.Rows); err != nil {
		return nil, err
	}
	if err := noInfAll(fn, "src", m); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, m.Rows, m.Cols); err != nil {
		return nil, err
	}
	for i, k := range groups {
		if err := g.TransformRow(dst.RawRowView(i), m.Data[i*m.Stride:i*m.Stride+m.Cols], k); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// TransformRow writes a row of the given group into dst, which may be row.
func (g *Group[K]) TransformRow(dst, row []float64, group K) error {
	const fn = "Group.TransformRow"
	n := len(g.Overall)
	if err := rowWidths(fn, n, n, len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	own := g.Statistics[group]
	for j, v := range row {
		if v != v && j < len(own) {
			v = own[j]
		}
		if v != v && !g.NoFallback {
			v = g.Overall[j]
		}
		dst[j] = v
	}
	return nil
}

// FeatureNames returns the input names.
func (g *Group[K]) FeatureNames(in []string) ([]string, error) {
	return names("Group.FeatureNames", in, len(g.Overall))
}
