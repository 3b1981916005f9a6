package encoding

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math"
	"strings"
	"unsafe"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
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
	// table is open-addressed with linear probing; its length is a power of two
	// and at least twice the number of keys.
	table []slot
	used  int // keys in the table: labels and missing marks
}

// A slot holds the upper half of a key's hash, and ref: 0 for an empty slot,
// code+1 for a label, -(i+1) for the i-th missing mark.
type slot struct {
	hash uint32
	ref  int32
}

// The hash is seeded per process: chosen labels cannot be made to collide.
var seed = maphash.MakeSeed()

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
		d.insert(maphash.String(seed, s), -int32(len(d.missing)))
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
	h := maphash.String(seed, label)
	mask := uint64(len(d.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := d.table[i]
		if s.ref == 0 {
			return Unknown
		}
		if s.hash == uint32(h>>32) && d.key(s.ref) == label {
			return code(s.ref)
		}
	}
}

// Add returns the code of a label, after adding it if it is new.
func (d *Dictionary) Add(label string) int32 { return d.put(label) }

func (d *Dictionary) put(label string) int32 {
	if len(d.table) == 0 {
		d.grow()
	}
	h := maphash.String(seed, label)
	mask := uint64(len(d.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := d.table[i]
		if s.ref == 0 {
			break
		}
		if s.hash == uint32(h>>32) && d.key(s.ref) == label {
			return code(s.ref)
		}
	}
	d.grow()
	d.labels = append(d.labels, d.keep(label))
	d.insert(h, int32(len(d.labels)))
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

func (d *Dictionary) key(ref int32) string {
	if ref > 0 {
		return d.labels[ref-1]
	}
	return d.missing[-ref-1]
}

func code(ref int32) int32 {
	if ref > 0 {
		return ref - 1
	}
	return Missing
}

func (d *Dictionary) insert(h uint64, ref int32) {
	mask := uint64(len(d.table) - 1)
	i := h & mask
	for d.table[i].ref != 0 {
		i = (i + 1) & mask
	}
	d.table[i] = slot{uint32(h >> 32), ref}
	d.used++
}

// grow makes room for one more key.
func (d *Dictionary) grow() {
	if 2*(d.used+1) > len(d.table) {
		d.resize(max(16, 2*len(d.table)))
	}
}

// reserve makes room for n keys in all.
func (d *Dictionary) reserve(n int) {
	size := 16
	for size < 2*(n+len(d.missing)) {
		size *= 2
	}
	if size > len(d.table) {
		d.resize(size)
	}
}

func (d *Dictionary) resize(size int) {
	d.table, d.used = make([]slot, size), 0
	for i, s := range d.missing {
		d.insert(maphash.String(seed, s), -int32(i+1))
	}
	for i, s := range d.labels {
		d.insert(maphash.String(seed, s), int32(i+1))
	}
}

// A recent remembers the codes of string headers seen lately: rows that share
// the bytes of their label (a column read through a dictionary, a repeated
// literal) need no hash. It must not outlive the slice that it was filled from.
type recent struct {
	hits, tries int
	off         bool
	at          [256]struct {
		p    *byte
		n    int32
		code int32
	}
}

// minRecent is the number of rows from which clearing a recent pays.
const minRecent = 512

// Encode returns the code of each label, adding those that are new; a missing
// mark gets Missing. dst is used if it has the capacity.
//
// Errors: ErrRange for more than 2^30 different labels.
func (d *Dictionary) Encode(dst []int32, labels []string) ([]int32, error) {
	if len(d.labels)+len(labels) > maxLabels {
		distinct := len(d.labels)
		for _, s := range labels {
			if d.Code(s) == Unknown {
				distinct++
			}
		}
		if distinct > maxLabels {
			return nil, fmt.Errorf("Dictionary.Encode: labels: need at most %d different labels, have up to %d: %w", maxLabels, distinct, mlgauge.ErrRange)
		}
	}
	dst = resize(dst, len(labels))
	d.run(dst, labels, true)
	return dst, nil
}

// Lookup returns the code of each label, Missing for a missing mark, Unknown
// for a label that the dictionary does not hold. dst is used if it has the
// capacity.
func (d *Dictionary) Lookup(dst []int32, labels []string) []int32 {
	dst = resize(dst, len(labels))
	d.run(dst, labels, false)
	return dst
}

func (d *Dictionary) run(dst []int32, labels []string, add bool) {
	if len(labels) < minRecent {
		for i, s := range labels {
			if add {
				dst[i] = d.put(s)
			} else {
				dst[i] = d.Code(s)
			}
		}
		return
	}
	var r recent
	r.run(d, dst, labels, add)
}

func (r *recent) run(d *Dictionary, dst []int32, labels []string, add bool) {
	for lo := 0; lo < len(labels); lo += 4096 {
		hi := min(lo+4096, len(labels))
		if r.off {
			r.plain(d, dst[lo:hi], labels[lo:hi], add)
			continue
		}
		r.cached(d, dst[lo:hi], labels[lo:hi], add)
		// Labels whose bytes are not shared never hit: stop asking.
		r.off = r.tries >= 2048 && 4*r.hits < r.tries
	}
}

func (r *recent) cached(d *Dictionary, dst []int32, labels []string, add bool) {
	hits := 0
	dst = dst[:len(labels)]
	for i, s := range labels {
		p := unsafe.StringData(s)
		u := uint64(uintptr(unsafe.Pointer(p)))
		e := &r.at[uint8((u^u>>7)*0x9e3779b97f4a7c15>>56)]
		if e.p == p && int(e.n) == len(s) && p != nil {
			dst[i] = e.code
			hits++
			continue
		}
		var c int32
		if add {
			c = d.put(s)
		} else {
			c = d.Code(s)
		}
		dst[i] = c
		if len(s) <= math.MaxInt32 {
			e.p, e.n, e.code = p, int32(len(s)), c
		}
	}
	r.hits += hits
	r.tries += len(labels)
}

// plain hashes every label, except that a label equal to the one before it has
// its code.
func (r *recent) plain(d *Dictionary, dst []int32, labels []string, add bool) {
	if len(d.table) == 0 {
		d.grow()
	}
	table, keys := d.table, d.labels
	mask := uint64(len(table) - 1)
	dst = dst[:len(labels)]
next:
	for i, s := range labels {
		h := maphash.String(seed, s)
		for j := h & mask; ; j = (j + 1) & mask {
			e := table[j]
			if e.ref == 0 {
				break
			}
			if e.hash != uint32(h>>32) {
				continue
			}
			if e.ref > 0 {
				if keys[e.ref-1] == s {
					dst[i] = e.ref - 1
					continue next
				}
			} else if d.missing[-e.ref-1] == s {
				dst[i] = Missing
				continue next
			}
		}
		if !add {
			dst[i] = Unknown
			continue
		}
		dst[i] = d.put(s)
		table, keys = d.table, d.labels
		mask = uint64(len(table) - 1)
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
		table: append([]slot(nil), d.table...), used: d.used,
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
	bad := int32(0)
	for _, c := range codes {
		// Negative when c < -1 or c >= k.
		bad |= (c + 1) | (int32(k) - 1 - c)
	}
	if bad >= 0 {
		return nil
	}
	for i, c := range codes {
		if c < Missing || int(c) >= k {
			return fmt.Errorf("%s: %s: need codes in [-1, %d), have %d at index %d: %w", fn, arg, k, c, i, mlgauge.ErrRange)
		}
	}
	return check.Option(fn, arg, bad)
}
