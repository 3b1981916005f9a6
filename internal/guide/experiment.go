package guide

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/metrics"
)

func experimentRows() []Row {
	return []Row{
		{Section: "A/B testing", Name: "Traffic splitting", States: "percentage-based routing", Check: checkTraffic},
		{Section: "A/B testing", Name: "Statistical significance", States: "hypothesis testing", Check: checkSignificance},
		{Section: "A/B testing", Name: "Confidence intervals", States: "Wilson, Clopper-Pearson, DeLong, bootstrap", Check: checkIntervals},
		{Section: "A/B testing", Name: "Winner selection", States: "automated promotion based on metrics", Check: checkWinner},
		{Section: "A/B testing", Name: "Multi-armed bandits", States: "adaptive traffic allocation", Check: checkBandit},
		{Section: "Training and tuning", Name: "Early stopping", States: "stop when validation no longer improves", Check: checkEarlyStopping},
		{Section: "Training and tuning", Name: "Grid search", States: "every combination", Check: checkGrid},
		{Section: "Training and tuning", Name: "Random search", States: "random combinations", Check: checkRandom},
		{Section: "Training and tuning", Name: "Bayesian optimization", States: "earlier results guide the search", Check: checkBayes},
	}
}

func checkTraffic() (Result, error) {
	a, err := experiment.NewAssigner(experiment.Split{Salt: "new-model", Variants: []experiment.Variant{{Name: "control", Weight: 90}, {Name: "treatment", Weight: 10}}})
	if err != nil {
		return Result{}, err
	}
	counts := make([]int, 2)
	for i := range 100_000 {
		counts[a.Assign("user-"+strconv.Itoa(i))]++
	}
	ratio, err := experiment.SampleRatio(counts, []float64{90, 10})
	share := float64(counts[1]) / 100_000
	return Result{
		Got: fmt.Sprintf("90/10 by hash: %.2f%% of 100000 users to the new model; sample ratio p = %.2f", 100*share, ratio.PValue),
		// Five standard deviations of a binomial share.
		Verdict: verdict(near(0.1, share, 0.0048) && ratio.PValue > 1e-3),
	}, err
}

func checkSignificance() (Result, error) {
	// 56 of 70 against 48 of 80: p = 104/150, z = 0.2 / sqrt(p (1-p) (1/70 + 1/80)).
	z, err := experiment.TwoProportionZ(metrics.Rate{Hits: 48, Trials: 80}, metrics.Rate{Hits: 56, Trials: 70}, experiment.TwoSided)
	return Result{
		Got:     fmt.Sprintf("60%% of 80 against 80%% of 70: z = %.4f, p = %.4f", z.Statistic, z.PValue),
		Verdict: verdict(near(2.6502, z.Statistic, 5e-5) && near(0.008045, z.PValue, 5e-7)),
	}, err
}

func checkIntervals() (Result, error) {
	// Newcombe (1998), tables I and II: 81 of 263, and 56/70 against 48/80.
	r := metrics.Rate{Hits: 81, Trials: 263}
	wilson, err := r.Interval(metrics.Wilson, 0.95)
	if err != nil {
		return Result{}, err
	}
	exact, err := r.Interval(metrics.ClopperPearson, 0.95)
	if err != nil {
		return Result{}, err
	}
	d, err := experiment.DifferenceInterval(metrics.Rate{Hits: 48, Trials: 80}, metrics.Rate{Hits: 56, Trials: 70}, experiment.Newcombe, 0.95)
	return Result{
		Got: fmt.Sprintf("81 of 263: Wilson [%.4f, %.4f], Clopper-Pearson [%.4f, %.4f]; 56/70 - 48/80: Newcombe [%.4f, %.4f]",
			wilson.Low, wilson.High, exact.Low, exact.High, d.Low, d.High),
		Verdict: verdict(near(0.2553, wilson.Low, 5e-5) && near(0.3662, wilson.High, 5e-5) &&
			near(0.2527, exact.Low, 5e-5) && near(0.3676, exact.High, 5e-5) && near(0.0524, d.Low, 5e-5) && near(0.3339, d.High, 5e-5)),
	}, err
}

func checkWinner() (Result, error) {
	control, treatment := metrics.Rate{Hits: 1000, Trials: 10_000}, metrics.Rate{Hits: 1120, Trials: 10_000}
	effect, err := experiment.DifferenceInterval(control, treatment, experiment.Newcombe, 0.95)
	if err != nil {
		return Result{}, err
	}
	z, err := experiment.TwoProportionZ(control, treatment, experiment.TwoSided)
	if err != nil {
		return Result{}, err
	}
	e := experiment.Evidence{Metric: "conversion", Effect: effect, PValue: z.PValue, Counts: []int{10_000, 10_000}, Planned: 20_000}
	ship, err := experiment.Decide(e)
	if err != nil {
		return Result{}, err
	}
	// The same numbers, read twenty times on the way, are no reason to promote:
	// p = 0.00585 (z = 2.756) times 20 is above 0.05.
	e.Looks = 20
	peeked, err := experiment.Decide(e)
	return Result{
		Got:     fmt.Sprintf("10.0%% against 11.2%% of 10000: %v; after 20 looks without a sequential test: %v", ship.Verdict, peeked.Verdict),
		Verdict: verdict(ship.Verdict == experiment.Ship && peeked.Verdict == experiment.KeepControl && peeked.Peeking && near(0.00585, z.PValue, 1e-5)),
	}, err
}

func checkBandit() (Result, error) {
	arms, err := experiment.NewArms(3)
	if err != nil {
		return Result{}, err
	}
	rates := []float64{0.05, 0.1, 0.2}
	r := rand.New(rand.NewPCG(1, 1))
	for range 5000 {
		i, err := experiment.ThompsonBernoulli{}.Choose(arms, r)
		if err != nil {
			return Result{}, err
		}
		reward := 0.0
		if r.Float64() < rates[i] {
			reward = 1
		}
		if err := arms.Update(i, reward); err != nil {
			return Result{}, err
		}
	}
	share := float64(arms.Pulls(2)) / 5000
	return Result{
		Got: fmt.Sprintf("Thompson sampling of arms at 5%%, 10%% and 20%%: %.0f%% of 5000 pulls to the best", 100*share),
		// Thompson's regret is near Lai and Robbins' 15 here: some hundred pulls.
		Verdict: verdict(share > 0.9),
	}, nil
}
