package quality

import (
	"cmp"
	"math"
	"slices"
)

// distribution is a weighted sample in ascending order.
type distribution struct {
	v   []float64
	cum []float64 // weight up to and with each value
}

// weighted is the distribution that the levels of a KLL sketch stand for: a value
// of level i weighs 2^i.
func weighted[F ~float64](levels [][]F) distribution {
	type item struct{ v, w float64 }
	var all []item
	for i, level := range levels {
		for _, v := range level {
			all = append(all, item{float64(v), math.Ldexp(1, i)})
		}
	}
	slices.SortFunc(all, func(a, b item) int { return cmp.Compare(a.v, b.v) })
	var d distribution
	var sum float64
	for _, x := range all {
		sum += x.w
		if n := len(d.v); n > 0 && d.v[n-1] == x.v {
			d.cum[n-1] = sum
			continue
		}
		d.v, d.cum = append(d.v, x.v), append(d.cum, sum)
	}
	return d
}

func (d *distribution) total() float64 {
	if len(d.cum) == 0 {
		return 0
	}
	return d.cum[len(d.cum)-1]
}

// below returns the weight of the values below v, atMost of those not above it.
func (d *distribution) below(v float64) float64 {
	i, _ := slices.BinarySearch(d.v, v)
	if i == 0 {
		return 0
	}
	return d.cum[i-1]
}

func (d *distribution) atMost(v float64) float64 {
	i, found := slices.BinarySearch(d.v, v)
	if found {
		return d.cum[i]
	}
	if i == 0 {
		return 0
	}
	return d.cum[i-1]
}

// bins counts the weight in [edge, next edge), the last bin closed.
func (d *distribution) bins(edges []float64) []float64 {
	counts := make([]float64, len(edges)-1)
	for i := range counts {
		counts[i] = d.below(edges[i+1]) - d.below(edges[i])
	}
	last := len(counts) - 1
	counts[last] = d.atMost(edges[last+1]) - d.below(edges[last])
	return counts
}

// edge returns edge i of equal-width bins on [lo, hi].
func edge(lo, hi float64, i, bins int) float64 {
	if i == bins {
		return hi
	}
	t := float64(i)
	if w := hi - lo; !math.IsInf(w, 0) && w < math.MaxFloat64/float64(bins) {
		return lo + w*t/float64(bins)
	}
	t /= float64(bins)
	return lo*(1-t) + hi*t
}

// maxDistance returns the largest difference of the two distribution functions.
func maxDistance(a, b distribution) float64 {
	na, nb := a.total(), b.total()
	var i, j int
	var fa, fb, most float64
	for i < len(a.v) || j < len(b.v) {
		var v float64
		switch {
		case j == len(b.v) || i < len(a.v) && a.v[i] <= b.v[j]:
			v = a.v[i]
		default:
			v = b.v[j]
		}
		if i < len(a.v) && a.v[i] == v {
			fa = a.cum[i] / na
			i++
		}
		if j < len(b.v) && b.v[j] == v {
			fb = b.cum[j] / nb
			j++
		}
		most = math.Max(most, math.Abs(fa-fb))
	}
	return most
}
