package encoding

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Target replaces a category by the mean of the target over its rows, drawn
// towards the mean over all rows where the category has few.
//
// Empirical Bayes (the usual):
//
//	encoding = lambda mean_c + (1 - lambda) mean
//	lambda   = s2 n_c / (s2 n_c + s2_c)
//
// with s2 the population variance of the target and s2_c that within the
// category. Fixed smoothing, with Smooth = m:
//
//	encoding = (sum_c + m mean) / (n_c + m)
//
// Sigmoid smoothing, with Sigmoid:
//
//	encoding = s mean_c + (1 - s) mean,  s = 1 / (1 + exp(-(n_c - MinSamplesLeaf)/Smoothing))
//
// A target of two classes is encoded as the mean of "is the later class", one
// of more classes as a mean for each, feature by feature. A missing value that
// Fit saw is a category. A category that Fit did not see gets the mean.
//
// Fit and then Transform of the same rows leaks the target into them: use
// FitTransform for training rows. It encodes each fold from the others (cross-
// fitting), and fits on all rows for Transform.
//
// Source: TargetEncoder of scikit-learn 1.9 and, for sigmoid smoothing, of
// category_encoders 2.11; Micci-Barreca (2001).
type Target struct {
	// Smooth is m of the fixed smoothing; nil chooses empirical Bayes.
	Smooth *float64 `json:"smooth,omitempty"`
	// Sigmoid chooses sigmoid smoothing.
	Sigmoid *Sigmoid `json:"sigmoid,omitempty"`
	// Folds is the number of folds that FitTransform makes, and Seed their seed.
	// 0 means 5.
	Folds int    `json:"folds,omitempty"`
	Seed  uint64 `json:"seed,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual), Refuse or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`

	// Classes are the classes of the target in their order; nil for numbers.
	Classes []string `json:"-"`
	// Mean is the mean of the target, one for every class of three and more.
	Mean []float64 `json:"mean,omitempty"`
	Table
	// Stats are the statistics that Fit derives the rest from, with an output for
	// every class.
	Stats []TargetStats `json:"stats,omitempty"`

	classOrder Order
}

// Sigmoid are the parameters of sigmoid smoothing; category_encoders uses 20
// and 10.
type Sigmoid struct {
	MinSamplesLeaf float64 `json:"min_samples_leaf"`
	Smoothing      float64 `json:"smoothing"`
}

// Fit learns from the columns x and a target of numbers y, forgetting what was
// learned before.
//
// Errors: ErrEmpty; ErrLength; ErrNotFinite for a target that is not finite;
// ErrRange for options and codes out of range; ErrUnknownCategory for a missing
// value with Refuse.
func (e *Target) Fit(x []Column, y []float64) error { return e.fit("Target.Fit", nil, x, y, nil) }

// FitWeighted is Fit with a weight for every row: weight 2 is the row twice,
// weight 0 the row left out.
//
// Errors: as Fit; ErrRange for a negative weight, ErrUndefined if all are 0.
func (e *Target) FitWeighted(x []Column, y, w []float64) error {
	if err := check.Length("Target.FitWeighted", "w", len(y), len(w)); err != nil {
		return err
	}
	return e.fit("Target.FitWeighted", nil, x, y, w)
}

// PartialFit is Fit that keeps what was learned before.
//
// Errors: as Fit; ErrIncompatible after a target of classes.
func (e *Target) PartialFit(x []Column, y []float64) error {
	return e.fit("Target.PartialFit", e.Stats, x, y, nil)
}

// PartialFitWeighted is PartialFit with a weight for every row.
//
// Errors: as FitWeighted and PartialFit.
func (e *Target) PartialFitWeighted(x []Column, y, w []float64) error {
	if err := check.Length("Target.PartialFitWeighted", "w", len(y), len(w)); err != nil {
		return err
	}
	return e.fit("Target.PartialFitWeighted", e.Stats, x, y, w)
}

