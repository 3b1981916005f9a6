package main

import (
	"fmt"
	"slices"

	"github.com/sjwhitworth/golearn/base"
	"github.com/sjwhitworth/golearn/evaluation"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

func metricsCases() []w.Case {
	pair := func(name, peer string, f func(a, b []float64)) w.Case {
		return w.Case{Name: name, Peer: peer, Prepare: func(d *w.Data) func() {
			a, b := d.F64("a"), d.F64("b")
			return func() { f(a, b) }
		}}
	}
	labels := func(name, k string) w.Case {
		return w.Case{Name: name, Peer: golearn, Prepare: func(d *w.Data) func() {
			t, q := instances(d.I64("t"+k)), instances(d.I64("q"+k))
			return func() { w.Must(evaluation.GetConfusionMatrix(t, q)) }
		}}
	}
	return []w.Case{
		pair("MSE", gonum, func(a, b []float64) {
			e := floats.Distance(a, b, 2)
			_ = e * e / float64(len(a))
		}),
		pair("MAE", gonum, func(a, b []float64) { _ = floats.Distance(a, b, 1) / float64(len(a)) }),
		pair("R2", gonum, func(a, b []float64) { stat.RSquaredFrom(b, a, nil) }),
		labels("confusion, 2 classes", "2"),
		labels("confusion, 10 classes", "10"),
		{Name: "AUC", Peer: gonum, Prepare: func(d *w.Data) func() {
			y, p := d.Bools("y"), d.F64("p")
			return func() { auc(y, p) }
		}},
	}
}

// auc is gonum's: sorted scores, the curve, the area under it.
func auc(y []bool, p []float64) float64 {
	y, p = slices.Clone(y), slices.Clone(p)
	stat.SortWeightedLabeled(p, y, nil)
	tpr, fpr, _ := stat.ROC(nil, p, y, nil)
	area := 0.0
	for i := 1; i < len(tpr); i++ {
		area += (fpr[i] - fpr[i-1]) * (tpr[i] + tpr[i-1]) / 2
	}
	return area
}

// instances returns classes as golearn keeps them.
func instances(x []int64) *base.DenseInstances {
	class := base.NewCategoricalAttribute()
	class.SetName("class")
	grid := base.NewDenseInstances()
	spec := grid.AddAttribute(class)
	w.Check(grid.AddClassAttribute(class))
	w.Check(grid.Extend(len(x)))
	for i, v := range x {
		grid.Set(spec, i, class.GetSysValFromString(fmt.Sprint(v)))
	}
	return grid
}
