package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/divergence"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// Smoothing says what is done about bins that are empty on one side, where the
// stability index and the information value would be infinite. Both sides always
// get the same treatment. The zero value smooths nothing.
type Smoothing = divergence.Smoothing

// The methods of Smoothing.
const (
	NoSmoothing       = divergence.None     // empty bins give infinite values
	AdditiveSmoothing = divergence.Additive // Value is added to every count of both sides
	FloorSmoothing    = divergence.Floor    // shares are at least Value, then divided by their sum
	FloorRawSmoothing = divergence.FloorRaw // shares are at least Value, their sum above 1
)

// Cut says how the range of a column is parted into bins.
type Cut int

const (
	// EqualFrequency puts edges at quantiles (linear interpolation); equal edges
	// are merged.
	EqualFrequency Cut = iota
	// EqualWidth puts edges at equal distances.
	EqualWidth
)

// CutEdges returns the inner edges, ascending, that part x into at most bins
// intervals, each of which holds its upper edge. NaN is left out.
//
// It reports no values (ErrEmpty), infinities (ErrNotFinite), fewer than 2 bins
// and unknown options (ErrRange).
//
// Source: pandas 3.1 cut and qcut with duplicates="drop", whose outer edges are
// replaced by the infinities.
func CutEdges(x []float64, bins int, how Cut) ([]float64, error) {
	return cutEdges("CutEdges", x, bins, how)
}

func cutEdges(fn string, x []float64, bins int, how Cut) ([]float64, error) {
	if err := check.AtLeast(fn, "bins", bins, 2); err != nil {
		return nil, err
	}
	if how != EqualFrequency && how != EqualWidth {
		return nil, check.Option(fn, "how", how)
	}
	if err := check.NotEmpty(fn, "x", len(x)); err != nil {
		return nil, err
	}
	v := x
	lo, hi, ok := kernel.Range(x)
	if !ok {
		v = make([]float64, 0, len(x))
		for i, a := range x {
			if math.IsInf(a, 0) {
				return nil, fmt.Errorf("%s: x: need finite values or NaN, have %v at index %d: %w", fn, a, i, mlgauge.ErrNotFinite)
			}
			if a == a {
				v = append(v, a)
			}
		}
	}
	if err := check.NotEmpty(fn, "x", len(v)); err != nil {
		return nil, err
	}
	if !ok {
		lo, hi, _ = kernel.Range(v)
	}
	if how == EqualWidth {
		return slices.Compact(equalWidth(lo, hi, bins)), nil
	}
	edges := equalFrequency(v, bins)
	// The first bin of a heavy minimum is that minimum alone; an edge at the maximum
	// would leave an empty bin above it.
	edges = slices.DeleteFunc(edges, func(e float64) bool { return e >= hi || e <= lo })
	return slices.Compact(edges), nil
}

func equalWidth(lo, hi float64, bins int) (edges []float64) {
	for b := 1; b < bins && lo < hi; b++ {
		t := float64(b) / float64(bins)
		edges = append(edges, float64(lo*(1-t))+float64(hi*t))
	}
	return edges
}

func equalFrequency(v []float64, bins int) (edges []float64) {
	ranks := make([]int, 0, 2*bins)
	at := func(b int) (rank int, rest float64) {
		p := float64(b) / float64(bins) * float64(len(v)-1)
		return int(p), p - float64(int(p))
	}
	for b := 1; b < bins; b++ {
		i, _ := at(b)
		ranks = append(ranks, i, min(i+1, len(v)-1))
	}
	// The ranks of the bins of few values are not in order.
	sorted := slices.Clone(ranks)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	values := kernel.Ranks(nil, v, sorted)
	value := func(rank int) float64 {
		k, _ := slices.BinarySearch(sorted, rank)
		return values[k]
	}
	for b := 1; b < bins; b++ {
		_, t := at(b)
		edges = append(edges, lerp(value(ranks[2*b-2]), value(ranks[2*b-1]), t))
	}
	return edges
}

