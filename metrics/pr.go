package metrics

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
)

// PR keeps the truth and the score of every row, like ROC, and gives the
// precision-recall curve and its summaries. The zero value is empty and ready.
// ROC.PR makes one of a ROC without a copy.
type PR struct{ s scores }

// Add takes a batch of rows; see ROC.Add.
func (p *PR) Add(yTrue []bool, score []float64) error {
	return p.s.add("metrics.PR.Add", yTrue, score)
}

// AddFloat32 is Add for float32 scores; see ROC.AddFloat32.
func (p *PR) AddFloat32(yTrue []bool, score []float32) error {
	return p.s.addFloat32("metrics.PR.AddFloat32", yTrue, score)
}

// AddWeighted is Add with a weight per row; see ROC.AddWeighted.
func (p *PR) AddWeighted(yTrue []bool, score, weights []float64) error {
	return p.s.addWeighted("metrics.PR.AddWeighted", yTrue, score, weights)
}

// Merge adds the rows of o.
func (p *PR) Merge(o *PR) error { return p.s.merge("metrics.PR.Merge", &o.s) }

// Reset empties p and keeps its memory for reuse.
func (p *PR) Reset() { p.s = scores{label: p.s.label[:0], score: p.s.score[:0]} }

// Rows returns the number of rows added, those of weight zero included.
func (p *PR) Rows() int { return p.s.rows }

// MarshalBinary implements encoding.BinaryMarshaler.
func (p *PR) MarshalBinary() ([]byte, error) { return p.s.marshal("pr/1") }

// UnmarshalBinary implements encoding.BinaryUnmarshaler. Bytes that
// MarshalBinary did not make wrap mlgauge.ErrCorrupt and leave p as it was.
func (p *PR) UnmarshalBinary(data []byte) error {
	return p.s.unmarshal("metrics.PR.UnmarshalBinary", "pr/1", data)
}

// Thresholds sorts the scores and returns the outcomes at each distinct one.
func (p *PR) Thresholds() (*Thresholds, error) { return p.s.thresholds("metrics.PR.Thresholds") }

// Curve returns the precision-recall curve; see Thresholds.PR.
func (p *PR) Curve(points Points) (PRCurve, error) {
	const fn = "metrics.PR.Curve"
	if p.s.weight != nil {
		t, err := p.s.thresholds(fn)
		if err != nil {
			return PRCurve{}, err
		}
		return t.PR(points)
	}
	if err := p.s.some(fn); err != nil {
		return PRCurve{}, err
	}
	if err := points.check(fn); err != nil {
		return PRCurve{}, err
	}
	r, done := p.s.rank()
	defer done()
	if err := needClasses(fn, r.positives() == 0, false); err != nil {
		return PRCurve{}, err
	}
	return r.pr(points), nil
}

// AveragePrecision returns the mean precision over the recall; see
// Thresholds.AveragePrecision.
func (p *PR) AveragePrecision() (float64, error) {
	return p.s.averagePrecision("metrics.PR.AveragePrecision")
}

// averagePrecision does without the table.
func (s *scores) averagePrecision(fn string) (float64, error) {
	if err := s.some(fn); err != nil {
		return 0, err
	}
	if s.weight == nil {
		r, done := s.rank()
		defer done()
		if err := needClasses(fn, r.positives() == 0, false); err != nil {
			return 0, err
		}
		return r.averagePrecision(), nil
	}
	var a precisionSum
	s.levels(func(_, tp, fp float64) { a.add(tp, fp) })
	if err := needClasses(fn, a.tp == 0, false); err != nil {
		return 0, err
	}
	return a.value(), nil
}

// A precisionSum adds the precision of each step of the recall, by Kahan: a
// million small steps keep their digits.
type precisionSum struct{ sum, carry, tp float64 }

func (a *precisionSum) add(tp, fp float64) {
	if tp == a.tp {
		return
	}
	step := (tp-a.tp)*(tp/(tp+fp)) - a.carry
	next := a.sum + step
	a.carry = (next - a.sum) - step
	a.sum, a.tp = next, tp
}

func (a *precisionSum) value() float64 { return min(a.sum/a.tp, 1) }

// AUC returns the area under the precision-recall curve by the trapezoidal
// rule; see Thresholds.PRAUC.
func (p *PR) AUC() (float64, error) {
	t, err := p.s.thresholds("metrics.PR.AUC")
	if err != nil {
		return 0, err
	}
	return t.PRAUC()
}

