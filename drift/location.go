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
// Less is the alternative mx < my, Greater mx > my. It returns ErrEmpty for fewer
// than two values in a sample, ErrNotFinite for NaN and infinities, ErrUndefined
// where both samples are constant. Source: scipy.stats.ttest_ind 1.17.
func TTest(x, y []float64, alt Alternative) (Result, error) {
	return tTest("drift.TTest", "t", x, y, alt, false)
}

// Welch returns Welch's t test for a difference of two means without the assumption
// of equal variances,
//
//	t = (mx - my) / sqrt(sx^2/n + sy^2/m)
//	df = (sx^2/n + sy^2/m)^2 / ((sx^2/n)^2/(n-1) + (sy^2/m)^2/(m-1))
//
// Alternatives and errors are those of TTest. Source: scipy.stats.ttest_ind 1.17.
func Welch(x, y []float64, alt Alternative) (Result, error) {
	return tTest("drift.Welch", "welch", x, y, alt, true)
}

func tTest(fn, name string, x, y []float64, alt Alternative, welch bool) (Result, error) {
	if err := two(fn, x, y, 2); err != nil {
		return Result{}, err
	}
	if err := alt.check(fn); err != nil {
		return Result{}, err
	}
	var mx, my moments.Moments
	moments.Add(&mx, x)
	moments.Add(&my, y)
	n, m := mx.W, my.W
	vx, vy := mx.Variance(1)/n, my.Variance(1)/m
	df, se := n+m-2, math.Sqrt((mx.M2+my.M2)/(n+m-2)*(1/n+1/m))
	if welch {
		se = math.Sqrt(vx + vy)
		df = (vx + vy) * (vx + vy) / (vx*vx/(n-1) + vy*vy/(m-1))
	}
	if se == 0 {
		return Result{}, fmt.Errorf("%s: need a sample that varies, have two constant ones: %w", fn, mlgauge.ErrUndefined)
	}
	t := (mx.Mean() - my.Mean()) / se
	return Result{Test: name, Statistic: t, DF: df, PValue: tails(t, alt, distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF)}, nil
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
// orders as if there were no ties, with a half U rounded down as in SciPy. It returns ErrEmpty, ErrNotFinite for NaN and
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
	if err := method.check(fn); err != nil {
		return Result{}, err
	}
	n, m := float64(len(x)), float64(len(y))
	sx, sy := sorted(x), sorted(y)
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
	z := (s - n*m/2 - 0.5) / sd
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
