package text

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// DocumentFrequencies is what TF-IDF needs to know of a corpus: the number of
// documents, and for each term in how many documents and how often it occurs.
// The zero value is ready. Corpora merge by adding their frequencies.
type DocumentFrequencies struct {
	vocabulary Vocabulary
	documents  int
	counts     []count // by number of the term
}

// A count says in how many documents a term occurs and how often in all.
type count struct{ df, total int64 }

// Add counts one document, given by its terms in any order.
//
// Errors: ErrRange if the vocabulary is full; nothing is counted then.
func (d *DocumentFrequencies) Add(terms ...string) error {
	var doc DocumentFrequencies
	for _, t := range terms {
		id, err := doc.vocabulary.Add(t)
		if err != nil {
			return fmt.Errorf("DocumentFrequencies.Add: %w", err)
		}
		doc.grow()
		doc.counts[id].df = 1
		doc.counts[id].total++
	}
	doc.documents = 1
	return d.Merge(&doc)
}

// grow gives every term of the vocabulary its counts.
func (d *DocumentFrequencies) grow() {
	n := d.vocabulary.Len()
	if n > cap(d.counts) {
		// doubled, since append's quarter leaves four times as much behind
		d.counts = append(make([]count, 0, max(n, 2*cap(d.counts))), d.counts...)
	}
	d.counts = d.counts[:n]
}

// Merge adds the counts of o.
//
// Errors: ErrRange if the terms of both do not fit into one vocabulary; d stays
// as it was.
func (d *DocumentFrequencies) Merge(o *DocumentFrequencies) error {
	if d == o {
		c := o.clone()
		o = &c
	}
	if uint64(len(d.vocabulary.arena))+uint64(len(o.vocabulary.arena)) > math.MaxUint32 || d.Len()+o.Len() > maxTerms {
		return errFull("DocumentFrequencies.Merge")
	}
	d.merge(o)
	return nil
}

// merge adds the counts of o, whose terms fit, and returns the number in d of
// each of its terms.
func (d *DocumentFrequencies) merge(o *DocumentFrequencies) []int32 {
	ids := make([]int32, o.Len())
	for i := range ids {
		ids[i] = d.vocabulary.put(o.vocabulary.bytes(i))
	}
	d.grow()
	for i, id := range ids {
		d.counts[id].df += o.counts[i].df
		d.counts[id].total += o.counts[i].total
	}
	d.documents += o.documents
	return ids
}

func (d *DocumentFrequencies) clone() DocumentFrequencies {
	return DocumentFrequencies{d.vocabulary.clone(), d.documents, append([]count(nil), d.counts...)}
}

// Len returns the number of terms.
func (d *DocumentFrequencies) Len() int { return d.vocabulary.Len() }

// Vocabulary returns the terms; treat it as read-only.
func (d *DocumentFrequencies) Vocabulary() *Vocabulary { return &d.vocabulary }

// Documents returns the number of documents.
func (d *DocumentFrequencies) Documents() int { return d.documents }

// DocumentFrequency returns in how many documents a term occurs.
func (d *DocumentFrequencies) DocumentFrequency(term string) int {
	if id, ok := d.vocabulary.ID(term); ok {
		return int(d.counts[id].df)
	}
	return 0
}

// Total returns how often a term occurs in all documents.
func (d *DocumentFrequencies) Total(term string) int {
	if id, ok := d.vocabulary.ID(term); ok {
		return int(d.counts[id].total)
	}
	return 0
}

// IDF returns the smoothed inverse document frequency of a term, that of a term
// in no document for one that was never seen.
//
//	idf = ln((1 + n) / (1 + df)) + 1
//
// Errors: ErrEmpty without documents.
//
// Source: scikit-learn 1.9, TfidfTransformer.
func (d *DocumentFrequencies) IDF(term string) (float64, error) {
	if d.documents == 0 {
		return 0, fmt.Errorf("DocumentFrequencies.IDF: need at least one document, have none: %w", mlgauge.ErrEmpty)
	}
	return idf(d.documents, int64(d.DocumentFrequency(term)), true), nil
}

func idf(n int, df int64, smooth bool) float64 {
	if smooth {
		return math.Log(float64(n+1)/float64(df+1)) + 1
	}
	return math.Log(float64(n)/float64(df)) + 1
}

// Reset forgets all counts.
func (d *DocumentFrequencies) Reset() { *d = DocumentFrequencies{} }

// sorted returns the numbers of the terms in the byte order of the terms.
func (d *DocumentFrequencies) sorted() []int32 {
	return kernel.SortBytes(d.Len(), d.vocabulary.bytes)
}

const frequenciesTag = "text.DocumentFrequencies/1"

// MarshalBinary returns the counts with the terms in byte order, so that equal
// counts give equal bytes.
func (d *DocumentFrequencies) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(frequenciesTag)
	order := d.sorted()
	w.Int(d.documents)
	d.vocabulary.write(w, order)
	for _, id := range order {
		w.Int(int(d.counts[id].df))
		w.Int(int(d.counts[id].total))
	}
	return w.Finish(), nil
}

// UnmarshalBinary restores what MarshalBinary gave; on an error (ErrCorrupt) d
// stays as it was.
func (d *DocumentFrequencies) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("DocumentFrequencies.UnmarshalBinary", frequenciesTag, data)
	var n DocumentFrequencies
	n.documents = r.Int()
	n.vocabulary = readVocabulary(r)
	for range n.vocabulary.Len() {
		n.counts = append(n.counts, count{int64(r.Int()), int64(r.Int())})
	}
	if why := n.check(); why != "" {
		r.Fail("%s", why)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = n
	return nil
}

// check says what is impossible about the counts.
func (d *DocumentFrequencies) check() string {
	if d.documents < 0 || len(d.counts) != d.Len() {
		return "need as many frequencies as terms and no negative count"
	}
	for _, n := range d.counts {
		if n.df < 0 || n.df > int64(d.documents) || n.total < n.df {
			return fmt.Sprintf("need a document frequency in [0, %d] and a total at least as large, have %d and %d", d.documents, n.df, n.total)
		}
	}
	return ""
}
