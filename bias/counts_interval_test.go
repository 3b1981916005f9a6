package bias

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// The same resamples give the same interval, whichever way the measure is asked for.
func TestCountsIntervalAgainstFacet(t *testing.T) {
	b := grouped(300, 0.1, 2)
	for _, weights := range [][]float64{nil, make([]float64, 300)} {
		for i := range weights {
			weights[i] = float64(1 + i%3)
		}
		b.Weights = weights
		var c Counts
		require.NoError(t, c.Add(b))
		before, err := c.MarshalBinary()
		require.NoError(t, err)
		f, err := c.Facet([]string{"c"}, []string{"1"})
		require.NoError(t, err)
		want, err := f.Interval((*Facet).DPPL, Bootstrap{Seed: 5})
		require.NoError(t, err)
		got, err := c.Interval(func(c *Counts) (float64, error) {
			f, err := c.Facet([]string{"c"}, []string{"1"})
			if err != nil {
				return 0, err
			}
			return f.DPPL()
		}, Bootstrap{Seed: 5})
		require.NoError(t, err)
		require.InDelta(t, want.Low, got.Low, 1e-12)
		require.InDelta(t, want.High, got.High, 1e-12)
		require.Equal(t, want.Value, got.Value)
		after, err := c.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, before, after)
	}
}

func TestCountsIntervalOfMulticlassMeasures(t *testing.T) {
	var c Counts
	require.NoError(t, c.Add(grouped(3000, 0.2, 3)))
	v, err := c.Interval(func(c *Counts) (float64, error) { p, err := c.MulticlassParity(); return p["1"], err }, Bootstrap{})
	require.NoError(t, err)
	require.Less(t, v.Low, 0.4) // the true difference between a and c
	require.Greater(t, v.High, 0.4)
	v, err = c.Interval(func(c *Counts) (float64, error) { i, err := c.LabelImbalance(); return i.Effective, err }, Bootstrap{})
	require.NoError(t, err)
	require.InDelta(t, 2, v.Value, 0.01)
	require.LessOrEqual(t, v.Low, v.Value)

	parity := func(c *Counts) (float64, error) { _, err := c.MulticlassParity(); return 0, err }
	_, err = new(Counts).Interval(parity, Bootstrap{})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = c.Interval(parity, Bootstrap{Level: 1})
	require.ErrorIs(t, err, mlgauge.ErrRange)
}
