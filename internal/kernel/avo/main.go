// Avo writes the vector loops of internal/kernel. The portable loop beside each
// of them is the definition; see doc.go there.
//
//	go generate ./internal/kernel
//
// runs it once per topic; the files it writes are committed.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"

	. "github.com/mmcloughlin/avo/build"
)

// A topic is one pair of files of internal/kernel.
type topic struct {
	name  string
	write func()
}

var topics = []topic{
	{"affine", affine},
	{"between", between},
	{"columns", columns},
	{"counts", counts},
	{"deviations", deviations},
	{"edges", edges},
	{"finite", finite},
	{"gaps", gaps},
	{"gram", gram},
	{"near", near},
	{"nibbles", nibbles},
	{"numbers", numbers},
	{"losses", losses},
	{"pairs", pairs},
	{"probability", probability},
	{"rows", rows},
	{"separators", separators},
	{"tokens", tokens},
	{"wins", wins},
	{"within", within},
}

func main() {
	name := flag.String("topic", "", "what to write: pairs, columns, ...")
	flag.Parse()
	at := slices.IndexFunc(topics, func(t topic) bool { return t.name == *name })
	if at < 0 {
		fmt.Fprintf(os.Stderr, "avo: -topic: unknown topic %q\n", *name)
		os.Exit(2)
	}
	ConstraintExpr("!purego")
	topics[at].write()
	Generate()
}
