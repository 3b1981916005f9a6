package explain

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestEveryMethodIsEfficient(t *testing.T) {
	for _, d := range []int{1, 2, 3, 9, 13, 31, 70} {
		for name, f := range models {
			if d < 3 && name == "pairs" || d < 2 && name == "steps" {
				continue
			}
			bg, rows := random(3, 5, d), random(4, 2, d)
			bg.Set(0, 0, rows.At(0, 0))
			all := map[string]func() (*Explanation, error){
				"kernel":      func() (*Explanation, error) { return KernelSHAP{Samples: 40*d + 20}.Explain(ctx, of(f), bg, rows) },
				"permutation": func() (*Explanation, error) { return PermutationSHAP{Pairs: 2}.Explain(ctx, of(f), bg, rows) },
			}
			if d <= 9 {
				all["exact"] = func() (*Explanation, error) { return ExactShapley{}.Explain(ctx, of(f), bg, rows) }
			}
			for how, call := range all {
				e, err := call()
				require.NoError(t, err, "%s, %d, %s", name, d, how)
				scale := 1.0
				for i, p := range e.Predictions {
					sum := e.Base + floats.Sum(e.Values.RawRowView(i))
					scale = max(scale, math.Abs(p), math.Abs(e.Base), floats.Norm(e.Values.RawRowView(i), 1))
					require.LessOrEqual(t, math.Abs(sum-p), e.Gap*(1+1e-9)+1e-13*scale)
				}
				require.LessOrEqual(t, e.Gap, 1e-12*scale, "%s, %d features, %s", name, d, how)
			}
		}
	}
}

func TestAxiomsOfShapley(t *testing.T) {
	bg, rows := random(3, 5, 5), random(4, 2, 5)
	// Feature 4 is not used; 0 and 1 are used alike.
	f := func(x []float64) float64 { return (x[0]+x[1])*x[2] + x[3] }
	for i := range 5 {
		bg.Set(i, 1, bg.At(i, 0))
	}
	for i := range 2 {
		rows.Set(i, 1, rows.At(i, 0))
	}
	for _, call := range []func() (*Explanation, error){
		func() (*Explanation, error) { return ExactShapley{}.Explain(ctx, of(f), bg, rows) },
		func() (*Explanation, error) { return KernelSHAP{}.Explain(ctx, of(f), bg, rows) },
		func() (*Explanation, error) { return PermutationSHAP{Pairs: 1}.Explain(ctx, of(f), bg, rows) },
	} {
		e, err := call()
		require.NoError(t, err)
		for i := range 2 {
			require.InDelta(t, 0, e.Values.At(i, 4), 1e-13, "dummy")
			require.InDelta(t, e.Values.At(i, 0), e.Values.At(i, 1), 1e-13, "symmetry")
		}
	}
}

func TestConstantFeaturesCostNothing(t *testing.T) {
	bg, rows := random(3, 4, 20), random(4, 1, 20)
	for j := range 17 {
		for i := range 4 {
			bg.Set(i, j, rows.At(0, j))
		}
	}
	bg.Set(1, 3, math.NaN())
	bg.Set(0, 3, math.NaN())
	bg.Set(2, 3, math.NaN())
	bg.Set(3, 3, math.NaN())
	rows.Set(0, 3, math.NaN()) // missing everywhere is constant too
	f := of(func(x []float64) float64 { return x[0] + x[17]*x[18] + x[19] })
	e, err := ExactShapley{}.Explain(ctx, f, bg, rows)
	require.NoError(t, err)
	require.Equal(t, 4+4+1+4*6, e.Evaluations) // the background twice
	for j := range 17 {
		require.Zero(t, e.Values.At(0, j))
	}
	// Nothing varies: no values, and the base is the prediction.
	e, err = KernelSHAP{}.Explain(ctx, f, rows, rows)
	require.NoError(t, err)
	require.Equal(t, e.Base, e.Predictions[0])
	require.Zero(t, mat.Sum(e.Values))
}

func TestWeightTwoIsARepeatedBackgroundRow(t *testing.T) {
	bg, rows := random(3, 3, 4), random(4, 2, 4)
	twice := mat.NewDense(4, 4, nil)
	twice.Copy(bg)
	twice.SetRow(3, bg.RawRowView(1))
	a, err := ExactShapley{Weights: []float64{1, 2, 1}}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	b, err := ExactShapley{}.Explain(ctx, of(knotted), twice, rows)
	require.NoError(t, err)
	golden.EqualSlice(t, "values", b.Values.RawMatrix().Data, a.Values.RawMatrix().Data, 1e-13)
}

