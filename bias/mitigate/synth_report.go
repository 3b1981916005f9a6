package mitigate

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// A ColumnFidelity holds how far a synthetic column is from the real one.
type ColumnFidelity struct {
	Name string
	// Distance of the distributions of present values: Kolmogorov-Smirnov for
	// numbers, total variation for categories; in [0, 1], 0 is the same.
	Distance float64
	// Shares of missing values.
	MissingReal, MissingSynthetic float64
}

// A SynthReport says how faithful and how private synthetic rows are.
type SynthReport struct {
	Columns []ColumnFidelity
	// Differences between the correlations of normal scores, over pairs of
	// columns; 0 with a single column.
	MeanCorrelationDifference, MaxCorrelationDifference float64
	// ExactCopies is the number of synthetic rows that equal a real row in every
	// column.
	ExactCopies int
	// MedianToReal and FifthToReal are the median and the 5% quantile of the distance
	// from a synthetic row to the closest real one; RealMedian and RealFifth those of
	// a real row to the closest other real one. Synthetic rows much closer to real
	// rows than those are to each other give people away. NaN with one real row.
	MedianToReal, FifthToReal float64
	RealMedian, RealFifth     float64
}

// Compare holds synthetic rows against the real rows they were made from. Distances
// are Euclidean: a number counts by its difference in units of the real range, a
// category 1 if it differs; a missing category is one of its own, a missing number lies
// 1 beside the smallest. Columns go by their
// position. It returns the errors of GaussianCopula.Fit for bad columns, ErrLength for
// another number of columns and ErrIncompatible for a column of numbers against one
// of categories.
func Compare(real, synthetic []SynthColumn) (SynthReport, error) {
	const fn = "mitigate.Compare"
	var none SynthReport
	n, err := checkColumns(fn+": real", real)
	if err != nil {
		return none, err
	}
	m, err := checkColumns(fn+": synthetic", synthetic)
	if err != nil {
		return none, err
	}
	if len(real) != len(synthetic) {
		return none, fmt.Errorf("%s: synthetic: need %d columns, have %d: %w", fn, len(real), len(synthetic), mlgauge.ErrLength)
	}
	var r SynthReport
	p := len(real)
	var realScores, synthScores [][]float64
	for k := range real {
		a, b := &real[k], &synthetic[k]
		if a.categorical() != b.categorical() {
			return none, fmt.Errorf("%s: column %q: need numbers on both sides or categories on both: %w", fn, a.Name, mlgauge.ErrIncompatible)
		}
		b = recoded(a, b)
		ma, sa, _ := marginal(a, 1)
		mb, sb, _ := marginal(b, 1)
		f := ColumnFidelity{Name: a.Name, MissingReal: ma.Missing, MissingSynthetic: mb.Missing}
		if a.categorical() {
			f.Distance = totalVariation(ma, mb)
		} else {
			f.Distance = kolmogorov(a.Numbers, b.Numbers)
		}
		r.Columns = append(r.Columns, f)
		realScores, synthScores = append(realScores, sa), append(synthScores, sb)
	}
	pairs := 0.0
	for i := range p {
		for j := range i {
			d := math.Abs(pairCorrelation(realScores[i], realScores[j]) - pairCorrelation(synthScores[i], synthScores[j]))
			r.MeanCorrelationDifference += d
			r.MaxCorrelationDifference = math.Max(r.MaxCorrelationDifference, d)
			pairs++
		}
	}
	if pairs > 0 {
		r.MeanCorrelationDifference /= pairs
	}

	x, y := embed(real, real, n), embed(real, synthetic, m)
	ix := neighbors.New(x)
	closest := func(q *mat.Dense, self bool) (median, fifth float64, copies int) {
		var d []float64
		for _, near := range ix.All(q, 1, self) {
			if len(near) == 0 {
				return math.NaN(), math.NaN(), 0
			}
			if near[0].Distance == 0 {
				copies++
			}
			d = append(d, math.Sqrt(near[0].Distance))
		}
		slices.Sort(d)
		return linear(d, .5), linear(d, .05), copies
	}
	r.MedianToReal, r.FifthToReal, r.ExactCopies = closest(y, false)
	r.RealMedian, r.RealFifth, _ = closest(x, true)
	return r, nil
}

