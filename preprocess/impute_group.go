package preprocess

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Group replaces the missing values of a row by the mean, median or most
// frequent value of the column among the rows of the same group. Groups without
// a value in a column, and groups not seen when fitting, take the column's
// overall value, unless NoFallback leaves them missing.
//
// A column without any value stays missing.
//
// Means and modes are fitted from sums and counts, so PartialFit and Merge work;
// medians need all rows of a group at once, unless Sketch is set: then a
// mergeable sketch of constant size takes their place, exact below about Sketch
// rows in a group.
//
// Definition: pandas 3, x.fillna(x.groupby(g).transform(statistic)), then
// x.fillna(statistic(x)).
type Group[K cmp.Ordered] struct {
	// Strategy is ImputeMean, ImputeMedian or ImputeMode.
	Strategy Strategy
	// NoFallback leaves a value missing if its group has none.
	NoFallback bool
	// Sketch is the accuracy of the sketch to take medians from, at least 8; 0
	// takes them exactly.
	Sketch int

	Statistics map[K][]float64 // by group and column; NaN where the group has none
	Overall    []float64       // by column, over all groups

	// What the statistics were taken from; nil where a fit cannot go on.
	parts map[K]*Simple
	all   *Simple
}

// Fit learns from x, of which row i belongs to groups[i].
func (g *Group[K]) Fit(x mat.Matrix, groups []K) error { return g.fit("Group.Fit", x, groups, false) }

// PartialFit adds the rows of x to what was fitted before. Medians need Sketch,
// unless nothing was fitted before (mlgauge.ErrIncompatible).
func (g *Group[K]) PartialFit(x mat.Matrix, groups []K) error {
	return g.fit("Group.PartialFit", x, groups, len(g.Overall) > 0)
}

