package experiment

import (
	"context"
	"encoding"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/metrics"
)

func normals(seed uint64, n int, mean, sd float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 77))
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + sd*r.NormFloat64()
	}
	return x
}

func TestSampleMergesAndWeighs(t *testing.T) {
	x := normals(1, 5001, 1e6, 1e-2)
	before := slices.Clone(x)
	whole := sampleOf(t, x)
	require.Equal(t, before, x)
	var merged, batches Sample
	for lo := 0; lo < len(x); lo += 700 {
		part := x[lo:min(lo+700, len(x))]
		require.NoError(t, batches.Add(part))
		require.NoError(t, merged.Merge(sampleOf(t, part)))
	}
	twice, repeated := Sample{}, sampleOf(t, append(slices.Clone(x), x...))
	w := make([]float64, len(x))
	for i := range w {
		w[i] = 2
	}
	require.NoError(t, twice.AddWeighted(x, w))
	for _, pair := range [][2]*Sample{{whole, &merged}, {whole, &batches}, {repeated, &twice}} {
		require.Equal(t, pair[0].N(), pair[1].N())
		a, _ := pair[0].Mean()
		b, _ := pair[1].Mean()
		golden.Equal(t, "mean", a, b, 1e-15)
		a, _ = pair[0].Variance()
		b, _ = pair[1].Variance()
		// At an offset of 1e8 deviations, values themselves carry 1e-8 of one.
		golden.Equal(t, "variance", a, b, 1e-11)
	}
	s, err := NewSample(5, 2, 3)
	require.NoError(t, err)
	v, err := s.Variance()
	require.NoError(t, err)
	golden.Equal(t, "variance", 9, v, 1e-15)
	s.Reset()
	require.Zero(t, s.N())
}

