package preprocess_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/preprocess"
)

func ExampleCorrelation_Test() {
	dose := []float64{1, 2, 3, 4, 5, 6}
	reply := []float64{2, 1, 4, 5, 9, 30}
	a, err := preprocess.Kendall.Test(dose, reply, preprocess.TwoSided)
	fmt.Printf("tau %.4f, p %.4f, n %d, %v\n", a.Coefficient, a.P, a.N, err)
	// Output: tau 0.8667, p 0.0167, n 6, <nil>
}

func ExampleSelect() {
	x := mat.NewDense(6, 2, []float64{1, 5, 2, 4, 1, 5, 8, 4, 9, 5, 9, 4})
	class := []int{0, 0, 0, 1, 1, 1}
	s := preprocess.Select{K: 1}
	err := s.Fit(x, func(x mat.Matrix) (preprocess.Scores, error) { return preprocess.FClassif(x, class) })
	names, _ := s.FeatureNames([]string{"size", "hour"})
	fmt.Println(names, err)
	// Output: [size] <nil>
}

func ExampleMutualInfo_Classification() {
	x := mat.NewDense(4, 2, []float64{0, 0, 0, 1, 1, 0, 1, 1})
	m := preprocess.MutualInfo{Discrete: []bool{true, true}}
	nats, err := m.Classification(x, []int{0, 0, 1, 1})
	fmt.Printf("%.4f %v\n", nats, err)
	// Output: [0.6931 0.0000] <nil>
}

func ExamplePCA() {
	x := mat.NewDense(5, 2, []float64{-1, -1, 0, 0, 1, 1, .5, -.5, -.5, .5})
	p := preprocess.PCA{Share: 0.75} // as many components as explain more than 75%
	if err := p.Fit(x); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d component, %.0f%% of the variance\n", len(p.Components), 100*p.ExplainedRatio[0])
	// Output: 1 component, 80% of the variance
}

func ExampleCovariance_Merge() {
	var a, b preprocess.Covariance
	_ = a.Add(mat.NewDense(2, 2, []float64{1, 2, 2, 4}))
	_ = b.Add(mat.NewDense(2, 2, []float64{3, 6, 4, 9}))
	if err := a.Merge(&b); err != nil {
		fmt.Println(err)
		return
	}
	var p preprocess.PCA
	err := p.FitCovariance(&a)
	fmt.Printf("%d rows, first component %.3f, %v\n", p.Rows, p.Components[0], err)
	// Output: 4 rows, first component [0.396 0.918], <nil>
}

func ExampleInformationValue() {
	v := preprocess.InformationValue{Edges: []float64{30}} // up to 30, above
	age := []float64{20, 25, 28, 40, 50, 60}
	err := v.Add(age, []bool{true, true, false, true, false, false})
	if err != nil {
		fmt.Println(err)
		return
	}
	woe, _ := v.Evidence(preprocess.Smoothing{})
	iv, err := v.Value(preprocess.Smoothing{})
	fmt.Printf("%.4f %.4f %v\n", woe[:2], iv, err)
	// Output: [0.6931 -0.6931] 0.4621 <nil>
}

func ExampleVIF() {
	x := mat.NewDense(5, 3, []float64{1, 2, 5, 2, 4, 1, 3, 6, 4, 4, 8, 2, 5, 10, 3})
	v, err := preprocess.VIF(x, true)
	fmt.Printf("%.4f %v\n", v, err)
	// Output: [+Inf +Inf 1.0989] <nil>
}
