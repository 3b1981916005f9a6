package kernel

import "testing"

func BenchmarkStandardise(b *testing.B) {
	const rows, cols = 1 << 16, 20
	x, dst := make([]float64, rows*cols), make([]float64, rows*cols)
	center, scale := make([]float64, cols), make([]float64, cols)
	for i := range x {
		x[i] = float64(i%977) * 1.1
	}
	for j := range scale {
		center[j], scale[j] = float64(j), 3+float64(j)
	}
	n := BlockRows(cols)
	for _, c := range []struct {
		name string
		do   func(lo int)
	}{
		{"stream", func(lo int) { Standardise(dst[lo*cols:], cols, x[lo*cols:], cols, n, center, scale, true) }},
		{"inf", func(lo int) { FirstInf(x[lo*cols : (lo+n)*cols]) }},
		{"plain", func(lo int) { Standardise(dst[lo*cols:], cols, x[lo*cols:], cols, n, center, scale, false) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				for lo := 0; lo+n <= rows; lo += n {
					c.do(lo)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(rows*cols), "ns/elem")
		})
	}
}
