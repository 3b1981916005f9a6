package main

import (
	"fmt"
	"os"
	"strings"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

// growthSizes are those of the table of growth.
var growthSizes = []int{10_000, 100_000, 1_000_000, 10_000_000}

// growing measures the cost per element of the hot paths as the data grows, on one core.
func (c *comparison) growing() ([]row, error) {
	var rows []row
	for _, k := range cases() {
		if !k.Flat || !c.wants(k) {
			continue
		}
		for _, n := range growthSizes {
			dir, err := c.folder(n)
			if err != nil {
				return nil, err
			}
			r := row{Case: k.Name, N: n}
			for range 3 {
				a, err := c.ours.ask(w.Request{Do: "time", Clock: c.clock, Case: k.Name, Dir: dir, N: n})
				if err != nil {
					return nil, fmt.Errorf("%s, %d elements: %w", k.Name, n, err)
				}
				r.Ours.Seconds = append(r.Ours.Seconds, a.Seconds)
			}
			rows = append(rows, r)
		}
		fmt.Fprintf(os.Stderr, "growth of %s\n", k.Name)
	}
	return rows, nil
}

// notFlat is the growth from the smallest to the dearest size from which a reason must
// stand beside it.
const notFlat = 1.5

// growthTable writes the cost per element at each size, and why it is not flat where it
// is not.
func growthTable(b *strings.Builder, rows []row) {
	fmt.Fprintf(b, "| work | 1e4 | 1e5 | 1e6 | 1e7 | dearest / 1e4 | why |\n|---|---:|---:|---:|---:|---:|---|\n")
	for len(rows) > 0 {
		name := rows[0].Case
		k, known := find(name)
		first, worst := 0.0, 0.0
		line := "| " + name
		for len(rows) > 0 && rows[0].Case == name {
			cost := 1e9 * rows[0].Ours.median() / k.Elements(rows[0].N)
			if first == 0 {
				first = cost
			}
			worst = max(worst, cost)
			line += " | " + figure(cost)
			rows = rows[1:]
		}
		if !known {
			continue
		}
		why := ""
		if worst/first > notFlat {
			why = growthReasons[name]
			if why == "" && k.Limit != "" {
				why = memoryReason
			}
			if why == "" {
				why = "not explained"
			}
		}
		fmt.Fprintf(b, "%s | %.1f | %s |\n", line, worst/first, why)
	}
}
