package metrics

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestCalibrationGolden(t *testing.T) {
	var g struct {
		Cases []struct {
			Name        string
			Bins        int
			Y           []int
			P           golden.Floats
			L1, L2, Max golden.Float
		}
		Multi struct {
			Y    []int
			P    []golden.Floats
			Want []struct {
				Bins        int
				L1, L2, Max golden.Float
			}
		}
		LogCosh struct {
			Y, P golden.Floats
			Want golden.Float
		} `json:"log_cosh"`
	}
	golden.Load(t, "metrics/calibration.json", &g)
	holds := func(what string, c *Calibration, l1, l2, top golden.Float) {
		t.Helper()
		for _, f := range []struct {
			f    func() (float64, error)
			want golden.Float
		}{{c.ECE, l1}, {c.RMSCE, l2}, {c.MCE, top}} {
			v, err := f.f()
			require.NoError(t, err)
			golden.Equal(t, what, float64(f.want), v, 1e-12)
		}
	}
	for _, c := range g.Cases {
		s := Calibration{Bins: c.Bins, Edges: LeftClosed}
		require.NoError(t, s.Add(truths(c.Y), c.P.Values()))
		holds(fmt.Sprint(c.Name, c.Bins), &s, c.L1, c.L2, c.Max)
	}
	for _, c := range g.Multi.Want {
		s := Calibration{Bins: c.Bins, Edges: LeftClosed}
		require.NoError(t, s.AddTopLabel(g.Multi.Y, denseOf(g.Multi.P)))
		holds(fmt.Sprint("top label ", c.Bins), &s, c.L1, c.L2, c.Max)
	}
	v, err := LogCosh(g.LogCosh.Y.Values(), g.LogCosh.P.Values())
	require.NoError(t, err)
	golden.Equal(t, "log cosh", float64(g.LogCosh.Want), v, 1e-12)
}

func TestCalibrationBins(t *testing.T) {
	for n := 1; n < 60; n++ {
		for _, rule := range []BinEdges{RightClosed, LeftClosed} {
			c := Calibration{Bins: n, Edges: rule}
			try := func(p float64) {
				if p < 0 || p > 1 {
					return
				}
				want := 0
				if rule == RightClosed {
					for k := 1; k < n; k++ {
						want += int(b2f(c.edge(k, n) < p))
					}
				} else {
					for k := 1; k <= n; k++ {
						want += int(b2f(c.edge(k, n) <= p))
					}
				}
				if got := c.bin(p, n); got != want {
					t.Fatalf("bin of %v among %d, rule %d: want %d, got %d", p, n, rule, want, got)
				}
			}
			for k := range n + 1 {
				e := c.edge(k, n)
				try(e)
				try(math.Nextafter(e, 2))
				try(math.Nextafter(e, -1))
				try(float64(k) / float64(n))
			}
		}
	}
}

func TestECEInterval(t *testing.T) {
	y, p, _ := probaOf(2000, 2)
	var c Calibration
	require.NoError(t, c.Add(y, p))
	a, err := c.ECEInterval(0.95, 7)
	require.NoError(t, err)
	before := runtime.GOMAXPROCS(1)
	b, err := c.ECEInterval(0.95, 7)
	runtime.GOMAXPROCS(before)
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.True(t, a.Low <= a.Value && a.Value <= a.High)
	require.Less(t, a.Low, 0.005, "calibrated scores: 0 is within reach")
	// Scores squared are badly calibrated, and the interval says so.
	for i := range p {
		p[i] *= p[i]
	}
	v, err := ECEInterval(y, p, 10, 0.95, 7)
	require.NoError(t, err)
	require.Greater(t, v.Low, 0.1)
	require.InDelta(t, 1.0/6, v.Value, 0.03)
}
