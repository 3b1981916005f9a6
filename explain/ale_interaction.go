package explain

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// LocalInteraction is the second-order accumulated effect of two features at the
// corners of their bins: what they do together beyond what each does alone.
type LocalInteraction struct {
	Features [2]int
	Edges    [2][]float64
	Effect   *mat.Dense // K1+1 by K2+1, at the corners
	StdErr   *mat.Dense // of the effect, over the rows of the cells
	Low      *mat.Dense // interval of the effect, at Level
	High     *mat.Dense
	Count    *mat.Dense // K1 by K2: rows in each cell; 0 where the effect is that of a neighbour
	Mean     float64    // mean prediction of the rows
	Level    float64
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
// The effect at a corner is a sum over the cells of their Delta times a factor that
// depends on the counts alone, so that with s^2 the variance of the rows of a cell,
//
//	StdErr^2 = sum over cells with rows of factor^2 s^2/n,
//
// which says how much the effect would vary with other rows, as many in each cell.
// What a cell without rows takes from its neighbour varies with the neighbour. A
// cell with one row has the variance within the cells that have more, all of them
// together; if none has more, all is NaN. The interval is Effect -+ z StdErr.
//
// The model predicts 5n rows. The errors take a number of steps that is the square of
// the number of cells.
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
	e := &LocalInteraction{Features: [2]int{first, second}, Level: u.level}
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
	square := mat.NewDense(rows, cols, nil) // of the deviations from delta
	for i := range bin[0] {
		e.Mean += (pred[4][i] - pred[4][0]) / n
		k, l := bin[0][i]-1, bin[1][i]-1
		m := e.Count.At(k, l) + 1
		e.Count.Set(k, l, m)
		v := (pred[3][i] - pred[1][i]) - (pred[2][i] - pred[0][i])
		diff := v - delta.At(k, l)
		delta.Set(k, l, delta.At(k, l)+diff/m)
		square.Set(k, l, square.At(k, l)+diff*(v-delta.At(k, l)))
	}
	e.Mean += pred[4][0]
	donor := e.fillEmpty(delta)
	e.Effect = mat.NewDense(rows+1, cols+1, nil)
	for k := range rows {
		for l := range cols {
			e.Effect.Set(k+1, l+1, e.Effect.At(k, l+1)+(e.Effect.At(k+1, l)-e.Effect.At(k, l))+delta.At(k, l))
		}
	}
	e.center(n)
	if err := e.setErrors(u.caller, n, square, donor); err != nil {
		return nil, err
	}
	return e, nil
}

// fillEmpty gives cells without rows the value of the nearest cell that has some. It
// returns the cell, k*K2+l, that each has its value from.
func (e *LocalInteraction) fillEmpty(delta *mat.Dense) (donor []int) {
	rows, cols := delta.Dims()
	donor = make([]int, rows*cols)
	middle := func(f, k int) float64 {
		z := e.Edges[f]
		span := z[len(z)-1]/2 - z[0]/2 // halves: a range may overflow
		return (z[k]/2+z[k+1]/2)/(2*span) - z[0]/(2*span)
	}
	for k := range rows {
		for l := range cols {
			if donor[k*cols+l] = k*cols + l; e.Count.At(k, l) > 0 {
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
						donor[k*cols+l] = r*cols + c
					}
				}
			}
		}
	}
	return donor
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

// setErrors sets StdErr and the interval from the squared deviations within the cells.
//
// The factor of Delta_ab at corner (k, l) is what center makes of an effect of 1 at
// the corners beyond the cell:
//
//	[k > a][l > b] - [k > a] p - [l > b] q - c
//
// with p the share of the rows of bin a of the first feature that lie beyond b in
// the second, q that of bin b beyond a, those of the cell itself by half, and c the
// mean of the rest.
func (e *LocalInteraction) setErrors(u caller, n float64, square *mat.Dense, donor []int) error {
	rows, cols := e.Count.Dims()
	// Rows in the cells from (k, l) on.
	beyond := mat.NewDense(rows+1, cols+1, nil)
	within, freedom := 0.0, 0.0
	for k := rows - 1; k >= 0; k-- {
		for l := cols - 1; l >= 0; l-- {
			m := e.Count.At(k, l)
			beyond.Set(k, l, m+beyond.At(k+1, l)+beyond.At(k, l+1)-beyond.At(k+1, l+1))
			if m > 1 {
				within, freedom = within+square.At(k, l), freedom+m-1
			}
		}
	}
	type cell struct {
		k, l    int
		p, q, c float64
	}
	type source struct { // a Delta, and the cells that have it
		variance float64
		cells    []cell
	}
	sources := make([]source, rows*cols)
	for a := range rows {
		first := (beyond.At(a, 0) + beyond.At(a+1, 0)) / 2
		for b := range cols {
			second := (beyond.At(0, b) + beyond.At(0, b+1)) / 2
			both := (beyond.At(a, b) + beyond.At(a, b+1) + beyond.At(a+1, b) + beyond.At(a+1, b+1)) / 4
			m := e.Count.At(a, b)
			p := (beyond.At(a, b) - beyond.At(a+1, b) + beyond.At(a, b+1) - beyond.At(a+1, b+1)) / 2 / (beyond.At(a, 0) - beyond.At(a+1, 0))
			q := (beyond.At(a, b) - beyond.At(a, b+1) + beyond.At(a+1, b) - beyond.At(a+1, b+1)) / 2 / (beyond.At(0, b) - beyond.At(0, b+1))
			s := &sources[donor[a*cols+b]]
			s.cells = append(s.cells, cell{a, b, p, q, (both - p*first - q*second) / n})
			if m > 1 {
				sources[a*cols+b].variance = square.At(a, b) / (m - 1) / m
			} else if m == 1 {
				sources[a*cols+b].variance = within / freedom // 0/0 if no cell has two
			}
		}
	}
	e.StdErr, e.Low, e.High = mat.NewDense(rows+1, cols+1, nil), mat.NewDense(rows+1, cols+1, nil), mat.NewDense(rows+1, cols+1, nil)
	z := distuv.UnitNormal.Quantile((1 + e.Level) / 2)
	parallel.Each(rows+1, func(k int) {
		if u.ctx.Err() != nil {
			return
		}
		variance := e.StdErr.RawRowView(k)
		step := make([]float64, cols+1) // of the factor, at each corner
		for _, s := range sources {
			if len(s.cells) == 0 {
				continue
			}
			factor := 0.0
			for _, c := range s.cells {
				factor -= c.c
				step[c.l+1] -= c.q
				if k > c.k {
					factor -= c.p
					step[c.l+1]++
				}
			}
			for l, d := range step {
				factor += d
				variance[l] += factor * factor * s.variance
				step[l] = 0
			}
		}
		for l, v := range variance {
			variance[l] = math.Sqrt(v)
			e.Low.Set(k, l, e.Effect.At(k, l)-z*variance[l])
			e.High.Set(k, l, e.Effect.At(k, l)+z*variance[l])
		}
	})
	if err := u.ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", u.fn, err)
	}
	return nil
}
