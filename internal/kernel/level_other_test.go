//go:build !amd64 || purego

package kernel

import "testing"

// eachLevel runs f for the only loops of this build.
func eachLevel(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Run(level.String(), f)
}
