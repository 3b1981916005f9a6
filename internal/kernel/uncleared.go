package kernel

import (
	"strings"
	"unsafe"
)

// Uncleared returns n numbers of no defined value, for a caller that writes every one:
// make clears large memory on one core, which takes as long as a transform on two. A
// builder promises room for what it was grown to, and clears none of it.
func Uncleared(n int) []float64 {
	const large = 1 << 17 // memory of whole pages, and so aligned
	if n < large {
		return make([]float64, n)
	}
	var b strings.Builder
	b.Grow(8 * n)
	b.WriteByte(0) // so that there is a string, whose start is that of the memory
	p := unsafe.Pointer(unsafe.StringData(b.String()))
	wantHugePages(p, 8*n)
	return unsafe.Slice((*float64)(p), n)
}
