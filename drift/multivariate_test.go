package drift_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func dense(rows []golden.Floats) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r.Values())
	}
	return m
}

func TestReconstructionGolden(t *testing.T) {
	var f struct {
		Reference, Current []golden.Floats
		Cases              []struct {
			Share      float64
			Components int
			Errors     golden.Floats
		}
	}
	golden.Load(t, "drift/multivariate.json", &f)
	for _, c := range f.Cases {
		r := drift.Reconstruction{Share: c.Share}
		require.NoError(t, r.Fit(dense(f.Reference)))
		require.Len(t, r.PCA.Components, c.Components)
		e, err := r.Errors(dense(f.Current))
		require.NoError(t, err)
		golden.EqualSlice(t, "errors", c.Errors.Values(), e, 1e-12)

		b, err := json.Marshal(&r)
		require.NoError(t, err)
		var again drift.Reconstruction
		require.NoError(t, json.Unmarshal(b, &again))
		e2, err := again.Errors(dense(f.Current))
		require.NoError(t, err)
		require.Equal(t, e, e2)
	}
}

// pairs returns two columns of standard normals with the correlation rho.
func pairs(n int, rho float64, seed uint64) []drift.Column {
	x, y := noise(n, 0, seed), noise(n, 0, seed+1000)
	for i := range y {
		y[i] = rho*x[i] + math.Sqrt(1-rho*rho)*y[i]
	}
	return []drift.Column{{Name: "x", Floats: x}, {Name: "y", Floats: y}}
}

func matrix(cols []drift.Column) *mat.Dense {
	m := mat.NewDense(len(cols[0].Floats), len(cols), nil)
	for j, c := range cols {
		m.SetCol(j, c.Floats)
	}
	return m
}

// A change of correlation shows in the reconstruction error alone.
func TestReconstructionFindsCorrelation(t *testing.T) {
	ref, cur := pairs(5000, 0.9, 1), pairs(500, 0, 2)
	r, err := drift.CompareDatasets(ref, cur, drift.Options{ColumnOptions: drift.ColumnOptions{Test: "ks", Threshold: 0.01}})
	require.NoError(t, err)
	require.Zero(t, r.DriftedColumns)
	var rec drift.Reconstruction
	m := matrix(ref)
	require.NoError(t, rec.Fit(m))
	chunks, err := drift.ChunksBySize(5000, 500)
	require.NoError(t, err)
	v, err := drift.ChunkValues(chunks, func(lo, hi int) (float64, error) { return rec.Mean(m.Slice(lo, hi, 0, 2)) })
	require.NoError(t, err)
	limits, err := drift.ChunkLimits(v, drift.LimitOptions{})
	require.NoError(t, err)
	require.Empty(t, limits.Alerts(v))
	e, err := rec.Mean(matrix(cur))
	require.NoError(t, err)
	require.Equal(t, []int{0}, limits.Alerts([]float64{e}))
}

func TestReconstructionBad(t *testing.T) {
	var r drift.Reconstruction
	m := matrix(pairs(20, 0.5, 1))
	_, err := r.Errors(m)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, (&drift.Reconstruction{Share: 2}).Fit(m), mlgauge.ErrRange)
	require.NoError(t, r.Fit(m))
	_, err = r.Errors(mat.NewDense(2, 3, nil))
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = r.Errors(mat.NewDense(1, 2, []float64{1, math.NaN()}))
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	require.ErrorIs(t, r.Fit(mat.NewDense(1, 2, []float64{1, math.Inf(1)})), mlgauge.ErrNotFinite)
	require.ErrorIs(t, r.Fit(mat.NewDense(3, 2, nil)), mlgauge.ErrUndefined)
	_, err = r.Errors(&mat.Dense{})
	require.Error(t, err)
	_, err = r.Errors(m)
	require.NoError(t, err, "a failed Fit leaves it as it was")
}

