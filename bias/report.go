package bias

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge/metrics"
)

// A Stage tells when a metric can be computed.
type Stage int

// The stages of Clarify.
const (
	PreTraining  Stage = iota // from labels
	PostTraining              // from labels and predictions
)

// A Metric describes one of Clarify's metrics.
type Metric struct {
	Name    string  // "DPL"
	Title   string  // "Difference in Positive Proportions in Labels"
	Meaning string  // one sentence for people
	Ideal   float64 // the value of equal treatment: 0, or 1 for DI
	Stage   Stage

	value func(*Facet) (float64, error)
	// rates is set where the metric compares two independent proportions; the
	// interval is then closed-form: Newcombe for differences, Katz for DI.
	rates func(*Facet) rates
	sign  float64 // 1: pa - pd, -1: pd - pa, 0: pd / pa
}

func rateOf(x, n func(tp, fp, fn, tn float64) float64) func(*Facet) rates {
	return func(f *Facet) rates {
		return rates{
			xa: x(f.confusion(sideA)), na: n(f.confusion(sideA)),
			xd: x(f.confusion(sideD)), nd: n(f.confusion(sideD)),
		}
	}
}

func everyone(tp, fp, fn, tn float64) float64  { return tp + fp + fn + tn }
func positives(tp, fp, fn, tn float64) float64 { return tp + fn }
func chosen(tp, fp, fn, tn float64) float64    { return tp + fp }
func correct(tp, fp, fn, tn float64) float64   { return tp + tn }
func truePos(tp, fp, fn, tn float64) float64   { return tp }
func trueNeg(tp, fp, fn, tn float64) float64   { return tn }
func negatives(tp, fp, fn, tn float64) float64 { return tn + fp }
func rejected(tp, fp, fn, tn float64) float64  { return tn + fn }

func clarified(d func(*Facet, Distributions) (float64, error)) func(*Facet) (float64, error) {
	return func(f *Facet) (float64, error) { return d(f, Clarify) }
}

// catalogue lists Clarify's metrics, by name within each stage as its reports do.
var catalogue = []Metric{
	{Name: "CDDL", Title: "Conditional Demographic Disparity in Labels", Meaning: "inside the strata, d holds a larger share of the rejected labels than of the accepted", value: (*Facet).CDDL},
	{Name: "CI", Title: "Class Imbalance", Meaning: "d has fewer rows than a", value: (*Facet).CI},
	{Name: "DPL", Title: "Difference in Positive Proportions in Labels", Meaning: "a has positive labels more often than d", value: (*Facet).DPL, rates: rateOf(positives, everyone), sign: 1},
	{Name: "JS", Title: "Jensen-Shannon Divergence", Meaning: "the labels of a and d are distributed differently", value: clarified((*Facet).JS)},
	{Name: "KL", Title: "Kullback-Leibler Divergence", Meaning: "the labels of a would surprise who expects those of d", value: clarified((*Facet).KL)},
	{Name: "KS", Title: "Kolmogorov-Smirnov Distance", Meaning: "the largest difference between the label shares of a and d", value: clarified((*Facet).KS)},
	{Name: "LP", Title: "L-p Norm", Meaning: "the Euclidean distance between the label shares of a and d", value: clarified((*Facet).LP)},
	{Name: "TVD", Title: "Total Variation Distance", Meaning: "the share of labels that would have to change sides", value: clarified((*Facet).TVD)},

	{Name: "AD", Title: "Accuracy Difference", Meaning: "predictions are right more often for a than for d", Stage: PostTraining, value: (*Facet).AD, rates: rateOf(correct, everyone), sign: 1},
	{Name: "CDDPL", Title: "Conditional Demographic Disparity in Predicted Labels", Meaning: "inside the strata, d holds a larger share of the rejected predictions than of the accepted", Stage: PostTraining, value: (*Facet).CDDPL},
	{Name: "DAR", Title: "Difference in Acceptance Rates", Meaning: "an acceptance is right more often for a than for d", Stage: PostTraining, value: (*Facet).DAR, rates: rateOf(truePos, chosen), sign: 1},
	{Name: "DCA", Title: "Difference in Conditional Acceptance", Meaning: "a has more positive labels per positive prediction than d", Stage: PostTraining, value: (*Facet).DCA},
	{Name: "DCR", Title: "Difference in Conditional Rejection", Meaning: "d has more negative labels per negative prediction than a", Stage: PostTraining, value: (*Facet).DCR},
	{Name: "DI", Title: "Disparate Impact", Meaning: "d is predicted positive this many times as often as a", Ideal: 1, Stage: PostTraining, value: (*Facet).DI, rates: rateOf(chosen, everyone)},
	{Name: "DPPL", Title: "Difference in Positive Proportions in Predicted Labels", Meaning: "a is predicted positive more often than d", Stage: PostTraining, value: (*Facet).DPPL, rates: rateOf(chosen, everyone), sign: 1},
	{Name: "DRR", Title: "Difference in Rejection Rates", Meaning: "a rejection is right more often for d than for a", Stage: PostTraining, value: (*Facet).DRR, rates: rateOf(trueNeg, rejected), sign: -1},
	{Name: "FT", Title: "Flip Test", Meaning: "d is accepted where its nearest rows of a are rejected, more often than the reverse", Stage: PostTraining, value: (*Facet).FT},
	{Name: "GE", Title: "Generalized Entropy", Meaning: "benefits are spread unequally over all rows", Stage: PostTraining, value: func(f *Facet) (float64, error) { return f.GE(2) }},
	{Name: "RD", Title: "Recall Difference", Meaning: "deserving members of a are accepted more often than those of d", Stage: PostTraining, value: (*Facet).RD, rates: rateOf(truePos, positives), sign: 1},
	{Name: "SD", Title: "Specificity Difference", Meaning: "undeserving members of d are rejected more often than those of a", Stage: PostTraining, value: (*Facet).SD, rates: rateOf(trueNeg, negatives), sign: -1},
	{Name: "TE", Title: "Treatment Equality", Meaning: "d has more false rejections per false acceptance than a", Stage: PostTraining, value: (*Facet).TE},
}

