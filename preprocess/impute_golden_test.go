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

type imputed struct {
	Y, Train []golden.Floats
	Names    []string
	Rounds   int
}

func loadImputed(t *testing.T) (x, src *mat.Dense, cases func(name string) imputed) {
	var in struct{ X, New []golden.Floats }
	golden.Load(t, "preprocess/impute.json", &in)
	return dense(in.X), dense(in.New), func(name string) imputed {
		var c map[string]any
		golden.Load(t, "preprocess/impute.json", &c)
		require.Contains(t, c, name)
		return pick(t, name)
	}
}

// pick reads one case of the file.
func pick(t *testing.T, name string) imputed {
	var all struct {
		A imputed `json:"simple_mean_False"`
		B imputed `json:"simple_mean_True"`
		C imputed `json:"simple_median_False"`
		D imputed `json:"simple_median_True"`
		E imputed `json:"simple_most_frequent_False"`
		F imputed `json:"simple_most_frequent_True"`
		G imputed `json:"simple_constant_False"`
		H imputed `json:"simple_constant_True"`
		I imputed `json:"knn_1_uniform"`
		J imputed `json:"knn_1_distance"`
		K imputed `json:"knn_3_uniform"`
		L imputed `json:"knn_3_distance"`
		M imputed `json:"knn_5_uniform"`
		N imputed `json:"knn_5_distance"`
		O imputed `json:"knn_80_uniform"`
		P imputed `json:"knn_80_distance"`
		Q imputed `json:"iterative_bayes"`
		R imputed `json:"iterative_tight"`
		S imputed `json:"iterative_ridge"`
		T imputed `json:"iterative_descending"`
		U imputed `json:"iterative_roman"`
		V imputed `json:"iterative_arabic"`
		W imputed `json:"iterative_skip"`
		X imputed `json:"iterative_skip_arabic"`
	}
	golden.Load(t, "preprocess/impute.json", &all)
	return map[string]imputed{
		"simple_mean_False": all.A, "simple_mean_True": all.B, "simple_median_False": all.C, "simple_median_True": all.D,
		"simple_most_frequent_False": all.E, "simple_most_frequent_True": all.F, "simple_constant_False": all.G, "simple_constant_True": all.H,
		"knn_1_uniform": all.I, "knn_1_distance": all.J, "knn_3_uniform": all.K, "knn_3_distance": all.L,
		"knn_5_uniform": all.M, "knn_5_distance": all.N, "knn_80_uniform": all.O, "knn_80_distance": all.P,
		"iterative_bayes": all.Q, "iterative_tight": all.R, "iterative_ridge": all.S, "iterative_descending": all.T,
		"iterative_roman": all.U, "iterative_arabic": all.V, "iterative_skip": all.W, "iterative_skip_arabic": all.X,
	}[name]
}

func TestSimpleGolden(t *testing.T) {
	x, src, c := loadImputed(t)
	for _, s := range []Strategy{ImputeMean, ImputeMedian, ImputeMode, ImputeConstant} {
		for keep, name := range map[bool]string{false: "False", true: "True"} {
			what := "simple_" + s.String() + "_" + name
			want := c(what)
			one := &Simple{Strategy: s, KeepEmpty: keep, Indicator: keep}
			if s == ImputeConstant {
				one.Fill = -1.5
			}
			served(t, what, one, x, src, want.Y, 1e-13)
			got, err := one.FeatureNames(nil)
			require.NoError(t, err)
			assert.Equal(t, want.Names, got)
		}
	}
	served(t, "median of a sketch", &Simple{Strategy: ImputeMedian, Sketch: 200}, x, src, c("simple_median_False").Y, 1e-13)
}

func TestKNNGolden(t *testing.T) {
	x, src, c := loadImputed(t)
	for name, k := range map[string]*KNN{
		"knn_1_uniform": {Neighbors: 1}, "knn_1_distance": {Neighbors: 1, ByDistance: true},
		"knn_3_uniform": {Neighbors: 3, KeepEmpty: true}, "knn_3_distance": {Neighbors: 3, KeepEmpty: true, ByDistance: true},
		"knn_5_uniform": {Indicator: true}, "knn_5_distance": {Indicator: true, ByDistance: true},
		"knn_80_uniform": {Neighbors: 80}, "knn_80_distance": {Neighbors: 80, ByDistance: true},
	} {
		want := c(name)
		served(t, name, k, x, src, want.Y, 1e-12)
		if want.Train != nil {
			served(t, name+" train", k, x, x, want.Train, 1e-12)
		}
	}
}

