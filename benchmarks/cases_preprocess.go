package main

import (
	"gonum.org/v1/gonum/mat"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
	"github.com/mlgauge/mlgauge/preprocess"
)

func preprocessCases() []w.Case {
	return slicesOf(fitCases(), transformCases(), countCases(), featureCases())
}

// columnGoals are those at ten million values.
func columnGoals(portable, assembly float64) []w.Goal {
	return []w.Goal{{N: 10_000_000, Portable: portable, Assembly: assembly}}
}

func fitCases() []w.Case {
	fit := func(name, array string, limit w.Limit, goals []w.Goal, fresh func() preprocess.Transformer) w.Case {
		c := w.Case{Name: name, Against: sklearn, Flat: true, Goals: goals, Prepare: func(d *w.Data) func() {
			x := matrix(d, array, w.Columns)
			return func() { w.Check(fresh().Fit(x)) }
		}}
		if limit != "" {
			c.Limit, c.Bytes = limit, 8
		}
		return c
	}
	fit32 := func(name string, goals []w.Goal, do func(x []float32, cols int) error) w.Case {
		return w.Case{Name: name, Against: sklearn, Limit: w.Read, Bytes: 4, Flat: true, Goals: goals, Prepare: func(d *w.Data) func() {
			x := d.F32("x")
			return func() { w.Check(do(x, w.Columns)) }
		}}
	}
	return []w.Case{
		fit("standard fit", "x", w.Read, columnGoals(4.5, 10), func() preprocess.Transformer { return &preprocess.Standard{} }),
		fit("standard fit, 5% missing", "missing", w.Read, columnGoals(8, 24), func() preprocess.Transformer { return &preprocess.Standard{} }),
		fit32("standard fit, float32", columnGoals(4.5, 15), func(x []float32, cols int) error { return new(preprocess.Standard).Fit32(x, cols) }),
		fit("min-max fit", "x", w.Read, columnGoals(2.4, 5.5), func() preprocess.Transformer { return &preprocess.MinMax{} }),
		fit32("min-max fit, float32", nil, func(x []float32, cols int) error { return new(preprocess.MinMax).Fit32(x, cols) }),
		fit("max-abs fit", "x", w.Read, nil, func() preprocess.Transformer { return &preprocess.MaxAbs{} }),
		fit("robust fit", "x", "", columnGoals(7, 7), func() preprocess.Transformer { return &preprocess.Robust{} }),
		fit("quantile bins fit", "x", "", nil, func() preprocess.Transformer { return &preprocess.Bins{N: 10} }),
		fit("quantile transform fit", "x", "", nil, func() preprocess.Transformer { return &preprocess.Quantile{} }),
		fit("power transform fit", "x", "", nil, func() preprocess.Transformer { return &preprocess.PowerTransform{} }),
	}
}

func transformCases() []w.Case {
	transform := func(name, array string, limit w.Limit, goals []w.Goal, t func() preprocess.Transformer, into func(x *mat.Dense) *mat.Dense) w.Case {
		c := w.Case{Name: name, Against: sklearn, Flat: true, Goals: goals, Prepare: func(d *w.Data) func() {
			x := matrix(d, array, w.Columns)
			fitted, dst := t(), into(x)
			w.Check(fitted.Fit(x))
			return func() { w.Must(fitted.Transform(dst, x)) }
		}}
		if limit != "" {
			c.Limit, c.Bytes = limit, 16
		}
		return c
	}
	none := func(*mat.Dense) *mat.Dense { return nil }
	standard := func() preprocess.Transformer { return &preprocess.Standard{} }
	return []w.Case{
		transform("standard transform into a given matrix", "x", w.Copy, columnGoals(2.4, 5), standard, like),
		{Name: "standard transform in place", Against: sklearn, Limit: w.Update, Bytes: 16, Flat: true, Goals: columnGoals(1.6, 3), Prepare: func(d *w.Data) func() {
			x := matrix(d, "x", w.Columns)
			s := &preprocess.Standard{}
			w.Check(s.Fit(x))
			for j := range s.Mean { // so that repeating it does not leave the numbers
				s.Mean[j], s.Scale[j] = 0, 1.0000001
			}
			return func() { w.Must(s.Transform(x, x)) }
		}},
		transform("standard transform, allocating", "x", w.Copy, columnGoals(0, 1.8), standard, none),
		transform("min-max transform into a given matrix", "x", w.Copy, nil, func() preprocess.Transformer { return &preprocess.MinMax{} }, like),
		transform("L2 rows into a given matrix", "x", w.Copy, columnGoals(2.5, 2.5), func() preprocess.Transformer { return &preprocess.Normalizer{} }, like),
		transform("L1 rows into a given matrix", "x", w.Copy, columnGoals(4, 4), func() preprocess.Transformer { return &preprocess.Normalizer{Norm: preprocess.L1} }, like),
		transform("bins transform", "x", w.Copy, nil, func() preprocess.Transformer {
			return &preprocess.Bins{N: 10, Strategy: preprocess.UniformBins}
		}, like),
		transform("mean imputation", "missing", w.Copy, nil, func() preprocess.Transformer { return &preprocess.Simple{} }, like),
	}
}

