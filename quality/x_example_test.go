package quality_test

import (
	"fmt"
	"math"

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
