package kernel

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func TestSortedRows(t *testing.T) { eachLevel(t, testSortedRows) }

func testSortedRows(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	kinds := map[string]func(r *rand.Rand, i int) float64{
		"one in two buckets": func(r *rand.Rand, i int) float64 { return float64(i&1) + r.Float64()*1e-9 },
		"far between":        func(r *rand.Rand, i int) float64 { return math.Ldexp(1+r.Float64(), -(i*37)%1000) },
	}
	for name, f := range shapes {
		kinds[name] = f
	}
	for name, f := range kinds {
		for _, n := range []int{0, 1, 23, 24, 25, 100, 700, fewSort, fewSort + 1, 5000, 30_000, winsOnCores + 1} {
			if n > winsOnCores && name != "uniform" && name != "zeros" {
				continue
			}
			r := rand.New(rand.NewPCG(4, uint64(n)))
			x := make([]float64, n)
			for i := range x {
				x[i] = f(r, i)
			}
			for _, p := range []float64{0.3, 0, 1} {
				if n > 5000 && p != 0.3 {
					break
				}
				checkSortedRows(t, name, labels(n, p, 7), x)
			}
		}
	}
}

func checkSortedRows(t *testing.T, name string, label []bool, x []float64) {
	t.Helper()
	type row struct {
		v float64
		y uint8
	}
	order := func(a, b row) int { return cmp.Or(cmp.Compare(a.v, b.v), cmp.Compare(a.y, b.y)) }
	n := len(x)
	want, got := make([]row, n), make([]row, n)
	for i, v := range x {
		want[i].v = v + 0
		if label[i] {
			want[i].y = 1
		}
	}
	slices.SortFunc(want, order)
	for _, cores := range []int{1, 3} {
		runtime.GOMAXPROCS(cores)
		score, y, done := SortedRows(label, x)
		if !slices.IsSorted(score) || len(score) != n || len(y) != n {
			t.Fatalf("%s, n = %d: not in order", name, n)
		}
		for i, v := range score {
			got[i] = row{v, y[i]}
		}
		done()
		slices.SortFunc(got, order)
		for i := range got {
			if got[i] != want[i] || math.Signbit(got[i].v) != math.Signbit(want[i].v) {
				t.Fatalf("%s, n = %d, place %d: want %v, got %v", name, n, i, want[i], got[i])
			}
		}
	}
}

func BenchmarkSortedRows(b *testing.B) {
	for _, n := range []int{1e4, 1e6, 1e7} {
		x, y := draw("uniform", n, 8), labels(n, 0.5, uint64(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				_, _, done := SortedRows(y, x)
				done()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
		})
	}
}
