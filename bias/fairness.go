package bias

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// The group fairness measures, by Fairlearn's definitions (0.15). The methods that compare
// extreme groups take their differences as max - min and their ratios as min / max;
// Groups.Difference and Groups.Ratio do so with any rate, and hold it to overall as well.

// DemographicParityDifference returns the largest difference of selection rates
// between groups; 0 is parity.
func (g *Groups) DemographicParityDifference() (float64, error) {
	return g.Difference(SelectionRate, BetweenGroups)
}

// DemographicParityRatio returns the smallest selection rate over the largest; 1 is
// parity, and below 0.8 fails the four-fifths rule. It returns ErrUndefined if
// nobody is selected.
func (g *Groups) DemographicParityRatio() (float64, error) {
	return g.Ratio(SelectionRate, BetweenGroups)
}

// An Aggregate joins two measures into one.
type Aggregate int

const (
	// Worst takes the larger difference, or the smaller ratio.
	Worst Aggregate = iota
	// Mean takes the mean of the two.
	Mean
)

// EqualizedOddsDifference returns the larger (or the mean) of the differences of
// TPR and of FPR between groups, or to overall; 0 is equalised odds.
func (g *Groups) EqualizedOddsDifference(how Aggregate, to Comparison) (float64, error) {
	return g.odds(how, to, (*Groups).Difference, math.Max)
}

// EqualizedOddsRatio returns the smaller (or the mean) of the ratios of TPR and of
// FPR between groups, or to overall; 1 is equalised odds. A ratio of 0/0, where no group
// has a positive rate, is left out; Fairlearn 0.15 has NaN for the worst of the two if that
// ratio is the one of TPR.
func (g *Groups) EqualizedOddsRatio(how Aggregate, to Comparison) (float64, error) {
	return g.odds(how, to, (*Groups).Ratio, math.Min)
}

func (g *Groups) odds(how Aggregate, to Comparison, compare func(*Groups, Rate, Comparison) (float64, error), worst func(a, b float64) float64) (float64, error) {
	if how != Worst && how != Mean {
		return 0, check.Option("bias.Groups.EqualizedOdds", "how", int(how))
	}
	t, errT := compare(g, TPR, to)
	f, errF := compare(g, FPR, to)
	switch {
	case errT == nil && errF == nil && how == Mean:
		return (t + f) / 2, nil
	case errT == nil && errF == nil:
		return worst(t, f), nil
	case errT == nil:
		return t, nil
	case errF == nil:
		return f, nil
	}
	return 0, errT
}

// EqualOpportunityDifference returns the difference of TPR between groups.
func (g *Groups) EqualOpportunityDifference() (float64, error) {
	return g.Difference(TPR, BetweenGroups)
}

// EqualOpportunityRatio returns the ratio of TPR between groups.
func (g *Groups) EqualOpportunityRatio() (float64, error) { return g.Ratio(TPR, BetweenGroups) }

// PredictiveParityDifference returns the difference of precision between groups.
func (g *Groups) PredictiveParityDifference() (float64, error) {
	return g.Difference(PPV, BetweenGroups)
}

// Homogeneity tests whether a rate is the same in all groups: Pearson's chi-squared
// of the 2 x k table of successes and failures, df = k - 1, pooled over controls by
// summing statistics and degrees. The rate must be a share of rows: successes and
// trials of an outcome table. It returns ErrUndefined if fewer than two groups have
// trials, or the pooled share is 0 or 1.
func (g *Groups) Homogeneity(successes, trials func(tp, fp, tn, fn float64) float64) (statistic, df, p float64, err error) {
	for _, t := range g.tables {
		var x, n float64
		k := 0
		for _, b := range t {
			if m := trials(b.Cells()); m > 0 {
				x += successes(b.Cells())
				n += m
				k++
			}
		}
		if k < 2 || x == 0 || x == n {
			continue
		}
		share := x / n
		for _, b := range t {
			if m := trials(b.Cells()); m > 0 {
				d := successes(b.Cells()) - m*share
				statistic += d * d / (m * share * (1 - share))
			}
		}
		df += float64(k - 1)
	}
	if df == 0 {
		return 0, 0, 0, fmt.Errorf("bias.Groups.Homogeneity: need two groups with trials and a pooled share inside (0, 1): %w", mlgauge.ErrUndefined)
	}
	return statistic, df, distuv.ChiSquared{K: df}.Survival(statistic), nil
}

// Selected and Everyone are the successes and trials of the selection rate,
// for Homogeneity; TruePositives and Positives those of TPR, FalsePositives and
// Negatives those of FPR.
func Selected(tp, fp, tn, fn float64) float64 { return tp + fp }

// Everyone counts all rows.
func Everyone(tp, fp, tn, fn float64) float64 { return tp + fp + tn + fn }

// TruePositives counts positives predicted right.
func TruePositives(tp, fp, tn, fn float64) float64 { return tp }

// Positives counts positive labels.
func Positives(tp, fp, tn, fn float64) float64 { return tp + fn }

// FalsePositives counts negatives predicted wrong.
func FalsePositives(tp, fp, tn, fn float64) float64 { return fp }

// Negatives counts negative labels.
func Negatives(tp, fp, tn, fn float64) float64 { return fp + tn }

// The measures of AIF360 (0.6.1) count unprivileged less privileged, the opposite
// sign of Clarify's differences.

