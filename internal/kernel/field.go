package kernel

import (
	"encoding/binary"
	"math/bits"
)

// FieldEnd returns the index of the first byte of b that is sep, a line feed or
// a double quote, or len(b) if there is none: eight bytes at a time.
//
//	for i, c := range b {
//		if c == sep || c == '\n' || c == '"' {
//			return i
//		}
//	}
//	return len(b)
func FieldEnd(b []byte, sep byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	seps := ones * uint64(sep)
	i := 0
	for ; len(b)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		// A byte of x is zero where w has the byte looked for; the lowest top
		// bit of (x - ones) &^ x is at the first such byte.
		x, y, z := w^seps, w^(ones*'\n'), w^(ones*'"')
		if hit := ((x-ones)&^x | (y-ones)&^y | (z-ones)&^z) & tops; hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == sep || c == '\n' || c == '"' {
			return i
		}
	}
	return len(b)
}
