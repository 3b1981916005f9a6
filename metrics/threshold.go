package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Thresholds is the table of outcomes at every threshold that changes them: row
// i counts a score of at least Threshold[i] as a positive prediction. The
// thresholds are the distinct scores in decreasing order; the row "nothing is
// positive" (threshold +Inf, all counts of positives zero) is left out, as in
// scikit-learn. Counts are sums of weights where rows have weights.
//
// It is the sorted form of the scores: ask it for several curves or figures,
// and the scores are sorted once. Get one from ROC.Thresholds, PR.Thresholds or
// BinnedROC.Thresholds.
//
// Source: scikit-learn 1.9, confusion_matrix_at_thresholds.
type Thresholds struct {
	Threshold      []float64
	TP, FP, TN, FN []float64
}

func (t *Thresholds) push(threshold, tp, fp float64) {
	t.Threshold = append(t.Threshold, threshold)
	t.TP = append(t.TP, tp)
	t.FP = append(t.FP, fp)
}

// complete derives TN and FN.
func (t *Thresholds) complete() {
	n := len(t.TP)
	t.TN, t.FN = make([]float64, n), make([]float64, n)
	p, q := t.classes()
	for i := range n {
		t.TN[i], t.FN[i] = q-t.FP[i], p-t.TP[i]
	}
}

// classes returns the weight of each class.
func (t *Thresholds) classes() (positives, negatives float64) {
	n := len(t.TP)
	if n == 0 {
		return 0, 0
	}
	return t.TP[n-1], t.FP[n-1]
}

// need reports an empty table (ErrEmpty) and a class without rows
// (ErrUndefined).
func (t *Thresholds) need(fn string, positives, negatives bool) error {
	if err := check.NotEmpty(fn, "thresholds", len(t.TP)); err != nil {
		return err
	}
	for _, x := range [][]float64{t.Threshold, t.FP, t.TN, t.FN} {
		if err := check.Length(fn, "thresholds", len(t.TP), len(x)); err != nil {
			return err
		}
	}
	p, q := t.classes()
	return needClasses(fn, positives && p == 0, negatives && q == 0)
}

