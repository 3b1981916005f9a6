package encoding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// FitTransform fits on all rows and encodes each row from the rows of the other
// folds, so that no row sees its own target. folds assigns every row to a fold
// 0, 1, 2, ...; nil makes Folds of them at random from Seed. Mean and variance
// are those of the training folds as well, as in scikit-learn. Pass the
// assignments of scikit-learn's folds to get its numbers.
//
// Errors: as Fit and Transform; ErrRange for fewer rows than folds;
// ErrUndefined for one fold only.
func (e *Target) FitTransform(dst *mat.Dense, x []Column, y []float64, folds []int) (*mat.Dense, error) {
	return e.fitTransform("Target.FitTransform", dst, x, y, nil, folds)
}

// FitTransformWeighted is FitTransform with a weight for every row: weight 2 is
// the row twice, and a row of weight 0 is encoded but teaches nothing.
//
// Errors: as FitTransform and FitWeighted; ErrUndefined where the rows outside
// a fold have no weight.
func (e *Target) FitTransformWeighted(dst *mat.Dense, x []Column, y, w []float64, folds []int) (*mat.Dense, error) {
	const fn = "Target.FitTransformWeighted"
	if err := checkWeights(fn, len(y), w); err != nil {
		return nil, err
	}
	return e.fitTransform(fn, dst, x, y, w, folds)
}

// checkWeights checks n weights, not all of them 0.
func checkWeights(fn string, n int, w []float64) error {
	if err := check.Weights(fn, "w", n, w); err != nil {
		return err
	}
	_, err := check.Sum(fn, "w", w)
	return err
}

func (e *Target) fitTransform(fn string, dst *mat.Dense, x []Column, y, w []float64, folds []int) (*mat.Dense, error) {
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, err
	}
	if err := checkTarget(fn, n, y); err != nil {
		return nil, err
	}
	rows := training{y: y, w: w}
	if folds == nil {
		if e.folds() <= math.MaxUint8 {
			return shuffled[uint8](e, fn, dst, x, rows)
		}
		return shuffled[uint16](e, fn, dst, x, rows)
	}
	return crossFit(e, fn, dst, x, rows, folds, 0, nil)
}

// shuffled is crossFit with random folds; small numbers for them stay in the caches.
func shuffled[F fold](e *Target, fn string, dst *mat.Dense, x []Column, rows training) (*mat.Dense, error) {
	folds, err := foldsInTurn[F](fn, x[0].Len(), e.folds())
	if err != nil {
		return nil, err
	}
	return crossFit(e, fn, dst, x, rows, folds, e.folds(), func() { kernel.Shuffle(rand.NewPCG(e.Seed, 0), folds) })
}

// FitTransformClasses is FitTransform for a target of classes; the folds that
// it makes hold the same share of every class.
//
// Errors: as FitTransform and FitClasses; ErrRange if no class has as many rows
// as there are folds.
func (e *Target) FitTransformClasses(dst *mat.Dense, x []Column, y Column, folds []int) (*mat.Dense, error) {
	return e.fitTransformClasses("Target.FitTransformClasses", dst, x, y, nil, folds)
}

// FitTransformClassesWeighted is FitTransformClasses with a weight for every
// row. A class whose rows all have weight 0 is none.
//
// Errors: as FitTransformClasses and FitTransformWeighted.
func (e *Target) FitTransformClassesWeighted(dst *mat.Dense, x []Column, y Column, w []float64, folds []int) (*mat.Dense, error) {
	const fn = "Target.FitTransformClassesWeighted"
	if err := checkWeights(fn, y.Len(), w); err != nil {
		return nil, err
	}
	return e.fitTransformClasses(fn, dst, x, y, w, folds)
}

func (e *Target) fitTransformClasses(fn string, dst *mat.Dense, x []Column, y Column, w []float64, folds []int) (*mat.Dense, error) {
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "y", n, y.Len()); err != nil {
		return nil, err
	}
	codes, all, err := classCodes(fn, &y, nil)
	if err != nil {
		return nil, err
	}
	rows := training{w: w, by: y.Order}
	rows.class, rows.classes = weighty(codes, all, w)
	if len(rows.classes) < 2 {
		return nil, fmt.Errorf("%s: y: need at least two classes, have %d: %w", fn, len(rows.classes), mlgauge.ErrUndefined)
	}
	if folds == nil {
		own, err := stratifiedFolds(fn, codes, len(all), e.folds(), e.Seed)
		if err != nil {
			return nil, err
		}
		return crossFit(e, fn, dst, x, rows, own, e.folds(), nil)
	}
	return crossFit(e, fn, dst, x, rows, folds, 0, nil)
}

