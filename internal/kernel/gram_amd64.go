//go:build !purego

package kernel

import "unsafe"

func gramVector(c, x []float64, width, rows int) bool {
	tile, columns := gramAVX512, 8
	switch level {
	case levelAVX2:
		tile, columns = gramAVX2, 4
	case levelPortable:
		return false
	}
	size := max(GramRows, 4096/width)
	for lo := 0; lo < rows; lo += size {
		n := min(size, rows-lo)
		at := x[lo*width:]
		for i := 0; i < width; i += columns {
			for j := i - i%(2*columns); j < width; j += 2 * columns {
				tile(unsafe.SliceData(c[i*width+j:]), unsafe.SliceData(at[i:]), unsafe.SliceData(at[j:]), width, n)
			}
		}
	}
	return true
}