func (e *Target) fit(fn string, have []TargetStats, x []Column, y, w []float64) error {
	if have != nil && e.Classes != nil {
		return fmt.Errorf("%s: y: need a target of classes as before, have numbers: %w", fn, mlgauge.ErrIncompatible)
	}
	stats, _, err := learnTargets(fn, have, x, y, w)
	if err != nil {
		return err
	}
	return e.derive(fn, stats, nil, Sorted)
}

// FitClasses learns from the columns x and a target of classes y. The classes
// are sorted, by number if y is so (see ColumnOf). Names are "name_class" for
// three and more classes.
//
// Errors: as Fit; ErrUndefined for one class only; ErrNotFinite for a missing
// class.
func (e *Target) FitClasses(x []Column, y Column) error {
	return e.fitClasses("Target.FitClasses", false, x, y, nil)
}

// PartialFitClasses is FitClasses that keeps what was learned before. While
// only one class was seen, Transform is ErrNotFitted.
//
// Errors: as FitClasses; ErrIncompatible after a target of numbers.
func (e *Target) PartialFitClasses(x []Column, y Column) error {
	return e.fitClasses("Target.PartialFitClasses", true, x, y, nil)
}

// FitClassesWeighted is FitClasses with a weight for every row.
//
// Errors: as FitClasses and FitWeighted.
func (e *Target) FitClassesWeighted(x []Column, y Column, w []float64) error {
	if err := check.Weights("Target.FitClassesWeighted", "w", y.Len(), w); err != nil {
		return err
	}
	return e.fitClasses("Target.FitClassesWeighted", false, x, y, w)
}

