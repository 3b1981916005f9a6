package neighbors

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// slow sorts all distances.
func slow(x *mat.Dense, q []float64, k, skip int) []Neighbor {
	r, _ := x.Dims()
	var all []Neighbor
	for i := range r {
		if i == skip {
			continue
		}
		var d float64
		for j, v := range x.RawRowView(i) {
			d += (v - q[j]) * (v - q[j])
		}
		all = append(all, Neighbor{i, d})
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].Distance < all[b].Distance })
	return all[:min(k, len(all))]
}

func TestAgainstSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, cols := range []int{1, 2, 5, 16, 17, 30} {
		for _, rows := range []int{1, 2, 24, 25, 300} {
			for _, kind := range []string{"normal", "ties", "constant"} {
				x := mat.NewDense(rows, cols, nil)
				for i := range x.RawMatrix().Data {
					switch kind {
					case "normal":
						x.RawMatrix().Data[i] = rng.NormFloat64()
					case "ties":
						x.RawMatrix().Data[i] = float64(rng.IntN(3))
					}
				}
				ix := New(x)
				require.Equal(t, rows, ix.Len())
				for _, k := range []int{1, 5, 400} {
					got := ix.All(x, k, true)
					for i := range rows {
						want := slow(x, x.RawRowView(i), k, i)
						require.Len(t, got[i], len(want))
						for j := range want {
							require.Equal(t, want[j].Row, got[i][j].Row, "%s %dx%d k=%d row %d", kind, rows, cols, k, i)
							require.InDelta(t, want[j].Distance, got[i][j].Distance, 1e-12*want[j].Distance)
						}
					}
				}
			}
		}
	}
}

func TestPairsAgainstScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for _, cols := range []int{17, 22, 70} {
		for _, kind := range []string{"normal", "ties", "constant", "far", "skewed", "huge", "tiny", "clusters"} {
			const rows = 530
			x := mat.NewDense(rows, cols, nil)
			for i := range rows {
				for j := range cols {
					v := rng.NormFloat64()
					switch kind {
					case "ties":
						v = float64(rng.IntN(2))
					case "constant":
						v = 3
					case "far":
						v = 1e9 + v
					case "skewed":
						v *= math.Pow(10, float64(j%9))
					case "huge":
						v *= 1e150
					case "tiny":
						v *= 1e-160
					case "clusters":
						v = 0.01*v + float64(i%7*j%5)
					}
					x.Set(i, j, v)
				}
			}
			ix := New(x)
			for _, k := range []int{5} {
				got := ix.All(x, k, true)
				for i := range rows {
					want := ix.Nearest(nil, x.RawRowView(i), k, i)
					require.Equal(t, want, got[i], "%s %d columns k=%d row %d", kind, cols, k, i)
				}
			}
		}
	}
}

func BenchmarkAll20(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 2))
	x := mat.NewDense(20_000, 20, nil)
	for i := range x.RawMatrix().Data {
		x.RawMatrix().Data[i] = rng.NormFloat64()
	}
	b.ReportAllocs()
	for b.Loop() {
		New(x).All(x, 5, true)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/row")
}

func BenchmarkAll(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 2))
	x := mat.NewDense(20_000, 8, nil)
	for i := range x.RawMatrix().Data {
		x.RawMatrix().Data[i] = rng.NormFloat64()
	}
	b.ReportAllocs()
	for b.Loop() {
		New(x).All(x, 5, true)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/row")
}
