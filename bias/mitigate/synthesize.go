package mitigate

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A SynthColumn is a column of a mixed data set: numbers, NaN where missing, or
// categories as codes, negative where missing, into Values.
type SynthColumn struct {
	Name    string
	Numbers []float64
	Codes   []int32
	Values  []string
}

// categorical tells a column of categories from one of numbers.
func (c *SynthColumn) categorical() bool { return c.Codes != nil }

func (c *SynthColumn) len() int {
	if c.categorical() {
		return len(c.Codes)
	}
	return len(c.Numbers)
}

func (c *SynthColumn) missing(i int) bool {
	if c.categorical() {
		return c.Codes[i] < 0
	}
	return c.Numbers[i] != c.Numbers[i]
}

// A Marginal is the distribution of one column.
type Marginal struct {
	Name    string
	Missing float64 // share of missing values

	// Of numbers: quantiles at even steps from the smallest to the largest value;
	// whole numbers stay whole.
	Quantiles []float64 `json:",omitempty"`
	Whole     bool      `json:",omitempty"`

	// Of categories: each with its share of the values present.
	Values []string  `json:",omitempty"`
	Shares []float64 `json:",omitempty"`
}

// A GaussianCopula makes rows that resemble a data set: every column has its own
// empirical distribution, and the columns depend on each other as normal variables
// with the correlations of their normal scores,
//
//	z = Phi^-1((rank - 1/2) / n)
//
// with mean ranks for ties. A category owns the interval of ranks of its rows, in the
// order of Values, and its rows have the middle of it; the correlation that such steps
// lose is given back (to first order where both columns have steps). Missing values are drawn by the share of
// each column, independently of everything else. Where pairs with missing values
// make the correlations contradict each other, the nearest matrix without negative
// eigenvalues is taken (clipped, scaled back to unit diagonal). Numbers are drawn
// between the observed quantiles, never outside the observed range.
//
// It keeps margins and pairwise dependence, not the dependence of three columns, and
// gives no formal guarantee of privacy: look at Compare. Source: Patki, Wedge and
// Veeramachaneni, The Synthetic Data Vault (2016), with empirical margins.
type GaussianCopula struct {
	// Steps is the number of steps between quantiles kept of a column of numbers; 0
	// means 1000, or the rows if they are fewer.
	Steps int

	// Fitted.
	Columns     []Marginal
	Correlation [][]float64
}

// checkColumns checks the columns and returns the number of rows.
func checkColumns(fn string, columns []SynthColumn) (int, error) {
	if err := check.NotEmpty(fn, "columns", len(columns)); err != nil {
		return 0, err
	}
	n := columns[0].len()
	if err := check.NotEmpty(fn, "columns", n); err != nil {
		return 0, err
	}
	for k := range columns {
		c := &columns[k]
		if c.Codes != nil && c.Numbers != nil {
			return 0, fmt.Errorf("%s: column %q: need numbers or codes, have both: %w", fn, c.Name, mlgauge.ErrRange)
		}
		if err := check.Length(fn, fmt.Sprintf("column %q", c.Name), n, c.len()); err != nil {
			return 0, err
		}
		present := 0
		for i := range n {
			if c.categorical() && int(c.Codes[i]) >= len(c.Values) {
				return 0, fmt.Errorf("%s: column %q: need codes below %d, have %d at index %d: %w", fn, c.Name, len(c.Values), c.Codes[i], i, mlgauge.ErrRange)
			}
			if !c.categorical() && math.IsInf(c.Numbers[i], 0) {
				return 0, fmt.Errorf("%s: column %q: need finite values or NaN, have %v at index %d: %w", fn, c.Name, c.Numbers[i], i, mlgauge.ErrNotFinite)
			}
			if !c.missing(i) {
				present++
			}
		}
		if present == 0 {
			return 0, fmt.Errorf("%s: column %q: need a value that is not missing, have none: %w", fn, c.Name, mlgauge.ErrUndefined)
		}
	}
	return n, nil
}

