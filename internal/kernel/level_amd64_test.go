//go:build !purego

package kernel

import "testing"

// eachLevel runs f once for every instruction set that this machine has, the
// portable loops first.
func eachLevel(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	best := level
	defer func() { level = best }()
	for l := levelPortable; l <= best; l++ {
		level = l
		t.Run(l.String(), f)
	}
}
