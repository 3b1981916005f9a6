package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkCountTable(b *testing.B) {
	const n = 1_000_000
	for _, k := range []int{2, 3, 10, 1000} {
		t, p := make([]int, n), make([]int, n)
		for i := range t {
			t[i], p[i] = rand.IntN(k), rand.IntN(k)
			if i%3 > 0 {
				p[i] = t[i]
			}
		}
		counts := make([]uint64, k*k)
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			for b.Loop() {
				CountTable(t, p, 0, uint64(k), counts)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
		if k == 2 {
			b.Run("two", func(b *testing.B) {
				for b.Loop() {
					CountTwo(t, p, 0, (*[4]uint64)(counts))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
			})
		}
	}
}

func BenchmarkCountBytes(b *testing.B) {
	const n = 1_000_000
	for _, k := range []int{2, 3, 10, 16} {
		t, p := make([]byte, n), make([]byte, n)
		for i := range t {
			t[i], p[i] = byte(rand.IntN(k)), byte(rand.IntN(k))
		}
		var counts [256]uint64
		var scratch [65536]uint32
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			for b.Loop() {
				if k == 2 {
					CountBits(t, p)
				} else {
					CountNibbles(t, p, &counts, &scratch)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}
