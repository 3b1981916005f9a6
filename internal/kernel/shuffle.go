package kernel

import (
	"math/bits"
	"math/rand/v2"
)

// Shuffle puts x in random order (Fisher and Yates): that of rand.Rand's Shuffle,
// without its calls by way of an interface. The places to swap are drawn some at a time
// and read before the swaps, so that what is far away comes together.
func Shuffle[T Integer](source *rand.PCG, x []T) {
	var places [64]int
	var sum T
	for i := len(x) - 1; i > 0; {
		draws := places[:min(i, len(places))]
		for d := range draws {
			draws[d] = below(source, uint64(i-d+1))
		}
		for _, j := range draws {
			sum += x[j]
		}
		for _, j := range draws {
			x[i], x[j] = x[j], x[i]
			i--
		}
	}
	read(sum)
}

// below returns a random number below n.
func below(source *rand.PCG, n uint64) int {
	if n&(n-1) == 0 {
		return int(source.Uint64() & (n - 1))
	}
	j, low := bits.Mul64(source.Uint64(), n)
	if low < n {
		for least := -n % n; low < least; {
			j, low = bits.Mul64(source.Uint64(), n)
		}
	}
	return int(j)
}

// read makes the reads that led to v necessary.
//
//go:noinline
func read[T Integer](v T) {}
