package preprocess

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/sketch"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// outlierStat is what fences are fitted from in batches and shards: means and
// variances, or a sketch of every column.
type outlierStat struct {
	moments columnMoments
	sketch  columnSketch
}

// mergeable tells that the options allow PartialFit and Merge.
func (o *Outliers) mergeable() bool { return o.Fence == ZScore || o.Sketch != 0 }

// accumulate returns a statistic that holds what old did, and the rows of g, with
// weights or nil; old may be nil, and stays as it was.
func (o *Outliers) accumulate(fn string, old *outlierStat, g blas64.General, w []float64) (*outlierStat, error) {
	if old == nil {
		old = &outlierStat{}
	}
	if o.Fence != ZScore {
		s, err := old.sketch.add(fn, o.Sketch, g)
		return &outlierStat{sketch: s}, err
	}
	m := old.moments.clone(g.Cols)
	if err := width(fn, "x", len(m), g.Cols); err != nil {
		return nil, err
	}
	if err := addMoments(fn, m, g.Data, g.Stride, g.Rows, w); err != nil {
		return nil, err
	}
	return &outlierStat{moments: m}, nil
}

// fromStat takes the limits of a statistic.
func (o *Outliers) fromStat(fn string, s *outlierStat) error {
	cols := max(len(s.moments), len(s.sketch))
	lower, upper := make([]float64, cols), make([]float64, cols)
	t := o.threshold()
	switch {
	case o.Fence == ZScore:
		for j := range lower {
			m := &s.moments[j]
			ddof := 0.
			if o.Sample && m.W > 1 {
				ddof = 1
			}
			mean, sd := m.Mean(), math.Sqrt(m.Variance(ddof))
			lower[j], upper[j] = mean-t*sd, mean+t*sd
		}
	case o.Fence == ModifiedZ:
		for j := range lower {
			med, spread := sketchSpread(s.sketch[j])
			lower[j], upper[j] = med-t*spread, med+t*spread
		}
	default:
		q, err := s.sketch.quantiles(o.wanted())
		if err != nil {
			return err
		}
		for j, v := range q {
			lower[j], upper[j] = o.fences(v[0], v[1])
		}
	}
	return o.set(fn, lower, upper, s)
}

// sketchSpread is medianSpread of the values that a sketch stands for.
func sketchSpread(s *sketch.KLL) (med, spread float64) {
	x, w := s.Weighted()
	if s.Exact() {
		return medianSpread(x)
	}
	med, _ = s.Quantile(.5)
	var mean float64
	for i, v := range x {
		x[i] = math.Abs(v - med)
		mean += x[i] * (w[i] / float64(s.N()))
	}
	sort.Sort(byValue{x, w})
	var below float64
	for i, v := range x {
		if below += w[i]; below >= float64(s.N())/2 {
			if v == 0 {
				break
			}
			return med, v / madToSigma
		}
	}
	return med, mean * meanToSigma
}

// byValue sorts values, and their weights along with them.
type byValue struct{ x, w []float64 }

func (s byValue) Len() int           { return len(s.x) }
func (s byValue) Less(i, j int) bool { return s.x[i] < s.x[j] }
func (s byValue) Swap(i, j int) {
	s.x[i], s.x[j] = s.x[j], s.x[i]
	s.w[i], s.w[j] = s.w[j], s.w[i]
}

// PartialFit adds the rows of x to what was fitted before. It needs ZScore or
// Sketch, unless nothing was fitted before (mlgauge.ErrIncompatible).
func (o *Outliers) PartialFit(x mat.Matrix) error {
	const fn = "Outliers.PartialFit"
	if len(o.Lower) == 0 {
		return o.Fit(x)
	}
	if err := o.check(fn); err != nil {
		return err
	}
	if err := o.resumable(fn); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	stat, err := o.accumulate(fn, o.stat, g, nil)
	if err != nil {
		return err
	}
	return o.fromStat(fn, stat)
}

// resumable reports a fit that cannot go on.
func (o *Outliers) resumable(fn string) error {
	if o.stat == nil || !o.mergeable() || (o.Fence == ZScore) != (o.stat.moments != nil) {
		return notResumable(fn)
	}
	return nil
}

// Merge adds the rows that other was fitted on. Both need the same options and a
// fit that can go on, as for PartialFit (mlgauge.ErrIncompatible).
func (o *Outliers) Merge(other *Outliers) error {
	const fn = "Outliers.Merge"
	if other == nil || len(other.Lower) == 0 {
		return check.NotFitted(fn)
	}
	if o.Fence != other.Fence || o.Threshold != other.Threshold || o.Low != other.Low || o.High != other.High ||
		o.Sample != other.Sample || o.Action != other.Action || o.Sketch != other.Sketch {
		return fmt.Errorf("%s: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	if err := other.resumable(fn); err != nil {
		return err
	}
	s := &outlierStat{}
	if len(o.Lower) > 0 {
		if err := o.resumable(fn); err != nil {
			return err
		}
		s = o.stat
	}
	if o.Fence != ZScore {
		m, err := s.sketch.merged(fn, other.stat.sketch)
		if err != nil {
			return err
		}
		return o.fromStat(fn, &outlierStat{sketch: m})
	}
	m := slices.Clone(s.moments)
	if m == nil {
		m = make(columnMoments, len(other.stat.moments))
	}
	if err := width(fn, "other", len(m), len(other.stat.moments)); err != nil {
		return err
	}
	for j := range m {
		m[j].Merge(&other.stat.moments[j])
	}
	return o.fromStat(fn, &outlierStat{moments: m})
}

// Reset forgets what was fitted and keeps the options.
func (o *Outliers) Reset() { o.Lower, o.Upper, o.stat = nil, nil, nil }
