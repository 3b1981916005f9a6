package kernel

// Numbers reads the decimal numbers of a column: text i stands in b between the
// positions lo[i*step] and hi[i*step] of two separators, and dst[i] becomes its
// value as ScanFloat has it. The places i of the texts that are not a number, the
// whole of them, are appended to bad; their dst[i] is undefined.
//
//	for i := range dst {
//		from, to := lo[i*step]+1, hi[i*step]
//		v, n := ScanFloat(b[from:])
//		if n == 0 || n != int(to-from) {
//			bad = append(bad, int32(i))
//		}
//		dst[i] = v
//	}
func Numbers(dst []float64, b []byte, lo, hi []int32, step int, bad []int32) []int32 {
	done, bad := numbersVector(dst, b, lo, hi, step, bad)
	for i := done; i < len(dst); i++ {
		dst[i], bad = number(b, lo, hi, step, i, bad)
	}
	return bad
}

// number reads number i as Numbers does.
func number(b []byte, lo, hi []int32, step, i int, bad []int32) (float64, []int32) {
	from, to := int(lo[i*step])+1, int(hi[i*step])
	v, n := ScanFloat(b[from:])
	if n == 0 || n != to-from {
		bad = append(bad, int32(i))
	}
	return v, bad
}

// NumbersTogether tells whether Numbers reads many numbers at once on this processor.
// If it does not, ScanFloat is faster, as it finds the end of a number on its way.
func NumbersTogether() bool { return numbersTogether() }
