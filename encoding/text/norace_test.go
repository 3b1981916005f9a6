//go:build !race

package text

// pooled is how much a call may allocate that takes its scratch from a
// sync.Pool.
const pooled = 0
