package text

import (
	"encoding/json"
	"reflect"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// countSettings are the options of a CountVectorizer in JSON.
type countSettings struct {
	Analyzer
	MinDF       Bound           `json:"min_df"`
	MaxDF       Bound           `json:"max_df"`
	MaxFeatures int             `json:"max_features,omitempty"`
	Binary      bool            `json:"binary,omitempty"`
	Terms       encoding.Labels `json:"given_terms,omitempty"`
}

func (c *CountVectorizer) settings() countSettings {
	s := countSettings{c.Analyzer, c.MinDF, c.MaxDF, c.MaxFeatures, c.Binary, c.Terms}
	if len(s.Terms) == 0 {
		s.Terms = nil
	}
	if len(s.StopWords) == 0 {
		s.StopWords = nil
	}
	return s
}

// frequencies are a DocumentFrequencies in JSON, with the terms in byte order
// unless they were given.
type frequencies struct {
	Documents int             `json:"documents"`
	Terms     encoding.Labels `json:"terms"`
	DF        []int64         `json:"df"`
	Total     []int64         `json:"total"`
}

type countJSON struct {
	countSettings
	Frequencies *frequencies `json:"frequencies,omitempty"`
}

func (c *CountVectorizer) toJSON() countJSON {
	out := countJSON{countSettings: c.settings()}
	if !c.fitted {
		return out
	}
	order := c.order
	if len(c.Terms) > 0 {
		order = c.ids
	}
	f := &frequencies{Documents: c.stats.documents, Terms: encoding.Labels{}, DF: []int64{}, Total: []int64{}}
	for _, id := range order {
		f.add(&c.stats, int(id))
	}
	out.Frequencies = f
	return out
}

func (j *countJSON) vectorizer(fn string) (*CountVectorizer, error) {
	c := &CountVectorizer{Analyzer: j.Analyzer, MinDF: j.MinDF, MaxDF: j.MaxDF, MaxFeatures: j.MaxFeatures, Binary: j.Binary, Terms: j.Terms}
	n, err := c.start(fn)
	if err != nil {
		return nil, jsonfloat.Corrupt(fn, "%v", err)
	}
	f := j.Frequencies
	if f == nil {
		n.plan = nil
		n.stats.Reset()
		return n, nil
	}
	if len(c.Terms) > 0 && !reflect.DeepEqual(c.Terms, f.Terms) {
		return nil, jsonfloat.Corrupt(fn, "frequencies: need those of the given terms")
	}
	if n.stats, err = f.statistic(fn); err != nil {
		return nil, err
	}
	n.derive(nil)
	return n, nil
}

// MarshalJSON returns the options and, after Fit, the terms with their
// frequencies.
func (c *CountVectorizer) MarshalJSON() ([]byte, error) { return json.Marshal(c.toJSON()) }

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) c stays
// as it was.
func (c *CountVectorizer) UnmarshalJSON(data []byte) error {
	const fn = "CountVectorizer.UnmarshalJSON"
	var j countJSON
	if err := jsonfloat.Decode(fn, data, &j); err != nil {
		return err
	}
	n, err := j.vectorizer(fn)
	if err != nil {
		return err
	}
	*c = *n
	return nil
}

type tfidfJSON struct {
	countJSON
	Weighting
	IDF jsonfloat.Slice `json:"idf,omitempty"` // if it was filled in by hand
}

// MarshalJSON returns the options and, after Fit, the terms with their
// frequencies.
func (t *TfidfVectorizer) MarshalJSON() ([]byte, error) {
	j := tfidfJSON{countJSON: t.CountVectorizer.toJSON(), Weighting: t.Weighting}
	if t.stats.documents == 0 {
		j.IDF = t.IDF
	}
	return json.Marshal(j)
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) t stays
// as it was.
func (t *TfidfVectorizer) UnmarshalJSON(data []byte) error {
	const fn = "TfidfVectorizer.UnmarshalJSON"
	var j tfidfJSON
	if err := jsonfloat.Decode(fn, data, &j); err != nil {
		return err
	}
	c, err := j.vectorizer(fn)
	if err != nil {
		return err
	}
	n := TfidfVectorizer{CountVectorizer: *c, Weighting: j.Weighting}
	switch {
	case n.stats.documents > 0:
		n.IDF, err = n.columnIDF(fn, c)
	case j.IDF != nil:
		n.IDF = j.IDF
		err = n.Prepare()
	}
	if err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	*t = n
	return nil
}

type transformerJSON struct {
	Weighting
	IDF       jsonfloat.Slice `json:"idf,omitempty"`
	Documents int             `json:"documents,omitempty"`
	DF        []int64         `json:"df,omitempty"`
}

// MarshalJSON returns the options and, after Fit, the document frequencies.
func (t *TfidfTransformer) MarshalJSON() ([]byte, error) {
	return json.Marshal(transformerJSON{t.Weighting, t.IDF, t.documents, t.df})
}

