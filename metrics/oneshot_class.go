package metrics

import (
	"cmp"
	"math"
	"sync/atomic"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// ConfusionOf counts one batch; see Confusion. labels, if given, become
// Confusion.Labels. Errors: those of Confusion.Add.
func ConfusionOf[L cmp.Ordered](yTrue, yPred []L, labels ...L) (*Confusion[L], error) {
	c := &Confusion[L]{Labels: labels}
	if err := c.Add(yTrue, yPred); err != nil {
		return nil, err
	}
	return c, nil
}

// BinaryOf counts one batch as the class positive against all others; see
// Binary. A positive label that does not occur is not an error: the table has
// no positives. Errors: mlgauge.ErrLength, mlgauge.ErrEmpty.
func BinaryOf[L comparable](yTrue, yPred []L, positive L) (Binary, error) {
	var b Binary
	if err := check.Pair("metrics.BinaryOf", "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return b, err
	}
	var t, p [codeBlock]bool
	for lo := 0; lo < len(yTrue); lo += codeBlock {
		n := min(codeBlock, len(yTrue)-lo)
		for i, v := range yTrue[lo : lo+n] {
			t[i] = v == positive
		}
		for i, v := range yPred[lo : lo+n] {
			p[i] = v == positive
		}
		if err := b.Add(t[:n], p[:n]); err != nil {
			return Binary{}, err
		}
	}
	return b, nil
}

// IsPositive returns which labels are the positive one: the truth of the
// ranking metrics and of Binary. dst may be nil; it is grown as needed.
func IsPositive[L comparable](dst []bool, labels []L, positive L) []bool {
	dst = dst[:0]
	for _, v := range labels {
		dst = append(dst, v == positive)
	}
	return dst
}

// Accuracy returns the share of rows predicted right; see Confusion.Accuracy.
// Labels may be of any comparable type; NaN is not equal to itself, and so
// always wrong. Errors: mlgauge.ErrLength, mlgauge.ErrEmpty.
func Accuracy[L comparable](yTrue, yPred []L) (float64, error) {
	if err := check.Pair("metrics.Accuracy", "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return math.NaN(), err
	}
	return float64(agreements(yTrue, yPred)) / float64(len(yTrue)), nil
}

// agreements counts the rows that agree, on several cores when there are many.
func agreements[L comparable](a, b []L) int {
	parts := parallel.Parts(len(a), shareRows)
	if parts == 1 {
		return agreed(a, b)
	}
	var n atomic.Int64
	parallel.For(len(a), (len(a)+parts-1)/parts, func(_, lo, hi int) { n.Add(int64(agreed(a[lo:hi], b[lo:hi]))) })
	return int(n.Load())
}

// agreed is agreements on one core. The integer types that labels mostly have go
// through a kernel that knows them.
func agreed[L comparable](a, b []L) int {
	switch any(a).(type) {
	case []int, []uint: // as wide as the machine's words
		return kernel.CountEqual(as[uint](a), as[uint](b))
	case []int64, []uint64:
		return kernel.CountEqual(as[uint64](a), as[uint64](b))
	case []int32, []uint32:
		return kernel.CountEqual(as[uint32](a), as[uint32](b))
	case []int8, []uint8, []bool:
		return kernel.CountEqual(as[uint8](a), as[uint8](b))
	}
	n := 0
	for i, v := range a {
		if v == b[i] {
			n++
		}
	}
	return n
}

// ZeroOneLoss returns the share of rows predicted wrong; see
// Confusion.ZeroOneLoss. Errors: those of Accuracy.
func ZeroOneLoss[L comparable](yTrue, yPred []L) (float64, error) {
	if err := check.Pair("metrics.ZeroOneLoss", "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return math.NaN(), err
	}
	return float64(len(yTrue)-agreements(yTrue, yPred)) / float64(len(yTrue)), nil
}

// HammingLoss returns the share of labels predicted wrong, which for one label
// per row is ZeroOneLoss; see Multilabel.HammingLoss for several. Errors: those
// of Accuracy.
func HammingLoss[L comparable](yTrue, yPred []L) (float64, error) {
	if err := check.Pair("metrics.HammingLoss", "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return math.NaN(), err
	}
	return float64(len(yTrue)-agreements(yTrue, yPred)) / float64(len(yTrue)), nil
}

// once counts one batch and asks one question.
func once[L cmp.Ordered](yTrue, yPred []L, ask func(*Confusion[L]) (float64, error)) (float64, error) {
	var c Confusion[L]
	if err := c.Add(yTrue, yPred); err != nil {
		return math.NaN(), err
	}
	return ask(&c)
}

// Precision returns the precision averaged over the classes; see
// Confusion.Precision for the formula and the errors, Confusion.Binary for the
// precision of one class.
func Precision[L cmp.Ordered](yTrue, yPred []L, avg Average) (float64, error) {
	return once(yTrue, yPred, func(c *Confusion[L]) (float64, error) { return c.Precision(avg) })
}

// Recall returns the recall averaged over the classes; see Confusion.Recall.
func Recall[L cmp.Ordered](yTrue, yPred []L, avg Average) (float64, error) {
	return once(yTrue, yPred, func(c *Confusion[L]) (float64, error) { return c.Recall(avg) })
}

// F1 returns the F1 averaged over the classes; see Confusion.F1.
func F1[L cmp.Ordered](yTrue, yPred []L, avg Average) (float64, error) {
	return once(yTrue, yPred, func(c *Confusion[L]) (float64, error) { return c.F1(avg) })
}

// FBeta returns the F-measure averaged over the classes; see Confusion.FBeta.
func FBeta[L cmp.Ordered](yTrue, yPred []L, avg Average, beta float64) (float64, error) {
	return once(yTrue, yPred, func(c *Confusion[L]) (float64, error) { return c.FBeta(avg, beta) })
}

// Jaccard returns the Jaccard index averaged over the classes; see
// Confusion.Jaccard.
func Jaccard[L cmp.Ordered](yTrue, yPred []L, avg Average) (float64, error) {
	return once(yTrue, yPred, func(c *Confusion[L]) (float64, error) { return c.Jaccard(avg) })
}

// Specificity returns the specificity averaged over the classes; see
// Confusion.Specificity.
func Specificity[L cmp.Ordered](yTrue, yPred []L, avg Average) (float64, error) {
	return once(yTrue, yPred, func(c *Confusion[L]) (float64, error) { return c.Specificity(avg) })
}

// BalancedAccuracy returns the mean recall of the classes; see
// Confusion.BalancedAccuracy.
func BalancedAccuracy[L cmp.Ordered](yTrue, yPred []L) (float64, error) {
	return once(yTrue, yPred, (*Confusion[L]).BalancedAccuracy)
}

// MCC returns Matthews' correlation coefficient; see Confusion.MCC.
func MCC[L cmp.Ordered](yTrue, yPred []L) (float64, error) {
	return once(yTrue, yPred, (*Confusion[L]).MCC)
}

// CohenKappa returns Cohen's kappa of two raters; see Confusion.Kappa.
func CohenKappa[L cmp.Ordered](a, b []L, weights KappaWeights) (float64, error) {
	return once(a, b, func(c *Confusion[L]) (float64, error) { return c.Kappa(weights) })
}

// ClassificationReport returns the report of one batch; see Confusion.Report.
func ClassificationReport[L cmp.Ordered](yTrue, yPred []L, names ...string) (*Report, error) {
	var c Confusion[L]
	if err := c.Add(yTrue, yPred); err != nil {
		return nil, err
	}
	return c.Report(names...)
}
