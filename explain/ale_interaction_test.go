package explain

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

// The errors are those of the sum that the effect is: its factors found by giving one
// cell after the other a Delta of 1.
func TestErrorsOfAnInteraction(t *testing.T) {
	for _, c := range []struct{ n, bins int }{{60, 3}, {200, 5}, {90, 8}, {40, 1}} {
		x := random(uint64(c.n), c.n, 3)
		for i := range c.n {
			x.Set(i, 1, x.At(i, 1)+x.At(i, 0)) // some cells stay empty
		}
		f := func(x []float64) float64 { return x[0]*x[1]*x[2] + math.Sin(x[0]+x[1]) }
		e, err := Accumulated{Bins: c.bins, Level: 0.9}.Interaction(ctx, of(f), x, 0, 1)
		require.NoError(t, err)
		rows, cols := e.Count.Dims()
		values := map[[2]int][]float64{}
		for i := range c.n {
			row := x.RawRowView(i)
			var b [2]int
			for f := range b {
				for b[f] = 1; e.Edges[f][b[f]] < row[f]; b[f]++ {
				}
			}
			at := func(k, l int) float64 { return f([]float64{e.Edges[0][k], e.Edges[1][l], row[2]}) }
			cell := [2]int{b[0] - 1, b[1] - 1}
			values[cell] = append(values[cell], at(b[0], b[1])-at(b[0]-1, b[1])-at(b[0], b[1]-1)+at(b[0]-1, b[1]-1))
		}
		within, freedom := 0.0, 0.0
		square := map[[2]int]float64{}
		for cell, v := range values {
			mean := 0.0
			for _, d := range v {
				mean += d / float64(len(v))
			}
			for _, d := range v {
				square[cell] += (d - mean) * (d - mean)
			}
			within, freedom = within+square[cell], freedom+float64(len(v)-1)
		}
		variance := mat.NewDense(rows+1, cols+1, nil)
		for cell, v := range values {
			n := float64(len(v))
			of := square[cell] / (n - 1) / n
			if n == 1 {
				of = within / freedom
			}
			unit := &LocalInteraction{Edges: e.Edges, Count: e.Count, Effect: mat.NewDense(rows+1, cols+1, nil)}
			delta := mat.NewDense(rows, cols, nil)
			delta.Set(cell[0], cell[1], 1)
			unit.fillEmpty(delta)
			for k := range rows {
				for l := range cols {
					unit.Effect.Set(k+1, l+1, unit.Effect.At(k, l+1)+unit.Effect.At(k+1, l)-unit.Effect.At(k, l)+delta.At(k, l))
				}
			}
			unit.center(float64(c.n))
			for k := range rows + 1 {
				for l := range cols + 1 {
					factor := unit.Effect.At(k, l)
					variance.Set(k, l, variance.At(k, l)+factor*factor*of)
				}
			}
		}
		for k := range rows + 1 {
			for l := range cols + 1 {
				se := math.Sqrt(variance.At(k, l))
				golden.Equal(t, "error", se, e.StdErr.At(k, l), 1e-9) // the differences of f cancel
				golden.Equal(t, "low", e.Effect.At(k, l)-1.6448536269514722*se, e.Low.At(k, l), 1e-9)
				golden.Equal(t, "high", e.Effect.At(k, l)+1.6448536269514722*se, e.High.At(k, l), 1e-9)
			}
		}
	}
}

// With the two features as they are and the others drawn again and again, effects
// vary as much as the errors say.
func TestEffectsVaryAsTheirErrorsSay(t *testing.T) {
	const n, draws = 300, 400
	x := random(3, n, 3)
	f := func(x []float64) float64 { return x[0] * x[1] * x[2] }
	rng := rand.New(rand.NewPCG(4, 5))
	sum, square, variance := mat.NewDense(5, 5, nil), mat.NewDense(5, 5, nil), mat.NewDense(5, 5, nil)
	for range draws {
		for i := range n {
			x.Set(i, 2, 1+rng.NormFloat64())
		}
		e, err := Accumulated{Bins: 4}.Interaction(ctx, of(f), x, 0, 1)
		require.NoError(t, err)
		sum.Add(sum, e.Effect)
		e.Effect.MulElem(e.Effect, e.Effect)
		square.Add(square, e.Effect)
		e.StdErr.MulElem(e.StdErr, e.StdErr)
		variance.Add(variance, e.StdErr)
	}
	for k := range 5 {
		for l := range 5 {
			mean := sum.At(k, l) / draws
			require.InEpsilon(t, square.At(k, l)/draws-mean*mean, variance.At(k, l)/draws, 0.3,
				"a variance of %d draws has an error of 7%%, four times that", draws)
		}
	}
}

func TestErrorsThatAreNotKnown(t *testing.T) {
	// No cell has two rows.
	e, err := Accumulated{}.Interaction(ctx, of(knotted), random(1, 9, 3), 0, 1)
	require.NoError(t, err)
	require.True(t, math.IsNaN(e.StdErr.At(2, 2)) && math.IsNaN(e.Low.At(0, 0)) && !math.IsNaN(e.Effect.At(2, 2)))
	require.Equal(t, 0.95, e.Level)
	// Ended after the last call of the model.
	gone, cancel := context.WithCancel(ctx)
	calls := 0
	m := func(dst []float64, x *mat.Dense) error {
		if calls++; calls == 6 { // five of all rows, and the first again
			cancel()
		}
		return of(knotted)(dst, x)
	}
	_, err = Accumulated{}.Interaction(gone, m, random(1, 30, 3), 0, 1)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 6, calls)
}
