package kernel

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// ASCII tells whether s has no byte above 0x7f.
func ASCII(s string) bool {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		b := s[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		if w&0x8080808080808080 != 0 {
			return false
		}
	}
	var or byte
	for ; i < len(s); i++ {
		or |= s[i]
	}
	return or < 0x80
}

// Murmur32 is MurmurHash3_x86_32 of b.
func Murmur32(b []byte, seed uint32) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	h, n := seed, uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		k := bits.RotateLeft32(binary.LittleEndian.Uint32(b)*c1, 15) * c2
		h = bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64
	}
	var k uint32
	for i, v := range b {
		k |= uint32(v) << (8 * i)
	}
	h ^= bits.RotateLeft32(k*c1, 15) * c2
	h ^= n
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// SortHigh sorts x by its upper halves, which must be below 2^width; equal ones
// keep their order. tmp is as long as x. The sorted values are in the slice
// returned, which is x or tmp.
func SortHigh(x, tmp []uint64, width int) []uint64 {
	if len(x) < 40 {
		for i := 1; i < len(x); i++ {
			v, j := x[i], i
			for ; j > 0 && x[j-1]>>32 > v>>32; j-- {
				x[j] = x[j-1]
			}
			x[j] = v
		}
		return x
	}
	if len(x) > 2048 {
		return radixHigh(x, tmp, new([2048]int32)[:], width)
	}
	return radixHigh(x, tmp, new([256]int32)[:], width)
}

// radixHigh counts digits in count, whose length is a power of two.
func radixHigh(x, tmp []uint64, count []int32, width int) []uint64 {
	digit := bits.Len(uint(len(count) - 1))
	mask := uint64(len(count) - 1)
	tmp = tmp[:len(x)]
	for shift := 32; shift < 32+width; shift += digit {
		clear(count)
		for _, v := range x {
			count[v>>(shift&63)&mask]++
		}
		var at int32
		for i, n := range count {
			count[i] = at
			at += n
		}
		for _, v := range x {
			p := &count[v>>(shift&63)&mask]
			tmp[*p] = v
			*p++
		}
		x, tmp = tmp, x
	}
	return x
}

// SortBytes sorts the numbers 0 to n-1 by the byte strings that at gives for
// them.
func SortBytes(n int, at func(i int) []byte) []int32 {
	type item struct {
		prefix uint64
		id     int32
	}
	items := make([]item, n)
	for i := range items {
		items[i] = item{prefix8(at(i)), int32(i)}
	}
	slices.SortFunc(items, func(a, b item) int {
		if a.prefix != b.prefix {
			if a.prefix < b.prefix {
				return -1
			}
			return 1
		}
		return slices.Compare(at(int(a.id)), at(int(b.id)))
	})
	ids := make([]int32, n)
	for i, it := range items {
		ids[i] = it.id
	}
	return ids
}

// prefix8 returns the first 8 bytes, as a number of the same order.
func prefix8(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var w uint64
	for i, c := range b {
		w |= uint64(c) << (56 - 8*i)
	}
	return w
}
