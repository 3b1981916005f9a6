package text

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Mean writes into dst, which may be nil, the mean of the vectors of tokens;
// tokens without a vector are left out.
//
// Errors: ErrUndefined if no token has a vector; ErrLength if dst has another
// length than the vectors.
func (v *Vectors) Mean(dst []float64, tokens []string) ([]float64, error) {
	return v.pool("Vectors.Mean", dst, tokens, nil)
}

// WeightedMean writes into dst, which may be nil, the weighted mean of the
// vectors of tokens:
//
//	dst = sum w(t) v(t) / sum w(t)
//
// over all tokens with a vector. With the idf of a corpus as weights it is the
// TF-IDF-weighted mean, since a token counts as often as it occurs:
//
//	weight := func(t string) float64 { w, _ := frequencies.IDF(t); return w }
//
// Errors: ErrUndefined if no token has a vector or the weights sum to 0;
// ErrLength if dst has another length than the vectors; ErrNotFinite or ErrRange
// for a weight that is not finite or negative.
func (v *Vectors) WeightedMean(dst []float64, tokens []string, weight func(token string) float64) ([]float64, error) {
	return v.pool("Vectors.WeightedMean", dst, tokens, weight)
}

func (v *Vectors) pool(fn string, dst []float64, tokens []string, weight func(string) float64) ([]float64, error) {
	if dst != nil {
		if err := check.Length(fn, "dst", v.dim, len(dst)); err != nil {
			return nil, err
		}
	}
	var total float64
	for _, t := range tokens {
		if _, ok := v.words.ID(t); !ok {
			continue
		}
		w := 1.0
		if weight != nil {
			w = weight(t)
			if err := check.In(fn, "weight", w, 0, math.MaxFloat64); err != nil {
				return nil, err
			}
		}
		total += w
	}
	if total == 0 {
		return nil, fmt.Errorf("%s: tokens: need at least one with a vector and a weight, have none: %w", fn, mlgauge.ErrUndefined)
	}
	if dst == nil {
		dst = make([]float64, v.dim)
	}
	clear(dst)
	for _, t := range tokens {
		if i, ok := v.words.ID(t); ok {
			w := 1.0
			if weight != nil {
				w = weight(t)
			}
			v.addTo(dst, i, w/total)
		}
	}
	return dst, nil
}

// addTo adds w times vector i to dst.
func (v *Vectors) addTo(dst []float64, i int, w float64) {
	for d, a := range v.row(i) {
		dst[d] += w * float64(a)
	}
}

// A SIF pools the vectors of a document by smooth inverse frequency and removes
// what all documents share:
//
//	x = 1/n sum a / (a + p(t)) v(t),   y = x - u (u x)
//
// over the n tokens of the document that have a vector, with p(t) the share of
// the term t in all tokens of Frequencies, and u the first right singular vector
// of the rows x of the documents it was fitted on. A document without known
// tokens is a row of zeros. The zero value, given Frequencies, has the usual
// options.
//
// Source: Arora, Liang and Ma, A Simple but Tough-to-Beat Baseline for Sentence
// Embeddings (2017).
type SIF struct {
	// A is the smoothing; 0 means 1e-3.
	A float64
	// Frequencies are those of the corpus.
	Frequencies *DocumentFrequencies
	// KeepCommon skips the removal; Transform then needs no Fit.
	KeepCommon bool

	// Component is u; nil before Fit.
	Component []float64

	gram *mat.SymDense // sum of x x' over the documents
}

func (s *SIF) check(fn string, v *Vectors) (tokens float64, err error) {
	if s.A < 0 || s.A*0 != 0 {
		return 0, check.In(fn, "A", s.A, 0, math.MaxFloat64)
	}
	if v == nil || v.Len() == 0 {
		return 0, check.NotEmpty(fn, "v", 0)
	}
	if s.Frequencies != nil {
		for _, n := range s.Frequencies.counts {
			tokens += float64(n.total)
		}
	}
	if tokens == 0 {
		return 0, check.NotEmpty(fn, "Frequencies", 0)
	}
	return tokens, nil
}

// row writes the pooled vector of a document into dst.
func (s *SIF) row(dst []float64, v *Vectors, tokens float64, doc []string) {
	a := s.A
	if a == 0 {
		a = 1e-3
	}
	clear(dst)
	n := 0
	for _, t := range doc {
		if i, ok := v.words.ID(t); ok {
			n++
			v.addTo(dst, i, a/(a+float64(s.Frequencies.Total(t))/tokens))
		}
	}
	for d := range dst {
		dst[d] /= float64(max(n, 1))
	}
}

