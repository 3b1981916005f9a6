package preprocess

import (
	"encoding/json"

	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

type outliersJSON struct {
	Fence     string          `json:"fence"`
	Threshold float64         `json:"threshold,omitempty"`
	Low       float64         `json:"low,omitempty"`
	High      float64         `json:"high,omitempty"`
	Sample    bool            `json:"sample,omitempty"`
	Action    string          `json:"action"`
	Sketch    int             `json:"sketch,omitempty"`
	Lower     jsonfloat.Slice `json:"lower,omitempty"`
	Upper     jsonfloat.Slice `json:"upper,omitempty"`
}

// MarshalJSON writes options and limits; what PartialFit and Merge need is in the
// binary form only.
func (o *Outliers) MarshalJSON() ([]byte, error) {
	return json.Marshal(outliersJSON{o.Fence.String(), o.Threshold, o.Low, o.High, o.Sample, o.Action.String(), o.Sketch, o.Lower, o.Upper})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and o stays as it was.
func (o *Outliers) UnmarshalJSON(data []byte) error {
	const fn = "Outliers.UnmarshalJSON"
	var v outliersJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	fence, err := parseOption[Fence](fn, "fence", v.Fence, fenceNames)
	if err != nil {
		return err
	}
	action, err := parseOption[Action](fn, "action", v.Action, actionNames)
	if err != nil {
		return err
	}
	t := Outliers{Fence: fence, Threshold: v.Threshold, Low: v.Low, High: v.High, Sample: v.Sample, Action: action, Sketch: v.Sketch, Lower: v.Lower, Upper: v.Upper}
	if err := t.restore(fn); err != nil {
		return err
	}
	*o = t
	return nil
}

// restore checks options and limits that came from outside.
func (o *Outliers) restore(fn string) error {
	if err := o.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if len(o.Lower) != len(o.Upper) {
		return jsonfloat.Corrupt(fn, "need as many lower as upper limits, have %d and %d", len(o.Lower), len(o.Upper))
	}
	for j := range o.Lower {
		if o.Lower[j] > o.Upper[j] {
			return jsonfloat.Corrupt(fn, "column %d: need the lower limit first, have %v and %v", j, o.Lower[j], o.Upper[j])
		}
	}
	return nil
}

// MarshalBinary saves options, limits and, if there is one, the statistic.
func (o *Outliers) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("preprocess.outliers/1")
	for _, v := range []int{int(o.Fence), int(o.Action), o.Sketch} {
		w.Int(v)
	}
	for _, v := range []float64{o.Threshold, o.Low, o.High} {
		w.Float64(v)
	}
	w.Bool(o.Sample)
	w.Float64s(o.Lower)
	w.Float64s(o.Upper)
	w.Bool(o.stat != nil)
	if o.stat != nil {
		o.stat.moments.append(w)
		o.stat.sketch.append(w)
	}
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (o *Outliers) UnmarshalBinary(data []byte) error {
	const fn = "Outliers.UnmarshalBinary"
	r := codec.NewReader(fn, "preprocess.outliers/1", data)
	t := Outliers{Fence: Fence(r.Int()), Action: Action(r.Int()), Sketch: r.Int(), Threshold: r.Float64(), Low: r.Float64(), High: r.Float64(), Sample: r.Bool(), Lower: r.Float64s(), Upper: r.Float64s()}
	if r.Bool() {
		cols := len(t.Lower)
		s := &outlierStat{moments: readMoments(r)}
		s.sketch = readSketch(r, cols, t.Sketch)
		if r.Err() == nil && (cols == 0 || max(len(s.moments), len(s.sketch)) != cols || (t.Fence == ZScore) != (len(s.sketch) == 0)) {
			r.Fail("need a statistic of %d columns, have %d", cols, max(len(s.moments), len(s.sketch)))
		}
		if len(s.moments) == 0 {
			s.moments = nil
		}
		t.stat = s
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := t.restore(fn); err != nil {
		return err
	}
	*o = t
	return nil
}
