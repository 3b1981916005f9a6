package experiment

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/metrics"
)

type testsGolden struct {
	Proportions []struct {
		Counts                                   [4]float64
		Z                                        golden.Float
		ZP                                       golden.Floats `json:"z_p"`
		Fisher                                   golden.Floats
		Odds                                     golden.Float
		Newcombe, Wald, Katz, Logit, MN, Koopman golden.Floats
		AgrestiCaffo                             golden.Floats `json:"agresti_caffo"`
		KatzAdjusted                             golden.Floats `json:"katz_adjusted"`
		LogitAdjusted                            golden.Floats `json:"logit_adjusted"`
		RatioScore                               golden.Floats `json:"ratio_score"`
	}
	Means []struct {
		Control, Treatment golden.Floats
		Welch, T           golden.Floats
		WelchCI            golden.Floats `json:"welch_ci"`
		TCI                golden.Floats `json:"t_ci"`
		U                  float64
		UP                 golden.Floats `json:"u_p"`
		MedianShift        float64       `json:"median_shift"`
		Superiority        golden.Floats
	}
	Corrections []struct {
		P        golden.Floats
		Adjusted map[string]golden.Floats
	}
	Extremes []struct {
		Counts        [4]float64
		KatzAdjusted  golden.Floats `json:"katz_adjusted"`
		LogitAdjusted golden.Floats `json:"logit_adjusted"`
	}
	Single []struct {
		Control, Treatment golden.Floats
		T, CI              golden.Floats
	}
	Ratio []struct {
		Counts  []int
		Weights []float64
		X2, P   float64
	}
}

func loadTests(t *testing.T) (g testsGolden) {
	golden.Load(t, "experiment/tests.json", &g)
	return g
}

var alternatives = []Alternative{TwoSided, Less, Greater}

func sameInterval(t *testing.T, what string, want golden.Floats, got metrics.Interval, err error, tolerance float64) {
	t.Helper()
	require.NoError(t, err, what)
	golden.Equal(t, what+" low", float64(want[0]), got.Low, tolerance)
	golden.Equal(t, what+" high", float64(want[1]), got.High, tolerance)
}

func TestProportionsGolden(t *testing.T) {
	for _, c := range loadTests(t).Proportions {
		control, treatment := metrics.Rate{Hits: c.Counts[0], Trials: c.Counts[1]}, metrics.Rate{Hits: c.Counts[2], Trials: c.Counts[3]}
		for i, alt := range alternatives {
			r, err := TwoProportionZ(control, treatment, alt)
			require.NoError(t, err)
			// Tail areas of |z| = 5 carry z's rounding 25-fold.
			golden.Equal(t, "z", float64(c.Z), r.Statistic, 1e-12)
			golden.Equal(t, "z p", float64(c.ZP[i]), r.PValue, 1e-11)
			f, err := Fisher(control, treatment, alt)
			require.NoError(t, err)
			golden.Equal(t, "odds", float64(c.Odds), f.Statistic, 1e-12)
			// SciPy takes differences of log-factorials of counts up to 2e5.
			golden.Equal(t, "fisher", float64(c.Fisher[i]), f.PValue, 1e-9)
		}
		diff := func(what string, want golden.Floats, m DifferenceMethod, level, tolerance float64) {
			if want != nil {
				v, err := DifferenceInterval(control, treatment, m, level)
				sameInterval(t, what, want, v, err, tolerance)
			}
		}
		diff("newcombe", c.Newcombe, Newcombe, 0.95, 1e-11)
		diff("agresti-caffo", c.AgrestiCaffo, AgrestiCaffo, 0.9, 1e-11)
		diff("wald", c.Wald, Wald, 0.95, 1e-11)
		diff("mn", c.MN, ScoreStatsmodels, 0.95, 1e-7) // the peer's root is found to 2e-12 absolute
		ratio := func(what string, want golden.Floats, m RatioMethod, tolerance float64) {
			if want != nil {
				v, err := RatioInterval(control, treatment, m, 0.95)
				sameInterval(t, what, want, v, err, tolerance)
			}
		}
		ratio("katz", c.Katz, Katz, 1e-12)
		ratio("katz adjusted", c.KatzAdjusted, KatzAdjusted, 1e-12)
		ratio("koopman", c.Koopman, Koopman, 1e-7)
		ratio("ratio score", c.RatioScore, RatioScore, 1e-7)
		v, err := OddsRatioInterval(control, treatment, true, 0.95)
		sameInterval(t, "logit adjusted", c.LogitAdjusted, v, err, 1e-12)
		if c.Logit != nil {
			v, err := OddsRatioInterval(control, treatment, false, 0.95)
			sameInterval(t, "logit", c.Logit, v, err, 1e-12)
		}
	}
}

func sampleOf(t *testing.T, x []float64) *Sample {
	t.Helper()
	var s Sample
	require.NoError(t, s.Add(x))
	return &s
}

