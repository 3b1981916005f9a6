package experiment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Goal says which end of a scale is good.
type Goal int

const (
	// Maximize: more is better. The default.
	Maximize Goal = iota
	// Minimize: less is better.
	Minimize
)

func (g Goal) check(fn string) error {
	if g != Maximize && g != Minimize {
		return check.Option(fn, "goal", int(g))
	}
	return nil
}

// String returns "maximize" or "minimize".
func (g Goal) String() string {
	switch g {
	case Maximize:
		return "maximize"
	case Minimize:
		return "minimize"
	}
	return "unknown goal"
}

// better tells whether a beats b.
func (g Goal) better(a, b float64) bool {
	if g == Minimize {
		return a < b
	}
	return a > b
}

// A Prior is the Beta distribution of a proportion before the data: A-1 hits and
// B-1 misses seen already. The zero value is the uniform Beta(1, 1).
type Prior struct{ A, B float64 }

// A Posterior is what is believed of one arm after the data.
type Posterior struct {
	Mean      float64 // of the arm's proportion or mean
	Low, High float64 // equal-tailed credible interval
	Best      float64 // probability that this arm is the best
	Loss      float64 // expected loss if this arm is chosen: of the best arm's value minus its own
}

// BestProportion returns for each arm the posterior of its proportion, the
// probability that it is the best and the expected loss of choosing it:
//
//	p_i ~ Beta(A + hits, B + misses)
//	Best_i = int f_i prod_{j != i} F_j,   Loss_i = int F_i (1 - prod_{j != i} F_j)
//
// integrated numerically, not drawn: right to about 10 digits, and the same every
// time. Arms without trials count with their prior.
//
// Errors: mlgauge.ErrEmpty for no arms, mlgauge.ErrRange for negative counts, hits
// above trials, a prior not above 0, a level outside (0, 1) or an unknown goal,
// mlgauge.ErrNotFinite for NaN and infinities.
func BestProportion(arms []metrics.Rate, prior Prior, goal Goal, level float64) ([]Posterior, error) {
	const fn = "experiment.BestProportion"
	if prior.A == 0 && prior.B == 0 {
		prior = Prior{1, 1}
	}
	if err := first(check.NotEmpty(fn, "arms", len(arms)), goal.check(fn), check.Level(fn, level)); err != nil {
		return nil, err
	}
	if !(prior.A > 0 && prior.B > 0) || math.IsInf(prior.A+prior.B, 0) {
		return nil, fmt.Errorf("%s: prior: need two finite numbers above 0, have %v and %v: %w", fn, prior.A, prior.B, mlgauge.ErrRange)
	}
	out := make([]Posterior, len(arms))
	a, b := make([]float64, len(arms)), make([]float64, len(arms))
	for i, r := range arms {
		if math.IsNaN(r.Hits) || math.IsNaN(r.Trials) || math.IsInf(r.Trials, 0) {
			return nil, fmt.Errorf("%s: arms: need finite counts, have %v of %v at index %d: %w", fn, r.Hits, r.Trials, i, mlgauge.ErrNotFinite)
		}
		if r.Trials > mostTrials || prior.A > mostTrials || prior.B > mostTrials {
			return nil, fmt.Errorf("%s: need at most %v trials, have %v after a prior of %v at index %d: %w", fn, float64(mostTrials), r.Trials, prior, i, mlgauge.ErrRange)
		}
		if r.Hits < 0 || r.Hits > r.Trials {
			return nil, fmt.Errorf("%s: arms: need 0 <= hits <= trials, have %v of %v at index %d: %w", fn, r.Hits, r.Trials, i, mlgauge.ErrRange)
		}
		a[i], b[i] = prior.A+r.Hits, prior.B+r.Trials-r.Hits
		d := distuv.Beta{Alpha: a[i], Beta: b[i]}
		out[i] = Posterior{Mean: d.Mean(), Low: d.Quantile((1 - level) / 2), High: d.Quantile((1 + level) / 2)}
		if goal == Minimize {
			a[i], b[i] = b[i], a[i] // the share of misses is to be large
		}
	}
	// In t = log(p/(1-p)) every Beta density is smooth and log-concave.
	var edges []float64
	top := make([]float64, len(arms)) // log density at the mode
	for i := range arms {
		centre, sd := math.Log(a[i]/b[i]), math.Sqrt(1/a[i]+1/b[i])
		top[i] = logitBeta(a[i], b[i], centre)
		for _, k := range reach {
			edges = append(edges, centre-k*sd, centre+k*sd)
		}
		// Tails fall as e^(a t) and e^(-b t).
		edges = append(edges, centre-45/a[i], centre+45/b[i])
	}
	return integrate(fn, out, edges, func(i int, t float64) (density, below, step float64) {
		p := 1 / (1 + math.Exp(-t))
		return math.Exp(logitBeta(a[i], b[i], t) - top[i]), mathext.RegIncBeta(a[i], b[i], p), p / (1 + math.Exp(t))
	})
}

