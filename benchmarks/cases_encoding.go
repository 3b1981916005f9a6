package main

import (
	"strconv"

	"gonum.org/v1/gonum/mat"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/encoding/text"
)

// cardinalities are the numbers of different keys, and the goals of each.
var cardinalities = []struct {
	keys                                string
	dictionary, oneHot, ordinal, target float64
}{
	{"10", 3, 8, 10, 0},
	{"1000", 3, 7, 6, 10},
	{"100000", 2, 5, 8, 0},
}

func encodingCases() []w.Case {
	return slicesOf(keyCases(), supervisedCases(), encodedRowCases(), textCases())
}

func columns(d *w.Data, keys string) []encoding.Column {
	return encoding.Columns(d.Lines("w" + keys))
}

// coded returns the column as codes, as a reader of files gives it.
func coded(d *w.Data, keys string) []encoding.Column {
	return []encoding.Column{w.Must(encoding.EncodeColumn(columns(d, keys)[0]))}
}

func keyCases() []w.Case {
	var cases []w.Case
	for _, k := range cardinalities {
		cases = append(cases,
			w.Case{Name: "dictionary of words, " + k.keys + " keys", Against: pandas, Flat: true, Goals: goals(k.dictionary, k.dictionary), Prepare: func(d *w.Data) func() {
				words := d.Lines("w" + k.keys)
				codes := make([]int32, len(words))
				return func() {
					var e encoding.Dictionary
					w.Must(e.Encode(codes, words))
				}
			}},
			w.Case{Name: "one-hot fit and transform, " + k.keys + " keys", Against: sklearn, Flat: true, Goals: goals(k.oneHot, k.oneHot), Prepare: func(d *w.Data) func() {
				x := columns(d, k.keys)
				return func() {
					var e encoding.OneHot
					w.Must(e.FitTransformCSR(nil, x))
				}
			}},
			w.Case{Name: "ordinal transform, " + k.keys + " keys", Against: sklearn, Flat: true, Goals: goals(k.ordinal, k.ordinal), Prepare: func(d *w.Data) func() {
				x := columns(d, k.keys)
				var e encoding.Ordinal
				w.Check(e.Fit(x))
				dst := mat.NewDense(x[0].Len(), 1, nil)
				return func() { w.Must(e.Transform(dst, x)) }
			}},
			w.Case{Name: "one-hot from codes, " + k.keys + " keys", Against: sklearn, Flat: true, Prepare: func(d *w.Data) func() {
				x := coded(d, k.keys)
				var e encoding.OneHot
				w.Check(e.Fit(x))
				places := make([]int32, x[0].Len())
				return func() { w.Must(e.Places(places, 0, x[0])) }
			}})
	}
	return cases
}

func supervisedCases() []w.Case {
	const encoders = "category_encoders"
	// fit and transform of a column of a thousand keys.
	supervised := func(name string, do func(x []encoding.Column, y []float64) error) w.Case {
		return w.Case{Name: name + ", 1000 keys", Against: encoders, Sizes: []int{10_000, 1_000_000}, Prepare: func(d *w.Data) func() {
			x, y := columns(d, "1000"), asFloats(d.U8("y"))
			return func() { w.Check(do(x, y)) }
		}}
	}
	var cases []w.Case
	for _, k := range cardinalities {
		g := goals(k.target, k.target)
		if k.target == 0 {
			g = nil
		}
		cases = append(cases, w.Case{Name: "target means, crossed, " + k.keys + " keys", Against: sklearn, Flat: true, Goals: g, Prepare: func(d *w.Data) func() {
			x, y := columns(d, k.keys), d.F64("a")
			return func() {
				var e encoding.Target
				w.Must(e.FitTransform(nil, x, y, nil))
			}
		}})
	}
	return append(cases,
		w.Case{Name: "target means from codes, 1000 keys", Against: pandas, Flat: true, Goals: goals(6, 6), Prepare: func(d *w.Data) func() {
			x, y := coded(d, "1000"), d.F64("a")
			return func() { w.Check(new(encoding.Target).Fit(x, y)) }
		}},
		supervised("weight of evidence", func(x []encoding.Column, y []float64) error {
			_, err := new(encoding.WOE).FitTransform(nil, x, y)
			return err
		}),
		supervised("leave one out", func(x []encoding.Column, y []float64) error {
			_, err := new(encoding.LeaveOneOut).FitTransform(nil, x, y)
			return err
		}),
		supervised("CatBoost", func(x []encoding.Column, y []float64) error {
			_, err := new(encoding.CatBoost).FitTransform(nil, x, y)
			return err
		}),
		supervised("count", func(x []encoding.Column, y []float64) error {
			var e encoding.Count
			if err := e.Fit(x); err != nil {
				return err
			}
			_, err := e.Transform(nil, x)
			return err
		}),
	)
}

func asFloats[T w.Numbers](x []T) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func encodedRowCases() []w.Case {
	type encoder interface {
		EncodeRow(dst []float64, row []string) error
		Width() int
	}
	row := func(name string, fit func(x []encoding.Column, y []float64) (encoder, error)) w.Case {
		return w.Case{Name: name, Against: sklearn, Unit: "call", PerN: 1. / 10_000, Sizes: []int{10_000}, Prepare: func(d *w.Data) func() {
			x := columns(d, "1000")
			e := w.Must(fit(x, d.F64("a")))
			row, dst := []string{x[0].Labels[0]}, make([]float64, e.Width())
			return func() { w.Check(e.EncodeRow(dst, row)) }
		}}
	}
	return []w.Case{
		row("one row through one-hot", func(x []encoding.Column, _ []float64) (encoder, error) {
			e := &encoding.OneHot{}
			return e, e.Fit(x)
		}),
		row("one row through target means", func(x []encoding.Column, y []float64) (encoder, error) {
			e := &encoding.Target{}
			return e, e.Fit(x, y)
		}),
	}
}

func textCases() []w.Case {
	const bytes = "byte"
	return []w.Case{
		{Name: "TF-IDF fit and transform", Against: sklearn, Unit: bytes, Sizes: []int{1_000_000, 100_000_000}, Goals: []w.Goal{{N: 100_000_000, Portable: 4, Assembly: 5}}, Prepare: func(d *w.Data) func() {
			docs := d.Lines("docs")
			return func() { w.Must(new(text.TfidfVectorizer).FitTransform(nil, docs)) }
		}},
		{Name: "hashed words", Against: sklearn, Unit: bytes, Sizes: []int{10_000_000}, Prepare: func(d *w.Data) func() {
			docs := d.Lines("docs")
			return func() { w.Must(new(text.HashingVectorizer).Transform(nil, docs)) }
		}},
		{Name: "TF-IDF of one document", Against: sklearn, Unit: "call", PerN: 1e-6, Sizes: []int{1_000_000}, Prepare: func(d *w.Data) func() {
			docs := d.Lines("docs")
			v, dst := new(text.TfidfVectorizer), new(encoding.CSR)
			w.Check(v.Fit(docs))
			return func() { w.Must(v.TransformOne(dst, docs[7])) }
		}},
		{Name: "analogy among 100,000 vectors of 300", Against: numpy, Limit: w.Read, Bytes: 4, Sizes: []int{30_000_000}, Prepare: func(d *w.Data) func() {
			data := d.F32("vectors")
			words := make([]string, len(data)/300)
			for i := range words {
				words[i] = strconv.Itoa(i)
			}
			v := w.Must(text.NewVectors(words, 300, data))
			return func() { w.Must(v.Analogy(words[:2], words[2:3], 10, text.CosAdd)) }
		}},
	}
}
