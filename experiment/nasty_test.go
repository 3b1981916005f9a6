package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

// calm holds a call with bad arguments to its word: it does not panic, and its
// error wraps a sentinel.
func calm(t *testing.T, name string, call func() error) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v", name, r)
		}
	}()
	err := call()
	if err == nil {
		return
	}
	for _, s := range []error{mlgauge.ErrLength, mlgauge.ErrEmpty, mlgauge.ErrNotFinite, mlgauge.ErrRange, mlgauge.ErrUndefined, mlgauge.ErrUnknownCategory,
		mlgauge.ErrIncompatible, mlgauge.ErrNotConverged, mlgauge.ErrCorrupt, context.Canceled} {
		if errors.Is(err, s) {
			return
		}
	}
	t.Errorf("%s: %v wraps no sentinel", name, err)
}

var nasty = []float64{0, 1, -1, 0.5, 0.95, 2, 7, 1e-320, 1e300, -1e300, math.NaN(), math.Inf(1), math.Inf(-1)}

func TestNastyNumbers(t *testing.T) {
	second := func(_ any, err error) error { return err }
	for _, a := range nasty {
		for _, b := range nasty {
			pairs(t, a, b)
			for _, c := range nasty {
				name := fmt.Sprint(a, b, c)
				d := Design{Alpha: a, Power: b, Ratio: c}
				for alt := TwoSided - 1; alt <= Greater+1; alt++ {
					d.Alternative = alt
					calm(t, name, func() error { return second(d.MeansPower(1, 10)) })
					calm(t, name, func() error { return second(d.NormalSize(b)) })
					calm(t, name, func() error { return second(d.ProportionsEffect(a, c)) })
				}
				for how, call := range map[string]func() error{
					"ProportionsPower": func() error { return second(Design{}.ProportionsPower(a, b, c)) },
					"NewSample":        func() error { return second(NewSample(int(max(-9, min(9, a))), b, c)) },
					"Adjust":           func() error { return second(Adjust([]float64{a, b, c}, Correction(int(max(-9, min(9, a)))))) },
					"RateSequence":     func() error { return second(RateSequence(metrics.Rate{Hits: a, Trials: b}, c)) },
					"NewAssigner": func() error {
						return second(NewAssigner(Split{Variants: []Variant{{"a", a}, {"b", b}}, Exposure: c}))
					},
					"Decide": func() error {
						return second(Decide(Evidence{PValue: a, Effect: metrics.Interval{Value: b, Low: c, High: a}}))
					},
				} {
					calm(t, how+" "+name, call)
				}
				arm, other := metrics.Rate{Hits: a, Trials: b}, metrics.Rate{Hits: c, Trials: b}
				for how, call := range map[string]func() error{
					"TwoProportionZ":     func() error { return second(TwoProportionZ(arm, other, TwoSided)) },
					"Fisher":             func() error { return second(Fisher(arm, other, Less)) },
					"OddsRatioInterval":  func() error { return second(OddsRatioInterval(arm, other, true, c)) },
					"DifferenceSequence": func() error { return second(DifferenceSequence(arm, other, 0.9)) },
					"Proportions":        func() error { return second((&Sequential{Level: c}).Proportions(arm, other)) },
					"BestProportion": func() error {
						return second(BestProportion([]metrics.Rate{arm, other}, Prior{A: a, B: b}, Maximize, 0.9))
					},
				} {
					calm(t, how+" "+name, call)
				}
				for m := -1; m < 6; m++ {
					calm(t, "DifferenceInterval "+name, func() error { return second(DifferenceInterval(arm, other, DifferenceMethod(m), 0.9)) })
					calm(t, "RatioInterval "+name, func() error { return second(RatioInterval(arm, other, RatioMethod(m), 0.9)) })
				}
			}
		}
	}
}

// pairs calls what takes two numbers.
func pairs(t *testing.T, a, b float64) {
	second := func(_ any, err error) error { return err }
	d := Design{}
	for how, call := range map[string]func() error{
		"MeansPower":        func() error { return second(d.MeansPower(a, b)) },
		"MeansSize":         func() error { return second(d.MeansSize(a)) },
		"MeansEffect":       func() error { return second(d.MeansEffect(a)) },
		"NormalPower":       func() error { return second(d.NormalPower(a, b)) },
		"NormalEffect":      func() error { return second(d.NormalEffect(a)) },
		"ProportionEffect":  func() error { return second(ProportionEffect(a, b)) },
		"ProportionsSize":   func() error { return second(d.ProportionsSize(a, b)) },
		"ProportionsEffect": func() error { return second(d.ProportionsEffect(a, b)) },
		"SampleRatio":       func() error { return second(SampleRatio([]int{3, -4}, []float64{a, b})) },
		"Conversions":       func() error { return new(Conversions).AddCounts(a, b) },
		"Update":            func() error { arms, _ := NewArms(2); return arms.Update(int(max(-9, min(9, a))), b) },
		"EpsilonGreedy": func() error {
			arms, _ := NewArms(2)
			return second(EpsilonGreedy{Epsilon: a}.Choose(arms, rand.New(rand.NewPCG(1, 2))))
		},
		"Patience": func() error { return second((&Patience{Delta: a}).Update(b)) },
	} {
		calm(t, fmt.Sprint(how, " ", a, " ", b), call)
	}
}

