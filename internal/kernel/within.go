package kernel

// CodesWithin tells whether every code is in [-1, k).
func CodesWithin(codes []int32, k int) bool {
	done, most := greatestCodeVector(codes)
	for _, c := range codes[done:] {
		most = max(most, uint32(c+1))
	}
	return uint64(most) <= uint64(k)
}
