package metrics

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkRanking(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{100, 1_000_000} {
		y, x, _, w := drawBinary(r, n, 17)
		var plain, weighted ROC
		_ = plain.Add(y, x)
		_ = weighted.AddWeighted(y, x, w)
		run := func(name string, f func() error) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
			})
		}
		run("AUC", func() error { _, err := AUC(y, x); return err })
		run("WeightedAUC", func() error { _, err := weighted.AUC(); return err })
		run("AveragePrecision", func() error { _, err := AveragePrecision(y, x); return err })
		run("Curve", func() error { _, err := plain.Curve(DropIntermediate); return err })
		run("DeLong", func() error { _, err := plain.DeLong(); return err })
		run("DeLongPaired", func() error { _, err := DeLongPaired(y, x, w); return err })
	}
}
