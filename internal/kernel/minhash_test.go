package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestMinHash(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	random := func(n int) []uint64 {
		x := make([]uint64, n)
		for i := range x {
			x[i] = rng.Uint64()
		}
		return x
	}
	for size := range 11 {
		for _, n := range []int{0, 1, 7} {
			a, b, h := random(size), random(size), random(n)
			dst := random(size + 1)
			guard := dst[size]
			MinHash(dst[:size], a, b, h)
			for i, got := range dst[:size] {
				want := uint64(math.MaxUint64)
				for _, v := range h {
					want = min(want, a[i]*v+b[i])
				}
				if got != want {
					t.Fatalf("size %d, %d hashes: place %d: want %d, got %d", size, n, i, want, got)
				}
			}
			if dst[size] != guard {
				t.Fatal("wrote beyond dst")
			}
		}
	}
}
