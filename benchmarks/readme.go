package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// headlines are the rows of the README's table: the case, the size, and what it is called
// there. bench_test.go at the root has one benchmark for each.
var headlines = []struct {
	name  string
	n     int
	label string
}{
	{"MSE, MAE and R2 in one pass", 1_000_000, "MSE, MAE and R² together"},
	{"log loss", 1_000_000, "log loss"},
	{"accuracy", 1_000_000, "accuracy"},
	{"confusion, 10 classes", 1_000_000, "confusion matrix, 10 classes"},
	{"confusion, 10 words", 1_000_000, "confusion matrix of words"},
	{"F1 macro", 100, "F1, a call of 100 rows"},
	{"AUC", 1_000_000, "AUC, exact"},
	{"AUC", 10_000_000, "AUC, exact, 10 million rows"},
	{"average precision", 1_000_000, "average precision"},
	{"mean and variance", 10_000_000, "mean and variance"},
	{"standard fit", 10_000_000, "standard scaler, fit"},
	{"standard fit, 5% missing", 10_000_000, "standard scaler, fit, 5% missing"},
	{"standard transform into a given matrix", 10_000_000, "standard scaler, transform"},
	{"robust fit", 10_000_000, "robust scaler, fit"},
	{"PSI counts in 10 given bins", 1_000_000, "PSI counts in 10 bins"},
	{"KNN imputation, 5000 x 10", 50_000, "k-NN imputation, 5,000 x 10"},
	{"one row through imputer, scaler, bins", 40_000, "one row: impute, scale, bin"},
	{"dictionary of words, 1000 keys", 1_000_000, "dictionary of 1,000 words"},
	{"one-hot fit and transform, 1000 keys", 1_000_000, "one-hot, fit and transform"},
	{"target means, crossed, 1000 keys", 1_000_000, "target encoder, crossed"},
	{"one row through target means", 10_000, "one row: target encoder"},
	{"TF-IDF fit and transform", 1_000_000, "TF-IDF of 1 MB of text"},
	{"Kolmogorov-Smirnov", 1_000_000, "Kolmogorov-Smirnov test"},
	{"Wasserstein, different samples", 1_000_000, "Wasserstein distance"},
	{"ADWIN", 20_000, "ADWIN, 20,000 updates"},
	{"drift of 20 columns", 200_000, "drift of 20 columns, 10,000 rows"},
	{"four rates of 10 groups", 1_000_000, "four rates of 10 groups"},
	{"ten bias measures of a facet", 1_000_000, "ten of Clarify's bias measures"},
	{"SMOTE, 20,000 minority rows of 20", 1_200_000, "SMOTE, 60,000 rows of 20"},
	{"Kernel SHAP, 30 features, 100 background rows", 3_150, "Kernel SHAP, 5 rows, 30 features"},
	{"read CSV, 10 columns of numbers", 1_000_000, "read CSV, a million numbers"},
	{"read Parquet, 10 columns of numbers", 1_000_000, "read Parquet, a million numbers"},
}

// The marks between which the README's table stands.
const (
	beginMark = "<!-- benchmarks: make bench-compare writes this table -->\n"
	endMark   = "<!-- end of benchmarks -->"
)

// updateReadme replaces the table between the marks.
func updateReadme(path string, all []*results) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	updated, err := replaceTable(string(text), readmeTable(all))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(updated), 0o644)
}

func replaceTable(text, table string) (string, error) {
	before, rest, ok := strings.Cut(text, beginMark)
	_, after, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		return "", fmt.Errorf("need the marks of the benchmark table")
	}
	return before + beginMark + table + endMark + after, nil
}

// readmeTable writes the headlines that were measured.
func readmeTable(all []*results) string {
	var b strings.Builder
	b.WriteString("| work, one core | size | mlgauge | peer | | times as fast |\n|---|---:|---:|---:|---|---:|\n")
	for _, h := range headlines {
		c, known := find(h.name)
		for _, res := range all {
			at := slices.IndexFunc(res.Rows, func(r row) bool { return r.Case == h.name && r.N == h.n })
			if !known || at < 0 {
				continue
			}
			r := res.Rows[at]
			peer, ok := r.against(c)
			if !ok || peer.Note != "" {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", h.label, grouped(h.n), duration(r.Ours.median()), duration(peer.median()), peer.Name, times(r.Ours.ratio(peer)))
			break
		}
	}
	return b.String()
}

// duration writes seconds in the unit that suits.
func duration(s float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}} {
		if s >= u.size {
			return figure(s/u.size) + " " + u.name
		}
	}
	return figure(s*1e9) + " ns"
}

// grouped writes a number with commas.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
