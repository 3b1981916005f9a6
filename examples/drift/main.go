// Drift plants three changes in a real data set and finds them: against the data,
// against a saved profile of it, and with a classifier that looks at all columns at
// once.
//
//	go run ./examples/drift
//
// The data are the breast cancer set of scikit-learn. Rows of odd number are the
// reference, rows of even number the new data, in which one column comes in another
// unit, one has a category that was renamed, and one loses a fifth of its values.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/table"
)

func main() {
	log.SetFlags(0)
	if err := find(os.Stdout, "testdata/breast_cancer.csv"); err != nil {
		log.Fatal(err)
	}
}

func find(w io.Writer, path string) error {
	t, err := table.ReadFile(path, table.Options{Columns: []string{"size", "texture", "weight", "mean_radius", "mean_smoothness"}})
	if err != nil {
		return err
	}
	reference, err := every(t, 0)
	if err != nil {
		return err
	}
	current, err := every(t, 1)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "As it is:")
	if err := compare(w, reference, current); err != nil {
		return err
	}
	plant(current)
	fmt.Fprintln(w, "\nWith planted drift:")
	if err := compare(w, reference, current); err != nil {
		return err
	}

	// The reference as a profile: bounded in size, merged from parts, saved as JSON.
	var b drift.Baseline
	if err := b.Add(reference); err != nil {
		return err
	}
	saved, err := json.Marshal(&b)
	if err != nil {
		return err
	}
	var loaded drift.Baseline
	if err := json.Unmarshal(saved, &loaded); err != nil {
		return err
	}
	r, err := drift.CompareToBaseline(&loaded, current, drift.Options{})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nAgainst the saved profile: %d of %d columns drifted\n", r.DriftedColumns, len(r.Columns))

	d, err := drift.DomainClassifier(reference, current, drift.DomainOptions{})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "A classifier tells new rows from old ones with an AUC of %.2f [%.2f, %.2f], mostly by %s\n",
		d.AUC.Value, d.AUC.Low, d.AUC.High, d.Features[0].Name)
	return nil
}

// every returns every second row as columns.
func every(t *table.Table, from int) ([]drift.Column, error) {
	var rows []int
	for i := from; i < t.NumRows(); i += 2 {
		rows = append(rows, i)
	}
	half, err := t.Take(rows)
	if err != nil {
		return nil, err
	}
	var cols []drift.Column
	for _, c := range half.Columns() {
		cols = append(cols, drift.Column{Name: c.Name, Floats: c.Floats, Codes: c.Codes, Dict: c.Dict})
	}
	return cols, nil
}

// plant changes the new data in place.
func plant(cols []drift.Column) {
	for k := range cols {
		c := &cols[k]
		switch c.Name {
		case "mean_radius": // in tenths of an inch
			for i := range c.Floats {
				c.Floats[i] /= 2.54
			}
		case "size": // renamed
			dict := append([]string(nil), c.Dict...)
			for i, s := range dict {
				if s == "medium" {
					dict[i] = "mid"
				}
			}
			c.Dict = dict
		case "weight": // lost
			for i := 0; i < len(c.Floats); i += 5 {
				c.Floats[i] = math.NaN()
			}
		}
	}
}

func compare(w io.Writer, reference, current []drift.Column) error {
	r, err := drift.CompareDatasets(reference, current, drift.Options{Correction: drift.BenjaminiHochberg})
	if err != nil {
		return err
	}
	for _, c := range r.Columns {
		if c.Err != nil {
			return c.Err
		}
		verdict := "stable"
		if c.Drifted {
			verdict = "DRIFT " + c.Direction()
		}
		fmt.Fprintf(w, "  %-16s %-5s p %-8.2g %s", c.Name, c.Test, c.Adjusted, verdict)
		for _, n := range c.New {
			fmt.Fprintf(w, " new: %s (%d rows)", n.Value, n.Count)
		}
		if c.MissingPValue < 0.05 {
			fmt.Fprintf(w, " (missing: %d, then %d)", c.ReferenceMissing, c.CurrentMissing)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "  the data set has drifted: %v (share %.2f)\n", r.Drifted, r.DriftedShare)
	return nil
}
