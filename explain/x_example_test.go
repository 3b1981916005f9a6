package explain_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/explain"
	"github.com/mlgauge/mlgauge/metrics"
)

// price is a model of two features, area and rooms.
func price(dst []float64, x *mat.Dense) error {
	for i := range dst {
		area, rooms := x.At(i, 0), x.At(i, 1)
		dst[i] = 50 + 2*area + 0.1*area*rooms
	}
	return nil
}

var homes = mat.NewDense(4, 2, []float64{50, 2, 80, 3, 100, 3, 120, 5})

func ExampleExactShapley() {
	e, err := explain.ExactShapley{}.Explain(context.Background(), price, homes, homes.Slice(3, 4, 0, 2).(*mat.Dense))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("average %.2f, area %+.2f, rooms %+.2f, this home %.2f\n", e.Base, e.Values.At(0, 0), e.Values.At(0, 1), e.Predictions[0])
	// Output: average 256.00, area +77.12, rooms +16.88, this home 350.00
}

func ExampleKernelSHAP() {
	e, err := explain.KernelSHAP{}.Explain(context.Background(), price, homes, homes)
	if err != nil {
		fmt.Println(err)
		return
	}
	global, err := e.Global()
	fmt.Printf("mean |value|: area %.2f, rooms %.2f; exact: %t %v\n", global[0], global[1], e.Exact, err)
	// Output: mean |value|: area 52.38, rooms 8.44; exact: true <nil>
}

func ExamplePermutationSHAP() {
	e, err := explain.PermutationSHAP{MaxError: 0.5}.Explain(context.Background(), price, homes, homes.Slice(0, 1, 0, 2).(*mat.Dense))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("area %+.2f (error %.2f), rooms %+.2f\n", e.Values.At(0, 0), e.StdErr.At(0, 0), e.Values.At(0, 1))
	// Output: area -86.12 (error 0.00), rooms -9.88
}

func ExampleLinearSHAP() {
	l := explain.LinearSHAP{Coef: []float64{2, 10}, Intercept: 50}
	e, err := l.Explain(homes, homes.Slice(3, 4, 0, 2).(*mat.Dense))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f %+.2f %+.2f = %.2f\n", e.Base, e.Values.At(0, 0), e.Values.At(0, 1), e.Predictions[0])
	// Output: 257.50 +65.00 +17.50 = 340.00
}

func ExamplePartialDependence() {
	d, err := explain.PartialDependence{Resolution: 3}.Explain(context.Background(), price, homes, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("rooms %v: %.2f\n", d.Grid[0], d.Average)
	// Output: rooms [2 3.5 5]: [242.50 255.62 268.75]
}

func ExamplePartialDependence_individual() {
	c, err := explain.PartialDependence{}.Individual(context.Background(), price, homes, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	slope, err := c.Derivative()
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, home := range c.Rows {
		fmt.Printf("home %d: %.0f, one room more adds %.0f\n", home, c.Values.RawRowView(i), slope.Values.At(i, 0))
	}
	// Output:
	// home 0: [160 165 175], one room more adds 5
	// home 1: [226 234 250], one room more adds 8
	// home 2: [270 280 300], one room more adds 10
	// home 3: [314 326 350], one room more adds 12
}

func ExampleAccumulated() {
	e, err := explain.Accumulated{Bins: 2}.Explain(context.Background(), price, homes, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("area %v: %+.2f\n", e.Edges, e.Effect)
	// Output: area [50 80 120]: [-74.62 -7.12 +88.88]
}

func ExampleAccumulated_Category() {
	// The second feature is a category with values 1, 2 and 3.
	x := mat.NewDense(6, 2, []float64{0.5, 1, 0.1, 1, 0.9, 2, 0.4, 2, 0.7, 3, 0.2, 3})
	model := func(dst []float64, x *mat.Dense) error {
		for i := range dst {
			dst[i] = x.At(i, 0) + x.At(i, 1)*x.At(i, 1)
		}
		return nil
	}
	e, err := explain.Accumulated{Order: []float64{1, 2, 3}}.Category(context.Background(), model, x, 1)
	if err != nil {
		panic(err)
	}
	for k, v := range e.Values {
		fmt.Printf("%v: %+.2f\n", v, e.Effect[k])
	}
	// Output:
	// 1: -3.67
	// 2: -0.67
	// 3: +4.33
}

func ExampleAccumulated_Interaction() {
	x := mat.NewDense(9, 2, []float64{0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2, 2, 0, 2, 1, 2, 2})
	model := func(dst []float64, x *mat.Dense) error {
		for i := range dst {
			a, b := x.At(i, 0), x.At(i, 1)
			dst[i] = 5*a - 3*b + a*b
		}
		return nil
	}
	// What the two do together, without what each does alone.
	e, err := explain.Accumulated{Bins: 2}.Interaction(context.Background(), model, x, 0, 1)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", mat.Formatted(e.Effect))
	// Output:
	// ⎡ 0.69  -0.14  -0.97⎤
	// ⎢-0.14   0.03   0.19⎥
	// ⎣-0.97   0.19   1.36⎦
}

func ExampleLIME() {
	m, err := explain.LIME{Cut: explain.Whole, Alpha: 1e-6, Around: true}.Explain(context.Background(), price, homes, []float64{90, 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("features %v, price %.0f, R2 above 0.95: %t\n", m.Features, m.Prediction, m.R2 > 0.95)
	// Output: features [0 1], price 266, R2 above 0.95: true
}

func ExamplePermute() {
	sold := []float64{170, 230, 280, 355}
	p, err := explain.Permute(context.Background(), price, homes, sold, metrics.R2[float64], explain.PermutationOptions{Repeats: 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("R2 %.2f; area matters more: %t\n", p.Baseline, p.Importance[0].Low > p.Importance[1].High)
	// Output: R2 0.99; area matters more: true
}

func ExamplePermuteStatistic() {
	sold := []float64{170, 230, 280, 355}
	start := func() *metrics.Regression { return new(metrics.Regression) }
	p, err := explain.PermuteStatistic(context.Background(), price, homes, sold, start, (*metrics.Regression).MAE,
		explain.PermutationOptions{Loss: true, Repeats: 30})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("mean error %.2f; area matters more: %t\n", p.Baseline, p.Importance[0].Low > p.Importance[1].High)
	// Output: mean error 4.75; area matters more: true
}

func ExampleNewAttributionDrift() {
	then := map[string]float64{"income": 0.5, "age": 0.3, "region": 0.01}
	now := map[string]float64{"income": 0.1, "age": 0.2, "region": 0.3}
	d, err := explain.NewAttributionDrift(then, now, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("nDCG %.3f, alert %t, now led by %s\n", d.NDCG, d.Alert, d.Live[0])
	// Output: nDCG 0.647, alert true, now led by region
}
