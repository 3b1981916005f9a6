package bias

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Flip is the outcome of the flip test: for each disadvantaged row, the model's
// prediction held against what the nearest advantaged rows got. Facet.WithFlip puts it
// in a report.
type Flip struct {
	Disadvantaged int // rows of d
	Favoured      int // predicted positive, though the neighbours are negative
	Harmed        int // predicted negative, though the neighbours are positive
}

// FT returns the flip test in the sign of Clarify's code,
//
//	FT = (Favoured - Harmed) / nd
//
// so negative values mean that the model turns down members of d whose neighbours
// in a it accepts.
func (f Flip) FT() float64 { return float64(f.Favoured-f.Harmed) / float64(f.Disadvantaged) }

// FTDocumented returns the flip test in the sign of Clarify's documentation,
// which is the opposite of its code's.
func (f Flip) FTDocumented() float64 { return float64(f.Harmed-f.Favoured) / float64(f.Disadvantaged) }

// Interval returns FT with a closed-form interval, that of the difference of two paired
// proportions,
//
//	d -+ z sqrt((p + q - d^2) / (nd + 2)),   p = (Favoured + 1)/(nd + 2),
//	q = (Harmed + 1)/(nd + 2),   d = p - q
//
// cut to [-1, 1]. It is conditional on the rows of a. It returns ErrRange for a level
// outside (0, 1) and ErrEmpty if there is no row of d. Source: Bonett and Price (2012).
func (f Flip) Interval(level float64) (metrics.Interval, error) {
	const fn = "bias.Flip.Interval"
	if err := check.Level(fn, level); err != nil {
		return metrics.Interval{}, err
	}
	if err := check.NotEmpty(fn, "Disadvantaged", f.Disadvantaged); err != nil {
		return metrics.Interval{}, err
	}
	n := float64(f.Disadvantaged) + 2
	p, q := (float64(f.Favoured)+1)/n, (float64(f.Harmed)+1)/n
	d := p - q
	half := distuv.UnitNormal.Quantile((1+level)/2) * math.Sqrt((p+q-d*d)/n)
	return metrics.Interval{Value: f.FT(), Low: math.Max(-1, d-half), High: math.Min(1, d+half), Level: level}, nil
}

// PValue returns the exact two-sided p-value of the sign test (McNemar's) that Favoured
// and Harmed are equally likely; 1 if both are 0.
func (f Flip) PValue() float64 {
	n := float64(f.Favoured + f.Harmed)
	if n == 0 {
		return 1
	}
	return math.Min(1, 2*distuv.Binomial{N: n, P: 0.5}.CDF(float64(min(f.Favoured, f.Harmed))))
}

// FlipTest returns the flip test of a model. For each row of d, the k nearest
// rows of a (Euclidean distance over the columns of x, ties by the lower row,
// uniform votes) vote on the prediction it would have had; k = 5 if a has more
// than 9 rows, else 1. x has the features without facet and label; predicted is
// true where the model predicts a positive label; disadvantaged marks d. Features
// are used as they are: scale them first if their units differ.
//
// It returns ErrLength where the lengths differ, ErrEmpty for no rows, ErrNotFinite
// for a feature that is NaN or infinite, ErrUndefined if d or a is empty. Source:
// smclarify 0.5 (which leaves ties to the order of its search tree).
func FlipTest(x mat.Matrix, predicted, disadvantaged []bool) (Flip, error) {
	const fn = "bias.FlipTest"
	r, c := x.Dims()
	if err := check.NotEmpty(fn, "x", r*c); err != nil {
		return Flip{}, err
	}
	if err := check.Length(fn, "predicted", r, len(predicted)); err != nil {
		return Flip{}, err
	}
	if err := check.Length(fn, "disadvantaged", r, len(disadvantaged)); err != nil {
		return Flip{}, err
	}
	var rows [2][]int
	row := make([]float64, c)
	for i, d := range disadvantaged {
		if err := check.Finite(fn, fmt.Sprintf("x, row %d", i), mat.Row(row, i, x)); err != nil {
			return Flip{}, err
		}
		if d {
			rows[sideD] = append(rows[sideD], i)
		} else {
			rows[sideA] = append(rows[sideA], i)
		}
	}
	if len(rows[sideA]) == 0 || len(rows[sideD]) == 0 {
		return Flip{}, fmt.Errorf("%s: disadvantaged: need rows on both sides, have %d of %d: %w", fn, len(rows[sideD]), r, mlgauge.ErrUndefined)
	}
	take := func(of []int) *mat.Dense {
		m := mat.NewDense(len(of), c, nil)
		for i, src := range of {
			mat.Row(m.RawRowView(i), src, x)
		}
		return m
	}
	k := 1
	if len(rows[sideA]) > 9 {
		k = 5
	}
	out := Flip{Disadvantaged: len(rows[sideD])}
	for i, near := range neighbors.New(take(rows[sideA])).All(take(rows[sideD]), k, false) {
		votes := 0
		for _, n := range near {
			if predicted[rows[sideA][n.Row]] {
				votes++
			}
		}
		switch elected := 2*votes > len(near); {
		case predicted[rows[sideD][i]] && !elected:
			out.Favoured++
		case !predicted[rows[sideD][i]] && elected:
			out.Harmed++
		}
	}
	return out, nil
}