func TestMeansGolden(t *testing.T) {
	for k, c := range loadTests(t).Means {
		x, y := c.Control.Values(), c.Treatment.Values()
		control, treatment := sampleOf(t, x), sampleOf(t, y)
		// At an offset of 1e6 with deviations of 1e-2, SciPy's means lose 1e-9.
		tolerance := 1e-12
		if k == 2 {
			tolerance = 1e-6
		}
		for i, alt := range alternatives {
			r, err := Welch(control, treatment, alt)
			require.NoError(t, err)
			golden.Equal(t, "welch", float64(c.Welch[0]), r.Statistic, tolerance)
			golden.Equal(t, "welch df", float64(c.Welch[1]), r.DF, tolerance)
			golden.Equal(t, "welch p", float64(c.Welch[2+i]), r.PValue, 10*tolerance)
			r, err = TTest(control, treatment, alt)
			require.NoError(t, err)
			golden.Equal(t, "t", float64(c.T[0]), r.Statistic, tolerance)
			golden.Equal(t, "t p", float64(c.T[1+i]), r.PValue, 10*tolerance)
			r, err = MannWhitney(x, y, alt)
			require.NoError(t, err)
			golden.Equal(t, "u", c.U, r.Statistic, 0)
			golden.Equal(t, "u p", float64(c.UP[i]), r.PValue, 1e-12)
		}
		v, err := WelchInterval(control, treatment, 0.95)
		sameInterval(t, "welch", c.WelchCI, v, err, 100*tolerance)
		v, err = TTestInterval(control, treatment, 0.9)
		sameInterval(t, "t", c.TCI, v, err, 100*tolerance)
		v, err = HodgesLehmann(x, y, 0.95)
		require.NoError(t, err)
		golden.Equal(t, "shift", c.MedianShift, v.Value, 1e-12)
		v, err = Superiority(x, y, 0.95)
		sameInterval(t, "superiority", golden.Floats{golden.Float(math.Max(0, float64(c.Superiority[1]))), golden.Float(math.Min(1, float64(c.Superiority[2])))}, v, err, 1e-11)
		golden.Equal(t, "superiority", float64(c.Superiority[0]), v.Value, 1e-12)
	}
}

func TestAdjustGolden(t *testing.T) {
	for _, c := range loadTests(t).Corrections {
		seen := 0
		for m := Holm; m <= BenjaminiYekutieli; m++ {
			got, err := Adjust(c.P.Values(), m)
			require.NoError(t, err)
			want, ok := c.Adjusted[m.String()]
			require.True(t, ok, m.String())
			for i := range got {
				golden.Equal(t, m.String(), float64(want[i]), got[i], 1e-12)
			}
			seen++
		}
		require.Equal(t, 8, seen)
	}
}

func TestSampleRatioGolden(t *testing.T) {
	for _, c := range loadTests(t).Ratio {
		r, err := SampleRatio(c.Counts, c.Weights)
		require.NoError(t, err)
		golden.Equal(t, "x2", c.X2, r.Statistic, 1e-11)
		golden.Equal(t, "p", c.P, r.PValue, 1e-11)
	}
}

func TestExtremesGolden(t *testing.T) {
	g := loadTests(t)
	require.NotEmpty(t, g.Extremes)
	for _, c := range g.Extremes {
		control, treatment := metrics.Rate{Hits: c.Counts[0], Trials: c.Counts[1]}, metrics.Rate{Hits: c.Counts[2], Trials: c.Counts[3]}
		v, err := RatioInterval(control, treatment, KatzAdjusted, 0.95)
		sameInterval(t, "katz adjusted", c.KatzAdjusted, v, err, 1e-12)
		v, err = OddsRatioInterval(control, treatment, true, 0.95)
		sameInterval(t, "logit adjusted", c.LogitAdjusted, v, err, 1e-12)
		require.True(t, math.IsNaN(v.Value))
	}
	require.NotEmpty(t, g.Single)
	for _, c := range g.Single {
		control, treatment := sampleOf(t, c.Control.Values()), sampleOf(t, c.Treatment.Values())
		for i, alt := range alternatives {
			r, err := TTest(control, treatment, alt)
			require.NoError(t, err)
			golden.Equal(t, "t", float64(c.T[0]), r.Statistic, 1e-12)
			golden.Equal(t, "df", float64(c.T[1]), r.DF, 0)
			golden.Equal(t, "p", float64(c.T[2+i]), r.PValue, 1e-12)
		}
		v, err := TTestInterval(control, treatment, 0.9)
		sameInterval(t, "t interval", c.CI, v, err, 1e-12)
	}
}

// Exchanging the arms turns a ratio upside down, also where every trial is a hit.
func TestRatioIntervalsAreSymmetric(t *testing.T) {
	for _, c := range [][4]float64{{10, 10, 12, 12}, {586, 734, 8, 8}, {0, 1, 1, 1}, {4, 4, 13693, 25337}, {3, 10, 0, 12}, {7, 20, 9, 30}} {
		a, b := metrics.Rate{Hits: c[0], Trials: c[1]}, metrics.Rate{Hits: c[2], Trials: c[3]}
		for _, m := range []RatioMethod{RatioScore, Koopman} {
			v, err := RatioInterval(a, b, m, 0.99)
			require.NoError(t, err)
			w, err := RatioInterval(b, a, m, 0.99)
			require.NoError(t, err)
			golden.Equal(t, "low", 1/v.High, w.Low, 1e-9)
			golden.Equal(t, "high", 1/v.Low, w.High, 1e-9)
		}
	}
}
