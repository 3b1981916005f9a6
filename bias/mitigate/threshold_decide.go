package mitigate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// rules returns the rules of a group.
func (t *ThresholdOptimizer[G]) rules(fn string, group G, row int) (*GroupRules[G], error) {
	k, ok := slices.BinarySearchFunc(t.Groups, group, func(r GroupRules[G], g G) int { return cmp.Compare(r.Group, g) })
	if !ok {
		return nil, fmt.Errorf("%s: groups: need groups that were fitted, have %v at index %d: %w", fn, group, row, mlgauge.ErrUnknownCategory)
	}
	return &t.Groups[k], nil
}

// Probability returns the probability of a positive decision for every row. dst may
// be nil or score. It returns ErrNotFitted before Fit, ErrEmpty, ErrLength and
// ErrNotFinite for bad input, and ErrUnknownCategory for a group that was not fitted.
func (t *ThresholdOptimizer[G]) Probability(dst, score []float64, groups []G) ([]float64, error) {
	const fn = "mitigate.ThresholdOptimizer.Probability"
	if len(t.Groups) == 0 {
		return nil, check.NotFitted(fn)
	}
	if err := scored(fn, score, groups); err != nil {
		return nil, err
	}
	if dst == nil {
		dst = make([]float64, len(score))
	} else if err := check.Length(fn, "dst", len(score), len(dst)); err != nil {
		return nil, err
	}
	for i, g := range groups {
		if _, err := t.rules(fn, g, i); err != nil {
			return nil, err
		}
	}
	for i, g := range groups {
		r, _ := t.rules(fn, g, i)
		dst[i] = r.probability(score[i])
	}
	return dst, nil
}

// Predict returns a decision drawn for every row. The draw of row i depends on seed
// and i alone, so the result is the same every time. Errors are those of
// Probability.
func (t *ThresholdOptimizer[G]) Predict(score []float64, groups []G, seed uint64) ([]bool, error) {
	p, err := t.Probability(nil, score, groups)
	if err != nil {
		return nil, err
	}
	out := make([]bool, len(p))
	const block = 1024
	parallel.For(len(p), block, func(b, lo, hi int) {
		u := generator(seed, b)
		for i := lo; i < hi; i++ {
			out[i] = p[i] > u.Float64()
		}
	})
	return out, nil
}

// PredictDeterministic returns a decision without chance: each group has the single
// rule that comes nearest to the rates of the randomised ones, so equal scores of a
// group are decided alike. Parity then holds as nearly as one threshold per group can,
// no longer exactly. Errors are those of Probability.
func (t *ThresholdOptimizer[G]) PredictDeterministic(score []float64, groups []G) ([]bool, error) {
	const fn = "mitigate.ThresholdOptimizer.PredictDeterministic"
	if len(t.Groups) == 0 {
		return nil, check.NotFitted(fn)
	}
	if err := scored(fn, score, groups); err != nil {
		return nil, err
	}
	out := make([]bool, len(score))
	for i, g := range groups {
		r, err := t.rules(fn, g, i)
		if err != nil {
			return nil, err
		}
		out[i] = r.Nearest.decide(score[i]) == 1
	}
	return out, nil
}

// UnmarshalJSON reads what json.Marshal wrote. It returns ErrCorrupt for anything
// else, and then leaves the receiver as it was.
func (t *ThresholdOptimizer[G]) UnmarshalJSON(data []byte) error {
	const fn = "mitigate.ThresholdOptimizer.UnmarshalJSON"
	type plain ThresholdOptimizer[G]
	var p plain
	if err := jsonfloat.Decode(fn, data, &p); err != nil {
		return err
	}
	o := ThresholdOptimizer[G](p)
	if err := o.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	for i, g := range o.Groups {
		for _, v := range []float64{g.P0, g.Ignore, g.Constant} {
			if !(v >= 0 && v <= 1) {
				return jsonfloat.Corrupt(fn, "need probabilities in [0, 1], have %v for group %v", v, g.Group)
			}
		}
		if g.Rule0.Threshold != g.Rule0.Threshold || g.Rule1.Threshold != g.Rule1.Threshold || g.Nearest.Threshold != g.Nearest.Threshold {
			return jsonfloat.Corrupt(fn, "need thresholds that are numbers for group %v", g.Group)
		}
		if i > 0 && o.Groups[i-1].Group >= g.Group {
			return jsonfloat.Corrupt(fn, "need groups in ascending order, have %v after %v", g.Group, o.Groups[i-1].Group)
		}
	}
	*t = o
	return nil
}
