package drift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
)

// EppsSingleton returns the Epps-Singleton test, which compares the characteristic
// functions of two samples at the points t (0.4 and 0.8 if none are given), in units
// of half the pooled interquartile range: the quadratic form of the difference of the
// mean cosines and sines in the inverse of its covariance, chi-squared with two
// degrees of freedom for each point.
// Samples of fewer than 25 values get the paper's correction. It needs no
// continuity, so it suits counts. It returns ErrEmpty for fewer than 5 values in a
// sample, ErrNotFinite for NaN and infinities, ErrRange for points not above 0,
// ErrUndefined where the interquartile range is 0 or both samples are constant. Source: Epps and Singleton (1986); scipy.stats.epps_singleton_2samp
// 1.17.
func EppsSingleton(x, y []float64, t ...float64) (Result, error) {
	const fn = "drift.EppsSingleton"
	if err := two(fn, x, y, 5); err != nil {
		return Result{}, err
	}
	if len(t) == 0 {
		t = []float64{0.4, 0.8}
	}
	for _, v := range t {
		if err := option(fn, "t", v, 0, math.Inf(1)); err != nil {
			return Result{}, err
		}
	}
	all := sorted(append(append([]float64(nil), x...), y...))
	sigma := (quantile7(all, 0.75) - quantile7(all, 0.25)) / 2
	if !(sigma > 0) {
		return Result{}, fmt.Errorf("%s: need a positive interquartile range, have 0: %w", fn, mlgauge.ErrUndefined)
	}
	nx, ny := float64(len(x)), float64(len(y))
	n := nx + ny
	k := 2 * len(t)
	wave := func(v []float64) (mean *mat.VecDense, cov *mat.SymDense) {
		g := mat.NewDense(len(v), k, nil)
		for i, a := range v {
			row := g.RawRowView(i)
			for j, u := range t {
				row[len(t)+j], row[j] = math.Sincos(u / sigma * a)
			}
		}
		mean = mat.NewVecDense(k, nil)
		for j := range k {
			mean.SetVec(j, stat.Mean(mat.Col(nil, j, g), nil))
		}
		cov = mat.NewSymDense(k, nil)
		stat.CovarianceMatrix(cov, g, nil)
		cov.ScaleSym(float64(len(v)-1)/float64(len(v)), cov)
		return mean, cov
	}
	mx, cx := wave(x)
	my, cy := wave(y)
	cx.ScaleSym(n/nx, cx)
	cy.ScaleSym(n/ny, cy)
	cx.AddSym(cx, cy)

	// The pseudo-inverse, and its rank as the degrees of freedom.
	var e mat.EigenSym
	if !e.Factorize(cx, true) {
		return Result{}, fmt.Errorf("%s: the covariance has no eigenvalues: %w", fn, mlgauge.ErrNotConverged)
	}
	values := e.Values(nil)
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	mx.SubVec(mx, my)
	limit := math.Max(values[k-1]*1e-15, 1e-28) // below is the rounding of a constant
	var w, rank float64
	for j, v := range values {
		if v <= limit {
			continue
		}
		rank++
		p := mat.Dot(vectors.ColView(j), mx)
		w += n * p * p / v
	}
	r := Result{Test: "epps_singleton", DF: rank}
	if rank == 0 {
		return Result{}, fmt.Errorf("%s: need a covariance that is not 0: %w", fn, mlgauge.ErrUndefined)
	}
	if rank < float64(k) {
		r.Note = "the covariance does not have full rank: the test may not be consistent"
	}
	if math.Max(nx, ny) < 25 {
		w /= 1 + math.Pow(n, -0.45) + 10.1*(math.Pow(nx, -1.7)+math.Pow(ny, -1.7))
	}
	r.Statistic = w
	r.PValue = distuv.ChiSquared{K: rank}.Survival(w)
	return r, nil
}

// quantile7 interpolates linearly between sorted values.
func quantile7(v []float64, q float64) float64 {
	h := q * float64(len(v)-1)
	i := int(h)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (h-float64(i))*(v[i+1]-v[i])
}
