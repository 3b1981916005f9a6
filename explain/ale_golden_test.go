package explain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// mixed has interactions of numbers and of a category, as make_ale.py.
func mixed(x []float64) float64 {
	a, b, c, d := x[0], x[1], x[2], x[3]
	return math.Sin(a)*b + 0.3*c*c + math.Abs(c-2)*a - 0.1*a*b*d
}

func TestAccumulatedOfPyALE(t *testing.T) {
	var g struct {
		Cases []struct {
			X                     [][]float64
			Edges, Effect, Values []float64
			Category, Similar     []float64
			Size, Count           []int
			Edges0, Edges1        []float64
			Interaction           [][]float64
		}
	}
	golden.Load(t, "explain/ale.json", &g)
	require.NotEmpty(t, g.Cases)
	empty := 0
	for i, c := range g.Cases {
		what := fmt.Sprintf("case %d", i)
		x := dense(c.X)
		a := Accumulated{Bins: 5, BatchRows: 64, Order: c.Values}
		e, err := a.Explain(ctx, of(mixed), x, 0)
		require.NoError(t, err, what)
		require.Equal(t, c.Edges, e.Edges, what)
		golden.EqualSlice(t, what, c.Effect, e.Effect, 1e-12)
		require.Equal(t, c.Size[1:], e.Count, what)

		k, err := a.Category(ctx, of(mixed), x, 2)
		require.NoError(t, err, what)
		require.Equal(t, c.Values, k.Values)
		require.Equal(t, c.Count, k.Count)
		golden.EqualSlice(t, what+" category", c.Category, k.Effect, 1e-12)
		a.Order = nil
		k, err = a.Category(ctx, of(mixed), x, 2)
		require.NoError(t, err, what)
		if c.Similar[0] > c.Similar[len(c.Similar)-1] {
			slices.Reverse(c.Similar)
		}
		require.Equal(t, c.Similar, k.Values, what)

		both, err := a.Interaction(ctx, of(mixed), x, 0, 1)
		require.NoError(t, err, what)
		require.Equal(t, [2][]float64{c.Edges0, c.Edges1}, both.Edges)
		for r := range c.Interaction {
			golden.EqualSlice(t, fmt.Sprint(what, " interaction ", r), c.Interaction[r], both.Effect.RawRowView(r), 1e-12)
		}
		for _, n := range both.Count.RawMatrix().Data {
			if n == 0 {
				empty++
			}
		}
	}
	require.Positive(t, empty, "cells without rows")
}

func TestInteractionOfASumIsZero(t *testing.T) {
	x := random(5, 200, 3)
	sum := func(x []float64) float64 { return math.Exp(x[0]) - x[1]*x[1] + x[2] }
	e, err := Accumulated{Bins: 6}.Interaction(ctx, of(sum), x, 0, 1)
	require.NoError(t, err)
	require.Less(t, mat.Max(e.Effect), 1e-12)
	require.Greater(t, mat.Min(e.Effect), -1e-12)
	// Exchanging the features transposes.
	e, err = Accumulated{Bins: 6}.Interaction(ctx, of(knotted), x, 0, 2)
	require.NoError(t, err)
	f, err := Accumulated{Bins: 6}.Interaction(ctx, of(knotted), x, 2, 0)
	require.NoError(t, err)
	require.True(t, mat.EqualApprox(e.Effect.T(), f.Effect, 1e-12))
	golden.Equal(t, "mean", e.Mean, f.Mean, 1e-14)
	require.Equal(t, 200.0, mat.Sum(e.Count))
}

// The standard errors cover the effects that other rows would have.
func TestStandardErrorsOfCategories(t *testing.T) {
	draw := func(seed uint64) *CategoryEffects {
		rng := rand.New(rand.NewPCG(seed, 1))
		x := mat.NewDense(300, 2, nil)
		for i := range 300 {
			x.SetRow(i, []float64{float64(rng.IntN(4)), rng.NormFloat64()})
		}
		e, err := Accumulated{Order: []float64{0, 1, 2, 3}}.Category(ctx, of(func(x []float64) float64 { return x[0] * x[1] }), x, 0)
		require.NoError(t, err)
		return e
	}
	const n = 400
	mean, square, said := make([]float64, 4), make([]float64, 4), make([]float64, 4)
	for s := range uint64(n) {
		e := draw(s)
		for k := range 4 {
			v := e.Effect[k] - e.Effect[0]
			mean[k] += v / n
			square[k] += v * v / n
			said[k] += e.StdErr[k] / n
		}
	}
	for k := 1; k < 4; k++ {
		spread := math.Sqrt(square[k] - mean[k]*mean[k])
		require.InEpsilon(t, spread, said[k], 0.12, "value %d", k)
	}
}

