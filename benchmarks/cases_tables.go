package main

import (
	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
	"github.com/mlgauge/mlgauge/table"
)

func tableCases() []w.Case {
	read := func(name, file string, sizes []int, goals []w.Goal) w.Case {
		return w.Case{Name: name, Against: pandas, Unit: "value", Sizes: sizes, Goals: goals, Prepare: func(d *w.Data) func() {
			path := d.Path(file)
			return func() { w.Must(table.ReadFile(path, table.Options{})) }
		}}
	}
	million := []int{1_000_000, 10_000_000}
	return []w.Case{
		read("read CSV, 10 columns of numbers", "table.csv", million, goals(2.3, 2.3)),
		read("read CSV, a column of words", "words.csv", []int{1_000_000}, nil),
		read("read Parquet, 10 columns of numbers", "table.parquet", million, nil),
		read("read Parquet, 10 columns, not compressed", "plain.parquet", million, nil),
	}
}
