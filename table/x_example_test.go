package table_test

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/mlgauge/mlgauge/table"
)

const people = `name,age,city
Ada,36,London
Grace,NA,"New York"
Alan,41,London
`

func ExampleReadCSV() {
	t, err := table.ReadCSV(strings.NewReader(people), table.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range t.Columns() {
		fmt.Println(c.Name, c.Type, c.Missing())
	}
	age, _ := t.Floats("age")
	city, _ := t.Column("city")
	fmt.Println(age)
	fmt.Println(city.Codes, city.Dict)
	// Output:
	// name string 0
	// age float 1
	// city string 0
	// [36 NaN 41]
	// [0 1 0] [London New York]
}

func ExampleOptions() {
	t, err := table.ReadCSV(strings.NewReader("id,score\n007,0.5\n042,none\n"), table.Options{
		Columns: []string{"score", "id"},
		Types:   map[string]table.Type{"id": table.String}, // not the number 7
		Missing: []string{"none"},
	})
	if err != nil {
		log.Fatal(err)
	}
	ids, _ := t.Strings("id")
	score, _ := t.Floats("score")
	fmt.Println(ids, score)
	// Output: [007 042] [0.5 NaN]
}

func ExampleNewCSV() {
	r, err := table.NewCSV(strings.NewReader(people), table.Options{BatchRows: 2})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	for batch, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		names, _ := batch.Strings("name")
		fmt.Println(names)
	}
	// Output:
	// [Ada Grace]
	// [Alan]
}

func ExampleError() {
	_, err := table.ReadCSV(strings.NewReader("a,b\n1,2\n3\n"), table.Options{})
	fmt.Println(err)
	_, err = table.ReadCSV(strings.NewReader("a,b\n1,2\n3,x\n"), table.Options{Types: map[string]table.Type{"b": table.Float}})
	fmt.Println(err)
	// Output:
	// -: row 2 (line 3): need 2 fields, have 1: corrupt data
	// -: row 2 (line 3): column "b": need a number, have "x" (the column is declared float): value out of range
}

func ExampleWriteCSV() {
	t, err := table.New(
		table.NewString("city", []string{"London", "Paris, Texas"}),
		table.NewFloat("share", []float64{0.1, 1e-9}),
	)
	if err != nil {
		log.Fatal(err)
	}
	if err := table.WriteCSV(os.Stdout, t); err != nil {
		log.Fatal(err)
	}
	// Output:
	// city,share
	// London,0.1
	// "Paris, Texas",1e-09
}

func ExampleConcat() {
	a, _ := table.New(table.NewString("x", []string{"b", "a"}))
	b, _ := table.New(table.NewString("x", []string{"c", "b"}))
	t, err := table.Concat(a, b)
	if err != nil {
		log.Fatal(err)
	}
	c := t.Columns()[0]
	fmt.Println(c.Codes, c.Dict)
	// Output: [0 1 2 0] [b a c]
}
