package text

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Bound is a number of documents: a count, or a share of the corpus. The zero
// value is no bound.
type Bound struct {
	// Docs is a count of documents; it is the bound if it is not 0.
	Docs int `json:"docs,omitempty"`
	// Share is a share of all documents in [0, 1].
	Share float64 `json:"share,omitempty"`
}

// Docs is a bound of n documents.
func Docs(n int) Bound { return Bound{Docs: n} }

// Share is a bound of a share of the documents in (0, 1].
func Share(s float64) Bound { return Bound{Share: s} }

func (b Bound) check(fn, arg string) error {
	if b.Docs < 0 {
		return check.AtLeast(fn, arg, b.Docs, 0)
	}
	return check.In(fn, arg, b.Share, 0, 1)
}

// of returns the bound in documents, or none if there is no bound.
func (b Bound) of(documents int, none float64) float64 {
	switch {
	case b.Docs > 0:
		return float64(b.Docs)
	case b.Share > 0:
		return b.Share * float64(documents)
	}
	return none
}

// A CountVectorizer turns documents into rows of counts, one column per term.
// The columns are the terms in byte order, as scikit-learn has them, or the
// given Terms in their order. The zero value has the usual options.
//
// Fit keeps the frequencies of all terms, so that PartialFit can go on and Merge
// can add what another shard has seen; the bounds choose the columns from them
// anew each time. Transform only reads, so one vectorizer may serve many
// goroutines.
type CountVectorizer struct {
	Analyzer
	// MinDF and MaxDF leave out terms in fewer or in more documents; both are
	// inclusive.
	MinDF, MaxDF Bound
	// MaxFeatures, if not 0, keeps that many terms of the largest total counts;
	// of equals, those first in byte order.
	MaxFeatures int
	// Binary counts a term once per document.
	Binary bool
	// Terms, if not empty, are the columns. Transform then needs no Fit; Prepare
	// saves it from looking at the terms on every call.
	Terms encoding.Labels

	plan    *plan // of the options at the time of fitting
	stats   DocumentFrequencies
	order   []int32 // all terms in byte order, by number
	columns []int32 // number of a term -> column, -1 for none
	ids     []int32 // column -> number of the term
	fitted  bool
}

// options checks the options and makes them ready.
func (c *CountVectorizer) options(fn string) (*plan, error) {
	p := new(plan)
	if err := p.compile(fn, &c.Analyzer); err != nil {
		return nil, err
	}
	if err := c.MinDF.check(fn, "MinDF"); err != nil {
		return nil, err
	}
	if err := c.MaxDF.check(fn, "MaxDF"); err != nil {
		return nil, err
	}
	return p, check.AtLeast(fn, "MaxFeatures", c.MaxFeatures, 0)
}

// given returns the state of a vectorizer with given terms before any document.
func (c *CountVectorizer) given(fn string) (*CountVectorizer, error) {
	n := &CountVectorizer{}
	for i, t := range c.Terms {
		id, err := n.stats.vocabulary.Add(t)
		if err != nil {
			return nil, fmt.Errorf("%s: Terms: %w", fn, err)
		}
		if id != i {
			return nil, fmt.Errorf("%s: Terms: need each term once, have %.80q again at index %d: %w", fn, t, i, mlgauge.ErrRange)
		}
	}
	n.stats.grow()
	return n, nil
}

// start returns what counting begins with: an empty vectorizer with the options
// of c, made ready.
func (c *CountVectorizer) start(fn string) (*CountVectorizer, error) {
	p, err := c.options(fn)
	if err != nil {
		return nil, err
	}
	n, err := c.given(fn)
	if err != nil {
		return nil, err
	}
	n.Analyzer, n.MinDF, n.MaxDF, n.MaxFeatures, n.Binary, n.Terms = c.Analyzer, c.MinDF, c.MaxDF, c.MaxFeatures, c.Binary, c.Terms
	n.plan = p
	return n, nil
}

// Fit learns the terms of docs, in place of what was known.
//
// Errors: ErrEmpty without documents, if no document holds a term, and if the
// bounds leave none; ErrRange for an option out of its domain, bounds that no
// number of documents meets, a document that is not valid UTF-8 (see Invalid)
// or longer than 1 GB.
func (c *CountVectorizer) Fit(docs []string) error {
	_, err := c.fit("CountVectorizer.Fit", docs, false)
	return err
}

