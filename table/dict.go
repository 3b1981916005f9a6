package table

import (
	"math"
	"slices"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// A dict gives each distinct text a code in the order of appearance, and the
// marks of a missing value MissingCode. It is two hash tables with open
// addressing, one of the texts up to shortText bytes and one of the longer ones;
// the texts lie in chunks of bytes that are never written again, so that a new
// text costs no allocation of its own.
type dict struct {
	missing []string
	keys    []string // the marks, then the values by code
	short   []slot   // k is an index into shorts + 1; a power of two of them
	shorts  []shortKey
	long    []slot // k is an index into keys + 1; a power of two of them
	longs   int    // taken
	chunk   []byte // room for more texts
	one     [256]int32
	last    int32 // index of the previous text: runs are common
}

// slot holds the hash of a text, and where it is; k is 0 if the slot is free.
type slot struct {
	hash uint32
	k    int32
}

const (
	dictSlots = 1 << 6
	chunkSize = 1 << 16
)

func newDict(missing []string) *dict {
	d := &dict{missing: slices.Compact(slices.Sorted(slices.Values(missing)))}
	d.reset()
	return d
}

// reset forgets every text. Keys and chunks are left to the batch that has them.
func (d *dict) reset() {
	if len(d.short) > 4*defaultBatchRows || d.short == nil {
		d.short = make([]slot, dictSlots)
	} else {
		clear(d.short)
	}
	if len(d.long) > 4*defaultBatchRows || d.long == nil {
		d.long = make([]slot, dictSlots)
	} else {
		clear(d.long)
	}
	d.keys, d.chunk = nil, nil
	d.shorts, d.longs = d.shorts[:0], 0
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
	return d.codeOf(k)
}

// full tells whether there is no room for another text.
func (d *dict) full() bool { return len(d.keys) >= math.MaxInt32-1 }

// codeOf returns the code of key k.
func (d *dict) codeOf(k int32) int32 { return max(k-int32(len(d.missing)), MissingCode) }

// index returns the place of b among the keys.
func (d *dict) index(b []byte) int32 {
	if len(b) <= shortText {
		t := newShort(b)
		k := d.find(t)
		if k < 0 {
			k = d.add(b)
			d.insertShort(t, k)
		}
		return k
	}
	h := uint32(xxh3.Hash(b))
	mask := uint32(len(d.long) - 1)
	i := h & mask
	for ; d.long[i].k != 0; i = (i + 1) & mask {
		if k := d.long[i].k - 1; d.long[i].hash == h && d.keys[k] == string(b) {
			return k
		}
	}
	k := d.add(b)
	d.long[i] = slot{h, k + 1}
	if d.longs++; 2*d.longs > len(d.long) {
		d.long = grown(d.long)
	}
	return k
}

// add appends b to the keys.
func (d *dict) add(b []byte) int32 {
	d.keys = append(d.keys, d.store(b))
	return int32(len(d.keys) - 1)
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
