package metrics

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Multilabel counts predictions of several labels per row: truth and prediction
// are matrices of 0 and 1 with one row per row and one column per label. The
// zero value is empty and ready; the first Add fixes the number of labels.
//
// It holds the two-class table of every label, and how many rows had how many
// labels right, predicted and true, from which every score by label and by row
// follows.
type Multilabel struct {
	// ZeroDivision is what a score is whose denominator is zero.
	ZeroDivision ZeroDivision

	labels []Binary
	rows   map[rowShape]tally
	total  tally

	weightedRows uint64
}

// rowShape is what the scores of one row depend on.
type rowShape struct{ hit, pred, truth int32 }

// Add counts rows. Errors: mlgauge.ErrLength when the shapes differ or the
// number of labels is not that of earlier rows, mlgauge.ErrEmpty,
// mlgauge.ErrNotFinite for NaN, mlgauge.ErrRange for a value other than 0 and 1.
func (m *Multilabel) Add(yTrue, yPred mat.Matrix) error {
	return m.add("metrics.Multilabel.Add", yTrue, yPred, nil)
}

// AddWeighted counts rows with a weight each. Errors: those of Add, and for
// weights mlgauge.ErrLength, mlgauge.ErrNotFinite, mlgauge.ErrRange.
func (m *Multilabel) AddWeighted(yTrue, yPred mat.Matrix, weights []float64) error {
	const fn = "metrics.Multilabel.AddWeighted"
	n, _ := yTrue.Dims()
	if err := check.Weights(fn, "weights", n, weights); err != nil {
		return err
	}
	sum := m.total.weight
	for _, w := range weights {
		sum += w
	}
	if math.IsInf(sum, 0) {
		return fmt.Errorf("%s: weights: need a finite sum, have %v: %w", fn, sum, mlgauge.ErrNotFinite)
	}
	return m.add(fn, yTrue, yPred, weights)
}

func (m *Multilabel) add(fn string, yTrue, yPred mat.Matrix, weights []float64) error {
	if err := sameIndicators(fn, yTrue, "yPred", yPred); err != nil {
		return err
	}
	_, k := yTrue.Dims()
	if len(m.labels) > 0 {
		if err := check.Length(fn, "labels", len(m.labels), k); err != nil {
			return err
		}
	}
	if err := indicators(fn, "yTrue", yTrue); err != nil {
		return err
	}
	if err := indicators(fn, "yPred", yPred); err != nil {
		return err
	}
	if len(m.labels) == 0 {
		m.labels = make([]Binary, k)
		m.rows = make(map[rowShape]tally)
	}
	return eachPair(yTrue, yPred, func(i int, t, p []float64) error {
		one := tally{rows: 1}
		if weights != nil {
			one = tally{weight: weights[i]}
			m.weightedRows++
		}
		var s rowShape
		for j, truth := range t {
			b := &m.labels[j]
			switch {
			case truth == 1 && p[j] == 1:
				b.TP += one.rows
				b.WeightTP += one.weight
				s.hit++
				s.pred++
				s.truth++
			case truth == 1:
				b.FN += one.rows
				b.WeightFN += one.weight
				s.truth++
			case p[j] == 1:
				b.FP += one.rows
				b.WeightFP += one.weight
				s.pred++
			default:
				b.TN += one.rows
				b.WeightTN += one.weight
			}
			if weights != nil {
				b.WeightedRows++
			}
		}
		sum := m.rows[s]
		sum.plus(one)
		m.rows[s] = sum
		m.total.plus(one)
		return nil
	})
}

// sameIndicators checks that two matrices have the same shape and are not
// empty.
func sameIndicators(fn string, a mat.Matrix, name string, b mat.Matrix) error {
	na, ka := a.Dims()
	nb, kb := b.Dims()
	if err := check.Pair(fn, "yTrue", na, name, nb); err != nil {
		return err
	}
	if err := check.Length(fn, name+" columns", ka, kb); err != nil {
		return err
	}
	return check.NotEmpty(fn, "labels", ka)
}

// indicators checks that every value is 0 or 1.
func indicators(fn, arg string, m mat.Matrix) error {
	return eachRow(m, func(i int, row []float64) error {
		for j, v := range row {
			if v != v {
				return fmt.Errorf("%s: %s: need 0 or 1, have NaN at (%d, %d): %w", fn, arg, i, j, mlgauge.ErrNotFinite)
			}
			if v != 0 && v != 1 {
				return fmt.Errorf("%s: %s: need 0 or 1, have %v at (%d, %d): %w", fn, arg, v, i, j, mlgauge.ErrRange)
			}
		}
		return nil
	})
}

