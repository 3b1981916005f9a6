package experiment

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

type powerGolden struct {
	Power []struct {
		Effect, N, Ratio, Alpha float64
		Alternative             Alternative
		T, Z                    golden.Float
	}
	Sizes []struct {
		Effect, Ratio, Alpha, Power, T, Z float64
		Alternative                       Alternative
	}
	Effects []struct{ Control, Treatment, H float64 }
	Cuped   []struct {
		YC, XC, YT, XT          golden.Floats
		Theta, Difference, T, P float64
		CI                      golden.Floats
	}
}

func TestPowerGolden(t *testing.T) {
	var g powerGolden
	golden.Load(t, "experiment/power.json", &g)
	for _, c := range g.Power {
		d := Design{Alpha: c.Alpha, Ratio: c.Ratio, Alternative: c.Alternative}
		got, err := d.MeansPower(c.Effect, c.N)
		require.NoError(t, err)
		// SciPy's noncentral t is a series with its own error.
		golden.Equal(t, "t power", float64(c.T), got, 1e-10)
		got, err = d.NormalPower(c.Effect, c.N)
		require.NoError(t, err)
		golden.Equal(t, "z power", float64(c.Z), got, 1e-12)
	}
	for _, c := range g.Sizes {
		d := Design{Alpha: c.Alpha, Ratio: c.Ratio, Power: c.Power, Alternative: c.Alternative}
		got, err := d.MeansSize(c.Effect)
		require.NoError(t, err)
		golden.Equal(t, "t size", c.T, got, 1e-7) // the peer's root finder
		back, err := d.MeansEffect(got)
		require.NoError(t, err)
		golden.Equal(t, "t effect", c.Effect, back, 1e-9)
		got, err = d.NormalSize(c.Effect)
		require.NoError(t, err)
		golden.Equal(t, "z size", c.Z, got, 1e-7)
		back, err = d.NormalEffect(got)
		require.NoError(t, err)
		golden.Equal(t, "z effect", c.Effect, back, 1e-9)
	}
	for _, c := range g.Effects {
		h, err := ProportionEffect(c.Control, c.Treatment)
		require.NoError(t, err)
		golden.Equal(t, "h", c.H, h, 1e-13)
	}
	for _, c := range g.Cuped {
		var control, treatment Covaried
		require.NoError(t, control.Add(c.YC.Values(), c.XC.Values()))
		require.NoError(t, treatment.Add(c.YT.Values(), c.XT.Values()))
		r, err := CUPED(&control, &treatment, 0.95)
		require.NoError(t, err)
		golden.Equal(t, "theta", c.Theta, r.Theta, 1e-10)
		golden.Equal(t, "difference", c.Difference, r.Value, 1e-10)
		golden.Equal(t, "t", c.T, r.Test.Statistic, 1e-10)
		golden.Equal(t, "p", c.P, r.Test.PValue, 1e-9)
		golden.Equal(t, "low", float64(c.CI[0]), r.Low, 1e-9)
		golden.Equal(t, "high", float64(c.CI[1]), r.High, 1e-9)
	}
}

// The noncentral t against its definition, drawn; and against the central one.
func TestNoncentralT(t *testing.T) {
	for _, df := range []float64{1, 2.5, 10, 100} {
		for _, x := range []float64{0.1, 1.7, 30} {
			golden.Equal(t, "central", distuv.StudentsT{Sigma: 1, Nu: df}.CDF(-x), noncentralT(x, df, 0), 1e-11)
		}
	}
	// scipy.stats.t.cdf(-x, df), SciPy 1.17.
	for _, c := range []struct{ df, x, want float64 }{
		{1e3, 0.1, 0.46018218451180204}, {1e3, 1.7, 0.04472094347962005}, {1e3, 30, 7.687343722021547e-142},
		{1e6, 0.1, 0.4601721727460216}, {1e6, 1.7, 0.04456561824517442}, {1e6, 30, 6.010047116832059e-198},
	} {
		golden.Equal(t, "central", c.want, tCDF(c.df)(-c.x), 1e-11)
		if c.want > 1e-9 {
			golden.Equal(t, "quantile", -c.x, tQuantile(c.want, c.df), 1e-11)
		}
	}
	golden.Equal(t, "certain", 1, noncentralT(2, 10, 100), 1e-15)
	golden.Equal(t, "no degrees", 1-distuv.UnitNormal.CDF(-1), noncentralT(2, 1e12, 3), 1e-6)
	r := rand.New(rand.NewPCG(1, 1))
	const n = 100_000
	for _, c := range []struct{ t, df, delta float64 }{{2, 5, 1}, {2.7, 3, 4}, {1, 30, -0.5}} {
		hits := 0
		for range n {
			if (r.NormFloat64()+c.delta)/math.Sqrt(2*gamma(r, c.df/2)/c.df) > c.t {
				hits++
			}
		}
		p := noncentralT(c.t, c.df, c.delta)
		require.InDelta(t, p, float64(hits)/n, 4*math.Sqrt(p*(1-p)/n))
	}
}

func TestProportionsDesign(t *testing.T) {
	var d Design
	n, err := d.ProportionsSize(0.1, 0.12)
	require.NoError(t, err)
	p, err := d.ProportionsPower(0.1, 0.12, n)
	require.NoError(t, err)
	golden.Equal(t, "power", 0.8, p, 1e-9)
	e, err := d.ProportionsEffect(0.1, n)
	require.NoError(t, err)
	golden.Equal(t, "effect", 0.02, e, 1e-9)
	d.Alternative = Less
	e, err = d.ProportionsEffect(0.5, 200)
	require.NoError(t, err)
	require.Negative(t, e)
	p, err = d.ProportionsPower(0.5, 0.5+e, 200)
	require.NoError(t, err)
	golden.Equal(t, "power", 0.8, p, 1e-9)
}

func TestPowerBadInput(t *testing.T) {
	var d Design
	is := func(want error) func(float64, error) {
		return func(v float64, err error) {
			t.Helper()
			require.ErrorIs(t, err, want)
			require.True(t, math.IsNaN(v))
		}
	}
	is(mlgauge.ErrRange)(d.MeansPower(1, 1))
	is(mlgauge.ErrRange)(d.MeansPower(1, 0))
	is(mlgauge.ErrRange)(d.MeansPower(1, math.NaN()))
	is(mlgauge.ErrNotFinite)(d.MeansPower(math.NaN(), 10))
	is(mlgauge.ErrRange)(d.NormalPower(1, -1))
	is(mlgauge.ErrUndefined)(d.MeansSize(0))
	is(mlgauge.ErrUndefined)(Design{Alternative: Less}.MeansSize(1))
	is(mlgauge.ErrUndefined)(Design{Alternative: Greater}.NormalSize(-1))
	is(mlgauge.ErrRange)(Design{Alpha: 1}.MeansSize(1))
	is(mlgauge.ErrRange)(Design{Power: -1}.MeansSize(1))
	is(mlgauge.ErrRange)(Design{Ratio: -1}.MeansSize(1))
	is(mlgauge.ErrRange)(Design{Alternative: 9}.MeansSize(1))
	is(mlgauge.ErrRange)(Design{Power: 0.01}.MeansEffect(10))
	is(mlgauge.ErrRange)(d.ProportionsEffect(1.5, 10))
	is(mlgauge.ErrUndefined)(d.ProportionsEffect(0.99, 5))
	is(mlgauge.ErrRange)(ProportionEffect(-0.1, 0.5))
}
