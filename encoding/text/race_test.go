//go:build race

package text

// pooled is how much a call may allocate that takes its scratch from a
// sync.Pool: the race detector makes pools forget at random.
const pooled = 100
