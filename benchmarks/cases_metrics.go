package main

import (
	"cmp"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/metrics"
)

func metricsCases() []w.Case {
	return slicesOf(regressionCases(), confusionCases(), scoreCases())
}

func slicesOf[T any](parts ...[]T) []T {
	var all []T
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func regressionCases() []w.Case {
	pair := func(name string, goals []w.Goal, measure func(a, b []float64) (float64, error)) w.Case {
		return w.Case{Name: name, Against: sklearn, Limit: w.ReadTwo, Bytes: 16, Goals: goals, Prepare: func(d *w.Data) func() {
			a, b := d.F64("a"), d.F64("b")
			return func() { w.Must(measure(a, b)) }
		}}
	}
	flat := func(c w.Case) w.Case {
		c.Flat = true
		return c
	}
	return []w.Case{
		flat(pair("MSE", goals(3.5, 4.5), metrics.MSE[float64])),
		flat(pair("MAE", goals(4.5, 7), metrics.MAE[float64])),
		flat(pair("R2", goals(4.5, 8), metrics.R2[float64])),
		{Name: "MSE, MAE and R2 in one pass", Against: sklearn, Limit: w.ReadTwo, Bytes: 16, Flat: true, Goals: goals(6, 17), Prepare: func(d *w.Data) func() {
			a, b := d.F64("a"), d.F64("b")
			return func() {
				var r metrics.Regression
				w.Check(r.Add(a, b))
				w.Must(r.MSE())
				w.Must(r.MAE())
				w.Must(r.R2())
			}
		}},
		pair("median absolute error", nil, metrics.MedianAE[float64]),
		pair("pinball loss", nil, func(a, b []float64) (float64, error) { return metrics.Pinball(a, b, 0.9) }),
		{Name: "mean and variance", Against: numpy, Limit: w.Read, Bytes: 8, Flat: true, Goals: goals(3, 7), Prepare: func(d *w.Data) func() {
			a := d.F64("a")
			return func() {
				var s experiment.Sample
				w.Check(s.Add(a))
				w.Must(s.Mean())
				w.Must(s.Variance())
			}
		}},
		{Name: "bootstrap interval of R2", Against: scipy, Unit: "row drawn", PerN: 1000, Sizes: []int{1000}, Prepare: func(d *w.Data) func() {
			a, b := d.F64("a"), d.F64("b")
			boot := metrics.Bootstrap{Replicas: 1000, Method: metrics.Percentile}
			return func() { w.Must(boot.Run(len(a), metrics.Pairs(a, b, metrics.R2[float64]))) }
		}},
	}
}

// goals are those at a million elements.
func goals(portable, assembly float64) []w.Goal {
	return []w.Goal{{N: 1_000_000, Portable: portable, Assembly: assembly}}
}

// confusion counts two arrays.
func confusion[L cmp.Ordered](read func(d *w.Data) (yTrue, yPred []L)) func(d *w.Data) func() {
	return func(d *w.Data) func() {
		yTrue, yPred := read(d)
		return func() {
			var c metrics.Confusion[L]
			w.Check(c.Add(yTrue, yPred))
		}
	}
}

func confusionCases() []w.Case {
	wide := func(k string) func(d *w.Data) ([]int64, []int64) {
		return func(d *w.Data) ([]int64, []int64) { return d.I64("t" + k), d.I64("q" + k) }
	}
	narrow := func(k string) func(d *w.Data) ([]uint8, []uint8) {
		return func(d *w.Data) ([]uint8, []uint8) { return d.U8("t" + k), d.U8("q" + k) }
	}
	lines := func(d *w.Data) ([]string, []string) { return d.Lines("w10"), d.Lines("v10") }
	labels := func(name string, goals []w.Goal, f func(t, q []int64) error) w.Case {
		return w.Case{Name: name, Against: sklearn, Limit: w.ReadTwo, Bytes: 16, Flat: true, Goals: goals, Prepare: func(d *w.Data) func() {
			t, q := wide("10")(d)
			return func() { w.Check(f(t, q)) }
		}}
	}
	return []w.Case{
		{Name: "confusion, 2 classes", Against: sklearn, Limit: w.ReadTwo, Bytes: 16, Flat: true, Goals: goals(15, 35), Prepare: confusion(wide("2"))},
		{Name: "confusion, 10 classes", Against: sklearn, Limit: w.ReadTwo, Bytes: 16, Flat: true, Goals: goals(15, 15), Prepare: confusion(wide("10"))},
		{Name: "confusion, 1000 classes", Against: sklearn, Limit: w.ReadTwo, Bytes: 16, Flat: true, Goals: goals(15, 15), Prepare: confusion(wide("1000"))},
		{Name: "confusion, 2 classes, uint8", Against: sklearn, Limit: w.ReadTwo, Bytes: 2, Flat: true, Goals: goals(150, 600), Prepare: confusion(narrow("2"))},
		{Name: "confusion, 10 classes, uint8", Against: sklearn, Limit: w.ReadTwo, Bytes: 2, Flat: true, Goals: goals(150, 150), Prepare: confusion(narrow("10"))},
		{Name: "confusion, 10 words", Against: sklearn, Flat: true, Goals: goals(50, 50), Prepare: confusion(lines)},
		{Name: "confusion, 10 words, fixed width", Against: sklearn, Goals: goals(50, 50), Prepare: confusion(lines)},
		labels("F1 macro", goals(50, 100), func(t, q []int64) error { _, err := metrics.F1(t, q, metrics.Macro); return err }),
		labels("accuracy", goals(8, 10), func(t, q []int64) error { _, err := metrics.Accuracy(t, q); return err }),
		labels("Matthews correlation", nil, func(t, q []int64) error { _, err := metrics.MCC(t, q); return err }),
		labels("classification report", nil, func(t, q []int64) error { _, err := metrics.ClassificationReport(t, q); return err }),
	}
}

func scoreCases() []w.Case {
	scored := func(name, scores string, goals []w.Goal, measure func(y []bool, p []float64) error) w.Case {
		return w.Case{Name: name, Against: sklearn, Flat: true, Goals: goals, Prepare: func(d *w.Data) func() {
			y, p := d.Bools("y"), d.F64(scores)
			return func() { w.Check(measure(y, p)) }
		}}
	}
	memory := func(c w.Case) w.Case {
		c.Limit, c.Bytes = w.Read, 9
		return c
	}
	auc := func(y []bool, p []float64) error { _, err := metrics.AUC(y, p); return err }
	return []w.Case{
		memory(scored("log loss", "p", goals(6, 50), func(y []bool, p []float64) error { _, err := metrics.LogLoss(y, p); return err })),
		memory(scored("Brier score", "p", nil, func(y []bool, p []float64) error { _, err := metrics.Brier(y, p); return err })),
		memory(scored("calibration error, 15 bins", "p", nil, func(y []bool, p []float64) error { _, err := metrics.ECE(y, p, 15); return err })),
		scored("AUC", "p", []w.Goal{{N: 10_000, Portable: 10, Assembly: 16}, {N: 1_000_000, Portable: 11, Assembly: 16}, {N: 10_000_000, Portable: 16, Assembly: 21}}, auc),
		scored("AUC, scores of 3 decimals", "p3", goals(45, 45), auc),
		scored("AUC, scores over 200 decades", "skewed", goals(4, 4), auc),
		scored("average precision", "p", nil, func(y []bool, p []float64) error { _, err := metrics.AveragePrecision(y, p); return err }),
		scored("ROC curve", "p", nil, func(y []bool, p []float64) error {
			var r metrics.ROC
			if err := r.Add(y, p); err != nil {
				return err
			}
			_, err := r.Curve(metrics.DropIntermediate)
			return err
		}),
		scored("precision-recall curve", "p", nil, func(y []bool, p []float64) error {
			var r metrics.PR
			if err := r.Add(y, p); err != nil {
				return err
			}
			_, err := r.Curve(metrics.AllPoints)
			return err
		}),
	}
}
