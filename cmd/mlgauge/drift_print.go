package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/internal/terminal"
)

// driftReport is the JSON of drift.
type driftReport struct {
	ReferenceRows  int           `json:"reference_rows"`
	CurrentRows    int           `json:"current_rows"`
	DriftedColumns int           `json:"drifted_columns"`
	DriftedShare   *float64      `json:"drifted_share"`
	Share          float64       `json:"share"`
	Drifted        bool          `json:"drifted"`
	Columns        []driftColumn `json:"columns"`
	New            []string      `json:"new_columns,omitempty"`
	Vanished       []string      `json:"vanished_columns,omitempty"`
}

// driftColumn is a column of it. What is undefined or infinite is null.
type driftColumn struct {
	Name              string     `json:"name"`
	Kind              string     `json:"kind"`
	Test              string     `json:"test"`
	Statistic         *float64   `json:"statistic"`
	PValue            *float64   `json:"p_value"`
	Adjusted          *float64   `json:"adjusted_p_value,omitempty"`
	Threshold         *float64   `json:"threshold"`
	Drifted           bool       `json:"drifted"`
	ReferenceMissing  int        `json:"reference_missing"`
	CurrentMissing    int        `json:"current_missing"`
	MissingPValue     float64    `json:"missing_p_value"`
	ReferenceInfinite int        `json:"reference_infinite,omitempty"`
	CurrentInfinite   int        `json:"current_infinite,omitempty"`
	Direction         string     `json:"direction,omitempty"`
	MeanShift         *float64   `json:"mean_shift,omitempty"`
	MedianShift       *float64   `json:"median_shift,omitempty"`
	Moved             []driftBin `json:"moved,omitempty"`
	New               []string   `json:"new_categories,omitempty"`
	Vanished          []string   `json:"vanished_categories,omitempty"`
	Bound             *float64   `json:"bound,omitempty"`
	Note              string     `json:"note,omitempty"`
	Error             string     `json:"error,omitempty"`
}

type driftBin struct {
	Bin       string  `json:"bin"`
	Reference float64 `json:"reference"`
	Current   float64 `json:"current"`
}

// finiteOrNull returns a pointer to a finite number, nil for any other.
func finiteOrNull(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// maxNamed is the number of categories that are named.
const maxNamed = 20

func named(c []drift.Category) []string {
	var s []string
	for _, v := range c[:min(len(c), maxNamed)] {
		s = append(s, v.Value)
	}
	return s
}

func driftJSONOf(r *drift.Report) driftReport {
	j := driftReport{ReferenceRows: r.ReferenceRows, CurrentRows: r.CurrentRows, DriftedColumns: r.DriftedColumns,
		DriftedShare: finiteOrNull(r.DriftedShare), Share: r.Share, Drifted: r.Drifted, New: r.New, Vanished: r.Vanished}
	for _, c := range r.Columns {
		d := driftColumn{Name: c.Name, Kind: c.Kind.String(), Test: c.Test, Statistic: finiteOrNull(c.Statistic), PValue: finiteOrNull(c.PValue),
			Drifted: c.Drifted, ReferenceMissing: c.ReferenceMissing, CurrentMissing: c.CurrentMissing, MissingPValue: c.MissingPValue,
			ReferenceInfinite: c.ReferenceInfinite, CurrentInfinite: c.CurrentInfinite, Direction: c.Direction(),
			MeanShift: finiteOrNull(c.MeanShift), MedianShift: finiteOrNull(c.MedianShift), New: named(c.New), Vanished: named(c.Vanished), Note: c.Note}
		if c.Test != "" {
			d.Threshold = finiteOrNull(c.Threshold)
		}
		if c.Adjusted != c.PValue {
			d.Adjusted = finiteOrNull(c.Adjusted)
		}
		if c.Bound != 0 {
			d.Bound = finiteOrNull(c.Bound)
		}
		for _, b := range c.Moved {
			d.Moved = append(d.Moved, driftBin{b.Label, b.Reference, b.Current})
		}
		if c.Err != nil {
			d.Error = c.Err.Error()
		}
		if math.IsInf(c.Statistic, 0) {
			d.Note = strings.TrimPrefix(d.Note+"; the statistic is infinite", "; ")
		}
		j.Columns = append(j.Columns, d)
	}
	return j
}

// printDrift writes the report for people.
func printDrift(w io.Writer, r *drift.Report, reference, current string) error {
	style := styleOf(w)
	var b bytes.Buffer
	verdict := "not drifted"
	if r.Drifted {
		verdict = "drifted"
	}
	fmt.Fprintf(&b, "%s (%d rows) against %s (%d rows): %d of %d columns drifted: the data set has %s (from a share of %.3g)\n\n",
		current, r.CurrentRows, reference, r.ReferenceRows, r.DriftedColumns, len(r.Columns), verdict, r.Share)
	rows := [][]string{{"column", "kind", "test", "statistic", "p-value", "threshold", "drift", "missing", "moved most"}}
	var notes []string
	for _, c := range r.Columns {
		row := []string{c.Name, c.Kind.String(), "-", "-", "-", "-", "no", "-", ""}
		if c.Test != "" {
			row[2], row[5] = c.Test, fmt.Sprintf("%.4g", c.Threshold)
		}
		if !math.IsNaN(c.Statistic) {
			row[3] = fmt.Sprintf("%.4g", c.Statistic)
		}
		if !math.IsNaN(c.Adjusted) {
			row[4] = fmt.Sprintf("%.3g", c.Adjusted)
		}
		if c.Drifted {
			row[6] = strings.TrimSpace("DRIFT " + c.Direction())
		}
		if c.ReferenceMissing+c.CurrentMissing > 0 {
			row[7] = fmt.Sprintf("%.3g%% to %.3g%%", 100*float64(c.ReferenceMissing)/float64(c.ReferenceRows), 100*float64(c.CurrentMissing)/float64(c.CurrentRows))
		}
		if len(c.Moved) > 0 && c.Drifted {
			m := c.Moved[0]
			row[8] = fmt.Sprintf("%s: %.3g%% to %.3g%%", m.Label, 100*m.Reference, 100*m.Current)
		}
		rows = append(rows, row)
		notes = append(notes, remarks(c)...)
	}
	write(&b, style, rows)
	for _, c := range []struct {
		what  string
		names []string
	}{{"new columns", r.New}, {"vanished columns", r.Vanished}} {
		if len(c.names) > 0 {
			notes = append(notes, c.what+": "+strings.Join(c.names, ", "))
		}
	}
	for i, n := range notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintln(&b, style.Paint(terminal.Dim, "  "+n))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// remarks says about a column what has no place in the table.
func remarks(c drift.ColumnResult) []string {
	var notes []string
	if c.Err != nil {
		notes = append(notes, c.Name+": "+c.Err.Error())
	}
	if c.ReferenceInfinite+c.CurrentInfinite > 0 {
		notes = append(notes, fmt.Sprintf("%s: %d and %d infinities left out", c.Name, c.ReferenceInfinite, c.CurrentInfinite))
	}
	if c.Bound > 0 {
		notes = append(notes, fmt.Sprintf("%s: the statistic is right to %.2g", c.Name, c.Bound))
	}
	if len(c.New) > 0 {
		notes = append(notes, c.Name+": new: "+strings.Join(named(c.New), ", "))
	}
	if len(c.Vanished) > 0 {
		notes = append(notes, c.Name+": vanished: "+strings.Join(named(c.Vanished), ", "))
	}
	return notes
}
