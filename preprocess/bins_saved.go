package preprocess

import (
	"encoding/json"

	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

type binsJSON struct {
	Strategy  string         `json:"strategy"`
	N         int            `json:"n,omitempty"`
	NByColumn []int          `json:"n_by_column,omitempty"`
	Custom    jsonfloat.Rows `json:"custom,omitempty"`
	Output    string         `json:"output"`
	Missing   string         `json:"missing"`
	Quantile  string         `json:"quantile"`
	Sketch    int            `json:"sketch,omitempty"`
	Edges     jsonfloat.Rows `json:"edges,omitempty"`
	Means     jsonfloat.Rows `json:"means,omitempty"`
}

// MarshalJSON writes options and edges; what PartialFit and Merge need is in the
// binary form only.
func (b *Bins) MarshalJSON() ([]byte, error) {
	return json.Marshal(binsJSON{b.Strategy.String(), b.N, b.NByColumn, b.Custom, b.Output.String(), b.Missing.String(), b.Quantile.String(), b.Sketch, b.Edges, b.Means})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and b stays as it was.
func (b *Bins) UnmarshalJSON(data []byte) error {
	const fn = "Bins.UnmarshalJSON"
	var v binsJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := Bins{N: v.N, NByColumn: v.NByColumn, Custom: v.Custom, Sketch: v.Sketch, Edges: v.Edges, Means: v.Means}
	var err error
	if t.Strategy, err = parseOption[BinStrategy](fn, "strategy", v.Strategy, binStrategyNames); err != nil {
		return err
	}
	if t.Output, err = parseOption[BinOutput](fn, "output", v.Output, binOutputNames); err != nil {
		return err
	}
	if t.Missing, err = parseOption[BinMissing](fn, "missing", v.Missing, binMissingNames); err != nil {
		return err
	}
	if t.Quantile, err = parseOption[BinQuantile](fn, "quantile", v.Quantile, binQuantileNames); err != nil {
		return err
	}
	if err := t.restore(fn); err != nil {
		return err
	}
	*b = t
	return nil
}

// restore checks edges and means that came from outside.
func (b *Bins) restore(fn string) error {
	if err := b.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if b.Output == BinMean && len(b.Means) != len(b.Edges) {
		return jsonfloat.Corrupt(fn, "need means for %d columns, have %d", len(b.Edges), len(b.Means))
	}
	for j, e := range b.Edges {
		if len(e) < 2 {
			return jsonfloat.Corrupt(fn, "column %d: need at least two edges, have %d", j, len(e))
		}
		for i, x := range e {
			if x != x || i > 0 && x <= e[i-1] {
				return jsonfloat.Corrupt(fn, "column %d: need ascending edges", j)
			}
		}
		if b.Output == BinMean && len(b.Means[j]) != len(e)-1 {
			return jsonfloat.Corrupt(fn, "column %d: need %d means, have %d", j, len(e)-1, len(b.Means[j]))
		}
	}
	return nil
}

// MarshalBinary saves options, edges and, if there is one, the statistic.
func (b *Bins) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("preprocess.bins/1")
	for _, v := range []int{int(b.Strategy), b.N, int(b.Output), int(b.Missing), int(b.Quantile), b.Sketch} {
		w.Int(v)
	}
	w.Int(len(b.NByColumn))
	for _, n := range b.NByColumn {
		w.Int(n)
	}
	for _, rows := range [][][]float64{b.Custom, b.Edges, b.Means} {
		w.Int(len(rows))
		for _, r := range rows {
			w.Float64s(r)
		}
	}
	w.Bool(b.stat != nil)
	if b.stat != nil {
		w.Float64s(b.stat.extremes.lo)
		w.Float64s(b.stat.extremes.hi)
		b.stat.sketch.append(w)
	}
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (b *Bins) UnmarshalBinary(data []byte) error {
	const fn = "Bins.UnmarshalBinary"
	r := codec.NewReader(fn, "preprocess.bins/1", data)
	t := Bins{Strategy: BinStrategy(r.Int()), N: r.Int(), Output: BinOutput(r.Int()), Missing: BinMissing(r.Int()), Quantile: BinQuantile(r.Int()), Sketch: r.Int()}
	for range r.Count(8) {
		t.NByColumn = append(t.NByColumn, r.Int())
	}
	for _, rows := range []*[][]float64{&t.Custom, &t.Edges, &t.Means} {
		for range r.Count(8) {
			*rows = append(*rows, r.Float64s())
		}
	}
	if r.Bool() {
		t.stat = &binStat{extremes: columnRange{r.Float64s(), r.Float64s()}}
		t.stat.sketch = readSketch(r, len(t.Edges), t.Sketch)
		t.stat.restore(r, &t)
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := t.restore(fn); err != nil {
		return err
	}
	*b = t
	return nil
}
