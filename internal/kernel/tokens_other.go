//go:build !amd64 || purego

package kernel

func wordBitsVector(buf []byte, words *[64]uint64, s string, lower bool) (done int, ascii bool) {
	return 0, true
}
