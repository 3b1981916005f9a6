package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// binStat is what bins are fitted from in batches and shards: a sketch of every
// column, or the extremes where these will do.
type binStat struct {
	extremes columnRange
	sketch   columnSketch
}

// mergeable tells that the options allow PartialFit and Merge.
func (b *Bins) mergeable() bool {
	return b.Sketch != 0 || b.Output != BinMean && (b.Strategy == UniformBins || b.Strategy == CustomBins)
}

// accumulate returns a statistic that holds what old did, and the rows of g; old
// may be nil, and stays as it was.
func (b *Bins) accumulate(fn string, old *binStat, g blas64.General) (*binStat, error) {
	if b.Missing == RefuseMissing {
		for i := range g.Rows {
			for j, v := range rowOf(g, i) {
				if v != v {
					return nil, fmt.Errorf("%s: x: need values, or another option Missing, have NaN in row %d, column %d: %w", fn, i, j, mlgauge.ErrNotFinite)
				}
			}
		}
	}
	if old == nil {
		old = &binStat{}
	}
	if b.Sketch != 0 {
		s, err := old.sketch.add(fn, b.Sketch, g)
		return &binStat{sketch: s}, err
	}
	r, err := rangeOf(fn, g.Data, g.Stride, g.Rows, g.Cols)
	if err != nil {
		return nil, err
	}
	if old.extremes.lo != nil {
		if err := width(fn, "x", len(old.extremes.lo), g.Cols); err != nil {
			return nil, err
		}
		r.merge(old.extremes)
	}
	return &binStat{extremes: r}, nil
}

// fromStat takes the edges, and the means if wanted, of a statistic.
func (b *Bins) fromStat(fn string, s *binStat) error {
	cols := max(len(s.sketch), len(s.extremes.lo))
	edges, means := make([][]float64, cols), make([][]float64, cols)
	errs := make([]error, cols)
	parallel.Each(cols, func(j int) {
		c := binColumn{fn: fn, j: j}
		if s.sketch != nil {
			c.sketch = s.sketch[j]
			c.x, c.w = c.sketch.Weighted()
			if c.sketch.Exact() {
				c.w = nil
			}
		} else if !s.extremes.empty(j) {
			c.x = []float64{s.extremes.lo[j], s.extremes.hi[j]}
		}
		if edges[j], errs[j] = b.edges(&c); errs[j] == nil && b.Output == BinMean {
			means[j] = c.means(edges[j])
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	b.set(edges, means, s)
	return nil
}

// PartialFit adds the rows of x to what was fitted before. It needs Sketch, or
// UniformBins or CustomBins without means, unless nothing was fitted before
// (mlgauge.ErrIncompatible).
func (b *Bins) PartialFit(x mat.Matrix) error {
	const fn = "Bins.PartialFit"
	if len(b.Edges) == 0 {
		return b.fit(fn, x, nil)
	}
	if err := b.check(fn); err != nil {
		return err
	}
	if err := b.resumable(fn); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := b.perColumn(fn, len(b.Edges)); err != nil {
		return err
	}
	stat, err := b.accumulate(fn, b.stat, g)
	if err != nil {
		return err
	}
	return b.fromStat(fn, stat)
}

// resumable reports a fit that cannot go on.
func (b *Bins) resumable(fn string) error {
	if b.stat == nil || !b.mergeable() || (b.stat.sketch == nil) != (b.Sketch == 0) {
		return fmt.Errorf("%s: need a fit from a sketch, or of uniform or custom bins without means, to go on from, have an exact, weighted or loaded one of %v bins; set Sketch before the first batch: %w", fn, b.Strategy, mlgauge.ErrIncompatible)
	}
	return nil
}

// Merge adds the rows that o was fitted on. Both need the same options and a fit
// that can go on, as for PartialFit (mlgauge.ErrIncompatible).
func (b *Bins) Merge(o *Bins) error {
	const fn = "Bins.Merge"
	if o == nil || len(o.Edges) == 0 {
		return check.NotFitted(fn)
	}
	if b.Strategy != o.Strategy || b.N != o.N || !slices.Equal(b.NByColumn, o.NByColumn) || b.Output != o.Output || b.Missing != o.Missing ||
		b.Quantile != o.Quantile || b.Sketch != o.Sketch || !slices.EqualFunc(b.Custom, o.Custom, slices.Equal) {
		return fmt.Errorf("%s: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	if err := o.resumable(fn); err != nil {
		return err
	}
	s := &binStat{}
	if len(b.Edges) > 0 {
		if err := b.resumable(fn); err != nil {
			return err
		}
		s = b.stat
	}
	if b.Sketch != 0 {
		m, err := s.sketch.merged(fn, o.stat.sketch)
		if err != nil {
			return err
		}
		return b.fromStat(fn, &binStat{sketch: m})
	}
	r := o.stat.extremes.clone()
	if s.extremes.lo != nil {
		if err := width(fn, "o", len(s.extremes.lo), len(r.lo)); err != nil {
			return err
		}
		r.merge(s.extremes)
	}
	return b.fromStat(fn, &binStat{extremes: r})
}

// Reset forgets what was fitted and keeps the options.
func (b *Bins) Reset() { b.Edges, b.Means, b.stat = nil, nil, nil }

// restore fails the reader where a statistic cannot be one of b.
func (s *binStat) restore(r *codec.Reader, b *Bins) {
	cols := len(b.Edges)
	if r.Err() != nil {
		return
	}
	if (s.sketch == nil) != (b.Sketch == 0) || s.sketch == nil && (len(s.extremes.lo) != cols || len(s.extremes.hi) != cols) || cols == 0 {
		r.Fail("need a statistic of %d columns", cols)
		return
	}
	for j, lo := range s.extremes.lo {
		hi := s.extremes.hi[j]
		seen := lo <= hi && !math.IsInf(lo, 0) && !math.IsInf(hi, 0)
		if !seen && !(math.IsInf(lo, 1) && math.IsInf(hi, -1)) {
			r.Fail("column %d: need extremes, have %v and %v", j, lo, hi)
		}
	}
}