// mostTrials is where the incomplete beta function has no digits left.
const mostTrials = 1e12

// reach holds the edges of panels, in standard deviations from a centre.
var reach = [...]float64{0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6.5, 8, 10, 14, 20}

// logitBeta returns the log density of the log odds, up to a constant.
func logitBeta(a, b, t float64) float64 {
	return -a*math.Log1p(math.Exp(-t)) - b*math.Log1p(math.Exp(t))
}

// BestMean returns for each arm the posterior of its mean under a flat prior,
// normal with the mean and the standard error of the sample, the probability that
// it is the best and the expected loss of choosing it, as BestProportion does. It
// is the large-sample posterior: with some dozens of units in each arm the
// variance is known well enough.
//
// Errors: mlgauge.ErrEmpty for no arms or an empty one, mlgauge.ErrUndefined for
// an arm with one value or without variance, mlgauge.ErrRange for a level outside
// (0, 1) or an unknown goal.
func BestMean(arms []*Sample, goal Goal, level float64) ([]Posterior, error) {
	const fn = "experiment.BestMean"
	if err := first(check.NotEmpty(fn, "arms", len(arms)), goal.check(fn), check.Level(fn, level)); err != nil {
		return nil, err
	}
	out := make([]Posterior, len(arms))
	mean, sd := make([]float64, len(arms)), make([]float64, len(arms))
	z := normalQuantile(level)
	for i, s := range arms {
		if err := s.least(fn, fmt.Sprintf("arms[%d]", i)); err != nil {
			return nil, err
		}
		mean[i], sd[i] = s.m.Mean(), math.Sqrt(s.m.Variance(1)/s.m.W)
		if sd[i] == 0 {
			return nil, fmt.Errorf("%s: arms[%d]: need values that vary, have a constant: %w", fn, i, mlgauge.ErrUndefined)
		}
		out[i] = Posterior{Mean: mean[i], Low: mean[i] - z*sd[i], High: mean[i] + z*sd[i]}
	}
	// Relative to the first mean, turned so that more is better.
	origin, sign := mean[0], 1.0
	if goal == Minimize {
		sign = -1
	}
	var edges []float64
	for i := range mean {
		mean[i] = sign * (mean[i] - origin)
		for _, k := range reach {
			edges = append(edges, mean[i]-k*sd[i], mean[i]+k*sd[i])
		}
	}
	return integrate(fn, out, edges, func(i int, x float64) (density, below, step float64) {
		z := (x - mean[i]) / sd[i]
		return math.Exp(-z * z / 2), distuv.UnitNormal.CDF(z), 1
	})
}

// integrate fills in Best and Loss, or reports that numbers do not suffice for it
// (ErrNotFinite). at returns an arm's density up to a constant
// and its distribution function at a node, and how far values move per unit of
// the variable of integration.
func integrate(fn string, out []Posterior, edges []float64, at func(i int, x float64) (density, below, step float64)) ([]Posterior, error) {
	k := len(out)
	total, below := make([]float64, k), make([]float64, k)
	density := make([]float64, k)
	overPanels(edges, func(x, w float64) {
		var step float64
		for i := range out {
			density[i], below[i], step = at(i, x)
		}
		for i := range out {
			others := 1.0
			for j, f := range below {
				if j != i {
					others *= f
				}
			}
			total[i] += w * density[i]
			out[i].Best += w * density[i] * others
			out[i].Loss += w * step * below[i] * (1 - others)
		}
	})
	for i := range out {
		out[i].Best = math.Min(1, out[i].Best/total[i])
		if v := out[i].Best + out[i].Loss; v*0 != 0 {
			return nil, fmt.Errorf("%s: arms: need posteriors that numbers can tell apart, have a probability of %v at index %d: %w", fn, out[i].Best, i, mlgauge.ErrNotFinite)
		}
	}
	return out, nil
}
