package kernel

import "math"

// MinHash sets dst[i] to the least of a[i]*h + b[i] mod 2^64 over the hashes h,
// and to 2^64-1 without hashes. a and b are as long as dst.
func MinHash(dst, a, b, hashes []uint64) {
	a, b = a[:len(dst)], b[:len(dst)]
	i := 0
	// four minima at a time: each is a chain of dependent compares
	for ; i+4 <= len(dst); i += 4 {
		a0, a1, a2, a3 := a[i], a[i+1], a[i+2], a[i+3]
		b0, b1, b2, b3 := b[i], b[i+1], b[i+2], b[i+3]
		m0, m1, m2, m3 := uint64(math.MaxUint64), uint64(math.MaxUint64), uint64(math.MaxUint64), uint64(math.MaxUint64)
		for _, h := range hashes {
			m0 = min(m0, a0*h+b0)
			m1 = min(m1, a1*h+b1)
			m2 = min(m2, a2*h+b2)
			m3 = min(m3, a3*h+b3)
		}
		dst[i], dst[i+1], dst[i+2], dst[i+3] = m0, m1, m2, m3
	}
	for ; i < len(dst); i++ {
		m := uint64(math.MaxUint64)
		for _, h := range hashes {
			m = min(m, a[i]*h+b[i])
		}
		dst[i] = m
	}
}
