package drift_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
)

func TestChunks(t *testing.T) {
	c, err := drift.ChunksBySize(10, 4)
	require.NoError(t, err)
	require.Equal(t, []drift.Chunk{{"0-3", 0, 4}, {"4-7", 4, 8}, {"8-9", 8, 10}}, c)
	c, err = drift.ChunksBySize(3, math.MaxInt)
	require.NoError(t, err)
	require.Equal(t, []drift.Chunk{{"0-2", 0, 3}}, c)
	c, err = drift.ChunksByNumber(10, 3)
	require.NoError(t, err)
	require.Equal(t, []drift.Chunk{{"0-3", 0, 4}, {"4-6", 4, 7}, {"7-9", 7, 10}}, c)
	at := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 12, 0, 0, 0, time.UTC) }
	times := []time.Time{at(1, 1), at(1, 7), at(1, 8), at(3, 31), at(4, 1)}
	for p, want := range map[drift.Period][]string{
		drift.Day:     {"2024-01-01", "2024-01-07", "2024-01-08", "2024-03-31", "2024-04-01"},
		drift.Week:    {"2024-W01", "2024-W02", "2024-W13", "2024-W14"},
		drift.Month:   {"2024-01", "2024-03", "2024-04"},
		drift.Quarter: {"2024-Q1", "2024-Q2"},
		drift.Year:    {"2024"},
		drift.Hour:    {"2024-01-01T12", "2024-01-07T12", "2024-01-08T12", "2024-03-31T12", "2024-04-01T12"},
	} {
		c, err := drift.ChunksByPeriod(times, p)
		require.NoError(t, err)
		var labels []string
		end := 0
		for _, v := range c {
			require.Equal(t, end, v.Lo)
			end = v.Hi
			labels = append(labels, v.Label)
		}
		require.Equal(t, len(times), end)
		require.Equal(t, want, labels)
	}
}

func TestChunkLimits(t *testing.T) {
	// 1, 2, 3: mean 2, population standard deviation sqrt(2/3).
	l, err := drift.ChunkLimits([]float64{1, 2, math.NaN(), 3}, drift.LimitOptions{})
	require.NoError(t, err)
	require.InDelta(t, 2-math.Sqrt(6), l.Lower, 1e-14)
	require.InDelta(t, 2+math.Sqrt(6), l.Upper, 1e-14)
	require.Equal(t, []int{1, 3}, l.Alerts([]float64{2, -1, math.NaN(), 5, l.Upper}))
	lo, hi := 0.0, 3.0
	l, err = drift.ChunkLimits([]float64{1, 2, 3}, drift.LimitOptions{Sigmas: 2, Min: &lo, Max: &hi})
	require.NoError(t, err)
	require.Equal(t, 3.0, l.Upper)
	require.InDelta(t, 2-2*math.Sqrt(2./3), l.Lower, 1e-14)
}

func TestPerformanceBad(t *testing.T) {
	for _, c := range []struct {
		want error
		got  func() error
	}{
		{mlgauge.ErrEmpty, func() error { _, err := drift.ChunksBySize(0, 1); return err }},
		{mlgauge.ErrRange, func() error { _, err := drift.ChunksBySize(5, 0); return err }},
		{mlgauge.ErrEmpty, func() error { _, err := drift.ChunksByNumber(-1, 1); return err }},
		{mlgauge.ErrRange, func() error { _, err := drift.ChunksByNumber(5, 6); return err }},
		{mlgauge.ErrEmpty, func() error { _, err := drift.ChunksByPeriod(nil, drift.Day); return err }},
		{mlgauge.ErrRange, func() error { _, err := drift.ChunksByPeriod(make([]time.Time, 1), 9); return err }},
		{mlgauge.ErrRange, func() error {
			_, err := drift.ChunksByPeriod([]time.Time{time.Unix(1, 0), time.Unix(0, 0)}, drift.Day)
			return err
		}},
		{mlgauge.ErrEmpty, func() error { _, err := drift.ChunkLimits([]float64{1, math.NaN()}, drift.LimitOptions{}); return err }},
		{mlgauge.ErrNotFinite, func() error { _, err := drift.ChunkLimits([]float64{1, math.Inf(1)}, drift.LimitOptions{}); return err }},
		{mlgauge.ErrRange, func() error {
			_, err := drift.ChunkLimits([]float64{1, 2}, drift.LimitOptions{Sigmas: -1})
			return err
		}},
		{mlgauge.ErrRange, func() error {
			lo := 9.0
			_, err := drift.ChunkLimits([]float64{1, 2}, drift.LimitOptions{Min: &lo})
			return err
		}},
		{mlgauge.ErrEmpty, func() error { _, err := drift.ChunkValues(nil, nil); return err }},
		{mlgauge.ErrRange, func() error { _, err := drift.ChunkValues([]drift.Chunk{{}}, nil); return err }},
	} {
		require.ErrorIs(t, c.got(), c.want)
	}
	c, _ := drift.ChunksBySize(4, 2)
	v, err := drift.ChunkValues(c, func(lo, _ int) (float64, error) {
		if lo == 0 {
			return 0, fmt.Errorf("one class: %w", mlgauge.ErrUndefined)
		}
		return 7, nil
	})
	require.NoError(t, err)
	require.True(t, math.IsNaN(v[0]))
	require.Equal(t, 7.0, v[1])
	_, err = drift.ChunkValues(c, func(int, int) (float64, error) { return 0, errors.New("no") })
	require.ErrorContains(t, err, "chunk 0-1")
}
