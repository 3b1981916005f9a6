package experiment

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/twosample"
	"github.com/mlgauge/mlgauge/metrics"
)

// exactSize is the size up to which, without ties, orders are counted: SciPy's.
const exactSize = 8

// MannWhitney returns the Mann-Whitney test of two samples,
//
//	U = number of pairs with treatment > control, ties counting 1/2
//
// The p-value is exact where one arm has at most 8 values and there are no ties,
// otherwise normal with corrections for ties and continuity. Identical constant
// arms have p = 1.
//
// Errors: mlgauge.ErrEmpty for an empty arm, mlgauge.ErrNotFinite for NaN and
// infinities, mlgauge.ErrRange for an unknown alternative. Source:
// scipy.stats.mannwhitneyu 1.17.
func MannWhitney(control, treatment []float64, alt Alternative) (Test, error) {
	const fn = "experiment.MannWhitney"
	if err := first(alt.check(fn), arms(fn, control, treatment, 1)); err != nil {
		return Test{}, err
	}
	n, m := float64(len(treatment)), float64(len(control))
	ranks := twosample.RanksOf(ascending(treatment), ascending(control))
	r := Test{Name: "mann-whitney", Statistic: ranks.U, PValue: 1}
	u := ranks.U
	switch alt {
	case TwoSided:
		u = math.Max(u, n*m-u)
	case Less:
		u = n*m - u
	}
	both := 1.0
	if alt == TwoSided {
		both = 2
	}
	small := min(len(control), len(treatment))
	// Counting orders takes small^2 times the other size: more than that is
	// beyond doubt normal.
	if small <= exactSize && !ranks.Tied && float64(small)*n*m <= 1e8 {
		r.PValue = math.Min(1, both*twosample.USurvival(len(treatment), len(control), int(u)))
		return r, nil
	}
	sd := ranks.Spread(n, m)
	if !(sd > 0) {
		r.Note = "all values are equal"
		return r, nil
	}
	r.PValue = math.Min(1, both*distuv.UnitNormal.Survival((u-n*m/2-0.5)/sd))
	return r, nil
}

// HodgesLehmann returns the shift between two samples, the median of all
// differences of a treatment and a control value, with the interval that inverts
// the Mann-Whitney test: between the k-th smallest and the k-th largest
// difference, where
//
//	k = n m/2 - z sqrt(n m (n + m + 1 - ties)/12), rounded down, plus 1, at least 1
//
// or, where one arm has at most 8 values and there are no ties, the largest k with
// P(U <= k-1) <= (1-level)/2, so that coverage is at least level. Differences are
// selected, not stored: memory and time are linear up to logarithms. Where no k
// reaches the level the interval spans all differences, and its true coverage is
// lower.
//
// Errors: as MannWhitney; mlgauge.ErrRange for a level outside (0, 1). Source:
// Hodges and Lehmann (1963); Hollander and Wolfe (1999), 4.2 and 4.3.
func HodgesLehmann(control, treatment []float64, level float64) (metrics.Interval, error) {
	const fn = "experiment.HodgesLehmann"
	if err := first(check.Level(fn, level), arms(fn, control, treatment, 1)); err != nil {
		return metrics.Interval{}, err
	}
	x, y := ascending(treatment), ascending(control)
	if d := x[len(x)-1] - y[0]; math.IsInf(d, 0) || math.IsInf(x[0]-y[len(y)-1], 0) {
		return metrics.Interval{}, fmt.Errorf("%s: need differences below the largest number: %w", fn, mlgauge.ErrNotFinite)
	}
	n, m := len(x), len(y)
	pairs := n * m
	ranks := twosample.RanksOf(x, y)
	var k int
	if small := min(n, m); small <= exactSize && !ranks.Tied && float64(small)*float64(pairs) <= 1e6 {
		for k < (pairs+1)/2 && twosample.USurvival(n, m, pairs-k) <= (1-level)/2 {
			k++
		}
	} else {
		sd := ranks.Spread(float64(n), float64(m))
		if !(sd > 0) {
			sd = 0
		}
		k = int(float64(pairs)/2-normalQuantile(level)*sd) + 1
	}
	k = min(max(k, 1), (pairs+1)/2)
	mid := nthDifference(x, y, (pairs-1)/2)
	if pairs%2 == 0 {
		mid += (nthDifference(x, y, pairs/2) - mid) / 2
	}
	return metrics.Interval{Value: mid, Low: nthDifference(x, y, k-1), High: nthDifference(x, y, pairs-k), Level: level}, nil
}

