package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestGapDistances(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 2))
		nan := math.NaN()
		for _, missing := range []int{0, 1, 5, 10} {
			draw := func(int) float64 {
				if r.IntN(10) < missing {
					return math.Copysign(nan, float64(r.IntN(2))-0.5)
				}
				return anySize(r)
			}
			for _, cols := range []int{0, 1, 2, 3, 7, 20} {
				for _, n := range []int{0, 1, 2, 3, 5} {
					for offset := range 5 {
						point := fence(cols, offset, nan, draw)
						panels := fence(n*cols*PanelRows, offset*3, nan, draw)
						d := fence(n*PanelRows, offset*2, nan, draw)
						GapDistances(d.in, point.in, panels.in)
						d.intact(t, "GapDistances")
						for i, got := range d.in {
							panel := panels.in[i/PanelRows*cols*PanelRows:]
							var sum, common float64
							for c, x := range point.in {
								if u := x - panel[c*PanelRows+i%PanelRows]; !math.IsNaN(u) {
									sum += float64(u * u)
									common++
								}
							}
							want := math.Inf(1)
							if common > 0 {
								want = float64(float64(cols)/common) * sum
							}
							if math.Float64bits(got) != math.Float64bits(want) {
								t.Fatalf("%d columns, row %d: want %v, got %v", cols, i, want, got)
							}
						}
					}
				}
			}
		}
	})
}

func BenchmarkGapDistances(b *testing.B) {
	const cols, rows = 10, 5 * 32 * 31
	r := rand.New(rand.NewPCG(5, 3))
	x := make([]float64, cols*rows)
	for i := range x {
		if x[i] = r.NormFloat64(); r.IntN(10) == 0 {
			x[i] = math.NaN()
		}
	}
	point := []float64{1, 2, math.NaN(), 0, 1, 2, 3, 0, -1, 0}
	d := make([]float64, rows)
	b.SetBytes(8 * cols * rows)
	for b.Loop() {
		GapDistances(d, point, x)
	}
}
