// Clean takes a messy CSV, as people type them, to a clean matrix in three
// parts: numbers with units and thousands separators, spellings of a category,
// rows entered twice, impossible values and gaps. Whatever is learned from the
// data is learned from the training part alone.
//
//	go run ./examples/clean                        # the cars of data/cars.csv
//	go run ./examples/clean -out parts             # writes train.csv, validation.csv, test.csv
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/preprocess"
	"github.com/mlgauge/mlgauge/preprocess/split"
	"github.com/mlgauge/mlgauge/table"
)

// What the columns are for.
const target = "Miles_per_Gallon"

var numbers = []string{"Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration", "Year"}

// The column of numbers that is also cut into classes.
const classed = 1

func main() {
	_, here, _, _ := runtime.Caller(0)
	in := flag.String("in", filepath.Join(filepath.Dir(here), "data", "cars.csv"), "the messy file")
	out := flag.String("out", "", "folder for the clean parts; none are written if empty")
	flag.Parse()
	if err := run(os.Stdout, *in, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does the whole of it and tells w what it did.
func run(w io.Writer, in, out string) error {
	raw, err := read(w, in)
	if err != nil {
		return err
	}
	once, err := deduplicate(w, raw)
	if err != nil {
		return err
	}
	known, err := withTarget(w, once)
	if err != nil {
		return err
	}
	parts, err := part(w, known)
	if err != nil {
		return err
	}
	c := &cleaner{}
	var clean [3]*mat.Dense
	for i, name := range []string{"train", "validation", "test"} {
		rows, err := known.Take(parts[i])
		if err != nil {
			return err
		}
		if i == 0 {
			if err := c.fit(w, rows); err != nil {
				return err
			}
		}
		if clean[i], err = c.transform(rows); err != nil {
			return err
		}
		r, cols := clean[i].Dims()
		fmt.Fprintf(w, "%-10s %3d rows of %d columns, every value finite\n", name, r, cols)
		if out == "" {
			continue
		}
		if err := write(filepath.Join(out, name+".csv"), c.names, clean[i], rows); err != nil {
			return err
		}
	}
	return crossValidate(w, known)
}

// read types the columns: everything is read as text, and each number is parsed
// with what people write around one.
func read(w io.Writer, path string) (*table.Table, error) {
	types := map[string]table.Type{"Name": table.String, "Origin": table.String, target: table.String}
	for _, name := range numbers {
		types[name] = table.String
	}
	raw, err := table.ReadFile(path, table.Options{Types: types, Missing: []string{"", "?", "n/a"}})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "read %d rows of %d columns\n", raw.NumRows(), raw.NumCols())
	var cols []table.Column
	for _, name := range append([]string{target}, numbers...) {
		c, err := raw.Column(name)
		if err != nil {
			return nil, err
		}
		x := make([]float64, c.Len())
		repaired := 0
		for i := range x {
			if c.IsMissing(i) {
				x[i] = math.NaN()
				continue
			}
			text := c.Text(i)
			plain := strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(text), ",", ""), " hp")
			if x[i], err = strconv.ParseFloat(plain, 64); err != nil {
				return nil, fmt.Errorf("row %d, column %s: need a number, have %q", i+1, name, text)
			}
			if plain != text {
				repaired++
			}
		}
		if repaired+c.Missing() > 0 {
			fmt.Fprintf(w, "  %-17s %2d numbers freed of units and separators, %2d missing\n", name, repaired, c.Missing())
		}
		cols = append(cols, table.NewFloat(name, x))
	}
	names, err := raw.Strings("Name")
	if err != nil {
		return nil, err
	}
	origins, err := raw.Strings("Origin")
	if err != nil {
		return nil, err
	}
	spellings := table.NewString("", origins).Dict
	for i, o := range origins {
		origins[i] = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(o), ".", ""))
	}
	cols = append(cols, table.NewString("Name", names), table.NewString("Origin", origins))
	fmt.Fprintf(w, "  %-17s %2d spellings of %d countries\n", "Origin", len(spellings), len(cols[len(cols)-1].Dict))
	return table.New(cols...)
}

// matrix returns the named columns.
func matrix(t *table.Table, names ...string) (*mat.Dense, error) {
	x := mat.NewDense(t.NumRows(), len(names), nil)
	for j, name := range names {
		col, err := t.Floats(name)
		if err != nil {
			return nil, err
		}
		x.SetCol(j, col)
	}
	return x, nil
}

