package preprocess

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// A PCASolver says how principal components are computed.
type PCASolver int

const (
	// SolverAuto takes SolverCovariance where there are at most 1000 columns and
	// ten times as many rows as columns, else SolverSVD.
	SolverAuto PCASolver = iota
	// SolverSVD decomposes the centred rows: the most accurate.
	SolverSVD
	// SolverCovariance decomposes the covariance matrix: the fastest for many
	// rows, and the only one that can go on with more of them.
	SolverCovariance
)

// PCA turns correlated columns into uncorrelated ones of falling variance:
//
//	z = (x - Mean) C',  divided by sqrt(ExplainedVariance) if Whiten
//
// The rows of C, the components, are the eigenvectors of the covariance matrix
// (divisor n - 1), each with the sign that makes its entry of largest magnitude
// positive. The zero value keeps all min(rows, columns) of them.
//
// Source: scikit-learn 1.9 PCA, whose solvers "full" and "covariance_eigh" these
// are; there is no randomised one.
type PCA struct {
	Keep   int       `json:"keep,omitempty"`  // number of components; 0 means all
	Share  float64   `json:"share,omitempty"` // instead of Keep: as many as explain more than this share of the variance, in (0, 1)
	MLE    bool      `json:"mle,omitempty"`   // instead of Keep: as many as Minka's estimate (2000)
	Whiten bool      `json:"whiten,omitempty"`
	Solver PCASolver `json:"solver,omitempty"`

	Mean              Floats    `json:"mean,omitempty"`
	Components        FloatRows `json:"components,omitempty"`         // one row each
	ExplainedVariance Floats    `json:"explained_variance,omitempty"` // of each component
	ExplainedRatio    Floats    `json:"explained_ratio,omitempty"`    // as a share of the total
	SingularValues    Floats    `json:"singular_values,omitempty"`    // of the centred rows
	NoiseVariance     float64   `json:"noise_variance,omitempty"`     // mean variance of what was left out
	Rows              int       `json:"rows,omitempty"`               // that were fitted on

	stat *Covariance
}

// Fit learns the components from the rows of x. It reports an empty matrix, NaN
// and infinities (ErrNotFinite), one row or no variance at all (ErrUndefined), more
// components than min(rows, columns), MLE with fewer rows than columns, and other
// options out of range (ErrRange).
func (p *PCA) Fit(x mat.Matrix) error {
	const fn = "PCA.Fit"
	g, err := finiteView(fn, "x", x)
	if err != nil {
		return err
	}
	if err := p.options(fn, g.Rows, g.Cols); err != nil {
		return err
	}
	if p.Solver == SolverCovariance || (p.Solver == SolverAuto && g.Cols <= 1000 && g.Rows >= 10*g.Cols) {
		var c Covariance
		if err := c.add(fn, x, nil); err != nil {
			return err
		}
		return p.fromCovariance(fn, &c)
	}
	return p.fromSVD(fn, g)
}

// PartialFit adds the rows of x to those fitted before, by the covariance
// matrix. It reports what Fit does, and a PCA that was fitted by SolverSVD or
// read from JSON, which has nothing to add to (ErrIncompatible).
func (p *PCA) PartialFit(x mat.Matrix) error {
	const fn = "PCA.PartialFit"
	if p.stat == nil && p.Mean != nil {
		return fmt.Errorf("%s: need a fit by the covariance matrix to go on from, have components only: %w", fn, mlgauge.ErrIncompatible)
	}
	var c Covariance
	if p.stat != nil {
		c = *p.stat.clone(len(p.Mean))
	}
	if err := c.add(fn, x, nil); err != nil {
		return err
	}
	return p.fromCovariance(fn, &c)
}

// Merge adds the rows that o was fitted on.
func (p *PCA) Merge(o *PCA) error {
	const fn = "PCA.Merge"
	if o == nil || o.Mean == nil {
		return check.NotFitted(fn)
	}
	if o.stat == nil || (p.stat == nil && p.Mean != nil) {
		return fmt.Errorf("%s: need fits by the covariance matrix, have components only: %w", fn, mlgauge.ErrIncompatible)
	}
	var c Covariance
	if p.stat != nil {
		c = *p.stat.clone(len(p.Mean))
	}
	if err := c.Merge(o.stat); err != nil {
		return err
	}
	return p.fromCovariance(fn, &c)
}

