package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortsOfEveryKind(t *testing.T) { eachLevel(t, testSortsOfEveryKind) }

func testSortsOfEveryKind(t *testing.T) {
	kinds := map[string]func(r *rand.Rand, i int) float64{
		"infinite": func(r *rand.Rand, _ int) float64 {
			return []float64{math.Inf(-1), r.NormFloat64(), math.Inf(1)}[r.IntN(3)]
		},
		// each map leaves all but one value together
		"outliers": func(_ *rand.Rand, i int) float64 { return math.Ldexp(1+float64(i%7)/8, -(i*37)%1000) },
		// so near to each other that the third map has to part them
		"shells": func(r *rand.Rand, _ int) float64 {
			return 1 + math.Ldexp(1, -12*r.IntN(4)) + math.Ldexp(r.Float64(), -40)
		},
	}
	for name, f := range shapes {
		kinds[name] = f
	}
	for name, f := range kinds {
		for _, n := range []int{1, 23, 24, 25, 100, 700, fewSort, fewSort + 1, 5000, 70_000} {
			r := rand.New(rand.NewPCG(4, uint64(n)))
			x := make([]float64, n)
			for i := range x {
				x[i] = f(r, i)
			}
			want := slices.Clone(x)
			slices.Sort(want)
			keys := slices.Clone(x)
			sortKeys(keys)
			bucketSort(x, 0)
			for _, got := range [][]float64{x, keys} {
				for i := range got {
					if got[i] != want[i] || got[i] == 0 && math.Signbit(got[i]) {
						t.Fatalf("%s, n = %d, place %d: want %v, got %v", name, n, i, want[i], got[i])
					}
				}
			}
		}
	}
}

func TestSortedClasses(t *testing.T) {
	for _, n := range []int{0, 1, 2, 65, 3000} {
		for _, p := range []float64{0, 0.3, 1} {
			x, y := draw("zeros", n, 8), labels(n, p, uint64(n))
			var want [2][]float64
			for i, v := range x {
				c := 0
				if y[i] {
					c = 1
				}
				want[c] = append(want[c], v+0)
			}
			slices.Sort(want[0])
			slices.Sort(want[1])
			pos, neg, done := SortedClasses(y, x)
			if !slices.Equal(pos, want[1]) || !slices.Equal(neg, want[0]) {
				t.Errorf("n = %d, p = %v: want %v and %v, got %v and %v", n, p, want[1], want[0], pos, neg)
			}
			done()
		}
	}
}
