package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// Missing says what a measure of two columns does with NaN.
type Missing int

const (
	// Refuse reports NaN (ErrNotFinite).
	Refuse Missing = iota
	// Pairwise uses, for each pair of columns, the rows in which both are
	// present, as pandas does.
	Pairwise
)

// Associations holds the coefficients of all pairs of columns.
type Associations struct {
	Coefficient *mat.SymDense
	P           *mat.SymDense // two-sided p-values, 0 on the diagonal
}

// Matrix returns the correlations of all pairs of columns of src. The diagonal
// is 1. Where a column is constant, or (Pairwise) where two columns share fewer
// than two rows, the entry is NaN, as in pandas; on the diagonal too.
//
// Columns are ranked once; pairs run on several cores. It reports an empty
// matrix (ErrEmpty), fewer than two rows (ErrUndefined), NaN with Refuse and
// infinities always (ErrNotFinite), an unknown option (ErrRange).
//
// Source: pandas 3.1 DataFrame.corr.
func (c Correlation) Matrix(src mat.Matrix, missing Missing) (*mat.SymDense, error) {
	a, err := c.all("Correlation.Matrix", src, missing, false)
	return a.Coefficient, err
}

// Tests is Matrix with the two-sided p-values of Test beside the coefficients.
// Where a coefficient is NaN, or p undefined, the p-value is NaN.
func (c Correlation) Tests(src mat.Matrix, missing Missing) (Associations, error) {
	return c.all("Correlation.Tests", src, missing, true)
}

func (c Correlation) all(fn string, src mat.Matrix, missing Missing, tests bool) (Associations, error) {
	var none Associations
	if c < Pearson || c > Kendall {
		return none, check.Option(fn, "method", c)
	}
	if missing != Refuse && missing != Pairwise {
		return none, check.Option(fn, "missing", missing)
	}
	g, err := view(fn, "src", src)
	if err != nil {
		return none, err
	}
	rows, p := g.Rows, g.Cols
	if rows < 2 {
		return none, fmt.Errorf("%s: src: need at least 2 rows, have %d: %w", fn, rows, mlgauge.ErrUndefined)
	}
	if !tests && c == Pearson && missing == Refuse {
		var s Covariance
		if err := s.add(fn, src, nil); err == nil {
			m, err := s.Correlation()
			return Associations{Coefficient: m}, err
		} else if err := finite(fn, "src", g); err != nil {
			return none, err
		}
		// The squares overflow: pair by pair, with scaling.
	}
	x := columnsOf(g)
	holes := make([]bool, p)
	for j, col := range x {
		for i, v := range col {
			switch {
			case math.IsInf(v, 0) || (v != v && missing == Refuse):
				return none, fmt.Errorf("%s: src: need finite values, have %v in row %d, column %d: %w", fn, v, i, j, mlgauge.ErrNotFinite)
			case v != v:
				holes[j] = true
			}
		}
	}
	r := ranker{method: c, rows: rows, x: x, holes: holes}
	r.prepare()
	out := Associations{Coefficient: mat.NewSymDense(p, nil)}
	if tests {
		out.P = mat.NewSymDense(p, nil)
	}
	// One goroutine per row of the triangle: every entry has one writer.
	parallel.Each(p, func(i int) {
		scratch := newPairScratch(rows)
		for j := i; j < p; j++ {
			a := r.pair(i, j, scratch)
			v, pv := a.r, 0.0
			if i == j && v == v {
				v = 1
			}
			out.Coefficient.SetSym(i, j, v)
			if !tests {
				continue
			}
			if v != v || (c == Spearman && a.n < 3) {
				pv = math.NaN()
			} else if i != j {
				pv, _ = c.pvalue(fn, a, TwoSided)
			}
			out.P.SetSym(i, j, pv)
		}
	})
	return out, nil
}

// ranker holds the columns and what is computed once for each.
type ranker struct {
	method Correlation
	rows   int
	x      [][]float64
	holes  []bool
	ord    [][]int   // Kendall
	dense  [][]int32 // Kendall
	levels []int
	z      [][]float64 // Pearson, Spearman: deviations, of length 1; nil where constant
}

func (r *ranker) prepare() {
	p := len(r.x)
	r.ord, r.dense = make([][]int, p), make([][]int32, p)
	r.levels = make([]int, p)
	r.z = make([][]float64, p)
	parallel.Each(p, func(j int) {
		if r.holes[j] {
			return
		}
		x := r.x[j]
		if r.method == Pearson {
			r.z[j] = unit(x)
			return
		}
		ord := kernel.Argsort(nil, x)
		if r.method == Spearman {
			rank := make([]float64, r.rows)
			averageRanks(rank, x, ord)
			r.z[j] = unit(rank)
			return
		}
		r.ord[j], r.dense[j] = ord, make([]int32, r.rows)
		r.levels[j] = denseRanks(r.dense[j], x, ord)
	})
}

// unit returns the deviations of x from its mean, divided by their norm, or nil
// where x is constant.
func unit(x []float64) []float64 {
	s, m, ok := centre(x)
	if !ok {
		return nil
	}
	z := make([]float64, len(x))
	var q float64
	for i, v := range x {
		z[i] = v*s - m
		q += float64(z[i] * z[i])
	}
	q = math.Sqrt(q)
	for i := range z {
		z[i] /= q
	}
	return z
}

func (r *ranker) pair(i, j int, scratch *pairScratch) assoc {
	if r.holes[i] || r.holes[j] {
		return r.pairwise(i, j)
	}
	a := assoc{r: math.NaN(), n: r.rows}
	if r.method == Kendall {
		a.pairs = countPairs(r.ord[i], r.dense[i], r.dense[j], r.levels[j], scratch)
		a.r = a.pairs.tauB()
		return a
	}
	if x, y := r.z[i], r.z[j]; x != nil && y != nil {
		a.r = 0
		for k, v := range x {
			a.r += float64(v * y[k])
		}
		a.r = math.Min(math.Max(a.r, -1), 1)
	}
	return a
}

// pairwise ranks the rows that both columns have.
func (r *ranker) pairwise(i, j int) assoc {
	var x, y []float64
	for k, v := range r.x[i] {
		if w := r.x[j][k]; v == v && w == w {
			x, y = append(x, v), append(y, w)
		}
	}
	if len(x) < 2 {
		return assoc{r: math.NaN(), n: len(x)}
	}
	a, err := r.method.correlate("", x, y)
	if err != nil {
		return assoc{r: math.NaN(), n: len(x)}
	}
	return a
}
