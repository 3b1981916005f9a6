package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge/internal/terminal"
	"github.com/mlgauge/mlgauge/quality"
)

// description is a profile in JSON.
type description struct {
	Rows            int                 `json:"rows"`
	DuplicateRows   float64             `json:"duplicate_rows"`
	DuplicatesExact bool                `json:"duplicate_rows_exact"`
	Columns         []columnDescription `json:"columns"`
	Correlations    []correlation       `json:"correlations"`
}

type columnDescription struct {
	Name          string              `json:"name"`
	Type          quality.ValueType   `json:"inferred_type"`
	Present       int                 `json:"present"`
	Missing       int                 `json:"missing"`
	Distinct      float64             `json:"distinct"`
	DistinctExact bool                `json:"distinct_exact"`
	Numbers       *numbersDescription `json:"numbers,omitempty"`
	Texts         *textsDescription   `json:"texts,omitempty"`
	Top           []topValue          `json:"top"`
}

type numbersDescription struct {
	Count     int             `json:"count"`
	Mean      float64         `json:"mean"`
	StdDev    float64         `json:"std_dev"`
	Min       float64         `json:"min"`
	Max       float64         `json:"max"`
	Skewness  *float64        `json:"skewness"`
	Kurtosis  *float64        `json:"kurtosis"`
	Zeros     int             `json:"zeros"`
	Negatives int             `json:"negatives"`
	Infinite  int             `json:"infinite"`
	RankError float64         `json:"rank_error"`
	Quantiles object[float64] `json:"quantiles"`
	Histogram []histogramBar  `json:"histogram"`
}

type histogramBar struct {
	Lower float64 `json:"lower_bound"`
	Upper float64 `json:"upper_bound"`
	Count float64 `json:"count"`
}

type textsDescription struct {
	Count      int        `json:"count"`
	Shortest   int        `json:"min_length"`
	Longest    int        `json:"max_length"`
	MeanLength float64    `json:"mean_length"`
	Empty      int        `json:"empty"`
	Blank      int        `json:"blank"`
	Patterns   []topValue `json:"patterns"`
}

type topValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
	Error int    `json:"error,omitempty"`
}

type correlation struct {
	A string  `json:"a"`
	B string  `json:"b"`
	R float64 `json:"r"`
}

// quantilesShown are those of the description.
var quantilesShown = []struct {
	name string
	p    float64
}{{"0.01", 0.01}, {"0.05", 0.05}, {"0.25", 0.25}, {"0.5", 0.5}, {"0.75", 0.75}, {"0.95", 0.95}, {"0.99", 0.99}}

const topShown = 10

func describe(p *quality.Profile) *description {
	d := &description{Rows: p.Rows(), Columns: []columnDescription{}, Correlations: []correlation{}}
	d.DuplicateRows, d.DuplicatesExact = p.DuplicateRows()
	d.DuplicateRows = math.Round(d.DuplicateRows)
	for _, c := range p.Columns() {
		d.Columns = append(d.Columns, describeColumn(c))
	}
	names, r := p.Correlations()
	for a := range names {
		for b := a + 1; b < len(names); b++ {
			if v := r.At(a, b); !math.IsNaN(v) {
				d.Correlations = append(d.Correlations, correlation{names[a], names[b], v})
			}
		}
	}
	slices.SortStableFunc(d.Correlations, func(x, y correlation) int { return cmp.Compare(math.Abs(y.R), math.Abs(x.R)) })
	return d
}

func describeColumn(c *quality.Column) columnDescription {
	d := columnDescription{Name: c.Name(), Type: c.InferredType(), Present: c.Present(), Missing: c.Missing(), Top: tops(c.Top(topShown))}
	n, exact := c.Distinct()
	d.Distinct, d.DistinctExact = math.Round(n), exact
	if x, err := c.Numbers(); err == nil {
		m := &numbersDescription{
			Count: x.Count, Mean: x.Mean, StdDev: x.StdDev, Min: x.Min, Max: x.Max, Skewness: finite(x.Skewness), Kurtosis: finite(x.Kurtosis),
			Zeros: x.Zeros, Negatives: x.Negatives, Infinite: x.Infinite, RankError: c.RankError(),
		}
		for _, q := range quantilesShown {
			if v, err := c.Quantiles(q.p); err == nil {
				m.Quantiles = append(m.Quantiles, member[float64]{q.name, v[0]})
			}
		}
		if edges, counts, err := c.Histogram(10); err == nil {
			for i, n := range counts {
				m.Histogram = append(m.Histogram, histogramBar{edges[i], edges[i+1], n})
			}
		}
		d.Numbers = m
	}
	if x, err := c.Texts(); err == nil {
		d.Texts = &textsDescription{x.Count, x.Shortest, x.Longest, x.MeanLength, x.Empty, x.Blank, tops(c.Patterns(5))}
	}
	return d
}

