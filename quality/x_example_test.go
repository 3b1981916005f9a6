package quality_test

import (
	"fmt"
	"math"
	"time"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

func ExampleCheck() {
	train, _ := table.New(table.NewFloat("age", []float64{31, 45, 28, 60}), table.NewFloat("income", []float64{1, 2, 3, 4}))
	today, _ := table.New(table.NewFloat("age", []float64{33, math.NaN(), 51, -1}))
	var baseline, current quality.Profile
	_ = baseline.Add(train)
	_ = current.Add(today)
	found, err := quality.Check(&current, baseline.Statistics(), baseline.Constraints())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range found.Violations {
		fmt.Println(v.FeatureName, v.CheckType)
	}
	// Output:
	// age data_type_check
	// age completeness_check
	// income missing_column_check
}

func ExampleVerify() {
	t, _ := table.New(table.NewFloat("id", []float64{1, 2, 2}), table.NewString("colour", []string{"red", "green", "blau"}))
	rules, err := quality.ParseRules(`Rules = [ IsUnique "id", ColumnValues "colour" in ["red", "green", "blue"], RowCount >= 3 ]`)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, _ := quality.Verify(rules, t, quality.VerifyOptions{})
	for _, r := range report.Results {
		fmt.Println(r.Passed, r.Failed, r.Rows)
	}
	_, err = quality.ParseRules("Rules = [\n  IsUnique\n]")
	fmt.Println(err)
	// Output:
	// false 2 [2 3]
	// false 1 [3]
	// true 0 []
	// line 2, column 3: IsUnique: need at least 1 parameters, have 0
}

// What one run measures is the history of the next.
func ExampleReport_Metrics() {
	rules, err := quality.ParseRules(`
		DefaultLabels = ["team"="sales"]
		Rules = [
			RowCount > 0.5 * avg(last(7)),
			DetectAnomalies "Mean" "amount",
			DataFreshness "loaded" <= 2 days labels=["criticality"="high"]
		]
		Analyzers = [ Mean "amount", Completeness "amount" ]`)
	if err != nil {
		fmt.Println(err)
		return
	}
	history := map[string][]float64{"RowCount": {}} // no run so far
	for day, amounts := range [][]float64{{10, 11, 12}, {11, 11, 10}, {9, 12, 11}, {10, 10, 13}, {95, 110}} {
		loaded := make([]string, len(amounts))
		for i := range loaded {
			loaded[i] = fmt.Sprintf("2026-03-%02d", 10+day)
		}
		t, _ := table.New(table.NewFloat("amount", amounts), table.NewString("loaded", loaded))
		now := time.Date(2026, 3, 11+day, 6, 0, 0, 0, time.UTC)
		report, err := quality.Verify(rules, t, quality.VerifyOptions{History: history, Now: now})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, r := range report.Results {
			if !r.Passed {
				fmt.Println("run", day+1, r.Rule, r.Labels["team"])
			}
		}
		for name, v := range report.Metrics() {
			history[name] = append(history[name], v)
		}
	}
	fmt.Println(history["RowCount"], history[`Completeness "amount"`])
	// Output:
	// run 5 DetectAnomalies "Mean" "amount" sales
	// [3 3 3 3 2] [1 1 1 1 1]
}