// Fit finds the component that the documents share.
//
// Errors: ErrEmpty without documents, vectors or Frequencies; ErrRange for A
// out of its domain; ErrUndefined if no document has a known token.
func (s *SIF) Fit(v *Vectors, docs [][]string) error {
	n := SIF{A: s.A, Frequencies: s.Frequencies, KeepCommon: s.KeepCommon}
	if err := n.partialFit("SIF.Fit", v, docs); err != nil {
		return err
	}
	*s = n
	return nil
}

// PartialFit adds more documents to those that the component is found from.
//
// Errors: as Fit; ErrLength if the vectors have another length than before.
func (s *SIF) PartialFit(v *Vectors, docs [][]string) error {
	return s.partialFit("SIF.PartialFit", v, docs)
}

func (s *SIF) partialFit(fn string, v *Vectors, docs [][]string) error {
	tokens, err := s.check(fn, v)
	if err != nil {
		return err
	}
	if err := check.NotEmpty(fn, "docs", len(docs)); err != nil {
		return err
	}
	gram := mat.NewSymDense(v.dim, nil)
	if s.gram != nil {
		if err := check.Length(fn, "vectors", s.gram.SymmetricDim(), v.dim); err != nil {
			return err
		}
		gram.CopySym(s.gram)
	}
	x := make([]float64, v.dim)
	for _, d := range docs {
		s.row(x, v, tokens, d)
		gram.SymRankOne(gram, 1, mat.NewVecDense(v.dim, x))
	}
	return s.set(fn, gram)
}

// set derives the component: the first right singular vector of the rows is the
// eigenvector of their Gram matrix with the largest eigenvalue.
func (s *SIF) set(fn string, gram *mat.SymDense) error {
	var e mat.EigenSym
	if mat.Trace(gram) == 0 {
		return fmt.Errorf("%s: docs: need a document with a known token, have none: %w", fn, mlgauge.ErrUndefined)
	}
	if !e.Factorize(gram, true) {
		return fmt.Errorf("%s: eigenvectors: %w", fn, mlgauge.ErrNotConverged)
	}
	var q mat.Dense
	e.VectorsTo(&q)
	dim := gram.SymmetricDim()
	u := mat.Col(nil, dim-1, &q)
	top := 0
	for d, a := range u {
		if math.Abs(a) > math.Abs(u[top]) {
			top = d
		}
	}
	if u[top] < 0 {
		for d := range u {
			u[d] = -u[d]
		}
	}
	s.gram, s.Component = gram, u
	return nil
}

// Merge adds the documents that another SIF with the same options was fitted
// on.
//
// Errors: ErrNotFitted if o was not fitted; ErrIncompatible if A or the length
// of the vectors differ.
func (s *SIF) Merge(o *SIF) error {
	const fn = "SIF.Merge"
	if o.gram == nil {
		return check.NotFitted(fn)
	}
	if s.A != o.A || s.gram != nil && s.gram.SymmetricDim() != o.gram.SymmetricDim() {
		return fmt.Errorf("%s: o: need the same A and vectors of the same length: %w", fn, mlgauge.ErrIncompatible)
	}
	gram := mat.NewSymDense(o.gram.SymmetricDim(), nil)
	gram.CopySym(o.gram)
	if s.gram != nil {
		gram.AddSym(gram, s.gram)
	}
	return s.set(fn, gram)
}

// Transform writes the pooled vectors of docs into the rows of dst, which may be
// nil.
//
// Errors: ErrNotFitted without a Component unless KeepCommon is set; ErrEmpty
// without documents, vectors or Frequencies; ErrLength if dst or Component has
// other dimensions.
func (s *SIF) Transform(dst *mat.Dense, v *Vectors, docs [][]string) (*mat.Dense, error) {
	const fn = "SIF.Transform"
	tokens, err := s.check(fn, v)
	if err != nil {
		return nil, err
	}
	if !s.KeepCommon {
		if s.Component == nil {
			return nil, check.NotFitted(fn)
		}
		if err := check.Length(fn, "Component", v.dim, len(s.Component)); err != nil {
			return nil, err
		}
	}
	if err := check.NotEmpty(fn, "docs", len(docs)); err != nil {
		return nil, err
	}
	if dst == nil {
		dst = mat.NewDense(len(docs), v.dim, nil)
	} else if dst.IsEmpty() {
		dst.ReuseAs(len(docs), v.dim)
	}
	r, c := dst.Dims()
	if err := check.Length(fn, "rows of dst", len(docs), r); err != nil {
		return nil, err
	}
	if err := check.Length(fn, "columns of dst", v.dim, c); err != nil {
		return nil, err
	}
	for i, d := range docs {
		x := dst.RawRowView(i)
		s.row(x, v, tokens, d)
		if s.KeepCommon {
			continue
		}
		var dot float64
		for k, u := range s.Component {
			dot += u * x[k]
		}
		for k, u := range s.Component {
			x[k] -= dot * u
		}
	}
	return dst, nil
}