// finite is null in JSON for a number that is not.
func finite(v float64) *float64 {
	if v*0 != 0 {
		return nil
	}
	return &v
}

func tops(x []quality.Frequent) []topValue {
	out := make([]topValue, len(x))
	for i, f := range x {
		out[i] = topValue(f)
	}
	return out
}

// print writes the description for people: a table of the numbers, one of the
// texts, and the strongest correlations.
func (d *description) print(w io.Writer, path string) error {
	style := styleOf(w)
	var b bytes.Buffer
	about := ""
	if !d.DuplicatesExact {
		about = "about "
	}
	fmt.Fprintf(&b, "%s: %s of %s, %s%.0f repeated\n", path, plural(d.Rows, "row"), plural(len(d.Columns), "column"), about, d.DuplicateRows)
	numeric := [][]string{{"numbers", "type", "missing", "distinct", "mean", "std dev", "min", "25%", "median", "75%", "max"}}
	texts := [][]string{{"texts", "type", "missing", "distinct", "length", "most frequent"}}
	for _, c := range d.Columns {
		distinct := fmt.Sprintf("%.0f", c.Distinct)
		if !c.DistinctExact {
			distinct = "~" + distinct
		}
		first := []string{c.Name, c.Type.String(), fmt.Sprint(c.Missing), distinct}
		if x := c.Numbers; x != nil && c.Texts == nil {
			row := append(first, fmt.Sprintf("%.5g", x.Mean), fmt.Sprintf("%.5g", x.StdDev), fmt.Sprintf("%.5g", x.Min))
			for _, q := range x.Quantiles[2:5] {
				row = append(row, fmt.Sprintf("%.5g", q.value))
			}
			numeric = append(numeric, append(row, fmt.Sprintf("%.5g", x.Max)))
			continue
		}
		length, top := "-", "-"
		if c.Texts != nil {
			length = fmt.Sprintf("%d to %d", c.Texts.Shortest, c.Texts.Longest)
		}
		if len(c.Top) > 0 {
			top = fmt.Sprintf("%.30q (%d)", c.Top[0].Value, c.Top[0].Count)
		}
		texts = append(texts, append(first, length, top))
	}
	for _, rows := range [][][]string{numeric, texts} {
		if len(rows) > 1 {
			b.WriteByte('\n')
			write(&b, style, rows)
		}
	}
	if len(d.Correlations) > 0 {
		rows := [][]string{{"strongest correlations", "r"}}
		for _, c := range d.Correlations[:min(5, len(d.Correlations))] {
			rows = append(rows, []string{c.A + ", " + c.B, fmt.Sprintf("%.4f", c.R)})
		}
		b.WriteByte('\n')
		write(&b, style, rows)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func printBaseline(w io.Writer, path, dir string, p *quality.Profile, c *quality.Constraints) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s of %s; baseline in %s\n\n", path, plural(p.Rows(), "row"), plural(len(p.Columns()), "column"), dir)
	rows := [][]string{{"column", "type", "completeness", "further"}}
	for _, f := range c.Features {
		further := "-"
		switch {
		case f.Num != nil && f.Num.IsNonNegative:
			further = "never negative"
		case f.String != nil:
			further = "one of " + plural(len(f.String.Domains), "value")
		}
		rows = append(rows, []string{f.Name, f.InferredType.String(), fmt.Sprintf("%.6g", float64(f.Completeness)), further})
	}
	write(&b, styleOf(w), rows)
	_, err := w.Write(b.Bytes())
	return err
}

func printViolations(w io.Writer, path, dir string, p *quality.Profile, v *quality.Violations) error {
	style := styleOf(w)
	var b bytes.Buffer
	if len(v.Violations) == 0 {
		fmt.Fprintf(&b, "%s: %s of %s keep the baseline %s\n", path, plural(p.Rows(), "row"), plural(len(p.Columns()), "column"), dir)
		_, err := w.Write(b.Bytes())
		return err
	}
	fmt.Fprintf(&b, "%s: %s of %s\n", path, plural(p.Rows(), "row"), plural(len(p.Columns()), "column"))
	for _, x := range v.Violations {
		b.WriteString("\n" + style.Paint(terminal.Bold, "  "+x.FeatureName) + "  " + style.Paint(terminal.Red, x.CheckType) + "\n")
		for _, line := range terminal.Wrap(oneLine(x.Description), max(20, style.Width-4)) {
			b.WriteString("    " + line + "\n")
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
