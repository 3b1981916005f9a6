package encoding

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// LabelBinarizer turns a target of classes into columns: one against the rest
// for three and more classes, and a single column for two, which is positive
// for the later class. One class is a single column of negatives.
//
// Source: LabelBinarizer of scikit-learn 1.9.
type LabelBinarizer struct {
	// Negative and Positive are the two numbers written; both nil means 0 and 1.
	Negative *float64 `json:"negative,omitempty"`
	Positive *float64 `json:"positive,omitempty"`
	// HandleUnknown: Refuse (usual) or Value (negatives everywhere, which is what
	// scikit-learn does).
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	// Label holds the classes; its Order is theirs.
	Label Label `json:"label"`
}

func (e *LabelBinarizer) options(fn string) (neg, pos float64, ignore bool, err error) {
	neg, pos = or(e.Negative, 0), or(e.Positive, 1)
	if !(neg < pos) || neg*0 != 0 || pos*0 != 0 {
		return 0, 0, false, fmt.Errorf("%s: need a Negative below Positive, have %v and %v: %w", fn, neg, pos, mlgauge.ErrRange)
	}
	p, err := policy(fn, "HandleUnknown", e.HandleUnknown, Refuse, Refuse, Value)
	return neg, pos, p == Value, err
}

// Fit learns the classes of y, forgetting earlier ones.
//
// Errors: ErrEmpty; ErrRange for options out of range.
func (e *LabelBinarizer) Fit(y []string) error {
	if _, _, _, err := e.options("LabelBinarizer.Fit"); err != nil {
		return err
	}
	return e.Label.fit("LabelBinarizer.Fit", nil, y)
}

// PartialFit is Fit that keeps the classes learned before.
func (e *LabelBinarizer) PartialFit(y []string) error {
	if _, _, _, err := e.options("LabelBinarizer.PartialFit"); err != nil {
		return err
	}
	return e.Label.fit("LabelBinarizer.PartialFit", e.Label.Classes, y)
}

// Merge adds the classes of o.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options.
func (e *LabelBinarizer) Merge(o *LabelBinarizer) error {
	if err := incompatible("LabelBinarizer.Merge", equal(e.Negative, o.Negative) && equal(e.Positive, o.Positive) && e.HandleUnknown == o.HandleUnknown); err != nil {
		return err
	}
	return e.Label.Merge(&o.Label)
}

func (e *LabelBinarizer) width() int {
	if n := len(e.Label.Classes); n > 2 {
		return n
	}
	return 1
}

