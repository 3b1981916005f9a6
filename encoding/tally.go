package encoding

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// A Tally counts the rows of every category of one column. The zero value is
// ready; the first column added gives the name and the order.
type Tally struct {
	name  string
	order Order
	dict  Dictionary
	n     []int // n[0] missing values, n[code+1] the category
}

// Add counts the rows of a column.
//
// Errors: ErrRange for codes outside the categories.
func (t *Tally) Add(c Column) error {
	if err := c.check("Tally.Add", "c"); err != nil {
		return err
	}
	return t.add("Tally.Add", &c)
}

func (t *Tally) add(fn string, c *Column) error {
	buf := codeBuffers.borrow()
	defer codeBuffers.giveBack(buf)
	codes, err := t.count(fn, c, *buf)
	buf.keep(codes, c)
	return err
}

// count adds a checked column and returns its codes in t.dict, in buf if they are
// not the column's own.
func (t *Tally) count(fn string, c *Column, buf []int32) ([]int32, error) {
	if len(t.n) == 0 {
		t.name, t.order = c.Name, c.Order
	}
	codes, err := t.dict.codes(fn, c, buf)
	if err != nil {
		return nil, err
	}
	t.n = extend(t.n, t.dict.Len()+1)
	countSlots(t.n, codes)
	return codes, nil
}

func extend[T any](s []T, n int) []T {
	if len(s) >= n {
		return s
	}
	s = slices.Grow(s, n-len(s))
	return s[:n]
}

// codes returns the codes in d of the rows of a checked column, adding the
// categories that occur in it. The result may be the column's own slice, or buf.
func (d *Dictionary) codes(fn string, c *Column, buf []int32) ([]int32, error) {
	for _, s := range c.Missing {
		if d.Code(s) >= 0 {
			return nil, fmt.Errorf("%s: x: need missing marks that no batch used as a category, have %.80q: %w", fn, s, mlgauge.ErrIncompatible)
		}
	}
	d.setMissing(c.Missing)
	if c.Labels != nil {
		return d.Encode(buf, c.Labels)
	}
	const unseen = -3
	remap := make([]int32, len(c.Categories))
	for i := range remap {
		remap[i] = unseen
	}
	left := len(remap)
	for _, k := range c.Codes {
		if k < 0 || remap[k] != unseen {
			continue
		}
		if c.Order == Given {
			remap[k] = 0
		} else {
			remap[k] = d.put(c.Categories[k])
		}
		if left--; left == 0 {
			break
		}
	}
	if c.Order == Given {
		for k := range remap {
			if remap[k] != unseen {
				remap[k] = d.put(c.Categories[k])
			}
		}
	}
	same := true
	for k, to := range remap {
		same = same && (to == unseen || int(to) == k)
	}
	if same {
		return c.Codes, nil
	}
	out := resize(buf, len(c.Codes))
	_ = inBlocks(len(out), func(lo, hi int) error {
		for i, k := range c.Codes[lo:hi] {
			if k < 0 {
				out[lo+i] = Missing
			} else {
				out[lo+i] = remap[k]
			}
		}
		return nil
	})
	return out, nil
}

// Merge adds the counts of o. The name and order of o are used if t is empty.
//
// Errors: ErrIncompatible if a missing mark of one is a category of the other,
// or the orders differ.
func (t *Tally) Merge(o *Tally) error {
	if o == nil || len(o.n) == 0 {
		return nil
	}
	if err := t.mergeable("Tally.Merge", o); err != nil {
		return err
	}
	if len(t.n) == 0 {
		t.name, t.order = o.name, o.order
	}
	// o may be t itself.
	counts := slices.Clone(o.n)
	remap, err := t.dict.Merge(&o.dict)
	if err != nil {
		return err
	}
	t.n = extend(t.n, t.dict.Len()+1)
	t.n[0] += counts[0]
	for i, to := range remap {
		t.n[to+1] += counts[i+1]
	}
	return nil
}

