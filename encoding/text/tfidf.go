package text

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Weighting says how counts become TF-IDF weights. The zero value is the usual
// one: natural counts, smoothed idf, rows of L2 norm 1.
type Weighting struct {
	// Norm is what the rows are divided by.
	Norm Norm `json:"norm"`
	// NoIDF leaves inverse document frequencies out.
	NoIDF bool `json:"no_idf,omitempty"`
	// NoSmoothing takes ln(n/df) + 1 instead of ln((1+n)/(1+df)) + 1.
	NoSmoothing bool `json:"no_smoothing,omitempty"`
	// Sublinear takes 1 + ln(count) for a count.
	Sublinear bool `json:"sublinear,omitempty"`
}

func (w Weighting) check(fn string) error {
	if w.Norm > NoNorm {
		return check.Option(fn, "Norm", int(w.Norm))
	}
	return nil
}

// idf returns the inverse document frequencies of columns with the given
// document frequencies; nil if they are not used.
func (w Weighting) idf(fn string, n int, df []int64) ([]float64, error) {
	if w.NoIDF {
		return nil, nil
	}
	out := make([]float64, len(df))
	for j, d := range df {
		if d == 0 && w.NoSmoothing {
			return nil, fmt.Errorf("%s: need every term in at least one document without smoothing, have none for column %d: %w", fn, j, mlgauge.ErrUndefined)
		}
		out[j] = idf(n, d, !w.NoSmoothing)
	}
	return out, nil
}

// A weigher turns a row of counts into weights, if it is on.
type weigher struct {
	on bool
	Weighting
	idf []float64
}

func (w *weigher) weigh(indices []int32, data []float64) {
	if w.Sublinear {
		for k, v := range data {
			data[k] = math.Log(v) + 1
		}
	}
	if w.idf != nil {
		for k, j := range indices {
			data[k] *= w.idf[j]
		}
	}
	normalise(data, w.Norm)
}

// normalise divides a row by its norm; a row of zeros stays.
func normalise(data []float64, by Norm) {
	var s float64
	switch by {
	case L2:
		s = length(data)
	case L1:
		for _, v := range data {
			s += math.Abs(v)
		}
	}
	if s == 0 {
		return
	}
	for k := range data {
		data[k] /= s
	}
}

// A TfidfTransformer turns rows of counts into TF-IDF weights:
//
//	tf = count             (Sublinear: 1 + ln(count))
//	idf = ln((1+n)/(1+df)) + 1   (NoSmoothing: ln(n/df) + 1)
//	weight = tf idf, each row then divided by its norm
//
// with n the number of rows and df that of the rows in which the column is
// stored. The zero value has the usual options.
//
// Source: scikit-learn 1.9, TfidfTransformer.
type TfidfTransformer struct {
	Weighting

	// IDF is the inverse document frequency of each column; nil before Fit and
	// if NoIDF is set.
	IDF []float64

	documents int
	df        []int64
}

// Fit learns the document frequencies of the columns of x.
//
// Errors: ErrEmpty for a matrix without rows or columns; ErrUndefined for a
// column that is in no row if NoSmoothing is set; ErrRange for an option that
// does not exist; what CSR.Check reports.
func (t *TfidfTransformer) Fit(x *encoding.CSR) error {
	n := TfidfTransformer{Weighting: t.Weighting}
	if err := n.partialFit("TfidfTransformer.Fit", x); err != nil {
		return err
	}
	*t = n
	return nil
}

// PartialFit adds the document frequencies of more rows.
//
// Errors: as Fit; ErrLength if x has other columns than before.
func (t *TfidfTransformer) PartialFit(x *encoding.CSR) error {
	return t.partialFit("TfidfTransformer.PartialFit", x)
}

func (t *TfidfTransformer) partialFit(fn string, x *encoding.CSR) error {
	if err := t.check(fn); err != nil {
		return err
	}
	if x == nil || x.NRows == 0 {
		return check.NotEmpty(fn, "rows of x", 0)
	}
	if err := check.NotEmpty(fn, "columns of x", x.NCols); err != nil {
		return err
	}
	columns := x.NCols
	if t.df != nil {
		columns = len(t.df)
	}
	if err := checkMatrix(fn, x, columns); err != nil {
		return err
	}
	df := make([]int64, columns)
	copy(df, t.df)
	for _, j := range x.Indices {
		df[j]++
	}
	return t.set(fn, t.documents+x.NRows, df)
}

