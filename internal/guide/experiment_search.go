package guide

import (
	"context"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/experiment"
)

// bowl has its minimum of 0 at (0.3, 0.7).
func bowl(_ context.Context, run *experiment.Run) (float64, error) {
	x, y := run.Float("x")-0.3, run.Float("y")-0.7
	return x*x + 2*y*y, nil
}

func searchBowl(search experiment.Search, trials int) (experiment.StudyResult, experiment.Trial, error) {
	s := experiment.Study{
		Space:  experiment.Space{experiment.Uniform("x", 0, 1), experiment.Uniform("y", 0, 1)},
		Search: search, Goal: experiment.Minimize, Trials: trials, Batch: 1, Seed: 1,
	}
	r, err := s.Run(context.Background(), bowl)
	if err != nil {
		return r, experiment.Trial{}, err
	}
	t, err := r.BestTrial()
	return r, t, err
}

func checkGrid() (Result, error) {
	// Five points a side: the nearest to (0.3, 0.7) is (0.25, 0.75), at
	// 0.05^2 + 2 0.05^2 = 0.0075.
	r, t, err := searchBowl(experiment.Grid{}, 0)
	return Result{
		Got:     fmt.Sprintf("5 x 5: %d trials, best %.4f at (%.2f, %.2f)", len(r.Trials), t.Value, t.Point[0], t.Point[1]),
		Verdict: verdict(len(r.Trials) == 25 && near(0.0075, t.Value, 1e-12)),
	}, err
}

func checkRandom() (Result, error) {
	r, t, err := searchBowl(experiment.Random{}, 25)
	// A point at random is below v with chance pi v / sqrt 2; the best of 25 is
	// below 0.1 with chance 1 - (1 - 0.222)^25 = 0.998.
	return Result{
		Got:     fmt.Sprintf("%d trials, best %.4f", len(r.Trials), t.Value),
		Verdict: verdict(len(r.Trials) == 25 && t.Value < 0.1),
	}, err
}

func checkBayes() (Result, error) {
	r, t, err := searchBowl(experiment.Bayes{}, 25)
	return Result{
		Got:     fmt.Sprintf("%d trials, best %.6f: nearer to 0 than grid and random search with as many", len(r.Trials), t.Value),
		Verdict: verdict(len(r.Trials) == 25 && t.Value < 0.001),
	}, err
}

func checkEarlyStopping() (Result, error) {
	// The validation loss of (e - 8)^2 is least at epoch 8; with a patience of 3
	// training ends after epoch 11.
	p := experiment.Patience{Goal: experiment.Minimize, Rounds: 3}
	for epoch := 1; epoch <= 50; epoch++ {
		stop, err := p.Update(math.Pow(float64(epoch-8), 2))
		if err != nil {
			return Result{}, err
		}
		if stop {
			_, best := p.Best()
			return Result{
				Got:     fmt.Sprintf("patience 3: best epoch %d, stopped after epoch %d of 50", best, epoch),
				Verdict: verdict(best == 8 && epoch == 11),
			}, nil
		}
	}
	return Result{Got: "did not stop", Verdict: Failed}, nil
}
