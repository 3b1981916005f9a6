package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDeviationVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testDeviationVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testDeviationVectors[float32]) })
}

func testDeviationVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	nan := F(math.NaN())
	const c, low = 0.75, 1e-17
	for _, n := range lengths() {
		for offset := range 8 {
			x := fence(n, offset, nan, func(int) F { return F(anySize(r)) })
			w := fence(n, offset*3%8, math.NaN(), func(int) float64 { return float64(r.IntN(3)) / 2 })
			s, q := Deviations(x.in, c)
			ws, wq := deviations(x.in, c)
			within(t, "Deviations s", n, 4*float64(n), ws, s)
			within(t, "Deviations q", n, wq, wq, q)
			q, cube, fourth := Deviations4(x.in, c, low)
			wq, wc, wf := deviations4(x.in, c, low)
			within(t, "Deviations4 q", n, wq, wq, q)
			within(t, "Deviations4 t", n, wq+wf, wc, cube)
			within(t, "Deviations4 f", n, wf, wf, fourth)
			for i, v := range w.in {
				if v == 0 {
					x.in[i] = nan
				}
			}
			got, want := WeightedDeviations(x.in, w.in, c, low), weightedDeviations(x.in, w.in, c, low)
			for k := range want {
				within(t, "WeightedDeviations", n, 4*float64(n)+want[2]+want[4], want[k], got[k])
			}
		}
	}
}
