package drift

import (
	"math"
)

// A Rule is a pattern of points on a control chart that chance alone rarely makes.
type Rule struct {
	Name        string
	Description string
	// broken tells whether the pattern is complete at point i; z is in sigmas.
	broken func(z []float64, i int) bool
}

// A Break is a rule broken at a point.
type Break struct {
	Index int // of the point that completes the pattern
	Rule  string
}

// beyond tells whether at least need of the last window points up to i are more
// than limit sigmas from the center, all on the side of the newest.
func beyond(window, need int, limit float64) func([]float64, int) bool {
	return func(z []float64, i int) bool {
		if i+1 < window || !(math.Abs(z[i]) > limit) {
			return false
		}
		side, n := math.Copysign(1, z[i]), 0
		for _, v := range z[i+1-window : i+1] {
			if v*side > limit {
				n++
			}
		}
		return n >= need
	}
}

// run tells whether all of the last n points up to i satisfy ok.
func run(n int, ok func(z []float64, i int) bool) func([]float64, int) bool {
	return func(z []float64, i int) bool {
		if i+1 < n {
			return false
		}
		for j := i + 1 - n; j <= i; j++ {
			if !ok(z, j) {
				return false
			}
		}
		return true
	}
}

func oneSide(n int) func([]float64, int) bool {
	return func(z []float64, i int) bool {
		if i+1 < n {
			return false
		}
		for j := i + 1 - n; j <= i; j++ {
			if z[j] == 0 || (z[j] > 0) != (z[i] > 0) {
				return false
			}
		}
		return true
	}
}

// monotone tells whether the last n points rise, or fall, all along.
func monotone(n int) func([]float64, int) bool {
	return func(z []float64, i int) bool {
		if i+1 < n {
			return false
		}
		up, down := true, true
		for j := i + 2 - n; j <= i; j++ {
			up = up && z[j] > z[j-1]
			down = down && z[j] < z[j-1]
		}
		return up || down
	}
}

// alternating tells whether the last n points go up and down in turn.
func alternating(n int) func([]float64, int) bool {
	return func(z []float64, i int) bool {
		if i+1 < n {
			return false
		}
		for j := i + 3 - n; j <= i; j++ {
			if (z[j]-z[j-1])*(z[j-1]-z[j-2]) >= 0 {
				return false
			}
		}
		return true
	}
}

func within(limit float64) func([]float64, int) bool {
	return func(z []float64, i int) bool { return math.Abs(z[i]) < limit }
}

func outside(limit float64) func([]float64, int) bool {
	return func(z []float64, i int) bool { return math.Abs(z[i]) > limit }
}

// WesternElectric returns the four rules of the Western Electric handbook (1956).
func WesternElectric() []Rule {
	return []Rule{
		{"WE1", "one point beyond 3 sigma", beyond(1, 1, 3)},
		{"WE2", "2 of 3 points beyond 2 sigma on one side", beyond(3, 2, 2)},
		{"WE3", "4 of 5 points beyond 1 sigma on one side", beyond(5, 4, 1)},
		{"WE4", "8 points in a row on one side of the center", oneSide(8)},
	}
}

// Nelson returns the eight rules of Nelson (1984).
func Nelson() []Rule {
	return []Rule{
		{"N1", "one point beyond 3 sigma", beyond(1, 1, 3)},
		{"N2", "9 points in a row on one side of the center", oneSide(9)},
		{"N3", "6 points in a row rising, or falling", monotone(6)},
		{"N4", "14 points in a row going up and down in turn", alternating(14)},
		{"N5", "2 of 3 points beyond 2 sigma on one side", beyond(3, 2, 2)},
		{"N6", "4 of 5 points beyond 1 sigma on one side", beyond(5, 4, 1)},
		{"N7", "15 points in a row within 1 sigma", run(15, within(1))},
		{"N8", "8 points in a row beyond 1 sigma, on either side", run(8, outside(1))},
	}
}

// Breaks returns every point of the chart at which a rule is broken, in the order
// of the points and, for one point, of the rules. Points whose sigma is 0 count as
// being on the center if they are, and infinitely far otherwise.
func (c Chart) Breaks(rules []Rule) []Break {
	z := make([]float64, len(c.Points))
	for i, p := range c.Points {
		if d := p.Value - p.Center; d != 0 {
			z[i] = d / p.Sigma
		}
	}
	var out []Break
	for i := range z {
		for _, r := range rules {
			if r.broken(z, i) {
				out = append(out, Break{i, r.Name})
			}
		}
	}
	return out
}
