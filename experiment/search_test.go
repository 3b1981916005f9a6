package experiment

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// branin has three minima of 0.397887.
func branin(_ context.Context, run *Run) (float64, error) {
	x, y := run.Float("x"), run.Float("y")
	a := y - 5.1/(4*math.Pi*math.Pi)*x*x + 5/math.Pi*x - 6
	return a*a + 10*(1-1/(8*math.Pi))*math.Cos(x) + 10, nil
}

var braninSpace = Space{Uniform("x", -5, 10), Uniform("y", 0, 15)}

// hartmann6 has its minimum of -3.32237 at one point of the unit cube.
func hartmann6(_ context.Context, run *Run) (float64, error) {
	alpha := [4]float64{1, 1.2, 3, 3.2}
	a := [4][6]float64{{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}}
	p := [4][6]float64{{1312, 1696, 5569, 124, 8283, 5886}, {2329, 4135, 8307, 3736, 1004, 9991}, {2348, 1451, 3522, 2883, 3047, 6650}, {4047, 8828, 8732, 5743, 1091, 381}}
	var sum float64
	for i := range 4 {
		var e float64
		for j := range 6 {
			d := run.trial.Point[j] - p[i][j]*1e-4
			e += a[i][j] * d * d
		}
		sum += alpha[i] * math.Exp(-e)
	}
	return -sum, nil
}

func hartmannSpace() Space {
	var s Space
	for _, n := range []string{"a", "b", "c", "d", "e", "f"} {
		s = append(s, Uniform(n, 0, 1))
	}
	return s
}

func runStudy(t testing.TB, s Study, f Objective) StudyResult {
	t.Helper()
	r, err := s.Run(context.Background(), f)
	require.NoError(t, err)
	return r
}

// Bayesian search finds the minimum where random search with as many trials is
// far from it.
func TestBayesAgainstRandom(t *testing.T) {
	for _, c := range []struct {
		name    string
		space   Space
		f       Objective
		minimum float64
		trials  int
		within  float64
	}{
		{"branin", braninSpace, branin, 0.397887, 35, 0.05},
		{"hartmann6", hartmannSpace(), hartmann6, -3.32237, 60, 0.3},
	} {
		var bayes, random float64
		const seeds = 3
		for seed := range uint64(seeds) {
			s := Study{Space: c.space, Goal: Minimize, Trials: c.trials, Batch: 1, Seed: seed, Search: Bayes{Candidates: 200}}
			b, err := best1(runStudy(t, s, c.f))
			require.NoError(t, err)
			s.Search = Random{}
			r, err := best1(runStudy(t, s, c.f))
			require.NoError(t, err)
			bayes += (b - c.minimum) / seeds
			random += (r - c.minimum) / seeds
		}
		t.Logf("%s, %d trials: above the minimum by %.4f (Bayes), %.4f (random)", c.name, c.trials, bayes, random)
		require.Less(t, bayes, c.within, c.name)
		require.Less(t, bayes, random/3, c.name)
	}
}

func best1(r StudyResult) (float64, error) {
	t, err := r.BestTrial()
	return t.Value, err
}

// A proposal takes seconds after many trials: it ends with its context.
func TestBayesProposalEnds(t *testing.T) {
	s := Study{Space: braninSpace, Goal: Minimize, Trials: 15, Search: Bayes{}}
	r := runStudy(t, s, branin)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Bayes{}.Propose(ctx, &s, r.Trials, 1, s.rand(0))
	require.ErrorIs(t, err, context.Canceled)
	got, err := Bayes{}.Propose(context.Background(), &s, r.Trials, 1, s.rand(0))
	require.NoError(t, err)
	require.Len(t, got, 1)
}
