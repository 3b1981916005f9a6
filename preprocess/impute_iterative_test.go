package preprocess

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// TestIterativeRandomOrder visits every column once a round, in an order that
// follows from the seed.
func TestIterativeRandomOrder(t *testing.T) {
	x := random(6, 120, 4, .1)
	fit := func(o Order, seed uint64) (*Iterative, *mat.Dense) {
		m := &Iterative{Order: o, Seed: seed, MaxIter: 3, Tol: 1e-9}
		require.NoError(t, m.Fit(x))
		y, err := m.Transform(nil, x)
		require.NoError(t, err)
		return m, y
	}
	a, ya := fit(RandomOrder, 1)
	_, again := fit(RandomOrder, 1)
	assert.True(t, sameBits(ya, again))
	b, _ := fit(RandomOrder, 2)
	columns := func(m *Iterative) (out []int) {
		for _, one := range m.Models[:8] {
			out = append(out, one.Column)
		}
		return out
	}
	assert.NotEqual(t, columns(a), columns(b))
	assert.ElementsMatch(t, []int{0, 1, 2, 3}, columns(a)[:4])
	assert.ElementsMatch(t, []int{0, 1, 2, 3}, columns(a)[4:])
	for _, v := range ya.RawMatrix().Data {
		assert.Equal(t, v, v, "nothing stays missing")
	}
}

// TestIterativePosterior draws from a known distribution: x1 = 2 x0 + noise of
// deviation 0.5 where it is present, and must be so where it was missing.
func TestIterativePosterior(t *testing.T) {
	const n = 4000
	r := rand.New(rand.NewPCG(3, 3))
	x := mat.NewDense(n, 2, nil)
	for i := range n {
		v := r.NormFloat64()
		x.SetRow(i, []float64{v, 2*v + .5*r.NormFloat64()})
		if i%2 == 0 {
			x.Set(i, 1, math.NaN())
		}
	}
	fit := func(m *Iterative) *mat.Dense {
		m.MaxIter, m.SamplePosterior = 3, true
		require.NoError(t, m.Fit(x))
		assert.Equal(t, 3, m.Rounds)
		assert.False(t, m.Converged)
		y, err := m.Transform(nil, x)
		require.NoError(t, err)
		return y
	}
	a, b := &Iterative{}, &Iterative{Seed: 1}
	ya, yb := fit(a), fit(b)
	var rest, apart, squares float64
	for i := 0; i < n; i += 2 {
		d := ya.At(i, 1) - 2*ya.At(i, 0)
		rest += d
		squares += d * d
		apart += math.Pow(ya.At(i, 1)-yb.At(i, 1), 2)
	}
	// Standard errors: 0.5 / sqrt(2000) = 0.011, and 0.35 / sqrt(2000) = 0.008.
	assert.InDelta(t, 0, rest/(n/2), .05)
	assert.InDelta(t, .5, math.Sqrt(squares/(n/2)), .03)
	assert.InDelta(t, .5*math.Sqrt2, math.Sqrt(apart/(n/2)), .05, "two seeds draw apart")

	row := make([]float64, 2)
	require.NoError(t, a.TransformRow(row, x.RawRowView(0)))
	assert.Equal(t, ya.RawRowView(0), row, "a row is row 0")
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = a.TransformRow(row, x.RawRowView(0)) }))

	data, err := json.Marshal(a)
	require.NoError(t, err)
	var read Iterative
	require.NoError(t, json.Unmarshal(data, &read))
	again, err := read.Transform(nil, x)
	require.NoError(t, err)
	assert.True(t, sameBits(ya, again), "the draws follow from the seed")

	bounded := fit(&Iterative{Min: []float64{-9, -.2}, Max: []float64{9, .3}})
	var inside int
	for i := 0; i < n; i += 2 {
		v := bounded.At(i, 1)
		require.True(t, v >= -.2 && v <= .3, "%v", v)
		if v > -.2 && v < .3 {
			inside++
		}
	}
	assert.Greater(t, inside, 100, "what is predicted between the bounds is drawn between them")
}

// TestIterativeNearest draws each predictor in proportion to its correlation.
func TestIterativeNearest(t *testing.T) {
	const n = 3000
	r := rand.New(rand.NewPCG(4, 4))
	x := mat.NewDense(n, 4, nil)
	for i := range n {
		a, b := r.NormFloat64(), r.NormFloat64()
		x.SetRow(i, []float64{a, .8*a + .6*b, .4*a + math.Sqrt(.84)*r.NormFloat64(), 7})
	}
	x.Set(0, 0, math.NaN())
	var chosen [4]float64
	const seeds = 600
	for seed := range uint64(seeds) {
		m := Iterative{Nearest: 1, Seed: seed, MaxIter: 1, SkipComplete: true}
		require.NoError(t, m.Fit(x))
		require.Len(t, m.Models, 1)
		require.Len(t, m.Models[0].From, 1)
		chosen[m.Models[0].From[0]]++
	}
	// Odds .8 : .4 : 1e-6; the standard error of the share is 0.019.
	assert.Zero(t, chosen[0])
	assert.InDelta(t, 2./3, chosen[1]/seeds, .06)
	assert.InDelta(t, 1./3, chosen[2]/seeds, .06)

	all := random(8, 60, 4, .2)
	a, b := &Iterative{MaxIter: 2}, &Iterative{MaxIter: 2, Nearest: 3}
	require.NoError(t, a.Fit(all))
	require.NoError(t, b.Fit(all))
	assert.Equal(t, a.Models, b.Models, "as many as there are is all")
	some := &Iterative{MaxIter: 2, Nearest: 2}
	require.NoError(t, some.Fit(all))
	data, err := json.Marshal(some)
	require.NoError(t, err)
	var read Iterative
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Equal(t, some, &read)
}
