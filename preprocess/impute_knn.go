package preprocess

import (
	"encoding/json"
	"math"
	"sync"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// KNN replaces a missing value by the mean of the column over the nearest
// training rows that have it. The distance of two rows takes the columns that
// both have, scaled up for those that they have not:
//
//	d(a, b) = sqrt( columns / common  sum over common (a_j - b_j)^2 )
//
// Special cases:
//   - Rows without a common column are no neighbours; if a row has none at all,
//     the column's mean is taken.
//   - Among rows of the same distance the earlier one is nearer.
//   - With ByDistance, neighbours weigh 1/d; if some have distance 0, only these
//     count.
//   - A column without any value in training is not written, unless KeepEmpty
//     (then it is 0 throughout).
//
// Scale the columns first: the one with the largest numbers decides otherwise.
//
// Definition: scikit-learn 1.9, KNNImputer. Source: Troyanskaya et al., Missing
// value estimation methods for DNA microarrays, Bioinformatics 17 (2001).
type KNN struct {
	// Neighbors is how many rows are averaged; 0 stands for 5. If fewer have the
	// column, all of them are.
	Neighbors int
	// ByDistance weighs neighbours by the inverse of their distance.
	ByDistance bool
	// KeepEmpty writes columns without any value, too.
	KeepEmpty bool
	// Indicator appends a column of 0 and 1 for every column that had missing
	// values in training.
	Indicator bool

	Layout
	Rows *mat.Dense // the training rows

	index *knnIndex
}

// knnIndex holds the training rows twice, NaN where missing: by column, and in panels
// for the distances.
type knnIndex struct {
	rows   int
	values [][]float64
	panels []float64
	means  []float64
	empty  []bool
	pool   sync.Pool
}

type knnScratch struct {
	dist, near, donor, row []float64
}

// Fit keeps a copy of x.
func (k *KNN) Fit(x mat.Matrix) error {
	const fn = "KNN.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return err
	}
	t := *k
	t.Rows = mat.DenseCopyOf(x)
	if err := t.prepare(fn); err != nil {
		return err
	}
	*k = t
	return nil
}

func (k *KNN) neighbors() int {
	if k.Neighbors == 0 {
		return 5
	}
	return k.Neighbors
}

// prepare builds the index of the rows.
func (k *KNN) prepare(fn string) error {
	if err := check.AtLeast(fn, "Neighbors", k.neighbors(), 1); err != nil {
		return err
	}
	g := k.Rows.RawMatrix()
	n := presence(g)
	empty, lacking := make([]bool, g.Cols), make([]bool, g.Cols)
	for j := range n {
		empty[j], lacking[j] = n[j] == 0, n[j] < g.Rows
	}
	l := layout(empty, lacking, k.KeepEmpty, k.Indicator)
	if len(l.Kept) == 0 {
		return nothingLeft(fn, mlgauge.ErrUndefined)
	}
	panels := (g.Rows + kernel.PanelRows - 1) / kernel.PanelRows
	x := &knnIndex{rows: g.Rows, values: make([][]float64, g.Cols), means: make([]float64, g.Cols), empty: empty}
	x.panels = make([]float64, panels*g.Cols*kernel.PanelRows)
	for i := range x.panels {
		x.panels[i] = math.NaN()
	}
	for j := range g.Cols {
		v := make([]float64, g.Rows)
		var sum float64
		for i := range g.Rows {
			u := g.Data[i*g.Stride+j]
			v[i] = u
			x.panels[(i/kernel.PanelRows*g.Cols+j)*kernel.PanelRows+i%kernel.PanelRows] = u
			if u == u {
				sum += u / float64(max(n[j], 1))
			}
		}
		x.values[j], x.means[j] = v, sum
	}
	near := min(k.neighbors(), g.Rows)
	x.pool.New = func() any {
		return &knnScratch{dist: make([]float64, panels*kernel.PanelRows), near: make([]float64, near),
			donor: make([]float64, near), row: make([]float64, g.Cols)}
	}
	k.Layout, k.index = l, x
	return nil
}

// Transform writes src without missing values into dst, which may be nil, and
// may be src where the width stays the same. It works on several cores.
func (k *KNN) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "KNN.Transform"
	in, out := k.Widths()
	g, err := source(fn, src, in)
	if err != nil {
		return nil, err
	}
	if err := noInfAll(fn, "src", g); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, out); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	const size = 16
	one := func(lo, hi int) {
		for i := lo; i < hi; i++ {
			k.fillRow(d.Data[i*d.Stride:i*d.Stride+out], g.Data[i*g.Stride:i*g.Stride+in])
		}
	}
	if g.Rows*k.index.rows < parallel.MinElements {
		one(0, g.Rows)
	} else {
		parallel.Each(parallel.Blocks(g.Rows, size), func(b int) { one(b*size, min(g.Rows, (b+1)*size)) })
	}
	return dst, nil
}

