package explain

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Metric compares predictions with the truth. Those of package metrics fit:
// metrics.MSE[float64] with truths of float64, metrics.AUC[float64] with truths
// of bool; a function literal fits the others. Where rows have weights, let T hold
// the truth of a row and its weight.
type Metric[T any] func(yTrue []T, yPred []float64) (float64, error)

// PermutationOptions are the options of Permute. The zero value shuffles every
// feature 5 times, as scikit-learn does, and takes a larger metric for a better
// one.
type PermutationOptions struct {
	Repeats   int     // shuffles of each feature; 0 means 5
	Loss      bool    // the metric is an error: smaller is better
	Groups    [][]int // features shuffled together, by the same permutation; nil means each alone
	MaxRows   int     // rows used in each repeat, drawn without replacement; 0 means all
	Level     float64 // of the intervals; 0 means 0.95
	Seed      uint64
	Workers   int // goroutines that call the model at the same time; 0 means GOMAXPROCS, 1 is for a model that cannot
	BatchRows int // rows per call of the model; 0 means about half a megabyte of them
}

// A Statistic gathers what a metric needs, batch by batch: those of package metrics
// do, of which *metrics.Regression takes truths of float64 and *metrics.Probability
// those of bool.
type Statistic[T any] interface {
	// Add takes the next rows. It must not keep yPred.
	Add(yTrue []T, yPred []float64) error
}

// PermutationImportance says how much worse a metric becomes as features lose
// their relation to the truth.
type PermutationImportance struct {
	Baseline float64 // the metric on the data as it is
	// Importance holds, per feature or group, what was lost on average, and the
	// interval of that average over the shuffles: mean -+ t sd/sqrt(Repeats).
	// The interval is about the shuffles, not about other data; with one
	// repeat it is NaN. Where an error left a feature without a result, all is NaN.
	Importance []metrics.Interval
	StdDev     []float64   // of the repeats (population), per feature or group
	Repeats    [][]float64 // what each shuffle lost, per feature or group; nil where there is no result
}

// Permute returns the permutation importance of each feature, or group of
// features: the mean over repeats of
//
//	metric(y, f(x)) - metric(y, f(x with the feature shuffled))
//
// with the sign turned for a Loss. A feature that the model does not use has
// exactly 0. Of correlated features each may seem unimportant while the others
// stand in for it: shuffle them as a group.
//
// The data is not copied: blocks of rows go through a buffer per worker, into
// which the shuffled columns are written. A repeat has one permutation for all
// features, as in scikit-learn; it depends on the seed alone, so the result does
// not depend on Workers. The model and the metric are called from several
// goroutines unless Workers is 1. The metric must not keep the predictions.
//
// A worker holds the predictions of at least one feature, for the metric to see
// them at once; PermuteStatistic does not.
//
// If something fails after the baseline is known, the features that were finished
// by then are returned beside the error.
//
// Errors: ErrLength where yTrue and x differ, ErrRange for a bad option or
// feature, ErrEmpty for no rows, ErrNotFinite for a metric of NaN or infinity,
// ErrUndefined for a model that changed its input; the errors of the metric
// (wrapped) and of Model; the context's. Source: Breiman (2001); Fisher, Rudin and
// Dominici (2019); scikit-learn 1.9.1 permutation_importance.
func Permute[T any](ctx context.Context, model Model, x *mat.Dense, yTrue []T, metric Metric[T], o PermutationOptions) (*PermutationImportance, error) {
	const fn = "Permute"
	if metric == nil {
		return nil, fmt.Errorf("%s: metric: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	return permute(ctx, fn, model, x, yTrue, o, judge[T, *whole[T]]{
		holds: true,
		start: func(w *whole[T], y []T) *whole[T] {
			if w == nil {
				w = &whole[T]{pred: make([]float64, 0, len(y))}
			}
			w.y, w.pred = y, w.pred[:0]
			return w
		},
		value: func(w *whole[T]) (float64, error) { return metric(w.y, w.pred) },
	})
}

