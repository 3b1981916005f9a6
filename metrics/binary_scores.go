package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
)

// rate is the shape of every simple rate: a share of part of the table.
func (b *Binary) rate(fn, what string, pick func(quad) (num, den float64)) (float64, error) {
	q, err := b.quad(fn)
	if err != nil {
		return math.NaN(), err
	}
	num, den := pick(q)
	return b.ZeroDivision.ratio(fn, what, num, den)
}

// undefined is the error of a formula that has no conventional value here.
func undefined(fn, need string) (float64, error) {
	return math.NaN(), fmt.Errorf("%s: need %s, have none: %w", fn, need, mlgauge.ErrUndefined)
}

// Accuracy returns the share of rows predicted right.
//
//	(TP + TN) / (TP + FP + TN + FN)
func (b Binary) Accuracy() (float64, error) {
	return b.rate("metrics.Binary.Accuracy", "rows", func(q quad) (float64, float64) { return q.tp + q.tn, q.total() })
}

// Precision returns the positive predictive value, the share of the predicted
// positives that are positive. 0/0 (nothing predicted positive) is as
// ZeroDivision says.
//
//	TP / (TP + FP)
func (b Binary) Precision() (float64, error) {
	return b.rate("metrics.Binary.Precision", "predicted positives", func(q quad) (float64, float64) { return q.tp, q.pred() })
}

// Recall returns the sensitivity or true positive rate, the share of the
// positives that are found. 0/0 (no positives) is as ZeroDivision says.
//
//	TP / (TP + FN)
func (b Binary) Recall() (float64, error) {
	return b.rate("metrics.Binary.Recall", "positives", func(q quad) (float64, float64) { return q.tp, q.truth() })
}

// Specificity returns the true negative rate, the share of the negatives that
// are predicted negative. 0/0 (no negatives) is as ZeroDivision says.
//
//	TN / (TN + FP)
func (b Binary) Specificity() (float64, error) {
	return b.rate("metrics.Binary.Specificity", "negatives", func(q quad) (float64, float64) { return q.tn, q.other() })
}

// NPV returns the negative predictive value, the share of the predicted
// negatives that are negative. 0/0 is as ZeroDivision says.
//
//	TN / (TN + FN)
func (b Binary) NPV() (float64, error) {
	return b.rate("metrics.Binary.NPV", "predicted negatives", func(q quad) (float64, float64) { return q.tn, q.rest() })
}

// FPR returns the false positive rate (fall-out), the share of the negatives
// that are predicted positive. 0/0 is as ZeroDivision says.
//
//	FP / (FP + TN)
func (b Binary) FPR() (float64, error) {
	return b.rate("metrics.Binary.FPR", "negatives", func(q quad) (float64, float64) { return q.fp, q.other() })
}

// FNR returns the false negative rate (miss rate), the share of the positives
// that are missed. 0/0 is as ZeroDivision says.
//
//	FN / (FN + TP)
func (b Binary) FNR() (float64, error) {
	return b.rate("metrics.Binary.FNR", "positives", func(q quad) (float64, float64) { return q.fn, q.truth() })
}

// FDR returns the false discovery rate, the share of the predicted positives
// that are negative. 0/0 is as ZeroDivision says.
//
//	FP / (FP + TP)
func (b Binary) FDR() (float64, error) {
	return b.rate("metrics.Binary.FDR", "predicted positives", func(q quad) (float64, float64) { return q.fp, q.pred() })
}

// FOR returns the false omission rate, the share of the predicted negatives
// that are positive. 0/0 is as ZeroDivision says.
//
//	FN / (FN + TN)
func (b Binary) FOR() (float64, error) {
	return b.rate("metrics.Binary.FOR", "predicted negatives", func(q quad) (float64, float64) { return q.fn, q.rest() })
}

// Prevalence returns the share of positives among the rows.
//
//	(TP + FN) / (TP + FP + TN + FN)
func (b Binary) Prevalence() (float64, error) {
	return b.rate("metrics.Binary.Prevalence", "rows", func(q quad) (float64, float64) { return q.truth(), q.total() })
}

// PredictedPositiveRate returns the share of rows predicted positive (the
// selection rate).
//
//	(TP + FP) / (TP + FP + TN + FN)
func (b Binary) PredictedPositiveRate() (float64, error) {
	return b.rate("metrics.Binary.PredictedPositiveRate", "rows", func(q quad) (float64, float64) { return q.pred(), q.total() })
}

