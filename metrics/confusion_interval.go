package metrics

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
)

// The intervals of this file are large-sample ones by the delta method. A score
// that depends on shares of the counts only, with the rows a multinomial
// sample, has the variance
//
//	sum_ij c_ij (d score / d c_ij)^2
//
// and the interval score +- z sqrt(variance), cut to the range of the score.
// When every row agrees (a score of exactly 1) the variance is 0 and so is the
// width; the intervals of Rate do not have that flaw.

// wald makes the interval, cut to [lo, hi].
func wald(value, variance, level, lo, hi float64) Interval {
	half := normalQuantile(level) * math.Sqrt(variance)
	return Interval{Value: value, Low: max(value-half, lo), High: min(value+half, hi), Level: level}
}

// PrecisionInterval returns Precision(avg) with its large-sample confidence
// interval (delta method on multinomial counts, cut to [0, 1]; of width 0 when
// every row agrees). Errors: those of Precision; mlgauge.ErrRange for a level
// outside (0, 1). Source: Takahashi et al., Applied Intelligence 52 (2022) 4961.
func (c *Confusion[L]) PrecisionInterval(avg Average, level float64) (Interval, error) {
	return c.formInterval("metrics.Confusion.PrecisionInterval", avg, precisionForm, level)
}

// RecallInterval is PrecisionInterval for Recall.
func (c *Confusion[L]) RecallInterval(avg Average, level float64) (Interval, error) {
	return c.formInterval("metrics.Confusion.RecallInterval", avg, recallForm, level)
}

// F1Interval is PrecisionInterval for F1.
func (c *Confusion[L]) F1Interval(avg Average, level float64) (Interval, error) {
	const fn = "metrics.Confusion.F1Interval"
	f, err := fForm(fn, 1)
	if err != nil {
		return Interval{}, err
	}
	return c.formInterval(fn, avg, f, level)
}

// FBetaInterval is PrecisionInterval for FBeta.
func (c *Confusion[L]) FBetaInterval(avg Average, beta, level float64) (Interval, error) {
	const fn = "metrics.Confusion.FBetaInterval"
	f, err := fForm(fn, beta)
	if err != nil {
		return Interval{}, err
	}
	return c.formInterval(fn, avg, f, level)
}

// JaccardInterval is PrecisionInterval for Jaccard.
func (c *Confusion[L]) JaccardInterval(avg Average, level float64) (Interval, error) {
	return c.formInterval("metrics.Confusion.JaccardInterval", avg, jaccardForm, level)
}

// partials are what the derivatives of one class's score are made of. With
// score = a hit/D and D = u truth + v pred + w hit:
//
//	d score = own d hit - row d truth - col d pred
type partials struct {
	score, own, row, col float64
	weight               float64 // share of the class in the average
}

func (f form) partials(hit, truth, pred float64) partials {
	d := f.u*truth + f.v*pred + f.w*hit
	if d <= 0 {
		return partials{score: math.NaN()}
	}
	s := f.a * hit / d
	return partials{score: s, own: (f.a - s*f.w) / d, row: s * f.u / d, col: s * f.v / d}
}

func (c *Confusion[L]) formInterval(fn string, avg Average, f form, level float64) (Interval, error) {
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	value, err := c.averaged(fn, avg, func(b Binary) (float64, error) { return b.rate(fn, f.need, f.ratio) })
	if err != nil {
		return Interval{}, err
	}
	v, err := c.view(fn)
	if err != nil {
		return Interval{}, err
	}
	n := v.m.total.value()
	// By code; a class that is not asked for has weight 0 and no part in it.
	parts := make([]partials, c.table.side)
	asked := make([]bool, c.table.side)
	var hits, truths, preds float64
	for _, k := range v.codes {
		if k >= 0 {
			asked[k] = true
			parts[k] = f.partials(v.m.hit[k].value()/n, v.m.truth[k].value()/n, v.m.pred[k].value()/n)
			hits += v.m.hit[k].value() / n
			truths += v.m.truth[k].value() / n
			preds += v.m.pred[k].value() / n
		}
	}
	if avg == Micro {
		p := f.partials(hits, truths, preds)
		for k := range parts {
			if asked[k] {
				parts[k] = p
				parts[k].weight = 1
			}
		}
	} else {
		truths = c.shares(&v, avg, n, parts)
	}
	var variance float64
	c.table.each(func(i, j int, e tally) {
		g := -parts[i].weight*parts[i].row - parts[j].weight*parts[j].col
		if i == j {
			g += parts[i].weight * parts[i].own
		}
		if avg == Weighted && asked[i] && truths > 0 && !math.IsNaN(parts[i].score) {
			// The weight of a class grows with its rows.
			g += (parts[i].score - value) / truths
		}
		variance += e.value() / n * g * g
	})
	return wald(value, variance/n, level, 0, 1), nil
}

