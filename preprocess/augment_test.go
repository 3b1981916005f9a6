package preprocess

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge"
)

// people has a number, a category, an integer, an identifier and a gap.
func people(n int) (*mat.Dense, []int) {
	x := mat.NewDense(n, 4, nil)
	class := make([]int, n)
	for i := range n {
		class[i] = i % 2
		x.SetRow(i, []float64{math.Sin(float64(i)) * 10, float64(class[i]*10 + i%3), float64(20 + i%50), float64(i)})
	}
	x.Set(3, 0, math.NaN())
	x.Set(4, 1, math.NaN())
	return x, class
}

func TestJitterKeepsTheKindsOfColumns(t *testing.T) {
	x, class := people(1000)
	before := mat.DenseCopyOf(x)
	j := Jitter{Scale: .1, Rate: .3, Categorical: []int{1}, Integer: []int{2}, Fixed: []int{3}, Within: class, Copies: 3, Clip: true, Seed: 5}
	out, err := j.Augment(x)
	require.NoError(t, err)
	r, c := out.Dims()
	assert.Equal(t, [2]int{3000, 4}, [2]int{r, c})
	again, err := j.Augment(x)
	require.NoError(t, err)
	changed := 0
	var noise []float64
	for i := range 3000 {
		src := i % 1000
		for c := range 4 {
			assert.True(t, out.At(i, c) == again.At(i, c) || math.IsNaN(out.At(i, c)))
			assert.Equal(t, math.IsNaN(x.At(src, c)), math.IsNaN(out.At(i, c)))
			assert.True(t, x.At(src, c) == before.At(src, c) || math.IsNaN(x.At(src, c)))
		}
		if src != 3 {
			noise = append(noise, out.At(i, 0)-x.At(src, 0))
			assert.True(t, math.Abs(out.At(i, 0)) <= 10)
		}
		if src != 4 {
			v := out.At(i, 1)
			assert.True(t, v == math.Trunc(v) && int(v)/10 == class[src], "a category of another class: %v", v)
			if v != x.At(src, 1) {
				changed++
			}
		}
		assert.Equal(t, math.Trunc(out.At(i, 2)), out.At(i, 2))
		assert.Equal(t, float64(src), out.At(i, 3))
	}
	// a draw differs from what was there in two of three cases
	assert.InDelta(t, .2*3000, changed, 60)
	assert.InDelta(t, 0, stat.Mean(noise, nil), .05)
	assert.InDelta(t, .1*10/math.Sqrt2, stat.StdDev(noise, nil), .06)
}

func TestMixup(t *testing.T) {
	x, class := people(400)
	y := make([]float64, 400)
	for i := range y {
		y[i] = float64(class[i])
	}
	m, err := Mixup{Seed: 1, Rows: 900}.Augment(x)
	require.NoError(t, err)
	target, err := m.Targets(y)
	require.NoError(t, err)
	var between int
	for k := range 900 {
		l := m.Lambda[k]
		require.True(t, l >= 0 && l <= 1)
		want := l*x.At(m.I[k], 2) + (1-l)*x.At(m.J[k], 2)
		assert.InDelta(t, want, m.X.At(k, 2), 1e-12)
		if target[k] > 0 && target[k] < 1 {
			between++
		}
	}
	assert.Greater(t, between, 200)
	// the mean of Beta(a, a) is 1/2, its variance 1/(4(2a+1))
	assert.InDelta(t, .5, stat.Mean(m.Lambda, nil), .05)
	assert.InDelta(t, 1/(4*1.4), stat.PopVariance(m.Lambda, nil), .02)

	m, err = Mixup{Seed: 1, Same: class}.Augment(x)
	require.NoError(t, err)
	for k := range m.I {
		assert.Equal(t, class[m.I[k]], class[m.J[k]])
	}
	tiny, err := Mixup{Alpha: 1e-300}.Augment(x)
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(tiny.Lambda, math.IsNaN))
	_, err = m.Targets(y[:5])
	assert.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestCutMixInventsNoValue(t *testing.T) {
	x, _ := people(300)
	m, err := CutMix{Seed: 2}.Augment(x)
	require.NoError(t, err)
	for k := range m.I {
		kept := 0
		for c := range 4 {
			v, a, b := m.X.At(k, c), x.At(m.I[k], c), x.At(m.J[k], c)
			assert.True(t, v == a || v == b || v != v)
			if v == a || v != v && a != a {
				kept++
			}
		}
		assert.GreaterOrEqual(t, float64(kept)/4, m.Lambda[k])
	}
}

func TestAugmentBadInput(t *testing.T) {
	x := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	inf := mat.NewDense(1, 1, []float64{math.Inf(1)})
	huge := mat.NewDense(2, 1, []float64{math.MaxFloat64, -math.MaxFloat64})
	for name, c := range map[string]struct {
		j    Jitter
		x    mat.Matrix
		want error
	}{
		"nothing":        {Jitter{}, nil, mlgauge.ErrEmpty},
		"infinite":       {Jitter{}, inf, mlgauge.ErrNotFinite},
		"negative scale": {Jitter{Scale: -1}, x, mlgauge.ErrRange},
		"NaN scale":      {Jitter{Scale: math.NaN()}, x, mlgauge.ErrRange},
		"rate":           {Jitter{Rate: 2}, x, mlgauge.ErrRange},
		"column":         {Jitter{Categorical: []int{2}}, x, mlgauge.ErrRange},
		"column twice":   {Jitter{Categorical: []int{1}, Fixed: []int{1}}, x, mlgauge.ErrRange},
		"classes":        {Jitter{Within: []int{1}}, x, mlgauge.ErrLength},
		"copies":         {Jitter{Copies: -1}, x, mlgauge.ErrRange},
		"many copies":    {Jitter{Copies: math.MaxInt}, x, mlgauge.ErrRange},
		"overflow":       {Jitter{Scale: 1e300}, huge, mlgauge.ErrNotFinite},
	} {
		_, err := c.j.Augment(c.x)
		assert.ErrorIs(t, err, c.want, name)
	}
	for name, c := range map[string]struct {
		m    Mixup
		x    mat.Matrix
		want error
	}{
		"nothing":        {Mixup{}, nil, mlgauge.ErrEmpty},
		"infinite":       {Mixup{}, inf, mlgauge.ErrNotFinite},
		"negative alpha": {Mixup{Alpha: -1}, x, mlgauge.ErrRange},
		"negative rows":  {Mixup{Rows: -1}, x, mlgauge.ErrRange},
		"many rows":      {Mixup{Rows: math.MaxInt}, x, mlgauge.ErrRange},
		"classes":        {Mixup{Same: []int{1}}, x, mlgauge.ErrLength},
	} {
		_, err := c.m.Augment(c.x)
		assert.ErrorIs(t, err, c.want, name)
		_, err = CutMix(c.m).Augment(c.x)
		assert.ErrorIs(t, err, c.want, name)
	}
}
