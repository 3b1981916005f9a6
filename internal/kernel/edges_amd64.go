//go:build !purego

package kernel

import "math"

// mostEdges is the number up to which comparing with every edge is faster than a
// search.
const mostEdges = 64

func countEdgesVector[F Float](counts []uint64, x []F, edges []float64) (done int) {
	form := formOf[F]()
	if done = len(x) &^ 7; done == 0 || len(edges) == 0 || len(edges) > mostEdges || form == noForm {
		return 0
	}
	above := uint64(done) // values at or above the edge before
	for k := 0; k < len(edges); {
		here := edges[k:min(k+12, len(edges))]
		var group [12]float64
		var at [12]uint64
		for i := range group {
			group[i] = math.NaN()
		}
		copy(group[:], here)
		countGroup(form, x[:done], len(here), &group[0], &at[0])
		for i := range here {
			counts[k+i] += above - at[i]
			above = at[i]
		}
		k += len(here)
	}
	counts[len(edges)] += above
	return done
}

// countGroup compares with the first k of 12 edges; those after them are NaN.
func countGroup[F Float](form form, x []F, k int, edges *float64, at *uint64) {
	switch n := len(x); form {
	case float64AVX512:
		switch {
		case k <= 4:
			count4Edges64AVX512(as64(x), n, edges, at)
		case k <= 8:
			count8Edges64AVX512(as64(x), n, edges, at)
		default:
			count12Edges64AVX512(as64(x), n, edges, at)
		}
	case float32AVX512:
		switch {
		case k <= 4:
			count4Edges32AVX512(as32(x), n, edges, at)
		case k <= 8:
			count8Edges32AVX512(as32(x), n, edges, at)
		default:
			count12Edges32AVX512(as32(x), n, edges, at)
		}
	case float64AVX2:
		switch {
		case k <= 4:
			count4Edges64AVX2(as64(x), n, edges, at)
		case k <= 8:
			count8Edges64AVX2(as64(x), n, edges, at)
		case k == 9: // the inner edges of ten bins
			count9Edges64AVX2(as64(x), n, edges, at)
		default:
			count12Edges64AVX2(as64(x), n, edges, at)
		}
	case float32AVX2:
		switch {
		case k <= 4:
			count4Edges32AVX2(as32(x), n, edges, at)
		case k <= 8:
			count8Edges32AVX2(as32(x), n, edges, at)
		case k == 9: // the inner edges of ten bins
			count9Edges32AVX2(as32(x), n, edges, at)
		default:
			count12Edges32AVX2(as32(x), n, edges, at)
		}
	}
}

func columnRanksVector[F Float](dst []float64, dstStride int, x []F, stride, rows, cols int, edges []float64, count int) bool {
	form := formOf[F]()
	if count == 0 || form == noForm {
		return false
	}
	_, _, _ = x[(rows-1)*stride+cols-1], dst[(rows-1)*dstStride+cols-1], edges[count*cols-1]
	switch form {
	case float64AVX512:
		columnRanks64AVX512(&dst[0], dstStride, as64(x), stride, rows, cols, &edges[0], count)
	case float32AVX512:
		columnRanks32AVX512(&dst[0], dstStride, as32(x), stride, rows, cols, &edges[0], count)
	case float64AVX2:
		columnRanks64AVX2(&dst[0], dstStride, as64(x), stride, rows, cols, &edges[0], count)
	case float32AVX2:
		columnRanks32AVX2(&dst[0], dstStride, as32(x), stride, rows, cols, &edges[0], count)
	}
	return true
}
