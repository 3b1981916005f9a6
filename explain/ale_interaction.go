package explain

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// LocalInteraction is the second-order accumulated effect of two features at the
// corners of their bins: what they do together beyond what each does alone.
type LocalInteraction struct {
	Features [2]int
	Edges    [2][]float64
	Effect   *mat.Dense // K1+1 by K2+1, at the corners
	Count    *mat.Dense // K1 by K2: rows in each cell; 0 where the effect is that of a neighbour
	Mean     float64    // mean prediction of the rows
}

// Interaction returns the accumulated local effects of two numeric features, over
// the bins that Explain makes of each:
//
//	Delta_kl = mean of (f(z_k, y_l) - f(z_k-1, y_l)) - (f(z_k, y_l-1) - f(z_k-1, y_l-1))
//	           over the rows of the cell, with their other features
//	E_kl     = sum of Delta over the cells up to (k, l)
//
// from which the main effects that it holds are taken: those of the first feature,
//
//	sum_{k' <= k} sum_l n_k'l/n_k' (E_k'l - E_k'-1,l + E_k',l-1 - E_k'-1,l-1)/2
//
// those of the second likewise, and the mean over the rows, the value of a cell
// being that of its corners on average. A cell without rows has the Delta of the
// one whose middle is nearest, by distances in units of the features' ranges; the
// first of several. A model that is a sum of functions of each feature has 0
// everywhere.
//
// The model predicts 5n rows.
//
// Errors: ErrRange for a bad option, feature or one given twice; ErrUndefined for
// a constant feature, ErrNotFinite for NaN or an infinity in one; ErrEmpty for no
// rows; the errors of Model; the context's. Source: Apley and Zhu (2020), and
// their ALEPlot 1.1.
func (a Accumulated) Interaction(ctx context.Context, model Model, x *mat.Dense, first, second int) (*LocalInteraction, error) {
	const fn = "Accumulated.Interaction"
	u, err := a.start(ctx, fn, model, x)
	if err != nil {
		return nil, err
	}
	if first == second {
		return nil, fmt.Errorf("%s: features: need two different ones, have %d twice: %w", fn, first, mlgauge.ErrRange)
	}
	e := &LocalInteraction{Features: [2]int{first, second}}
	var bin [2][]int
	for f, j := range e.Features {
		if e.Edges[f], bin[f], err = u.bins(j); err != nil {
			return nil, err
		}
	}
	pred, err := u.predictions(5, func(k, i int, row []float64) {
		if k < 4 {
			row[first] = e.Edges[0][bin[0][i]-1+k/2]
			row[second] = e.Edges[1][bin[1][i]-1+k%2]
		}
	})
	if err != nil {
		return nil, err
	}
	rows, cols := len(e.Edges[0])-1, len(e.Edges[1])-1
	delta := mat.NewDense(rows, cols, nil)
	e.Count = mat.NewDense(rows, cols, nil)
	n := float64(len(bin[0]))
	for i := range bin[0] {
		e.Mean += (pred[4][i] - pred[4][0]) / n
		k, l := bin[0][i]-1, bin[1][i]-1
		m := e.Count.At(k, l) + 1
		e.Count.Set(k, l, m)
		v := (pred[3][i] - pred[1][i]) - (pred[2][i] - pred[0][i])
		delta.Set(k, l, delta.At(k, l)+(v-delta.At(k, l))/m)
	}
	e.Mean += pred[4][0]
	e.fillEmpty(delta)
	e.Effect = mat.NewDense(rows+1, cols+1, nil)
	for k := range rows {
		for l := range cols {
			e.Effect.Set(k+1, l+1, e.Effect.At(k, l+1)+(e.Effect.At(k+1, l)-e.Effect.At(k, l))+delta.At(k, l))
		}
	}
	e.center(n)
	return e, nil
}

// fillEmpty gives cells without rows the value of the nearest cell that has some.
func (e *LocalInteraction) fillEmpty(delta *mat.Dense) {
	rows, cols := delta.Dims()
	middle := func(f, k int) float64 {
		z := e.Edges[f]
		span := z[len(z)-1]/2 - z[0]/2 // halves: a range may overflow
		return (z[k]/2+z[k+1]/2)/(2*span) - z[0]/(2*span)
	}
	for k := range rows {
		for l := range cols {
			if e.Count.At(k, l) > 0 {
				continue
			}
			best := math.Inf(1)
			for r := range rows {
				a := middle(0, r) - middle(0, k)
				for c := range cols {
					if e.Count.At(r, c) == 0 {
						continue
					}
					b := middle(1, c) - middle(1, l)
					if far := a*a + b*b; far < best {
						best = far
						delta.Set(k, l, delta.At(r, c))
					}
				}
			}
		}
	}
}

// center takes the main effects and the mean from the effect.
func (e *LocalInteraction) center(n float64) {
	rows, cols := e.Count.Dims()
	at := func(k, l int) float64 { return e.Effect.At(k, l) }
	main := [2][]float64{make([]float64, rows+1), make([]float64, cols+1)}
	for k := range rows {
		sum, size := 0.0, 0.0
		for l := range cols {
			m := e.Count.At(k, l)
			size += m
			sum += m * ((at(k+1, l+1) - at(k, l+1)) + (at(k+1, l) - at(k, l))) / 2
		}
		main[0][k+1] = main[0][k] + sum/size
	}
	for l := range cols {
		sum, size := 0.0, 0.0
		for k := range rows {
			m := e.Count.At(k, l)
			size += m
			sum += m * ((at(k+1, l+1) - at(k+1, l)) + (at(k, l+1) - at(k, l))) / 2
		}
		main[1][l+1] = main[1][l] + sum/size
	}
	mean := 0.0
	for k := range rows + 1 {
		for l := range cols + 1 {
			e.Effect.Set(k, l, at(k, l)-main[0][k]-main[1][l])
		}
	}
	for k := range rows {
		for l := range cols {
			mean += e.Count.At(k, l) / n * (at(k, l) + at(k+1, l) + at(k, l+1) + at(k+1, l+1)) / 4
		}
	}
	for k := range rows + 1 {
		for l := range cols + 1 {
			e.Effect.Set(k, l, at(k, l)-mean)
		}
	}
}
