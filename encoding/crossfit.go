package encoding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// A Supervised encoder is fitted on columns and a target of numbers.
type Supervised interface {
	Fit(x []Column, y []float64) error
	Transform(dst *mat.Dense, x []Column) (*mat.Dense, error)
}

// CrossFit encodes training rows so that none sees its own target, with any
// encoder: for every fold it fits a fresh one on the rows of the other folds and
// encodes the fold with it. Columns of the result must not depend on the rows:
// Table encoders with one column per feature are of that kind.
//
// folds assigns every row to a fold 0, 1, 2, ...; nil makes five at random from
// seed.
//
// Errors: ErrEmpty; ErrLength; ErrRange; ErrUndefined for one fold only; and
// those of the encoder.
func CrossFit(dst *mat.Dense, x []Column, y []float64, folds []int, seed uint64, fresh func() Supervised) (*mat.Dense, error) {
	const fn = "CrossFit"
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, err
	}
	if err := checkTarget(fn, n, y); err != nil {
		return nil, err
	}
	if folds == nil {
		own, err := kFolds(fn, n, 5, seed)
		if err != nil {
			return nil, err
		}
		folds = make([]int, n)
		for i, f := range own {
			folds[i] = int(f)
		}
	}
	k, err := checkFolds(fn, len(folds), folds)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "folds", n, len(folds)); err != nil {
		return nil, err
	}
	for f := range k {
		var train, test []int
		for i, g := range folds {
			if g == f {
				test = append(test, i)
			} else {
				train = append(train, i)
			}
		}
		if len(test) == 0 {
			continue
		}
		e := fresh()
		if err := e.Fit(takeColumns(x, train), takeValues(y, train)); err != nil {
			return nil, fmt.Errorf("%s: fold %d: %w", fn, f, err)
		}
		part, err := e.Transform(nil, takeColumns(x, test))
		if err != nil {
			return nil, fmt.Errorf("%s: fold %d: %w", fn, f, err)
		}
		_, w := part.Dims()
		if dst, err = dense(fn, dst, n, w); err != nil {
			return nil, err
		}
		for i, r := range test {
			for j := range w {
				dst.Set(r, j, part.At(i, j))
			}
		}
	}
	return dst, nil
}

// LeakageOptions are the data that Leakage makes.
type LeakageOptions struct {
	Rows       int    // per trial; 0 means 2000
	Categories int    // 0 means 200: ten rows each
	Trials     int    // 0 means 20
	Binary     bool   // a target of zeros and ones instead of a normal one
	Seed       uint64 // of the data
}

// A LeakageReport is what Leakage found.
type LeakageReport struct {
	// Correlation is the mean over the trials of the correlation between encoded
	// category and target. Nothing connects the two but the encoder.
	Correlation float64
	// Z is the mean in standard errors of an encoder that does not leak:
	// Correlation sqrt(Rows Trials).
	Z float64
	// Leaks tells that Z is above 4, which an honest encoder reaches once in
	// 30,000 reports.
	Leaks bool
}

// Leakage tells whether a way of encoding training rows leaks the target: it
// draws category and target at random, independent of each other, has them
// encoded, and correlates the result with the target.
//
// What it cannot see: an encoder that shifts the numbers within a category
// against the target (LeaveOneOut) does not correlate overall.
//
// Errors: ErrRange for options below 1, or fewer than 2 rows; those of encode.
func Leakage(o LeakageOptions, encode func(x []Column, y []float64) (*mat.Dense, error)) (LeakageReport, error) {
	const fn = "Leakage"
	rows, cats, trials := o.Rows, o.Categories, o.Trials
	for _, v := range []struct {
		name string
		p    *int
		def  int
		min  int
	}{{"Rows", &rows, 2000, 2}, {"Categories", &cats, 200, 1}, {"Trials", &trials, 20, 1}} {
		if *v.p == 0 {
			*v.p = v.def
		}
		if err := check.AtLeast(fn, v.name, *v.p, v.min); err != nil {
			return LeakageReport{}, err
		}
	}
	names := make([]string, cats)
	for k := range names {
		names[k] = "c" + strconv.Itoa(k)
	}
	var sum float64
	for t := range trials {
		r := rand.New(rand.NewPCG(o.Seed, uint64(t)))
		c := Column{Codes: make([]int32, rows), Categories: names}
		y := make([]float64, rows)
		for i := range y {
			c.Codes[i] = int32(r.IntN(cats))
			if o.Binary {
				y[i] = float64(r.IntN(2))
			} else {
				y[i] = r.NormFloat64()
			}
		}
		e, err := encode([]Column{c}, y)
		if err != nil {
			return LeakageReport{}, fmt.Errorf("%s: %w", fn, err)
		}
		n, w := e.Dims()
		if err := check.Length(fn, "rows encoded", rows, n); err != nil {
			return LeakageReport{}, err
		}
		// Several columns: the one that tells most.
		best := 0.0
		for j := range w {
			if c := correlation(mat.Col(nil, j, e), y); math.Abs(c) > math.Abs(best) {
				best = c
			}
		}
		sum += best
	}
	rep := LeakageReport{Correlation: sum / float64(trials)}
	rep.Z = rep.Correlation * math.Sqrt(float64(rows)*float64(trials))
	rep.Leaks = rep.Z > 4
	return rep, nil
}

// correlation is Pearson's, and 0 if one side is constant.
func correlation(a, b []float64) float64 {
	var ma, mb float64
	for i := range a {
		ma += a[i] / float64(len(a))
		mb += b[i] / float64(len(b))
	}
	var saa, sbb, sab float64
	for i := range a {
		da, db := a[i]-ma, b[i]-mb
		saa += da * da
		sbb += db * db
		sab += da * db
	}
	if saa == 0 || sbb == 0 {
		return 0
	}
	return sab / math.Sqrt(saa*sbb)
}
