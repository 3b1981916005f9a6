//go:build !amd64 || purego

package kernel

func numbersVector(dst []float64, b []byte, lo, hi []int32, step int, bad []int32) (done int, _ []int32) {
	return 0, bad
}

func numbersTogether() bool { return false }
