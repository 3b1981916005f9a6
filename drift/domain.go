package drift

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/metrics"
)

// DomainOptions are the options of DomainClassifier. The zero value is usual.
type DomainOptions struct {
	Folds         int     // of the cross-validation; 0 means 5
	MaxRows       int     // drawn from each side; 0 means 5000
	MaxCategories int     // of a column, the others being one; 0 means 20
	Ridge         float64 // penalty 1/2 Ridge |w|^2 beside the summed log loss; 0 means 1
	Level         float64 // of the interval; 0 means 0.95
	Threshold     float64 // of the lower end of the interval, above which there is drift; 0 means 0.55
	Seed          uint64
}

// A FeatureShare is the part of a column in telling the sides apart.
type FeatureShare struct {
	Name  string
	Share float64 // of the summed standard deviations of the columns' scores
}

// DomainResult is what the classifier came to.
type DomainResult struct {
	AUC     metrics.Interval // 0.5: the sides cannot be told apart; DeLong's interval
	PValue  float64          // of an AUC above 0.5, one-sided
	Drifted bool
	// Features holds the columns by falling share in a model of all rows drawn.
	Features                   []FeatureShare
	ReferenceRows, CurrentRows int // drawn
}

// DomainClassifier tells how well a model can tell rows of the current side from rows
// of the reference: a logistic regression with a ridge penalty, scored out of fold.
// It sees changes in the columns and in how they go together as far as they add up.
//
// Numbers enter as their ranks among the rows of both sides, scaled to mean 0 and
// variance 1, and as the squares of these (a column that got wider or narrower);
// missing ones as 0 with an indicator; text as one indicator per category. Infinities
// have the highest and lowest ranks. Columns are matched by name, those of one side
// left out.
//
// The models of the folds share most of their rows, so without drift the AUC scatters
// about 0.5 by some 1.4 times what DeLong's variance says, and PValue is too small
// as often: the default Threshold leaves room for that.
//
// It returns ErrEmpty without a common column or fewer rows than folds on a side,
// ErrIncompatible for a column that changed its kind, ErrUndefined if no column
// varies, ErrRange for bad options, and the errors of CompareDatasets for bad columns.
func DomainClassifier(reference, current []Column, o DomainOptions) (DomainResult, error) {
	const fn = "drift.DomainClassifier"
	folds, level := or(o.Folds, 5), or(o.Level, 0.95)
	if err := o.check(fn, folds, level); err != nil {
		return DomainResult{}, err
	}
	rowsA, err := checkColumns(fn, "reference", reference)
	if err != nil {
		return DomainResult{}, err
	}
	rowsB, err := checkColumns(fn, "current", current)
	if err != nil {
		return DomainResult{}, err
	}
	most := or(o.MaxRows, 5000)
	a, b := drawRows(rowsA, most, o.Seed, 1), drawRows(rowsB, most, o.Seed, 2)
	if len(a) < max(folds, 2) || len(b) < max(folds, 2) {
		return DomainResult{}, fmt.Errorf("%s: need at least %d rows on each side, have %d and %d: %w", fn, max(folds, 2), len(a), len(b), mlgauge.ErrEmpty)
	}
	x, owner, names, err := o.features(fn, reference, current, a, b)
	if err != nil {
		return DomainResult{}, err
	}
	y := make([]bool, len(a)+len(b))
	for i := len(a); i < len(y); i++ {
		y[i] = true
	}
	// The rows of each side were drawn in random order, so every k-th is a fold.
	fold := func(i int) int {
		if i >= len(a) {
			i -= len(a)
		}
		return i % folds
	}
	ridge := or(o.Ridge, 1)
	scores := make([]float64, len(y))
	errs := make([]error, folds+1)
	var whole []float64
	parallel.Each(folds+1, func(k int) {
		w, err := logistic(fn, x, y, ridge, func(i int) bool { return k == folds || fold(i) != k })
		errs[k] = err
		if k == folds {
			whole = w
			return
		}
		for i := range y {
			if err == nil && fold(i) == k {
				scores[i] = floats.Dot(w[1:], x.RawRowView(i)) + w[0]
			}
		}
	})
	for _, err := range errs {
		if err != nil {
			return DomainResult{}, err
		}
	}
	var roc metrics.ROC
	if err := roc.Add(y, scores); err != nil {
		return DomainResult{}, fmt.Errorf("%s: %w", fn, err)
	}
	d, err := roc.DeLong()
	if err != nil {
		return DomainResult{}, fmt.Errorf("%s: %w", fn, err)
	}
	r := DomainResult{ReferenceRows: len(a), CurrentRows: len(b), Features: featureShares(x, whole[1:], owner, names)}
	if r.AUC, err = d.Interval(level); err != nil {
		return DomainResult{}, fmt.Errorf("%s: %w", fn, err)
	}
	r.PValue = 1
	if d.Variance > 0 {
		r.PValue = distuv.UnitNormal.CDF(-(d.AUC - 0.5) / math.Sqrt(d.Variance))
	} else if d.AUC > 0.5 {
		r.PValue = 0
	}
	r.Drifted = r.AUC.Low > or(o.Threshold, 0.55)
	return r, nil
}

