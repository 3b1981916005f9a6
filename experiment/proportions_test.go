package experiment

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/metrics"
)

// Limits of Newcombe, Statistics in Medicine 17 (1998) 873, table II: method 10
// (Newcombe's) and the Miettinen-Nurminen score, columns a to d.
func TestDifferencePublished(t *testing.T) {
	for _, c := range []struct{ xt, nt, xc, nc, nl, nh, ml, mh float64 }{
		{56, 70, 48, 80, 0.0524, 0.3339, 0.0528, 0.3382},
		{9, 10, 3, 10, 0.1705, 0.8090, 0.1700, 0.8406},
	} {
		control, treatment := metrics.Rate{Hits: c.xc, Trials: c.nc}, metrics.Rate{Hits: c.xt, Trials: c.nt}
		v, err := DifferenceInterval(control, treatment, Newcombe, 0.95)
		require.NoError(t, err)
		require.InDelta(t, c.nl, v.Low, 5e-5)
		require.InDelta(t, c.nh, v.High, 5e-5)
		v, err = DifferenceInterval(control, treatment, MiettinenNurminen, 0.95)
		require.NoError(t, err)
		require.InDelta(t, c.ml, v.Low, 5e-5)
		require.InDelta(t, c.mh, v.High, 5e-5)
	}
}

// The score against the proportions that are most likely under the hypothesis,
// found by search.
func TestScoreAgainstSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	xlogy := func(x, y float64) float64 {
		if x == 0 {
			return 0
		}
		return x * math.Log(y)
	}
	best := func(lo, hi float64, f func(float64) float64) float64 {
		for range 200 {
			a, b := lo+(hi-lo)/3, hi-(hi-lo)/3
			if f(a) < f(b) {
				lo = a
			} else {
				hi = b
			}
		}
		return (lo + hi) / 2
	}
	for range 200 {
		nc, nt := float64(2+r.IntN(60)), float64(2+r.IntN(60))
		c := metrics.Rate{Hits: float64(r.IntN(int(nc) + 1)), Trials: nc}
		x := metrics.Rate{Hits: float64(r.IntN(int(nt) + 1)), Trials: nt}
		likely := func(pc, pt float64) float64 {
			return xlogy(c.Hits, pc) + xlogy(nc-c.Hits, 1-pc) + xlogy(x.Hits, pt) + xlogy(nt-x.Hits, 1-pt)
		}
		d := 1.8*r.Float64() - 0.9
		pc := best(math.Max(0, -d), math.Min(1, 1-d), func(p float64) float64 { return likely(p, p+d) })
		pt := pc + d
		want := (x.Hits/nt - c.Hits/nc - d) / math.Sqrt((pt*(1-pt)/nt+pc*(1-pc)/nc)*(nc+nt)/(nc+nt-1))
		if !math.IsInf(want, 0) && math.Abs(want) < 50 {
			// The search finds a maximum to half the digits.
			golden.Equal(t, "difference", want, scoreDifference(c, x, d, nc), 1e-4)
		}
		ratio := math.Exp(4*r.Float64() - 2)
		pc = best(0, math.Min(1, 1/ratio), func(p float64) float64 { return likely(p, p*ratio) })
		pt = pc * ratio
		want = (x.Hits/nt - ratio*c.Hits/nc) / math.Sqrt(pt*(1-pt)/nt+ratio*ratio*pc*(1-pc)/nc)
		if !math.IsInf(want, 0) && math.Abs(want) < 50 && c.Hits+x.Hits > 0 {
			golden.Equal(t, "ratio", want, scoreRatio(c, x, ratio), 1e-4)
		}
	}
}

// Swapping the arms turns a difference around and inverts a ratio.
func TestProportionsSwap(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 100 {
		n, m := float64(5+r.IntN(100)), float64(5+r.IntN(100))
		a := metrics.Rate{Hits: float64(1 + r.IntN(int(n)-1)), Trials: n}
		b := metrics.Rate{Hits: float64(1 + r.IntN(int(m)-1)), Trials: m}
		for _, method := range []DifferenceMethod{Newcombe, MiettinenNurminen, AgrestiCaffo, Wald} {
			v, err := DifferenceInterval(a, b, method, 0.9)
			require.NoError(t, err)
			w, err := DifferenceInterval(b, a, method, 0.9)
			require.NoError(t, err)
			require.InDelta(t, v.Low, -w.High, 1e-9)
			require.InDelta(t, v.High, -w.Low, 1e-9)
			require.LessOrEqual(t, v.Low, v.Value+1e-9)
			require.GreaterOrEqual(t, v.High, v.Value-1e-9)
		}
		for _, method := range []RatioMethod{KatzAdjusted, Katz, RatioScore, Koopman} {
			v, err := RatioInterval(a, b, method, 0.9)
			require.NoError(t, err)
			w, err := RatioInterval(b, a, method, 0.9)
			require.NoError(t, err)
			require.InEpsilon(t, v.Low, 1/w.High, 1e-8)
			require.InEpsilon(t, v.High, 1/w.Low, 1e-8)
		}
	}
}

