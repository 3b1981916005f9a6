package preprocess

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// BinStrategy is how the edges of bins are chosen.
type BinStrategy int

const (
	// QuantileBins puts the edges at quantiles.
	QuantileBins BinStrategy = iota
	// UniformBins spaces the edges evenly between the extremes.
	UniformBins
	// KMeansBins puts the edges half way between the centres of clusters.
	KMeansBins
	// CustomBins takes the edges of the option Custom.
	CustomBins
)

var binStrategyNames = []string{"quantile", "uniform", "kmeans", "custom"}

// String returns "quantile", "uniform", "kmeans" or "custom".
func (s BinStrategy) String() string { return optionName(s, binStrategyNames) }

// BinOutput is what a binned value becomes.
type BinOutput int

const (
	// Ordinal is the number of the bin, from 0.
	Ordinal BinOutput = iota
	// OneHot is one column of 0 and 1 for each bin.
	OneHot
	// BinMean is the mean of the training values in the bin (the middle of the
	// bin if it had none).
	BinMean
)

var binOutputNames = []string{"ordinal", "onehot", "mean"}

// String returns "ordinal", "onehot" or "mean".
func (o BinOutput) String() string { return optionName(o, binOutputNames) }

// BinMissing is what becomes of a missing value.
type BinMissing int

const (
	// RefuseMissing makes NaN mlgauge.ErrNotFinite.
	RefuseMissing BinMissing = iota
	// OwnBin puts NaN into a bin of its own, after the others.
	OwnBin
	// KeepMissing leaves NaN: as NaN, or as all zeros under OneHot.
	KeepMissing
)

var binMissingNames = []string{"refuse", "bin", "keep"}

// String returns "refuse", "bin" or "keep".
func (m BinMissing) String() string { return optionName(m, binMissingNames) }

// BinQuantile is how QuantileBins takes quantiles.
type BinQuantile int

const (
	// AveragedInvertedCDF is the middle of the values around a step of the
	// distribution function.
	AveragedInvertedCDF BinQuantile = iota
	// InvertedCDF is the lower one.
	InvertedCDF
	// LinearQuantile interpolates between order statistics.
	LinearQuantile
)

var binQuantileNames = []string{"averaged_inverted_cdf", "inverted_cdf", "linear"}

// String returns "averaged_inverted_cdf", "inverted_cdf" or "linear".
func (q BinQuantile) String() string { return optionName(q, binQuantileNames) }

// Bins cuts every column into bins:
//
//	bin(x) = number of inner edges e with e <= x
//
// so a bin holds [lower, upper); values beyond the outer edges fall into the
// first and the last bin. The zero value is ready to fit: five bins of equal
// frequency, written as their number.
//
// Special cases:
//   - A constant column has one bin, from -Inf to +Inf.
//   - Edges of QuantileBins and KMeansBins that are 1e-8 or less apart are merged,
//     so a column may have fewer bins than asked for.
//   - Missing says what becomes of NaN; it is skipped when fitting unless
//     refused. A column without any value is mlgauge.ErrUndefined.
//   - An infinity falls into an outer bin when transforming, and is refused when
//     fitting.
//
// Inverse writes the middle of the bin (an infinite edge gives NaN), and NaN for
// the bin of missing values.
//
// Definition: scikit-learn 1.9, KBinsDiscretizer.
type Bins struct {
	Strategy BinStrategy
	// N is the number of bins of a column; 0 stands for 5.
	N int
	// NByColumn is the number of bins by column; nil takes N for all.
	NByColumn []int
	// Custom are ascending edges, the outer ones included, for all columns
	// (one slice) or by column.
	Custom  [][]float64
	Output  BinOutput
	Missing BinMissing
	// Quantile is how QuantileBins takes quantiles; with weights
	// LinearQuantile is mlgauge.ErrIncompatible.
	Quantile BinQuantile

	Edges [][]float64 // edges of each column, the outer ones included
	Means [][]float64 // mean of each bin, for BinMean
}

// Fit finds the edges from the columns of x.
func (b *Bins) Fit(x mat.Matrix) error { return b.fit("Bins.Fit", x, nil) }

// FitWeighted is Fit with row i counted w[i] >= 0 times. Rows of weight 0 do not
// count at all.
func (b *Bins) FitWeighted(x mat.Matrix, w []float64) error {
	return b.fit("Bins.FitWeighted", x, weighted(w))
}

func (b *Bins) check(fn string) error {
	if err := option(fn, "Strategy", b.Strategy, binStrategyNames); err != nil {
		return err
	}
	if err := option(fn, "Output", b.Output, binOutputNames); err != nil {
		return err
	}
	if err := option(fn, "Missing", b.Missing, binMissingNames); err != nil {
		return err
	}
	return option(fn, "Quantile", b.Quantile, binQuantileNames)
}