// Fit learns margins and correlations. It returns ErrEmpty for no columns or rows,
// ErrLength for columns of different length, ErrNotFinite for an infinity, ErrRange
// for a code without value, a column that is both, or bad options, and ErrUndefined for a column without any value.
func (g *GaussianCopula) Fit(columns []SynthColumn) error {
	const fn = "mitigate.GaussianCopula.Fit"
	if g.Steps < 0 {
		return check.AtLeast(fn, "Steps", g.Steps, 1)
	}
	n, err := checkColumns(fn, columns)
	if err != nil {
		return err
	}
	steps := g.Steps
	if steps == 0 {
		steps = min(1000, n)
	}
	marginals := make([]Marginal, len(columns))
	scores := make([][]float64, len(columns))
	gains := make([]float64, len(columns))
	parallel.Each(len(columns), func(k int) {
		marginals[k], scores[k], gains[k] = marginal(&columns[k], steps)
	})
	p := len(columns)
	r := mat.NewSymDense(p, nil)
	for i := range p {
		r.SetSym(i, i, 1)
		for j := range i {
			// Steps lose part of a correlation; the sampled normals need all of it.
			c := pairCorrelation(scores[i], scores[j]) / (gains[i] * gains[j])
			r.SetSym(i, j, math.Max(-1, math.Min(1, c)))
		}
	}
	r, err = nearestCorrelation(fn, r)
	if err != nil {
		return err
	}
	correlation := make([][]float64, p)
	for i := range p {
		correlation[i] = make([]float64, p)
		for j := range p {
			correlation[i][j] = r.At(i, j)
		}
	}
	g.Columns, g.Correlation = marginals, correlation
	return nil
}

// marginal returns the distribution of a column, its normal scores, NaN where missing,
// and its gain: the correlation of the scores with the normal variable that they stand
// for, below 1 since equal values share a score.
func marginal(c *SynthColumn, steps int) (m Marginal, scores []float64, gain float64) {
	n := c.len()
	m.Name = c.Name
	scores = make([]float64, n)
	// Of s, the score of a step: E[s], E[s^2], and E[s z].
	var s1, s2, sz float64
	step := func(lo, hi, count float64) (z float64) {
		z = distuv.UnitNormal.Quantile((lo + hi) / 2 / count)
		s1 += (hi - lo) / count * z
		s2 += (hi - lo) / count * z * z
		density := func(p float64) float64 {
			if p <= 0 || p >= 1 {
				return 0
			}
			return distuv.UnitNormal.Prob(distuv.UnitNormal.Quantile(p))
		}
		sz += z * (density(lo/count) - density(hi/count))
		return z
	}
	defer func() {
		gain = 1
		if v := s2 - s1*s1; v > 1e-12 {
			gain = sz / math.Sqrt(v)
		}
	}()
	var present []int
	for i := range n {
		if c.missing(i) {
			scores[i] = math.NaN()
		} else {
			present = append(present, i)
		}
	}
	count := float64(len(present))
	m.Missing = (float64(n) - count) / float64(n)
	if c.categorical() {
		counts := make([]float64, len(c.Values))
		for _, i := range present {
			counts[c.Codes[i]]++
		}
		middle := make([]float64, len(counts))
		below := 0.0
		for v, k := range counts {
			if k > 0 {
				middle[v] = step(below, below+k, count)
				below += k
				m.Values, m.Shares = append(m.Values, c.Values[v]), append(m.Shares, k/count)
			}
		}
		for _, i := range present {
			scores[i] = middle[c.Codes[i]]
		}
		return m, scores, gain
	}
	slices.SortFunc(present, func(a, b int) int {
		switch x, y := c.Numbers[a], c.Numbers[b]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return a - b
	})
	m.Whole = true
	for lo := 0; lo < len(present); {
		v := c.Numbers[present[lo]]
		hi := lo
		for hi < len(present) && c.Numbers[present[hi]] == v {
			hi++
		}
		z := step(float64(lo), float64(hi), count)
		for _, i := range present[lo:hi] {
			scores[i] = z
		}
		m.Whole = m.Whole && v == math.Trunc(v)
		lo = hi
	}
	steps = min(steps, max(1, len(present)-1))
	for s := range steps + 1 {
		h := float64(s) / float64(steps) * (count - 1)
		i := min(int(h), len(present)-1)
		v := c.Numbers[present[i]]
		if i+1 < len(present) {
			if w := c.Numbers[present[i+1]]; w != v {
				f := h - float64(i)
				v = v*(1-f) + w*f
			}
		}
		if s > 0 {
			v = math.Max(v, m.Quantiles[s-1]) // against rounding
		}
		m.Quantiles = append(m.Quantiles, v)
	}
	return m, scores, gain
}

