package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// TopK counts the rows whose true class is among the K classes of highest
// score. Set K before the first Add.
type TopK struct {
	K int // at least 1

	rows, hits        uint64
	weight, hitWeight float64
	weightedRows      uint64
}

// Add counts rows: the true class of each as a column of scores, and one score
// for each class. Among equal scores the higher column wins.
//
// Errors: mlgauge.ErrLength, mlgauge.ErrEmpty, mlgauge.ErrNotFinite for a score
// that is NaN or infinite, mlgauge.ErrUnknownCategory for a class that is no
// column, mlgauge.ErrRange for K below 1.
func (s *TopK) Add(yTrue []int, scores mat.Matrix) error {
	return s.add("metrics.TopK.Add", yTrue, scores, nil)
}

// AddWeighted is Add with a weight for each row. Errors: those of Add, and for
// weights mlgauge.ErrLength, mlgauge.ErrNotFinite, mlgauge.ErrRange.
func (s *TopK) AddWeighted(yTrue []int, scores mat.Matrix, weights []float64) error {
	const fn = "metrics.TopK.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return s.add(fn, yTrue, scores, weights)
}

func (s *TopK) add(fn string, yTrue []int, scores mat.Matrix, weights []float64) error {
	if err := check.AtLeast(fn, "K", s.K, 1); err != nil {
		return err
	}
	next := *s
	err := scoredRows(fn, yTrue, scores, func(i int, row []float64) {
		hit := rankOf(row, yTrue[i]) < s.K
		switch {
		case weights == nil && hit:
			next.hits++
		case weights != nil && hit:
			next.hitWeight += weights[i]
		}
		if weights != nil {
			next.weight += weights[i]
		}
	})
	if err != nil {
		return err
	}
	if weights == nil {
		next.rows += uint64(len(yTrue))
	} else {
		next.weightedRows += uint64(len(yTrue))
	}
	if math.IsInf(next.weight, 0) {
		return fmt.Errorf("%s: weights: need a finite sum, have %v: %w", fn, next.weight, mlgauge.ErrNotFinite)
	}
	*s = next
	return nil
}

// rankOf returns how many classes come before class k.
func rankOf(row []float64, k int) int {
	own, before := row[k], 0
	for j, v := range row {
		if v > own || v == own && j > k {
			before++
		}
	}
	return before
}

// scoredRows checks a matrix of scores with the true class of each row, and
// then visits its rows.
func scoredRows(fn string, yTrue []int, scores mat.Matrix, do func(i int, row []float64)) error {
	n, k := scores.Dims()
	if err := check.Pair(fn, "yTrue", len(yTrue), "scores", n); err != nil {
		return err
	}
	for i, c := range yTrue {
		if c < 0 || c >= k {
			return fmt.Errorf("%s: yTrue: need a class in [0, %d), have %d at index %d: %w", fn, k, c, i, mlgauge.ErrUnknownCategory)
		}
	}
	return finiteRows(fn, "scores", scores, do)
}

// finiteRows checks that every value is finite, and then visits the rows.
func finiteRows(fn, arg string, m mat.Matrix, do func(i int, row []float64)) error {
	for _, pass := range [...]bool{false, true} {
		err := eachRow(m, func(i int, row []float64) error {
			if pass {
				do(i, row)
				return nil
			}
			return check.Finite(fmt.Sprintf("%s: row %d", fn, i), arg, row)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachRow visits the rows of a matrix, without a copy where it is dense.
func eachRow(m mat.Matrix, do func(i int, row []float64) error) error {
	n, k := m.Dims()
	d, dense := m.(mat.RawMatrixer)
	var row []float64
	if !dense {
		row = make([]float64, k)
	}
	for i := range n {
		if dense {
			r := d.RawMatrix()
			row = r.Data[i*r.Stride : i*r.Stride+k]
		} else {
			for j := range row {
				row[j] = m.At(i, j)
			}
		}
		if err := do(i, row); err != nil {
			return err
		}
	}
	return nil
}

// Merge adds the counts of another statistic. Errors: mlgauge.ErrIncompatible
// when K differs, mlgauge.ErrNotFinite when the sum of the weights overflows.
func (s *TopK) Merge(other *TopK) error {
	const fn = "metrics.TopK.Merge"
	if s.K != other.K {
		return fmt.Errorf("%s: K: need %d, have %d: %w", fn, s.K, other.K, mlgauge.ErrIncompatible)
	}
	if w := s.weight + other.weight; math.IsInf(w, 0) {
		return fmt.Errorf("%s: weights: need a finite sum, have %v: %w", fn, w, mlgauge.ErrNotFinite)
	}
	s.rows += other.rows
	s.hits += other.hits
	s.weightedRows += other.weightedRows
	s.weight += other.weight
	s.hitWeight += other.hitWeight
	return nil
}

// Reset empties the statistic and keeps K.
func (s *TopK) Reset() { *s = TopK{K: s.K} }

const topkTag = "topk/1"

// MarshalBinary returns the statistic as bytes.
func (s *TopK) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(topkTag)
	w.Int(s.K)
	w.Uint64s([]uint64{s.rows, s.hits, s.weightedRows})
	w.Float64s([]float64{s.weight, s.hitWeight})
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by one that MarshalBinary wrote.
// Error: mlgauge.ErrCorrupt, and the statistic stays as it was.
func (s *TopK) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("metrics.TopK.UnmarshalBinary", topkTag, data)
	k, n, w := r.Int(), r.Uint64s(), r.Float64s()
	if r.Err() == nil && (k < 0 || len(n) != 3 || len(w) != 2 || n[1] > n[0] ||
		!(w[1] >= 0 && w[0] >= 0) || math.IsInf(w[0], 0) || math.IsInf(w[1], 0) || w[0] > 0 && n[2] == 0) {
		r.Fail("need K, 3 counts and 2 sums that agree, have %d, %v, %v", k, n, w)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*s = TopK{K: k, rows: n[0], hits: n[1], weightedRows: n[2], weight: w[0], hitWeight: w[1]}
	return nil
}

// Accuracy returns the share of rows whose true class is among the K classes
// of highest score. Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the
// weights sum to 0.
//
// Source: scikit-learn 1.9 top_k_accuracy_score, more than two classes.
func (s *TopK) Accuracy() (float64, error) {
	const fn = "metrics.TopK.Accuracy"
	if s.rows+s.weightedRows == 0 {
		return math.NaN(), fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	r := s.Rate()
	if r.Trials == 0 {
		return undefined(fn, "a row of positive weight")
	}
	return r.Hits / r.Trials, nil
}

// Rate returns the hits of all rows; its Interval is the confidence interval of
// the accuracy.
func (s *TopK) Rate() Rate {
	return Rate{Hits: float64(s.hits) + s.hitWeight, Trials: float64(s.rows) + s.weight}
}

// TopKAccuracy returns the share of rows whose true class is among the k
// classes of highest score; see TopK.
func TopKAccuracy(yTrue []int, scores mat.Matrix, k int) (float64, error) {
	s := TopK{K: k}
	if err := s.add("metrics.TopKAccuracy", yTrue, scores, nil); err != nil {
		return math.NaN(), err
	}
	return s.Accuracy()
}
