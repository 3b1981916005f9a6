package preprocess

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// TruncatedSVD projects rows onto their leading right singular vectors, without
// centring them, so that sparse rows stay sparse (on TF-IDF rows it is latent
// semantic analysis):
//
//	z = x V'
//
// The rows of V have the sign that makes their entry of largest magnitude
// positive. The zero value keeps 2 of them and computes them exactly.
//
// Randomised works from products with the matrix only, with Oversample more
// directions and Iterations rounds of power iteration, and reads a matrix that has
// DoRowNonZero (gonum's mat.RowNonZeroDoer) without making it dense. Its result
// comes from Seed.
//
// Source: scikit-learn 1.9 TruncatedSVD, which is randomised by default; Halko,
// Martinsson, Tropp (2011).
type TruncatedSVD struct {
	Keep       int    `json:"keep,omitempty"` // number of components; 0 means 2
	Randomised bool   `json:"randomised,omitempty"`
	Oversample int    `json:"oversample,omitempty"` // 0 means 10
	Iterations int    `json:"iterations,omitempty"` // 0 means 5
	Seed       uint64 `json:"seed,omitempty"`

	Components        FloatRows `json:"components,omitempty"`
	SingularValues    Floats    `json:"singular_values,omitempty"`
	ExplainedVariance Floats    `json:"explained_variance,omitempty"` // population variance of each component
	ExplainedRatio    Floats    `json:"explained_ratio,omitempty"`    // as a share of that of the columns
}

// rowsDoer is a matrix that can be read row by row, zeros left out.
type rowsDoer interface {
	mat.Matrix
	mat.RowNonZeroDoer
}

// denseRows gives a dense matrix that form.
type denseRows struct{ *mat.Dense }

func (d denseRows) DoRowNonZero(i int, fn func(i, j int, v float64)) {
	for j, v := range d.RawRowView(i) {
		if v != 0 {
			fn(i, j, v)
		}
	}
}

// Fit learns the components from the rows of x. It reports an empty matrix, NaN
// and infinities (ErrNotFinite), more components than min(rows, columns), and other
// options out of range (ErrRange). Where no column varies, the ratios are NaN.
func (t *TruncatedSVD) Fit(x mat.Matrix) error {
	const fn = "TruncatedSVD.Fit"
	if err := t.options(fn); err != nil {
		return err
	}
	k := t.Keep
	if k == 0 {
		k = 2
	}
	var (
		read       rowsDoer
		components FloatRows
		singular   []float64
		err        error
	)
	if s, ok := x.(rowsDoer); ok && t.Randomised {
		read = s
	} else {
		g, err := view(fn, "x", x)
		if err != nil {
			return err
		}
		d := mat.NewDense(g.Rows, g.Cols, nil)
		for i := range g.Rows {
			copy(d.RawRowView(i), rowOf(g, i))
		}
		read = denseRows{d}
	}
	rows, cols := read.Dims()
	if rows == 0 || cols == 0 {
		return check.NotEmpty(fn, "x", 0)
	}
	if k > min(rows, cols) {
		return fmt.Errorf("%s: Keep: need at most %d, have %d: %w", fn, min(rows, cols), k, mlgauge.ErrRange)
	}
	if err := finiteRows(fn, read, rows); err != nil {
		return err
	}
	if t.Randomised {
		components, singular, err = t.random(fn, read, rows, cols, k)
	} else {
		components, singular, err = rightVectors(fn, read.(denseRows).Dense)
	}
	if err != nil {
		return err
	}
	components, singular = components[:k:k], singular[:k:k]
	if err := check.Finite(fn, "x (its singular values)", singular); err != nil {
		return err
	}
	for _, c := range components {
		flipSign(c)
	}
	next := *t
	next.Components, next.SingularValues = components, singular
	next.ExplainedVariance = projectedVariance(read, rows, components)
	total := columnVariance(read, rows, cols)
	next.ExplainedRatio = make(Floats, k)
	for i, v := range next.ExplainedVariance {
		next.ExplainedRatio[i] = v / total
	}
	*t = next
	return nil
}

func (t *TruncatedSVD) options(fn string) error {
	if err := check.AtLeast(fn, "Keep", t.Keep, 0); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "Oversample", t.Oversample, 0); err != nil {
		return err
	}
	return check.AtLeast(fn, "Iterations", t.Iterations, 0)
}