// FitCovariance learns the components from a statistic, which may have been
// weighted, stored, or merged from shards.
func (p *PCA) FitCovariance(c *Covariance) error {
	const fn = "PCA.FitCovariance"
	if c == nil || c.w == 0 {
		return check.NotEmpty(fn, "c", 0)
	}
	return p.fromCovariance(fn, c.clone(len(c.mean)))
}

func (p *PCA) options(fn string, rows, cols int) error {
	if p.Solver < SolverAuto || p.Solver > SolverCovariance {
		return check.Option(fn, "Solver", p.Solver)
	}
	if err := check.AtLeast(fn, "Keep", p.Keep, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Share", p.Share, 0, math.Nextafter(1, 0)); err != nil {
		return err
	}
	if rows == 0 {
		return nil
	}
	if rows < 2 {
		return fmt.Errorf("%s: x: need at least 2 rows, have %d: %w", fn, rows, mlgauge.ErrUndefined)
	}
	if p.Keep > min(rows, cols) {
		return fmt.Errorf("%s: Keep: need at most %d, have %d: %w", fn, min(rows, cols), p.Keep, mlgauge.ErrRange)
	}
	if p.MLE && rows < cols {
		return fmt.Errorf("%s: MLE: need at least as many rows as columns (%d), have %d: %w", fn, cols, rows, mlgauge.ErrRange)
	}
	return nil
}

func (p *PCA) fromCovariance(fn string, c *Covariance) error {
	cols := len(c.mean)
	if err := p.options(fn, c.rows, cols); err != nil {
		return err
	}
	if c.w <= 1 {
		return fmt.Errorf("%s: weights: need a sum above 1, have %v: %w", fn, c.w, mlgauge.ErrUndefined)
	}
	s, err := c.Matrix(1)
	if err != nil {
		return err
	}
	var eig mat.EigenSym
	if !eig.Factorize(s, true) {
		return fmt.Errorf("%s: need eigenvalues of the covariance matrix, have none: %w", fn, mlgauge.ErrNotConverged)
	}
	up := eig.Values(nil)
	var vec mat.Dense
	eig.VectorsTo(&vec)
	variance := make([]float64, cols)
	components := make(FloatRows, cols)
	for k := range cols {
		variance[k] = math.Max(up[cols-1-k], 0)
		components[k] = mat.Col(nil, cols-1-k, &vec)
	}
	mean, _ := c.Means()
	next := *p
	next.stat = c
	return p.take(fn, next, mean, components, variance, c.rows, c.w-1)
}

func (p *PCA) fromSVD(fn string, g blas64.General) error {
	c := mat.NewDense(g.Rows, g.Cols, nil)
	mean := make([]float64, g.Cols)
	centreInto(c, mean, g)
	components, singular, err := rightVectors(fn, c)
	if err != nil {
		return err
	}
	variance := make([]float64, len(singular))
	for k, v := range singular {
		variance[k] = v / float64(g.Rows-1) * v
	}
	next := *p
	next.stat = nil
	return p.take(fn, next, mean, components, variance, g.Rows, float64(g.Rows-1))
}

// centreInto writes the column means and the rows less them.
func centreInto(dst *mat.Dense, mean []float64, g blas64.General) {
	n := float64(g.Rows)
	low := make([]float64, g.Cols)
	first := rowOf(g, 0)
	for i := range g.Rows {
		for j, v := range rowOf(g, i) {
			low[j] += v - first[j]
		}
	}
	for j := range mean {
		mean[j], low[j] = twoSum(first[j], low[j]/n)
	}
	for i := range g.Rows {
		out := dst.RawRowView(i)
		for j, v := range rowOf(g, i) {
			out[j] = (v - mean[j]) - low[j]
		}
	}
}

// rightVectors returns the right singular vectors of x as rows, and the
// singular values, falling.
func rightVectors(fn string, x mat.Matrix) (FloatRows, []float64, error) {
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThinV) {
		return nil, nil, fmt.Errorf("%s: need singular values, have none: %w", fn, mlgauge.ErrNotConverged)
	}
	singular := svd.Values(nil)
	var v mat.Dense
	svd.VTo(&v)
	components := make(FloatRows, len(singular))
	for k := range components {
		components[k] = mat.Col(nil, k, &v)
	}
	return components, singular, nil
}

