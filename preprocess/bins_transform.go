package preprocess

import (
	"fmt"
	"math"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

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
	var edges []float64
	count := -1
	if !back && b.Output == Ordinal {
		edges, count = b.inner()
	}
	err = chunks(g.Rows, max(in, out), func(lo, hi int) error {
		if count >= 0 && noneMissing(g, lo, hi) {
			kernel.ColumnRanks(d.Data[lo*d.Stride:], d.Stride, g.Data[lo*g.Stride:], g.Stride, hi-lo, in, edges, count)
			return nil
		}
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

// inner returns the inner edges of all columns as kernel.ColumnRanks wants them, and
// how many rows of them there are; -1 where a search beats comparing with them all.
func (b *Bins) inner() (edges []float64, count int) {
	columns := make([][]float64, len(b.Edges))
	for j, e := range b.Edges {
		columns[j] = e[1 : len(e)-1]
	}
	edges, count = kernel.PackEdges(columns)
	if count > 64 {
		return nil, -1
	}
	return edges, count
}

// noneMissing tells that rows lo to hi of g hold neither NaN nor an infinity.
func noneMissing(g blas64.General, lo, hi int) bool {
	if g.Stride == g.Cols {
		return kernel.AllFinite(g.Data[lo*g.Stride : hi*g.Stride])
	}
	for i := lo; i < hi; i++ {
		if !kernel.AllFinite(g.Data[i*g.Stride : i*g.Stride+g.Cols]) {
			return false
		}
	}
	return true
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
