//go:build !amd64 || purego

package kernel

func countEqualVector[I Integer](t, p []I) (done int, equal uint64) { return 0, 0 }

func twoVector[I Integer](t, p []I, base uint64) (done int, both, truth, pred, seen uint64) {
	return 0, 0, 0, 0, 0
}

func countBitsVector(t, p []byte) (done int, both, truth, pred, seen uint64) { return 0, 0, 0, 0, 0 }
