package encoding

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
	"unsafe"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

const (
	// Missing is the code of a missing value.
	Missing int32 = -1
	// Unknown is the code that a lookup gives to a label it does not hold.
	Unknown int32 = -2
)

// maxLabels keeps codes in an int32 and the table's load below a half.
const maxLabels = 1 << 30

// A Dictionary numbers labels 0, 1, 2, ... in the order in which they first
// appear. The zero value is ready. Lookups may run concurrently with each other,
// not with Encode, Add or Merge. Labels are any bytes, valid UTF-8 or not; their
// text is copied into blocks, so that a label that is part of a larger string
// does not keep that string alive.
type Dictionary struct {
	missing []string // labels that mean a missing value
	labels  []string
	arena   []byte // the text of the latest labels; earlier chunks live in labels
	// table is open-addressed with linear probing; its length is a power of two.
	// The ref of a slot is 0 for an empty one, code+1 for a label, -(i+1) for the i-th
	// missing mark.
	table []kernel.WordSlot
	shift uint8 // 64 - log2(len(table)): the upper bits of a hash are its place
	used  int   // keys in the table: labels and missing marks
}

// NewDictionary returns a dictionary of the given labels, numbered in their
// order, in which the strings of missing mean a missing value.
//
// Errors: ErrRange for a label that is given twice or is also a missing mark.
func NewDictionary(labels, missing []string) (*Dictionary, error) {
	d := new(Dictionary)
	return d, d.fill("NewDictionary", labels, missing)
}

func (d *Dictionary) fill(fn string, labels, missing []string) error {
	d.setMissing(missing)
	d.reserve(len(labels))
	for i, s := range labels {
		if c := d.put(s); int(c) != i {
			return fmt.Errorf("%s: labels: need each label once and none that means missing, have %.80q again at index %d: %w", fn, s, i, mlgauge.ErrRange)
		}
	}
	return nil
}

// setMissing names the labels that mean a missing value; the dictionary is
// empty. Repeats among them do no harm.
func (d *Dictionary) setMissing(missing []string) {
	for _, s := range missing {
		if d.Code(s) == Missing {
			continue
		}
		d.grow()
		d.missing = append(d.missing, strings.Clone(s))
		d.insert(kernel.WordOf(s), -int32(len(d.missing)))
	}
}

// Len returns the number of labels.
func (d *Dictionary) Len() int { return len(d.labels) }

// Label returns the label of a code; it panics if the code is not in
// [0, Len()).
func (d *Dictionary) Label(code int32) string { return d.labels[code] }

// Labels returns a copy of the labels in the order of their codes.
func (d *Dictionary) Labels() []string { return append([]string(nil), d.labels...) }

// MissingLabels returns a copy of the labels that mean a missing value.
func (d *Dictionary) MissingLabels() []string { return append([]string(nil), d.missing...) }

// Reset forgets all labels and missing marks.
func (d *Dictionary) Reset() { *d = Dictionary{} }

// Code returns the code of a label: Missing for a missing mark, Unknown for a
// label that the dictionary does not hold. It does not allocate.
func (d *Dictionary) Code(label string) int32 {
	if len(d.table) == 0 {
		return Unknown
	}
	k := kernel.WordOf(label)
	if ref := d.find(k, k.Hash(), label); ref != 0 {
		return code(ref)
	}
	return Unknown
}

// find returns the ref of a label, 0 if the table does not hold it.
func (d *Dictionary) find(k kernel.Word, h uint64, label string) int32 {
	mask := uint64(len(d.table) - 1)
	for i := h >> d.shift; ; i = (i + 1) & mask {
		s := &d.table[i&mask]
		if s.Ref == 0 {
			return 0
		}
		if s.Word == k && (!k.Long() || d.text(s.Ref) == label) {
			return s.Ref
		}
	}
}

// Add returns the code of a label, after adding it if it is new.
func (d *Dictionary) Add(label string) int32 { return d.put(label) }

func (d *Dictionary) put(label string) int32 {
	k := kernel.WordOf(label)
	return d.putKey(k, k.Hash(), label)
}

func (d *Dictionary) putKey(k kernel.Word, h uint64, label string) int32 {
	if len(d.table) > 0 {
		if ref := d.find(k, h, label); ref != 0 {
			return code(ref)
		}
	}
	d.grow()
	d.labels = append(d.labels, d.keep(label))
	d.insert(k, int32(len(d.labels)))
	return int32(len(d.labels)) - 1
}

// keep copies a label into the arena.
func (d *Dictionary) keep(label string) string {
	if label == "" {
		return ""
	}
	if len(label) > cap(d.arena)-len(d.arena) {
		d.arena = make([]byte, 0, max(len(label), min(1<<16, max(64, 2*cap(d.arena)))))
	}
	at := len(d.arena)
	d.arena = append(d.arena, label...)
	return unsafe.String(&d.arena[at], len(label))
}

// text returns the label or missing mark of a ref.
func (d *Dictionary) text(ref int32) string {
	if ref > 0 {
		return d.labels[ref-1]
	}
	return d.missing[-ref-1]
}

func code(ref int32) int32 { return max(ref, Missing+1) - 1 }

// insert adds a key that the table does not hold and has room for.
func (d *Dictionary) insert(k kernel.Word, ref int32) {
	mask := uint64(len(d.table) - 1)
	i := k.Hash() >> d.shift
	for d.table[i].Ref != 0 {
		i = (i + 1) & mask
	}
	d.table[i] = kernel.WordSlot{Word: k, Ref: ref}
	d.used++
}

