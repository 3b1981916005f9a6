package preprocess

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/sketch"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Distribution is the distribution of the output of a Quantile transform.
type Distribution int

const (
	// Uniform on [0, 1].
	Uniform Distribution = iota
	// Normal with mean 0 and variance 1.
	Normal
)

var distributionNames = []string{"uniform", "normal"}

// String returns "uniform" or "normal".
func (d Distribution) String() string { return optionName(d, distributionNames) }

// Quantile maps every column to a uniform or normal distribution through its
// empirical distribution function, given by NQuantiles landmarks:
//
//	u = (F(x) - F'(-x)) / 2
//
// where F interpolates linearly between the landmarks and F' does so from above,
// so that a value that occurs often lands in the middle of its ranks. For Normal
// output u is mapped by the normal quantile function and clipped at the
// quantiles of 1e-7.
//
// An exact fit needs all rows at once; with Sketch set, a mergeable sketch of
// constant size is fitted instead, and PartialFit and Merge work.
//
// Special cases:
//   - NaN is skipped when fitting and stays NaN; a column without any value
//     maps everything to NaN.
//   - Values beyond the landmarks map to the ends, and so does, under Normal,
//     what is within 1e-7 of them.
//   - The number of landmarks is at most the number of rows, or of the values
//     that a sketch holds.
//
// Inverse interpolates the other way; it undoes Transform at and between
// distinct landmarks, to rounding.
//
// Definition: scikit-learn 1.9, QuantileTransformer, which by default looks at
// 10,000 rows drawn at random; here all rows count.
type Quantile struct {
	// NQuantiles is the number of landmarks; 0 stands for 1000.
	NQuantiles int
	// Output is the distribution to map to.
	Output Distribution
	// Sketch is the accuracy of the sketch to fit from, at least 8; 0 fits
	// exactly.
	Sketch int

	References []float64   // probabilities of the landmarks, from 0 to 1
	Quantiles  [][]float64 // landmarks of each column, ascending

	stat columnSketch
}

// bound is the probability at which normal output is clipped.
const bound = 1e-7

var clipLow, clipHigh = distuv.UnitNormal.Quantile(bound - eps), distuv.UnitNormal.Quantile(1 - (bound - eps))

// Fit learns the landmarks from the rows of x.
func (q *Quantile) Fit(x mat.Matrix) error { return q.fit("Quantile.Fit", x, false) }

// PartialFit adds the rows of x to what was fitted before. It needs Sketch,
// unless nothing was fitted before (mlgauge.ErrIncompatible).
func (q *Quantile) PartialFit(x mat.Matrix) error { return q.fit("Quantile.PartialFit", x, true) }

func (q *Quantile) check(fn string) error {
	if err := option(fn, "Output", q.Output, distributionNames); err != nil {
		return err
	}
	if q.NQuantiles != 0 {
		return check.AtLeast(fn, "NQuantiles", q.NQuantiles, 1)
	}
	return nil
}

// references returns the probabilities for that many rows.
func (q *Quantile) references(rows int) []float64 {
	n := q.NQuantiles
	if n == 0 {
		n = 1000
	}
	return linspace(0, 1, max(1, min(n, rows)))
}

// linspace returns n evenly spaced numbers, as numpy does.
func linspace(lo, hi float64, n int) []float64 {
	x := make([]float64, n)
	if n == 1 {
		x[0] = lo
		return x
	}
	step := (hi - lo) / float64(n-1)
	for i := range x {
		x[i] = float64(float64(i)*step) + lo
	}
	x[n-1] = hi
	return x
}

func (q *Quantile) fit(fn string, x mat.Matrix, more bool) error {
	if err := q.check(fn); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if q.Sketch != 0 {
		var old columnSketch
		if more {
			if old = q.stat; old == nil && q.Quantiles != nil {
				return notResumable(fn)
			}
		}
		stat, err := old.add(fn, q.Sketch, g)
		if err != nil {
			return err
		}
		return q.fromSketch(stat)
	}
	if more && q.Quantiles != nil {
		return notResumable(fn)
	}
	ref := q.references(g.Rows)
	p := percent(ref)
	marks, err := columnQuantiles(fn, g, p)
	if err != nil {
		return err
	}
	q.References, q.Quantiles, q.stat = ref, marks, nil
	return nil
}

// percent takes probabilities through percentages, for the rounding of
// numpy.percentile.
func percent(ref []float64) []float64 {
	p := make([]float64, len(ref))
	for i, r := range ref {
		p[i] = r * 100 / 100
	}
	return p
}