func TestSampleBadInput(t *testing.T) {
	s := sampleOf(t, []float64{1, 2, 4})
	before := *s
	require.ErrorIs(t, s.Add([]float64{1, math.NaN()}), mlgauge.ErrNotFinite)
	require.ErrorIs(t, s.Add([]float64{1e300, -1e300}), mlgauge.ErrNotFinite)
	require.ErrorIs(t, s.AddWeighted([]float64{1}, nil), mlgauge.ErrLength)
	require.ErrorIs(t, s.AddWeighted([]float64{1}, []float64{-1}), mlgauge.ErrRange)
	require.Equal(t, before, *s)
	var empty Sample
	_, err := empty.Mean()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = empty.Variance()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	one := sampleOf(t, []float64{1})
	_, err = one.Interval(0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = s.Interval(2)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	flat := sampleOf(t, []float64{1, 1, 1})
	for _, c := range []struct {
		control, treatment *Sample
		want               error
	}{{s, nil, mlgauge.ErrEmpty}, {&empty, s, mlgauge.ErrEmpty}, {one, one, mlgauge.ErrUndefined}, {flat, flat, mlgauge.ErrUndefined}} {
		_, err := Welch(c.control, c.treatment, TwoSided)
		require.ErrorIs(t, err, c.want)
		_, err = TTest(c.control, c.treatment, TwoSided)
		require.ErrorIs(t, err, c.want)
	}
	_, err = Welch(s, one, TwoSided)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = Welch(s, s, 9)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	v, err := WelchInterval(flat, flat, 0.95)
	require.NoError(t, err)
	require.True(t, v.Low == 0 && v.High == 0)
	_, err = NewSample(0, 0, 0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	zero := sampleOf(t, []float64{-1, 1, 0.5})
	_, err = LiftInterval(zero, s, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
}

// Fieller's limits are the ratios at which mt - r mc is t standard errors from 0.
func TestLiftAgainstDefinition(t *testing.T) {
	c, x := sampleOf(t, normals(2, 60, 10, 2)), sampleOf(t, normals(3, 45, 11, 3))
	v, err := LiftInterval(c, x, 0.9)
	require.NoError(t, err)
	golden.Equal(t, "lift", x.m.Mean()/c.m.Mean()-1, v.Value, 1e-12)
	_, df := welch(c, x)
	for _, l := range []float64{v.Low, v.High} {
		r := l + 1
		z := (x.m.Mean() - r*c.m.Mean()) / math.Sqrt(x.m.Variance(1)/x.m.W+r*r*c.m.Variance(1)/c.m.W)
		golden.Equal(t, "t", tQuantile(0.95, df), math.Abs(z), 1e-10)
	}
}

func TestHodgesLehmannAgainstAllPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 200 {
		x, y := make([]float64, 1+r.IntN(30)), make([]float64, 1+r.IntN(30))
		for i := range x {
			x[i] = float64(r.IntN(21)-10) / 4
		}
		for i := range y {
			y[i] = float64(r.IntN(21)-10) / 4
		}
		var all []float64
		for _, a := range x {
			for _, b := range y {
				all = append(all, a-b)
			}
		}
		slices.Sort(all)
		sx, sy := ascending(x), ascending(y)
		for _, i := range []int{0, len(all) / 3, len(all) - 1} {
			require.Equal(t, all[i], nthDifference(sx, sy, i))
		}
	}
	// Hollander and Wolfe (1999), example 4.1 (water transport through membranes):
	// U = 35 of 50, shift 0.305, interval at 0.9505 from -0.76 to 0.15 the other way.
	atTerm := []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	early := []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	v, err := HodgesLehmann(early, atTerm, 0.95)
	require.NoError(t, err)
	require.InDelta(t, 0.305, v.Value, 1e-12)
	require.InDelta(t, -0.15, v.Low, 1e-12)
	require.InDelta(t, 0.76, v.High, 1e-12)
	u, err := MannWhitney(early, atTerm, Greater)
	require.NoError(t, err)
	require.Equal(t, 35.0, u.Statistic)
	require.InDelta(t, 0.1272, u.PValue, 5e-5)
}

func TestRanksBadInput(t *testing.T) {
	ok := []float64{1, 2}
	for _, c := range []struct {
		control, treatment []float64
		want               error
	}{{nil, ok, mlgauge.ErrEmpty}, {ok, nil, mlgauge.ErrEmpty}, {ok, []float64{1, math.NaN()}, mlgauge.ErrNotFinite}} {
		_, err := MannWhitney(c.control, c.treatment, TwoSided)
		require.ErrorIs(t, err, c.want)
		_, err = HodgesLehmann(c.control, c.treatment, 0.95)
		require.ErrorIs(t, err, c.want)
		_, err = Superiority(c.control, c.treatment, 0.95)
		require.ErrorIs(t, err, c.want)
		_, err = BootstrapDifference(context.Background(), c.control, c.treatment, mean, metrics.Bootstrap{})
		require.ErrorIs(t, err, c.want)
	}
	_, err := MannWhitney(ok, ok, 8)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = HodgesLehmann([]float64{-1.7e308}, []float64{1.7e308}, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = BootstrapDifference(context.Background(), ok, ok, nil, metrics.Bootstrap{})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = BootstrapDifference(context.Background(), ok, ok, mean, metrics.Bootstrap{Strata: []int{1}})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	r, err := MannWhitney([]float64{1, 1}, []float64{1}, TwoSided)
	require.NoError(t, err)
	require.Equal(t, 1.0, r.PValue)
	for _, p := range [][]float64{nil, {0.5, 2}, {math.NaN()}} {
		_, err := Adjust(p, Holm)
		require.Error(t, err)
	}
	_, err = Adjust(ok[:1], 99)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

func mean(x []float64) (float64, error) {
	if len(x) == 0 {
		return 0, mlgauge.ErrEmpty
	}
	var s float64
	for _, v := range x {
		s += v
	}
	return s / float64(len(x)), nil
}

// The bootstrap of a difference of means is near Welch's interval.
func TestBootstrapDifferenceEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := BootstrapDifference(ctx, []float64{1, 2, 3}, []float64{2, 3, 4}, func(x []float64) (float64, error) {
		if calls++; calls == 2 { // the estimate is made on one goroutine
			cancel()
		}
		return x[0], nil
	}, metrics.Bootstrap{Replicas: 1e6})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 2, calls)
}

func TestBootstrapDifference(t *testing.T) {
	c, x := normals(5, 200, 1, 1), normals(6, 150, 1.5, 2)
	b, err := BootstrapDifference(context.Background(), c, x, mean, metrics.Bootstrap{Replicas: 999, Seed: 3})
	require.NoError(t, err)
	w, err := WelchInterval(sampleOf(t, c), sampleOf(t, x), 0.95)
	require.NoError(t, err)
	require.InDelta(t, w.Value, b.Value, 1e-12)
	require.InDelta(t, w.Low, b.Low, 0.06)
	require.InDelta(t, w.High, b.High, 0.06)
}

func TestConversions(t *testing.T) {
	var a, b, whole Conversions
	require.NoError(t, a.Add([]bool{true, false, true}))
	require.NoError(t, b.AddWeighted([]bool{true, false}, []float64{2, 3}))
	require.NoError(t, whole.AddCounts(4, 8))
	require.NoError(t, a.Merge(&b))
	require.Equal(t, whole, a)
	require.ErrorIs(t, a.AddCounts(3, 2), mlgauge.ErrRange)
	require.ErrorIs(t, a.AddCounts(-1, 2), mlgauge.ErrRange)
	require.ErrorIs(t, a.AddWeighted([]bool{true}, []float64{-1}), mlgauge.ErrRange)
	require.ErrorIs(t, a.AddWeighted([]bool{true, true}, []float64{math.MaxFloat64, math.MaxFloat64}), mlgauge.ErrNotFinite)
	require.Equal(t, whole, a)
	a.Reset()
	require.Equal(t, metrics.Rate{}, a.Rate())
}

func TestCovaried(t *testing.T) {
	y, x := normals(8, 5000, 1e5, 1), normals(9, 5000, -3, 2)
	var whole, merged Covaried
	require.NoError(t, whole.Add(y, x))
	for lo := 0; lo < len(y); lo += 613 {
		var part Covaried
		hi := min(lo+613, len(y))
		require.NoError(t, part.Add(y[lo:hi], x[lo:hi]))
		require.NoError(t, merged.Merge(&part))
	}
	require.Equal(t, whole.N(), merged.N())
	golden.Equal(t, "yy", whole.yy, merged.yy, 1e-10)
	golden.Equal(t, "xx", whole.xx, merged.xx, 1e-12)
	golden.EqualSlice(t, "xy", []float64{whole.yy, whole.xy}, []float64{whole.yy, merged.xy}, 1e-10)
	before := whole
	require.ErrorIs(t, whole.Add(y, nil), mlgauge.ErrLength)
	require.ErrorIs(t, whole.Add([]float64{1}, []float64{math.Inf(1)}), mlgauge.ErrNotFinite)
	require.ErrorIs(t, whole.Add([]float64{1e300}, []float64{1}), mlgauge.ErrNotFinite)
	require.Equal(t, before, whole)
	var one Covaried
	require.NoError(t, one.Add([]float64{1}, []float64{1}))
	_, err := CUPED(&one, &whole, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = CUPED(&Covaried{}, &whole, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = CUPED(&whole, nil, 0.95)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = CUPED(&whole, &whole, 0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	// A constant covariate explains nothing.
	var c, d Covaried
	require.NoError(t, c.Add([]float64{1, 2, 4}, []float64{7, 7, 7}))
	require.NoError(t, d.Add([]float64{2, 2, 5}, []float64{7, 7, 7}))
	r, err := CUPED(&c, &d, 0.95)
	require.NoError(t, err)
	require.Zero(t, r.Theta)
	golden.Equal(t, "difference", r.Unadjusted, r.Value, 1e-12)
}

type binary interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

func FuzzUnmarshal(f *testing.F) {
	var s Sample
	_ = s.Add([]float64{1, 2, 3})
	var c Conversions
	_ = c.AddCounts(3, 5)
	var v Covaried
	_ = v.Add([]float64{1, 2}, []float64{3, 5})
	for _, m := range []binary{&s, &c, &v} {
		b, _ := m.MarshalBinary()
		f.Add(b)
		f.Add(b[:len(b)-1])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, m := range []binary{&Sample{}, &Conversions{}, &Covaried{}} {
			empty, err := m.MarshalBinary()
			require.NoError(t, err)
			if err := m.UnmarshalBinary(data); err != nil {
				require.True(t, errors.Is(err, mlgauge.ErrCorrupt))
				after, _ := m.MarshalBinary()
				require.Equal(t, empty, after)
				continue
			}
			back, err := m.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, back)
		}
	})
}
