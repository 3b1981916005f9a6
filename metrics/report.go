package metrics

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/floattext"
)

// A Report is a classification report: the scores of every class and their
// averages. String lays it out as scikit-learn does.
type Report struct {
	Classes []ClassScores[string] `json:"classes"`

	// Accuracy is the micro average when the classes are all that occur
	// (AllClasses); otherwise the three pooled scores differ, and the report
	// shows Micro.
	Accuracy   float64             `json:"accuracy"`
	AllClasses bool                `json:"all_classes"`
	Micro      ClassScores[string] `json:"micro"`
	Macro      ClassScores[string] `json:"macro"`
	Weighted   ClassScores[string] `json:"weighted"`

	// Samples is there for multilabel data only.
	Samples *ClassScores[string] `json:"samples,omitempty"`

	floats bool // support is written as a float
}

// Report returns the classification report over Classes. names, if given, stand
// in the place of the labels, one for each class; otherwise a label is written
// as fmt.Sprint writes it, a floating-point one as "1.0" or "1e+16".
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights sum to 0;
// mlgauge.ErrLength when names are not as many as classes; mlgauge.ErrRange for
// Labels with a repetition.
//
// Source: scikit-learn 1.9 classification_report.
func (c *Confusion[L]) Report(names ...string) (*Report, error) {
	const fn = "metrics.Confusion.Report"
	v, err := c.view(fn)
	if err == nil {
		err = v.positive(fn)
	}
	if err != nil {
		return nil, err
	}
	if names == nil {
		names = make([]string, len(v.codes))
		kind, size, _ := kindOf[L]()
		for i := range names {
			l := c.name(&v, i)
			if kind == floatLabels {
				names[i] = floattext.Repr(reflect.ValueOf(l).Float(), 8*size)
			} else {
				names[i] = fmt.Sprint(l)
			}
		}
	}
	r := &Report{AllClasses: v.covers}
	if r.Accuracy, err = c.Accuracy(); err != nil {
		return nil, err
	}
	// The peer writes counts as floats when no row is right; so the text is
	// its text in that case too.
	r.floats = c.weightedRows > 0 || r.Accuracy == 0
	return r, r.fill(fn, names, c.oneVsRest(&v))
}

// fill computes the scores of the classes and their averages.
func (r *Report) fill(fn string, names []string, classes []Binary) error {
	if err := check.Length(fn, "names", len(classes), len(names)); err != nil {
		return err
	}
	r.Classes = make([]ClassScores[string], len(classes))
	var support float64
	for i, b := range classes {
		var err error
		if r.Classes[i], err = classScores(fn, names[i], b); err != nil {
			return err
		}
		support += r.Classes[i].Support
	}
	for _, a := range [...]struct {
		dst *ClassScores[string]
		avg Average
	}{{&r.Micro, Micro}, {&r.Macro, Macro}, {&r.Weighted, Weighted}} {
		*a.dst = ClassScores[string]{Label: a.avg.String() + " avg", Support: support}
		for _, s := range [...]struct {
			dst *float64
			of  func(Binary) (float64, error)
		}{{&a.dst.Precision, Binary.Precision}, {&a.dst.Recall, Binary.Recall}, {&a.dst.F1, Binary.F1}} {
			// An average of nothing is NaN here, not an error: the rest of
			// the report stands.
			x, err := average(fn, classes, a.avg, s.of)
			if err != nil && !(math.IsNaN(x) && len(classes) > 0 && classes[0].ZeroDivision == ZeroDivisionNaN) {
				return err
			}
			*s.dst = x
		}
	}
	return nil
}

// String returns the report as text, with two digits.
func (r *Report) String() string { return r.Text(2) }

// Text returns the report as text with the given number of digits after the
// point, in the layout of scikit-learn's classification_report.
func (r *Report) Text(digits int) string {
	width := max(len("weighted avg"), digits)
	for _, c := range r.Classes {
		width = max(width, utf8.RuneCountInString(c.Label))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%*s  %9s %9s %9s %9s\n\n", width, "", "precision", "recall", "f1-score", "support")
	line := func(c ClassScores[string]) {
		fmt.Fprintf(&b, "%*s  %9s %9s %9s %9s\n", width, c.Label,
			fixed(c.Precision, digits), fixed(c.Recall, digits), fixed(c.F1, digits), r.support(c.Support))
	}
	for _, c := range r.Classes {
		line(c)
	}
	b.WriteByte('\n')
	if r.AllClasses {
		fmt.Fprintf(&b, "%*s  %9s %9s %9s %9s\n", width, "accuracy", "", "", fixed(r.Micro.F1, digits), r.support(r.Micro.Support))
	} else {
		line(r.Micro)
	}
	line(r.Macro)
	line(r.Weighted)
	if r.Samples != nil {
		line(*r.Samples)
	}
	return b.String()
}

func fixed(x float64, digits int) string {
	if math.IsNaN(x) {
		return "nan"
	}
	return strconv.FormatFloat(x, 'f', max(digits, 0), 64)
}

// support writes counts as integers, and weights as the shortest number that
// reads back, with a point or an exponent.
func (r *Report) support(x float64) string {
	if !r.floats {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return floattext.Repr(x, 64)
}