// Jaccard returns the Jaccard index (critical success index, intersection over
// union). 0/0 (neither positives nor predicted positives) is as ZeroDivision
// says.
//
//	TP / (TP + FP + FN)
func (b Binary) Jaccard() (float64, error) {
	return b.rate("metrics.Binary.Jaccard", "positives, true or predicted", func(q quad) (float64, float64) { return q.tp, q.tp + q.fp + q.fn })
}

// F1 returns the harmonic mean of precision and recall: FBeta of 1. 0/0
// (neither positives nor predicted positives) is as ZeroDivision says.
//
//	2 TP / (2 TP + FP + FN)
func (b Binary) F1() (float64, error) { return b.fbeta("metrics.Binary.F1", 1) }

// FBeta returns the F-measure, in which recall weighs beta times as much as
// precision.
//
//	(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)
//
// beta 0 gives the precision, +Inf the recall. 0/0 (neither positives nor
// predicted positives) is as ZeroDivision says. A negative or NaN beta is
// mlgauge.ErrRange.
func (b Binary) FBeta(beta float64) (float64, error) { return b.fbeta("metrics.Binary.FBeta", beta) }

func (b *Binary) fbeta(fn string, beta float64) (float64, error) {
	f, err := fForm(fn, beta)
	if err != nil {
		return math.NaN(), err
	}
	return b.rate(fn, f.need, f.ratio)
}

// A form is a score of the shape a TP / (u truth + v pred + w TP): precision,
// recall, the F-measures and the Jaccard index are all of it, so they share
// their averages and their standard errors.
type form struct {
	a, u, v, w float64
	need       string
	f          bool // 0/0 only when truth and prediction are both empty
}

var (
	precisionForm = form{1, 0, 1, 0, "predicted positives", false}
	recallForm    = form{1, 1, 0, 0, "positives", false}
	jaccardForm   = form{1, 1, 1, -1, "positives, true or predicted", true}
)

// fForm returns the form of the F-measure. Both sides are divided by 1 + beta^2
// when beta is large, so that nothing overflows.
func fForm(fn string, beta float64) (form, error) {
	switch b2 := beta * beta; {
	case !(beta >= 0):
		return form{}, fmt.Errorf("%s: beta: need at least 0, have %v: %w", fn, beta, mlgauge.ErrRange)
	case beta == 0:
		return precisionForm, nil
	case math.IsInf(beta, 1):
		return recallForm, nil
	case beta <= 1:
		return form{1 + b2, b2, 1, 0, "positives, true or predicted", true}, nil
	default:
		return form{1 + 1/b2, 1, 1 / b2, 0, "positives, true or predicted", true}, nil
	}
}

func (f form) ratio(q quad) (num, den float64) {
	// Jaccard by its own sum: truth + pred - TP would round.
	if f.w == -1 {
		return q.tp, q.tp + q.fp + q.fn
	}
	den = f.u*q.truth() + f.v*q.pred()
	if den == 0 && f.f && q.truth()+q.pred() > 0 {
		return 0, 1 // the factor of the one that is there underflowed
	}
	return f.a * q.tp, den
}

// BalancedAccuracy returns the mean of recall and specificity.
//
//	(TP/(TP + FN) + TN/(TN + FP)) / 2
//
// If one of the two classes does not occur, it is the rate of the other, as in
// scikit-learn 1.9.
func (b Binary) BalancedAccuracy() (float64, error) {
	q, err := b.quad("metrics.Binary.BalancedAccuracy")
	if err != nil {
		return math.NaN(), err
	}
	switch {
	case q.truth() == 0:
		return q.tn / q.other(), nil
	case q.other() == 0:
		return q.tp / q.truth(), nil
	}
	return (q.tp/q.truth() + q.tn/q.other()) / 2, nil
}

// Informedness returns Youden's J, the balanced accuracy scaled so that chance
// is 0.
//
//	TP/(TP + FN) + TN/(TN + FP) - 1
//
// It is undefined (mlgauge.ErrUndefined) when a class does not occur.
func (b Binary) Informedness() (float64, error) {
	const fn = "metrics.Binary.Informedness"
	q, err := b.quad(fn)
	if err != nil {
		return math.NaN(), err
	}
	if q.truth() == 0 || q.other() == 0 {
		return undefined(fn, "both positives and negatives")
	}
	return (q.tp*q.tn - q.fp*q.fn) / (q.truth() * q.other()), nil
}

