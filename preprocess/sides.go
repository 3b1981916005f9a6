package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// sides are the counts of two samples in the same bins: what PSI and
// InformationValue are formulas of. a is nil before the first count.
type sides struct {
	edges []float64 // those of the first count
	a, b  []float64 // counts by bin, the last one for NaN
}

// open makes ready to count in the bins that edges part.
func (s *sides) open(fn string, edges []float64) error {
	if err := checkEdges(fn, edges); err != nil {
		return err
	}
	if s.a != nil {
		if !slices.Equal(edges, s.edges) {
			return fmt.Errorf("%s: Edges: need the %d of the first Add, have other %d: %w", fn, len(s.edges), len(edges), mlgauge.ErrIncompatible)
		}
		return nil
	}
	n := len(edges) + 2
	s.edges, s.a, s.b = slices.Clone(edges), make([]float64, n), make([]float64, n)
	return nil
}

// merge adds the counts of o, and takes its edges if there is no count yet.
func (s *sides) merge(fn string, edges *[]float64, o *sides) error {
	if o.a == nil {
		return nil
	}
	if s.a == nil {
		*s = sides{slices.Clone(o.edges), slices.Clone(o.a), slices.Clone(o.b)}
		*edges = slices.Clone(o.edges)
		return nil
	}
	if !slices.Equal(*edges, s.edges) || !slices.Equal(s.edges, o.edges) {
		return fmt.Errorf("%s: o: need the same edges, have others: %w", fn, mlgauge.ErrIncompatible)
	}
	for i := range s.a {
		s.a[i] += o.a[i]
		s.b[i] += o.b[i]
	}
	return nil
}

// shares returns the smoothed shares of the bins, without that of NaN where
// neither side has any: it takes no smoothing then.
func (s *sides) shares(fn, arg string, how Smoothing) (a, b []float64, err error) {
	if s.a == nil {
		return nil, nil, check.NotEmpty(fn, arg, 0)
	}
	a, b = s.a, s.b
	if last := len(a) - 1; a[last]+b[last] == 0 {
		a, b = a[:last], b[:last]
	}
	return how.Apply(fn, a, b, nil, nil)
}

func (s *sides) append(w *codec.Writer, edges []float64) {
	w.Float64s(edges)
	w.Float64s(s.a)
	w.Float64s(s.b)
}

// readSides reads what append wrote.
func readSides(r *codec.Reader, fn string) (edges []float64, s sides) {
	edges, s.a, s.b = r.Float64s(), r.Float64s(), r.Float64s()
	if r.Err() != nil {
		return nil, sides{}
	}
	if err := checkEdges(fn, edges); err != nil {
		r.Fail("%v", err)
	}
	if len(s.a) != len(s.b) || len(s.a) != 0 && len(s.a) != len(edges)+2 {
		r.Fail("need %d counts on both sides, have %d and %d", len(edges)+2, len(s.a), len(s.b))
		return nil, sides{}
	}
	for i := range s.a {
		if !(s.a[i] >= 0 && s.b[i] >= 0) || math.IsInf(s.a[i]+s.b[i], 0) {
			r.Fail("need counts of at least 0, have %v and %v", s.a[i], s.b[i])
		}
	}
	if len(s.a) == 0 {
		return edges, sides{}
	}
	s.edges = slices.Clone(edges)
	return edges, s
}