// shares sets the weight of each class in the average, and returns the share of
// the rows that are of one of them. A class without a score stands at the
// constant of ZeroDivision, with derivatives of 0; NaN leaves the average.
func (c *Confusion[L]) shares(v *view, avg Average, n float64, parts []partials) (truths float64) {
	members := 0.0
	for _, k := range v.codes {
		if c.ZeroDivision == ZeroDivisionNaN && (k < 0 || math.IsNaN(parts[k].score)) {
			continue
		}
		members++
		if k >= 0 {
			truths += v.m.truth[k].value() / n
		}
	}
	for _, k := range v.codes {
		if k < 0 {
			continue
		}
		p := &parts[k]
		if math.IsNaN(p.score) {
			switch c.ZeroDivision {
			case ZeroDivisionNaN:
				continue
			case ZeroDivisionOne:
				p.score = 1
			default:
				p.score = 0
			}
		}
		p.weight = 1 / members
		if avg == Weighted && truths > 0 {
			p.weight = v.m.truth[k].value() / n / truths
		}
	}
	return truths
}

// BalancedAccuracyInterval returns BalancedAccuracy with its large-sample
// confidence interval, cut to [0, 1]: the recalls of the K classes are
// independent proportions r_k of t_k rows, so
//
//	variance = sum_k r_k (1 - r_k) / t_k / K^2
//
// Errors: those of BalancedAccuracy; mlgauge.ErrRange for a level outside
// (0, 1).
func (c *Confusion[L]) BalancedAccuracyInterval(level float64) (Interval, error) {
	const fn = "metrics.Confusion.BalancedAccuracyInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	score, k, err := c.balanced(fn)
	if err != nil {
		return Interval{}, err
	}
	m := c.table.margins()
	var variance float64
	for i, t := range m.truth {
		if n := t.value(); n > 0 {
			r := m.hit[i].value() / n
			variance += r * (1 - r) / n
		}
	}
	return wald(score, max(variance, 0)/float64(k*k), level, 0, 1), nil
}

// MCCInterval returns MCC with its large-sample confidence interval (delta
// method on multinomial counts, cut to [-1, 1]; of width 0 when every row
// agrees). It is undefined (mlgauge.ErrUndefined) where MCC is 0 by convention
// because truth or prediction is constant. Errors: those of MCC;
// mlgauge.ErrRange for a level outside (0, 1).
func (c *Confusion[L]) MCCInterval(level float64) (Interval, error) {
	const fn = "metrics.Confusion.MCCInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	v, err := c.everything(fn)
	if err != nil {
		return Interval{}, err
	}
	n := v.m.total.value()
	hit, truth, pred := make([]float64, c.table.side), make([]float64, c.table.side), make([]float64, c.table.side)
	var hits float64
	for k := range hit {
		hit[k], truth[k], pred[k] = v.m.hit[k].value()/n, v.m.truth[k].value()/n, v.m.pred[k].value()/n
		hits += hit[k]
	}
	x, y, z := mccParts(hit, truth, pred, 1)
	if y == 0 || z == 0 {
		_, err := undefined(fn, "two classes in the truth and in the prediction")
		return Interval{}, err
	}
	root := math.Sqrt(y) * math.Sqrt(z)
	r := x / root
	var variance float64
	c.table.each(func(i, j int, e tally) {
		dx := hits - pred[i] - truth[j]
		if i == j {
			dx++
		}
		g := dx/root - r*((1-pred[j])/y+(1-truth[i])/z)
		variance += e.value() / n * g * g
	})
	return wald(r, variance/n, level, -1, 1), nil
}

// KappaInterval returns Kappa with its large-sample confidence interval (delta
// method on multinomial counts, cut to [-1, 1]; of width 0 when every row
// agrees). Errors: those of Kappa; mlgauge.ErrRange for a level outside (0, 1).
//
// Source: Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969) 323.
func (c *Confusion[L]) KappaInterval(weights KappaWeights, level float64) (Interval, error) {
	const fn = "metrics.Confusion.KappaInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	seen, expected, err := c.kappaParts(fn, weights)
	if err != nil {
		return Interval{}, err
	}
	v, err := c.view(fn)
	if err != nil {
		return Interval{}, err
	}
	k := len(v.codes)
	truth, pred := make([]float64, k), make([]float64, k)
	var n float64
	c.inside(&v, func(i, j int, e tally) { n += e.value() })
	c.inside(&v, func(i, j int, e tally) {
		truth[i] += e.value() / n
		pred[j] += e.value() / n
	})
	// Mean weight of a row of each true class against the predictions, and of
	// each predicted class against the truth.
	row, col := make([]float64, k), make([]float64, k)
	for i := range k {
		for j := range k {
			w := weights.of(i, j)
			row[i] += w * pred[j]
			col[j] += w * truth[i]
		}
	}
	var a, b float64
	c.inside(&v, func(i, j int, e tally) { a += e.value() / n * weights.of(i, j) })
	for i := range k {
		b += truth[i] * row[i]
	}
	var variance float64
	c.inside(&v, func(i, j int, e tally) {
		g := (a*(row[i]+col[j]) - (weights.of(i, j)+a)*b) / (b * b)
		variance += e.value() / n * g * g
	})
	return wald(1-seen/expected, variance/n, level, -1, 1), nil
}
