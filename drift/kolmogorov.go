package drift

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// kolmogorovSurvival returns P(D_n >= d) of the two-sided one-sample statistic
// for n values, by the regions of Simard and L'Ecuyer (2011): the exact matrix
// power of Marsaglia, Tsang and Wang where it is small, twice the exact one-sided
// tail where that is right, and the expansion of Pelz and Good in between.
func kolmogorovSurvival(n int, d float64) float64 {
	k := float64(n)
	t := k * d
	switch {
	case d >= 1:
		return 0
	case t <= 0.5:
		return 1
	case t <= 1: // n!/n^n (2t-1)^n
		lg, _ := math.Lgamma(k + 1)
		return clip(-math.Expm1(lg - k*math.Log(k) + k*math.Log(2*t-1)))
	case t >= k-1:
		return clip(2 * math.Pow(1-d, k))
	case d >= 0.5:
		return clip(2 * smirnovSurvival(n, d))
	}
	z2 := t * d
	if n <= 140 {
		if z2 <= 4 {
			return clip(1 - durbin(n, d))
		}
		return clip(2 * smirnovSurvival(n, d))
	}
	switch {
	case z2 >= 370:
		return 0
	case z2 >= 2.2:
		return clip(2 * smirnovSurvival(n, d))
	case n <= 100_000 && k*math.Pow(d, 1.5) <= 1.4:
		return clip(1 - durbin(n, d))
	}
	return clip(pelzGood(n, d))
}

func clip(p float64) float64 { return math.Max(0, math.Min(1, p)) }

// maxSmirnovSum is the n beyond which the sum is replaced by its limit.
const maxSmirnovSum = 1_000_000

// smirnovTerms is about how many terms of a long sum are added.
const smirnovTerms = 8192

// smirnovSurvival returns P(D+_n >= d) of the one-sided statistic,
//
//	sum_{j=0}^{n(1-d)} C(n,j) d (d + j/n)^(j-1) (1 - d - j/n)^(n-j)
//
// each term as a binomial probability in Loader's saddle-point form, which does
// not lose digits for large n. With p = d + j/n the terms are as exp(-n d^2 / (2 p (1-p))),
// which is flat at both ends, so that of many thousands every s-th, s times, gives the
// same sum: the trapezoidal rule at its best. With n d^2 below 2 the ends are not flat
// enough, and all are added.
func smirnovSurvival(n int, d float64) float64 {
	k, stride := float64(n), 1
	if n > maxSmirnovSum {
		v := 6*k*d + 1
		return math.Exp(-v * v / (18 * k))
	}
	if k*d*d >= 2 {
		stride = max(1, n/smirnovTerms)
	}
	var sum float64
	for j := stride / 2; float64(j) <= k*(1-d); j += stride {
		p := d + float64(j)/k
		if p > 1 {
			break
		}
		sum += binomialTerm(n, j, p) * (d / p)
	}
	return clip(float64(stride) * sum)
}

// binomialTerm returns C(n,j) p^j (1-p)^(n-j) by Loader (2000).
func binomialTerm(n, j int, p float64) float64 {
	k, x := float64(n), float64(j)
	q := 1 - p
	switch {
	case j == 0:
		return math.Exp(k * math.Log1p(-p))
	case j == n:
		return math.Exp(k * math.Log(p))
	}
	lc := stirlingError(k) - stirlingError(x) - stirlingError(k-x) - deviance(x, k*p) - deviance(k-x, k*q)
	return math.Exp(lc) * math.Sqrt(k/(2*math.Pi*x*(k-x)))
}

// stirlingError returns ln n! - ln(sqrt(2 pi n) (n/e)^n).
func stirlingError(n float64) float64 {
	if n <= 15 {
		lg, _ := math.Lgamma(n + 1)
		return lg - (n+0.5)*math.Log(n) + n - 0.5*math.Log(2*math.Pi)
	}
	i2 := 1 / (n * n)
	return (1./12 - (1./360-(1./1260-(1./1680-1./1188*i2)*i2)*i2)*i2) / n
}

// deviance returns x ln(x/m) + m - x without cancellation near x = m.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) < 0.1*(x+m) {
		v := (x - m) / (x + m)
		s := (x - m) * v
		e, v2 := 2*x*v, v*v
		for j := 3.0; j < 2000; j += 2 {
			e *= v2
			next := s + e/j
			if next == s {
				return s
			}
			s = next
		}
	}
	return x*math.Log(x/m) + m - x
}

