package preprocess_test

import (
	"fmt"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/preprocess"
)

func ExamplePolynomial() {
	x := mat.NewDense(1, 2, []float64{3, 5})
	var p preprocess.Polynomial
	if err := p.Fit(x); err != nil {
		fmt.Println(err)
		return
	}
	names, _ := p.FeatureNames([]string{"a", "b"})
	out, err := p.Transform(nil, x)
	if err != nil {
		fmt.Println(err)
		return
	}
	for j, name := range names {
		fmt.Printf("%s = %v\n", name, out.At(0, j))
	}
	// Output:
	// 1 = 1
	// a = 3
	// b = 5
	// a^2 = 9
	// a b = 15
	// b^2 = 25
}

func ExampleRolling_Mean() {
	sales := []float64{3, 5, 4, 8, 6}
	// The three days before, so that the feature does not see the day itself.
	m, err := preprocess.Rolling{Window: 3, Closed: preprocess.ClosedLeft}.Mean(nil, sales)
	fmt.Println(m, err)
	// Output: [NaN NaN NaN 4 5.666666666666667] <nil>
}

func ExampleCombine() {
	x := mat.NewDense(2, 2, []float64{300, 1000, 50, 0}) // debt, income
	c := preprocess.Combine{Columns: []preprocess.Combination{{Op: preprocess.Ratio, A: 0, B: 1}}, Drop: true}
	if err := c.Fit(x); err != nil {
		fmt.Println(err)
		return
	}
	out, err := c.Transform(nil, x)
	fmt.Println(mat.Col(nil, 0, out), err)
	// Output: [0.3 NaN] <nil>
}

func ExampleCalendar() {
	c := preprocess.Calendar{Parts: []preprocess.Part{preprocess.DayOfWeek, preprocess.Quarter, preprocess.MonthEnd}}
	out, err := c.Transform(nil, []time.Time{time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)})
	fmt.Println(out.RawRowView(0), err)
	// Output: [3 1 1] <nil>
}

func ExampleCyclic() {
	hours := mat.NewDense(2, 1, []float64{0, 6})
	c := preprocess.Cyclic{Given: []float64{24}}
	if err := c.Fit(hours); err != nil {
		fmt.Println(err)
		return
	}
	out, err := c.Transform(nil, hours)
	fmt.Printf("%.3f %.3f %v\n", out.RawRowView(0), out.RawRowView(1), err)
	// Output: [0.000 1.000] [1.000 0.000] <nil>
}

func ExampleSplines() {
	x := mat.NewDense(3, 1, []float64{0, 1, 2})
	s := preprocess.Splines{KnotCount: 3, Degree: 1}
	if err := s.Fit(x); err != nil {
		fmt.Println(err)
		return
	}
	out, err := s.Transform(nil, mat.NewDense(1, 1, []float64{0.5}))
	fmt.Println(out.RawRowView(0), err)
	// Output: [0.5 0.5 0] <nil>
}

func ExampleLags() {
	x := mat.NewDense(3, 1, []float64{10, 20, 30})
	l := preprocess.Lags{Periods: []int{1, 2}}
	if err := l.Fit(x); err != nil {
		fmt.Println(err)
		return
	}
	out, err := l.Transform(nil, x)
	fmt.Println(out.RawRowView(2), err)
	// Output: [30 20 10] <nil>
}
