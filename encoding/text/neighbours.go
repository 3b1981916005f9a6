package text

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A Neighbour is a word with its score.
type Neighbour struct {
	Word  string
	Score float64
}

// A Method scores the answers to an analogy.
type Method uint8

const (
	// CosAdd (3CosAdd) is the cosine of a word to the mean of the positive unit
	// vectors and the negative ones with their sign changed.
	CosAdd Method = iota
	// CosMul (3CosMul) is the product of (1 + cos)/2 to the positive words over
	// that to the negative ones, to which 1e-6 is added.
	CosMul
)

// A question is what all words are scored by.
type question struct {
	method   Method
	vectors  [][]float32 // unit vectors; CosMul: first the positive ones
	positive int
	exclude  []int
}

const (
	// rowsAtOnce vectors stay in the second-level cache while all questions
	// look at them.
	rowsAtOnce = 64
	// rowsPerPart is the work of one core at a time; parts are merged in order.
	rowsPerPart = 1 << 13
)

// ask returns for each question the k best of the first limit words.
func (v *Vectors) ask(questions []question, k, limit int) [][]ranked {
	parts := parallel.Blocks(limit, rowsPerPart)
	best := make([][]*top, parts)
	do := func(p int) {
		best[p] = make([]*top, len(questions))
		for q := range questions {
			best[p][q] = newTop(k)
		}
		end := min(limit, (p+1)*rowsPerPart)
		for lo := p * rowsPerPart; lo < end; lo += rowsAtOnce {
			for q := range questions {
				v.score(&questions[q], best[p][q], lo, min(end, lo+rowsAtOnce))
			}
		}
	}
	if limit*v.dim*len(questions) < parallel.MinElements {
		for p := range parts {
			do(p)
		}
	} else {
		parallel.Each(parts, do)
	}
	out := make([][]ranked, len(questions))
	for q := range questions {
		all := best[0][q]
		for p := 1; p < parts; p++ {
			for _, r := range best[p][q].items {
				all.push(r.value, r.id)
			}
		}
		out[q] = all.sorted()
	}
	return out
}

// score pushes the scores of the words in [lo, hi).
func (v *Vectors) score(q *question, best *top, lo, hi int) {
	var blas gonum.Implementation
	for i := lo; i < hi; i++ {
		x, n := v.row(i), v.norms[i]
		var s float64
		if q.method == CosAdd {
			if n > 0 {
				s = float64(blas.Sdot(v.dim, q.vectors[0], 1, x, 1) / n)
			}
		} else {
			above, below := 1.0, 1.0
			for j, u := range q.vectors {
				var c float64
				if n > 0 {
					c = float64(blas.Sdot(v.dim, u, 1, x, 1) / n)
				}
				if c = (1 + c) / 2; j < q.positive {
					above *= c
				} else {
					below *= c
				}
			}
			s = above / (below + 1e-6)
		}
		if best.full() && s <= best.items[0].value {
			continue
		}
		if !slices.Contains(q.exclude, i) {
			best.push(s, i)
		}
	}
}

func (v *Vectors) neighbours(r []ranked) []Neighbour {
	out := make([]Neighbour, len(r))
	for i, x := range r {
		out[i] = Neighbour{v.Word(x.id), x.value}
	}
	return out
}

// Nearest returns the k words whose vectors have the largest cosine to that of
// a word, the largest first, without the word itself; of equals, the earlier. A
// zero vector has the cosine 0.
//
// Errors: ErrUnknownCategory for a word without a vector; ErrRange for k below
// 1; ErrUndefined if its vector is zero.
//
// Source: gensim 4.4, KeyedVectors.most_similar.
func (v *Vectors) Nearest(word string, k int) ([]Neighbour, error) {
	return v.analogy("Vectors.Nearest", []string{word}, nil, k, CosAdd)
}

