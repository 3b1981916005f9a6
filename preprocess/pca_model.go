package preprocess

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// Covariance returns the covariance matrix that the components and the noise
// stand for:
//
//	C' diag(ExplainedVariance - NoiseVariance) C + NoiseVariance I
//
// Source: Tipping and Bishop (1999); scikit-learn 1.9 PCA.get_covariance (whose
// value with whitening is scaled once too often; here whitening does not matter).
func (p *PCA) Covariance() (*mat.SymDense, error) {
	const fn = "PCA.Covariance"
	if _, err := p.basis(fn); err != nil {
		return nil, err
	}
	n := len(p.Mean)
	s := mat.NewSymDense(n, nil)
	for j := range n {
		s.SetSym(j, j, p.NoiseVariance)
	}
	for k, c := range p.Components {
		s.SymRankOne(s, math.Max(p.ExplainedVariance[k]-p.NoiseVariance, 0), mat.NewVecDense(n, c))
	}
	return s, nil
}

// LogLikelihood returns, for every row of src, the logarithm of its density
// under the normal distribution with Mean and Covariance. It reports a covariance
// without an inverse (ErrUndefined).
//
// Source: scikit-learn 1.9 PCA.score_samples.
func (p *PCA) LogLikelihood(src mat.Matrix) ([]float64, error) {
	const fn = "PCA.LogLikelihood"
	s, err := p.Covariance()
	if err != nil {
		return nil, err
	}
	g, err := source(fn, src, len(p.Mean))
	if err != nil {
		return nil, err
	}
	if err := finite(fn, "src", g); err != nil {
		return nil, err
	}
	var chol mat.Cholesky
	if !chol.Factorize(s) {
		return nil, fmt.Errorf("%s: need a covariance matrix of full rank, have a singular one: %w", fn, mlgauge.ErrUndefined)
	}
	out := make([]float64, g.Rows)
	n := float64(g.Cols)
	d := mat.NewVecDense(g.Cols, nil)
	var z mat.VecDense
	for i := range out {
		for j, v := range rowOf(g, i) {
			d.SetVec(j, v-p.Mean[j])
		}
		if err := chol.SolveVecTo(&z, d); err != nil {
			return nil, fmt.Errorf("%s: need a covariance matrix of full rank, have a nearly singular one: %w", fn, mlgauge.ErrUndefined)
		}
		out[i] = -0.5 * (mat.Dot(d, &z) + n*math.Log(2*math.Pi) + chol.LogDet())
	}
	return out, nil
}

// minka returns the number of components of the largest evidence (Minka, 2000),
// at least 1 where there are two columns or more.
func minka(spectrum []float64, rows int) int {
	const tiny = 1e-15
	p, n := len(spectrum), float64(rows)
	best, at := math.Inf(-1), 0
	for rank := 1; rank < p; rank++ {
		if spectrum[rank-1] < tiny {
			continue
		}
		r, f := float64(rank), float64(p)
		pu := -r * math.Ln2
		for i := 1; i <= rank; i++ {
			h := (f - float64(i) + 1) / 2
			l, _ := math.Lgamma(h)
			pu += l - math.Log(math.Pi)*h
		}
		var pl float64
		for _, s := range spectrum[:rank] {
			pl -= math.Log(s) * n / 2
		}
		v := math.Max(tiny, floats.Sum(spectrum[rank:])/(f-r))
		pv := -math.Log(v) * n * (f - r) / 2
		m := f*r - r*(r+1)/2
		pp := math.Log(2*math.Pi) * (m + r) / 2
		var pa float64
		for i := range rank {
			for j := i + 1; j < p; j++ {
				sj := v
				if j < rank {
					sj = spectrum[j]
				}
				pa += math.Log((spectrum[i]-spectrum[j])*(1/sj-1/spectrum[i])) + math.Log(n)
			}
		}
		if ll := pu + pl + pv + pp - pa/2 - r*math.Log(n)/2; ll > best {
			best, at = ll, rank
		}
	}
	return max(at, 1)
}
