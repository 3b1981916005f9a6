package table_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/mlgauge/mlgauge/table"
)

func ExampleReadParquet() {
	t, err := table.New(table.NewFloat("score", []float64{0.5, 0.25}), table.NewString("label", []string{"yes", "no"}))
	if err != nil {
		panic(err)
	}
	var file bytes.Buffer
	if err := table.WriteParquet(&file, t); err != nil {
		panic(err)
	}
	got, err := table.ReadParquet(bytes.NewReader(file.Bytes()), int64(file.Len()), table.Options{Columns: []string{"label", "score"}})
	if err != nil {
		panic(err)
	}
	if err := table.WriteCSV(os.Stdout, got); err != nil {
		panic(err)
	}
	// Output:
	// label,score
	// yes,0.5
	// no,0.25
}

func ExampleReadJSON() {
	t, err := table.ReadJSON(strings.NewReader(`{"score": 0.5, "label": "yes"}
{"score": null, "label": "no", "late": true}`), table.Options{})
	if err != nil {
		panic(err)
	}
	for _, c := range t.Columns() {
		fmt.Println(c.Name, c.Type, c.Missing())
	}
	// Output:
	// score float 1
	// label string 0
	// late string 1
}
