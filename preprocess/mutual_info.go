package preprocess

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// MutualInfo estimates the mutual information between columns and a target, in
// nats: how much knowing the one tells about the other, whatever the shape of
// their relation. The zero value is ready.
//
// Continuous columns are estimated from distances to neighbours, so repeated
// values would count as infinitely dense. As in scikit-learn, every continuous
// column is divided by its standard deviation and given normal noise of
// 1e-10 max(1, mean |x|), which parts repeated values by chance. The noise comes
// from Seed and the index of the column, so a result is the same from run to run;
// it is another noise than scikit-learn's: values agree exactly on columns without
// ties, and within the error of the estimate otherwise. A column with many ties
// (counts, categories) is better declared in Discrete.
type MutualInfo struct {
	// Neighbours is the k of the estimate; 0 means 3. More of them lower the
	// variance and raise the bias.
	Neighbours int
	// Discrete marks the columns whose values are categories; nil means none,
	// otherwise one entry per column.
	Discrete []bool
	// Seed chooses the noise.
	Seed uint64
}

// Regression returns the mutual information of every column of src with a
// continuous target:
//
//	continuous column: psi(n) + psi(k) - mean(psi(n_x + 1) + psi(n_y + 1))
//	discrete column:   psi(n) + mean(psi(k_i)) - mean(psi(N_i)) - mean(psi(m_i))
//
// psi is the digamma function; n_x counts the rows strictly nearer in x than the
// k-th neighbour in the plane under max(|dx|, |dy|); N_i is the number of rows in
// the class of row i, k_i = min(k, N_i - 1), and m_i the number of rows of any
// class strictly nearer than the k_i-th of its own, the row itself included.
// Classes of a single row are left out. Negative estimates are 0.
//
// Columns run on several cores with the same result on any number. It reports
// an empty matrix, lengths that differ, NaN and infinities, k that is not below
// the number of rows (ErrRange), and a discrete column in which every class has
// one row (ErrUndefined).
//
// Source: Kraskov, Stoegbauer, Grassberger (2004), first estimator; Ross (2014);
// scikit-learn 1.9 mutual_info_regression.
func (m MutualInfo) Regression(src mat.Matrix, y []float64) ([]float64, error) {
	const fn = "MutualInfo.Regression"
	g, err := m.check(fn, src, len(y))
	if err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return nil, err
	}
	t := miTarget{y: m.spread(y, math.MaxUint64)}
	t.order = kernel.Argsort(nil, t.y)
	ys := make([]float64, len(y))
	for i, j := range t.order {
		ys[i] = t.y[j]
	}
	t.sorted = kernel.NewSorted(ys)
	return m.run(fn, g, &t)
}

// Classification returns the mutual information of every column of src with a
// target of classes, by the formulas of Regression with the parts exchanged; two
// discrete columns give
//
//	sum_ij p_ij ln(p_ij / (p_i p_j))
//
// Source: as Regression; scikit-learn 1.9 mutual_info_classif, mutual_info_score.
func (m MutualInfo) Classification(src mat.Matrix, classes []int) ([]float64, error) {
	const fn = "MutualInfo.Classification"
	g, err := m.check(fn, src, len(classes))
	if err != nil {
		return nil, err
	}
	codes, k := Codes(classes)
	return m.run(fn, g, &miTarget{codes: codes, classes: k})
}

// Codes numbers the distinct labels 0, 1, ... in the order in which they first
// appear, for the measures that take classes; n is how many there are. NaN is
// never equal to itself and gets a code each time.
func Codes[L comparable](labels []L) (codes []int, n int) {
	codes = make([]int, len(labels))
	seen := make(map[L]int)
	for i, l := range labels {
		c, ok := seen[l]
		if !ok {
			c = n
			seen[l] = c
			n++
		}
		codes[i] = c
	}
	return codes, n
}

func (m MutualInfo) k() int {
	if m.Neighbours == 0 {
		return 3
	}
	return m.Neighbours
}

