package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/divergence"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// InformationValue is the statistic of the weight of evidence of the bins of a
// column and of their sum, the information value: the counts of rows with and
// without the event in the bins that Edges part. NaN has a bin of its own. Set
// Edges before the first Add; categories with the codes 0, 1, 2 are told apart by
// the edges 0.5, 1.5.
type InformationValue struct {
	Edges []float64 // inner edges, ascending; see CutEdges

	counts sides // of the rows with the event and of those without
}

// Add adds rows: their values and whether each has the event. It reports lengths
// that differ, edges that do not ascend (ErrRange) and edges that were changed
// after the first Add (ErrIncompatible).
func (v *InformationValue) Add(x []float64, event []bool) error {
	return v.add("InformationValue.Add", x, event, nil)
}

// AddWeighted is Add with a weight of at least 0 per row.
func (v *InformationValue) AddWeighted(x []float64, event []bool, weights []float64) error {
	const fn = "InformationValue.AddWeighted"
	if err := check.Weights(fn, "weights", len(x), weights); err != nil {
		return err
	}
	return v.add(fn, x, event, weights)
}

func (v *InformationValue) add(fn string, x []float64, event []bool, weights []float64) error {
	if err := check.Length(fn, "event", len(x), len(event)); err != nil {
		return err
	}
	if err := v.counts.open(fn, v.Edges); err != nil {
		return err
	}
	for i, a := range x {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if event[i] {
			v.counts.a[binOf(v.Edges, a)] += w
		} else {
			v.counts.b[binOf(v.Edges, a)] += w
		}
	}
	return nil
}

// Merge adds the counts of o. It reports other edges (ErrIncompatible).
func (v *InformationValue) Merge(o *InformationValue) error {
	if o == nil {
		return nil
	}
	return v.counts.merge("InformationValue.Merge", &v.Edges, &o.counts)
}

// Reset empties the counts and keeps the edges.
func (v *InformationValue) Reset() { v.counts = sides{} }

// Evidence returns the weight of evidence of every bin, the bin of NaN last:
//
//	ln(e_b / o_b)
//
// with e_b the share of the rows with the event that lie in bin b and o_b that of
// the rows without, after smoothing. A bin without rows has 0; one with rows of
// one kind only has an infinite weight unless it is smoothed away.
//
// It reports a statistic without rows (ErrEmpty), or without rows of one kind
// (ErrUndefined).
func (v *InformationValue) Evidence(s Smoothing) ([]float64, error) {
	e, o, err := v.counts.shares("InformationValue.Evidence", "rows", s)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(v.counts.a))
	for i := range e {
		if e[i] != o[i] {
			out[i] = math.Log(e[i] / o[i])
		}
	}
	return out, nil
}

// Value returns the information value, in [0, +Inf]:
//
//	sum_b (e_b - o_b) ln(e_b / o_b)
//
// Usual readings: below 0.02 useless, 0.1 weak, 0.3 medium, above 0.5 too good to
// be true. Errors are those of Evidence.
//
// Source: Siddiqi, Credit Risk Scorecards (2006); feature_engine 1.9
// SelectByInformationValue.
func (v *InformationValue) Value(s Smoothing) (float64, error) {
	e, o, err := v.counts.shares("InformationValue.Value", "rows", s)
	if err != nil {
		return 0, err
	}
	return divergence.PSI(e, o), nil
}

const informationValueTag = "preprocess.InformationValue/1"

// MarshalBinary returns the statistic as bytes.
func (v *InformationValue) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(informationValueTag)
	v.counts.append(w, v.Edges)
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by the one that MarshalBinary wrote.
// It reports damaged bytes (ErrCorrupt) and then leaves the statistic as it was.
func (v *InformationValue) UnmarshalBinary(data []byte) error {
	const fn = "InformationValue.UnmarshalBinary"
	r := codec.NewReader(fn, informationValueTag, data)
	var n InformationValue
	n.Edges, n.counts = readSides(r, fn)
	if err := r.Close(); err != nil {
		return err
	}
	*v = n
	return nil
}

// InformationValueFilter keeps the columns whose information value about a
// binary target is at least Threshold. The zero value uses 5 bins of equal
// frequency, 0.2 and no smoothing.
//
// Source: feature_engine 1.9 SelectByInformationValue, whose bins are of equal
// width.
type InformationValueFilter struct {
	Bins      int       `json:"bins,omitempty"`      // 0 means 5
	Cut       Cut       `json:"cut,omitempty"`       // how to bin the columns
	Threshold float64   `json:"threshold,omitempty"` // 0 means 0.2
	Smoothing Smoothing `json:"smoothing,omitempty"`

	Selection
	Values Floats `json:"values,omitempty"` // of every column
}

// Fit computes the values and chooses. It reports an empty matrix, lengths that
// differ, infinities, a column without values (ErrEmpty), a target of one kind
// (ErrUndefined), and options out of range (ErrRange).
func (f *InformationValueFilter) Fit(src mat.Matrix, event []bool) error {
	const fn = "InformationValueFilter.Fit"
	g, err := view(fn, "src", src)
	if err != nil {
		return err
	}
	rows, cols := g.Rows, g.Cols
	if err := check.Length(fn, "event", rows, len(event)); err != nil {
		return err
	}
	if err := f.options(fn); err != nil {
		return err
	}
	bins, cut := f.Bins, f.Threshold
	if bins == 0 {
		bins = 5
	}
	if cut == 0 {
		cut = 0.2
	}
	x := make([]float64, rows)
	yes, values := make([]bool, cols), make(Floats, cols)
	for j := range cols {
		columnInto(x, g, j)
		edges, err := cutEdges(fn, x, bins, f.Cut)
		if err != nil {
			return fmt.Errorf("column %d: %w", j, err)
		}
		v := InformationValue{Edges: edges}
		if err := v.add(fn, x, event, nil); err != nil {
			return err
		}
		if values[j], err = v.Value(f.Smoothing); err != nil {
			return fmt.Errorf("%s: column %d: %w", fn, j, err)
		}
		yes[j] = values[j] >= cut
	}
	f.Selection, f.Values = keep(yes), values
	return nil
}

func (f *InformationValueFilter) options(fn string) error {
	p := PSIFilter{Bins: f.Bins, Cut: f.Cut, Threshold: f.Threshold, Smoothing: f.Smoothing}
	return p.options(fn)
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves f as it was.
func (f *InformationValueFilter) UnmarshalJSON(data []byte) error {
	const fn = "InformationValueFilter.UnmarshalJSON"
	type plain InformationValueFilter
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	n := InformationValueFilter(p)
	if err := n.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := n.Selection.valid(fn); err != nil {
		return err
	}
	if len(n.Values) != 0 && len(n.Values) != n.Features {
		return jsonfloat.Corrupt(fn, "need %d values, have %d", n.Features, len(n.Values))
	}
	*f = n
	return nil
}