// UnmarshalJSON restores what MarshalJSON gave, or an IDF from elsewhere; on an
// error (ErrCorrupt) t stays as it was.
func (t *TfidfTransformer) UnmarshalJSON(data []byte) error {
	const fn = "TfidfTransformer.UnmarshalJSON"
	var j transformerJSON
	if err := jsonfloat.Decode(fn, data, &j); err != nil {
		return err
	}
	n := TfidfTransformer{Weighting: j.Weighting, IDF: j.IDF}
	for k, v := range j.IDF {
		if v*0 != 0 {
			return jsonfloat.Corrupt(fn, "idf: need finite values, have %v at index %d", v, k)
		}
	}
	if j.DF != nil {
		if j.Documents < 1 {
			return jsonfloat.Corrupt(fn, "documents: need at least 1, have %d", j.Documents)
		}
		for k, d := range j.DF {
			if d < 0 || d > int64(j.Documents) {
				return jsonfloat.Corrupt(fn, "df: need frequencies in [0, %d], have %d at index %d", j.Documents, d, k)
			}
		}
		if j.IDF != nil && len(j.IDF) != len(j.DF) {
			return jsonfloat.Corrupt(fn, "idf: need %d values, have %d", len(j.DF), len(j.IDF))
		}
		if err := n.set(fn, j.Documents, j.DF); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
	}
	*t = n
	return nil
}

// MarshalJSON returns the number of documents and the terms in byte order with
// their frequencies.
func (d *DocumentFrequencies) MarshalJSON() ([]byte, error) {
	f := frequencies{d.documents, encoding.Labels{}, []int64{}, []int64{}}
	for _, id := range d.sorted() {
		f.add(d, int(id))
	}
	return json.Marshal(f)
}

func (f *frequencies) add(d *DocumentFrequencies, id int) {
	f.Terms = append(f.Terms, d.vocabulary.Term(id))
	f.DF = append(f.DF, d.counts[id].df)
	f.Total = append(f.Total, d.counts[id].total)
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) d stays
// as it was.
func (d *DocumentFrequencies) UnmarshalJSON(data []byte) error {
	const fn = "DocumentFrequencies.UnmarshalJSON"
	var f frequencies
	if err := jsonfloat.Decode(fn, data, &f); err != nil {
		return err
	}
	n, err := f.statistic(fn)
	if err != nil {
		return err
	}
	*d = n
	return nil
}

func (f *frequencies) statistic(fn string) (DocumentFrequencies, error) {
	n := DocumentFrequencies{documents: f.Documents}
	if len(f.DF) != len(f.Terms) || len(f.Total) != len(f.Terms) {
		return n, jsonfloat.Corrupt(fn, "frequencies: need as many as terms (%d), have %d and %d", len(f.Terms), len(f.DF), len(f.Total))
	}
	for i, df := range f.DF {
		n.counts = append(n.counts, count{df, f.Total[i]})
	}
	for i, t := range f.Terms {
		if id, err := n.vocabulary.Add(t); err != nil || id != i {
			return n, jsonfloat.Corrupt(fn, "terms: need each term once, have %.40q again", t)
		}
	}
	if why := n.check(); why != "" {
		return n, jsonfloat.Corrupt(fn, "frequencies: %s", why)
	}
	return n, nil
}

type sifJSON struct {
	A           float64              `json:"a,omitempty"`
	Frequencies *DocumentFrequencies `json:"frequencies,omitempty"`
	KeepCommon  bool                 `json:"keep_common,omitempty"`
	Component   jsonfloat.Slice      `json:"component,omitempty"`
	Gram        jsonfloat.Slice      `json:"gram,omitempty"` // the upper triangle by rows
}

// MarshalJSON returns the options with the frequencies and, after Fit, the
// component and what it was found from.
func (s *SIF) MarshalJSON() ([]byte, error) {
	j := sifJSON{A: s.A, Frequencies: s.Frequencies, KeepCommon: s.KeepCommon, Component: s.Component}
	if s.gram != nil {
		for i := range s.gram.SymmetricDim() {
			for k := i; k < s.gram.SymmetricDim(); k++ {
				j.Gram = append(j.Gram, s.gram.At(i, k))
			}
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) s stays
// as it was.
func (s *SIF) UnmarshalJSON(data []byte) error {
	const fn = "SIF.UnmarshalJSON"
	var j sifJSON
	if err := jsonfloat.Decode(fn, data, &j); err != nil {
		return err
	}
	n := SIF{A: j.A, Frequencies: j.Frequencies, KeepCommon: j.KeepCommon, Component: j.Component}
	if err := check.Finite(fn, "component, gram", slices.Concat(j.Component, j.Gram)); err != nil || j.A < 0 {
		return jsonfloat.Corrupt(fn, "a, component, gram: need finite values and a of at least 0")
	}
	if dim := len(j.Component); len(j.Gram) > 0 {
		if len(j.Gram) != dim*(dim+1)/2 {
			return jsonfloat.Corrupt(fn, "gram: need %d values, have %d", dim*(dim+1)/2, len(j.Gram))
		}
		n.gram = mat.NewSymDense(dim, nil)
		for i := range dim {
			for k := i; k < dim; k++ {
				n.gram.SetSym(i, k, j.Gram[0])
				j.Gram = j.Gram[1:]
			}
		}
	}
	*s = n
	return nil
}
