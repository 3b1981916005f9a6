package bias

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// DifferentialFairness returns the smoothed empirical differential fairness of the
// predictions (of the labels, without predictions),
//
//	epsilon = max over pairs of groups of |ln p - ln p'| and |ln(1-p) - ln(1-p')|
//	p = (positives + c/2) / (rows + c)
//
// with c the concentration of the prior; 1 is usual. 0 is equality. It returns
// ErrRange for a negative concentration, ErrUndefined for a single group. Source:
// Foulds et al. (2020), AIF360's smoothed_empirical_differential_fairness.
func (g *Groups) DifferentialFairness(concentration float64) (float64, error) {
	return g.differential("bias.Groups.DifferentialFairness", concentration, Selected)
}

// BiasAmplification returns the differential fairness of the predictions less that of the
// labels: above 0 the model treats groups less alike than the labels do. Errors are
// those of DifferentialFairness. Source: AIF360 0.6.1,
// differential_fairness_bias_amplification.
func (g *Groups) BiasAmplification(concentration float64) (float64, error) {
	const fn = "bias.Groups.BiasAmplification"
	p, err := g.differential(fn, concentration, Selected)
	if err != nil {
		return 0, err
	}
	y, err := g.differential(fn, concentration, Positives)
	if err != nil {
		return 0, err
	}
	return less(p, y), nil
}

func (g *Groups) differential(fn string, concentration float64, chosen func(tp, fp, tn, fn float64) float64) (float64, error) {
	if err := check.In(fn, "concentration", concentration, 0, math.MaxFloat64); err != nil {
		return 0, err
	}
	lo, hi, n := math.Inf(1), math.Inf(-1), 0
	for i := range g.Names {
		t := g.Table(i)
		rows := Everyone(t.Cells())
		if rows+concentration == 0 {
			continue
		}
		p := (chosen(t.Cells()) + concentration/2) / (rows + concentration)
		lo, hi, n = math.Min(lo, p), math.Max(hi, p), n+1
	}
	if n < 2 {
		return 0, fmt.Errorf("%s: need at least two groups, have %d: %w", fn, n, mlgauge.ErrUndefined)
	}
	if lo == hi {
		return 0, nil
	}
	return math.Max(math.Log(hi/lo), math.Log((1-lo)/(1-hi))), nil
}
