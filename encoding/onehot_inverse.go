package encoding

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Inverse returns the columns whose encoding is x: the category of the largest
// entry. A row of zeros is the dropped category; without one it is a missing
// value, which scikit-learn calls None, if unknown categories are encoded so,
// and an error if they are refused. The infrequent group is InfrequentLabel.
//
// Errors: ErrNotFitted; ErrLength; ErrUnknownCategory for a row of zeros that
// no category is encoded as.
func (e *OneHot) Inverse(x mat.Matrix) ([]Column, error) {
	const fn = "OneHot.Inverse"
	if len(e.Features) == 0 {
		return nil, check.NotFitted(fn)
	}
	if x == nil {
		return nil, check.NotEmpty(fn, "x", 0)
	}
	n, w := x.Dims()
	if err := check.Length(fn, "columns of x", e.Width(), w); err != nil {
		return nil, err
	}
	out := make([]Column, len(e.Features))
	offset := 0
	for j := range e.Features {
		f := &e.Features[j]
		c := Column{Name: f.Name, Codes: make([]int32, n), Order: Given}
		at := make([]int32, len(f.Outputs)) // code by place
		for p := range at {
			at[p] = Unknown
		}
		if f.Missing >= 0 {
			at[f.Missing] = Missing
		}
		uses := make([]int, len(f.Outputs))
		for _, p := range f.Columns {
			if p >= 0 {
				uses[p]++
			}
		}
		for p, s := range f.Outputs {
			if s == InfrequentLabel && p == len(at)-1 && (uses[p] != 1 || !slices.Contains(f.Categories, InfrequentLabel)) {
				at[p] = int32(len(c.Categories))
				c.Categories = append(c.Categories, InfrequentLabel)
				uses[p] = -1
			}
		}
		for i, p := range f.Columns {
			if p >= 0 && uses[p] > 0 {
				at[p] = int32(len(c.Categories))
				c.Categories = append(c.Categories, f.Categories[i])
			}
		}
		empty := Missing
		if f.HasDrop && !f.DropMissing {
			empty = int32(len(c.Categories))
			c.Categories = append(c.Categories, f.Dropped)
		}
		for i := range n {
			best, sum := math.Inf(-1), 0.0
			k := empty
			for p := range at {
				v := x.At(i, offset+p)
				if v > best {
					best, k = v, at[p]
				}
				sum += v
			}
			if sum == 0 {
				if !f.HasDrop && f.Unknown != zeros {
					return nil, fmt.Errorf("%s: x: need a column of feature %q that is not 0, have none in row %d: %w", fn, f.Name, i, mlgauge.ErrUnknownCategory)
				}
				k = empty
			}
			if k == Unknown {
				k = Missing
			}
			c.Codes[i] = k
		}
		offset += len(f.Outputs)
		out[j] = c
	}
	return out, nil
}

type oneHotJSON struct {
	Name          string `json:"name"`
	Outputs       Labels `json:"outputs"`
	Categories    Labels `json:"categories"`
	MissingLabels Labels `json:"missing_labels,omitempty"`
	Columns       []int  `json:"columns"`
	Missing       int    `json:"missing"`
	Unknown       int    `json:"unknown"`
	HasDrop       bool   `json:"has_drop,omitempty"`
	Dropped       Labels `json:"dropped,omitempty"`
	DropMissing   bool   `json:"drop_missing,omitempty"`
}

// MarshalJSON keeps labels that are not valid UTF-8.
func (f OneHotFeature) MarshalJSON() ([]byte, error) {
	p := oneHotJSON{f.Name, f.Outputs, f.Categories, f.MissingLabels, f.Columns, f.Missing, f.Unknown, f.HasDrop, nil, f.DropMissing}
	if f.HasDrop {
		p.Dropped = Labels{f.Dropped}
	}
	return json.Marshal(p)
}

// UnmarshalJSON reads what MarshalJSON wrote; OneHot checks it.
func (f *OneHotFeature) UnmarshalJSON(b []byte) error {
	const fn = "OneHotFeature.UnmarshalJSON"
	var p oneHotJSON
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	if p.HasDrop != (len(p.Dropped) == 1) {
		return corrupt(fn, "dropped", "one label if has_drop", len(p.Dropped))
	}
	g := OneHotFeature{Name: p.Name, Outputs: p.Outputs, Categories: p.Categories, MissingLabels: p.MissingLabels, Columns: p.Columns, Missing: p.Missing, Unknown: p.Unknown, HasDrop: p.HasDrop, DropMissing: p.DropMissing}
	if p.HasDrop {
		g.Dropped = p.Dropped[0]
	}
	*f = g
	return nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *OneHot) UnmarshalJSON(b []byte) error {
	const fn = "OneHot.UnmarshalJSON"
	type plain OneHot
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := OneHot(p)
	if len(n.Features) > 0 {
		index, err := oneHotIndexOf(fn, n.Features, nil)
		if err != nil {
			return corrupt(fn, "features", "consistent features", err)
		}
		n.index = index
	}
	*e = n
	return nil
}
