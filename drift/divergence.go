package drift

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/divergence"
)

// The distances of this file take the counts (or shares, or weights) of the same
// bins or categories on two sides; see Categories and Histogram for how to get them.
// Both are divided by their sums, after the same Smoothing. They return ErrLength,
// ErrEmpty, ErrNotFinite and ErrRange for bad counts, ErrUndefined for a side that
// sums to 0, ErrRange for a bad smoothing.

func distance(fn string, reference, current []float64, s Smoothing, d func(p, q []float64) float64) (float64, error) {
	p, q, err := s.Apply(fn, reference, current, nil, nil)
	if err != nil {
		return 0, err
	}
	return d(p, q), nil
}

// TVD returns the total variation distance, in [0, 1],
//
//	TVD = 1/2 sum |p - q|
func TVD(reference, current []float64) (float64, error) {
	return distance("drift.TVD", reference, current, Smoothing{}, divergence.TVD)
}

// KL returns the Kullback-Leibler divergence of current from reference, in nats,
//
//	KL = sum p ln(p / q)
//
// with p the reference. It is +Inf where the current side lacks a bin that the
// reference has, unless smoothed.
func KL(reference, current []float64, s Smoothing) (float64, error) {
	return distance("drift.KL", reference, current, s, divergence.KL)
}

// JensenShannon returns the Jensen-Shannon divergence in units of ln(base),
//
//	JS = 1/2 KL(p, m) + 1/2 KL(q, m),   m = (p + q)/2
//
// Base 2 gives [0, 1]; base 0 means e. It needs no smoothing.
func JensenShannon(reference, current []float64, base float64) (float64, error) {
	const fn = "drift.JensenShannon"
	unit, err := logBase(fn, base)
	if err != nil {
		return 0, err
	}
	v, err := distance(fn, reference, current, Smoothing{}, divergence.JS)
	return v / unit, err
}

// JensenShannonDistance returns the square root of JensenShannon, which is a
// metric. Source: scipy.spatial.distance.jensenshannon 1.17.
func JensenShannonDistance(reference, current []float64, base float64) (float64, error) {
	v, err := JensenShannon(reference, current, base)
	return math.Sqrt(v), err
}

func logBase(fn string, base float64) (float64, error) {
	if base == 0 {
		return 1, nil
	}
	if err := option(fn, "base", base, 1, math.Inf(1)); err != nil {
		return 0, err
	}
	return math.Log(base), nil
}

// Hellinger returns the Hellinger distance, in [0, 1],
//
//	H = sqrt(1/2 sum (sqrt p - sqrt q)^2)
func Hellinger(reference, current []float64) (float64, error) {
	return distance("drift.Hellinger", reference, current, Smoothing{}, divergence.Hellinger)
}

// Lp returns the distance (sum |p - q|^ord)^(1/ord); ord +Inf gives max |p - q|. It
// returns ErrRange for ord below 1.
func Lp(reference, current []float64, ord float64) (float64, error) {
	const fn = "drift.Lp"
	if err := check.In(fn, "ord", ord, 1, math.Inf(1)); err != nil {
		return 0, err
	}
	return distance(fn, reference, current, Smoothing{}, func(p, q []float64) float64 { return divergence.Lp(p, q, ord) })
}

// PSI returns the population stability index,
//
//	PSI = sum (q - p) ln(q / p)
//
// below 0.1 the populations are usually called stable, above 0.25 different. It is
// +Inf where a bin is empty on one side only, unless smoothed: an arbitrary floor
// can dominate the score, so say which Smoothing was used.
func PSI(reference, current []float64, s Smoothing) (float64, error) {
	return distance("drift.PSI", reference, current, s, divergence.PSI)
}

// LInfinity returns Deequ's distance of two category distributions: the largest
// difference of shares; with robust, lowered by what chance makes of it,
//
//	simple = max |p - q|
//	robust = max(0, simple - 1.8 sqrt((n + m)/(n m)))
//
// where n and m are the sums of the counts.
func LInfinity(reference, current []float64, robust bool) (float64, error) {
	const fn = "drift.LInfinity"
	v, err := distance(fn, reference, current, Smoothing{}, func(p, q []float64) float64 { return divergence.Lp(p, q, math.Inf(1)) })
	if err != nil || !robust {
		return v, err
	}
	var n, m float64
	for i := range reference {
		n += reference[i]
		m += current[i]
	}
	return LInfinityRobust(v, n, m, 0)
}

// LInfinityRobust lowers a simple distance (of categories, or the KS distance of
// numbers) between samples of n and m by Deequ's allowance,
//
//	max(0, simple - c sqrt((n + m)/(n m)))
//
// with c = 1.8, or sqrt(-ln(alpha/2)/2) where alpha is not 0. It returns ErrRange
// for alpha outside (0, 1) and sizes not above 0.
func LInfinityRobust(simple, n, m, alpha float64) (float64, error) {
	const fn = "drift.LInfinityRobust"
	if err := check.In(fn, "simple", simple, 0, 1); err != nil {
		return 0, err
	}
	for _, v := range []float64{n, m} {
		if err := option(fn, "size", v, 0, math.Inf(1)); err != nil {
			return 0, err
		}
	}
	c := 1.8
	if alpha != 0 {
		if err := option(fn, "alpha", alpha, 0, 1); err != nil {
			return 0, err
		}
		c = math.Sqrt(-math.Log(alpha/2) / 2)
	}
	return math.Max(0, simple-c*math.Sqrt((n+m)/(n*m))), nil
}
