package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/internal/terminal"
	"github.com/mlgauge/mlgauge/table"
)

// biasOptions are the flags of bias.
type biasOptions struct {
	label, facet, pred, strata     string
	positive, facetValue, features []string
	out, baseline, violations      string
	level                          level
}

const biasLong = `Measures how labels, and predictions with --pred, differ between a facet value and all
other rows: every metric of SageMaker Clarify, with an interval.

Columns follow Clarify's rules. Text, booleans, more than one given value, and
integers of which fewer than 5% differ are categorical: the given values are held
against all others, and without --facet-value every value in turn, in order of
appearance. Numbers with fractions and other integers are continuous: the one given
value is a threshold, and the rows above it are held against all others.

A row that misses its label, prediction, stratum or categorical facet is left out and
counted; one that misses a continuous facet is not above the threshold. A metric
without a value on the data is null in the output, with the reason.

The flip test (FT) needs --features: the numeric columns by which a disadvantaged row
finds its nearest others, or all for every other numeric column (leave out what the
decision was made from afterwards, such as scores and numbers of customers). They are
used as they are, text and missing values among them are FT's reason to have no value.

Differences of rates and the disparate impact have closed-form intervals (Newcombe,
Katz), so has the flip test (Bonett and Price); the other metrics have bootstrap
intervals over 1000 resamples.

--baseline holds the result against an earlier analysis.json, of this command or of
Clarify. A metric that is farther from its ideal than there is a violation: the exit
status is 1, and --violations writes the list as Model Monitor does.`