// durbin returns P(D_n < d) as an entry of a matrix power (Marsaglia, Tsang and
// Wang 2003).
func durbin(n int, d float64) float64 {
	t := float64(n) * d
	k := int(math.Ceil(t))
	h := float64(k) - t
	m := 2*k - 1
	a := mat.NewDense(m, m, nil)
	fact := 1.0
	inverse := make([]float64, m+1) // 1/i!
	inverse[0] = 1
	for i := 1; i <= m; i++ {
		fact /= float64(i)
		inverse[i] = fact
	}
	for i := range m {
		for j := 0; j <= i+1 && j < m; j++ {
			a.Set(i, j, inverse[i-j+1])
		}
	}
	hp := 1.0
	for i := range m {
		hp *= h
		a.Set(i, 0, (1-hp)*inverse[i+1])
		a.Set(m-1, m-1-i, (1-hp)*inverse[i+1])
	}
	a.Set(m-1, 0, (1-2*hp+math.Pow(math.Max(0, 2*h-1), float64(m)))*inverse[m])

	// Binary powers, with the scale kept apart.
	power := mat.NewDense(m, m, nil)
	for i := range m {
		power.Set(i, i, 1)
	}
	var exp, expA int
	var next mat.Dense
	for e := n; e > 0; e /= 2 {
		if e%2 == 1 {
			next.Mul(power, a)
			power.Copy(&next)
			exp += expA
		}
		next.Mul(a, a)
		a.Copy(&next)
		expA *= 2
		if v := a.At(k-1, k-1); v > 0x1p128 {
			a.Scale(0x1p-128, a)
			expA += 128
		}
	}
	p := power.At(k-1, k-1)
	for i := 1; i <= n; i++ {
		p *= float64(i) / float64(n)
		if p < 0x1p-128 {
			p *= 0x1p128
			exp -= 128
		}
	}
	return clip(math.Ldexp(p, exp))
}

// pelzGood returns P(D_n >= d) by the expansion of Pelz and Good (1976), whose
// four terms are functions of z = sqrt(n) d, to order n^(-3/2).
func pelzGood(n int, d float64) float64 {
	z := math.Sqrt(float64(n)) * d
	z2, z3, z4, z6 := z*z, z*z*z, z*z*z*z, z*z*z*z*z*z
	p2, p4, p6 := math.Pi*math.Pi, math.Pow(math.Pi, 4), math.Pow(math.Pi, 6)
	if p2/8/z2 > 708 {
		return 1
	}
	q := math.Exp(-p2 / 8 / z2)
	var k [4]float64
	terms := int(math.Ceil(16 * z / math.Pi))
	for i := terms; i >= 1; i-- {
		m := float64(2*i - 1)
		m2, m4, m6 := m*m, m*m*m*m, m*m*m*m*m*m
		w := math.Pow(q, m2)
		k[0] += w
		k[1] += w * (p2/4*m2 - z2)
		k[2] += w * (6*z6 + 2*z4 + (2*z4-5*z2)*p2/4*m2 + p4*(1-2*z2)/16*m4)
		k[3] += w * (-30*z6 - 90*z4*z4 + p2*(135*z4-96*z6)/4*m2 + p4*(-60*z2+212*z4)/16*m4 + p6*(5-30*z2)/64*m6)
	}
	root := math.Sqrt(2 * math.Pi)
	k[0] *= root / z
	k[1] *= root / (6 * z4)
	k[2] *= root / (72 * z6 * z)
	k[3] *= root / (6480 * z6 * z4)
	q = math.Exp(-p2 / 2 / z2)
	for i := terms; i >= 1; i-- {
		i2 := float64(i * i)
		w := i2 * math.Pow(q, i2)
		k[2] += w * p2 * root / (-36 * z3)
		k[3] += w * (3*z2 - p2*i2) * p2 * root / (216 * z6)
	}
	r := math.Sqrt(float64(n))
	return 1 - k[0] - k[1]/r - k[2]/(r*r) - k[3]/(r*r*r)
}

// pathsOutside returns the chance that a random order of n and m values has, at
// some point, a difference of the two counts of at least h in units of
// 1/lcm(n, m): above it on one side, or on either. This is the exact p-value of
// the two-sample statistic without ties. Every term is positive, so small
// p-values keep their digits.
func pathsOutside(n, m int, h float64, twoSided bool) float64 {
	if n < m {
		n, m = m, n // the one-sided chance is symmetric: read the order backwards
	}
	scaleN, scaleM := unitsOfLCM(n, m) // 1/n and 1/m in units of 1/lcm
	// a[j] is the chance, over paths from (0,0) to (i,j), to touch the outside.
	a := make([]float64, m+1)
	for i := 0; i <= n; i++ {
		for j := 0; j <= m; j++ {
			d := float64(i)*scaleN - float64(j)*scaleM
			switch {
			case d >= h || twoSided && -d >= h:
				a[j] = 1
			case i == 0 && j == 0:
				a[j] = 0
			case i == 0:
				a[j] = a[j-1]
			case j == 0:
				// a[0] stays
			default:
				a[j] = (float64(i)*a[j] + float64(j)*a[j-1]) / float64(i+j)
			}
		}
	}
	return clip(a[m])
}

func unitsOfLCM(n, m int) (perN, perM float64) {
	a, b := n, m
	for b != 0 {
		a, b = b, a%b
	}
	return float64(m / a), float64(n / a)
}
