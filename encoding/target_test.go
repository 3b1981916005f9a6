package encoding

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

func TestWeights(t *testing.T) {
	const n = 300
	x, y := nasty(n, 4), target(n, 4)
	w := make([]float64, n)
	var rows []int
	r := rand.New(rand.NewPCG(5, 5))
	for i := range w {
		w[i] = float64(r.IntN(4))
		for range int(w[i]) {
			rows = append(rows, i)
		}
	}
	for _, m := range []*float64{nil, new(0.0), new(4.0)} {
		a, b := Target{Smooth: m}, Target{Smooth: m}
		require.NoError(t, a.FitWeighted(x, y, w))
		require.NoError(t, b.Fit(takeColumns(x, rows), takeValues(y, rows)))
		nearDense(t, "numbers", transform(t, &b, x), transform(t, &a, x), 1e-9)
		cls := Column{Labels: make([]string, n)}
		for i := range n {
			cls.Labels[i] = string(rune('p' + i%3))
		}
		a, b = Target{Smooth: m}, Target{Smooth: m}
		require.NoError(t, a.FitClassesWeighted(x, cls, w))
		require.NoError(t, b.FitClasses(takeColumns(x, rows), cls.take(rows)))
		nearDense(t, "classes", transform(t, &b, x), transform(t, &a, x), 1e-12)
	}
}

func TestTargetClassesOnShards(t *testing.T) {
	x := nasty(400, 6)
	y := Column{Labels: make([]string, 400)}
	for i := range y.Labels {
		// The first shard sees one class, the second two others.
		y.Labels[i] = []string{"m", "a", "z"}[max(0, min(2, i/100-1+i%2*(i/200)))]
	}
	var whole, shards, a, b Target
	require.NoError(t, whole.FitClasses(x, y))
	require.ErrorIs(t, a.FitClasses(part(x, 0, 100), part([]Column{y}, 0, 100)[0]), mlgauge.ErrUndefined)
	for lo := 0; lo < 400; lo += 100 {
		require.NoError(t, shards.PartialFitClasses(part(x, lo, lo+100), part([]Column{y}, lo, lo+100)[0]))
		if lo == 0 {
			_, err := shards.Transform(nil, x)
			require.ErrorIs(t, err, mlgauge.ErrNotFitted)
		}
	}
	assert.Equal(t, []string{"a", "m", "z"}, shards.Classes)
	want := transform(t, &whole, x)
	nearDense(t, "shards", want, transform(t, &shards, x), 1e-12)
	require.NoError(t, a.PartialFitClasses(part(x, 0, 150), part([]Column{y}, 0, 150)[0]))
	require.NoError(t, b.PartialFitClasses(part(x, 150, 400), part([]Column{y}, 150, 400)[0]))
	require.NoError(t, a.Merge(&b))
	nearDense(t, "merge", want, transform(t, &a, x), 1e-12)
	raw, err := json.Marshal(&a)
	require.NoError(t, err)
	var back Target
	require.NoError(t, json.Unmarshal(raw, &back))
	nearDense(t, "json", want, transform(t, &back, x), 1e-12)
	require.ErrorIs(t, a.PartialFit(x, target(400, 1)), mlgauge.ErrIncompatible)
}

// slowCrossFit is cross-fitting as it is defined: one encoder per fold.
func TestCrossFittingIsOneEncoderPerFold(t *testing.T) {
	const n = 500
	x, y := nasty(n, 7), target(n, 7)
	for i := range y {
		y[i] -= 1e6
	}
	folds := make([]int, n)
	for i := range folds {
		folds[i] = (i * 7) % 11 % 4
	}
	for _, e := range []Target{{}, {Smooth: new(2.0)}, {Smooth: new(0.0)}, {Sigmoid: &Sigmoid{3, 2}}, {HandleMissing: ReturnNaN}} {
		want, err := CrossFit(nil, x, y, folds, 0, func() Supervised { c := e; return &c })
		require.NoError(t, err)
		got, err := e.FitTransform(nil, x, y, folds)
		require.NoError(t, err)
		nearDense(t, "cross-fit", want, got, 1e-11)
	}
}

func TestDefaultFolds(t *testing.T) {
	f, err := kFolds("f", 1003, 5, 1)
	require.NoError(t, err)
	var n [5]int
	for _, v := range f {
		n[v]++
	}
	assert.Equal(t, [5]int{201, 201, 201, 200, 200}, n)
	cls := make([]int32, 1003)
	for i := range cls {
		cls[i] = int32(i % 7 / 3)
	}
	f, err = stratifiedFolds("f", cls, 3, 5, 1)
	require.NoError(t, err)
	var each [3][5]int
	n = [5]int{}
	for i, v := range f {
		n[v]++
		each[cls[i]][v]++
	}
	for _, e := range each {
		assert.LessOrEqual(t, slices.Max(e[:])-slices.Min(e[:]), 1)
	}
	assert.LessOrEqual(t, slices.Max(n[:])-slices.Min(n[:]), 1)
	g, _ := stratifiedFolds("f", cls, 3, 5, 1)
	assert.Equal(t, f, g)
	// The same seed, the same numbers.
	x, y := nasty(200, 1), target(200, 2)
	var a, b Target
	m1, err := a.FitTransform(nil, x, y, nil)
	require.NoError(t, err)
	m2, err := b.FitTransform(nil, x, y, nil)
	require.NoError(t, err)
	nearDense(t, "seed", m1, m2, 0)
	b.Seed = 9
	m2, err = b.FitTransform(nil, x, y, nil)
	require.NoError(t, err)
	assert.False(t, mat.Equal(m1, m2))
}

func TestLeakage(t *testing.T) {
	for _, binary := range []bool{false, true} {
		o := LeakageOptions{Binary: binary, Rows: 500, Categories: 50, Trials: 10}
		plain := func(x []Column, y []float64) (*mat.Dense, error) {
			var e Target
			if err := e.Fit(x, y); err != nil {
				return nil, err
			}
			return e.Transform(nil, x)
		}
		crossed := func(x []Column, y []float64) (*mat.Dense, error) {
			var e Target
			return e.FitTransform(nil, x, y, nil)
		}
		rep, err := Leakage(o, plain)
		require.NoError(t, err)
		assert.True(t, rep.Leaks, "%+v", rep)
		rep, err = Leakage(o, crossed)
		require.NoError(t, err)
		assert.False(t, rep.Leaks, "%+v", rep)
		rep, err = Leakage(o, func(x []Column, y []float64) (*mat.Dense, error) {
			return CrossFit(nil, x, y, nil, 3, func() Supervised { return &JamesStein{Model: Beta} })
		})
		require.NoError(t, err)
		assert.False(t, rep.Leaks, "%+v", rep)
		rep, err = Leakage(o, func(x []Column, y []float64) (*mat.Dense, error) {
			var e CatBoost
			return e.FitTransform(nil, x, y)
		})
		require.NoError(t, err)
		assert.False(t, rep.Leaks, "%+v", rep)
	}
}

func TestInformationValue(t *testing.T) {
	x := Columns([]string{"a", "a", "b", "b"})
	e := WOE{Regularization: new(0.5)}
	require.NoError(t, e.Fit(x, []float64{1, 1, 0, 0}))
	iv, err := e.InformationValue()
	require.NoError(t, err)
	// Shares 2.5/3 and 0.5/3 on both sides: 2 (2/3) ln 5.
	assert.InDelta(t, 4.0/3*math.Log(5), iv[0], 1e-15)
}
