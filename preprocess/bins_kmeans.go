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
// again at a value that is farthest from its own.
//
// On sorted values a round costs n searches: a cluster is a run, and its sum is
// a difference of running sums.
//
// Definition: scikit-learn 1.9, KMeans as KBinsDiscretizer calls it.
func kMeansEdges(x, w []float64, n int) []float64 {
	lo, hi := x[0], x[len(x)-1]
	// Shifted to its mean the data keeps its digits in the running sums.
	shift := weightedMean(x, w)
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
		centers[k] = (e[k] + e[k+1]) * .5
	}
	bounds, last := make([]int, n+1), make([]int, n+1)
	sums, weights := make([]float64, n), make([]float64, n)
	bounds[n] = len(x)
	for round := range 300 {
		for k := n - 1; k > 0; k-- {
			if centers[k-1] == centers[k] {
				bounds[k] = bounds[k+1] // the first of equal centres gets the values
				continue
			}
			mid := (centers[k-1] + centers[k]) * .5
			bounds[k] = sort.Search(len(x), func(i int) bool { return x[i] > mid })
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
				c = sums[k]/weights[k] + shift
			} else if w := slices.Max(weights); w > 0 {
				c = sums[slices.Index(weights, w)]/w + shift
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
		out[k] = (centers[k-1] + centers[k]) * .5
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
			all = append(all, far{i, k, math.Abs(x[i] - centers[k])})
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

func weightedMean(x, w []float64) float64 {
	var mean, sum float64
	for i, v := range x {
		wi := 1.
		if w != nil {
			wi = w[i]
		}
		sum += wi
		mean += (v - mean) * (wi / sum)
	}
	return mean
}