func countCases() []w.Case {
	return []w.Case{
		{Name: "three quantiles of a column", Against: numpy, Flat: true, Goals: columnGoals(1.4, 4), Prepare: func(d *w.Data) func() {
			x := matrix(d, "a", 1)
			return func() { w.Check(new(preprocess.Robust).Fit(x)) }
		}},
		{Name: "histogram of 10 bins, exact edges", Against: numpy, Flat: true, Goals: goals(2.5, 2.5), Prepare: func(d *w.Data) func() {
			a := d.F64("a")
			return func() {
				p := preprocess.PSI{Edges: w.Must(preprocess.CutEdges(a, 10, preprocess.EqualWidth))}
				w.Check(p.AddReference(a))
			}
		}},
		{Name: "PSI counts in 10 given bins", Against: numpy, Limit: w.Read, Bytes: 8, Flat: true, Goals: goals(0.9, 10), Prepare: func(d *w.Data) func() {
			a := d.F64("a")
			edges := []float64{-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2}
			return func() {
				p := preprocess.PSI{Edges: edges}
				w.Check(p.AddReference(a))
			}
		}},
	}
}

func featureCases() []w.Case {
	row := func(name, array string, t preprocess.Transformer) w.Case {
		return w.Case{Name: name, Against: sklearn, Unit: "call", PerN: 1. / 40_000, Sizes: []int{40_000}, Prepare: func(d *w.Data) func() {
			x := matrix(d, array, w.Columns)
			w.Check(t.Fit(x))
			one := t.(preprocess.RowTransformer)
			row, dst := x.RawRowView(7), make([]float64, w.Columns)
			return func() { w.Check(one.TransformRow(dst, row)) }
		}}
	}
	return []w.Case{
		{Name: "KNN imputation, 5000 x 10", Against: sklearn, Sizes: []int{50_000}, Prepare: func(d *w.Data) func() {
			x := matrix(d, "holes", 10)
			k := &preprocess.KNN{}
			w.Check(k.Fit(x))
			return func() { w.Must(k.Transform(nil, x)) }
		}},
		{Name: "mutual information, 10,000 x 10", Against: sklearn, Sizes: []int{100_000}, Prepare: func(d *w.Data) func() {
			x := matrix(d, "x", 10)
			rows, _ := x.Dims()
			y := make([]float64, rows)
			for i := range y {
				y[i] = x.At(i, 0) + x.At(i, 1)*x.At(i, 1)
			}
			return func() { w.Must(preprocess.MutualInfo{}.Regression(x, y)) }
		}},
		{Name: "F test of 20 columns", Against: sklearn, Prepare: func(d *w.Data) func() {
			x := matrix(d, "x", w.Columns)
			rows, _ := x.Dims()
			y := make([]int, rows)
			for i := range y {
				if x.At(i, 0)+x.At(i, 1) > 0 {
					y[i] = 1
				}
			}
			return func() { w.Must(preprocess.FClassif(x, y)) }
		}},
		{Name: "PCA fit", Against: sklearn, Sizes: []int{10_000, 1_000_000}, Prepare: func(d *w.Data) func() {
			x := matrix(d, "x", w.Columns)
			return func() { w.Check(new(preprocess.PCA).Fit(x)) }
		}},
		row("one row through imputer, scaler, bins", "missing", preprocess.NewChain(&preprocess.Simple{}, &preprocess.Standard{}, &preprocess.Bins{N: 10})),
		row("one row through a scaler", "x", &preprocess.Standard{}),
	}
}
