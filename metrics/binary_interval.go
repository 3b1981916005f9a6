package metrics

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
)

// The rates of a table with what they were counted from. Value gives the rate,
// Interval its confidence interval:
//
//	iv, err := b.PrecisionRate().Interval(metrics.Wilson, 0.95)
//
// Each is undefined (mlgauge.ErrUndefined from Value and Interval) when nothing
// was tried.

// AccuracyRate returns TP + TN of all rows.
func (b Binary) AccuracyRate() Rate {
	tp, fp, tn, fn := b.Cells()
	return share(tp+tn, fp+fn)
}

// PrecisionRate returns TP of TP + FP.
func (b Binary) PrecisionRate() Rate { tp, fp, _, _ := b.Cells(); return share(tp, fp) }

// RecallRate returns TP of TP + FN.
func (b Binary) RecallRate() Rate { tp, _, _, fn := b.Cells(); return share(tp, fn) }

// SpecificityRate returns TN of TN + FP.
func (b Binary) SpecificityRate() Rate { _, fp, tn, _ := b.Cells(); return share(tn, fp) }

// NPVRate returns TN of TN + FN.
func (b Binary) NPVRate() Rate { _, _, tn, fn := b.Cells(); return share(tn, fn) }

// FPRRate returns FP of FP + TN.
func (b Binary) FPRRate() Rate { _, fp, tn, _ := b.Cells(); return share(fp, tn) }

// FNRRate returns FN of FN + TP.
func (b Binary) FNRRate() Rate { tp, _, _, fn := b.Cells(); return share(fn, tp) }

// FDRRate returns FP of FP + TP.
func (b Binary) FDRRate() Rate { tp, fp, _, _ := b.Cells(); return share(fp, tp) }

// FORRate returns FN of FN + TN.
func (b Binary) FORRate() Rate { _, _, tn, fn := b.Cells(); return share(fn, tn) }

// PrevalenceRate returns TP + FN of all rows.
func (b Binary) PrevalenceRate() Rate {
	tp, fp, tn, fn := b.Cells()
	return share(tp+fn, fp+tn)
}

// SelectionRate returns TP + FP of all rows.
func (b Binary) SelectionRate() Rate {
	tp, fp, tn, fn := b.Cells()
	return share(tp+fp, tn+fn)
}

// JaccardRate returns TP of TP + FP + FN.
func (b Binary) JaccardRate() Rate { tp, fp, _, fn := b.Cells(); return share(tp, fp+fn) }

func share(hits, misses float64) Rate { return Rate{Hits: hits, Trials: hits + misses} }

// F1Interval returns F1 with its confidence interval: F1 rises with the Jaccard
// index J, which is a proportion, so the interval of J carries over.
//
//	F1 = 2 J / (1 + J)
//
// Errors: those of Rate.Interval; mlgauge.ErrUndefined when there are neither
// positives nor predicted positives. Source: the identity is that of Hand,
// Christen and Kirielle, Machine Learning 110 (2021) 451.
func (b Binary) F1Interval(method RateMethod, level float64) (Interval, error) {
	iv, err := b.JaccardRate().Interval(method, level)
	if err != nil {
		return Interval{}, err
	}
	f := func(j float64) float64 { return 2 * j / (1 + j) }
	return Interval{Value: f(iv.Value), Low: f(iv.Low), High: f(iv.High), Level: level}, nil
}

// FBetaInterval returns FBeta with its large-sample confidence interval (delta
// method, cut to [0, 1]; of width 0 when FBeta is 0 or 1). Errors: those of
// FBeta, mlgauge.ErrRange for a level outside (0, 1).
func (b Binary) FBetaInterval(beta, level float64) (Interval, error) {
	c, err := b.confusion("metrics.Binary.FBetaInterval")
	if err != nil {
		return Interval{}, err
	}
	c.Labels = []uint8{1}
	return c.FBetaInterval(Macro, beta, level)
}

// BalancedAccuracyInterval returns BalancedAccuracy with its large-sample
// confidence interval; see Confusion.BalancedAccuracyInterval.
func (b Binary) BalancedAccuracyInterval(level float64) (Interval, error) {
	c, err := b.confusion("metrics.Binary.BalancedAccuracyInterval")
	if err != nil {
		return Interval{}, err
	}
	return c.BalancedAccuracyInterval(level)
}

// MCCInterval returns MCC with its large-sample confidence interval; see
// Confusion.MCCInterval.
func (b Binary) MCCInterval(level float64) (Interval, error) {
	c, err := b.confusion("metrics.Binary.MCCInterval")
	if err != nil {
		return Interval{}, err
	}
	return c.MCCInterval(level)
}

