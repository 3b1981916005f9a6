package encoding

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/internal/codec"
)

const targetTag = "encoding.TargetStats/1"

// MarshalBinary returns the statistics.
func (t *TargetStats) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(targetTag)
	w.String(t.name)
	w.Int(int(t.order))
	t.dict.write(w)
	w.Int(t.outputs)
	w.Ints(t.rows)
	w.Float64s(t.w)
	w.Float64s(t.sum)
	w.Float64s(t.m2)
	return w.Finish(), nil
}

// UnmarshalBinary restores what MarshalBinary gave; on an error (ErrCorrupt)
// t stays as it was.
func (t *TargetStats) UnmarshalBinary(b []byte) error {
	const fn = "TargetStats.UnmarshalBinary"
	r := codec.NewReader(fn, targetTag, b)
	var n TargetStats
	n.name, n.order = r.String(), Order(r.Int())
	n.dict = *readDictionary(fn, r)
	n.outputs = r.Int()
	n.rows, n.w, n.sum, n.m2 = r.Ints(), r.Float64s(), r.Float64s(), r.Float64s()
	if err := r.Close(); err != nil {
		return err
	}
	if err := n.valid(fn); err != nil {
		return err
	}
	*t = n
	return nil
}

func (t *TargetStats) valid(fn string) error {
	if t.order < Sorted || t.order > Given {
		return corrupt(fn, "order", "0, 1 or 2", int(t.order))
	}
	k := len(t.rows)
	if k == 0 && t.dict.Len() == 0 && len(t.w)+len(t.sum)+len(t.m2) == 0 {
		t.outputs = 0
		return nil
	}
	if t.outputs < 1 || t.outputs > math.MaxInt32 || k != t.dict.Len()+1 || len(t.w) != k ||
		len(t.sum)/t.outputs != k || len(t.sum)%t.outputs != 0 || len(t.m2) != len(t.sum) {
		return corrupt(fn, "statistics", "one per category, one for missing and per target", fmt.Sprint(k, len(t.w), len(t.sum), len(t.m2)))
	}
	for s, n := range t.rows {
		if w := t.w[s]; n < 0 || w < 0 || w*0 != 0 || (n == 0) != (w == 0) {
			return corrupt(fn, "statistics", "finite weights that are positive where there are rows", fmt.Sprint(n, w))
		}
	}
	for i := range t.sum {
		if v := t.sum[i]; v*0 != 0 || !(t.m2[i] >= 0) || math.IsInf(t.m2[i], 0) {
			return corrupt(fn, "statistics", "finite sums and squares of at least 0", fmt.Sprint(v, t.m2[i]))
		}
	}
	return nil
}

type targetJSON struct {
	Name    string     `json:"name,omitempty"`
	Order   Order      `json:"order,omitempty"`
	Labels  Dictionary `json:"dictionary"`
	Outputs int        `json:"outputs"`
	Rows    []int      `json:"rows"`
	W       []float64  `json:"weights"`
	Sum     []float64  `json:"sums"`
	M2      []float64  `json:"squares"`
}

// MarshalJSON returns the statistics.
func (t *TargetStats) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name    string      `json:"name,omitempty"`
		Order   Order       `json:"order,omitempty"`
		Labels  *Dictionary `json:"dictionary"`
		Outputs int         `json:"outputs"`
		Rows    []int       `json:"rows"`
		W       []float64   `json:"weights"`
		Sum     []float64   `json:"sums"`
		M2      []float64   `json:"squares"`
	}{t.name, t.order, &t.dict, t.outputs, t.rows, t.w, t.sum, t.m2})
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) t
// stays as it was.
func (t *TargetStats) UnmarshalJSON(b []byte) error {
	const fn = "TargetStats.UnmarshalJSON"
	var p targetJSON
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := TargetStats{p.Name, p.Order, p.Labels, p.Outputs, p.Rows, p.W, p.Sum, p.M2}
	if err := n.valid(fn); err != nil {
		return err
	}
	*t = n
	return nil
}
