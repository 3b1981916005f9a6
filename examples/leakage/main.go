// Leakage shows why training rows must not be encoded from their own target.
//
// It makes data in which there is nothing to learn: a category drawn at random
// and a target drawn at random. An encoder that sees each row's own target
// finds a connection all the same; a model trained on that looks good on these
// rows and is worthless on others. Cross-fitting, which encodes every fold from
// the other folds, finds none.
//
//	go run ./examples/leakage
package main

import (
	"fmt"
	"os"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/encoding"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ways := []struct {
		name   string
		encode func(x []encoding.Column, y []float64) (*mat.Dense, error)
	}{
		{"Fit, then Transform of the same rows", func(x []encoding.Column, y []float64) (*mat.Dense, error) {
			var e encoding.Target
			if err := e.Fit(x, y); err != nil {
				return nil, err
			}
			return e.Transform(nil, x)
		}},
		{"the same, smoothed by 10 rows", func(x []encoding.Column, y []float64) (*mat.Dense, error) {
			e := encoding.Target{Smooth: new(10.0)}
			if err := e.Fit(x, y); err != nil {
				return nil, err
			}
			return e.Transform(nil, x)
		}},
		{"FitTransform: cross-fitted, 5 folds", func(x []encoding.Column, y []float64) (*mat.Dense, error) {
			var e encoding.Target
			return e.FitTransform(nil, x, y, nil)
		}},
		{"CatBoost: from earlier rows only", func(x []encoding.Column, y []float64) (*mat.Dense, error) {
			var e encoding.CatBoost
			return e.FitTransform(nil, x, y)
		}},
		{"James-Stein, any encoder in CrossFit", func(x []encoding.Column, y []float64) (*mat.Dense, error) {
			return encoding.CrossFit(nil, x, y, nil, 1, func() encoding.Supervised { return new(encoding.JamesStein) })
		}},
	}
	fmt.Println("20 trials of 2000 rows, 200 random categories, a random target:")
	fmt.Printf("%-38s %12s %9s\n", "", "correlation", "z")
	for _, w := range ways {
		r, err := encoding.Leakage(encoding.LeakageOptions{}, w.encode)
		if err != nil {
			return err
		}
		verdict := "no leak"
		if r.Leaks {
			verdict = "LEAKS"
		}
		fmt.Printf("%-38s %12.3f %9.1f  %s\n", w.name, r.Correlation, r.Z, verdict)
	}
	return nil
}