func TestProportionsEnds(t *testing.T) {
	none, some := metrics.Rate{Trials: 20}, metrics.Rate{Hits: 5, Trials: 20}
	v, err := RatioInterval(none, some, RatioScore, 0.95)
	require.NoError(t, err)
	require.True(t, math.IsInf(v.High, 1) && math.IsInf(v.Value, 1) && v.Low > 0, "%+v", v)
	v, err = RatioInterval(some, none, Koopman, 0.95)
	require.NoError(t, err)
	require.True(t, v.Low == 0 && v.Value == 0 && v.High > 0 && v.High < 1.5, "%+v", v)
	for _, m := range []DifferenceMethod{Newcombe, MiettinenNurminen} {
		v, err = DifferenceInterval(none, metrics.Rate{Hits: 20, Trials: 20}, m, 0.95)
		require.NoError(t, err)
		require.True(t, v.Value == 1 && v.Low > 0.6 && v.Low < 1 && v.High == 1, "%+v", v)
	}
}

// Where statsmodels' coefficient leads a proportion out of [0, 1], its number is that of
// the proportion as it is. Limits of statsmodels 0.15.0, confint_proportions_2indep.
func TestScoreStatsmodelsOutsideProportions(t *testing.T) {
	for _, c := range []struct{ xt, nt, xc, nc, level, low, high float64 }{
		{211, 6113, 1080, 1143, 0.5, -0.9166925357651967, -0.9038432977490573},
		{147, 4145, 746, 2240, 0.99, -0.32191708852873935, -0.2734236383256331},
		{1, 1136, 115, 251, 0.99, -0.5360192592829425, -0.380750113183627},
	} {
		v, err := DifferenceInterval(metrics.Rate{Hits: c.xc, Trials: c.nc}, metrics.Rate{Hits: c.xt, Trials: c.nt}, ScoreStatsmodels, c.level)
		require.NoError(t, err)
		require.InDelta(t, c.low, v.Low, 1e-9) // the peer's root is found to 2e-12 absolute
		require.InDelta(t, c.high, v.High, 1e-9)
	}
}

func TestProportionsBadInput(t *testing.T) {
	ok := metrics.Rate{Hits: 3, Trials: 10}
	all := func(c, x metrics.Rate) map[string]error {
		errs := map[string]error{}
		_, errs["z"] = TwoProportionZ(c, x, TwoSided)
		_, errs["fisher"] = Fisher(c, x, TwoSided)
		_, errs["difference"] = DifferenceInterval(c, x, Newcombe, 0.95)
		_, errs["ratio"] = RatioInterval(c, x, KatzAdjusted, 0.95)
		_, errs["odds"] = OddsRatioInterval(c, x, true, 0.95)
		return errs
	}
	for _, c := range []struct {
		rate metrics.Rate
		want error
	}{
		{metrics.Rate{}, mlgauge.ErrUndefined},
		{metrics.Rate{Hits: -1, Trials: 5}, mlgauge.ErrRange},
		{metrics.Rate{Hits: 6, Trials: 5}, mlgauge.ErrRange},
		{metrics.Rate{Hits: math.NaN(), Trials: 5}, mlgauge.ErrNotFinite},
		{metrics.Rate{Hits: 1, Trials: math.Inf(1)}, mlgauge.ErrNotFinite},
	} {
		for what, err := range all(c.rate, ok) {
			require.ErrorIs(t, err, c.want, what)
		}
		for what, err := range all(ok, c.rate) {
			require.ErrorIs(t, err, c.want, what)
		}
	}
	none := metrics.Rate{Trials: 5}
	_, err := TwoProportionZ(none, none, TwoSided)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = RatioInterval(none, none, Koopman, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = RatioInterval(none, ok, Katz, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = OddsRatioInterval(none, none, false, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = OddsRatioInterval(none, ok, false, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = Fisher(metrics.Rate{Hits: 0.5, Trials: 2}, ok, TwoSided)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = TwoProportionZ(ok, ok, Alternative(7))
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = DifferenceInterval(ok, ok, DifferenceMethod(-1), 0.95)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = DifferenceInterval(ok, ok, Wald, 1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = RatioInterval(ok, ok, RatioMethod(9), 0.95)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}
