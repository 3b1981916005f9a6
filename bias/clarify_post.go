package bias

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
)

// The metrics after training: they hold predictions against labels. Source:
// SageMaker Clarify, smclarify 0.5. All return ErrUndefined if the batches had no
// predictions.

// ratio is Clarify's division: 0/0 is 0, x/0 is an infinity of x's sign.
func ratio(x, y float64) float64 {
	if y == 0 {
		if x == 0 {
			return 0
		}
		return math.Copysign(math.Inf(1), x)
	}
	return x / y
}

// less is Clarify's difference: two equal infinities give 0.
func less(x, y float64) float64 {
	if x == y {
		return 0
	}
	return x - y
}

// after computes the same quantity on both sides and takes x(first) - x(second).
func (f *Facet) after(name string, first, second int, quantity func(tp, fp, fn, tn float64) float64) (float64, error) {
	fn := "bias.Facet." + name
	if err := f.needPrediction(fn); err != nil {
		return 0, err
	}
	if err := f.needSides(fn); err != nil {
		return 0, err
	}
	return less(quantity(f.confusion(first)), quantity(f.confusion(second))), nil
}

// DPPL returns the difference in positive proportions of the predictions,
//
//	DPPL = q'a - q'd,   q' = n1' / n
//
// in [-1, 1]; 0 is demographic parity, positive values favour a.
func (f *Facet) DPPL() (float64, error) {
	return f.after("DPPL", sideA, sideD, func(tp, fp, fn, tn float64) float64 { return (tp + fp) / (tp + fp + fn + tn) })
}

// DI returns the disparate impact,
//
//	DI = q'd / q'a
//
// in [0, +Inf]; 1 is parity, values below 0.8 fail the four-fifths rule. 0/0 is
// 0, and it is +Inf if a has no positive prediction while d has.
func (f *Facet) DI() (float64, error) {
	const fn = "bias.Facet.DI"
	if err := f.needPrediction(fn); err != nil {
		return 0, err
	}
	if err := f.needSides(fn); err != nil {
		return 0, err
	}
	return ratio(f.chosen(sideD)/f.side[sideD], f.chosen(sideA)/f.side[sideA]), nil
}

// DCA returns the difference in conditional acceptance,
//
//	DCA = na1/na1' - nd1/nd1'
//
// the labels accepted for each prediction that accepts; 0 is parity.
func (f *Facet) DCA() (float64, error) {
	return f.after("DCA", sideA, sideD, func(tp, fp, fn, tn float64) float64 { return ratio(tp+fn, tp+fp) })
}

// DCR returns the difference in conditional rejection,
//
//	DCR = nd0/nd0' - na0/na0'
func (f *Facet) DCR() (float64, error) {
	return f.after("DCR", sideD, sideA, func(tp, fp, fn, tn float64) float64 { return ratio(tn+fp, tn+fn) })
}

// RD returns the recall difference (equal opportunity),
//
//	RD = TPa/(TPa + FNa) - TPd/(TPd + FNd)
func (f *Facet) RD() (float64, error) {
	return f.after("RD", sideA, sideD, func(tp, fp, fn, tn float64) float64 { return ratio(tp, tp+fn) })
}

// SD returns the specificity difference,
//
//	SD = TNd/(TNd + FPd) - TNa/(TNa + FPa)
func (f *Facet) SD() (float64, error) {
	return f.after("SD", sideD, sideA, func(tp, fp, fn, tn float64) float64 { return ratio(tn, tn+fp) })
}

// DAR returns the difference in acceptance rates, which are precisions,
//
//	DAR = TPa/(TPa + FPa) - TPd/(TPd + FPd)
func (f *Facet) DAR() (float64, error) {
	return f.after("DAR", sideA, sideD, func(tp, fp, fn, tn float64) float64 { return ratio(tp, tp+fp) })
}