// fit replaces the state of c, and returns the rows if they are asked for.
func (c *CountVectorizer) fit(fn string, docs []string, keep bool) (*counted, error) {
	if err := check.NotEmpty(fn, "docs", len(docs)); err != nil {
		return nil, err
	}
	n, err := c.start(fn)
	if err != nil {
		return nil, err
	}
	rows, err := n.count(fn, docs, keep)
	if err != nil {
		return nil, err
	}
	if n.stats.Len() == 0 {
		return nil, fmt.Errorf("%s: docs: need documents with terms, have none (stop words only?): %w", fn, mlgauge.ErrEmpty)
	}
	if len(c.Terms) == 0 {
		lo, hi := n.bounds()
		if hi < lo {
			return nil, fmt.Errorf("%s: MaxDF: need at least MinDF (%v documents), have %v: %w", fn, lo, hi, mlgauge.ErrRange)
		}
	}
	n.derive(nil)
	if len(n.ids) == 0 {
		return nil, fmt.Errorf("%s: MinDF, MaxDF: need bounds that leave a term, have none left: %w", fn, mlgauge.ErrEmpty)
	}
	*c = *n
	return rows, nil
}

// PartialFit learns the terms of more documents, on top of what is known. If
// the bounds leave no term so far, it is no error; Transform then has no
// columns.
//
// Errors: as Fit.
func (c *CountVectorizer) PartialFit(docs []string) error {
	return c.partialFit("CountVectorizer.PartialFit", docs)
}

func (c *CountVectorizer) partialFit(fn string, docs []string) error {
	if err := check.NotEmpty(fn, "docs", len(docs)); err != nil {
		return err
	}
	n, err := c.start(fn)
	if err != nil {
		return err
	}
	if c.fitted {
		n.plan = c.plan
	}
	if _, err := n.count(fn, docs, false); err != nil {
		return err
	}
	if !c.fitted {
		n.derive(nil)
		*c = *n
		return nil
	}
	return c.merge(fn, n)
}

// Merge adds what another vectorizer with the same options has learned.
//
// Errors: ErrNotFitted if o was not fitted; ErrIncompatible if the options
// differ; ErrRange if the terms of both do not fit into one vocabulary.
func (c *CountVectorizer) Merge(o *CountVectorizer) error {
	return c.mergeWith("CountVectorizer.Merge", o)
}