// weighty returns the codes among the classes that have weight. A row of another
// class gets code 0: its weight is 0.
func weighty(codes []int32, classes []string, w []float64) ([]int32, []string) {
	if !slices.Contains(w, 0) {
		return codes, classes
	}
	has := make([]bool, len(classes))
	for i, c := range codes {
		has[c] = has[c] || w[i] > 0
	}
	to := make([]int32, len(classes))
	var kept []string
	for c, name := range classes {
		if has[c] {
			to[c] = int32(len(kept))
			kept = append(kept, name)
		}
	}
	out := make([]int32, len(codes))
	for i, c := range codes {
		out[i] = to[c]
	}
	return out, kept
}

func (e *Target) folds() int {
	if e.Folds == 0 {
		return 5
	}
	return e.Folds
}

// training is what crossFit learns from: numbers y, or the classes by code; w may
// be nil.
type training struct {
	y, w    []float64
	class   []int32
	classes []string
	by      Order
}

// crossFit keeps statistics per category and fold in one pass, by giving each
// pair a slot of its own, and merges those of the other folds for each fold. nf is
// the number of folds, 0 for folds that are not checked yet. finish, unless nil, makes
// the folds what they shall be, beside other work.
func crossFit[F fold](e *Target, fn string, dst *mat.Dense, x []Column, rows training, folds []F, nf int, finish func()) (*mat.Dense, error) {
	_, missing, err := e.options(fn)
	if err != nil {
		return nil, err
	}
	if nf == 0 {
		if nf, err = checkFolds(fn, len(folds), folds); err != nil {
			return nil, err
		}
	}
	n := x[0].Len()
	if err := check.Length(fn, "folds", n, len(folds)); err != nil {
		return nil, err
	}
	k := max(1, len(rows.classes))
	outs := outputs(k)
	dst, data, stride, err := newDense(fn, dst, n, len(x)*len(outs))
	if err != nil {
		return nil, err
	}
	stats := make([]TargetStats, len(x))
	buf := codeBuffers.borrow()
	defer codeBuffers.giveBack(buf)
	for j := range x {
		t := &stats[j]
		var codes []int32
		beside(n, func() { codes, err = t.start(fn, &x[j], k, *buf) }, finish)
		if finish = nil; err != nil {
			return nil, err
		}
		buf.keep(codes, &x[j])
		slots := len(t.rows)
		if slots > math.MaxInt32/nf {
			return nil, fmt.Errorf("%s: need categories times folds below 2^31, have %d times %d: %w", fn, slots, nf, mlgauge.ErrRange)
		}
		*buf = resize(*buf, n)
		pair := (*buf)[:len(codes)]
		_ = inBlocks(n, func(lo, hi int) error {
			pairs(pair[lo:hi], codes[lo:hi], folds[lo:hi], int32(nf))
			return nil
		})
		cell := foldStats(pair, rows, k, slots*nf)
		for s := range t.rows {
			for f := range nf {
				at := s*nf + f
				t.rows[s] += cell.rows[at]
				for o := range k {
					t.combine(s, o, cell.w[at], cell.sum[at*k+o], cell.m2[at*k+o])
				}
				t.w[s] += cell.w[at]
			}
		}
		flat, err := e.trainingTables(fn, &cell, slots, nf, outs)
		if err != nil {
			return nil, err
		}
		if missing == ReturnNaN {
			for i := range nf * len(outs) {
				flat[i] = math.NaN()
			}
		}
		// GatherRows reads row code+2; pairs start at -1.
		w := len(outs)
		flat = append(make([]float64, w), flat...)
		_ = inBlocks(n, func(lo, hi int) error {
			kernel.GatherRows(data[lo*stride:], stride, j*w, pair[lo:hi], flat, w)
			return nil
		})
	}
	if slices.Contains(rows.w, 0) {
		// Categories that have rows of weight 0 only are unknown ones.
		if stats, err = rows.learn(fn, x); err != nil {
			return nil, err
		}
	}
	if err := e.derive(fn, stats, rows.classes, rows.by); err != nil {
		return nil, err
	}
	return dst, nil
}

