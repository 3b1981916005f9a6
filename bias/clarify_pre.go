package bias

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/divergence"
)

// The metrics before training: they look at labels only. Source: SageMaker
// Clarify, smclarify 0.5.

// CI returns the class imbalance of the facet,
//
//	CI = (na - nd) / (na + nd)
//
// in [-1, 1]; 0 is balance, positive values mean that d is the smaller side.
func (f *Facet) CI() (float64, error) {
	if err := f.needSides("bias.Facet.CI"); err != nil {
		return 0, err
	}
	a, d := f.Sizes()
	return (a - d) / (a + d), nil
}

// DPL returns the difference in positive proportions of the labels,
//
//	DPL = na1/na - nd1/nd
//
// in [-1, 1]; 0 is parity, positive values favour a.
func (f *Facet) DPL() (float64, error) {
	if err := f.needSides("bias.Facet.DPL"); err != nil {
		return 0, err
	}
	return f.positives(sideA)/f.side[sideA] - f.positives(sideD)/f.side[sideD], nil
}

// Distributions says over which labels the distances between the label
// distributions of the two sides run. The zero value is the proper definition:
// every label value that occurs on either side. Clarify's reports are reproduced
// with both options set.
type Distributions struct {
	// Collapse turns the labels into positive and negative first.
	Collapse bool
	// SharedOnly keeps only the labels that occur on both sides, without
	// renormalising: KL can then be negative, and TVD is too small.
	SharedOnly bool
	// Pseudocount is added to the weight of every label on both sides. With 0,
	// KL is +Inf where d lacks a label that a has.
	Pseudocount float64
}

// Clarify is the choice of labels that SageMaker Clarify's reports make.
var Clarify = Distributions{Collapse: true, SharedOnly: true}