func finiteRows(fn string, x rowsDoer, rows int) error {
	var err error
	for i := range rows {
		x.DoRowNonZero(i, func(i, j int, v float64) {
			if v*0 != 0 && err == nil {
				err = fmt.Errorf("%s: x: need finite values, have %v in row %d, column %d: %w", fn, v, i, j, mlgauge.ErrNotFinite)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// projectedVariance returns the population variance of x V' by column.
func projectedVariance(x rowsDoer, rows int, v FloatRows) Floats {
	k := len(v)
	first, sum, sq := make([]float64, k), make([]float64, k), make([]float64, k)
	z := make([]float64, k)
	for i := range rows {
		clear(z)
		x.DoRowNonZero(i, func(_, j int, a float64) {
			for c := range z {
				z[c] += float64(a * v[c][j])
			}
		})
		if i == 0 {
			copy(first, z)
		}
		for c := range z {
			d := z[c] - first[c]
			// The running update of Welford, about the first row.
			old := sum[c]
			sum[c] += (d - old) / float64(i+1)
			sq[c] += float64((d - old) * (d - sum[c]))
		}
	}
	out := make(Floats, k)
	for c := range out {
		out[c] = sq[c] / float64(rows)
	}
	return out
}

// columnVariance returns the sum of the population variances of the columns.
func columnVariance(x rowsDoer, rows, cols int) float64 {
	n := float64(rows)
	mean, sq, seen := make([]float64, cols), make([]float64, cols), make([]float64, cols)
	for i := range rows {
		x.DoRowNonZero(i, func(_, j int, a float64) { mean[j] += a / n })
	}
	for i := range rows {
		x.DoRowNonZero(i, func(_, j int, a float64) {
			d := a - mean[j]
			sq[j] += float64(d * d)
			seen[j]++
		})
	}
	var total float64
	for j := range sq {
		total += (sq[j] + (n-seen[j])*mean[j]*mean[j]) / n
	}
	return total
}

// random is the randomised range finder: an orthonormal basis Q of about the
// leading rows of x, then the decomposition of the small x Q.
func (t *TruncatedSVD) random(fn string, x rowsDoer, rows, cols, k int) (FloatRows, []float64, error) {
	over, rounds := t.Oversample, t.Iterations
	if over == 0 {
		over = 10
	}
	if rounds == 0 {
		rounds = 5
	}
	w := min(k+over, min(rows, cols))
	rng := rand.New(rand.NewPCG(t.Seed, 0))
	y := mat.NewDense(rows, w, nil)
	q := mat.NewDense(cols, w, nil)
	for i := range rows {
		for c := range w {
			y.Set(i, c, rng.NormFloat64())
		}
	}
	for range rounds + 1 {
		// q <- orthonormal x' y, y <- x q
		q.Zero()
		for i := range rows {
			yi := y.RawRowView(i)
			x.DoRowNonZero(i, func(_, j int, a float64) { floats.AddScaled(q.RawRowView(j), a, yi) })
		}
		orthonormal(q)
		for i := range rows {
			yi := y.RawRowView(i)
			clear(yi)
			x.DoRowNonZero(i, func(_, j int, a float64) { floats.AddScaled(yi, a, q.RawRowView(j)) })
		}
		if err := check.Finite(fn, "x (its products)", y.RawMatrix().Data); err != nil {
			return nil, nil, err
		}
		if top := mat.Max(y) - mat.Min(y); top > 0 {
			continue
		}
		break
	}
	// x is about (x Q) Q' = y Q'; the right vectors of y turn Q into those of x.
	small, singular, err := rightVectors(fn, y)
	if err != nil {
		return nil, nil, err
	}
	components := make(FloatRows, k)
	for c := range components {
		components[c] = make([]float64, cols)
		v := mat.NewVecDense(cols, components[c])
		v.MulVec(q, mat.NewVecDense(w, small[c]))
	}
	return components, singular, nil
}

// orthonormal replaces the columns of q by an orthonormal basis of their span,
// by Gram and Schmidt, twice for each column, which is enough (Kahan). Columns
// that depend on those before become zero.
func orthonormal(q *mat.Dense) {
	rows, w := q.Dims()
	cols := make([][]float64, w)
	for j := range cols {
		c := mat.Col(nil, j, q)
		cols[j] = c
		before := scaledNorm(c)
		if before == 0 {
			continue
		}
		for range 2 {
			for _, b := range cols[:j] {
				floats.AddScaled(c, -floats.Dot(b, c), b)
			}
		}
		if n := floats.Norm(c, 2); n > float64(rows)*eps {
			floats.Scale(1/n, c)
		} else {
			clear(c)
		}
		q.SetCol(j, c)
	}
}

// scaledNorm divides c by its norm, which it returns.
func scaledNorm(c []float64) float64 {
	n := floats.Norm(c, 2)
	if n > 0 {
		floats.Scale(1/n, c)
	}
	return n
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (t *TruncatedSVD) Widths() (in, out int) {
	if len(t.Components) == 0 {
		return 0, 0
	}
	return len(t.Components[0]), len(t.Components)
}

func (t *TruncatedSVD) basis(fn string) (basis, error) {
	in, _ := t.Widths()
	b := basis{rows: t.Components}
	return b, b.ready(fn, in, len(t.Components))
}

// Transform writes the components of every row of src. It reports NaN and
// infinities (ErrNotFinite).
func (t *TruncatedSVD) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "TruncatedSVD.Transform"
	b, err := t.basis(fn)
	if err != nil {
		return nil, err
	}
	return b.transform(fn, dst, src)
}

// TransformRow is Transform for one row; it allocates nothing.
func (t *TruncatedSVD) TransformRow(dst, row []float64) error {
	const fn = "TruncatedSVD.TransformRow"
	b, err := t.basis(fn)
	if err != nil {
		return err
	}
	return b.transformRow(fn, dst, row)
}

// Inverse writes the rows that the components of src stand for.
func (t *TruncatedSVD) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "TruncatedSVD.Inverse"
	b, err := t.basis(fn)
	if err != nil {
		return nil, err
	}
	return b.inverse(fn, dst, src)
}

// FeatureNames returns "truncatedsvd0", "truncatedsvd1" and so on.
func (t *TruncatedSVD) FeatureNames(in []string) ([]string, error) {
	from, to := t.Widths()
	return componentNames("TruncatedSVD.FeatureNames", "truncatedsvd", in, from, to)
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves t as it was.
func (t *TruncatedSVD) UnmarshalJSON(data []byte) error {
	const fn = "TruncatedSVD.UnmarshalJSON"
	type plain TruncatedSVD
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := TruncatedSVD(v)
	if err := n.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if n.Components != nil {
		if _, err := n.basis(fn); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
	}
	for _, x := range []Floats{n.SingularValues, n.ExplainedVariance, n.ExplainedRatio} {
		if len(x) != 0 && len(x) != len(n.Components) {
			return jsonfloat.Corrupt(fn, "need %d values, have %d", len(n.Components), len(x))
		}
	}
	*t = n
	return nil
}
