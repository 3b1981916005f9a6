package kernel

import (
	"syscall"
	"unsafe"
)

const hugePage = 2 << 20

// wantHugePages asks for pages of 2 MB in a buffer that no one has written to: rows
// that are scattered over small pages wait for their addresses. It is advice; nothing
// depends on whether it is taken.
func wantHugePages(p unsafe.Pointer, size int) {
	skip := int(-uintptr(p) & (hugePage - 1))
	if whole := (size - skip) &^ (hugePage - 1); whole > 0 {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Add(p, skip)), whole), syscall.MADV_HUGEPAGE)
	}
}
