package preprocess

import (
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
