package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// slowWins compares all pairs.
func slowWins(label []bool, x []float64) (u uint64, pos int) {
	for i, a := range x {
		if !label[i] {
			continue
		}
		pos++
		for j, b := range x {
			if label[j] {
				continue
			}
			if a > b {
				u += 2
			} else if a == b {
				u++
			}
		}
	}
	return u, pos
}

func labels(n int, p float64, seed uint64) []bool {
	r := rand.New(rand.NewPCG(seed, 7))
	y := make([]bool, n)
	for i := range y {
		y[i] = r.Float64() < p
	}
	return y
}

func TestWinsAllPairs(t *testing.T) {
	for name := range shapes {
		for _, n := range []int{1, 2, 3, 10, 25, 100, 500, 2048} {
			for _, p := range []float64{0.5, 0.05} {
				x, y := draw(name, n, 4), labels(n, p, uint64(n))
				before := slices.Clone(x)
				want, pos := slowWins(y, x)
				hi, lo, got, ok := Wins(y, x)
				require.True(t, ok && hi == 0 && got == pos && lo == want, "%s n=%d p=%v: want %d of %d positives, got %d of %d", name, n, p, want, pos, lo, got)
				require.Equal(t, before, x)
			}
		}
	}
}

// The sorted path is checked against all pairs at sizes where that is quick,
// then serves as the oracle at sizes where buckets hold more.
func TestWinsAgainstSort(t *testing.T) {
	for name := range shapes {
		for _, n := range []int{300, 40_001} {
			x, y := draw(name, n, 5), labels(n, 0.3, uint64(n))
			if name == "normal" { // labels that the score predicts
				for i := range x {
					y[i] = x[i] > 0.3
				}
			}
			_, lo, pos, _ := Wins(y, x)
			hi, want := sortedWins(bytes(y), x, pos)
			require.True(t, hi == 0 && want == lo, "%s n=%d: want %d, got %d", name, n, want, lo)
			if n == 300 {
				slow, _ := slowWins(y, x)
				require.Equal(t, slow, want, name)
			}
		}
	}
}

func bytes(y []bool) []uint8 {
	b := make([]uint8, len(y))
	for i, v := range y {
		if v {
			b[i] = 1
		}
	}
	return b
}

func TestWinsRefusesNonFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, n := range []int{1, 2, 3, 5000} {
			for _, at := range []int{0, n / 2, n - 1} {
				x := draw("uniform", n, 6)
				x[at] = bad
				_, _, _, ok := Wins(labels(n, 0.5, 1), x)
				require.False(t, ok, "%v at %d of %d", bad, at, n)
			}
		}
	}
}

func TestWinsAllocatesNothing(t *testing.T) {
	x, y := draw("uniform", 100, 7), labels(100, 0.5, 1)
	require.Zero(t, testing.AllocsPerRun(100, func() { Wins(y, x) }))
}

func BenchmarkWins(b *testing.B) {
	run := func(shape string, n int) {
		x, y := draw(shape, n, 3), labels(n, 0.4, 9)
		b.Run(fmt.Sprintf("%s/%d", shape, n), func(b *testing.B) {
			Wins(y, x)
			b.ReportAllocs()
			for b.Loop() {
				Wins(y, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
		})
	}
	for _, n := range []int{100, 10_000} {
		run("uniform", n)
	}
	for name := range shapes {
		run(name, 1_000_000)
	}
}

// Any number of cores counts the same wins.
func TestWinsOnCores(t *testing.T) {
	const n = winsOnCores + 12345
	r := rand.New(rand.NewPCG(3, 4))
	y, x := make([]bool, n), make([]float64, n)
	for _, shape := range []func() float64{
		r.NormFloat64,
		func() float64 { return math.Exp(40 * r.NormFloat64()) },
		func() float64 { return float64(r.IntN(1 << 20)) },
	} {
		for i := range y {
			y[i], x[i] = r.IntN(3) == 0, shape()
		}
		before := runtime.GOMAXPROCS(1)
		hi, lo, pos, ok := Wins(y, x)
		for _, cores := range []int{2, 3, 7} {
			runtime.GOMAXPROCS(cores)
			if h, l, p, o := Wins(y, x); h != hi || l != lo || p != pos || o != ok {
				t.Errorf("%d cores: want %d %d, got %d %d", cores, hi, lo, h, l)
			}
		}
		runtime.GOMAXPROCS(before)
	}
}
