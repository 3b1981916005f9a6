package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Many blocks give what one pass gives, and the same bits whatever the number of cores.
func TestSlotBlocks(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(3, 3))
	const n = 900_000
	codes, y, w := make([]int32, n), make([]float64, n), make([]float64, n)
	for _, k := range []int{3, 1000, 20_000, 500_000} {
		for i := range codes {
			codes[i], y[i], w[i] = int32(rng.IntN(k))-1, 1e6*float64(i)/n+rng.NormFloat64(), float64(rng.IntN(3))
		}
		for _, weights := range [][]float64{nil, w} {
			runtime.GOMAXPROCS(1)
			one := make([]Slot, k)
			SlotMoments(one, codes, y, weights)
			runtime.GOMAXPROCS(3)
			several := make([]Slot, k)
			SlotMoments(several, codes, y, weights)
			assert.True(t, slices.Equal(one, several))

			want, mean := make([]Slot, k), make([]float64, k)
			weight := func(i int) float64 {
				if weights == nil {
					return 1
				}
				return weights[i]
			}
			for i, c := range codes {
				s := &want[c+1]
				s.Rows++
				s.W += weight(i)
				s.Sum += weight(i) * y[i]
			}
			for s := range mean {
				mean[s] = want[s].Sum / max(want[s].W, 1)
			}
			for i, c := range codes {
				d := y[i] - mean[c+1]
				want[c+1].M2 += weight(i) * d * d
			}
			for s := range want {
				if one[s].Rows != want[s].Rows || one[s].W != want[s].W {
					t.Fatalf("slot %d: %+v, want %+v", s, one[s], want[s])
				}
				if want[s].W > 1 && math.Abs(one[s].Sum/want[s].Sum-1) > 1e-13 ||
					want[s].M2 > 1e-3*want[s].Sum && math.Abs(one[s].M2/want[s].M2-1) > 1e-10 {
					t.Fatalf("slot %d: %+v, want %+v", s, one[s], want[s])
				}
			}
		}
	}
	assert.Equal(t, 1, slotBlocksOf(100, 3))
	assert.Equal(t, 4, slotBlocksOf(10_000_000, 500_000))
}
