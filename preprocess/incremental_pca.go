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
	"github.com/mlgauge/mlgauge/internal/moments"
)

// IncrementalPCA learns principal components batch by batch, in memory of the
// size of a batch, and keeps only the leading ones between batches. Where all are
// kept it is PCA; otherwise it is near to it. (PCA itself can be fitted in parts
// too, at the price of a matrix of columns by columns; this is for many columns.)
//
// A batch is joined with what was kept by decomposing
//
//	[ S V ]
//	[ x - mean of the batch ]
//	[ sqrt(n m / (n + m)) (mean before - mean of the batch) ]
//
// where S V are the singular values and components so far, of n rows, and m is the
// number of rows of the batch.
//
// Source: Ross, Lim, Lin, Yang (2008); scikit-learn 1.9 IncrementalPCA.
type IncrementalPCA struct {
	Keep   int  `json:"keep,omitempty"`  // number of components; 0 means min(rows, columns) of the first batch
	Batch  int  `json:"batch,omitempty"` // rows at a time in Fit; 0 means 5 times the columns
	Whiten bool `json:"whiten,omitempty"`

	Rows              int       `json:"rows,omitempty"` // that were fitted on
	Mean              Floats    `json:"mean,omitempty"`
	Var               Floats    `json:"var,omitempty"` // population variance of every column
	Components        FloatRows `json:"components,omitempty"`
	ExplainedVariance Floats    `json:"explained_variance,omitempty"`
	ExplainedRatio    Floats    `json:"explained_ratio,omitempty"`
	SingularValues    Floats    `json:"singular_values,omitempty"`
	NoiseVariance     float64   `json:"noise_variance,omitempty"`
}

// Fit learns from x in batches, forgetting what was fitted before. It reports
// what PartialFit does.
func (p *IncrementalPCA) Fit(x mat.Matrix) error {
	const fn = "IncrementalPCA.Fit"
	g, err := finiteView(fn, "x", x)
	if err != nil {
		return err
	}
	if err := check.AtLeast(fn, "Batch", p.Batch, 0); err != nil {
		return err
	}
	size := p.Batch
	if size == 0 {
		size = 5 * g.Cols
	}
	next := IncrementalPCA{Keep: p.Keep, Batch: p.Batch, Whiten: p.Whiten}
	for lo := 0; lo < g.Rows; {
		hi := lo + size
		// A rest that is too small for the components joins the last batch.
		if hi+p.Keep > g.Rows {
			hi = g.Rows
		}
		part := g
		part.Rows, part.Data = hi-lo, g.Data[lo*g.Stride:]
		if err := next.add(fn, part); err != nil {
			return err
		}
		lo = hi
	}
	*p = next
	return nil
}

// PartialFit adds the rows of x. It reports an empty matrix, another width than
// before (ErrLength), NaN and infinities (ErrNotFinite), a single row in all or no
// variance (ErrUndefined), and more components than columns or than rows of the
// first batch (ErrRange).
func (p *IncrementalPCA) PartialFit(x mat.Matrix) error {
	const fn = "IncrementalPCA.PartialFit"
	g, err := finiteView(fn, "x", x)
	if err != nil {
		return err
	}
	return p.add(fn, g)
}

func (p *IncrementalPCA) add(fn string, g blas64.General) error {
	k, err := p.keep(fn, g.Rows, g.Cols)
	if err != nil {
		return err
	}
	mean := make([]float64, g.Cols)
	x := mat.NewDense(g.Rows, g.Cols, nil)
	centreInto(x, mean, g)
	batch := make([]moments.Moments, g.Cols)
	col := make([]float64, g.Rows)
	for j := range batch {
		columnInto(col, g, j)
		moments.Add(&batch[j], col)
	}
	return p.join(fn, k, g.Rows, mean, batch, x)
}