func TestSampledValuesComeNearTheExact(t *testing.T) {
	bg, rows := random(3, 6, 13), random(4, 3, 13)
	exact, err := ExactShapley{}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	kernel, err := KernelSHAP{Samples: 3000}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	require.False(t, kernel.Exact)
	perm, err := PermutationSHAP{MaxError: 0.01, Seed: 2}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	beyond, worst := 0, 0.0
	for i := range 3 {
		for j := range 13 {
			worst = max(worst, math.Abs(exact.Values.At(i, j)-kernel.Values.At(i, j)))
			se := perm.StdErr.At(i, j)
			require.True(t, se > 0 && se <= 0.01, se)
			if math.Abs(exact.Values.At(i, j)-perm.Values.At(i, j)) > 2*se {
				beyond++
			}
		}
	}
	require.Less(t, worst, 0.03)
	require.LessOrEqual(t, beyond, 6, "about 5%% of 39 should be beyond two standard errors")
	few, err := PermutationSHAP{MaxError: 1e-9, Pairs: 20}.Explain(ctx, of(knotted), bg, rows)
	require.ErrorIs(t, err, mlgauge.ErrNotConverged)
	require.NotNil(t, few, "what was reached is kept")
	one, err := PermutationSHAP{Pairs: 1}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	require.True(t, math.IsNaN(one.StdErr.At(0, 0)))
}

func TestManyPairsInParts(t *testing.T) {
	// More pairs than one batch of orders holds give the same mean as the definition.
	bg, rows := random(3, 1, 3), random(4, 1, 3)
	exact, err := ExactShapley{}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	e, err := PermutationSHAP{Pairs: 40_000}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	for j := range 3 {
		require.InDelta(t, exact.Values.At(0, j), e.Values.At(0, j), 5*e.StdErr.At(0, j)+1e-12)
	}
}

func TestInputsAreNotChanged(t *testing.T) {
	bg, x := random(1, 6, 3), random(2, 7, 3)
	b0, x0 := mat.DenseCopyOf(bg), mat.DenseCopyOf(x)
	for how, call := range methods(ctx, of(knotted), bg, x) {
		require.NoError(t, call(), how)
		require.True(t, mat.Equal(b0, bg) && mat.Equal(x0, x), how)
	}
	// A view with a stride gives the same as its copy.
	wide := random(5, 7, 6)
	view := wide.Slice(0, 7, 1, 4).(*mat.Dense)
	a, err := KernelSHAP{}.Explain(ctx, of(knotted), view, view)
	require.NoError(t, err)
	b, err := KernelSHAP{}.Explain(ctx, of(knotted), mat.DenseCopyOf(view), mat.DenseCopyOf(view))
	require.NoError(t, err)
	require.True(t, mat.Equal(a.Values, b.Values))
}

