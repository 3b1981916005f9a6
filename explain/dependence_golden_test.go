package explain

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestPartialDependenceOfScikitLearn(t *testing.T) {
	var g struct {
		Cases []struct {
			X                     [][]float64
			Features, Categorical []int
			Weights               []float64
			Grid                  [][]float64
			Average               []float64
			Individual, Slope     [][]float64
			Custom                map[string][]float64
			Resolution            int       `json:"grid_resolution"`
			Percentiles           []float64 `json:"percentiles"`
		}
	}
	golden.Load(t, "explain/dependence.json", &g)
	require.NotEmpty(t, g.Cases)
	for i, c := range g.Cases {
		for _, batch := range []int{0, 1, 10, 64} {
			what := fmt.Sprintf("case %d, batches of %d", i, batch)
			p := PartialDependence{Resolution: c.Resolution, Weights: c.Weights, Categorical: c.Categorical, BatchRows: batch, Custom: map[int][]float64{}}
			for k, v := range c.Custom {
				j, err := strconv.Atoi(k)
				require.NoError(t, err)
				p.Custom[j] = v
			}
			if c.Percentiles != nil {
				p.Lower, p.Upper = c.Percentiles[0], c.Percentiles[1]
			}
			x := dense(c.X)
			d, err := p.Explain(ctx, of(knotted), x, c.Features...)
			require.NoError(t, err, what)
			require.Len(t, d.Grid, len(c.Grid))
			for k := range c.Grid {
				golden.EqualSlice(t, what+" grid", c.Grid[k], d.Grid[k], 1e-15)
			}
			// A model of sines: at 1e6 an ulp of the grid is 1e-10 of the angle.
			tol := 1e-12
			if c.X[0][0] > 1e3 || c.X[0][0] < -1e3 {
				tol = 1e-6
			}
			golden.EqualSlice(t, what+" average", c.Average, d.Average, tol)
			if c.Individual == nil {
				continue
			}
			curves, err := p.Individual(ctx, of(knotted), x, c.Features...)
			require.NoError(t, err, what)
			for r, want := range c.Individual {
				golden.EqualSlice(t, what+" individual", want, curves.Values.RawRowView(r), tol)
			}
			if c.Slope == nil {
				continue
			}
			slope, err := curves.Derivative()
			require.NoError(t, err, what)
			for r, want := range c.Slope {
				golden.EqualSlice(t, what+" slope", want, slope.Values.RawRowView(r), 100*tol)
			}
		}
	}
}
