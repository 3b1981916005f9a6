package main

import (
	"context"
	"strconv"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/explain"
	"github.com/mlgauge/mlgauge/metrics"
)

const shap = "shap"

// explainCases explain a model that costs next to nothing, the first feature, so
// that a call is what stands around the model; permutation importance and partial
// dependence explain a linear one, as the peers' users would measure.
func explainCases() []w.Case {
	// background and rows explained, of 30 features
	split := func(d *w.Data, background int) (bg, rows *mat.Dense) {
		x := matrix(d, "x", 30)
		n, _ := x.Dims()
		return x.Slice(0, background, 0, 30).(*mat.Dense), x.Slice(background, n, 0, 30).(*mat.Dense)
	}
	linear := func(d *w.Data) (x *mat.Dense, y []float64, model explain.Model) {
		x = matrix(d, "x", w.Columns)
		coef := blas64.Vector{N: w.Columns, Inc: 1, Data: make([]float64, w.Columns)}
		floats.AddConst(0.5, coef.Data)
		model = func(dst []float64, x *mat.Dense) error {
			blas64.Gemv(blas.NoTrans, 1, x.RawMatrix(), coef, 0, blas64.Vector{N: len(dst), Inc: 1, Data: dst})
			return nil
		}
		n, _ := x.Dims()
		y = make([]float64, n)
		w.Check(model(y, x))
		floats.Add(y, d.F64("a")[:n])
		return x, y, model
	}
	permute := func(d *w.Data) func() {
		x, y, model := linear(d)
		return func() {
			w.Must(explain.Permute(context.Background(), model, x, y, metrics.R2[float64], explain.PermutationOptions{}))
		}
	}
	gather := func(d *w.Data) func() {
		x, y, model := linear(d)
		start := func() *metrics.Regression { return new(metrics.Regression) }
		return func() {
			w.Must(explain.PermuteStatistic(context.Background(), model, x, y, start, (*metrics.Regression).R2, explain.PermutationOptions{}))
		}
	}
	return []w.Case{
		{Name: "Kernel SHAP, 30 features, 100 background rows", Against: shap, Unit: "row explained", PerN: 5. / 3150, Sizes: []int{3150},
			Goals: []w.Goal{{N: 3150, Portable: 20, Assembly: 20}}, Prepare: func(d *w.Data) func() {
				bg, rows := split(d, 100)
				return func() { w.Must(explain.KernelSHAP{}.Explain(context.Background(), firstFeature, bg, rows)) }
			}},
		{Name: "exact Shapley, 12 features, 100 background rows", Against: shap, Unit: "row explained", PerN: 5. / 1260, Sizes: []int{1260}, Prepare: func(d *w.Data) func() {
			x := matrix(d, "x", 12)
			n, _ := x.Dims()
			bg, rows := x.Slice(0, 100, 0, 12).(*mat.Dense), x.Slice(100, n, 0, 12).(*mat.Dense)
			return func() { w.Must(explain.ExactShapley{}.Explain(context.Background(), firstFeature, bg, rows)) }
		}},
		{Name: "permutation importance, linear model", Against: sklearn, Sizes: []int{20_000, 2_000_000}, Unit: "prediction", PerN: 5,
			Goals: []w.Goal{{N: 20_000, Portable: 10, Assembly: 10}, {N: 2_000_000, Portable: 10, Assembly: 10}}, Prepare: permute},
		{Name: "permutation importance, linear model, gathered", Against: sklearn, Sizes: []int{20_000, 2_000_000}, Unit: "prediction", PerN: 5,
			Goals: []w.Goal{{N: 20_000, Portable: 10, Assembly: 10}, {N: 2_000_000, Portable: 10, Assembly: 10}}, Prepare: gather},
		{Name: "partial dependence, linear model", Against: sklearn, Sizes: []int{20_000, 2_000_000}, Unit: "prediction", PerN: 5, Prepare: func(d *w.Data) func() {
			x, _, model := linear(d)
			return func() { w.Must(explain.PartialDependence{}.Explain(context.Background(), model, x, 3)) }
		}},
		{Name: "assignment to a variant", Unit: "unit", Sizes: []int{10_000}, Prepare: func(d *w.Data) func() {
			variants := []experiment.Variant{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}}
			a := w.Must(experiment.NewAssigner(experiment.Split{Salt: "bench", Variants: variants}))
			units := make([]string, d.N)
			for i := range units {
				units[i] = "user-" + strconv.Itoa(i*7919)
			}
			return func() {
				for _, u := range units {
					a.Assign(u)
				}
			}
		}},
	}
}

func firstFeature(dst []float64, x *mat.Dense) error {
	for i := range dst {
		dst[i] = x.At(i, 0)
	}
	return nil
}
