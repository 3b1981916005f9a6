package guide

import (
	"fmt"

	"github.com/mlgauge/mlgauge/metrics"
)

// screening is a small table by hand: 90 found of 100 positives, 30 false
// alarms among 900 negatives.
var screening = metrics.Binary{TP: 90, FP: 30, TN: 870, FN: 10}

// classRow is a row whose formula is a rate of the screening table.
func classRow(name, states, sum string, want float64, of func(metrics.Binary) (float64, error)) Row {
	return Row{Section: "Classification metrics", Name: name, States: states, Check: func() (Result, error) {
		got, err := of(screening)
		if err != nil {
			return Result{}, err
		}
		return Result{Got: fmt.Sprintf("%s = %.4f", sum, got), Verdict: verdict(near(want, got, 1e-15))}, nil
	}}
}

func metricsClassificationRows() []Row {
	return []Row{
		classRow("Accuracy", "(TP + TN) / (TP + TN + FP + FN)", "(90 + 870) / 1000", 0.96, metrics.Binary.Accuracy),
		{
			Section: "Classification metrics",
			Name:    "Accuracy, imbalanced",
			States:  "misleading with imbalanced data, for example 99% negative cases",
			Check:   checkAlwaysNegative,
		},
		classRow("Precision", "TP / (TP + FP)", "90 / 120", 0.75, metrics.Binary.Precision),
		classRow("Recall", "TP / (TP + FN)", "90 / 100", 0.9, metrics.Binary.Recall),
		classRow("F1 Score", "2 precision recall / (precision + recall); 0 to 1", "2 (0.75 0.9) / 1.65", 9.0/11, metrics.Binary.F1),
		{
			Section: "Classification metrics",
			Name:    "F1 Score, range",
			States:  "0 (worst) to 1 (best)",
			Check:   checkF1Range,
		},
		{
			Section: "Confusion matrix terms",
			Name:    "TP, FP, TN, FN",
			States:  "correctly and incorrectly predicted positives and negatives",
			Check:   checkTerms,
		},
		{
			Section: "Confusion matrix terms",
			Name:    "Confusion matrix",
			States:  "counts of every truth against every prediction",
			Check:   checkMatrix,
		},
	}
}

// checkAlwaysNegative predicts "negative" for everyone, 99 of 100 of whom are.
func checkAlwaysNegative() (Result, error) {
	b := metrics.Binary{TN: 99, FN: 1}
	acc, err := b.Accuracy()
	if err != nil {
		return Result{}, err
	}
	rec, err := b.Recall()
	if err != nil {
		return Result{}, err
	}
	bal, err := b.BalancedAccuracy()
	if err != nil {
		return Result{}, err
	}
	mcc, err := b.MCC()
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("always \"negative\": accuracy %.2f, but recall %.0f, balanced accuracy %.1f, MCC %.0f", acc, rec, bal, mcc),
		Verdict: verdict(near(0.99, acc, 1e-15) && rec == 0 && bal == 0.5 && mcc == 0),
	}, nil
}

func checkF1Range() (Result, error) {
	best, err := metrics.Binary{TP: 7, TN: 3}.F1()
	if err != nil {
		return Result{}, err
	}
	worst, err := metrics.Binary{FP: 7, FN: 3}.F1()
	if err != nil {
		return Result{}, err
	}
	return Result{Got: fmt.Sprintf("all right: %.0f; all wrong: %.0f", best, worst), Verdict: verdict(best == 1 && worst == 0)}, nil
}

// checkTerms counts eight rows by hand.
func checkTerms() (Result, error) {
	truth := []string{"yes", "yes", "yes", "no", "no", "no", "no", "no"}
	pred := []string{"yes", "yes", "no", "yes", "no", "no", "no", "no"}
	b, err := metrics.BinaryOf(truth, pred, "yes")
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("3 yes and 5 no, one of each predicted wrong: TP %d, FP %d, TN %d, FN %d", b.TP, b.FP, b.TN, b.FN),
		Verdict: verdict(b == metrics.Binary{TP: 2, FP: 1, TN: 4, FN: 1}),
	}, nil
}

func checkMatrix() (Result, error) {
	truth := []string{"cat", "cat", "dog", "dog", "dog", "fox"}
	pred := []string{"cat", "dog", "dog", "dog", "fox", "fox"}
	c, err := metrics.ConfusionOf(truth, pred)
	if err != nil {
		return Result{}, err
	}
	counts, err := c.Counts()
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("%v: %v, rows true, columns predicted", c.Classes(), counts),
		Verdict: verdict(fmt.Sprint(counts) == "[[1 1 0] [0 2 1] [0 0 1]]"),
	}, nil
}
