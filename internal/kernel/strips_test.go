package kernel

import (
	"fmt"
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
				strips := NewStrips(x, y, sorted, Argsort(nil, y), k)
				strips.KthDistances(got, k, 0, strips.Len())
				tree := make([]float64, n)
				NewPlane(x, y).KthDistances(tree, k, 0, n)
				require.Equal(t, tree, got)
				for i := range x {
					var d []float64
					for j := range x {
						if j != i {
							d = append(d, max(math.Abs(x[j]-x[i]), math.Abs(y[j]-y[i])))
						}
					}
					slices.Sort(d)
					if got[i] != d[k-1] {
						t.Fatalf("%s, n = %d, k = %d, row %d: want %v, got %v", name, n, k, i, d[k-1], got[i])
					}
				}
			}
		}
	}
}

// Strips and tree agree at the limit of rows.
func TestStripsAgainstTree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	const n = 50_000
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = r.NormFloat64(), r.NormFloat64()
	}
	sorted := slices.Sorted(slices.Values(x))
	require.True(t, StripsSuit(sorted, 3))
	require.False(t, StripsSuit(append(slices.Clone(sorted), 10), 3))
	strips := NewStrips(x, y, sorted, Argsort(nil, y), 3)
	got, want := make([]float64, n), make([]float64, n)
	strips.KthDistances(got, 3, 0, 20)
	strips.KthDistances(got, 3, 20, strips.Len())
	NewPlane(x, y).KthDistances(want, 3, 0, n)
	require.True(t, slices.Equal(want, got))
}

func TestStripsSuit(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 10))
	normal, zeros := make([]float64, 5000), make([]float64, 5000)
	for i := range normal {
		normal[i], zeros[i] = r.NormFloat64(), max(0, r.NormFloat64()-1)
	}
	slices.Sort(normal)
	slices.Sort(zeros)
	require.True(t, StripsSuit(normal, 3))
	require.False(t, StripsSuit(zeros, 3))
}

// Strips and tree where strips are narrow and where they are not.
func BenchmarkKthDistances(b *testing.B) {
	for _, n := range []int{10_000, 50_000} {
		for _, kind := range []string{"normal", "zeros"} {
			r := rand.New(rand.NewPCG(5, 11))
			x, y, dst := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range x {
				x[i], y[i] = r.NormFloat64(), r.NormFloat64()
				if kind == "zeros" {
					x[i] = max(0, x[i]-1) + 1e-10*r.NormFloat64()
				}
			}
			sorted, order := slices.Sorted(slices.Values(x)), Argsort(nil, y)
			b.Run(fmt.Sprintf("%s/%d/strips", kind, n), func(b *testing.B) {
				for b.Loop() {
					t := NewStrips(x, y, sorted, order, 3)
					t.KthDistances(dst, 3, 0, t.Len())
				}
			})
			b.Run(fmt.Sprintf("%s/%d/tree", kind, n), func(b *testing.B) {
				for b.Loop() {
					NewPlane(x, y).KthDistances(dst, 3, 0, n)
				}
			})
		}
	}
}
