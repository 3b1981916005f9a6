package encoding

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// ContrastKind is a coding of K categories in K-1 columns.
type ContrastKind int

const (
	// Sum compares a category with the mean of all: the k-th has a 1 in column k,
	// the last is -1 everywhere.
	Sum ContrastKind = iota
	// Helmert compares a category with the mean of those before it: column j is
	// j+1 in row j+1 and -1 in the rows before.
	Helmert
	// BackwardDifference compares a category with the one before it: column j is
	// -(K-j-1)/K up to row j and (j+1)/K after it.
	BackwardDifference
	// Polynomial holds the orthonormal polynomials of degree 1, 2, ..., K-1 over
	// equally spaced categories: the linear, quadratic, cubic, ... trend.
	Polynomial
	// Simple compares a category with the first: column j is 1 - 1/K in row j+1
	// and -1/K in the others.
	Simple
	// Treatment is 1 for category j+1 in column j: the first is the reference.
	Treatment
	// Custom uses Matrix.
	Custom
)

// Contrast codes the K categories of a column by the rows of a K x (K-1)
// contrast matrix, so that the coefficients of a linear model compare
// categories.
//
// The categories stand in the order of Categories, or of their first
// appearance. A missing value that Fit saw is the last of them. What Fit did
// not see is coded as zeros. Columns are name_0, name_1, ... A column of one
// category becomes no column.
//
// Source: SumEncoder, HelmertEncoder, BackwardDifferenceEncoder and
// PolynomialEncoder of category_encoders 2.11, whose matrices are those of patsy
// and R.
type Contrast struct {
	Kind ContrastKind `json:"kind,omitempty"`
	// Matrix holds, for Custom, a row for every category, the missing one and the
	// one of Indicator included, of any number of columns.
	Matrix [][]float64 `json:"matrix,omitempty"`
	// Scores are the positions of the categories for Polynomial; nil means equally
	// spaced.
	Scores []float64 `json:"scores,omitempty"`
	// Categories gives the order by column; nil, or a nil element, is taken from
	// the data. Every category of the data must be listed.
	Categories [][]string `json:"categories,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual, zeros unless seen), Refuse,
	// ReturnNaN, or Indicator (a row of the matrix of its own).
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`

	Table
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`
}

// Fit learns the categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty; ErrLength, also for a Matrix or Scores that do not fit the
// number of categories; ErrRange for options and codes out of range, and for
// more than 16,384 categories; ErrUnknownCategory for a category that
// Categories does not list or a missing value with Refuse.
func (e *Contrast) Fit(x []Column) error { return e.fit("Contrast.Fit", nil, x) }

// PartialFit is Fit that keeps what was learned before.
func (e *Contrast) PartialFit(x []Column) error { return e.fit("Contrast.PartialFit", e.Counts, x) }

func (e *Contrast) fit(fn string, have []Tally, x []Column) error {
	counts, err := learnCounts(fn, have, x)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

// Merge adds what o was fitted on; the categories of e come first.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *Contrast) Merge(o *Contrast) error {
	const fn = "Contrast.Merge"
	same := e.Kind == o.Kind && slices.EqualFunc(e.Matrix, o.Matrix, slices.Equal) && slices.Equal(e.Scores, o.Scores) &&
		slices.EqualFunc(e.Categories, o.Categories, slices.Equal) && e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing
	if err := incompatible(fn, same); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *Contrast) derive(fn string, counts []Tally) error {
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Value, Value, Refuse, ReturnNaN, Indicator)
	if err != nil {
		return err
	}
	missing, err := policy(fn, "HandleMissing", e.HandleMissing, Value, Value, Refuse, ReturnNaN, Indicator)
	if err != nil {
		return err
	}
	if err := checkGiven(fn, e.Categories, len(counts)); err != nil {
		return err
	}
	features := make([]Feature, len(counts))
	for j := range counts {
		t := &counts[j]
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels()}
		if f.Categories, _, err = categoriesOf(fn, &t.dict, Given, e.Categories, j, true); err != nil {
			return err
		}
		if missing == Refuse && t.MissingCount() > 0 {
			return refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
		}
		k := len(f.Categories)
		levels := k
		own := t.MissingCount() > 0 || missing != Value
		if own {
			levels++
		}
		if unknown == Indicator && levels >= 2 {
			levels++
		}
		m, w, err := e.matrix(fn, levels)
		if err != nil {
			return err
		}
		for i := range w {
			f.Names = append(f.Names, f.Name+"_"+strconv.Itoa(i))
		}
		f.Values = m[:k*w]
		f.Unknown, f.Missing = make([]float64, w), make([]float64, w)
		if own && w > 0 {
			copy(f.Missing, m[k*w:(k+1)*w])
		}
		if unknown == Indicator && w > 0 {
			copy(f.Unknown, m[(levels-1)*w:levels*w])
		}
		if unknown != Indicator {
			f.Unknown = byPolicy(unknown, f.Unknown)
		}
		if missing != Indicator {
			f.Missing = byPolicy(missing, f.Missing)
		}
		features[j] = f
	}
	if err := e.set("Contrast", features); err != nil {
		return err
	}
	e.Counts = counts
	return nil
}

func (e *Contrast) matrix(fn string, levels int) ([]float64, int, error) {
	if e.Kind == Custom {
		if err := check.Length(fn, "Matrix", levels, len(e.Matrix)); err != nil {
			return nil, 0, err
		}
		w := len(e.Matrix[0])
		var m []float64
		for i, row := range e.Matrix {
			if err := check.Length(fn, "Matrix row "+strconv.Itoa(i), w, len(row)); err != nil {
				return nil, 0, err
			}
			if err := check.Finite(fn, "Matrix", row); err != nil {
				return nil, 0, err
			}
			m = append(m, row...)
		}
		return m, w, nil
	}
	if levels < 2 {
		if e.Kind < Sum || e.Kind > Custom {
			return nil, 0, check.Option(fn, "Kind", int(e.Kind))
		}
		return nil, 0, nil
	}
	if levels > maxValues/levels {
		return nil, 0, fmt.Errorf("%s: x: need at most %d categories, have %d: %w", fn, 1<<14, levels, mlgauge.ErrRange)
	}
	if e.Kind == Polynomial {
		m, err := polynomialMatrix(fn, levels, e.Scores)
		return m, levels - 1, err
	}
	return contrastMatrix(fn, e.Kind, levels)
}

func contrastMatrix(fn string, kind ContrastKind, n int) ([]float64, int, error) {
	w := n - 1
	m := make([]float64, n*w)
	set := func(i, j int, v float64) { m[i*w+j] = v }
	for j := range w {
		for i := range n {
			switch kind {
			case Sum:
				if i == j {
					set(i, j, 1)
				} else if i == n-1 {
					set(i, j, -1)
				}
			case Helmert:
				if i == j+1 {
					set(i, j, float64(j+1))
				} else if i <= j {
					set(i, j, -1)
				}
			case BackwardDifference:
				if i <= j {
					set(i, j, -float64(n-j-1)/float64(n))
				} else {
					set(i, j, float64(j+1)/float64(n))
				}
			case Simple:
				v := -1 / float64(n)
				if i == j+1 {
					v = float64(n-1) / float64(n)
				}
				set(i, j, v)
			case Treatment:
				if i == j+1 {
					set(i, j, 1)
				}
			default:
				return nil, 0, check.Option(fn, "Kind", int(kind))
			}
		}
	}
	return m, w, nil
}

// polynomialMatrix orthonormalises 1, x, x^2, ... over the scores. The powers
// are never formed: each column is x times the one before it, made orthogonal
// to all before it, twice, so that high degrees keep their digits.
func polynomialMatrix(fn string, n int, scores []float64) ([]float64, error) {
	x := make([]float64, n)
	if scores == nil {
		for i := range x {
			x[i] = float64(i) - float64(n-1)/2
		}
	} else {
		if err := check.Length(fn, "Scores", n, len(scores)); err != nil {
			return nil, err
		}
		if err := check.Finite(fn, "Scores", scores); err != nil {
			return nil, err
		}
		mean := 0.0
		for _, v := range scores {
			mean += v / float64(n)
		}
		sorted := slices.Clone(scores)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) < n {
			return nil, fmt.Errorf("%s: Scores: need scores that differ, have repeats: %w", fn, mlgauge.ErrRange)
		}
		for i, v := range scores {
			x[i] = v - mean
		}
	}
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(v))
	}
	q := make([][]float64, n)
	q[0] = fill(n, 1/math.Sqrt(float64(n)))
	for d := 1; d < n; d++ {
		v := make([]float64, n)
		for i := range v {
			v[i] = q[d-1][i] * (x[i] / largest)
		}
		for range 2 {
			for _, b := range q[:d] {
				dot := 0.0
				for i := range v {
					dot += v[i] * b[i]
				}
				for i := range v {
					v[i] -= dot * b[i]
				}
			}
		}
		norm := 0.0
		for _, a := range v {
			norm += a * a
		}
		norm = math.Sqrt(norm)
		for i := range v {
			v[i] /= norm
		}
		q[d] = v
	}
	m := make([]float64, n*(n-1))
	for d := 1; d < n; d++ {
		for i := range n {
			m[i*(n-1)+d-1] = q[d][i]
		}
	}
	return m, nil
}

// Inverse returns the columns of the codes x; zeros, and the codes of a missing
// or unknown value, become missing values.
//
// Errors: ErrNotFitted; ErrLength; ErrUnknownCategory for a row that codes no
// category; ErrUndefined if two categories have one code, or a column no code.
func (e *Contrast) Inverse(x mat.Matrix) ([]Column, error) { return e.inverse("Contrast.Inverse", x) }

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Contrast) UnmarshalJSON(b []byte) error {
	type plain Contrast
	var p plain
	if err := decode("Contrast.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("Contrast"); err != nil {
		return err
	}
	*e = Contrast(p)
	return nil
}