func TestIterativeGolden(t *testing.T) {
	x, src, c := loadImputed(t)
	for name, m := range map[string]*Iterative{
		"iterative_bayes":       {},
		"iterative_tight":       {Tol: 1e-10, MaxIter: 7},
		"iterative_ridge":       {Regressor: Ridge, Alpha: .5, Tol: 1e-4},
		"iterative_descending":  {Order: Descending, Initial: ImputeMedian, MaxIter: 3},
		"iterative_roman":       {Order: Roman, Min: fill(6, -1), Max: fill(6, 2), MaxIter: 2},
		"iterative_arabic":      {Order: Arabic, KeepEmpty: true, Indicator: true, MaxIter: 2},
		"iterative_skip":        {SkipComplete: true, MaxIter: 4, Tol: 1e-9},
		"iterative_skip_arabic": {SkipComplete: true, Order: Arabic, MaxIter: 2},
	} {
		want := c(name)
		// The precisions are iterated to 1e-3, the singular vectors are LAPACK's.
		served(t, name, m, x, src, want.Y, 1e-9)
		assert.Equal(t, want.Rounds, m.Rounds, name)
		served(t, name+" train", m, x, x, want.Train, 1e-9)
	}
}

func TestFillGolden(t *testing.T) {
	var in struct {
		Series, Times golden.Floats
		Fills         []struct {
			Method, Area, Direction string
			Limit                   int
			Y                       golden.Floats
		}
		Indicator struct {
			Features []int
			Y        []golden.Floats
		}
		Grouped []golden.Floats
		Groups  []int
		Group   map[string][]golden.Floats
		Drops   []struct {
			Axis, Thresh int
			How          string
			Subset, Kept []int
		}
		X, New []golden.Floats
	}
	golden.Load(t, "preprocess/impute.json", &in)
	for _, f := range in.Fills {
		one := Fill{
			Method:    map[string]FillMethod{"forward": FillForward, "backward": FillBackward, "linear": FillLinear, "time": FillTime}[f.Method],
			Limit:     f.Limit,
			Direction: map[string]Direction{"": FromBefore, "forward": FromBefore, "backward": FromAfter, "both": FromBoth}[f.Direction],
			Area:      map[string]Area{"": Everywhere, "inside": Inside, "outside": Outside}[f.Area],
			Times:     in.Times.Values(),
		}
		got := make([]float64, len(in.Series))
		require.NoError(t, one.Column(got, in.Series.Values()))
		golden.EqualSlice(t, f.Method+" "+f.Area+" "+f.Direction, f.Y.Values(), got, 1e-14)
		m := mat.NewDense(len(in.Series), 1, in.Series.Values())
		y, err := one.Transform(m, m)
		require.NoError(t, err)
		golden.EqualSlice(t, f.Method, f.Y.Values(), mat.Col(nil, 0, y), 1e-14)
	}

	var mi MissingIndicator
	src := dense(in.New)
	r, _ := src.Dims()
	for i := range r {
		src.Set(i, 5, 0)
	}
	served(t, "indicator", &mi, dense(in.X), src, in.Indicator.Y, 0)
	assert.Equal(t, in.Indicator.Features, mi.Indicators)

	for name, s := range map[string]Strategy{"mean": ImputeMean, "median": ImputeMedian} {
		g := Group[int]{Strategy: s}
		require.NoError(t, g.Fit(dense(in.Grouped), in.Groups))
		y, err := g.Transform(nil, dense(in.Grouped), in.Groups)
		require.NoError(t, err)
		equalMatrix(t, "group "+name, in.Group[name], y, 1e-13)
	}

	for _, d := range in.Drops {
		one := Drop{All: d.How == "all", Thresh: d.Thresh, Subset: d.Subset}
		find := one.Rows
		if d.Axis == 1 {
			find = one.Columns
		}
		got, err := find(dense(in.Grouped))
		require.NoError(t, err)
		if len(d.Kept) == 0 {
			assert.Empty(t, got)
		} else {
			assert.Equal(t, d.Kept, got, "%+v", d)
		}
	}
}

// TestPosteriorGolden compares the deviation of what a regression predicts.
func TestPosteriorGolden(t *testing.T) {
	var in struct {
		Posterior []struct {
			X, New       []golden.Floats
			Y, Mean, Std golden.Floats
		}
	}
	golden.Load(t, "preprocess/impute.json", &in)
	for _, c := range in.Posterior {
		x := dense(c.X)
		n, p := x.Dims()
		r, err := newRidge("", x, c.Y.Values())
		require.NoError(t, err)
		l, noise, weight := r.bayes()
		one := Model{Column: p, Noise: jsonfloat.Float(1 / noise), Means: r.xmean, Spread: r.spread(noise, weight)}
		var mean, std []float64
		for _, row := range c.New {
			v := l.Intercept
			for j, b := range l.Coef {
				v += b * row.Values()[j]
			}
			mean, std = append(mean, v), append(std, one.deviation(row.Values()))
		}
		// The precisions are iterated to 1e-3, the singular vectors are LAPACK's.
		golden.EqualSlice(t, fmt.Sprint("mean of ", n), c.Mean.Values(), mean, 1e-9)
		golden.EqualSlice(t, fmt.Sprint("deviation of ", n), c.Std.Values(), std, 1e-9)
	}
}
