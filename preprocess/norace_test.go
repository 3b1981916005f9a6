//go:build !race

package preprocess

// pooled is how much a call may allocate that takes its scratch from a
// sync.Pool.
const pooled = 0
