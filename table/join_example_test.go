package table_test

import (
	"fmt"

	"github.com/mlgauge/mlgauge/table"
)

func ExampleJoin() {
	people, err := table.New(table.NewFloat("id", []float64{1, 2, 3}), table.NewString("name", []string{"ann", "bob", "cid"}))
	if err != nil {
		fmt.Println(err)
		return
	}
	orders, err := table.New(table.NewFloat("id", []float64{2, 2, 9}), table.NewFloat("amount", []float64{10, 20, 30}))
	if err != nil {
		fmt.Println(err)
		return
	}
	joined, report, err := table.Join(people, orders, table.JoinOptions{How: table.Left, On: []string{"id"}, Validate: table.OneToMany})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(joined.Names())
	fmt.Println(report)
	fmt.Println("orders of nobody:", report.RightOnlyKeys)
	// Output:
	// [id name amount]
	// 4 rows from 3 and 3: 2 pairs, 2 rows only on the left, 1 only on the right
	// orders of nobody: [[9]]
}
