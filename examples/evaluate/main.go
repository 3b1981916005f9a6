// Evaluate reads predictions from a CSV file in batches and prints the headline
// metrics of a binary classifier with their 95% intervals.
//
//	go run ./examples/evaluate
//	go run ./examples/evaluate scores.csv
//
// The file needs a column "label" with the labels malignant and benign, and a
// column "score" with the probability of malignant; by default it is the breast
// cancer set of scikit-learn with the out-of-fold scores of a logistic model.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/table"
)

func main() {
	log.SetFlags(0)
	path := "testdata/breast_cancer.csv"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := evaluate(os.Stdout, path); err != nil {
		log.Fatal(err)
	}
}

func evaluate(w io.Writer, path string) error {
	r, err := table.Open(path, table.Options{
		Columns: []string{"label", "score"},
		Types:   map[string]table.Type{"label": table.String, "score": table.Float},
	})
	if err != nil {
		return err
	}
	defer r.Close()

	// The statistics. Each takes any number of batches.
	var counts metrics.Binary
	var roc metrics.ROC
	var prob metrics.Probability

	for batch, err := range r.All() {
		if err != nil {
			return err
		}
		labels, err := batch.Strings("label")
		if err != nil {
			return err
		}
		score, err := batch.Floats("score")
		if err != nil {
			return err
		}
		truth := make([]bool, len(labels))
		for i, l := range labels {
			truth[i] = l == "malignant"
		}
		if err := counts.AddScores(truth, score, 0.5, nil); err != nil {
			return err
		}
		if err := roc.Add(truth, score); err != nil {
			return err
		}
		if err := prob.Add(truth, score); err != nil {
			return err
		}
	}

	// The formulas.
	const level = 0.95
	wilson := func(r metrics.Rate) func() (metrics.Interval, error) {
		return func() (metrics.Interval, error) { return r.Interval(metrics.Wilson, level) }
	}
	fmt.Fprintf(w, "%d rows: TP %d, FP %d, TN %d, FN %d\n\n", counts.Rows(), counts.TP, counts.FP, counts.TN, counts.FN)
	for _, m := range []struct {
		name     string
		interval func() (metrics.Interval, error)
	}{
		{"accuracy", wilson(counts.AccuracyRate())},
		{"precision", wilson(counts.PrecisionRate())},
		{"recall", wilson(counts.RecallRate())},
		{"F1", func() (metrics.Interval, error) { return counts.F1Interval(metrics.Wilson, level) }},
		{"ROC AUC (DeLong)", func() (metrics.Interval, error) { return roc.Interval(level) }},
		{"log loss", func() (metrics.Interval, error) { return prob.LogLossInterval(level) }},
		{"Brier score", func() (metrics.Interval, error) { return prob.BrierInterval(level) }},
	} {
		iv, err := m.interval()
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Fprintf(w, "%-17s %.4f  [%.4f, %.4f]\n", m.name, iv.Value, iv.Low, iv.High)
	}
	return nil
}
