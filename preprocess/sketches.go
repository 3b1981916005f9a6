package preprocess

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/internal/sketch"
	"gonum.org/v1/gonum/blas/blas64"
)

// columnSketch is the statistic behind quantiles of batches and shards: one
// sketch per column.
type columnSketch []*sketch.KLL

// sketchSize reports an accuracy that no sketch has; 0 stands for none.
func sketchSize(fn string, k int) error {
	if k != 0 && (k < sketch.MinK || k > sketch.MaxK) {
		return fmt.Errorf("%s: Sketch: need 0 or %d to %d, have %d: %w", fn, sketch.MinK, sketch.MaxK, k, mlgauge.ErrRange)
	}
	return nil
}

// add returns a statistic that also holds the rows of g; s stays as it was.
func (s columnSketch) add(fn string, k int, g blas64.General) (columnSketch, error) {
	if err := sketchSize(fn, k); err != nil {
		return nil, err
	}
	if s != nil {
		if err := width(fn, "x", len(s), g.Cols); err != nil {
			return nil, err
		}
		if s[0].K != k {
			return nil, fmt.Errorf("%s: Sketch: need %d as in the fit so far, have %d: %w", fn, s[0].K, k, mlgauge.ErrIncompatible)
		}
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return nil, err
	}
	out := make(columnSketch, g.Cols)
	parallel.Each(g.Cols, func(j int) {
		out[j] = &sketch.KLL{K: k}
		if s != nil {
			out[j] = s[j].Clone()
		}
		for i, o := 0, j; i < g.Rows; i, o = i+1, o+g.Stride {
			out[j].Add(g.Data[o])
		}
	})
	return out, nil
}

// merged returns a statistic that holds both; s may be nil.
func (s columnSketch) merged(fn string, o columnSketch) (columnSketch, error) {
	out := make(columnSketch, len(o))
	if s != nil {
		if err := width(fn, "o", len(s), len(o)); err != nil {
			return nil, err
		}
	}
	for j := range o {
		if s == nil {
			out[j] = o[j].Clone()
			continue
		}
		out[j] = s[j].Clone()
		if err := out[j].Merge(o[j]); err != nil {
			return nil, fmt.Errorf("%s: %w", fn, err)
		}
	}
	return out, nil
}

// quantiles returns the p-quantiles of each column, NaN where nothing was seen.
func (s columnSketch) quantiles(p []float64) ([][]float64, error) {
	out := make([][]float64, len(s))
	for j := range s {
		if s[j].N() == 0 {
			out[j] = fill(len(p), nan)
			continue
		}
		q, err := s[j].Quantiles(p)
		if err != nil {
			return nil, err
		}
		out[j] = q
	}
	return out, nil
}

func (s columnSketch) append(w *codec.Writer) {
	w.Int(len(s))
	for j := range s {
		s[j].Append(w)
	}
}

// readSketch reads what append wrote: nothing, or one sketch of that accuracy
// for each of cols columns.
func readSketch(r *codec.Reader, cols, k int) columnSketch {
	n := r.Count(48)
	if n == 0 {
		return nil
	}
	if n != cols {
		r.Fail("need %d sketches, have %d", cols, n)
		return nil
	}
	s := make(columnSketch, n)
	for j := range s {
		s[j] = sketch.Read(r)
		if r.Err() == nil && s[j].K != k {
			r.Fail("need sketches of %d, have %d", k, s[j].K)
		}
	}
	return s
}
