package kernel

import "encoding/binary"

// nibbleRound bounds the rows of one round of CountNibbles, so that its cells
// of 32 bits cannot overflow.
const nibbleRound = 1 << 30

// CountNibbles counts pairs of bytes below 16 into counts, 16 by 16 cells: two
// rows give one 16-bit code, so two rows cost one increment. The vector form asks
// how many rows have each pair of classes, of those that occur. scratch holds
// 65536 cells, zero on entry and on return. It reports false, and leaves counts
// alone, if another byte occurs.
func CountNibbles(t, p []byte, counts *[256]uint64, scratch *[65536]uint32) bool {
	p = p[:len(t)]
	var sum [256]uint64
	done, ok := nibblesVector(t, p, &sum)
	t, p = t[done:], p[done:]
	if ok && done > 0 && len(t) < nibbleBlock {
		ok = nibblesOne(t, p, &sum)
		t = nil
	}
	for len(t) > 0 && ok {
		n := min(nibbleRound, len(t))
		ok = nibbles(t[:n], p[:n], &sum, scratch)
		for code, k := range scratch {
			if k != 0 {
				sum[code&255] += uint64(k)
				sum[code>>8] += uint64(k)
				scratch[code] = 0
			}
		}
		t, p = t[n:], p[n:]
	}
	if ok {
		for i, k := range sum {
			counts[i] += k
		}
	}
	return ok
}

func nibbles(t, p []byte, sum *[256]uint64, scratch *[65536]uint32) bool {
	var seen uint64
	i := 0
	for ; i+8 <= len(t); i += 8 {
		a, b := binary.LittleEndian.Uint64(t[i:]), binary.LittleEndian.Uint64(p[i:])
		seen |= a | b
		c := a<<4 | b
		scratch[uint16(c)]++
		scratch[uint16(c>>16)]++
		scratch[uint16(c>>32)]++
		scratch[c>>48]++
	}
	return nibblesOne(t[i:], p[i:], sum) && seen&^(15*byteOnes) == 0
}

// nibblesOne counts few rows, one by one.
func nibblesOne(t, p []byte, sum *[256]uint64) bool {
	var seen byte
	for i, a := range t {
		b := p[i]
		seen |= a | b
		sum[(a&15)<<4|b&15]++
	}
	return seen < 16
}