// deduplicate keeps one of each set of equal rows, then one of each set of rows
// that agree in every number and nearly in the name.
func deduplicate(w io.Writer, t *table.Table) (*table.Table, error) {
	x, err := matrix(t, append([]string{target}, numbers...)...)
	if err != nil {
		return nil, err
	}
	names, err := t.Strings("Name")
	if err != nil {
		return nil, err
	}
	origins, err := t.Strings("Origin")
	if err != nil {
		return nil, err
	}
	var d preprocess.Duplicates
	if err := d.Add(x, names, origins); err != nil {
		return nil, err
	}
	keep, err := d.Survivors(preprocess.KeepFirst)
	if err != nil {
		return nil, err
	}
	once, err := t.Take(keep)
	if err != nil {
		return nil, err
	}
	// rows with the same numbers are one block; the name is compared in it
	labels := make([]string, len(keep))
	for i, r := range keep {
		labels[i] = fmt.Sprint(mat.Row(nil, r, x), "|", names[r])
	}
	numbersOf := func(s string) string { return s[:strings.IndexByte(s, '|')] }
	nameOf := func(s string) string { return s[strings.IndexByte(s, '|')+1:] }
	g, err := preprocess.Fuzzy{
		Similarity: func(a, b string) float64 { return preprocess.DamerauSimilarity(nameOf(a), nameOf(b)) },
		Threshold:  0.85,
		Block:      numbersOf,
	}.Group(labels)
	if err != nil {
		return nil, err
	}
	if len(g.Matches) > 0 {
		m := g.Matches[0]
		fmt.Fprintf(w, "%d rows entered twice, %d again with a typing error (%q, %q)\n", t.NumRows()-len(keep), len(g.Matches), nameOf(labels[m.I]), nameOf(labels[m.J]))
	}
	survivors, err := g.Survivors(preprocess.KeepFirst)
	if err != nil {
		return nil, err
	}
	return once.Take(survivors)
}

// withTarget drops the rows that have nothing to learn from.
func withTarget(w io.Writer, t *table.Table) (*table.Table, error) {
	y, err := t.Floats(target)
	if err != nil {
		return nil, err
	}
	var rows []int
	for i, v := range y {
		if !math.IsNaN(v) {
			rows = append(rows, i)
		}
	}
	fmt.Fprintf(w, "%d rows without the target left out: %d rows to go\n", t.NumRows()-len(rows), len(rows))
	return t.Take(rows)
}

// describe tells the splitters which rows belong together: a model built in
// several years is one group, and every part gets its share of each country.
func describe(t *table.Table) (split.Rows, error) {
	names, err := t.Strings("Name")
	if err != nil {
		return split.Rows{}, err
	}
	origins, err := t.Strings("Origin")
	if err != nil {
		return split.Rows{}, err
	}
	return split.Rows{Strata: split.By(origins), Groups: split.By(names)}, nil
}

func part(w io.Writer, t *table.Table) ([][]int, error) {
	rows, err := describe(t)
	if err != nil {
		return nil, err
	}
	parts, err := split.Parts{Seed: 1}.Split(rows)
	if err != nil {
		return nil, err
	}
	names, err := t.Strings("Name")
	if err != nil {
		return nil, err
	}
	leaks, err := split.LeakageCheck{Keys: []split.Labels{rows.Groups}, Text: names}.Run(parts)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "parts of %d, %d and %d rows, whole models, by country; leaks of models:", len(parts[0]), len(parts[1]), len(parts[2]))
	shared := 0
	for _, l := range leaks {
		if l.Kind == split.SameKey || l.Kind == split.SameRow {
			shared++
		}
	}
	fmt.Fprintf(w, " %d\n", shared)
	return parts, nil
}

// A cleaner is everything that is learned from training rows.
type cleaner struct {
	fences preprocess.Outliers // impossible values become missing
	fill   preprocess.KNN      // and are filled in from similar cars
	scale  preprocess.Standard // in units that are comparable
	class  preprocess.Bins     // small, middling and large engines
	after  preprocess.Standard
	origin encoding.OneHot
	names  []string
}

