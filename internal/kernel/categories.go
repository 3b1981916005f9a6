package kernel

// GatherRows writes, for every code, the row code+2 of a table of width columns
// into a row of dst, which has stride columns, from column offset on. Codes are
// at least -2.
func GatherRows(dst []float64, stride, offset int, codes []int32, table []float64, width int) {
	switch {
	case width == 0:
	case width == 1 && stride == 1:
		dst = dst[:len(codes)]
		for i, c := range codes {
			dst[i] = table[c+2]
		}
	case width == 1:
		at := offset
		for _, c := range codes {
			dst[at] = table[c+2]
			at += stride
		}
	default:
		for i, c := range codes {
			from := (int(c) + 2) * width
			copy(dst[i*stride+offset:i*stride+offset+width], table[from:from+width])
		}
	}
}

// TableCodes writes table[code+shift] for every code and returns the bitwise or of
// what it wrote, which is negative if one of them is. dst may be codes.
func TableCodes(dst, codes, table []int32, shift int) int32 {
	dst = dst[:len(codes)]
	var all int32
	for i, c := range codes {
		v := table[int(c)+shift]
		all |= v
		dst[i] = v
	}
	return all
}

// Fill writes v everywhere.
func Fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}

// Steps writes first, first+step, first+2 step and so on.
func Steps(dst []int, first, step int) {
	for i := range dst {
		dst[i] = first
		first += step
	}
}

// CountSlots adds one to n[code+1] for every code; codes are at least -1.
func CountSlots(n []int, codes []int32) {
	for _, k := range codes {
		n[k+1]++
	}
}
