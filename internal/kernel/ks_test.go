package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"testing"
)

// nasty makes pairs of samples of many shapes.
func nasty(n, m int, seed uint64) map[string][2][]float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	make1 := func(n int, f func() float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = f()
		}
		return x
	}
	two := func(f, g func() float64) [2][]float64 { return [2][]float64{make1(n, f), make1(m, g)} }
	cauchy := func() float64 { return math.Tan(math.Pi * (rng.Float64() - .5)) }
	return map[string][2][]float64{
		"same":      two(rng.NormFloat64, rng.NormFloat64),
		"shifted":   two(rng.NormFloat64, func() float64 { return rng.NormFloat64() + .3 }),
		"disjoint":  two(rng.Float64, func() float64 { return 5 + rng.Float64() }),
		"ties":      two(func() float64 { return float64(rng.IntN(7)) }, func() float64 { return float64(rng.IntN(8)) }),
		"constant":  two(func() float64 { return 2 }, func() float64 { return 2 }),
		"lognormal": two(func() float64 { return math.Exp(5 * rng.NormFloat64()) }, func() float64 { return math.Exp(5*rng.NormFloat64() + .1) }),
		"cauchy":    two(cauchy, cauchy),
		"huge":      two(func() float64 { return 1e308 * rng.NormFloat64() / 8 }, func() float64 { return 1e308 * rng.NormFloat64() / 8 }),
		"tiny":      two(func() float64 { return 5e-324 * float64(rng.IntN(9)) }, func() float64 { return 5e-324 * float64(rng.IntN(9)) }),
		"nested":    two(func() float64 { return 1 + math.Ldexp(rng.Float64(), -rng.IntN(52)) }, func() float64 { return 1 + math.Ldexp(rng.Float64(), -rng.IntN(52)) }),
		"decades":   two(func() float64 { return math.Pow(10, 300*rng.Float64()-200) }, func() float64 { return -math.Pow(10, 300*rng.Float64()-200) }),
		"zeros":     two(func() float64 { return math.Copysign(0, rng.Float64()-.5) }, func() float64 { return math.Copysign(float64(rng.IntN(2)), rng.Float64()-.5) }),
		"outlier":   two(func() float64 { return rng.Float64() }, func() float64 { return math.Pow(rng.Float64(), -8) }),
	}
}

func slowKS(x, y []float64) (hi, lo float64) {
	all := append(append([]float64(nil), x...), y...)
	x, y = append([]float64(nil), x...), append([]float64(nil), y...)
	sort.Float64s(x)
	sort.Float64s(y)
	for _, t := range all {
		cx := sort.Search(len(x), func(i int) bool { return x[i] > t })
		cy := sort.Search(len(y), func(i int) bool { return y[i] > t })
		d := float64(cx)*float64(len(y)) - float64(cy)*float64(len(x))
		hi, lo = max(hi, d), min(lo, d)
	}
	return hi, lo
}

func TestKSDifferences(t *testing.T) { eachLevel(t, testKSDifferences) }

func testKSDifferences(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {5, 3}, {1000, 700}, {5000, 5000}, {20000, 90000}, {70000, 1}} {
		for name, s := range nasty(size[0], size[1], 1) {
			hi, lo := slowKS(s[0], s[1])
			gotHi, gotLo := KSDifferences(s[0], s[1])
			if hi != gotHi || lo != gotLo {
				t.Errorf("%s %v: want %v %v, got %v %v", name, size, hi, lo, gotHi, gotLo)
			}
			if d, ok := KSDistance(s[0], s[1]); !ok || d != max(hi, -lo) {
				t.Errorf("%s %v: want a distance of %v, got %v, %v", name, size, max(hi, -lo), d, ok)
			}
		}
	}
}

func slowWasserstein(x, y []float64) float64 {
	x, y = append([]float64(nil), x...), append([]float64(nil), y...)
	sort.Float64s(x)
	sort.Float64s(y)
	all := append(append([]float64(nil), x...), y...)
	sort.Float64s(all)
	var s, c float64
	for i := 1; i < len(all); i++ {
		cx := sort.Search(len(x), func(k int) bool { return x[k] > all[i-1] })
		cy := sort.Search(len(y), func(k int) bool { return y[k] > all[i-1] })
		v := math.Abs(float64(cx)/float64(len(x))-float64(cy)/float64(len(y))) * (all[i] - all[i-1])
		// Neumaier, so that the oracle is not the one that rounds.
		u := s + v
		c += (s - u) + v
		s = u
	}
	return s + c
}

