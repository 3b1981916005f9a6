// Tune searches the parameters of a nearest-neighbour classifier of iris flowers,
// by their sepals alone, by grid, at random and with a Gaussian process, and scores them by leaving one
// flower out at a time.
//
//	go run ./examples/tune
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"slices"

	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/table"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Stdout, "testdata/iris.csv"); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, path string) error {
	x, y, err := read(path)
	if err != nil {
		return err
	}
	space := experiment.Space{
		experiment.Int("neighbours", 1, 40),
		experiment.LogUniform("power", 0.5, 8), // of Minkowski's distance
		experiment.Choice("weights", "uniform", "distance"),
	}
	space[0].Steps, space[1].Steps = 6, 3 // of the grid

	objective := func(ctx context.Context, run *experiment.Run) (float64, error) {
		return score(ctx, x, y, run.Int("neighbours"), run.Float("power"), run.Choice("weights") == "distance")
	}
	for _, search := range []experiment.Search{experiment.Grid{}, experiment.Random{}, experiment.Bayes{}} {
		// Log: "trials.jsonl" would let a study go on after a crash.
		study := experiment.Study{Space: space, Search: search, Goal: experiment.Minimize, Trials: 36, Seed: 1}
		result, err := study.Run(context.Background(), objective)
		if err != nil {
			return err
		}
		best, err := result.BestTrial()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-19T %d trials: log loss %.4f with %v neighbours, power %.2f, weights %s\n",
			search, len(result.Trials), best.Value, best.Point[0], best.Point[1], space[2].Choices[int(best.Point[2])])
	}
	return nil
}

// score returns the log loss of the votes of the k nearest other flowers, a
// tenth of a vote added for each class so that no probability is 0.
func score(ctx context.Context, x [][]float64, y []string, k int, power float64, byDistance bool) (float64, error) {
	type neighbour struct {
		distance float64
		label    string
	}
	var loss float64
	others := make([]neighbour, 0, len(x))
	for i := range x {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		others = others[:0]
		for j := range x {
			if j == i {
				continue
			}
			var d float64
			for c := range x[i] {
				d += math.Pow(math.Abs(x[i][c]-x[j][c]), power)
			}
			others = append(others, neighbour{math.Pow(d, 1/power), y[j]})
		}
		slices.SortStableFunc(others, func(a, b neighbour) int { return cmp.Compare(a.distance, b.distance) })
		right, all := 0.1, 0.3
		for _, o := range others[:k] {
			vote := 1.0
			if byDistance {
				vote = 1 / (0.1 + o.distance)
			}
			all += vote
			if o.label == y[i] {
				right += vote
			}
		}
		loss -= math.Log(right/all) / float64(len(x))
	}
	return loss, nil
}

func read(path string) (x [][]float64, y []string, err error) {
	r, err := table.Open(path, table.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	for batch, err := range r.All() {
		if err != nil {
			return nil, nil, err
		}
		labels, err := batch.Strings("label")
		if err != nil {
			return nil, nil, err
		}
		rows := make([][]float64, len(labels))
		for _, name := range []string{"sepal_length", "sepal_width"} {
			values, err := batch.Floats(name)
			if err != nil {
				return nil, nil, err
			}
			for i, v := range values {
				rows[i] = append(rows[i], v)
			}
		}
		x, y = append(x, rows...), append(y, labels...)
	}
	return x, y, nil
}
