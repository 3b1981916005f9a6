package drift

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/twosample"
)

// Wasserstein returns the first Wasserstein distance (earth mover's distance),
//
//	W = integral |F(t) - G(t)| dt
//
// in the unit of the data: how far, on average, mass has to be moved. It returns
// ErrEmpty for an empty sample and ErrNotFinite for NaN and infinities, and for a
// distance that overflows. Source: scipy.stats.wasserstein_distance 1.17.
func Wasserstein(x, y []float64) (float64, error) {
	const fn = "drift.Wasserstein"
	if err := enough(fn, x, y, 1); err != nil {
		return 0, err
	}
	d, ok := kernel.Wasserstein1(x, y)
	if !ok {
		return 0, two(fn, x, y, 1)
	}
	return checked(fn, d)
}

// WassersteinWeighted is Wasserstein for weighted samples; nil weights are 1. It
// returns ErrLength, ErrRange and ErrUndefined for bad weights as well.
func WassersteinWeighted(x, wx, y, wy []float64) (float64, error) {
	return integrate("drift.WassersteinWeighted", x, wx, y, wy, false)
}

// Energy returns the energy distance,
//
//	E = sqrt(2 integral (F(t) - G(t))^2 dt)
//
// Nil weights are 1. Errors are those of WassersteinWeighted. Source:
// scipy.stats.energy_distance 1.17.
func Energy(x, wx, y, wy []float64) (float64, error) {
	v, err := integrate("drift.Energy", x, wx, y, wy, true)
	return math.Sqrt(2 * v), err
}

// integrate returns the integral of |F - G|, or of its square, for weighted samples.
func integrate(fn string, x, wx, y, wy []float64, square bool) (float64, error) {
	if err := two(fn, x, y, 1); err != nil {
		return 0, err
	}
	s, err := weightedSamples(fn, x, wx, y, wy)
	if err != nil {
		return 0, err
	}
	defer s.done()
	return checked(fn, integral(s.x, s.y, square))
}

// integral returns the integral of |F - G|, or of its square.
func integral(x, y ordered, square bool) float64 {
	pieces := twosample.Pieces(x.x, y.x)
	parts := make([]compensated, len(pieces))
	twosample.Each(pieces, func(k int, p twosample.Piece) { parts[k] = integralOf(x, y, square, p) })
	var s compensated
	for _, p := range parts {
		s.low += p.low
		s.add(p.sum)
	}
	return s.sum + s.low
}

// integralOf returns the integral from the last value before a piece to its last one.
// It steps over every value; ties have no width.
func integralOf(x, y ordered, square bool, p twosample.Piece) (s compensated) {
	i, j := p.X, p.Y
	a, b := x.x[:p.XEnd], y.x[:p.YEnd]
	var last float64
	switch {
	case i > 0 && j > 0:
		last = max(a[i-1], b[j-1])
	case i > 0:
		last = a[i-1]
	case j > 0:
		last = b[j-1]
	default:
		last = min(x.x[0], y.x[0])
	}
	step := func(t float64) {
		d := math.Abs(x.below(i) - y.below(j))
		if square {
			d *= d
		}
		s.add(d * (t - last))
		last = t
	}
	for i < len(a) && j < len(b) {
		t, first := kernel.Earlier(a[i], b[j])
		step(t)
		i += first
		j += 1 - first
	}
	for ; i < len(a); i++ {
		step(a[i])
	}
	for ; j < len(b); j++ {
		step(b[j])
	}
	return s
}

// compensated is a sum with its error (Neumaier).
type compensated struct{ sum, low float64 }

func (s *compensated) add(v float64) {
	t := s.sum + v
	if math.Abs(s.sum) >= math.Abs(v) {
		s.low += (s.sum - t) + v
	} else {
		s.low += (v - t) + s.sum
	}
	s.sum = t
}

// checked reports a distance that overflowed.
func checked(fn string, v float64) (float64, error) {
	if err := finite(fn+": result", v); err != nil {
		return 0, err
	}
	return v, nil
}
