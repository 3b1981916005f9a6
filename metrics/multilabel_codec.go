package metrics

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/codec"
)

const multilabelTag = "multilabel/1"

// MarshalBinary returns the statistic as bytes.
func (m *Multilabel) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(multilabelTag)
	w.Int(int(m.ZeroDivision))
	w.Uint64(m.weightedRows)
	w.Int(len(m.labels))
	for i := range m.labels {
		b, err := m.labels[i].MarshalBinary()
		if err != nil {
			return nil, err
		}
		w.Bytes(b)
	}
	shapes := m.shapes()
	w.Int(len(shapes))
	for _, s := range shapes {
		w.Int(int(s.hit))
		w.Int(int(s.pred))
		w.Int(int(s.truth))
		w.Uint64(m.rows[s].rows)
		w.Float64(m.rows[s].weight)
	}
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by one that MarshalBinary wrote.
// Error: mlgauge.ErrCorrupt, and the statistic stays as it was.
func (m *Multilabel) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("metrics.Multilabel.UnmarshalBinary", multilabelTag, data)
	next := Multilabel{ZeroDivision: ZeroDivision(r.Int()), weightedRows: r.Uint64()}
	if !next.ZeroDivision.valid() {
		r.Fail("need a known option, have %d", int(next.ZeroDivision))
	}
	if k := r.Count(8); k > 0 {
		next.labels = make([]Binary, k)
		next.rows = make(map[rowShape]tally)
	}
	for i := range next.labels {
		b := r.Bytes()
		if r.Err() != nil {
			break
		}
		if err := next.labels[i].UnmarshalBinary(b); err != nil {
			r.Fail("label %d: %v", i, err)
		}
	}
	n := r.Count(40)
	for range n {
		hit, pred, truth := r.Int(), r.Int(), r.Int()
		t := tally{r.Uint64(), r.Float64()}
		if r.Err() != nil {
			break
		}
		if hit < 0 || hit > pred || hit > truth || pred+truth-hit > len(next.labels) || pred > len(next.labels) ||
			truth > len(next.labels) || !(t.weight >= 0) || next.total.overflows(t) {
			r.Fail("need rows of at most %d labels, have %d right of %d and %d, %v times", len(next.labels), hit, pred, truth, t)
			break
		}
		s := rowShape{int32(hit), int32(pred), int32(truth)}
		if _, twice := next.rows[s]; twice {
			r.Fail("need different kinds of rows, have %v twice", s)
			break
		}
		next.rows[s] = t
		next.total.plus(t)
	}
	if math.IsInf(next.total.weight, 0) || next.total.weight > 0 && next.weightedRows == 0 ||
		next.Rows() > 0 && len(next.labels) == 0 {
		r.Fail("need labels and weights that agree with %d weighted rows", next.weightedRows)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*m = next
	return nil
}
