package preprocess_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/preprocess"
)

func ExampleMixup() {
	x := mat.NewDense(2, 1, []float64{0, 10})
	m, err := preprocess.Mixup{Rows: 4, Alpha: 1, Seed: 7}.Augment(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	y, err := m.Targets([]float64{0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for k := range y {
		fmt.Println(m.X.At(k, 0) == 10*y[k], m.I[k], m.J[k])
	}
	// Output:
	// true 0 0
	// true 1 1
	// true 0 1
	// true 1 0
}

func ExampleDuplicates() {
	var d preprocess.Duplicates
	if err := d.Add(mat.NewDense(3, 2, []float64{1, 2, 3, 4, 1, 2})); err != nil {
		fmt.Println(err)
		return
	}
	rows, err := d.Survivors(preprocess.KeepFirst)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Groups(), rows)
	// Output: [[0 2]] [0 1]
}

func ExampleNearDuplicates() {
	d := preprocess.NearDuplicates{Threshold: 0.6, FoldCase: true}
	err := d.Add([]string{
		"Braund, Mr. Owen Harris",
		"Heikkinen, Miss. Laina",
		"BRAUND, Mr. Owen Haris",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := d.Group()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(g.Groups())
	// Output: [[0 2]]
}

func ExampleJaroWinkler() {
	fmt.Printf("%.4f\n", preprocess.JaroWinkler("MARTHA", "MARHTA"))
	// Output: 0.9611
}
