package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestGram(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 2))
		for _, width := range []int{16, 32, 48, 80} {
			for _, rows := range []int{0, 1, 2, 3, 4, 5, 31, 32, 33, 64, 257, 300} {
				for offset := range 3 {
					whole := rows%2 == 0 // every product and sum is exact
					draw := func(int) float64 {
						if whole {
							return float64(r.IntN(9) - 4)
						}
						return r.NormFloat64()
					}
					x := fence(rows*width, offset, math.NaN(), draw)
					c := fence(width*width, 3-offset, math.NaN(), draw)
					want := append([]float64(nil), c.in...)
					size := make([]float64, len(want))
					for i := range width {
						for j := i; j < width; j++ {
							size[i*width+j] = math.Abs(want[i*width+j])
							for k := range rows {
								p := x.in[k*width+i] * x.in[k*width+j]
								want[i*width+j] += p
								size[i*width+j] += math.Abs(p)
							}
						}
					}
					Gram(c.in, x.in, width)
					for i := range width {
						for j := i; j < width; j++ {
							w, g := want[i*width+j], c.in[i*width+j]
							if d := math.Abs(w - g); !(d == 0 || !whole && d <= float64(rows+1)*0x1p-52*size[i*width+j]) {
								t.Fatalf("%d rows, width %d, columns %d and %d: want %v, got %v", rows, width, i, j, w, g)
							}
						}
					}
					x.intact(t, "x")
					c.intact(t, "c")
				}
			}
		}
	})
}
