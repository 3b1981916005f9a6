package metrics

import (
	"math"
	"sort"

	"github.com/mlgauge/mlgauge/internal/check"
)

// A GainCurve tells what is won by taking the rows of highest score first. Its
// first point is (0, 0).
type GainCurve struct {
	Fraction  []float64 // share of all rows taken
	Gain      []float64 // share of the positives among them: the recall
	Lift      []float64 // Gain / Fraction; at the first point, the lift of the next
	Threshold []float64 // the lowest score taken; +Inf at the first point
}

// Gain returns the cumulative gain and the lift, one point per distinct score:
//
//	fraction = (TP + FP) / n,  gain = TP / (TP + FN),  lift = gain / fraction
//
// No positive row wraps mlgauge.ErrUndefined, no rows mlgauge.ErrEmpty.
func (t *Thresholds) Gain() (GainCurve, error) {
	if err := t.need("metrics.Thresholds.Gain", true, false); err != nil {
		return GainCurve{}, err
	}
	n := len(t.TP) + 1
	c := GainCurve{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
	p, q := t.classes()
	c.Threshold[0] = math.Inf(1)
	for i := range t.TP {
		c.Fraction[i+1] = (t.TP[i] + t.FP[i]) / (p + q)
		c.Gain[i+1] = t.TP[i] / p
		c.Lift[i+1] = c.Gain[i+1] / c.Fraction[i+1]
		c.Threshold[i+1] = t.Threshold[i]
	}
	c.Lift[0] = c.Lift[1]
	return c, nil
}

// gainAt returns the gain of the top fraction of the rows; within a tie the
// positives are spread evenly, which is the mean over all orders of the tie.
func (t *Thresholds) gainAt(fraction float64) float64 {
	p, q := t.classes()
	want := fraction * (p + q)
	i := sort.Search(len(t.TP), func(i int) bool { return t.TP[i]+t.FP[i] >= want })
	if i == len(t.TP) {
		return 1
	}
	var tp, n float64
	if i > 0 {
		tp, n = t.TP[i-1], t.TP[i-1]+t.FP[i-1]
	}
	return (tp + (t.TP[i]-tp)*((want-n)/(t.TP[i]+t.FP[i]-n))) / p
}

// LiftAt returns the lift of the top fraction of the rows, in (0, 1]: how many
// times as many positives they hold as rows taken at random. Rows of equal
// score that straddle the boundary count in proportion.
//
// A fraction outside wraps mlgauge.ErrRange or, if NaN, mlgauge.ErrNotFinite;
// other errors are those of Gain.
func (t *Thresholds) LiftAt(fraction float64) (float64, error) {
	const fn = "metrics.Thresholds.LiftAt"
	if err := check.In(fn, "fraction", fraction, 0x1p-60, 1); err != nil {
		return 0, err
	}
	if err := t.need(fn, true, false); err != nil {
		return 0, err
	}
	return t.gainAt(fraction) / fraction, nil
}

// A LiftRow is one group of a lift table; weights count for rows where rows
// have them.
type LiftRow struct {
	Rows           float64 // in this group
	Positives      float64
	Rate           float64 // Positives / Rows
	Lift           float64 // Rate over the rate of all rows
	Gain           float64 // share of all positives in this group and those before
	CumulativeLift float64 // Gain over the share of rows so far
	KS             float64 // Gain minus the share of negatives so far
}

// LiftTable parts the rows into groups of equal size by decreasing score (10
// gives deciles) and describes each. Rows of equal score that straddle a
// boundary count in proportion, so the table does not depend on their order.
//
// groups below 1 wraps mlgauge.ErrRange, one class only mlgauge.ErrUndefined,
// no rows mlgauge.ErrEmpty.
func (t *Thresholds) LiftTable(groups int) ([]LiftRow, error) {
	const fn = "metrics.Thresholds.LiftTable"
	if err := check.AtLeast(fn, "groups", groups, 1); err != nil {
		return nil, err
	}
	if err := t.need(fn, true, true); err != nil {
		return nil, err
	}
	p, q := t.classes()
	n := p + q
	rows := make([]LiftRow, groups)
	var before float64
	for i := range rows {
		f := float64(i+1) / float64(groups)
		gain := t.gainAt(f)
		size := n / float64(groups)
		positives := (gain - before) * p
		rows[i] = LiftRow{
			Rows: size, Positives: positives, Rate: positives / size, Lift: positives / size / (p / n),
			Gain: gain, CumulativeLift: gain / f, KS: gain - (f*n-gain*p)/q,
		}
		before = gain
	}
	return rows, nil
}

// Gain returns the cumulative gain and lift; see Thresholds.Gain.
func (r *ROC) Gain() (GainCurve, error) {
	t, err := r.s.thresholds("metrics.ROC.Gain")
	if err != nil {
		return GainCurve{}, err
	}
	return t.Gain()
}

// LiftTable returns the lift of groups of equal size; see Thresholds.LiftTable.
func (r *ROC) LiftTable(groups int) ([]LiftRow, error) {
	if err := check.AtLeast("metrics.ROC.LiftTable", "groups", groups, 1); err != nil {
		return nil, err
	}
	t, err := r.s.thresholds("metrics.ROC.LiftTable")
	if err != nil {
		return nil, err
	}
	return t.LiftTable(groups)
}
