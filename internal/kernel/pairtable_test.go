package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPairTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	for _, side := range []int{1, 3, 40, 1 << 20} {
		type cell struct{ i, j int }
		type sum struct {
			rows   uint64
			weight float64
		}
		want := make(map[cell]sum)
		var table PairTable
		for range 40 {
			n := rng.IntN(5000)
			a, b := make([]int32, n), make([]int32, n)
			u, v := make([]int16, n), make([]int16, n)
			for k := range a {
				a[k], b[k] = int32(rng.IntN(side)), int32(rng.IntN(side))
				u[k], v[k] = int16(a[k]%100)-50, int16(b[k]%100)-50
				want[cell{int(a[k]), int(b[k])}] = sum{want[cell{int(a[k]), int(b[k])}].rows + 1, want[cell{int(a[k]), int(b[k])}].weight}
			}
			table.CountCodes(a, b)
			base := int16(-50)

			got := CountPairs(u, v, uint64(int64(base)), 60, &table)
			for k := range u {
				x, y := int(u[k])+50, int(v[k])+50
				if x >= 60 || y >= 60 {
					assert.Equal(t, k, got)
					break
				}
				s := want[cell{x, y}]
				s.rows++
				want[cell{x, y}] = s
			}
			if rng.IntN(3) == 0 {
				i, j := rng.IntN(60), rng.IntN(60)
				table.Add(uint32(i), uint32(j), 7, 0.5)
				s := want[cell{i, j}]
				want[cell{i, j}] = sum{s.rows + 7, s.weight + 0.5}
			}
		}
		assert.Equal(t, len(want), table.Len())
		visited := 0
		last := cell{-1, -1}
		check := func(sorted bool) func(i, j int, rows uint64, weight float64) {
			return func(i, j int, rows uint64, weight float64) {
				visited++
				assert.Equal(t, want[cell{i, j}], sum{rows, weight})
				if sorted {
					assert.True(t, last.i < i || last.i == i && last.j < j)
					last = cell{i, j}
				}
			}
		}
		table.Each(check(false))
		table.Sorted(check(true))
		assert.Equal(t, 2*len(want), visited)
	}
}
