package explain

import (
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/metrics"
)

// cheap is a linear model, and the time spent in it.
func cheap(d int) (Model, *time.Duration) {
	var spent time.Duration
	coef := blas64.Vector{N: d, Inc: 1, Data: linearCoef(d)}
	return func(dst []float64, x *mat.Dense) error {
		start := time.Now()
		blas64.Gemv(blas.NoTrans, 1, x.RawMatrix(), coef, 0, blas64.Vector{N: len(dst), Inc: 1, Data: dst})
		spent += time.Since(start)
		return nil
	}, &spent
}

// outside reports what an explanation costs beside the model.
func outside(b *testing.B, rows int, spent *time.Duration) {
	b.ReportMetric(float64(b.Elapsed()-*spent)/1e6/float64(b.N*rows), "ms-outside/row")
	b.ReportMetric(float64(b.Elapsed())/1e6/float64(b.N*rows), "ms/row")
}

func BenchmarkKernelSHAP30(b *testing.B) {
	bg, rows := random(1, 100, 30), random(2, 5, 30)
	m, spent := cheap(30)
	for b.Loop() {
		if _, err := (KernelSHAP{}).Explain(ctx, m, bg, rows); err != nil {
			b.Fatal(err)
		}
	}
	outside(b, 5, spent)
}

// One row at a time: the coalitions are drawn and factored again for each.
func BenchmarkKernelSHAP30OneRow(b *testing.B) {
	bg, rows := random(1, 100, 30), random(2, 1, 30)
	m, spent := cheap(30)
	for b.Loop() {
		if _, err := (KernelSHAP{}).Explain(ctx, m, bg, rows); err != nil {
			b.Fatal(err)
		}
	}
	outside(b, 1, spent)
}

func BenchmarkExactShapley12(b *testing.B) {
	bg, rows := random(1, 100, 12), random(2, 3, 12)
	m, spent := cheap(12)
	for b.Loop() {
		if _, err := (ExactShapley{}).Explain(ctx, m, bg, rows); err != nil {
			b.Fatal(err)
		}
	}
	outside(b, 3, spent)
}

func BenchmarkPermutationSHAP30(b *testing.B) {
	bg, rows := random(1, 100, 30), random(2, 3, 30)
	m, spent := cheap(30)
	for b.Loop() {
		if _, err := (PermutationSHAP{}).Explain(ctx, m, bg, rows); err != nil {
			b.Fatal(err)
		}
	}
	outside(b, 3, spent)
}

func benchPermute(b *testing.B, n int, gathered bool) {
	x := random(1, n, 30)
	m, _ := cheap(30)
	y := make([]float64, n)
	if err := m(y, x); err != nil {
		b.Fatal(err)
	}
	for i := range y {
		y[i] += x.At(i, 3)
	}
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if o := (PermutationOptions{Workers: 1}); gathered {
			_, err = PermuteStatistic(ctx, m, x, y, regression, (*metrics.Regression).R2, o)
		} else {
			_, err = Permute(ctx, m, x, y, metrics.R2[float64], o)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/1e6/float64(b.N), "ms/op")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(150*n), "ns/prediction")
}

func BenchmarkPermute1e3x30(b *testing.B)          { benchPermute(b, 1_000, false) }
func BenchmarkPermute1e5x30(b *testing.B)          { benchPermute(b, 100_000, false) }
func BenchmarkPermuteStatistic1e5x30(b *testing.B) { benchPermute(b, 100_000, true) }

func BenchmarkPartialDependence1e4x30(b *testing.B) {
	x := random(1, 10_000, 30)
	m, _ := cheap(30)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (PartialDependence{}).Explain(ctx, m, x, 3); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/1e6, "ns/prediction")
}