// classCodes returns the codes of y and the sorted classes; names starts as the
// classes known before.
func classCodes(fn string, y *Column, known []string) (codes []int32, classes []string, err error) {
	if err := y.check(fn, "y"); err != nil {
		return nil, nil, err
	}
	var d Dictionary
	if err := d.fill(fn, known, nil); err != nil {
		return nil, nil, err
	}
	codes, err = d.codes(fn, y, nil)
	if err != nil {
		return nil, nil, err
	}
	perm := order(d.labels, y.Order)
	rank := make([]int32, len(perm))
	for i, k := range perm {
		rank[k] = int32(i)
		classes = append(classes, d.labels[k])
	}
	out := make([]int32, len(codes))
	for i, k := range codes {
		if k < 0 {
			return nil, nil, fmt.Errorf("%s: y: need a class for every row, have a missing value in row %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
		out[i] = rank[k]
	}
	return out, classes, nil
}

func (e *Target) fitClasses(fn string, partial bool, x []Column, y Column, w []float64) error {
	n, err := checkColumns(fn, x)
	if err != nil {
		return err
	}
	if err := check.Length(fn, "y", n, y.Len()); err != nil {
		return err
	}
	if w != nil {
		if _, err := check.Sum(fn, "w", w); err != nil {
			return err
		}
		x2, _, w2 := positive(append(slices.Clone(x), y), nil, w)
		x, y, w = x2[:len(x)], x2[len(x)], w2
	}
	var known []string
	var have []TargetStats
	if partial && e.Stats != nil {
		if e.Classes == nil {
			return fmt.Errorf("%s: y: need a target of numbers as before, have classes: %w", fn, mlgauge.ErrIncompatible)
		}
		if e.classOrder != y.Order {
			return fmt.Errorf("%s: y: need classes in order %d as before, have %d: %w", fn, e.classOrder, y.Order, mlgauge.ErrIncompatible)
		}
		known, have = e.Classes, e.Stats
	}
	codes, classes, err := classCodes(fn, &y, known)
	if err != nil {
		return err
	}
	if len(classes) < 2 && !partial {
		return fmt.Errorf("%s: y: need at least two classes, have %d: %w", fn, len(classes), mlgauge.ErrUndefined)
	}
	stats, err := cloneTargets(fn, have, len(x))
	if err != nil {
		return err
	}
	for j := range x {
		if have != nil {
			stats[j].widen(places(known, classes), len(classes))
		}
		if _, err := stats[j].addClasses(fn, &x[j], codes, len(classes), w); err != nil {
			return err
		}
	}
	return e.derive(fn, stats, classes, y.Order)
}

// places returns the index in to of every string of from.
func places(from, to []string) []int32 {
	at := make(map[string]int32, len(to))
	for i, s := range to {
		at[s] = int32(i)
	}
	out := make([]int32, len(from))
	for i, s := range from {
		out[i] = at[s]
	}
	return out
}

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options, columns
// or kinds of target.
func (e *Target) Merge(o *Target) error {
	const fn = "Target.Merge"
	if err := incompatible(fn, equal(e.Smooth, o.Smooth) && equal(e.Sigmoid, o.Sigmoid) && e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing); err != nil {
		return err
	}
	if len(o.Stats) == 0 {
		return check.NotFitted(fn + ": o")
	}
	classes, by := o.Classes, o.classOrder
	mine, theirs := e.Stats, o.Stats
	if len(e.Stats) > 0 {
		if (e.Classes == nil) != (o.Classes == nil) || e.classOrder != o.classOrder {
			return incompatible(fn, false)
		}
		if e.Classes != nil && !slices.Equal(e.Classes, o.Classes) {
			var d Dictionary
			for _, s := range append(slices.Clone(e.Classes), o.Classes...) {
				d.put(s)
			}
			classes = nil
			for _, k := range order(d.labels, by) {
				classes = append(classes, d.labels[k])
			}
			mine, _ = cloneTargets(fn, mine, len(mine))
			theirs, _ = cloneTargets(fn, theirs, len(theirs))
			for j := range mine {
				mine[j].widen(places(e.Classes, classes), len(classes))
			}
			for j := range theirs {
				theirs[j].widen(places(o.Classes, classes), len(classes))
			}
		}
	}
	stats, err := mergeTargets(fn, mine, theirs)
	if err != nil {
		return err
	}
	return e.derive(fn, stats, classes, by)
}

// outputs returns the outputs that are encoded: all, or of two classes the
// later.
func outputs(k int) []int {
	if k == 2 {
		return []int{1}
	}
	out := make([]int, k)
	for o := range out {
		out[o] = o
	}
	return out
}

func (e *Target) options(fn string) (unknown, missing Policy, err error) {
	if unknown, err = policy(fn, "HandleUnknown", e.HandleUnknown, Value, Value, Refuse, ReturnNaN); err != nil {
		return
	}
	if missing, err = policy(fn, "HandleMissing", e.HandleMissing, Value, Value, Refuse, ReturnNaN); err != nil {
		return
	}
	if e.Smooth != nil {
		if err = check.In(fn, "Smooth", *e.Smooth, 0, math.MaxFloat64); err != nil {
			return
		}
		if e.Sigmoid != nil {
			return 0, 0, fmt.Errorf("%s: need Smooth or Sigmoid, have both: %w", fn, mlgauge.ErrRange)
		}
	}
	if s := e.Sigmoid; s != nil {
		if !(s.Smoothing > 0) || s.Smoothing*0 != 0 || s.MinSamplesLeaf*0 != 0 {
			return 0, 0, fmt.Errorf("%s: Sigmoid: need finite numbers and a Smoothing above 0, have %+v: %w", fn, *s, mlgauge.ErrRange)
		}
	}
	return
}

// encode is the formula: the encoding of a category with statistics s.
func (e *Target) encode(s TargetStat, mean, variance float64) float64 {
	if s.W == 0 {
		return mean
	}
	switch {
	case e.Smooth != nil:
		return (s.Sum + *e.Smooth*mean) / (s.W + *e.Smooth)
	case e.Sigmoid != nil:
		a := 1 / (1 + math.Exp(-(s.W-e.Sigmoid.MinSamplesLeaf)/e.Sigmoid.Smoothing))
		return mean*(1-a) + s.Mean()*a
	}
	lambda := variance * s.W / (variance*s.W + s.M2/s.W)
	if lambda != lambda { // the target is constant
		return mean
	}
	return lambda*s.Mean() + (1-lambda)*mean
}

func (e *Target) derive(fn string, stats []TargetStats, classes []string, by Order) error {
	unknown, missing, err := e.options(fn)
	if err != nil {
		return err
	}
	if classes != nil && len(classes) < 2 {
		// A first shard may hold one class; the table comes with the second.
		e.Stats, e.Classes, e.classOrder = stats, classes, by
		e.Features, e.index, e.Mean = nil, nil, nil
		return nil
	}
	features := make([]Feature, len(stats))
	outs := outputs(stats[0].outputs)
	means := make([]float64, len(outs))
	for j := range stats {
		t := &stats[j]
		perm := order(t.dict.labels, t.order)
		w := len(outs)
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels(), Values: make([]float64, len(perm)*w), Unknown: make([]float64, w), Missing: make([]float64, w)}
		f.Names, f.perm = targetNames(f.Name, classes), perm
		for _, k := range perm {
			f.Categories = append(f.Categories, t.dict.labels[k])
		}
		for o, out := range outs {
			total := t.total(out)
			mean, variance := total.Mean(), total.Variance(0)
			if math.IsInf(variance, 0) || math.IsInf(mean, 0) {
				return fmt.Errorf("%s: y: need a target whose mean and variance are finite, have %v and %v: %w", fn, mean, variance, mlgauge.ErrNotFinite)
			}
			means[o] = mean
			for i, k := range perm {
				f.Values[i*w+o] = e.encode(t.at(int(k)+1, out), mean, variance)
			}
			f.Unknown[o], f.Missing[o] = mean, e.encode(t.at(0, out), mean, variance)
		}
		if f.Unknown = byPolicy(unknown, f.Unknown); missing == Refuse && t.rows[0] > 0 {
			return refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
		}
		f.Missing = byPolicy(missing, f.Missing)
		features[j] = f
	}
	if err := e.set("Target", features, dictionaries(stats)...); err != nil {
		return err
	}
	e.Stats, e.Mean, e.Classes, e.classOrder = stats, means, classes, by
	return nil
}

// byPolicy returns v, NaN or nil.
func byPolicy(p Policy, v []float64) []float64 {
	switch p {
	case Refuse:
		return nil
	case ReturnNaN:
		return fill(len(v), math.NaN())
	}
	return v
}

func targetNames(name string, classes []string) []string {
	if len(classes) <= 2 {
		return []string{name}
	}
	out := make([]string, len(classes))
	for i, c := range classes {
		out[i] = name + "_" + c
	}
	return out
}

type targetEncoderJSON struct {
	Classes    Labels `json:"classes,omitempty"`
	ClassOrder Order  `json:"class_order,omitempty"`
}

// MarshalJSON returns the options, the fitted table and the statistics.
func (e *Target) MarshalJSON() ([]byte, error) {
	type plain Target
	return json.Marshal(struct {
		*plain
		targetEncoderJSON
	}{(*plain)(e), targetEncoderJSON{e.Classes, e.classOrder}})
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Target) UnmarshalJSON(b []byte) error {
	const fn = "Target.UnmarshalJSON"
	type plain Target
	var p struct {
		plain
		targetEncoderJSON
	}
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := Target(p.plain)
	n.Classes, n.classOrder = p.targetEncoderJSON.Classes, p.ClassOrder
	if _, err := NewDictionary(n.Classes, nil); err != nil {
		return corrupt(fn, "classes", "each class once", err)
	}
	if n.classOrder < Sorted || n.classOrder > Given {
		return corrupt(fn, "class_order", "0, 1 or 2", int(n.classOrder))
	}
	for j := range n.Stats {
		if have := n.Stats[j].outputs; have != max(1, len(n.Classes)) {
			return corrupt(fn, "stats", "an output for every class", have)
		}
	}
	if err := n.restore("Target"); err != nil {
		return err
	}
	*e = n
	return nil
}