func (q *Quantile) fromSketch(stat columnSketch) error {
	most := 0 // values held; more landmarks would repeat them
	for _, s := range stat {
		most = max(most, s.Held())
	}
	ref := q.references(most)
	marks, err := stat.quantiles(ref)
	if err != nil {
		return err
	}
	for _, m := range marks {
		// Interpolation between ranks of the sketch can step back by a rounding.
		for i := 1; i < len(m); i++ {
			m[i] = max(m[i], m[i-1])
		}
	}
	q.References, q.Quantiles, q.stat = ref, marks, stat
	return nil
}

func (q *Quantile) options() Quantile {
	return Quantile{NQuantiles: q.NQuantiles, Output: q.Output, Sketch: q.Sketch}
}

// Merge adds the rows that o was fitted on. Both need the same options and
// Sketch (mlgauge.ErrIncompatible).
func (q *Quantile) Merge(o *Quantile) error {
	const fn = "Quantile.Merge"
	if o.Quantiles == nil {
		return check.NotFitted(fn)
	}
	if q.NQuantiles != o.NQuantiles || q.Output != o.Output || q.Sketch != o.Sketch {
		return fmt.Errorf("%s: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	if o.stat == nil || q.Quantiles != nil && q.stat == nil {
		return notResumable(fn)
	}
	stat, err := q.stat.merged(fn, o.stat)
	if err != nil {
		return err
	}
	return q.fromSketch(stat)
}

// Reset forgets what was fitted and keeps the options.
func (q *Quantile) Reset() { *q = q.options() }

// Widths returns the number of columns, twice.
func (q *Quantile) Widths() (in, out int) { return len(q.Quantiles), len(q.Quantiles) }

// interp is linear interpolation at x between the points (xp, fp), xp ascending;
// of several points at x the last counts. It returns the ends beyond them.
func interp(x float64, xp, fp []float64) float64 {
	n := len(xp)
	j := sort.Search(n, func(i int) bool { return xp[i] > x }) - 1
	switch {
	case j < 0:
		return fp[0]
	case j >= n-1:
		return fp[n-1]
	}
	return fp[j] + along(fp[j+1]-fp[j], xp[j+1]-xp[j], x-xp[j])
}

// interpBelow is interp of which, of several points at x, the first counts: the
// interpolation of the negated and reversed points, negated.
func interpBelow(x float64, xp, fp []float64) float64 {
	n := len(xp)
	j := sort.SearchFloat64s(xp, x) // the first point at or above x
	switch {
	case j >= n:
		return fp[n-1]
	case j == 0:
		return fp[0]
	}
	return fp[j] - along(fp[j]-fp[j-1], xp[j]-xp[j-1], xp[j]-x)
}

// along returns the rise of a line that rises by height over width, after step.
func along(height, width, step float64) float64 {
	if slope := height / width; !math.IsInf(slope, 0) {
		return float64(slope * step)
	}
	return height * (step / width) // the landmarks are denormals apart
}

func (q *Quantile) forward(x float64, marks []float64) float64 {
	if x != x || marks[0] != marks[0] {
		return nan
	}
	lo, hi := marks[0], marks[len(marks)-1]
	u := .5 * (interp(x, marks, q.References) + interpBelow(x, marks, q.References))
	if q.Output == Uniform {
		switch {
		case x == lo:
			return 0
		case x == hi:
			return 1
		}
		return u
	}
	switch {
	case x-bound < lo:
		return clipLow
	case x+bound > hi:
		return clipHigh
	}
	return min(max(distuv.UnitNormal.Quantile(u), clipLow), clipHigh)
}

func (q *Quantile) backward(y float64, marks []float64) float64 {
	if y != y || marks[0] != marks[0] {
		return nan
	}
	lo, hi := marks[0], marks[len(marks)-1]
	if q.Output == Normal {
		y = distuv.UnitNormal.CDF(y)
		switch {
		case y-bound < 0:
			return lo
		case y+bound > 1:
			return hi
		}
	}
	return interp(y, q.References, marks)
}

// Transform writes the mapped src into dst, which may be nil or src.
func (q *Quantile) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	n := len(q.Quantiles)
	return eachRow("Quantile.Transform", dst, src, n, n, q.forwardRow)
}

// Inverse writes the values of which src is the transform into dst.
func (q *Quantile) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	n := len(q.Quantiles)
	return eachRow("Quantile.Inverse", dst, src, n, n, q.backwardRow)
}

func (q *Quantile) forwardRow(dst, row []float64) {
	for j, v := range row {
		dst[j] = q.forward(v, q.Quantiles[j])
	}
}

