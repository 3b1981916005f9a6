package bias

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
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
