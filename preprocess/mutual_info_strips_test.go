package preprocess

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Strips must give the distances of measuring every pair, to the bit.
func TestStripsAgainstAllPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	kinds := map[string]func() (x, y float64){
		"normal": func() (x, y float64) { return r.NormFloat64(), r.NormFloat64() },
		"line":   func() (x, y float64) { x = r.NormFloat64(); return x, x + 1e-6*r.NormFloat64() },
		"ties":   func() (x, y float64) { return float64(r.IntN(4)), float64(r.IntN(5)) },
		"zeros":  func() (x, y float64) { return max(0, r.NormFloat64()-1) + 1e-10*r.NormFloat64(), r.NormFloat64() },
		"levels": func() (x, y float64) { return r.NormFloat64(), float64(r.IntN(2)) + 1e-10*r.NormFloat64() },
		"heavy":  func() (x, y float64) { return math.Exp(9 * r.NormFloat64()), r.NormFloat64() / r.NormFloat64() },
		"one":    func() (x, y float64) { return 2, 3 },
	}
	for name, draw := range kinds {
		r = rand.New(rand.NewPCG(5, 8))
		for _, n := range []int{2, 3, 9, 50, 700} {
			x, y := make([]float64, n), make([]float64, n)
			for i := range x {
				x[i], y[i] = draw()
			}
			sorted := slices.Sorted(slices.Values(x))
			for _, k := range []int{1, 3, 8} {
				if k >= n {
					continue
				}
				got := make([]float64, n)
				newMIStrips(x, y, sorted, ascendingOrder(y), k).kthDistances(got, k)
				require.Equal(t, got, kthDistances(x, y, sorted, ascendingOrder(y), k))
				for i := range x {
					var d []float64
					for j := range x {
						if j != i {
							d = append(d, max(math.Abs(x[j]-x[i]), math.Abs(y[j]-y[i])))
						}
					}
					slices.Sort(d)
					require.Equal(t, d[k-1], got[i], "%s n=%d k=%d row %d", name, n, k, i)
				}
			}
		}
	}
}

// On both sides of the limit of rows the distances are the same.
func TestStripsAgainstTree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	n := miStripRows + 1
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = r.NormFloat64(), r.NormFloat64()
	}
	sorted, order := slices.Sorted(slices.Values(x)), ascendingOrder(y)
	want := make([]float64, n)
	newMIStrips(x, y, sorted, order, 3).kthDistances(want, 3)
	require.True(t, slices.Equal(want, kthDistances(x, y, sorted, order, 3)))
}

func TestClumped(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 10))
	normal, zeros := make([]float64, 5000), make([]float64, 5000)
	for i := range normal {
		normal[i], zeros[i] = r.NormFloat64(), max(0, r.NormFloat64()-1)
	}
	slices.Sort(normal)
	slices.Sort(zeros)
	require.False(t, miClumped(normal, 3))
	require.True(t, miClumped(zeros, 3))
}
