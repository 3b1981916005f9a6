// The program embeddings trains word vectors on a book and asks small vectors
// for analogies.
//
//	go run ./examples/embeddings
//	go run ./examples/embeddings -royal examples/embeddings/royal.vec
//
// The book is Newton's Opticks (1704), in the public domain, as it ships with Go
// (src/testdata/Isaac.Newton-Opticks.txt). The small vectors, royal.vec, were
// trained by royal.go on sentences made up for the purpose; -royal makes them
// again.
package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/mlgauge/mlgauge/encoding/text"
)

//go:embed opticks.txt.gz
var opticks []byte

//go:embed royal.vec
var royal []byte

func main() {
	log.SetFlags(0)
	file := flag.String("royal", "", "train the small vectors and write them to `FILE`")
	flag.Parse()
	if *file != "" {
		if err := writeRoyal(*file); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := book(os.Stdout, 20); err != nil {
		log.Fatal(err)
	}
	if err := analogies(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func writeRoyal(name string) error {
	v, err := trainRoyal()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := v.WriteWord2VecText(&b); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// sentences returns the words of the book, sentence by sentence.
func sentences() ([][]string, error) {
	r, err := gzip.NewReader(bytes.NewReader(opticks))
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	a := text.Analyzer{Invalid: text.IgnoreInvalid, StopWords: text.English()}
	var out [][]string
	for s := range strings.FieldsFuncSeq(string(b), func(r rune) bool { return strings.ContainsRune(".;?!", r) }) {
		words, err := a.Terms(s)
		if err != nil {
			return nil, err
		}
		if len(words) > 1 {
			out = append(out, words)
		}
	}
	return out, nil
}

// book trains on the Opticks and prints neighbours of some of its words.
func book(w io.Writer, epochs int) error {
	s, err := sentences()
	if err != nil {
		return err
	}
	v, err := text.SkipGram{Dim: 48, MinCount: 8, Epochs: epochs, Alpha: 0.05, Seed: 1}.Train(s)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Opticks: %d sentences, %d words with a vector of %d\n\n", len(s), v.Len(), v.Dim())
	for _, word := range []string{"red", "prism", "telescope", "eye", "water", "particles"} {
		near, err := v.Nearest(word, 6)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-10s", word)
		for _, n := range near {
			fmt.Fprintf(w, "  %s %.2f", n.Word, n.Score)
		}
		fmt.Fprintln(w)
	}
	return nil
}

// analogies asks the small vectors.
func analogies(w io.Writer) error {
	v, err := text.ReadWord2VecText(bytes.NewReader(royal), 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nroyal.vec: %d words with a vector of %d\n\n", v.Len(), v.Dim())
	questions := text.AnalogySection{Name: "royal"}
	for _, q := range [][4]string{
		{"man", "king", "woman", "queen"}, {"boy", "prince", "girl", "princess"},
		{"king", "prince", "queen", "princess"}, {"man", "boy", "woman", "girl"},
	} {
		near, err := v.Analogy([]string{q[1], q[2]}, []string{q[0]}, 3, text.CosAdd)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s - %s + %s =", q[1], q[0], q[2])
		for _, n := range near {
			fmt.Fprintf(w, "  %s %.2f", n.Word, n.Score)
		}
		fmt.Fprintln(w)
		questions.Analogies = append(questions.Analogies, q)
	}
	for i, method := range []text.Method{text.CosAdd, text.CosMul} {
		_, all, err := v.Evaluate([]text.AnalogySection{questions}, method, 0)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: %d of %d right\n", []string{"3CosAdd", "3CosMul"}[i], all.Correct, all.Total)
	}
	return nil
}