func (p *IncrementalPCA) keep(fn string, rows, cols int) (int, error) {
	if p.Rows > 0 {
		if err := width(fn, "x", len(p.Mean), cols); err != nil {
			return 0, err
		}
		if err := componentsJSON(fn, p.Mean, p.Components, p.ExplainedVariance, p.SingularValues); err != nil {
			return 0, err
		}
		if len(p.SingularValues) != len(p.Components) || len(p.Var) != cols || (p.Keep != 0 && p.Keep != len(p.Components)) {
			return 0, fmt.Errorf("%s: need the singular values, variances and number of components of a fit, have %d, %d and %d: %w", fn, len(p.SingularValues), len(p.Var), len(p.Components), mlgauge.ErrIncompatible)
		}
		return len(p.Components), nil
	}
	if err := check.AtLeast(fn, "Keep", p.Keep, 0); err != nil {
		return 0, err
	}
	if p.Keep > min(rows, cols) {
		return 0, fmt.Errorf("%s: Keep: need at most %d, have %d: %w", fn, min(rows, cols), p.Keep, mlgauge.ErrRange)
	}
	if p.Keep == 0 {
		return min(rows, cols), nil
	}
	return p.Keep, nil
}

// join decomposes what was kept together with the rows of x, which are centred
// (or are themselves what another fit kept) and stand for n rows of the given
// mean and moments.
func (p *IncrementalPCA) join(fn string, k, n int, mean []float64, batch []moments.Moments, x *mat.Dense) error {
	rows, cols := x.Dims()
	total := p.Rows + n
	if total < 2 {
		return fmt.Errorf("%s: x: need at least 2 rows, have %d: %w", fn, total, mlgauge.ErrUndefined)
	}
	newMean, variance := make(Floats, cols), make(Floats, cols)
	var sum float64
	for j := range cols {
		m := batch[j]
		if p.Rows > 0 {
			m = moments.Of(float64(p.Rows), p.Mean[j], 0, float64(p.Rows)*p.Var[j])
			m.Merge(&batch[j])
		}
		newMean[j], variance[j] = m.Mean(), m.Variance(0)
		sum += m.M2
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		if sum == 0 {
			return fmt.Errorf("%s: x: need a column that varies, have none: %w", fn, mlgauge.ErrUndefined)
		}
		return fmt.Errorf("%s: x: need a finite variance, have %v: %w", fn, sum, mlgauge.ErrNotFinite)
	}
	if p.Rows > 0 {
		kept := len(p.Components)
		stack := mat.NewDense(kept+rows+1, cols, nil)
		for i, c := range p.Components {
			floats.AddScaled(stack.RawRowView(i), p.SingularValues[i], c)
		}
		for i := range rows {
			copy(stack.RawRowView(kept+i), x.RawRowView(i))
		}
		last := stack.RawRowView(kept + rows)
		floats.SubTo(last, p.Mean, mean)
		floats.Scale(math.Sqrt(float64(p.Rows)/float64(total)*float64(n)), last)
		x = stack
	}
	components, singular, err := rightVectors(fn, x)
	if err != nil {
		return err
	}
	if len(singular) < k {
		return fmt.Errorf("%s: x: need %d components, have %d: %w", fn, k, len(singular), mlgauge.ErrUndefined)
	}
	next := *p
	next.Rows, next.Mean, next.Var = total, newMean, variance
	next.Components = components[:k:k]
	next.SingularValues = singular[:k:k]
	next.ExplainedVariance, next.ExplainedRatio = make(Floats, k), make(Floats, k)
	next.NoiseVariance = 0
	for i, s := range singular {
		v := s / float64(total-1) * s
		if i < k {
			flipSign(components[i])
			next.ExplainedVariance[i], next.ExplainedRatio[i] = v, s/sum*s
		} else if k != n && k != cols {
			next.NoiseVariance += v / float64(len(singular)-k)
		}
	}
	*p = next
	return nil
}

