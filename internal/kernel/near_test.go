package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestNear(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, func(t *testing.T) { testNear[float64](t, 0x1p-53) }) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, func(t *testing.T) { testNear[float32](t, 0x1p-24) }) })
}

func testNear[F Float](t *testing.T, u float64) {
	r := rand.New(rand.NewPCG(5, 1))
	nan := F(math.NaN())
	for _, kind := range []string{"whole", "normal", "infinite"} {
		draw := func(int) F {
			switch {
			case kind == "whole": // every product and sum is exact
				return F(r.IntN(9) - 4)
			case kind == "infinite" && r.IntN(50) == 0:
				return F(math.Inf(1 - 2*r.IntN(2)))
			}
			return F(anySize(r))
		}
		for _, cols := range []int{0, 1, 2, 3, 7, 20} {
			for _, n := range []int{0, 1, 2, 3, 5} {
				for offset := range 5 {
					points := fence(cols*TilePoints, offset, nan, draw)
					panels := fence(n*cols*PanelRows, offset*3, nan, draw)
					half := fence(n*PanelRows, offset*2, nan, draw)
					limit := fence(TilePoints, 4-offset, nan, draw)
					if n > 0 {
						half.in[r.IntN(len(half.in))] = nan
						limit.in[r.IntN(TilePoints)] = nan
					}
					masks := fence(n*TilePoints, offset, 0xabcd1234, func(int) uint32 { return 0x55555555 })
					Near(masks.in, points.in, panels.in, half.in, limit.in, cols)
					for p := range n {
						for i := range TilePoints {
							for row := range PanelRows {
								h := float64(half.in[p*PanelRows+row])
								d, size := h, math.Abs(h)
								for c := range cols {
									e := float64(points.in[c*TilePoints+i]) * float64(panels.in[(p*cols+c)*PanelRows+row])
									d -= e
									size += math.Abs(e)
								}
								most := float64(limit.in[i])
								got := masks.in[p*TilePoints+i]>>row&1 == 1
								if kind != "whole" && math.Abs(d-most) <= 2*float64(cols+1)*u*size {
									continue // rounding may decide
								}
								if want := d <= most; want != got {
									t.Fatalf("%s, %d columns, panel %d of %d, point %d, row %d: %v <= %v: want %v, got %v", kind, cols, p, n, i, row, d, most, want, got)
								}
							}
						}
					}
					points.intact(t, "Near")
					panels.intact(t, "Near")
					half.intact(t, "Near")
					limit.intact(t, "Near")
					masks.intact(t, "Near")
				}
			}
		}
	}
}

func BenchmarkNear(b *testing.B) {
	b.Run("float64", benchmarkNear[float64])
	b.Run("float32", benchmarkNear[float32])
}

func benchmarkNear[F Float](b *testing.B) {
	for _, cols := range []int{3, 20, 100} {
		b.Run(fmt.Sprint(cols), func(b *testing.B) {
			const n = 4
			r := rand.New(rand.NewPCG(5, 1))
			draw := func(n int) []F {
				x := make([]F, n)
				for i := range x {
					x[i] = F(r.NormFloat64())
				}
				return x
			}
			points, panels, half, limit := draw(cols*TilePoints), draw(n*cols*PanelRows), draw(n*PanelRows), draw(TilePoints)
			masks := make([]uint32, n*TilePoints)
			for b.Loop() {
				Near(masks, points, panels, half, limit, cols)
			}
			flop := float64(2 * cols * n * PanelRows * TilePoints)
			b.ReportMetric(flop*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