// Interval returns the average precision with a confidence interval, symmetric
// on the logit scale:
//
//	expit(logit(AP) +- z / sqrt(n AP (1 - AP))),  n = number of positives
//
// It takes the positives as independent trials, so it is approximate; resample
// the rows (bootstrap) where the limits matter. n is the effective number
// (sum w)^2 / sum w^2 of the positives where rows have weights. An average
// precision of 0 or 1 has no logit interval: mlgauge.ErrUndefined. A level
// outside (0, 1) wraps mlgauge.ErrRange.
//
// Source: Boyd, Eng and Page, "Area under the precision-recall curve: point
// estimates and confidence intervals", ECML PKDD 2013.
func (p *PR) Interval(level float64) (Interval, error) {
	const fn = "metrics.PR.Interval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	t, err := p.s.thresholds(fn)
	if err != nil {
		return Interval{}, err
	}
	ap, err := t.AveragePrecision()
	if err != nil {
		return Interval{}, err
	}
	total, _ := t.classes()
	n := total
	if p.s.weight != nil {
		n = 0
		for i, y := range p.s.label {
			if y {
				share := p.s.weight[i] / total
				n += share * share
			}
		}
		n = 1 / n
	}
	return logitInterval(fn, ap, 1/math.Sqrt(n*ap*(1-ap)), level)
}

// logitInterval returns expit(logit(v) +- z se), where se is the standard error
// on the logit scale.
func logitInterval(fn string, v, se, level float64) (Interval, error) {
	if !(v > 0 && v < 1) {
		return Interval{}, undefinedFor(fn, "an estimate inside (0, 1)", v)
	}
	z := normalQuantile(level)
	eta := math.Log(v) - math.Log1p(-v)
	expit := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	return Interval{Value: v, Low: expit(eta - z*se), High: expit(eta + z*se), Level: level}, nil
}

// A PRCurve is precision against recall. Recall falls from 1 to 0 and the
// thresholds rise; the last point is (recall 0, precision 1), which has no
// threshold, so Threshold is one shorter.
type PRCurve struct {
	Precision, Recall, Threshold []float64
}

// PR returns the precision-recall curve:
//
//	precision = TP / (TP + FP),  recall = TP / (TP + FN)
//
// one point per distinct score, then (recall 0, precision 1). DropIntermediate
// keeps the ends of each run of points of equal recall; AllPoints is the
// default of scikit-learn.
//
// No positive row wraps mlgauge.ErrUndefined (scikit-learn sets the recall to 1
// and warns), no rows mlgauge.ErrEmpty, an unknown option mlgauge.ErrRange.
//
// Source: scikit-learn 1.9, precision_recall_curve.
func (t *Thresholds) PR(points Points) (PRCurve, error) {
	const fn = "metrics.Thresholds.PR"
	if err := points.check(fn); err != nil {
		return PRCurve{}, err
	}
	if err := t.need(fn, true, false); err != nil {
		return PRCurve{}, err
	}
	p, _ := t.classes()
	var c PRCurve
	n := len(t.TP)
	c.Precision, c.Recall, c.Threshold = make([]float64, 0, n+1), make([]float64, 0, n+1), make([]float64, 0, n)
	for i := n - 1; i >= 0; i-- {
		if points == DropIntermediate && i > 0 && i < n-1 && t.TP[i-1] == t.TP[i] && t.TP[i] == t.TP[i+1] {
			continue
		}
		c.Precision = append(c.Precision, t.TP[i]/(t.TP[i]+t.FP[i]))
		c.Recall = append(c.Recall, t.TP[i]/p)
		c.Threshold = append(c.Threshold, t.Threshold[i])
	}
	c.Precision = append(c.Precision, 1)
	c.Recall = append(c.Recall, 0)
	return c, nil
}

// AveragePrecision returns the step sum of precision over recall:
//
//	AP = sum (R_i - R_(i-1)) P_i
//
// over the distinct scores in decreasing order, in [0, 1]. A score without
// information has the share of positives. No positive row wraps
// mlgauge.ErrUndefined, no rows mlgauge.ErrEmpty.
//
// Source: scikit-learn 1.9, average_precision_score.
func (t *Thresholds) AveragePrecision() (float64, error) {
	if err := t.need("metrics.Thresholds.AveragePrecision", true, false); err != nil {
		return 0, err
	}
	var a precisionSum
	for i, tp := range t.TP {
		a.add(tp, t.FP[i])
	}
	return a.value(), nil
}

// PRAUC returns the area under the precision-recall curve by the trapezoidal
// rule. The line between two points is optimistic: prefer AveragePrecision.
// Errors are those of AveragePrecision.
//
// Source: scikit-learn 1.9, auc(recall, precision) of precision_recall_curve.
func (t *Thresholds) PRAUC() (float64, error) {
	if err := t.need("metrics.Thresholds.PRAUC", true, false); err != nil {
		return 0, err
	}
	p, _ := t.classes()
	var sum, tp0 float64
	y0 := 1.0
	for i, tp := range t.TP {
		y := tp / (tp + t.FP[i])
		sum += (tp - tp0) / p * ((y + y0) / 2)
		tp0, y0 = tp, y
	}
	return min(sum, 1), nil
}

// AveragePrecision returns the average precision of one batch; see
// Thresholds.AveragePrecision. A score that is NaN or infinite wraps
// mlgauge.ErrNotFinite.
func AveragePrecision[F check.Float](yTrue []bool, score []F) (float64, error) {
	const fn = "metrics.AveragePrecision"
	s, err := oneShot(fn, yTrue, score)
	if err != nil {
		return 0, err
	}
	if err := check.Finite(fn, "score", s.score); err != nil {
		return 0, err
	}
	return s.averagePrecision(fn)
}
