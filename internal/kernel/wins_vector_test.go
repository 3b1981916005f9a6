package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestWinsVectors(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(8, 3))
		nan := math.NaN()
		for _, n := range append(lengths(), 300, 512) {
			for offset := range 5 {
				x := fence(n, offset, nan, func(int) float64 { return anySize(r) })
				y := fence(n, 3*offset, 9, func(int) uint8 { return uint8(r.IntN(2)) })
				if n > 0 {
					low, high, pos, ok := survey(y.in, x.in)
					l, h, p, fine := surveyLoop(y.in, x.in)
					if low != l || high != h || pos != p || ok != fine || !ok {
						t.Fatalf("survey of %d: want %v %v %d %v, got %v %v %d %v", n, l, h, p, fine, low, high, pos, ok)
					}
					if low, high, ok := Extremes(x.in); low != l || high != h || !ok {
						t.Fatalf("extremes of %d: want %v %v, got %v %v %v", n, l, h, low, high, ok)
					}
					for _, bad := range []float64{nan, math.Inf(1), math.Inf(-1)} {
						at := r.IntN(n)
						kept := x.in[at]
						x.in[at] = bad
						if _, _, _, ok := survey(y.in, x.in); ok {
							t.Fatalf("survey of %d lets %v pass at %d", n, bad, at)
						}
						if low, high, ok := Extremes(x.in); ok || bad == bad && low != bad && high != bad {
							t.Fatalf("extremes of %d with %v at %d: %v %v %v", n, bad, at, low, high, ok)
						}
						x.in[at] = kept
					}
					m, _ := byValue(low, math.Nextafter(high, 9), 20)
					m.base = 5
					wide, bytes := fence(n, offset, 0xabcd, func(int) uint16 { return 0 }), fence(n, offset, 0xab, func(int) uint8 { return 0 })
					m.codes(wide.in, y.in, x.in)
					m.fill(bytes.in, x.in)
					for i, v := range x.in {
						k := uint32(int64((v - m.low) * m.scale))
						if want := uint16(k>>subBits<<1) | uint16(y.in[i]); wide.in[i] != want {
							t.Fatalf("code %d of %d: want %d, got %d", i, n, want, wide.in[i])
						}
						if want := uint8(k - m.base); bytes.in[i] != want {
							t.Fatalf("bucket %d of %d: want %d, got %d", i, n, want, bytes.in[i])
						}
					}
					wide.intact(t, "codes")
					bytes.intact(t, "fill")
				}
				q := n * 2 / 3
				if q == 0 || n > 512 {
					continue
				}
				neg, pos := fence(q, offset, nan, func(i int) float64 { return x.in[i] }), fence(n-q, offset, nan, func(i int) float64 { return x.in[r.IntN(n)] })
				want := compareLoop(pos.in, neg.in)
				if got := compareVector(pos.in, neg.in); got != want {
					t.Fatalf("compare of %d: want %d, got %d", n, want, got)
				}
				if n > sweepMost {
					continue
				}
				// The same as a bucket of a map: the third of 8.
				for i := range neg.in {
					neg.in[i] = 2 + r.Float64()
				}
				for i := range pos.in {
					pos.in[i] = 2 + r.Float64()
					if i%5 == 0 && offset == 0 {
						pos.in[i] = neg.in[r.IntN(q)]
					}
				}
				want = compareLoop(pos.in, neg.in)
				m, _ := byValue(0, 8, 11)
				var tally tally
				got := uint64(7)
				if ok := tally.sweep(&got, pos.in, neg.in, &m, 2<<subBits, subBits); ok && got != want+7 {
					t.Fatalf("sweep of %d: want %d, got %d", n, want, got-7)
				} else if ok != canSweep() {
					t.Fatalf("sweep: want %v, got %v", canSweep(), ok)
				}
			}
		}
	})
}

// Wins is the same integer at every level.
func TestWinsAtEveryLevel(t *testing.T) {
	for name := range shapes {
		for _, n := range []int{2100, 9000, 150_001} {
			x, y := draw(name, n, 11), labels(n, 0.4, uint64(n))
			var want []uint64
			eachLevel(t, func(t *testing.T) {
				_, lo, pos, ok := Wins(y, x)
				if got := []uint64{lo, uint64(pos)}; want == nil {
					want = got
				} else if got[0] != want[0] || got[1] != want[1] || !ok {
					t.Errorf("%s of %d: want %v, got %v", name, n, want, got)
				}
			})
		}
	}
}
