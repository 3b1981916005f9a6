package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSelectAllPutsEveryRankInPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 400; n += 7 {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
			if n%3 == 0 {
				x[i] = float64(r.IntN(4)) // ties
			}
		}
		sorted := slices.Clone(x)
		slices.Sort(sorted)
		var ranks []int
		for k := range n {
			if k == 0 || r.IntN(9) == 0 || k > 0 && len(ranks) > 0 && ranks[len(ranks)-1] == k-1 && r.IntN(2) == 0 {
				ranks = append(ranks, k)
			}
		}
		SelectAll(x, ranks)
		for _, k := range ranks {
			if x[k] != sorted[k] {
				t.Fatalf("n %d, rank %d: need %v, have %v", n, k, sorted[k], x[k])
			}
		}
		slices.Sort(x)
		if !slices.Equal(x, sorted) {
			t.Fatal("values were lost")
		}
	}
	SelectAll(nil, nil)
}
