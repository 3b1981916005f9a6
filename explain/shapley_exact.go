package explain

import (
	"context"
	"fmt"
	"math/bits"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// MaxExact is the number of players that ExactShapley goes up to: 32,768
// coalitions, each as many rows as the background has.
const MaxExact = 15

// ExactShapley computes Shapley values from all coalitions. The zero value
// explains every feature with equally weighted background rows.
type ExactShapley struct {
	Weights   []float64 // of the background's rows; nil means equal
	Link      Link      // scale on which the values add up
	Groups    [][]int   // features that enter and leave together, every feature in one; nil means one each
	BatchRows int       // rows per call of the model; 0 means about half a megabyte of them
}

// Explain returns the Shapley values of each of the rows.
//
//	phi_i = sum_{S without i} |S|! (M-|S|-1)! / M! (v(S + i) - v(S))
//	v(S)  = link(sum_b w_b f(x_S, b_notS))
//
// over the M players that differ from the background; the others have value 0
// and cost nothing. All 2^M coalitions go through the model in one sweep of
// batches, (2^M - 2) n rows for a background of n, per row explained.
//
// A background of one row is a baseline: the values then say how the prediction
// moves from that row to the one explained. NaN in rows or background is given
// to the model as it is.
//
// Where a row fails, the explanation of those before it is returned with the
// error.
//
// Errors: ErrRange for more than MaxExact varying players, a bad option, groups
// that overlap; ErrEmpty, ErrLength for matrices that do not go together; the
// errors of Model; the context's. Source: Shapley (1953); Janzing, Minorics and
// Blöbaum (2020) for the interventional value; shap 0.51 ExactExplainer.
func (s ExactShapley) Explain(ctx context.Context, model Model, background, rows *mat.Dense) (*Explanation, error) {
	const fn = "ExactShapley.Explain"
	g, err := newGame(ctx, fn, model, background, rows, options{s.Weights, s.Link, s.Groups, s.BatchRows})
	if err != nil {
		return nil, err
	}
	var v []float64
	e, err := g.explain(rows, false, func(phi, _ []float64) error {
		m := len(phi)
		if m > MaxExact {
			return fmt.Errorf("%s: rows: need at most %d features that vary, have %d (KernelSHAP and PermutationSHAP take more): %w", fn, MaxExact, m, mlgauge.ErrRange)
		}
		if len(v) != 1<<m {
			v = make([]float64, 1<<m)
		}
		if err := g.all(v, m); err != nil {
			return err
		}
		shapley(phi, v)
		return nil
	})
	if e != nil {
		e.Exact = true
	}
	return e, err
}

// all fills v with the values of the 2^m coalitions, bit i for player vary[i].
func (g *game) all(v []float64, m int) error {
	sets := make(set, len(v)-2)
	for s := range sets {
		sets[s] = uint64(s) + 1
	}
	v[0], v[len(v)-1] = g.base, g.fx
	return g.values(v[1:len(v)-1], sets, 1)
}

// shapley computes the values of m players from those of the 2^m coalitions.
func shapley(phi, v []float64) {
	m := len(phi)
	// w[s] = s! (m-s-1)! / m! = 1 / (m C(m-1, s))
	w := make([]float64, m)
	c := 1.0
	for s := range m {
		w[s] = 1 / (float64(m) * c)
		c = c * float64(m-1-s) / float64(s+1)
	}
	for i := range phi {
		bit := 1 << i
		sum := 0.0
		for s := range v {
			if s&bit == 0 {
				sum += w[bits.OnesCount(uint(s))] * (v[s|bit] - v[s])
			}
		}
		phi[i] = sum
	}
}
