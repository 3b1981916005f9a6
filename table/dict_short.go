package table

import (
	"encoding/binary"
	"math/bits"
)

// shortText is the length up to which a text is compared as two words.
const shortText = 16

// A short is a text of at most shortText bytes: its bytes in the order of the
// words' bits, zero beyond its end, and its length.
type short struct {
	lo, hi uint64
	n      uint32
}

// shortKey is a short and its index into the keys.
type shortKey struct {
	short
	k int32
}

// newShort returns b, which has at most shortText bytes.
func newShort(b []byte) short {
	n := len(b)
	t := short{n: uint32(n)}
	switch { // the last load may overlap the one before it
	case n >= 8:
		t.lo = binary.LittleEndian.Uint64(b)
		t.hi = binary.LittleEndian.Uint64(b[n-8:]) >> (8 * uint(shortText-n))
	case n >= 4:
		t.lo = uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<(8*uint(n-4))
	case n > 0: // the first, the middle and the last of at most three
		t.lo = uint64(b[0]) | uint64(b[n/2])<<(8*uint(n/2)) | uint64(b[n-1])<<(8*uint(n-1))
	}
	return t
}

// loadShort returns the first n bytes of w.
func loadShort(w *[shortText]byte, n int) short {
	keep := &shortMasks[n]
	return short{binary.LittleEndian.Uint64(w[:8]) & keep[0], binary.LittleEndian.Uint64(w[8:]) & keep[1], uint32(n)}
}

// shortMasks keep the first bytes of two words.
var shortMasks = func() (m [shortText + 1][2]uint64) {
	for n := range m {
		m[n] = [2]uint64{^(^uint64(0) << (8 * min(n, 8))), ^(^uint64(0) << (8 * max(n-8, 0)))}
	}
	return m
}()

// hash mixes the words by the two halves of a product.
func (t short) hash() uint32 {
	h, l := bits.Mul64(t.lo^0x9e3779b97f4a7c15, t.hi^0xd6e8feb86659fd93^uint64(t.n))
	h ^= l
	return uint32(h ^ h>>32)
}

// find returns the place of t among the keys, or -1.
func (d *dict) find(t short) int32 {
	h := t.hash()
	mask := uint32(len(d.short) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := d.short[i]
		if s.k == 0 {
			return -1
		}
		if s.hash != h {
			continue
		}
		if key := &d.shorts[s.k-1]; key.lo == t.lo && key.hi == t.hi && key.n == t.n {
			return key.k
		}
	}
}

// insertShort gives t, which is not there yet, the place k.
func (d *dict) insertShort(t short, k int32) {
	d.shorts = append(d.shorts, shortKey{t, k})
	put(d.short, slot{t.hash(), int32(len(d.shorts))})
	if 2*len(d.shorts) > len(d.short) {
		d.short = grown(d.short)
	}
}

// put takes the first free slot for s.
func put(slots []slot, s slot) {
	mask := uint32(len(slots) - 1)
	i := s.hash & mask
	for slots[i].k != 0 {
		i = (i + 1) & mask
	}
	slots[i] = s
}

// grown returns four times the slots, with what they hold.
func grown(old []slot) []slot {
	slots := make([]slot, 4*len(old))
	for _, s := range old {
		if s.k != 0 {
			put(slots, s)
		}
	}
	return slots
}
