package explain

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// KernelSHAP estimates Shapley values by weighted least squares over coalitions.
// The zero value draws 2M + 2048 coalitions, or all of them where there are no
// more, from seed 0.
type KernelSHAP struct {
	Samples   int       // coalitions; 0 means 2M + 2048
	Weights   []float64 // of the background's rows; nil means equal
	Link      Link      // scale on which the values add up
	Groups    [][]int   // features that enter and leave together, every feature in one; nil means one each
	Seed      uint64
	BatchRows int // rows per call of the model; 0 means about half a megabyte of them
}

// Explain returns the Shapley values of each of the rows: the phi that minimise
//
//	sum_S k(S) (v(S) - base - sum_{i in S} phi_i)^2
//	k(S) = (M-1) / (C(M, |S|) |S| (M-|S|))
//
// under the constraint that they add up to the prediction minus the base. The
// sizes 1 and M-1, then 2 and M-2 and so on are enumerated while the budget of
// samples covers them; what is left is drawn in pairs of a coalition and its
// complement, with the probability that k gives its size. If all are enumerated
// the values are exact, and Exact says so. No feature is left out: there is no L1
// selection (shap keeps 10 features unless told l1_reg=False).
//
// The coalitions depend on the seed and the number of features that vary only, so
// all rows that vary in as many share them, and their factored equations.
//
// Where a row fails, the explanation of those before it is returned with the
// error.
//
// Errors: ErrUndefined if the samples do not determine the values; ErrRange for a
// bad option, groups that overlap; ErrEmpty, ErrLength for matrices that do not
// go together; the errors of Model; the context's. Source: Lundberg and Lee
// (2017); shap 0.51 KernelExplainer.
func (k KernelSHAP) Explain(ctx context.Context, model Model, background, rows *mat.Dense) (*Explanation, error) {
	const fn = "KernelSHAP.Explain"
	if k.Samples != 0 {
		if err := check.AtLeast(fn, "Samples", k.Samples, 1); err != nil {
			return nil, err
		}
	}
	g, err := newGame(ctx, fn, model, background, rows, options{k.Weights, k.Link, k.Groups, k.BatchRows})
	if err != nil {
		return nil, err
	}
	designs := make(map[int]*design)
	exact := true
	e, err := g.explain(rows, false, func(phi, _ []float64) error {
		m := len(phi)
		d := designs[m]
		if d == nil {
			samples := k.Samples
			if samples == 0 {
				samples = 2*m + 2048
			}
			var err error
			if d, err = newDesign(fn, m, samples, k.Seed); err != nil {
				return err
			}
			designs[m] = d
		}
		exact = exact && d.full
		if err := g.values(d.value, d.sets, d.width); err != nil {
			return err
		}
		return d.solve(phi, g.base, g.fx)
	})
	if e != nil {
		e.Exact = exact
	}
	return e, err
}

// design is a choice of coalitions of m players, their weights, and the factored
// normal equations.
type design struct {
	m, width int
	sets     set       // the coalitions, width words each
	weight   []float64 // their weights
	value    []float64 // room for their values
	full     bool      // nothing was drawn
	chol     mat.Cholesky
	ones     []float64 // the solution for a right side of ones
	onesSum  float64
}

func newDesign(fn string, m, samples int, seed uint64) (*design, error) {
	c := &choice{m: m, width: words(m)}
	if m <= 30 {
		samples = min(samples, 1<<m-2)
	}
	c.choose(samples, rand.New(rand.NewPCG(seed, uint64(m))))
	d := &design{m: m, width: c.width, full: c.full}
	d.sets, d.weight = c.all()
	d.value = make([]float64, len(d.weight))
	return d, d.factor(fn)
}

// factor forms Z'WZ, Z the coalitions as rows of zeros and ones, and factors it.
// Adding a constant to all its elements does not move the constrained minimum,
// and makes the matrix definite whenever the constrained problem is.
func (d *design) factor(fn string) error {
	a := mat.NewSymDense(d.m, nil)
	raw := a.RawSymmetric()
	members := make([]int, 0, d.m)
	total := 0.0
	for c, w := range d.weight {
		members = members[:0]
		for i, word := range d.sets[c*d.width : (c+1)*d.width] {
			for ; word != 0; word &= word - 1 {
				members = append(members, i*64+bits.TrailingZeros64(word))
			}
		}
		for k, i := range members {
			row := raw.Data[i*raw.Stride : i*raw.Stride+d.m]
			for _, j := range members[k:] {
				row[j] += w
			}
		}
		total += w
	}
	for i := range d.m {
		for j := i; j < d.m; j++ {
			a.SetSym(i, j, a.At(i, j)+total/float64(d.m))
		}
	}
	if ok := d.chol.Factorize(a); !ok || d.chol.Cond() > 1e12 {
		return fmt.Errorf("%s: Samples: need coalitions that determine %d values, have %d, which do not: %w", fn, d.m, len(d.weight), mlgauge.ErrUndefined)
	}
	ones := make([]float64, d.m)
	for i := range ones {
		ones[i] = 1
	}
	d.ones = make([]float64, d.m)
	if err := d.chol.SolveVecTo(mat.NewVecDense(d.m, d.ones), mat.NewVecDense(d.m, ones)); err != nil {
		return fmt.Errorf("%s: Samples: %v: %w", fn, err, mlgauge.ErrUndefined)
	}
	for _, v := range d.ones {
		d.onesSum += v
	}
	return nil
}

// solve writes the values that fit d.value best and add up to fx - base.
func (d *design) solve(phi []float64, base, fx float64) error {
	b := make([]float64, d.m)
	for c, w := range d.weight {
		y := w * (d.value[c] - base)
		for i, word := range d.sets[c*d.width : (c+1)*d.width] {
			for ; word != 0; word &= word - 1 {
				b[i*64+bits.TrailingZeros64(word)] += y
			}
		}
	}
	if err := d.chol.SolveVecTo(mat.NewVecDense(d.m, phi), mat.NewVecDense(d.m, b)); err != nil {
		return fmt.Errorf("KernelSHAP.Explain: %v: %w", err, mlgauge.ErrUndefined)
	}
	sum := 0.0
	for _, v := range phi {
		sum += v
	}
	// Lagrange: move along the solution for ones until the sum is right.
	move := (fx - base - sum) / d.onesSum
	for i := range phi {
		phi[i] += move * d.ones[i]
	}
	return nil
}
