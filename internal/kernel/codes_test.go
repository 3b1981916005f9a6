package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCodes(t *testing.T) {
	t.Run("int64", func(t *testing.T) {
		testCodes(t, []int64{0, 1, -1, 255, 256, 511, -256, math.MaxInt64, math.MinInt64, 7})
	})
	t.Run("uint8", func(t *testing.T) { testCodes(t, []uint8{0, 1, 2, 128, 255}) })
	t.Run("int16", func(t *testing.T) { testCodes(t, []int16{-300, 256, 0, 1}) })
}

func testCodes[I Integer](t *testing.T, values []I) {
	r := rand.New(rand.NewPCG(8, 1))
	var c Codes[I]
	index := make(map[I]int32)
	for range 5 { // batches go on with the numbers of those before
		x := make([]I, r.IntN(400))
		want, got := make([]int32, len(x)), make([]int32, len(x))
		for i := range x {
			x[i] = values[r.IntN(len(values))]
			k, ok := index[x[i]]
			if !ok {
				k = int32(len(index))
				index[x[i]] = k
			}
			want[i] = k
		}
		c.Encode(got, x)
		require.Equal(t, want, got)
	}
	for k, v := range c.Values {
		require.EqualValues(t, k, index[v])
	}
}