func (t *Tally) mergeable(fn string, o *Tally) error {
	if len(t.n) == 0 || len(o.n) == 0 {
		return nil
	}
	if t.order != o.order {
		return fmt.Errorf("%s: o: need order %d, have %d: %w", fn, t.order, o.order, mlgauge.ErrIncompatible)
	}
	return t.dict.mergeable(fn, &o.dict)
}

func (d *Dictionary) mergeable(fn string, o *Dictionary) error {
	for _, s := range o.missing {
		if d.Code(s) >= 0 {
			return fmt.Errorf("%s: o: need missing marks that are no categories here, have %.80q: %w", fn, s, mlgauge.ErrIncompatible)
		}
	}
	return nil
}

// Reset forgets everything.
func (t *Tally) Reset() { *t = Tally{} }

// Name returns the name of the column.
func (t *Tally) Name() string { return t.name }

// Categories returns the categories in the column's order: sorted, numeric, or
// as they first appeared.
func (t *Tally) Categories() []string {
	out := make([]string, 0, t.dict.Len())
	for _, k := range order(t.dict.labels, t.order) {
		out = append(out, t.dict.labels[k])
	}
	return out
}

// Counts returns the number of rows of every category of Categories.
func (t *Tally) Counts() []int {
	out := make([]int, 0, t.dict.Len())
	for _, k := range order(t.dict.labels, t.order) {
		out = append(out, t.n[k+1])
	}
	return out
}

// MissingCount returns the number of missing values.
func (t *Tally) MissingCount() int {
	if len(t.n) == 0 {
		return 0
	}
	return t.n[0]
}

// Total returns the number of rows, missing values included.
func (t *Tally) Total() int {
	s := 0
	for _, n := range t.n {
		s += n
	}
	return s
}

func (t *Tally) clone() Tally {
	return Tally{t.name, t.order, *t.dict.clone(), slices.Clone(t.n)}
}

const tallyTag = "encoding.Tally/1"

// MarshalBinary returns the counts.
func (t *Tally) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(tallyTag)
	w.String(t.name)
	w.Int(int(t.order))
	t.dict.write(w)
	w.Ints(t.n)
	return w.Finish(), nil
}

// UnmarshalBinary restores what MarshalBinary gave; on an error (ErrCorrupt)
// t stays as it was.
func (t *Tally) UnmarshalBinary(b []byte) error {
	const fn = "Tally.UnmarshalBinary"
	r := codec.NewReader(fn, tallyTag, b)
	var n Tally
	n.name, n.order = r.String(), Order(r.Int())
	n.dict = *readDictionary(fn, r)
	n.n = r.Ints()
	if err := r.Close(); err != nil {
		return err
	}
	if err := n.valid(fn); err != nil {
		return err
	}
	*t = n
	return nil
}

func (t *Tally) valid(fn string) error {
	if t.order < Sorted || t.order > Given {
		return corrupt(fn, "order", "0, 1 or 2", int(t.order))
	}
	if len(t.n) == 0 && t.dict.Len() == 0 {
		return nil
	}
	if len(t.n) != t.dict.Len()+1 {
		return corrupt(fn, "counts", "one per category and one for missing", len(t.n))
	}
	total := 0
	for _, n := range t.n {
		if n < 0 || total > math.MaxInt-n {
			return corrupt(fn, "counts", "counts of at least 0 that do not overflow", n)
		}
		total += n
	}
	return nil
}

type tallyJSON struct {
	Name   string     `json:"name,omitempty"`
	Order  Order      `json:"order,omitempty"`
	Labels Dictionary `json:"dictionary"`
	Counts []int      `json:"counts"`
}

// MarshalJSON returns the counts.
func (t *Tally) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name   string      `json:"name,omitempty"`
		Order  Order       `json:"order,omitempty"`
		Labels *Dictionary `json:"dictionary"`
		Counts []int       `json:"counts"`
	}{t.name, t.order, &t.dict, t.n})
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) t
// stays as it was.
func (t *Tally) UnmarshalJSON(b []byte) error {
	const fn = "Tally.UnmarshalJSON"
	var p tallyJSON
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := Tally{p.Name, p.Order, p.Labels, p.Counts}
	if err := n.valid(fn); err != nil {
		return err
	}
	*t = n
	return nil
}
