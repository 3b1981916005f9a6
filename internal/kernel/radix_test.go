package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// shapes are the distributions that break sorts and bucket maps.
var shapes = map[string]func(r *rand.Rand, i int) float64{
	"uniform":       func(r *rand.Rand, _ int) float64 { return r.Float64() },
	"normal":        func(r *rand.Rand, _ int) float64 { return r.NormFloat64() },
	"lognormal":     func(r *rand.Rand, _ int) float64 { return math.Exp(5 * r.NormFloat64()) },
	"cauchy":        func(r *rand.Rand, _ int) float64 { return math.Tan(math.Pi * (r.Float64() - 0.5)) },
	"decades":       func(r *rand.Rand, _ int) float64 { return math.Pow(10, 600*r.Float64()-300) },
	"signedDecades": func(r *rand.Rand, _ int) float64 { return (r.Float64() - 0.5) * math.Pow(10, 600*r.Float64()-300) },
	"denormals":     func(r *rand.Rand, _ int) float64 { return float64(r.IntN(1<<20)) * 5e-324 },
	"clusters":      func(r *rand.Rand, _ int) float64 { return float64(r.IntN(2))*1e6 + 1e-3*r.Float64() },
	"oneBucket": func(r *rand.Rand, i int) float64 {
		if i == 0 {
			return 1e300
		}
		return 1 + 1e-9*r.Float64()
	},
	"geometric":  func(r *rand.Rand, _ int) float64 { return math.Pow(2, -1000*r.Float64()*r.Float64()) },
	"extremes":   func(r *rand.Rand, _ int) float64 { return math.MaxFloat64 * (2*r.Float64() - 1) },
	"decimals3":  func(r *rand.Rand, _ int) float64 { return math.Round(r.Float64()*1000) / 1000 },
	"decimals5":  func(r *rand.Rand, _ int) float64 { return math.Round(r.Float64()*1e5) / 1e5 },
	"heavyTies":  func(r *rand.Rand, _ int) float64 { return max(0.25, r.Float64()) },
	"constant":   func(*rand.Rand, int) float64 { return 0.5 },
	"zeros":      func(r *rand.Rand, _ int) float64 { return []float64{0, math.Copysign(0, -1), 1, -1}[r.IntN(4)] },
	"ascending":  func(_ *rand.Rand, i int) float64 { return float64(i) },
	"descending": func(_ *rand.Rand, i int) float64 { return -float64(i) },
	"stairs":     func(_ *rand.Rand, i int) float64 { return float64(i / 700) },
	"nested": func(r *rand.Rand, _ int) float64 {
		return 1 + math.Ldexp(r.Float64(), -r.IntN(52)) // ever denser towards 1
	},
	"float32": func(r *rand.Rand, _ int) float64 { return float64(r.Float32()) },
}

func draw(shape string, n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	x := make([]float64, n)
	for i := range x {
		x[i] = shapes[shape](r, i)
	}
	return x
}

var sortSizes = []int{0, 1, 2, 47, 48, 63, 64, 65, 100, 511, 1023, 1024, 10_000}

func TestOrder(t *testing.T) {
	v := []float64{math.Inf(-1), -math.MaxFloat64, -1, -5e-324, 0, 5e-324, 0.5, 1, math.MaxFloat64, math.Inf(1)}
	for i, a := range v {
		require.Equal(t, a, Unorder(Order(a)))
		for j, b := range v {
			require.Equal(t, i < j, Order(a) < Order(b), "%v %v", a, b)
		}
	}
	require.Equal(t, Order(0), Order(math.Copysign(0, -1)))
}

func TestSortFloat64s(t *testing.T) {
	for name := range shapes {
		for _, n := range sortSizes {
			x := draw(name, n, 1)
			want := slices.Clone(x)
			slices.Sort(want)
			SortFloat64s(x)
			for i := range x {
				require.True(t, want[i] == x[i] && !(x[i] == 0 && math.Signbit(x[i])), "%s n=%d i=%d: want %v, got %v", name, n, i, want[i], x[i])
			}
		}
	}
}

func TestSortWeightedAndArgsort(t *testing.T) {
	for name := range shapes {
		for _, n := range sortSizes {
			x := draw(name, n, 2)
			want := make([]int, n)
			w := make([]float64, n)
			for i := range want {
				want[i] = i
				w[i] = float64(i)
			}
			slices.SortStableFunc(want, func(a, b int) int {
				switch {
				case x[a] < x[b]:
					return -1
				case x[a] > x[b]:
					return 1
				}
				return 0
			})
			before := slices.Clone(x)
			require.Equal(t, want, Argsort(make([]int, 0, n), x), "%s n=%d", name, n)
			require.Equal(t, before, x)
			SortWeighted(x, w)
			for i, j := range want {
				require.True(t, float64(j) == w[i] && before[j] == x[i], "%s n=%d i=%d", name, n, i)
			}
		}
	}
}

func BenchmarkSort(b *testing.B) {
	for _, shape := range []string{"uniform", "decades", "decimals3", "clusters", "nested"} {
		const n = 1_000_000
		x := draw(shape, n, 3)
		y, w := make([]float64, n), make([]float64, n)
		idx := make([]int, n)
		run := func(name string, f func()) {
			b.Run(shape+"/"+name, func(b *testing.B) {
				f()
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
			})
		}
		run("floats", func() { copy(y, x); SortFloat64s(y) })
		run("weighted", func() { copy(y, x); SortWeighted(y, w) })
		run("argsort", func() { Argsort(idx, x) })
	}
}
