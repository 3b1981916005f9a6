package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// VIF returns the variance inflation factor of every column:
//
//	1 / (1 - R2_j)
//
// where R2_j is that of the regression of column j on the others. With intercept
// it is the diagonal of the inverse of the correlation matrix. Without, the
// regressions go through the origin and R2 is uncentred.
//
// Special cases are: a column that is a linear combination of the others has
// +Inf; a constant column has NaN with an intercept; a single column has 1.
// It reports an empty statistic (ErrEmpty) and fewer rows than two (ErrUndefined).
//
// Source: statsmodels 0.15 variance_inflation_factor, which standardises by
// default, as with an intercept; the absence of one is its standardize=False on a
// matrix without a column of ones. It cuts the factor off at 1e15.
func (c *Covariance) VIF(intercept bool) ([]float64, error) {
	const fn = "Covariance.VIF"
	if c.w == 0 {
		return nil, check.NotEmpty(fn, "rows", 0)
	}
	if c.rows < 2 {
		return nil, fmt.Errorf("%s: rows: need at least 2, have %d: %w", fn, c.rows, mlgauge.ErrUndefined)
	}
	all := make([]int, len(c.mean))
	for j := range all {
		all[j] = j
	}
	return c.vif(fn, all, intercept)
}

// vif is VIF among some of the columns.
func (c *Covariance) vif(fn string, cols []int, intercept bool) ([]float64, error) {
	p := len(c.mean)
	second := func(i, j int) float64 {
		if i > j {
			i, j = j, i
		}
		v := c.c[i*p+j]
		if !intercept {
			v += float64(c.w * (c.mean[i] + c.low[i]) * (c.mean[j] + c.low[j]))
		}
		return v
	}
	out := make([]float64, len(cols))
	var live []int // positions of the columns that vary
	for k, j := range cols {
		out[k] = math.NaN()
		if second(j, j) > 0 {
			live = append(live, k)
		}
	}
	n := len(live)
	if n == 0 {
		return out, nil
	}
	corr := mat.NewSymDense(n, nil)
	for a, k := range live {
		for b := a; b < n; b++ {
			i, j := cols[k], cols[live[b]]
			r := 1.0
			if a != b {
				r = second(i, j) / math.Sqrt(second(i, i)) / math.Sqrt(second(j, j))
			}
			corr.SetSym(a, b, r)
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(corr, true) {
		return nil, fmt.Errorf("%s: need the eigenvalues of the correlations, have none: %w", fn, mlgauge.ErrNotConverged)
	}
	values := eig.Values(nil)
	var vec mat.Dense
	eig.VectorsTo(&vec)
	// Below this an eigenvalue is rounding, and its vector a dependence.
	tol := 4 * float64(n) * eps * values[n-1]
	for a, k := range live {
		out[k] = 0
		for e, l := range values {
			v := vec.At(a, e)
			switch {
			case l > tol:
				out[k] += v * v / l
			case math.Abs(v) > 1e-7:
				out[k] = math.Inf(1)
			}
		}
		out[k] = math.Max(out[k], 1)
	}
	return out, nil
}

// VIF returns the variance inflation factor of every column of src; see
// Covariance.VIF.
func VIF(src mat.Matrix, intercept bool) ([]float64, error) {
	var c Covariance
	if err := c.add("VIF", src, nil); err != nil {
		return nil, err
	}
	return c.VIF(intercept)
}

// VIFFilter drops the column of the highest variance inflation factor, computes
// the factors of the rest, and so on until none is above Threshold. Among ties
// the later column goes first, so that of two copies the first one stays.
// Constant columns stay. The zero value uses an intercept and the threshold 10.
type VIFFilter struct {
	Threshold   float64 `json:"threshold,omitempty"` // at least 1; 0 means 10
	NoIntercept bool    `json:"no_intercept,omitempty"`

	Selection
	Factors Floats `json:"factors,omitempty"` // of the columns of Selection, at the end
	Dropped []int  `json:"dropped,omitempty"` // in the order in which they went
}

// Fit chooses among the columns of src. It reports what VIF does, and a
// threshold below 1 (ErrRange).
func (f *VIFFilter) Fit(src mat.Matrix) error {
	var c Covariance
	if err := c.add("VIFFilter.Fit", src, nil); err != nil {
		return err
	}
	return f.FitCovariance(&c)
}

// FitCovariance chooses from a statistic, which may have been merged from parts.
func (f *VIFFilter) FitCovariance(c *Covariance) error {
	const fn = "VIFFilter.Fit"
	cut := f.Threshold
	if cut == 0 {
		cut = 10
	}
	if err := check.In(fn, "Threshold", cut, 1, math.Inf(1)); err != nil {
		return err
	}
	if _, err := c.VIF(!f.NoIntercept); err != nil {
		return err
	}
	cols := make([]int, len(c.mean))
	for j := range cols {
		cols[j] = j
	}
	var dropped []int
	for {
		v, err := c.vif(fn, cols, !f.NoIntercept)
		if err != nil {
			return err
		}
		worst := -1
		for k, a := range v {
			if a > cut && (worst < 0 || a >= v[worst]) {
				worst = k
			}
		}
		if worst < 0 {
			f.Selection = Selection{Features: len(c.mean), Columns: cols}
			f.Factors, f.Dropped = v, dropped
			return nil
		}
		dropped = append(dropped, cols[worst])
		cols = append(cols[:worst], cols[worst+1:]...)
	}
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves f as it was.
func (f *VIFFilter) UnmarshalJSON(data []byte) error {
	const fn = "VIFFilter.UnmarshalJSON"
	type plain VIFFilter
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	if err := p.Selection.valid(fn); err != nil {
		return err
	}
	if p.Threshold != 0 && !(p.Threshold >= 1) {
		return jsonfloat.Corrupt(fn, "need a threshold of at least 1, have %v", p.Threshold)
	}
	if len(p.Factors) != 0 && len(p.Factors) != len(p.Columns) {
		return jsonfloat.Corrupt(fn, "need %d factors, have %d", len(p.Columns), len(p.Factors))
	}
	for _, j := range p.Dropped {
		if j < 0 || j >= p.Features {
			return jsonfloat.Corrupt(fn, "need dropped columns below %d, have %v", p.Features, p.Dropped)
		}
	}
	*f = VIFFilter(p)
	return nil
}
