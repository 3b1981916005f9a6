package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestErrorRanksAreThoseOfASort(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(4, 9))
		for _, n := range []int{1, 2, 3, 100, 1<<13 - 1, 1 << 13, 50_001, 3<<16 + 5} {
			for kind := range 5 {
				a, b := make([]float64, n), make([]float32, n)
				for i := range a {
					switch kind {
					case 0:
						a[i] = r.NormFloat64()
					case 1:
						a[i] = float64(r.IntN(3)) // ties
					case 2:
						a[i] = 7 // one value
					case 3:
						a[i] = math.Exp(50 * r.NormFloat64())
					case 4:
						a[i] = float64(i/1000%7) + r.Float64()*float64(i%3)*0x1p-30 // in runs, which mislead a sample
					}
					b[i] = float32(r.IntN(2))
				}
				checkErrorRanks(t, a, make([]float64, n))
				checkErrorRanks(t, b, make([]float32, n))
			}
			bad := make([]float64, n)
			bad[n/2] = math.Inf(1)
			if _, _, ok := ErrorRanks(bad, make([]float64, n), n/3); ok {
				t.Fatalf("n = %d: an infinite error was not found", n)
			}
			if _, _, ok := ErrorRanks(bad, bad, n/3); ok {
				t.Fatalf("n = %d: an error that is NaN was not found", n)
			}
		}
	})
}

func checkErrorRanks[F Float](t *testing.T, a, b []F) {
	t.Helper()
	n := len(a)
	sorted := make([]float64, n)
	for i := range a {
		sorted[i] = math.Abs(float64(a[i]) - float64(b[i]))
	}
	slices.Sort(sorted)
	for _, k := range []int{0, n / 3, (n - 1) / 2, max(n-2, 0), n - 1} {
		at, next, ok := ErrorRanks(a, b, k)
		if !ok || at != sorted[k] || next != sorted[min(k+1, n-1)] {
			t.Fatalf("n = %d, rank %d: need %v and %v, have %v and %v, %t", n, k, sorted[k], sorted[min(k+1, n-1)], at, next, ok)
		}
	}
}
