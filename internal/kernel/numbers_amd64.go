//go:build !purego

package kernel

import (
	"math/bits"
	"sync"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// hasBMI tells whether the processor has the bit instructions that the loops over
// text use, hasLeadingZeros whether vectors of integers count theirs. Every processor
// with AVX2 has the first and with AVX-512BW the second; a virtual one may hide them.
var (
	hasBMI          = cpu.X86.HasBMI1 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT
	hasLeadingZeros = cpu.X86.HasAVX512CD
)

// numbersBlock is how many numbers are read at once.
const numbersBlock = 128

// numbersWork is what the loops of numbersAVX512 hand to each other, one element per
// number. A bit stands for each of the 32 bytes before the end of a number.
type numbersWork struct {
	lo, hi        [numbersBlock]int32
	field         [numbersBlock]uint32 // the bytes of the number
	digit         [numbersBlock]uint32
	point         [numbersBlock]uint32
	minus         [numbersBlock]uint32
	before, after [numbersBlock]uint32    // digits on both sides of the point
	places        [numbersBlock]uint32    // digits after the point
	digits        [numbersBlock][4]uint32 // eight digits each
	out           [numbersBlock]float64
	refused       [numbersBlock / 8]uint8 // a bit per number that ScanFloat must read

	inverse   [32]uint64  // upper half of the inverse power of ten for each place
	exact     [32]float64 // that power, 0 if it is no float64
	even, odd [8]uint64
}

var numbersWorks = sync.Pool{New: func() any {
	w, powers := new(numbersWork), tableOfPowers()
	for k := range w.inverse {
		w.inverse[k] = powers[-k-minExp10][0]
	}
	copy(w.exact[:], exact10[:])
	for k := range w.even {
		w.even[k], w.odd[k] = uint64(2*k), uint64(2*k+1)
	}
	return w
}}

func numbersTogether() bool { return level == levelAVX512 && hasBMI && hasLeadingZeros }

// numbersVector reads the numbers up to where many are not plain; none if there is no
// loop for this processor.
func numbersVector(dst []float64, b []byte, lo, hi []int32, step int, bad []int32) (done int, _ []int32) {
	if !numbersTogether() || len(dst) < 4 {
		return 0, bad
	}
	w := numbersWorks.Get().(*numbersWork)
	defer numbersWorks.Put(w)
	for n, refused := 16, 0; done < len(dst); done, n = done+n, numbersBlock {
		if refused > done/4 {
			break // numbers with exponents, or text
		}
		n = min(n, len(dst)-done)
		l, h := lo[done*step:], hi[done*step:]
		for i, j := 0, 0; i < n; i, j = i+1, j+step {
			w.lo[i], w.hi[i] = l[j], h[j]
		}
		full := (n + 15) &^ 15
		for i := n; i < full; i++ {
			w.lo[i], w.hi[i] = 0, 1
		}
		numbersAVX512((*byte)(unsafe.Pointer(w)), &b[0], full)
		copy(dst[done:], w.out[:n])
		for i, r := range w.refused[:(n+7)/8] {
			for ; r != 0; r &= r - 1 {
				k := 8*i + bits.TrailingZeros8(r)
				if k >= n {
					break
				}
				dst[done+k], bad = number(b, lo, hi, step, done+k, bad)
				refused++
			}
		}
	}
	return done, bad
}