// TransformRow writes row without missing values into dst, which may be row
// where the width stays the same.
func (k *KNN) TransformRow(dst, row []float64) error {
	const fn = "KNN.TransformRow"
	in, out := k.Widths()
	if err := rowWidths(fn, in, out, len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	k.fillRow(dst, row)
	return nil
}

func (k *KNN) fillRow(dst, row []float64) {
	x := k.index
	s := x.pool.Get().(*knnScratch)
	defer x.pool.Put(s)
	copy(s.row, row)
	k.flag(dst, s.row)
	measured := false
	for c, j := range k.Kept {
		v := s.row[j]
		if v != v {
			if !measured {
				kernel.GapDistances(s.dist, s.row, x.panels)
				measured = true
			}
			v = k.value(s, j)
		}
		if k.KeepEmpty && x.empty[j] {
			v = 0
		}
		dst[c] = v
	}
}

// value averages column j over the nearest rows that have it.
func (k *KNN) value(s *knnScratch, j int) float64 {
	x := k.index
	n := 0
	limit := math.Inf(1)
	values := x.values[j]
	for i, d := range s.dist[:len(values)] {
		if !(d < limit) || values[i] != values[i] {
			continue
		}
		// Insert after equals, so that the earlier row stays nearer.
		p := n
		if n < len(s.near) {
			n++
		} else {
			p--
		}
		for ; p > 0 && s.near[p-1] > d; p-- {
			s.near[p], s.donor[p] = s.near[p-1], s.donor[p-1]
		}
		s.near[p], s.donor[p] = d, values[i]
		if n == len(s.near) {
			limit = s.near[n-1]
		}
	}
	if n == 0 {
		return x.means[j]
	}
	if !k.ByDistance {
		var sum float64
		for _, v := range s.donor[:n] {
			sum += v
		}
		return sum / float64(n)
	}
	var sum, weight float64
	zero := s.near[0] == 0
	for i, d := range s.near[:n] {
		if zero {
			if d == 0 {
				sum += s.donor[i]
				weight++
			}
			continue
		}
		w := math.Sqrt(s.near[0] / d) // relative weights cannot overflow
		sum += float64(w * s.donor[i])
		weight += w
	}
	return sum / weight
}

// FeatureNames returns the names of the columns kept, then
// "missingindicator_" and the name for the indicators.
func (k *KNN) FeatureNames(in []string) ([]string, error) { return k.names("KNN.FeatureNames", in) }

type knnJSON struct {
	Neighbors  int             `json:"neighbors,omitempty"`
	ByDistance bool            `json:"by_distance,omitempty"`
	KeepEmpty  bool            `json:"keep_empty,omitempty"`
	Indicator  bool            `json:"indicator,omitempty"`
	Columns    int             `json:"columns,omitempty"`
	Rows       jsonfloat.Slice `json:"rows,omitempty"`
}

// MarshalJSON writes options and training rows.
func (k *KNN) MarshalJSON() ([]byte, error) {
	v := knnJSON{Neighbors: k.Neighbors, ByDistance: k.ByDistance, KeepEmpty: k.KeepEmpty, Indicator: k.Indicator}
	if k.Rows != nil {
		r, c := k.Rows.Dims()
		v.Columns = c
		for i := range r {
			v.Rows = append(v.Rows, k.Rows.RawRowView(i)...)
		}
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and k stays as it was.
func (k *KNN) UnmarshalJSON(data []byte) error {
	const fn = "KNN.UnmarshalJSON"
	var v knnJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := KNN{Neighbors: v.Neighbors, ByDistance: v.ByDistance, KeepEmpty: v.KeepEmpty, Indicator: v.Indicator}
	if v.Columns < 0 || (v.Columns == 0) != (len(v.Rows) == 0) || v.Columns > 0 && len(v.Rows)%v.Columns != 0 || v.Neighbors < 0 {
		return jsonfloat.Corrupt(fn, "need whole rows of %d columns, have %d values", v.Columns, len(v.Rows))
	}
	if v.Columns > 0 {
		t.Rows = mat.NewDense(len(v.Rows)/v.Columns, v.Columns, v.Rows)
		if kernel.FirstInf(v.Rows) >= 0 {
			return jsonfloat.Corrupt(fn, "need finite values or null")
		}
		if err := t.prepare(fn); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
	}
	*k = t
	return nil
}
