package preprocess

import (
	"math"
	"slices"
	"sort"
)

// kMeansEdges returns the least value, the points half way between the centres
// of n clusters of sorted x, and the greatest value. Clusters start at the
// middles of bins of equal width and move to the mean of the values nearest to
// them until nothing changes, or the squares of their moves sum to at most 1e-4
// of the variance, or 300 rounds are over. A cluster that gets no value starts
// again at a value that is farthest from its own; among equally far ones at the
// lowest, where scikit-learn's choice depends on the processor.
//
// On sorted values a round costs n searches: a cluster is a run, and its sum is
// a difference of running sums.
//
// Some choices are even: whole numbers lie half way between two centres, and
// at the start the least and the greatest value are equally far from theirs.
// Rounding decides there, so every step is rounded as in scikit-learn: x and the
// centres are taken about mean, which is pairwiseMean of x in the order of the
// rows, and the nearer of two centres is that of the lesser c^2 - 2 x c.
//
// Definition: scikit-learn 1.9, KMeans as KBinsDiscretizer calls it.
func kMeansEdges(x, w []float64, mean float64, n int) []float64 {
	lo, hi := x[0], x[len(x)-1]
	// Shifted to its mean the data keeps its digits in the running sums.
	shift := mean
	wide := hi-lo > 1e150 || math.IsInf(shift, 0) // squares overflow
	if wide {
		shift = 0
	}
	cw, cs := make([]float64, len(x)+1), make([]float64, len(x)+1)
	var m2 float64
	for i, v := range x {
		d := v - shift
		m2 += d * d / float64(len(x))
		wi := 1.
		if w != nil {
			wi = w[i]
		}
		cw[i+1], cs[i+1] = cw[i]+wi, cs[i]+wi*d
	}
	tol := 1e-4 * m2
	e := linspace(lo, hi, n+1)
	centers := make([]float64, n)
	for k := range centers {
		centers[k] = (e[k]+e[k+1])*.5 - shift
	}
	// nearness is less for the nearer of two centres.
	nearness := func(x, c float64) float64 { return float64(c*c) - 2*float64(x*c) }
	bounds, last := make([]int, n+1), make([]int, n+1)
	sums, weights := make([]float64, n), make([]float64, n)
	bounds[n] = len(x)
	for round := range 300 {
		for k := n - 1; k > 0; k-- {
			if centers[k-1] == centers[k] {
				bounds[k] = bounds[k+1] // the first of equal centres gets the values
				continue
			}
			bounds[k] = sort.Search(len(x), func(i int) bool {
				v := x[i] - shift
				if wide {
					return v > (centers[k-1]+centers[k])*.5
				}
				return nearness(v, centers[k]) < nearness(v, centers[k-1])
			})
		}
		var empty []int
		for k := range n {
			a, b := bounds[k], max(bounds[k], bounds[k+1])
			sums[k], weights[k] = cs[b]-cs[a], cw[b]-cw[a]
			if a == b {
				sums[k], weights[k] = 0, 0
				empty = append(empty, k)
			}
		}
		if len(empty) > 0 {
			relocate(x, w, shift, centers, bounds, empty, sums, weights)
		}
		var moved float64
		for k := range n {
			c := centers[k]
			if weights[k] > 0 {
				c = sums[k] / weights[k]
			} else if w := slices.Max(weights); w > 0 {
				c = sums[slices.Index(weights, w)] / w
			}
			moved += (c - centers[k]) * (c - centers[k])
			centers[k] = c
		}
		slices.Sort(centers)
		if round > 0 && slices.Equal(bounds, last) || moved <= tol {
			break
		}
		copy(last, bounds)
	}
	out := make([]float64, n+1)
	out[0], out[n] = lo, hi
	for k := 1; k < n; k++ {
		out[k] = ((centers[k-1] + shift) + (centers[k] + shift)) * .5
	}
	return out
}

// relocate gives each empty cluster the value that is farthest from its centre,
// and takes it from the cluster that had it.
func relocate(x, w []float64, shift float64, centers []float64, bounds, empty []int, sums, weights []float64) {
	type far struct {
		i, k int
		d    float64
	}
	var all []far
	for k := range centers {
		a, b := bounds[k], max(bounds[k], bounds[k+1])
		// The farthest values of a run are at its ends.
		for _, i := range ends(a, b, len(empty)) {
			d := (x[i] - shift) - centers[k]
			all = append(all, far{i, k, d * d})
		}
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].d > all[b].d })
	if len(all) == 0 || all[0].d == 0 {
		return
	}
	for n, k := range empty {
		if n >= len(all) {
			return
		}
		f, wi := all[n], 1.
		if w != nil {
			wi = w[f.i]
		}
		v := (x[f.i] - shift) * wi
		sums[f.k] -= v
		weights[f.k] -= wi
		sums[k], weights[k] = v, wi
	}
}

// ends returns the first and the last m indices of [a, b), once each.
func ends(a, b, m int) []int {
	var out []int
	for i := a; i < b; i++ {
		if i-a < m || b-i <= m {
			out = append(out, i)
		}
		if i-a == m && b-m > i {
			i = b - m - 1
		}
	}
	return out
}

// pairwiseMean is the mean as numpy rounds it: sums of eight running sums over
// at most 128 values, added in pairs.
func pairwiseMean(x []float64) float64 { return pairwiseSum(x) / float64(len(x)) }

func pairwiseSum(x []float64) float64 {
	n := len(x)
	if n > 128 {
		half := n / 2
		half -= half % 8
		return pairwiseSum(x[:half]) + pairwiseSum(x[half:])
	}
	var sum float64
	if n >= 8 {
		r := [8]float64(x)
		for x = x[8:]; len(x) >= 8; x = x[8:] {
			for i := range r {
				r[i] += x[i]
			}
		}
		sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	}
	for _, v := range x {
		sum += v
	}
	return sum
}