// take settles the number of components and the signs.
func (p *PCA) take(fn string, next PCA, mean []float64, components FloatRows, variance []float64, rows int, dof float64) error {
	total := floats.Sum(variance)
	if !(total > 0) || math.IsInf(total, 0) {
		if total == 0 {
			return fmt.Errorf("%s: x: need a column that varies, have none: %w", fn, mlgauge.ErrUndefined)
		}
		return fmt.Errorf("%s: x: need a finite variance, have %v: %w", fn, total, mlgauge.ErrNotFinite)
	}
	most := min(rows, len(mean))
	k := most
	switch {
	case p.MLE:
		k = minka(variance, rows)
	case p.Share > 0:
		var cum float64
		k = 0
		for k < most {
			cum += variance[k] / total
			k++
			if cum > p.Share {
				break
			}
		}
	case p.Keep > 0:
		k = p.Keep
	}
	next.Mean, next.Rows = mean, rows
	next.NoiseVariance = 0
	if k < most {
		next.NoiseVariance = floats.Sum(variance[k:]) / float64(len(variance)-k)
	}
	next.Components = components[:k:k]
	for _, c := range next.Components {
		flipSign(c)
	}
	next.ExplainedVariance = variance[:k:k]
	next.ExplainedRatio = make(Floats, k)
	next.SingularValues = make(Floats, k)
	for i, v := range next.ExplainedVariance {
		next.ExplainedRatio[i] = v / total
		next.SingularValues[i] = math.Sqrt(v * dof)
	}
	*p = next
	return nil
}

// flipSign makes the entry of largest magnitude positive, the first of equals.
func flipSign(v []float64) {
	top := 0
	for j := range v {
		if math.Abs(v[j]) > math.Abs(v[top]) {
			top = j
		}
	}
	if v[top] < 0 {
		floats.Scale(-1, v)
	}
}

// minka returns the number of components of the largest evidence (Minka, 2000),
// at least 1 where there are two columns or more.
func minka(spectrum []float64, rows int) int {
	const tiny = 1e-15
	p, n := len(spectrum), float64(rows)
	best, at := math.Inf(-1), 0
	for rank := 1; rank < p; rank++ {
		if spectrum[rank-1] < tiny {
			continue
		}
		r, f := float64(rank), float64(p)
		pu := -r * math.Ln2
		for i := 1; i <= rank; i++ {
			h := (f - float64(i) + 1) / 2
			l, _ := math.Lgamma(h)
			pu += l - math.Log(math.Pi)*h
		}
		var pl float64
		for _, s := range spectrum[:rank] {
			pl -= math.Log(s) * n / 2
		}
		v := math.Max(tiny, floats.Sum(spectrum[rank:])/(f-r))
		pv := -math.Log(v) * n * (f - r) / 2
		m := f*r - r*(r+1)/2
		pp := math.Log(2*math.Pi) * (m + r) / 2
		var pa float64
		for i := range rank {
			for j := i + 1; j < p; j++ {
				sj := v
				if j < rank {
					sj = spectrum[j]
				}
				pa += math.Log((spectrum[i]-spectrum[j])*(1/sj-1/spectrum[i])) + math.Log(n)
			}
		}
		if ll := pu + pl + pv + pp - pa/2 - r*math.Log(n)/2; ll > best {
			best, at = ll, rank
		}
	}
	return max(at, 1)
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (p *PCA) Widths() (in, out int) { return len(p.Mean), len(p.Components) }

func (p *PCA) basis(fn string) (basis, error) {
	b := basis{mean: p.Mean, rows: p.Components}
	if p.Whiten {
		b.variance = p.ExplainedVariance
	}
	return b, b.ready(fn, len(p.Mean), len(p.ExplainedVariance))
}

// Transform writes the components of every row of src. It reports NaN and
// infinities (ErrNotFinite).
func (p *PCA) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "PCA.Transform"
	b, err := p.basis(fn)
	if err != nil {
		return nil, err
	}
	return b.transform(fn, dst, src)
}

