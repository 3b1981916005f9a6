package encoding

import (
	"fmt"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// Policy says what an encoder does with a category that it was not fitted on,
// or with a missing value. Each encoder accepts some of them.
type Policy int

const (
	// Usual is what the peer does when nothing is asked; each encoder says.
	Usual Policy = iota
	// Refuse is an error (ErrUnknownCategory).
	Refuse
	// Value is a neutral number: zeros, the mean of the target, a count of 0.
	Value
	// ReturnNaN is NaN in every column.
	ReturnNaN
	// Infrequent is the group of infrequent categories where there is one, and
	// zeros where not.
	Infrequent
	// Indicator is a category of its own.
	Indicator
)

// policy resolves Usual and reports an option that the encoder does not have.
func policy(fn, arg string, p, usual Policy, allowed ...Policy) (Policy, error) {
	if p == Usual {
		return usual, nil
	}
	if !slices.Contains(allowed, p) {
		return 0, check.Option(fn, arg, int(p))
	}
	return p, nil
}

// A Feature is the fitted part of an encoder for one column: the numbers that
// each category becomes.
type Feature struct {
	Name          string    // of the column
	Names         []string  // of the columns of the result
	Categories    []string  // one per row of Values
	MissingLabels []string  // labels that mean a missing value
	Values        []float64 // len(Categories) x len(Names), row after row
	Missing       []float64 // for a missing value; nil: an error
	Unknown       []float64 // for a category that is not listed; nil: an error

	perm []int32 // the code of each category in the statistics it came from
}

// A Table encodes columns by looking every category up. Most encoders are a
// Table once they are fitted; one can also be filled in by hand from a model
// fitted elsewhere, and then wants a call of Prepare.
type Table struct {
	Features []Feature `json:"features,omitempty"`
	index    *tableIndex
}

// tableIndex is what Prepare derives from the features.
type tableIndex struct {
	kind  string // of the encoder, for errors
	width int
	cols  []tableColumn
}

type tableColumn struct {
	dict   *Dictionary
	width  int
	offset int
	// flat holds the rows Unknown, Missing, Values, so that the row of a code is
	// code+2.
	flat                 []float64
	noMissing, noUnknown bool
}

// maxValues bounds the numbers of one feature: 2 GB of them.
const maxValues = 1 << 28

// Prepare checks the features and builds what the lookups need. Fit and
// UnmarshalJSON have called it; call it after filling in or changing Features.
//
// Errors: ErrNotFitted without features, ErrLength if Values, Missing or
// Unknown have the wrong length, ErrRange for a category that is listed twice.
func (t *Table) Prepare() error {
	x, err := makeIndex("Table", t.Features, nil)
	if err != nil {
		return err
	}
	t.index = x
	return nil
}

// makeIndex builds the index of features. dicts, if not nil, are dictionaries
// that hold the categories of each feature already, in another order; they are
// not changed.
func makeIndex(kind string, features []Feature, dicts []*Dictionary) (*tableIndex, error) {
	fn := kind + ".Prepare"
	if len(features) == 0 {
		return nil, check.NotFitted(fn)
	}
	x := &tableIndex{kind: kind, cols: make([]tableColumn, len(features))}
	for j := range features {
		f := &features[j]
		w, k := len(f.Names), len(f.Categories)
		arg := "feature " + strconv.Quote(f.Name)
		if w > 0 && k > maxValues/w {
			return nil, fmt.Errorf("%s: %s: need at most %d numbers, have %d categories by %d columns: %w", fn, arg, maxValues, k, w, mlgauge.ErrRange)
		}
		if err := check.Length(fn, arg+": Values", k*w, len(f.Values)); err != nil {
			return nil, err
		}
		c := tableColumn{width: w, offset: x.width, noMissing: f.Missing == nil, noUnknown: f.Unknown == nil}
		x.width += w
		c.flat = make([]float64, (k+2)*w)
		for i, v := range [][]float64{f.Unknown, f.Missing} {
			if v == nil {
				continue
			}
			if err := check.Length(fn, arg+": Missing and Unknown", w, len(v)); err != nil {
				return nil, err
			}
			copy(c.flat[i*w:], v)
		}
		if dicts != nil && dicts[j] != nil {
			c.dict = dicts[j]
			for i, k := range f.perm {
				copy(c.flat[(int(k)+2)*w:(int(k)+3)*w], f.Values[i*w:])
			}
			x.cols[j] = c
			continue
		}
		copy(c.flat[2*w:], f.Values)
		c.dict = new(Dictionary)
		if err := c.dict.fill(fn, f.Categories, f.MissingLabels); err != nil {
			return nil, err
		}
		x.cols[j] = c
	}
	return x, nil
}

// set replaces the features by fitted ones.
func (t *Table) set(kind string, features []Feature, dicts ...*Dictionary) error {
	x, err := makeIndex(kind, features, dicts)
	if err != nil {
		return err
	}
	t.Features, t.index = features, x
	return nil
}

// ready returns the index; a table filled in by hand without Prepare is
// prepared for this call only, so that concurrent readers do not write.
func (t *Table) ready(method string) (*tableIndex, error) {
	if t.index != nil {
		return t.index, nil
	}
	if len(t.Features) == 0 {
		return nil, check.NotFitted(method)
	}
	return makeIndex("Table", t.Features, nil)
}

// FeatureNames returns the names of the columns of the result.
//
// Errors: ErrNotFitted.
func (t *Table) FeatureNames() ([]string, error) {
	if len(t.Features) == 0 {
		return nil, check.NotFitted("FeatureNames")
	}
	var names []string
	for j := range t.Features {
		names = append(names, t.Features[j].Names...)
	}
	return names, nil
}

// Transform encodes the columns x, which must be those of Fit in the same
// order, into dst; dst may be nil. Names of columns are not compared.
//
// Errors: ErrNotFitted; ErrEmpty without rows, or if no column of the result is
// left; ErrLength for another number of columns, columns that differ in length,
// or a dst of other dimensions; ErrUnknownCategory for a category or a missing
// value that the encoder refuses; ErrRange for codes outside the categories.
// After an error the content of dst is arbitrary.
func (t *Table) Transform(dst *mat.Dense, x []Column) (*mat.Dense, error) {
	ix, err := t.ready("Transform")
	if err != nil {
		return nil, err
	}
	fn := ix.kind + ".Transform"
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "x", len(ix.cols), len(x)); err != nil {
		return nil, err
	}
	dst, err = dense(fn, dst, n, ix.width)
	if err != nil {
		return nil, err
	}
	raw := dst.RawMatrix()
	for j := range x {
		if err := ix.cols[j].transform(fn, columnArg(x, j), raw.Data, raw.Stride, &x[j]); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func (c *tableColumn) transform(fn, arg string, dst []float64, stride int, x *Column) error {
	if x.Labels == nil {
		flat, err := c.composite(fn, arg, x)
		if err != nil {
			return err
		}
		return inBlocks(len(x.Codes), func(lo, hi int) error {
			kernel.GatherRows(dst[lo*stride:], stride, c.offset, x.Codes[lo:hi], flat, c.width)
			return nil
		})
	}
	return c.dict.blocks(x, func(lo int, codes []int32) error {
		if err := c.check(fn, arg, x, lo, codes); err != nil {
			return err
		}
		kernel.GatherRows(dst[lo*stride:], stride, c.offset, codes, c.flat, c.width)
		return nil
	})
}

// blocks looks the labels of x up, a cache-sized block at a time, on all cores where
// there are many rows. The labels that x itself calls missing are missing.
func (d *Dictionary) blocks(x *Column, do func(lo int, codes []int32) error) error {
	own := foreignMissing(d, x.Missing)
	return inBlocks(len(x.Labels), func(lo, hi int) error { return d.rows(x, own, lo, hi, do) })
}

// rows is blocks for the rows from one to another.
func (d *Dictionary) rows(x *Column, own []string, from, to int, do func(lo int, codes []int32) error) error {
	var buf [1024]int32
	var r *recent
	if to-from >= minRecent {
		r = new(recent)
	}
	for lo := from; lo < to; lo += len(buf) {
		hi := min(lo+len(buf), to)
		codes := buf[:hi-lo]
		if r != nil {
			r.run(d, codes, x.Labels[lo:hi], false)
		} else {
			d.run(codes, x.Labels[lo:hi], false)
		}
		if own != nil {
			for i, c := range codes {
				if c != Missing && slices.Contains(own, x.Labels[lo+i]) {
					codes[i] = Missing
				}
			}
		}
		if err := do(lo, codes); err != nil {
			return err
		}
	}
	return nil
}

// foreignMissing returns the missing marks that d does not know as such.
func foreignMissing(d *Dictionary, missing []string) []string {
	var own []string
	for _, s := range missing {
		if d.Code(s) != Missing {
			own = append(own, s)
		}
	}
	return own
}

// check reports a code that the column refuses.
func (c *tableColumn) check(fn, arg string, x *Column, lo int, codes []int32) error {
	if !c.noUnknown && !c.noMissing {
		return nil
	}
	for i, k := range codes {
		if k >= 0 || k == Unknown && !c.noUnknown || k == Missing && !c.noMissing {
			continue
		}
		return refused(fn, arg, x, lo+i, k)
	}
	return nil
}

func refused(fn, arg string, x *Column, i int, k int32) error {
	if k == Missing {
		return fmt.Errorf("%s: %s: need no missing values, have one in row %d: %w", fn, arg, i, mlgauge.ErrUnknownCategory)
	}
	s, _ := x.Value(i)
	return fmt.Errorf("%s: %s: need a category seen in Fit, have %.80q in row %d: %w", fn, arg, s, i, mlgauge.ErrUnknownCategory)
}

// remap returns, for every category of a coded column, its code in d.
func (d *Dictionary) remap(x *Column) []int32 {
	own := foreignMissing(d, x.Missing)
	remap := make([]int32, len(x.Categories))
	if own == nil && len(remap) > 0 && len(remap) <= len(d.labels) && &x.Categories[0] == &d.labels[0] {
		// The column was coded by this very dictionary.
		for i := range remap {
			remap[i] = int32(i)
		}
		return remap
	}
	remap = d.Lookup(remap, x.Categories)
	if own != nil {
		for i, s := range x.Categories {
			if slices.Contains(own, s) {
				remap[i] = Missing
			}
		}
	}
	return remap
}

// composite returns the rows of numbers by the codes of x.
func (c *tableColumn) composite(fn, arg string, x *Column) ([]float64, error) {
	remap := c.dict.remap(x)
	refuse := c.noMissing
	w := c.width
	flat := make([]float64, (len(remap)+2)*w)
	copy(flat[w:2*w], c.flat[w:2*w])
	for i, k := range remap {
		if k == Unknown && c.noUnknown || k == Missing && c.noMissing {
			refuse = true
			continue
		}
		copy(flat[(i+2)*w:(i+3)*w], c.flat[(k+2)*int32(w):])
	}
	if refuse {
		for i, k := range x.Codes {
			to := Missing
			if k >= 0 {
				to = remap[k]
			}
			if to == Missing && c.noMissing || to == Unknown && c.noUnknown {
				return nil, refused(fn, arg, x, i, to)
			}
		}
	}
	return flat, nil
}

// Width returns the number of columns of the result, 0 before Fit.
func (t *Table) Width() int {
	w := 0
	for j := range t.Features {
		w += len(t.Features[j].Names)
	}
	return w
}

// EncodeRow encodes one row, a label for every column of Fit, into dst, which
// has as many places as the result has columns. It does not allocate.
//
// Errors: as Transform.
func (t *Table) EncodeRow(dst []float64, row []string) error {
	ix, err := t.ready("EncodeRow")
	if err != nil {
		return err
	}
	if len(row) != len(ix.cols) {
		return check.Length(ix.kind+".EncodeRow", "row", len(ix.cols), len(row))
	}
	if len(dst) != ix.width {
		return check.Length(ix.kind+".EncodeRow", "dst", ix.width, len(dst))
	}
	for j := range ix.cols {
		c := &ix.cols[j]
		k := c.dict.Code(row[j])
		if k < 0 && (k == Unknown && c.noUnknown || k == Missing && c.noMissing) {
			return refused(ix.kind+".EncodeRow", "column "+strconv.Quote(t.Features[j].Name), &Column{Labels: row}, j, k)
		}
		if c.width == 1 {
			dst[c.offset] = c.flat[k+2]
			continue
		}
		from := (int(k) + 2) * c.width
		copy(dst[c.offset:c.offset+c.width], c.flat[from:from+c.width])
	}
	return nil
}
