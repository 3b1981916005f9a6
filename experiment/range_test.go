package experiment

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/metrics"
)

// Numbers at the ends of their range give an answer or an error, and end.
func TestEndsOfTheRange(t *testing.T) {
	p, err := Design{Ratio: 2}.MeansPower(1, math.MaxFloat64/2)
	require.NoError(t, err)
	require.Equal(t, 1.0, p)
	p, err = Design{Alternative: Less}.MeansPower(1e300, 1e300)
	require.NoError(t, err)
	require.Zero(t, p)
	// A level above 1/2 has a critical value on the other side.
	p, err = Design{Alpha: 0.6, Alternative: Greater}.MeansPower(0.3, 400)
	require.NoError(t, err)
	z, err := Design{Alpha: 0.6, Alternative: Greater}.NormalPower(0.3, 400)
	require.NoError(t, err)
	golden.Equal(t, "power", z, p, 1e-5)
	_, err = BestProportion([]metrics.Rate{{Trials: 2}, {Hits: 1e300, Trials: 1e300}}, Prior{}, Maximize, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = BestMean([]*Sample{sampleOf(t, []float64{1e150, 2e150}), sampleOf(t, []float64{0, 1, 2})}, Maximize, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = RatioInterval(metrics.Rate{Hits: 1e-300, Trials: 1e300}, metrics.Rate{Hits: 5, Trials: 10}, Katz, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = MeanSequence(sampleOf(t, []float64{0, 1, 2}), 1e300, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	v, err := LiftInterval(sampleOf(t, []float64{1e-100, 1.1e-100, 0.9e-100}), sampleOf(t, []float64{1e99, 1.1e99, 0.9e99}), 0.5)
	require.NoError(t, err)
	require.True(t, v.Low < v.Value && v.Value < v.High && v.High < 2e199)
}
