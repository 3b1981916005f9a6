package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The maps have the bits of the portable loop in every form.
func TestAffineVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testAffineVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testAffineVectors[float32]) })
}

func testAffineVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	nan := F(math.NaN())
	for _, cols := range []int{1, 2, 3, 5, 7, 8, 9, 12, 16, 20, 24, 31, 33, 40, 67} {
		for _, rows := range []int{1, 2, 3, 9, 30, 101} {
			for op := opStandardise; op <= opMultiply; op++ {
				for trial := range 6 {
					stride, dstStride := cols+trial%2*r.IntN(3), cols+trial%3/2*r.IntN(3)
					m := affine[F]{op: op, width: 3, low: -1, stream: r.IntN(2) == 0}
					for range cols {
						m.center, m.scale = append(m.center, anySize(r)), append(m.scale, 0.5+r.Float64())
					}
					bad := r.IntN(3)
					x := fence((rows-1)*stride+cols, r.IntN(8), nan, func(int) F {
						if bad == 0 && r.IntN(50) == 0 {
							return []F{nan, F(math.Inf(1)), F(math.Inf(-1)), F(math.MaxFloat32), 1e-45}[r.IntN(5)]
						}
						return F(anySize(r))
					})
					keep := append([]F(nil), x.in...)
					dst := fence((rows-1)*dstStride+cols, r.IntN(8), 7, func(int) F { return 5 })
					want := append([]F(nil), dst.in...)
					ok := m.portable(want, dstStride, x.in, stride, rows)
					compare := func(what string, got []F, have bool) {
						t.Helper()
						if have != ok {
							t.Fatalf("op %d, %s, %d x %d: finite is %v, want %v", op, what, rows, cols, have, ok)
						}
						for i := range want {
							if math.Float64bits(float64(got[i])) != math.Float64bits(float64(want[i])) && (got[i] == got[i] || want[i] == want[i]) {
								t.Fatalf("op %d, %s, %d x %d (%d, %d) at %d: want %v, got %v", op, what, rows, cols, stride, dstStride, i, want[i], got[i])
							}
						}
					}
					compare("out of place", dst.in, m.matrix(dst.in, dstStride, x.in, stride, rows))
					dst.intact(t, "a map")
					for i := range keep {
						if x.in[i] != keep[i] && keep[i] == keep[i] {
							t.Fatal("a map changed its source")
						}
					}
					if stride == dstStride {
						got := append([]F(nil), x.in...)
						m.matrix(got, stride, got, stride, rows)
						for i := range rows {
							copy(want[i*stride+cols:min(len(want), (i+1)*stride)], got[i*stride+cols:])
						}
						compare("in place", got, ok)
					}
					// A view one value further on, over the same memory.
					both := append([]F{0}, x.in...)
					again := append([]F{0}, x.in...)
					if m.matrix(both[1:], stride, both, stride, rows) != m.portable(again[1:], stride, again, stride, rows) {
						t.Fatal("overlapping views differ")
					}
					for i := range both {
						if both[i] != again[i] && both[i] == both[i] {
							t.Fatal("overlapping views differ")
						}
					}
				}
			}
		}
	}
}
