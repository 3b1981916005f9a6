package preprocess

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/mat"
)

// Regressor is the regression that Iterative predicts missing values with.
type Regressor int

const (
	// BayesianRidge chooses its penalty by the evidence.
	BayesianRidge Regressor = iota
	// Ridge has the penalty Alpha.
	Ridge
)

var regressorNames = []string{"bayesian_ridge", "ridge"}

// String returns "bayesian_ridge" or "ridge".
func (r Regressor) String() string { return optionName(r, regressorNames) }

// Order is the order in which Iterative visits the columns.
type Order int

const (
	// Ascending goes from the fewest missing values to the most.
	Ascending Order = iota
	// Descending goes from the most missing values to the fewest.
	Descending
	// Roman goes from left to right.
	Roman
	// Arabic goes from right to left.
	Arabic
	// RandomOrder shuffles the columns before every round, by Seed.
	RandomOrder
)

var orderNames = []string{"ascending", "descending", "roman", "arabic", "random"}

// String returns "ascending", "descending", "roman", "arabic" or "random".
func (o Order) String() string { return optionName(o, orderNames) }

// Iterative replaces missing values by what a regression on the other columns
// predicts. It starts from a simple imputation; a round visits the columns in
// turn, fits the regression on the rows that have the column, and predicts the
// others. It ends after MaxIter rounds, or once
//
//	max over rows of sum |change| < Tol max |x|
//
// where the maximum on the right is over the values that are present. Rounds,
// Converged and Change state how it ended. A row that is transformed later goes
// through the same regressions.
//
// With SamplePosterior a missing value is drawn instead of predicted, so that
// several seeds give several complete data sets, whose spread is that of what is
// not known (multiple imputation). It is drawn from the normal distribution,
// between Min and Max, with the mean and the variance
//
//	mu = b0 + x b,  1/alpha + (x - mean)' S (x - mean)
//
// of the Bayesian ridge regression, where alpha is the precision of the noise and
// S the covariance of the coefficients; a mean outside the bounds is moved to
// them. There is no convergence then, and all rounds are made. The draws for row
// i of a matrix follow from Seed and i; a row by itself is row 0.
//
// Special cases: a column without any value is not written, unless KeepEmpty
// (then it is 0 throughout); with one column the simple imputation stays.
//
// Definition: scikit-learn 1.9, IterativeImputer. Source: van Buuren,
// Groothuis-Oudshoorn, mice, J. Stat. Softw. 45 (2011).
type Iterative struct {
	// Regressor is the regression.
	Regressor Regressor
	// Alpha is the penalty of Ridge; 0 stands for 1.
	Alpha float64
	// MaxIter is the number of rounds; 0 stands for 10.
	MaxIter int
	// Tol is the tolerance; 0 stands for 1e-3.
	Tol float64
	// Initial is the simple imputation to start from.
	Initial Strategy
	// Fill is the constant of the initial strategy ImputeConstant.
	Fill float64
	// Order is the order of the columns.
	Order Order
	// Nearest, if above 0, is how many other columns predict a column. They are
	// drawn anew for each regression, without replacement, with odds in
	// proportion to their correlation after the simple imputation, by magnitude
	// and at least 1e-6. As many as there are, or more, is all.
	Nearest int
	// SkipComplete leaves out the regressions of columns that were complete in
	// training; what is missing there later gets the simple imputation.
	SkipComplete bool
	// SamplePosterior draws from the distribution of a prediction instead of
	// taking its mean. It needs BayesianRidge (mlgauge.ErrIncompatible).
	SamplePosterior bool
	// Seed is the seed of RandomOrder, Nearest and SamplePosterior.
	Seed uint64
	// Min and Max bound the predictions of each input column; nil is no bound.
	Min, Max []float64
	// KeepEmpty writes columns without any value, too.
	KeepEmpty bool
	// Indicator appends a column of 0 and 1 for every column that had missing
	// values in training.
	Indicator bool
	// Strict makes a fit that does not converge fail with
	// mlgauge.ErrNotConverged. It does not go with SamplePosterior.
	Strict bool

	Layout
	Start     []float64 // what the simple imputation writes, by input column
	Models    []Model   // the regressions in the order in which they are used
	Rounds    int       // how many rounds were made
	Converged bool      // whether the last round changed every row by less than the tolerance
	Change    float64   // the greatest change of a row in the last round
}

// Model predicts one column from others, numbered among the kept columns.
type Model struct {
	Column    int             `json:"column"`
	From      []int           `json:"from,omitempty"` // the columns it predicts from; nil is all others, ascending
	Coef      jsonfloat.Slice `json:"coef"`           // of those columns
	Intercept jsonfloat.Float `json:"intercept"`

	// For SamplePosterior: the variance of the noise, the means of the columns,
	// and the covariance of the coefficients, row by row.
	Noise  jsonfloat.Float `json:"noise,omitempty"`
	Means  jsonfloat.Slice `json:"means,omitempty"`
	Spread jsonfloat.Slice `json:"spread,omitempty"`
}

