package main

import (
	"strconv"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

func driftCases() []w.Case {
	return slicesOf(sampleCases(), detectorCases(), dataSetCases())
}

func sampleCases() []w.Case {
	two := func(name, other string, g []w.Goal, test func(x, y []float64) error) w.Case {
		return w.Case{Name: name, Against: scipy, PerN: 2, Flat: true, Goals: g, Prepare: func(d *w.Data) func() {
			x, y := d.F64("a"), d.F64(other)
			return func() { w.Check(test(x, y)) }
		}}
	}
	large := func(ratio float64) []w.Goal {
		return []w.Goal{{N: 1_000_000, Portable: ratio, Assembly: ratio}, {N: 10_000_000, Portable: ratio, Assembly: ratio}}
	}
	ks := func(x, y []float64) error {
		_, err := drift.KS(x, y, drift.TwoSided, drift.Asymptotic)
		return err
	}
	wasserstein := func(x, y []float64) error { _, err := drift.Wasserstein(x, y); return err }
	return []w.Case{
		two("Kolmogorov-Smirnov", "b", large(22), ks),
		two("Kolmogorov-Smirnov, different samples", "other", large(22), ks),
		two("Wasserstein, similar samples", "b", large(15), wasserstein),
		two("Wasserstein, different samples", "other", large(15), wasserstein),
		two("Mann-Whitney", "b", nil, func(x, y []float64) error {
			_, err := drift.MannWhitney(x, y, drift.TwoSided, drift.Asymptotic)
			return err
		}),
		two("Cramer-von Mises", "b", nil, func(x, y []float64) error {
			_, err := drift.CramerVonMises(x, y, drift.Asymptotic)
			return err
		}),
		two("energy distance", "b", nil, func(x, y []float64) error { _, err := drift.Energy(x, nil, y, nil); return err }),
		two("Welch's t test", "b", nil, func(x, y []float64) error { _, err := drift.Welch(x, y, drift.TwoSided); return err }),
	}
}

func detectorCases() []w.Case {
	var cases []w.Case
	for _, k := range []struct {
		name  string
		fresh func() drift.Detector
	}{
		{"ADWIN", func() drift.Detector { return &drift.ADWIN{ResetOnDrift: true} }},
		{"DDM", func() drift.Detector { return &drift.DDM{} }},
		{"EDDM", func() drift.Detector { return &drift.EDDM{} }},
		{"HDDM-A", func() drift.Detector { return &drift.HDDMA{} }},
		{"HDDM-W", func() drift.Detector { return &drift.HDDMW{} }},
		{"Page-Hinkley", func() drift.Detector { return &drift.PageHinkley{} }},
		{"KSWIN", func() drift.Detector { return &drift.KSWIN{} }},
	} {
		cases = append(cases, w.Case{Name: k.name, Against: "river", Unit: "update", Sizes: []int{20_000}, Prepare: func(d *w.Data) func() {
			x := asFloats(d.U8("t2"))
			if k.name == "KSWIN" {
				x = d.F64("a")
			}
			return func() {
				detector := k.fresh()
				for _, v := range x {
					w.Must(detector.Add(v))
				}
			}
		}})
	}
	return cases
}

// dataSet returns 20 columns of a matrix, every fifth as categories.
func dataSet(d *w.Data, name string) []drift.Column {
	x := d.F64(name)
	rows := len(x) / w.Columns
	columns := make([]drift.Column, w.Columns)
	for j := range columns {
		values := make([]float64, rows)
		for i := range values {
			values[i] = x[i*w.Columns+j]
		}
		columns[j] = drift.Column{Name: "c" + strconv.Itoa(j), Floats: values}
		if j%5 == 4 {
			columns[j].Floats, columns[j].Codes, columns[j].Dict = nil, make([]int32, rows), letters
			for i, v := range values {
				columns[j].Codes[i] = int32(min(max(v*3+10, 0), 19))
			}
		}
	}
	return columns
}

var letters = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"}

func dataSetCases() []w.Case {
	const evidently = "Evidently"
	return []w.Case{
		{Name: "drift of 20 columns", Against: evidently, PerN: 2, Sizes: []int{200_000, 2_000_000}, Goals: []w.Goal{{N: 2_000_000, Portable: 50, Assembly: 50}}, Prepare: func(d *w.Data) func() {
			reference, current := dataSet(d, "a"), dataSet(d, "b")
			return func() { w.Must(drift.CompareDatasets(reference, current, drift.Options{})) }
		}},
		{Name: "drift of 20 columns from a saved profile", Against: evidently, Sizes: []int{2_000_000}, Prepare: func(d *w.Data) func() {
			var base drift.Baseline
			w.Check(base.Add(dataSet(d, "a")))
			current := dataSet(d, "b")
			return func() { w.Must(drift.CompareToBaseline(&base, current, drift.Options{})) }
		}},
		{Name: "drift profile of a column", Against: pandas, Limit: w.Read, Bytes: 8, Prepare: func(d *w.Data) func() {
			x := d.F64("a")
			return func() {
				var p drift.Profile
				w.Check(p.AddFloats(x))
			}
		}},
		{Name: "quality profile of a column", Against: pandas, Limit: w.Read, Bytes: 8, Prepare: func(d *w.Data) func() {
			t := w.Must(table.New(table.NewFloat("x", d.F64("a"))))
			return func() {
				var p quality.Profile
				w.Check(p.Add(t))
			}
		}},
		{Name: "quality profile of words, 1000 keys", Against: pandas, Prepare: func(d *w.Data) func() {
			t := w.Must(table.New(table.NewString("x", d.Lines("w1000"))))
			return func() {
				var p quality.Profile
				w.Check(p.Add(t))
			}
		}},
	}
}
