package preprocess_test

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/preprocess"
	"gonum.org/v1/gonum/mat"
)

func ExampleStandard() {
	x := mat.NewDense(3, 1, []float64{18, 25, 50})
	var s preprocess.Standard
	if err := s.Fit(x); err != nil {
		fmt.Println(err)
		return
	}
	z, _ := s.Transform(nil, x)
	fmt.Printf("%.3f\n", mat.Formatted(z.T()))
	// Output: [-0.946  -0.437   1.383]
}

// Two shards are fitted on their own and merged.
func ExampleStandard_Merge() {
	var a, b preprocess.Standard
	_ = a.Fit(mat.NewDense(2, 1, []float64{18, 25}))
	_ = b.Fit(mat.NewDense(1, 1, []float64{50}))
	err := a.Merge(&b)
	fmt.Printf("%v %.3f %v\n", a.Mean, a.Var, err)
	// Output: [31] [188.667] <nil>
}

func ExampleMinMax() {
	x := mat.NewDense(3, 1, []float64{18, 25, 50})
	m := preprocess.MinMax{Clip: true}
	_ = m.Fit(x)
	row := []float64{60}
	_ = m.TransformRow(row, row)
	b, _ := json.Marshal(&m)
	fmt.Println(row, string(b))
	// Output: [1] {"clip":true,"data_min":[18],"data_max":[50]}
}

func ExampleRobust() {
	x := mat.NewDense(5, 1, []float64{1, 2, 3, 4, 1000})
	var r preprocess.Robust
	_ = r.Fit(x)
	y, _ := r.Transform(nil, x)
	fmt.Println(mat.Formatted(y.T()))
	// Output: [   -1   -0.5      0    0.5  498.5]
}

func ExampleNormalizer() {
	row := []float64{3, -4}
	_ = (&preprocess.Normalizer{}).TransformRow(row, row)
	fmt.Println(row)
	// Output: [0.6 -0.8]
}

func ExamplePowerTransform() {
	x := mat.NewDense(6, 1, []float64{1, 2, 4, 8, 16, 32})
	p := preprocess.PowerTransform{Method: preprocess.BoxCox, NoStandardize: true}
	_ = p.Fit(x) // powers of two are straightened by the logarithm
	fmt.Printf("%.3f\n", math.Abs(p.Lambdas[0]))
	// Output: 0.000
}

func ExampleSimple() {
	x := mat.NewDense(3, 2, []float64{1, 5, math.NaN(), 7, 3, math.NaN()})
	s := preprocess.Simple{Indicator: true}
	_ = s.Fit(x)
	y, _ := s.Transform(nil, x)
	names, _ := s.FeatureNames([]string{"age", "size"})
	fmt.Println(names)
	fmt.Println(mat.Formatted(y))
	// Output:
	// [age size missingindicator_age missingindicator_size]
	// ⎡1  5  0  0⎤
	// ⎢2  7  1  0⎥
	// ⎣3  6  0  1⎦
}

func ExampleKNN() {
	x := mat.NewDense(4, 2, []float64{1, 10, 2, 20, 9, 90, 1.4, math.NaN()})
	k := preprocess.KNN{Neighbors: 2}
	_ = k.Fit(x)
	y, _ := k.Transform(nil, x)
	fmt.Println(y.At(3, 1))
	// Output: 15
}

func ExampleIterative() {
	x := mat.NewDense(4, 2, []float64{1, 3, 2, 5, 3, 7, 4, math.NaN()})
	m := preprocess.Iterative{Tol: 1e-6}
	_ = m.Fit(x)
	y, _ := m.Transform(nil, x)
	fmt.Printf("%.2f, converged %v\n", y.At(3, 1), m.Converged)
	// Output: 9.00, converged true
}

func ExampleFill() {
	nan := math.NaN()
	x := []float64{nan, 1, nan, nan, nan, 5, nan}
	y := make([]float64, len(x))
	_ = (&preprocess.Fill{}).Column(y, x)
	fmt.Println(y)
	_ = (&preprocess.Fill{Method: preprocess.FillLinear, Limit: 2}).Column(y, x)
	fmt.Println(y)
	// Output:
	// [NaN 1 1 1 1 5 5]
	// [NaN 1 2 3 NaN 5 5]
}

func ExampleGroup() {
	nan := math.NaN()
	x := mat.NewDense(4, 1, []float64{1, nan, 10, nan})
	var g preprocess.Group[string]
	_ = g.Fit(x, []string{"a", "a", "b", "c"})
	y, _ := g.Transform(nil, x, []string{"a", "a", "b", "c"})
	fmt.Println(mat.Formatted(y.T())) // c has no value: the overall mean
	// Output: [  1    1   10  5.5]
}

func ExampleOutliers() {
	x := mat.NewDense(5, 1, []float64{1, 2, 3, 4, 1000})
	var o preprocess.Outliers
	_ = o.Fit(x)
	report, _ := o.Report(x)
	fmt.Printf("%+v\n", report[0])
	y, _ := o.Transform(nil, x)
	fmt.Println(mat.Formatted(y.T()))
	// Output:
	// {Lower:-1 Upper:7 Values:5 Below:0 Above:1}
	// [1  2  3  4  7]
}

func ExampleIsolationForest() {
	x := mat.NewDense(20, 1, nil)
	for i := range 19 {
		x.Set(i, 0, float64(i))
	}
	x.Set(19, 0, 500)
	f := preprocess.IsolationForest{Contamination: .05, Seed: 1}
	_ = f.Fit(x)
	kept, _ := f.Rows(x)
	fmt.Println(len(kept), kept[len(kept)-1])
	// Output: 19 18
}

func ExampleBins() {
	x := mat.NewDense(4, 1, []float64{0, 1, 2, 10})
	for _, s := range []preprocess.BinStrategy{preprocess.QuantileBins, preprocess.UniformBins} {
		b := preprocess.Bins{Strategy: s, N: 2}
		_ = b.Fit(x)
		y, _ := b.Transform(nil, x)
		fmt.Println(s, b.Edges[0], mat.Formatted(y.T()))
	}
	// Output:
	// quantile [0 1.5 10] [0  0  1  1]
	// uniform [0 5 10] [0  0  0  1]
}

// A chain fits its steps in turn and serves single rows.
func ExampleChain() {
	x := mat.NewDense(4, 1, []float64{1, math.NaN(), 3, 8})
	c := preprocess.NewChain(&preprocess.Simple{}, &preprocess.MinMax{}, &preprocess.Bins{Strategy: preprocess.UniformBins, N: 2})
	if err := c.Fit(x); err != nil {
		fmt.Println(err)
		return
	}
	out := make([]float64, 1)
	_ = c.TransformRow(out, []float64{7})
	fmt.Println(out)
	// Output: [1]
}
