package preprocess

import "math"

// goldenPart is the smaller part of a golden section.
const goldenPart = 0.3819660112501051

// bracket walks downhill from a to b and on, in steps that grow by the golden
// ratio, until the minimum of f lies between two points; it gives up, and
// returns where it is, once it has gone as far as limit.
func bracket(f func(float64) float64, a, b, limit float64) (lo, hi float64) {
	fa, fb := f(a), f(b)
	if fa < fb {
		a, b, fb = b, a, fa
	}
	for {
		c := b + 1.618034*(b-a)
		if math.Abs(c) > limit {
			c = math.Copysign(limit, c)
		}
		fc := f(c)
		if !(fc < fb) || math.Abs(c) == limit {
			return min(a, c), max(a, c)
		}
		a, b, fb = b, c, fc
	}
}

// minimize returns where f has a minimum inside [a, b], by Brent's method: steps
// to the vertex of a parabola through three points, or golden sections where
// that does not pay. The place is right to about the square root of the
// precision of f, which is all that values of f can tell.
//
// Source: Brent, Algorithms for Minimization without Derivatives (1973), ch. 5.
func minimize(f func(float64) float64, a, b float64) float64 {
	const tol = 1.48e-8
	x := a + goldenPart*(b-a)
	w, v := x, x
	fx := f(x)
	fw, fv := fx, fx
	var d, e float64
	for range 500 {
		m := .5 * (a + b)
		tol1 := tol*math.Abs(x) + 1e-11
		if math.Abs(x-m) <= 2*tol1-.5*(b-a) {
			break
		}
		parabola := false
		if math.Abs(e) > tol1 {
			r := (x - w) * (fx - fv)
			q := (x - v) * (fx - fw)
			p := (x-v)*q - (x-w)*r
			q = 2 * (q - r)
			if q > 0 {
				p = -p
			}
			q = math.Abs(q)
			if math.Abs(p) < math.Abs(.5*q*e) && p > q*(a-x) && p < q*(b-x) {
				e, d = d, p/q
				if u := x + d; u-a < 2*tol1 || b-u < 2*tol1 {
					d = math.Copysign(tol1, m-x)
				}
				parabola = true
			}
		}
		if !parabola {
			e = b - x
			if x >= m {
				e = a - x
			}
			d = goldenPart * e
		}
		u := x + d
		if math.Abs(d) < tol1 {
			u = x + math.Copysign(tol1, d)
		}
		fu := f(u)
		if fu <= fx {
			if u >= x {
				a = x
			} else {
				b = x
			}
			v, fv, w, fw, x, fx = w, fw, x, fx, u, fu
			continue
		}
		if u < x {
			a = u
		} else {
			b = u
		}
		if fu <= fw || w == x {
			v, fv, w, fw = w, fw, u, fu
		} else if fu <= fv || v == x || v == w {
			v, fv = u, fu
		}
	}
	return x
}
