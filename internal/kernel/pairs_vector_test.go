package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestPairVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testPairVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testPairVectors[float32]) })
}

func testPairVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	nan := F(math.NaN())
	for _, n := range lengths() {
		for offset := range 8 {
			value := func(int) F { return F(anySize(r)) }
			a, b := fence(n, offset, nan, value), fence(n, (offset*3)%8, nan, value)
			w := fence(n, offset, math.NaN(), func(int) float64 { return float64(r.IntN(3)) / 2 })
			const cy, ce = 0.25, -0.125

			p, want := Pairs(a.in, b.in, cy, ce), pairs(a.in, b.in, cy, ce)
			within(t, "Y", n, 4*float64(n), want.Y, p.Y)
			within(t, "YY", n, want.YY, want.YY, p.YY)
			within(t, "E", n, 4*float64(n), want.E, p.E)
			within(t, "EE", n, want.EE, want.EE, p.EE)
			within(t, "Abs", n, want.Abs, want.Abs, p.Abs)
			within(t, "Max", n, 0, want.Max, p.Max)
			within(t, "SquaredError", n, want.EE+want.Abs, squaredError(a.in, b.in), SquaredError(a.in, b.in))
			within(t, "AbsoluteError", n, want.Abs, want.Abs, AbsoluteError(a.in, b.in))
			s0, s1, s2 := r2Sums(a.in, b.in, cy)
			g0, g1, g2 := R2Sums(a.in, b.in, cy)
			within(t, "R2Sums sse", n, s0, s0, g0)
			within(t, "R2Sums y", n, 4*float64(n), s1, g1)
			within(t, "R2Sums yy", n, s2, s2, g2)

			for i, v := range w.in { // rows of weight 0 count for nothing
				if v == 0 {
					a.in[i] = nan
				}
			}
			pw, ww := WeightedPairs(a.in, b.in, w.in, cy, ce), weightedPairs(a.in, b.in, w.in, cy, ce)
			if pw.Rows != ww.Rows || pw.W != ww.W || pw.Max != ww.Max {
				t.Fatalf("WeightedPairs, n = %d: want %+v, got %+v", n, ww, pw)
			}
			within(t, "weighted Y", n, 4*float64(n), ww.Y, pw.Y)
			within(t, "weighted YY", n, ww.YY, ww.YY, pw.YY)
			within(t, "weighted E", n, 4*float64(n), ww.E, pw.E)
			within(t, "weighted EE", n, ww.EE, ww.EE, pw.EE)
			within(t, "weighted Abs", n, ww.Abs, ww.Abs, pw.Abs)
			a.intact(t, "a pair loop")
			b.intact(t, "a pair loop")
			w.intact(t, "a pair loop")
		}
	}
}

// The loops that add in the same order give the same bits with AVX2 and AVX-512.
func TestPairVectorsAgreeToTheBit(t *testing.T) {
	a, b, _ := pairData(5000, 3)
	var seen []string
	eachLevel(t, func(t *testing.T) {
		if level == levelPortable {
			return
		}
		s0, s1, s2 := R2Sums(a, b, 0.5)
		seen = append(seen, fmt.Sprintf("%x %x %x %x %x %+v", SquaredError(a, b), AbsoluteError(a, b), s0, s1, s2, Pairs(a, b, 0.5, 0.1)))
	})
	for _, s := range seen {
		if s != seen[0] {
			t.Errorf("want %s, got %s", seen[0], s)
		}
	}
}
