package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

var mixedSpace = Space{LogUniform("rate", 1e-4, 1), Int("depth", 1, 8), Choice("kernel", "linear", "rbf", "poly")}

// noisy has random numbers of its own, failures and reports.
func noisy(_ context.Context, run *Run) (float64, error) {
	v := -math.Abs(math.Log10(run.Float("rate"))+2) - math.Abs(float64(run.Int("depth")-5))/8
	if run.Choice("kernel") == "rbf" {
		v++
	}
	if run.ID()%7 == 3 {
		return 0, errors.New("diverged")
	}
	for step := range 4 {
		if err := run.Report(v - 1/float64(step+1)); err != nil {
			return v, err
		}
	}
	return v + 0.01*run.Rand().NormFloat64(), nil
}

// same compares trials; NaN equals NaN.
func same(t *testing.T, want, got StudyResult) {
	t.Helper()
	require.Equal(t, fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got))
}

func searches() map[string]Search {
	return map[string]Search{"grid": Grid{}, "random": Random{}, "bayes": Bayes{Initial: 6, Candidates: 50},
		"halving": Halving{Points: 9, MinBudget: 1, MaxBudget: 9}}
}

func TestStudyDoesNotDependOnCores(t *testing.T) {
	for name, search := range searches() {
		s := Study{Space: mixedSpace, Search: search, Trials: 24, Batch: 5, Seed: 4, Median: &MedianRule{Trials: 3}}
		s.Cores = 1
		one := runStudy(t, s, noisy)
		s.Cores = 7
		same(t, one, runStudy(t, s, noisy))
		require.Positive(t, one.Failed, name)
		require.NotEqual(t, -1, one.Best, name)
		s.Seed++
		if name != "grid" {
			require.NotEqual(t, fmt.Sprint(one.Trials[0].Point), fmt.Sprint(runStudy(t, s, noisy).Trials[0].Point), name)
		}
	}
}

// A study that is cancelled, and whose log loses its last bytes, ends as if
// nothing had happened; what was finished is not run again.
func TestStudyResumes(t *testing.T) {
	for name, search := range searches() {
		file := filepath.Join(t.TempDir(), "trials.jsonl")
		s := Study{Space: mixedSpace, Search: search, Trials: 13, Batch: 4, Seed: 9, Median: &MedianRule{Trials: 3}}
		want := runStudy(t, s, noisy)
		s.Log = file
		var calls atomic.Int64
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		part, err := s.Run(ctx, func(ctx context.Context, run *Run) (float64, error) {
			if calls.Add(1) == 7 {
				cancel()
				return 0, ctx.Err()
			}
			return noisy(ctx, run)
		})
		require.ErrorIs(t, err, context.Canceled, name)
		require.Less(t, len(part.Trials), 13)
		require.NotEmpty(t, part.Trials)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		before := bytes.Count(data, []byte("\n"))
		require.NoError(t, os.WriteFile(file, data[:len(data)-5], 0o644))
		calls.Store(0)
		got, err := s.Run(context.Background(), func(ctx context.Context, run *Run) (float64, error) {
			calls.Add(1)
			return noisy(ctx, run)
		})
		require.NoError(t, err, name)
		same(t, want, got)
		require.EqualValues(t, len(want.Trials)-(before-2), calls.Load(), name)
		// Once more: nothing is left to do.
		calls.Store(0)
		got, err = s.Run(context.Background(), func(context.Context, *Run) (float64, error) { calls.Add(1); return 0, nil })
		require.NoError(t, err)
		same(t, want, got)
		require.Zero(t, calls.Load())
		// Another seed is another study.
		s.Seed++
		_, err = s.Run(context.Background(), noisy)
		require.ErrorIs(t, err, mlgauge.ErrIncompatible)
	}
}