func TestOrderOfCategories(t *testing.T) {
	// Values whose rows lie along a line, numbered at random.
	rng := rand.New(rand.NewPCG(3, 1))
	x := mat.NewDense(500, 3, nil)
	place := []float64{2, 0, 4, 1, 3}
	for i := range 500 {
		k := rng.IntN(5)
		x.SetRow(i, []float64{place[k] + rng.NormFloat64(), float64(k), math.Round(place[k]/2 + rng.Float64())})
	}
	for _, categorical := range [][]int{nil, {1, 2}} {
		e, err := Accumulated{Categorical: categorical}.Category(ctx, of(knotted), x, 1)
		require.NoError(t, err)
		require.Equal(t, []float64{1, 3, 0, 4, 2}, e.Values)
	}
	one := mat.NewDense(4, 1, []float64{3, 1, 1, 2})
	e, err := Accumulated{}.Category(ctx, of(func(x []float64) float64 { return x[0] * x[0] }), one, 0)
	require.NoError(t, err)
	require.Equal(t, []float64{1, 2, 3}, e.Values)
	require.Equal(t, []float64{3, 5}, e.Step)
	golden.EqualSlice(t, "effect", []float64{1 - 3.75, 4 - 3.75, 9 - 3.75}, e.Effect, 1e-15)
	golden.Equal(t, "mean", 3.75, e.Mean, 1e-15)

	second := func(_ any, err error) error { return err }
	for name, c := range map[string]struct{ err, want error }{
		"twice":     {second(Accumulated{Order: []float64{1, 2, 2, 3}}.Category(ctx, of(knotted), one, 0)), mlgauge.ErrRange},
		"no row":    {second(Accumulated{Order: []float64{1, 2, 3, 4}}.Category(ctx, of(knotted), one, 0)), mlgauge.ErrRange},
		"NaN":       {second(Accumulated{Order: []float64{1, 2, math.NaN()}}.Category(ctx, of(knotted), one, 0)), mlgauge.ErrRange},
		"missing":   {second(Accumulated{Order: []float64{1, 2}}.Category(ctx, of(knotted), one, 0)), mlgauge.ErrUnknownCategory},
		"constant":  {second(Accumulated{}.Category(ctx, of(knotted), mat.NewDense(2, 1, []float64{5, 5}), 0)), mlgauge.ErrUndefined},
		"one row":   {second(Accumulated{}.Category(ctx, of(knotted), mat.NewDense(1, 1, []float64{5}), 0)), mlgauge.ErrUndefined},
		"no such":   {second(Accumulated{}.Category(ctx, of(knotted), one, 1)), mlgauge.ErrRange},
		"other":     {second(Accumulated{Categorical: []int{-1}}.Category(ctx, of(knotted), one, 0)), mlgauge.ErrRange},
		"hole":      {second(Accumulated{}.Category(ctx, of(knotted), mat.NewDense(3, 2, []float64{1, 0, 2, math.NaN(), 3, 0}), 0)), mlgauge.ErrNotFinite},
		"same":      {second(Accumulated{}.Interaction(ctx, of(knotted), x, 1, 1)), mlgauge.ErrRange},
		"2 no such": {second(Accumulated{}.Interaction(ctx, of(knotted), x, 1, 3)), mlgauge.ErrRange},
		"2 flat":    {second(Accumulated{}.Interaction(ctx, of(knotted), mat.NewDense(3, 2, []float64{1, 0, 2, 0, 3, 0}), 0, 1)), mlgauge.ErrUndefined},
		"2 bins":    {second(Accumulated{Bins: -1}.Interaction(ctx, of(knotted), x, 0, 1)), mlgauge.ErrRange},
		"2 level":   {second(Accumulated{Level: 2}.Interaction(ctx, of(knotted), x, 0, 1)), mlgauge.ErrRange},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}