// Transform writes a row for every label into dst, which may be nil.
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrUnknownCategory for a label
// that Fit did not see.
func (e *LabelBinarizer) Transform(dst *mat.Dense, y []string) (*mat.Dense, error) {
	const fn = "LabelBinarizer.Transform"
	neg, pos, ignore, err := e.options(fn)
	if err != nil {
		return nil, err
	}
	d, err := e.Label.ready(fn)
	if err != nil {
		return nil, err
	}
	w := e.width()
	dst, data, stride, err := newDense(fn, dst, len(y), w)
	if err != nil {
		return nil, err
	}
	for i := range y {
		for j := range w {
			data[i*stride+j] = neg
		}
	}
	err = d.blocks(&Column{Labels: y}, func(lo int, codes []int32) error {
		for i, k := range codes {
			switch {
			case k < 0 && !ignore:
				return fmt.Errorf("%s: y: need a label seen in Fit, have %.80q at index %d: %w", fn, y[lo+i], lo+i, mlgauge.ErrUnknownCategory)
			case k < 0:
			case w > 1:
				data[(lo+i)*stride+int(k)] = pos
			case k == 1:
				data[(lo+i)*stride] = pos
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// Inverse returns the label of every row of x, which may be scores: the class
// of the largest entry, the first among ties; for a single column, the later
// class above threshold. scikit-learn's usual threshold is the middle of
// Negative and Positive.
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrNotFinite for NaN.
func (e *LabelBinarizer) Inverse(dst []string, x mat.Matrix, threshold float64) ([]string, error) {
	const fn = "LabelBinarizer.Inverse"
	if len(e.Label.Classes) == 0 {
		return nil, check.NotFitted(fn)
	}
	if x == nil {
		return nil, check.NotEmpty(fn, "x", 0)
	}
	if err := check.NoNaN(fn, "threshold", []float64{threshold}); err != nil {
		return nil, err
	}
	n, w := x.Dims()
	if err := check.Length(fn, "columns of x", e.width(), w); err != nil {
		return nil, err
	}
	dst = resize(dst, n)
	for i := range n {
		best, k := math.Inf(-1), 0
		for j := range w {
			v := x.At(i, j)
			if v != v {
				return nil, fmt.Errorf("%s: x: need numbers, have NaN in row %d: %w", fn, i, mlgauge.ErrNotFinite)
			}
			if v > best {
				best, k = v, j
			}
		}
		if w == 1 {
			k = 0
			if x.At(i, 0) > threshold && len(e.Label.Classes) == 2 {
				k = 1
			}
		}
		dst[i] = e.Label.Classes[k]
	}
	return dst, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *LabelBinarizer) UnmarshalJSON(b []byte) error {
	const fn = "LabelBinarizer.UnmarshalJSON"
	type plain LabelBinarizer
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := LabelBinarizer(p)
	if _, _, _, err := n.options(fn); err != nil {
		return corrupt(fn, "options", "options in range", err)
	}
	*e = n
	return nil
}

// MultiLabelBinarizer turns sets of labels into a matrix with a column for every
// label, 1 where the row's set holds it and 0 elsewhere.
//
// Source: MultiLabelBinarizer of scikit-learn 1.9.
type MultiLabelBinarizer struct {
	// HandleUnknown: Refuse (usual) or Value (skip the label, which scikit-learn
	// does with a warning).
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	// Label holds the labels; its Order is that of the columns.
	Label Label `json:"label"`
}

// Fit learns the labels of the sets y, forgetting earlier ones. A set may be
// empty, and may list a label twice.
//
// Errors: ErrEmpty for no sets or no labels; ErrRange for options out of range.
func (e *MultiLabelBinarizer) Fit(y [][]string) error {
	return e.fit("MultiLabelBinarizer.Fit", nil, y)
}

// PartialFit is Fit that keeps the labels learned before.
func (e *MultiLabelBinarizer) PartialFit(y [][]string) error {
	return e.fit("MultiLabelBinarizer.PartialFit", e.Label.Classes, y)
}

func (e *MultiLabelBinarizer) fit(fn string, have []string, y [][]string) error {
	if _, err := policy(fn, "HandleUnknown", e.HandleUnknown, Refuse, Refuse, Value); err != nil {
		return err
	}
	var all []string
	for _, s := range y {
		all = append(all, s...)
	}
	return e.Label.fit(fn, have, all)
}

// Merge adds the labels of o.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options.
func (e *MultiLabelBinarizer) Merge(o *MultiLabelBinarizer) error {
	if err := incompatible("MultiLabelBinarizer.Merge", e.HandleUnknown == o.HandleUnknown); err != nil {
		return err
	}
	return e.Label.Merge(&o.Label)
}

// Transform writes a row for every set into dst, which may be nil.
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrUnknownCategory for a label
// that Fit did not see.
func (e *MultiLabelBinarizer) Transform(dst *mat.Dense, y [][]string) (*mat.Dense, error) {
	const fn = "MultiLabelBinarizer.Transform"
	onUnknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Refuse, Refuse, Value)
	if err != nil {
		return nil, err
	}
	d, err := e.Label.ready(fn)
	if err != nil {
		return nil, err
	}
	w := d.Len()
	dst, data, stride, err := newDense(fn, dst, len(y), w)
	if err != nil {
		return nil, err
	}
	for i, set := range y {
		row := data[i*stride : i*stride+w]
		clear(row)
		for _, s := range set {
			k := d.Code(s)
			if k < 0 {
				if onUnknown == Refuse {
					return nil, fmt.Errorf("%s: y: need labels seen in Fit, have %.80q in row %d: %w", fn, s, i, mlgauge.ErrUnknownCategory)
				}
				continue
			}
			row[k] = 1
		}
	}
	return dst, nil
}

// Inverse returns the set of labels of every row of x, in the order of the
// columns.
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrRange for an entry that is
// neither 0 nor 1.
func (e *MultiLabelBinarizer) Inverse(x mat.Matrix) ([][]string, error) {
	const fn = "MultiLabelBinarizer.Inverse"
	if len(e.Label.Classes) == 0 {
		return nil, check.NotFitted(fn)
	}
	if x == nil {
		return nil, check.NotEmpty(fn, "x", 0)
	}
	n, w := x.Dims()
	if err := check.Length(fn, "columns of x", len(e.Label.Classes), w); err != nil {
		return nil, err
	}
	out := make([][]string, n)
	for i := range n {
		for j := range w {
			switch v := x.At(i, j); v {
			case 0:
			case 1:
				out[i] = append(out[i], e.Label.Classes[j])
			default:
				return nil, fmt.Errorf("%s: x: need zeros and ones, have %v in row %d: %w", fn, v, i, mlgauge.ErrRange)
			}
		}
	}
	return out, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *MultiLabelBinarizer) UnmarshalJSON(b []byte) error {
	const fn = "MultiLabelBinarizer.UnmarshalJSON"
	type plain MultiLabelBinarizer
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	if _, err := policy(fn, "HandleUnknown", p.HandleUnknown, Refuse, Refuse, Value); err != nil {
		return corrupt(fn, "handle_unknown", "an option of this encoder", err)
	}
	*e = MultiLabelBinarizer(p)
	return nil
}