func (o DomainOptions) check(fn string, folds int, level float64) error {
	if err := check.AtLeast(fn, "Folds", folds, 2); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MaxRows", o.MaxRows, 0); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MaxCategories", o.MaxCategories, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Ridge", o.Ridge, 0, math.MaxFloat64); err != nil {
		return err
	}
	if err := check.In(fn, "Threshold", o.Threshold, 0, 1); err != nil {
		return err
	}
	return check.Level(fn, level)
}

// drawRows returns at most k row numbers in random order.
func drawRows(n, k int, seed, stream uint64) []int {
	rng := rand.New(rand.NewPCG(seed, stream))
	return rng.Perm(n)[:min(n, k)]
}

// features builds the matrix; owner says which name a column of it belongs to.
func (o DomainOptions) features(fn string, reference, current []Column, a, b []int) (x *mat.Dense, owner []int, names []string, err error) {
	at := make(map[string]Column, len(current))
	for _, c := range current {
		at[c.Name] = c
	}
	var cols [][]float64
	for _, r := range reference {
		c, ok := at[r.Name]
		if !ok {
			continue
		}
		if r.kind() != c.kind() {
			return nil, nil, nil, fmt.Errorf("%s: column %q: need %s values as in the reference, have %s ones: %w", fn, r.Name, r.kind(), c.kind(), mlgauge.ErrIncompatible)
		}
		var add [][]float64
		if r.kind() == Categorical {
			if add, err = o.indicators(fn, r, c, a, b); err != nil {
				return nil, nil, nil, err
			}
		} else {
			add = ranks(pick(r.Floats, c.Floats, a, b))
		}
		for _, f := range add {
			cols, owner = append(cols, f), append(owner, len(names))
		}
		names = append(names, r.Name)
	}
	if len(names) == 0 {
		return nil, nil, nil, fmt.Errorf("%s: need a column that is on both sides: %w", fn, mlgauge.ErrEmpty)
	}
	if len(cols) == 0 {
		return nil, nil, nil, fmt.Errorf("%s: need a column that varies, have none: %w", fn, mlgauge.ErrUndefined)
	}
	x = mat.NewDense(len(a)+len(b), len(cols), nil)
	for j, f := range cols {
		x.SetCol(j, f)
	}
	return x, owner, names, nil
}

func pick[T any](x, y []T, a, b []int) []T {
	out := make([]T, 0, len(a)+len(b))
	for _, i := range a {
		out = append(out, x[i])
	}
	for _, i := range b {
		out = append(out, y[i])
	}
	return out
}

// ranks returns the standardised mid-ranks of x, their squares, and an indicator of
// what is missing; nothing for what is constant.
func ranks(x []float64) [][]float64 {
	present := make([]int, 0, len(x))
	missing := make([]float64, len(x))
	v := make([]float64, 0, len(x))
	for i, u := range x {
		if u == u {
			present, v = append(present, i), append(v, u)
		} else {
			missing[i] = 1
		}
	}
	v = boundedCopy(v)
	order := kernel.Argsort(nil, v)
	z := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && v[order[j]] == v[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			z[present[k]] = float64(i+j) / 2 // twice the centre, in units of one rank
		}
		i = j
	}
	square := make([]float64, len(x))
	standardise(z, present)
	for _, k := range present {
		square[k] = z[k] * z[k]
	}
	standardise(square, present)
	var out [][]float64
	for _, f := range [][]float64{z, square} {
		if slices.ContainsFunc(f, func(v float64) bool { return v != 0 }) {
			out = append(out, f)
		}
	}
	if len(present) > 0 && len(present) < len(x) {
		out = append(out, missing)
	}
	return out
}

// standardise brings the values at the indices to mean 0 and variance 1, or to 0.
func standardise(x []float64, at []int) {
	var mean, ss float64
	for _, i := range at {
		mean += x[i]
	}
	mean /= float64(len(at))
	for _, i := range at {
		ss += (x[i] - mean) * (x[i] - mean)
	}
	sd := math.Sqrt(ss / float64(len(at)))
	for _, i := range at {
		if sd > 1e-9*math.Abs(mean) && sd > 0 {
			x[i] = (x[i] - mean) / sd
		} else {
			x[i] = 0
		}
	}
}