func (m *Iterative) check(fn string) error {
	if err := option(fn, "Regressor", m.Regressor, regressorNames); err != nil {
		return err
	}
	if err := option(fn, "Order", m.Order, orderNames); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MaxIter", m.MaxIter, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Tol", m.Tol, 0, math.MaxFloat64); err != nil {
		return err
	}
	if err := check.In(fn, "Alpha", m.Alpha, 0, math.MaxFloat64); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "Nearest", m.Nearest, 0); err != nil {
		return err
	}
	if m.SamplePosterior && (m.Regressor != BayesianRidge || m.Strict) {
		return fmt.Errorf("%s: SamplePosterior: need BayesianRidge, and no Strict: %w", fn, mlgauge.ErrIncompatible)
	}
	for j := range min(len(m.Min), len(m.Max)) {
		if !(m.Min[j] < m.Max[j]) {
			return fmt.Errorf("%s: Min, Max: need Min < Max, have %v and %v for column %d: %w", fn, m.Min[j], m.Max[j], j, mlgauge.ErrRange)
		}
	}
	return nil
}

// Fit learns the regressions from x.
func (m *Iterative) Fit(x mat.Matrix) error {
	const fn = "Iterative.Fit"
	if err := m.check(fn); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	for _, b := range []struct {
		arg string
		v   []float64
	}{{"Min", m.Min}, {"Max", m.Max}} {
		if b.v != nil {
			if err := check.Length(fn, b.arg, g.Cols, len(b.v)); err != nil {
				return err
			}
			if err := check.NoNaN(fn, b.arg, b.v); err != nil {
				return err
			}
		}
	}
	s := Simple{Strategy: m.Initial, Fill: m.Fill, KeepEmpty: m.KeepEmpty, Indicator: m.Indicator}
	if err := s.fit(fn, x, false); err != nil {
		return err
	}
	t := *m
	t.Layout, t.Start = s.Layout, s.Statistics
	t.Models, t.Rounds, t.Converged, t.Change = nil, 0, false, 0
	if err := t.rounds(fn, x); err != nil {
		return err
	}
	if m.Strict && !t.Converged {
		return fmt.Errorf("%s: need a change below %v within %d rounds, have %v: %w", fn, t.tol(), t.Rounds, t.Change, mlgauge.ErrNotConverged)
	}
	*m = t
	return nil
}

func (m *Iterative) tol() float64 {
	if m.Tol == 0 {
		return 1e-3
	}
	return m.Tol
}

func (m *Iterative) rounds(fn string, x mat.Matrix) error {
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	cols := len(m.Kept)
	filled := mat.NewDense(g.Rows, cols, nil)
	missing := make([]int, cols) // by kept column
	absent := make([]bool, g.Rows*cols)
	var size float64
	count := presence(g)
	for i := range g.Rows {
		row := filled.RawRowView(i)
		for k, j := range m.Kept {
			v := g.Data[i*g.Stride+j]
			switch {
			case v == v:
				size = max(size, math.Abs(v))
			case count[j] == 0: // an empty column that is kept counts as given
				v = m.Start[j]
				size = max(size, math.Abs(v))
			default:
				v = m.Start[j]
				absent[i*cols+k] = true
				missing[k]++
			}
			row[k] = v
		}
	}
	if cols == 1 {
		m.Converged = true
		return nil
	}
	order := m.order(missing)
	near := m.correlations(filled)
	draw := rand.NewPCG(m.Seed, 0)
	most := m.MaxIter
	if most == 0 {
		most = 10
	}
	before := mat.DenseCopyOf(filled)
	for m.Rounds = 1; ; m.Rounds++ {
		if m.Order == RandomOrder {
			r := rand.New(rand.NewPCG(m.Seed, uint64(m.Rounds)))
			r.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		}
		for _, k := range order {
			one, err := m.regress(fn, filled, absent, k, m.neighbours(near, k))
			if err != nil {
				return err
			}
			m.Models = append(m.Models, one)
			for i := range g.Rows {
				if absent[i*cols+k] {
					m.predict(&one, filled.RawRowView(i), draw)
				}
			}
		}
		m.Change = 0
		for i := range g.Rows {
			a, b := filled.RawRowView(i), before.RawRowView(i)
			var moved float64
			for k := range a {
				moved += math.Abs(a[k] - b[k])
			}
			m.Change = max(m.Change, moved)
		}
		if math.IsNaN(m.Change) || math.IsInf(m.Change, 0) {
			return fmt.Errorf("%s: x: need values whose regressions are finite, have an overflow in round %d: %w", fn, m.Rounds, mlgauge.ErrNotFinite)
		}
		if !m.SamplePosterior && (m.Change < m.tol()*size || m.Change == 0) {
			m.Converged = true
			return nil
		}
		if m.Rounds == most {
			return nil
		}
		before.Copy(filled)
	}
}

