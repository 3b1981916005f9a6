package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// gram holds the weighted second moments of a regression, from which the ridge
// regression on any of the features follows.
type gram struct {
	sum, square float64 // of the weights and of their squares
	mean        []float64
	meanY       float64
	xx          *mat.SymDense // sum of w (z - mean)(z - mean)'
	xy          []float64     // sum of w (z - mean)(y - meanY)
	yy          float64
}

func newGram(z *mat.Dense, y, w []float64) *gram {
	_, d := z.Dims()
	g := &gram{mean: make([]float64, d), xx: mat.NewSymDense(d, nil), xy: make([]float64, d)}
	for i, v := range w {
		g.sum += v
		g.square += v * v
		g.meanY += v * (y[i] - y[0])
		for j, x := range z.RawRowView(i) {
			g.mean[j] += v * x
		}
	}
	g.meanY = y[0] + g.meanY/g.sum
	for j := range g.mean {
		g.mean[j] /= g.sum
	}
	raw := g.xx.RawSymmetric()
	c := make([]float64, d)
	for i, v := range w {
		dy := y[i] - g.meanY
		for j, x := range z.RawRowView(i) {
			c[j] = x - g.mean[j]
		}
		for j, a := range c {
			a *= v
			g.xy[j] += a * dy
			at := raw.Data[j*raw.Stride : j*raw.Stride+d]
			for k := j; k < d; k++ {
				at[k] += a * c[k]
			}
		}
		g.yy += v * dy * dy
	}
	return g
}

// ridge returns the coefficients of the features in keep.
func (g *gram) ridge(keep []int, alpha float64) ([]float64, error) {
	n := len(keep)
	a, b := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	for i, j := range keep {
		b.SetVec(i, g.xy[j])
		for k := i; k < n; k++ {
			a.SetSym(i, k, g.xx.At(j, keep[k]))
		}
		a.SetSym(i, i, a.At(i, i)+alpha)
	}
	var chol mat.Cholesky
	if !chol.Factorize(a) || chol.Cond() > 1e14 {
		return nil, fmt.Errorf("neighbours: need some that determine %d coefficients, have a singular regression: %w", n, mlgauge.ErrUndefined)
	}
	coef := make([]float64, n)
	if err := chol.SolveVecTo(mat.NewVecDense(n, coef), b); err != nil {
		return nil, fmt.Errorf("neighbours: %v: %w", err, mlgauge.ErrUndefined)
	}
	return coef, nil
}

// r2 is the weighted R2 of a fit; 1 if there is nothing to explain.
func (g *gram) r2(keep []int, coef []float64) float64 {
	if g.yy == 0 {
		return 1
	}
	sse := g.yy
	for i, j := range keep {
		sse -= 2 * coef[i] * g.xy[j]
		for k, l := range keep {
			sse += coef[i] * coef[k] * g.xx.At(j, l)
		}
	}
	return 1 - max(0, sse)/g.yy
}

// highest returns the count features with the largest |coefficient times value|,
// in order of their number.
func (g *gram) highest(count int, at []float64) ([]int, error) {
	all := make([]int, len(at))
	for j := range all {
		all[j] = j
	}
	coef, err := g.ridge(all, 0.01)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b int) int {
		return cmp.Compare(math.Abs(coef[b]*at[b]), math.Abs(coef[a]*at[a]))
	})
	keep := all[:count]
	slices.Sort(keep)
	return keep, nil
}

// forward adds features one at a time, each time the one with the best R2 in a
// regression without a penalty. One that the others determine adds nothing, and
// is taken only when no other is left.
func (g *gram) forward(count int) []int {
	var keep []int
	for len(keep) < count {
		best, most := -1, math.Inf(-1)
		for j := range g.mean {
			if slices.Contains(keep, j) {
				continue
			}
			if best < 0 {
				best = j
			}
			with := append(slices.Clone(keep), j)
			coef, err := g.ridge(with, 0)
			if err != nil {
				continue
			}
			if r := g.r2(with, coef); r > most {
				best, most = j, r
			}
		}
		keep = append(keep, best)
	}
	slices.Sort(keep)
	return keep
}