func TestPartialDependenceBands(t *testing.T) {
	x := random(1, 50, 3)
	w := make([]float64, 50)
	for i := range w {
		w[i] = float64(i % 3)
	}
	p := PartialDependence{Resolution: 5, Weights: w}
	d, err := p.Explain(ctx, of(knotted), x, 1)
	require.NoError(t, err)
	c, err := p.Individual(ctx, of(knotted), x, 1)
	require.NoError(t, err)
	require.Equal(t, 5, d.Points())
	require.InDelta(t, 1, floats.Sum(d.Distribution[0]), 1e-12)
	for k := range d.Average {
		var sum, mean, square float64
		for r, i := range c.Rows {
			sum += w[i]
			mean += w[i] * c.Values.At(r, k)
		}
		mean /= sum
		for r, i := range c.Rows {
			square += math.Pow(w[i]*(c.Values.At(r, k)-mean), 2)
		}
		n := float64(len(c.Rows))
		golden.Equal(t, "average", mean, d.Average[k], 1e-12)
		golden.Equal(t, "error", math.Sqrt(square*n/(n-1))/sum, d.StdErr[k], 1e-11)
		golden.Equal(t, "high", mean+1.959963984540054*d.StdErr[k], d.High[k], 1e-11)
	}
	p.Weights = nil
	normal, err := p.Explain(ctx, of(knotted), x, 1)
	require.NoError(t, err)
	p.Band = Bootstrapped
	boot, err := p.Explain(ctx, of(knotted), x, 1)
	require.NoError(t, err)
	again, err := p.Explain(ctx, of(knotted), x, 1)
	require.NoError(t, err)
	require.Equal(t, boot, again)
	for k := range boot.Average {
		require.Equal(t, normal.Average[k], boot.Average[k])
		require.InEpsilon(t, normal.High[k]-normal.Low[k], boot.High[k]-boot.Low[k], 0.15)
	}
	one, err := PartialDependence{}.Explain(ctx, of(knotted), random(1, 1, 3), 0)
	require.NoError(t, err)
	require.True(t, math.IsNaN(one.StdErr[0]) && math.IsNaN(one.Low[0]))
	// A missing value elsewhere is the model's business; a constant feature has one point.
	x.Set(3, 2, math.NaN())
	holes, err := PartialDependence{}.Explain(ctx, of(func(x []float64) float64 { return x[0] }), x, 0)
	require.NoError(t, err)
	golden.EqualSlice(t, "identity", holes.Grid[0], holes.Average, 1e-14)
	for i := range 50 {
		x.Set(i, 1, 4)
	}
	constant, err := PartialDependence{}.Explain(ctx, of(func(x []float64) float64 { return x[0] }), x, 1)
	require.NoError(t, err)
	require.Equal(t, []float64{4}, constant.Grid[0])
}

func TestCentered(t *testing.T) {
	c, err := PartialDependence{Resolution: 4}.Individual(ctx, of(knotted), random(1, 9, 3), 0)
	require.NoError(t, err)
	at, err := c.Centered(2)
	require.NoError(t, err)
	for i := range 9 {
		for k := range 4 {
			require.Equal(t, c.Values.At(i, k)-c.Values.At(i, 2), at.Values.At(i, k))
		}
	}
	require.InDelta(t, 0, at.Average()[2], 0)
}

// localEffects is Apley and Zhu's definition, row by row.
func localEffects(f func([]float64) float64, x *mat.Dense, j, bins int) (edges, effect []float64) {
	n, _ := x.Dims()
	col := mat.Col(nil, j, x)
	slices.Sort(col)
	for k := 0; k <= bins; k++ {
		q := col[max(0, int(math.Ceil(float64(n)*float64(k)/float64(bins)-1e-9))-1)]
		if len(edges) == 0 || q > edges[len(edges)-1] {
			edges = append(edges, q)
		}
	}
	effect = []float64{0}
	center := 0.0
	for k := 1; k < len(edges); k++ {
		sum, count := 0.0, 0.0
		for i := range n {
			v := x.At(i, j)
			if v <= edges[k] && (v > edges[k-1] || k == 1) {
				row := append([]float64(nil), x.RawRowView(i)...)
				row[j] = edges[k]
				sum += f(row)
				row[j] = edges[k-1]
				sum -= f(row)
				count++
			}
		}
		effect = append(effect, effect[k-1]+sum/count)
		center += count * (effect[k] + effect[k-1]) / 2
	}
	for k := range effect {
		effect[k] -= center / float64(n)
	}
	return edges, effect
}

func TestAccumulatedByDefinition(t *testing.T) {
	x := random(1, 83, 3)
	for i := range 83 {
		x.Set(i, 1, math.Round(x.At(i, 1)*2))
	}
	for j := range 3 {
		for _, bins := range []int{1, 2, 7, 40, 500} {
			edges, want := localEffects(knotted, x, j, bins)
			e, err := Accumulated{Bins: bins, BatchRows: 10}.Explain(ctx, of(knotted), x, j)
			require.NoError(t, err)
			require.Equal(t, edges, e.Edges)
			golden.EqualSlice(t, "effect", want, e.Effect, 1e-12)
			total := 0
			for _, n := range e.Count {
				require.Positive(t, n)
				total += n
			}
			require.Equal(t, 83, total)
		}
	}
	// Linear: the slope is the coefficient, without error.
	e, err := Accumulated{Bins: 10}.Explain(ctx, of(linear), x, 2)
	require.NoError(t, err)
	for k := range e.Slope {
		golden.Equal(t, "slope", linearCoef(3)[2], e.Slope[k]/(e.Edges[k+1]-e.Edges[k]), 1e-9)
		require.Less(t, e.StdErr[k+1], 1e-12)
	}
	sum := 0.0
	for i := range 83 {
		sum += linear(x.RawRowView(i))
	}
	golden.Equal(t, "mean", sum/83, e.Mean, 1e-12)
}

