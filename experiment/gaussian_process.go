package experiment

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// process is a Gaussian process on points of a unit cube with Matérn's kernel of
// smoothness 5/2, one length scale per dimension, and noise:
//
//	k(r) = s2 (1 + a + a^2/3) exp(-a),   a = sqrt(5) r,   r^2 = sum ((x - y)/length)^2
type process struct {
	x         [][]float64
	y         []float64 // standardised
	inverse   []float64 // 1/length
	noise     float64   // relative to s2
	s2        float64
	alpha     []float64 // K^-1 y
	lower     []float64 // Cholesky factor by rows
	mean, dev float64   // of the values given
	row, v    []float64 // scratch of predict
}

// fitProcess fits lengths and noise by the likelihood: a sweep over common
// lengths and noises, then each dimension's own length, up and down. s2 is the
// most likely one for these. The error is the context's.
func fitProcess(ctx context.Context, x [][]float64, y []float64) (*process, error) {
	n, d := len(x), len(x[0])
	p := &process{x: x, y: make([]float64, n), inverse: make([]float64, d), row: make([]float64, n), v: make([]float64, n)}
	var s Sample
	_ = s.Add(y) // values are finite; an overflow leaves s empty and dev 1
	p.dev = 1
	if s.m.W > 0 {
		p.mean = s.m.Mean()
		if v := s.m.Variance(0); v > 0 {
			p.dev = math.Sqrt(v)
		}
	}
	for i, v := range y {
		p.y[i] = (v - p.mean) / p.dev
	}
	fit := fitting{ctx: ctx, p: p, k: mat.NewSymDense(n, nil)}
	best, top := make([]float64, d), math.Inf(-1)
	bestNoise := 1e-4
	for _, noise := range [...]float64{1e-6, 1e-3, 3e-2} {
		for l := 0.05; l < 6; l *= 1.7 {
			for j := range p.inverse {
				p.inverse[j] = 1 / l
			}
			p.noise = noise
			if v := fit.likelihood(); v > top {
				top, bestNoise = v, noise
				copy(best, p.inverse)
			}
		}
	}
	p.noise = bestNoise
	for range 2 {
		for j := range d {
			for _, factor := range [...]float64{1.6, 1 / 1.6} {
				for range 3 {
					copy(p.inverse, best)
					p.inverse[j] = math.Max(1e-2, math.Min(50, best[j]*factor))
					v := fit.likelihood()
					if v <= top+1e-9 {
						break
					}
					top = v
					copy(best, p.inverse)
				}
			}
		}
	}
	copy(p.inverse, best)
	last := fit.likelihood()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if math.IsInf(last, -1) {
		// Not positive definite for any length: rely on the noise.
		p.noise = 0.1
		fit.likelihood()
	}
	p.lower = make([]float64, n*n)
	var l mat.TriDense
	fit.chol.LTo(&l)
	for i := range n {
		for j := 0; j <= i; j++ {
			p.lower[i*n+j] = l.At(i, j)
		}
	}
	p.alpha = append([]float64(nil), fit.alpha.RawVector().Data...)
	return p, nil
}

type fitting struct {
	ctx   context.Context
	p     *process
	k     *mat.SymDense
	chol  mat.Cholesky
	alpha mat.VecDense
}

// likelihood returns the log likelihood, up to a constant, with s2 at its most
// likely value, weighed by a wide log-normal prior of the lengths that keeps them
// from running off on few points. After the end of the context it is -Inf.
func (f *fitting) likelihood() float64 {
	if f.ctx.Err() != nil {
		return math.Inf(-1)
	}
	n := len(f.p.x)
	for i := range n {
		for j := i; j < n; j++ {
			f.k.SetSym(i, j, f.p.kernel(f.p.x[i], f.p.x[j]))
		}
		f.k.SetSym(i, i, 1+f.p.noise)
	}
	if !f.chol.Factorize(f.k) {
		return math.Inf(-1)
	}
	y := mat.NewVecDense(n, f.p.y)
	if err := f.chol.SolveVecTo(&f.alpha, y); err != nil {
		// Nearly singular: the solution is of no use.
		return math.Inf(-1)
	}
	f.p.s2 = math.Max(mat.Dot(y, &f.alpha)/float64(n), 1e-12)
	v := -float64(n)/2*math.Log(f.p.s2) - f.chol.LogDet()/2
	for _, inv := range f.p.inverse {
		l := math.Log(inv*0.5) / 1.5
		v -= l * l / 2
	}
	return v
}

func (p *process) kernel(x, y []float64) float64 {
	var r2 float64
	for j, v := range x {
		d := (v - y[j]) * p.inverse[j]
		r2 += d * d
	}
	a := math.Sqrt(5 * r2)
	return (1 + a + a*a/3) * math.Exp(-a)
}

// predict returns mean and deviation of the function (without the noise) at a
// point, in the units of the values given.
func (p *process) predict(x []float64) (mean, dev float64) {
	n := len(p.x)
	for i, z := range p.x {
		p.row[i] = p.kernel(x, z)
		mean += p.row[i] * p.alpha[i]
	}
	// |L^-1 k|^2 by forward substitution.
	rest := 1.0
	for i := range n {
		s := p.row[i]
		l := p.lower[i*n : i*n+i+1]
		for j, v := range p.v[:i] {
			s -= l[j] * v
		}
		s /= l[i]
		p.v[i] = s
		rest -= s * s
	}
	return p.mean + p.dev*mean, p.dev * math.Sqrt(p.s2*math.Max(rest, 0))
}