func (t *TfidfTransformer) set(fn string, n int, df []int64) error {
	idf, err := t.idf(fn, n, df)
	if err != nil {
		return err
	}
	t.documents, t.df, t.IDF = n, df, idf
	return nil
}

// Merge adds what another transformer with the same options has learned.
//
// Errors: ErrNotFitted if o was not fitted; ErrIncompatible if options or
// columns differ.
func (t *TfidfTransformer) Merge(o *TfidfTransformer) error {
	const fn = "TfidfTransformer.Merge"
	if o.df == nil {
		return check.NotFitted(fn)
	}
	if t.Weighting != o.Weighting || (t.df != nil && len(t.df) != len(o.df)) {
		return fmt.Errorf("%s: o: need the same options and columns: %w", fn, mlgauge.ErrIncompatible)
	}
	df := slices.Clone(o.df)
	for j, d := range t.df {
		df[j] += d
	}
	return t.set(fn, t.documents+o.documents, df)
}

// Transform writes the weights of the rows of src into dst, which may be nil or
// src.
//
// Errors: ErrNotFitted before Fit and without an IDF, unless NoIDF is set;
// ErrLength if src has other columns; ErrRange if Sublinear is set and a count
// is not positive; ErrNotFinite for a count that is not finite.
func (t *TfidfTransformer) Transform(dst, src *encoding.CSR) (*encoding.CSR, error) {
	const fn = "TfidfTransformer.Transform"
	if err := t.check(fn); err != nil {
		return nil, err
	}
	if t.IDF == nil && !t.NoIDF {
		return nil, check.NotFitted(fn)
	}
	if src == nil {
		return nil, check.NotEmpty(fn, "src", 0)
	}
	columns := src.NCols
	if t.IDF != nil && !t.NoIDF {
		columns = len(t.IDF)
	}
	if err := checkMatrix(fn, src, columns); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "src", src.Data); err != nil {
		return nil, err
	}
	if t.Sublinear {
		for i, v := range src.Data {
			if v <= 0 {
				return nil, fmt.Errorf("%s: src: need positive counts with Sublinear, have %v at entry %d: %w", fn, v, i, mlgauge.ErrRange)
			}
		}
	}
	if dst != src {
		dst = reuse(dst, src.NRows, src.NCols, len(src.Data))
		copy(dst.Indptr, src.Indptr)
		copy(dst.Indices, src.Indices)
		copy(dst.Data, src.Data)
	}
	w := weigher{Weighting: t.Weighting}
	if !t.NoIDF {
		w.idf = t.IDF
	}
	for i := range dst.NRows {
		w.weigh(dst.Row(i))
	}
	return dst, nil
}

// A TfidfVectorizer is a CountVectorizer whose counts are turned into TF-IDF
// weights; see TfidfTransformer for the formula. The zero value has the usual
// options.
type TfidfVectorizer struct {
	CountVectorizer
	Weighting

	// IDF is the inverse document frequency of each column; nil before Fit and
	// if NoIDF is set. A vectorizer fitted elsewhere can be filled in by hand:
	// Terms, IDF, then Prepare.
	IDF []float64
}

// columnIDF returns the inverse document frequencies of the columns of c.
func (t *TfidfVectorizer) columnIDF(fn string, c *CountVectorizer) ([]float64, error) {
	df := make([]int64, len(c.ids))
	for j, id := range c.ids {
		df[j] = c.stats.counts[id].df
	}
	return t.idf(fn, c.stats.documents, df)
}

func (t *TfidfVectorizer) fit(fn string, docs []string, keep bool) (*counted, error) {
	if err := t.check(fn); err != nil {
		return nil, err
	}
	c := t.CountVectorizer
	rows, err := c.fit(fn, docs, keep)
	if err != nil {
		return nil, err
	}
	idf, err := t.columnIDF(fn, &c)
	if err != nil {
		return nil, err
	}
	t.CountVectorizer, t.IDF = c, idf
	return rows, nil
}

// Fit learns terms and document frequencies, in place of what was known.
//
// Errors: as CountVectorizer.Fit; ErrUndefined if NoSmoothing is set and one of
// the given Terms is in no document.
func (t *TfidfVectorizer) Fit(docs []string) error {
	_, err := t.fit("TfidfVectorizer.Fit", docs, false)
	return err
}

