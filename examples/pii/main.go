// Pii takes a table of patients to one that can be handed on: personal data is
// found and pseudonymised or generalised, and how well the rows then hide among
// each other is measured before and after.
//
//	go run ./examples/pii
package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pii:", err)
		os.Exit(1)
	}
}

// patients invents a table.
func patients(rows int) (*table.Table, error) {
	r := rand.New(rand.NewPCG(11, 5))
	first := []string{"Ada", "Alan", "Grace", "Edsger", "Barbara", "Donald"}
	email, ssn, zip := make([]string, rows), make([]string, rows), make([]string, rows)
	born, note, illness := make([]string, rows), make([]string, rows), make([]string, rows)
	for i := range rows {
		name := first[r.IntN(len(first))]
		email[i] = fmt.Sprintf("%s.%d@example.com", name, i)
		ssn[i] = fmt.Sprintf("%03d-%02d-%04d", 100+r.IntN(500), 1+r.IntN(99), 1+r.IntN(9999))
		zip[i] = fmt.Sprintf("94%d%02d", 1+r.IntN(3), r.IntN(40))
		born[i] = fmt.Sprintf("19%d-%02d-%02d", 60+5*r.IntN(6), 1+r.IntN(12), 1+r.IntN(28))
		if r.IntN(4) == 0 {
			note[i] = fmt.Sprintf("%s can be called at (212) 555-%04d", name, r.IntN(10000))
		}
		illness[i] = []string{"flu", "asthma", "gastritis", "fracture"}[r.IntN(4)]
	}
	return table.New(table.NewString("email", email), table.NewString("ssn", ssn), table.NewString("zip", zip),
		table.NewString("birth_date", born), table.NewString("note", note), table.NewString("illness", illness))
}

func run(w io.Writer) error {
	t, err := patients(2000)
	if err != nil {
		return err
	}
	scan := quality.PIIScan{Names: []string{"Ada", "Alan", "Grace", "Edsger", "Barbara", "Donald"}}
	if err := scan.Add(t); err != nil {
		return err
	}
	for _, f := range scan.Findings() {
		fmt.Fprintf(w, "%-10s %-10s in %4d of %d values, confidence %.2f, such as %s\n", f.Column, f.Kind, f.Count, f.Values, f.Confidence, f.Examples[0])
	}
	// A real key comes from a secret store and stays there.
	key, err := quality.NewPseudonymiser([]byte("an example's key, not a secret!!"))
	if err != nil {
		return err
	}
	m := quality.Masker{
		Action:     quality.MaskRedact,
		Pseudonyms: key,
		Columns: map[string]quality.MaskRule{
			"email":      {Action: quality.MaskPseudonymise},
			"ssn":        {Action: quality.MaskRedact},
			"zip":        {Action: quality.MaskPrefix, N: 3},
			"birth_date": {Action: quality.MaskYear},
		},
	}
	if err := m.Fit(&scan); err != nil {
		return err
	}
	masked, err := m.Transform(t)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		t    *table.Table
	}{{"before", t}, {"after", masked}} {
		a := quality.Anonymity{Quasi: []string{"zip", "birth_date"}, Sensitive: []string{"illness"}}
		if err := a.Add(part.t); err != nil {
			return err
		}
		k, err := a.K()
		if err != nil {
			return err
		}
		l, err := a.DistinctL("illness")
		if err != nil {
			return err
		}
		d, err := a.TClosenessEqual("illness")
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: %d classes, k = %d, l = %d, t = %.2f, %d rows in classes below 5\n", part.name, a.Classes(), k, l, d, a.Below(5))
	}
	return table.WriteCSV(w, masked.Slice(0, 3))
}
