package text

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// A Vocabulary numbers terms 0, 1, 2, ... in the order in which they first
// appear. The zero value is ready. All terms are in one block of bytes, with
// four bytes for the place of each, and a hash table of 32 to 64 bytes per term
// in which short terms are compared: there is no string header per term. Lookups may run concurrently with
// each other, not with Add or Merge.
type Vocabulary struct {
	arena []byte
	ends  []uint32 // term i is arena[ends[i-1]:ends[i]]
	table []place  // open addressing; the length is a power of two
}

// A place of the table holds a term of up to 8 bytes itself, with its length in
// size, and of a longer one the hash, with longTerm in size; such a term is then
// compared as well. ref is its number + 1, 0 if the place is empty.
type place struct {
	key  uint64
	ref  uint32
	size uint32
}

const longTerm = 9

// The hash is seeded per process: terms cannot be chosen to collide.
var (
	seed   = maphash.MakeSeed()
	secret = maphash.String(seed, "key") | 1
)

// keyOf returns what identifies a term in the table, and its hash. Where there
// is room behind a short term, its bytes are read at once.
func keyOf(term []byte) (key uint64, size uint32, hash uint64) {
	n := len(term)
	if n > 8 {
		h := maphash.Bytes(seed, term)
		return h, longTerm, h
	}
	if cap(term) >= 8 {
		key = binary.LittleEndian.Uint64(term[:8]) & (1<<(8*n) - 1)
	} else {
		for i, c := range term {
			key |= uint64(c) << (8 * i)
		}
	}
	hi, lo := bits.Mul64(key^secret, 0x9e3779b97f4a7c15+uint64(n)<<32)
	return key, uint32(n), hi ^ lo
}

// is tells whether the place is that of a term.
func (v *Vocabulary) is(p *place, key uint64, size uint32, term []byte) bool {
	return p.key == key && p.size == size && (size < longTerm || string(v.bytes(int(p.ref-1))) == string(term))
}

// maxTerms keeps id+1 in an int32 and a column in a CSR's index.
const maxTerms = 1<<31 - 2

// Len returns the number of terms.
func (v *Vocabulary) Len() int { return len(v.ends) }

// Memory returns the bytes that the vocabulary holds.
func (v *Vocabulary) Memory() int { return cap(v.arena) + 4*cap(v.ends) + 16*cap(v.table) }

func (v *Vocabulary) bytes(id int) []byte {
	lo := uint32(0)
	if id > 0 {
		lo = v.ends[id-1]
	}
	return v.arena[lo:v.ends[id]]
}

// Term returns the term of a number, as a view of the block of bytes; it panics
// if the number is not in [0, Len()).
func (v *Vocabulary) Term(id int) string {
	b := v.bytes(id)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// All yields the terms with their numbers.
func (v *Vocabulary) All() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := range v.Len() {
			if !yield(i, v.Term(i)) {
				return
			}
		}
	}
}

// ID returns the number of a term and whether the vocabulary holds it. It does
// not allocate.
func (v *Vocabulary) ID(term string) (int, bool) {
	id := v.find(unsafe.Slice(unsafe.StringData(term), len(term)))
	return int(id), id >= 0
}

// A termKey is what keyOf returns, and what the table holds in the place of the hash.
type termKey struct {
	key, hash uint64
	size, ref uint32
}

func termKeyOf(term []byte) (k termKey) {
	k.key, k.size, k.hash = keyOf(term)
	return k
}

// farTable is the length of a table that the nearest cache does not hold.
const farTable = 1 << 11

// keysOf returns the keys of terms, in keys. Of a large table it asks for all places at
// once, before the first comparison waits for one.
func (v *Vocabulary) keysOf(keys []termKey, buf []byte, terms []kernel.Piece) []termKey {
	keys = slices.Grow(keys[:0], len(terms))[:len(terms)]
	for i, t := range terms {
		k := &keys[i]
		k.key, k.size, k.hash = keyOf(buf[t.Lo:t.Hi])
	}
	if mask := uint64(len(v.table) - 1); len(v.table) >= farTable {
		for i := range keys {
			keys[i].ref = v.table[keys[i].hash&mask].ref
		}
	}
	return keys
}

// find returns the number of a term, -1 if the vocabulary does not hold it.
func (v *Vocabulary) find(term []byte) int32 {
	k := termKeyOf(term)
	return v.findKey(&k, term)
}

