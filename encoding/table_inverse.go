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

// inverse finds, for every row of x and every feature, the category whose
// numbers it holds.
func (t *Table) inverse(fn string, x mat.Matrix) ([]Column, error) {
	ix, err := t.ready(fn)
	if err != nil {
		return nil, err
	}
	if x == nil {
		return nil, check.NotEmpty(fn, "x", 0)
	}
	n, w := x.Dims()
	if err := check.Length(fn, "columns of x", ix.width, w); err != nil {
		return nil, err
	}
	out := make([]Column, len(ix.cols))
	for j := range ix.cols {
		c, f := &ix.cols[j], &t.Features[j]
		back := make(map[string]int32, len(f.Categories))
		var key []byte
		for k := range f.Categories {
			key = rowKey(key[:0], f.Values[k*c.width:(k+1)*c.width])
			if o, ok := back[string(key)]; ok {
				return nil, fmt.Errorf("%s: feature %q: need a number for every category, have the same for %.80q and %.80q: %w", fn, f.Name, f.Categories[o], f.Categories[k], mlgauge.ErrUndefined)
			}
			back[string(key)] = int32(k)
		}
		for _, v := range [][]float64{f.Missing, f.Unknown} {
			if v != nil {
				key = rowKey(key[:0], v)
				if _, ok := back[string(key)]; !ok {
					back[string(key)] = Missing
				}
			}
		}
		out[j] = Column{Name: f.Name, Categories: slices.Clone(f.Categories), Codes: make([]int32, n), Order: Given}
		row := make([]float64, c.width)
		for i := range n {
			for k := range row {
				row[k] = x.At(i, c.offset+k)
			}
			key = rowKey(key[:0], row)
			code, ok := back[string(key)]
			if !ok {
				return nil, fmt.Errorf("%s: x: need numbers of a category of feature %q, have %.6g in row %d: %w", fn, f.Name, row, i, mlgauge.ErrUnknownCategory)
			}
			out[j].Codes[i] = code
		}
	}
	return out, nil
}

func rowKey(key []byte, row []float64) []byte {
	for _, v := range row {
		if v != v {
			v = math.NaN() // one NaN of all
		}
		b := math.Float64bits(v + 0) // -0 + 0 is 0
		key = append(key, byte(b), byte(b>>8), byte(b>>16), byte(b>>24), byte(b>>32), byte(b>>40), byte(b>>48), byte(b>>56))
	}
	return key
}

type featureJSON struct {
	Name          string  `json:"name"`
	Names         Labels  `json:"names"`
	Categories    Labels  `json:"categories"`
	MissingLabels Labels  `json:"missing_labels,omitempty"`
	Values        numbers `json:"values"`
	Missing       numbers `json:"missing"`
	Unknown       numbers `json:"unknown"`
}

// MarshalJSON writes NaN as null and an infinity as a string.
func (f Feature) MarshalJSON() ([]byte, error) {
	return json.Marshal(featureJSON{f.Name, f.Names, f.Categories, f.MissingLabels, f.Values, f.Missing, f.Unknown})
}

// UnmarshalJSON reads what MarshalJSON wrote; the encoder that holds the
// feature checks it.
func (f *Feature) UnmarshalJSON(b []byte) error {
	var p featureJSON
	if err := decode("Feature.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	*f = Feature{Name: p.Name, Names: p.Names, Categories: p.Categories, MissingLabels: p.MissingLabels, Values: p.Values, Missing: p.Missing, Unknown: p.Unknown}
	return nil
}

// restore prepares a table that came from JSON; one without features is an
// encoder that was not fitted.
func (t *Table) restore(kind string) error {
	if len(t.Features) == 0 {
		return nil
	}
	x, err := makeIndex(kind, t.Features, nil)
	if err != nil {
		return corrupt(kind+".UnmarshalJSON", "features", "consistent features", err)
	}
	t.index = x
	return nil
}
