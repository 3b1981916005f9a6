package main

import (
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/preprocess"
)

// A comparison is one case: peers.py has the other side under the same name.
type comparison struct {
	name   string
	perRow float64 // elements per row, where that is not 1
	bytes  float64 // read per row, where memory is the limit
	run    func(d *data)
}

func (c comparison) columns() float64 {
	if c.perRow == 0 {
		return 1
	}
	return c.perRow
}

// must ends the run: the inputs are known to be good.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(err error) { must(0, err) }

func cases() []comparison {
	matrix := func(d *data) *mat.Dense { return mat.NewDense(len(d.x)/20, 20, d.x) }
	confusion := func(k int) func(d *data) {
		return func(d *data) {
			var c metrics.Confusion[int64]
			check(c.Add(d.truth[k], d.guess[k]))
		}
	}
	cs := []comparison{
		{name: "mse", bytes: 16, run: func(d *data) { must(metrics.MSE(d.a, d.b)) }},
		{name: "mae", bytes: 16, run: func(d *data) { must(metrics.MAE(d.a, d.b)) }},
		{name: "r2", bytes: 16, run: func(d *data) { must(metrics.R2(d.a, d.b)) }},
		{name: "mse+mae+r2", bytes: 16, run: func(d *data) {
			var r metrics.Regression
			check(r.Add(d.a, d.b))
			must(r.MSE())
			must(r.MAE())
			must(r.R2())
		}},
		{name: "log_loss", bytes: 9, run: func(d *data) { must(metrics.LogLoss(d.y, d.p)) }},
		{name: "brier", bytes: 9, run: func(d *data) { must(metrics.Brier(d.y, d.p)) }},
		{name: "confusion 2", bytes: 16, run: confusion(2)},
		{name: "confusion 10", bytes: 16, run: confusion(10)},
		{name: "confusion 1000", bytes: 16, run: confusion(1000)},
		{name: "confusion strings", run: func(d *data) {
			var c metrics.Confusion[string]
			check(c.Add(d.words[10], d.reversed))
		}},
		{name: "f1 macro", bytes: 16, run: func(d *data) { must(metrics.F1(d.truth[10], d.guess[10], metrics.Macro)) }},
		{name: "accuracy", bytes: 16, run: func(d *data) { must(metrics.Accuracy(d.truth[10], d.guess[10])) }},
		{name: "auc", run: func(d *data) { must(metrics.AUC(d.y, d.p)) }},
		{name: "auc 3 decimals", run: func(d *data) { must(metrics.AUC(d.y, d.p3)) }},
		{name: "average precision", run: func(d *data) { must(metrics.AveragePrecision(d.y, d.p)) }},
		{name: "standard fit", perRow: 2, bytes: 16, run: func(d *data) { check(new(preprocess.Standard).Fit(matrix(d))) }},
		{name: "standard transform", perRow: 2, bytes: 32, run: func(d *data) { must(fitted(d).Transform(output(d), matrix(d))) }},
		{name: "minmax fit", perRow: 2, bytes: 16, run: func(d *data) { check(new(preprocess.MinMax).Fit(matrix(d))) }},
		{name: "robust fit", perRow: 2, run: func(d *data) { check(new(preprocess.Robust).Fit(matrix(d))) }},
		{name: "l2 rows", perRow: 2, bytes: 32, run: func(d *data) {
			var n preprocess.Normalizer
			must(n.Transform(output(d), matrix(d)))
		}},
	}
	for _, k := range []int{10, 1000, 100_000} {
		name := map[int]string{10: " 10", 1000: " 1000", 100_000: " 100000"}[k]
		cs = append(cs,
			comparison{name: "dictionary" + name, run: func(d *data) {
				var e encoding.Dictionary
				must(e.Encode(nil, d.words[k]))
			}},
			comparison{name: "one-hot" + name, run: func(d *data) {
				var e encoding.OneHot
				must(e.FitTransformCSR(nil, encoding.Columns(d.words[k])))
			}})
	}
	return append(cs,
		comparison{name: "target 1000", run: func(d *data) {
			var e encoding.Target
			must(e.FitTransform(nil, encoding.Columns(d.words[1000]), d.a, nil))
		}},
		comparison{name: "ks", perRow: 2, run: func(d *data) { must(drift.KS(d.a, d.b, drift.TwoSided, drift.Asymptotic)) }},
		comparison{name: "wasserstein", perRow: 2, run: func(d *data) { must(drift.Wasserstein(d.a, d.b)) }},
		comparison{name: "fairness 10 groups", run: func(d *data) {
			var c bias.Counts
			check(c.Add(bias.Batch{Facet: bias.Labels(d.truth[10]), Label: bias.Labels(d.truth[2]), Prediction: bias.Labels(d.guess[2])}))
			g := must(c.Groups("1"))
			for _, rate := range []bias.Rate{metrics.Binary.Accuracy, bias.SelectionRate, metrics.Binary.Recall, metrics.Binary.FPR} {
				must(g.Difference(rate, bias.BetweenGroups))
			}
		}},
	)
}

// scalers and outputs are made once per data set, as the peer's are.
var (
	scalers = map[*data]*preprocess.Standard{}
	outputs = map[*data]*mat.Dense{}
)

func fitted(d *data) *preprocess.Standard {
	if scalers[d] == nil {
		scalers[d] = &preprocess.Standard{}
		check(scalers[d].Fit(mat.NewDense(len(d.x)/20, 20, d.x)))
	}
	return scalers[d]
}

func output(d *data) *mat.Dense {
	if outputs[d] == nil {
		outputs[d] = mat.NewDense(len(d.x)/20, 20, nil)
	}
	return outputs[d]
}
