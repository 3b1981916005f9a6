package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestFiniteVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testFiniteVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testFiniteVectors[float32]) })
}

func testFiniteVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	nan, inf := F(math.NaN()), F(math.Inf(1))
	for _, n := range lengths() {
		for offset := range 8 {
			x := fence(n, offset, nan, func(int) F { return F(anySize(r)) })
			if n > 3 {
				x.in[1], x.in[2] = math.MaxFloat32, -math.MaxFloat32
			}
			if !AllFinite(x.in) || FirstInf(x.in) != -1 {
				t.Fatalf("AllFinite of %d: want true", n)
			}
			for i := 0; i < n; i += 1 + n/100 {
				for _, bad := range []F{nan, inf, -inf} {
					old := x.in[i]
					x.in[i] = bad
					want := i
					if bad != bad {
						want = -1
					}
					if AllFinite(x.in) || FirstInf(x.in) != want {
						t.Fatalf("AllFinite of %d with %v at %d: want false", n, bad, i)
					}
					x.in[i] = old
				}
			}
		}
	}
}