func (c *cleaner) fit(w io.Writer, train *table.Table) error {
	x, err := matrix(train, numbers...)
	if err != nil {
		return err
	}
	// 3 times the spread of the quartiles: slips of a digit, not rare cars
	c.fences = preprocess.Outliers{Threshold: 3, Action: preprocess.MarkMissing}
	if err := c.fences.Fit(x); err != nil {
		return err
	}
	report, err := c.fences.Report(x)
	if err != nil {
		return err
	}
	for j, r := range report {
		if r.Below+r.Above > 0 {
			fmt.Fprintf(w, "  %-17s %2d values outside [%.0f, %.0f]\n", numbers[j], r.Below+r.Above, r.Lower, r.Upper)
		}
	}
	if x, err = c.fences.Transform(x, x); err != nil {
		return err
	}
	// neighbours are found in standard units, whatever the columns measure
	if err := c.scale.Fit(x); err != nil {
		return err
	}
	if x, err = c.scale.Transform(x, x); err != nil {
		return err
	}
	if err := c.fill.Fit(x); err != nil {
		return err
	}
	if x, err = c.fill.Transform(nil, x); err != nil {
		return err
	}
	c.class = preprocess.Bins{N: 3}
	if err := c.class.Fit(x.Slice(0, train.NumRows(), classed, classed+1)); err != nil {
		return err
	}
	if err := c.after.Fit(x); err != nil {
		return err
	}
	origins, err := train.Strings("Origin")
	if err != nil {
		return err
	}
	if err := c.origin.Fit([]encoding.Column{{Name: "Origin", Labels: origins}}); err != nil {
		return err
	}
	oneHot, err := c.origin.FeatureNames()
	if err != nil {
		return err
	}
	c.names = slices.Concat(numbers, []string{numbers[classed] + "_class"}, oneHot)
	return nil
}

func (c *cleaner) transform(t *table.Table) (*mat.Dense, error) {
	x, err := matrix(t, numbers...)
	if err != nil {
		return nil, err
	}
	for _, step := range []preprocess.Transformer{&c.fences, &c.scale, &c.fill} {
		if x, err = step.Transform(nil, x); err != nil {
			return nil, err
		}
	}
	class, err := c.class.Transform(nil, x.Slice(0, t.NumRows(), classed, classed+1))
	if err != nil {
		return nil, err
	}
	if x, err = c.after.Transform(x, x); err != nil {
		return nil, err
	}
	origins, err := t.Strings("Origin")
	if err != nil {
		return nil, err
	}
	hot, err := c.origin.Transform(nil, []encoding.Column{{Name: "Origin", Labels: origins}})
	if err != nil {
		return nil, err
	}
	var numeric, all mat.Dense
	numeric.Augment(x, class)
	all.Augment(&numeric, hot)
	for _, v := range all.RawMatrix().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("the clean matrix holds %v", v)
		}
	}
	return &all, nil
}

func write(path string, names []string, x *mat.Dense, rows *table.Table) error {
	y, err := rows.Floats(target)
	if err != nil {
		return err
	}
	cols := []table.Column{table.NewFloat(target, y)}
	for j, name := range names {
		cols = append(cols, table.NewFloat(name, mat.Col(nil, j, x)))
	}
	t, err := table.New(cols...)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return table.WriteFile(path, t)
}

// crossValidate measures a plain linear model on folds of whole models of car;
// the cleaner is fitted anew on the training rows of every fold.
func crossValidate(w io.Writer, t *table.Table) error {
	rows, err := describe(t)
	if err != nil {
		return err
	}
	cv := split.CrossValidation{Splitter: split.Repeated{Of: split.GroupKFold{Folds: 5}, Repeats: 4, Seed: 1}, Concurrent: true}
	scores, err := cv.Run(rows, func(_ int, train, test []int) (float64, error) {
		a, err := t.Take(train)
		if err != nil {
			return 0, err
		}
		b, err := t.Take(test)
		if err != nil {
			return 0, err
		}
		return linearR2(a, b)
	})
	if err != nil {
		return err
	}
	i, err := scores.Interval(0.95)
	if err != nil {
		return err
	}
	naive, err := scores.NaiveInterval(0.95)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "R2 of a linear model over %d folds: %.3f, 95%% interval %.3f to %.3f (folds taken for independent: %.3f to %.3f)\n",
		len(scores.Values), i.Value, i.Low, i.High, naive.Low, naive.High)
	return nil
}

func linearR2(train, test *table.Table) (float64, error) {
	var c cleaner
	if err := c.fit(io.Discard, train); err != nil {
		return 0, err
	}
	a, err := c.transform(train)
	if err != nil {
		return 0, err
	}
	b, err := c.transform(test)
	if err != nil {
		return 0, err
	}
	y, err := train.Floats(target)
	if err != nil {
		return 0, err
	}
	truth, err := test.Floats(target)
	if err != nil {
		return 0, err
	}
	// the one-hot columns sum to 1, which is the intercept
	var coef, predicted mat.VecDense
	if err := coef.SolveVec(a, mat.NewVecDense(len(y), y)); err != nil {
		return 0, err
	}
	predicted.MulVec(b, &coef)
	return metrics.R2(truth, predicted.RawVector().Data)
}
