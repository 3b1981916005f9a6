package quality_test

import (
	"fmt"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

func ExamplePIIScan() {
	t, err := table.New(
		table.NewString("contact", []string{"ada@example.com", "alan@example.org"}),
		table.NewString("note", []string{"paid by 4111 1111 1111 1111", "order 4111111111111112"}),
	)
	if err != nil {
		panic(err)
	}
	var scan quality.PIIScan
	if err := scan.Add(t); err != nil {
		panic(err)
	}
	for _, f := range scan.Findings() {
		fmt.Printf("%s: %s in %d of %d, confidence %.2f, such as %s\n", f.Column, f.Kind, f.Count, f.Values, f.Confidence, f.Examples[0])
	}
	// Output:
	// contact: email in 2 of 2, confidence 0.99, such as ***@*******.*om
	// note: card in 1 of 2, confidence 0.45, such as **** **** **** **11
}

func ExampleMasker() {
	t, err := table.New(
		table.NewString("zip", []string{"94107", "10001"}),
		table.NewString("note", []string{"write to ada@example.com", "nothing"}),
	)
	if err != nil {
		panic(err)
	}
	var scan quality.PIIScan
	if err := scan.Add(t); err != nil {
		panic(err)
	}
	m := quality.Masker{
		Action:  quality.MaskRedact,
		Columns: map[string]quality.MaskRule{"zip": {Action: quality.MaskPrefix, N: 3}},
	}
	if err := m.Fit(&scan); err != nil {
		panic(err)
	}
	masked, err := m.Transform(t)
	if err != nil {
		panic(err)
	}
	for i := range masked.NumRows() {
		fmt.Println(masked.Columns()[0].Text(i), "|", masked.Columns()[1].Text(i))
	}
	// Output:
	// 941** | write to [EMAIL]
	// 100** | nothing
}

func ExampleAnonymity() {
	t, err := table.New(
		table.NewString("zip", []string{"941**", "941**", "941**", "100**", "100**"}),
		table.NewString("illness", []string{"flu", "asthma", "flu", "flu", "flu"}),
	)
	if err != nil {
		panic(err)
	}
	a := quality.Anonymity{Quasi: []string{"zip"}, Sensitive: []string{"illness"}}
	if err := a.Add(t); err != nil {
		panic(err)
	}
	k, err := a.K()
	if err != nil {
		panic(err)
	}
	l, err := a.DistinctL("illness")
	if err != nil {
		panic(err)
	}
	d, err := a.TClosenessEqual("illness")
	fmt.Printf("k = %d, l = %d, t = %.3f %v\n", k, l, d, err)
	// Output: k = 2, l = 1, t = 0.200 <nil>
}
