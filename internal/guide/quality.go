package guide

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

func qualityRows() []Row {
	return []Row{
		{Section: "Data quality and validation", Name: "Data profiling", States: "statistical summaries, distributions", Check: checkProfiling},
		{Section: "Data quality and validation", Name: "Schema validation", States: "type checking, format verification", Check: checkSchema},
		{Section: "Data quality and validation", Name: "Quality checks", States: "automated checks against a baseline", Check: checkAgainstBaseline},
		{Section: "Quality monitoring", Name: "Data quality", States: "missing values, outliers, schema violations", Check: checkDataQuality},
	}
}

func checkProfiling() (Result, error) {
	t, err := table.New(table.NewFloat("x", []float64{2, 4, 4, 4, 5, 5, 7, 9, math.NaN()}))
	if err != nil {
		return Result{}, err
	}
	var p quality.Profile
	if err := p.Add(t); err != nil {
		return Result{}, err
	}
	c := p.Columns()[0]
	n, err := c.Numbers()
	if err != nil {
		return Result{}, err
	}
	q, err := c.Quantiles(0.5)
	if err != nil {
		return Result{}, err
	}
	d, _ := c.Distinct()
	// the sum is 40 and the squares about 5 add up to 32
	return Result{
		Got:     fmt.Sprintf("2, 4, 4, 4, 5, 5, 7, 9 and a missing value: mean %v, std dev %v, median %v, %v distinct, %d missing", n.Mean, n.StdDev, q[0], d, c.Missing()),
		Verdict: verdict(n.Mean == 5 && n.StdDev == 2 && q[0] == 4.5 && d == 5 && c.Missing() == 1),
	}, nil
}

func checkSchema() (Result, error) {
	t, err := table.New(table.NewString("code", []string{"AB-1", "CD-22", "ef-3"}), table.NewFloat("n", []float64{1, 2, 2.5}))
	if err != nil {
		return Result{}, err
	}
	rules, err := quality.ParseRules(`ColumnValues "code" matches "[A-Z]{2}-[0-9]+", ColumnDataType "n" = "Integer"`)
	if err != nil {
		return Result{}, err
	}
	r, err := quality.Verify(rules, t, quality.VerifyOptions{})
	if err != nil {
		return Result{}, err
	}
	a, b := r.Results[0], r.Results[1]
	return Result{
		Got:     fmt.Sprintf("format: row %d of 3 fails; type: row %d fails", a.Rows[0], b.Rows[0]),
		Verdict: verdict(a.Failed == 1 && a.Rows[0] == 3 && b.Failed == 1 && b.Rows[0] == 3),
	}, nil
}

// violations holds a table against the baseline of another.
func violations(before, after *table.Table) ([]string, error) {
	var base, now quality.Profile
	if err := errors.Join(base.Add(before), now.Add(after)); err != nil {
		return nil, err
	}
	v, err := quality.Check(&now, base.Statistics(), base.Constraints())
	if err != nil {
		return nil, err
	}
	var found []string
	for _, x := range v.Violations {
		found = append(found, x.CheckType)
	}
	return found, nil
}

func checkAgainstBaseline() (Result, error) {
	ramp := func(shift float64) []float64 {
		x := make([]float64, 1000)
		for i := range x {
			x[i] = float64(i)/1000 + shift
		}
		return x
	}
	before, err := table.New(table.NewFloat("x", ramp(0)))
	if err != nil {
		return Result{}, err
	}
	// Shifted by 0.15, the distance is 0.15 - 1.8 sqrt(2000/1000000) = 0.0695; by 0.25, 0.1695.
	some, err := table.New(table.NewFloat("x", ramp(0.15)))
	if err != nil {
		return Result{}, err
	}
	more, err := table.New(table.NewFloat("x", ramp(0.25)))
	if err != nil {
		return Result{}, err
	}
	a, err := violations(before, some)
	if err != nil {
		return Result{}, err
	}
	b, err := violations(before, more)
	return Result{
		Got:     fmt.Sprintf("a shift of 0.15: %d violations; of 0.25: %s", len(a), strings.Join(b, ", ")),
		Verdict: verdict(len(a) == 0 && len(b) == 1 && b[0] == quality.BaselineDriftCheck),
	}, err
}

func checkDataQuality() (Result, error) {
	before, err := table.New(table.NewFloat("age", []float64{20, 30, 40, 50}), table.NewFloat("id", []float64{1, 2, 3, 4}))
	if err != nil {
		return Result{}, err
	}
	after, err := table.New(table.NewFloat("age", []float64{20, math.NaN(), 40, -1}))
	if err != nil {
		return Result{}, err
	}
	v, err := violations(before, after)
	want := []string{quality.DataTypeCheck, quality.CompletenessCheck, quality.MissingColumnCheck}
	return Result{Got: "a negative age, a missing one, no id: " + strings.Join(v, ", "), Verdict: verdict(fmt.Sprint(v) == fmt.Sprint(want))}, err
}
