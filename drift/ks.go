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
	s, err := weightedSamples(fn, x, wx, y, wy)
	if err != nil {
		return Result{}, err
	}
	defer s.done()
	var d float64
	walk(s.x, s.y, func(_, f, g float64) { d = math.Max(d, math.Abs(f-g)) })
	ex, ey := s.sizes[0], s.sizes[1]
	en := ex * ey / (ex + ey)
	return Result{Test: "ks", Statistic: d, PValue: kolmogorovSurvival(max(1, int(math.RoundToEven(en))), d),
		Note: fmt.Sprintf("weighted: effective sizes %.1f and %.1f", ex, ey)}, nil
}

// ordered is a sample in ascending order with its cumulative weights over their sum;
// nil stands for equal weights.
type ordered struct{ x, cum []float64 }

// below returns the distribution function after the first i values.
func (o *ordered) below(i int) float64 {
	switch {
	case i == 0:
		return 0
	case o.cum == nil:
		return float64(i) / float64(len(o.x))
	}
	return o.cum[i-1]
}

// orderedPair is two weighted samples in order, with their effective sizes; done takes
// back what was lent.
type orderedPair struct {
	x, y  ordered
	sizes [2]float64
	done  func()
}

// weightedSamples sorts two samples.
func weightedSamples(fn string, x, wx, y, wy []float64) (s orderedPair, err error) {
	s.done = func() {}
	if wx == nil && wy == nil {
		s.sizes = [2]float64{float64(len(x)), float64(len(y))}
		s.x.x, s.y.x, s.done = kernel.SortedPair(x, y)
		return s, nil
	}
	if s.x, s.sizes[0], err = weightedSample(fn, "wx", x, wx); err == nil {
		s.y, s.sizes[1], err = weightedSample(fn, "wy", y, wy)
	}
	return s, err
}

// weightedSample sorts a sample and returns its effective size.
func weightedSample(fn, arg string, x, w []float64) (ordered, float64, error) {
	if w == nil {
		return ordered{x: sorted(x)}, float64(len(x)), nil
	}
	if err := check.Weights(fn, arg, len(x), w); err != nil {
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
	a, b := x.x, y.x
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		t := math.Inf(1)
		if i < len(a) {
			t = a[i]
		}
		if j < len(b) && b[j] < t {
			t = b[j]
		}
		for i < len(a) && a[i] == t {
			i++
		}
		for j < len(b) && b[j] == t {
			j++
		}
		do(t, x.below(i), y.below(j))
	}
}
