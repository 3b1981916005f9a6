package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/internal/sketch"
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
// UniformBins and CustomBins need the extremes at most, so PartialFit and Merge
// work exactly. Quantiles, clusters and the means of BinMean need all rows at
// once, unless Sketch is set: then a mergeable sketch of constant size takes the
// place of the rows, whose edges are those of the exact fit below about Sketch
// rows and have ranks right to 2.296 / Sketch^0.9021 in 99% of the cases above.
// Clusters are then those of the weighted values that the sketch holds.
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
	// Sketch is the accuracy of the sketch to fit from, at least 8; 0 fits
	// exactly.
	Sketch int

	Edges [][]float64 // edges of each column, the outer ones included
	Means [][]float64 // mean of each bin, for BinMean

	stat *binStat // nil where a fit cannot go on
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
	if err := option(fn, "Quantile", b.Quantile, binQuantileNames); err != nil {
		return err
	}
	return sketchSize(fn, b.Sketch)
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
	if err := b.perColumn(fn, g.Cols); err != nil {
		return err
	}
	if b.Sketch != 0 && w != nil {
		return fmt.Errorf("%s: Sketch: need 0 for weights, have %d: %w", fn, b.Sketch, mlgauge.ErrIncompatible)
	}
	if w == nil && b.mergeable() {
		stat, err := b.accumulate(fn, nil, g)
		if err != nil {
			return err
		}
		return b.fromStat(fn, stat)
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
	b.set(edges, means, nil)
	return nil
}

// set takes what was fitted.
func (b *Bins) set(edges, means [][]float64, stat *binStat) {
	b.Edges, b.Means, b.stat = edges, nil, stat
	if b.Output == BinMean {
		b.Means = means
	}
}

// perColumn reports options by column that do not have one for each.
func (b *Bins) perColumn(fn string, cols int) error {
	if b.NByColumn != nil {
		if err := check.Length(fn, "NByColumn", cols, len(b.NByColumn)); err != nil {
			return err
		}
	}
	if b.Strategy == CustomBins && len(b.Custom) != 1 {
		return check.Length(fn, "Custom", cols, len(b.Custom))
	}
	return nil
}

// binColumn is the values of a column, and their weights if any; from a sketch
// where there is one.
type binColumn struct {
	fn     string
	j      int
	x, w   []float64
	sketch *sketch.KLL
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
	mean := pairwiseMean(c.x)
	c.sort()
	lo, hi := c.x[0], c.x[len(c.x)-1]
	if c.sketch != nil { // it may have let go of its extremes, but knows them
		lo, hi = c.sketch.Min(), c.sketch.Max()
	}
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
		e := kMeansEdges(c.x, c.w, mean, n)
		e[0], e[n] = lo, hi
		return farApart(e), nil
	}
	if c.w != nil && b.Quantile == LinearQuantile {
		e, err := c.sketch.Quantiles(linspace(0, 1, n+1))
		return farApart(e), err
	}
	e := c.quantiles(linspace(0, 100, n+1), b.Quantile)
	e[0], e[n] = lo, hi
	return farApart(e), nil
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
		kernel.SortFloat64s(c.x)
		return
	}
	kernel.SortWeighted(c.x, c.w)
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
