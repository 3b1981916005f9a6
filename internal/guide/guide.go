// Package guide walks the study guide: every formula and technique it names,
// in its order, with what the guide states, what the library computes on the
// guide's own example or on real data, and whether the two agree.
//
// Each room has a file here, which returns its rows; examples/guide and
// "mlgauge guide" print them.
package guide

import (
	"fmt"
	"io"
	"strings"
)

// A Verdict is how a row came out.
type Verdict int

const (
	// Agree: the library's value is the guide's.
	Agree Verdict = iota
	// Erratum: the guide's value does not follow from its formula.
	Erratum
	// NotYet: the technique is not in the library.
	NotYet
	// Failed: the library's value is not what the formula gives.
	Failed
)

// A Row is one formula or technique of the guide.
type Row struct {
	Section string // one of Sections
	Name    string // "Precision"
	States  string // what the guide says: the formula, the example, the range
	// Check computes the value; nil means not yet here.
	Check func() (Result, error)
}

// A Result is what Check found.
type Result struct {
	Got     string  // what the library computes, in one line
	Verdict Verdict // Agree, Erratum or Failed
	Note    string  // for an erratum: the value that the formula gives, and why
}

// Sections lists the headings of the guide in its order.
var Sections = []string{
	"Data cleaning and transformation",
	"Feature engineering",
	"Encoding methods",
	"Text features",
	"Scaling and normalisation",
	"Feature selection and creation",
	"Bias detection",
	"Bias mitigation",
	"Data security: PII and PHI",
	"Data quality and validation",
	"Training data preparation",
	"Interpretability",
	"Classification metrics",
	"Regression metrics",
	"Confusion matrix terms",
	"Distribution comparison metrics",
	"Training and tuning",
	"Model evaluation and analysis",
	"Drift detection",
	"Quality monitoring",
	"A/B testing",
}

// Rows returns the rows of every room, in no particular order.
func Rows() []Row {
	return nil
}

// near tells whether two numbers agree as printed in the guide: to half a unit
// of the last digit that it gives.
func near(want, got, half float64) bool { return got-want <= half && want-got <= half }

// verdict turns a test into Agree or Failed.
func verdict(ok bool) Verdict {
	if ok {
		return Agree
	}
	return Failed
}

// Tally counts the verdicts of a walk.
type Tally struct{ Checked, Agree, Errata, Failed, NotYet int }

// String is the last line of the walk, for machines.
func (t Tally) String() string {
	return fmt.Sprintf("formulas: %d checked, %d agree, %d errata, %d failed", t.Checked, t.Agree, t.Errata, t.Failed)
}

// Walk prints every row, section by section, and returns the tally. A row whose
// Check returns an error counts as failed.
func Walk(w io.Writer, rows []Row) (Tally, error) {
	var t Tally
	var b strings.Builder
	for _, section := range Sections {
		head := false
		for _, r := range rows {
			if r.Section != section {
				continue
			}
			if !head {
				fmt.Fprintf(&b, "\n%s\n", section)
				head = true
			}
			t.one(&b, r)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", t)
	_, err := io.WriteString(w, b.String())
	return t, err
}

func (t *Tally) one(b *strings.Builder, r Row) {
	if r.Check == nil {
		t.NotYet++
		fmt.Fprintf(b, "  %-28s %s  (not here yet)\n", r.Name, r.States)
		return
	}
	t.Checked++
	res, err := r.Check()
	if err != nil {
		res = Result{Got: "error: " + err.Error(), Verdict: Failed}
	}
	word := "agrees"
	switch res.Verdict {
	case Agree:
		t.Agree++
	case Erratum:
		t.Errata++
		word = "erratum"
	default:
		t.Failed++
		word = "FAILED"
	}
	fmt.Fprintf(b, "  %-28s %s\n  %28s %s  [%s]\n", r.Name, r.States, "", res.Got, word)
	if res.Note != "" {
		fmt.Fprintf(b, "  %28s %s\n", "", res.Note)
	}
}
