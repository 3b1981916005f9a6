package metrics

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func labelsOf(n, k int, seed uint64) (t, p []int) {
	r := rand.New(rand.NewPCG(seed, 1))
	t, p = make([]int, n), make([]int, n)
	for i := range t {
		t[i] = r.IntN(k)
		p[i] = t[i]
		if r.Float64() < 0.3 {
			p[i] = r.IntN(k)
		}
	}
	return t, p
}

func convert[T any](x []int, f func(int) T) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

func perRow(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
}

func BenchmarkConfusion(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		for _, k := range []int{2, 10, 1000} {
			t, p := labelsOf(n, k, 1)
			b.Run(fmt.Sprintf("int/classes=%d/n=%d", k, n), func(b *testing.B) { addBench(b, t, p) })
			if k <= 10 {
				b.Run(fmt.Sprintf("uint8/classes=%d/n=%d", k, n), func(b *testing.B) {
					addBench(b, convert(t, func(i int) uint8 { return uint8(i) }), convert(p, func(i int) uint8 { return uint8(i) }))
				})
			}
			b.Run(fmt.Sprintf("string/classes=%d/n=%d", k, n), func(b *testing.B) {
				name := make([]string, k)
				for i := range name {
					name[i] = fmt.Sprintf("class-%d", i)
				}
				addBench(b, convert(t, func(i int) string { return name[i] }), convert(p, func(i int) string { return name[i] }))
			})
		}
	}
}

func addBench[L interface{ ~int | ~uint8 | ~string }](b *testing.B, t, p []L) {
	b.ReportAllocs()
	for b.Loop() {
		var c Confusion[L]
		if err := c.Add(t, p); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, len(t))
}

func BenchmarkConfusionWeighted(b *testing.B) {
	t, p := labelsOf(1_000_000, 10, 1)
	w := make([]float64, len(t))
	for i := range w {
		w[i] = float64(i%7) + 0.5
	}
	b.ReportAllocs()
	for b.Loop() {
		var c Confusion[int]
		if err := c.AddWeighted(t, p, w); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, len(t))
}

func BenchmarkF1Macro(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		t, p := labelsOf(n, 10, 1)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := F1(t, p, Macro); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, n)
		})
	}
}

func BenchmarkAccuracy(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		t, p := labelsOf(n, 10, 1)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Accuracy(t, p); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, n)
		})
	}
}

// BenchmarkStream is the cost of a small batch added to a table that exists.
func BenchmarkStream(b *testing.B) {
	t, p := labelsOf(100, 10, 1)
	var c Confusion[int]
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Add(t, p); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, len(t))
}
