package experiment

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// regret plays a policy and returns the mean regret over runs, and the share of
// pulls of the best arm.
func regret(t *testing.T, p Policy, means []float64, reward func(*rand.Rand, float64) float64, steps, runs int) (total, best float64) {
	t.Helper()
	top := 0
	for i, m := range means {
		if m > means[top] {
			top = i
		}
	}
	for run := range runs {
		r := rand.New(rand.NewPCG(21, uint64(run)))
		a, err := NewArms(len(means))
		require.NoError(t, err)
		for range steps {
			i, err := p.Choose(a, r)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Update(i, reward(r, means[i])); err != nil {
				t.Fatal(err)
			}
		}
		for i, m := range means {
			total += (means[top] - m) * float64(a.Pulls(i))
		}
		best += float64(a.Pulls(top)) / float64(steps)
	}
	return total / float64(runs), best / float64(runs)
}

func bernoulli(r *rand.Rand, p float64) float64 {
	if r.Float64() < p {
		return 1
	}
	return 0
}

func gaussian(r *rand.Rand, m float64) float64 { return m + r.NormFloat64() }

// Lai and Robbins (1985): regret grows at least as log n sum gap/KL. Thompson
// sampling attains that rate; UCB1 has the bound of Auer et al.
func TestBernoulliRegret(t *testing.T) {
	means := []float64{0.3, 0.45, 0.6}
	const steps, runs = 5000, 20
	var lai, auer float64
	for _, m := range means[:2] {
		gap := 0.6 - m
		kl := m*math.Log(m/0.6) + (1-m)*math.Log((1-m)/0.4)
		lai += gap / kl * math.Log(steps)
		auer += 8*math.Log(steps)/gap + (1+math.Pi*math.Pi/3)*gap
	}
	thompson, best := regret(t, ThompsonBernoulli{}, means, bernoulli, steps, runs)
	t.Logf("Lai-Robbins %.1f, Thompson %.1f (best arm %.3f)", lai, thompson, best)
	require.Less(t, thompson, 2*lai)
	require.Greater(t, thompson, 0.25*lai, "below the bound by this much would be luck or an oracle")
	ucb, _ := regret(t, UCB1{}, means, bernoulli, steps, runs)
	t.Logf("UCB1 %.1f, its bound %.1f", ucb, auer)
	require.Less(t, ucb, auer)
	greedy, _ := regret(t, EpsilonGreedy{}, means, bernoulli, steps, runs)
	random := (0.3 + 0.15) / 3 * steps
	t.Logf("epsilon-greedy %.1f, random %.1f", greedy, random)
	require.Less(t, greedy, random/2)
	require.Greater(t, greedy, 0.08*random, "a tenth of the pulls is random")
	fading, _ := regret(t, EpsilonGreedy{Epsilon: 1, Decay: 100}, means, bernoulli, steps, runs)
	require.Less(t, fading, random/2)
	require.Less(t, thompson, ucb)
}

func TestGaussianRegret(t *testing.T) {
	means := []float64{0, 0.5, 1}
	const steps, runs = 3000, 20
	var lai float64
	for _, m := range means[:2] {
		lai += 2 / (1 - m) * math.Log(steps) // gap over gap^2/2
	}
	known, _ := regret(t, ThompsonGaussian{Sigma: 1}, means, gaussian, steps, runs)
	unknown, _ := regret(t, ThompsonGaussian{}, means, gaussian, steps, runs)
	t.Logf("Lai-Robbins %.1f, Thompson %.1f, deviation unknown %.1f", lai, known, unknown)
	require.Less(t, known, 2*lai)
	require.Less(t, unknown, 3*lai)
}

func TestGammaMoments(t *testing.T) {
	for _, shape := range []float64{0.3, 1, 7.5} {
		r := rand.New(rand.NewPCG(2, 2))
		var s Sample
		x := make([]float64, 50_000)
		for i := range x {
			x[i] = gamma(r, shape)
		}
		require.NoError(t, s.Add(x))
		m, _ := s.Mean()
		v, _ := s.Variance()
		require.InDelta(t, shape, m, 4*math.Sqrt(shape/50_000))
		require.InEpsilon(t, shape, v, 0.1)
	}
}

func played(t *testing.T, seed uint64) *Arms {
	a, err := NewArms(3)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range 100 {
		require.NoError(t, a.Update(i%2, r.NormFloat64()))
	}
	return a
}

