package split

import "testing"

func BenchmarkSplit(b *testing.B) {
	const n = 1_000_000
	y, g := make([]int, n), make([]int, n)
	for i := range y {
		y[i], g[i] = i*7919%10, i*104729%5000
	}
	rows := Rows{Strata: By(y), Groups: By(g)}
	for name, s := range map[string]Splitter{
		"KFold": KFold{Shuffle: true}, "StratifiedKFold": StratifiedKFold{Shuffle: true}, "GroupKFold": GroupKFold{},
		"StratifiedGroupKFold": StratifiedGroupKFold{}, "TimeSeries": TimeSeries{},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				folds, err := s.Split(rows)
				if err != nil {
					b.Fatal(err)
				}
				for range folds {
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
		})
	}
	b.Run("By", func(b *testing.B) {
		for b.Loop() {
			By(g)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
	})
}