func TestStudyKeepsFailures(t *testing.T) {
	s := Study{Space: Space{Int("i", 0, 5)}, Search: Grid{}}
	r := runStudy(t, s, func(_ context.Context, run *Run) (float64, error) {
		switch run.Int("i") {
		case 0:
			return 0, errors.New("no convergence")
		case 1:
			panic("index out of range")
		case 2:
			return math.NaN(), nil
		case 3:
			return run.Float("typo"), nil
		case 4:
			return float64(len(run.Choice("i"))), nil
		}
		return 5, nil
	})
	require.Len(t, r.Trials, 6)
	require.Equal(t, 5, r.Failed)
	require.Equal(t, 5, r.Best)
	for i, says := range []string{"no convergence", "index out of range", "finite", "typo", "Choice"} {
		require.Contains(t, r.Trials[i].Err, says)
		require.True(t, math.IsNaN(r.Trials[i].Value))
	}
	all := runStudy(t, s, func(context.Context, *Run) (float64, error) { return 0, errors.New("x") })
	_, err := all.BestTrial()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	// A search that learns goes on where all failed.
	all = runStudy(t, Study{Space: mixedSpace, Search: Bayes{Initial: 2}, Trials: 6}, func(context.Context, *Run) (float64, error) { return 0, errors.New("x") })
	require.Equal(t, 6, all.Failed)
}

