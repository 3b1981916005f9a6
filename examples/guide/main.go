// Guide walks the study guide formula by formula: what the guide states, what
// the library computes, and whether the two agree.
//
//	go run ./examples/guide
package main

import (
	"fmt"
	"os"

	"github.com/mlgauge/mlgauge/internal/guide"
)

func main() {
	tally, err := guide.Walk(os.Stdout, guide.Rows())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if tally.Failed > 0 {
		os.Exit(1)
	}
}
