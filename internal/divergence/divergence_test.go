package divergence

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// Hand-computed: p = (1/2, 1/4, 1/4), q = (1/4, 1/4, 1/2).
func TestByHand(t *testing.T) {
	p, q := []float64{.5, .25, .25}, []float64{.25, .25, .5}
	assert.InDelta(t, 0.25, TVD(p, q), 1e-15)
	assert.InDelta(t, 0.25*math.Ln2, KL(p, q), 1e-15)
	assert.InDelta(t, 0.5*math.Ln2, PSI(p, q), 1e-15)
	assert.InDelta(t, math.Sqrt(.125), Lp(p, q, 2), 1e-15)
	assert.InDelta(t, .5, Lp(p, q, 1), 1e-15)
	assert.InDelta(t, .25, Lp(p, q, math.Inf(1)), 1e-15)
	assert.InDelta(t, math.Cbrt(2*.25*.25*.25), Lp(p, q, 3), 1e-15)
	assert.InDelta(t, math.Sqrt(.5)-.5, Hellinger(p, q), 1e-15)
	m := .375
	js := .5*math.Log(.5/m) + .25*math.Log(.25/m)
	assert.InDelta(t, js, JS(p, q), 1e-15)
	assert.InDelta(t, math.Sqrt(js), JSDistance(p, q), 1e-15)
}

func TestDisjointAndEqual(t *testing.T) {
	p, q := []float64{1, 0}, []float64{0, 1}
	assert.Equal(t, 1.0, TVD(p, q))
	assert.Equal(t, 1.0, Hellinger(p, q))
	assert.Equal(t, math.Ln2, JS(p, q))
	assert.True(t, math.IsInf(KL(p, q), 1))
	assert.True(t, math.IsInf(PSI(p, q), 1))
	for _, f := range []func(a, b []float64) float64{TVD, KL, JS, JSDistance, Hellinger, PSI} {
		assert.Equal(t, 0.0, f(p, p))
	}
	assert.InDelta(t, math.Log(1e308)+math.Log(1e300), KL([]float64{1}, []float64{1e-300})+math.Log(1e308), 1e-9)
}

func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		k := 1 + r.IntN(12)
		a, b := make([]float64, k), make([]float64, k)
		for i := range a {
			a[i], b[i] = float64(r.IntN(5)), float64(r.IntN(5))
		}
		a[0]++
		b[0]++
		p, q, err := Smoothing{Additive, .5}.Apply("f", a, b, nil, nil)
		require.NoError(t, err)
		assert.InDelta(t, KL(p, q)+KL(q, p), PSI(p, q), 1e-13)
		tv, h := TVD(p, q), Hellinger(p, q)
		assert.True(t, h*h <= tv+1e-15 && tv <= math.Sqrt2*h+1e-15)
		assert.True(t, 2*tv*tv <= KL(p, q)+1e-15, "Pinsker")
		assert.InDelta(t, JS(p, q), JS(q, p), 1e-15)
	}
}

func TestSmoothing(t *testing.T) {
	a, b := []float64{0, 3, 1}, []float64{2, 2, 0}
	p, q, err := Smoothing{Additive, 1}.Apply("f", a, b, nil, nil)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{1. / 7, 4. / 7, 2. / 7}, p, 1e-15)
	assert.InDeltaSlice(t, []float64{3. / 7, 3. / 7, 1. / 7}, q, 1e-15)
	p, q, err = Smoothing{Floor, .1}.Apply("f", a, b, p, q)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{.1 / 1.1, .75 / 1.1, .25 / 1.1}, p, 1e-15)
	assert.InDeltaSlice(t, []float64{.5 / 1.1, .5 / 1.1, .1 / 1.1}, q, 1e-15)
	p, _, err = Smoothing{FloorRaw, .1}.Apply("f", a, b, nil, nil)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{.1, .75, .25}, p, 1e-15)
	assert.Equal(t, []float64{0, 3, 1}, a)

	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		s    Smoothing
		a, b []float64
		want error
	}{
		{Smoothing{}, nil, nil, mlgauge.ErrEmpty},
		{Smoothing{}, a, b[:2], mlgauge.ErrLength},
		{Smoothing{}, []float64{0}, []float64{1}, mlgauge.ErrUndefined},
		{Smoothing{}, []float64{-1}, []float64{1}, mlgauge.ErrRange},
		{Smoothing{}, []float64{1}, []float64{nan}, mlgauge.ErrNotFinite},
		{Smoothing{}, []float64{inf}, []float64{1}, mlgauge.ErrNotFinite},
		{Smoothing{9, 0}, a, b, mlgauge.ErrRange},
		{Smoothing{Additive, -1}, a, b, mlgauge.ErrRange},
		{Smoothing{Additive, inf}, a, b, mlgauge.ErrNotFinite},
		{Smoothing{Additive, nan}, a, b, mlgauge.ErrNotFinite},
		{Smoothing{Floor, 2}, a, b, mlgauge.ErrRange},
		{Smoothing{Floor, nan}, a, b, mlgauge.ErrNotFinite},
	} {
		_, _, err := c.s.Apply("f", c.a, c.b, nil, nil)
		assert.Truef(t, errors.Is(err, c.want), "%+v: %v", c, err)
	}
}
