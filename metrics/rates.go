package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A RateMethod is a way to put an interval around a proportion.
type RateMethod int

const (
	// Wilson is the score interval: near its nominal coverage for every n. The
	// default.
	Wilson RateMethod = iota
	// ClopperPearson inverts the exact binomial test: never below its nominal
	// coverage, and wide for it.
	ClopperPearson
	// AgrestiCoull adds z^2/2 successes and failures and takes the normal
	// interval.
	AgrestiCoull
	// Jeffreys is the equal-tailed Bayesian interval under the prior
	// Beta(1/2, 1/2).
	Jeffreys
)

// String returns the name of the method: "wilson".
func (m RateMethod) String() string {
	switch m {
	case Wilson:
		return "wilson"
	case ClopperPearson:
		return "clopper-pearson"
	case AgrestiCoull:
		return "agresti-coull"
	case Jeffreys:
		return "jeffreys"
	}
	return fmt.Sprintf("RateMethod(%d)", int(m))
}

// A Rate is a proportion with what it was counted from: Hits of Trials. Sums of
// weights are accepted in the place of counts and are read as numbers of
// repeated rows, which need not be whole; weights of another nature (inverse
// probabilities, say) should first be scaled to sum to the effective number of
// rows.
type Rate struct {
	Hits, Trials float64
}

// Value returns the proportion.
//
//	Hits / Trials
//
// It is undefined (mlgauge.ErrUndefined) when Trials is 0, mlgauge.ErrNotFinite
// or mlgauge.ErrRange when 0 <= Hits <= Trials < Inf does not hold.
func (r Rate) Value() (float64, error) {
	if err := r.valid("metrics.Rate.Value"); err != nil {
		return math.NaN(), err
	}
	return r.Hits / r.Trials, nil
}

// Interval returns the proportion with its two-sided confidence interval. With
// x hits of n, p = x/n, z the normal quantile of (1+level)/2, a = (1-level)/2:
//
//	Wilson          (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
//	ClopperPearson  Beta quantiles: a of (x, n-x+1), 1-a of (x+1, n-x)
//	AgrestiCoull    q +- z sqrt(q(1-q)/(n+z^2)), q = (x + z^2/2)/(n + z^2)
//	Jeffreys        Beta quantiles: a and 1-a of (x+1/2, n-x+1/2)
//
// Limits lie in [0, 1]. Clopper-Pearson's lower limit is 0 at x = 0 and its
// upper one 1 at x = n.
//
// Errors: those of Value; mlgauge.ErrRange for a level outside (0, 1) or an
// unknown method.
//
// Source: Brown, Cai and DasGupta, Statistical Science 16 (2001) 101; the
// limits are those of statsmodels 0.15 proportion_confint.
func (r Rate) Interval(method RateMethod, level float64) (Interval, error) {
	const fn = "metrics.Rate.Interval"
	if err := r.valid(fn); err != nil {
		return Interval{}, err
	}
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	x, n := r.Hits, r.Trials
	p, tail := x/n, (1-level)/2
	iv := Interval{Value: p, Level: level}
	switch method {
	case Wilson:
		z := normalQuantile(level)
		z2 := z * z
		centre := (p + z2/(2*n)) / (1 + z2/n)
		half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
		iv.Low, iv.High = centre-half, centre+half
		// The root is exact at the ends; the difference is not.
		if x == 0 {
			iv.Low = 0
		}
		if x == n {
			iv.High = 1
		}
	case AgrestiCoull:
		z := normalQuantile(level)
		z2 := z * z
		m := n + z2
		q := (x + z2/2) / m
		half := z * math.Sqrt(q*(1-q)/m)
		iv.Low, iv.High = q-half, q+half
	case ClopperPearson:
		iv.Low, iv.High = 0, 1
		switch { // at the ends the quantiles have a closed form
		case x == n:
			iv.Low = math.Exp(math.Log(tail) / n)
		case x > 0:
			iv.Low = betaQuantile(tail, x, n-x+1)
		}
		switch {
		case x == 0:
			iv.High = -math.Expm1(math.Log(tail) / n)
		case x < n:
			iv.High = betaUpper(tail, x+1, n-x)
		}
	case Jeffreys:
		iv.Low = betaQuantile(tail, x+0.5, n-x+0.5)
		iv.High = betaUpper(tail, x+0.5, n-x+0.5)
	default:
		return Interval{}, check.Option(fn, "method", method)
	}
	iv.Low, iv.High = max(iv.Low, 0), min(iv.High, 1)
	return iv, nil
}

func (r Rate) valid(fn string) error {
	if math.IsNaN(r.Hits) || math.IsNaN(r.Trials) || math.IsInf(r.Trials, 0) {
		return fmt.Errorf("%s: need finite counts, have %v of %v: %w", fn, r.Hits, r.Trials, mlgauge.ErrNotFinite)
	}
	if r.Hits < 0 || r.Hits > r.Trials {
		return fmt.Errorf("%s: need 0 <= hits <= trials, have %v of %v: %w", fn, r.Hits, r.Trials, mlgauge.ErrRange)
	}
	if r.Trials == 0 {
		return fmt.Errorf("%s: need at least one trial, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return nil
}

// normalQuantile returns z such that a standard normal lies in [-z, z] with
// probability level.
func normalQuantile(level float64) float64 {
	// The lower tail keeps its digits when level is close to 1.
	return -distuv.UnitNormal.Quantile((1 - level) / 2)
}

// betaUpper returns the value that Beta(a, b) exceeds with probability tail:
// from the side on which neither tail nor a limit near 0 loses its digits.
func betaUpper(tail, a, b float64) float64 {
	if a < b && tail > 1e-6 {
		return betaQuantile(1-tail, a, b)
	}
	return 1 - betaQuantile(tail, b, a)
}

// betaQuantile returns the p-quantile of Beta(a, b).
func betaQuantile(p, a, b float64) float64 {
	d := distuv.Beta{Alpha: a, Beta: b}
	x := d.Quantile(p)
	// The library's inversion stops a few digits early: finish by Newton.
	for range 4 {
		f := d.Prob(x)
		if !(f > 0) || math.IsInf(f, 0) {
			break
		}
		step := (d.CDF(x) - p) / f
		next := x - step
		if !(next > 0 && next < 1) {
			break
		}
		x = next
		if math.Abs(step) <= 1e-16*x {
			break
		}
	}
	return x
}