// pairCorrelation is Pearson's correlation of the rows that have both; 0 where one
// is constant.
func pairCorrelation(x, y []float64) float64 {
	var n, sx, sy float64
	for i, v := range x {
		if w := y[i]; v == v && w == w {
			n++
			sx += v
			sy += w
		}
	}
	if n < 2 {
		return 0
	}
	mx, my := sx/n, sy/n
	var sxx, syy, sxy float64
	for i, v := range x {
		if w := y[i]; v == v && w == w {
			sxx += (v - mx) * (v - mx)
			syy += (w - my) * (w - my)
			sxy += (v - mx) * (w - my)
		}
	}
	if sxx <= 1e-20*n || syy <= 1e-20*n {
		return 0
	}
	return math.Max(-1, math.Min(1, sxy/math.Sqrt(sxx*syy)))
}

// nearestCorrelation returns r, or if it has negative eigenvalues r without them.
func nearestCorrelation(fn string, r *mat.SymDense) (*mat.SymDense, error) {
	var e mat.EigenSym
	if !e.Factorize(r, true) {
		return nil, fmt.Errorf("%s: need eigenvalues that converge: %w", fn, mlgauge.ErrNotConverged)
	}
	values := e.Values(nil)
	if values[0] >= -1e-12 {
		return r, nil
	}
	var v mat.Dense
	e.VectorsTo(&v)
	p := len(values)
	out := mat.NewSymDense(p, nil)
	for i := range p {
		for j := range i + 1 {
			var s float64
			for k, l := range values {
				s += v.At(i, k) * v.At(j, k) * math.Max(l, 0)
			}
			out.SetSym(i, j, s)
		}
	}
	for i := range p {
		for j := range i {
			out.SetSym(i, j, out.At(i, j)/math.Sqrt(out.At(i, i)*out.At(j, j)))
		}
	}
	for i := range p {
		out.SetSym(i, i, 1)
	}
	return out, nil
}

// Sample returns n new rows, as columns in the order of Fit. The result follows the
// seed for any number of cores. It returns ErrNotFitted before Fit and ErrRange for a
// negative n.
func (g *GaussianCopula) Sample(n int, seed uint64) ([]SynthColumn, error) {
	const fn = "mitigate.GaussianCopula.Sample"
	if len(g.Columns) == 0 {
		return nil, check.NotFitted(fn)
	}
	if err := check.AtLeast(fn, "n", n, 0); err != nil {
		return nil, err
	}
	root, err := g.root(fn)
	if err != nil {
		return nil, err
	}
	p := len(g.Columns)
	out := make([]SynthColumn, p)
	for k := range out {
		m := &g.Columns[k]
		out[k].Name = m.Name
		if m.Values != nil {
			out[k].Codes, out[k].Values = make([]int32, n), slices.Clone(m.Values)
		} else {
			out[k].Numbers = make([]float64, n)
		}
	}
	const block = 1024
	parallel.For(n, block, func(b, lo, hi int) {
		u := generator(seed, b)
		e := make([]float64, p)
		for i := lo; i < hi; i++ {
			for k := range e {
				e[k] = u.NormFloat64()
			}
			for k := range out {
				var z float64
				for j, v := range root.RawRowView(k) {
					z += float64(v * e[j])
				}
				g.Columns[k].draw(&out[k], i, distuv.UnitNormal.CDF(z), u.Float64())
			}
		}
	})
	return out, nil
}

