// Guide walks the study guide formula by formula: what the guide states, what
// the library computes, and whether the two agree. The last line is for
// machines; the exit status is 1 if a formula failed.
//
//	go run ./examples/guide
package main

import (
	"fmt"
	"os"

	"github.com/mlgauge/mlgauge/internal/guide"
	"github.com/mlgauge/mlgauge/internal/terminal"
)

func main() {
	tally, err := guide.Walk(os.Stdout, guide.Rows(), terminal.StyleOf(os.Stdout))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if tally.Failed > 0 {
		os.Exit(1)
	}
}
