package metrics

import (
	"errors"
	"fmt"
	"testing"
)

func perElement(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
}

func BenchmarkRegression(b *testing.B) {
	for _, n := range []int{100, 1e6} {
		y, p := pairsOf(n, 0, 1)
		y32, p32 := make([]float32, n), make([]float32, n)
		for i := range y {
			y32[i], p32[i] = float32(y[i]), float32(p[i])
		}
		w := ones(n)
		for _, f := range []struct {
			name string
			f    func() error
		}{
			{"MSE", func() error { _, err := MSE(y, p); return err }},
			{"MAE", func() error { _, err := MAE(y, p); return err }},
			{"R2", func() error { _, err := R2(y, p); return err }},
			{"MSEfloat32", func() error { _, err := MSE(y32, p32); return err }},
			{"MSE+MAE+R2", func() error {
				var r Regression
				if err := r.Add(y, p); err != nil {
					return err
				}
				_, err := r.MSE()
				_, err1 := r.MAE()
				_, err2 := r.R2()
				return errors.Join(err, err1, err2)
			}},
			{"weighted", func() error { var r Regression; return r.AddWeighted(y, p, w) }},
			{"all", func() error { r := Regression{Collect: CollectAll}; return r.Add(y, p) }},
			{"MedianAE", func() error { _, err := MedianAE(y, p); return err }},
		} {
			b.Run(fmt.Sprint(f.name, "/", n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := f.f(); err != nil {
						b.Fatal(err)
					}
				}
				perElement(b, n)
			})
		}
	}
}

func BenchmarkProbability(b *testing.B) {
	for _, n := range []int{100, 1e6} {
		y, p, _ := probaOf(n, 1)
		for _, f := range []struct {
			name string
			f    func() error
		}{
			{"LogLoss", func() error { _, err := LogLoss(y, p); return err }},
			{"Brier", func() error { _, err := Brier(y, p); return err }},
			{"ECE", func() error { _, err := ECE(y, p, 15); return err }},
		} {
			b.Run(fmt.Sprint(f.name, "/", n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := f.f(); err != nil {
						b.Fatal(err)
					}
				}
				perElement(b, n)
			})
		}
	}
}

func BenchmarkBootstrap(b *testing.B) {
	y, p := pairsOf(1000, 0, 1)
	boot := Bootstrap{Replicas: 1000, Method: Percentile}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := boot.Run(len(y), Pairs(y, p, R2[float64])); err != nil {
			b.Fatal(err)
		}
	}
	perElement(b, 1000*1000)
}

func BenchmarkIsotonic(b *testing.B) {
	_, p, _ := probaOf(100_000, 1)
	for b.Loop() {
		if _, err := IsotonicRegression(p, nil, true); err != nil {
			b.Fatal(err)
		}
	}
	perElement(b, len(p))
}
