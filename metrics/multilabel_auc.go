package metrics

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// MultilabelAUC returns the averaged area under the ROC curve of several labels
// per row: entry (i, j) of yTrue is 1 if row i has label j, else 0, and of score
// how sure the model is of it. Macro is the mean over the labels, Weighted the
// mean by the number of rows that have the label (labels without rows do not
// count), Micro the area of all entries taken together, Samples the mean over
// the rows.
//
// Shapes that differ wrap mlgauge.ErrLength, no entries mlgauge.ErrEmpty, a
// score that is NaN or infinite mlgauge.ErrNotFinite, an entry of yTrue other
// than 0 and 1 or another average mlgauge.ErrRange, a label (for Samples, a
// row) that has or lacks all of its entries mlgauge.ErrUndefined.
//
// Source: scikit-learn 1.9, roc_auc_score with a label indicator matrix.
func MultilabelAUC(yTrue, score mat.Matrix, average Average) (float64, error) {
	return multilabelScore("metrics.MultilabelAUC", yTrue, score, average, (*scores).auc)
}

// MultilabelAveragePrecision returns the averaged average precision of several
// labels per row. Arguments, averages and errors are those of MultilabelAUC; a
// label (row) that has all of its entries is fine.
//
// Source: scikit-learn 1.9, average_precision_score with a label indicator
// matrix.
func MultilabelAveragePrecision(yTrue, score mat.Matrix, average Average) (float64, error) {
	return multilabelScore("metrics.MultilabelAveragePrecision", yTrue, score, average, (*scores).averagePrecision)
}

func multilabelScore(fn string, yTrue, score mat.Matrix, average Average, f binaryScore) (float64, error) {
	if average < Micro || average > Samples {
		return 0, check.Option(fn, "average", average)
	}
	if yTrue == nil || score == nil {
		return 0, check.NotEmpty(fn, "yTrue and score", 0)
	}
	n, k := yTrue.Dims()
	if err := sameIndicators(fn, yTrue, "score", score); err != nil {
		return 0, err
	}
	if err := indicators(fn, "yTrue", yTrue); err != nil {
		return 0, err
	}
	// One group per label, or per row; one group in all for Micro.
	groups, size, at := k, n, func(g, i int) (int, int) { return i, g }
	switch average {
	case Samples:
		groups, size, at = n, k, func(g, i int) (int, int) { return g, i }
	case Micro:
		groups, size, at = 1, n*k, func(_, i int) (int, int) { return i / k, i % k }
	}
	s := scores{label: make([]bool, size), score: make([]float64, size), rows: size, total: float64(size)}
	var sum, total float64
	for g := range groups {
		positives := 0.0
		for i := range size {
			r, c := at(g, i)
			y := yTrue.At(r, c)
			s.label[i], s.score[i] = y == 1, score.At(r, c)
			positives += y
		}
		if err := check.Finite(fn, "score", s.score); err != nil {
			return 0, err
		}
		w := 1.0
		if average == Weighted {
			if w = positives; w == 0 {
				continue
			}
		}
		v, err := f(&s, fn)
		if err != nil {
			return 0, fmt.Errorf("label or row %d: %w", g, err)
		}
		sum += w * v
		total += w
	}
	if total == 0 {
		return 0, undefinedFor(fn, "a row with a label", "none")
	}
	return sum / total, nil
}
