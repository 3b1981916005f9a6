package bias

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Rate is any formula of an outcome table, such as metrics.Binary.Accuracy or one of
// the rates below.
type Rate = func(metrics.Binary) (float64, error)

// SelectionRate is the share of rows predicted positive. It returns ErrEmpty for no
// rows.
func SelectionRate(b metrics.Binary) (float64, error) {
	tp, fp, tn, fn := b.Cells()
	if n := tp + fp + tn + fn; n > 0 {
		return (tp + fp) / n, nil
	}
	return 0, fmt.Errorf("bias.SelectionRate: need at least one row, have none: %w", mlgauge.ErrEmpty)
}

// The rates of Fairlearn (0.15) are 0 where they would divide by 0: a group without
// positives has TPR and FNR 0. The methods of metrics.Binary return ErrUndefined there, so
// that the group is left out of comparisons.

// TPR is TP / (TP + FN), or 0 without positives.
func TPR(b metrics.Binary) (float64, error) {
	tp, _, _, fn := b.Cells()
	return ratio(tp, tp+fn), nil
}

// FNR is FN / (TP + FN), or 0 without positives.
func FNR(b metrics.Binary) (float64, error) {
	tp, _, _, fn := b.Cells()
	return ratio(fn, tp+fn), nil
}

// FPR is FP / (FP + TN), or 0 without negatives.
func FPR(b metrics.Binary) (float64, error) {
	_, fp, tn, _ := b.Cells()
	return ratio(fp, fp+tn), nil
}

// TNR is TN / (FP + TN), or 0 without negatives.
func TNR(b metrics.Binary) (float64, error) {
	_, fp, tn, _ := b.Cells()
	return ratio(tn, fp+tn), nil
}

// PPV is TP / (TP + FP), or 0 where nobody is predicted positive.
func PPV(b metrics.Binary) (float64, error) {
	tp, fp, _, _ := b.Cells()
	return ratio(tp, tp+fp), nil
}
