package bias

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// A Flip is the outcome of the flip test: for each disadvantaged row, the model's
// prediction held against what the nearest advantaged rows got.
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
