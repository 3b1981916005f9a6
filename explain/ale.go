package explain

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Accumulated computes accumulated local effects: how the prediction changes as a
// feature moves a little, near the rows where it has that value. Unlike partial
// dependence it does not ask the model about combinations of features that do not
// occur. The zero value cuts the data into at most 40 bins.
type Accumulated struct {
	Bins        int       // of a number, at most; 0 means 40
	Order       []float64 // of the values of a category; nil means by similarity
	Categorical []int     // features that are categories, when similarity is measured
	Level       float64   // of the intervals; 0 means 0.95
	BatchRows   int       // rows per call of the model; 0 means about half a megabyte of them
}

// LocalEffects is the accumulated effect of a feature at the edges of its bins.
type LocalEffects struct {
	Feature int
	Edges   []float64 // K+1 edges of K bins
	Effect  []float64 // at the edges; its mean over the rows is 0
	StdErr  []float64 // of the effect at an edge less that at the first
	Low     []float64 // interval of the effect, at Level
	High    []float64
	Slope   []float64 // mean difference of the prediction across each bin
	Count   []int     // rows in each bin
	Mean    float64   // mean prediction of the rows; add it for the scale of the prediction
	Level   float64
}

// Explain returns the accumulated local effects of a numeric feature over the
// rows of x. The bins' edges are quantiles (inverse distribution function) at
// equally spaced probabilities, without repeats; a row belongs to the bin
// (z_k-1, z_k] and changes by f(x_i with z_k) - f(x_i with z_k-1) across it:
//
//	Slope_k  = mean of these differences over the rows of bin k
//	Effect_k = sum_{l <= k} Slope_l - c
//	c        = sum_k n_k (E_k-1 + E_k)/2 / n,  E the effects before centring
//
// A bin with one row has no standard error of its own: it and the edges after it
// have NaN. The model predicts 2n rows, and n more for Mean.
//
// Errors: ErrUndefined for a constant feature, ErrNotFinite for NaN or an infinity
// in it, ErrRange for a bad option or feature, ErrEmpty for no rows; the errors of
// Model; the context's. Source: Apley and Zhu (2020), and their ALEPlot 1.1.
func (a Accumulated) Explain(ctx context.Context, model Model, x *mat.Dense, j int) (*LocalEffects, error) {
	const fn = "Accumulated.Explain"
	u, err := a.start(ctx, fn, model, x)
	if err != nil {
		return nil, err
	}
	edges, bin, err := u.bins(j)
	if err != nil {
		return nil, err
	}
	n, bins := len(bin), len(edges)-1
	pred, err := u.predictions(3, func(k, i int, row []float64) {
		if k < 2 {
			row[j] = edges[bin[i]-1+k]
		}
	})
	if err != nil {
		return nil, err
	}
	level := u.level
	e := &LocalEffects{Feature: j, Edges: edges, Level: level, Slope: make([]float64, bins), Count: make([]int, bins),
		Effect: make([]float64, bins+1), StdErr: make([]float64, bins+1)}
	square := make([]float64, bins)
	for i, k := range bin {
		e.Mean += (pred[2][i] - pred[2][0]) / float64(n)
		e.Count[k-1]++
		v := pred[1][i] - pred[0][i]
		diff := v - e.Slope[k-1]
		e.Slope[k-1] += diff / float64(e.Count[k-1])
		square[k-1] += diff * (v - e.Slope[k-1])
	}
	e.Mean += pred[2][0]
	center, variance := 0.0, 0.0
	for k, s := range e.Slope {
		m := float64(e.Count[k])
		e.Effect[k+1] = e.Effect[k] + s
		center += m / float64(n) * (e.Effect[k] + e.Effect[k+1]) / 2
		variance += square[k] / (m - 1) / m // 0/0 for one row
		e.StdErr[k+1] = math.Sqrt(variance)
	}
	e.Low, e.High = band(e.Effect, e.StdErr, center, level)
	return e, nil
}