// flipped is what a facet knows of the flip test.
type flipped struct {
	Flip
	err error
}

// WithFlip returns the facet with the outcome of a flip test of the same rows, or the
// reason why there is none, so that FT stands in its reports:
//
//	f = f.WithFlip(bias.FlipTest(x, predicted, disadvantaged))
func (f *Facet) WithFlip(flip Flip, err error) *Facet {
	out := *f
	out.flip = &flipped{flip, err}
	return &out
}

// FT returns the flip test that WithFlip brought, in the sign of Clarify's code. It
// returns ErrUndefined without one, and the error that WithFlip brought.
func (f *Facet) FT() (float64, error) {
	const fn = "bias.Facet.FT"
	switch {
	case f.flip == nil:
		return 0, fmt.Errorf("%s: need a flip test over numeric features, have none: %w", fn, mlgauge.ErrUndefined)
	case f.flip.err != nil:
		return 0, f.flip.err
	case f.flip.Disadvantaged == 0:
		return 0, fmt.Errorf("%s: need rows of d in the flip test, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return f.flip.Flip.FT(), nil
}

// draw returns a resample of the outcome, from the rows of d.
func (f *flipped) draw(rng *rand.Rand) *flipped {
	if f == nil || f.err != nil {
		return f
	}
	var c [3]float64
	multinomial(c[:], []int64{int64(f.Favoured), int64(f.Harmed), int64(f.Disadvantaged - f.Favoured - f.Harmed)}, int64(f.Disadvantaged), rng)
	return &flipped{Flip: Flip{Disadvantaged: f.Disadvantaged, Favoured: int(c[0]), Harmed: int(c[1])}}
}

// FlipTest makes the flip test of every facet of the selection, by the same rules, and
// puts its outcome, or the reason why it has none, in Facets (see WithFlip). facet and
// prediction hold the columns that the table counted, row for row of x; rows that miss
// one of them are left out. It returns ErrLength where the lengths differ, ErrEmpty for
// an x without data and ErrRange for a code outside its column's values.
func (s *Selection) FlipTest(x mat.Matrix, facet, prediction Column) error {
	const fn = "bias.Selection.FlipTest"
	r, c := x.Dims()
	if err := check.NotEmpty(fn, "x", r*c); err != nil {
		return err
	}
	for _, col := range []struct {
		name string
		Column
	}{{"facet", facet}, {"prediction", prediction}} {
		if err := check.Length(fn, col.name, r, len(col.Codes)); err != nil {
			return err
		}
		if err := codesIn(fn, col.name, col.Column); err != nil {
			return err
		}
	}
	names, counts := make([]string, len(facet.Values)), make([]bool, len(facet.Values))
	for k, v := range facet.Values {
		names[k], counts[k] = s.facetOf(v)
	}
	var rows []int
	for i, k := range facet.Codes {
		if k >= 0 && counts[k] && prediction.Codes[i] >= 0 {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf("%s: need a row that misses neither facet nor prediction, have none: %w", fn, mlgauge.ErrEmpty)
	}
	sub := mat.NewDense(len(rows), c, nil)
	predicted, d := make([]bool, len(rows)), make([]bool, len(rows))
	for i, row := range rows {
		mat.Row(sub.RawRowView(i), row, x)
		predicted[i] = s.positive(prediction.Values[prediction.Codes[row]])
	}
	for g, f := range s.Facets {
		for i, row := range rows {
			d[i] = slices.Contains(s.groups[g], names[facet.Codes[row]])
		}
		s.Facets[g] = f.WithFlip(FlipTest(sub, predicted, d))
	}
	return nil
}
