package preprocess

import (
	"testing"

	"gonum.org/v1/gonum/mat"
)

func benchSeries(b *testing.B, name string, do func(dst, x []float64) ([]float64, error)) {
	b.Run(name, func(b *testing.B) {
		x := mat.Col(nil, 0, normals(1, 100_000, 1, 0))
		dst := make([]float64, len(x))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := do(dst, x); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/elem")
	})
}

func BenchmarkRolling100(b *testing.B) {
	r := Rolling{Window: 100}
	benchSeries(b, "mean", r.Mean)
	benchSeries(b, "std", func(dst, x []float64) ([]float64, error) { return r.Std(dst, x, 1) })
	benchSeries(b, "min", r.Min)
	benchSeries(b, "median", r.Median)
	benchSeries(b, "median of 1000", Rolling{Window: 1000}.Median)
	benchSeries(b, "expanding median", Expanding{}.Median)
}

func benchMatrix(b *testing.B, name string, rows, cols int, do func(x *mat.Dense) error) {
	b.Run(name, func(b *testing.B) {
		x := normals(1, rows, cols, 1)
		b.ReportAllocs()
		for b.Loop() {
			if err := do(x); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows*cols), "ns/elem")
	})
}

func BenchmarkFeatures(b *testing.B) {
	dst := new(mat.Dense)
	benchMatrix(b, "polynomial", 20_000, 10, func(x *mat.Dense) error {
		var p Polynomial
		if err := p.Fit(x); err != nil {
			return err
		}
		_, err := p.Transform(dst, x)
		return err
	})
	basis := new(mat.Dense)
	benchMatrix(b, "splines", 20_000, 10, func(x *mat.Dense) error {
		var s Splines
		if err := s.Fit(x); err != nil {
			return err
		}
		_, err := s.Transform(basis, x)
		return err
	})
	benchMatrix(b, "PCA", 100_000, 20, func(x *mat.Dense) error { return new(PCA).Fit(x) })
	benchMatrix(b, "PCA partial", 100_000, 20, func(x *mat.Dense) error { return new(PCA).PartialFit(x) })
	benchMatrix(b, "Kendall", 10_000, 5, func(x *mat.Dense) error { _, err := Kendall.Matrix(x, Refuse); return err })
	benchMatrix(b, "Spearman", 10_000, 5, func(x *mat.Dense) error { _, err := Spearman.Matrix(x, Refuse); return err })
	benchMatrix(b, "F", 100_000, 20, func(x *mat.Dense) error {
		c := make([]int, 100_000)
		for i := range c {
			c[i] = i % 3
		}
		_, err := FClassif(x, c)
		return err
	})
}