// binOf returns the interval of v among ascending inner edges, each interval
// holding its upper edge; NaN gets the one after the last.
func binOf(edges []float64, v float64) int {
	if v != v {
		return len(edges) + 1
	}
	lo, hi := 0, len(edges)
	for lo < hi {
		mid := (lo + hi) / 2
		if edges[mid] < v {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func checkEdges(fn string, edges []float64) error {
	for i, e := range edges {
		if e*0 != 0 {
			return fmt.Errorf("%s: Edges: need finite edges, have %v: %w", fn, e, mlgauge.ErrNotFinite)
		}
		if i > 0 && e <= edges[i-1] {
			return fmt.Errorf("%s: Edges: need ascending edges, have %v after %v: %w", fn, e, edges[i-1], mlgauge.ErrRange)
		}
	}
	return nil
}

// PSI is the statistic of the population stability index between a reference
// and a current sample: the counts of both in the bins that Edges part. NaN has a
// bin of its own. Set Edges before the first Add.
type PSI struct {
	Edges []float64 // inner edges, ascending; see CutEdges

	counts sides // of the reference and of the current sample
}

// AddReference adds values of the reference. Infinities fall into the outer
// bins. It reports edges that do not ascend (ErrRange) and edges that were
// changed after the first Add (ErrIncompatible).
func (p *PSI) AddReference(x []float64) error { return p.add("PSI.AddReference", x, false) }

// AddCurrent adds values of the current sample.
func (p *PSI) AddCurrent(x []float64) error { return p.add("PSI.AddCurrent", x, true) }

func (p *PSI) add(fn string, x []float64, current bool) error {
	if err := p.counts.open(fn, p.Edges); err != nil {
		return err
	}
	c := p.counts.a
	if current {
		c = p.counts.b
	}
	countBins(c, x, p.Edges)
	return nil
}

// countBins adds to counts how many values of x are in each interval of binOf.
func countBins(counts, x, edges []float64) {
	// An interval holds its upper edge, so the next float is what starts the next.
	starts := make([]float64, len(edges))
	for i, e := range edges {
		starts[i] = math.Nextafter(e, math.Inf(1))
	}
	// Counts are integers: their sum is the same for any parts.
	parts := make([][]uint64, parallel.Parts(len(x), parallel.MinElements/2))
	parallel.Each(len(parts), func(p int) {
		parts[p] = countPart(x[p*len(x)/len(parts):(p+1)*len(x)/len(parts)], starts)
	})
	for _, at := range parts {
		for i, n := range at {
			counts[i] += float64(n)
		}
	}
}

// countPart counts the values that each interval that starts part holds, and NaN after
// the last.
func countPart(x, starts []float64) []uint64 {
	at := make([]uint64, len(starts)+2)
	const block = 4096 // in the cache for both looks
	for len(x) > 0 {
		n := min(block, len(x))
		kernel.CountEdges(at[:len(starts)+1], x[:n], starts)
		if !kernel.AllFinite(x[:n]) {
			for _, v := range x[:n] {
				if v != v { // counted with the first interval
					at[0]--
					at[len(starts)+1]++
				}
			}
		}
		x = x[n:]
	}
	return at
}

// Merge adds the counts of o. It reports other edges (ErrIncompatible).
func (p *PSI) Merge(o *PSI) error {
	if o == nil {
		return nil
	}
	return p.counts.merge("PSI.Merge", &p.Edges, &o.counts)
}

// Reset empties the counts and keeps the edges.
func (p *PSI) Reset() { p.counts = sides{} }

// Value returns the index, in [0, +Inf]:
//
//	sum_b (c_b - r_b) ln(c_b / r_b)
//
// over the bins with the shares r of the reference and c of the current sample,
// after smoothing. Usual readings: below 0.1 stable, above 0.25 shifted. Without
// smoothing, a bin that is empty on one side makes it +Inf; one empty on both
// adds 0.
//
// It reports a side without values (ErrUndefined; ErrEmpty where both have
// none).
func (p *PSI) Value(s Smoothing) (float64, error) {
	t, err := p.terms("PSI.Value", s)
	var sum float64
	for _, v := range t {
		sum += v
	}
	return sum, err
}

// Terms returns the part of every bin in Value, the bin of NaN last.
func (p *PSI) Terms(s Smoothing) ([]float64, error) { return p.terms("PSI.Terms", s) }

func (p *PSI) terms(fn string, s Smoothing) ([]float64, error) {
	a, b, err := p.counts.shares(fn, "reference", s)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(p.counts.a))
	for i := range a {
		out[i] = divergence.PSITerm(b[i], a[i])
	}
	return out, nil
}

const psiTag = "preprocess.PSI/1"

// MarshalBinary returns the statistic as bytes.
func (p *PSI) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(psiTag)
	p.counts.append(w, p.Edges)
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by the one that MarshalBinary wrote.
// It reports damaged bytes (ErrCorrupt) and then leaves the statistic as it was.
func (p *PSI) UnmarshalBinary(data []byte) error {
	const fn = "PSI.UnmarshalBinary"
	r := codec.NewReader(fn, psiTag, data)
	var n PSI
	n.Edges, n.counts = readSides(r, fn)
	if err := r.Close(); err != nil {
		return err
	}
	*p = n
	return nil
}

// PSIFilter drops the columns that are not stable between a reference part and
// a current part of the data: those whose PSI is above Threshold. The zero value
// uses 10 bins of equal frequency in the reference, 0.25 and no smoothing.
//
// NaN is left out where LeaveNaN is set, as feature_engine does; otherwise it is
// a bin of its own.
//
// Source: feature_engine 1.9 DropHighPSIFeatures, whose smoothing is
// {FloorRawSmoothing, 0.0001}.
type PSIFilter struct {
	Bins      int       `json:"bins,omitempty"`      // 0 means 10
	Cut       Cut       `json:"cut,omitempty"`       // how to bin the reference
	Threshold float64   `json:"threshold,omitempty"` // 0 means 0.25
	Smoothing Smoothing `json:"smoothing,omitempty"`
	LeaveNaN  bool      `json:"leave_nan,omitempty"`

	Selection
	Values Floats `json:"values,omitempty"` // the index of every column
}

// Fit computes the indices and chooses. It reports empty parts, parts of
// different width, a column without values on one side (ErrUndefined), and options
// out of range (ErrRange).
func (f *PSIFilter) Fit(reference, current mat.Matrix) error {
	const fn = "PSIFilter.Fit"
	gr, err := view(fn, "reference", reference)
	if err != nil {
		return err
	}
	cols := gr.Cols
	gc, err := source(fn, current, cols)
	if err != nil {
		return err
	}
	if err := f.options(fn); err != nil {
		return err
	}
	bins, cut := f.Bins, f.Threshold
	if bins == 0 {
		bins = 10
	}
	if cut == 0 {
		cut = 0.25
	}
	r, c := make([]float64, gr.Rows), make([]float64, gc.Rows)
	yes, values := make([]bool, cols), make(Floats, cols)
	for j := range cols {
		columnInto(r, gr, j)
		columnInto(c, gc, j)
		edges, err := cutEdges(fn, r, bins, f.Cut)
		if err != nil {
			return fmt.Errorf("column %d: %w", j, err)
		}
		p := PSI{Edges: edges}
		if err := p.add(fn, r, false); err != nil {
			return err
		}
		if err := p.add(fn, c, true); err != nil {
			return err
		}
		if f.LeaveNaN {
			p.counts.a[len(edges)+1], p.counts.b[len(edges)+1] = 0, 0
		}
		if values[j], err = p.Value(f.Smoothing); err != nil {
			return fmt.Errorf("%s: column %d: %w", fn, j, err)
		}
		yes[j] = values[j] <= cut
	}
	f.Selection, f.Values = keep(yes), values
	return nil
}

func (f *PSIFilter) options(fn string) error {
	if f.Bins != 0 {
		if err := check.AtLeast(fn, "Bins", f.Bins, 2); err != nil {
			return err
		}
	}
	if f.Cut != EqualFrequency && f.Cut != EqualWidth {
		return check.Option(fn, "Cut", f.Cut)
	}
	if err := check.In(fn, "Threshold", f.Threshold, 0, math.Inf(1)); err != nil {
		return err
	}
	return f.Smoothing.Check(fn)
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves f as it was.
func (f *PSIFilter) UnmarshalJSON(data []byte) error {
	const fn = "PSIFilter.UnmarshalJSON"
	type plain PSIFilter
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	n := PSIFilter(p)
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
