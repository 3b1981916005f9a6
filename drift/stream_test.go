package drift

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// detectors lists every detector with the options of the golden cases.
var detectors = map[string]func() Detector{
	"DDM":             func() Detector { return &DDM{} },
	"EDDM":            func() Detector { return &EDDM{} },
	"HDDMA":           func() Detector { return &HDDMA{MOA: true} },
	"HDDMA two-sided": func() Detector { return &HDDMA{MOA: true, TwoSided: true} },
	"HDDMW":           func() Detector { return &HDDMW{} },
	"HDDMW two-sided": func() Detector { return &HDDMW{TwoSided: true} },
	"ADWIN":           func() Detector { return &ADWIN{ResetOnDrift: true} },
	"ADWIN strict": func() Detector {
		return &ADWIN{ResetOnDrift: true, Delta: .05, Clock: 8, MaxBuckets: 3, MinWindow: 10, Grace: 50}
	},
	"PageHinkley":      func() Detector { return &PageHinkley{} },
	"PageHinkley up":   func() Detector { return &PageHinkley{Direction: Up, Lambda: 20, Delta: .1, Warmup: 50} },
	"PageHinkley down": func() Detector { return &PageHinkley{Direction: Down, Lambda: 20} },
	"KSWIN":            func() Detector { return &KSWIN{} },
	"CUSUM":            func() Detector { return &CUSUM{} },
}

func TestAgainstRiver(t *testing.T) {
	var file struct {
		Streams map[string][]float64
		Cases   []struct {
			Detector, Stream string
			Events           [][2]int
		}
	}
	golden.Load(t, "drift/streams.json", &file)
	require.Greater(t, len(file.Cases), 50)
	for _, c := range file.Cases {
		d := detectors[c.Detector]()
		var got [][2]int
		for i, x := range file.Streams[c.Stream] {
			s, err := d.Add(x)
			require.NoError(t, err)
			if s != Stable {
				got = append(got, [2]int{i, int(s)})
			}
		}
		if len(c.Events) == 0 {
			c.Events = nil
		}
		require.Equal(t, c.Events, got, "%s on %s", c.Detector, c.Stream)
	}
}

// Saved and resumed anywhere, a detector says the same; and so it does after Reset.
func TestSaveInMidStream(t *testing.T) {
	for name, make := range detectors {
		rng := rand.New(rand.NewPCG(1, 2))
		stream := func(i int) float64 {
			p := 0.2
			if i > 900 {
				p = 0.8
			}
			if rng.Float64() < p {
				return 1
			}
			return 0
		}
		a, b := make(), make()
		drifts := 0
		for i := range 2000 {
			x := stream(i)
			if i%37 == 0 {
				data, err := b.MarshalBinary()
				require.NoError(t, err)
				for _, cut := range []int{0, 5, len(data) / 2, len(data) - 1} {
					require.ErrorIs(t, b.UnmarshalBinary(data[:cut]), mlgauge.ErrCorrupt)
				}
				b = make()
				require.NoError(t, b.UnmarshalBinary(data), name)
				again, err := b.MarshalBinary()
				require.NoError(t, err)
				require.True(t, bytes.Equal(data, again), name)
			}
			s, err := a.Add(x)
			require.NoError(t, err)
			r, err := b.Add(x)
			require.NoError(t, err)
			require.Equal(t, s, r, "%s after %d", name, i)
			if s == Drift {
				drifts++
			}
		}
		if name != "PageHinkley down" {
			require.Positive(t, drifts, name)
		}
		a.Reset()
		x, _ := a.MarshalBinary()
		y, _ := make().MarshalBinary()
		require.Equal(t, y, x, name)
	}
}

