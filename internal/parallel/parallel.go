// Package parallel spreads fixed blocks of work over the cores. Blocks depend
// on the size of the data only, never on the number of workers, so a caller
// that combines the results of the blocks in their order gets the same bits on
// any machine.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// MinElements is the size below which callers should stay on one core: fork
// and join cost more than they save.
const MinElements = 100_000

// Blocks returns the number of blocks of the given size that cover n elements.
func Blocks(n, size int) int { return (n + size - 1) / size }

// Parts returns how many parts to divide n elements into so that each has at
// least the given number: at most GOMAXPROCS. Divide by it only what gives the
// same result in any parts, such as counts.
func Parts(n, least int) int {
	return max(1, min(runtime.GOMAXPROCS(0), n/max(least, 1)))
}

// For calls do(block, lo, hi) for each block of size elements of [0, n), on at
// most GOMAXPROCS goroutines, and returns when all are done. It runs on the
// calling goroutine alone if n < MinElements or there is one block.
func For(n, size int, do func(block, lo, hi int)) {
	blocks := Blocks(n, size)
	if n < MinElements {
		for b := range blocks {
			do(b, b*size, min(n, (b+1)*size))
		}
		return
	}
	Each(blocks, func(b int) { do(b, b*size, min(n, (b+1)*size)) })
}

// Each calls do(i) for every i in [0, n), on at most GOMAXPROCS goroutines.
// Use it for few and heavy items: bootstrap replicates, columns, folds.
func Each(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
}
