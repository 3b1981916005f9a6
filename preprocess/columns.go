package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// columnMoments is the statistic behind the standard scaler and the means:
// weight, mean and squared deviations of every column, over the values that are
// not missing.
type columnMoments []moments.Moments

// clone returns a copy, or a fresh statistic of that many columns.
func (m columnMoments) clone(cols int) columnMoments {
	if len(m) == 0 {
		return make(columnMoments, cols)
	}
	return slices.Clone(m)
}

// segment is the number of rows that are accumulated on their own before they
// are merged with the rest. It depends on nothing, so neither do the results.
const segment = 1 << 16

// add accumulates row-major data. On an error m is not to be used further.
func addMoments[F kernel.Float](fn string, m columnMoments, x []F, stride, rows int, w []float64) error {
	cols := len(m)
	n := parallel.Blocks(rows, segment)
	parts := make([]columnMoments, n)
	errs := make([]error, n)
	one := func(b int) {
		lo, hi := b*segment, min(rows, (b+1)*segment)
		parts[b] = make(columnMoments, cols)
		errs[b] = addSegment(fn, parts[b], x, stride, lo, hi, w)
	}
	if rows*cols < parallel.MinElements {
		for b := range n {
			one(b)
		}
	} else {
		parallel.Each(n, one)
	}
	for b := range n {
		if errs[b] != nil {
			return errs[b]
		}
		for j := range m {
			m[j].Merge(&parts[b][j])
		}
	}
	return nil
}

func addSegment[F kernel.Float](fn string, m columnMoments, x []F, stride, lo, hi int, w []float64) error {
	cols := len(m)
	buf := make([]float64, 4*cols)
	shift, n, s, q := buf[:cols], buf[cols:2*cols], buf[2*cols:3*cols], buf[3*cols:]
	missing := make([]bool, cols)
	size := kernel.BlockRows(cols)
	for ; lo < hi; lo += size {
		rows := min(size, hi-lo)
		block := x[lo*stride:]
		sums := func() {
			if w == nil {
				kernel.ColumnSums(block, stride, rows, cols, shift, n, s, q, missing)
			} else {
				kernel.ColumnSumsWeighted(block, stride, cols, w[lo:lo+rows], shift, n, s, q)
			}
		}
		for j := range m {
			if m[j].W > 0 {
				shift[j] = m[j].Mean()
			} else {
				shift[j] = firstPresent(block, stride, rows, j)
			}
		}
		sums()
		// The squares are exact about a shift near the mean. What was seen so far
		// gives one, unless this block weighs more than it.
		again := false
		for j := range m {
			if n[j] > m[j].W {
				shift[j] += s[j] / n[j]
				again = true
			}
		}
		if again {
			sums()
		}
		for j := range m {
			if n[j] == 0 {
				continue
			}
			b := moments.Of(n[j], shift[j], s[j], q[j])
			m[j].Merge(&b)
			if v := m[j].M2; v*0 != 0 || s[j]*0 != 0 {
				return notFiniteColumn(fn, block, stride, rows, lo, j)
			}
		}
	}
	return nil
}

// firstPresent returns the first value of a column that is not missing, 0 if
// there is none.
func firstPresent[F kernel.Float](x []F, stride, rows, j int) float64 {
	for i, o := 0, j; i < rows; i, o = i+1, o+stride {
		if v := float64(x[o]); v*0 == 0 {
			return v
		}
	}
	return 0
}

// notFiniteColumn tells an infinity from finite values whose squares overflow.
func notFiniteColumn[F kernel.Float](fn string, x []F, stride, rows, first, j int) error {
	for i := range rows {
		if math.IsInf(float64(x[i*stride+j]), 0) {
			return infinite(fn, "x", first+i, j)
		}
	}
	return fmt.Errorf("%s: x: need values whose variance is finite, have an overflow in column %d by row %d: %w", fn, j, first+rows-1, mlgauge.ErrNotFinite)
}

func (m columnMoments) append(w *codec.Writer) {
	w.Int(len(m))
	for j := range m {
		m[j].Append(w)
	}
}

func readMoments(r *codec.Reader) columnMoments {
	m := make(columnMoments, r.Count(48))
	for j := range m {
		m[j] = moments.Read(r)
	}
	return m
}

// weights returns the weight of each column.
func (m columnMoments) weights() []float64 {
	n := make([]float64, len(m))
	for j := range m {
		n[j] = m[j].W
	}
	return n
}

// means returns the mean of each column, NaN where all is missing.
func (m columnMoments) means() []float64 {
	x := make([]float64, len(m))
	for j := range m {
		x[j] = m[j].Mean()
	}
	return x
}

// columnRange is the statistic behind the scalers by extremes.
type columnRange struct {
	lo, hi []float64 // +Inf, -Inf where nothing was seen
}

func newRange(cols int) columnRange {
	return columnRange{fill(cols, math.Inf(1)), fill(cols, math.Inf(-1))}
}

func (r columnRange) clone() columnRange {
	return columnRange{slices.Clone(r.lo), slices.Clone(r.hi)}
}

// rangeOf returns the extremes of the columns of row-major data.
func rangeOf[F kernel.Float](fn string, x []F, stride, rows, cols int) (columnRange, error) {
	out := newRange(cols)
	n := parallel.Blocks(rows, segment)
	type part struct{ lo, hi []F }
	parts := make([]part, n)
	one := func(b int) {
		p := part{make([]F, cols), make([]F, cols)}
		for j := range cols {
			p.lo[j], p.hi[j] = F(math.Inf(1)), F(math.Inf(-1))
		}
		size := kernel.BlockRows(cols)
		for lo, hi := b*segment, min(rows, (b+1)*segment); lo < hi; lo += size {
			kernel.ColumnMinMax(x[lo*stride:], stride, min(size, hi-lo), cols, p.lo, p.hi)
		}
		parts[b] = p
	}
	if rows*cols < parallel.MinElements {
		for b := range n {
			one(b)
		}
	} else {
		parallel.Each(n, one)
	}
	for _, p := range parts {
		for j := range cols {
			out.lo[j] = min(out.lo[j], float64(p.lo[j]))
			out.hi[j] = max(out.hi[j], float64(p.hi[j]))
		}
	}
	for j := range cols {
		if math.IsInf(out.lo[j], -1) || math.IsInf(out.hi[j], 1) {
			for i := range rows {
				if math.IsInf(float64(x[i*stride+j]), 0) {
					return out, infinite(fn, "x", i, j)
				}
			}
		}
	}
	return out, nil
}

// merge widens r by o.
func (r columnRange) merge(o columnRange) {
	for j := range r.lo {
		r.lo[j] = min(r.lo[j], o.lo[j])
		r.hi[j] = max(r.hi[j], o.hi[j])
	}
}

// empty tells that a column had no value.
func (r columnRange) empty(j int) bool { return r.lo[j] > r.hi[j] }
