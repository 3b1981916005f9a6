package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRanks(t *testing.T) { eachLevel(t, testRanks) }

func testRanks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	shapes := map[string]func(i, n int) float64{
		"normal":    func(i, n int) float64 { return r.NormFloat64() },
		"ascending": func(i, n int) float64 { return float64(i) },
		"constant":  func(i, n int) float64 { return 3 },
		"two":       func(i, n int) float64 { return float64(r.IntN(2)) },
		"few":       func(i, n int) float64 { return float64(r.IntN(7)) },
		"decades":   func(i, n int) float64 { return math.Exp(300 * r.NormFloat64() / 3) },
		"one apart": func(i, n int) float64 { return float64(i / max(1, n-1)) },
		"infinite":  func(i, n int) float64 { return []float64{math.Inf(-1), 0, math.Inf(1)}[i%3] },
		// what the sample sees is not what the rest is like
		"hidden": func(i, n int) float64 {
			if step := n / 2048; step > 0 && i%step == i/step%step {
				return 1e6 + float64(i)
			}
			return r.Float64()
		},
	}
	for name, shape := range shapes {
		for _, n := range []int{1, 2, 100, 8191, 8192, 30_000, 100_003} {
			x := make([]float64, n)
			for i := range x {
				x[i] = shape(i, n)
			}
			keep := slices.Clone(x)
			sorted := slices.Clone(x)
			slices.Sort(sorted)
			for _, ranks := range [][]int{{0}, {n - 1}, {n / 2}, {0, n - 1}, {n / 4, n / 2, 3 * n / 4}, {n / 2, min(n-1, n/2+1)}, {0, 0, n / 3, n / 3, n - 1}} {
				got := Ranks(nil, x, ranks)
				for i, k := range ranks {
					if got[i] != sorted[k] {
						t.Fatalf("%s, n = %d: rank %d is %v, want %v", name, n, k, got[i], sorted[k])
					}
				}
			}
			for i := range x {
				if x[i] != keep[i] {
					t.Fatalf("%s: Ranks changed x", name)
				}
			}
		}
	}
}

func TestCollectBetween(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(2, 9))
		for _, n := range lengths() {
			x := fence(n, n%8, math.NaN(), func(int) float64 { return float64(r.IntN(9)) })
			dst := make([]float64, n+8)
			below, taken := collectBetween(dst, x.in, 3, 5)
			var want []float64
			less := 0
			for _, v := range x.in {
				if v < 3 {
					less++
				} else if v <= 5 {
					want = append(want, v)
				}
			}
			if below != less || fmt.Sprint(want) != fmt.Sprint(append([]float64(nil), dst[:taken]...)) {
				t.Fatalf("n = %d: want %d below and %v, got %d and %v", n, less, want, below, dst[:taken])
			}
		}
	})
}

func TestCollectMarked(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 9))
		m, _ := byValue(0, 8, 3+subBits)
		for _, share := range []int{0, 1, 4, 8} {
			var marked bucketMark
			for i := range 8 {
				if i < share {
					marked[i*5%8] = 1
				}
			}
			for i := 8; i < len(marked); i++ {
				marked[i] = 255 // none of these is a bucket
			}
			for _, n := range append(lengths(), codeBlock) {
				if n > codeBlock {
					continue
				}
				x := fence(n, n%8, math.NaN(), func(int) float64 { return 8 * r.Float64() })
				var kept [codeBlock + 8]float64
				var buckets [codeBlock + 8]uint32
				got := collectMarked(&m, &kept, &buckets, &marked, x.in)
				want := 0
				for _, v := range x.in {
					k := m.at(v) >> subBits
					if marked[k] == 0 {
						continue
					}
					if kept[want] != v || buckets[want] != k {
						t.Fatalf("share %d, n = %d, place %d: want %v of %d, got %v of %d", share, n, want, v, k, kept[want], buckets[want])
					}
					want++
				}
				if got != want {
					t.Fatalf("share %d, n = %d: want %d values, got %d", share, n, want, got)
				}
			}
		}
	})
}

func BenchmarkRanks(b *testing.B) {
	x, _, _ := pairData(1e6, 1)
	for _, ranks := range [][]int{{500_000}, {250_000, 500_000, 750_000}} {
		b.Run(fmt.Sprint(len(ranks)), func(b *testing.B) {
			b.ReportAllocs()
			var dst []float64
			for b.Loop() {
				dst = Ranks(dst[:0], x, ranks)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/elem")
		})
	}
}
