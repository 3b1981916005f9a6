package quality

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/table"
)

// pairs holds the co-moments of every two numeric columns, over the rows where
// both are finite.
type pairs struct {
	cols []int      // indices of the numeric columns
	of   []comoment // of (a, b), a < b, row by row of the upper triangle
	part [][]comoment
	dev  [][]float64
}

// comoment is the weight, the means (x + xl and y + yl, each a sum of two floats, so
// that an offset of 1e9 costs no digits) and the sums of squares and products about
// them.
type comoment struct{ n, x, xl, y, yl, xx, yy, xy float64 }

// twoSum returns a + b and its rounding error (Knuth).
func twoSum(a, b float64) (sum, err float64) {
	sum = a + b
	bb := sum - a
	return sum, (a - (sum - bb)) + (b - bb)
}

func (m *comoment) merge(o *comoment) {
	if o.n == 0 {
		return
	}
	if m.n == 0 {
		*m = *o
		return
	}
	n := m.n + o.n
	dx, dy := (o.x-m.x)+(o.xl-m.xl), (o.y-m.y)+(o.yl-m.yl)
	f := m.n * (o.n / n)
	m.xx += o.xx + dx*dx*f
	m.yy += o.yy + dy*dy*f
	m.xy += o.xy + dx*dy*f
	s, e := twoSum(m.x, dx*(o.n/n))
	m.x, m.xl = twoSum(s, e+m.xl)
	s, e = twoSum(m.y, dy*(o.n/n))
	m.y, m.yl = twoSum(s, e+m.yl)
	m.n = n
}

const defaultCorrelated = 64

// correlated returns how many numeric columns are measured.
func correlated(cols []*Column, most int) int {
	if most == 0 {
		most = defaultCorrelated
	}
	k := 0
	for _, c := range cols {
		if c.kind == table.Float && k < most {
			k++
		}
	}
	return k
}

func (p *pairs) start(cols []*Column, most int) {
	k := correlated(cols, most)
	for i, c := range cols {
		if c.kind == table.Float && len(p.cols) < k {
			p.cols = append(p.cols, i)
		}
	}
	p.of = make([]comoment, k*(k-1)/2)
}

// pairBlock is the number of rows whose deviations from the block's means are held
// at a time.
const pairBlock = 2048

func (p *pairs) add(cols []table.Column) {
	k := len(p.cols)
	if k < 2 {
		return
	}
	n := len(cols[p.cols[0]].Floats)
	blocks := parallel.Blocks(n, pairBlock)
	// A few blocks at a time bound the memory; they are merged in their order.
	const group = 8
	for len(p.part) < group {
		p.part = append(p.part, make([]comoment, len(p.of)))
		p.dev = append(p.dev, make([]float64, k*pairBlock))
	}
	for first := 0; first < blocks; first += group {
		m := min(group, blocks-first)
		one := func(g int) {
			lo := (first + g) * pairBlock
			p.block(p.part[g], p.dev[g], cols, lo, min(n, lo+pairBlock))
		}
		if n*k < parallel.MinElements {
			for g := range m {
				one(g)
			}
		} else {
			parallel.Each(m, one)
		}
		for g := range m {
			for i := range p.of {
				p.of[i].merge(&p.part[g][i])
			}
		}
	}
}

// block measures rows [lo, hi) of every pair.
func (p *pairs) block(out []comoment, dev []float64, cols []table.Column, lo, hi int) {
	n := hi - lo
	k := len(p.cols)
	whole := make([]bool, k)
	mean, low, ss := make([]float64, k), make([]float64, k), make([]float64, k)
	for a, c := range p.cols {
		x := cols[c].Floats[lo:hi]
		d := dev[a*pairBlock : a*pairBlock+n]
		shift := x[0]
		var s float64
		for _, v := range x {
			s += v - shift
		}
		if s*0 != 0 {
			continue // missing or infinite
		}
		whole[a] = true
		mean[a], low[a] = twoSum(shift, s/float64(n))
		for i, v := range x {
			d[i] = v - mean[a] - low[a]
		}
		ss[a] = floats.Dot(d, d)
	}
	i := 0
	for a := range k {
		da := dev[a*pairBlock : a*pairBlock+n]
		for b := a + 1; b < k; b++ {
			if whole[a] && whole[b] {
				out[i] = comoment{float64(n), mean[a], low[a], mean[b], low[b], ss[a], ss[b], floats.Dot(da, dev[b*pairBlock:b*pairBlock+n])}
			} else {
				out[i] = present(cols[p.cols[a]].Floats[lo:hi], cols[p.cols[b]].Floats[lo:hi])
			}
			i++
		}
	}
}