// linear is the type 7 quantile of sorted values.
func linear(v []float64, q float64) float64 {
	h := q * float64(len(v)-1)
	i := int(h)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (h-float64(i))*(v[i+1]-v[i])
}

// recoded gives the categories of b the codes of a, and those that a lacks codes
// behind them.
func recoded(a, b *SynthColumn) *SynthColumn {
	if !a.categorical() {
		return b
	}
	out := &SynthColumn{Name: b.Name, Values: slices.Clone(a.Values), Codes: make([]int32, len(b.Codes))}
	to := make([]int32, len(b.Values))
	for i, v := range b.Values {
		k := slices.Index(out.Values, v)
		if k < 0 {
			k = len(out.Values)
			out.Values = append(out.Values, v)
		}
		to[i] = int32(k)
	}
	for i, k := range b.Codes {
		out.Codes[i] = -1
		if k >= 0 {
			out.Codes[i] = to[k]
		}
	}
	return out
}

func totalVariation(a, b Marginal) float64 {
	share := make(map[string]float64)
	for i, v := range a.Values {
		share[v] += a.Shares[i]
	}
	for i, v := range b.Values {
		share[v] -= b.Shares[i]
	}
	var keys []string
	for v := range share {
		keys = append(keys, v)
	}
	slices.Sort(keys)
	var s float64
	for _, v := range keys {
		s += math.Abs(share[v])
	}
	return s / 2
}

// kolmogorov is the largest difference of the two distribution functions, without
// NaN.
func kolmogorov(x, y []float64) float64 {
	x = slices.DeleteFunc(slices.Clone(x), math.IsNaN)
	y = slices.DeleteFunc(slices.Clone(y), math.IsNaN)
	slices.Sort(x)
	slices.Sort(y)
	var d float64
	for i, j := 0, 0; i < len(x) && j < len(y); {
		v := math.Min(x[i], y[j])
		for i < len(x) && x[i] == v {
			i++
		}
		for j < len(y) && y[j] == v {
			j++
		}
		d = math.Max(d, math.Abs(float64(i)/float64(len(x))-float64(j)/float64(len(y))))
	}
	return d
}

// embed turns rows into points whose Euclidean distance is that of Compare: numbers
// in units of the real range, a corner of a simplex of side 1 for every category, and
// for missing.
func embed(real, columns []SynthColumn, n int) *mat.Dense {
	corner := math.Sqrt(0.5)
	var cols [][]float64
	for k := range real {
		a, c := &real[k], recoded(&real[k], &columns[k])
		gone := make([]float64, n)
		for i := range n {
			if c.missing(i) {
				gone[i] = corner
			}
		}
		if a.categorical() {
			// One column more than the real values, for all others.
			hot := make([][]float64, len(a.Values)+1)
			for v := range hot {
				hot[v] = make([]float64, n)
			}
			for i, v := range c.Codes {
				if v >= 0 {
					hot[min(int(v), len(a.Values))][i] = corner
				}
			}
			cols = append(append(cols, hot...), gone)
			continue
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range a.Numbers {
			if v == v {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
		width := hi - lo
		if width == 0 || width*0 != 0 {
			width = 1
		}
		values := make([]float64, n)
		for i, v := range c.Numbers {
			if v == v {
				values[i] = (v - lo) / width
			}
		}
		for i := range gone {
			if gone[i] > 0 {
				gone[i] = 1
			}
		}
		cols = append(cols, values, gone)
	}
	out := mat.NewDense(n, len(cols), nil)
	for j, c := range cols {
		out.SetCol(j, c)
	}
	return out
}
