package drift

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// KS returns the two-sample Kolmogorov-Smirnov test,
//
//	D = max |F(t) - G(t)|
//
// with F and G the empirical distribution functions of x and y, ties stepped over
// as one. Less looks at max G - F (x tends to larger values: F lies below G) and
// Greater at max F - G, as SciPy names them.
//
// The p-value is exact for samples of up to 10,000 values (Auto), by counting
// lattice paths; beyond, the one-sample distribution at n m/(n+m) for two sides and
// Hodges' formula for one. With ties the exact p-value is an upper bound. x and y
// may hold infinities. It returns ErrEmpty for an empty sample, ErrNotFinite for
// NaN, ErrRange for an unknown option. Source: scipy.stats.ks_2samp 1.17.
func KS(x, y []float64, alt Alternative, method Method) (Result, error) {
	const fn = "drift.KS"
	if err := check.NotEmpty(fn, "x", len(x)); err != nil {
		return Result{}, err
	}
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return Result{}, err
	}
	if err := alt.check(fn); err != nil {
		return Result{}, err
	}
	if err := method.check(fn); err != nil {
		return Result{}, err
	}
	units, err := ksUnits(fn, x, y, alt)
	if err != nil {
		return Result{}, err
	}
	n, m := len(x), len(y)
	d := units / (float64(n) * float64(m))
	if method == Auto {
		method = Asymptotic
		if max(n, m) <= 10_000 {
			method = Exact
		}
	}
	r := Result{Test: "ks", Statistic: d}
	if method == Exact {
		r.PValue = ksExact(n, m, units, alt)
	} else {
		r.PValue = ksAsymptotic(float64(n), float64(m), d, alt)
	}
	return r, nil
}

// ksUnits returns the statistic in units of 1/(n m).
func ksUnits(fn string, x, y []float64, alt Alternative) (float64, error) {
	if alt == TwoSided {
		if d, ok := kernel.KSDistance(x, y); ok {
			return d, nil
		}
	}
	for _, s := range [2][]float64{x, y} {
		if err := check.NoNaN(fn, "x and y", s); err != nil {
			return 0, err
		}
	}
	hi, lo := kernel.KSDifferences(x, y)
	if alt == Less {
		return -lo, nil
	}
	return hi, nil
}

// ksExact takes the statistic in units of 1/(n m).
func ksExact(n, m int, units float64, alt Alternative) float64 {
	if units == 0 {
		return 1
	}
	if n == m {
		h := int(math.Round(units / float64(n)))
		if alt == TwoSided {
			return ksEqualSizes(n, h)
		}
		p := 1.0
		for j := range h {
			p *= float64(n-j) / float64(n+j+1)
		}
		return p
	}
	perN, _ := unitsOfLCM(n, m) // m/gcd
	gcd := float64(m) / perN
	return pathsOutside(n, m, math.Round(units/gcd), alt == TwoSided)
}

func ksAsymptotic(n, m, d float64, alt Alternative) float64 {
	n, m = math.Max(n, m), math.Min(n, m)
	en := n * m / (n + m)
	if alt == TwoSided {
		k := int(math.RoundToEven(en))
		if k == 0 { // one value each: every outcome is as likely
			return 1
		}
		return kolmogorovSurvival(k, d)
	}
	z := math.Sqrt(en) * d
	return clip(math.Exp(-2*z*z - 2*z*(n+2*m)/math.Sqrt(n*m*(n+m))/3))
}

// KSWeighted returns the Kolmogorov-Smirnov test of weighted samples: F and G are
// the weighted distribution functions, and the p-value is asymptotic at the
// effective sizes (sum w)^2 / sum w^2. Nil weights are 1. It returns the errors of
// KS, and ErrLength, ErrRange, ErrUndefined for bad weights.
func KSWeighted(x, wx, y, wy []float64) (Result, error) {
	const fn = "drift.KSWeighted"
	if err := two(fn, x, y, 1); err != nil {
		return Result{}, err
	}
	sx, ex, err := weightedSample(fn, "wx", x, wx)
	if err != nil {
		return Result{}, err
	}
	sy, ey, err := weightedSample(fn, "wy", y, wy)
	if err != nil {
		return Result{}, err
	}
	var d float64
	walk(sx, sy, func(_, f, g float64) { d = math.Max(d, math.Abs(f-g)) })
	en := ex * ey / (ex + ey)
	return Result{Test: "ks", Statistic: d, PValue: kolmogorovSurvival(max(1, int(math.RoundToEven(en))), d),
		Note: fmt.Sprintf("weighted: effective sizes %.1f and %.1f", ex, ey)}, nil
}

// ordered is a sample in ascending order with its cumulative weights over their sum.
type ordered struct{ x, cum []float64 }

// weightedSample sorts a sample and returns its effective size.
func weightedSample(fn, arg string, x, w []float64) (ordered, float64, error) {
	if w == nil {
		w = make([]float64, len(x))
		for i := range w {
			w[i] = 1
		}
	} else if err := check.Weights(fn, arg, len(x), w); err != nil {
		return ordered{}, 0, err
	}
	total, err := check.Sum(fn, arg, w)
	if err != nil {
		return ordered{}, 0, err
	}
	o := ordered{x: append([]float64(nil), x...), cum: append([]float64(nil), w...)}
	kernel.SortWeighted(o.x, o.cum)
	var sum, squares float64
	for i, v := range o.cum {
		sum += v
		squares += v / total * (v / total)
		o.cum[i] = sum / total
	}
	o.cum[len(o.cum)-1] = 1
	return o, 1 / squares, nil
}

// walk calls do after each distinct value with both distribution functions there.
func walk(x, y ordered, do func(t, f, g float64)) {
	i, j := 0, 0
	var f, g float64
	for i < len(x.x) || j < len(y.x) {
		t := math.Inf(1)
		if i < len(x.x) {
			t = x.x[i]
		}
		if j < len(y.x) && y.x[j] < t {
			t = y.x[j]
		}
		for i < len(x.x) && x.x[i] == t {
			f = x.cum[i]
			i++
		}
		for j < len(y.x) && y.x[j] == t {
			g = y.cum[j]
			j++
		}
		do(t, f, g)
	}
}
