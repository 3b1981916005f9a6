package metrics

import (
	"math"
	"slices"
)

// A DETCurve is the false negative rate against the false positive rate; the
// false positive rate falls and the thresholds rise along it.
type DETCurve struct {
	FPR, FNR, Threshold []float64
}

// DET returns the detection error trade-off curve:
//
//	FNR = FN / (TP + FN),  FPR = FP / (FP + TN)
//
// from the lowest threshold at which no positive is missed to the last point
// without false positives, which may have threshold +Inf. DropIntermediate
// leaves out points whose TP differs from neither neighbour's; AllPoints is the
// default of scikit-learn.
//
// One class only wraps mlgauge.ErrUndefined, no rows mlgauge.ErrEmpty, an
// unknown option mlgauge.ErrRange.
//
// Source: scikit-learn 1.9, det_curve.
func (t *Thresholds) DET(points Points) (DETCurve, error) {
	const fn = "metrics.Thresholds.DET"
	if err := points.check(fn); err != nil {
		return DETCurve{}, err
	}
	if err := t.need(fn, true, true); err != nil {
		return DETCurve{}, err
	}
	p, q := t.classes()
	// Point 0 is +Inf, point i > 0 is row i-1 of the table.
	at := func(i int) (tp, fp, threshold float64) {
		if i == 0 {
			return 0, 0, math.Inf(1)
		}
		return t.TP[i-1], t.FP[i-1], t.Threshold[i-1]
	}
	n := len(t.TP) + 1
	first := 0
	var c DETCurve
	keep := make([]int, 0, n)
	for i := range n {
		if points == DropIntermediate && i > 0 && i < n-1 && n > 2 {
			before, _, _ := at(i - 1)
			here, _, _ := at(i)
			after, _, _ := at(i + 1)
			if before == here && here == after {
				continue
			}
		}
		keep = append(keep, i)
	}
	last := len(keep) - 1
	for i, k := range keep {
		tp, fp, _ := at(k)
		if fp == 0 {
			first = i
		}
		if tp == p && i < last {
			last = i
		}
	}
	for _, k := range keep[min(first, last) : last+1] {
		tp, fp, threshold := at(k)
		c.FPR = append(c.FPR, fp/q)
		c.FNR = append(c.FNR, (p-tp)/p)
		c.Threshold = append(c.Threshold, threshold)
	}
	slices.Reverse(c.FPR)
	slices.Reverse(c.FNR)
	slices.Reverse(c.Threshold)
	return c, nil
}