// present is the comoment of the rows where both are finite.
func present(x, y []float64) comoment {
	var m comoment
	var sx, sy, cx, cy float64
	for i, v := range x {
		if w := y[i]; v*0 == 0 && w*0 == 0 {
			if m.n == 0 {
				cx, cy = v, w
			}
			m.n++
			sx += v - cx
			sy += w - cy
		}
	}
	if m.n == 0 {
		return m
	}
	m.x, m.xl = twoSum(cx, sx/m.n)
	m.y, m.yl = twoSum(cy, sy/m.n)
	for i, v := range x {
		if w := y[i]; v*0 == 0 && w*0 == 0 {
			dx, dy := v-m.x-m.xl, w-m.y-m.yl
			m.xx += dx * dx
			m.yy += dy * dy
			m.xy += dx * dy
		}
	}
	return m
}

func (p *pairs) merge(o *pairs) {
	for i := range p.of {
		p.of[i].merge(&o.of[i])
	}
}

func (p *pairs) append(w *codec.Writer) {
	w.Int(len(p.of))
	for _, m := range p.of {
		for _, v := range [...]float64{m.n, m.x, m.xl, m.y, m.yl, m.xx, m.yy, m.xy} {
			w.Float64(v)
		}
	}
}

func (p *pairs) read(r *codec.Reader) {
	for i := range p.of {
		p.of[i] = comoment{r.Float64(), r.Float64(), r.Float64(), r.Float64(), r.Float64(), r.Float64(), r.Float64(), r.Float64()}
		if m := p.of[i]; r.Err() == nil && !(m.n >= 0 && m.xx >= 0 && m.yy >= 0) {
			r.Fail("need co-moments with a count and squares of at least 0")
		}
		if r.Err() != nil {
			return
		}
	}
}

// at returns the pair of the numeric columns a and b, a < b.
func (p *pairs) at(a, b int) *comoment {
	k := len(p.cols)
	return &p.of[a*(2*k-a-1)/2+b-a-1]
}

func (m *comoment) correlation() float64 {
	r := m.xy / math.Sqrt(m.xx) / math.Sqrt(m.yy)
	return math.Max(-1, math.Min(1, r)) // NaN stays
}

// Correlation returns Pearson's correlation of two numeric columns over the rows
// where both are finite,
//
//	r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2)
//
// The error wraps ErrRange if one of them is not among the numeric columns that
// are measured (see MaxCorrelated), ErrUndefined if a column is constant there.
func (p *Profile) Correlation(a, b string) (float64, error) {
	const fn = "Profile.Correlation"
	at := [2]int{-1, -1}
	for i, name := range [2]string{a, b} {
		for k, c := range p.pairs.cols {
			if p.columns[c].name == name {
				at[i] = k
			}
		}
		if at[i] < 0 {
			return 0, fmt.Errorf("%s: need one of the first %d numeric columns, have %q: %w", fn, len(p.pairs.cols), name, mlgauge.ErrRange)
		}
	}
	if at[0] == at[1] {
		if c := p.columns[p.pairs.cols[at[0]]]; c.lo < c.hi {
			return 1, nil
		}
		return 0, fmt.Errorf("%s: %q: need a column that varies: %w", fn, a, mlgauge.ErrUndefined)
	}
	r := p.pairs.at(min(at[0], at[1]), max(at[0], at[1])).correlation()
	if math.IsNaN(r) {
		return 0, fmt.Errorf("%s: %q, %q: need two columns that vary: %w", fn, a, b, mlgauge.ErrUndefined)
	}
	return r, nil
}

// Correlations returns the names of the measured numeric columns and the matrix
// of their correlations, NaN where one is undefined, 1 on the diagonal; nil if
// there is no such column. Source: pandas.DataFrame.corr 3.1.
func (p *Profile) Correlations() ([]string, *mat.SymDense) {
	k := len(p.pairs.cols)
	if k == 0 {
		return nil, nil
	}
	names := make([]string, k)
	r := mat.NewSymDense(k, nil)
	for a, c := range p.pairs.cols {
		names[a] = p.columns[c].name
		r.SetSym(a, a, 1)
		if lo, hi := p.columns[c].lo, p.columns[c].hi; lo == hi {
			r.SetSym(a, a, math.NaN())
		}
		for b := a + 1; b < k; b++ {
			r.SetSym(a, b, p.pairs.at(a, b).correlation())
		}
	}
	return names, r
}
