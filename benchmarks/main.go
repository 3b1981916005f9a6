// Benchmarks compares mlgauge with its peers, in Python and in Go, on the same arrays, in
// turn, in one run.
//
//	make bench-compare
//
// installs the peers and runs
//
//	go run ./benchmarks -save benchmarks/results/main.json    # measure
//	go run ./benchmarks -render                               # write RESULTS.md and the README's table
//
// README.md beside this file says how it is done and how a case is added.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

func main() {
	serve := flag.Bool("serve", false, "be a worker: answer requests from standard input")
	render := flag.Bool("render", false, "write RESULTS.md and the README's table from benchmarks/results, and measure nothing")
	growth := flag.Bool("growth", false, "measure nothing but the cost per element as the data grows; a saved run of all cases has it anyway")
	save := flag.String("save", "", "file to write the figures to; tables to standard output if empty")
	sizes := flag.String("sizes", "100,10000,1000000,10000000", "numbers of elements, separated by commas; multiples of 20")
	rounds := flag.Int("rounds", 5, "rounds up to a million elements; half as many above, but three")
	only := flag.String("only", "", "run the cases whose name contains one of these, separated by |")
	peers := flag.String("peers", "main,clarify,evidently,gopeers", "environments of the peers, separated by commas; those not installed are left out")
	clock := flag.String("clock", "wall", "wall, or cpu: the time on a processor, for a look while the machine is busy")
	venv := flag.String("venv", ".venv", "folder of the environments")
	flag.Parse()
	var err error
	switch {
	case *serve:
		err = w.Serve(os.Stdin, os.Stdout, []string{"mlgauge", "Go " + goVersion()}, cases())
	case *render:
		err = renderAll(filepath.Join("benchmarks", "results"), filepath.Join("benchmarks", "RESULTS.md"), "README.md")
	default:
		o := options{rounds: *rounds, only: strings.Split(*only, "|"), peers: strings.Split(*peers, ","), venv: *venv, clock: w.Clock(*clock), growth: *growth || *save != "" && *only == "", alone: *growth}
		if !slices.ContainsFunc(cases(), o.wants) {
			err = fmt.Errorf("-only: no case has %q in its name", *only)
		} else if o.sizes, err = parseSizes(*sizes); err == nil {
			err = measure(o, *save)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

func parseSizes(text string) ([]int, error) {
	var sizes []int
	for _, field := range strings.Split(text, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 20 || n%20 != 0 {
			return nil, fmt.Errorf("-sizes: need multiples of 20, have %q", field)
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

// measure runs the comparison and saves or prints it.
func measure(o options, save string) error {
	keep := func(r *results) error {
		if save == "" {
			return nil
		}
		return r.save(save)
	}
	r, err := run(o, keep)
	if err != nil {
		return err
	}
	if save == "" {
		fmt.Print(report([]*results{r}))
	}
	return keep(r)
}
