package mitigate_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/bias/mitigate"
)

func ExampleReweighing() {
	// Three of four men were hired, one of four women.
	sex := []string{"m", "m", "m", "m", "f", "f", "f", "f"}
	hired := []int{1, 1, 1, 0, 1, 0, 0, 0}
	var r mitigate.Reweighing[string, int]
	if err := r.Fit(sex, hired, nil); err != nil {
		panic(err)
	}
	for _, c := range r.Cells {
		fmt.Printf("%s %d: %.3f\n", c.Group, c.Label, c.Factor)
	}
	// Output:
	// f 0: 0.667
	// f 1: 2.000
	// m 0: 2.000
	// m 1: 0.667
}

func ExampleRemoveDisparateImpact() {
	// One group's marks are ten points higher throughout.
	marks := mat.NewDense(6, 1, []float64{50, 60, 70, 60, 70, 80})
	group := []string{"a", "a", "a", "b", "b", "b"}
	repaired, err := mitigate.RemoveDisparateImpact(nil, marks, group, 1)
	if err != nil {
		panic(err)
	}
	fmt.Println(mat.Col(nil, 0, repaired))
	// Output: [50 60 70 50 60 70]
}

func ExampleCorrelationRemover() {
	// Income rises with the sensitive column 0 by 10.
	x := mat.NewDense(4, 2, []float64{0, 20, 0, 22, 1, 30, 1, 32})
	r := mitigate.CorrelationRemover{Sensitive: []int{0}}
	if err := r.Fit(x); err != nil {
		panic(err)
	}
	out, err := r.Transform(nil, x)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.1f\n", mat.Col(nil, 0, out))
	// Output: [25.0 27.0 25.0 27.0]
}

func ExampleThresholdOptimizer() {
	score := []float64{.2, .4, .6, .8, .4, .6, .8, .9}
	repaid := []bool{false, false, true, true, false, false, true, true}
	group := []string{"a", "a", "a", "a", "b", "b", "b", "b"}
	o := mitigate.ThresholdOptimizer[string]{Constraint: mitigate.TruePositiveRateParity}
	if err := o.Fit(score, repaid, group); err != nil {
		panic(err)
	}
	chosen, err := o.PredictDeterministic(score, group)
	if err != nil {
		panic(err)
	}
	fmt.Println(chosen, o.Best)
	// Output: [false false true true false false true true] 1
}

func ExampleRejectOption() {
	score := []float64{.2, .4, .45, .8, .4, .6, .8, .9}
	repaid := []bool{false, false, true, true, false, false, true, true}
	unprivileged := []bool{true, true, true, true, false, false, false, false}
	r := mitigate.RejectOption{Gap: mitigate.EqualOpportunity}
	if err := r.Fit(score, repaid, unprivileged); err != nil {
		panic(err)
	}
	chosen, err := r.Predict(score, unprivileged)
	if err != nil {
		panic(err)
	}
	fmt.Println(chosen)
	// Output: [false false true true false false true true]
}

func ExampleGaussianCopula() {
	hours := []float64{10, 12, 20, 25, 31, 38, 40, 42}
	grade := []int32{0, 0, 0, 1, 0, 1, 1, 1}
	real := []mitigate.SynthColumn{{Name: "hours", Numbers: hours}, {Name: "grade", Codes: grade, Values: []string{"fail", "pass"}}}
	var g mitigate.GaussianCopula
	if err := g.Fit(real); err != nil {
		panic(err)
	}
	synthetic, err := g.Sample(1000, 1)
	if err != nil {
		panic(err)
	}
	r, err := mitigate.Compare(real, synthetic)
	if err != nil {
		panic(err)
	}
	for _, c := range r.Columns {
		fmt.Printf("%s differs by less than 0.15: %t\n", c.Name, c.Distance < 0.15)
	}
	fmt.Println("correlation differs by less than 0.15:", r.MaxCorrelationDifference < 0.15)
	// Output:
	// hours differs by less than 0.15: true
	// grade differs by less than 0.15: true
	// correlation differs by less than 0.15: true
}
