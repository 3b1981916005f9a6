package explain

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func linearCoef(d int) []float64 {
	c := make([]float64, d)
	for j := range c {
		c[j] = 0.5 * float64(j+1)
		if j%2 == 1 {
			c[j] = -c[j]
		}
	}
	return c
}

func linear(x []float64) float64 {
	s := 1.0
	for j, c := range linearCoef(len(x)) {
		s += c * x[j]
	}
	return s
}

func logistic(x []float64) float64 { return 1 / (1 + math.Exp(-0.3*linear(x))) }

func step2(x []float64) float64 {
	s := 0.0
	if x[0] > 0 && x[1] > 0.2 {
		s = 2
	}
	if x[len(x)-1] > 0 {
		s++
	}
	return s
}

func inPairs(x []float64) float64 {
	return x[0]*x[1] - 2*x[1]*x[2] + math.Sin(x[len(x)-1]) + x[0]
}

var models = map[string]func([]float64) float64{"linear": linear, "logistic": logistic, "knotted": knotted, "steps": step2, "pairs": inPairs}

func dense(rows [][]float64) *mat.Dense {
	if len(rows) == 0 {
		return nil
	}
	x := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		x.SetRow(i, r)
	}
	return x
}

func TestShapleyValuesOfShap(t *testing.T) {
	var g struct {
		Cases []struct {
			Model                              string
			Background, Rows                   [][]float64
			Link                               string
			Weights                            []float64
			Groups                             [][]int
			Base                               float64
			Kernel, Exact, Permutation, Linear [][]float64
		}
		NDCG []struct {
			Baseline, Live []float64
			NDCG           float64
		}
	}
	golden.Load(t, "explain/shapley.json", &g)
	require.NotEmpty(t, g.Cases)
	for i, c := range g.Cases {
		what := fmt.Sprintf("case %d, %s, %d features", i, c.Model, len(c.Rows[0]))
		link := Identity
		if c.Link == "logit" {
			link = Logit
		}
		bg, rows := dense(c.Background), dense(c.Rows)
		compare := func(how string, e *Explanation, err error, want [][]float64) {
			t.Helper()
			require.NoError(t, err, what)
			golden.Equal(t, what+" base", c.Base, e.Base, 1e-12)
			require.Less(t, e.Gap, 1e-12, what)
			for r, w := range want {
				// shap solves the normal equations after eliminating a feature
				// and sets values below 1e-10 to 0.
				golden.EqualSlice(t, what+" "+how, w, e.Values.RawRowView(r), 2e-10)
			}
		}
		f := of(models[c.Model])
		e, err := KernelSHAP{Link: link, Weights: c.Weights, Groups: c.Groups}.Explain(ctx, f, bg, rows)
		compare("kernel", e, err, c.Kernel)
		require.True(t, e.Exact, what)
		e, err = ExactShapley{Link: link, Weights: c.Weights, Groups: c.Groups, BatchRows: 7}.Explain(ctx, f, bg, rows)
		compare("exact by kernel", e, err, c.Kernel)
		if c.Exact != nil {
			compare("exact", e, err, c.Exact)
		}
		if c.Permutation != nil {
			e, err = PermutationSHAP{Pairs: 1}.Explain(ctx, f, bg, rows)
			compare("permutation", e, err, c.Permutation)
			compare("permutation by kernel", e, err, c.Kernel)
		}
		if c.Linear != nil {
			e, err = LinearSHAP{Coef: linearCoef(len(c.Rows[0])), Intercept: 1}.Explain(bg, rows)
			compare("linear", e, err, c.Linear)
			compare("linear by kernel", e, err, c.Kernel)
		}
	}
	for _, c := range g.NDCG {
		v, err := AttributionNDCG(c.Baseline, c.Live)
		require.NoError(t, err)
		golden.Equal(t, "nDCG", c.NDCG, v, 1e-12)
	}
}
