// Quality makes a baseline of a file, damages a copy of the file as pipelines do
// (a column renamed, a unit changed, a label misspelt, values lost), and checks the
// copy against the baseline and against rules.
//
//	go run ./examples/quality
//	go run ./examples/quality baseline.csv today.csv
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

const rules = `Rules = [
    RowCount > 500,
    IsComplete "size",
    ColumnValues "label" in ["benign", "malignant"],
    ColumnValues "mean_radius" between 5 and 30 with threshold > 0.99,
    ColumnCorrelation "mean_radius" "score" > 0.8,
    (ColumnExists "weight") or (ColumnExists "weight_kg")
]`

func main() {
	log.SetFlags(0)
	path := "testdata/breast_cancer.csv"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	before, err := table.ReadFile(path, table.Options{})
	if err != nil {
		log.Fatal(err)
	}
	today, err := damage(before)
	if len(os.Args) > 2 {
		today, err = table.ReadFile(os.Args[2], table.Options{})
	}
	if err == nil {
		err = compare(os.Stdout, before, today)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// compare makes a baseline of one table and checks the other against it.
func compare(w io.Writer, before, today *table.Table) error {
	var baseline, current quality.Profile
	if err := baseline.Add(before); err != nil {
		return err
	}
	if err := current.Add(today); err != nil {
		return err
	}
	found, err := quality.Check(&current, baseline.Statistics(), baseline.Constraints())
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d violations of the baseline\n", len(found.Violations))
	for _, v := range found.Violations {
		fmt.Fprintf(w, "  %-11s  %s\n", v.FeatureName, v.CheckType)
	}
	parsed, err := quality.ParseRules(rules)
	if err != nil {
		return err
	}
	report, err := quality.Verify(parsed, today, quality.VerifyOptions{MaxRows: 3})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\nrules")
	for _, r := range report.Results {
		if r.Passed {
			fmt.Fprintln(w, "  kept   ", r.Rule)
			continue
		}
		fmt.Fprintln(w, "  broken ", r.Rule)
		fmt.Fprintln(w, "         ", r.Reason)
		if len(r.Rows) > 0 {
			fmt.Fprintln(w, "          first rows:", strings.Trim(fmt.Sprint(r.Rows), "[]"))
		}
	}
	return nil
}

// damage returns a copy with a column renamed, a unit changed for the last third
// of the rows, every tenth size lost and every fifth malignant misspelt.
func damage(t *table.Table) (*table.Table, error) {
	cols := slices.Clone(t.Clone().Columns())
	for j := range cols {
		col := &cols[j]
		switch col.Name {
		case "weight":
			col.Name = "weight_kg"
		case "mean_radius":
			for i := 2 * len(col.Floats) / 3; i < len(col.Floats); i++ {
				col.Floats[i] = math.Round(col.Floats[i]) / 10
			}
		case "size":
			for i := 0; i < len(col.Codes); i += 10 {
				col.Codes[i] = table.MissingCode
			}
		case "label":
			col.Dict = append(col.Dict, "Malignant")
			for i, k := range col.Codes {
				if i%5 == 0 && col.Dict[k] == "malignant" {
					col.Codes[i] = int32(len(col.Dict) - 1)
				}
			}
		}
	}
	return table.New(cols...)
}
