package metrics

import (
	"math"
	"sort"

	"github.com/mlgauge/mlgauge/internal/check"
)

// Points says which points of a curve to return.
type Points int

const (
	// AllPoints returns one point per distinct score.
	AllPoints Points = iota
	// DropIntermediate leaves out points that lie on a line between their
	// neighbours, by the rule of scikit-learn for the curve in question.
	DropIntermediate
)

func (p Points) check(fn string) error {
	if p != AllPoints && p != DropIntermediate {
		return check.Option(fn, "points", int(p))
	}
	return nil
}

// A ROCCurve is the true positive rate against the false positive rate, both
// rising, from (0, 0) at threshold +Inf to (1, 1).
type ROCCurve struct {
	FPR, TPR, Threshold []float64
}

// ROC returns the ROC curve:
//
//	TPR = TP / (TP + FN),  FPR = FP / (FP + TN)
//
// The first point is (0, 0) with threshold +Inf. DropIntermediate, the default
// of scikit-learn, keeps the first and last distinct score and those where the
// second difference of FP or TP is not zero.
//
// One class only wraps mlgauge.ErrUndefined, no rows mlgauge.ErrEmpty, an
// unknown option mlgauge.ErrRange.
//
// Source: scikit-learn 1.9, roc_curve.
func (t *Thresholds) ROC(points Points) (ROCCurve, error) {
	const fn = "metrics.Thresholds.ROC"
	if err := points.check(fn); err != nil {
		return ROCCurve{}, err
	}
	if err := t.need(fn, true, true); err != nil {
		return ROCCurve{}, err
	}
	p, q := t.classes()
	n := len(t.TP)
	c := ROCCurve{make([]float64, 1, n+1), make([]float64, 1, n+1), make([]float64, 1, n+1)}
	c.Threshold[0] = math.Inf(1)
	for i := range n {
		if points == DropIntermediate && i > 0 && i < n-1 &&
			(t.FP[i+1]-t.FP[i])-(t.FP[i]-t.FP[i-1]) == 0 && (t.TP[i+1]-t.TP[i])-(t.TP[i]-t.TP[i-1]) == 0 {
			continue
		}
		c.FPR = append(c.FPR, t.FP[i]/q)
		c.TPR = append(c.TPR, t.TP[i]/p)
		c.Threshold = append(c.Threshold, t.Threshold[i])
	}
	return c, nil
}

// AUC returns the area under the ROC curve by the trapezoidal rule; see
// ROC.AUC.
func (t *Thresholds) AUC() (float64, error) {
	if err := t.need("metrics.Thresholds.AUC", true, true); err != nil {
		return 0, err
	}
	p, q := t.classes()
	var area, tp, fp float64
	for i := range t.TP {
		area += (t.FP[i] - fp) / q * ((t.TP[i]/p + tp/p) / 2)
		tp, fp = t.TP[i], t.FP[i]
	}
	return min(area, 1), nil
}

// PartialAUC returns the standardised area up to a false positive rate; see
// ROC.PartialAUC.
func (t *Thresholds) PartialAUC(maxFPR float64) (float64, error) {
	const fn = "metrics.Thresholds.PartialAUC"
	if err := checkMaxFPR(fn, maxFPR); err != nil {
		return 0, err
	}
	if err := t.need(fn, true, true); err != nil {
		return 0, err
	}
	if maxFPR == 1 {
		return t.AUC()
	}
	p, q := t.classes()
	var area, x0, y0 float64
	for i := range t.TP {
		x, y := t.FP[i]/q, t.TP[i]/p
		if x > maxFPR {
			y = y0 + (y-y0)/(x-x0)*(maxFPR-x0)
			area += (maxFPR - x0) * (y + y0) / 2
			break
		}
		area += (x - x0) * (y + y0) / 2
		x0, y0 = x, y
	}
	least := maxFPR * maxFPR / 2
	return (1 + (area-least)/(maxFPR-least)) / 2, nil
}

// A KSPoint is the largest distance between the score distributions of the two
// classes, and the threshold where it is reached.
type KSPoint struct {
	Value     float64
	Threshold float64 // +Inf only if Value is 0
}

// KS returns the two-sample Kolmogorov-Smirnov statistic between the scores of
// the positives and of the negatives:
//
//	max over thresholds of |TPR - FPR|
//
// in [0, 1], with the highest threshold that reaches it. Errors are those of
// ROC.AUC.
//
// Source: SciPy 1.17, ks_2samp.
func (t *Thresholds) KS() (KSPoint, error) {
	if err := t.need("metrics.Thresholds.KS", true, true); err != nil {
		return KSPoint{}, err
	}
	p, q := t.classes()
	best := KSPoint{Threshold: math.Inf(1)}
	for i := range t.TP {
		if d := math.Abs(t.TP[i]/p - t.FP[i]/q); d > best.Value {
			best = KSPoint{d, t.Threshold[i]}
		}
	}
	return best, nil
}

// TPRAt returns the true positive rate at a false positive rate in [0, 1], on
// the line between the two nearest points (the higher of two above each other).
// A rate outside wraps mlgauge.ErrRange or, if NaN, mlgauge.ErrNotFinite; a
// curve without points mlgauge.ErrEmpty.
func (c *ROCCurve) TPRAt(fpr float64) (float64, error) {
	const fn = "metrics.ROCCurve.TPRAt"
	if err := check.NotEmpty(fn, "points", len(c.FPR)); err != nil {
		return 0, err
	}
	if err := check.Length(fn, "TPR", len(c.FPR), len(c.TPR)); err != nil {
		return 0, err
	}
	if err := check.In(fn, "fpr", fpr, 0, 1); err != nil {
		return 0, err
	}
	i := sort.Search(len(c.FPR), func(i int) bool { return c.FPR[i] > fpr })
	if i == 0 || i == len(c.FPR) {
		return c.TPR[max(i-1, 0)], nil
	}
	x0, y0, x1, y1 := c.FPR[i-1], c.TPR[i-1], c.FPR[i], c.TPR[i]
	return y0 + (y1-y0)*((fpr-x0)/(x1-x0)), nil
}