// LabelDistributions returns the distribution of the labels on each side: P(label
// | a) and P(label | d), in natural order of the labels (or negative, positive).
// It returns ErrUndefined if no label is shared and o asks for shared ones, and
// ErrRange for a pseudocount that is negative or not finite.
func (f *Facet) LabelDistributions(o Distributions) (pa, pd []float64, err error) {
	const fn = "bias.Facet.LabelDistributions"
	if err := f.needSides(fn); err != nil {
		return nil, nil, err
	}
	if !(o.Pseudocount >= 0) || math.IsInf(o.Pseudocount, 1) {
		return nil, nil, fmt.Errorf("%s: Pseudocount: need a finite number of at least 0, have %v: %w", fn, o.Pseudocount, mlgauge.ErrRange)
	}
	ca, cd := f.label[sideA], f.label[sideD]
	if o.Collapse {
		pos := [2]float64{f.positives(sideA), f.positives(sideD)}
		ca = []float64{f.side[sideA] - pos[sideA], pos[sideA]}
		cd = []float64{f.side[sideD] - pos[sideD], pos[sideD]}
	}
	k := float64(len(ca))
	for i := range ca {
		a, d := ca[i]+o.Pseudocount, cd[i]+o.Pseudocount
		if a == 0 && d == 0 || o.SharedOnly && (a == 0 || d == 0) {
			continue
		}
		pa = append(pa, a/(f.side[sideA]+k*o.Pseudocount))
		pd = append(pd, d/(f.side[sideD]+k*o.Pseudocount))
	}
	if len(pa) == 0 {
		return nil, nil, fmt.Errorf("%s: need a label that occurs on both sides, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return pa, pd, nil
}

// KL returns the Kullback-Leibler divergence of the labels of a from those of d,
//
//	KL = sum Pa ln(Pa / Pd)
//
// in nats. It is +Inf where d lacks a label that a has, unless o smooths or keeps
// shared labels only. Errors are those of LabelDistributions.
func (f *Facet) KL(o Distributions) (float64, error) {
	// Not divergence.KL, which takes distributions: over shared labels the sums
	// are below 1, and the result may be negative.
	return f.distance(o, func(p, q []float64) float64 {
		var s float64
		for i := range p {
			s += xlogy(p[i], q[i])
		}
		return s
	})
}

// JS returns the Jensen-Shannon divergence of the two label distributions,
//
//	JS = 1/2 sum Pa ln(Pa/P) + 1/2 sum Pd ln(Pd/P),   P = (Pa + Pd)/2
//
// in nats, in [0, ln 2] over the union of labels. Errors are those of
// LabelDistributions.
func (f *Facet) JS(o Distributions) (float64, error) {
	return f.distance(o, func(p, q []float64) float64 {
		// Not divergence.JS, for the same reason as in KL.
		var s float64
		for i := range p {
			m := (p[i] + q[i]) / 2
			s += xlogy(p[i], m) + xlogy(q[i], m)
		}
		return s / 2
	})
}

func xlogy(p, m float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log(p/m)
}

// LP returns the Euclidean distance of the two label distributions,
//
//	LP = sqrt(sum (Pa - Pd)^2)
//
// Errors are those of LabelDistributions.
func (f *Facet) LP(o Distributions) (float64, error) {
	return f.distance(o, func(p, q []float64) float64 { return divergence.Lp(p, q, 2) })
}

// TVD returns the total variation distance of the two label distributions,
//
//	TVD = 1/2 sum |Pa - Pd|
//
// in [0, 1]. Errors are those of LabelDistributions.
func (f *Facet) TVD(o Distributions) (float64, error) {
	return f.distance(o, func(p, q []float64) float64 { return divergence.Lp(p, q, 1) / 2 })
}

// KS returns the largest difference between the two label distributions,
//
//	KS = max |Pa - Pd|
//
// over the labels, not over a cumulative distribution. Errors are those of
// LabelDistributions.
func (f *Facet) KS(o Distributions) (float64, error) {
	return f.distance(o, func(p, q []float64) float64 { return divergence.Lp(p, q, math.Inf(1)) })
}

func (f *Facet) distance(o Distributions, d func(p, q []float64) float64) (float64, error) {
	pa, pd, err := f.LabelDistributions(o)
	if err != nil {
		return 0, err
	}
	return d(pa, pd), nil
}

// CDDL returns the conditional demographic disparity of the labels: the mean over
// the strata, weighted by their size, of the share of d among the rejected less
// the share of d among the accepted,
//
//	CDDL = (1/n) sum_i n_i DD_i,   DD_i = nd0_i/n0_i - nd1_i/n1_i
//
// in [-1, 1]. A share of nothing is 0. It follows Clarify's code, where both
// shares are those of the stratum; its documentation divides by totals. It returns
// ErrUndefined without strata, without any positive or any negative label.
func (f *Facet) CDDL() (float64, error) {
	return f.cdd("bias.Facet.CDDL", "label", func(s *[2][2][2]float64, side, positive int) float64 {
		return s[side][positive][0] + s[side][positive][1]
	})
}

func (f *Facet) cdd(fn, what string, count func(s *[2][2][2]float64, side, positive int) float64) (float64, error) {
	if !f.hasStrat {
		return 0, fmt.Errorf("%s: Stratum: need batches with strata, have none: %w", fn, mlgauge.ErrUndefined)
	}
	var n, sum float64
	var total [2]float64
	for i := range f.strata {
		s := &f.strata[i]
		var share [2]float64
		var ni float64
		for positive := range 2 {
			all := count(s, sideA, positive) + count(s, sideD, positive)
			if all > 0 {
				share[positive] = count(s, sideD, positive) / all
			}
			total[positive] += all
			ni += all
		}
		sum += ni * (share[0] - share[1])
		n += ni
	}
	for positive, word := range []string{"negative", "positive"} {
		if total[positive] == 0 {
			return 0, fmt.Errorf("%s: need at least one %s %s, have none: %w", fn, word, what, mlgauge.ErrUndefined)
		}
	}
	return sum / n, nil
}
