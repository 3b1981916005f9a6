package split_test

import (
	"fmt"

	"github.com/mlgauge/mlgauge/preprocess/split"
)

func ExampleParts() {
	y := make([]string, 100)
	for i := range y {
		y[i] = []string{"ham", "ham", "ham", "spam"}[i%4]
	}
	parts, err := split.Parts{Seed: 1}.Split(split.Rows{Strata: split.By(y)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range []string{"train", "validation", "test"} {
		spam := 0
		for _, r := range parts[i] {
			if y[r] == "spam" {
				spam++
			}
		}
		fmt.Printf("%s: %d rows, %d spam\n", name, len(parts[i]), spam)
	}
	// Output:
	// train: 70 rows, 17 spam
	// validation: 15 rows, 4 spam
	// test: 15 rows, 4 spam
}

func ExampleStratifiedKFold() {
	y := []string{"a", "b", "a", "b", "a", "a"}
	folds, err := split.StratifiedKFold{Folds: 2}.Split(split.Rows{Strata: split.By(y)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for train, test := range folds {
		fmt.Println(train, test)
	}
	// Output:
	// [3 4 5] [0 1 2]
	// [0 1 2] [3 4 5]
}

func ExampleTimeSeries() {
	folds, err := split.TimeSeries{Folds: 3, Gap: 1}.Split(split.Rows{N: 8})
	if err != nil {
		fmt.Println(err)
		return
	}
	for train, test := range folds {
		fmt.Println(train, test)
	}
	// Output:
	// [0] [2 3]
	// [0 1 2] [4 5]
	// [0 1 2 3 4] [6 7]
}

func ExampleCrossValidation() {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	y := []float64{2.1, 3.9, 6.2, 8.1, 9.8, 12.2, 13.8, 16.1, 18.2, 19.9}
	cv := split.CrossValidation{Splitter: split.Repeated{Of: split.KFold{Folds: 5}, Repeats: 2, Seed: 3}}
	scores, err := cv.Run(split.Rows{N: len(x)}, func(_ int, train, test []int) (float64, error) {
		var xy, xx float64 // a line through the origin
		for _, r := range train {
			xy += x[r] * y[r]
			xx += x[r] * x[r]
		}
		var mae float64
		for _, r := range test {
			d := y[r] - xy/xx*x[r]
			mae += max(d, -d) / float64(len(test))
		}
		return mae, nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	i, err := scores.Interval(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d folds, mean absolute error %.3f\n", len(scores.Values), i.Value)
	// Output:
	// 10 folds, mean absolute error 0.154
}

func ExampleLeakageCheck() {
	patient := split.By([]string{"ann", "ann", "bob", "cid", "bob"})
	leaks, err := split.LeakageCheck{Keys: []split.Labels{patient}}.Run([][]int{{0, 1, 2}, {3, 4}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range leaks {
		fmt.Println(l)
	}
	// Output:
	// same key 0: 1 rows of part 0 and 1 rows of part 1
}
