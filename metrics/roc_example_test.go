package metrics_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/metrics"
)

func ExampleAUC() {
	yTrue := []bool{false, false, true, true}
	score := []float64{0.1, 0.4, 0.35, 0.8}
	auc, err := metrics.AUC(yTrue, score)
	fmt.Println(auc, err)
	// Output: 0.75 <nil>
}

// The scores of two shards, one of them received as bytes.
func ExampleROC_Merge() {
	var here, there metrics.ROC
	_ = here.Add([]bool{false, true}, []float64{0.1, 0.35})
	_ = there.Add([]bool{false, true}, []float64{0.4, 0.8})

	data, err := there.MarshalBinary()
	if err != nil {
		panic(err)
	}
	var received metrics.ROC
	if err := received.UnmarshalBinary(data); err != nil {
		panic(err)
	}
	if err := here.Merge(&received); err != nil {
		panic(err)
	}
	auc, _ := here.AUC()
	ap, _ := here.PR().AveragePrecision()
	fmt.Printf("AUC %.4f, average precision %.4f\n", auc, ap)
	// Output: AUC 0.7500, average precision 0.8333
}

func ExampleROC_Curve() {
	var r metrics.ROC
	_ = r.Add([]bool{false, false, true, true}, []float64{0.1, 0.4, 0.35, 0.8})
	c, err := r.Curve(metrics.AllPoints)
	if err != nil {
		panic(err)
	}
	for i := range c.FPR {
		fmt.Printf("%5.2f  FPR %.1f  TPR %.1f\n", c.Threshold[i], c.FPR[i], c.TPR[i])
	}
	// Output:
	//  +Inf  FPR 0.0  TPR 0.0
	//  0.80  FPR 0.0  TPR 0.5
	//  0.40  FPR 0.5  TPR 0.5
	//  0.35  FPR 0.5  TPR 1.0
	//  0.10  FPR 1.0  TPR 1.0
}

func ExampleROC_Best() {
	yTrue := []bool{false, false, true, false, true, true}
	var r metrics.ROC
	_ = r.Add(yTrue, []float64{0.1, 0.3, 0.35, 0.4, 0.7, 0.9})
	youden, _ := r.Best(metrics.Youden())
	cheap, _ := r.BestCost(metrics.Costs{FP: 1, FN: 5}) // a miss costs five false alarms
	fmt.Printf("Youden %.2f (J %.2f), cost %.2f (%.2f per row)\n", youden.Threshold, youden.Value, cheap.Threshold, cheap.Value)
	// Output: Youden 0.70 (J 0.67), cost 0.35 (0.17 per row)
}

func ExampleROC_Interval() {
	yTrue := []bool{false, false, true, false, true, true, false, true}
	var r metrics.ROC
	_ = r.Add(yTrue, []float64{0.1, 0.3, 0.35, 0.4, 0.7, 0.9, 0.2, 0.6})
	plain, _ := r.Interval(0.95)
	d, _ := r.DeLong()
	logit, _ := d.LogitInterval(0.95)
	fmt.Printf("%.4f [%.4f, %.4f], logit [%.4f, %.4f]\n", plain.Value, plain.Low, plain.High, logit.Low, logit.High)
	// Output: 0.9375 [0.7643, 1.0000], logit [0.4382, 0.9965]
}

func ExampleDeLongPaired() {
	yTrue := []bool{false, false, true, false, true, true, false, true}
	old := []float64{0.4, 0.3, 0.35, 0.6, 0.5, 0.9, 0.7, 0.2}
	fresh := []float64{0.1, 0.3, 0.35, 0.4, 0.7, 0.9, 0.2, 0.6}
	d, err := metrics.DeLongPaired(yTrue, fresh, old)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f - %.4f = %.4f, z %.2f, p %.3f\n", d.A.AUC, d.B.AUC, d.Difference, d.Z, d.PValue)
	// Output:
	// 0.9375 - 0.4375 = 0.5000, z 2.19, p 0.028
}

func ExampleBinnedROC() {
	b := metrics.BinnedROC{Bins: 100}
	_ = b.Add([]bool{false, false, true, true}, []float64{0.1, 0.4, 0.35, 0.8})
	auc, bound, err := b.AUC()
	fmt.Println(auc, bound, err)
	// Output: 0.75 0 <nil>
}

func ExampleMulticlassROC() {
	var r metrics.MulticlassROC
	_ = r.Add([]int{0, 1, 2, 1}, mat.NewDense(4, 3, []float64{
		0.7, 0.2, 0.1,
		0.3, 0.5, 0.2,
		0.1, 0.3, 0.6,
		0.4, 0.25, 0.35,
	}))
	rest, _ := r.OneVsRest(metrics.Macro)
	one, _ := r.OneVsOne(metrics.Macro)
	fmt.Printf("one-vs-rest %.4f, one-vs-one %.4f\n", rest, one)
	// Output: one-vs-rest 0.9167, one-vs-one 0.9167
}

func ExampleNDCG() {
	relevance := []float64{10, 0, 0, 1, 5}
	score := []float64{0.1, 0.2, 0.3, 4, 70}
	all, _ := metrics.NDCG(relevance, score, metrics.RankingOptions{})
	top, _ := metrics.NDCG(relevance, score, metrics.RankingOptions{K: 4})
	fmt.Printf("%.4f, at 4 %.4f\n", all, top)
	// Output: 0.6957, at 4 0.4124
}

func ExamplePositive() {
	yTrue, err := metrics.Positive([]string{"ham", "spam", "ham"}, "spam")
	fmt.Println(yTrue, err)
	_, err = metrics.Positive([]string{"ham", "spam", "ham"}, "Spam")
	fmt.Println(err)
	// Output:
	// [false true false] <nil>
	// metrics.Positive: positive: need a label that occurs, have Spam: unknown category
}
