package main

import (
	"gonum.org/v1/gonum/mat"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/bias/mitigate"
	"github.com/mlgauge/mlgauge/metrics"
)

func biasCases() []w.Case {
	// counted adds facet, label and prediction.
	counted := func(d *w.Data, groups string) func() *bias.Counts {
		facet, label, predicted := d.I64("t"+groups), d.I64("t2"), d.I64("q2")
		if groups == "2" {
			facet = d.I64("f2")
		}
		return func() *bias.Counts {
			c := new(bias.Counts)
			w.Check(c.Add(bias.Batch{Facet: bias.Labels(facet), Label: bias.Labels(label), Prediction: bias.Labels(predicted)}))
			return c
		}
	}
	return []w.Case{
		{Name: "four rates of 10 groups", Against: "Fairlearn", Limit: w.Read, Bytes: 24, Flat: true, Sizes: []int{10_000, 1_000_000}, Goals: goals(50, 50), Prepare: func(d *w.Data) func() {
			count := counted(d, "10")
			return func() {
				g := w.Must(count().Groups("1"))
				for _, rate := range []bias.Rate{metrics.Binary.Accuracy, bias.SelectionRate, metrics.Binary.Recall, metrics.Binary.FPR} {
					w.Must(g.Difference(rate, bias.BetweenGroups))
				}
			}
		}},
		{Name: "ten bias measures of a facet", Against: "smclarify", Limit: w.Read, Bytes: 24, Flat: true, Sizes: []int{10_000, 1_000_000}, Goals: goals(200, 200), Prepare: func(d *w.Data) func() {
			count := counted(d, "2")
			return func() {
				f := w.Must(count().Facet([]string{"1"}, []string{"1"}))
				for _, measure := range []func() (float64, error){
					f.DPPL, f.DI, f.DCA, f.DCR, f.RD, f.SD, f.DAR, f.DRR, f.AD, f.TE,
				} {
					w.Must(measure())
				}
			}
		}},
		{Name: "bias report with bootstrap intervals", Unit: "call", PerN: 1e-6, Sizes: []int{1_000_000}, Prepare: func(d *w.Data) func() {
			f := w.Must(counted(d, "2")().Facet([]string{"1"}, []string{"1"}))
			return func() { w.Must(f.Report(bias.Bootstrap{})) }
		}},
		{Name: "SMOTE, 20,000 minority rows of 20", Against: "imbalanced-learn", Sizes: []int{1_200_000}, Goals: []w.Goal{{N: 1_200_000, Portable: 0, Assembly: 5}}, Prepare: func(d *w.Data) func() {
			x, y := imbalanced(d)
			return func() { w.Must((mitigate.SMOTE[int64]{}).Resample(x, y)) }
		}},
	}
}

// imbalanced returns rows of 20 columns, the last third of them of the minority and
// shifted.
func imbalanced(d *w.Data) (*mat.Dense, []int64) {
	x := matrix(d, "x", w.Columns)
	rows, columns := x.Dims()
	y := make([]int64, rows)
	for i := rows * 2 / 3; i < rows; i++ {
		y[i] = 1
		for j := range columns {
			x.Set(i, j, x.At(i, j)+1)
		}
	}
	return x, y
}
