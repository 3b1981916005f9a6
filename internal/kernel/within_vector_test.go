package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestCodesWithinVectors(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 4))
		const k = 7
		for _, n := range lengths() {
			for offset := range 8 {
				x := fence(n, offset, k, func(int) int32 { return int32(r.IntN(k+1)) - 1 })
				if !CodesWithin(x.in, k) {
					t.Fatalf("CodesWithin of %d: want true", n)
				}
				for i := 0; i < n; i += 1 + n/100 {
					for _, bad := range []int32{-2, k, math.MinInt32, math.MaxInt32} {
						old := x.in[i]
						x.in[i] = bad
						if CodesWithin(x.in, k) {
							t.Fatalf("CodesWithin of %d with %d at %d: want false", n, bad, i)
						}
						x.in[i] = old
					}
				}
			}
		}
	})
}