// DRR returns the difference in rejection rates,
//
//	DRR = TNd/(TNd + FNd) - TNa/(TNa + FNa)
func (f *Facet) DRR() (float64, error) {
	return f.after("DRR", sideD, sideA, func(tp, fp, fn, tn float64) float64 { return ratio(tn, tn+fn) })
}

// AD returns the accuracy difference,
//
//	AD = (TPa + TNa)/na - (TPd + TNd)/nd
func (f *Facet) AD() (float64, error) {
	return f.after("AD", sideA, sideD, func(tp, fp, fn, tn float64) float64 { return ratio(tp+tn, tp+fp+fn+tn) })
}

// TE returns treatment equality, the difference in the ratio of the two kinds
// of error,
//
//	TE = FNd/FPd - FNa/FPa
func (f *Facet) TE() (float64, error) {
	return f.after("TE", sideD, sideA, func(tp, fp, fn, tn float64) float64 { return ratio(fn, fp) })
}

// CDDPL returns the conditional demographic disparity of the predictions: CDDL
// with predictions in the place of labels.
func (f *Facet) CDDPL() (float64, error) {
	const fn = "bias.Facet.CDDPL"
	if err := f.needPrediction(fn); err != nil {
		return 0, err
	}
	return f.cdd(fn, "prediction", func(s *[2][2][2]float64, side, positive int) float64 {
		return s[side][0][positive] + s[side][1][positive]
	})
}

// GE returns the generalised entropy of the benefits b = prediction - label + 1
// over all rows,
//
//	GE(alpha) = sum ((b/mean b)^alpha - 1) / (n alpha (alpha - 1))
//	GE(0) = -(1/n) sum ln(b / mean b)
//	GE(1) = (1/n) sum (b / mean b) ln(b / mean b)
//
// Clarify reports GE(2), half the squared coefficient of variation; GE(1) is the
// Theil index, with 0 ln 0 = 0. AIF360 0.6.1 divides each term of GE(0) by the benefit,
// which is no generalised entropy. 0 is equality. It is +Inf where a benefit is 0 and
// alpha is 0 or negative. It returns ErrUndefined if every prediction is a false
// negative and ErrRange for an alpha that is not finite.
func (f *Facet) GE(alpha float64) (float64, error) {
	const fn = "bias.Facet.GE"
	if err := f.needPrediction(fn); err != nil {
		return 0, err
	}
	if alpha*0 != 0 {
		return 0, fmt.Errorf("%s: alpha: need a finite number, have %v: %w", fn, alpha, mlgauge.ErrRange)
	}
	var w [3]float64
	for side := range 2 {
		tp, fp, fn, tn := f.confusion(side)
		w[0] += fn
		w[1] += tp + tn
		w[2] += fp
	}
	return entropy(fn, alpha, []float64{0, 1, 2}, w[:])
}

// entropy returns GE(alpha) of the benefits b with weights w.
func entropy(fn string, alpha float64, b, w []float64) (float64, error) {
	var n, total float64
	for i, v := range b {
		n += w[i]
		total += w[i] * v
	}
	if n == 0 {
		return 0, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	mean := total / n
	if mean == 0 {
		return 0, fmt.Errorf("%s: need a benefit above 0 (a prediction that is not a false negative), have none: %w", fn, mlgauge.ErrUndefined)
	}
	var s float64
	for i, v := range b {
		if w[i] == 0 {
			continue
		}
		r := v / mean
		switch alpha {
		case 0:
			s -= w[i] * math.Log(r)
		case 1:
			if r > 0 {
				s += w[i] * r * math.Log(r)
			}
		default:
			// r - 1 sums to 0; without it nothing is left of small values.
			d := math.Pow(r, alpha) - 1 - alpha*(r-1)
			if alpha == 2 {
				d = (r - 1) * (r - 1)
			}
			s += w[i] * d / (alpha * (alpha - 1))
		}
	}
	return s / n, nil
}
