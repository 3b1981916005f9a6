package guide

import (
	"fmt"
	"strings"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

const security = "Data security: PII and PHI"

func piiRows() []Row {
	return []Row{
		{Section: security, Name: "PII detection", States: "name, SSN, email are personally identifiable", Check: piiDetection},
		{Section: security, Name: "Masking", States: "characters are hidden", Check: masking},
		{Section: security, Name: "Pseudonymisation", States: "a value is replaced by a stable, keyed name", Check: pseudonymisation},
		{Section: security, Name: "Anonymisation", States: "k-anonymity and l-diversity of what is left", Check: anonymisation},
	}
}

func piiDetection() (Result, error) {
	t, err := table.New(
		table.NewString("name", []string{"Ada Lovelace", "Alan Turing"}),
		table.NewString("ssn", []string{"536-90-4399", "536-22-8726"}),
		table.NewString("email", []string{"ada@example.com", "alan@example.org"}),
		table.NewString("city", []string{"London", "Wilmslow"}),
	)
	if err != nil {
		return Result{}, err
	}
	scan := quality.PIIScan{Names: []string{"Ada Lovelace", "Alan Turing"}}
	if err := scan.Add(t); err != nil {
		return Result{}, err
	}
	var found []string
	for _, f := range scan.Findings() {
		found = append(found, fmt.Sprintf("%s in %q %d of %d", f.Kind, f.Column, f.Count, f.Values))
	}
	got := strings.Join(found, ", ")
	return Result{Got: got, Verdict: verdict(got == `name in "name" 2 of 2, ssn in "ssn" 2 of 2, email in "email" 2 of 2`)}, nil
}

func masking() (Result, error) {
	got := quality.MaskText("4111-1111-1111-1234", 4)
	return Result{Got: "4111-1111-1111-1234 -> " + got, Verdict: verdict(got == "****-****-****-1234")}, nil
}

func pseudonymisation() (Result, error) {
	p, err := quality.NewPseudonymiser([]byte("0123456789abcdef"))
	if err != nil {
		return Result{}, err
	}
	got := p.Pseudonym("ada@example.com")
	// openssl dgst -sha256 -hmac 0123456789abcdef, the first 16 bytes in base32
	return Result{Got: "ada@example.com -> " + got, Verdict: verdict(got == "p_kerygf3m4g2me6poimcurtyh5q")}, nil
}

// anonymisation measures the 3-diverse table of Li, Li and Venkatasubramanian 2007,
// whose distance by salary the paper gives as 0.375.
func anonymisation() (Result, error) {
	t, err := table.New(
		table.NewString("zip", []string{"476**", "476**", "476**", "4790*", "4790*", "4790*", "476**", "476**", "476**"}),
		table.NewString("age", []string{"2*", "2*", "2*", ">=40", ">=40", ">=40", "3*", "3*", "3*"}),
		table.NewFloat("salary", []float64{3, 4, 5, 6, 11, 8, 7, 9, 10}),
	)
	if err != nil {
		return Result{}, err
	}
	a := quality.Anonymity{Quasi: []string{"zip", "age"}, Sensitive: []string{"salary"}}
	if err := a.Add(t); err != nil {
		return Result{}, err
	}
	k, err := a.K()
	if err != nil {
		return Result{}, err
	}
	l, err := a.DistinctL("salary")
	if err != nil {
		return Result{}, err
	}
	d, err := a.TClosenessOrdered("salary")
	return Result{
		Got:     fmt.Sprintf("9 rows in 3 classes: k = %d, l = %d, t = %.3f", k, l, d),
		Verdict: verdict(k == 3 && l == 3 && near(0.375, d, 1e-9)),
	}, err
}