// TransformRow is Transform for one row; it allocates nothing. dst is not row.
func (p *PCA) TransformRow(dst, row []float64) error {
	const fn = "PCA.TransformRow"
	b, err := p.basis(fn)
	if err != nil {
		return err
	}
	return b.transformRow(fn, dst, row)
}

// Inverse writes the rows that the components of src stand for: exactly those
// that were transformed if all components were kept, their projections otherwise.
func (p *PCA) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "PCA.Inverse"
	b, err := p.basis(fn)
	if err != nil {
		return nil, err
	}
	return b.inverse(fn, dst, src)
}

// FeatureNames returns "pca0", "pca1" and so on.
func (p *PCA) FeatureNames(in []string) ([]string, error) {
	return componentNames("PCA.FeatureNames", "pca", in, len(p.Mean), len(p.Components))
}

func componentNames(fn, prefix string, in []string, from, to int) ([]string, error) {
	if _, err := names(fn, in, from); err != nil {
		return nil, err
	}
	out := make([]string, to)
	for k := range out {
		out[k] = fmt.Sprintf("%s%d", prefix, k)
	}
	return out, nil
}

// Covariance returns the covariance matrix that the components and the noise
// stand for:
//
//	C' diag(ExplainedVariance - NoiseVariance) C + NoiseVariance I
//
// Source: Tipping and Bishop (1999); scikit-learn 1.9 PCA.get_covariance (whose
// value with whitening is scaled once too often; here whitening does not matter).
func (p *PCA) Covariance() (*mat.SymDense, error) {
	const fn = "PCA.Covariance"
	if _, err := p.basis(fn); err != nil {
		return nil, err
	}
	n := len(p.Mean)
	s := mat.NewSymDense(n, nil)
	for j := range n {
		s.SetSym(j, j, p.NoiseVariance)
	}
	for k, c := range p.Components {
		s.SymRankOne(s, math.Max(p.ExplainedVariance[k]-p.NoiseVariance, 0), mat.NewVecDense(n, c))
	}
	return s, nil
}

// LogLikelihood returns, for every row of src, the logarithm of its density
// under the normal distribution with Mean and Covariance. It reports a covariance
// without an inverse (ErrUndefined).
//
// Source: scikit-learn 1.9 PCA.score_samples.
func (p *PCA) LogLikelihood(src mat.Matrix) ([]float64, error) {
	const fn = "PCA.LogLikelihood"
	s, err := p.Covariance()
	if err != nil {
		return nil, err
	}
	g, err := source(fn, src, len(p.Mean))
	if err != nil {
		return nil, err
	}
	if err := finite(fn, "src", g); err != nil {
		return nil, err
	}
	var chol mat.Cholesky
	if !chol.Factorize(s) {
		return nil, fmt.Errorf("%s: need a covariance matrix of full rank, have a singular one: %w", fn, mlgauge.ErrUndefined)
	}
	out := make([]float64, g.Rows)
	n := float64(g.Cols)
	d := mat.NewVecDense(g.Cols, nil)
	var z mat.VecDense
	for i := range out {
		for j, v := range rowOf(g, i) {
			d.SetVec(j, v-p.Mean[j])
		}
		if err := chol.SolveVecTo(&z, d); err != nil {
			return nil, fmt.Errorf("%s: need a covariance matrix of full rank, have a nearly singular one: %w", fn, mlgauge.ErrUndefined)
		}
		out[i] = -0.5 * (mat.Dot(d, &z) + n*math.Log(2*math.Pi) + chol.LogDet())
	}
	return out, nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves p as it was. The result can transform but
// not go on fitting.
func (p *PCA) UnmarshalJSON(data []byte) error {
	const fn = "PCA.UnmarshalJSON"
	type plain PCA
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := PCA(v)
	if err := n.options(fn, 0, 0); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := componentsJSON(fn, n.Mean, n.Components, n.ExplainedVariance, n.ExplainedRatio, n.SingularValues); err != nil {
		return err
	}
	if !(n.NoiseVariance >= 0) || n.Rows < 0 {
		return jsonfloat.Corrupt(fn, "need a noise variance and rows of at least 0, have %v and %d", n.NoiseVariance, n.Rows)
	}
	*p = n
	return nil
}

// componentsJSON checks what the decompositions have in common.
func componentsJSON(fn string, mean Floats, components FloatRows, variance Floats, others ...Floats) error {
	if (mean == nil) != (components == nil) {
		return jsonfloat.Corrupt(fn, "need a mean and components, or neither")
	}
	if components == nil {
		return nil
	}
	b := basis{mean: mean, rows: components}
	if err := b.ready(fn, len(mean), len(variance)); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	for _, x := range append(others, variance) {
		if len(x) != 0 && len(x) != len(components) {
			return jsonfloat.Corrupt(fn, "need %d values, have %d", len(components), len(x))
		}
		for _, v := range x {
			if !(v >= 0) {
				return jsonfloat.Corrupt(fn, "need values of at least 0, have %v", v)
			}
		}
	}
	return nil
}

// basis is what the transforms of the decompositions share: z = (x - mean) R',
// divided by sqrt(variance) if that is given. A nil mean is zero.
type basis struct {
	mean     []float64
	rows     [][]float64
	variance []float64
}

func (b *basis) ready(fn string, cols, variances int) error {
	if len(b.rows) == 0 || cols == 0 {
		return check.NotFitted(fn)
	}
	if err := check.Length(fn, "ExplainedVariance", len(b.rows), variances); err != nil {
		return err
	}
	if err := check.Finite(fn, "Mean", b.mean); err != nil {
		return err
	}
	for _, r := range b.rows {
		if err := check.Length(fn, "Components", cols, len(r)); err != nil {
			return err
		}
		if err := check.Finite(fn, "Components", r); err != nil {
			return err
		}
	}
	return nil
}

func (b *basis) transform(fn string, dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	cols := len(b.rows[0])
	g, err := source(fn, src, cols)
	if err != nil {
		return nil, err
	}
	if err := finite(fn, "src", g); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, len(b.rows)); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	_ = chunks(g.Rows, cols*len(b.rows), func(lo, hi int) error {
		buf := getRow(cols)
		defer rowPool.Put(buf)
		for i := lo; i < hi; i++ {
			b.project(d.Data[i*d.Stride:i*d.Stride+len(b.rows)], rowOf(g, i), (*buf)[:cols])
		}
		return nil
	})
	return dst, nil
}