func TestDetectorBadInput(t *testing.T) {
	for name, make := range detectors {
		d := make()
		for i := range 50 {
			_, err := d.Add(float64(i % 2))
			require.NoError(t, err)
		}
		before, _ := d.MarshalBinary()
		_, err := d.Add(math.Inf(1))
		require.Error(t, err, name)
		_, err = d.Add(math.NaN())
		require.ErrorIs(t, err, mlgauge.ErrNotFinite, name)
		after, _ := d.MarshalBinary()
		require.Equal(t, before, after, "a failed Add changed %s", name)
	}
	for name, c := range map[string]struct {
		d Detector
		x float64
	}{
		"DDM value":        {&DDM{}, 2},
		"EDDM value":       {&EDDM{}, 0.5},
		"HDDMA value":      {&HDDMA{}, -0.1},
		"HDDMW value":      {&HDDMW{}, 1.1},
		"ADWIN delta":      {&ADWIN{Delta: 1}, 0},
		"ADWIN clock":      {&ADWIN{Clock: -1}, 0},
		"DDM warmup":       {&DDM{Warmup: -1}, 0},
		"DDM level":        {&DDM{DriftAt: -3}, 0},
		"EDDM order":       {&EDDM{WarnBelow: .5}, 0},
		"HDDMA order":      {&HDDMA{DriftAlpha: .01}, 0},
		"HDDMW lambda":     {&HDDMW{Lambda: 2}, 0},
		"KSWIN alpha":      {&KSWIN{Alpha: 2}, 0},
		"KSWIN window":     {&KSWIN{Window: 30}, 0},
		"Page alpha":       {&PageHinkley{Alpha: 2}, 0},
		"Page direction":   {&PageHinkley{Direction: 9}, 0},
		"Page threshold":   {&PageHinkley{Lambda: -1}, 0},
		"CUSUM deviation":  {&CUSUM{StdDev: -1}, 0},
		"CUSUM direction":  {&CUSUM{Direction: -1}, 0},
		"CUSUM learn":      {&CUSUM{Learn: 1}, 0},
		"CUSUM huge limit": {&CUSUM{H: math.Inf(1)}, 0},
	} {
		_, err := c.d.Add(c.x)
		require.ErrorIs(t, err, mlgauge.ErrRange, name)
	}
}

// On stationary streams alarms are rare, on a change they come.
func TestFalseAlarmsAndPower(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	alarms := 0
	for range 20 {
		var a ADWIN
		for range 10_000 {
			s, err := a.Add(float64(rng.IntN(2)))
			require.NoError(t, err)
			if s == Drift {
				alarms++
			}
		}
	}
	require.LessOrEqual(t, alarms, 4, "ADWIN on 20 stationary Bernoulli(1/2) streams of 10,000")

	// KSWIN tests 3,000 overlapping windows of one distribution, each at 0.25%.
	alarms = 0
	k := KSWIN{Seed: 3}
	for range 3000 {
		s, err := k.Add(rng.NormFloat64())
		require.NoError(t, err)
		if s == Drift {
			alarms++
		}
	}
	require.LessOrEqual(t, alarms, 20)
	found := false
	for range 100 {
		s, err := k.Add(0.001 * rng.NormFloat64())
		require.NoError(t, err)
		found = found || s == Drift
	}
	require.True(t, found, "KSWIN finds a change of the variance")
}

// The average run lengths of CUSUM with k = 0.5 (Montgomery, table 9.3).
func TestCUSUMRunLengths(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	for _, c := range []struct {
		h, shift, want float64
		runs           int
	}{{4, 0, 167.7, 2000}, {5, 0, 465.4, 1000}, {4, 1, 8.38, 10000}, {5, 1, 10.38, 10000}} {
		total := 0
		d := CUSUM{StdDev: 1, H: c.h}
		for range c.runs {
			for {
				total++
				s, err := d.Add(rng.NormFloat64() + c.shift)
				require.NoError(t, err)
				if s == Drift {
					break
				}
			}
		}
		arl := float64(total) / float64(c.runs)
		// A run length is at most geometric, so the mean of n has relative error
		// 1/sqrt(n) at most; four of them.
		require.InEpsilon(t, c.want, arl, 4/math.Sqrt(float64(c.runs)), "h %v shift %v", c.h, c.shift)
	}
}

func TestKSEqualSizes(t *testing.T) {
	// The sum in exact fractions; scipy.stats.ks_2samp(method="exact") agrees but
	// for 14, where it gives up.
	for h, want := range map[int]float64{1: 1, 5: 0.8079631540901642, 10: 0.07088798787114436, 13: 0.006548396368058781, 14: 0.0025300622362698384, 30: 1.6911233892144735e-17} {
		golden.Equal(t, "p", want, ksEqualSizes(30, h), 1e-12)
	}
}

func BenchmarkDetectors(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 1<<16)
	for i := range x {
		x[i] = float64(rng.IntN(2))
	}
	for _, name := range []string{"ADWIN", "DDM", "EDDM", "HDDMA", "HDDMW", "PageHinkley", "CUSUM", "KSWIN"} {
		b.Run(name, func(b *testing.B) {
			d := detectors[name]()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, err := d.Add(x[i&(1<<16-1)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

func FuzzDetectorsUnmarshal(f *testing.F) {
	for _, make := range detectors {
		d := make()
		for i := range 150 {
			_, _ = d.Add(float64(i % 2))
		}
		data, _ := d.MarshalBinary()
		f.Add(data)
		f.Add(data[:len(data)-3])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, make := range detectors {
			d := make()
			if err := d.UnmarshalBinary(data); err != nil {
				require.ErrorIs(t, err, mlgauge.ErrCorrupt)
				continue
			}
			for i := range 200 {
				if _, err := d.Add(float64(i % 2)); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
	})
}
