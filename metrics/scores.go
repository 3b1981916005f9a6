package metrics

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// scores is what ROC and PR keep: the truth, the score and, once a weighted
// batch came, the weight of every row whose weight is not zero.
type scores struct {
	label  []bool
	score  []float64
	weight []float64 // nil while all rows weigh 1
	rows   int       // rows given, those of weight zero included
	total  float64   // sum of the weights
}

func (s *scores) add(fn string, yTrue []bool, score []float64) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "score", len(score)); err != nil {
		return err
	}
	if err := check.Finite(fn, "score", score); err != nil {
		return err
	}
	s.label = append(s.label, yTrue...)
	s.score = appendScores(s.score, score)
	s.unit(len(score))
	return nil
}

func (s *scores) addFloat32(fn string, yTrue []bool, score []float32) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "score", len(score)); err != nil {
		return err
	}
	if err := check.Finite(fn, "score", score); err != nil {
		return err
	}
	s.label = append(s.label, yTrue...)
	s.score = slices.Grow(s.score, len(score))
	for _, v := range score {
		s.score = append(s.score, float64(v))
	}
	s.unit(len(score))
	return nil
}

// unit accounts for n rows of weight 1 that were appended.
func (s *scores) unit(n int) {
	s.rows += n
	s.total += float64(n)
	if s.weight != nil {
		s.weight = slices.Grow(s.weight, n)
		for range n {
			s.weight = append(s.weight, 1)
		}
	}
}

func (s *scores) addWeighted(fn string, yTrue []bool, score, weights []float64) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "score", len(score)); err != nil {
		return err
	}
	if err := check.Finite(fn, "score", score); err != nil {
		return err
	}
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	total := s.total
	for _, w := range weights {
		total += w
	}
	if math.IsInf(total, 0) {
		return fmt.Errorf("%s: weights: need weights with a finite sum, have %v: %w", fn, total, mlgauge.ErrNotFinite)
	}
	s.weigh()
	for i, w := range weights {
		if w != 0 {
			s.label = append(s.label, yTrue[i])
			s.score = append(s.score, score[i])
			s.weight = append(s.weight, w)
		}
	}
	s.rows += len(weights)
	s.total = total
	return nil
}

// weigh writes out the weights of rows that all weigh 1.
func (s *scores) weigh() {
	if s.weight == nil {
		s.weight = make([]float64, len(s.score))
		for i := range s.weight {
			s.weight[i] = 1
		}
	}
}

func (s *scores) merge(fn string, o *scores) error {
	if o.rows == 0 {
		return nil
	}
	total := s.total + o.total
	if math.IsInf(total, 0) {
		return fmt.Errorf("%s: weights: need weights with a finite sum, have %v: %w", fn, total, mlgauge.ErrNotFinite)
	}
	n := len(o.score) // o may be s
	if o.weight != nil {
		s.weigh()
		s.weight = append(s.weight, o.weight[:n]...)
		s.rows += o.rows
		s.total = total
	} else {
		s.unit(n)
	}
	s.label = append(s.label, o.label[:n]...)
	s.score = append(s.score, o.score[:n]...)
	return nil
}

func (s *scores) marshal(tag string) ([]byte, error) {
	w := codec.NewWriter(tag)
	w.Int(s.rows)
	w.Float64s(s.score)
	packed := make([]byte, (len(s.label)+7)/8)
	for i, y := range s.label {
		if y {
			packed[i>>3] |= 1 << (i & 7)
		}
	}
	w.Bytes(packed)
	w.Bool(s.weight != nil)
	if s.weight != nil {
		w.Float64s(s.weight)
	}
	return w.Finish(), nil
}

func (s *scores) unmarshal(fn, tag string, data []byte) error {
	r := codec.NewReader(fn, tag, data)
	n := scores{rows: r.Int(), score: r.Float64s()}
	packed := r.Bytes()
	if r.Bool() {
		n.weight = append([]float64{}, r.Float64s()...)
	}
	if err := r.Close(); err != nil {
		return err
	}
	switch {
	case n.rows < len(n.score) || (n.weight == nil && n.rows != len(n.score)):
		r.Fail("need at least %d rows, have %d", len(n.score), n.rows)
	case len(packed) != (len(n.score)+7)/8:
		r.Fail("need the labels of %d rows, have %d bytes", len(n.score), len(packed))
	case n.weight != nil && len(n.weight) != len(n.score):
		r.Fail("need %d weights, have %d", len(n.score), len(n.weight))
	case check.Finite(fn, "score", n.score) != nil:
		r.Fail("need finite scores")
	}
	for _, w := range n.weight {
		if !(w > 0 && w <= math.MaxFloat64) {
			r.Fail("need positive weights, have %v", w)
			break
		}
		n.total += w
	}
	if math.IsInf(n.total, 0) {
		r.Fail("need weights with a finite sum, have %v", n.total)
	}
	if r.Err() != nil {
		return r.Err()
	}
	if n.weight == nil {
		n.total = float64(n.rows)
	}
	n.label = make([]bool, len(n.score))
	for i := range n.label {
		n.label[i] = packed[i>>3]>>(i&7)&1 == 1
	}
	*s = n
	return nil
}

// some reports a statistic to which nothing, or nothing of weight, was added.
func (s *scores) some(fn string) error {
	if s.rows == 0 {
		return check.NotEmpty(fn, "rows", 0)
	}
	if len(s.score) == 0 {
		return fmt.Errorf("%s: need at least one positive weight, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return nil
}

// split returns sorted copies of the scores of each class, lent until done; rows must
// be unweighted.
func (s *scores) split() (pos, neg []float64, done func()) {
	return kernel.SortedClasses(s.label, s.score)
}

// signed returns the scores in descending order and beside each its weight,
// negative for a negative row. Equal scores keep their order.
func (s *scores) signed() (score, weight []float64) {
	score, weight = make([]float64, len(s.score)), make([]float64, len(s.score))
	for i, v := range s.score {
		score[i] = -v
		w := s.weight[i]
		if !s.label[i] {
			w = -w
		}
		weight[i] = w
	}
	kernel.SortWeighted(score, weight)
	for i := range score {
		score[i] = 0 - score[i] // not -0
	}
	return score, weight
}

// levels sorts rows with weights and calls f for each distinct score in
// decreasing order, with the weight of each class at or above it.
func (s *scores) levels(f func(score, tp, fp float64)) {
	score, weight := s.signed()
	var tp, fp float64
	for i, v := range score {
		if w := weight[i]; w > 0 {
			tp += w
		} else {
			fp -= w
		}
		if i+1 == len(score) || score[i+1] != v {
			f(v, tp, fp)
		}
	}
}

// thresholds tabulates the levels.
func (s *scores) thresholds(fn string) (*Thresholds, error) {
	if err := s.some(fn); err != nil {
		return nil, err
	}
	if s.weight == nil {
		r, done := s.rank()
		defer done()
		return r.tabulate(), nil
	}
	n := len(s.score)
	t := &Thresholds{Threshold: make([]float64, 0, n), TP: make([]float64, 0, n), FP: make([]float64, 0, n)}
	s.levels(t.push)
	if m := len(t.TP); m < n/2 { // do not hold on to the room of ties
		t.Threshold, t.TP, t.FP = slices.Clone(t.Threshold), slices.Clone(t.TP), slices.Clone(t.FP)
	}
	t.complete()
	return t, nil
}
