package encoding

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// Similarity encodes a label by its likeness to each of the categories of Fit,
// so that misspelt and new labels are near the ones they look like:
//
//	similarity(a, b) = |A and B| / (|A| + |B| - |A and B|)
//
// where A and B are the n-grams of characters of the labels, counted with their
// repeats, of every n from NMin to NMax. Labels are lower-cased, runs of white
// space become one space, and a space is put at either end. A missing value is
// zeros. Names are "name_category".
//
// Source: the n-gram similarity of dirty_cat's SimilarityEncoder; Cerda,
// Varoquaux, Kegl (2018).
type Similarity struct {
	// NMin and NMax bound the lengths of the n-grams; 0 means 2 and 4.
	NMin int `json:"n_min,omitempty"`
	NMax int `json:"n_max,omitempty"`
	// Prototypes bounds the categories compared with to the most frequent; 0
	// means all.
	Prototypes int `json:"prototypes,omitempty"`
	// Categories gives the prototypes by column; nil, or a nil element, is taken
	// from the data.
	Categories [][]string `json:"categories,omitempty"`

	// Features are the fitted columns, without values.
	Features []SimilarityFeature `json:"features,omitempty"`
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`

	index []*gramIndex
}

// A SimilarityFeature lists the prototypes of one column.
type SimilarityFeature struct {
	Name          string `json:"name"`
	Categories    Labels `json:"categories"`
	MissingLabels Labels `json:"missing_labels,omitempty"`
}

// A gramIndex finds, for an n-gram, the prototypes that hold it and how often.
type gramIndex struct {
	at      map[string]int32
	post    [][]posting
	total   []float64 // n-grams of a prototype
	missing *Dictionary
}

type posting struct {
	prototype int32
	count     int32
}

// Fit learns the prototypes of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty, ErrLength, ErrRange for options and codes out of range.
func (e *Similarity) Fit(x []Column) error { return e.fit("Similarity.Fit", nil, x) }

// PartialFit is Fit that keeps what was learned before.
func (e *Similarity) PartialFit(x []Column) error {
	return e.fit("Similarity.PartialFit", e.Counts, x)
}

func (e *Similarity) fit(fn string, have []Tally, x []Column) error {
	counts, err := learnCounts(fn, have, x)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *Similarity) Merge(o *Similarity) error {
	const fn = "Similarity.Merge"
	same := e.NMin == o.NMin && e.NMax == o.NMax && e.Prototypes == o.Prototypes && slices.EqualFunc(e.Categories, o.Categories, slices.Equal)
	if err := incompatible(fn, same); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *Similarity) lengths(fn string) (lo, hi int, err error) {
	lo, hi = e.NMin, e.NMax
	if lo == 0 && hi == 0 {
		lo, hi = 2, 4
	}
	if err = check.AtLeast(fn, "NMin", lo, 1); err == nil {
		err = check.AtLeast(fn, "NMax", hi, lo)
	}
	if err == nil {
		err = check.In(fn, "NMax", float64(hi), 1, 32)
	}
	return
}

func (e *Similarity) derive(fn string, counts []Tally) error {
	if err := check.AtLeast(fn, "Prototypes", e.Prototypes, 0); err != nil {
		return err
	}
	if err := checkGiven(fn, e.Categories, len(counts)); err != nil {
		return err
	}
	features := make([]SimilarityFeature, len(counts))
	for j := range counts {
		t := &counts[j]
		cats, slots, err := categoriesOf(fn, &t.dict, t.order, e.Categories, j, false)
		if err != nil {
			return err
		}
		if p := e.Prototypes; p > 0 && p < len(cats) {
			idx := make([]int, len(cats))
			for i := range idx {
				idx[i] = i
			}
			n := func(i int) int {
				if slots[i] == 0 {
					return 0
				}
				return t.n[slots[i]]
			}
			slices.SortStableFunc(idx, func(a, b int) int { return n(b) - n(a) })
			idx = idx[:p]
			slices.Sort(idx)
			kept := make([]string, p)
			for i, k := range idx {
				kept[i] = cats[k]
			}
			cats = kept
		}
		features[j] = SimilarityFeature{name(t.name, j), cats, t.dict.MissingLabels()}
	}
	index, err := e.build(fn, features)
	if err != nil {
		return err
	}
	e.Features, e.Counts, e.index = features, counts, index
	return nil
}

func (e *Similarity) build(fn string, features []SimilarityFeature) ([]*gramIndex, error) {
	lo, hi, err := e.lengths(fn)
	if err != nil {
		return nil, err
	}
	index := make([]*gramIndex, len(features))
	for j := range features {
		f := &features[j]
		if _, err := NewDictionary(f.Categories, f.MissingLabels); err != nil {
			return nil, err
		}
		g := &gramIndex{at: make(map[string]int32), total: make([]float64, len(f.Categories)), missing: new(Dictionary)}
		g.missing.setMissing(f.MissingLabels)
		for p, s := range f.Categories {
			counts, total := grams(s, lo, hi)
			g.total[p] = total
			for gram, n := range counts {
				k, ok := g.at[gram]
				if !ok {
					k = int32(len(g.post))
					g.at[gram] = k
					g.post = append(g.post, nil)
				}
				g.post[k] = append(g.post[k], posting{int32(p), n})
			}
		}
		index[j] = g
	}
	return index, nil
}

// grams counts the n-grams of a label.
func grams(label string, lo, hi int) (map[string]int32, float64) {
	s := []rune(" " + strings.Join(strings.Fields(strings.ToLower(label)), " ") + " ")
	counts := make(map[string]int32)
	total := 0
	for n := lo; n <= hi; n++ {
		for i := 0; i+n <= len(s); i++ {
			counts[string(s[i:i+n])]++
			total++
		}
	}
	return counts, float64(total)
}

// encode writes the likeness of a label to every prototype. The shared n-grams
// are whole numbers, so the order of the map does not matter.
func (g *gramIndex) encode(dst []float64, label string, lo, hi int) {
	clear(dst)
	if g.missing.Code(label) == Missing {
		return
	}
	counts, total := grams(label, lo, hi)
	for gram, n := range counts {
		if k, ok := g.at[gram]; ok {
			for _, p := range g.post[k] {
				dst[p.prototype] += float64(min(n, p.count))
			}
		}
	}
	for p, shared := range dst {
		if d := total + g.total[p] - shared; d > 0 {
			dst[p] = shared / d
		} else if d == 0 && total == 0 {
			dst[p] = 1 // two labels too short for any n-gram
		}
	}
}

func (e *Similarity) ready(fn string) ([]*gramIndex, error) {
	if e.index != nil {
		return e.index, nil
	}
	if len(e.Features) == 0 {
		return nil, check.NotFitted(fn)
	}
	return e.build(fn, e.Features)
}

// Width returns the number of columns of the result, 0 before Fit.
func (e *Similarity) Width() int {
	w := 0
	for j := range e.Features {
		w += len(e.Features[j].Categories)
	}
	return w
}

// FeatureNames returns the names of the columns of the result.
//
// Errors: ErrNotFitted.
func (e *Similarity) FeatureNames() ([]string, error) {
	if len(e.Features) == 0 {
		return nil, check.NotFitted("Similarity.FeatureNames")
	}
	var names []string
	for _, f := range e.Features {
		for _, c := range f.Categories {
			names = append(names, f.Name+"_"+c)
		}
	}
	return names, nil
}

// Transform encodes the columns x into dst, which may be nil. The likeness of
// every different label is computed once.
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrRange for codes outside the
// categories.
func (e *Similarity) Transform(dst *mat.Dense, x []Column) (*mat.Dense, error) {
	const fn = "Similarity.Transform"
	index, err := e.ready(fn)
	if err != nil {
		return nil, err
	}
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "x", len(index), len(x)); err != nil {
		return nil, err
	}
	lo, hi, err := e.lengths(fn)
	if err != nil {
		return nil, err
	}
	dst, data, stride, err := newDense(fn, dst, n, e.Width())
	if err != nil {
		return nil, err
	}
	offset := 0
	for j := range x {
		c, err := EncodeColumn(x[j])
		if err != nil {
			return nil, err
		}
		w := len(e.Features[j].Categories)
		first := make([]int, len(c.Categories)) // row that holds the category, plus 1
		for i, k := range c.Codes {
			row := data[i*stride+offset : i*stride+offset+w]
			switch {
			case k < 0:
				clear(row)
			case first[k] > 0:
				from := (first[k]-1)*stride + offset
				copy(row, data[from:from+w])
			default:
				index[j].encode(row, c.Categories[k], lo, hi)
				first[k] = i + 1
			}
		}
		offset += w
	}
	return dst, nil
}

// EncodeRow encodes one row into dst, which has Width places. Unlike that of
// the other encoders it allocates: a label may be new, and is cut into n-grams.
//
// Errors: ErrNotFitted; ErrLength.
func (e *Similarity) EncodeRow(dst []float64, row []string) error {
	const fn = "Similarity.EncodeRow"
	index, err := e.ready(fn)
	if err != nil {
		return err
	}
	if err := check.Length(fn, "row", len(index), len(row)); err != nil {
		return err
	}
	if err := check.Length(fn, "dst", e.Width(), len(dst)); err != nil {
		return err
	}
	lo, hi, err := e.lengths(fn)
	if err != nil {
		return err
	}
	offset := 0
	for j, s := range row {
		w := len(e.Features[j].Categories)
		index[j].encode(dst[offset:offset+w], s, lo, hi)
		offset += w
	}
	return nil
}

// Nearest returns the prototype of column j that is most like a label, and the
// likeness; among ties the first.
//
// Errors: ErrNotFitted; ErrLength for a column that does not exist.
func (e *Similarity) Nearest(j int, label string) (string, float64, error) {
	const fn = "Similarity.Nearest"
	index, err := e.ready(fn)
	if err != nil {
		return "", 0, err
	}
	if j < 0 || j >= len(index) {
		return "", 0, check.Length(fn, "column "+strconv.Itoa(j)+" of", len(index), j)
	}
	lo, hi, err := e.lengths(fn)
	if err != nil {
		return "", 0, err
	}
	cats := e.Features[j].Categories
	if err := check.NotEmpty(fn, "prototypes", len(cats)); err != nil {
		return "", 0, err
	}
	v := make([]float64, len(cats))
	index[j].encode(v, label, lo, hi)
	best, at := math.Inf(-1), 0
	for p, s := range v {
		if s > best {
			best, at = s, p
		}
	}
	return cats[at], best, nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Similarity) UnmarshalJSON(b []byte) error {
	const fn = "Similarity.UnmarshalJSON"
	type plain Similarity
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := Similarity(p)
	index, err := n.build(fn, n.Features)
	if err != nil {
		return corrupt(fn, "features", "options in range and each category once", err)
	}
	if len(n.Features) > 0 {
		n.index = index
	}
	*e = n
	return nil
}
