package text

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Vectors are word embeddings: a vector of float32 for each word, in one block.
// Read them by ReadWord2VecBinary, ReadWord2VecText or ReadGloVe, train them by
// SkipGram, or make them by NewVectors. They do not change afterwards, so any
// number of goroutines may ask them.
type Vectors struct {
	words Vocabulary
	dim   int
	data  []float32
	norms []float32
}

// NewVectors returns the vectors of words, those of word i in
// data[i*dim:(i+1)*dim]. It keeps data.
//
// Errors: ErrRange if dim is below 1 or a word is given twice; ErrEmpty without
// words; ErrLength if data has not dim values per word; ErrNotFinite for a value
// that is not finite.
func NewVectors(words []string, dim int, data []float32) (*Vectors, error) {
	const fn = "NewVectors"
	if err := check.AtLeast(fn, "dim", dim, 1); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "words", len(words)); err != nil {
		return nil, err
	}
	if len(data)/dim != len(words) || len(data)%dim != 0 {
		return nil, check.Length(fn, "data", len(words)*dim, len(data))
	}
	if err := check.Finite(fn, "data", data); err != nil {
		return nil, err
	}
	v := &Vectors{dim: dim, data: data}
	for i, w := range words {
		id, err := v.words.Add(w)
		if err != nil {
			return nil, fmt.Errorf("%s: words: %w", fn, err)
		}
		if id != i {
			return nil, fmt.Errorf("%s: words: need each word once, have %.80q again at index %d: %w", fn, w, i, mlgauge.ErrRange)
		}
	}
	v.measure()
	return v, nil
}

// measure fills in the lengths of the vectors.
func (v *Vectors) measure() {
	v.norms = make([]float32, v.Len())
	for i := range v.norms {
		v.norms[i] = float32(norm32(v.row(i)))
	}
}

func norm32(x []float32) float64 {
	var s float64
	for _, a := range x {
		s += float64(a) * float64(a)
	}
	return math.Sqrt(s)
}

// Len returns the number of words.
func (v *Vectors) Len() int { return v.words.Len() }

// Dim returns the length of each vector.
func (v *Vectors) Dim() int { return v.dim }

// Word returns the word of a number; it panics if the number is not in
// [0, Len()).
func (v *Vectors) Word(i int) string { return v.words.Term(i) }

// Words returns the words in their order.
func (v *Vectors) Words() []string { return v.words.Terms() }

// ID returns the number of a word and whether it has a vector.
func (v *Vectors) ID(word string) (int, bool) { return v.words.ID(word) }

func (v *Vectors) row(i int) []float32 { return v.data[i*v.dim : (i+1)*v.dim : (i+1)*v.dim] }

// Vector returns the vector of a word, as a view that must not be changed, and
// whether the word has one.
func (v *Vectors) Vector(word string) ([]float32, bool) {
	i, ok := v.words.ID(word)
	if !ok {
		return nil, false
	}
	return v.row(i), true
}

// lookup returns the numbers of words.
func (v *Vectors) lookup(fn, arg string, words []string) ([]int, error) {
	ids := make([]int, len(words))
	for i, w := range words {
		id, ok := v.words.ID(w)
		if !ok {
			return nil, fmt.Errorf("%s: %s: need words with a vector, have %.80q: %w", fn, arg, w, mlgauge.ErrUnknownCategory)
		}
		ids[i] = id
	}
	return ids, nil
}

// unit returns vector i divided by its length; zeros if that is 0.
func (v *Vectors) unit(i int) []float32 {
	x := slices.Clone(v.row(i))
	if n := v.norms[i]; n > 0 {
		for k := range x {
			x[k] /= n
		}
	}
	return x
}

// Similarity returns the cosine of the angle between the vectors of two words.
//
// Errors: ErrUnknownCategory for a word without a vector; ErrUndefined if a
// vector is zero.
func (v *Vectors) Similarity(a, b string) (float64, error) {
	const fn = "Vectors.Similarity"
	ids, err := v.lookup(fn, "a, b", []string{a, b})
	if err != nil {
		return 0, err
	}
	x, y := v.row(ids[0]), v.row(ids[1])
	nx, ny := norm32(x), norm32(y)
	if nx == 0 || ny == 0 {
		return 0, fmt.Errorf("%s: need vectors that are not zero: %w", fn, mlgauge.ErrUndefined)
	}
	var s float64
	for i := range x {
		s += float64(x[i]) / nx * (float64(y[i]) / ny)
	}
	return s, nil
}
