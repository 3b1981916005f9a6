package drift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
)

// Constants are the factors of control charts for samples of n values from a
// normal distribution.
type Constants struct {
	D2, D3        float64 // mean and standard deviation of the range, in sigmas
	C4            float64 // mean of the sample standard deviation, in sigmas
	A2, LowD, UpD float64 // X-bar/R: A2, D3 and D4
	A3, LowB, UpB float64 // X-bar/S: A3, B3 and B4
	E2            float64 // individuals: 3/d2
}

// ChartConstants computes the constants for samples of n values:
//
//	d2 = integral of 1 - Phi^n - (1-Phi)^n
//	d3 = sqrt(2 integral of w P(range > w) - d2^2)
//	c4 = sqrt(2/(n-1)) Gamma(n/2) / Gamma((n-1)/2)
//	A2 = 3/(d2 sqrt n),  D3, D4 = max(0, 1 - 3 d3/d2), 1 + 3 d3/d2
//	A3 = 3/(c4 sqrt n),  B3, B4 = max(0, 1 - 3 s), 1 + 3 s,  s = sqrt(1 - c4^2)/c4
//
// where P(range > w) = 1 - n integral of phi(x) (Phi(x+w) - Phi(x))^(n-1). They are
// right to about 1e-10. It returns ErrRange for n below 2 or above 1000.
func ChartConstants(n int) (Constants, error) {
	if n < 2 || n > 1000 {
		return Constants{}, fmt.Errorf("drift.ChartConstants: n: need a sample size from 2 to 1000, have %d: %w", n, mlgauge.ErrRange)
	}
	k := float64(n)
	// Density of the range: n(n-1) integral phi(x) phi(x+w) (Phi(x+w)-Phi(x))^(n-2) dx;
	// its survival 1 - n integral phi(x) (Phi(x+w) - Phi(x))^(n-1) dx needs one
	// integral. Then E W = integral S, E W^2 = 2 integral w S.
	phi, cdf := distuv.UnitNormal.Prob, distuv.UnitNormal.CDF
	survival := func(w float64) float64 {
		p := quad.Fixed(func(x float64) float64 {
			return phi(x) * math.Pow(cdf(x+w)-cdf(x), k-1)
		}, -9, 9, 200, nil, 0)
		return math.Max(0, 1-k*p)
	}
	d2 := quad.Fixed(survival, 0, 14, 120, nil, 0)
	second := 2 * quad.Fixed(func(w float64) float64 { return w * survival(w) }, 0, 14, 120, nil, 0)
	lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	c := Constants{
		D2: d2, D3: math.Sqrt(second - d2*d2),
		C4: math.Sqrt(2/(k-1)) * math.Exp(lg(k/2)-lg((k-1)/2)),
	}
	r, s := c.D3/c.D2, math.Sqrt(1-c.C4*c.C4)/c.C4
	c.A2, c.LowD, c.UpD = 3/(c.D2*math.Sqrt(k)), math.Max(0, 1-3*r), 1+3*r
	c.A3, c.LowB, c.UpB = 3/(c.C4*math.Sqrt(k)), math.Max(0, 1-3*s), 1+3*s
	c.E2 = 3 / c.D2
	return c, nil
}
