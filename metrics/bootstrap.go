package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// BootstrapMethod says how an interval is made from the replicates.
type BootstrapMethod uint8

const (
	// BCa corrects the percentiles for bias and skewness (Efron 1987). It needs
	// the jackknife: as many more evaluations as there are rows.
	BCa BootstrapMethod = iota
	// Percentile takes the quantiles of the replicates.
	Percentile
	// Basic reflects the quantiles about the estimate.
	Basic
)

// A Statistic computes a number from chosen rows of data that it closes over; a
// row may occur several times. It is called from several goroutines at once and
// must not keep or change rows.
type Statistic func(rows []int) (float64, error)

// Bootstrap makes confidence intervals for any statistic by drawing rows with
// replacement. The zero value draws 9999 replicates for a 95% BCa interval with
// seed 0. The result depends on the seed only, not on the number of cores.
type Bootstrap struct {
	Level     float64 // confidence level; 0 means 0.95
	Replicas  int     // number of replicates; 0 means 9999
	Method    BootstrapMethod
	Seed      uint64
	JackGroup int   // rows left out at a time in BCa's jackknife; 0 means 1, and more above 10,000 rows: n/10,000 rounded up
	Strata    []int // if set, rows are drawn within their stratum: one number per row
}

// BootstrapResult is an interval and what it was made from.
type BootstrapResult struct {
	Interval
	StdErr       float64   // standard deviation of the replicates (n-1)
	Bias         float64   // mean of the replicates minus the estimate
	Acceleration float64   // BCa's a; 0 for other methods
	Undefined    int       // replicates on which the statistic was undefined, left out
	Replicates   []float64 // the others, in the order drawn
}

// jackLimit bounds the groups of the jackknife, whose cost is groups times rows.
const jackLimit = 10_000

// blockReplicas replicates share a buffer of rows.
const blockReplicas = 16

