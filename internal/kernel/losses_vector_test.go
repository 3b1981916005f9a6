package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Losses have the bits of the portable loops in every form.
func TestLossVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testLossVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testLossVectors[float32]) })
}

func testLossVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(10, 1))
	nan := F(math.NaN())
	for _, n := range lengths() {
		for offset := range 8 {
			value := func(int) F { return F(anySize(r)) }
			a, b := fence(n, offset, nan, value), fence(n, 3*offset%8, nan, value)
			for i := range n {
				if r.IntN(5) == 0 {
					b.in[i] = a.in[i]
				}
			}
			if n > 5 && offset == 0 {
				a.in[1], a.in[3], b.in[4] = nan, F(math.Inf(1)), F(math.Inf(-1))
			}
			for name, loops := range map[string][2]func(dst []float64, a, b []F, p float64){
				"AbsoluteErrors": {
					func(dst []float64, a, b []F, _ float64) { AbsoluteErrors(dst, a, b) },
					func(dst []float64, a, b []F, _ float64) { absoluteErrors(dst, a, b) },
				},
				"Pinball": {Pinball[F], pinball[F]},
				"Huber":   {Huber[F], huber[F]},
			} {
				for _, p := range []float64{0.1, 0.5, 1} {
					got, want := fence(n, offset, 7, func(int) float64 { return 0 }), make([]float64, n)
					loops[0](got.in, a.in, b.in, p)
					loops[1](want, a.in, b.in, p)
					got.intact(t, name)
					for i := range want {
						if got.in[i] != want[i] && (want[i] == want[i] || got.in[i] == got.in[i]) {
							t.Fatalf("%s of %v and %v at %v: want %v, got %v", name, a.in[i], b.in[i], p, want[i], got.in[i])
						}
					}
				}
			}
			if offset == 0 {
				continue
			}
			m, s := Ratios(a.in, b.in, nil, 0.25)
			wm, ws := ratios(a.in, b.in, nil, 0.25)
			within(t, "Ratios mape", n, wm, wm, m)
			within(t, "Ratios smape", n, ws, ws, s)
		}
	}
}
