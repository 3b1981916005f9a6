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

// PermutationImportance says how much worse a metric becomes as features lose
// their relation to the truth.
type PermutationImportance struct {
	Baseline float64 // the metric on the data as it is
	// Importance holds, per feature or group, what was lost on average, and the
	// interval of that average over the shuffles: mean -+ t sd/sqrt(Repeats).
	// The interval is about the shuffles, not about other data; with one
	// repeat it is NaN.
	Importance []metrics.Interval
	StdDev     []float64   // of the repeats (population), per feature or group
	Repeats    [][]float64 // what each shuffle lost, per feature or group
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
// goroutines unless Workers is 1.
//
// Errors: ErrLength where yTrue and x differ, ErrRange for a bad option or
// feature, ErrEmpty for no rows, ErrNotFinite for a metric of NaN or infinity; the
// errors of the metric (wrapped) and of Model; the context's. Source: Breiman
// (2001); Fisher, Rudin and Dominici (2019); scikit-learn 1.9.1
// permutation_importance.
func Permute[T any](ctx context.Context, model Model, x *mat.Dense, yTrue []T, metric Metric[T], o PermutationOptions) (*PermutationImportance, error) {
	const fn = "Permute"
	c, n, d, err := opened(ctx, fn, model, "x", x)
	if err != nil {
		return nil, err
	}
	if metric == nil {
		return nil, fmt.Errorf("%s: metric: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
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
	score := func(y []T, p []float64) (float64, error) {
		v, err := metric(y, p)
		if err != nil {
			return 0, fmt.Errorf("%s: metric: %w", fn, err)
		}
		return v, check.Finite(fn, "value of the metric", []float64{v})
	}
	pred := make([]float64, n)
	if err := c.predictAll(pred, x, size); err != nil {
		return nil, err
	}
	res := &PermutationImportance{
		Importance: make([]metrics.Interval, len(groups)), StdDev: make([]float64, len(groups)), Repeats: make([][]float64, len(groups)),
	}
	if err := c.again(pred[:min(n, size)], x.Slice(0, min(n, size), 0, d).(*mat.Dense)); err != nil {
		return nil, err
	}
	if res.Baseline, err = score(yTrue, pred); err != nil {
		return nil, err
	}
	p := newPermuter(c, x, groups, size, o)
	y := make([][]T, o.Repeats) // the truth of the rows used
	for r := range y {
		if y[r] = yTrue; p.chosen[r] != nil {
			y[r] = make([]T, p.rows)
			for i, row := range p.chosen[r] {
				y[r][i] = yTrue[row]
			}
		}
	}
	err = p.each(o.Workers, func(g int, pred [][]float64) error {
		lost := make([]float64, o.Repeats)
		for r := range lost {
			v, err := score(y[r], pred[r])
			if err != nil {
				return err
			}
			if lost[r] = res.Baseline - v; o.Loss {
				lost[r] = v - res.Baseline
			}
		}
		res.Repeats[g] = lost
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := math.NaN()
	if o.Repeats > 1 {
		t = distuv.StudentsT{Sigma: 1, Nu: float64(o.Repeats) - 1}.Quantile((1 + o.Level) / 2)
	}
	for g, lost := range res.Repeats {
		res.Importance[g], res.StdDev[g] = ofRepeats(lost, o.Level, t)
	}
	return res, nil
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