// root returns a matrix whose product with its transpose is the correlation.
func (g *GaussianCopula) root(fn string) (*mat.Dense, error) {
	p := len(g.Columns)
	r := mat.NewSymDense(p, nil)
	for i := range p {
		for j := range i + 1 {
			r.SetSym(i, j, g.Correlation[i][j])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(r, true) {
		return nil, fmt.Errorf("%s: need eigenvalues that converge: %w", fn, mlgauge.ErrNotConverged)
	}
	var v mat.Dense
	e.VectorsTo(&v)
	for k, l := range e.Values(nil) {
		s := math.Sqrt(math.Max(l, 0))
		for i := range p {
			v.Set(i, k, v.At(i, k)*s)
		}
	}
	return &v, nil
}

// draw sets row i to the u-quantile of the column, or to missing.
func (m *Marginal) draw(c *SynthColumn, i int, u, missing float64) {
	gone := missing < m.Missing
	if m.Values != nil {
		k := 0
		for ; k < len(m.Shares)-1 && u >= m.Shares[k]; k++ {
			u -= m.Shares[k]
		}
		c.Codes[i] = int32(k)
		if gone {
			c.Codes[i] = -1
		}
		return
	}
	h := u * float64(len(m.Quantiles)-1)
	k := min(int(h), len(m.Quantiles)-1)
	v := m.Quantiles[k]
	if k+1 < len(m.Quantiles) {
		f := h - float64(k)
		v = v*(1-f) + m.Quantiles[k+1]*f
	}
	if m.Whole {
		v = math.RoundToEven(v)
	}
	if gone {
		v = math.NaN()
	}
	c.Numbers[i] = v
}

// UnmarshalJSON reads what json.Marshal wrote. It returns ErrCorrupt for anything
// else, and then leaves the receiver as it was.
func (g *GaussianCopula) UnmarshalJSON(data []byte) error {
	const fn = "mitigate.GaussianCopula.UnmarshalJSON"
	type plain GaussianCopula
	var q plain
	if err := jsonfloat.Decode(fn, data, &q); err != nil {
		return err
	}
	p := len(q.Columns)
	if q.Steps < 0 || len(q.Correlation) != p {
		return jsonfloat.Corrupt(fn, "need steps of at least 0 and a correlation of %d rows, have %d and %d", p, q.Steps, len(q.Correlation))
	}
	for i, row := range q.Correlation {
		if len(row) != p {
			return jsonfloat.Corrupt(fn, "need a square correlation of %d columns, have %d", p, len(row))
		}
		for j, v := range row {
			if !(v >= -1 && v <= 1) || i == j && v != 1 || j < i && v != q.Correlation[j][i] {
				return jsonfloat.Corrupt(fn, "need a symmetric correlation with diagonal 1, have %v in row %d, column %d", v, i, j)
			}
		}
	}
	for _, m := range q.Columns {
		var sum float64
		for _, s := range m.Shares {
			if !(s > 0) {
				return jsonfloat.Corrupt(fn, "column %q: need shares above 0, have %v", m.Name, s)
			}
			sum += s
		}
		switch {
		case !(m.Missing >= 0 && m.Missing < 1):
			return jsonfloat.Corrupt(fn, "column %q: need a share of missing values in [0, 1), have %v", m.Name, m.Missing)
		case (len(m.Quantiles) == 0) == (len(m.Values) == 0):
			return jsonfloat.Corrupt(fn, "column %q: need quantiles or values", m.Name)
		case len(m.Values) != len(m.Shares) || len(m.Values) > 0 && math.Abs(sum-1) > 1e-9:
			return jsonfloat.Corrupt(fn, "column %q: need a share for each value, adding to 1", m.Name)
		case !slices.IsSorted(m.Quantiles):
			return jsonfloat.Corrupt(fn, "column %q: need ascending quantiles", m.Name)
		}
	}
	*g = GaussianCopula(q)
	return nil
}