// Metrics returns the descriptions of Clarify's metrics, by name within each
// stage.
func Metrics() []Metric { return slices.Clone(catalogue) }

// A Finding is one metric of a report. Where the metric has no value, Err says
// why and the numbers are NaN.
type Finding struct {
	Metric
	Interval metrics.Interval
	PValue   float64 // test of no difference; NaN where there is none
	Excludes bool    // the interval does not contain the ideal value; false for distances, which cannot fall below theirs
	Err      error
}

// Report returns every metric of the facet, with interval and test; those after
// training only where there are predictions. Differences and the ratio of independent
// proportions, on unweighted rows, have closed forms (Newcombe 1998; Katz 1978;
// two-proportion z test); the flip test has that of Flip.Interval and an exact sign
// test; the others have the bootstrap of Interval, and as p-value the share of resamples
// beyond the ideal value, twice, (k+1)/(n+1). Distances between label distributions
// cannot fall below 0, so they have an interval and no test. A metric that has no value
// on the data, needs strata (CDDL, CDDPL) or a flip test (FT, see WithFlip), is
// reported with its reason while the others go on. It returns ErrRange for bad
// options.
func (f *Facet) Report(o Bootstrap) ([]Finding, error) {
	o, err := o.resolve("bias.Facet.Report")
	if err != nil {
		return nil, err
	}
	var ms []Metric
	for _, m := range catalogue {
		if m.Stage == PreTraining || f.hasPred {
			ms = append(ms, m)
		}
	}
	return f.findings(ms, o)
}

func (f *Facet) findings(ms []Metric, o Bootstrap) ([]Finding, error) {
	nan := math.NaN()
	values := make([]func(*Facet) (float64, error), len(ms))
	for i, m := range ms {
		values[i] = m.value
	}
	samples := f.resample(o, values)
	weighted := slices.ContainsFunc(f.parts, func(p part) bool { return p.w != float64(p.n) })
	out := make([]Finding, len(ms))
	for i, m := range ms {
		r := &out[i]
		r.Metric, r.PValue = m, nan
		r.Interval = metrics.Interval{Value: nan, Low: nan, High: nan, Level: o.Level}
		v, err := m.value(f)
		if err != nil {
			r.Err = err
			continue
		}
		r.Interval.Value = v
		if m.rates != nil && !weighted {
			if c := m.rates(f); c.na > 0 && c.nd > 0 {
				c.closed(r, m.sign, o.Level)
				r.Excludes = r.Interval.Low > m.Ideal || r.Interval.High < m.Ideal
				continue
			}
		}
		if m.Name == "FT" {
			if r.Interval, err = f.flip.Interval(o.Level); err != nil {
				return nil, err
			}
			r.PValue = f.flip.PValue()
			r.Excludes = r.Interval.Low > 0 || r.Interval.High < 0
			continue
		}
		low, high, err := percentile("bias.Facet.Report: "+m.Name, samples[i], o)
		if err != nil {
			continue // the value stands, without an interval
		}
		r.Interval.Low, r.Interval.High = low, high
		if !slices.Contains([]string{"JS", "KL", "KS", "LP", "TVD", "GE"}, m.Name) {
			r.Excludes = low > m.Ideal || high < m.Ideal
			r.PValue = bootstrapP(samples[i], m.Ideal)
		}
	}
	return out, nil
}

// closed fills in the closed-form interval and test.
func (c rates) closed(r *Finding, sign, level float64) {
	r.PValue = c.pValue()
	switch sign {
	case 1:
		r.Interval.Low, r.Interval.High = c.newcombe(level)
	case -1:
		low, high := c.newcombe(level)
		r.Interval.Low, r.Interval.High = -high, -low
	default:
		r.Interval.Low, r.Interval.High = c.katz(level)
	}
}

// bootstrapP is twice the smaller share of resamples on one side of the ideal.
func bootstrapP(v []float64, ideal float64) float64 {
	var below, above, n int
	for _, x := range v {
		switch {
		case math.IsNaN(x):
			continue
		case x <= ideal:
			below++
		}
		if x >= ideal {
			above++
		}
		n++
	}
	return math.Min(1, 2*float64(min(below, above)+1)/float64(n+1))
}

// Text returns findings as a table for people: what each number means, its ideal
// value, its interval, and whether the interval excludes the ideal.
func Text(findings []Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-6s %9s  %-20s %5s  %-8s  %s\n", "metric", "value", "interval", "ideal", "verdict", "meaning of a positive value")
	for _, f := range findings {
		if f.Err != nil {
			fmt.Fprintf(&b, "%-6s %9s  %s\n", f.Name, "-", f.Err)
			continue
		}
		interval := "-"
		if !math.IsNaN(f.Interval.Low) {
			interval = fmt.Sprintf("[%.4f, %.4f]", f.Interval.Low, f.Interval.High)
		}
		verdict := "no sign"
		if f.Excludes {
			verdict = "differs"
		}
		fmt.Fprintf(&b, "%-6s %9.4f  %-20s %5.0f  %-8s  %s\n", f.Name, f.Interval.Value, interval, f.Ideal, verdict, f.Meaning)
	}
	return b.String()
}
