package drift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/twosample"
)

// TTest returns Student's t test for a difference of two means, with pooled variance,
//
//	t = (mx - my) / sqrt(s^2 (1/n + 1/m)),   df = n + m - 2
//
// Less is the alternative mx < my, Greater mx > my. Where both samples are constant
// and their means differ, t is infinite. It returns ErrEmpty for an empty sample and
// for fewer than three values in all, ErrNotFinite for NaN and infinities,
// ErrUndefined where all values are equal. Source: scipy.stats.ttest_ind 1.17.
func TTest(x, y []float64, alt Alternative) (Result, error) {
	return tTest("drift.TTest", "t", x, y, alt, false)
}

// Welch returns Welch's t test for a difference of two means without the assumption
// of equal variances,
//
//	t = (mx - my) / sqrt(sx^2/n + sy^2/m)
//	df = (sx^2/n + sy^2/m)^2 / ((sx^2/n)^2/(n-1) + (sy^2/m)^2/(m-1))
//
// Alternatives, errors and the case of two constants are those of TTest, but each
// sample needs two values. Source: scipy.stats.ttest_ind 1.17.
func Welch(x, y []float64, alt Alternative) (Result, error) {
	return tTest("drift.Welch", "welch", x, y, alt, true)
}

func tTest(fn, name string, x, y []float64, alt Alternative, welch bool) (Result, error) {
	least := 1
	if welch {
		least = 2
	}
	if err := enough(fn, x, y, least); err != nil {
		return Result{}, err
	}
	most, ok := largest(x, y)
	if !ok {
		return Result{}, two(fn, x, y, least)
	}
	if len(x)+len(y) < 3 {
		return Result{}, fmt.Errorf("%s: need at least 3 values in all, have 2: %w", fn, mlgauge.ErrEmpty)
	}
	if err := alt.check(fn); err != nil {
		return Result{}, err
	}
	x, y = moderate(x, y, most)
	var mx, my moments.Moments
	moments.Add(&mx, x)
	moments.Add(&my, y)
	n, m := mx.W, my.W
	df, se := n+m-2, math.Sqrt((mx.M2+my.M2)/(n+m-2)*(1/n+1/m))
	if welch {
		vx, vy := mx.Variance(1)/n, my.Variance(1)/m
		if se = math.Sqrt(vx + vy); se > 0 {
			df = (vx + vy) * (vx + vy) / (vx*vx/(n-1) + vy*vy/(m-1))
		}
	}
	r := Result{Test: name, Statistic: (mx.Mean() - my.Mean()) / se, DF: df}
	if se == 0 {
		if mx.Mean() == my.Mean() {
			return Result{}, fmt.Errorf("%s: need values that vary, have equal ones: %w", fn, mlgauge.ErrUndefined)
		}
		r.Note = "both samples are constant"
	}
	r.PValue = tails(r.Statistic, alt, func(t float64) float64 {
		if math.IsInf(t, 0) {
			return (1 + math.Copysign(1, t)) / 2
		}
		return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(t)
	})
	return r, nil
}

// largest returns the largest magnitude in two samples; ok is false if one holds NaN or
// an infinity.
func largest(x, y []float64) (most float64, ok bool) {
	l0, h0, fine := kernel.Range(x)
	l1, h1, ok := kernel.Range(y)
	return max(-l0, h0, -l1, h1), ok && fine
}

// moderate returns the samples divided by a power of two if their squares would
// overflow or vanish, given the largest magnitude.
func moderate(x, y []float64, most float64) (_, _ []float64) {
	if most == 0 || most > 1e-100 && most < 1e100 {
		return x, y
	}
	e := -math.Ilogb(most)
	scaled := func(x []float64) []float64 {
		out := make([]float64, len(x))
		for i, v := range x {
			out[i] = math.Ldexp(v, e)
		}
		return out
	}
	return scaled(x), scaled(y)
}

// tails turns a statistic that is symmetric under the null into a p-value.
func tails(t float64, alt Alternative, cdf func(float64) float64) float64 {
	switch alt {
	case Less:
		return cdf(t)
	case Greater:
		return cdf(-t)
	}
	return math.Min(1, 2*cdf(-math.Abs(t)))
}

// MannWhitney returns the Mann-Whitney U test,
//
//	U = number of pairs with x > y, ties counting 1/2
//
// Less is the alternative that x tends to be smaller than y. The p-value is exact
// where one sample has at most 8 values and there are no ties (Auto), and otherwise
// normal, with tie correction and the continuity correction 1/2. Exact counts
// orders as if there were no ties, with a half U rounded down as in SciPy.
// Uncorrected is Asymptotic without the continuity correction. It returns ErrEmpty, ErrNotFinite for NaN and
// infinities, ErrRange for an unknown option, and, for an exact p-value, for more
// than 1e8 steps. Identical constant samples have p = 1. Source:
// scipy.stats.mannwhitneyu 1.17.
func MannWhitney(x, y []float64, alt Alternative, method Method) (Result, error) {
	const fn = "drift.MannWhitney"
	if err := two(fn, x, y, 1); err != nil {
		return Result{}, err
	}
	if err := alt.check(fn); err != nil {
		return Result{}, err
	}
	correction := 0.5
	if method == Uncorrected {
		method, correction = Asymptotic, 0
	}
	if err := method.check(fn); err != nil {
		return Result{}, err
	}
	n, m := float64(len(x)), float64(len(y))
	sx, sy, done := kernel.SortedPair(x, y)
	defer done()
	ranks := twosample.RanksOf(sx, sy)
	u := ranks.U
	r := Result{Test: "mann_whitney", Statistic: u}
	if method == Auto {
		method = Asymptotic
		if min(len(x), len(y)) <= 8 && !ranks.Tied {
			method = Exact
		}
	}
	// The larger tail for two sides, as the two are mirror images.
	s := u
	switch alt {
	case TwoSided:
		s = math.Max(u, n*m-u)
	case Less:
		s = n*m - u
	}
	if method == Exact {
		if n*m*math.Min(n, m) > 1e8 {
			return Result{}, fmt.Errorf("%s: method: need at most 1e8 steps for an exact p-value, have samples of %v and %v: %w", fn, n, m, mlgauge.ErrRange)
		}
		p := twosample.USurvival(len(x), len(y), int(math.Floor(s)))
		if alt == TwoSided {
			p *= 2
		}
		r.PValue = clip(p)
		return r, nil
	}
	sd := ranks.Spread(n, m)
	if !(sd > 0) {
		r.PValue, r.Note = 1, "all values are equal"
		return r, nil
	}
	z := (s - n*m/2 - correction) / sd
	p := distuv.UnitNormal.Survival(z)
	if alt == TwoSided {
		p *= 2
	}
	r.PValue = clip(p)
	return r, nil
}

func sorted(x []float64) []float64 {
	out := append([]float64(nil), x...)
	kernel.SortFloat64s(out)
	return out
}
