// Stream watches a stream of sensor values for change with four detectors, value by
// value as they come in, saves one of them in mid-stream, and resumes it.
//
//	go run ./examples/stream
//	go run ./examples/stream prices.csv price
//
// Any CSV file with a column of numbers will do. By default it is the CO2 content of
// the air in an office room, from the Occupancy Detection set of the UCI Machine
// Learning Repository (L. Candanedo, CC BY 4.0; see testdata/make_occupancy.py), in
// which five people marked the changes they saw.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/table"
)

func main() {
	log.SetFlags(0)
	path, column := "testdata/occupancy.csv", "co2"
	if len(os.Args) == 3 {
		path, column = os.Args[1], os.Args[2]
	}
	if err := watch(os.Stdout, path, column); err != nil {
		log.Fatal(err)
	}
}

func watch(w io.Writer, path, column string) error {
	t, err := table.ReadFile(path, table.Options{})
	if err != nil {
		return err
	}
	x, err := t.Floats(column)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: %d values of %q\n\n", path, len(x), column)
	// The options that depend on the unit are in standard deviations of the first
	// hundred values, which raise no alarm here.
	const learn = 100
	if len(x) <= learn {
		return fmt.Errorf("%s: need more than %d values, have %d", path, learn, len(x))
	}
	var p drift.Profile
	if err := p.AddFloats(x[:learn]); err != nil {
		return err
	}
	sd := p.StdDev()
	detectors := []struct {
		name string
		d    drift.Detector
	}{
		{"ADWIN", &drift.ADWIN{}},
		{"KSWIN", &drift.KSWIN{Window: 60, Recent: 20}},
		{"Page-Hinkley", &drift.PageHinkley{Delta: sd / 2, Lambda: 20 * sd, Direction: drift.Both}},
		{"CUSUM", &drift.CUSUM{K: 1, H: 10, Learn: 40}},
	}
	for _, d := range detectors {
		found, err := run(d.d, x)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-12s  drift at %v\n", d.name, found)
	}
	if t.Has("annotated") {
		votes, err := t.Floats("annotated")
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-12s  change at %v\n", "five people", marked(votes))
	}
	return resume(w, x)
}

// run feeds the stream to a detector; what is missing is passed over.
func run(d drift.Detector, x []float64) (found []int, err error) {
	for i, v := range x {
		if math.IsNaN(v) {
			continue
		}
		status, err := d.Add(v)
		if err != nil {
			return nil, err
		}
		if status == drift.Drift {
			found = append(found, i)
		}
	}
	return found, nil
}

// marked returns the middle of each run of rows that at least two people marked.
func marked(votes []float64) (at []int) {
	for i := 0; i < len(votes); i++ {
		from := i
		for i < len(votes) && votes[i] >= 2 {
			i++
		}
		if i > from {
			at = append(at, (from+i-1)/2)
		}
	}
	return at
}

// resume stops a detector after half of the stream and goes on with a copy made from
// its bytes.
func resume(w io.Writer, x []float64) error {
	half := len(x) / 2
	var first, second drift.ADWIN
	before, err := run(&first, x[:half])
	if err != nil {
		return err
	}
	saved, err := first.MarshalBinary()
	if err != nil {
		return err
	}
	if err := second.UnmarshalBinary(saved); err != nil {
		return err
	}
	after, err := run(&second, x[half:])
	if err != nil {
		return err
	}
	for i := range after {
		after[i] += half
	}
	fmt.Fprintf(w, "\nADWIN saved after %d values (%d bytes) and resumed: drift at %v\n", half, len(saved), append(before, after...))
	return nil
}