// band takes center from the effects and returns their intervals.
func band(effect, stdErr []float64, center, level float64) (low, high []float64) {
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	low, high = make([]float64, len(effect)), make([]float64, len(effect))
	for k := range effect {
		effect[k] -= center
		low[k], high[k] = effect[k]-z*stdErr[k], effect[k]+z*stdErr[k]
	}
	return low, high
}

// accumulation is what the three kinds of accumulated effects have in common.
type accumulation struct {
	caller
	x     *mat.Dense
	most  int // bins
	level float64
	size  int // rows per call of the model
}

// start checks what all of them check.
func (a Accumulated) start(ctx context.Context, fn string, model Model, x *mat.Dense) (*accumulation, error) {
	c, _, d, err := opened(ctx, fn, model, "x", x)
	if err != nil {
		return nil, err
	}
	u := &accumulation{caller: c, x: x, most: a.Bins, level: a.Level}
	if u.most == 0 {
		u.most = 40
	}
	if err := check.AtLeast(fn, "Bins", u.most, 1); err != nil {
		return nil, err
	}
	if u.level == 0 {
		u.level = 0.95
	}
	if err := check.Level(fn, u.level); err != nil {
		return nil, err
	}
	for _, j := range a.Categorical {
		if err := feature(fn, j, d); err != nil {
			return nil, err
		}
	}
	u.size, err = batchRows(fn, a.BatchRows, d)
	return u, err
}

// column returns a feature, which must be finite.
func (u *accumulation) column(j int) ([]float64, error) {
	_, d := u.x.Dims()
	if err := feature(u.fn, j, d); err != nil {
		return nil, err
	}
	col := mat.Col(nil, j, u.x)
	return col, check.Finite(u.fn, fmt.Sprintf("feature %d", j), col)
}

// bins returns the edges of the bins of a feature and the bin of each row, from 1.
func (u *accumulation) bins(j int) (edges []float64, bin []int, err error) {
	col, err := u.column(j)
	if err != nil {
		return nil, nil, err
	}
	edges = quantileEdges(col, u.most)
	if len(edges) < 2 {
		return nil, nil, fmt.Errorf("%s: feature %d: need at least two values, have %v only: %w", u.fn, j, edges[0], mlgauge.ErrUndefined)
	}
	bin = make([]int, len(col))
	for i, v := range col {
		bin[i] = max(1, sort.SearchFloat64s(edges, v)) // the first edge that is not below v
	}
	return edges, bin, nil
}

// predictions predicts all rows count times, each time changed by set, through
// one buffer.
func (u *accumulation) predictions(count int, set func(k, i int, row []float64)) ([][]float64, error) {
	n, d := u.x.Dims()
	buf := make([]float64, min(u.size, n)*d)
	pred := make([][]float64, count)
	for k := range pred {
		pred[k] = make([]float64, n)
		for lo := 0; lo < n; lo += u.size {
			hi := min(n, lo+u.size)
			for i := lo; i < hi; i++ {
				row := buf[(i-lo)*d : (i-lo+1)*d]
				copy(row, u.x.RawRowView(i))
				set(k, i, row)
			}
			x := mat.NewDense(hi-lo, d, buf[:(hi-lo)*d])
			if err := u.predict(pred[k][lo:hi], x); err != nil {
				return nil, err
			}
			if k == 0 && lo == 0 {
				if err := u.again(pred[k][:hi], x); err != nil {
					return nil, err
				}
			}
		}
	}
	return pred, nil
}

// quantileEdges returns the distinct quantiles of col at 0, 1/bins, ..., 1.
func quantileEdges(col []float64, bins int) []float64 {
	sorted := slices.Clone(col)
	slices.Sort(sorted)
	n := len(sorted)
	edges := []float64{sorted[0]}
	for k := 1; k <= bins; k++ {
		// ceil(n k / bins) - 1 in integers: n k / bins is not rounded
		v := sorted[max(0, (n*k+bins-1)/bins-1)]
		if v != edges[len(edges)-1] {
			edges = append(edges, v)
		}
	}
	return edges
}