// KappaInterval returns Kappa with its large-sample confidence interval; see
// Confusion.KappaInterval.
func (b Binary) KappaInterval(level float64) (Interval, error) {
	c, err := b.confusion("metrics.Binary.KappaInterval")
	if err != nil {
		return Interval{}, err
	}
	return c.KappaInterval(KappaUnweighted, level)
}

// confusion returns the table as counts of the classes 0 and 1.
func (b *Binary) confusion(fn string) (*Confusion[uint8], error) {
	if _, err := b.quad(fn); err != nil {
		return nil, err
	}
	c := &Confusion[uint8]{ZeroDivision: b.ZeroDivision, weightedRows: b.WeightedRows}
	c.moveRun(0, 2)
	c.zero = []bool{true, true}
	for _, e := range [...]struct {
		i, j int
		c    tally
	}{
		{0, 0, tally{b.TN, b.WeightTN}}, {0, 1, tally{b.FP, b.WeightFP}},
		{1, 0, tally{b.FN, b.WeightFN}}, {1, 1, tally{b.TP, b.WeightTP}},
	} {
		c.table.add(e.i, e.j, e.c)
		c.total.plus(e.c)
	}
	return c, nil
}

// PositiveLikelihoodRatioInterval returns PositiveLikelihoodRatio with its
// confidence interval on the log scale.
//
//	exp(ln LR+ +- z sqrt(1/TP - 1/(TP+FN) + 1/FP - 1/(FP+TN)))
//
// It is undefined (mlgauge.ErrUndefined) without true or without false
// positives. Source: Simel, Samsa and Matchar, Journal of Clinical Epidemiology
// 44 (1991) 763.
func (b Binary) PositiveLikelihoodRatioInterval(level float64) (Interval, error) {
	return b.logInterval("metrics.Binary.PositiveLikelihoodRatioInterval", level, Binary.PositiveLikelihoodRatio,
		func(tp, fp, tn, fn float64) float64 { return fn/tp/(tp+fn) + tn/fp/(fp+tn) })
}

// NegativeLikelihoodRatioInterval returns NegativeLikelihoodRatio with its
// confidence interval on the log scale.
//
//	exp(ln LR- +- z sqrt(1/FN - 1/(TP+FN) + 1/TN - 1/(FP+TN)))
//
// It is undefined (mlgauge.ErrUndefined) without false or without true
// negatives. Source: as PositiveLikelihoodRatioInterval.
func (b Binary) NegativeLikelihoodRatioInterval(level float64) (Interval, error) {
	return b.logInterval("metrics.Binary.NegativeLikelihoodRatioInterval", level, Binary.NegativeLikelihoodRatio,
		func(tp, fp, tn, fn float64) float64 { return tp/fn/(tp+fn) + fp/tn/(fp+tn) })
}

// DiagnosticOddsRatioInterval returns DiagnosticOddsRatio with its confidence
// interval on the log scale.
//
//	exp(ln DOR +- z sqrt(1/TP + 1/FP + 1/TN + 1/FN))
//
// It is undefined (mlgauge.ErrUndefined) when a cell is empty.
func (b Binary) DiagnosticOddsRatioInterval(level float64) (Interval, error) {
	return b.logInterval("metrics.Binary.DiagnosticOddsRatioInterval", level, Binary.DiagnosticOddsRatio,
		func(tp, fp, tn, fn float64) float64 { return 1/tp + 1/fp + 1/tn + 1/fn })
}

func (b *Binary) logInterval(fn string, level float64, of func(Binary) (float64, error), variance func(tp, fp, tn, fn float64) float64) (Interval, error) {
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	value, err := of(*b)
	if err != nil {
		return Interval{}, err
	}
	factor := math.Exp(normalQuantile(level) * math.Sqrt(variance(b.Cells())))
	if value == 0 || math.IsInf(factor, 1) || math.IsNaN(factor) {
		_, err := undefined(fn, "counts above 0")
		return Interval{}, err
	}
	return Interval{Value: value, Low: value / factor, High: value * factor, Level: level}, nil
}

// InformednessInterval returns Informedness with its large-sample confidence
// interval, cut to [-1, 1]: recall and specificity are independent proportions.
//
//	J +- z sqrt(r(1-r)/(TP+FN) + s(1-s)/(TN+FP))
//
// Errors: those of Informedness, mlgauge.ErrRange for a level outside (0, 1).
func (b Binary) InformednessInterval(level float64) (Interval, error) {
	const fn = "metrics.Binary.InformednessInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	j, err := b.Informedness()
	if err != nil {
		return Interval{}, err
	}
	tp, fp, tn, missed := b.Cells()
	p, n := tp+missed, tn+fp
	return wald(j, tp/p*(missed/p)/p+tn/n*(fp/n)/n, level, -1, 1), nil
}
