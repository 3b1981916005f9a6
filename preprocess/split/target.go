package split

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// A FeatureScore tells how much one feature alone says of the target. A feature
// that says nearly everything is more often a leak (the target under another
// name, or something known only afterwards) than a discovery.
type FeatureScore struct {
	Feature int     // column
	Value   float64 // score of its values, over the rows where it is not missing
	Missing float64 // score of whether it is missing; that of no information if no row is, or all are
}

// Above returns the columns of which either score is at least the threshold.
func Above(scores []FeatureScore, threshold float64) []int {
	var out []int
	for _, s := range scores {
		if s.Value >= threshold || s.Missing >= threshold {
			out = append(out, s.Feature)
		}
	}
	return out
}

// TargetAUC returns, for each column of x, the area under the ROC curve of the
// column as a score for the positive class, in whichever direction is better:
//
//	max(AUC, 1 - AUC)
//
// It is 0.5 without information (as for a constant column) and 1 if a single
// threshold parts the classes. NaN is missing.
//
// Errors: ErrEmpty, ErrLength, ErrUndefined if y holds one class, ErrNotFinite
// for infinite values. A column whose values all belong to one class has the
// Value 0.5.
func TargetAUC(x mat.Matrix, y []bool) ([]FeatureScore, error) {
	const fn = "split.TargetAUC"
	positive := 0
	for _, v := range y {
		if v {
			positive++
		}
	}
	if err := checkTarget(fn, x, len(y)); err != nil {
		return nil, err
	}
	if positive == 0 || positive == len(y) {
		return nil, fmt.Errorf("%s: y: need both classes, have one: %w", fn, mlgauge.ErrUndefined)
	}
	labels := make([]bool, 0, len(y))
	auc := func(values []float64, rows []int) float64 {
		labels = labels[:0]
		for _, r := range rows {
			labels = append(labels, y[r])
		}
		a, err := metrics.AUC(labels, values)
		if err != nil { // no values, or those of one class
			return 0.5
		}
		return max(a, 1-a)
	}
	return scoreFeatures(fn, x, auc)
}

// TargetR2 returns, for each column of x, the share of the variance of y that a
// straight line through the column explains: the squared Pearson correlation. It
// is 0 without information (as for a constant column) and 1 if y is a linear
// function of the column. NaN in x is missing.
//
// Errors: ErrEmpty, ErrLength, ErrNotFinite for NaN or infinities in y and
// infinities in x, ErrUndefined if y is constant.
func TargetR2(x mat.Matrix, y []float64) ([]FeatureScore, error) {
	const fn = "split.TargetR2"
	if err := checkTarget(fn, x, len(y)); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return nil, err
	}
	constant := true
	for _, v := range y {
		constant = constant && v == y[0]
	}
	if constant {
		return nil, fmt.Errorf("%s: y: need values that differ, have %v throughout: %w", fn, y[0], mlgauge.ErrUndefined)
	}
	of := make([]float64, 0, len(y))
	r2 := func(values []float64, rows []int) float64 {
		of = of[:0]
		for _, r := range rows {
			of = append(of, y[r])
		}
		if len(values) < 2 {
			return 0
		}
		// scaled by their largest magnitudes, so that squares do not overflow
		c := stat.Correlation(scaled(values), scaled(of), nil)
		if math.IsNaN(c) { // one of them is constant
			return 0
		}
		return min(c*c, 1)
	}
	return scoreFeatures(fn, x, r2)
}

func scaled(x []float64) []float64 {
	var m float64
	for _, v := range x {
		m = max(m, math.Abs(v))
	}
	out := make([]float64, len(x))
	for i, v := range x {
		if m > 0 {
			out[i] = v / m
		}
	}
	return out
}

// TargetMutualInfo returns, for each column of x, the normalised mutual
// information of the column, as classes, and the labels y:
//
//	I(x; y) / ((H(x) + H(y)) / 2)
//
// It is 0 without information and 1 if each determines the other. A column with
// more than the given number of distinct values is cut into that many bins of
// equal frequency; 0 stands for 10 bins. NaN is missing.
//
// Errors: ErrEmpty, ErrLength, ErrNotFinite for infinite values and NaN labels,
// ErrUndefined if y holds one class, ErrRange for bins of 1 or below 0.
//
// Source: scikit-learn 1.9.1, normalized_mutual_info_score (arithmetic mean).
func TargetMutualInfo(x mat.Matrix, y Labels, bins int) ([]FeatureScore, error) {
	const fn = "split.TargetMutualInfo"
	if err := checkTarget(fn, x, y.Len()); err != nil {
		return nil, err
	}
	if y.bad > 0 {
		return nil, fmt.Errorf("%s: y: need labels that are not NaN, have NaN at index %d: %w", fn, y.bad-1, mlgauge.ErrNotFinite)
	}
	bins = orDefault(bins, 10)
	if err := check.AtLeast(fn, "bins", bins, 2); err != nil {
		return nil, err
	}
	if y.classes < 2 {
		return nil, fmt.Errorf("%s: y: need at least two classes, have one: %w", fn, mlgauge.ErrUndefined)
	}
	nmi := func(values []float64, rows []int) float64 {
		if len(values) == 0 {
			return 0
		}
		l := By(values)
		if l.classes > bins {
			// finite and not empty: no error
			l, _ = Quantiles(values, bins)
		}
		return normalisedMI(l, y.subset(rows))
	}
	return scoreFeatures(fn, x, nmi)
}

func normalisedMI(a, b Labels) float64 {
	if a.classes < 2 || b.classes < 2 {
		return 0
	}
	n := float64(len(a.codes))
	joint := make([]float64, a.classes*b.classes)
	for i, c := range a.codes {
		joint[c*b.classes+b.codes[i]]++
	}
	ca, cb := a.counts(), b.counts()
	entropy := func(counts []int) (h float64) {
		for _, c := range counts {
			if c > 0 {
				h -= float64(c) / n * math.Log(float64(c)/n)
			}
		}
		return h
	}
	var mi float64
	for i, c := range joint {
		if c > 0 {
			mi += c / n * math.Log(c*n/(float64(ca[i/b.classes])*float64(cb[i%b.classes])))
		}
	}
	return min(max(mi/((entropy(ca)+entropy(cb))/2), 0), 1)
}

func checkTarget(fn string, x mat.Matrix, n int) error {
	if x == nil {
		return check.NotEmpty(fn, "x", 0)
	}
	rows, cols := x.Dims()
	if err := check.NotEmpty(fn, "x", min(rows, cols)); err != nil {
		return err
	}
	return check.Length(fn, "y", rows, n)
}

// scoreFeatures applies a score to the values that each column has, and to
// whether it has them.
func scoreFeatures(fn string, x mat.Matrix, score func(values []float64, rows []int) float64) ([]FeatureScore, error) {
	n, cols := x.Dims()
	out := make([]FeatureScore, cols)
	col := make([]float64, n)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	for j := range out {
		mat.Col(col, j, x)
		values := make([]float64, 0, n)
		rows := make([]int, 0, n)
		for i, v := range col {
			if math.IsInf(v, 0) {
				return nil, fmt.Errorf("%s: x: need finite values or NaN, have %v at row %d, column %d: %w", fn, v, i, j, mlgauge.ErrNotFinite)
			}
			if v == v {
				values, rows = append(values, v), append(rows, i)
				col[i] = 0
			} else {
				col[i] = 1
			}
		}
		out[j] = FeatureScore{Feature: j, Value: score(values, rows), Missing: score(col, all)}
	}
	return out, nil
}