func (c *CountVectorizer) mergeWith(fn string, o *CountVectorizer) error {
	if !o.fitted {
		return check.NotFitted(fn)
	}
	if !reflect.DeepEqual(c.settings(), o.settings()) {
		return fmt.Errorf("%s: o: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	if !c.fitted {
		n, err := c.start(fn)
		if err != nil {
			return err
		}
		n.stats = o.stats.clone()
		n.derive(nil)
		*c = *n
		return nil
	}
	return c.merge(fn, o)
}

func (c *CountVectorizer) merge(fn string, o *CountVectorizer) error {
	known := c.stats.Len()
	if err := c.stats.Merge(&o.stats); err != nil {
		return fmt.Errorf("%s: %w", fn, err)
	}
	// the new terms in byte order, then both orders merged
	fresh := make([]int32, 0, c.stats.Len()-known)
	for id := known; id < c.stats.Len(); id++ {
		fresh = append(fresh, int32(id))
	}
	slices.SortFunc(fresh, func(a, b int32) int {
		return cmp.Compare(c.stats.vocabulary.Term(int(a)), c.stats.vocabulary.Term(int(b)))
	})
	order := make([]int32, 0, c.stats.Len())
	old := c.order
	for len(old) > 0 && len(fresh) > 0 {
		if c.stats.vocabulary.Term(int(old[0])) < c.stats.vocabulary.Term(int(fresh[0])) {
			order, old = append(order, old[0]), old[1:]
		} else {
			order, fresh = append(order, fresh[0]), fresh[1:]
		}
	}
	c.derive(append(append(order, old...), fresh...))
	return nil
}

// bounds returns the least and the largest document frequency that stays.
func (c *CountVectorizer) bounds() (lo, hi float64) {
	return c.MinDF.of(c.stats.documents, 1), c.MaxDF.of(c.stats.documents, math.Inf(1))
}

// derive chooses the columns from the frequencies; order is that of all terms,
// nil if it is not known.
func (c *CountVectorizer) derive(order []int32) {
	c.fitted = true
	n := c.stats.Len()
	if len(c.Terms) > 0 {
		c.columns = make([]int32, n)
		for i := range c.columns {
			c.columns[i] = int32(i)
		}
		c.order, c.ids = nil, c.columns
		return
	}
	if order == nil {
		order = c.stats.sorted()
	}
	lo, hi := c.bounds()
	ids := make([]int32, 0, n)
	for _, id := range order {
		if df := float64(c.stats.counts[id].df); df >= lo && df <= hi {
			ids = append(ids, id)
		}
	}
	if k := c.MaxFeatures; k > 0 && k < len(ids) {
		weight := func(place int32) int64 {
			if c.Binary {
				return c.stats.counts[ids[place]].df
			}
			return c.stats.counts[ids[place]].total
		}
		// places in byte order, the largest totals first
		places := make([]int32, len(ids))
		for i := range places {
			places[i] = int32(i)
		}
		slices.SortStableFunc(places, func(a, b int32) int { return cmp.Compare(weight(b), weight(a)) })
		places = places[:k]
		slices.Sort(places)
		best := make([]int32, k)
		for i, p := range places {
			best[i] = ids[p]
		}
		ids = best
	}
	columns := make([]int32, n)
	for i := range columns {
		columns[i] = -1
	}
	for j, id := range ids {
		columns[id] = int32(j)
	}
	c.order, c.ids, c.columns = order, ids, columns
}

// Fitted tells whether the columns are known.
func (c *CountVectorizer) Fitted() bool { return c.fitted || len(c.Terms) > 0 }

// ready returns c itself if it was fitted, and a vectorizer of the given Terms
// if it needs no fitting.
func (c *CountVectorizer) ready(fn string) (*CountVectorizer, error) {
	if c.fitted {
		return c, nil
	}
	if len(c.Terms) == 0 {
		return nil, check.NotFitted(fn)
	}
	n, err := c.start(fn)
	if err != nil {
		return nil, err
	}
	n.derive(nil)
	return n, nil
}

// Prepare makes a vectorizer with given Terms ready to be asked, as Fit does but
// without documents.
//
// Errors: ErrEmpty without Terms; ErrRange for a term given twice or an option
// out of its domain.
func (c *CountVectorizer) Prepare() error { return c.prepare("CountVectorizer.Prepare") }

func (c *CountVectorizer) prepare(fn string) error {
	if err := check.NotEmpty(fn, "Terms", len(c.Terms)); err != nil {
		return err
	}
	n, err := c.start(fn)
	if err != nil {
		return err
	}
	n.derive(nil)
	*c = *n
	return nil
}

// Transform returns the counts of docs, in dst if it is not nil; dst is grown as
// needed and what it held is lost. Terms that are not columns are left out, so a
// row may be empty. With a dst that has room and up to a few hundred kilobytes of
// documents it does not allocate.
//
// Errors: ErrNotFitted before Fit, unless Terms are given; ErrRange for a
// document that is not valid UTF-8 (see Invalid) or longer than 1 GB.
func (c *CountVectorizer) Transform(dst *encoding.CSR, docs []string) (*encoding.CSR, error) {
	return c.transform("CountVectorizer.Transform", dst, docs, weigher{})
}

// TransformOne is Transform for one document.
func (c *CountVectorizer) TransformOne(dst *encoding.CSR, doc string) (*encoding.CSR, error) {
	return c.transformOne("CountVectorizer.TransformOne", dst, doc, weigher{})
}

// FitTransform fits on docs and returns their counts, with one look at each
// document.
//
// Errors: as Fit.
func (c *CountVectorizer) FitTransform(dst *encoding.CSR, docs []string) (*encoding.CSR, error) {
	rows, err := c.fit("CountVectorizer.FitTransform", docs, true)
	if err != nil {
		return nil, err
	}
	return rows.finish(dst, c, weigher{}), nil
}

// FeatureNames returns the terms of the columns in their order; nil before Fit.
func (c *CountVectorizer) FeatureNames() []string {
	if !c.fitted {
		return slices.Clone(c.Terms)
	}
	out := make([]string, len(c.ids))
	for j, id := range c.ids {
		out[j] = c.stats.vocabulary.Term(int(id))
	}
	return out
}

// Column returns the column of a term and whether it has one.
func (c *CountVectorizer) Column(term string) (int, bool) {
	if id, ok := c.stats.vocabulary.ID(term); c.fitted && ok && c.columns[id] >= 0 {
		return int(c.columns[id]), true
	}
	return 0, false
}

// Statistics returns the frequencies of all terms seen, among them those that
// the bounds leave out; treat it as read-only.
func (c *CountVectorizer) Statistics() *DocumentFrequencies { return &c.stats }

// Inverse returns the terms of each row that are not 0.
//
// Errors: ErrNotFitted before Fit; ErrLength if x has other columns.
func (c *CountVectorizer) Inverse(x *encoding.CSR) ([][]string, error) {
	const fn = "CountVectorizer.Inverse"
	c, err := c.ready(fn)
	if err != nil {
		return nil, err
	}
	if err := checkMatrix(fn, x, len(c.ids)); err != nil {
		return nil, err
	}
	out := make([][]string, x.NRows)
	for i := range out {
		out[i] = []string{}
		columns, values := x.Row(i)
		for k, j := range columns {
			if values[k] != 0 {
				out[i] = append(out[i], c.stats.vocabulary.Term(int(c.ids[j])))
			}
		}
	}
	return out, nil
}

func checkMatrix(fn string, x *encoding.CSR, columns int) error {
	if x == nil {
		return check.NotEmpty(fn, "x", 0)
	}
	if err := check.Length(fn, "columns of x", columns, x.NCols); err != nil {
		return err
	}
	if len(x.Indptr) == 0 && x.NRows == 0 {
		return nil
	}
	if err := x.Check(); err != nil {
		return fmt.Errorf("%s: x: %w", fn, err)
	}
	return nil
}
