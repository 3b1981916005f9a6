package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Norms and divided rows have the bits of the portable loops in every form.
func TestRowVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testRowVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testRowVectors[float32]) })
}

func testRowVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	nan := F(math.NaN())
	for cols := 1; cols <= 40; cols++ {
		for _, rows := range []int{1, 2, 5, 20} {
			for trial := range 4 {
				stride, dstStride := cols+trial%2*r.IntN(5), cols+trial/2*r.IntN(5)
				x := fence((rows-1)*stride+cols, r.IntN(8), nan, func(int) F {
					if trial == 3 && r.IntN(30) == 0 {
						return []F{nan, F(math.Inf(-1)), F(math.Inf(1))}[r.IntN(3)]
					}
					return F(anySize(r))
				})
				norms := fence(rows, r.IntN(8), 7, func(int) float64 { return 1 })
				for i, slow := range []func([]F) float64{sumAbs[F], sumSquares[F], maxAbs[F]} {
					RowNorms(norms.in, x.in, stride, cols, NormKind(i))
					for k, got := range norms.in {
						if want := slow(x.in[k*stride : k*stride+cols]); got != want && (want == want || got == got) {
							t.Fatalf("kind %d, %d x %d, row %d: want %v, got %v", i, rows, cols, k, want, got)
						}
					}
					norms.intact(t, "RowNorms")
				}
				for i := range norms.in {
					norms.in[i] = 0.5 + r.Float64()
				}
				dst := fence((rows-1)*dstStride+cols, r.IntN(8), 7, func(int) F { return 5 })
				want := append([]F(nil), dst.in...)
				for i, c := range norms.in {
					divideBy(want[i*dstStride:], x.in[i*stride:i*stride+cols], c)
				}
				DivideRows(dst.in, dstStride, x.in, stride, cols, norms.in, r.IntN(2) == 0)
				dst.intact(t, "DivideRows")
				for i := range want {
					if dst.in[i] != want[i] && (want[i] == want[i] || dst.in[i] == dst.in[i]) {
						t.Fatalf("DivideRows, %d x %d at %d: want %v, got %v", rows, cols, i, want[i], dst.in[i])
					}
				}
			}
		}
	}
}
