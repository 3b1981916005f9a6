package encoding_test

import (
	"encoding/json"
	"fmt"
	"log"

	"github.com/mlgauge/mlgauge/encoding"
)

func ExampleOneHot() {
	x := []encoding.Column{{Name: "colour", Labels: []string{"red", "green", "red", "blue"}}}
	e := encoding.OneHot{HandleUnknown: encoding.Value}
	if err := e.Fit(x); err != nil {
		log.Fatal(err)
	}
	names, _ := e.FeatureNames()
	fmt.Println(names)
	row := make([]float64, e.Width())
	for _, colour := range []string{"red", "mauve"} {
		if err := e.EncodeRow(row, []string{colour}); err != nil {
			log.Fatal(err)
		}
		fmt.Println(colour, row)
	}
	// Output:
	// [colour_blue colour_green colour_red]
	// red [0 0 1]
	// mauve [0 0 0]
}

func ExampleOneHot_sparse() {
	x := encoding.Columns([]string{"a", "b", "a", "c"}, []string{"x", "x", "y", "y"})
	var e encoding.OneHot
	m, err := e.FitTransformCSR(nil, x)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Indptr, m.Indices)
	// Output: [0 2 4 6 8] [0 3 1 3 0 4 2 4]
}

func ExampleOrdinal() {
	e := encoding.Ordinal{Categories: [][]string{{"HS", "Bachelor", "Master", "PhD"}}, HandleUnknown: encoding.Value}
	if err := e.Fit(encoding.Columns([]string{"PhD", "HS"})); err != nil {
		log.Fatal(err)
	}
	m, err := e.Transform(nil, encoding.Columns([]string{"HS", "Master", "none"}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.RawMatrix().Data)
	// Output: [0 2 -1]
}

func ExampleTarget() {
	x := encoding.Columns([]string{"oslo", "oslo", "rome", "rome", "rome", "oslo"})
	y := []float64{10, 12, 20, 21, 25, 14}
	e := encoding.Target{Smooth: new(1.0)}
	// Training rows: each fold from the others.
	train, err := e.FitTransform(nil, x, y, []int{0, 1, 2, 0, 1, 2})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", train.RawMatrix().Data)
	// New rows: from all.
	test, err := e.Transform(nil, encoding.Columns([]string{"oslo", "lima"}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", test.RawMatrix().Data)
	// Output:
	// [14.58 13.42 21.00 20.92 19.08 13.00]
	// [13.25 17.00]
}

func ExampleTarget_shards() {
	var a, b encoding.Target
	if err := a.Fit(encoding.Columns([]string{"x", "y"}), []float64{1, 2}); err != nil {
		log.Fatal(err)
	}
	if err := b.Fit(encoding.Columns([]string{"x", "z"}), []float64{3, 6}); err != nil {
		log.Fatal(err)
	}
	saved, err := json.Marshal(&b) // travels to where a is
	if err != nil {
		log.Fatal(err)
	}
	var c encoding.Target
	if err := json.Unmarshal(saved, &c); err != nil {
		log.Fatal(err)
	}
	if err := a.Merge(&c); err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Mean, a.Features[0].Categories)
	// Output: [3] [x y z]
}

func ExampleEncodeColumn() {
	// Hash once, then use the codes with as many encoders as you like.
	c, err := encoding.EncodeColumn(encoding.Column{Name: "city", Labels: []string{"oslo", "rome", "NA", "oslo"}, Missing: []string{"NA"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Codes, c.Categories)
	// Output: [0 1 -1 0] [oslo rome]
}

func ExampleBaseN() {
	var e encoding.Binary
	if err := e.Fit(encoding.Columns([]string{"a", "b", "c", "d", "e"})); err != nil {
		log.Fatal(err)
	}
	row := make([]float64, e.Width())
	if err := e.EncodeRow(row, []string{"e"}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(row)
	// Output: [1 0 1]
}

func ExampleSimilarity() {
	var e encoding.Similarity
	if err := e.Fit(encoding.Columns([]string{"police officer", "teacher", "nurse"})); err != nil {
		log.Fatal(err)
	}
	like, s, err := e.Nearest(0, "Polise Oficer")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %.2f\n", like, s)
	// Output: police officer 0.50
}

func ExampleWOE() {
	x := []encoding.Column{{Name: "job", Labels: []string{"a", "a", "a", "b", "b", "b"}}}
	var e encoding.WOE
	if err := e.Fit(x, []float64{1, 1, 0, 0, 0, 1}); err != nil {
		log.Fatal(err)
	}
	iv, _ := e.InformationValue()
	fmt.Printf("%.4f %.4f\n", e.Features[0].Values, iv)
	// Output: [0.4055 -0.4055] [0.1622]
}

func ExampleContrast() {
	e := encoding.Contrast{Kind: encoding.Helmert}
	if err := e.Fit(encoding.Columns([]string{"low", "mid", "high"})); err != nil {
		log.Fatal(err)
	}
	m, err := e.Transform(nil, encoding.Columns([]string{"low", "mid", "high"}))
	if err != nil {
		log.Fatal(err)
	}
	for i := range 3 {
		fmt.Println(m.RawRowView(i))
	}
	// Output:
	// [-1 -1]
	// [1 -1]
	// [0 2]
}

func ExampleMultiLabelBinarizer() {
	var e encoding.MultiLabelBinarizer
	tags := [][]string{{"sci-fi", "thriller"}, {"comedy"}}
	if err := e.Fit(tags); err != nil {
		log.Fatal(err)
	}
	m, err := e.Transform(nil, tags)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Label.Classes, m.RawRowView(0), m.RawRowView(1))
	// Output: [comedy sci-fi thriller] [0 1 1] [1 0 0]
}

func ExampleRareLabel() {
	x := encoding.Columns([]string{"a", "a", "a", "b", "b", "c"})
	e := encoding.RareLabel{Tolerance: new(0.2), MinCategories: new(1)}
	if err := e.Fit(x); err != nil {
		log.Fatal(err)
	}
	g, err := e.Transform(x)
	if err != nil {
		log.Fatal(err)
	}
	for i := range 6 {
		s, _ := g[0].Value(i)
		fmt.Print(s, " ")
	}
	// Output: a a a b b Rare
}

func ExampleNewEmbedding() {
	e, err := encoding.NewEmbedding("day", []string{"sat", "sun", "mon"}, [][]float64{{1, 0}, {1, 0.5}, {-1, 0}})
	if err != nil {
		log.Fatal(err)
	}
	v := make([]float64, 2)
	if err := e.EncodeRow(v, []string{"sun"}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(v)
	// Output: [1 0.5]
}