// room is the least number of places per key for n keys: collisions cost more
// than memory while the table stays in the caches near the core.
func room(n int) int {
	switch {
	case n > 1<<13:
		return 2
	case n > 1<<8:
		return 4
	}
	return 8
}

// sizeFor returns the length of a table of n keys.
func sizeFor(n int) int {
	size := 16
	for size < room(n)*n {
		size *= 2
	}
	return size
}

// grow makes room for one more key. Tables grow by four, for fewer moves; near
// the size of the second-level cache by two, so as not to leave it for nothing.
func (d *Dictionary) grow() {
	if room(d.used+1)*(d.used+1) <= len(d.table) {
		return
	}
	size := 4 * len(d.table)
	if n := len(d.table); n >= 1<<14 && n < 1<<16 {
		size = 2 * n
	}
	d.resize(max(16, size))
}

// firstKeys is what a batch of rows makes room for to begin with, so that a
// small one grows little.
const firstKeys = 16

// begin makes room in an empty dictionary for the first labels of n rows.
func (d *Dictionary) begin(n int) {
	if len(d.labels) == 0 && len(d.table) < 4*firstKeys {
		n = min(n, firstKeys)
		d.reserve(n)
		d.labels = make([]string, 0, n)
		d.arena = make([]byte, 0, 16*n)
	}
}

// reserve makes room for n labels in all.
func (d *Dictionary) reserve(n int) {
	if size := sizeFor(n + len(d.missing)); size > len(d.table) {
		d.resize(size)
	}
}

// resize moves the keys to a larger table; short keys are in the slots.
func (d *Dictionary) resize(size int) {
	old := d.table
	d.table, d.used = make([]kernel.WordSlot, size), 0
	kernel.WantHugePages(d.table)
	d.shift = uint8(64 - bits.TrailingZeros(uint(size)))
	for i := range old {
		if old[i].Ref != 0 {
			d.insert(old[i].Word, old[i].Ref)
		}
	}
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Merge adds the labels of o that d does not hold, in their order, and returns
// the code in d of each code of o. Labels that mean missing in either mean
// missing in d from then on for new labels; a label of o that is a missing mark
// of d maps to Missing.
//
// Errors: ErrIncompatible if a missing mark of o is a label of d.
func (d *Dictionary) Merge(o *Dictionary) ([]int32, error) {
	for _, s := range o.missing {
		if c := d.Code(s); c >= 0 {
			return nil, fmt.Errorf("Dictionary.Merge: o: need a missing mark that is not a label here, have %.80q: %w", s, mlgauge.ErrIncompatible)
		}
	}
	d.setMissing(o.missing)
	d.reserve(len(d.labels))
	remap := make([]int32, len(o.labels))
	for i, s := range o.labels {
		remap[i] = d.put(s)
	}
	return remap, nil
}

func (d *Dictionary) clone() *Dictionary {
	return &Dictionary{
		missing: append([]string(nil), d.missing...), labels: append([]string(nil), d.labels...),
		table: append([]kernel.WordSlot(nil), d.table...), shift: d.shift, used: d.used,
	}
}

const dictionaryTag = "encoding.Dictionary/1"

// MarshalBinary returns the labels and the missing marks.
func (d *Dictionary) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(dictionaryTag)
	d.write(w)
	return w.Finish(), nil
}

func (d *Dictionary) write(w *codec.Writer) {
	w.Strings(d.missing)
	w.Strings(d.labels)
}

// UnmarshalBinary restores what MarshalBinary gave; on an error (ErrCorrupt)
// d stays as it was.
func (d *Dictionary) UnmarshalBinary(b []byte) error {
	r := codec.NewReader("Dictionary.UnmarshalBinary", dictionaryTag, b)
	n := readDictionary("Dictionary.UnmarshalBinary", r)
	if err := r.Close(); err != nil {
		return err
	}
	*d = *n
	return nil
}

func readDictionary(fn string, r *codec.Reader) *Dictionary {
	missing, labels := r.Strings(), r.Strings()
	d := new(Dictionary)
	if err := d.fill(fn, labels, missing); err != nil {
		r.Fail("need each label once, have repeats")
	}
	return d
}

type dictionaryJSON struct {
	Labels  Labels `json:"labels"`
	Missing Labels `json:"missing,omitempty"`
}

// MarshalJSON returns {"labels": [...], "missing": [...]}.
func (d *Dictionary) MarshalJSON() ([]byte, error) {
	return json.Marshal(dictionaryJSON{d.labels, d.missing})
}

// UnmarshalJSON restores what MarshalJSON gave; on an error (ErrCorrupt) d
// stays as it was.
func (d *Dictionary) UnmarshalJSON(b []byte) error {
	const fn = "Dictionary.UnmarshalJSON"
	var p dictionaryJSON
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := new(Dictionary)
	if err := n.fill(fn, p.Labels, p.Missing); err != nil {
		return corrupt(fn, "labels", "each label once", err)
	}
	*d = *n
	return nil
}

// checkCodes reports a code outside [-1, k).
func checkCodes(fn, arg string, codes []int32, k int) error {
	return inBlocks(len(codes), func(lo, hi int) error {
		if kernel.CodesWithin(codes[lo:hi], k) {
			return nil
		}
		for i, c := range codes[lo:hi] {
			if c < Missing || int(c) >= k {
				return fmt.Errorf("%s: %s: need codes in [-1, %d), have %d at index %d: %w", fn, arg, k, c, lo+i, mlgauge.ErrRange)
			}
		}
		return nil
	})
}