// eachPair visits the rows of two matrices of the same shape side by side.
func eachPair(a, b mat.Matrix, do func(i int, ra, rb []float64) error) error {
	_, k := b.Dims()
	d, dense := b.(mat.RawMatrixer)
	row := make([]float64, k)
	return eachRow(a, func(i int, ra []float64) error {
		if dense {
			r := d.RawMatrix()
			return do(i, ra, r.Data[i*r.Stride:i*r.Stride+k])
		}
		for j := range row {
			row[j] = b.At(i, j)
		}
		return do(i, ra, row)
	})
}

// Merge adds the counts of another statistic. Errors: mlgauge.ErrIncompatible
// when the numbers of labels differ, mlgauge.ErrNotFinite when the sum of the
// weights overflows, mlgauge.ErrRange when a count passes 2^64.
func (m *Multilabel) Merge(other *Multilabel) error {
	const fn = "metrics.Multilabel.Merge"
	if len(other.labels) == 0 {
		return nil
	}
	if len(m.labels) > 0 && len(m.labels) != len(other.labels) {
		return fmt.Errorf("%s: labels: need %d, have %d: %w", fn, len(m.labels), len(other.labels), mlgauge.ErrIncompatible)
	}
	if m.total.overflows(other.total) {
		return fmt.Errorf("%s: need counts below 2^64, have more: %w", fn, mlgauge.ErrRange)
	}
	if w := m.total.weight + other.total.weight; math.IsInf(w, 0) {
		return fmt.Errorf("%s: weights: need a finite sum, have %v: %w", fn, w, mlgauge.ErrNotFinite)
	}
	labels := make([]Binary, len(other.labels))
	copy(labels, m.labels)
	for j := range labels {
		if err := labels[j].Merge(&other.labels[j]); err != nil {
			return fmt.Errorf("%s: label %d: %w", fn, j, err)
		}
	}
	rows := maps.Clone(other.rows)
	for s, n := range m.rows {
		n.plus(rows[s])
		rows[s] = n
	}
	m.labels, m.rows = labels, rows
	m.total.plus(other.total)
	m.weightedRows += other.weightedRows
	return nil
}

// Reset empties the statistic and keeps ZeroDivision.
func (m *Multilabel) Reset() { *m = Multilabel{ZeroDivision: m.ZeroDivision} }

// Rows returns the number of rows added, whatever their weights.
func (m *Multilabel) Rows() uint64 { return m.total.rows + m.weightedRows }

// Labels returns the two-class table of every label, as scikit-learn's
// multilabel_confusion_matrix does. Errors: mlgauge.ErrEmpty, mlgauge.ErrRange
// for an unknown ZeroDivision.
func (m *Multilabel) Labels() ([]Binary, error) { return m.tables("metrics.Multilabel.Labels") }

