package kernel

import (
	"encoding/binary"
	"math/bits"
)

// SeparatorRoom is how many more positions than it finds Separators may write.
const SeparatorRoom = 8

// Separators writes the places where a text may part into fields to dst: base plus
// the index of each byte of b that is sep, a line feed or a double quote, in their
// order. It returns how many there are, and how many of them are line feeds and
// double quotes. dst has room for len(b)+SeparatorRoom.
//
//	for i, c := range b {
//		if c == sep || c == '\n' || c == '"' {
//			dst[taken] = base + int32(i)
//			taken++
//		}
//	}
func Separators(dst []int32, b []byte, base int32, sep byte) (taken, lines, quotes int) {
	_ = dst[len(b)+SeparatorRoom-1]
	done, taken, lines, quotes := separatorsVector(dst, b, base, sep)
	const ones = 0x0101010101010101
	seps := ones * uint64(sep)
	i := done
	for ; len(b)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		x, y, z := zeroBytes(w^seps), zeroBytes(w^(ones*'\n')), zeroBytes(w^(ones*'"'))
		for hits := x | y | z; hits != 0; hits &= hits - 1 {
			dst[taken] = base + int32(i+bits.TrailingZeros64(hits)>>3)
			taken++
		}
		if y|z != 0 {
			lines += bits.OnesCount64(y)
			quotes += bits.OnesCount64(z)
		}
	}
	for ; i < len(b); i++ {
		switch b[i] {
		case '\n':
			lines++
		case '"':
			quotes++
		case sep:
		default:
			continue
		}
		dst[taken] = base + int32(i)
		taken++
	}
	return taken, lines, quotes
}

// zeroBytes has the top bit set of exactly the bytes of w that are zero.
func zeroBytes(w uint64) uint64 {
	const low = 0x7f7f7f7f7f7f7f7f
	return ^((w&low + low) | w | low)
}