func biasCommand() *cobra.Command {
	var o biasOptions
	c := &cobra.Command{
		Use:   "bias FILE",
		Short: "Measure bias between groups",
		Long:  biasLong,
		Example: `  mlgauge bias loans.csv --label repaid --positive yes --facet sex --facet-value female --pred approved
  mlgauge bias loans.csv --label repaid --positive 1 --facet age --facet-value 60 --strata region --out analysis.json
  mlgauge bias loans.csv --label repaid --positive 1 --facet sex --facet-value 2 --pred approved --features income,debt
  mlgauge bias today.csv --label repaid --positive 1 --facet origin --baseline analysis.json --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&o.label, "label", "", "`COL`umn of the label")
	f.StringSliceVar(&o.positive, "positive", nil, "positive label `V[,V]`, or the threshold above which labels are positive")
	f.StringVar(&o.facet, "facet", "", "`COL`umn that divides the rows in groups")
	f.StringSliceVar(&o.facetValue, "facet-value", nil, "disadvantaged value `V[,V]`, or the threshold above which rows are disadvantaged; every value in turn if not given")
	f.StringVar(&o.pred, "pred", "", "`COL`umn of the prediction")
	f.StringVar(&o.strata, "strata", "", "`COL`umn of the strata of the conditional disparities (CDDL, CDDPL)")
	f.StringSliceVar(&o.features, "features", nil, "numeric columns `A[,B]` of the flip test (FT), or all")
	f.StringVar(&o.baseline, "baseline", "", "hold the result against this analysis.json `FILE`")
	f.StringVar(&o.violations, "violations", "", "write constraint_violations.json to `FILE` (with --baseline)")
	f.StringVar(&o.out, "out", "", "write Clarify's analysis.json to `FILE`")
	f.Var(&o.level, "ci", "confidence `LEVEL` of the intervals (0.95)")
	return c
}

func (o *biasOptions) run(c *cobra.Command, path string) error {
	if err := o.check(); err != nil {
		return err
	}
	var baseline *bias.Analysis
	if o.baseline != "" {
		var err error
		if baseline, err = readDocument(o.baseline, bias.ParseAnalysis); err != nil {
			return err
		}
	}
	r, err := o.measure(path, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if baseline != nil {
		v, err := r.analysis.CheckDrift(baseline, 0)
		if err != nil {
			return err
		}
		r.Violations = &v.Violations
		if o.violations != "" {
			if err := writeDocument(o.violations, v); err != nil {
				return err
			}
		}
	}
	if o.out != "" {
		if err := writeDocument(o.out, r.analysis); err != nil {
			return err
		}
	}
	if asJSON(c) {
		err = writeJSON(c.OutOrStdout(), r)
	} else {
		err = r.print(c.OutOrStdout(), path)
	}
	if err == nil && r.Violations != nil && len(*r.Violations) > 0 {
		err = failed{fmt.Sprintf("%s: %s of the baseline %s", path, plural(len(*r.Violations), "violation"), o.baseline)}
	}
	return err
}

func (o *biasOptions) check() error {
	fail := func(format string, args ...any) error { return fmt.Errorf("bias: "+format, args...) }
	switch {
	case o.label == "":
		return fail("need --label COL, the column of the label")
	case len(o.positive) == 0:
		return fail("need --positive V, the label that is the good outcome")
	case o.facet == "":
		return fail("need --facet COL, the column that divides the rows in groups")
	case len(o.features) > 0 && o.pred == "":
		return fail("need --pred COL with --features: the flip test is about predictions")
	case o.violations != "" && o.baseline == "":
		return fail("need --baseline FILE with --violations")
	}
	use := map[string]string{}
	columns := [][2]string{{"--label", o.label}, {"--facet", o.facet}, {"--pred", o.pred}, {"--strata", o.strata}}
	if !o.allFeatures() {
		for _, f := range o.features {
			columns = append(columns, [2]string{"--features", f})
		}
	}
	for _, x := range columns {
		if x[1] == "" {
			continue
		}
		if before, ok := use[x[1]]; ok {
			return fail("column %q: need it once, for %s or for %s, have both", x[1], before, x[0])
		}
		use[x[1]] = x[0]
	}
	return nil
}

// biasResult is the JSON of bias.
type biasResult struct {
	Label     string        `json:"label"`
	Positive  string        `json:"positive"`
	LabelKind string        `json:"label_kind"`
	Facet     string        `json:"facet"`
	FacetKind string        `json:"facet_kind"`
	Rows      int64         `json:"rows"`
	LeftOut   int64         `json:"left_out"`
	Missing   object[int]   `json:"missing"`
	Features  []string      `json:"features,omitempty"`
	Level     float64       `json:"level"`
	Facets    []facetResult `json:"facets"`
	// Violations is set with --baseline.
	Violations *[]bias.Violation `json:"violations,omitempty"`
	analysis   *bias.Analysis    // what --out gets
}

type facetResult struct {
	Value         string       `json:"value_or_threshold"`
	Advantaged    float64      `json:"rows_advantaged"`
	Disadvantaged float64      `json:"rows_disadvantaged"`
	PreTraining   []biasMetric `json:"pre_training"`
	PostTraining  []biasMetric `json:"post_training,omitempty"`
}

type biasMetric struct {
	Name    string             `json:"name"`
	Title   string             `json:"title"`
	Meaning string             `json:"meaning"`
	Ideal   float64            `json:"ideal"`
	Value   bias.AnalysisValue `json:"value"`
	Low     *float64           `json:"low,omitempty"`
	High    *float64           `json:"high,omitempty"`
	PValue  *float64           `json:"p_value,omitempty"`
	Differs bool               `json:"differs"`
	Error   string             `json:"error,omitempty"`
}

// missingFacet stands for a missing facet value while the kind of the facet is not
// known. No field of a CSV file holds this text: it is no UTF-8.
const missingFacet = "\xff"

// measure reads the file in one pass and reports every facet.
func (o *biasOptions) measure(path string, stderr io.Writer) (*biasResult, error) {
	names := slices.DeleteFunc([]string{o.facet, o.label, o.pred, o.strata}, func(s string) bool { return s == "" })
	opt := table.Options{Columns: slices.Concat(names, o.features), Types: make(map[string]table.Type)}
	if o.allFeatures() {
		opt.Columns = nil
	}
	for _, n := range names {
		opt.Types[n] = table.String
	}
	in, err := table.Open(path, opt)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	p := newProgress(stderr, in)
	defer p.end()
	var counts bias.Counts
	flip := newFlipRows(in.Fields(), names, len(o.features) > 0, o.allFeatures())
	missing := make(map[string]int)
	rows := 0
	for t, err := range in.All() {
		if err != nil {
			return nil, err
		}
		var b bias.Batch
		for name, to := range map[string]*bias.Column{o.facet: &b.Facet, o.label: &b.Label, o.pred: &b.Prediction, o.strata: &b.Stratum} {
			if name == "" {
				continue
			}
			c, err := t.Column(name)
			if err != nil {
				return nil, err
			}
			missing[name] += c.Missing()
			*to = bias.Column{Codes: c.Codes, Values: c.Dict}
			if to == &b.Facet && c.Missing() > 0 {
				*to = withMissing(*to)
			}
		}
		if err := counts.Add(b); err != nil {
			return nil, err
		}
		if err := flip.add(t, b, missing); err != nil {
			return nil, err
		}
		rows += t.NumRows()
		p.step()
	}
	if rows == 0 {
		return nil, fmt.Errorf("%s: need at least one row, have none: %w", path, mlgauge.ErrEmpty)
	}
	if counts.Rows() == 0 {
		return nil, fmt.Errorf("%s: need a row that misses nothing in %s, have none: %w", path, strings.Join(names, ", "), mlgauge.ErrEmpty)
	}
	gone := missingFacet
	s, err := counts.Select(bias.Rules{FacetValues: o.facetValue, Positive: o.positive, Missing: &gone})
	if err != nil {
		return nil, o.blame(path, err)
	}
	flip.test(s)
	return o.report(s, flip, append(names, flip.names...), missing)
}

// withMissing gives missing values a code of their own.
func withMissing(c bias.Column) bias.Column {
	out := bias.Column{Codes: slices.Clone(c.Codes), Values: append(slices.Clone(c.Values), missingFacet)}
	for i, k := range out.Codes {
		if k < 0 {
			out.Codes[i] = int32(len(c.Values))
		}
	}
	return out
}

// blame says in the words of the program what is wrong.
func (o *biasOptions) blame(path string, err error) error {
	text := strings.TrimPrefix(err.Error(), "bias.Counts.Select: ")
	for _, x := range [][2]string{
		{"FacetValues: ", fmt.Sprintf("column %q: --facet-value: ", o.facet)},
		{"Facet: ", fmt.Sprintf("column %q: ", o.facet)},
		{"Positive: ", fmt.Sprintf("column %q: --positive: ", o.label)},
		{"Prediction: ", fmt.Sprintf("column %q: ", o.pred)},
	} {
		if rest, ok := strings.CutPrefix(text, x[0]); ok {
			return fmt.Errorf("%s: %s%s", path, x[1], rest)
		}
	}
	return fmt.Errorf("%s: %s", path, text)
}

// report measures the facets.
func (o *biasOptions) report(s *bias.Selection, flip *flipRows, names []string, missing map[string]int) (*biasResult, error) {
	boot := bias.Bootstrap{Level: float64(o.level)}
	r := &biasResult{
		Label: o.label, LabelKind: s.Label.String(), Facet: o.facet, FacetKind: s.Facet.String(),
		Rows: s.Rows, LeftOut: s.Left, Features: flip.names, Level: 0.95, analysis: new(bias.Analysis),
	}
	if o.level != 0 {
		r.Level = float64(o.level)
	}
	for _, n := range names {
		r.Missing = append(r.Missing, member[int]{n, missing[n]})
	}
	for _, f := range s.Facets {
		findings, err := f.Report(boot)
		if err != nil {
			return nil, err
		}
		if o.strata == "" {
			for i := range findings {
				if x := &findings[i]; x.Name == "CDDL" || x.Name == "CDDPL" {
					x.Err = errors.New("need --strata COL, the column of the strata")
				}
			}
		}
		r.Positive = f.Positive()
		r.analysis.Set(o.label, o.facet, f, findings)
		a, d := f.Sizes()
		fr := facetResult{Value: f.Name(), Advantaged: a, Disadvantaged: d}
		for _, x := range findings {
			m := biasMetric{
				Name: x.Name, Title: x.Title, Meaning: x.Meaning, Ideal: x.Ideal,
				Value: bias.AnalysisValue(x.Interval.Value), Differs: x.Excludes,
				Low: finiteOrNil(x.Interval.Low), High: finiteOrNil(x.Interval.High), PValue: finiteOrNil(x.PValue),
			}
			if x.Err != nil {
				m.Value, m.Error = bias.AnalysisValue(math.NaN()), x.Err.Error()
			}
			if x.Stage == bias.PreTraining {
				fr.PreTraining = append(fr.PreTraining, m)
			} else {
				fr.PostTraining = append(fr.PostTraining, m)
			}
		}
		r.Facets = append(r.Facets, fr)
	}
	if len(r.Facets) == 0 {
		return nil, errors.New("bias: need a facet value, have none")
	}
	return r, nil
}

func finiteOrNil(v float64) *float64 {
	if v*0 != 0 {
		return nil
	}
	return &v
}

// print writes the result for people.
func (r *biasResult) print(w io.Writer, path string) error {
	style := styleOf(w)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %d rows", path, r.Rows)
	if r.LeftOut > 0 {
		fmt.Fprintf(&b, ", %d left out", r.LeftOut)
	}
	fmt.Fprintf(&b, "; positive: %s = %s\n", r.Label, r.Positive)
	for _, m := range r.Missing {
		if m.value > 0 {
			fmt.Fprintf(&b, "  %s misses %d values\n", m.name, m.value)
		}
	}
	for _, f := range r.Facets {
		fmt.Fprintf(&b, "\n%s\n", style.Paint(terminal.Bold, fmt.Sprintf("d: %s = %s (%.10g rows), a: the rest (%.10g rows)", r.Facet, f.Value, f.Disadvantaged, f.Advantaged)))
		for _, part := range []struct {
			title   string
			metrics []biasMetric
		}{{"labels", f.PreTraining}, {"predictions", f.PostTraining}} {
			if len(part.metrics) > 0 {
				fmt.Fprintf(&b, "\n%s\n", part.title)
				printBias(&b, style, part.metrics, r.Level)
			}
		}
	}
	if r.Violations != nil && len(*r.Violations) > 0 {
		fmt.Fprintf(&b, "\n%s\n", style.Paint(terminal.Bold, "farther from the ideal than the baseline"))
		for _, v := range *r.Violations {
			fmt.Fprintf(&b, "  %s = %s  %s: %s\n", v.Facet, v.FacetValue, v.MetricName, v.Description)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// printBias writes metrics in columns, the meaning last, to the left.
func printBias(b *bytes.Buffer, style terminal.Style, metrics []biasMetric, level float64) {
	rows := [][]string{{"metric", "value", "ideal", fmt.Sprintf("%v%% interval", 100*level), "verdict", "a value above the ideal means"}}
	for _, m := range metrics {
		row := []string{m.Name, fmt.Sprintf("%.4f", float64(m.Value)), fmt.Sprint(m.Ideal), "-", "no sign", m.Meaning}
		if m.Low != nil && m.High != nil {
			row[3] = fmt.Sprintf("[%.4f, %.4f]", *m.Low, *m.High)
		}
		switch {
		case m.Error != "":
			row = []string{m.Name, "-", fmt.Sprint(m.Ideal), "-", "no value", m.Error}
		case m.PValue == nil:
			row[4] = "-" // a distance is never below its ideal: no verdict
		case m.Differs:
			row[4] = "differs"
		}
		rows = append(rows, row)
	}
	widths := make([]int, 5)
	for _, row := range rows {
		for j := range widths {
			widths[j] = max(widths[j], len(row[j]))
		}
	}
	for i, row := range rows {
		line := fmt.Sprintf("  %-*s  %*s  %*s  %*s  %-*s  %s", widths[0], row[0], widths[1], row[1], widths[2], row[2], widths[3], row[3], widths[4], row[4], row[5])
		if i == 0 {
			line = style.Paint(terminal.Bold, line)
		}
		fmt.Fprintln(b, line)
	}
}
