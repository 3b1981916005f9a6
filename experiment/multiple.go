package experiment

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// A Correction is a way to keep the error rate of many tests in hand.
type Correction int

const (
	// Holm steps down from the smallest p-value: it controls the chance of any
	// false discovery, like Bonferroni, and rejects at least as much. The default.
	Holm Correction = iota
	// Bonferroni multiplies by the number of tests.
	Bonferroni
	// Sidak is exact for independent tests: 1 - (1-p)^n.
	Sidak
	// HolmSidak steps down with Sidak's bound.
	HolmSidak
	// Hochberg steps up; for independent or positively dependent tests.
	Hochberg
	// Hommel closes over Simes' test; at least as powerful as Hochberg.
	Hommel
	// BenjaminiHochberg controls the expected share of false discoveries, for
	// independent or positively dependent tests.
	BenjaminiHochberg
	// BenjaminiYekutieli does so under any dependence.
	BenjaminiYekutieli
)

// Adjust returns the adjusted p-values in the order given: a test is significant
// at alpha after the correction exactly where its adjusted value is at most alpha.
// With p(1) <= ... <= p(n):
//
//	Bonferroni          n p
//	Sidak               1 - (1-p)^n
//	Holm                max over j <= i of (n-j+1) p(j)
//	HolmSidak           max over j <= i of 1 - (1-p(j))^(n-j+1)
//	Hochberg            min over j >= i of (n-j+1) p(j)
//	Hommel              the smallest alpha at which closed Simes tests reject
//	BenjaminiHochberg   min over j >= i of n p(j) / j
//	BenjaminiYekutieli  that times 1 + 1/2 + ... + 1/n
//
// all clipped at 1.
//
// Errors: mlgauge.ErrEmpty for no p-values, mlgauge.ErrNotFinite for NaN,
// mlgauge.ErrRange for a p-value outside [0, 1] or an unknown method. Source:
// statsmodels 0.15 multipletests.
func Adjust(p []float64, method Correction) ([]float64, error) {
	const fn = "experiment.Adjust"
	if err := first(check.NotEmpty(fn, "p", len(p)), check.Probabilities(fn, "p", p)); err != nil {
		return nil, err
	}
	order := kernel.Argsort(nil, p)
	s := make([]float64, len(p))
	for k, i := range order {
		s[k] = p[i]
	}
	n := float64(len(p))
	switch method {
	case Bonferroni:
		for k := range s {
			s[k] *= n
		}
	case Sidak:
		for k := range s {
			s[k] = sidak(s[k], n)
		}
	case Holm:
		for k := range s {
			s[k] *= n - float64(k)
		}
		rise(s)
	case HolmSidak:
		for k := range s {
			s[k] = sidak(s[k], n-float64(k))
		}
		rise(s)
	case Hochberg:
		for k := range s {
			s[k] *= n - float64(k)
		}
		fall(s)
	case Hommel:
		hommel(s)
	case BenjaminiHochberg, BenjaminiYekutieli:
		c := 1.0
		if method == BenjaminiYekutieli {
			c = 0
			for k := len(p); k > 0; k-- {
				c += 1 / float64(k)
			}
		}
		for k := range s {
			s[k] = s[k] / (float64(k+1) / n) * c
		}
		fall(s)
	default:
		return nil, check.Option(fn, "method", int(method))
	}
	out := make([]float64, len(p))
	for k, i := range order {
		out[i] = math.Min(1, s[k])
	}
	return out, nil
}

// sidak returns 1 - (1-p)^n without cancellation.
func sidak(p, n float64) float64 { return -math.Expm1(n * math.Log1p(-p)) }

func rise(s []float64) {
	for k := 1; k < len(s); k++ {
		s[k] = math.Max(s[k], s[k-1])
	}
}

func fall(s []float64) {
	for k := len(s) - 2; k >= 0; k-- {
		s[k] = math.Min(s[k], s[k+1])
	}
}

// hommel adjusts ascending p-values in place: p becomes the smallest level at
// which h p is at most the level, h being the largest number of hypotheses that
// Simes' test does not reject there. That test accepts the m largest p-values below
// the level
//
//	c(m) = min over j <= m of m p(n-m+j) / j
//
// which is the least slope from the point (n-m, 0) to the points (i, p(i)) beyond:
// it touches their lower hull. Source: Meijer, Krebs and Goeman (2019).
func hommel(s []float64) {
	n := len(s)
	p := slices.Clone(s)
	at := func(i int) float64 { return p[i-1] } // p(i), i from 1
	slope := func(k, i int) float64 { return at(i) / float64(i-k) }
	limit := make([]float64, n+2) // largest c of at least m, which falls with m
	hull := make([]int, 0, n)     // from right to left
	for m := 1; m <= n; m++ {
		k := n - m
		i := k + 1
		for len(hull) >= 2 {
			b, c := hull[len(hull)-1], hull[len(hull)-2]
			// b is on the hull if it lies below the line from i to c.
			if (at(b)-at(i))*float64(c-i) < (at(c)-at(i))*float64(b-i) {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, i)
		// Along the hull the slopes fall, then rise.
		best := sort.Search(len(hull)-1, func(j int) bool {
			return slope(k, hull[j]) < slope(k, hull[j+1])
		})
		for j := max(0, best-1); j <= min(len(hull)-1, best+1); j++ {
			if slope(k, hull[j]) < slope(k, hull[best]) {
				best = j
			}
		}
		limit[m] = float64(m) * at(hull[best]) / float64(hull[best]-k)
	}
	for m := n - 1; m >= 1; m-- {
		limit[m] = math.Max(limit[m], limit[m+1])
	}
	for i := range s {
		h := sort.Search(n, func(m int) bool { return float64(m+1)*p[i] >= limit[m+1] })
		s[i] = math.Max(limit[h+1], float64(h)*p[i])
	}
}

// String returns the name of the method: "holm".
func (c Correction) String() string {
	names := [...]string{"holm", "bonferroni", "sidak", "holm-sidak", "hochberg", "hommel", "benjamini-hochberg", "benjamini-yekutieli"}
	if c < 0 || int(c) >= len(names) {
		return fmt.Sprintf("Correction(%d)", int(c))
	}
	return names[c]
}