// AverageOddsDifference returns
//
//	1/2 ((FPRd - FPRa) + (TPRd - TPRa))
func (f *Facet) AverageOddsDifference() (float64, error) {
	return f.after("AverageOddsDifference", sideD, sideA, func(tp, fp, fn, tn float64) float64 {
		return (ratio(fp, fp+tn) + ratio(tp, tp+fn)) / 2
	})
}

// AverageAbsOddsDifference returns
//
//	1/2 (|FPRd - FPRa| + |TPRd - TPRa|)
func (f *Facet) AverageAbsOddsDifference() (float64, error) {
	r, err := f.RD()
	if err != nil {
		return 0, err
	}
	s, err := f.SD()
	if err != nil {
		return 0, err
	}
	return (math.Abs(r) + math.Abs(s)) / 2, nil
}

// Theil returns the Theil index of the benefits, GE(1).
func (f *Facet) Theil() (float64, error) { return f.GE(1) }

// CoefficientOfVariation returns the coefficient of variation of the benefits,
//
//	sqrt(2 GE(2)) = standard deviation / mean
func (f *Facet) CoefficientOfVariation() (float64, error) {
	v, err := f.GE(2)
	return math.Sqrt(2 * v), err
}

// MulticlassParity returns, for every label value, the largest difference between
// groups of its share among the predictions (among the labels, without
// predictions): demographic parity for more than two classes. Counts.Interval gives its
// interval.
func (c *Counts) MulticlassParity() (map[string]float64, error) {
	const fn = "bias.Counts.MulticlassParity"
	if err := check.NotEmpty(fn, "the table", int(c.rows)); err != nil {
		return nil, err
	}
	axis := axisLabel
	if c.has[axisPrediction] {
		axis = axisPrediction
	}
	out := make(map[string]float64)
	n := make([]float64, len(c.values[axisFacet]))
	counts := make([][]float64, len(c.values[axis]))
	for i := range counts {
		counts[i] = make([]float64, len(n))
	}
	for _, k := range sortedKeys(c.cells) {
		n[k[axisFacet]] += c.cells[k].w
		counts[k[axis]][k[axisFacet]] += c.cells[k].w
	}
	for v, row := range counts {
		lo, hi := math.Inf(1), math.Inf(-1)
		for g, x := range row {
			if n[g] > 0 {
				lo, hi = math.Min(lo, x/n[g]), math.Max(hi, x/n[g])
			}
		}
		out[c.values[axis][v]] = hi - lo
	}
	return out, nil
}

// Exposure returns, for every group of a ranked list, its share of the exposure over
// its share of the items,
//
//	exposure of an item at rank i = 1 / log2(1 + i)
//
// 1 is proportional exposure. score ranks the items, the largest first; tied scores
// share the mean exposure of their ranks. Items that miss a group are ranked but
// belong to none. It returns ErrLength, ErrEmpty, ErrNotFinite, and ErrRange for a code
// outside the column's values. Source: Singh and
// Joachims (2018).
func Exposure(group Column, score []float64) (map[string]float64, error) {
	const fn = "bias.Exposure"
	if err := check.Pair(fn, "group", len(group.Codes), "score", len(score)); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "score", score); err != nil {
		return nil, err
	}
	if err := codesIn(fn, "group", group); err != nil {
		return nil, err
	}
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return score[order[a]] > score[order[b]] })
	each := make([]float64, len(score))
	var total float64
	for i := 0; i < len(order); {
		j, sum := i, 0.0
		for j < len(order) && score[order[j]] == score[order[i]] {
			sum += 1 / math.Log2(float64(j)+2)
			j++
		}
		for k := i; k < j; k++ {
			each[order[k]] = sum / float64(j-i)
		}
		total += sum
		i = j
	}
	got, items := make([]float64, len(group.Values)), make([]float64, len(group.Values))
	for i, g := range group.Codes {
		if g >= 0 {
			got[g] += each[i]
			items[g]++
		}
	}
	out := make(map[string]float64)
	for g, name := range group.Values {
		if items[g] > 0 {
			out[name] = (got[g] / total) / (items[g] / float64(len(score)))
		}
	}
	return out, nil
}

// CalibrationByGroup returns the calibration of probabilities within each group,
// by name: hold their ECE and curves against one another. Rows that miss a group
// are left out. It returns ErrLength, ErrEmpty, ErrNotFinite and ErrRange for bad
// probabilities and codes.
func CalibrationByGroup(group Column, yTrue []bool, p []float64, bins int) (map[string]*metrics.Calibration, error) {
	const fn = "bias.CalibrationByGroup"
	if err := check.Pair(fn, "group", len(group.Codes), "yTrue", len(yTrue)); err != nil {
		return nil, err
	}
	if err := check.Length(fn, "p", len(yTrue), len(p)); err != nil {
		return nil, err
	}
	if err := codesIn(fn, "group", group); err != nil {
		return nil, err
	}
	y, q := make([][]bool, len(group.Values)), make([][]float64, len(group.Values))
	for i, g := range group.Codes {
		if g >= 0 {
			y[g], q[g] = append(y[g], yTrue[i]), append(q[g], p[i])
		}
	}
	out := make(map[string]*metrics.Calibration)
	for g, name := range group.Values {
		if len(y[g]) == 0 {
			continue
		}
		c := &metrics.Calibration{Bins: bins}
		if err := c.Add(y[g], q[g]); err != nil {
			return nil, fmt.Errorf("%s: group %q: %w", fn, name, err)
		}
		out[name] = c
	}
	return out, nil
}