// Merge adds the rows that o was fitted on, as well as what it kept stands for
// them. It reports fits of different width or number of components
// (ErrIncompatible).
func (p *IncrementalPCA) Merge(o *IncrementalPCA) error {
	const fn = "IncrementalPCA.Merge"
	if o == nil || o.Rows == 0 {
		return check.NotFitted(fn)
	}
	k, err := o.keep(fn, o.Rows, len(o.Mean))
	if err != nil {
		return err
	}
	if p.Rows > 0 {
		if len(p.Mean) != len(o.Mean) || len(p.Components) != len(o.Components) {
			return fmt.Errorf("%s: o: need %d components of %d columns, have %d of %d: %w", fn, len(p.Components), len(p.Mean), len(o.Components), len(o.Mean), mlgauge.ErrIncompatible)
		}
		if _, err := p.keep(fn, p.Rows, len(p.Mean)); err != nil {
			return err
		}
	}
	x := mat.NewDense(k, len(o.Mean), nil)
	for i, c := range o.Components {
		floats.AddScaled(x.RawRowView(i), o.SingularValues[i], c)
	}
	batch := make([]moments.Moments, len(o.Mean))
	for j := range batch {
		batch[j] = moments.Of(float64(o.Rows), o.Mean[j], 0, float64(o.Rows)*o.Var[j])
	}
	return p.join(fn, k, o.Rows, o.Mean, batch, x)
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (p *IncrementalPCA) Widths() (in, out int) { return len(p.Mean), len(p.Components) }

func (p *IncrementalPCA) basis(fn string) (basis, error) {
	b := basis{mean: p.Mean, rows: p.Components}
	if p.Whiten {
		b.variance = p.ExplainedVariance
	}
	return b, b.ready(fn, len(p.Mean), len(p.ExplainedVariance))
}

// Transform writes the components of every row of src. It reports NaN and
// infinities (ErrNotFinite).
func (p *IncrementalPCA) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "IncrementalPCA.Transform"
	b, err := p.basis(fn)
	if err != nil {
		return nil, err
	}
	return b.transform(fn, dst, src)
}

// TransformRow is Transform for one row; it allocates nothing.
func (p *IncrementalPCA) TransformRow(dst, row []float64) error {
	const fn = "IncrementalPCA.TransformRow"
	b, err := p.basis(fn)
	if err != nil {
		return err
	}
	return b.transformRow(fn, dst, row)
}

// Inverse writes the rows that the components of src stand for.
func (p *IncrementalPCA) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "IncrementalPCA.Inverse"
	b, err := p.basis(fn)
	if err != nil {
		return nil, err
	}
	return b.inverse(fn, dst, src)
}

// FeatureNames returns "incrementalpca0", "incrementalpca1" and so on.
func (p *IncrementalPCA) FeatureNames(in []string) ([]string, error) {
	return componentNames("IncrementalPCA.FeatureNames", "incrementalpca", in, len(p.Mean), len(p.Components))
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves p as it was. The result can go on fitting.
func (p *IncrementalPCA) UnmarshalJSON(data []byte) error {
	const fn = "IncrementalPCA.UnmarshalJSON"
	type plain IncrementalPCA
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := IncrementalPCA(v)
	if n.Keep < 0 || n.Batch < 0 || n.Rows < 0 || !(n.NoiseVariance >= 0) {
		return jsonfloat.Corrupt(fn, "need counts of at least 0, have keep %d, batch %d, rows %d, noise %v", n.Keep, n.Batch, n.Rows, n.NoiseVariance)
	}
	if (n.Rows > 0) != (n.Mean != nil) {
		return jsonfloat.Corrupt(fn, "need rows and a mean, or neither")
	}
	if err := componentsJSON(fn, n.Mean, n.Components, n.ExplainedVariance, n.ExplainedRatio, n.SingularValues); err != nil {
		return err
	}
	if n.Rows > 0 {
		if _, err := n.keep(fn, n.Rows, len(n.Mean)); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
		for _, v := range n.Var {
			if !(v >= 0) {
				return jsonfloat.Corrupt(fn, "need variances of at least 0, have %v", v)
			}
		}
	}
	*p = n
	return nil
}