// Run draws the replicates over n rows and returns the interval of a statistic.
//
// Replicates on which the statistic returns an error or NaN (one class only, say)
// are left out and counted; more than half of them are too many. Quantiles are
// linearly interpolated.
//
// Errors: ErrEmpty for no rows, ErrRange for bad options, ErrLength for strata of
// another length, the statistic's own error on the data itself, ErrUndefined
// where too few replicates are defined or BCa has no value (all replicates on one
// side of the estimate). Source: Efron and Tibshirani (1993), chapters 13 and 14;
// SciPy 1.17 stats.bootstrap.
func (b Bootstrap) Run(n int, statistic Statistic) (BootstrapResult, error) {
	const fn = "metrics.Bootstrap.Run"
	level, replicas, err := b.options(fn, n)
	if err != nil {
		return BootstrapResult{}, err
	}
	if statistic == nil {
		return BootstrapResult{}, fmt.Errorf("%s: statistic: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	theta, err := statistic(all)
	if err == nil && theta != theta {
		err = mlgauge.ErrUndefined
	}
	if err != nil {
		return BootstrapResult{}, fmt.Errorf("%s: the statistic on all rows: %w", fn, err)
	}
	draw := b.drawer(n)
	values := make([]float64, replicas)
	parallel.Each(parallel.Blocks(replicas, blockReplicas), func(k int) {
		rows := make([]int, n)
		for r := k * blockReplicas; r < min(replicas, (k+1)*blockReplicas); r++ {
			draw(rand.New(rand.NewPCG(b.Seed, uint64(r))), rows)
			v, err := statistic(rows)
			if err != nil {
				v = math.NaN()
			}
			values[r] = v
		}
	})
	res := BootstrapResult{Replicates: slices.DeleteFunc(values, math.IsNaN)}
	res.Undefined = replicas - len(res.Replicates)
	if 2*res.Undefined > replicas || len(res.Replicates) < 2 {
		return BootstrapResult{}, fmt.Errorf("%s: need a statistic defined on half of the replicates, have %d of %d: %w", fn, len(res.Replicates), replicas, mlgauge.ErrUndefined)
	}
	var jack []float64
	if b.Method == BCa {
		group := b.JackGroup
		if group == 0 {
			group = parallel.Blocks(n, jackLimit)
		}
		if jack, err = Jackknife(n, group, statistic); err != nil {
			return BootstrapResult{}, fmt.Errorf("%s: %w", fn, err)
		}
		res.Acceleration = acceleration(jack)
	}
	if res.Interval, err = BootstrapInterval(theta, res.Replicates, jack, b.Method, level); err != nil {
		return BootstrapResult{}, err
	}
	var m moments.Moments
	moments.Add(&m, res.Replicates)
	res.StdErr = math.Sqrt(m.Variance(1))
	res.Bias = m.Mean() - theta
	return res, nil
}

// Difference runs the bootstrap of the difference between two models, second
// minus first, both evaluated on the same drawn rows.
//
// Errors: as Run.
func (b Bootstrap) Difference(n int, first, second Statistic) (BootstrapResult, error) {
	if first == nil || second == nil {
		return BootstrapResult{}, fmt.Errorf("metrics.Bootstrap.Difference: statistic: need two functions, have nil: %w", mlgauge.ErrEmpty)
	}
	return b.Run(n, func(rows []int) (float64, error) {
		x, err := first(rows)
		if err != nil {
			return 0, err
		}
		y, err := second(rows)
		return y - x, err
	})
}

func (b Bootstrap) options(fn string, n int) (level float64, replicas int, err error) {
	level, replicas = b.Level, b.Replicas
	if level == 0 {
		level = 0.95
	}
	if replicas == 0 {
		replicas = 9999
	}
	switch {
	case n < 1:
		return 0, 0, fmt.Errorf("%s: n: need at least one row, have %d: %w", fn, n, mlgauge.ErrEmpty)
	case b.Method > Basic:
		return 0, 0, check.Option(fn, "Method", b.Method)
	case b.Strata != nil && len(b.Strata) != n:
		return 0, 0, check.Length(fn, "Strata", n, len(b.Strata))
	}
	for _, err := range []error{check.Level(fn, level), check.AtLeast(fn, "Replicas", replicas, 2), check.AtLeast(fn, "JackGroup", b.JackGroup, 0)} {
		if err != nil {
			return 0, 0, err
		}
	}
	if b.JackGroup > n/2 && b.Method == BCa {
		return 0, 0, fmt.Errorf("%s: JackGroup: need at most half of the %d rows, have %d: %w", fn, n, b.JackGroup, mlgauge.ErrRange)
	}
	return level, replicas, nil
}

// drawer returns a function that fills rows with one resample.
func (b Bootstrap) drawer(n int) func(r *rand.Rand, rows []int) {
	if b.Strata == nil {
		return func(r *rand.Rand, rows []int) {
			for i := range rows {
				rows[i] = r.IntN(n)
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return b.Strata[i] - b.Strata[j] })
	// start[i] and size[i] are the run of equal strata that holds position i.
	start, size := make([]int, n), make([]int, n)
	for lo := 0; lo < n; {
		hi := lo
		for hi < n && b.Strata[order[hi]] == b.Strata[order[lo]] {
			hi++
		}
		for i := lo; i < hi; i++ {
			start[i], size[i] = lo, hi-lo
		}
		lo = hi
	}
	return func(r *rand.Rand, rows []int) {
		for i := range rows {
			rows[i] = order[start[i]+r.IntN(size[i])]
		}
	}
}

// Jackknife returns the statistic on all rows but the i-th group, for each of the
// groups of consecutive rows; group 1 leaves out one row at a time.
//
// Errors: ErrRange for fewer than two groups, the statistic's own error.
func Jackknife(n, group int, statistic Statistic) ([]float64, error) {
	const fn = "metrics.Jackknife"
	if group < 1 || parallel.Blocks(n, max(group, 1)) < 2 {
		return nil, fmt.Errorf("%s: need at least two groups of rows, have %d rows in groups of %d: %w", fn, n, group, mlgauge.ErrRange)
	}
	values := make([]float64, parallel.Blocks(n, group))
	errs := make([]error, len(values))
	parallel.Each(parallel.Blocks(len(values), blockReplicas), func(k int) {
		rows := make([]int, n)
		for g := k * blockReplicas; g < min(len(values), (k+1)*blockReplicas); g++ {
			lo, hi := g*group, min(n, (g+1)*group)
			for i := range lo {
				rows[i] = i
			}
			for i := hi; i < n; i++ {
				rows[lo+i-hi] = i
			}
			values[g], errs[g] = statistic(rows[:n-(hi-lo)])
			if errs[g] == nil && values[g] != values[g] {
				errs[g] = mlgauge.ErrUndefined
			}
		}
	})
	for g, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: without group %d: %w", fn, g, err)
		}
	}
	return values, nil
}

// acceleration returns BCa's a from jackknife values.
func acceleration(jack []float64) float64 {
	var m moments.Moments
	moments.Add(&m, jack)
	mean := m.Mean()
	top := 0.0
	for _, v := range jack {
		top = max(top, math.Abs(mean-v))
	}
	_, exp := math.Frexp(top) // cubes of what is scaled by it neither overflow nor vanish
	var s2, s3 float64
	for _, v := range jack {
		d := math.Ldexp(mean-v, -exp)
		s2 += d * d
		s3 += d * d * d
	}
	if s2 == 0 {
		return 0
	}
	return s3 / s2 / math.Sqrt(s2) / 6
}

// BootstrapInterval returns the interval of an estimate from replicates that were
// drawn elsewhere; jack holds the jackknife values, which only BCa needs.
//
//	BCa: quantiles at Phi(z0 + (z0 + z)/(1 - a (z0 + z))), z = Phi^-1(alpha/2), Phi^-1(1 - alpha/2)
//
// z0 is the normal quantile of the share of replicates below the estimate (ties
// half), a the acceleration.
//
// Errors: ErrEmpty without replicates (or without jackknife values for BCa),
// ErrNotFinite for NaN among them, ErrRange for a level outside (0, 1) or an
// unknown method, ErrUndefined where all replicates lie on one side of the
// estimate. Source: SciPy 1.17 stats.bootstrap.
func BootstrapInterval(estimate float64, replicates, jack []float64, method BootstrapMethod, level float64) (Interval, error) {
	const fn = "metrics.BootstrapInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	if method > Basic {
		return Interval{}, check.Option(fn, "method", method)
	}
	if err := check.NotEmpty(fn, "replicates", len(replicates)); err != nil {
		return Interval{}, err
	}
	for _, err := range []error{check.NoNaN(fn, "estimate", []float64{estimate}), check.NoNaN(fn, "replicates", replicates), check.Finite(fn, "jack", jack)} {
		if err != nil {
			return Interval{}, err
		}
	}
	s := slices.Clone(replicates)
	slices.Sort(s)
	lo, hi := (1-level)/2, 1-(1-level)/2
	if method == BCa && s[0] == s[len(s)-1] && s[0] == estimate {
		// All replicates equal the estimate: the interval is that point.
		return Interval{Value: estimate, Low: estimate, High: estimate, Level: level}, nil
	}
	if method == BCa {
		if err := check.NotEmpty(fn, "jack", len(jack)); err != nil {
			return Interval{}, err
		}
		below, _ := slices.BinarySearch(s, estimate)
		upTo := below
		for upTo < len(s) && s[upTo] == estimate {
			upTo++
		}
		share := float64(below+upTo) / (2 * float64(len(s)))
		if share == 0 || share == 1 {
			return Interval{}, fmt.Errorf("%s: need replicates on both sides of the estimate for BCa, have a share of %v below; use Percentile: %w", fn, share, mlgauge.ErrUndefined)
		}
		a := acceleration(jack)
		if err := check.Finite(fn, "acceleration", []float64{a}); err != nil {
			return Interval{}, err
		}
		z0 := distuv.UnitNormal.Quantile(share)
		z := distuv.UnitNormal.Quantile(lo)
		n1, n2 := z0+z, z0-z
		lo = distuv.UnitNormal.CDF(z0 + n1/(1-a*n1))
		hi = distuv.UnitNormal.CDF(z0 + n2/(1-a*n2))
	}
	v := Interval{Value: estimate, Low: quantileSorted(s, lo), High: quantileSorted(s, hi), Level: level}
	if method == Basic {
		v.Low, v.High = 2*estimate-v.High, 2*estimate-v.Low
	}
	return v, nil
}

// Pairs turns a measure of two vectors into a Statistic over their rows.
//
//	b.Run(len(y), metrics.Pairs(y, p, metrics.R2[float64]))
//	b.Run(len(y), metrics.Pairs(truth, scores, metrics.Brier[float64]))
//
// yTrue and yPred must have the same length; a row beyond it is an error of the
// measure's.
func Pairs[T any, P any](yTrue []T, yPred []P, measure func([]T, []P) (float64, error)) Statistic {
	return func(rows []int) (float64, error) {
		if len(yTrue) != len(yPred) {
			return 0, check.Length("Pairs", "yPred", len(yTrue), len(yPred))
		}
		a, b := make([]T, len(rows)), make([]P, len(rows))
		for k, i := range rows {
			if i < 0 || i >= len(yTrue) {
				return 0, fmt.Errorf("metrics.Pairs: rows: need rows below %d, have %d: %w", len(yTrue), i, mlgauge.ErrRange)
			}
			a[k], b[k] = yTrue[i], yPred[i]
		}
		return measure(a, b)
	}
}