// Markedness returns what informedness is, seen from the predictions.
//
//	TP/(TP + FP) + TN/(TN + FN) - 1
//
// It is undefined (mlgauge.ErrUndefined) when a class is never predicted.
func (b Binary) Markedness() (float64, error) {
	const fn = "metrics.Binary.Markedness"
	q, err := b.quad(fn)
	if err != nil {
		return math.NaN(), err
	}
	if q.pred() == 0 || q.rest() == 0 {
		return undefined(fn, "both predicted positives and predicted negatives")
	}
	return (q.tp*q.tn - q.fp*q.fn) / (q.pred() * q.rest()), nil
}

// PositiveLikelihoodRatio returns how much more often a positive is predicted
// positive than a negative is.
//
//	(TP/(TP + FN)) / (FP/(FP + TN))
//
// It is undefined (NaN with mlgauge.ErrUndefined) without positives or without
// false positives, where scikit-learn 1.9 class_likelihood_ratios gives NaN.
func (b Binary) PositiveLikelihoodRatio() (float64, error) {
	const fn = "metrics.Binary.PositiveLikelihoodRatio"
	q, err := b.quad(fn)
	if err != nil {
		return math.NaN(), err
	}
	if q.truth() == 0 || q.fp == 0 {
		return undefined(fn, "positives and false positives")
	}
	return (q.tp * q.other()) / (q.fp * q.truth()), nil
}

// NegativeLikelihoodRatio returns how much more often a positive is predicted
// negative than a negative is.
//
//	(FN/(TP + FN)) / (TN/(FP + TN))
//
// It is undefined (NaN with mlgauge.ErrUndefined) without positives or without
// true negatives, where scikit-learn 1.9 class_likelihood_ratios gives NaN.
func (b Binary) NegativeLikelihoodRatio() (float64, error) {
	const fn = "metrics.Binary.NegativeLikelihoodRatio"
	q, err := b.quad(fn)
	if err != nil {
		return math.NaN(), err
	}
	if q.truth() == 0 || q.tn == 0 {
		return undefined(fn, "positives and true negatives")
	}
	return (q.fn * q.other()) / (q.tn * q.truth()), nil
}

// DiagnosticOddsRatio returns the ratio of the two likelihood ratios.
//
//	(TP TN) / (FP FN)
//
// It is undefined (mlgauge.ErrUndefined) without false positives or without
// false negatives.
func (b Binary) DiagnosticOddsRatio() (float64, error) {
	const fn = "metrics.Binary.DiagnosticOddsRatio"
	q, err := b.quad(fn)
	if err != nil {
		return math.NaN(), err
	}
	if q.fp == 0 || q.fn == 0 {
		return undefined(fn, "false positives and false negatives")
	}
	return (q.tp / q.fp) * (q.tn / q.fn), nil
}

// MCC returns Matthews' correlation coefficient (phi), in [-1, 1].
//
//	(TP TN - FP FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN))
//
// It is 0 when truth or prediction is constant, as in scikit-learn 1.9.
func (b Binary) MCC() (float64, error) {
	q, err := b.quad("metrics.Binary.MCC")
	if err != nil {
		return math.NaN(), err
	}
	x, y := q.pred()*q.rest(), q.truth()*q.other()
	if x == 0 || y == 0 {
		return 0, nil
	}
	return (q.tp*q.tn - q.fp*q.fn) / math.Sqrt(x) / math.Sqrt(y), nil
}

// Kappa returns Cohen's kappa, the agreement beyond chance.
//
//	1 - n (FP + FN) / ((TP+FP)(TN+FP) + (TN+FN)(TP+FN)),   n = TP+FP+TN+FN
//
// It is undefined (NaN with mlgauge.ErrUndefined) when truth and prediction are
// the same constant, where scikit-learn 1.9 gives NaN.
func (b Binary) Kappa() (float64, error) {
	const fn = "metrics.Binary.Kappa"
	q, err := b.quad(fn)
	if err != nil {
		return math.NaN(), err
	}
	den := q.pred()*q.other() + q.rest()*q.truth()
	if den == 0 {
		return undefined(fn, "two classes")
	}
	return 1 - q.total()*(q.fp+q.fn)/den, nil
}

// FowlkesMallows returns the geometric mean of precision and recall. 0/0 is as
// ZeroDivision says.
//
//	TP / sqrt((TP + FP)(TP + FN))
func (b Binary) FowlkesMallows() (float64, error) {
	return b.rate("metrics.Binary.FowlkesMallows", "positives and predicted positives",
		func(q quad) (float64, float64) { return q.tp, math.Sqrt(q.pred()) * math.Sqrt(q.truth()) })
}