func (m MutualInfo) check(fn string, src mat.Matrix, n int) (blas64.General, error) {
	g, err := finiteView(fn, "src", src)
	if err != nil {
		return g, err
	}
	rows, cols := g.Rows, g.Cols
	if err := check.Length(fn, "y", rows, n); err != nil {
		return g, err
	}
	if m.Discrete != nil {
		if err := check.Length(fn, "Discrete", cols, len(m.Discrete)); err != nil {
			return g, err
		}
	}
	if m.Neighbours < 0 {
		return g, check.AtLeast(fn, "Neighbours", m.Neighbours, 1)
	}
	return g, nil
}

// miTarget is the target, continuous (y) or discrete (codes).
type miTarget struct {
	y       []float64
	sorted  *kernel.Sorted
	order   []int // of y, ascending
	codes   []int
	classes int
}

func (m MutualInfo) run(fn string, g blas64.General, t *miTarget) ([]float64, error) {
	rows, cols := g.Rows, g.Cols
	discrete := func(j int) bool { return m.Discrete != nil && m.Discrete[j] }
	// The classes are limited by their own sizes; the plane by the rows.
	for j := range cols {
		if t.codes == nil && !discrete(j) && m.k() >= rows {
			return nil, fmt.Errorf("%s: Neighbours: need fewer than the %d rows, have %d: %w", fn, rows, m.k(), mlgauge.ErrRange)
		}
	}
	psi := digammas(rows)
	out, errs := make([]float64, cols), make([]error, cols)
	parallel.Each(cols, func(j int) {
		x := make([]float64, rows)
		columnInto(x, g, j)
		switch {
		case discrete(j) && t.codes != nil:
			codes, k := Codes(x)
			out[j] = discreteInfo(codes, k, t.codes, t.classes)
		case discrete(j):
			codes, k := Codes(x)
			out[j], errs[j] = rossInfo(fn, t.y, t.sorted, codes, k, m.k(), psi)
		case t.codes != nil:
			x = m.spread(x, uint64(j))
			out[j], errs[j] = rossInfo(fn, x, nil, t.codes, t.classes, m.k(), psi)
		default:
			out[j] = ksgInfo(m.spread(x, uint64(j)), t, m.k(), psi)
		}
		out[j] = math.Max(out[j], 0)
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// spread returns x by its standard deviation, with the noise that parts ties.
func (m MutualInfo) spread(x []float64, stream uint64) []float64 {
	n := float64(len(x))
	out := make([]float64, len(x))
	// Powers of two keep the squares of extreme columns in range.
	var top float64
	for _, v := range x {
		top = math.Max(top, math.Abs(v))
	}
	p := powerScale(top)
	c := x[0] * p
	var s, q, a float64
	for _, v := range x {
		s += v*p - c
	}
	mean := c + s/n
	for _, v := range x {
		d := v*p - mean
		q += float64(d * d)
	}
	sigma := math.Sqrt(q / n)
	if p == 1 && sigma < 10*eps {
		sigma = 1
	}
	if sigma == 0 {
		sigma = 1
	}
	for i, v := range x {
		out[i] = v * p / sigma
		a += math.Abs(out[i])
	}
	noise := 1e-10 * math.Max(1, a/n)
	r := rand.New(rand.NewPCG(m.Seed, stream))
	for i := range out {
		out[i] += float64(noise * r.NormFloat64())
	}
	return out
}

// digammas returns psi(0) = 0 (not used) and psi(1) to psi(n), by
//
//	psi(1) = -gamma,  psi(i + 1) = psi(i) + 1/i
//
// with what the additions lose kept apart, so that the last one is as good as the
// first.
func digammas(n int) []float64 {
	const gamma = 0.577215664901532860606512090082402431
	psi := make([]float64, n+1)
	sum, low := -gamma, 0.0
	for i := 1; i <= n; i++ {
		psi[i] = sum + low
		var e float64
		sum, e = twoSum(sum, 1/float64(i))
		low += e
	}
	return psi
}

// miBlock queries make a piece of work, or miStripBlock strips of them.
const (
	miBlock      = 4096
	miStripBlock = 8
)

// ksgInfo is the first estimator of Kraskov and others.
func ksgInfo(x []float64, t *miTarget, k int, psi []float64) float64 {
	n := len(x)
	y, sortedY := t.y, t.sorted
	xs := slices.Clone(x)
	kernel.SortFloat64s(xs)
	sortedX := kernel.NewSorted(xs)
	dist := kthDistances(x, y, xs, t.order, k)
	sums := make([]float64, parallel.Blocks(n, miBlock))
	parallel.For(n, miBlock, func(b, lo, hi int) {
		for i := lo; i < hi; i++ {
			sums[b] += psi[sortedX.CountNearer(x[i], dist[i])] + psi[sortedY.CountNearer(y[i], dist[i])]
		}
	})
	var s float64
	for _, v := range sums {
		s += v
	}
	return psi[n] + psi[k] - s/float64(n)
}

// kthDistances returns the distance of every point (x[i], y[i]) to the k-th nearest
// other one; sorted is x in ascending order, order the Argsort of y.
func kthDistances(x, y, sorted []float64, order []int, k int) []float64 {
	n := len(x)
	dist := make([]float64, n)
	if kernel.StripsSuit(sorted, k) {
		strips := kernel.NewStrips(x, y, sorted, order, k)
		parallel.For(strips.Len(), miStripBlock, func(_, lo, hi int) { strips.KthDistances(dist, k, lo, hi) })
		return dist
	}
	tree := kernel.NewPlane(x, y)
	parallel.For(n, miBlock, func(_, lo, hi int) { tree.KthDistances(dist, k, lo, hi) })
	return dist
}

// rossInfo is the estimate of Ross between a continuous column c and classes;
// sorted holds c, or is nil.
func rossInfo(fn string, c []float64, sorted *kernel.Sorted, codes []int, classes, k int, psi []float64) (float64, error) {
	// Part the rows by class, then sort each class.
	start := make([]int, classes+1)
	for _, d := range codes {
		start[d+1]++
	}
	for d := range classes {
		start[d+1] += start[d]
	}
	at := slices.Clone(start[:classes])
	v := make([]float64, len(c))
	for i, d := range codes {
		v[at[d]] = c[i]
		at[d]++
	}
	var n int
	var sk, sn, sm float64
	single := false
	for d := range classes {
		single = single || start[d+1]-start[d] == 1
	}
	if single || sorted == nil {
		kept := make([]float64, 0, len(v))
		for d := range classes {
			if start[d+1]-start[d] > 1 {
				kept = append(kept, v[start[d]:start[d+1]]...)
			}
		}
		kernel.SortFloat64s(kept)
		sorted = kernel.NewSorted(kept)
	}
	for d := range classes {
		part := v[start[d]:start[d+1]]
		if len(part) < 2 {
			continue
		}
		kernel.SortFloat64s(part)
		kd := min(k, len(part)-1)
		n += len(part)
		sk += float64(len(part)) * psi[kd]
		sn += float64(len(part)) * psi[len(part)]
		lo := 0 // the kd nearest others of part[i] are in part[lo:lo+kd+1]
		for i, p := range part {
			lo = max(lo, i-kd)
			for lo < i && lo+kd+1 < len(part) && part[lo+kd+1]-p < p-part[lo] {
				lo++
			}
			r := math.Max(p-part[lo], part[min(lo+kd, len(part)-1)]-p)
			sm += psi[sorted.CountNearer(p, r)]
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("%s: classes: need a class of two rows or more, have none: %w", fn, mlgauge.ErrUndefined)
	}
	f := float64(n)
	return psi[n] + sk/f - sn/f - sm/f, nil
}

// discreteInfo is the mutual information of two discrete columns.
func discreteInfo(a []int, ka int, b []int, kb int) float64 {
	type cell struct{ a, b int }
	joint := make(map[cell]int)
	na, nb := make([]float64, ka), make([]float64, kb)
	var keys []cell
	for i, v := range a {
		c := cell{v, b[i]}
		if joint[c] == 0 {
			keys = append(keys, c)
		}
		joint[c]++
		na[v]++
		nb[b[i]]++
	}
	n := float64(len(a))
	var s float64
	for _, c := range keys {
		f := float64(joint[c])
		s += f / n * math.Log(f*n/(na[c.a]*nb[c.b]))
	}
	return s
}