func scaled(x []float64, power int) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = math.Ldexp(v, power)
	}
	return y
}

func TestKSDistanceRefusesNaN(t *testing.T) {
	for _, n := range []int{1, 5, 200, 5000} {
		for _, at := range []int{0, n / 2, n - 1} {
			x, y := draw("normal", n, 1), draw("normal", n, 2)
			x[at] = math.NaN()
			if _, ok := KSDistance(x, y); ok {
				t.Errorf("NaN at %d of %d in x was taken", at, n)
			}
			if _, ok := KSDistance(y, x); ok {
				t.Errorf("NaN at %d of %d in y was taken", at, n)
			}
			if _, ok := Wasserstein1(x, y); ok {
				t.Errorf("NaN at %d of %d was taken by Wasserstein1", at, n)
			}
		}
	}
}

// Values are sorted in place only where they have been copied.
func TestTwoSamplesUnmutated(t *testing.T) {
	for _, n := range []int{40, 1000, 30_000} {
		for name, s := range nasty(n, n, 5) {
			x, y := slices.Clone(s[0]), slices.Clone(s[1])
			KSDifferences(x, y)
			KSDistance(x, y)
			if name != "huge" {
				Wasserstein1(x, y)
			}
			if !slices.Equal(x, s[0]) || !slices.Equal(y, s[1]) {
				t.Errorf("%s, n = %d: the samples were changed", name, n)
			}
		}
	}
}

func TestWasserstein1(t *testing.T) { eachLevel(t, testWasserstein1) }

func testWasserstein1(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {5, 3}, {1000, 700}, {5000, 5000}, {20000, 90000}, {70000, 1}} {
		for name, s := range nasty(size[0], size[1], 2) {
			if name == "huge" {
				continue // its differences overflow; the callers scale first
			}
			want := slowWasserstein(s[0], s[1])
			got, ok := Wasserstein1(s[0], s[1])
			if !ok {
				t.Fatalf("%s %v: refused", name, size)
			}
			if name == "tiny" { // the oracle must not round each of its steps to a denormal
				want = math.Ldexp(slowWasserstein(scaled(s[0], 900), scaled(s[1], 900)), -900)
			}
			// Each bucket's part is a difference of sums of its distances, so the
			// error is relative to the spread of the data, not to the result.
			var spread float64
			for _, p := range s {
				for _, v := range p {
					spread += math.Abs(v) / float64(len(p))
				}
			}
			if !(math.Abs(want-got) <= 1e-12*want+1e-13*spread) {
				t.Errorf("%s %v: want %v, got %v", name, size, want, got)
			}
		}
	}
}

// Samples large enough to be cut: the same bits for any number of cores.
func TestTwoSamplesOnCores(t *testing.T) {
	cores := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cores)
	numbers := []int{1, 3, 2, 7}
	if testing.Short() {
		numbers = numbers[:2]
	}
	for name, s := range nasty(900_000, 300_000, 7) {
		if name == "huge" {
			continue
		}
		var want [4]float64
		for _, p := range numbers {
			runtime.GOMAXPROCS(p)
			var got [4]float64
			got[0], got[1] = KSDifferences(s[0], s[1])
			got[2], _ = KSDistance(s[0], s[1])
			got[3], _ = Wasserstein1(s[0], s[1])
			if p == 1 {
				want = got
			}
			if got != want {
				t.Errorf("%s on %d cores: want %v, got %v", name, p, want, got)
			}
		}
		if math.Max(want[0], -want[1]) != want[2] {
			t.Errorf("%s: the distance is not the larger of the differences: %v", name, want)
		}
	}
}

func BenchmarkKS(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		for _, kind := range []string{"same", "shifted", "lognormal"} {
			s := nasty(n, n, 3)[kind]
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				for b.Loop() {
					KSDifferences(s[0], s[1])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(2*n), "ns/elem")
			})
			b.Run(fmt.Sprintf("wasserstein/%s/%d", kind, n), func(b *testing.B) {
				for b.Loop() {
					Wasserstein1(s[0], s[1])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(2*n), "ns/elem")
			})
		}
	}
}
