package experiment_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/metrics"
)

func ExampleAssigner() {
	a, err := experiment.NewAssigner(experiment.Split{
		Salt:     "checkout-2026",
		Variants: []experiment.Variant{{Name: "control", Weight: 1}, {Name: "treatment", Weight: 1}},
	})
	if err != nil {
		panic(err)
	}
	// The same user, salt and weights give the same variant on every machine.
	for _, user := range []string{"ada", "grace", "alan"} {
		fmt.Println(user, a.Name(a.Assign(user)))
	}
	// Output:
	// ada treatment
	// grace control
	// alan treatment
}

func ExampleDifferenceInterval() {
	control := metrics.Rate{Hits: 48, Trials: 80}
	treatment := metrics.Rate{Hits: 56, Trials: 70}
	v, err := experiment.DifferenceInterval(control, treatment, experiment.Newcombe, 0.95)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f [%.4f, %.4f]\n", v.Value, v.Low, v.High)
	// Output:
	// 0.200 [0.0524, 0.3339]
}

func ExampleDesign_ProportionsSize() {
	var d experiment.Design // two-sided at 0.05, power 0.8
	n, err := d.ProportionsSize(0.10, 0.12)
	if err != nil {
		panic(err)
	}
	fmt.Println("users per arm:", math.Ceil(n))
	// Output:
	// users per arm: 3835
}

func ExampleSequential() {
	r := rand.New(rand.NewPCG(1, 2))
	var control, treatment experiment.Sample
	var s experiment.Sequential
	for day := 1; ; day++ {
		for range 500 {
			_ = control.Add([]float64{10 + 3*r.NormFloat64()})
			_ = treatment.Add([]float64{10.4 + 3*r.NormFloat64()})
		}
		look, err := s.Means(&control, &treatment)
		if err != nil {
			panic(err)
		}
		if look.Significant {
			fmt.Printf("day %d: %.2f [%.2f, %.2f]\n", day, look.Value, look.Low, look.High)
			break
		}
	}
	// Output:
	// day 2: 0.42 [0.02, 0.82]
}

func ExampleAdjust() {
	p, err := experiment.Adjust([]float64{0.01, 0.04, 0.03}, experiment.Holm)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", p)
	// Output:
	// [0.03 0.06 0.06]
}

func ExampleBestProportion() {
	arms := []metrics.Rate{{Hits: 100, Trials: 1000}, {Hits: 120, Trials: 1000}}
	p, err := experiment.BestProportion(arms, experiment.Prior{}, experiment.Maximize, 0.95)
	if err != nil {
		panic(err)
	}
	fmt.Printf("chance that the second is best: %.3f, expected loss: %.5f\n", p[1].Best, p[1].Loss)
	// Output:
	// chance that the second is best: 0.923, expected loss: 0.00048
}

func ExampleDecide() {
	d, err := experiment.Decide(experiment.Evidence{
		Metric: "conversion",
		Effect: metrics.Interval{Value: 0.02, Low: 0.001, High: 0.039, Level: 0.95},
		PValue: 0.04,
		Counts: []int{5012, 4988},
		Looks:  5,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Verdict)
	for _, reason := range d.Reasons {
		fmt.Println("-", reason)
	}
	// Output:
	// continue
	// - conversion changed by 0.02 [0.001, 0.039], not significant (p = 0.2, alpha = 0.05)
	// - peeking: 5 looks without a sequential test; the p-value 0.04 was multiplied by the looks, the interval is too narrow
}

func ExampleThompsonBernoulli() {
	rates := []float64{0.05, 0.10, 0.20}
	arms, err := experiment.NewArms(len(rates))
	if err != nil {
		panic(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	policy := experiment.ThompsonBernoulli{}
	for range 5000 {
		i, err := policy.Choose(arms, r)
		if err != nil {
			panic(err)
		}
		reward := 0.0
		if r.Float64() < rates[i] {
			reward = 1
		}
		_ = arms.Update(i, reward)
	}
	fmt.Println("mostly the best arm:", arms.Pulls(2) > 4500)
	// Output:
	// mostly the best arm: true
}

func ExampleStudy() {
	study := experiment.Study{
		Space:  experiment.Space{experiment.LogUniform("rate", 1e-4, 1), experiment.Int("depth", 1, 8)},
		Search: experiment.Bayes{},
		Goal:   experiment.Minimize,
		Trials: 30,
		Seed:   1,
	}
	result, err := study.Run(context.Background(), func(_ context.Context, run *experiment.Run) (float64, error) {
		return math.Abs(math.Log10(run.Float("rate"))+2) + math.Abs(float64(run.Int("depth")-5)), nil
	})
	if err != nil {
		panic(err)
	}
	best, err := result.BestTrial()
	if err != nil {
		panic(err)
	}
	fmt.Println(len(result.Trials), "trials, depth", best.Point[1], "found:", best.Value < 0.1)
	// Output:
	// 30 trials, depth 5 found: true
}
