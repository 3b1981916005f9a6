package parallel

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryElementOnce(t *testing.T) {
	for _, n := range []int{0, 1, 7, 4096, MinElements - 1, MinElements, 3*MinElements + 5} {
		for _, size := range []int{1000, 4096, 1 << 20} {
			seen := make([]atomic.Int32, n)
			blocks := make([]atomic.Int32, Blocks(n, size))
			For(n, size, func(b, lo, hi int) {
				blocks[b].Add(1)
				for i := lo; i < hi; i++ {
					seen[i].Add(1)
				}
			})
			for i := range seen {
				require.EqualValues(t, 1, seen[i].Load(), "n %d size %d element %d", n, size, i)
			}
			for b := range blocks {
				require.EqualValues(t, 1, blocks[b].Load(), "block %d", b)
			}
		}
	}
}

func TestEach(t *testing.T) {
	var sum atomic.Int64
	Each(1000, func(i int) { sum.Add(int64(i)) })
	require.EqualValues(t, 999*1000/2, sum.Load())
	Each(0, func(int) { t.Fatal("called") })
}