func (v *Vocabulary) findKey(k *termKey, term []byte) int32 {
	if len(v.table) == 0 {
		return -1
	}
	mask := uint64(len(v.table) - 1)
	for i := k.hash & mask; ; i = (i + 1) & mask {
		p := &v.table[i&mask]
		if p.ref == 0 {
			return -1
		}
		if v.is(p, k.key, k.size, term) {
			return int32(p.ref - 1)
		}
	}
}

// Add returns the number of a term, after adding it if it is new.
//
// Errors: ErrRange if the terms would need more than 4 GB or there are 2^31 of
// them.
func (v *Vocabulary) Add(term string) (int, error) {
	id := v.put(unsafe.Slice(unsafe.StringData(term), len(term)))
	if id < 0 {
		return 0, errFull("Vocabulary.Add")
	}
	return int(id), nil
}

func errFull(fn string) error {
	return fmt.Errorf("%s: terms: need at most %d terms in %d bytes, have more: %w", fn, maxTerms, uint32(math.MaxUint32), mlgauge.ErrRange)
}

// put returns the number of a term after adding it, -1 if there is no room.
func (v *Vocabulary) put(term []byte) int32 {
	k := termKeyOf(term)
	return v.putKey(&k, term)
}

func (v *Vocabulary) putKey(k *termKey, term []byte) int32 {
	if 2*(len(v.ends)+1) > len(v.table) {
		v.resize(max(16, 2*len(v.table)))
	}
	mask := uint64(len(v.table) - 1)
	i := k.hash & mask
	for ; v.table[i].ref != 0; i = (i + 1) & mask {
		if p := &v.table[i]; v.is(p, k.key, k.size, term) {
			return int32(p.ref - 1)
		}
	}
	if len(v.ends) >= maxTerms || uint64(len(v.arena))+uint64(len(term)) > math.MaxUint32 {
		return -1
	}
	v.arena = append(v.arena, term...)
	v.ends = append(v.ends, uint32(len(v.arena)))
	v.table[i] = place{k.key, uint32(len(v.ends)), k.size}
	return int32(len(v.ends) - 1)
}

// resize moves the terms to a table of another length.
func (v *Vocabulary) resize(size int) {
	v.table = make([]place, size)
	mask := uint64(size - 1)
	for id := range v.ends {
		key, size, h := keyOf(v.bytes(id))
		i := h & mask
		for v.table[i].ref != 0 {
			i = (i + 1) & mask
		}
		v.table[i] = place{key, uint32(id + 1), size}
	}
}

// Merge adds the terms of o that v does not hold, in their order, and returns
// the number in v of each number of o.
//
// Errors: ErrRange if the terms do not fit; v then holds some of those of o.
func (v *Vocabulary) Merge(o *Vocabulary) ([]int32, error) {
	ids := make([]int32, o.Len())
	for i := range ids {
		if ids[i] = v.put(o.bytes(i)); ids[i] < 0 {
			return nil, errFull("Vocabulary.Merge")
		}
	}
	return ids, nil
}

// Terms returns the terms in the order of their numbers, as views.
func (v *Vocabulary) Terms() []string {
	out := make([]string, v.Len())
	for i := range out {
		out[i] = v.Term(i)
	}
	return out
}

// Reset forgets all terms.
func (v *Vocabulary) Reset() { *v = Vocabulary{} }

func (v *Vocabulary) clone() Vocabulary {
	return Vocabulary{append([]byte(nil), v.arena...), append([]uint32(nil), v.ends...), append([]place(nil), v.table...)}
}

const vocabularyTag = "text.Vocabulary/1"

// MarshalBinary returns the terms in their order.
func (v *Vocabulary) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(vocabularyTag)
	v.write(w, nil)
	return w.Finish(), nil
}

// UnmarshalBinary restores what MarshalBinary gave; on an error (ErrCorrupt) v
// stays as it was.
func (v *Vocabulary) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("Vocabulary.UnmarshalBinary", vocabularyTag, data)
	n := readVocabulary(r)
	if err := r.Close(); err != nil {
		return err
	}
	*v = n
	return nil
}

// write stores the terms, in the given order of numbers unless it is nil.
func (v *Vocabulary) write(w *codec.Writer, order []int32) {
	w.Int(v.Len())
	for i := range v.Len() {
		if order != nil {
			i = int(order[i])
		}
		w.Bytes(v.bytes(i))
	}
}

func readVocabulary(r *codec.Reader) Vocabulary {
	var v Vocabulary
	for i := range r.Count(8) {
		if id := v.put([]byte(r.String())); r.Err() == nil && int(id) != i {
			r.Fail("need each term once, have term %d again", i)
		}
		if r.Err() != nil {
			return Vocabulary{}
		}
	}
	return v
}
