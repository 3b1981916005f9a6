package preprocess

import (
	"fmt"
	"math"

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