func (b *basis) transformRow(fn string, dst, row []float64) error {
	cols := len(b.rows[0])
	if err := rowWidths(fn, cols, len(b.rows), len(row), len(dst)); err != nil {
		return err
	}
	if err := check.Finite(fn, "row", row); err != nil {
		return err
	}
	buf := getRow(cols)
	b.project(dst, row, (*buf)[:cols])
	rowPool.Put(buf)
	return nil
}

// project may write over its source, since buf holds the row.
func (b *basis) project(dst, row, buf []float64) {
	if b.mean == nil {
		copy(buf, row)
	} else {
		floats.SubTo(buf, row, b.mean)
	}
	for k, r := range b.rows {
		dst[k] = floats.Dot(buf, r)
	}
	for k, v := range b.variance {
		// A component without variance is rounding: the peer's guard.
		s := math.Sqrt(v)
		if s < eps {
			s = eps
		}
		dst[k] /= s
	}
}

func (b *basis) inverse(fn string, dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	cols := len(b.rows[0])
	g, err := source(fn, src, len(b.rows))
	if err != nil {
		return nil, err
	}
	if err := finite(fn, "src", g); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	_ = chunks(g.Rows, cols*len(b.rows), func(lo, hi int) error {
		buf := getRow(len(b.rows))
		defer rowPool.Put(buf)
		z := (*buf)[:len(b.rows)]
		for i := lo; i < hi; i++ {
			copy(z, rowOf(g, i))
			for k, v := range b.variance {
				z[k] *= math.Max(math.Sqrt(v), eps)
			}
			out := d.Data[i*d.Stride : i*d.Stride+cols]
			clear(out)
			for k, r := range b.rows {
				floats.AddScaled(out, z[k], r)
			}
			if b.mean != nil {
				floats.Add(out, b.mean)
			}
		}
		return nil
	})
	return dst, nil
}

// rowPool lends rows, so that serving one allocates nothing.
var rowPool = sync.Pool{New: func() any { return new([]float64) }}

func getRow(n int) *[]float64 {
	b := rowPool.Get().(*[]float64)
	if cap(*b) < n {
		*b = make([]float64, n)
	}
	*b = (*b)[:n]
	return b
}
