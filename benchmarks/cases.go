package main

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

// Peers whose figure is the one of the ratio.
const (
	sklearn = "scikit-learn"
	numpy   = "NumPy"
	scipy   = "SciPy"
	pandas  = "pandas"
)

// topics are the files of cases, in the order of the tables.
var topics = []struct {
	name  string
	cases func() []w.Case
}{
	{"Metrics", metricsCases},
	{"Preprocessing", preprocessCases},
	{"Encoding and text", encodingCases},
	{"Drift and profiles", driftCases},
	{"Bias", biasCases},
	{"Explanations and experiments", explainCases},
	{"Files", tableCases},
}

// cases returns mlgauge's side of the comparison.
func cases() []w.Case {
	var all []w.Case
	for _, t := range topics {
		for _, c := range t.cases() {
			c.Topic = t.name
			all = append(all, c)
		}
	}
	return all
}

func find(name string) (w.Case, bool) {
	all := cases()
	at := slices.IndexFunc(all, func(c w.Case) bool { return c.Name == name })
	if at < 0 {
		return w.Case{}, false
	}
	return all[at], true
}

// matrix returns an array as rows of columns values.
func matrix(d *w.Data, name string, columns int) *mat.Dense {
	x := d.F64(name)
	return mat.NewDense(len(x)/columns, columns, x)
}

// like returns a matrix of zeros of the same shape.
func like(x *mat.Dense) *mat.Dense {
	r, c := x.Dims()
	return mat.NewDense(r, c, nil)
}
