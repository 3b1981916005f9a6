package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestCountVectors(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		testCountVectors[int64](t)
		testCountVectors[uint32](t)
		testCountVectors[int16](t)
		testCountVectors[int8](t)
	})
}

func testCountVectors[I Integer](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for _, n := range append(lengths(), 4096, 5001) {
		for offset := range 4 {
			for _, base := range []int{-1, 0, 100} {
				label := func(int) I { return I(base + r.IntN(2)) }
				a, b := fence(n, offset, I(7), label), fence(n, 3-offset, I(9), label)
				if r.IntN(3) == 0 && n > 0 {
					b.in[r.IntN(n)] = I(base + 2)
				}
				if want, got := countEqual(a.in, b.in), CountEqual(a.in, b.in); want != got {
					t.Fatalf("CountEqual of %d: want %d, got %d", n, want, got)
				}
				var want, got [4]uint64
				low := I(base)
				w := CountTable(a.in, b.in, uint64(low), 2, want[:])
				if g := CountTwo(a.in, b.in, uint64(low), &got); g != w || got != want {
					t.Fatalf("CountTwo of %d: want %v of %d, got %v of %d", n, want, w, got, g)
				}
			}
		}
	}
}

func TestCountBitsVectors(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 2))
		for _, n := range append(lengths(), 5001, 8192, 8256, 20_000) {
			for trial := range 4 {
				bit := func(int) byte { return byte(r.IntN(2)) }
				a, b := fence(n, trial, 255, bit), fence(n, 5-trial, 255, bit)
				wantOK := true
				if trial == 3 && n > 0 {
					b.in[r.IntN(n)], wantOK = 2, false
				}
				var both, truth, pred uint64
				for i, v := range a.in {
					both += uint64(v & b.in[i])
					truth += uint64(v)
					pred += uint64(b.in[i])
				}
				gb, gt, gp, ok := CountBits(a.in, b.in)
				if ok != wantOK || ok && (gb != both || gt != truth || gp != pred) {
					t.Fatalf("CountBits of %d: want %d %d %d %v, got %d %d %d %v", n, both, truth, pred, wantOK, gb, gt, gp, ok)
				}
			}
		}
	})
}