func (q *Quantile) backwardRow(dst, row []float64) {
	for j, v := range row {
		dst[j] = q.backward(v, q.Quantiles[j])
	}
}

// TransformRow writes the mapped row into dst, which may be row.
func (q *Quantile) TransformRow(dst, row []float64) error {
	const fn = "Quantile.TransformRow"
	n := len(q.Quantiles)
	if err := rowWidths(fn, n, n, len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	q.forwardRow(dst, row)
	return nil
}

// FeatureNames returns the input names.
func (q *Quantile) FeatureNames(in []string) ([]string, error) {
	return names("Quantile.FeatureNames", in, len(q.Quantiles))
}

// MarshalBinary saves options, landmarks and, if there is one, the sketch.
func (q *Quantile) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("preprocess.quantile/1")
	w.Int(q.NQuantiles)
	w.Int(int(q.Output))
	w.Int(q.Sketch)
	w.Float64s(q.References)
	w.Int(len(q.Quantiles))
	for _, m := range q.Quantiles {
		w.Float64s(m)
	}
	q.stat.append(w)
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (q *Quantile) UnmarshalBinary(data []byte) error {
	const fn = "Quantile.UnmarshalBinary"
	r := codec.NewReader(fn, "preprocess.quantile/1", data)
	t := Quantile{NQuantiles: r.Int(), Output: Distribution(r.Int()), Sketch: r.Int(), References: r.Float64s()}
	for range r.Count(8) {
		t.Quantiles = append(t.Quantiles, r.Float64s())
	}
	t.stat = readSketch(r, len(t.Quantiles), t.Sketch)
	if err := r.Close(); err != nil {
		return err
	}
	if err := t.restore(fn); err != nil {
		return err
	}
	*q = t
	return nil
}

// restore checks options and parameters that came from outside.
func (q *Quantile) restore(fn string) error {
	if err := q.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if q.Sketch != 0 && (q.Sketch < sketch.MinK || q.Sketch > sketch.MaxK) {
		return jsonfloat.Corrupt(fn, "need a sketch of 0 or %d to %d, have %d", sketch.MinK, sketch.MaxK, q.Sketch)
	}
	if (len(q.Quantiles) == 0) != (len(q.References) == 0) {
		return jsonfloat.Corrupt(fn, "need references and quantiles, or neither, have %d and %d", len(q.References), len(q.Quantiles))
	}
	if !slices.IsSorted(q.References) || len(q.References) > 0 && !(q.References[0] >= 0 && q.References[len(q.References)-1] <= 1) {
		return jsonfloat.Corrupt(fn, "need ascending references in [0, 1]")
	}
	for i := 1; i < len(q.References); i++ {
		if q.References[i] == q.References[i-1] {
			return jsonfloat.Corrupt(fn, "need distinct references, have %v twice", q.References[i])
		}
	}
	for j, m := range q.Quantiles {
		if len(m) != len(q.References) {
			return jsonfloat.Corrupt(fn, "column %d: need %d quantiles, have %d", j, len(q.References), len(m))
		}
		empty := math.IsNaN(m[0])
		for i, v := range m {
			if math.IsInf(v, 0) || math.IsNaN(v) != empty || i > 0 && v < m[i-1] {
				return jsonfloat.Corrupt(fn, "column %d: need finite ascending quantiles, or none", j)
			}
		}
	}
	return nil
}

type quantileJSON struct {
	NQuantiles int             `json:"n_quantiles,omitempty"`
	Output     string          `json:"output"`
	Sketch     int             `json:"sketch,omitempty"`
	References jsonfloat.Slice `json:"references,omitempty"`
	Quantiles  jsonfloat.Rows  `json:"quantiles,omitempty"`
}

// MarshalJSON writes options and landmarks; the sketch, if any, is in the
// binary form only.
func (q *Quantile) MarshalJSON() ([]byte, error) {
	return json.Marshal(quantileJSON{q.NQuantiles, q.Output.String(), q.Sketch, q.References, q.Quantiles})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and q stays as it was.
func (q *Quantile) UnmarshalJSON(data []byte) error {
	const fn = "Quantile.UnmarshalJSON"
	var v quantileJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	out, err := parseOption[Distribution](fn, "output", v.Output, distributionNames)
	if err != nil {
		return err
	}
	t := Quantile{NQuantiles: v.NQuantiles, Output: out, Sketch: v.Sketch, References: v.References, Quantiles: v.Quantiles}
	if err := t.restore(fn); err != nil {
		return err
	}
	*q = t
	return nil
}
