package twosample

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func TestPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	draw := func(n, values int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(r.IntN(values))
		}
		slices.Sort(x)
		return x
	}
	shifted := func(x []float64, by float64) []float64 {
		x = slices.Clone(x)
		for i := range x {
			x[i] += by
		}
		return x
	}
	cores := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cores)
	for _, size := range [][2]int{{0, 5}, {7, 7}, {pieceSize / 2, pieceSize / 2}, {300_000, 200_000}, {500_000, 3}, {0, 400_000}} {
		for _, values := range []int{1, 3, 1000, 1 << 30} {
			x, y := draw(size[0], values), draw(size[1], values)
			for _, y := range [][]float64{y, shifted(y, float64(values)), shifted(y, -float64(values))} {
				var at Piece
				for _, p := range Pieces(x, y) {
					if p.X != at.XEnd || p.Y != at.YEnd || p.XEnd < p.X || p.YEnd < p.Y {
						t.Fatalf("%v, %d values: %v after %v", size, values, p, at)
					}
					if n := p.XEnd - p.X + p.YEnd - p.Y; values == 1<<30 && n > pieceSize+8 {
						t.Errorf("%v: a piece of %d", size, n)
					}
					for _, a := range [][]float64{x[:p.X], y[:p.Y]} {
						for _, b := range [][]float64{x[p.X:], y[p.Y:]} {
							if len(a) > 0 && len(b) > 0 && a[len(a)-1] >= b[0] {
								t.Fatalf("%v, %d values: %v cuts at %v", size, values, p, b[0])
							}
						}
					}
					at = p
				}
				if at.XEnd != len(x) || at.YEnd != len(y) {
					t.Fatalf("%v: the pieces end with %v", size, at)
				}
				want := ranksOf(x, y, 0) // half integers: exact in any order
				for _, p := range []int{1, 3} {
					runtime.GOMAXPROCS(p)
					if got := RanksOf(x, y); got.U != want.U || got.Tied != want.Tied {
						t.Errorf("%v, %d values, %d cores: want %v, got %v", size, values, p, want, got)
					}
				}
			}
		}
	}
}
