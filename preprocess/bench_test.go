package preprocess

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func benchFit(b *testing.B, t Transformer) {
	x := random(1, 1_000_000, 20, 0)
	for b.Loop() {
		if err := t.Fit(x); err != nil {
			b.Fatal(err)
		}
	}
	perElem(b, 20_000_000)
}

func BenchmarkMinMaxFit(b *testing.B) { benchFit(b, &MinMax{}) }
func BenchmarkRobustFit(b *testing.B) { benchFit(b, &Robust{}) }

func BenchmarkRobustFit500(b *testing.B) {
	x := random(1, 500, 20, 0)
	for b.Loop() {
		var r Robust
		if err := r.Fit(x); err != nil {
			b.Fatal(err)
		}
	}
	perElem(b, 10_000)
}

func benchTransform(b *testing.B, t Transformer) {
	x := random(1, 1_000_000, 20, 0)
	require.NoError(b, t.Fit(x))
	dst := mat.NewDense(1_000_000, 20, nil)
	for b.Loop() {
		if _, err := t.Transform(dst, x); err != nil {
			b.Fatal(err)
		}
	}
	perElem(b, 20_000_000)
}

func BenchmarkNormalizerL2(b *testing.B) { benchTransform(b, &Normalizer{}) }
func BenchmarkNormalizerL1(b *testing.B) { benchTransform(b, &Normalizer{Norm: L1}) }

func BenchmarkKNN5000x10(b *testing.B) {
	x := random(1, 5000, 10, .1)
	var k KNN
	require.NoError(b, k.Fit(x))
	for b.Loop() {
		if _, err := k.Transform(nil, x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChainRow(b *testing.B) {
	x := random(1, 2000, 20, .05)
	c := NewChain(&Simple{}, &Standard{}, &Bins{N: 10})
	require.NoError(b, c.Fit(x))
	row, dst := x.RawRowView(7), make([]float64, 20)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.TransformRow(dst, row); err != nil {
			b.Fatal(err)
		}
	}
}
