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

// cut returns the first n bytes, of at least as many.
func (t short) cut(n int) short {
	t.n = uint32(n)
	// Shifts by 64 and more leave nothing.
	t.lo &^= ^uint64(0) << (8 * t.n)
	t.hi &= ^uint64(0) >> (8 * (shortText - t.n))
	return t
}

// scanShort returns what stands in w before the first byte that is sep, a line
// feed or a double quote, and the index of that byte, shortText if there is none.
func scanShort(w *[shortText]byte, sep byte) (short, int) {
	const ones = 0x0101010101010101
	seps := ones * uint64(sep)
	lo, hi := binary.LittleEndian.Uint64(w[:8]), binary.LittleEndian.Uint64(w[8:])
	hits := topBits(hitBytes(lo, seps)) | topBits(hitBytes(hi, seps))<<8 | 1<<shortText
	n := bits.TrailingZeros32(hits)
	return short{lo: lo, hi: hi}.cut(n), n
}

// hitBytes sets the top bit of the first byte of w that is sep, a line feed or
// a double quote; the bits of later bytes may be set without reason.
func hitBytes(w, seps uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	x, y, z := w^seps, w^(ones*'\n'), w^(ones*'"')
	return ((x-ones)&^x | (y-ones)&^y | (z-ones)&^z) & tops
}

// topBits gathers the top bits of the bytes of w, which has no others.
func topBits(w uint64) uint32 { return uint32((w >> 7) * 0x0102040810204080 >> 56) }

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
