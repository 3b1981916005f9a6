package bias_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/metrics"
)

// Eight decisions: does the model accept women as often as men?
func ExampleCounts() {
	var c bias.Counts
	err := c.Add(bias.Batch{
		Facet:      bias.Labels([]string{"m", "m", "m", "m", "f", "f", "f", "f"}),
		Label:      bias.Bools([]bool{true, true, false, false, true, true, false, false}),
		Prediction: bias.Bools([]bool{true, true, true, false, true, false, false, false}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := c.Facet([]string{"f"}, []string{"true"})
	if err != nil {
		fmt.Println(err)
		return
	}
	dppl, _ := f.DPPL()
	di, _ := f.DI()
	rd, _ := f.RD()
	fmt.Printf("accepted less often by %.2f, %.2f times as often; recall lower by %.2f\n", dppl, di, rd)
	// Output: accepted less often by 0.50, 0.33 times as often; recall lower by 0.50
}

// decisions makes 400 rows in which group b is accepted less often.
func decisions() bias.Batch {
	b := bias.Batch{
		Facet:      bias.Column{Values: []string{"a", "b"}},
		Label:      bias.Column{Values: []string{"no", "yes"}},
		Prediction: bias.Column{Values: []string{"no", "yes"}},
	}
	for i := range 400 {
		group, label, prediction := int32(i%2), int32(i/2%2), int32(0)
		if i%10 < 6 && group == 0 || i%10 < 4 && group == 1 {
			prediction = 1
		}
		b.Facet.Codes = append(b.Facet.Codes, group)
		b.Label.Codes = append(b.Label.Codes, label)
		b.Prediction.Codes = append(b.Prediction.Codes, prediction)
	}
	return b
}

// Every number with its interval, and whether that excludes equal treatment.
func ExampleFacet_Report() {
	var c bias.Counts
	if err := c.Add(decisions()); err != nil {
		fmt.Println(err)
		return
	}
	f, err := c.Facet([]string{"b"}, []string{"yes"})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := f.Report(bias.Bootstrap{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range report {
		if r.Name == "DPPL" || r.Name == "DI" || r.Name == "AD" {
			fmt.Printf("%-4s %6.3f [%6.3f, %6.3f] differs: %-5v %s\n", r.Name, r.Interval.Value, r.Interval.Low, r.Interval.High, r.Excludes, r.Meaning)
		}
	}
	// Output:
	// AD    0.000 [-0.097,  0.097] differs: false predictions are right more often for a than for d
	// DI    0.667 [ 0.544,  0.818] differs: true  d is predicted positive this many times as often as a
	// DPPL  0.200 [ 0.102,  0.292] differs: true  a is predicted positive more often than d
}

// Any rate by group, with intervals and a permutation test.
func ExampleGroups_Measure() {
	var c bias.Counts
	if err := c.Add(decisions()); err != nil {
		fmt.Println(err)
		return
	}
	g, err := c.Groups("yes")
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := g.Measure(bias.SelectionRate, bias.Bootstrap{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range m.Groups {
		fmt.Printf("%s %.2f\n", name, m.Values[0][i].Value)
	}
	fmt.Printf("difference %.2f, p = %.3f\n", m.Difference[bias.BetweenGroups][0].Value, m.PValue[0])
	// Output:
	// a 0.60
	// b 0.40
	// difference 0.20, p = 0.001
}

// The error gap of a regression: the mean absolute error by group.
func ExampleMeasureRows() {
	truth, predicted := make([]float64, 200), make([]float64, 200)
	group := bias.Column{Codes: make([]int32, 200), Values: []string{"old", "young"}}
	for i := range truth {
		group.Codes[i] = int32(i % 2)
		predicted[i] = math.Sin(float64(i)) * float64(1+i%2)
	}
	mae := func(rows []int) (float64, error) {
		y, p := make([]float64, len(rows)), make([]float64, len(rows))
		for k, i := range rows {
			y[k], p[k] = truth[i], predicted[i]
		}
		return metrics.MAE(y, p)
	}
	m, err := bias.MeasureRows(group, bias.Column{}, mae, bias.Bootstrap{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range m.Groups {
		v := m.Values[0][i]
		fmt.Printf("%-5s %.2f [%.2f, %.2f]\n", name, v.Value, v.Low, v.High)
	}
	d := m.Difference[bias.BetweenGroups][0]
	fmt.Printf("gap   %.2f [%.2f, %.2f], p = %.3f\n", d.Value, d.Low, d.High, m.PValue[0])
	// Output:
	// old   0.63 [0.57, 0.69]
	// young 1.28 [1.17, 1.40]
	// gap   0.65 [0.53, 0.78], p = 0.001
}

// What would a row of d have got, had it been in a?
func ExampleFlipTest() {
	income := mat.NewDense(6, 1, []float64{10, 20, 30, 12, 21, 29})
	accepted := []bool{false, true, true, false, false, true}
	d := []bool{false, false, false, true, true, true}
	flip, err := bias.FlipTest(income, accepted, d)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d turned down though the nearest of a is accepted: FT = %.2f\n", flip.Harmed, flip.Disadvantaged, flip.FT())
	// Output: 1 of 3 turned down though the nearest of a is accepted: FT = -0.33
}

// Places in a ranking: the share of attention over the share of items.
func ExampleExposure() {
	e, err := bias.Exposure(bias.Labels([]string{"a", "a", "b", "b"}), []float64{0.9, 0.8, 0.7, 0.6})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("a %.2f, b %.2f\n", e["a"], e["b"])
	// Output: a 1.27, b 0.73
}

// A new analysis against a baseline.
func ExampleAnalysis_CheckDrift() {
	analysis := func(dpl string) string {
		return `{"version": "1.0", "pre_training_bias_metrics": {"label": "repaid", "label_value_or_threshold": "1",
			"facets": {"sex": [{"value_or_threshold": "f", "metrics": [{"name": "DPL", "description": "", "value": ` + dpl + `}]}]}}}`
	}
	baseline, err := bias.ParseAnalysis([]byte(analysis("0.05")))
	if err != nil {
		fmt.Println(err)
		return
	}
	today, err := bias.ParseAnalysis([]byte(analysis("-0.12")))
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := today.CheckDrift(baseline, 0.01)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range found.Violations {
		fmt.Println(v.Facet, v.FacetValue, v.MetricName, v.Description)
	}
	// Output: sex f DPL Value -0.12 is farther from 0 than the baseline value 0.05
}
