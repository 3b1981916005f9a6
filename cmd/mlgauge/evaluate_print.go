package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge/internal/terminal"
)

// maxShown is the number of labels up to which the confusion matrix is printed.
const maxShown = 20

// print writes the result for people.
func (r *result) print(w io.Writer, path string) error {
	style := styleOf(w)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s, %d rows", path, r.Task, r.N)
	if r.Positive != "" {
		fmt.Fprintf(&b, ", positive label %q", r.Positive)
	}
	if r.Threshold != nil {
		fmt.Fprintf(&b, " from a score of %v", *r.Threshold)
	}
	b.WriteString("\n\n")
	r.printMetrics(&b, style)
	r.printConfusion(&b, style)
	r.printClasses(&b, style)
	r.printGroups(&b, style)
	_, err := w.Write(b.Bytes())
	return err
}

// show writes six digits, also where the last are zeros, or a dash.
func show(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%#.6g", *v)
}

func (r *result) printMetrics(b *bytes.Buffer, style terminal.Style) {
	rows := [][]string{{"metric", "value"}}
	if r.Level != 0 {
		rows[0] = append(rows[0], fmt.Sprintf("%v%% interval", 100*r.Level))
	}
	var undefined []string
	for _, m := range r.Metrics {
		if noScores(m.value) {
			continue
		}
		row := []string{m.name, show(m.value.Value)}
		if m.value.Low != nil {
			row = append(row, fmt.Sprintf("[%s, %s]", show(m.value.Low), show(m.value.High)))
		}
		if m.value.Error != "" {
			undefined = append(undefined, "  "+m.name+": "+m.value.Error)
		}
		rows = append(rows, row)
	}
	write(b, style, rows)
	for _, u := range undefined {
		fmt.Fprintln(b, style.Paint(terminal.Dim, u))
	}
}

func (r *result) printConfusion(b *bytes.Buffer, style terminal.Style) {
	c := r.Confusion
	if c == nil || len(c.Labels) > maxShown {
		return
	}
	rows := [][]string{append([]string{`truth \ predicted`}, c.Labels...)}
	for i, l := range c.Labels {
		row := []string{l}
		for _, n := range c.Counts[i] {
			row = append(row, fmt.Sprintf("%.10g", n))
		}
		rows = append(rows, row)
	}
	b.WriteByte('\n')
	write(b, style, rows)
}

func (r *result) printClasses(b *bytes.Buffer, style terminal.Style) {
	if r.Classes == nil {
		return
	}
	rows := [][]string{{"label", "precision", "recall", "f1", "support"}}
	for _, c := range r.Classes {
		v := c.value
		rows = append(rows, []string{c.name, show(&v.Precision), show(&v.Recall), show(&v.F1), fmt.Sprintf("%.10g", v.Support)})
	}
	b.WriteByte('\n')
	write(b, style, rows)
}

// printGroups writes a column for each group, as many side by side as fit.
func (r *result) printGroups(b *bytes.Buffer, style terminal.Style) {
	if len(r.By) == 0 {
		return
	}
	fmt.Fprintf(b, "\nby %s\n", strings.Join(r.columns, ", "))
	first := []string{"metric", "rows"}
	width := 0
	for _, m := range r.Metrics {
		if !noScores(m.value) {
			first = append(first, m.name)
		}
	}
	for _, s := range first {
		width = max(width, utf8.RuneCountInString(s))
	}
	for groups := range slices.Chunk(r.By, max(1, (style.Width-width-2)/(r.widest()+2))) {
		rows := make([][]string, len(first))
		for i, s := range first {
			rows[i] = []string{s}
		}
		for _, g := range groups {
			rows[0] = append(rows[0], g.name)
			rows[1] = append(rows[1], fmt.Sprint(g.value.N))
			i := 2
			for k, m := range g.value.Metrics {
				if noScores(r.Metrics[k].value) {
					continue
				}
				rows[i] = append(rows[i], show(m.value.Value))
				i++
			}
		}
		b.WriteByte('\n')
		write(b, style, rows)
	}
}

// write lays rows out in columns: the first to the left, the others to the
// right; the first row is the heading.
func write(b *bytes.Buffer, style terminal.Style, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for j, s := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], utf8.RuneCountInString(s))
		}
	}
	for i, row := range rows {
		var line strings.Builder
		for j, s := range row {
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(s))
			if j == 0 {
				line.WriteString("  " + s + pad)
			} else {
				line.WriteString("  " + pad + s)
			}
		}
		text := strings.TrimRight(line.String(), " ")
		if i == 0 {
			text = style.Paint(terminal.Bold, text)
		}
		b.WriteString(text + "\n")
	}
}

// widest is the width of the widest column of a group.
func (r *result) widest() int {
	w := 11 // of a number
	for _, g := range r.By {
		w = max(w, utf8.RuneCountInString(g.name))
	}
	return w
}