func TestLimeFindsALinearModel(t *testing.T) {
	x := random(1, 500, 4)
	row := []float64{2, -1.5, 0.4, 0}
	f := func(x []float64) float64 { return 4*x[0] - 2*x[1] + x[2] }
	m, err := LIME{Cut: Whole, Alpha: 1e-6, Around: true}.Explain(ctx, of(f), x, row)
	require.NoError(t, err)
	require.Greater(t, m.R2, 1-1e-9)
	require.InDelta(t, m.Prediction, m.Local, 1e-6)
	for k, j := range m.Features {
		require.InDelta(t, []float64{4, -2, 1, 0}[j], m.Coef[k]/m.Condition[k].Scale, 1e-6)
	}
	require.Equal(t, []int{0, 1, 2, 3}, m.Features)
	for _, cut := range []Cut{Quartiles, Deciles} {
		m, err = LIME{Cut: cut, Features: 2}.Explain(ctx, of(f), x, row)
		require.NoError(t, err)
		require.ElementsMatch(t, []int{0, 1}, m.Features, "row 0 is high in 0 and low in 1")
		for k := range m.Features {
			require.Positive(t, m.Coef[k])
			require.True(t, m.Condition[k].Low < m.Condition[k].Value && m.Condition[k].Value <= m.Condition[k].High)
		}
		require.Positive(t, m.R2)
	}
	again, err := LIME{Cut: Deciles, Features: 2, BatchRows: 17}.Explain(ctx, of(f), x, row)
	require.NoError(t, err)
	require.Equal(t, m, again, "the seed decides, not the batches")
	flat, err := LIME{}.Explain(ctx, of(func([]float64) float64 { return 3 }), x, row)
	require.NoError(t, err)
	require.Equal(t, 1.0, flat.R2)
	require.Equal(t, make([]float64, 4), flat.Coef)
	require.Equal(t, 3.0, flat.Local)
}

func TestLimeCategoriesAndConstants(t *testing.T) {
	x := random(1, 400, 3)
	for i := range 400 {
		x.Set(i, 1, float64(i%3))
		x.Set(i, 2, 7)
	}
	f := func(x []float64) float64 {
		if x[1] == 2 {
			return 5
		}
		return 0
	}
	m, err := LIME{Categorical: []int{1}}.Explain(ctx, of(f), x, []float64{0, 2, 7})
	require.NoError(t, err)
	require.Equal(t, 1, m.Features[0])
	require.InDelta(t, 5, m.Coef[0], 0.05)
	require.Equal(t, "x = 2", m.Condition[0].String())
	for k, j := range m.Features {
		if j == 2 {
			require.Zero(t, m.Coef[k])
		}
	}
	_, err = LIME{Categorical: []int{1}}.Explain(ctx, of(f), x, []float64{0, 9, 7})
	require.NoError(t, err, "a category that was not seen")
}

func TestAttributionDrift(t *testing.T) {
	base := map[string]float64{"income": 0.5, "age": 0.3, "zip": 0.01}
	d, err := NewAttributionDrift(base, map[string]float64{"income": 5, "age": 3, "zip": 1}, 0)
	require.NoError(t, err)
	require.Equal(t, &AttributionDrift{NDCG: 1, Threshold: 0.9, Baseline: []string{"income", "age", "zip"}, Live: []string{"income", "age", "zip"}}, d)
	require.Empty(t, d.Violations("label0"))
	d, err = NewAttributionDrift(base, map[string]float64{"income": 1, "age": 2, "zip": 3}, 0)
	require.NoError(t, err)
	// (0.01/1 + 0.3/log2(3) + 0.5/2) / (0.5/1 + 0.3/log2(3) + 0.01/2)
	golden.Equal(t, "nDCG", (0.01+0.3/math.Log2(3)+0.25)/(0.5+0.3/math.Log2(3)+0.005), d.NDCG, 1e-14)
	require.True(t, d.Alert)
	v := d.Violations("label0")
	require.Len(t, v, 1)
	require.Equal(t, "feature_attribution_drift_check", v[0].ConstraintCheckType)
}