func TestGridTriesEveryCombination(t *testing.T) {
	rate := LogUniform("rate", 1e-3, 1)
	rate.Steps = 4
	fixed := Uniform("x", 0, 10)
	fixed.Values = []float64{1, 7}
	s := Study{Space: Space{rate, Choice("k", "a", "b"), fixed, Int("n", 3, 5)}, Search: Grid{}}
	r := runStudy(t, s, func(_ context.Context, run *Run) (float64, error) { return run.Float("rate"), nil })
	require.Len(t, r.Trials, 4*2*2*3)
	seen := map[string]bool{}
	for _, tr := range r.Trials {
		seen[fmt.Sprint(tr.Point)] = true
	}
	require.Len(t, seen, 48)
	require.Equal(t, []float64{1e-3, 0, 1, 3}, []float64(r.Trials[0].Point))
	require.Equal(t, []float64{1e-3, 0, 1, 4}, []float64(r.Trials[1].Point))
	require.InDelta(t, 1e-2, r.Trials[12].Point[0], 1e-15)
	require.Equal(t, 1.0, r.Trials[47].Point[0])
	big := Space{}
	for i := range 12 {
		big = append(big, Int(fmt.Sprint(i), 0, 99))
	}
	_, err := Study{Space: big, Search: Grid{}}.Run(context.Background(), noisy)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestHalvingRungs(t *testing.T) {
	s := Study{Space: Space{Uniform("x", 0, 1)}, Search: Halving{Points: 27, MinBudget: 10, MaxBudget: 270}, Goal: Minimize}
	r := runStudy(t, s, func(_ context.Context, run *Run) (float64, error) { return run.Float("x"), nil })
	budgets := map[float64]int{}
	smallest := 1.0
	for _, tr := range r.Trials {
		budgets[tr.Budget]++
		smallest = min(smallest, tr.Point[0])
	}
	require.Equal(t, map[float64]int{10: 27, 30: 9, 90: 3, 270: 1}, budgets)
	best, err := r.BestTrial()
	require.NoError(t, err)
	require.Equal(t, smallest, best.Point[0])
	require.Equal(t, 270.0, best.Budget)
}

func TestMedianRuleStops(t *testing.T) {
	s := Study{Space: Space{Uniform("x", 0, 1)}, Trials: 40, Median: &MedianRule{Steps: 2}}
	r := runStudy(t, s, func(_ context.Context, run *Run) (float64, error) {
		for range 10 {
			if err := run.Report(run.Float("x")); err != nil {
				return 0, err
			}
		}
		return run.Float("x"), nil
	})
	stopped := 0
	for _, tr := range r.Trials {
		if tr.Stopped {
			stopped++
			require.GreaterOrEqual(t, len(tr.Reports), 2)
			require.Less(t, len(tr.Reports), 10)
			require.Equal(t, tr.Point[0], tr.Value, "the last report stands for the value")
		} else {
			require.Len(t, tr.Reports, 10)
		}
	}
	require.Greater(t, stopped, 8)
	require.Less(t, stopped, 32)
	best, err := r.BestTrial()
	require.NoError(t, err)
	require.False(t, best.Stopped)
}

func TestPatience(t *testing.T) {
	p := Patience{Rounds: 3, Delta: 0.01}
	var at int
	for i, v := range []float64{0.5, 0.6, 0.605, math.NaN(), 0.7, 0.2, 0.709, 0.705, 0.9} {
		stop, err := p.Update(v)
		require.NoError(t, err)
		if stop {
			at = i
			break
		}
	}
	require.Equal(t, 7, at)
	v, round := p.Best()
	require.Equal(t, 0.7, v)
	require.Equal(t, 5, round)
	p.Reset()
	v, round = p.Best()
	require.True(t, math.IsNaN(v) && round == 0)
	_, err := (&Patience{Rounds: -1}).Update(1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Patience{Goal: 7}).Update(1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	r := runStudy(t, Study{Space: Space{Int("i", 0, 99)}, Search: Grid{}, Batch: 1, Goal: Minimize, Stop: &Patience{Rounds: 5}}, func(_ context.Context, run *Run) (float64, error) {
		return math.Abs(run.Float("i") - 10), nil
	})
	require.Len(t, r.Trials, 16)
}

func TestStudyBadInput(t *testing.T) {
	ok := func(context.Context, *Run) (float64, error) { return 0, nil }
	x := Space{Uniform("x", 0, 1)}
	for name, c := range map[string]struct {
		s    Study
		f    Objective
		want error
	}{
		"no space":     {Study{Trials: 1}, ok, mlgauge.ErrEmpty},
		"no objective": {Study{Space: x, Trials: 1}, nil, mlgauge.ErrEmpty},
		"endless":      {Study{Space: x}, ok, mlgauge.ErrRange},
		"trials":       {Study{Space: x, Trials: -1}, ok, mlgauge.ErrRange},
		"goal":         {Study{Space: x, Trials: 1, Goal: 3}, ok, mlgauge.ErrRange},
		"twice":        {Study{Space: Space{x[0], x[0]}, Trials: 1}, ok, mlgauge.ErrRange},
		"no choice":    {Study{Space: Space{Choice("c")}, Trials: 1}, ok, mlgauge.ErrEmpty},
		"reversed":     {Study{Space: Space{Uniform("x", 1, 0)}, Trials: 1}, ok, mlgauge.ErrRange},
		"log of 0":     {Study{Space: Space{LogUniform("x", 0, 1)}, Trials: 1}, ok, mlgauge.ErrRange},
		"NaN":          {Study{Space: Space{Uniform("x", 0, math.NaN())}, Trials: 1}, ok, mlgauge.ErrNotFinite},
		"halving":      {Study{Space: x, Search: Halving{Points: 3}}, ok, mlgauge.ErrRange},
		"bayes":        {Study{Space: x, Search: Bayes{Initial: -1}, Trials: 1}, ok, mlgauge.ErrRange},
		"patience":     {Study{Space: x, Trials: 1, Stop: &Patience{Rounds: -1}}, ok, mlgauge.ErrRange},
		"no values":    {Study{Space: Space{{Name: "x", High: 1, Values: []float64{}}}, Search: Grid{}}, ok, mlgauge.ErrEmpty},
		"values":       {Study{Space: Space{{Name: "x", High: 1, Values: []float64{2}}}, Search: Grid{}}, ok, mlgauge.ErrRange},
	} {
		_, err := c.s.Run(context.Background(), c.f)
		require.ErrorIs(t, err, c.want, name)
	}
	_, err := Study{Space: x, Trials: 1, Log: t.TempDir()}.Run(context.Background(), ok)
	require.Error(t, err)
}

func FuzzReadLog(f *testing.F) {
	head := []byte(`{"study":"x"}`)
	f.Add([]byte("{\"study\":\"x\"}\n{\"id\":0,\"point\":[1],\"value\":2}\n"))
	f.Add([]byte("{\"study\":\"x\"}\n{\"id\":0,\"point\":[1],\"value\":null,\"error\":\"e\"}\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		known, err := readLog("f", head, data)
		if err != nil {
			require.True(t, errors.Is(err, mlgauge.ErrCorrupt) || errors.Is(err, mlgauge.ErrIncompatible), "%v", err)
			return
		}
		for id, tr := range known {
			require.Equal(t, id, tr.ID)
			require.Equal(t, tr.Err != "", math.IsNaN(tr.Value) || math.IsInf(tr.Value, 0))
		}
	})
}