// number returns the number of bins asked for in column j.
func (b *Bins) number(j int) int {
	switch {
	case b.NByColumn != nil:
		return b.NByColumn[j]
	case b.N == 0:
		return 5
	}
	return b.N
}

func (b *Bins) fit(fn string, x mat.Matrix, w []float64) error {
	if err := b.check(fn); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return err
	}
	if w != nil {
		if err := check.Weights(fn, "w", g.Rows, w); err != nil {
			return err
		}
		if b.Strategy == QuantileBins && b.Quantile == LinearQuantile {
			return fmt.Errorf("%s: Quantile: need a quantile of the distribution function for weights, have linear: %w", fn, mlgauge.ErrIncompatible)
		}
	}
	if b.NByColumn != nil {
		if err := check.Length(fn, "NByColumn", g.Cols, len(b.NByColumn)); err != nil {
			return err
		}
	}
	if b.Strategy == CustomBins && len(b.Custom) != 1 {
		if err := check.Length(fn, "Custom", g.Cols, len(b.Custom)); err != nil {
			return err
		}
	}
	edges, means := make([][]float64, g.Cols), make([][]float64, g.Cols)
	errs := make([]error, g.Cols)
	parallel.Each(g.Cols, func(j int) {
		c := binColumn{fn: fn, j: j, x: make([]float64, 0, g.Rows)}
		for i := range g.Rows {
			v := g.Data[i*g.Stride+j]
			if v != v {
				if b.Missing == RefuseMissing {
					errs[j] = fmt.Errorf("%s: x: need values, or another option Missing, have NaN in row %d, column %d: %w", fn, i, j, mlgauge.ErrNotFinite)
					return
				}
				continue
			}
			if w != nil {
				if w[i] == 0 {
					continue
				}
				c.w = append(c.w, w[i])
			}
			c.x = append(c.x, v)
		}
		if edges[j], errs[j] = b.edges(&c); errs[j] == nil && b.Output == BinMean {
			means[j] = c.means(edges[j])
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	b.Edges, b.Means = edges, nil
	if b.Output == BinMean {
		b.Means = means
	}
	return nil
}

// binColumn is the values of a column, and their weights if any.
type binColumn struct {
	fn   string
	j    int
	x, w []float64
}

// edges returns the edges of one column, and sorts it.
func (b *Bins) edges(c *binColumn) ([]float64, error) {
	if b.Strategy == CustomBins {
		return b.custom(c)
	}
	n := b.number(c.j)
	if err := check.AtLeast(c.fn, "N", n, 2); err != nil {
		return nil, err
	}
	if len(c.x) == 0 {
		return nil, fmt.Errorf("%s: x: need at least one value in column %d, have none: %w", c.fn, c.j, mlgauge.ErrUndefined)
	}
	c.sort()
	lo, hi := c.x[0], c.x[len(c.x)-1]
	if lo == hi {
		return []float64{math.Inf(-1), math.Inf(1)}, nil
	}
	if math.IsInf(hi-lo, 0) {
		return nil, fmt.Errorf("%s: x: need columns whose width is finite, have %v to %v in column %d: %w", c.fn, lo, hi, c.j, mlgauge.ErrNotFinite)
	}
	switch b.Strategy {
	case UniformBins:
		return linspace(lo, hi, n+1), nil
	case KMeansBins:
		return farApart(kMeansEdges(c.x, c.w, n)), nil
	}
	return farApart(c.quantiles(linspace(0, 100, n+1), b.Quantile)), nil
}

// custom returns the edges that the user gave.
func (b *Bins) custom(c *binColumn) ([]float64, error) {
	e := b.Custom[0]
	if len(b.Custom) > 1 {
		e = b.Custom[c.j]
	}
	if len(e) < 2 {
		return nil, fmt.Errorf("%s: Custom: need at least two edges, have %d for column %d: %w", c.fn, len(e), c.j, mlgauge.ErrRange)
	}
	for i, v := range e {
		if v != v || i > 0 && v <= e[i-1] {
			return nil, fmt.Errorf("%s: Custom: need ascending edges, have %v for column %d: %w", c.fn, e, c.j, mlgauge.ErrRange)
		}
	}
	return slices.Clone(e), nil
}

// sort sorts the values, and the weights along with them.
func (c *binColumn) sort() {
	if c.w == nil {
		slices.Sort(c.x)
		return
	}
	type pair struct{ x, w float64 }
	p := make([]pair, len(c.x))
	for i := range p {
		p[i] = pair{c.x[i], c.w[i]}
	}
	slices.SortStableFunc(p, func(a, b pair) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	for i := range p {
		c.x[i], c.w[i] = p[i].x, p[i].w
	}
}

// quantiles returns the quantiles of the sorted column at percentages.
func (c *binColumn) quantiles(percent []float64, kind BinQuantile) []float64 {
	out := make([]float64, len(percent))
	if c.w != nil {
		var cum []float64
		var sum float64
		for _, v := range c.w {
			sum += v
			cum = append(cum, sum)
		}
		for i, p := range percent {
			out[i] = weightedQuantile(c.x, cum, p/100, kind == AveragedInvertedCDF)
		}
		return out
	}
	n := len(c.x)
	for i, p := range percent {
		q := p / 100
		if kind == LinearQuantile {
			out[i] = quantiles(c.x, []float64{q})[0]
			continue
		}
		v := float64(n)*q - 1
		k := math.Floor(v)
		a, b := c.x[min(max(int(k), 0), n-1)], c.x[min(max(int(k)+1, 0), n-1)]
		switch {
		case v != k:
			out[i] = b
		case kind == AveragedInvertedCDF:
			out[i] = b - (b-a)*.5
		default:
			out[i] = a
		}
	}
	return out
}

// weightedQuantile is the inverse of the weighted distribution function; on a
// step of it, the middle of the values around, if average.
//
// Definition: scikit-learn 1.9, _weighted_percentile.
func weightedQuantile(x, cum []float64, q float64, average bool) float64 {
	n := len(x)
	at := q * cum[n-1]
	if at == 0 {
		at = math.Nextafter(0, 1)
	}
	k, _ := slices.BinarySearch(cum, at)
	k = min(k, n-1)
	if average && k+1 < n && cum[k]-at <= eps {
		return (x[k] + x[k+1]) / 2
	}
	return x[k]
}

// farApart leaves out edges that are 1e-8 or less above the one before.
func farApart(e []float64) []float64 {
	out := e[:1:1]
	for i := 1; i < len(e); i++ {
		if e[i]-e[i-1] > 1e-8 {
			out = append(out, e[i])
		}
	}
	if len(out) == 1 {
		return []float64{math.Inf(-1), math.Inf(1)}
	}
	return out
}

// means returns the mean of the values in each bin.
func (c *binColumn) means(edges []float64) []float64 {
	n := len(edges) - 1
	sum, weight := make([]float64, n), make([]float64, n)
	for i, v := range c.x {
		w := 1.
		if c.w != nil {
			w = c.w[i]
		}
		// Differences to the running mean neither overflow nor cancel.
		k := binIndex(edges, v)
		weight[k] += w
		sum[k] += (v - sum[k]) * (w / weight[k])
	}
	for k := range sum {
		if weight[k] == 0 {
			sum[k] = middle(edges, k)
		}
	}
	return sum
}

// binIndex returns the number of inner edges at or below v.
func binIndex(edges []float64, v float64) int {
	lo, hi := 1, len(edges)-1
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if edges[m] <= v {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo - 1
}

// middle returns the centre of bin k.
func middle(edges []float64, k int) float64 { return (edges[k] + edges[k+1]) * .5 }

// count returns the number of bins of column j, that of missing values
// included.
func (b *Bins) count(j int) int {
	n := len(b.Edges[j]) - 1
	if b.Missing == OwnBin {
		n++
	}
	return n
}

// Widths returns the number of columns read and written.
func (b *Bins) Widths() (in, out int) {
	in, out = len(b.Edges), len(b.Edges)
	if b.Output == OneHot {
		out = 0
		for j := range b.Edges {
			out += b.count(j)
		}
	}
	return in, out
}

func (b *Bins) fitted(fn string) error {
	if len(b.Edges) == 0 {
		return check.NotFitted(fn)
	}
	if err := b.check(fn); err != nil {
		return err
	}
	if b.Output == BinMean {
		return check.Length(fn, "Means", len(b.Edges), len(b.Means))
	}
	return nil
}

// Transform writes the bins of src into dst, which may be nil, and may be src
// unless the output is OneHot.
func (b *Bins) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return b.apply("Bins.Transform", dst, src, false)
}

// Inverse writes the middle of the bins of src into dst, which may be nil.
func (b *Bins) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return b.apply("Bins.Inverse", dst, src, true)
}

func (b *Bins) apply(fn string, dst *mat.Dense, src mat.Matrix, back bool) (*mat.Dense, error) {
	if err := b.fitted(fn); err != nil {
		return nil, err
	}
	in, out := b.Widths()
	do := b.row
	if back {
		in, out, do = out, in, b.back
	}
	g, err := source(fn, src, in)
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, out); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	err = chunks(g.Rows, max(in, out), func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			if err := do(fn, d.Data[i*d.Stride:i*d.Stride+out], g.Data[i*g.Stride:i*g.Stride+in]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// TransformRow writes the bins of row into dst, which may be row unless the
// output is OneHot.
func (b *Bins) TransformRow(dst, row []float64) error {
	const fn = "Bins.TransformRow"
	if err := b.fitted(fn); err != nil {
		return err
	}
	in, out := b.Widths()
	if err := rowWidths(fn, in, out, len(row), len(dst)); err != nil {
		return err
	}
	return b.row(fn, dst, row)
}

func (b *Bins) row(fn string, dst, row []float64) error {
	if b.Output == OneHot {
		clear(dst)
	}
	at := 0
	for j, v := range row {
		k := -1
		switch {
		case v == v:
			k = binIndex(b.Edges[j], v)
		case b.Missing == RefuseMissing:
			return fmt.Errorf("%s: need values, or another option Missing, have NaN in column %d: %w", fn, j, mlgauge.ErrNotFinite)
		case b.Missing == OwnBin:
			k = len(b.Edges[j]) - 1
		}
		switch {
		case b.Output == OneHot:
			if k >= 0 {
				dst[at+k] = 1
			}
			at += b.count(j)
		case k < 0 || b.Output == BinMean && v != v:
			dst[j] = nan
		case b.Output == BinMean:
			dst[j] = b.Means[j][k]
		default:
			dst[j] = float64(k)
		}
	}
	return nil
}

func (b *Bins) back(fn string, dst, row []float64) error {
	at := 0
	for j := range dst {
		k, n := -1, len(b.Edges[j])-1
		switch b.Output {
		case OneHot:
			for i, v := range row[at : at+b.count(j)] {
				if v == 1 && k < 0 {
					k = i
				} else if v != 0 {
					return fmt.Errorf("%s: need at most one 1 and zeros for column %d, have %v: %w", fn, j, row[at:at+b.count(j)], mlgauge.ErrRange)
				}
			}
			at += b.count(j)
		case BinMean:
			if v := row[j]; v == v {
				k = binIndex(b.Edges[j], v)
			}
		default:
			if v := row[j]; v == v {
				if v < 0 || v >= float64(b.count(j)) || v != math.Trunc(v) {
					return fmt.Errorf("%s: need a bin from 0 to %d for column %d, have %v: %w", fn, b.count(j)-1, j, v, mlgauge.ErrRange)
				}
				k = int(v)
			}
		}
		if dst[j] = nan; k >= 0 && k < n {
			dst[j] = middle(b.Edges[j], k)
		}
	}
	return nil
}

// FeatureNames returns the input names; under OneHot name_0.0, name_1.0, ... and
// name_nan for the bin of missing values.
func (b *Bins) FeatureNames(in []string) ([]string, error) {
	in, err := names("Bins.FeatureNames", in, len(b.Edges))
	if err != nil || b.Output != OneHot {
		return in, err
	}
	var out []string
	for j, name := range in {
		for k := range b.count(j) {
			bin := strconv.Itoa(k) + ".0"
			if k == len(b.Edges[j])-1 {
				bin = "nan"
			}
			out = append(out, name+"_"+bin)
		}
	}
	return out, nil
}

type binsJSON struct {
	Strategy  string         `json:"strategy"`
	N         int            `json:"n,omitempty"`
	NByColumn []int          `json:"n_by_column,omitempty"`
	Custom    jsonfloat.Rows `json:"custom,omitempty"`
	Output    string         `json:"output"`
	Missing   string         `json:"missing"`
	Quantile  string         `json:"quantile"`
	Edges     jsonfloat.Rows `json:"edges,omitempty"`
	Means     jsonfloat.Rows `json:"means,omitempty"`
}

// MarshalJSON writes options and edges.
func (b *Bins) MarshalJSON() ([]byte, error) {
	return json.Marshal(binsJSON{b.Strategy.String(), b.N, b.NByColumn, b.Custom, b.Output.String(), b.Missing.String(), b.Quantile.String(), b.Edges, b.Means})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and b stays as it was.
func (b *Bins) UnmarshalJSON(data []byte) error {
	const fn = "Bins.UnmarshalJSON"
	var v binsJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := Bins{N: v.N, NByColumn: v.NByColumn, Custom: v.Custom, Edges: v.Edges, Means: v.Means}
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
	if t.Output == BinMean && len(t.Means) != len(t.Edges) {
		return jsonfloat.Corrupt(fn, "need means for %d columns, have %d", len(t.Edges), len(t.Means))
	}
	for j, e := range t.Edges {
		if len(e) < 2 {
			return jsonfloat.Corrupt(fn, "column %d: need at least two edges, have %d", j, len(e))
		}
		for i, x := range e {
			if x != x || i > 0 && x <= e[i-1] {
				return jsonfloat.Corrupt(fn, "column %d: need ascending edges", j)
			}
		}
		if t.Output == BinMean && len(t.Means[j]) != len(e)-1 {
			return jsonfloat.Corrupt(fn, "column %d: need %d means, have %d", j, len(e)-1, len(t.Means[j]))
		}
	}
	*b = t
	return nil
}
