package experiment

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/metrics"
)

// beats is the closed sum for whole parameters: P(Beta(a2, b2) > Beta(a1, b1)).
func beats(a1, b1, a2, b2 float64) float64 {
	lb := func(a, b float64) float64 {
		x, _ := math.Lgamma(a)
		y, _ := math.Lgamma(b)
		z, _ := math.Lgamma(a + b)
		return x + y - z
	}
	var p float64
	for i := 0.0; i < a2; i++ {
		p += math.Exp(lb(a1+i, b1+b2) - math.Log(b2+i) - lb(1+i, b2) - lb(a1, b1))
	}
	return p
}

func TestBestProportionClosedForm(t *testing.T) {
	for _, c := range [][4]float64{{3, 10, 7, 10}, {0, 0, 0, 0}, {120, 1000, 150, 1000}, {0, 5, 200, 210}, {5000, 100000, 5100, 100000}} {
		arms := []metrics.Rate{{Hits: c[0], Trials: c[1]}, {Hits: c[2], Trials: c[3]}}
		p, err := BestProportion(arms, Prior{}, Maximize, 0.95)
		require.NoError(t, err)
		// log-gamma of 1e5 has an error of 1e-10.
		golden.Equal(t, "best", beats(c[0]+1, c[1]-c[0]+1, c[2]+1, c[3]-c[2]+1), p[1].Best, 1e-8)
		golden.Equal(t, "sum", 1, p[0].Best+p[1].Best, 1e-11)
		// E max - E own: losses differ by the difference of the means.
		golden.EqualSlice(t, "losses", []float64{1, p[1].Mean - p[0].Mean}, []float64{1, p[0].Loss - p[1].Loss}, 1e-11)
		m, err := BestProportion(arms, Prior{}, Minimize, 0.95)
		require.NoError(t, err)
		golden.Equal(t, "worst", p[0].Best, m[1].Best, 1e-10)
		require.Equal(t, p[0].Low, m[0].Low)
	}
}

func TestBestProportionUniform(t *testing.T) {
	// Three uniform arms: a third each; E max = 3/4, so the loss is 1/4.
	p, err := BestProportion(make([]metrics.Rate, 3), Prior{}, Maximize, 0.9)
	require.NoError(t, err)
	for _, q := range p {
		golden.Equal(t, "best", 1.0/3, q.Best, 1e-12)
		golden.Equal(t, "loss", 0.25, q.Loss, 1e-12)
		golden.Equal(t, "low", 0.05, q.Low, 1e-12)
	}
	// Arcsine priors, whose density is infinite at both ends: E max of two is
	// 1/2 + 2/pi^2.
	p, err = BestProportion(make([]metrics.Rate, 2), Prior{0.5, 0.5}, Maximize, 0.9)
	require.NoError(t, err)
	golden.Equal(t, "best", 0.5, p[0].Best, 1e-10)
	golden.Equal(t, "loss", 2/(math.Pi*math.Pi), p[0].Loss, 1e-10)
}

func TestBestMeanClosedForm(t *testing.T) {
	for _, c := range [][3]float64{{0.1, 1, 2}, {-3, 0.5, 0.5}, {0, 1e-3, 10}, {1e-9, 1e-9, 1e-9}} {
		a, err := NewSample(100, 5, c[1])
		require.NoError(t, err)
		b, err := NewSample(400, 5+c[0], c[2])
		require.NoError(t, err)
		d := b.m.Mean() - a.m.Mean()
		s := math.Hypot(c[1]/10, c[2]/20)
		n := distuv.UnitNormal
		p, err := BestMean([]*Sample{&a, &b}, Maximize, 0.95)
		require.NoError(t, err)
		golden.EqualSlice(t, "best", []float64{1, n.CDF(d / s)}, []float64{1, p[1].Best}, 1e-11)
		golden.EqualSlice(t, "loss", []float64{s, d*n.CDF(d/s) + s*n.Prob(d/s)}, []float64{s, p[0].Loss}, 1e-11)
		m, err := BestMean([]*Sample{&a, &b}, Minimize, 0.95)
		require.NoError(t, err)
		golden.EqualSlice(t, "least", []float64{1, n.CDF(-d / s)}, []float64{1, m[1].Best}, 1e-11)
	}
}

func TestBestBadInput(t *testing.T) {
	ok := []metrics.Rate{{Hits: 1, Trials: 2}}
	for _, c := range []struct {
		arms  []metrics.Rate
		prior Prior
		goal  Goal
		level float64
		want  error
	}{
		{nil, Prior{}, Maximize, 0.9, mlgauge.ErrEmpty},
		{[]metrics.Rate{{Hits: 3, Trials: 2}}, Prior{}, Maximize, 0.9, mlgauge.ErrRange},
		{[]metrics.Rate{{Hits: math.NaN(), Trials: 2}}, Prior{}, Maximize, 0.9, mlgauge.ErrNotFinite},
		{ok, Prior{1, 0}, Maximize, 0.9, mlgauge.ErrRange},
		{ok, Prior{}, 5, 0.9, mlgauge.ErrRange},
		{ok, Prior{}, Maximize, 1, mlgauge.ErrRange},
	} {
		_, err := BestProportion(c.arms, c.prior, c.goal, c.level)
		require.ErrorIs(t, err, c.want)
	}
	_, err := BestMean(nil, Maximize, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = BestMean([]*Sample{nil}, Maximize, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	flat, _ := NewSample(5, 1, 0)
	_, err = BestMean([]*Sample{&flat}, Maximize, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
}