// PermuteStatistic is Permute with a metric that is gathered batch by batch, while
// the predictions are in the cache: it keeps none of them, and is faster where the
// model is. Start returns a statistic without rows, value its metric:
//
//	PermuteStatistic(ctx, model, x, y,
//		func() *metrics.Regression { return new(metrics.Regression) },
//		(*metrics.Regression).R2, PermutationOptions{})
//
// The batches of one statistic come in the order of the rows, so the result does
// not depend on Workers, and on BatchRows only as far as the rounding of the
// statistic does. Start and value are called from several goroutines unless
// Workers is 1, each statistic from one at a time.
//
// Errors: those of Permute, with those of the statistic in place of the metric's.
func PermuteStatistic[T any, S Statistic[T]](ctx context.Context, model Model, x *mat.Dense, yTrue []T, start func() S, value func(S) (float64, error), o PermutationOptions) (*PermutationImportance, error) {
	const fn = "PermuteStatistic"
	if start == nil || value == nil {
		return nil, fmt.Errorf("%s: start, value: need two functions, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	return permute(ctx, fn, model, x, yTrue, o, judge[T, S]{start: func(S, []T) S { return start() }, value: value})
}

// whole is the statistic of a Metric: the predictions themselves.
type whole[T any] struct {
	y    []T
	pred []float64
}

func (w *whole[T]) Add(_ []T, yPred []float64) error {
	w.pred = append(w.pred, yPred...)
	return nil
}

// judge says how predictions become a number.
type judge[T any, S Statistic[T]] struct {
	start func(used S, y []T) S // may use a statistic again whose value was taken
	value func(S) (float64, error)
	holds bool // whether a statistic holds the predictions
}

func permute[T any, S Statistic[T]](ctx context.Context, fn string, model Model, x *mat.Dense, yTrue []T, o PermutationOptions, by judge[T, S]) (*PermutationImportance, error) {
	c, n, d, err := opened(ctx, fn, model, "x", x)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "yTrue", n, len(yTrue)); err != nil {
		return nil, err
	}
	groups, err := o.check(fn, n, d)
	if err != nil {
		return nil, err
	}
	size, err := batchRows(fn, o.BatchRows, d)
	if err != nil {
		return nil, err
	}
	score := func(s S) (float64, error) {
		v, err := by.value(s)
		if err != nil {
			return 0, fmt.Errorf("%s: metric: %w", fn, err)
		}
		return v, check.Finite(fn, "value of the metric", []float64{v})
	}
	add := func(s S, y []T, pred []float64) error {
		if err := s.Add(y, pred); err != nil {
			return fmt.Errorf("%s: metric: %w", fn, err)
		}
		return nil
	}
	p := &permuter{caller: c, x: x, groups: groups, size: size, rows: n}
	var none S
	base := by.start(none, yTrue)
	if err := p.baseline(func(lo, hi int, pred []float64) error { return add(base, yTrue[lo:hi], pred) }); err != nil {
		return nil, err
	}
	res := &PermutationImportance{
		Importance: make([]metrics.Interval, len(groups)), StdDev: make([]float64, len(groups)), Repeats: make([][]float64, len(groups)),
	}
	if res.Baseline, err = score(base); err != nil {
		return nil, err
	}
	nan := math.NaN()
	for g := range groups {
		res.Importance[g], res.StdDev[g] = metrics.Interval{Value: nan, Low: nan, High: nan, Level: o.Level}, nan
	}
	t := nan
	if o.Repeats > 1 {
		t = distuv.StudentsT{Sigma: 1, Nu: float64(o.Repeats) - 1}.Quantile((1 + o.Level) / 2)
	}
	p.shuffle(o)
	y := make([][]T, o.Repeats) // the truth of the rows used
	for r := range y {
		if y[r] = yTrue; p.chosen[r] != nil {
			y[r] = make([]T, p.rows)
			for i, row := range p.chosen[r] {
				y[r][i] = yTrue[row]
			}
		}
	}
	err = p.each(o.Workers, by.holds, func() worker {
		var held []S // per place and repeat
		return worker{
			add: func(place, r, lo, hi int, pred []float64) error {
				at := place*o.Repeats + r
				for len(held) <= at {
					held = append(held, none)
				}
				if lo == 0 {
					held[at] = by.start(held[at], y[r])
				}
				return add(held[at], y[r][lo:hi], pred)
			},
			end: func(place, g int) error {
				lost := make([]float64, o.Repeats)
				for r := range lost {
					v, err := score(held[place*o.Repeats+r])
					if err != nil {
						return err
					}
					if lost[r] = res.Baseline - v; o.Loss {
						lost[r] = v - res.Baseline
					}
				}
				res.Repeats[g] = lost
				res.Importance[g], res.StdDev[g] = ofRepeats(lost, o.Level, t)
				return nil
			},
		}
	})
	return res, err
}

// check fills in the defaults and returns the groups.
func (o *PermutationOptions) check(fn string, n, d int) ([][]int, error) {
	for _, f := range []struct {
		name  string
		value *int
		zero  int
	}{{"Repeats", &o.Repeats, 5}, {"MaxRows", &o.MaxRows, n}, {"Workers", &o.Workers, runtime.GOMAXPROCS(0)}} {
		if *f.value == 0 {
			*f.value = f.zero
		}
		if err := check.AtLeast(fn, f.name, *f.value, 1); err != nil {
			return nil, err
		}
	}
	if err := check.In(fn, "MaxRows", float64(o.MaxRows), 1, float64(n)); err != nil {
		return nil, err
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	if err := check.Level(fn, o.Level); err != nil {
		return nil, err
	}
	if o.Groups == nil {
		return grouping(fn, nil, d)
	}
	// Groups may overlap and need not cover all features.
	for _, g := range o.Groups {
		if err := check.NotEmpty(fn, "Groups", len(g)); err != nil {
			return nil, err
		}
		for i, j := range g {
			if err := feature(fn, j, d); err != nil {
				return nil, err
			}
			if slices.Contains(g[:i], j) {
				return nil, fmt.Errorf("%s: Groups: need every feature once in a group, have %d twice: %w", fn, j, mlgauge.ErrRange)
			}
		}
	}
	return o.Groups, check.NotEmpty(fn, "Groups", len(o.Groups))
}

// ofRepeats returns the mean of the repeats with its interval, t standard errors to
// either side, and their standard deviation.
func ofRepeats(lost []float64, level, t float64) (metrics.Interval, float64) {
	n := float64(len(lost))
	mean := 0.0
	for _, v := range lost {
		mean += v / n
	}
	square := 0.0
	for _, v := range lost {
		square += (v - mean) * (v - mean)
	}
	half := t * math.Sqrt(square/(n-1)/n)
	return metrics.Interval{Value: mean, Low: mean - half, High: mean + half, Level: level}, math.Sqrt(square / n)
}
