package preprocess

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// TestOutliersWeighted counts weights as repeated rows, for every fence.
func TestOutliersWeighted(t *testing.T) {
	x := random(31, 40, 4, .1)
	w := make([]float64, 40)
	var rows []int
	for i := range w {
		w[i] = float64(i * 7 % 4)
		for range i * 7 % 4 {
			rows = append(rows, i)
		}
	}
	for i := range 40 { // more than half of a column is the same
		if i%3 != 0 {
			x.Set(i, 3, 2)
		}
	}
	repeated, err := TakeRows(nil, x, rows)
	require.NoError(t, err)
	for _, o := range []Outliers{{}, {Fence: ZScore}, {Fence: ZScore, Sample: true}, {Fence: ModifiedZ}, {Fence: QuantileFence, Low: .1, High: .83}} {
		a, b, ones, plain := o, o, o, o
		require.NoError(t, a.FitWeighted(x, w))
		require.NoError(t, b.Fit(repeated))
		near(t, fmt.Sprint(o.Fence), append(b.Lower, b.Upper...), append(a.Lower, a.Upper...))
		require.NoError(t, ones.FitWeighted(x, fill(40, 1)))
		require.NoError(t, plain.Fit(x))
		near(t, fmt.Sprint(o.Fence, " of ones"), append(plain.Lower, plain.Upper...), append(ones.Lower, ones.Upper...))
	}

	var whole, parts Outliers
	whole.Fence, parts.Fence = ZScore, ZScore
	require.NoError(t, whole.FitWeighted(x, w))
	require.NoError(t, parts.PartialFitWeighted(x.Slice(0, 15, 0, 4), w[:15]))
	require.NoError(t, parts.PartialFitWeighted(x.Slice(15, 40, 0, 4), w[15:]))
	require.NoError(t, parts.PartialFitWeighted(x, make([]float64, 40)), "a batch of weight 0 changes nothing")
	near(t, "batches", append(whole.Lower, whole.Upper...), append(parts.Lower, parts.Upper...))

	// The quartiles are positions 2 and 4 of 5 in all, at the values 2 and 8.
	var q Outliers
	require.NoError(t, q.FitWeighted(mat.NewDense(4, 1, []float64{1, 2, 4, 8}), []float64{.5, 1.5, 1.25, 1.75}))
	assert.Equal(t, []float64{2 - 9, 8 + 9}, []float64{q.Lower[0], q.Upper[0]})

	empty := mat.NewDense(2, 1, []float64{math.NaN(), 5})
	require.NoError(t, q.FitWeighted(empty, []float64{3, 0}))
	assert.True(t, math.IsNaN(q.Lower[0]), "a column without a counted value")
}

func near(t *testing.T, what string, want, got []float64) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i, v := range want {
		assert.InDelta(t, v, got[i], 1e-12*max(1, math.Abs(v)), what)
	}
}