// Prepare makes a vectorizer with given Terms, and IDF unless NoIDF is set, ready
// to be asked.
//
// Errors: as CountVectorizer.Prepare; ErrLength if IDF is not as long as Terms;
// ErrNotFinite for an IDF that is not finite.
func (t *TfidfVectorizer) Prepare() error {
	const fn = "TfidfVectorizer.Prepare"
	if err := t.check(fn); err != nil {
		return err
	}
	if !t.NoIDF {
		if err := check.Length(fn, "IDF", len(t.Terms), len(t.IDF)); err != nil {
			return err
		}
		if err := check.Finite(fn, "IDF", t.IDF); err != nil {
			return err
		}
	}
	return t.prepare(fn)
}

// PartialFit learns from more documents, on top of what is known. An IDF that was
// filled in by hand is replaced: how many documents it stands for is not known.
//
// Errors: as Fit.
func (t *TfidfVectorizer) PartialFit(docs []string) error {
	const fn = "TfidfVectorizer.PartialFit"
	if err := t.check(fn); err != nil {
		return err
	}
	return t.learn(fn, func(c *CountVectorizer) error { return c.partialFit(fn, docs) })
}

// learn adds frequencies and derives the IDF from them. The one case in which
// they may be refused after they were added, given terms without smoothing, is
// tried on a copy.
func (t *TfidfVectorizer) learn(fn string, add func(*CountVectorizer) error) error {
	c := &t.CountVectorizer
	if t.NoSmoothing && len(t.Terms) > 0 && t.fitted {
		trial := t.CountVectorizer
		trial.stats = t.stats.clone()
		c = &trial
	}
	if t.NoSmoothing && !t.fitted {
		trial := t.CountVectorizer
		c = &trial
	}
	if err := add(c); err != nil {
		return err
	}
	idf, err := t.columnIDF(fn, c)
	if err != nil {
		return err
	}
	if c != &t.CountVectorizer {
		t.CountVectorizer = *c
	}
	t.IDF = idf
	return nil
}

// Merge adds what another vectorizer with the same options has learned.
//
// Errors: as CountVectorizer.Merge.
func (t *TfidfVectorizer) Merge(o *TfidfVectorizer) error {
	const fn = "TfidfVectorizer.Merge"
	if t.Weighting != o.Weighting {
		return fmt.Errorf("%s: o: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	return t.learn(fn, func(c *CountVectorizer) error { return c.mergeWith(fn, &o.CountVectorizer) })
}

func (t *TfidfVectorizer) weigher(fn string) (weigher, error) {
	if err := t.check(fn); err != nil {
		return weigher{}, err
	}
	if t.NoIDF {
		return weigher{on: true, Weighting: t.Weighting}, nil
	}
	if t.IDF == nil || !t.Fitted() {
		return weigher{}, check.NotFitted(fn)
	}
	columns := len(t.Terms)
	if t.fitted {
		columns = len(t.ids)
	}
	if err := check.Length(fn, "IDF", columns, len(t.IDF)); err != nil {
		return weigher{}, err
	}
	return weigher{true, t.Weighting, t.IDF}, nil
}

// Transform returns the weights of docs, in dst if it is not nil; dst is grown
// as needed. A document without known terms gives an empty row.
//
// Errors: as CountVectorizer.Transform.
func (t *TfidfVectorizer) Transform(dst *encoding.CSR, docs []string) (*encoding.CSR, error) {
	const fn = "TfidfVectorizer.Transform"
	w, err := t.weigher(fn)
	if err != nil {
		return nil, err
	}
	return t.transform(fn, dst, docs, w)
}

// TransformOne is Transform for one document.
func (t *TfidfVectorizer) TransformOne(dst *encoding.CSR, doc string) (*encoding.CSR, error) {
	const fn = "TfidfVectorizer.TransformOne"
	w, err := t.weigher(fn)
	if err != nil {
		return nil, err
	}
	return t.transformOne(fn, dst, doc, w)
}

// FitTransform fits on docs and returns their weights, with one look at each
// document.
//
// Errors: as Fit.
func (t *TfidfVectorizer) FitTransform(dst *encoding.CSR, docs []string) (*encoding.CSR, error) {
	const fn = "TfidfVectorizer.FitTransform"
	rows, err := t.fit(fn, docs, true)
	if err != nil {
		return nil, err
	}
	w, err := t.weigher(fn)
	if err != nil {
		return nil, err
	}
	return rows.finish(dst, &t.CountVectorizer, w), nil
}
