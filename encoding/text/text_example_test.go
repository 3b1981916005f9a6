package text_test

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/encoding/text"
)

var documents = []string{
	"The king rules the land.",
	"The queen rules the sea.",
	"A fox runs over the land.",
}

func ExampleAnalyzer() {
	a := text.Analyzer{StopWords: text.English(), Stemmer: "english", NMax: 2}
	terms, err := a.Terms("The foxes were running over the hills")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", terms)
	// Output: ["fox" "run" "hill" "fox run" "run hill"]
}

func ExampleCountVectorizer() {
	var v text.CountVectorizer
	x, err := v.FitTransform(nil, documents)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(v.FeatureNames())
	columns, counts := x.Row(0)
	fmt.Println(columns, counts)
	// Output:
	// [fox king land over queen rules runs sea the]
	// [1 2 5 8] [1 1 1 2]
}

// A vectorizer fitted in batches, or on shards that are merged, is the same as
// one fitted on the whole.
func ExampleCountVectorizer_Merge() {
	var a, b text.CountVectorizer
	if err := a.PartialFit(documents[:2]); err != nil {
		log.Fatal(err)
	}
	if err := b.Fit(documents[2:]); err != nil {
		log.Fatal(err)
	}
	if err := a.Merge(&b); err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Statistics().Documents(), a.Statistics().DocumentFrequency("land"))
	// Output: 3 2
}

func ExampleTfidfVectorizer() {
	var v text.TfidfVectorizer
	v.StopWords = text.English()
	x, err := v.FitTransform(nil, documents)
	if err != nil {
		log.Fatal(err)
	}
	top, err := text.TopTerms(x, v.FeatureNames(), 0, 2)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range top {
		fmt.Printf("%s %.4f\n", t.Term, t.Weight)
	}
	// Output:
	// king 0.6809
	// land 0.5179
}

// One document at a time, into memory that is used again.
func ExampleTfidfVectorizer_TransformOne() {
	var v text.TfidfVectorizer
	if err := v.Fit(documents); err != nil {
		log.Fatal(err)
	}
	var row encoding.CSR
	for _, doc := range []string{"the fox and the queen", "nothing known"} {
		if _, err := v.TransformOne(&row, doc); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v %.3f\n", row.Indices, row.Data)
	}
	// Output:
	// [0 4 8] [0.543 0.543 0.641]
	// [] []
}

func ExampleHashingVectorizer() {
	h := text.HashingVectorizer{Features: 1024, Norm: text.NoNorm}
	x, err := h.Transform(nil, []string{"This is the first document."})
	if err != nil {
		log.Fatal(err)
	}
	columns, values := x.Row(0)
	fmt.Println(columns, values)
	// Output: [78 158 365 432 1000] [1 -1 1 -1 -1]
}

func ExampleCosineSimilarity() {
	var v text.TfidfVectorizer
	x, err := v.FitTransform(nil, documents)
	if err != nil {
		log.Fatal(err)
	}
	s, err := text.CosineSimilarity(nil, x, x)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.3f %.3f\n", s.At(0, 1), s.At(0, 2))
	// Output: 0.525 0.342
}

func ExampleVectors_Analogy() {
	v, err := text.ReadGloVe(strings.NewReader(`king 1 1 0
queen 1 -1 0
man 0 1 0
woman 0 -1 0
apple 0 0 1
`), 0)
	if err != nil {
		log.Fatal(err)
	}
	best, err := v.Analogy([]string{"king", "woman"}, []string{"man"}, 1, text.CosAdd)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %.3f\n", best[0].Word, best[0].Score)
	// Output: queen 0.960
}

func ExampleVectors_WriteWord2VecText() {
	v, err := text.NewVectors([]string{"up", "down"}, 2, []float32{0, 1, 0.5, -1})
	if err != nil {
		log.Fatal(err)
	}
	if err := v.WriteWord2VecText(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 2 2
	// up 0 1
	// down 0.5 -1
}

func ExampleSkipGram() {
	var corpus [][]string
	for range 400 {
		corpus = append(corpus, []string{"cat", "dog", "mouse"}, []string{"red", "green", "blue"})
	}
	v, err := text.SkipGram{Dim: 8, Sample: -1, Epochs: 10, Seed: 1}.Train(corpus)
	if err != nil {
		log.Fatal(err)
	}
	near, err := v.Nearest("cat", 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(near[0].Word != "red" && near[1].Word != "red")
	// Output: true
}
