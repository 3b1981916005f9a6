package preprocess

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// correlations returns the magnitudes of the correlations that draw the columns
// of a regression, nil if it takes all.
func (m *Iterative) correlations(filled *mat.Dense) *mat.SymDense {
	if _, cols := filled.Dims(); m.Nearest == 0 || m.Nearest >= cols-1 {
		return nil
	}
	var c Covariance
	if c.Add(filled) != nil {
		return nil
	}
	near, err := c.Correlation()
	if err != nil {
		return nil
	}
	n := near.SymmetricDim()
	for a := range n {
		for b := a; b < n; b++ {
			r := math.Abs(near.At(a, b))
			if !(r > 1e-6) { // too small, or of a constant column
				r = 1e-6
			}
			near.SetSym(a, b, r)
		}
	}
	return near
}

// neighbours draws the columns that predict column k, without replacement, with
// odds in proportion to near: those with the least exponential waiting times at
// these rates come first.
//
// Source: Efraimidis, Spirakis, Weighted random sampling with a reservoir,
// Information Processing Letters 97 (2006).
func (m *Iterative) neighbours(near *mat.SymDense, k int) []int {
	if near == nil {
		return nil
	}
	n := near.SymmetricDim()
	r := rand.New(rand.NewPCG(m.Seed, 1<<32+uint64(len(m.Models))))
	wait, from := make([]float64, n), make([]int, 0, n-1)
	for j := range n {
		wait[j] = r.ExpFloat64() / near.At(j, k)
		if j != k {
			from = append(from, j)
		}
	}
	slices.SortFunc(from, func(a, b int) int {
		if wait[a] < wait[b] {
			return -1
		}
		return 1
	})
	from = from[:m.Nearest:m.Nearest]
	slices.Sort(from)
	return from
}

// deviation returns the standard deviation of what a model predicts for a row.
func (m *Model) deviation(row []float64) float64 {
	at := func(i int) float64 {
		j := i
		switch {
		case m.From != nil:
			j = m.From[i]
		case i >= m.Column:
			j = i + 1
		}
		return row[j] - m.Means[i]
	}
	v, p := float64(m.Noise), len(m.Means)
	for i := range p {
		var s float64
		for j, c := range m.Spread[i*p : (i+1)*p] {
			s += float64(c * at(j))
		}
		v += float64(s * at(i))
	}
	return math.Sqrt(max(v, 0))
}

// spread returns the covariance of the coefficients of bayes, row by row: on the
// singular vectors of x it is 1 / (noise s^2 + weight), and beyond them that of
// the prior, 1 / weight.
func (r *ridgeProblem) spread(noise, weight float64) []float64 {
	p, k := r.v.Dims()
	s := mat.NewDense(p, p, nil)
	var scaled mat.Dense
	scaled.Apply(func(_, c int, v float64) float64 { return v / (noise*r.s2[c] + weight) }, &r.v)
	s.Mul(&scaled, r.v.T())
	if k < p {
		var beyond mat.Dense
		beyond.Mul(&r.v, r.v.T())
		for i := range p {
			for j := range p {
				e := -beyond.At(i, j)
				if i == j {
					e++
				}
				s.Set(i, j, s.At(i, j)+e/weight)
			}
		}
	}
	return s.RawMatrix().Data
}

// truncatedNormal draws from the normal distribution with that mean and
// deviation between lo and hi, one number for each draw.
func truncatedNormal(mean, deviation, lo, hi float64, draw *rand.PCG) float64 {
	u := (float64(draw.Uint64()>>11) + .5) * 0x1p-53
	if deviation == 0 {
		return mean
	}
	a, b := (lo-mean)/deviation, (hi-mean)/deviation
	// The mean lies between the bounds, so a <= 0 <= b. Below it the distribution
	// function keeps its digits, above it what is left to 1 does.
	below := distuv.UnitNormal.CDF(a)
	above := distuv.UnitNormal.CDF(-b)
	p := below + u*(1-below-above)
	if p <= .5 {
		return mean + deviation*distuv.UnitNormal.Quantile(p)
	}
	return mean - deviation*distuv.UnitNormal.Quantile(above+(1-u)*(1-below-above))
}
