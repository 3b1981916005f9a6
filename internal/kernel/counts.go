package kernel

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Integer is any integer type of fixed kind.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

// Count is a cell of a table: 32 bits halve the memory that a large table
// touches, as long as no more rows are counted than fit.
type Count interface{ ~uint32 | ~uint64 }

// CountTable adds one to counts[(t-base)*side + (p-base)] for each pair of
// labels, and stops before the first pair of which one is outside
// [base, base+side). It returns the number of pairs counted. counts has
// side*side cells; differences are taken modulo 2^64, so base is the bits of
// the smallest label.
func CountTable[I Integer, C Count](t, p []I, base, side uint64, counts []C) int {
	p = p[:len(t)]
	counts = counts[:side*side]
	for i, v := range t {
		a, b := uint64(v)-base, uint64(p[i])-base
		if a >= side || b >= side {
			return i
		}
		counts[a*side+b]++
	}
	return len(t)
}

// CountTwo is CountTable for side 2: no table, only sums, so that rows of the
// same outcome do not wait for one another's increments.
func CountTwo[I Integer](t, p []I, base uint64, counts *[4]uint64) int {
	p = p[:len(t)]
	const block = 4096
	done := 0
	for done < len(t) {
		n := min(block, len(t)-done)
		a, b := t[done:done+n], p[done:done+n]
		k, both, truth, pred, seen := twoVector(a, b, base)
		if k < n {
			more, sums, others := two(a[k:], b[k:], base)
			both += more
			truth += sums & (1<<32 - 1)
			pred += sums >> 32
			seen |= others
		}
		if seen > 1 {
			return done + CountTable(a, b, base, 2, counts[:])
		}
		counts[3] += both
		counts[2] += truth - both
		counts[1] += pred - both
		counts[0] += uint64(n) - truth - pred + both
		done += n
	}
	return done
}

// two sums a block: rows where both are 1, the sums of t (low half) and of p
// (high half), and the bits that occur. Inlined, it would spill its
// sums.
//
//go:noinline
func two[I Integer](t, p []I, base uint64) (both, sums, seen uint64) {
	p = p[:len(t)]
	for i, v := range t {
		a, b := uint64(v)-base, uint64(p[i])-base
		seen |= a | b
		both += a & b
		sums += a + b<<32
	}
	return both, sums, seen
}

// CountEqual returns the number of positions at which t and p agree.
func CountEqual[I Integer](t, p []I) (n int) {
	p = p[:len(t)]
	for {
		done, equal := countEqualVector(t, p)
		if done == 0 {
			return n + countEqual(t, p)
		}
		n += int(equal)
		t, p = t[done:], p[done:]
	}
}

func countEqual[I Integer](t, p []I) int {
	var n0, n1 int
	i := 0
	for ; i+2 <= len(t); i += 2 {
		var e0, e1 int
		if t[i] == p[i] {
			e0 = 1
		}
		if t[i+1] == p[i+1] {
			e1 = 1
		}
		n0 += e0
		n1 += e1
	}
	if i < len(t) && t[i] == p[i] {
		n0++
	}
	return n0 + n1
}

// Span returns the smallest and the largest value of t and p together. Both
// must not be empty at once.
func Span[I Integer](t, p []I) (lo, hi I) {
	if len(t) > 0 {
		lo, hi = t[0], t[0]
	} else {
		lo, hi = p[0], p[0]
	}
	for _, v := range t {
		lo, hi = min(lo, v), max(hi, v)
	}
	for _, v := range p {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

const byteOnes = 0x0101010101010101

// CountBits counts pairs of bytes that are 0 or 1, eight rows at a time: the
// rows where both are 1, where t is 1, where p is 1. It reports false if
// another byte occurs.
func CountBits(t, p []byte) (both, truth, pred uint64, ok bool) {
	p = p[:len(t)]
	i, both, truth, pred, seen := countBitsVector(t, p)
	for ; i+8 <= len(t); i += 8 {
		a, b := binary.LittleEndian.Uint64(t[i:]), binary.LittleEndian.Uint64(p[i:])
		seen |= a | b
		both += uint64(bits.OnesCount64(a & b))
		truth += uint64(bits.OnesCount64(a))
		pred += uint64(bits.OnesCount64(b))
	}
	for ; i < len(t); i++ {
		a, b := uint64(t[i]), uint64(p[i])
		seen |= a | b
		both += a & b
		truth += a
		pred += b
	}
	return both, truth, pred, seen&^byteOnes == 0
}

// CountBools is CountBits for truth values.
func CountBools(t, p []bool) (both, truth, pred uint64) {
	p = p[:len(t)]
	both, truth, pred, _ = CountBits(
		unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(t))), len(t)),
		unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(p))), len(p)))
	return both, truth, pred
}

// SumBools adds w[i] to out[2 t[i] + p[i]].
func SumBools(t, p []bool, w []float64, out *[4]float64) {
	p, w = p[:len(t)], w[:len(t)]
	for i, v := range t {
		k := 0
		if v {
			k = 2
		}
		if p[i] {
			k++
		}
		out[k] += w[i]
	}
}

// CountCodes adds one to counts[t*side + p] for each pair of codes.
func CountCodes[C Count](t, p []int32, side int, counts []C) {
	p = p[:len(t)]
	for i, a := range t {
		counts[int(a)*side+int(p[i])]++
	}
}

// SumCodes adds w[i] to sums[t[i]*side + p[i]].
func SumCodes(t, p []int32, w []float64, side int, sums []float64) {
	p, w = p[:len(t)], w[:len(t)]
	for i, a := range t {
		sums[int(a)*side+int(p[i])] += w[i]
	}
}
