package preprocess

import (
	"math"
	"testing"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// TestFitsThatCannotGoOn refuse the second batch and stay as they were.
func TestFitsThatCannotGoOn(t *testing.T) {
	x := positives(3, 60, 2, 0)
	for name, s := range map[string]interface {
		Transformer
		PartialFitter
	}{
		"bins quantile": &Bins{}, "bins kmeans": &Bins{Strategy: KMeansBins}, "bins means": &Bins{Strategy: UniformBins, Output: BinMean},
		"outliers iqr": &Outliers{}, "outliers mad": &Outliers{Fence: ModifiedZ}, "outliers quantile": &Outliers{Fence: QuantileFence},
		"robust": &Robust{}, "quantile": &Quantile{}, "simple median": &Simple{Strategy: ImputeMedian},
	} {
		require.NoError(t, s.PartialFit(x), name)
		before, err := s.Transform(nil, x)
		require.NoError(t, err, name)
		assert.ErrorIs(t, s.PartialFit(x), mlgauge.ErrIncompatible, name)
		after, err := s.Transform(nil, x)
		require.NoError(t, err, name)
		assert.True(t, sameBits(before, after), name)
	}
	var weighted Bins
	require.NoError(t, weighted.FitWeighted(x, fill(60, 1)))
	assert.ErrorIs(t, weighted.PartialFit(x), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, (&Bins{Sketch: 64}).FitWeighted(x, fill(60, 1)), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, (&Bins{Sketch: 3}).Fit(x), mlgauge.ErrRange)
	assert.ErrorIs(t, (&Outliers{Sketch: -1}).Fit(x), mlgauge.ErrRange)
	assert.ErrorIs(t, (&Bins{}).Merge(&Bins{}), mlgauge.ErrNotFitted)
	assert.ErrorIs(t, (&Bins{}).Merge(nil), mlgauge.ErrNotFitted)
	assert.ErrorIs(t, (&Outliers{}).Merge(&Outliers{}), mlgauge.ErrNotFitted)
	a, b := &Bins{Strategy: UniformBins}, &Bins{Strategy: UniformBins, N: 3}
	require.NoError(t, a.Fit(x))
	require.NoError(t, b.Fit(x))
	assert.ErrorIs(t, a.Merge(b), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, a.PartialFit(mat.NewDense(2, 3, nil)), mlgauge.ErrLength)
	narrow := &Bins{Strategy: UniformBins}
	require.NoError(t, narrow.Fit(x.Slice(0, 60, 0, 1)))
	assert.ErrorIs(t, a.Merge(narrow), mlgauge.ErrLength)
	z, y := &Outliers{Fence: ZScore}, &Outliers{Fence: ZScore}
	require.NoError(t, z.Fit(x))
	require.NoError(t, y.Fit(x.Slice(0, 60, 0, 1)))
	assert.ErrorIs(t, z.Merge(y), mlgauge.ErrLength)
	z.Fence = IQR
	assert.ErrorIs(t, z.PartialFit(x), mlgauge.ErrIncompatible, "moments do not make quartiles")
}

// TestSketchedFitsAreNear holds what is fitted from a sketch that has let go of
// most rows against the fit from all of them.
func TestSketchedFitsAreNear(t *testing.T) {
	x := random(4, 40_000, 2, .05)
	sorted := make([][]float64, 2)
	for j := range sorted {
		sorted[j] = column(nil, x.RawMatrix(), j)
		sortFloats(sorted[j])
	}
	rank := func(j int, v float64) float64 {
		k := 0
		for k < len(sorted[j]) && sorted[j][k] < v {
			k++
		}
		return float64(k) / float64(len(sorted[j]))
	}
	for _, q := range []BinQuantile{AveragedInvertedCDF, InvertedCDF, LinearQuantile} {
		b, exact := Bins{N: 8, Sketch: 400, Missing: KeepMissing, Quantile: q}, Bins{N: 8, Missing: KeepMissing, Quantile: q}
		require.NoError(t, b.Fit(x))
		require.NoError(t, exact.Fit(x))
		for j, e := range b.Edges {
			require.Len(t, e, 9)
			assert.Equal(t, exact.Edges[j][0], e[0], "the extremes are exact")
			assert.Equal(t, exact.Edges[j][8], e[8])
			for k := 1; k < 8; k++ { // ranks to 2.296 / 400^0.9021 = 0.0103
				assert.InDelta(t, float64(k)/8, rank(j, e[k]), .0103)
			}
		}
	}
	b, exact := Bins{Strategy: UniformBins, Sketch: 64, Missing: KeepMissing}, Bins{Strategy: UniformBins, Missing: KeepMissing}
	require.NoError(t, b.Fit(x))
	require.NoError(t, exact.Fit(x))
	assert.Equal(t, exact.Edges, b.Edges, "uniform edges need the extremes only")
	k := Bins{Strategy: KMeansBins, Sketch: 400, N: 3, Missing: KeepMissing}
	require.NoError(t, k.Fit(x))
	assert.Equal(t, exact.Edges[0][0], k.Edges[0][0])
	assert.Len(t, k.Edges[0], 4)
	for _, f := range []Fence{IQR, ModifiedZ, QuantileFence} {
		o, whole := Outliers{Fence: f, Sketch: 800}, Outliers{Fence: f}
		require.NoError(t, o.Fit(x))
		require.NoError(t, whole.Fit(x))
		for j := range o.Lower {
			width := whole.Upper[j] - whole.Lower[j]
			assert.InDelta(t, whole.Lower[j], o.Lower[j], .02*width, f.String())
			assert.InDelta(t, whole.Upper[j], o.Upper[j], .02*width, f.String())
		}
	}
}

func TestGroupInBatchesAndShards(t *testing.T) {
	x := random(5, 600, 3, .2)
	groups := make([]string, 600)
	for i := range groups {
		groups[i] = string(rune('a' + i*i%5))
		x.Set(i, 1, math.Round(x.At(i, 1)))
		if groups[i] == "e" {
			x.Set(i, 2, nan)
		}
	}
	cut := func(lo, hi int) (mat.Matrix, []string) { return x.Slice(lo, hi, 0, 3), groups[lo:hi] }
	for _, o := range []Group[string]{{}, {Strategy: ImputeMode}, {Strategy: ImputeMedian, Sketch: 1000}, {NoFallback: true}} {
		whole, batches, a, b := o, o, o, o
		require.NoError(t, whole.Fit(x, groups))
		same := func(g *Group[string]) {
			golden.EqualSlice(t, "overall", whole.Overall, g.Overall, 1e-12)
			require.Len(t, g.Statistics, len(whole.Statistics))
			for k, v := range whole.Statistics {
				golden.EqualSlice(t, k, v, g.Statistics[k], 1e-12)
			}
		}
		x1, g1 := cut(0, 7)
		x2, g2 := cut(7, 600)
		require.NoError(t, batches.PartialFit(x1, g1))
		kept := batches
		require.NoError(t, batches.PartialFit(x2, g2))
		same(&batches)
		require.NoError(t, kept.PartialFit(x2, g2))
		same(&kept)
		require.NoError(t, a.Fit(x1, g1))
		require.NoError(t, b.Fit(x2, g2))
		shards := o
		require.NoError(t, shards.Merge(&a))
		require.NoError(t, shards.Merge(&b))
		same(&shards)
		require.NoError(t, a.Merge(&b))
		same(&a)
		require.NoError(t, batches.Fit(x, groups))
		same(&batches)
		assert.ErrorIs(t, a.Merge(&Group[string]{}), mlgauge.ErrNotFitted)
		assert.ErrorIs(t, a.PartialFit(mat.NewDense(1, 2, nil), []string{"a"}), mlgauge.ErrLength)
		same(&a)
		a.Reset()
		assert.ErrorIs(t, second(a.Transform(nil, x, groups)), mlgauge.ErrNotFitted)
	}
	exact := Group[string]{Strategy: ImputeMedian}
	require.NoError(t, exact.Fit(x, groups))
	assert.ErrorIs(t, exact.PartialFit(x, groups), mlgauge.ErrIncompatible)
}