// pairs numbers the pairs of code and fold from -1 on. dst may be codes.
func pairs[F fold](dst, codes []int32, folds []F, nf int32) {
	dst, folds = dst[:len(codes)], folds[:len(codes)]
	for i, c := range codes {
		dst[i] = (c+1)*nf + int32(folds[i]) - 1
	}
}

// learn returns the statistics of the rows that have weight.
func (r training) learn(fn string, x []Column) ([]TargetStats, error) {
	if r.classes == nil {
		stats, _, err := learnTargets(fn, nil, x, r.y, r.w)
		return stats, err
	}
	class := Column{Codes: r.class, Categories: r.classes}
	x, _, w := positive(append(slices.Clone(x), class), nil, r.w)
	stats := make([]TargetStats, len(x)-1)
	for j := range stats {
		if _, err := stats[j].addClasses(fn, &x[j], x[len(x)-1].Codes, len(r.classes), w); err != nil {
			return nil, err
		}
	}
	return stats, nil
}

// foldStats returns the statistics by pair of category and fold.
func foldStats(pair []int32, r training, k, cells int) TargetStats {
	if r.class == nil {
		return batchStats(pair, r.y, r.w, cells)
	}
	b := TargetStats{outputs: k, rows: make([]int, cells), w: make([]float64, cells), sum: make([]float64, cells*k), m2: make([]float64, cells*k)}
	for i, p := range pair {
		w := 1.0
		if r.w != nil {
			w = r.w[i]
		}
		b.rows[p+1]++
		b.w[p+1] += w
		b.sum[(int(p)+1)*k+int(r.class[i])] += w
	}
	for c := range b.rows {
		for o := range k {
			if s := b.sum[c*k+o]; s > 0 {
				b.m2[c*k+o] = s * (1 - s/b.w[c])
			}
		}
	}
	return b
}

// trainingTables returns the encodings by category, fold and output, each from
// the statistics of the other folds: those before it and those after it merged,
// so that a category costs three merges per fold and nothing is subtracted.
func (e *Target) trainingTables(fn string, cell *TargetStats, slots, nf int, outs []int) ([]float64, error) {
	type moments struct{ w, mean, m2 float64 }
	merge := func(a, b moments) moments {
		if a.w == 0 {
			return b
		}
		if b.w == 0 {
			return a
		}
		w := a.w + b.w
		r := b.w / w
		d := b.mean - a.mean
		return moments{w, a.mean + d*r, a.m2 + b.m2 + d*d*(a.w*r)}
	}
	w := len(outs)
	flat := make([]float64, slots*nf*w)
	train := make([]moments, slots*nf)
	after := make([]moments, nf+1)
	total := make([]moments, nf)
	for o, out := range outs {
		clear(total)
		for s := range slots {
			own := make([]moments, 0, 8)
			for f := range nf {
				at := s*nf + f
				m := moments{w: cell.w[at]}
				if m.w > 0 {
					m.mean, m.m2 = cell.sum[at*cell.outputs+out]/m.w, cell.m2[at*cell.outputs+out]
				}
				own = append(own, m)
			}
			for f := nf - 1; f > 0; f-- {
				after[f] = merge(own[f], after[f+1])
			}
			var before moments
			for f := range nf {
				m := merge(before, after[f+1])
				train[s*nf+f] = m
				total[f] = merge(total[f], m)
				before = merge(before, own[f])
			}
		}
		for f, all := range total {
			if all.w == 0 {
				return nil, fmt.Errorf("%s: folds: need rows outside fold %d, have none: %w", fn, f, mlgauge.ErrUndefined)
			}
			variance := all.m2 / all.w
			for s := range slots {
				m := train[s*nf+f]
				flat[(s*nf+f)*w+o] = e.encode(TargetStat{W: m.w, Sum: m.mean * m.w, M2: m.m2}, all.mean, variance)
			}
		}
	}
	return flat, nil
}