// indicators returns a column of 0 and 1 for each frequent category and for missing
// values; all of them but the most frequent, which the others imply.
func (o DomainOptions) indicators(fn string, r, c Column, a, b []int) ([][]float64, error) {
	for _, s := range []Column{r, c} {
		if _, _, err := countCodes(fn, s.Codes, s.Dict); err != nil {
			return nil, err
		}
	}
	values := make([]string, 0, len(a)+len(b))
	counts := make(map[string]int)
	text := func(s Column, i int) {
		v := "\x00missing"
		if s.Codes[i] >= 0 {
			v = s.Dict[s.Codes[i]]
		}
		values = append(values, v)
		counts[v]++
	}
	for _, i := range a {
		text(r, i)
	}
	for _, i := range b {
		text(c, i)
	}
	top := sortedCounts(counts)
	top = top[:min(len(top), or(o.MaxCategories, 20)+1)]
	var out [][]float64
	for _, t := range top[1:] {
		f := make([]float64, len(values))
		for i, v := range values {
			if v == t.Value {
				f[i] = 1
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// logistic fits intercept and weights to the rows that use picks, by Newton's method
// with halved steps.
func logistic(fn string, x *mat.Dense, y []bool, ridge float64, use func(i int) bool) ([]float64, error) {
	_, cols := x.Dims()
	var rows []int
	for i := range y {
		if use(i) {
			rows = append(rows, i)
		}
	}
	design := mat.NewDense(len(rows), cols+1, nil)
	for k, i := range rows {
		row := design.RawRowView(k)
		row[0] = 1
		copy(row[1:], x.RawRowView(i))
	}
	w := make([]float64, cols+1)
	loss := func(w []float64) float64 {
		var s float64
		for k, i := range rows {
			eta := floats.Dot(w, design.RawRowView(k))
			if y[i] {
				eta = -eta
			}
			s += max(eta, 0) + math.Log1p(math.Exp(-math.Abs(eta)))
		}
		return s + ridge/2*floats.Dot(w[1:], w[1:])
	}
	best := loss(w)
	scaled := mat.NewDense(len(rows), cols+1, nil)
	const most = 50
	for range most {
		g := make([]float64, cols+1)
		for k, i := range rows {
			row := design.RawRowView(k)
			p := 1 / (1 + math.Exp(-floats.Dot(w, row)))
			e := p
			if y[i] {
				e = p - 1
			}
			floats.AddScaled(g, e, row)
			floats.ScaleTo(scaled.RawRowView(k), math.Sqrt(p*(1-p)), row)
		}
		floats.AddScaled(g[1:], ridge, w[1:])
		var h mat.SymDense
		h.SymOuterK(1, scaled.T())
		for j := 1; j <= cols; j++ {
			h.SetSym(j, j, h.At(j, j)+ridge)
		}
		h.SetSym(0, 0, h.At(0, 0)+1e-12)
		var ch mat.Cholesky
		if !ch.Factorize(&h) {
			return nil, fmt.Errorf("%s: the Hessian of the model is singular: %w", fn, mlgauge.ErrNotConverged)
		}
		var step mat.VecDense
		if err := ch.SolveVecTo(&step, mat.NewVecDense(cols+1, g)); err != nil && !isCondition(err) {
			return nil, fmt.Errorf("%s: %w: %w", fn, err, mlgauge.ErrNotConverged)
		}
		next := make([]float64, cols+1)
		moved := false
		for t := 1.0; t > 1e-6; t /= 2 {
			floats.AddScaledTo(next, w, -t, step.RawVector().Data)
			if l := loss(next); l < best {
				moved = best-l > 1e-9*(1+math.Abs(best))
				best = l
				copy(w, next)
				break
			}
		}
		if !moved {
			return w, nil
		}
	}
	return nil, fmt.Errorf("%s: need convergence within %d Newton steps: %w", fn, most, mlgauge.ErrNotConverged)
}

// isCondition tells a warning about precision from a failure.
func isCondition(err error) bool {
	_, ok := err.(mat.Condition)
	return ok
}

// featureShares gives each name its part of the scores.
func featureShares(x *mat.Dense, w []float64, owner []int, names []string) []FeatureShare {
	rows, _ := x.Dims()
	part := make([][]float64, len(names))
	for k := range part {
		part[k] = make([]float64, rows)
	}
	for i := range rows {
		for j, v := range x.RawRowView(i) {
			part[owner[j]][i] += w[j] * v
		}
	}
	out := make([]FeatureShare, len(names))
	var total float64
	for k, p := range part {
		mean := floats.Sum(p) / float64(rows)
		var ss float64
		for _, v := range p {
			ss += (v - mean) * (v - mean)
		}
		out[k] = FeatureShare{names[k], math.Sqrt(ss / float64(rows))}
		total += out[k].Share
	}
	for k := range out {
		if total > 0 {
			out[k].Share /= total
		}
	}
	slices.SortStableFunc(out, func(a, b FeatureShare) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	return out
}

// boundedCopy returns a copy with infinities replaced by the largest floats, which
// no finite value can pass but may equal.
func boundedCopy(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Max(-math.MaxFloat64, math.Min(math.MaxFloat64, v))
	}
	return out
}
