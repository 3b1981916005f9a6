// Package guide walks the study guide: every formula and technique it names,
// in its order, with what the guide states, what the library computes on the
// guide's own example or on real data, and whether the two agree.
//
// Each room has a file here, which returns its rows; examples/guide and
// "mlgauge guide" print them.
package guide

import (
	"cmp"
	"slices"
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

// Rows returns the rows of every room in the guide's order, and the rows of
// pending that no room has taken over.
func Rows() []Row {
	return inOrder(slices.Concat(
		[]Row(nil), // then the rooms, one per line
		biasRows(),
		piiRows(),
		mitigationRows(),
		driftRows(),
		driftColumnRows(),
		encodingRows(),
		explainRows(),
		textRows(),
		metricsClassificationRows(),
		metricsRankingRows(),
		metricsProbabilityRows(),
		preprocessSplitRows(),
		preprocessFeaturesRows(),
		preprocessScalingRows(),
		metricsRegressionRows(),
		qualityRows(),
		experimentRows(),
	), pending)
}

// inOrder puts rows in the order of the list all, which names what the guide
// asks for; a name that is not in the list comes at the end of its section. What
// the list has and rows does not, is taken from the list.
func inOrder(rows, all []Row) []Row {
	type key struct{ section, name string }
	have := make(map[key]bool)
	for _, r := range rows {
		have[key{r.Section, r.Name}] = true
	}
	place := make(map[key]int)
	for i, r := range all {
		k := key{r.Section, r.Name}
		place[k] = i
		if !have[k] {
			rows = append(rows, r)
		}
	}
	at := func(r Row) int {
		if i, ok := place[key{r.Section, r.Name}]; ok {
			return i
		}
		return len(all)
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(slices.Index(Sections, a.Section), slices.Index(Sections, b.Section)), cmp.Compare(at(a), at(b)))
	})
	return rows
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