func (m *Multilabel) tables(fn string) ([]Binary, error) {
	if !m.ZeroDivision.valid() {
		return nil, check.Option(fn, "ZeroDivision", int(m.ZeroDivision))
	}
	if m.Rows() == 0 {
		return nil, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	bs := slices.Clone(m.labels)
	for j := range bs {
		bs[j].ZeroDivision = m.ZeroDivision
	}
	return bs, nil
}

// shapes returns the kinds of rows in a fixed order, so that sums of weights
// are the same in every run.
func (m *Multilabel) shapes() []rowShape {
	keys := slices.Collect(maps.Keys(m.rows))
	slices.SortFunc(keys, func(a, b rowShape) int {
		return cmp.Or(cmp.Compare(a.truth, b.truth), cmp.Compare(a.pred, b.pred), cmp.Compare(a.hit, b.hit))
	})
	return keys
}

// Averaged returns a two-class score over the labels (Micro, Macro, Weighted)
// or over the rows (Samples: the score of each row's labels, averaged over the
// rows by their weights); any method of Binary will do. Scores that are NaN
// leave the averages.
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights of the rows
// sum to 0 or no score is left; mlgauge.ErrRange for an unknown average; those
// of the score.
func (m *Multilabel) Averaged(avg Average, of func(Binary) (float64, error)) (float64, error) {
	return m.averaged("metrics.Multilabel.Averaged", avg, of)
}

func (m *Multilabel) averaged(fn string, avg Average, of func(Binary) (float64, error)) (float64, error) {
	if avg < Micro || avg > Samples {
		return math.NaN(), check.Option(fn, "avg", avg)
	}
	bs, err := m.tables(fn)
	if err != nil {
		return math.NaN(), err
	}
	if m.total.value() == 0 {
		return undefined(fn, "a row of positive weight")
	}
	if avg != Samples {
		return average(fn, bs, avg, of)
	}
	shapes := m.shapes()
	scores, weights := make([]float64, len(shapes)), make([]float64, len(shapes))
	for i, s := range shapes {
		b := Binary{TP: uint64(s.hit), FP: uint64(s.pred - s.hit), FN: uint64(s.truth - s.hit), ZeroDivision: m.ZeroDivision}
		b.TN = uint64(len(m.labels)) - b.TP - b.FP - b.FN
		if scores[i], err = of(b); err != nil {
			return math.NaN(), fmt.Errorf("%s: %w", fn, err)
		}
		weights[i] = m.rows[s].value()
	}
	return mean(fn, scores, weights)
}

// Precision returns the precision, averaged; see Averaged.
func (m *Multilabel) Precision(avg Average) (float64, error) {
	return m.averaged("metrics.Multilabel.Precision", avg, Binary.Precision)
}

// Recall returns the recall, averaged; see Averaged.
func (m *Multilabel) Recall(avg Average) (float64, error) {
	return m.averaged("metrics.Multilabel.Recall", avg, Binary.Recall)
}

// F1 returns the F1, averaged; see Averaged.
func (m *Multilabel) F1(avg Average) (float64, error) {
	return m.averaged("metrics.Multilabel.F1", avg, Binary.F1)
}

// FBeta returns the F-measure, averaged; see Averaged.
func (m *Multilabel) FBeta(avg Average, beta float64) (float64, error) {
	return m.averaged("metrics.Multilabel.FBeta", avg, func(b Binary) (float64, error) { return b.FBeta(beta) })
}

// Jaccard returns the Jaccard index, averaged; see Averaged.
func (m *Multilabel) Jaccard(avg Average) (float64, error) {
	return m.averaged("metrics.Multilabel.Jaccard", avg, Binary.Jaccard)
}

// SubsetAccuracy returns the share of rows of which every label is right.
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights sum to 0.
//
// Source: scikit-learn 1.9 accuracy_score on indicator matrices.
func (m *Multilabel) SubsetAccuracy() (float64, error) {
	const fn = "metrics.Multilabel.SubsetAccuracy"
	if _, err := m.tables(fn); err != nil {
		return math.NaN(), err
	}
	r := m.SubsetAccuracyRate()
	if r.Trials == 0 {
		return undefined(fn, "a row of positive weight")
	}
	return r.Hits / r.Trials, nil
}

// SubsetAccuracyRate returns the rows of which every label is right, of all;
// its Interval is the confidence interval of the subset accuracy.
func (m *Multilabel) SubsetAccuracyRate() Rate {
	var hit, miss float64
	for _, s := range m.shapes() {
		if s.hit == s.pred && s.hit == s.truth {
			hit += m.rows[s].value()
		} else {
			miss += m.rows[s].value()
		}
	}
	return Rate{Hits: hit, Trials: hit + miss}
}

// HammingLoss returns the share of single labels that are wrong.
//
//	sum over rows of w (|true| + |pred| - 2 |both|) / (labels sum w)
//
// Errors: those of SubsetAccuracy. Source: scikit-learn 1.9 hamming_loss.
func (m *Multilabel) HammingLoss() (float64, error) {
	const fn = "metrics.Multilabel.HammingLoss"
	if _, err := m.tables(fn); err != nil {
		return math.NaN(), err
	}
	var wrong, all float64
	for _, s := range m.shapes() {
		w := m.rows[s].value()
		wrong += w * (float64(s.truth+s.pred-2*s.hit) / float64(len(m.labels)))
		all += w
	}
	if all == 0 {
		return undefined(fn, "a row of positive weight")
	}
	return wrong / all, nil
}

// Report returns the classification report over the labels. names, if given,
// are one for each label; otherwise labels are numbered from 0.
//
// Errors: those of Averaged; mlgauge.ErrLength when names are not as many as
// labels.
//
// Source: scikit-learn 1.9 classification_report on indicator matrices.
func (m *Multilabel) Report(names ...string) (*Report, error) {
	const fn = "metrics.Multilabel.Report"
	bs, err := m.tables(fn)
	if err != nil {
		return nil, err
	}
	if m.total.value() == 0 {
		_, err := undefined(fn, "a row of positive weight")
		return nil, err
	}
	if names == nil {
		for j := range bs {
			names = append(names, fmt.Sprint(j))
		}
	}
	r := &Report{floats: m.weightedRows > 0}
	if err := r.fill(fn, names, bs); err != nil {
		return nil, err
	}
	if r.Accuracy, err = m.SubsetAccuracy(); err != nil {
		return nil, err
	}
	s := ClassScores[string]{Label: "samples avg", Support: r.Macro.Support}
	for _, e := range [...]struct {
		dst *float64
		of  func(Average) (float64, error)
	}{{&s.Precision, m.Precision}, {&s.Recall, m.Recall}, {&s.F1, m.F1}} {
		x, err := e.of(Samples)
		if err != nil && !(math.IsNaN(x) && m.ZeroDivision == ZeroDivisionNaN) {
			return nil, err
		}
		*e.dst = x
	}
	r.Samples = &s
	return r, nil
}
