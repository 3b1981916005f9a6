package bias

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
)

func TestFlipInterval(t *testing.T) {
	f := Flip{Disadvantaged: 90, Favoured: 5, Harmed: 20}
	v, err := f.Interval(0.95)
	require.NoError(t, err)
	d, n := -15.0/92, 92.0
	half := distuv.UnitNormal.Quantile(0.975) * math.Sqrt((27.0/92-d*d)/n)
	require.InDelta(t, d-half, v.Low, 1e-15)
	require.InDelta(t, d+half, v.High, 1e-15)
	require.Equal(t, -15.0/90, v.Value)

	v, err = Flip{Disadvantaged: 2, Harmed: 2}.Interval(0.999)
	require.NoError(t, err)
	require.Equal(t, -1.0, v.Low)

	require.Equal(t, 1.0, Flip{Disadvantaged: 3}.PValue())
	require.Equal(t, 0.5, Flip{Disadvantaged: 3, Favoured: 2}.PValue())
	require.Equal(t, 1.0, Flip{Disadvantaged: 3, Favoured: 1, Harmed: 1}.PValue())

	_, err = f.Interval(1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Flip{}.Interval(0.9)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}

// The interval covers the true difference at about its level.
func TestFlipIntervalCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, c := range []struct {
		n    int
		p, q float64
	}{{20, .1, .3}, {40, .02, .05}, {200, .1, .1}} {
		covered := 0
		for range 2000 {
			f := Flip{Disadvantaged: c.n}
			for range c.n {
				switch u := rng.Float64(); {
				case u < c.p:
					f.Favoured++
				case u < c.p+c.q:
					f.Harmed++
				}
			}
			v, err := f.Interval(0.95)
			require.NoError(t, err)
			if v.Low <= c.p-c.q && c.p-c.q <= v.High {
				covered++
			}
		}
		// Binomial(2000, 0.95): below 1870 has probability under 0.1%.
		require.Greater(t, covered, 1870, "%+v", c)
	}
}

func TestFlipInAReport(t *testing.T) {
	var c Counts
	require.NoError(t, c.Add(small()))
	f, err := c.Facet([]string{c.FacetValues()[0]}, []string{"1"})
	require.NoError(t, err)
	_, err = f.FT()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = f.WithFlip(Flip{}, nil).FT()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	why := errors.New("column \"town\": need numbers")
	report, err := f.WithFlip(Flip{}, why).Report(Bootstrap{Resamples: 20})
	require.NoError(t, err)
	for _, r := range report {
		if r.Name == "FT" {
			require.ErrorIs(t, r.Err, why)
		}
	}
	v, err := f.WithFlip(Flip{Disadvantaged: 50, Favoured: 30, Harmed: 10}, nil).Interval((*Facet).FT, Bootstrap{})
	require.NoError(t, err)
	require.Equal(t, 0.4, v.Value)
	require.InDelta(t, 0.4-1.96*math.Sqrt((0.8-0.16)/50), v.Low, 0.06)
	require.InDelta(t, 0.4+1.96*math.Sqrt((0.8-0.16)/50), v.High, 0.06)
}

// By the rules: rows that miss a facet or a prediction do not take part, and a facet of two
// values gives two tests.
func TestSelectionFlipTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	const n = 60
	x := mat.NewDense(n, 2, nil)
	facet, label, prediction := Column{Values: []string{"a", "b", "?"}}, Column{Values: []string{"0", "1"}}, Column{Values: []string{"1", "0"}}
	for i := range n {
		x.SetRow(i, []float64{rng.NormFloat64(), rng.NormFloat64()})
		facet.Codes = append(facet.Codes, rng.Int32N(3))
		label.Codes = append(label.Codes, rng.Int32N(2))
		prediction.Codes = append(prediction.Codes, rng.Int32N(3)-1)
	}
	var c Counts
	require.NoError(t, c.Add(Batch{Facet: facet, Label: label, Prediction: prediction}))
	missing := "?"
	s, err := c.Select(Rules{Positive: []string{"1"}, Missing: &missing})
	require.NoError(t, err)
	require.Len(t, s.Facets, 2)
	require.NoError(t, s.FlipTest(x, facet, prediction))
	for _, f := range s.Facets {
		var rows []int
		var predicted, d []bool
		for i, k := range facet.Codes {
			if k < 2 && prediction.Codes[i] >= 0 {
				rows = append(rows, i)
				predicted, d = append(predicted, prediction.Codes[i] == 0), append(d, facet.Values[k] == f.Name())
			}
		}
		sub := mat.NewDense(len(rows), 2, nil)
		for i, r := range rows {
			sub.SetRow(i, x.RawRowView(r))
		}
		want, err := FlipTest(sub, predicted, d)
		require.NoError(t, err)
		got, err := f.FT()
		require.NoError(t, err)
		require.Equal(t, want.FT(), got)
	}

	require.ErrorIs(t, s.FlipTest(&mat.Dense{}, facet, prediction), mlgauge.ErrEmpty)
	require.ErrorIs(t, s.FlipTest(x, Column{}, prediction), mlgauge.ErrLength)
	require.ErrorIs(t, s.FlipTest(x, facet, Column{Codes: make([]int32, n)}), mlgauge.ErrRange)
	none := Column{Codes: make([]int32, n), Values: []string{"1"}}
	for i := range none.Codes {
		none.Codes[i] = Missing
	}
	require.ErrorIs(t, s.FlipTest(x, facet, none), mlgauge.ErrEmpty)
	for i := range n {
		x.Set(i, 1, math.NaN())
	}
	require.NoError(t, s.FlipTest(x, facet, prediction))
	_, err = s.Facets[0].FT()
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
}

func TestCodesOutsideTheValues(t *testing.T) {
	bad := Column{Codes: []int32{0, 2}, Values: []string{"a", "b"}}
	_, err := ByRows(bad, Column{}, nil)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = ByRows(Labels([]int{1, 2}), bad, nil)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Exposure(bad, []float64{1, 2})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = CalibrationByGroup(bad, []bool{true, false}, []float64{.1, .2}, 2)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Coded([]int32{-2}, []string{"a"})
	require.ErrorIs(t, err, mlgauge.ErrRange)
}