func needClasses(fn string, noPositives, noNegatives bool) error {
	switch {
	case noPositives:
		return fmt.Errorf("%s: yTrue: need at least one positive row, have none: %w", fn, mlgauge.ErrUndefined)
	case noNegatives:
		return fmt.Errorf("%s: yTrue: need at least one negative row, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return nil
}

// A Criterion scores a threshold by the four outcomes that it gives; the best
// threshold has the largest score. Make one with a function below or with
// CriterionFunc.
type Criterion struct {
	err   error
	score func(tp, fp, tn, fn float64) float64
}

// CriterionFunc makes a criterion of a function of the four outcomes, to be
// maximised. NaN means that the threshold is not admitted.
func CriterionFunc(score func(tp, fp, tn, fn float64) float64) Criterion {
	return Criterion{score: score}
}

// Youden is Youden's J, the height of the ROC curve above the diagonal:
//
//	J = TP/(TP+FN) - FP/(FP+TN)
func Youden() Criterion {
	return CriterionFunc(func(tp, fp, tn, fn float64) float64 {
		p, q := tp+fn, fp+tn
		if d := p * q; d > 1e-200 && d < 1e200 {
			return (float64(tp*q) - float64(fp*p)) / d // exact above the line: equal counts tie
		}
		return tp/p - fp/q
	})
}

// ClosestToCorner is the distance of the ROC curve from the corner of perfect
// classification, negated so that larger is better:
//
//	-sqrt((1-TPR)^2 + FPR^2)
func ClosestToCorner() Criterion {
	return CriterionFunc(func(tp, fp, tn, fn float64) float64 { return -math.Hypot(fn/(tp+fn), fp/(fp+tn)) })
}

// BestFBeta is the F-beta score, (1+b^2) TP / ((1+b^2) TP + b^2 FN + FP). beta
// must be finite and at least 0; above 1 it favours recall.
func BestFBeta(beta float64) Criterion {
	b := beta * beta
	c := CriterionFunc(func(tp, fp, _, fn float64) float64 { return zeroOver((1+b)*tp, (1+b)*tp+b*fn+fp) })
	c.err = check.In("metrics.BestFBeta", "beta", beta, 0, 1e100)
	return c
}

// BestAccuracy is the share of right predictions, (TP+TN) / n.
func BestAccuracy() Criterion {
	return CriterionFunc(func(tp, fp, tn, fn float64) float64 { return (tp + tn) / (tp + tn + fp + fn) })
}

// BestMCC is the Matthews correlation coefficient; 0 where a predicted class is
// empty.
func BestMCC() Criterion {
	return CriterionFunc(func(tp, fp, tn, fn float64) float64 {
		n := tp + fp + tn + fn
		tp, fp, tn, fn = tp/n, fp/n, tn/n, fn/n
		return zeroOver(tp*tn-fp*fn, math.Sqrt((tp+fp)*(tp+fn))*math.Sqrt((tn+fp)*(tn+fn)))
	})
}

// TargetPrecision is the recall among the thresholds whose precision is at
// least p, in [0, 1]; no such threshold is undefined.
func TargetPrecision(p float64) Criterion {
	c := CriterionFunc(func(tp, fp, _, fn float64) float64 {
		if tp+fp == 0 || tp/(tp+fp) < p {
			return math.NaN()
		}
		return tp / (tp + fn)
	})
	c.err = check.In("metrics.TargetPrecision", "p", p, 0, 1)
	return c
}

// TargetRecall is the precision among the thresholds whose recall is at least
// r, in [0, 1].
func TargetRecall(r float64) Criterion {
	c := CriterionFunc(func(tp, fp, _, fn float64) float64 {
		if tp/(tp+fn) < r {
			return math.NaN()
		}
		return zeroOver(tp, tp+fp)
	})
	c.err = check.In("metrics.TargetRecall", "r", r, 0, 1)
	return c
}

// zeroOver is a/b, or 0 where b is 0.
func zeroOver(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// Costs is the cost of each outcome of one row; a gain is a negative cost.
type Costs struct{ TP, FP, TN, FN float64 }

// Threshold returns the probability from which a calibrated model should
// predict the positive class, whatever the data:
//
//	(FP - TN) / ((FP - TN) + (FN - TP))
//
// It wraps mlgauge.ErrNotFinite for costs that are not finite and
// mlgauge.ErrUndefined unless both errors cost more than the right answers.
//
// Source: Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.
func (c Costs) Threshold() (float64, error) {
	const fn = "metrics.Costs.Threshold"
	if err := c.finite(fn); err != nil {
		return 0, err
	}
	a, b := c.FP-c.TN, c.FN-c.TP
	if a < 0 || b < 0 || a+b == 0 || math.IsInf(a+b, 0) {
		return 0, fmt.Errorf("%s: need FP to cost more than TN and FN more than TP, have %+v: %w", fn, c, mlgauge.ErrUndefined)
	}
	return a / (a + b), nil
}

func (c Costs) finite(fn string) error {
	return check.Finite(fn, "costs", []float64{c.TP, c.FP, c.TN, c.FN})
}

// A Choice is a threshold with what it gives.
type Choice struct {
	Threshold      float64 // predict positive from this score on; +Inf: never
	Value          float64 // the criterion, or the mean cost of a row
	TP, FP, TN, FN float64
}

// Best returns the threshold with the largest value of the criterion, among the
// distinct scores and +Inf (nothing is positive); of equal ones the highest.
//
// It wraps mlgauge.ErrUndefined if a class has no rows or the criterion admits
// no threshold, mlgauge.ErrRange or mlgauge.ErrNotFinite for a criterion out of
// its domain, mlgauge.ErrEmpty without rows.
func (t *Thresholds) Best(c Criterion) (Choice, error) {
	const fn = "metrics.Thresholds.Best"
	if c.err != nil {
		return Choice{}, c.err
	}
	if c.score == nil {
		return Choice{}, check.Option(fn, "criterion", "none")
	}
	if err := t.need(fn, true, true); err != nil {
		return Choice{}, err
	}
	p, q := t.classes()
	best := Choice{Threshold: math.Inf(1), Value: c.score(0, 0, q, p), TN: q, FN: p}
	for i, v := range t.Threshold {
		value := c.score(t.TP[i], t.FP[i], t.TN[i], t.FN[i])
		if value > best.Value || (math.IsNaN(best.Value) && !math.IsNaN(value)) {
			best = Choice{v, value, t.TP[i], t.FP[i], t.TN[i], t.FN[i]}
		}
	}
	if math.IsNaN(best.Value) {
		return Choice{}, fmt.Errorf("%s: need a threshold that meets the criterion, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return best, nil
}

// BestCost returns the threshold with the smallest mean cost of a row, among
// the distinct scores and +Inf; of equal ones the highest. Value is that cost.
//
// It wraps mlgauge.ErrNotFinite for costs that are not finite or whose mean
// overflows, mlgauge.ErrEmpty without rows. One class is enough.
func (t *Thresholds) BestCost(costs Costs) (Choice, error) {
	const fn = "metrics.Thresholds.BestCost"
	if err := costs.finite(fn); err != nil {
		return Choice{}, err
	}
	if err := t.need(fn, false, false); err != nil {
		return Choice{}, err
	}
	p, q := t.classes()
	n := p + q
	mean := func(tp, fp, tn, fn float64) float64 {
		return costs.TP*(tp/n) + costs.FP*(fp/n) + costs.TN*(tn/n) + costs.FN*(fn/n)
	}
	best := Choice{Threshold: math.Inf(1), Value: mean(0, 0, q, p), TN: q, FN: p}
	for i, v := range t.Threshold {
		if value := mean(t.TP[i], t.FP[i], t.TN[i], t.FN[i]); value < best.Value {
			best = Choice{v, value, t.TP[i], t.FP[i], t.TN[i], t.FN[i]}
		}
	}
	if math.IsNaN(best.Value) || math.IsInf(best.Value, 0) {
		return Choice{}, fmt.Errorf("%s: costs: need costs with a finite mean, have %+v: %w", fn, costs, mlgauge.ErrNotFinite)
	}
	return best, nil
}