func TestArmsState(t *testing.T) {
	a, b := played(t, 1), played(t, 2)
	whole, err := NewArms(3)
	require.NoError(t, err)
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed+1, 0))
		for i := range 100 {
			require.NoError(t, whole.Update(i%2, r.NormFloat64()))
		}
	}
	bin, err := a.MarshalBinary()
	require.NoError(t, err)
	var fromBin, fromJSON Arms
	require.NoError(t, fromBin.UnmarshalBinary(bin))
	require.Equal(t, *a, fromBin)
	js, err := json.Marshal(a)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(js, &fromJSON))
	require.Equal(t, *a, fromJSON)
	require.NoError(t, a.Merge(b))
	for i := range 2 {
		require.Equal(t, whole.Pulls(i), a.Pulls(i))
		golden.Equal(t, "mean", whole.Mean(i), a.Mean(i), 1e-12)
		golden.Equal(t, "variance", whole.Variance(i), a.Variance(i), 1e-12)
	}
	require.Zero(t, a.Pulls(2))
	require.True(t, math.IsNaN(a.Mean(2)) && math.IsNaN(a.Mean(9)) && math.IsNaN(a.Variance(-1)))
	a.Reset()
	require.Zero(t, a.Pulls(0))
	require.Equal(t, 3, a.Len())
}

func TestChooseAllocatesNothing(t *testing.T) {
	a := played(t, 3)
	for range 3 {
		require.NoError(t, a.Update(2, 1))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for _, p := range []Policy{EpsilonGreedy{}, UCB1{}, ThompsonGaussian{}} {
		require.Zero(t, testing.AllocsPerRun(50, func() { _, _ = p.Choose(a, r) }), "%T", p)
	}
	b, _ := NewArms(2)
	p := Policy(ThompsonBernoulli{})
	require.Zero(t, testing.AllocsPerRun(50, func() { _, _ = p.Choose(b, r); _ = b.Update(0, 1) }))
}

func TestBanditBadInput(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	_, err := NewArms(0)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	a := played(t, 1)
	before := *played(t, 1)
	require.ErrorIs(t, a.Update(3, 1), mlgauge.ErrRange)
	require.ErrorIs(t, a.Update(-1, 1), mlgauge.ErrRange)
	require.ErrorIs(t, a.Update(0, math.NaN()), mlgauge.ErrNotFinite)
	require.ErrorIs(t, a.Update(0, math.MaxFloat64), mlgauge.ErrNotFinite)
	few, _ := NewArms(2)
	require.ErrorIs(t, a.Merge(few), mlgauge.ErrIncompatible)
	require.Equal(t, before, *a)
	for _, p := range []Policy{EpsilonGreedy{Epsilon: 2}, EpsilonGreedy{Decay: -1}, UCB1{Width: -1}, ThompsonGaussian{Sigma: -1}, ThompsonBernoulli{Prior: Prior{-1, 1}}} {
		_, err := p.Choose(a, r)
		require.ErrorIs(t, err, mlgauge.ErrRange, "%T", p)
		_, err = p.Choose(&Arms{}, r)
		require.ErrorIs(t, err, mlgauge.ErrEmpty, "%T", p)
	}
	require.NoError(t, few.Update(0, 7))
	_, err = ThompsonBernoulli{}.Choose(few, r)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	for _, bad := range []string{`[{"pulls":-1,"mean":0,"m2":0}]`, `[{"pulls":0,"mean":1,"m2":0}]`, `{}`, `[{"x":1}]`} {
		require.ErrorIs(t, a.UnmarshalJSON([]byte(bad)), mlgauge.ErrCorrupt, bad)
		require.Equal(t, before, *a)
	}
}

func FuzzArmsUnmarshal(f *testing.F) {
	a, _ := NewArms(2)
	_ = a.Update(1, 3)
	b, _ := a.MarshalBinary()
	f.Add(b)
	f.Add(b[:9])
	f.Fuzz(func(t *testing.T, data []byte) {
		var a Arms
		if err := a.UnmarshalBinary(data); err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			require.Zero(t, a.Len())
			return
		}
		back, err := a.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, back)
	})
}

func BenchmarkChoose(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	a, _ := NewArms(5)
	for i := range 500 {
		_ = a.Update(i%5, float64(i&1))
	}
	for name, p := range map[string]Policy{"greedy": EpsilonGreedy{}, "ucb1": UCB1{}, "thompson": ThompsonBernoulli{}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = p.Choose(a, r)
			}
		})
	}
}
