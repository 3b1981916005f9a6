package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
)

// A rowHash is 128 bits of hash.
type rowHash [2]uint64

// A numbering gives hashes numbers in the order of their first appearance. The
// zero value is ready to use. Open addressing with slots of 4 bytes: a third
// less time and memory than a map.
type numbering struct {
	slots []uint32 // 1 + the number of the key, 0 if empty; the length is a power of two
	keys  []rowHash
}

// Len returns the number of distinct keys.
func (t *numbering) Len() int { return len(t.keys) }

// Keys returns the keys by number. The caller must not change them.
func (t *numbering) Keys() []rowHash { return t.keys }

// Number returns the number of the key, a new one if it was not seen before. It
// panics beyond 2^32 - 1 distinct keys, which no memory holds beside the data.
func (t *numbering) Number(k rowHash) int {
	if 2*len(t.keys) >= len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for at := k[0] & mask; ; at = (at + 1) & mask {
		n := t.slots[at]
		if n == 0 {
			t.keys = append(t.keys, k)
			t.slots[at] = uint32(len(t.keys))
			return len(t.keys) - 1
		}
		if t.keys[n-1] == k {
			return int(n - 1)
		}
	}
}

func (t *numbering) grow() {
	size := max(16, 2*len(t.slots))
	if uint64(size)/2 > math.MaxUint32 {
		panic(fmt.Errorf("Duplicates: need fewer than 2^32 distinct keys: %w", mlgauge.ErrRange))
	}
	t.slots = make([]uint32, size)
	mask := uint64(size - 1)
	for i, k := range t.keys {
		at := k[0] & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = uint32(i + 1)
	}
}
