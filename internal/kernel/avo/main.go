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

	. "github.com/mmcloughlin/avo/build"
)

var topics = map[string]func(){
	"affine":  affine,
	"columns": columns,
	"counts":  counts,
	"finite":  finite,
	"near":    near,
	"pairs":   pairs,
	"rows":    rows,
}

func main() {
	topic := flag.String("topic", "", "what to write: pairs, columns, ...")
	flag.Parse()
	write, ok := topics[*topic]
	if !ok {
		fmt.Fprintf(os.Stderr, "avo: -topic: unknown topic %q\n", *topic)
		os.Exit(2)
	}
	ConstraintExpr("!purego")
	write()
	Generate()
}