func TestDomainClassifier(t *testing.T) {
	const n = 1500
	side := func(mean, sd float64, p float64, seed uint64) []drift.Column {
		x, y := noise(n, mean, seed), noise(n, 0, seed+10)
		for i := range y {
			y[i] *= sd
			if i%20 == 0 {
				y[i] = math.NaN()
			}
		}
		return []drift.Column{{Name: "x", Floats: x}, {Name: "y", Floats: y}, letters("l", n, p, seed+20)}
	}
	ref := side(0, 1, 0.5, 1)
	same, err := drift.DomainClassifier(ref, side(0, 1, 0.5, 2), drift.DomainOptions{})
	require.NoError(t, err)
	require.False(t, same.Drifted)
	// 1.4 times DeLong's standard deviation is 0.015.
	require.InDelta(t, 0.5, same.AUC.Value, 0.06)
	require.Greater(t, same.PValue, 0.01)

	moved, err := drift.DomainClassifier(ref, side(1, 1, 0.5, 3), drift.DomainOptions{})
	require.NoError(t, err)
	require.True(t, moved.Drifted)
	// Two normals one deviation apart: Phi(1/sqrt 2).
	require.InDelta(t, 0.7602, moved.AUC.Value, 0.03)
	require.Equal(t, "x", moved.Features[0].Name)
	require.Greater(t, moved.Features[0].Share, 0.8)

	wider, err := drift.DomainClassifier(ref, side(0, 3, 0.5, 4), drift.DomainOptions{})
	require.NoError(t, err)
	require.True(t, wider.Drifted)
	require.Equal(t, "y", wider.Features[0].Name)
	text, err := drift.DomainClassifier(ref, side(0, 1, 0.8, 5), drift.DomainOptions{MaxRows: 400, Folds: 3, Level: 0.9})
	require.NoError(t, err)
	require.True(t, text.Drifted)
	require.Equal(t, "l", text.Features[0].Name)
	require.Equal(t, 400, text.ReferenceRows)

	again, err := drift.DomainClassifier(ref, side(0, 1, 0.8, 5), drift.DomainOptions{MaxRows: 400, Folds: 3, Level: 0.9})
	require.NoError(t, err)
	require.Equal(t, text, again)
	// Sides that can be told apart at a glance.
	apart, err := drift.DomainClassifier(ref, side(100, 1, 0.5, 6), drift.DomainOptions{})
	require.NoError(t, err)
	require.InDelta(t, 1, apart.AUC.Value, 1e-3)
}

func TestDomainClassifierBad(t *testing.T) {
	x := []drift.Column{{Name: "x", Floats: noise(50, 0, 1)}}
	y := []drift.Column{{Name: "y", Floats: noise(50, 0, 2)}}
	constant := []drift.Column{{Name: "x", Floats: make([]float64, 50)}}
	for name, c := range map[string]struct {
		ref, cur []drift.Column
		o        drift.DomainOptions
		want     error
	}{
		"nothing in common": {x, y, drift.DomainOptions{}, mlgauge.ErrEmpty},
		"no rows":           {nil, x, drift.DomainOptions{}, mlgauge.ErrEmpty},
		"few rows":          {x, []drift.Column{{Name: "x", Floats: []float64{1, 2}}}, drift.DomainOptions{}, mlgauge.ErrEmpty},
		"constant":          {constant, constant, drift.DomainOptions{}, mlgauge.ErrUndefined},
		"kind":              {x, []drift.Column{letters("x", 50, 0.5, 1)}, drift.DomainOptions{}, mlgauge.ErrIncompatible},
		"folds":             {x, x, drift.DomainOptions{Folds: 1}, mlgauge.ErrRange},
		"rows":              {x, x, drift.DomainOptions{MaxRows: -1}, mlgauge.ErrRange},
		"categories":        {x, x, drift.DomainOptions{MaxCategories: -1}, mlgauge.ErrRange},
		"ridge":             {x, x, drift.DomainOptions{Ridge: -1}, mlgauge.ErrRange},
		"level":             {x, x, drift.DomainOptions{Level: 1}, mlgauge.ErrRange},
		"threshold":         {x, x, drift.DomainOptions{Threshold: 2}, mlgauge.ErrRange},
		"twice":             {append(x, x...), x, drift.DomainOptions{}, mlgauge.ErrRange},
	} {
		_, err := drift.DomainClassifier(c.ref, c.cur, c.o)
		require.ErrorIs(t, err, c.want, name)
	}
	inf := []drift.Column{{Name: "x", Floats: append(noise(49, 0, 1), math.Inf(1))}}
	_, err := drift.DomainClassifier(inf, x, drift.DomainOptions{})
	require.NoError(t, err)
}