// order returns the kept columns in the order of visits.
func (m *Iterative) order(missing []int) []int {
	idx := make([]int, 0, len(missing))
	for k := range missing {
		if missing[k] > 0 || !m.SkipComplete {
			idx = append(idx, k)
		}
	}
	if m.Order == Ascending || m.Order == Descending {
		sort.SliceStable(idx, func(a, b int) bool { return missing[idx[a]] < missing[idx[b]] })
	}
	if m.Order == Descending || m.Order == Arabic {
		slices.Reverse(idx)
	}
	return idx
}

// regress fits the regression of kept column k on the columns from.
func (m *Iterative) regress(fn string, filled *mat.Dense, absent []bool, k int, from []int) (Model, error) {
	rows, cols := filled.Dims()
	one := Model{Column: k, From: from}
	var x, y []float64
	for i := range rows {
		if absent[i*cols+k] {
			continue
		}
		r := filled.RawRowView(i)
		if from == nil {
			x = append(append(x, r[:k]...), r[k+1:]...)
		}
		for _, j := range from {
			x = append(x, r[j])
		}
		y = append(y, r[k])
	}
	p, err := newRidge(fn, mat.NewDense(len(y), len(x)/len(y), x), y)
	if err != nil {
		return Model{}, err
	}
	var l linear
	if m.Regressor == Ridge {
		alpha := m.Alpha
		if alpha == 0 {
			alpha = 1
		}
		l = p.ridge(alpha)
	} else {
		var noise, weight float64
		l, noise, weight = p.bayes()
		if m.SamplePosterior {
			one.Noise, one.Means, one.Spread = jsonfloat.Float(1/noise), p.xmean, p.spread(noise, weight)
		}
	}
	one.Coef, one.Intercept = l.Coef, jsonfloat.Float(l.Intercept)
	return one, nil
}

// predict writes the prediction of a model into a row of kept columns.
func (m *Iterative) predict(one *Model, row []float64, draw *rand.PCG) {
	k := one.Column
	v := float64(one.Intercept)
	if one.From == nil {
		for j, c := range one.Coef[:k] {
			v += float64(c * row[j])
		}
		for j, c := range one.Coef[k:] {
			v += float64(c * row[k+1+j])
		}
	}
	for i, j := range one.From {
		v += float64(one.Coef[i] * row[j])
	}
	lo, hi := math.Inf(-1), math.Inf(1)
	if j := m.Kept[k]; m.Min != nil {
		lo = m.Min[j]
	}
	if j := m.Kept[k]; m.Max != nil {
		hi = m.Max[j]
	}
	if one.Spread != nil && v >= lo && v <= hi {
		v = truncatedNormal(v, one.deviation(row), lo, hi, draw)
	}
	row[k] = min(max(v, lo), hi)
}

// Transform writes src without missing values into dst, which may be nil, and
// may be src where the width stays the same.
func (m *Iterative) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	in, out := m.Widths()
	return eachNumberedRow("Iterative.Transform", dst, src, in, out, m.fillRow)
}

// TransformRow writes row without missing values into dst, which must not
// overlap row unless it is row.
func (m *Iterative) TransformRow(dst, row []float64) error {
	const fn = "Iterative.TransformRow"
	in, out := m.Widths()
	if err := rowWidths(fn, in, out, len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	m.fillRow(0, dst, row)
	return nil
}

func (m *Iterative) fillRow(i int, dst, row []float64) {
	// The marks of what is missing fit in a word array on the stack for up to
	// 512 columns.
	var fixed [8]uint64
	marks := fixed[:]
	if len(m.Kept) > 64*len(marks) {
		marks = make([]uint64, (len(m.Kept)+63)/64)
	}
	any := false
	m.flag(dst, row)
	for k, j := range m.Kept {
		v := row[j]
		if v != v {
			v = m.Start[j]
			marks[k/64] |= 1 << (k % 64)
			any = true
		}
		dst[k] = v
	}
	if !any {
		return
	}
	kept := dst[:len(m.Kept)]
	var draw rand.PCG
	draw.Seed(m.Seed, uint64(i)+1)
	for n := range m.Models {
		one := &m.Models[n]
		if k := one.Column; marks[k/64]&(1<<(k%64)) != 0 {
			m.predict(one, kept, &draw)
		}
	}
}

// FeatureNames returns the names of the columns kept, then
// "missingindicator_" and the name for the indicators.
func (m *Iterative) FeatureNames(in []string) ([]string, error) {
	return m.names("Iterative.FeatureNames", in)
}
