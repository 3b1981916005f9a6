// Gopeers is the Go side of the peers: what a Go user would take in mlgauge's stead. It is
// a module of its own, so that nobody else gets these dependencies.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

const (
	gonum   = "gonum"
	montana = "montanaflynn/stats"
	golearn = "golearn"
	more    = "go-moremath"
	online  = "go-onlinestats"
)

func main() {
	if err := w.Serve(os.Stdin, os.Stdout, versions(), cases()); err != nil {
		fmt.Fprintln(os.Stderr, "gopeers:", err)
		os.Exit(1)
	}
}

func cases() []w.Case {
	return append(metricsCases(), columnCases()...)
}

// versions returns those of the peers that this program is built with.
func versions() []string {
	info, _ := debug.ReadBuildInfo()
	var all []string
	for _, m := range info.Deps {
		for _, peer := range []string{gonum, montana, golearn, more, online} {
			if strings.HasSuffix(m.Path, peer) {
				all = append(all, peer+" "+strings.TrimPrefix(m.Version, "v"))
			}
		}
	}
	return all
}
