package metrics_test

import (
	"fmt"

	"github.com/mlgauge/mlgauge/metrics"
)

func ExampleConfusion() {
	var c metrics.Confusion[string]
	_ = c.Add([]string{"cat", "cat", "dog"}, []string{"cat", "dog", "dog"})
	_ = c.Add([]string{"dog", "fox", "fox"}, []string{"dog", "fox", "cat"}) // the next batch

	counts, _ := c.Counts()
	for i, label := range c.Classes() {
		fmt.Println(label, counts[i])
	}
	f1, _ := c.F1(metrics.Macro)
	fmt.Printf("macro F1 %.3f\n", f1)
	// Output:
	// cat [1 1 0]
	// dog [0 2 0]
	// fox [1 0 1]
	// macro F1 0.656
}

func ExampleConfusion_merge() {
	// Two shards, counted apart, perhaps on two machines.
	a, _ := metrics.ConfusionOf([]int{0, 1, 1}, []int{0, 1, 0})
	b, _ := metrics.ConfusionOf([]int{1, 0}, []int{1, 1})
	stored, _ := b.MarshalBinary()

	var c metrics.Confusion[int]
	_ = c.UnmarshalBinary(stored)
	_ = c.Merge(a)
	acc, _ := c.Accuracy()
	fmt.Println(c.Rows(), acc)
	// Output: 5 0.6
}

func ExampleConfusion_Report() {
	c, _ := metrics.ConfusionOf([]int{0, 1, 2, 2, 2}, []int{0, 0, 2, 2, 1})
	r, _ := c.Report("class 0", "class 1", "class 2")
	fmt.Print(r)
	// Output:
	//               precision    recall  f1-score   support
	//
	//      class 0       0.50      1.00      0.67         1
	//      class 1       0.00      0.00      0.00         1
	//      class 2       1.00      0.67      0.80         3
	//
	//     accuracy                           0.60         5
	//    macro avg       0.50      0.56      0.49         5
	// weighted avg       0.70      0.60      0.61         5
}

func ExampleConfusion_Averaged() {
	c, _ := metrics.ConfusionOf([]int{0, 1, 2, 2, 1}, []int{0, 0, 2, 2, 1})
	s, _ := c.Averaged(metrics.Macro, metrics.Binary.Specificity)
	fmt.Printf("%.3f\n", s)
	// Output: 0.917
}

func ExampleConfusion_F1Interval() {
	c, _ := metrics.ConfusionOf(
		[]string{"a", "a", "a", "a", "b", "b", "b", "b", "b", "b"},
		[]string{"a", "a", "a", "b", "b", "b", "b", "b", "a", "b"})
	iv, _ := c.F1Interval(metrics.Macro, 0.95)
	fmt.Printf("%.3f [%.3f, %.3f]\n", iv.Value, iv.Low, iv.High)
	// Output: 0.792 [0.535, 1.000]
}

func ExampleBinary() {
	b := metrics.Binary{TP: 90, FP: 30, TN: 870, FN: 10}
	precision, _ := b.Precision()
	recall, _ := b.Recall()
	lr, _ := b.PositiveLikelihoodRatio()
	fmt.Printf("precision %.2f, recall %.2f, LR+ %.1f\n", precision, recall, lr)
	// Output: precision 0.75, recall 0.90, LR+ 27.0
}

func ExampleBinary_interval() {
	b := metrics.Binary{TP: 90, FP: 30, TN: 870, FN: 10}
	iv, _ := b.PrecisionRate().Interval(metrics.Wilson, 0.95)
	fmt.Printf("precision %.3f [%.3f, %.3f]\n", iv.Value, iv.Low, iv.High)
	// Output: precision 0.750 [0.666, 0.819]
}

func ExampleF1() {
	f1, _ := metrics.F1([]string{"a", "b", "b"}, []string{"a", "b", "a"}, metrics.Macro)
	fmt.Printf("%.3f\n", f1)
	// Output: 0.667
}

func ExampleMcNemar_Test() {
	m := metrics.McNemar{Both: 59, OnlyA: 6, OnlyB: 16, Neither: 80}
	r, _ := m.Test(metrics.McNemarExact)
	fmt.Printf("p = %.4f\n", r.P)
	// Output: p = 0.0525
}
