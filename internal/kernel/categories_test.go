package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGatherRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, width := range []int{0, 1, 2, 5} {
		for _, stride := range []int{width, width + 3} {
			if stride == 0 {
				continue
			}
			table := make([]float64, 9*width)
			for i := range table {
				table[i] = rng.Float64()
			}
			codes := make([]int32, 50)
			dst, want := make([]float64, 50*stride), make([]float64, 50*stride)
			offset := stride - width
			for i := range codes {
				codes[i] = int32(rng.IntN(9)) - 2
				for j := range width {
					want[i*stride+offset+j] = table[(int(codes[i])+2)*width+j]
				}
			}
			GatherRows(dst, stride, offset, codes, table, width)
			assert.Equal(t, want, dst)
		}
	}
}

func TestSlots(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 2))
	const n, k = 500, 7
	codes, y, w := make([]int32, n), make([]float64, n), make([]float64, n)
	for i := range codes {
		codes[i], y[i], w[i] = int32(rng.IntN(k))-1, 1e6+rng.NormFloat64(), float64(rng.IntN(3))
	}
	counts := make([]int, k)
	CountSlots(counts, codes)
	for _, weights := range [][]float64{nil, w} {
		slots := make([]Slot, k+1)
		SlotMoments(slots, codes, y, weights)
		assert.Equal(t, Slot{}, slots[k], "nothing falls there")
		for s := range k {
			var sw, sum, m2 float64
			for i, c := range codes {
				if int(c)+1 == s {
					wi := 1.0
					if weights != nil {
						wi = weights[i]
					}
					sw += wi
					sum += wi * y[i]
				}
			}
			for i, c := range codes {
				if int(c)+1 == s {
					wi := 1.0
					if weights != nil {
						wi = weights[i]
					}
					m2 += wi * (y[i] - sum/sw) * (y[i] - sum/sw)
				}
			}
			assert.Equal(t, counts[s], slots[s].Rows)
			assert.Equal(t, sw, slots[s].W)
			assert.InEpsilon(t, sum, slots[s].Sum, 1e-14)
			// The mean of this loop carries 1e6 * 2^-53 of rounding in every term.
			assert.InEpsilon(t, m2, slots[s].M2, 1e-9)
		}
	}
}
