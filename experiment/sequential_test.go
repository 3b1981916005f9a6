package experiment

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

// notAbove asserts that events of chance at most p came at most as often as that,
// up to four standard errors.
func notAbove(t *testing.T, what string, p float64, hits, runs int) {
	t.Helper()
	have := float64(hits) / float64(runs)
	t.Logf("%s: %.4f (nominal %.3f, %d runs)", what, have, p, runs)
	require.LessOrEqual(t, have, p+4*math.Sqrt(p*(1-p)/float64(runs)), what)
}

// Looking after every pair of units, 1000 times, at arms that do not differ: the
// always-valid p-value is wrong in at most 5% of the experiments, the plain one in
// many times that; and the confidence sequence holds the truth at all looks.
func TestPeekingAtMeans(t *testing.T) {
	const runs, n = 400, 1000
	draws := map[string]func(*rand.Rand) float64{
		"normal":      func(r *rand.Rand) float64 { return r.NormFloat64() },
		"exponential": func(r *rand.Rand) float64 { return r.ExpFloat64() },
	}
	for name, draw := range draws {
		var wrong, missed, plain int
		for run := range runs {
			r := rand.New(rand.NewPCG(11, uint64(run)))
			var c, x Sample
			var s Sequential
			var rejected bool
			var look Look
			for i := range n {
				err := first(c.Add([]float64{draw(r)}), x.Add([]float64{draw(r)}))
				if err != nil {
					t.Fatal(err)
				}
				if look, err = s.Means(&c, &x); err != nil {
					t.Fatal(err)
				}
				if i >= 10 && !rejected {
					se, _ := welch(&c, &x)
					rejected = math.Abs(x.m.Mean()-c.m.Mean()) > 1.96*se
				}
			}
			if look.Significant {
				wrong++
			}
			if look.Low > 0 || look.High < 0 {
				missed++
			}
			if rejected {
				plain++
			}
		}
		notAbove(t, name+": sequential error rate", 0.05, wrong, runs)
		notAbove(t, name+": sequence misses", 0.05, missed, runs)
		t.Logf("%s: |t| > 1.96 at every look errs in %.3f", name, float64(plain)/runs)
		require.Greater(t, float64(plain)/runs, 0.2, "peeking should be seen to inflate a fixed-size test")
	}
}

