package table

import (
	"slices"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// A dict gives each distinct text a code in the order of appearance, and the
// marks of a missing value MissingCode. It is a hash table with open addressing
// over the texts; these lie in chunks of bytes that are never written again, so
// that a new text costs no allocation of its own.
type dict struct {
	missing []string
	keys    []string // the marks, then the values by code
	hashes  []uint32 // of keys
	slots   []int32  // index into keys + 1; a power of two of them
	chunk   []byte   // room for more texts
	one     [256]int32
	last    int32 // index of the previous text: runs are common
}

const (
	dictSlots = 1 << 8
	chunkSize = 1 << 16
)

func newDict(missing []string) *dict {
	d := &dict{missing: slices.Compact(slices.Sorted(slices.Values(missing)))}
	d.reset()
	return d
}

// reset forgets every text. Keys and chunks are left to the batch that has them.
func (d *dict) reset() {
	if len(d.slots) > 4*defaultBatchRows || d.slots == nil {
		d.slots = make([]int32, dictSlots)
	} else {
		clear(d.slots)
	}
	d.keys, d.hashes, d.chunk = nil, d.hashes[:0], nil
	d.one = [256]int32{}
	d.last = 0
	for _, s := range d.missing {
		d.index([]byte(s))
	}
}

// values returns the texts by code.
func (d *dict) values() []string {
	n := min(len(d.missing), len(d.keys))
	return d.keys[n:len(d.keys):len(d.keys)]
}

// code returns the code of b, a new one if need be.
func (d *dict) code(b []byte) int32 {
	var k int32
	switch {
	case len(b) == 1 && d.one[b[0]] > 0:
		k = d.one[b[0]] - 1
	case int(d.last) < len(d.keys) && string(b) == d.keys[d.last]:
		k = d.last
	default:
		k = d.index(b)
		if len(b) == 1 {
			d.one[b[0]] = k + 1
		}
	}
	d.last = k
	return max(k-int32(len(d.missing)), MissingCode)
}

// index returns the place of b among the keys.
func (d *dict) index(b []byte) int32 {
	h := uint32(xxh3.Hash(b))
	mask := uint32(len(d.slots) - 1)
	i := h & mask
	for ; d.slots[i] != 0; i = (i + 1) & mask {
		k := d.slots[i] - 1
		if d.hashes[k] == h && d.keys[k] == string(b) {
			return k
		}
	}
	k := int32(len(d.keys))
	d.slots[i] = k + 1
	d.keys = append(d.keys, d.store(b))
	d.hashes = append(d.hashes, h)
	if 2*len(d.keys) > len(d.slots) {
		d.rehash()
	}
	return k
}

func (d *dict) rehash() {
	d.slots = make([]int32, 4*len(d.slots))
	mask := uint32(len(d.slots) - 1)
	for k, h := range d.hashes {
		i := h & mask
		for d.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = int32(k) + 1
	}
}

// store returns b as a string in a chunk.
func (d *dict) store(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > chunkSize/8 {
		return string(b)
	}
	if len(d.chunk)+len(b) > cap(d.chunk) {
		size := 256 // few texts need little
		if cap(d.chunk) > 0 {
			size = min(4*cap(d.chunk), chunkSize)
		}
		d.chunk = make([]byte, 0, max(size, len(b)))
	}
	n := len(d.chunk)
	d.chunk = append(d.chunk, b...)
	return unsafe.String(&d.chunk[n], len(b))
}
