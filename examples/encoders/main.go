// Encoders compares the encoders on a real column of high cardinality: the words of
// Newton's Opticks (some 3,300 of them) predict the length of the word that follows.
// Each encoder turns the word into one number on the first 70% of the text; a line
// fitted there is scored on the rest. Encoders that let a row see its own target look
// better in training than they are.
//
//	go run ./examples/encoders
package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/metrics"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "encoders:", err)
		os.Exit(1)
	}
}

// text returns the words of the book in lower case.
func text() ([]string, error) {
	_, here, _, _ := runtime.Caller(0)
	f, err := os.Open(filepath.Join(filepath.Dir(here), "..", "embeddings", "opticks.txt.gz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(z)
	return strings.FieldsFunc(strings.ToLower(string(b)), func(r rune) bool { return !unicode.IsLetter(r) }), err
}

// A contender encodes training rows and new rows.
type contender struct {
	name  string
	train func(x []encoding.Column, y []float64) (*mat.Dense, error)
	apply func(x []encoding.Column) (*mat.Dense, error)
}

func supervised(name string, e encoding.Supervised) contender {
	return contender{name,
		func(x []encoding.Column, y []float64) (*mat.Dense, error) {
			if err := e.Fit(x, y); err != nil {
				return nil, err
			}
			return e.Transform(nil, x)
		},
		func(x []encoding.Column) (*mat.Dense, error) { return e.Transform(nil, x) }}
}

func contenders() []contender {
	var target encoding.Target
	var loo encoding.LeaveOneOut
	var cat encoding.CatBoost
	var count encoding.Count
	return []contender{
		{"count", func(x []encoding.Column, _ []float64) (*mat.Dense, error) {
			if err := count.Fit(x); err != nil {
				return nil, err
			}
			return count.Transform(nil, x)
		}, func(x []encoding.Column) (*mat.Dense, error) { return count.Transform(nil, x) }},
		supervised("target, not crossed", &encoding.Target{}),
		{"target, cross-fitted", func(x []encoding.Column, y []float64) (*mat.Dense, error) { return target.FitTransform(nil, x, y, nil) },
			func(x []encoding.Column) (*mat.Dense, error) { return target.Transform(nil, x) }},
		supervised("M-estimate", &encoding.MEstimate{}),
		supervised("James-Stein", &encoding.JamesStein{}),
		{"leave-one-out", func(x []encoding.Column, y []float64) (*mat.Dense, error) { return loo.FitTransform(nil, x, y) },
			func(x []encoding.Column) (*mat.Dense, error) { return loo.Transform(nil, x) }},
		{"CatBoost-ordered", func(x []encoding.Column, y []float64) (*mat.Dense, error) { return cat.FitTransform(nil, x, y) },
			func(x []encoding.Column) (*mat.Dense, error) { return cat.Transform(nil, x) }},
	}
}

func run(w io.Writer) error {
	words, err := text()
	if err != nil {
		return err
	}
	n := len(words) - 1
	y := make([]float64, n)
	for i := range y {
		y[i] = float64(len(words[i+1]))
	}
	cut := n * 7 / 10
	train, test := encoding.Columns(words[:cut]), encoding.Columns(words[cut:n])
	var d encoding.Dictionary
	if _, err := d.Encode(nil, words[:cut]); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d rows, %d distinct words in training, %d rows held out\n\n", n, d.Len(), n-cut)
	fmt.Fprintf(w, "%-22s %10s %10s\n", "encoder", "R2 seen", "R2 unseen")
	for _, c := range contenders() {
		a, err := c.train(train, y[:cut])
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		b, err := c.apply(test)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		icept, slope := stat.LinearRegression(a.RawMatrix().Data, y[:cut], nil, false)
		score := func(x *mat.Dense, y []float64) (float64, error) {
			p := make([]float64, len(y))
			for i := range p {
				p[i] = icept + slope*x.At(i, 0)
			}
			return metrics.R2(y, p)
		}
		seen, err := score(a, y[:cut])
		if err != nil {
			return err
		}
		unseen, err := score(b, y[cut:])
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-22s %10.4f %10.4f\n", c.name, seen, unseen)
	}
	return nil
}
