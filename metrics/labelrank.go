package metrics

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// LabelRanking sums how well scores rank the true labels of each row above the
// others: truth is a matrix of 0 and 1, scores a matrix of the same shape. The
// zero value is empty and ready.
type LabelRanking struct {
	coverage, precision, loss float64
	weight                    float64
	rows                      uint64
}

// Add adds rows. Errors: mlgauge.ErrLength when the shapes differ,
// mlgauge.ErrEmpty, mlgauge.ErrNotFinite for a truth or a score that is not
// finite, mlgauge.ErrRange for a truth other than 0 and 1.
func (l *LabelRanking) Add(yTrue, scores mat.Matrix) error {
	return l.add("metrics.LabelRanking.Add", yTrue, scores, nil)
}

// AddWeighted adds rows with a weight each. Errors: those of Add, and for
// weights mlgauge.ErrLength, mlgauge.ErrNotFinite, mlgauge.ErrRange.
func (l *LabelRanking) AddWeighted(yTrue, scores mat.Matrix, weights []float64) error {
	const fn = "metrics.LabelRanking.AddWeighted"
	n, _ := yTrue.Dims()
	if err := check.Weights(fn, "weights", n, weights); err != nil {
		return err
	}
	return l.add(fn, yTrue, scores, weights)
}

func (l *LabelRanking) add(fn string, yTrue, scores mat.Matrix, weights []float64) error {
	if err := sameIndicators(fn, yTrue, "scores", scores); err != nil {
		return err
	}
	if err := indicators(fn, "yTrue", yTrue); err != nil {
		return err
	}
	if err := finiteRows(fn, "scores", scores, func(int, []float64) {}); err != nil {
		return err
	}
	_, k := yTrue.Dims()
	next := *l
	r := labelRow{all: make([]float64, 0, k), relevant: make([]float64, 0, k)}
	_ = eachPair(yTrue, scores, func(i int, t, s []float64) error {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		coverage, precision, loss := r.measure(t, s)
		next.coverage += w * coverage
		next.precision += w * precision
		next.loss += w * loss
		next.weight += w
		next.rows++
		return nil
	})
	return l.take(fn, next)
}

func (l *LabelRanking) take(fn string, next LabelRanking) error {
	if math.IsInf(next.weight, 0) || math.IsInf(next.coverage, 0) {
		return fmt.Errorf("%s: weights: need finite sums, have %v: %w", fn, next.weight, mlgauge.ErrNotFinite)
	}
	*l = next
	return nil
}

// labelRow is the scratch of one row.
type labelRow struct{ all, relevant []float64 }

func (r *labelRow) measure(t, s []float64) (coverage, precision, loss float64) {
	r.all, r.relevant = append(r.all[:0], s...), r.relevant[:0]
	for j, v := range t {
		if v == 1 {
			r.relevant = append(r.relevant, s[j])
		}
	}
	n, m := len(r.all), len(r.relevant)
	if m == 0 {
		return 0, 1, 0
	}
	slices.Sort(r.all)
	slices.Sort(r.relevant)
	// at counts the values of a sorted slice that are at least v.
	at := func(x []float64, v float64) int {
		i, _ := slices.BinarySearch(x, v)
		return len(x) - i
	}
	coverage = float64(at(r.all, r.relevant[0]))
	if m == n {
		return coverage, 1, 0
	}
	var sum, wrong float64
	for _, v := range r.relevant {
		above, own := at(r.all, v), at(r.relevant, v)
		sum += float64(own) / float64(above)
		wrong += float64(above - own) // others that score as high, ties too
	}
	return coverage, sum / float64(m), wrong / (float64(m) * float64(n-m))
}

// Merge adds the sums of another statistic. Error: mlgauge.ErrNotFinite when a
// sum overflows.
func (l *LabelRanking) Merge(other *LabelRanking) error {
	next := *l
	next.coverage += other.coverage
	next.precision += other.precision
	next.loss += other.loss
	next.weight += other.weight
	next.rows += other.rows
	return l.take("metrics.LabelRanking.Merge", next)
}

// Reset empties the statistic.
func (l *LabelRanking) Reset() { *l = LabelRanking{} }

const labelRankingTag = "labelranking/1"

// MarshalBinary returns the statistic as bytes.
func (l *LabelRanking) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(labelRankingTag)
	w.Float64s([]float64{l.coverage, l.precision, l.loss, l.weight})
	w.Uint64(l.rows)
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by one that MarshalBinary wrote.
// Error: mlgauge.ErrCorrupt, and the statistic stays as it was.
func (l *LabelRanking) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("metrics.LabelRanking.UnmarshalBinary", labelRankingTag, data)
	x, rows := r.Float64s(), r.Uint64()
	if r.Err() == nil && len(x) != 4 {
		r.Fail("need 4 sums, have %d", len(x))
	}
	for _, v := range x {
		if !(v >= 0) || math.IsInf(v, 0) || rows == 0 && v > 0 {
			r.Fail("need finite sums of at least 0 of %d rows, have %v", rows, v)
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*l = LabelRanking{coverage: x[0], precision: x[1], loss: x[2], weight: x[3], rows: rows}
	return nil
}

func (l *LabelRanking) mean(fn string, sum float64) (float64, error) {
	if l.rows == 0 {
		return math.NaN(), fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if l.weight == 0 {
		return undefined(fn, "a row of positive weight")
	}
	return sum / l.weight, nil
}

// CoverageError returns how far down the ranking one must go, on average, to
// cover all true labels of a row: the number of labels that score at least as
// high as the lowest true one, 0 for a row without true labels. Errors:
// mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights sum to 0.
//
// Source: scikit-learn 1.9 coverage_error.
func (l *LabelRanking) CoverageError() (float64, error) {
	return l.mean("metrics.LabelRanking.CoverageError", l.coverage)
}

// AveragePrecision returns the label ranking average precision: for each true
// label of a row, the share of true ones among the labels that score at least
// as high, averaged over the labels and then over the rows. It is 1 for a row
// with all labels true or none. Errors: those of CoverageError.
//
// Source: scikit-learn 1.9 label_ranking_average_precision_score.
func (l *LabelRanking) AveragePrecision() (float64, error) {
	return l.mean("metrics.LabelRanking.AveragePrecision", l.precision)
}

// Loss returns the ranking loss: the share of pairs of a true and another label
// in which the other scores at least as high. It is 0 for a row with all labels
// true or none. Errors: those of CoverageError.
//
// Source: scikit-learn 1.9 label_ranking_loss.
func (l *LabelRanking) Loss() (float64, error) {
	return l.mean("metrics.LabelRanking.Loss", l.loss)
}
