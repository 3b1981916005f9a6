package guide

import (
	"fmt"
	"strconv"

	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/metrics"
)

func experimentRows() []Row {
	return []Row{
		{Section: "A/B testing", Name: "Traffic splitting", States: "percentage-based routing", Check: checkTraffic},
		{Section: "A/B testing", Name: "Statistical significance", States: "hypothesis testing", Check: checkSignificance},
		{Section: "A/B testing", Name: "Confidence intervals", States: "Wilson, Clopper-Pearson, DeLong, bootstrap", Check: checkIntervals},
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
