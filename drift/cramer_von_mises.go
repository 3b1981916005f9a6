package drift

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/twosample"
)

// CramerVonMises returns the two-sample Cramér-von Mises test (Anderson 1962),
//
//	U = n sum (rx_i - i)^2 + m sum (ry_j - j)^2
//	T = U/(n m (n+m)) - (4 n m - 1)/(6 (n+m))
//
// with rx and ry the ranks of the sorted samples in the pooled one, ties sharing
// the mean rank. The p-value is exact for samples of up to 20 values each (Auto),
// by counting; beyond, T is standardised and compared with the limit distribution.
// With ties the exact p-value is approximate. It returns ErrEmpty for a sample of
// fewer than two values, ErrNotFinite for NaN and infinities, ErrRange for an unknown method
// and for an exact p-value of more than 400 values in all. Source:
// scipy.stats.cramervonmises_2samp 1.17.
func CramerVonMises(x, y []float64, method Method) (Result, error) {
	const fn = "drift.CramerVonMises"
	if err := two(fn, x, y, 2); err != nil {
		return Result{}, err
	}
	if err := method.check(fn); err != nil {
		return Result{}, err
	}
	n, m := float64(len(x)), float64(len(y))
	if method == Auto {
		method = Asymptotic
		if max(len(x), len(y)) <= 20 {
			method = Exact
		}
	}
	if method == Exact && len(x)+len(y) > 400 {
		return Result{}, fmt.Errorf("%s: method: need at most 400 values for an exact p-value, have %d: %w", fn, len(x)+len(y), mlgauge.ErrRange)
	}
	sx, sy, done := kernel.SortedPair(x, y)
	defer done()
	pieces := twosample.Pieces(sx, sy)
	parts := make([]float64, len(pieces))
	twosample.Each(pieces, func(k int, p twosample.Piece) { parts[k] = cvmSum(sx, sy, p) })
	var u float64
	for _, v := range parts {
		u += v
	}
	k, all := n*m, n+m
	t := u/(k*all) - (4*k-1)/(6*all)
	r := Result{Test: "cramer_von_mises", Statistic: t}
	if method == Exact {
		r.PValue = cvmExact(len(x), len(y), u)
		return r, nil
	}
	mean := (1 + 1/all) / 6
	variance := (all + 1) * (4*k*all - 3*(n*n+m*m) - 2*k) / (45 * all * all * 4 * k)
	tn := 1./6 + (t-mean)/math.Sqrt(45*variance)
	if tn < 0.003 {
		r.PValue = 1 // the limit is not computable there, and is 1 to 1e-14
	} else {
		r.PValue = clip(1 - cvmLimit(tn))
	}
	return r, nil
}

// cvmSum returns the part of U of a piece of the sorted samples.
func cvmSum(sx, sy []float64, p twosample.Piece) (u float64) {
	n, m := float64(len(sx)), float64(len(sy))
	sx, sy = sx[:p.XEnd], sy[:p.YEnd]
	i, j := p.X, p.Y
	for i < len(sx) || j < len(sy) {
		t := math.Inf(1)
		if i < len(sx) {
			t = sx[i]
		}
		if j < len(sy) && sy[j] < t {
			t = sy[j]
		}
		i0, j0 := i, j
		for i < len(sx) && sx[i] == t {
			i++
		}
		for j < len(sy) && sy[j] == t {
			j++
		}
		rank := float64(i0+j0) + float64(i-i0+j-j0+1)/2
		for k := i0; k < i; k++ {
			d := rank - float64(k+1)
			u += n * d * d
		}
		for k := j0; k < j; k++ {
			d := rank - float64(k+1)
			u += m * d * d
		}
	}
	return u
}

// cvmExact returns P(U >= u) over all orders without ties, by the recurrence of Xiao,
// Gordon and Yakovlev (2007): over lattice paths, the values of the sum of squared
// differences of the two counts and how many paths have each.
func cvmExact(n, m int, u float64) float64 {
	// With ranks, n sum (rx-i)^2 + m sum (ry-j)^2 is an affine function of
	// zeta = lcm-scaled sum over pooled positions of (i/n - j/m)^2.
	a, b := n, m
	for b != 0 {
		a, b = b, a%b
	}
	lcm := n / a * m
	perN, perM := lcm/n, lcm/m
	k, all := float64(n)*float64(m), float64(n+m)
	// T = k/(all^2) sum (F-G)^2 = k/(all^2 lcm^2) zeta, and T from u as above.
	t := u/(k*all) - (4*k-1)/(6*all)
	zeta := math.Floor(t*all*all*float64(lcm)*float64(lcm)/k + 1e-6)
	type spread map[int]float64
	row := make([]spread, m+1)
	for i := 0; i <= n; i++ {
		for j := 0; j <= m; j++ {
			d := i*perN - j*perM
			add := d * d
			cur := make(spread)
			switch {
			case i == 0 && j == 0:
				cur[0] = 1
			default:
				// The chance that the last of i+j values was of x is i/(i+j).
				if i > 0 {
					for z, p := range row[j] {
						cur[z+add] += p * float64(i) / float64(i+j)
					}
				}
				if j > 0 {
					for z, p := range row[j-1] {
						cur[z+add] += p * float64(j) / float64(i+j)
					}
				}
			}
			row[j] = cur
		}
	}
	var p float64
	for _, z := range slices.Sorted(maps.Keys(row[m])) {
		if float64(z) >= zeta {
			p += row[m][z]
		}
	}
	return clip(p)
}

// cvmLimit returns the distribution function of the limit (Csörgő and Faraway
// 1996, equation 1.3),
//
//	sum_k Gamma(k + 1/2)/(k! pi^(3/2) sqrt x) sqrt(4k+1) e^(-q) K_(1/4)(q),  q = (4k+1)^2/(16 x)
func cvmLimit(x float64) float64 {
	var sum float64
	for k := 0.0; k < 1000; k++ {
		a, _ := math.Lgamma(k + 0.5)
		b, _ := math.Lgamma(k + 1)
		y := 4*k + 1
		q := y * y / (16 * x)
		term := math.Exp(a-b) / (math.Pow(math.Pi, 1.5) * math.Sqrt(x)) * math.Sqrt(y) * scaledBesselK(0.25, q)
		sum += term
		if term < 1e-17 {
			break
		}
	}
	return clip(sum)
}

// scaledBesselK returns e^(-q) K_nu(q) = integral of exp(-q (1 + cosh t)) cosh(nu t)
// over t > 0, by the trapezoidal rule, which converges to full precision on this
// integrand.
func scaledBesselK(nu, q float64) float64 {
	const h = 1. / 16
	sum := math.Exp(-2*q) / 2
	for t := h; ; t += h {
		v := math.Exp(-q*(1+math.Cosh(t))) * math.Cosh(nu*t)
		sum += v
		if v <= 1e-18*sum {
			return sum * h
		}
	}
}
