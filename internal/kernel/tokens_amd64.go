//go:build !purego

package kernel

import "unsafe"

// wordBitsVector takes whole groups of 64 bytes, and returns how many bytes that are.
func wordBitsVector(buf []byte, words *[64]uint64, s string, lower bool) (done int, ascii bool) {
	if done = len(s) &^ 63; done == 0 || level == levelPortable {
		return 0, true
	}
	fold := uint64(0)
	if lower {
		fold = 0x20 * byteOnes
	}
	from := unsafe.StringData(s)
	if level == levelAVX512 {
		return done, wordBitsAVX512(from, &buf[0], done, fold, &words[0]) == 0
	}
	return done, wordBitsAVX2(from, &buf[0], done, fold, &words[0]) == 0
}