func TestNastySamples(t *testing.T) {
	second := func(_ any, err error) error { return err }
	ctx := context.Background()
	mean := func(x []float64) (float64, error) { return x[0], nil }
	lists := [][]float64{nil, {}, {1}, {1, 1}, {1, 2}, {3, 3, 3}, {1e300, -1e300, 1e300}, {math.NaN(), 1}, {math.Inf(1), 1, 2}, {1e-320, 0, 2e-320}, {1, 2, 4, 9}}
	for i, x := range lists {
		for j, y := range lists {
			var a, b Sample
			var u, v Covaried
			calm(t, "Add", func() error { return a.Add(x) })
			calm(t, "Add", func() error { return b.Add(y) })
			calm(t, "AddWeighted", func() error { return new(Sample).AddWeighted(x, y) })
			calm(t, "Covaried", func() error { return u.Add(x, y) })
			calm(t, "Covaried", func() error { return v.Add(y, y) })
			for how, call := range map[string]func() error{
				"Merge":              func() error { c := a; return c.Merge(&b) },
				"Mean":               func() error { return second(a.Mean()) },
				"Interval":           func() error { return second(a.Interval(0.9)) },
				"Welch":              func() error { return second(Welch(&a, &b, TwoSided)) },
				"TTest":              func() error { return second(TTest(&a, &b, Less)) },
				"Welch nil":          func() error { return second(Welch(nil, &b, TwoSided)) },
				"WelchInterval":      func() error { return second(WelchInterval(&a, &b, 0.9)) },
				"TTestInterval":      func() error { return second(TTestInterval(&a, nil, 0.9)) },
				"LiftInterval":       func() error { return second(LiftInterval(&a, &b, 0.9)) },
				"MannWhitney":        func() error { return second(MannWhitney(x, y, Greater)) },
				"HodgesLehmann":      func() error { return second(HodgesLehmann(x, y, 0.9)) },
				"Superiority":        func() error { return second(Superiority(x, y, 0.9)) },
				"CUPED":              func() error { return second(CUPED(&u, &v, 0.9)) },
				"CUPED nil":          func() error { return second(CUPED(nil, &v, 0.9)) },
				"Sequential":         func() error { return second(new(Sequential).Means(&a, &b)) },
				"MeanSequence":       func() error { return second(MeanSequence(&a, 1, 0.9)) },
				"BestMean":           func() error { return second(BestMean([]*Sample{&a, &b, nil}, Maximize, 0.9)) },
				"BestMean of two":    func() error { return second(BestMean([]*Sample{&a, &b}, Minimize, 0.9)) },
				"Bootstrap":          func() error { return second(BootstrapDifference(ctx, x, y, mean, metrics.Bootstrap{Replicas: 20})) },
				"Bootstrap nil":      func() error { return second(BootstrapDifference(ctx, x, y, nil, metrics.Bootstrap{Replicas: 20})) },
				"Adjust":             func() error { return second(Adjust(x, Holm)) },
				"SampleRatio":        func() error { return second(SampleRatio(nil, x)) },
				"Conversions":        func() error { return new(Conversions).AddWeighted(make([]bool, len(y)), x) },
				"UnmarshalBinary":    func() error { return new(Sample).UnmarshalBinary([]byte(fmt.Sprint(x))) },
				"Arms":               func() error { return new(Arms).UnmarshalJSON([]byte(fmt.Sprint(x))) },
				"Arms merged":        func() error { return second(nil, new(Arms).Merge(new(Arms))) },
				"no arms":            func() error { return second(ThompsonGaussian{}.Choose(new(Arms), rand.New(rand.NewPCG(1, 2)))) },
				"no arms, Bernoulli": func() error { return second(ThompsonBernoulli{}.Choose(new(Arms), rand.New(rand.NewPCG(1, 2)))) },
			} {
				calm(t, fmt.Sprint(how, " ", i, " ", j), call)
			}
		}
	}
}

// A study ends with what its context, its objective and its options allow.
func TestNastyStudies(t *testing.T) {
	second := func(_ any, err error) error { return err }
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	good := func(_ context.Context, r *Run) (float64, error) { return r.Float("x"), nil }
	space := Space{Uniform("x", 0, 1)}
	for name, objective := range map[string]Objective{
		"good":  good,
		"fails": func(context.Context, *Run) (float64, error) { return 0, errors.New("down") },
		"NaN":   func(context.Context, *Run) (float64, error) { return math.NaN(), nil },
		"+Inf":  func(context.Context, *Run) (float64, error) { return math.Inf(1), nil },
		"panic": func(context.Context, *Run) (float64, error) { panic("no") },
		"nil":   nil,
	} {
		for _, search := range []Search{nil, Random{}, Grid{}, Bayes{}, Bayes{Initial: -3}, Halving{}, Halving{Points: 5, MinBudget: 1, MaxBudget: 9}, Halving{Points: 5, Factor: math.NaN(), MinBudget: math.Inf(1), MaxBudget: 9}} {
			for _, s := range []Study{{Space: space, Trials: 6}, {Trials: 6}, {Space: space, Trials: -1}, {Space: space, Trials: 3, Batch: -1}, {Space: space, Trials: 3, Cores: -1},
				{Space: Space{Uniform("x", 1, 0)}, Trials: 2}, {Space: Space{Uniform("x", math.NaN(), 0)}, Trials: 2}, {Space: Space{LogUniform("x", 0, 1)}, Trials: 2},
				{Space: Space{Choice("x")}, Trials: 2}, {Space: Space{Uniform("x", 0, 1), Int("x", 0, 3)}, Trials: 2}, {Space: space, Trials: 2, Goal: 9}} {
				s.Search = search
				for _, ctx := range []context.Context{context.Background(), gone} {
					var r StudyResult
					calm(t, fmt.Sprintf("%s, %T, %+v", name, search, s), func() (err error) { r, err = s.Run(ctx, objective); return err })
					require.Less(t, r.Best, max(1, len(r.Trials)))
					calm(t, name, func() error { return second(r.BestTrial()) })
				}
			}
		}
	}
}
