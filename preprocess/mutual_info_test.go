package preprocess

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func BenchmarkMutualInfoRegression10kx10(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x := mat.NewDense(10000, 10, nil)
	y := make([]float64, 10000)
	c := make([]int, 10000)
	for i := range y {
		for j := range 10 {
			x.Set(i, j, r.NormFloat64())
		}
		y[i] = x.At(i, 0) + x.At(i, 1)*x.At(i, 1) + r.NormFloat64()
		if y[i] > 0 {
			c[i] = 1
		}
	}
	b.Run("regression", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := MutualInfo{}.Regression(x, y)
			require.NoError(b, err)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "ns/elem")
	})
	b.Run("classification", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := MutualInfo{}.Classification(x, c)
			require.NoError(b, err)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "ns/elem")
	})
}
