//go:build race

package preprocess

// pooled is how much a call may allocate that takes its scratch from a
// sync.Pool: the race detector makes pools forget at random.
const pooled = 4
