package preprocess

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// random returns normal columns at odd offsets and scales, with that share of
// NaN.
func random(seed uint64, rows, cols int, missing float64) *mat.Dense {
	r := rand.New(rand.NewPCG(seed, 1))
	x := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			v := float64(j*j) - 3 + math.Pow(10, float64(j%5)-2)*r.NormFloat64()
			if r.Float64() < missing {
				v = nan
			}
			x.Set(i, j, v)
		}
	}
	return x
}

func TestStandardOffset(t *testing.T) {
	const n = 100_000
	r := rand.New(rand.NewPCG(1, 2))
	x := mat.NewDense(n, 1, nil)
	// The offsets are whole multiples k of 2^-20, so the variance is known exactly:
	// (n sum k^2 - (sum k)^2) / n^2 / 2^40.
	var k, kk int64
	for i := range n {
		offset := int64(r.Float64() * 1e6)
		x.Set(i, 0, 1e9+float64(offset)/(1<<20))
		k += offset
		kk += offset * offset
	}
	exact := new(big.Int).Mul(big.NewInt(n), big.NewInt(kk))
	exact.Sub(exact, new(big.Int).Mul(big.NewInt(k), big.NewInt(k)))
	want, _ := new(big.Rat).SetFrac(exact, new(big.Int).Mul(big.NewInt(n*n), big.NewInt(1<<40))).Float64()
	var s Standard
	require.NoError(t, s.Fit(x))
	golden.Equal(t, "variance at offset 1e9", want, s.Var[0], 1e-15)
	golden.Equal(t, "mean", 1e9+float64(k)/n/(1<<20), s.Mean[0], 1e-15)
}

func TestStandardBatchesAndMerge(t *testing.T) {
	x := random(1, 3000, 7, .1)
	var whole, parts, a, b Standard
	require.NoError(t, whole.Fit(x))
	require.NoError(t, parts.PartialFit(x.Slice(0, 17, 0, 7)))
	require.NoError(t, parts.PartialFit(x.Slice(17, 3000, 0, 7)))
	require.NoError(t, a.Fit(x.Slice(0, 1000, 0, 7)))
	require.NoError(t, b.Fit(x.Slice(1000, 3000, 0, 7)))
	require.NoError(t, a.Merge(&b))
	for _, o := range []*Standard{&parts, &a} {
		golden.EqualSlice(t, "mean", whole.Mean, o.Mean, 1e-13)
		golden.EqualSlice(t, "var", whole.Var, o.Var, 1e-12)
		assert.Equal(t, whole.N, o.N)
	}
}

func BenchmarkStandardFit(b *testing.B)        { benchStandardFit(b, 0) }
func BenchmarkStandardFitMissing(b *testing.B) { benchStandardFit(b, .05) }

func benchStandardFit(b *testing.B, missing float64) {
	x := random(1, 1_000_000, 20, missing)
	b.SetBytes(8 * 20_000_000)
	for b.Loop() {
		var s Standard
		if err := s.Fit(x); err != nil {
			b.Fatal(err)
		}
	}
	perElem(b, 20_000_000)
}

func perElem(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
}

func BenchmarkStandardTransform(b *testing.B) {
	x := random(1, 1_000_000, 20, 0)
	var s Standard
	require.NoError(b, s.Fit(x))
	dst := mat.NewDense(1_000_000, 20, nil)
	for b.Loop() {
		if _, err := s.Transform(dst, x); err != nil {
			b.Fatal(err)
		}
	}
	perElem(b, 20_000_000)
}
