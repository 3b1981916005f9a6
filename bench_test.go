package mlgauge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/preprocess"
)

// The headline hot paths, one row of the README's table each, beside the machine's
// read bandwidth:
//
//	go test -run '^$' -bench . .

const rows = 1_000_000

// perElem reports the cost per element and the bytes read per second.
func perElem(b *testing.B, n, bytes int) {
	b.SetBytes(int64(bytes))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
}

func random() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func normal(n int) []float64 {
	rng := random()
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// scored returns labels and scores of a middling classifier.
func scored(n, decimals int) ([]bool, []float64) {
	rng := random()
	y, s := make([]bool, n), make([]float64, n)
	unit := math.Pow10(decimals)
	for i := range y {
		y[i] = rng.IntN(3) == 0
		z := rng.NormFloat64()
		if y[i] {
			z++
		}
		s[i] = 1 / (1 + math.Exp(-z))
		if decimals > 0 {
			s[i] = math.Round(s[i]*unit) / unit
		}
	}
	return y, s
}

func classes(n, k int) (y, p []int64) {
	rng := random()
	y, p = make([]int64, n), make([]int64, n)
	for i := range y {
		y[i], p[i] = rng.Int64N(int64(k)), rng.Int64N(int64(k))
	}
	return y, p
}

func words(x []int64) []string {
	s := make([]string, len(x))
	for i, v := range x {
		s[i] = "category_" + strconv.FormatInt(v, 10)
	}
	return s
}

func must[T any](b *testing.B) func(T, error) T {
	return func(v T, err error) T {
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
}

// BenchmarkReadBandwidth is the yardstick: how fast one core sums 80 MB.
func BenchmarkReadBandwidth(b *testing.B) {
	x := normal(10 * rows)
	for b.Loop() {
		floats.Sum(x)
	}
	perElem(b, len(x), 8*len(x))
}

func BenchmarkRegression(b *testing.B) {
	x := normal(2 * rows)
	yTrue, yPred := x[:rows], x[rows:]
	b.ReportAllocs()
	for b.Loop() {
		var r metrics.Regression
		if err := r.Add(yTrue, yPred); err != nil {
			b.Fatal(err)
		}
		must[float64](b)(r.MSE())
		must[float64](b)(r.MAE())
		must[float64](b)(r.R2())
	}
	perElem(b, rows, 16*rows)
}

func BenchmarkMSE(b *testing.B) {
	x := normal(2 * rows)
	b.ReportAllocs()
	for b.Loop() {
		must[float64](b)(metrics.MSE(x[:rows], x[rows:]))
	}
	perElem(b, rows, 16*rows)
}

func BenchmarkLogLoss(b *testing.B) {
	y, p := scored(rows, 0)
	b.ReportAllocs()
	for b.Loop() {
		must[float64](b)(metrics.LogLoss(y, p))
	}
	perElem(b, rows, 9*rows)
}

func BenchmarkConfusion(b *testing.B) {
	for _, k := range []int{2, 10, 1000} {
		y, p := classes(rows, k)
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var c metrics.Confusion[int64]
				if err := c.Add(y, p); err != nil {
					b.Fatal(err)
				}
			}
			perElem(b, rows, 16*rows)
		})
	}
}

func BenchmarkConfusionStrings(b *testing.B) {
	y, p := classes(rows, 10)
	ys, ps := words(y), words(p)
	b.ReportAllocs()
	for b.Loop() {
		var c metrics.Confusion[string]
		if err := c.Add(ys, ps); err != nil {
			b.Fatal(err)
		}
	}
	perElem(b, rows, 32*rows)
}

func BenchmarkF1(b *testing.B) {
	for _, n := range []int{100, rows} {
		y, p := classes(n, 10)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must[float64](b)(metrics.F1(y, p, metrics.Macro))
			}
			perElem(b, n, 16*n)
		})
	}
}

func BenchmarkAccuracy(b *testing.B) {
	y, p := classes(rows, 10)
	b.ReportAllocs()
	for b.Loop() {
		must[float64](b)(metrics.Accuracy(y, p))
	}
	perElem(b, rows, 16*rows)
}

func BenchmarkAUC(b *testing.B) {
	for _, c := range []struct {
		name        string
		n, decimals int
	}{{"100", 100, 0}, {"1e6", rows, 0}, {"1e6/3decimals", rows, 3}, {"1e7", 10 * rows, 0}} {
		y, s := scored(c.n, c.decimals)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must[float64](b)(metrics.AUC(y, s))
			}
			perElem(b, c.n, 9*c.n)
		})
	}
}

func BenchmarkStandardScaler(b *testing.B) {
	const r, c = rows / 10, 20
	x := mat.NewDense(r, c, normal(r*c))
	b.Run("fit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var s preprocess.Standard
			if err := s.Fit(x); err != nil {
				b.Fatal(err)
			}
		}
		perElem(b, r*c, 8*r*c)
	})
	b.Run("transform", func(b *testing.B) {
		var s preprocess.Standard
		if err := s.Fit(x); err != nil {
			b.Fatal(err)
		}
		dst := mat.NewDense(r, c, nil)
		b.ReportAllocs()
		for b.Loop() {
			must[*mat.Dense](b)(s.Transform(dst, x))
		}
		perElem(b, r*c, 16*r*c)
	})
}

func BenchmarkDictionary(b *testing.B) {
	for _, k := range []int{10, 1000, 100_000} {
		x, _ := classes(rows, k)
		s := words(x)
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			var codes []int32
			for b.Loop() {
				var d encoding.Dictionary
				codes = must[[]int32](b)(d.Encode(codes[:0], s))
			}
			perElem(b, rows, 16*rows)
		})
	}
}

func BenchmarkKS(b *testing.B) {
	x := normal(2 * rows)
	b.ReportAllocs()
	for b.Loop() {
		must[drift.Result](b)(drift.KS(x[:rows], x[rows:], drift.TwoSided, drift.Asymptotic))
	}
	perElem(b, 2*rows, 16*rows)
}

func BenchmarkWasserstein(b *testing.B) {
	x := normal(2 * rows)
	b.ReportAllocs()
	for b.Loop() {
		must[float64](b)(drift.Wasserstein(x[:rows], x[rows:]))
	}
	perElem(b, 2*rows, 16*rows)
}

func BenchmarkBiasReport(b *testing.B) {
	facet, label := classes(rows, 2)
	pred, _ := classes(rows, 2)
	b.ReportAllocs()
	for b.Loop() {
		var c bias.Counts
		if err := c.Add(bias.Batch{Facet: bias.Labels(facet), Label: bias.Labels(label), Prediction: bias.Labels(pred)}); err != nil {
			b.Fatal(err)
		}
		f := must[*bias.Facet](b)(c.Facet([]string{"1"}, []string{"1"}))
		must[[]bias.Finding](b)(f.Report(bias.Bootstrap{Resamples: 100}))
	}
	perElem(b, rows, 24*rows)
}
