package encoding

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Drop says which category of a column gets no column of its own in OneHot.
type Drop int

const (
	// DropNone keeps every category.
	DropNone Drop = iota
	// DropFirst drops the first category of every column.
	DropFirst
	// DropIfBinary drops the first category of the columns with two.
	DropIfBinary
	// DropGiven drops the categories of DropCategories.
	DropGiven
)

// OneHot gives every category a column of its own, which is 1 in its rows and 0
// elsewhere.
//
// The columns stand in the order of the categories: that of Categories, or of
// the column of x (sorted, numeric, or as it lists them). A missing value that
// Fit saw is a category, the last one; the group of infrequent categories comes
// after that. Names are "name_category", with "name_nan" for missing and
// "name_infrequent_sklearn" for the group.
//
// Source: OneHotEncoder of scikit-learn 1.9.
type OneHot struct {
	// Categories gives the order by column; nil, or a nil element, is taken from
	// the data. With Refuse, every category of the data must be listed.
	Categories [][]string `json:"categories,omitempty"`
	// Drop says what to drop, after infrequent categories are grouped; with
	// DropGiven, DropCategories holds a category for every column (a missing mark
	// drops the missing values).
	Drop           Drop     `json:"drop,omitempty"`
	DropCategories []string `json:"drop_categories,omitempty"`
	// HandleUnknown: Refuse (usual), Value (zeros: scikit-learn's "ignore"), or
	// Infrequent (the infrequent group where there is one, zeros where not; its
	// "infrequent_if_exist" and, with Unknowns for the warning, "warn"). It also
	// holds for missing values if Fit saw none.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	// Categories with fewer rows than MinFrequency, or than MinFraction of all
	// rows, are infrequent; so are all but the MaxCategories-1 most frequent. 0
	// means no bound.
	MinFrequency  int     `json:"min_frequency,omitempty"`
	MinFraction   float64 `json:"min_fraction,omitempty"`
	MaxCategories int     `json:"max_categories,omitempty"`

	// Features are the fitted columns. Call Prepare after filling them in by hand.
	Features []OneHotFeature `json:"features,omitempty"`
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`

	index *oneHotIndex
}

// A OneHotFeature is the fitted part of OneHot for one column.
type OneHotFeature struct {
	Name          string
	Names         []string // of the columns of the result
	Categories    []string
	MissingLabels []string
	// Columns holds, for every category, its place in Names, or -1 for the
	// dropped one.
	Columns []int
	// Missing and Unknown are the places of a missing value and of a category not
	// listed; -1 for zeros, -2 for an error.
	Missing, Unknown int
	// Dropped is the label of what was dropped, if HasDrop.
	HasDrop bool
	Dropped string
	// DropMissing tells that the missing values were dropped.
	DropMissing bool
}

const (
	zeros  = -1 // no column
	refuse = -2 // an error
)

type oneHotIndex struct {
	width int
	cols  []oneHotColumn
}

type oneHotColumn struct {
	dict *Dictionary
	hot  []int32 // column of the result by code+2, or zeros, or refuse
	all  bool    // no entry of hot is negative
}

// Fit learns the categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty, ErrLength, ErrRange for options and codes out of range and
// for a category to drop that was not seen or is infrequent,
// ErrUnknownCategory for a category that Categories does not list.
func (e *OneHot) Fit(x []Column) error {
	_, err := e.fit("OneHot.Fit", nil, x)
	return err
}

// PartialFit is Fit that keeps what was learned before. New categories add
// columns in their order.
func (e *OneHot) PartialFit(x []Column) error {
	_, err := e.fit("OneHot.PartialFit", e.Counts, x)
	return err
}

func (e *OneHot) fit(fn string, have []Tally, x []Column) ([][]int32, error) {
	counts, codes, err := learnCounts(fn, have, x)
	if err != nil {
		return nil, err
	}
	return codes, e.derive(fn, counts)
}

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *OneHot) Merge(o *OneHot) error {
	const fn = "OneHot.Merge"
	same := slices.EqualFunc(e.Categories, o.Categories, slices.Equal) && e.Drop == o.Drop && slices.Equal(e.DropCategories, o.DropCategories) &&
		e.HandleUnknown == o.HandleUnknown && e.MinFrequency == o.MinFrequency && e.MinFraction == o.MinFraction && e.MaxCategories == o.MaxCategories
	if err := incompatible(fn, same); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *OneHot) derive(fn string, counts []Tally) error {
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Refuse, Refuse, Value, Infrequent)
	if err != nil {
		return err
	}
	if err := checkGrouping(fn, e.MinFrequency, e.MinFraction, e.MaxCategories); err != nil {
		return err
	}
	if err := checkGiven(fn, e.Categories, len(counts)); err != nil {
		return err
	}
	switch e.Drop {
	case DropNone, DropFirst, DropIfBinary:
	case DropGiven:
		if err := check.Length(fn, "DropCategories", len(counts), len(e.DropCategories)); err != nil {
			return err
		}
	default:
		return check.Option(fn, "Drop", int(e.Drop))
	}
	features := make([]OneHotFeature, len(counts))
	for j := range counts {
		if features[j], err = e.feature(fn, &counts[j], j, unknown); err != nil {
			return err
		}
	}
	index, err := oneHotIndexOf(fn, features)
	if err != nil {
		return err
	}
	e.Features, e.Counts, e.index = features, counts, index
	return nil
}

func (e *OneHot) feature(fn string, t *Tally, j int, unknown Policy) (OneHotFeature, error) {
	f := OneHotFeature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels()}
	cats, slots, err := categoriesOf(fn, &t.dict, t.order, e.Categories, j, unknown == Refuse)
	if err != nil {
		return f, err
	}
	f.Categories = cats
	n := make([]int, len(slots))
	for i, s := range slots {
		if s > 0 {
			n[i] = t.n[s]
		}
	}
	hasMissing := t.MissingCount() > 0
	if hasMissing {
		n = append(n, t.MissingCount())
	}
	rare := grouping(n, t.Total(), e.MinFrequency, e.MinFraction, e.MaxCategories)

	// place[i] is the group of category i, missing last: frequent ones in order,
	// then the infrequent.
	place := make([]int, len(n))
	label := make([]string, 0, len(n))
	for i := range n {
		if rare != nil && rare[i] {
			continue
		}
		place[i] = len(label)
		if i < len(cats) {
			label = append(label, cats[i])
		} else {
			label = append(label, "nan")
		}
	}
	group := -1
	if rare != nil {
		group = len(label)
		label = append(label, InfrequentLabel)
		for i := range n {
			if rare[i] {
				place[i] = group
			}
		}
	}
	drop := -1
	switch e.Drop {
	case DropFirst:
		drop = 0
	case DropIfBinary:
		if len(label) == 2 {
			drop = 0
		}
	case DropGiven:
		want := e.DropCategories[j]
		i := slices.Index(cats, want)
		if i < 0 && hasMissing && t.dict.Code(want) == Missing {
			i = len(cats)
		}
		if i < 0 {
			return f, fmt.Errorf("%s: DropCategories: need a category of column %q, have %.80q: %w", fn, f.Name, want, mlgauge.ErrRange)
		}
		if rare != nil && rare[i] {
			return f, fmt.Errorf("%s: DropCategories: need a frequent category of column %q, have %.80q: %w", fn, f.Name, want, mlgauge.ErrRange)
		}
		drop = place[i]
	}
	column := func(p int) int {
		switch {
		case p == drop:
			return zeros
		case drop >= 0 && p > drop:
			return p - 1
		}
		return p
	}
	f.Columns = make([]int, len(cats))
	for i := range cats {
		f.Columns[i] = column(place[i])
	}
	for p, s := range label {
		if p != drop {
			f.Names = append(f.Names, f.Name+"_"+s)
		}
	}
	switch {
	case unknown == Refuse:
		f.Unknown = refuse
	case unknown == Infrequent && group >= 0:
		f.Unknown = column(group)
	default:
		f.Unknown = zeros
	}
	f.Missing = f.Unknown
	if hasMissing {
		f.Missing = column(place[len(cats)])
	}
	if drop >= 0 {
		f.HasDrop, f.Dropped = true, label[drop]
		f.DropMissing = hasMissing && place[len(cats)] == drop && drop != group
	}
	return f, nil
}

// Prepare checks the features and builds what the lookups need. Fit and
// UnmarshalJSON have called it.
//
// Errors: ErrNotFitted without features; ErrLength; ErrRange for places that
// do not exist.
func (e *OneHot) Prepare() error {
	if len(e.Features) == 0 {
		return check.NotFitted("OneHot.Prepare")
	}
	index, err := oneHotIndexOf("OneHot.Prepare", e.Features)
	if err != nil {
		return err
	}
	e.index = index
	return nil
}

func oneHotIndexOf(fn string, features []OneHotFeature) (*oneHotIndex, error) {
	x := &oneHotIndex{cols: make([]oneHotColumn, len(features))}
	for j := range features {
		f := &features[j]
		arg := "feature " + strconv.Quote(f.Name)
		if err := check.Length(fn, arg+": Columns", len(f.Categories), len(f.Columns)); err != nil {
			return nil, err
		}
		if x.width > math.MaxInt32-len(f.Names) {
			return nil, fmt.Errorf("%s: need at most 2^31-1 columns: %w", fn, mlgauge.ErrRange)
		}
		c := oneHotColumn{dict: new(Dictionary), hot: make([]int32, len(f.Columns)+2), all: true}
		if err := c.dict.fill(fn, f.Categories, f.MissingLabels); err != nil {
			return nil, err
		}
		for i := range c.hot {
			p, least := f.Unknown, refuse
			switch i {
			case 0:
			case 1:
				p = f.Missing
			default:
				p, least = f.Columns[i-2], zeros
			}
			if p < least || p >= len(f.Names) {
				return nil, fmt.Errorf("%s: %s: need places in [%d, %d), have %d: %w", fn, arg, least, len(f.Names), p, mlgauge.ErrRange)
			}
			if p < 0 {
				c.all = false
				c.hot[i] = int32(p)
			} else {
				c.hot[i] = int32(x.width + p)
			}
		}
		x.width += len(f.Names)
		x.cols[j] = c
	}
	return x, nil
}

func (e *OneHot) ready(fn string) (*oneHotIndex, error) {
	if e.index != nil {
		return e.index, nil
	}
	if len(e.Features) == 0 {
		return nil, check.NotFitted(fn)
	}
	return oneHotIndexOf(fn, e.Features)
}

// FeatureNames returns the names of the columns of the result.
//
// Errors: ErrNotFitted.
func (e *OneHot) FeatureNames() ([]string, error) {
	if len(e.Features) == 0 {
		return nil, check.NotFitted("OneHot.FeatureNames")
	}
	var names []string
	for j := range e.Features {
		names = append(names, e.Features[j].Names...)
	}
	return names, nil
}

// Width returns the number of columns of the result, 0 before Fit.
func (e *OneHot) Width() int {
	w := 0
	for j := range e.Features {
		w += len(e.Features[j].Names)
	}
	return w
}

// start checks the arguments of the transforms.
func (e *OneHot) start(fn string, x []Column) (*oneHotIndex, int, error) {
	ix, err := e.ready(fn)
	if err != nil {
		return nil, 0, err
	}
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, 0, err
	}
	return ix, n, check.Length(fn, "x", len(ix.cols), len(x))
}

// places calls do for blocks of rows with the hot column of each row, zeros
// included; a code that is refused is an error.
func (c *oneHotColumn) places(fn, arg string, x *Column, do func(lo int, hot []int32)) error {
	if x.Labels == nil {
		remap := c.dict.remap(x)
		hot := make([]int32, len(remap)+1)
		hot[0] = c.hot[1]
		bad := hot[0] == refuse
		for i, k := range remap {
			hot[i+1] = c.hot[k+2]
			bad = bad || hot[i+1] == refuse
		}
		return lookupBlocks(fn, arg, x, x.Codes, hot, 1, bad, 0, do)
	}
	bad := c.hot[0] == refuse || c.hot[1] == refuse
	return c.dict.blocks(x, func(lo int, codes []int32) error {
		return lookupBlocks(fn, arg, x, codes, c.hot, 2, bad, lo, do)
	})
}

func lookupBlocks(fn, arg string, x *Column, codes, hot []int32, shift int32, bad bool, from int, do func(lo int, hot []int32)) error {
	var buf [1024]int32
	for lo := 0; lo < len(codes); lo += len(buf) {
		block := codes[lo:min(lo+len(buf), len(codes))]
		out := buf[:len(block)]
		for i, k := range block {
			out[i] = hot[k+shift]
		}
		if bad {
			for i, p := range out {
				if p == refuse {
					at := from + lo + i
					k := Unknown
					if _, ok := x.Value(at); !ok {
						k = Missing
					}
					return refused(fn, arg, x, at, k)
				}
			}
		}
		do(from+lo, out)
	}
	return nil
}

// Transform encodes the columns x, which must be those of Fit in the same
// order, into dst; dst may be nil. For many categories use TransformCSR.
//
// Errors: ErrNotFitted; ErrEmpty without rows, or if every column of the
// result was dropped; ErrLength; ErrUnknownCategory for a category or a missing
// value that is refused; ErrRange for codes outside the categories. After an
// error the content of dst is arbitrary.
func (e *OneHot) Transform(dst *mat.Dense, x []Column) (*mat.Dense, error) {
	const fn = "OneHot.Transform"
	ix, n, err := e.start(fn, x)
	if err != nil {
		return nil, err
	}
	dst, data, stride, err := newDense(fn, dst, n, ix.width)
	if err != nil {
		return nil, err
	}
	if stride == ix.width {
		clear(data[:n*stride])
	} else {
		for i := range n {
			clear(data[i*stride : i*stride+ix.width])
		}
	}
	for j := range x {
		err := ix.cols[j].places(fn, columnArg(x, j), &x[j], func(lo int, hot []int32) {
			at := lo * stride
			for _, p := range hot {
				if p >= 0 {
					data[at+int(p)] = 1
				}
				at += stride
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// TransformCSR is Transform into a sparse matrix; dst may be nil, and its
// slices are used again if they are large enough.
//
// Errors: as Transform, but a result without columns is no error.
func (e *OneHot) TransformCSR(dst *CSR, x []Column) (*CSR, error) {
	const fn = "OneHot.TransformCSR"
	ix, n, err := e.start(fn, x)
	if err != nil {
		return nil, err
	}
	return ix.csr(fn, dst, x, n)
}

func (ix *oneHotIndex) csr(fn string, dst *CSR, x []Column, n int) (*CSR, error) {
	m := len(x)
	hot := make([]int32, n*m) // row-major, zeros included
	empty := 0
	if dst != nil && cap(dst.Indices) >= n*m {
		hot = dst.Indices[:n*m]
	}
	for j := range x {
		err := ix.cols[j].places(fn, columnArg(x, j), &x[j], func(lo int, places []int32) {
			if m == 1 {
				copy(hot[lo:], places)
			} else {
				at := lo*m + j
				for _, p := range places {
					hot[at] = p
					at += m
				}
			}
			if !ix.cols[j].all {
				for _, p := range places {
					empty += int(uint32(p) >> 31)
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	if dst == nil {
		dst = new(CSR)
	}
	dst.NRows, dst.NCols = n, ix.width
	dst.Indptr = resize(dst.Indptr, n+1)
	dst.Data = resize(dst.Data, n*m-empty)
	for i := range dst.Data {
		dst.Data[i] = 1
	}
	if empty == 0 {
		for i := range dst.Indptr {
			dst.Indptr[i] = i * m
		}
		dst.Indices = hot
		return dst, nil
	}
	to := 0
	for i := range n {
		dst.Indptr[i] = to
		for _, p := range hot[i*m : i*m+m] {
			hot[to] = p
			if p >= 0 {
				to++
			}
		}
	}
	dst.Indptr[n] = to
	dst.Indices = hot[:to]
	return dst, nil
}

// FitTransformCSR fits on x and encodes it, hashing every label once.
//
// Errors: as Fit and TransformCSR.
func (e *OneHot) FitTransformCSR(dst *CSR, x []Column) (*CSR, error) {
	n := *e
	coded, err := n.fitCoded("OneHot.FitTransformCSR", x)
	if err != nil {
		return nil, err
	}
	if dst, err = n.TransformCSR(dst, coded); err != nil {
		return nil, err
	}
	*e = n
	return dst, nil
}

// FitTransform fits on x and encodes it, hashing every label once.
//
// Errors: as Fit and Transform.
func (e *OneHot) FitTransform(dst *mat.Dense, x []Column) (*mat.Dense, error) {
	n := *e
	coded, err := n.fitCoded("OneHot.FitTransform", x)
	if err != nil {
		return nil, err
	}
	if dst, err = n.Transform(dst, coded); err != nil {
		return nil, err
	}
	*e = n
	return dst, nil
}

func (e *OneHot) fitCoded(fn string, x []Column) ([]Column, error) {
	codes, err := e.fit(fn, nil, x)
	if err != nil {
		return nil, err
	}
	coded := make([]Column, len(x))
	for j := range x {
		coded[j] = Column{Name: x[j].Name, Codes: codes[j], Categories: e.Counts[j].dict.labels, Order: Given}
	}
	return coded, nil
}

// EncodeRow encodes one row, a label for every column of Fit, into dst, which
// has as many places as the result has columns. It does not allocate.
//
// Errors: as Transform.
func (e *OneHot) EncodeRow(dst []float64, row []string) error {
	const fn = "OneHot.EncodeRow"
	ix, err := e.ready(fn)
	if err != nil {
		return err
	}
	if len(row) != len(ix.cols) {
		return check.Length(fn, "row", len(ix.cols), len(row))
	}
	if len(dst) != ix.width {
		return check.Length(fn, "dst", ix.width, len(dst))
	}
	clear(dst)
	for j := range ix.cols {
		c := &ix.cols[j]
		k := c.dict.Code(row[j])
		switch p := c.hot[k+2]; {
		case p >= 0:
			dst[p] = 1
		case p == refuse:
			return refused(fn, "column "+strconv.Quote(e.Features[j].Name), &Column{Labels: row}, j, k)
		}
	}
	return nil
}

// Unknowns returns, for every column, the number of rows of x whose category,
// or missing value, Fit did not see: what scikit-learn warns about with "warn".
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrRange.
func (e *OneHot) Unknowns(x []Column) ([]int, error) {
	ix, _, err := e.start("OneHot.Unknowns", x)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(x))
	for j := range x {
		c, f := &ix.cols[j], &e.Features[j]
		// A missing value is unknown unless it has a place, or was dropped.
		known := f.Missing >= 0 && f.Missing != f.Unknown || f.DropMissing || len(e.Counts) == len(x) && e.Counts[j].MissingCount() > 0
		count := func(k int32) {
			if k == Unknown || k == Missing && !known {
				out[j]++
			}
		}
		if x[j].Labels == nil {
			remap := c.dict.remap(&x[j])
			for _, k := range x[j].Codes {
				if k >= 0 {
					k = remap[k]
				}
				count(k)
			}
			continue
		}
		_ = c.dict.blocks(&x[j], func(_ int, codes []int32) error {
			for _, k := range codes {
				count(k)
			}
			return nil
		})
	}
	return out, nil
}

// Inverse returns the columns whose encoding is x: the category of the largest
// entry. A row of zeros is the dropped category; without one it is a missing
// value, which scikit-learn calls None, if unknown categories are encoded so,
// and an error if they are refused. The infrequent group is InfrequentLabel.
//
// Errors: ErrNotFitted; ErrLength; ErrUnknownCategory for a row of zeros that
// no category is encoded as.
func (e *OneHot) Inverse(x mat.Matrix) ([]Column, error) {
	const fn = "OneHot.Inverse"
	if len(e.Features) == 0 {
		return nil, check.NotFitted(fn)
	}
	if x == nil {
		return nil, check.NotEmpty(fn, "x", 0)
	}
	n, w := x.Dims()
	if err := check.Length(fn, "columns of x", e.Width(), w); err != nil {
		return nil, err
	}
	out := make([]Column, len(e.Features))
	offset := 0
	for j := range e.Features {
		f := &e.Features[j]
		c := Column{Name: f.Name, Codes: make([]int32, n), Order: Given}
		at := make([]int32, len(f.Names)) // code by place
		for p := range at {
			at[p] = Unknown
		}
		if f.Missing >= 0 {
			at[f.Missing] = Missing
		}
		uses := make([]int, len(f.Names))
		for _, p := range f.Columns {
			if p >= 0 {
				uses[p]++
			}
		}
		for p, s := range f.Names {
			if s == f.Name+"_"+InfrequentLabel && p == len(at)-1 && (uses[p] != 1 || !slices.Contains(f.Categories, InfrequentLabel)) {
				at[p] = int32(len(c.Categories))
				c.Categories = append(c.Categories, InfrequentLabel)
				uses[p] = -1
			}
		}
		for i, p := range f.Columns {
			if p >= 0 && uses[p] > 0 {
				at[p] = int32(len(c.Categories))
				c.Categories = append(c.Categories, f.Categories[i])
			}
		}
		empty := Missing
		if f.HasDrop && !f.DropMissing {
			empty = int32(len(c.Categories))
			c.Categories = append(c.Categories, f.Dropped)
		}
		for i := range n {
			best, sum := math.Inf(-1), 0.0
			k := empty
			for p := range at {
				v := x.At(i, offset+p)
				if v > best {
					best, k = v, at[p]
				}
				sum += v
			}
			if sum == 0 {
				if !f.HasDrop && f.Unknown != zeros {
					return nil, fmt.Errorf("%s: x: need a column of feature %q that is not 0, have none in row %d: %w", fn, f.Name, i, mlgauge.ErrUnknownCategory)
				}
				k = empty
			}
			if k == Unknown {
				k = Missing
			}
			c.Codes[i] = k
		}
		offset += len(f.Names)
		out[j] = c
	}
	return out, nil
}

type oneHotJSON struct {
	Name          string `json:"name"`
	Names         Labels `json:"names"`
	Categories    Labels `json:"categories"`
	MissingLabels Labels `json:"missing_labels,omitempty"`
	Columns       []int  `json:"columns"`
	Missing       int    `json:"missing"`
	Unknown       int    `json:"unknown"`
	HasDrop       bool   `json:"has_drop,omitempty"`
	Dropped       Labels `json:"dropped,omitempty"`
	DropMissing   bool   `json:"drop_missing,omitempty"`
}

// MarshalJSON keeps labels that are not valid UTF-8.
func (f OneHotFeature) MarshalJSON() ([]byte, error) {
	p := oneHotJSON{f.Name, f.Names, f.Categories, f.MissingLabels, f.Columns, f.Missing, f.Unknown, f.HasDrop, nil, f.DropMissing}
	if f.HasDrop {
		p.Dropped = Labels{f.Dropped}
	}
	return json.Marshal(p)
}

// UnmarshalJSON reads what MarshalJSON wrote; OneHot checks it.
func (f *OneHotFeature) UnmarshalJSON(b []byte) error {
	const fn = "OneHotFeature.UnmarshalJSON"
	var p oneHotJSON
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	if p.HasDrop != (len(p.Dropped) == 1) {
		return corrupt(fn, "dropped", "one label if has_drop", len(p.Dropped))
	}
	g := OneHotFeature{p.Name, p.Names, p.Categories, p.MissingLabels, p.Columns, p.Missing, p.Unknown, p.HasDrop, "", p.DropMissing}
	if p.HasDrop {
		g.Dropped = p.Dropped[0]
	}
	*f = g
	return nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *OneHot) UnmarshalJSON(b []byte) error {
	const fn = "OneHot.UnmarshalJSON"
	type plain OneHot
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := OneHot(p)
	if len(n.Features) > 0 {
		index, err := oneHotIndexOf(fn, n.Features)
		if err != nil {
			return corrupt(fn, "features", "consistent features", err)
		}
		n.index = index
	}
	*e = n
	return nil
}
