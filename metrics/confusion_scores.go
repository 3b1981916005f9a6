package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Accuracy returns the share of rows predicted right; Labels has no effect.
//
//	sum_i c_ii / n
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights sum to 0.
func (c *Confusion[L]) Accuracy() (float64, error) {
	r, err := c.accuracyRate("metrics.Confusion.Accuracy")
	if err != nil {
		return math.NaN(), err
	}
	return r.Hits / r.Trials, nil
}

// AccuracyRate returns the rows predicted right of all rows; its Interval is
// the confidence interval of the accuracy. Errors: those of Accuracy.
func (c *Confusion[L]) AccuracyRate() (Rate, error) {
	return c.accuracyRate("metrics.Confusion.AccuracyRate")
}

func (c *Confusion[L]) accuracyRate(fn string) (Rate, error) {
	if c.Rows() == 0 {
		return Rate{}, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	var r Rate
	if c.weightedRows == 0 {
		hits := c.table.diagonal()
		r = Rate{Hits: float64(hits), Trials: float64(c.total.rows)}
	} else {
		// Hits and misses apart: a perfect prediction must give 1 exactly.
		var hit, miss float64
		c.table.each(func(i, j int, n tally) {
			if i == j {
				hit += n.value()
			} else {
				miss += n.value()
			}
		})
		r = Rate{Hits: hit, Trials: hit + miss}
	}
	if r.Trials == 0 {
		return r, fmt.Errorf("%s: need a row of positive weight, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return r, nil
}

// ZeroOneLoss returns the share of rows predicted wrong, which for one label
// per row is the Hamming loss too; Labels has no effect.
//
//	1 - sum_i c_ii / n
//
// Errors: those of Accuracy.
func (c *Confusion[L]) ZeroOneLoss() (float64, error) {
	r, err := c.accuracyRate("metrics.Confusion.ZeroOneLoss")
	if err != nil {
		return math.NaN(), err
	}
	return (r.Trials - r.Hits) / r.Trials, nil
}

// Averaged returns a two-class score over the classes, each class against all
// the others: any method of Binary will do.
//
//	c.Averaged(metrics.Macro, metrics.Binary.Specificity)
//
//	Micro     of(sum of the tables of the classes)
//	Macro     mean over the classes of of(table)
//	Weighted  mean over the classes of of(table), weighted by TP + FN
//
// A class whose score is NaN leaves the averages; if no class is left the
// result is NaN with mlgauge.ErrUndefined. If all weights are 0, Weighted is
// the plain mean.
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights of the rows
// sum to 0; mlgauge.ErrRange for an unknown average or Labels with a
// repetition; those of the score.
func (c *Confusion[L]) Averaged(avg Average, of func(Binary) (float64, error)) (float64, error) {
	return c.averaged("metrics.Confusion.Averaged", avg, of)
}

func (c *Confusion[L]) averaged(fn string, avg Average, of func(Binary) (float64, error)) (float64, error) {
	if avg != Micro && avg != Macro && avg != Weighted {
		return math.NaN(), check.Option(fn, "avg", avg)
	}
	v, err := c.view(fn)
	if err == nil {
		err = v.positive(fn)
	}
	if err != nil {
		return math.NaN(), err
	}
	return average(fn, c.oneVsRest(&v), avg, of)
}

// average averages a score over the tables of the classes.
func average(fn string, classes []Binary, avg Average, of func(Binary) (float64, error)) (float64, error) {
	if avg == Micro {
		s, err := of(pooled(classes))
		if err == nil && math.IsNaN(s) {
			return undefined(fn, "a score that is defined")
		}
		return s, err
	}
	scores, weights := make([]float64, len(classes)), make([]float64, len(classes))
	for i, b := range classes {
		s, err := of(b)
		if err != nil {
			return math.NaN(), fmt.Errorf("%s: class %d: %w", fn, i, err)
		}
		tp, _, _, missed := b.Cells()
		scores[i], weights[i] = s, tp+missed
	}
	if avg == Macro {
		weights = nil
	}
	return mean(fn, scores, weights)
}

// pooled sums the tables of the classes.
func pooled(classes []Binary) Binary {
	var sum Binary
	for _, b := range classes {
		sum.TP += b.TP
		sum.FP += b.FP
		sum.TN += b.TN
		sum.FN += b.FN
		sum.WeightTP += b.WeightTP
		sum.WeightFP += b.WeightFP
		sum.WeightTN += b.WeightTN
		sum.WeightFN += b.WeightFN
		sum.WeightedRows = b.WeightedRows
		sum.ZeroDivision = b.ZeroDivision
	}
	return sum
}

// Precision returns the precision of the classes, averaged: of the rows
// predicted as a class, the share that are of it. See Averaged for the averages
// and the errors, Binary.Precision for the formula; with every class asked for,
// Micro is the accuracy.
//
// Source: scikit-learn 1.9 precision_score.
func (c *Confusion[L]) Precision(avg Average) (float64, error) {
	return c.averaged("metrics.Confusion.Precision", avg, Binary.Precision)
}

// Recall returns the recall of the classes, averaged: of the rows of a class,
// the share predicted as it. See Averaged for the averages and the errors,
// Binary.Recall for the formula.
//
// Source: scikit-learn 1.9 recall_score.
func (c *Confusion[L]) Recall(avg Average) (float64, error) {
	return c.averaged("metrics.Confusion.Recall", avg, Binary.Recall)
}

// F1 returns the F1 of the classes, averaged. The macro average is the mean of
// the F1s, not the F1 of the mean precision and recall. See Averaged for the
// averages and the errors, Binary.F1 for the formula.
//
// Source: scikit-learn 1.9 f1_score.
func (c *Confusion[L]) F1(avg Average) (float64, error) {
	return c.averaged("metrics.Confusion.F1", avg, Binary.F1)
}

// FBeta returns the F-measure of the classes, averaged. See Averaged for the
// averages and the errors, Binary.FBeta for the formula and for beta.
//
// Source: scikit-learn 1.9 fbeta_score.
func (c *Confusion[L]) FBeta(avg Average, beta float64) (float64, error) {
	return c.averaged("metrics.Confusion.FBeta", avg, func(b Binary) (float64, error) { return b.FBeta(beta) })
}

// Jaccard returns the Jaccard index of the classes, averaged. See Averaged for
// the averages and the errors, Binary.Jaccard for the formula.
//
// Source: scikit-learn 1.9 jaccard_score.
func (c *Confusion[L]) Jaccard(avg Average) (float64, error) {
	return c.averaged("metrics.Confusion.Jaccard", avg, Binary.Jaccard)
}

// Specificity returns the specificity of the classes, averaged: of the rows not
// of a class, the share not predicted as it. See Averaged for the averages and
// the errors.
func (c *Confusion[L]) Specificity(avg Average) (float64, error) {
	return c.averaged("metrics.Confusion.Specificity", avg, Binary.Specificity)
}

// NPV returns the negative predictive value of the classes, averaged. See
// Averaged for the averages and the errors.
func (c *Confusion[L]) NPV(avg Average) (float64, error) {
	return c.averaged("metrics.Confusion.NPV", avg, Binary.NPV)
}

// BalancedAccuracy returns the mean recall of the classes that occur in the
// truth; Labels has no effect.
//
//	1/K sum_i c_ii / sum_j c_ij
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights sum to 0.
//
// Source: scikit-learn 1.9 balanced_accuracy_score.
func (c *Confusion[L]) BalancedAccuracy() (float64, error) {
	score, _, err := c.balanced("metrics.Confusion.BalancedAccuracy")
	return score, err
}

// AdjustedBalancedAccuracy returns the balanced accuracy scaled so that chance
// is 0 and a perfect prediction 1.
//
//	(BA - 1/K) / (1 - 1/K)
//
// It is undefined (mlgauge.ErrUndefined) when one class only occurs in the
// truth. Other errors: those of BalancedAccuracy.
func (c *Confusion[L]) AdjustedBalancedAccuracy() (float64, error) {
	const fn = "metrics.Confusion.AdjustedBalancedAccuracy"
	score, k, err := c.balanced(fn)
	if err != nil {
		return math.NaN(), err
	}
	if k < 2 {
		return undefined(fn, "two classes in the truth")
	}
	chance := 1 / float64(k)
	return (score - chance) / (1 - chance), nil
}

func (c *Confusion[L]) balanced(fn string) (score float64, classes int, err error) {
	v, err := c.everything(fn)
	if err != nil {
		return math.NaN(), 0, err
	}
	var sum float64
	for k, t := range v.m.truth {
		if n := t.value(); n > 0 {
			sum += v.m.hit[k].value() / n
			classes++
		}
	}
	return sum / float64(classes), classes, nil
}

// everything is the view for formulas on which Labels has no effect.
func (c *Confusion[L]) everything(fn string) (view, error) {
	if c.Rows() == 0 {
		return view{}, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	v := view{m: c.table.margins()}
	v.codes = c.seenIn(v.m)
	return v, v.positive(fn)
}

// ClassScores are the scores of one class against all the others.
type ClassScores[L any] struct {
	Label     L       `json:"label"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   float64 `json:"support"` // rows of this class, or their weight
}

// PerClass returns precision, recall, F1 and support of every class of Classes,
// in order; with ZeroDivisionNaN a score may be NaN. Errors: those of Averaged.
func (c *Confusion[L]) PerClass() ([]ClassScores[L], error) {
	const fn = "metrics.Confusion.PerClass"
	v, err := c.view(fn)
	if err == nil {
		err = v.positive(fn)
	}
	if err != nil {
		return nil, err
	}
	out := make([]ClassScores[L], len(v.codes))
	for i, b := range c.oneVsRest(&v) {
		if out[i], err = classScores(fn, c.name(&v, i), b); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// name returns the label of place i of the classes asked for.
func (c *Confusion[L]) name(v *view, i int) L {
	if len(c.Labels) > 0 {
		return c.Labels[i]
	}
	return c.label(v.codes[i])
}

func classScores[L any](fn string, label L, b Binary) (ClassScores[L], error) {
	s := ClassScores[L]{Label: label}
	tp, _, _, missed := b.Cells()
	s.Support = tp + missed
	for _, score := range [...]struct {
		dst *float64
		of  func(Binary) (float64, error)
	}{{&s.Precision, Binary.Precision}, {&s.Recall, Binary.Recall}, {&s.F1, Binary.F1}} {
		x, err := score.of(b)
		if err != nil {
			return s, fmt.Errorf("%s: class %v: %w", fn, label, err)
		}
		*score.dst = x
	}
	return s, nil
}
