package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"gonum.org/v1/gonum/mat"
)

// linear is a fitted linear model.
type linear struct {
	Coef      []float64
	Intercept float64
}

// ridgeProblem is a centred regression in the basis of its singular vectors,
// where every ridge penalty has its solution in closed form.
type ridgeProblem struct {
	n     int
	s2    []float64 // squared singular values
	uy    []float64 // U' y
	v     mat.Dense // right singular vectors
	rest  float64   // squared length of y outside the span of U
	yvar  float64
	xmean []float64
	ymean float64
}

// newRidge takes rows of x as regressors of y.
func newRidge(fn string, x *mat.Dense, y []float64) (*ridgeProblem, error) {
	n, p := x.Dims()
	r := &ridgeProblem{n: n, xmean: make([]float64, p)}
	for i := range n {
		for j, v := range x.RawRowView(i) {
			r.xmean[j] += v / float64(n)
		}
		r.ymean += y[i] / float64(n)
	}
	for i := range n {
		row := x.RawRowView(i)
		for j := range row {
			row[j] -= r.xmean[j]
		}
	}
	yc := mat.NewVecDense(n, nil)
	for i, v := range y {
		yc.SetVec(i, v-r.ymean)
	}
	r.yvar = mat.Dot(yc, yc) / float64(n)
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		return nil, fmt.Errorf("%s: singular value decomposition: %w", fn, mlgauge.ErrNotConverged)
	}
	var u mat.Dense
	svd.UTo(&u)
	svd.VTo(&r.v)
	s := svd.Values(nil)
	r.s2, r.uy = make([]float64, len(s)), make([]float64, len(s))
	var uy, fit mat.VecDense
	uy.MulVec(u.T(), yc)
	fit.MulVec(&u, &uy)
	for i := range n {
		d := yc.AtVec(i) - fit.AtVec(i)
		r.rest += d * d
	}
	for k, v := range s {
		r.s2[k], r.uy[k] = v*v, uy.AtVec(k)
	}
	return r, nil
}

// solve returns the coefficients for a penalty, and the squared error.
func (r *ridgeProblem) solve(penalty float64) (coef []float64, sse float64) {
	k := len(r.s2)
	z := mat.NewVecDense(k, nil)
	sse = r.rest
	for i, s2 := range r.s2 {
		d := s2 + penalty
		if d == 0 {
			sse += r.uy[i] * r.uy[i]
			continue
		}
		z.SetVec(i, math.Sqrt(s2)*r.uy[i]/d)
		e := r.uy[i] * (penalty / d)
		sse += e * e
	}
	var c mat.VecDense
	c.MulVec(&r.v, z)
	return c.RawVector().Data, sse
}

func (r *ridgeProblem) model(coef []float64) linear {
	b := r.ymean
	for j, c := range coef {
		b -= c * r.xmean[j]
	}
	return linear{coef, b}
}

// ridge is least squares with penalty alpha |coef|^2.
func (r *ridgeProblem) ridge(alpha float64) linear {
	coef, _ := r.solve(alpha)
	return r.model(coef)
}

// bayes estimates the precisions of noise (alpha) and coefficients (lambda)
// along with the coefficients, by MacKay's updates, and returns all three.
//
// Definition: scikit-learn 1.9, BayesianRidge with its default options. Source:
// MacKay, Bayesian Interpolation, Neural Computation 4 (1992).
func (r *ridgeProblem) bayes() (l linear, alpha, lambda float64) {
	const prior, tol, rounds = 1e-6, 1e-3, 300
	alpha, lambda = 1/(r.yvar+eps), 1
	var old []float64
	for i := range rounds {
		coef, sse := r.solve(lambda / alpha)
		var gamma, size, change float64
		for _, s2 := range r.s2 {
			gamma += alpha * s2 / (lambda + alpha*s2)
		}
		for _, c := range coef {
			size += c * c
		}
		lambda = (gamma + 2*prior) / (size + 2*prior)
		alpha = (float64(r.n) - gamma + 2*prior) / (sse + 2*prior)
		if i > 0 {
			for j, c := range coef {
				change += math.Abs(old[j] - c)
			}
			if change < tol {
				break
			}
		}
		old = coef
	}
	coef, _ := r.solve(lambda / alpha)
	return r.model(coef), alpha, lambda
}