func (g *Group[K]) fit(fn string, x mat.Matrix, groups []K, more bool) error {
	if err := option(fn, "Strategy", g.Strategy, strategyNames[:3]); err != nil {
		return err
	}
	if err := sketchSize(fn, g.Sketch); err != nil {
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
	if !more {
		all := g.empty()
		if err := all.fit(fn, x, false); err != nil {
			return err
		}
		parts := make(map[K]*Simple, len(rows))
		for k, idx := range rows {
			parts[k] = g.empty()
			if err := parts[k].fit(fn, rowsOf(m, idx), false); err != nil {
				return err
			}
		}
		g.set(parts, all)
		return nil
	}
	if g.all == nil || g.all.stat == nil || g.all.Strategy != g.Strategy || g.all.Sketch != g.Sketch {
		return notResumable(fn)
	}
	all := *g.all
	if err := all.fit(fn, x, true); err != nil {
		return err
	}
	parts := maps.Clone(g.parts)
	for k, idx := range rows {
		s := g.empty()
		if old := parts[k]; old != nil {
			*s = *old
		}
		if err := s.fit(fn, rowsOf(m, idx), true); err != nil {
			return err
		}
		parts[k] = s
	}
	g.set(parts, &all)
	return nil
}

// empty returns an imputer of one group.
func (g *Group[K]) empty() *Simple {
	return &Simple{Strategy: g.Strategy, KeepEmpty: true, Sketch: g.Sketch}
}

func rowsOf(g blas64.General, idx []int) *mat.Dense {
	part := mat.NewDense(len(idx), g.Cols, nil)
	for r, i := range idx {
		part.SetRow(r, rowOf(g, i))
	}
	return part
}

// set takes the statistics of the groups and of all rows.
func (g *Group[K]) set(parts map[K]*Simple, all *Simple) {
	g.Statistics = make(map[K][]float64, len(parts))
	for k, s := range parts {
		g.Statistics[k] = s.known()
	}
	g.Overall = all.known()
	g.parts, g.all = parts, all
}

// known returns the statistics, NaN for columns without a value.
func (s *Simple) known() []float64 {
	out := slices.Clone(s.Statistics)
	for j, none := range s.absent {
		if none {
			out[j] = nan
		}
	}
	return out
}

// Merge adds the rows that o was fitted on. Both need the same options and a fit
// that can go on, as for PartialFit (mlgauge.ErrIncompatible).
func (g *Group[K]) Merge(o *Group[K]) error {
	const fn = "Group.Merge"
	if o == nil || len(o.Overall) == 0 {
		return check.NotFitted(fn)
	}
	if g.Strategy != o.Strategy || g.NoFallback != o.NoFallback || g.Sketch != o.Sketch {
		return fmt.Errorf("%s: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	if o.all == nil || o.all.stat == nil || len(g.Overall) > 0 && (g.all == nil || g.all.stat == nil) {
		return notResumable(fn)
	}
	all := g.empty()
	if g.all != nil {
		*all = *g.all
	}
	if err := all.Merge(o.all); err != nil {
		return err
	}
	parts := maps.Clone(g.parts)
	if parts == nil {
		parts = map[K]*Simple{}
	}
	for k, p := range o.parts {
		s := g.empty()
		if old := parts[k]; old != nil {
			*s = *old
		}
		if err := s.Merge(p); err != nil {
			return err
		}
		parts[k] = s
	}
	g.set(parts, all)
	return nil
}

// Reset forgets what was fitted and keeps the options.
func (g *Group[K]) Reset() {
	*g = Group[K]{Strategy: g.Strategy, NoFallback: g.NoFallback, Sketch: g.Sketch}
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

type groupJSON[K cmp.Ordered] struct {
	Strategy   string           `json:"strategy"`
	NoFallback bool             `json:"no_fallback,omitempty"`
	Sketch     int              `json:"sketch,omitempty"`
	Groups     []groupOfJSON[K] `json:"groups,omitempty"`
	Overall    jsonfloat.Slice  `json:"overall,omitempty"`
}

type groupOfJSON[K cmp.Ordered] struct {
	Group      *K              `json:"group"`
	Statistics jsonfloat.Slice `json:"statistics"`
}

// MarshalJSON writes options and statistics, in the order of the groups. A group
// whose key JSON does not hold (an infinity, or bytes that are not UTF-8) is
// mlgauge.ErrIncompatible.
func (g *Group[K]) MarshalJSON() ([]byte, error) {
	v := groupJSON[K]{Strategy: g.Strategy.String(), NoFallback: g.NoFallback, Sketch: g.Sketch, Overall: g.Overall}
	for _, k := range slices.Sorted(maps.Keys(g.Statistics)) {
		if err := keeps("Group.MarshalJSON", k); err != nil {
			return nil, err
		}
		v.Groups = append(v.Groups, groupOfJSON[K]{&k, g.Statistics[k]})
	}
	return json.Marshal(v)
}

// keeps reports a value that JSON would change.
func keeps[K cmp.Ordered](fn string, k K) error {
	var back K
	b, err := json.Marshal(k)
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil || back != k {
		return fmt.Errorf("%s: need keys that JSON holds, have %#v: %w", fn, k, mlgauge.ErrIncompatible)
	}
	return nil
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and g stays as it was. A fit cannot go on from it.
func (g *Group[K]) UnmarshalJSON(data []byte) error {
	const fn = "Group.UnmarshalJSON"
	var v groupJSON[K]
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	strategy, err := parseOption[Strategy](fn, "strategy", v.Strategy, strategyNames[:3])
	if err != nil {
		return err
	}
	if err := sketchSize(fn, v.Sketch); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	t := Group[K]{Strategy: strategy, NoFallback: v.NoFallback, Sketch: v.Sketch, Overall: v.Overall}
	if (len(v.Groups) == 0) != (len(v.Overall) == 0) {
		return jsonfloat.Corrupt(fn, "need groups and overall statistics, or neither, have %d and %d", len(v.Groups), len(v.Overall))
	}
	if err := noInfAny(fn, v.Overall); err != nil {
		return err
	}
	if len(v.Groups) > 0 {
		t.Statistics = make(map[K][]float64, len(v.Groups))
	}
	for i, p := range v.Groups {
		if p.Group == nil {
			return jsonfloat.Corrupt(fn, "group %d: need a key, have none", i)
		}
		if _, twice := t.Statistics[*p.Group]; twice {
			return jsonfloat.Corrupt(fn, "group %d: need a new key, have %v again", i, *p.Group)
		}
		if len(p.Statistics) != len(v.Overall) {
			return jsonfloat.Corrupt(fn, "group %d: need %d statistics, have %d", i, len(v.Overall), len(p.Statistics))
		}
		if err := noInfAny(fn, p.Statistics); err != nil {
			return err
		}
		t.Statistics[*p.Group] = p.Statistics
	}
	*g = t
	return nil
}

// noInfAny reports an infinity among statistics that came from outside.
func noInfAny(fn string, x []float64) error {
	for j, v := range x {
		if v*0 != 0 && v == v {
			return jsonfloat.Corrupt(fn, "column %d: need a finite statistic or null, have %v", j, v)
		}
	}
	return nil
}