// NearestTo returns the k words whose vectors have the largest cosine to x.
//
// Errors: ErrLength if x has another length; ErrNotFinite; ErrRange for k below
// 1; ErrUndefined if x is zero.
func (v *Vectors) NearestTo(x []float32, k int) ([]Neighbour, error) {
	const fn = "Vectors.NearestTo"
	if v.Len() == 0 {
		return nil, check.NotEmpty(fn, "vectors", 0)
	}
	if err := check.Length(fn, "x", v.dim, len(x)); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "x", x); err != nil {
		return nil, err
	}
	if err := check.AtLeast(fn, "k", k, 1); err != nil {
		return nil, err
	}
	u, err := unitVector(fn, x)
	if err != nil {
		return nil, err
	}
	q := question{vectors: [][]float32{u}}
	return v.neighbours(v.ask([]question{q}, k, v.Len())[0]), nil
}

func unitVector(fn string, x []float32) ([]float32, error) {
	n := norm32(x)
	if n == 0 {
		return nil, fmt.Errorf("%s: need a vector that is not zero: %w", fn, mlgauge.ErrUndefined)
	}
	u := make([]float32, len(x))
	for i, a := range x {
		u[i] = float32(float64(a) / n)
	}
	return u, nil
}

// Analogy returns the k words of the best score: in "king - man + woman",
// king and woman are positive and man is negative. The words asked for are left
// out; of equal scores the earlier word comes first.
//
//	CosAdd: cos(x, mean(positive) - mean(negative)), over unit vectors
//	CosMul: prod (1 + cos(x, p))/2 / (prod (1 + cos(x, n))/2 + 1e-6)
//
// Errors: ErrEmpty without words (CosMul: without positive ones);
// ErrUnknownCategory for a word without a vector; ErrRange for k below 1 or a
// method that does not exist; ErrUndefined if the vectors cancel.
//
// Source: gensim 4.4, KeyedVectors.most_similar and most_similar_cosmul; Levy
// and Goldberg, Linguistic Regularities in Sparse and Explicit Word
// Representations (2014).
func (v *Vectors) Analogy(positive, negative []string, k int, method Method) ([]Neighbour, error) {
	return v.analogy("Vectors.Analogy", positive, negative, k, method)
}

func (v *Vectors) analogy(fn string, positive, negative []string, k int, method Method) ([]Neighbour, error) {
	if err := check.AtLeast(fn, "k", k, 1); err != nil {
		return nil, err
	}
	p, err := v.lookup(fn, "positive", positive)
	if err != nil {
		return nil, err
	}
	n, err := v.lookup(fn, "negative", negative)
	if err != nil {
		return nil, err
	}
	q, err := v.question(fn, p, n, method)
	if err != nil {
		return nil, err
	}
	return v.neighbours(v.ask([]question{q}, k, v.Len())[0]), nil
}

// question makes one of the numbers of words.
func (v *Vectors) question(fn string, positive, negative []int, method Method) (question, error) {
	q := question{method: method, positive: len(positive), exclude: slices.Concat(positive, negative)}
	if method > CosMul {
		return q, check.Option(fn, "method", int(method))
	}
	if method == CosMul {
		if err := check.NotEmpty(fn, "positive", len(positive)); err != nil {
			return q, err
		}
		for _, i := range q.exclude {
			q.vectors = append(q.vectors, v.unit(i))
		}
		return q, nil
	}
	if err := check.NotEmpty(fn, "positive, negative", len(q.exclude)); err != nil {
		return q, err
	}
	sum := make([]float64, v.dim)
	for j, i := range q.exclude {
		sign := 1.0
		if j >= len(positive) {
			sign = -1
		}
		if n := float64(v.norms[i]); n > 0 {
			for d, a := range v.row(i) {
				sum[d] += sign * float64(a) / n
			}
		}
	}
	var s float64
	for _, a := range sum {
		s += a * a
	}
	s = math.Sqrt(s)
	if s < 1e-12 {
		return q, fmt.Errorf("%s: need vectors that do not cancel: %w", fn, mlgauge.ErrUndefined)
	}
	u := make([]float32, v.dim)
	for d, a := range sum {
		u[d] = float32(a / s)
	}
	q.vectors = [][]float32{u}
	return q, nil
}
