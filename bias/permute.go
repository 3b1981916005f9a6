package bias

import (
	"math"
	"math/rand/v2"
)

// A permuter draws the tables that permuting the groups within each control gives.
type permuter struct {
	of    *Groups
	cells [][4]float64 // of each control
	mean  [][4]float64 // the mean weight of the rows of a cell
	sizes [][]float64  // [control][group]
}

func (g *Groups) permuter() permuter {
	p := permuter{of: g, cells: make([][4]float64, len(g.Controls)), mean: make([][4]float64, len(g.Controls)), sizes: make([][]float64, len(g.Controls))}
	for c := range p.sizes {
		p.sizes[c] = make([]float64, len(g.Names))
	}
	for _, part := range g.parts {
		p.cells[part.control][part.cell] += float64(part.n)
		p.mean[part.control][part.cell] += part.w
		p.sizes[part.control][part.group] += float64(part.n)
	}
	for c := range p.mean {
		for k, n := range p.cells[c] {
			if n > 0 {
				p.mean[c][k] /= n
			}
		}
	}
	return p
}

// draw returns a permuted table.
func (p *permuter) draw(rng *rand.Rand) *Groups {
	r := *p.of
	r.parts = nil
	for c, left := range p.cells {
		for g, size := range p.sizes[c] {
			rest := left[0] + left[1] + left[2] + left[3]
			for k := range left {
				n := hypergeometric(left[k], rest-left[k], size, rng)
				rest -= left[k]
				left[k] -= n
				size -= n
				if n > 0 {
					r.parts = append(r.parts, groupPart{control: c, group: g, cell: k, n: int64(n), w: n * p.mean[c][k]})
				}
			}
		}
	}
	r.tables = r.fill(nil)
	return &r
}

// hypergeometric draws how many of draws rows, taken without replacement from good + bad
// ones, are good: by inversion, outwards from the mode, in a time of the order of the
// standard deviation.
func hypergeometric(good, bad, draws float64, rng *rand.Rand) float64 {
	lo, hi := math.Max(0, draws-bad), math.Min(good, draws)
	if lo == hi {
		return lo
	}
	mode := math.Floor((draws + 1) * (good + 1) / (good + bad + 2))
	mode = math.Min(hi, math.Max(lo, mode))
	choose := func(n, k float64) float64 {
		a, _ := math.Lgamma(n + 1)
		b, _ := math.Lgamma(k + 1)
		c, _ := math.Lgamma(n - k + 1)
		return a - b - c
	}
	u := rng.Float64()
	p := math.Exp(choose(good, mode) + choose(bad, draws-mode) - choose(good+bad, draws))
	if u -= p; u < 0 {
		return mode
	}
	for up, down, pu, pd := mode, mode, p, p; ; {
		if up < hi {
			pu *= (good - up) * (draws - up) / ((up + 1) * (bad - draws + up + 1))
			up++
			if u -= pu; u < 0 {
				return up
			}
		}
		if down > lo {
			pd *= down * (bad - draws + down) / ((good - down + 1) * (draws - down + 1))
			down--
			if u -= pd; u < 0 {
				return down
			}
		}
		if up == hi && down == lo || pu+pd == 0 {
			return mode // what rounding left of the unit interval
		}
	}
}
