package kernel

import "unsafe"

// Fresh returns n zeros, in pages of 2 MB if there are many: to touch small pages for
// the first time can cost more than to compute what is written to them.
func Fresh[T float64 | bool](n int) []T {
	x := make([]T, n)
	if size := n * int(unsafe.Sizeof(*new(T))); size >= 2*hugePage {
		wantHugePages(unsafe.Pointer(unsafe.SliceData(x)), size)
	}
	return x
}
