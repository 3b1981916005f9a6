package main

import (
	"slices"

	moremath "github.com/aclements/go-moremath/stats"
	"github.com/dgryski/go-onlinestats"
	"github.com/montanaflynn/stats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

// columnCases are columns of numbers, and two samples.
func columnCases() []w.Case {
	one := func(name, peer string, f func(a []float64)) w.Case {
		return w.Case{Name: name, Peer: peer, Prepare: func(d *w.Data) func() {
			a := d.F64("a")
			return func() { f(a) }
		}}
	}
	two := func(name, peer, other string, f func(x, y []float64)) w.Case {
		return w.Case{Name: name, Peer: peer, Prepare: func(d *w.Data) func() {
			x, y := d.F64("a"), d.F64(other)
			return func() { f(x, y) }
		}}
	}
	sorted := func(x []float64) []float64 {
		x = slices.Clone(x)
		slices.Sort(x)
		return x
	}
	return []w.Case{
		one("mean and variance", gonum, func(a []float64) { stat.MeanVariance(a, nil) }),
		one("mean and variance", montana, func(a []float64) {
			w.Must(stats.Mean(a))
			w.Must(stats.SampleVariance(a))
		}),
		one("mean and variance", more, func(a []float64) {
			moremath.Mean(a)
			moremath.Variance(a)
		}),
		one("three quantiles of a column", gonum, func(a []float64) {
			x := sorted(a)
			for _, p := range []float64{0.25, 0.5, 0.75} {
				stat.Quantile(p, stat.LinInterp, x, nil)
			}
		}),
		one("three quantiles of a column", montana, func(a []float64) { w.Must(stats.Quartile(a)) }),
		one("histogram of 10 bins, exact edges", gonum, func(a []float64) {
			x := sorted(a)
			edges := make([]float64, 11)
			lo, hi := x[0], x[len(x)-1]
			for i := range edges {
				edges[i] = lo + (hi-lo)*float64(i)/10
			}
			edges[10] = hi + 1
			stat.Histogram(nil, edges, x, nil)
		}),
		one("histogram of 10 bins, exact edges", montana, func(a []float64) { _, _, _ = stats.Histogram(a, 10) }),
		two("Kolmogorov-Smirnov", gonum, "b", func(x, y []float64) { stat.KolmogorovSmirnov(sorted(x), nil, sorted(y), nil) }),
		two("Kolmogorov-Smirnov", online, "b", func(x, y []float64) { onlinestats.KS(slices.Clone(x), slices.Clone(y)) }),
		two("Mann-Whitney", more, "b", func(x, y []float64) { w.Must(moremath.MannWhitneyUTest(x, y, moremath.LocationDiffers)) }),
		two("Welch's t test", more, "b", func(x, y []float64) {
			w.Must(moremath.TwoSampleWelchTTest(moremath.Sample{Xs: x}, moremath.Sample{Xs: y}, moremath.LocationDiffers))
		}),
		{Name: "standard fit", Peer: gonum, Prepare: func(d *w.Data) func() {
			x := mat.NewDense(d.N/w.Columns, w.Columns, d.F64("x"))
			column := make([]float64, d.N/w.Columns)
			return func() {
				for j := range w.Columns {
					stat.PopMeanVariance(mat.Col(column, j, x), nil)
				}
			}
		}},
		{Name: "PCA fit", Peer: gonum, Prepare: func(d *w.Data) func() {
			x := mat.NewDense(d.N/w.Columns, w.Columns, d.F64("x"))
			return func() { new(stat.PC).PrincipalComponents(x, nil) }
		}},
	}
}