func TestPeekingAtProportions(t *testing.T) {
	const runs, n = 400, 1000
	for _, p := range []float64{0.02, 0.5} {
		var wrong, missed, missedExact, missedRate int
		for run := range runs {
			r := rand.New(rand.NewPCG(12, uint64(run)))
			var c, x metrics.Rate
			var s Sequential
			var look Look
			var exact, rate bool
			for i := range n {
				for _, a := range [2]*metrics.Rate{&c, &x} {
					a.Trials++
					if r.Float64() < p {
						a.Hits++
					}
				}
				var err error
				if look, err = s.Proportions(c, x); err != nil {
					t.Fatal(err)
				}
				if i%20 == 0 && run < 100 {
					v, err := DifferenceSequence(c, x, 0.95)
					require.NoError(t, err)
					exact = exact || v.Low > 0 || v.High < 0
					if v, err = RateSequence(c, 0.95); err != nil {
						t.Fatal(err)
					}
					rate = rate || v.Low > p || v.High < p
				}
			}
			wrong += count(look.Significant)
			missed += count(look.Low > 0 || look.High < 0)
			missedExact += count(exact)
			missedRate += count(rate)
		}
		notAbove(t, "proportions: sequential error rate", 0.05, wrong, runs)
		notAbove(t, "proportions: sequence misses", 0.05, missed, runs)
		notAbove(t, "proportions: exact difference misses", 0.05, missedExact, 100)
		notAbove(t, "proportions: exact rate misses", 0.05, missedRate, 100)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// An effect is found, and earlier the larger it is.
func TestSequentialFindsEffects(t *testing.T) {
	last := math.MaxInt
	for _, effect := range []float64{0.1, 0.3, 1} {
		r := rand.New(rand.NewPCG(5, 5))
		var c, x Sample
		var s Sequential
		at := 0
		for i := 1; i <= 20_000; i++ {
			require.NoError(t, c.Add([]float64{r.NormFloat64()}))
			require.NoError(t, x.Add([]float64{effect + r.NormFloat64()}))
			look, err := s.Means(&c, &x)
			require.NoError(t, err)
			if look.Significant {
				require.Greater(t, look.Low, 0.0, "p-value and interval agree")
				at = i
				break
			}
		}
		require.NotZero(t, at)
		require.Less(t, at, last)
		last = at
	}
}

// p-value and interval are two sides of one bound.
func TestMixtureIsInverted(t *testing.T) {
	for _, df := range []float64{5, 60, 1e4, math.Inf(1)} {
		for _, k := range []float64{0.5, 3, 200} {
			for _, level := range []float64{0.8, 0.95, 0.999} {
				if w := mixtureWidth(df, k, level); !math.IsInf(w, 0) {
					require.InEpsilon(t, 1-level, mixtureP(w, df, k), 1e-9)
				}
			}
		}
	}
	// The t form tends to the normal one.
	require.InEpsilon(t, mixtureP(2.5, math.Inf(1), 10), mixtureP(2.5, 1e9, 10), 1e-6)
}

func TestMeanSequence(t *testing.T) {
	s, err := NewSample(400, 10, 2)
	require.NoError(t, err)
	fixed, err := s.Interval(0.95)
	require.NoError(t, err)
	v, err := MeanSequence(&s, 0, 0.95)
	require.NoError(t, err)
	require.True(t, v.Low < fixed.Low && v.High > fixed.High && v.Value == 10, "%+v inside %+v", fixed, v)
	few, err := NewSample(2, 10, 2)
	require.NoError(t, err)
	v, err = MeanSequence(&few, 0, 0.95)
	require.NoError(t, err)
	require.True(t, math.IsInf(v.High, 1))
}

func TestSequentialStateAndBadInput(t *testing.T) {
	var s Sequential
	c, _ := NewSample(50, 1, 1)
	x, _ := NewSample(50, 1.2, 1)
	_, err := s.Means(&c, &x)
	require.NoError(t, err)
	b, err := json.Marshal(&s)
	require.NoError(t, err)
	var back Sequential
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, s, back)
	few, _ := NewSample(10, 1, 1)
	_, err = s.Means(&few, &few)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.Equal(t, back, s, "a failed look leaves the state")
	_, err = s.Means(nil, &x)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = (&Sequential{Level: 2}).Means(&c, &x)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Sequential{Scale: -1}).Proportions(metrics.Rate{Hits: 1, Trials: 2}, metrics.Rate{Hits: 1, Trials: 2})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Sequential{}).Proportions(metrics.Rate{Hits: 3, Trials: 2}, metrics.Rate{Hits: 1, Trials: 2})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Sequential{}).Proportions(metrics.Rate{Hits: 3}, metrics.Rate{Hits: 1, Trials: 2})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	look, err := (&Sequential{}).Proportions(metrics.Rate{}, metrics.Rate{Hits: 1, Trials: 2})
	require.NoError(t, err)
	require.Equal(t, 1.0, look.PValue)
	_, err = RateSequence(metrics.Rate{}, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = DifferenceSequence(metrics.Rate{Hits: 1, Trials: 2}, metrics.Rate{Hits: 1, Trials: 2}, 0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	for _, bad := range []string{"", "[", `{"level":7}`, `{"p":3,"low":0,"high":0}`, `{"low":1,"high":0}`, `{"unknown":1}`} {
		require.ErrorIs(t, back.UnmarshalJSON([]byte(bad)), mlgauge.ErrCorrupt, bad)
		require.Equal(t, s, back)
	}
}