// nthDifference returns the i-th smallest x - y of two ascending samples, by
// bisection over the order of the floats: at most 64 sweeps.
func nthDifference(x, y []float64, i int) float64 {
	// key is monotone from floats to integers.
	key := func(v float64) int64 {
		b := int64(math.Float64bits(v + 0))
		if b < 0 {
			b = math.MinInt64 - b
		}
		return b
	}
	value := func(k int64) float64 {
		if k < 0 {
			k = math.MinInt64 - k
		}
		return math.Float64frombits(uint64(k))
	}
	upTo := func(d float64) int { // differences of at most d
		var count, j int
		j = len(y)
		for k := len(x) - 1; k >= 0; k-- {
			// As x falls, x - y falls for the same y: the run of y's grows.
			for j > 0 && x[k]-y[j-1] <= d {
				j--
			}
			count += len(y) - j
		}
		return count
	}
	lo, hi := key(x[0]-y[len(y)-1]), key(x[len(x)-1]-y[0])
	for lo < hi {
		mid := lo + int64(uint64(hi-lo)/2)
		if upTo(value(mid)) > i {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return value(lo)
}

// Superiority returns the probability that a treatment value exceeds a control
// value, ties counting 1/2, with the interval of Brunner and Munzel,
//
//	p = U / (nt nc),   p +- t(df) sqrt(S2t/nt + S2c/nc)
//
// where S2 are the variances of the placements (the share of the other arm below
// each value), and df is Welch's from them. Limits are clipped to [0, 1]. Arms
// that do not overlap give an interval of width 0, which says too much.
//
// Errors: mlgauge.ErrEmpty for fewer than two values in an arm, and as
// MannWhitney. Source: Brunner and Munzel (2000); statsmodels 0.15
// rank_compare_2indep.
func Superiority(control, treatment []float64, level float64) (metrics.Interval, error) {
	const fn = "experiment.Superiority"
	if err := first(check.Level(fn, level), arms(fn, control, treatment, 2)); err != nil {
		return metrics.Interval{}, err
	}
	x, y := ascending(treatment), ascending(control)
	var st, sc Sample
	if err := first(st.Add(placements(x, y)), sc.Add(placements(y, x))); err != nil {
		return metrics.Interval{}, err
	}
	p := st.m.Mean()
	v := metrics.Interval{Value: p, Low: p, High: p, Level: level}
	se, df := welch(&sc, &st)
	if se > 0 {
		h := tQuantile((1+level)/2, df) * se
		v.Low, v.High = math.Max(0, p-h), math.Min(1, p+h)
	}
	return v, nil
}

// placements returns for each value of x the share of y below it, ties half; both
// are ascending.
func placements(x, y []float64) []float64 {
	out := make([]float64, len(x))
	var below, upTo int
	for i, v := range x {
		for below < len(y) && y[below] < v {
			below++
		}
		upTo = max(upTo, below)
		for upTo < len(y) && y[upTo] <= v {
			upTo++
		}
		out[i] = float64(below+upTo) / float64(2*len(y))
	}
	return out
}

// arms checks the values of two arms.
func arms(fn string, control, treatment []float64, least int) error {
	for _, a := range [2]struct {
		name string
		x    []float64
	}{{"control", control}, {"treatment", treatment}} {
		if len(a.x) < least {
			return fmt.Errorf("%s: %s: need at least %d values, have %d: %w", fn, a.name, least, len(a.x), mlgauge.ErrEmpty)
		}
		if err := check.Finite(fn, a.name, a.x); err != nil {
			return err
		}
	}
	return nil
}

func ascending(x []float64) []float64 {
	out := slices.Clone(x)
	kernel.SortFloat64s(out)
	return out
}
