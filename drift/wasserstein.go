package drift

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/kernel"
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
	return integrate("drift.WassersteinWeighted", x, wx, y, wy, math.Abs)
}

// Energy returns the energy distance,
//
//	E = sqrt(2 integral (F(t) - G(t))^2 dt)
//
// Nil weights are 1. Errors are those of WassersteinWeighted. Source:
// scipy.stats.energy_distance 1.17.
func Energy(x, wx, y, wy []float64) (float64, error) {
	v, err := integrate("drift.Energy", x, wx, y, wy, func(d float64) float64 { return d * d })
	return math.Sqrt(2 * v), err
}

// integrate returns the integral of f(F - G).
func integrate(fn string, x, wx, y, wy []float64, f func(float64) float64) (float64, error) {
	if err := two(fn, x, y, 1); err != nil {
		return 0, err
	}
	sx, _, err := weightedSample(fn, "wx", x, wx)
	if err != nil {
		return 0, err
	}
	sy, _, err := weightedSample(fn, "wy", y, wy)
	if err != nil {
		return 0, err
	}
	var total, low, last, height float64
	first := true
	walk(sx, sy, func(t, F, G float64) {
		if !first {
			total, low = neumaier(total, low, height*(t-last))
		}
		first, last, height = false, t, f(F-G)
	})
	return checked(fn, total+low)
}

// neumaier adds v to the sum s with the error term c.
func neumaier(s, c, v float64) (float64, float64) {
	t := s + v
	if math.Abs(s) >= math.Abs(v) {
		c += (s - t) + v
	} else {
		c += (v - t) + s
	}
	return t, c
}

// checked reports a distance that overflowed.
func checked(fn string, v float64) (float64, error) {
	if err := finite(fn+": result", v); err != nil {
		return 0, err
	}
	return v, nil
}
