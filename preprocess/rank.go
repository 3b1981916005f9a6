package preprocess

// averageRanks writes the ranks 1..n of x into dst; equal values share the mean
// of their ranks. ord is kernel.Argsort(nil, x).
func averageRanks(dst, x []float64, ord []int) {
	for i := 0; i < len(ord); {
		j := i + 1
		for j < len(ord) && x[ord[j]] == x[ord[i]] {
			j++
		}
		r := float64(i+1+j) / 2
		for ; i < j; i++ {
			dst[ord[i]] = r
		}
	}
}

// denseRanks writes the ranks 0..k-1 of x into dst, the same for equal values,
// and returns k.
func denseRanks(dst []int32, x []float64, ord []int) int {
	r := int32(-1)
	for i, o := range ord {
		if i == 0 || x[o] != x[ord[i-1]] {
			r++
		}
		dst[o] = r
	}
	return int(r) + 1
}
